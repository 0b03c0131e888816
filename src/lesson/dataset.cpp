// Reading [dataset]: headers first, then only the rows wanted.
#include "lesson/dataset.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <cmath>

namespace gradtrace {

namespace {

constexpr std::size_t any = std::numeric_limits<std::size_t>::max();

std::optional<DataRows> open_file(const TomlValue& value, ArrayContext& context) {
  const auto name = value.as_text("file");
  if (!name) return std::nullopt;
  try {
    return DataRows{value, *name, ArrayFile(context.files.locate(*name), context.text_left), std::nullopt};
  } catch (const ArrayFileError& error) {
    value.report(*name + ": " + error.what());
    return std::nullopt;
  }
}

std::optional<DataRows> read_rows(const TomlValue& value, const std::string& key, ArrayRank rank,
                                  ArrayContext& context) {
  if (!value.is_table()) {
    auto written = read_array(value, key, rank, Drawing::refused, context);
    if (!written) return std::nullopt;
    return DataRows{value, key, std::nullopt, std::move(*written)};
  }
  const auto file = read_file_key(value, key);
  return file ? open_file(*file, context) : std::nullopt;
}

void read_which_outputs(const TomlTable& table, DatasetTable& dataset, ArrayContext& context) {
  const auto targets = table.find("targets");
  const auto labels = table.find("labels");
  if (targets && labels) {
    labels->report("[dataset] has \"targets\" and \"labels\"; one of them is needed, not both");
    dataset.broken = true;
    return;
  }
  if (targets) dataset.targets = read_rows(*targets, "targets", ArrayRank::matrix, context);
  if (labels) dataset.labels = read_rows(*labels, "labels", ArrayRank::vector, context);
  if (!dataset.targets && !dataset.labels) dataset.broken = true;
  if (!targets && !labels && !table.mentions("targets") && !table.mentions("labels")) {
    table.report("[dataset] needs \"targets\" or \"labels\"");
  }
}

/// "3 numbers a row" or, of images, "28 × 28 numbers a row".
std::string row_in_words(const DataRows& data) {
  std::string text;
  if (data.file && data.file->shape().size() > 2) {
    for (std::size_t axis = 1; axis < data.file->shape().size(); ++axis) {
      text += (axis > 1 ? " × " : "") + std::to_string(data.file->shape()[axis]);
    }
    text += " = ";
  }
  return text + std::to_string(data.columns()) +
         (data.columns() == 1 ? " number a row" : " numbers a row");
}

bool check_columns(const DataRows& data, std::size_t width, const std::string& unit) {
  if (data.columns() == width) return true;
  data.value.report(data.name + " has " + row_in_words(data) + ", but the network has " +
                    std::to_string(width) + ' ' + unit + (width == 1 ? "" : "s"));
  return false;
}

std::string in_rows(const DataRows& data) {
  return std::to_string(data.rows()) + (data.rows() == 1 ? " row" : " rows");
}

bool check_rows(const DataRows& outputs, const DataRows& inputs) {
  if (outputs.rows() == inputs.rows()) return true;
  outputs.value.report(outputs.name + " has " + in_rows(outputs) + ", but " + inputs.name +
                       " has " + std::to_string(inputs.rows()));
  return false;
}

/// Why that many examples are too many, or "".
std::string why_too_many(std::size_t rows, std::size_t width, Budget& budget) {
  if (rows > most_examples) {
    return " would be " + std::to_string(rows) + " examples, but a lesson may hold " +
           std::to_string(most_examples) + "; \"take\" limits them";
  }
  const std::string why = budget.why_not(rows, width);
  return why.empty() ? "" : why + "; \"take\" limits them";
}

/// Fills examples from the rows of files; stops at the first row that cannot be used.
class RowTaker {
 public:
  RowTaker(const DatasetTable& dataset, std::size_t outputs, std::optional<Cost> cost,
           std::span<Example> examples)
      : dataset_(dataset), outputs_(outputs), cost_(cost), examples_(examples) {}

  void take_inputs() {
    read(*dataset_.inputs, [&](std::size_t row, std::span<const double> numbers) {
      Vector& input = example_of(row).input;
      input = zeros(numbers.size());
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        input(k) = dataset_.scale * numbers[k];
        if (!std::isfinite(input(k))) {
          return refuse(*dataset_.inputs, row, k, "times scale is too large for a double");
        }
      }
      return true;
    });
  }

  void take_targets() {
    read(*dataset_.targets, [&](std::size_t row, std::span<const double> numbers) {
      Vector& target = example_of(row).target;
      target = zeros(numbers.size());
      for (std::size_t j = 0; j < numbers.size(); ++j) {
        const std::string why = cost_ ? why_bad_target(*cost_, numbers[j]) : "";
        if (!why.empty())
          return refuse(*dataset_.targets, row, j, "is " + shortest(numbers[j]) + ": " + why);
        target(j) = numbers[j];
      }
      return true;
    });
  }

  void take_labels() {
    read(*dataset_.labels, [&](std::size_t row, std::span<const double> numbers) {
      const double label = numbers.front();
      if (label != std::floor(label))
        return refuse(*dataset_.labels, row, 0,
                      "is " + shortest(label) + "; labels are whole numbers");
      if (label < 0 || label >= static_cast<double>(outputs_)) {
        return refuse(
            *dataset_.labels, row, 0,
            "is " + shortest(label) + ", but the network has " + std::to_string(outputs_) +
                (outputs_ == 1 ? " output, so labels are 0"
                               : " outputs, so labels are 0 to " + std::to_string(outputs_ - 1)));
      }
      Vector& target = example_of(row).target;
      target = zeros(outputs_);
      target(static_cast<std::size_t>(label)) = 1;
      return true;
    });
  }

 private:
  void read(const DataRows& data, const RowSink& sink) {
    try {
      data.read(dataset_.range, sink);
    } catch (const ArrayFileError& error) {
      data.value.report(data.name + ": " + error.what());
    }
  }

  Example& example_of(std::size_t row) { return examples_[row - dataset_.range.skip]; }

  /// @returns false, so that reading stops
  static bool refuse(const DataRows& data, std::size_t row, std::size_t column,
                     const std::string& why) {
    const std::size_t columns = data.columns();
    const Place place =
        data.written ? data.written->place_of(row * columns + column) : data.value.place();
    data.value.problems().report(
        place, data.name + ": row " + std::to_string(row) +
                   (columns > 1 ? ", column " + std::to_string(column) : "") + ' ' + why);
    return false;
  }

  const DatasetTable& dataset_;
  std::size_t outputs_;
  std::optional<Cost> cost_;
  std::span<Example> examples_;  // one for each row wanted
};

}  // namespace

void DataRows::read(RowRange range, const RowSink& sink) const {
  if (file) {
    file->read(range, sink);
    return;
  }
  const std::span<const double> numbers(written->numbers);
  const std::size_t first = std::min(range.skip, rows());
  const std::size_t last = first + std::min(range.take, rows() - first);
  for (std::size_t row = first; row < last; ++row) {
    if (!sink(row, numbers.subspan(row * columns(), columns()))) return;
  }
}

std::optional<DatasetTable> read_dataset_table(const TomlValue& value, ArrayContext& context) {
  const auto table =
      value.as_table("[dataset]", {"inputs", "targets", "labels", "skip", "take", "scale"});
  if (!table) return std::nullopt;
  DatasetTable dataset;
  if (const auto inputs = table->need("inputs", "[dataset] needs \"inputs\"")) {
    dataset.inputs = read_rows(*inputs, "inputs", ArrayRank::matrix, context);
  }
  if (!dataset.inputs) dataset.broken = true;
  read_which_outputs(*table, dataset, context);
  dataset.skip_value = table->find("skip");
  if (dataset.skip_value) {
    const auto skip = dataset.skip_value->as_whole("skip", 0, any);
    if (!skip) dataset.broken = true;
    dataset.range.skip = skip.value_or(0);
  }
  if (const auto value_of_take = table->find("take")) {
    const auto take = value_of_take->as_whole("take", 1, any);
    if (!take) dataset.broken = true;
    dataset.range.take = take.value_or(1);
  }
  if (const auto scale = table->find("scale")) {
    const auto number = scale->as_number("scale");
    if (!number) dataset.broken = true;
    dataset.scale = number.value_or(1);
  }
  if (dataset.inputs && dataset.skip_value && dataset.range.skip >= dataset.inputs->rows()) {
    dataset.skip_value->report("skip leaves no example: " + dataset.inputs->name + " has " +
                               in_rows(*dataset.inputs));
    dataset.broken = true;
  }
  return dataset;
}

std::optional<std::size_t> dataset_rows(const DatasetTable& dataset) {
  if (dataset.broken) return std::nullopt;
  return std::min(dataset.range.take, dataset.inputs->rows() - dataset.range.skip);
}

void append_dataset(const DatasetTable& dataset, std::size_t inputs, std::size_t outputs,
                    std::optional<Cost> cost, Budget& budget, std::vector<Example>& examples) {
  bool good = true;
  if (dataset.inputs) good = check_columns(*dataset.inputs, inputs, "input") && good;
  if (dataset.targets) good = check_columns(*dataset.targets, outputs, "output") && good;
  if (dataset.labels && dataset.labels->columns() != 1) {
    dataset.labels->value.report(dataset.labels->name + " has " + row_in_words(*dataset.labels) +
                                 "; expected one label");
    good = false;
  }
  const std::optional<DataRows>& results = dataset.targets ? dataset.targets : dataset.labels;
  if (dataset.inputs && results) good = check_rows(*results, *dataset.inputs) && good;
  const auto rows = dataset_rows(dataset);
  if (!good || !rows) return;

  const std::string why = why_too_many(*rows, inputs + outputs, budget);
  if (!why.empty()) {
    dataset.inputs->value.report(dataset.inputs->name + why);
    return;
  }
  const std::size_t written = examples.size();
  examples.resize(written + *rows);
  RowTaker taker(dataset, outputs, cost, std::span(examples).subspan(written));
  taker.take_inputs();
  if (dataset.targets) taker.take_targets();
  if (dataset.labels) taker.take_labels();
}

}  // namespace gradtrace
