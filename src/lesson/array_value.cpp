// Reading arrays from a lesson's text, with their sizes checked first.
#include "lesson/array_value.hpp"

#include "lesson/random.hpp"

#include <limits>

namespace gradtrace {

namespace {

// Normal numbers reach 8.2 (the engine's bits end there), so that no draw can overflow.
constexpr double largest_scale = 1e300;
constexpr std::size_t largest_seed =
    std::numeric_limits<std::int64_t>::max();  // TOML's largest number

std::string in_numbers(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " number" : " numbers");
}

/// Appends a row's numbers; reports each that is none.
bool append_numbers(const TomlValue& row, const std::string& what, std::vector<double>& numbers) {
  bool good = true;
  for (std::size_t k = 0; k < row.size(); ++k) {
    const auto number = row[k].as_number("each number of " + what);
    good = good && number;
    numbers.push_back(number.value_or(0));
  }
  return good;
}

std::optional<ArrayValue> read_written_vector(const TomlValue& value, const std::string& what,
                                              ArrayContext& context) {
  const std::string too_many = context.budget.why_not(value.size(), 1);
  if (value.size() == 0) {
    value.report(what + " must not be empty");
  } else if (!too_many.empty()) {
    value.report(what + too_many);
  } else {
    ArrayValue array{value, value.size(), 1, {}, true, std::nullopt};
    array.numbers.reserve(array.rows);
    if (append_numbers(value, what, array.numbers)) return array;
    context.budget.give_back(array.rows, 1);
  }
  return std::nullopt;
}

/// Reports rows that are none, and those of another length than the first.
bool check_rows(const TomlValue& value, const std::string& what) {
  bool good = true;
  const std::size_t columns = value.size() > 0 ? value[0].size() : 0;
  for (std::size_t j = 0; j < value.size(); ++j) {
    const TomlValue row = value[j];
    if (!row.is_array()) {
      row.report(what + " must be rows in brackets, as in [[0.1, 0.2], [0.3, 0.4]], but row " +
                 std::to_string(j) + " is " + row.described());
      return false;  // one report is enough where brackets were forgotten
    }
    if (row.size() == 0) {
      row.report("row " + std::to_string(j) + " of " + what + " is empty");
      good = false;
    } else if (row.size() != columns && columns > 0) {
      row.report("row " + std::to_string(j) + " of " + what + " has " + in_numbers(row.size()) +
                 ", but row 0 has " + std::to_string(columns));
      good = false;
    }
  }
  return good;
}

std::optional<ArrayValue> read_written_matrix(const TomlValue& value, const std::string& what,
                                              ArrayContext& context) {
  if (value.size() == 0) {
    value.report(what + " must not be empty");
    return std::nullopt;
  }
  bool good = check_rows(value, what), counted = false;
  ArrayValue array{value, value.size(), value[0].size(), {}, true, std::nullopt};
  if (good) {
    const std::string too_many = context.budget.why_not(array.rows, array.columns);
    if (!too_many.empty()) value.report(what + too_many);
    good = too_many.empty();
    counted = good;
    if (good) array.numbers.reserve(array.rows * array.columns);
  }
  for (std::size_t j = 0; j < array.rows; ++j) {
    if (value[j].is_array() && !append_numbers(value[j], what, array.numbers)) good = false;
  }
  if (good) return array;
  if (counted) context.budget.give_back(array.rows, array.columns);
  return std::nullopt;
}

std::string in_words(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const std::size_t extent : shape)
    text += (text.empty() ? "" : " × ") + std::to_string(extent);
  return text;
}

/// A vector may be stored as one row or one column, as CSV must.
bool fits(const ArrayFile& file, ArrayRank rank) {
  const std::size_t axes = file.shape().size();
  if (rank == ArrayRank::matrix) return axes == 2;
  return axes == 1 || (axes == 2 && (file.rows() == 1 || file.columns() == 1));
}

/// @throws ArrayFileError
ArrayValue read_from_file(const TomlValue& value, const std::filesystem::path& path, ArrayRank rank,
                          ArrayContext& context) {
  const ArrayFile file(path, context.text_left);
  if (!fits(file, rank)) {
    throw ArrayFileError("the array is " + in_words(file.shape()) +
                         (rank == ArrayRank::matrix ? "; expected rows and columns"
                                                    : "; expected one row or one column"));
  }
  const std::string too_many = context.budget.why_not(file.rows(), file.columns());
  if (!too_many.empty()) throw ArrayFileError("the numbers" + too_many);

  ArrayValue array{value, file.rows(), file.columns(), {}, false, std::nullopt};
  array.numbers.reserve(array.rows * array.columns);
  try {
    file.read({}, [&](std::size_t, std::span<const double> row) {
      array.numbers.insert(array.numbers.end(), row.begin(), row.end());
      return true;
    });
  } catch (const ArrayFileError&) {
    context.budget.give_back(array.rows, array.columns);
    throw;
  }
  if (rank == ArrayRank::vector) {
    array.rows = array.numbers.size();
    array.columns = 1;
  }
  return array;
}

std::optional<ArrayValue> read_named_file(const TomlValue& value, const std::string& what,
                                          ArrayRank rank, ArrayContext& context) {
  const auto name = value.as_text("file");
  if (!name) return std::nullopt;
  try {
    return read_from_file(value, context.files.locate(*name), rank, context);
  } catch (const ArrayFileError& error) {
    value.report(what + " from " + *name + ": " + error.what());
    return std::nullopt;
  }
}

std::optional<ArrayValue> read_draw(const TomlValue& value, const TomlTable& table) {
  const auto kind =
      table.find("random")->as_one_of("kind of random numbers", {"normal", "uniform"});
  RandomDraw draw;
  bool good = kind.has_value();
  if (kind) draw.normal = *kind == "normal";
  if (const auto scale = table.find("scale")) {
    const auto number = scale->as_number("scale");
    if (number && (*number < 0 || *number > largest_scale)) {
      scale->report("scale must be from 0 to 1e300, but is " + scale->described());
    }
    good = good && number && *number >= 0 && *number <= largest_scale;
    draw.scale = number.value_or(1);
  }
  if (const auto seed = table.find("seed")) {
    const auto number = seed->as_whole("seed", 0, largest_seed);
    good = good && number;
    draw.seed = number.value_or(0);
  }
  if (!good) return std::nullopt;
  return ArrayValue{value, 0, 0, {}, false, draw};
}

std::optional<ArrayValue> read_from_table(const TomlValue& value, const std::string& what,
                                          ArrayRank rank, ArrayContext& context) {
  const auto table = value.as_table(what, {"file", "random", "scale", "seed"});
  if (!table) return std::nullopt;
  const auto file = table->find("file");
  const auto random = table->find("random");
  if (file && random) {
    value.report(what + " are given twice: by \"file\" and by \"random\"");
    return std::nullopt;
  }
  if (file) {
    for (const char* key : {"scale", "seed"}) {
      if (const auto extra = table->find(key))
        extra->report(std::string(key) + " belongs to \"random\", but a file is given");
    }
    return read_named_file(*file, what, rank, context);
  }
  if (random) return read_draw(value, *table);
  if (!table->mentions("file") && !table->mentions("random")) {
    value.report(what + " must say where the numbers are: {file = \"…\"} or {random = \"normal\"}");
  }
  return std::nullopt;
}

}  // namespace

std::string Budget::why_not(std::size_t rows, std::size_t columns) {
  if (columns == 0 || rows <= left_ / columns) {
    left_ -= rows * columns;
    return "";
  }
  const std::string size =
      columns == 1 ? std::to_string(rows) : std::to_string(rows) + " × " + std::to_string(columns);
  return " would be " + size + ", but a lesson may hold " + std::to_string(all_) +
         " numbers in all" + (left_ < all_ ? ", and " + std::to_string(left_) + " are left" : "");
}

Place ArrayValue::place_of(std::size_t i) const {
  if (!written) return value.place();
  return columns == 1 && !value[0].is_array() ? value[i].place()
                                              : value[i / columns][i % columns].place();
}

std::optional<ArrayValue> read_array(const TomlValue& value, const std::string& what,
                                     ArrayRank rank, Drawing drawing, ArrayContext& context) {
  if (value.is_table() && drawing == Drawing::refused) {
    const auto file = read_file_key(value, what);
    return file ? read_named_file(*file, what, rank, context) : std::nullopt;
  }
  if (value.is_table()) return read_from_table(value, what, rank, context);
  if (value.is_array()) {
    const auto read = rank == ArrayRank::matrix ? read_written_matrix : read_written_vector;
    return read(value, what, context);
  }
  value.report(what + " must be numbers in brackets" +
               (drawing == Drawing::allowed ? ", {file = \"…\"} or {random = \"normal\"}"
                                            : " or {file = \"…\"}") +
               ", but is " + value.described());
  return std::nullopt;
}

std::optional<TomlValue> read_file_key(const TomlValue& value, const std::string& what) {
  const auto table = value.as_table(what, {"file"});
  if (!table || table->find("random"))
    return std::nullopt;  // reported: random draws are for weights and biases
  return table->need("file", what + " must say where the numbers are: {file = \"…\"}");
}

void draw(const RandomDraw& from, std::span<double> numbers) {
  RandomNumbers random(from.seed);
  for (double& number : numbers) number = from.scale * (from.normal ? random.normal() : random.uniform());
}

}  // namespace gradtrace
