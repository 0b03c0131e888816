// Reading a table of named cells from CSV.
#include "golden/cell_table.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/number.hpp"
#include "base/csv.hpp"
#include "base/suggest.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>

namespace gradtrace {
namespace {

constexpr std::size_t most_problems = 100;  // a file of another kind has one a line

class Reader {
 public:
  Reader(const std::string& file, std::string_view text) : text_(text) { table_.file = file; }

  CellTable read() {
    std::size_t number = 0, at = 0;
    while (at < text_.size()) {
      const std::size_t end = std::min(text_.find('\n', at), text_.size());
      line_ = text_.substr(at, end - at);
      if (line_.ends_with('\r')) line_.remove_suffix(1);
      at = end + 1;
      number_ = ++number;
      if (trimmed(line_).find_first_not_of(",;\t\" ") == std::string_view::npos) continue;
      if (!have_header_) {
        read_header();
      } else {
        read_row();
      }
      if (problems_.size() >= most_problems || broken_header_) break;
    }
    if (!have_header_ && problems_.empty()) {
      problems_.push_back({table_.file, 1, 1, 1, "the file is empty; a table begins with " + std::string(header), ""});
    }
    table_.problems = std::move(problems_);
    table_.decimal_comma = separator_ != ',';
    return std::move(table_);
  }

 private:
  static constexpr std::string_view header = "example,quantity,layer,j,k,value";
  enum Column { example, quantity, layer, j, k, value, column_count };

  void problem(std::size_t cell, const std::string& message) {
    const std::size_t length = cell < cells_.size() ? std::max<std::size_t>(1, count_code_points(cells_[cell])) : 1;
    problems_.push_back({table_.file, number_, csv_column(line_, separator_, cell), length, message, std::string(line_)});
  }

  void read_header() {
    have_header_ = true;
    separator_ = csv_separator(line_);
    const auto cells = csv_cells(line_, separator_);
    cells_ = cells.value_or(std::vector<std::string>{});
    static const std::vector<std::string> names{"example", "quantity", "layer", "j", "k", "value"};
    std::string missing;
    for (std::size_t c = 0; c < column_count; ++c) {
      const auto found = std::find_if(cells_.begin(), cells_.end(), [&](const std::string& cell) { return trimmed(cell) == names[c]; });
      if (found == cells_.end()) missing += (missing.empty() ? "" : ", ") + names[c];
      where_[c] = static_cast<std::size_t>(found - cells_.begin());
    }
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      const std::string_view name = trimmed(cells_[c]);
      if (std::find(names.begin(), names.end(), name) == names.end()) labels_.emplace_back(c, name);
    }
    if (missing.empty()) return;
    broken_header_ = true;
    problem(0, "the first line must name the columns " + std::string(header) + "; missing: " + missing);
    // A line without any of them is no table's, and is not shown: the file may be a secret one.
    if (labels_.size() == cells_.size()) problems_.back().source_line.clear();
  }

  std::string_view cell(Column column) const {
    return where_[column] < cells_.size() ? trimmed(cells_[where_[column]]) : std::string_view{};
  }

  void read_row() {
    auto cells = csv_cells(line_, separator_);
    if (!cells) {
      cells_.clear();
      problem(0, "the quotes of this line are not balanced");
      return;
    }
    cells_ = std::move(*cells);
    const std::size_t before = problems_.size();
    CellRow row;
    row.line = number_;
    row.line_begin = static_cast<std::size_t>(line_.data() - text_.data());
    read_name(row.name);
    if (problems_.size() > before) return;
    row.text = cell(value);
    row.column = csv_column(line_, separator_, std::min(where_[value], cells_.size()));
    if (!seen_.insert(row.name).second) {
      problem(where_[quantity], to_string(row.name, true) + " stands in the table twice");
      return;
    }
    for (const auto& [column, name] : labels_) {
      if (column >= cells_.size()) break;
      if (!trimmed(cells_[column]).empty()) table_.labels.emplace(name, csv_label(cells_[column]));
    }
    table_.rows.push_back(std::move(row));
  }

  void read_name(Name& name) {
    const std::string_view scope = cell(example);
    if (scope == "mean") {
      name.scope = Scope::of_mean();
    } else if (!scope.empty()) {
      const auto index = parse_size(scope);
      if (!index) problem(where_[example], "an example is a number from 0, or mean, not \"" + std::string(scope) + "\"");
      name.scope = Scope::of_example(index.value_or(0));
    }
    const std::string_view word = cell(quantity);
    const auto found = parse_quantity(word);
    if (!found) {
      problem(where_[quantity], "unknown quantity \"" + std::string(word) + "\"" + did_you_mean(word, quantity_names()));
      return;
    }
    name.quantity = *found;
    const auto index = [&](Column column, std::size_t& into, bool needed) {
      const std::string_view text = cell(column);
      if (text.empty() && !needed) return;
      const auto number = parse_size(text);
      static constexpr std::array<std::string_view, column_count> names{"example", "quantity", "layer", "j", "k", "value"};
      if (!number || *number == Name::none) {
        problem(std::min(where_[column], cells_.size()), fmt::format("{} of {} must be a whole number from 0, not \"{}\"", names[column],
                                                                     info(name.quantity).name, text));
        return;
      }
      into = *number;
    };
    const bool one = name.quantity != Quantity::C;
    const bool two = name.quantity == Quantity::w || name.quantity == Quantity::dC_dw || name.quantity == Quantity::path;
    index(layer, name.layer, one);
    index(j, name.j, one);
    index(k, name.k, two);
  }

  std::string_view text_, line_;
  std::size_t number_ = 0;
  char separator_ = ',';
  bool have_header_ = false, broken_header_ = false;
  std::array<std::size_t, column_count> where_{};
  std::vector<std::string> cells_;
  std::vector<std::pair<std::size_t, std::string>> labels_;  ///< the columns of other names
  std::set<Name> seen_;
  CellTable table_;
  std::vector<Problem> problems_;
};

}  // namespace

CellTable parse_cells(const std::string& file, std::string_view text) {
  std::string utf8 = to_utf8(text);
  CellTable table = Reader(file, utf8).read();
  table.source = std::move(utf8);
  return table;
}

Problem problem_at(const CellTable& table, const CellRow& row, const std::string& message) {
  std::string_view source = std::string_view(table.source).substr(row.line_begin);
  source = trimmed(source.substr(0, source.find('\n')));
  return {table.file, row.line, row.column, std::max<std::size_t>(1, count_code_points(row.text)), message, std::string(source), 1};
}

}  // namespace gradtrace
