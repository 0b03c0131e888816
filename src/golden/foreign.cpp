// Reading other people's gradients.
#include "golden/foreign.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/number.hpp"
#include "base/suggest.hpp"
#include "lesson/array_file.hpp"
#include "trace/order.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <limits>
#include <map>
#include <optional>
#include <set>

namespace gradtrace {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr std::size_t deepest = 32;                     // beyond which working on a value could exhaust the stack
constexpr std::size_t most_values = 10'000'000;  // each takes some hundred bytes on its way

/// A value as a message shows it.
std::string in_words(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  const std::string text = value.dump();
  constexpr std::size_t longest = 40;
  return text.size() > longest ? std::string(value.type_name()) + " of " + std::to_string(text.size()) + " characters" : text;
}

/// Reads a text through before any value of it is made: how deep and how many they are, and which keys an object has twice.
/// (A callback of the library's parser could ask the same, but each object that ends has it look at all its siblings.)
class JsonLimits : public nlohmann::json_sax<json> {
 public:
  explicit JsonLimits(const std::string& file) : file_(file) {}

  const std::vector<std::string>& twice() const { return twice_; }

  bool null() override { return one(); }
  bool boolean(bool) override { return one(); }
  bool number_integer(number_integer_t) override { return one(); }
  bool number_unsigned(number_unsigned_t) override { return one(); }
  bool number_float(number_float_t, const string_t&) override { return one(); }
  bool string(string_t&) override { return one(); }
  bool binary(binary_t&) override { return one(); }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    constexpr std::size_t most = 100;
    if (!keys_.back().insert(name).second && twice_.size() < most) twice_.push_back(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }  // parsing it says so

 private:
  bool one() {
    if (++values_ > most_values) throw InputError(file_, fmt::format("holds more than {} values; a CSV may be larger", most_values));
    return true;
  }
  bool open() {
    keys_.emplace_back();
    if (keys_.size() > deepest) throw InputError(file_, fmt::format("holds values in one another more than {} deep; a trace's JSON has 6", deepest));
    return one();
  }
  bool close() {
    keys_.pop_back();
    return true;
  }

  const std::string& file_;
  std::size_t values_ = 0;
  std::vector<std::set<std::string>> keys_;  // of what is open
  std::vector<std::string> twice_;
};

/// The library would copy a text twice before it can be asked how long it is.
void refuse_long_texts(const std::string& file, std::string_view text) {
  constexpr std::size_t longest = std::size_t{1} << 16;
  for (std::size_t begin = text.find('"'); begin < text.size(); begin = text.find('"', begin + 1)) {
    const std::size_t start = begin;
    do {
      begin = text.find_first_of("\\\"", begin + 1);
    } while (begin < text.size() && text[begin] == '\\' && ++begin < text.size());
    if (std::min(begin, text.size()) - start > longest) throw InputError(file, fmt::format("holds a text of more than {} bytes; a trace's JSON has names and titles", longest));
    if (begin >= text.size()) return;
  }
}

/// Which numbers a lesson has.
class Blocks {
 public:
  explicit Blocks(const Network& network) {
    for (const auto& of : {derived_blocks(network), given_blocks(network), given_example_blocks(network)}) blocks_.insert(blocks_.end(), of.begin(), of.end());
  }

  /// Nothing where the lesson has no such quantity in that layer.
  const Block* find(Quantity quantity, std::size_t layer) const {
    const auto found = std::ranges::find_if(blocks_, [&](const Block& block) { return block.quantity == quantity && block.layer == layer; });
    return found == blocks_.end() ? nullptr : &*found;
  }

 private:
  std::vector<Block> blocks_;
};

/// A block by its name: delta[2].
std::string label(const Block& block) {
  return block.layer == Name::none ? std::string(info(block.quantity).name) : fmt::format("{}[{}]", info(block.quantity).name, block.layer);
}

/// The numbers of a trace as our JSON has it, as far as they are there.
class JsonTable {
 public:
  JsonTable(const std::string& file, const Lesson& lesson) : file_(file), lesson_(lesson) { table_.file = file; }

  StoredTable read(const std::string& text) {
    json all;
    try {
      refuse_long_texts(file_, text);
      JsonLimits limits(file_);
      json::sax_parse(text, &limits);
      for (const std::string& key : limits.twice()) complain("the key " + in_words(key) + " stands twice in one object");
      all = json::parse(text);
    } catch (const json::parse_error& error) {
      const std::size_t at = std::min<std::size_t>(error.byte == 0 ? 0 : error.byte - 1, text.size());
      Problem problem;
      problem.file = file_;
      problem.line = 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
      const std::size_t start = text.rfind('\n', at == 0 ? 0 : at - 1);
      problem.column = at - (start == std::string::npos || start >= at ? 0 : start + 1) + 1;
      problem.message = "this is no JSON: expected what `gradtrace trace --format json` writes";
      throw InputError({problem});
    } catch (const json::out_of_range&) {
      throw InputError(file_, "a number is beyond what a double can hold (1.8e308); what is not finite is written as null");
    }
    if (!all.is_object()) throw InputError(file_, "expected a JSON object as `gradtrace trace --format json` writes it");
    if (const auto format = all.find("format"); format != all.end() && *format != "gradtrace.trace.v1") {
      throw InputError(file_, "expected the format gradtrace.trace.v1, found " + in_words(*format));
    }
    table_.signless_infinities = true;
    misspelt_keys(all, {"format", "lesson", "examples", "mean"});
    if (all.contains("lesson")) parameters(all["lesson"]);
    std::size_t number = 0;
    for (const json& example : list(all, "examples")) {
      const std::size_t index = example.is_object() && example.contains("example") ? whole(example["example"], "example") : number;
      holder(example, "each of \"examples\"", Scope::of_example(index));
      ++number;
    }
    // Of a lesson with one example the mean is the example's.
    if (all.contains("mean")) holder(all["mean"], "\"mean\"", lesson_.several_examples() ? Scope::of_mean() : Scope::of_example(0));
    if (!problems_.empty()) throw InputError(std::move(problems_));
    if (table_.rows.empty()) throw InputError(file_, "holds no number of a trace: expected \"examples\" or \"mean\" with \"layers\"");
    return std::move(table_);
  }

 private:
  void complain(const std::string& message) {
    constexpr std::size_t most = 100;
    if (problems_.size() < most) problems_.push_back({file_, 0, 0, 1, message, "", 1});
  }

  std::size_t whole(const json& value, const std::string& what) {
    if (value.is_number_unsigned()) return value.get<std::size_t>();
    complain(what + " must be a whole number, not " + in_words(value));
    return 0;
  }

  /// The array under `key`, empty where there is none.
  const json& list(const json& holder, const char* key) {
    static const json none = json::array();
    const auto found = holder.find(key);
    if (found == holder.end()) return none;
    if (found->is_array()) return *found;
    complain(fmt::format("\"{}\" must be an array, not {}", key, in_words(*found)));
    return none;
  }

  /// The numbers of an example, or of the mean.
  void holder(const json& value, const std::string& what, Scope scope) {
    if (!value.is_object()) return complain(what + " must be an object, not " + in_words(value));
    misspelt_keys(value, {"example", "input", "target", "cost", "layers", "dC/dx", "overflow"});
    for (const json& name : list(value, "overflow")) {
      if (!name.is_string()) continue;
      const std::string text = name.get<std::string>();
      overflow_.insert(text);
      overflow_.insert("mean:" + text.substr(text.find(':') + 1));  // of which the mean is beyond it too
    }
    layers(value, scope);
    if (value.contains("input")) vector(value["input"], {scope, Quantity::a, 0});
    if (value.contains("target")) vector(value["target"], {scope, Quantity::y, lesson_.network.depth()});
    if (value.contains("cost")) one(value["cost"], {scope, Quantity::C});
    if (value.contains("dC/dx")) vector(value["dC/dx"], {scope, Quantity::dC_da, 0});
  }

  /// Weights and biases, where they are said: the gradients are of a network with these.
  void parameters(const json& lesson) {
    if (!lesson.is_object()) return complain("\"lesson\" must be an object, not " + in_words(lesson));
    std::size_t number = 1;
    for (const json& layer : list(lesson, "layers")) {
      if (!layer.is_object()) continue;
      const std::size_t l = layer.contains("layer") ? whole(layer["layer"], "layer") : number;
      if (layer.contains("weights")) matrix(layer["weights"], {Scope{}, Quantity::w, l});
      if (layer.contains("biases")) vector(layer["biases"], {Scope{}, Quantity::b, l});
      ++number;
    }
  }

  /// What is called nearly as one of ours, Delta, dC_dw or inputs, would not be compared.
  void misspelt_keys(const json& object, const std::vector<std::string>& names) {
    const auto letters = [](std::string_view word) {
      std::string plain;
      for (const char c : word) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      }
      return plain;
    };
    constexpr std::size_t shortest_misspelt = 4;  // dz is no misspelt z
    for (const auto& [key, value] : object.items()) {
      if (std::ranges::find(names, key) != names.end()) continue;
      const auto same = std::ranges::find_if(names, [&, wanted = letters(key)](const std::string& name) { return letters(name) == wanted; });
      const std::string meant = same != names.end() ? *same : key.size() >= shortest_misspelt ? nearest(key, names) : "";
      if (!meant.empty()) complain(fmt::format("unknown key {}; did you mean \"{}\"?", in_words(json(key)), meant));
    }
  }

  /// A null is a number beyond a double where "overflow" names it, else none at all: what NaN becomes in JSON.
  void one(const json& value, const Name& name) {
    if (value.is_null()) {
      const bool beyond = overflow_.contains(to_string(name, true)) || overflow_.contains(to_string(name, false));
      constexpr double infinity = std::numeric_limits<double>::infinity(), no_number = std::numeric_limits<double>::quiet_NaN();
      table_.rows.push_back({name, beyond ? infinity : no_number, 0});
      return;
    }
    if (!value.is_number()) return complain(to_string(name, true) + " must be a number, not " + in_words(value));
    table_.rows.push_back({name, value.get<double>(), 0});
  }

  /// What an array lacks would else count as not computed; what it has too much is none of the lesson's numbers, and found so.
  void verify_length(const json& values, const Name& name, std::size_t Block::*extent, const char* unit) {
    const Block* block = blocks_.find(name.quantity, name.layer);
    if (block == nullptr || values.size() >= block->*extent) return;
    const std::string of = name.scope.kind == Scope::Kind::example ? fmt::format(" of example {}", name.scope.example) : name.scope.kind == Scope::Kind::mean ? " of the mean" : "";
    complain(fmt::format("{}{} has {} of the lesson's {} {}; leave out the key of what is not computed", label(*block), of, values.size(), block->*extent, unit));
  }

  void vector(const json& values, Name name) {
    if (!values.is_array()) return complain(std::string(info(name.quantity).name) + " must be an array, not " + in_words(values));
    verify_length(values, name, &Block::rows, "numbers");
    for (std::size_t j = 0; j < values.size(); ++j) {
      name.j = j;
      one(values[j], name);
    }
  }

  void matrix(const json& rows, Name name) {
    if (!rows.is_array()) return complain(std::string(info(name.quantity).name) + " must be an array of rows, not " + in_words(rows));
    verify_length(rows, name, &Block::rows, "rows");
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (!rows[r].is_array()) {
        complain(std::string(info(name.quantity).name) + " must have rows that are arrays, not " + in_words(rows[r]));
        continue;
      }
      verify_length(rows[r], name, &Block::columns, "numbers in a row");
      for (std::size_t c = 0; c < rows[r].size(); ++c) {
        const bool from_first = name.quantity == Quantity::path;  // [k][j]
        name.j = from_first ? c : r;
        name.k = from_first ? r : c;
        one(rows[r][c], name);
      }
    }
  }

  void layers(const json& holder, Scope scope) {
    std::size_t number = 1;
    for (const json& layer : list(holder, "layers")) {
      if (!layer.is_object()) {
        complain("each of \"layers\" must be an object, not " + in_words(layer));
        continue;
      }
      misspelt_keys(layer, quantity_names());
      const std::size_t l = layer.contains("layer") ? whole(layer["layer"], "layer") : number;
      for (const Quantity quantity : {Quantity::z, Quantity::a, Quantity::dC_da, Quantity::slope, Quantity::delta, Quantity::dC_db,
                                      Quantity::dC_dw, Quantity::path}) {
        const auto values = layer.find(std::string(info(quantity).name));
        if (values == layer.end()) continue;
        // A softmax's slopes are a matrix, those of others are not.
        const bool rows = quantity == Quantity::dC_dw || quantity == Quantity::path ||
                          (quantity == Quantity::slope && values->is_array() && std::ranges::any_of(*values, [](const json& value) { return value.is_array(); }));
        const Name name{scope, quantity, l, Name::none, Name::none};
        if (rows) {
          matrix(*values, name);
        } else {
          vector(*values, name);
        }
      }
      ++number;
    }
  }

  std::string file_;
  const Lesson& lesson_;
  Blocks blocks_{lesson_.network};
  StoredTable table_;
  std::set<std::string> overflow_;  ///< the numbers that are beyond a double
  std::vector<Problem> problems_;
};

/// "dC_dw_1" → ∂C/∂w of layer 1
std::optional<Name> name_of_file(const std::string& stem) {
  const std::size_t last = stem.rfind('_');
  const std::string word = last == std::string::npos ? stem : stem.substr(0, last);
  Name name;
  for (const QuantityInfo& entry : quantities) {
    std::string own(entry.name);
    std::replace(own.begin(), own.end(), '/', '_');
    if (stem == own && entry.quantity == Quantity::C) {
      name.quantity = Quantity::C;
      return name;
    }
    if (word != own || last == std::string::npos) continue;
    const auto layer = parse_size(stem.substr(last + 1));
    if (!layer) return std::nullopt;
    name.quantity = entry.quantity;
    name.layer = *layer;
    return name;
  }
  return std::nullopt;
}

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const std::size_t extent : shape) text += (text.empty() ? "" : " × ") + std::to_string(extent);
  return text;
}

class FolderTable {
 public:
  FolderTable(const fs::path& folder, const Lesson& lesson) : folder_(folder), lesson_(lesson) { table_.file = folder.string(); }

  StoredTable read() {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
      if (lower_case(entry.path().extension().string()) == ".npy") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    if (files.empty()) throw InputError(folder_.string(), "holds no .npy file; expected dC_dw_1.npy, dC_db_1.npy, …");
    for (const fs::path& file : files) read_file_of(file);
    if (!problems_.empty()) throw InputError(std::move(problems_));
    return std::move(table_);
  }

 private:
  void complain(const fs::path& file, const std::string& message) { problems_.push_back({file.string(), 0, 0, 1, message, "", 1}); }

  void read_file_of(const fs::path& file) {
    const auto name = name_of_file(file.stem().string());
    if (!name) return complain(file, "is named after no quantity and layer; expected names such as dC_dw_1.npy, dC_db_2.npy, delta_1.npy");
    const Block* block = blocks_.find(name->quantity, name->layer);
    const auto [other, first] = files_.emplace(*name, file);
    if (!first) return complain(file, "is of the same numbers as " + other->second.filename().string());
    if (!block) return complain(file, fmt::format("the lesson has no {} in layer {}; its layers are 1 to {}", info(name->quantity).name, name->layer, lesson_.network.depth()));
    try {
      read_array_of(file, *block);
    } catch (const ArrayFileError& error) {
      complain(file, error.what());
    }
  }

  void read_array_of(const fs::path& file, const Block& block) {
    const ArrayFile array = ArrayFile::or_number(file);
    std::vector<std::size_t> expected{block.rows};
    if (block.columns != 0) expected.push_back(block.columns);
    const std::size_t examples = lesson_.examples.size();
    std::vector<std::size_t> shape = array.shape();
    const bool parameter = block.quantity == Quantity::w || block.quantity == Quantity::b;
    if (block.columns == 0 && shape.size() > 1) {  // a vector may lie as a column, or as a row
      const bool column = shape.back() == 1 && (block.rows > 1 || shape.size() > 2);
      const bool row = shape.front() == 1 && shape.size() == 2 && (examples > 1 || parameter);
      if (column) {
        shape.pop_back();
      } else if (row) {
        shape.erase(shape.begin());
      }
    }
    const bool averaged = block.quantity == Quantity::dC_dw || block.quantity == Quantity::dC_db || block.quantity == Quantity::C;
    const bool of_examples = !parameter && shape.size() == expected.size() + 1 && shape.front() == examples;
    if (of_examples) shape.erase(shape.begin());
    if (shape != expected) {
      std::vector<std::size_t> turned(expected.rbegin(), expected.rend());
      return complain(file, fmt::format("is {}, but {} is {}{}", shape_text(array.shape()), label(block), shape_text(expected),
                                        shape == turned ? "; it seems to be transposed" : examples > 1 && !parameter ? fmt::format(" (or {} × that, one for each example)", examples) : ""));
    }
    if (!of_examples && examples > 1 && !parameter && !averaged) {
      return complain(file, fmt::format("{} has no mean; with {} examples an axis of that length is expected in front", label(block), examples));
    }
    std::vector<double> numbers;
    const auto take = [&](std::size_t, std::span<const double> row) {
      numbers.insert(numbers.end(), row.begin(), row.end());
      return true;
    };
    array.read({}, take, Admits::all);
    const std::size_t copies = of_examples ? examples : 1;
    for (std::size_t e = 0; e < copies; ++e) {
      const Scope scope = parameter ? Scope{} : of_examples || examples == 1 ? Scope::of_example(e) : Scope::of_mean();
      for (std::size_t i = 0; i < block.size(); ++i) table_.rows.push_back({block.name(i, scope), numbers[e * block.size() + i], 0});
    }
  }

  fs::path folder_;
  const Lesson& lesson_;
  Blocks blocks_{lesson_.network};
  StoredTable table_;
  std::map<Name, fs::path> files_;  ///< by what they hold
  std::vector<Problem> problems_;
};

}  // namespace

StoredTable parse_foreign_json(const std::string& file, const std::string& text, const Lesson& lesson) { return JsonTable(file, lesson).read(text); }

StoredTable load_foreign(const fs::path& file, const Lesson& lesson) {
  std::error_code error;
  if (fs::is_directory(file, error)) return FolderTable(file, lesson).read();
  const std::string text = read_file(file, most_table_bytes);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (file.extension() == ".json" || (first != std::string::npos && text[first] == '{')) return JsonTable(file.string(), lesson).read(text);
  StoredTable table = parse_table(file.string(), text);
  // Of a lesson with one example its number may be left out.
  if (!lesson.several_examples()) {
    for (TableRow& row : table.rows) {
      const bool parameter = row.name.quantity == Quantity::w || row.name.quantity == Quantity::b;
      if (row.name.scope.kind != Scope::Kind::example && !parameter) row.name.scope = Scope::of_example(0);
    }
  }
  return table;
}

}  // namespace gradtrace
