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
#include <map>
#include <optional>
#include <set>

namespace gradtrace {
namespace {

constexpr std::size_t most_problems = 100;  // told one by one: a file of another kind has one a line
constexpr std::size_t most_found = 1'000'000;  // looked for
constexpr std::size_t most_lines = 8'000'000;  // each takes some hundred bytes

class Reader {
 public:
  Reader(const std::string& file, std::string_view text) : reader_(text) { table_.file = file; }

  CellTable read() {
    bool have_header = false;
    while (!broken_header_ && found_ < most_found && reader_.next()) {
      if (!have_header) {
        have_header = true;
        read_header();
      } else {
        read_row();
      }
    }
    if (!have_header) problems_.push_back({table_.file, 1, 1, 1, "the file is empty; a table begins with " + std::string(header), ""});
    if (found_ >= most_found) {
      problems_.push_back({table_.file, 0, 0, 1, "there are more problems than any table has; what comes after line " + std::to_string(reader_.place(0).line) + " has not been read", ""});
    } else if (found_ > problems_.size()) {
      const std::size_t more = found_ - problems_.size();
      problems_.push_back({table_.file, 0, 0, 1, fmt::format("{} more problem{} of this table {} not listed; the first {} are", more, more == 1 ? "" : "s", more == 1 ? "is" : "are", most_problems), ""});
    }
    table_.problems = std::move(problems_);
    table_.separator = reader_.separator();
    table_.decimal_comma = table_.separator != ',';
    return std::move(table_);
  }

 private:
  static constexpr std::string_view header = "example,quantity,layer,j,k,value";
  enum Column { example, quantity, layer, j, k, value, column_count };
  static constexpr std::array<std::string_view, column_count> names{"example", "quantity", "layer", "j", "k", "value"};

  void problem(std::size_t cell, const std::string& message) {
    ++found_;
    if (problems_.size() == most_problems) return;
    const std::size_t length = cell < cells_.size() ? std::max<std::size_t>(1, count_code_points(cells_[cell])) : 1;
    const CsvPlace place = place_of(cell);
    problems_.push_back({table_.file, place.line, place.column, length, shortened(message), ""});
    show_line(problems_.back(), reader_.line_at(place));
  }

  /// Where a cell stands; of one that was made of two, from the first's begin to the second's end.
  CsvPlace place_of(std::size_t cell) const {
    CsvPlace place = reader_.place(cell > joined_ ? cell + 1 : cell);
    if (cell == joined_) place.end = reader_.place(cell + 1).end;
    return place;
  }

  void read_header() {
    if (!reader_.cells()) {
      broken_header_ = true;
      problem(0, reader_.why_unreadable());
      problems_.back().source_line.clear();
      return;
    }
    cells_ = *reader_.cells();
    for (const std::string& cell : cells_) table_.header.push_back(lower_case(std::string(trimmed(cell))));
    const std::vector<std::string>& found = table_.header;
    std::string missing;
    for (std::size_t c = 0; c < column_count; ++c) {
      const auto at = std::ranges::find(found, names[c]);
      if (at == found.end()) missing += (missing.empty() ? "" : ", ") + std::string(names[c]);
      where_[c] = static_cast<std::size_t>(at - found.begin());
    }
    for (const std::string_view name : names) {
      if (std::ranges::count(found, name) < 2) continue;
      broken_header_ = true;
      problem(0, fmt::format("the first line names the column {} twice", name));
    }
    constexpr std::array<std::string_view, 3> told{"lesson", "student", "variant"};
    std::size_t others = 0;
    for (std::size_t c = 0; c < found.size(); ++c) {
      others += std::ranges::find(names, found[c]) == names.end();
      if (std::ranges::find(told, found[c]) != told.end()) labels_.push_back(c);
    }
    if (const auto row = another_row(*std::ranges::max_element(where_) + 1); missing.empty() && row) {
      broken_header_ = true;
      problem(*row, "the first line goes on as a row does; perhaps a line break was lost behind the names of the columns");
    }
    if (missing.empty()) return;
    broken_header_ = true;
    problem(0, "the first line must name the columns " + std::string(header) + "; missing: " + missing);
    // A line without any of them is no table's, and is not shown: the file may be a secret one.
    if (others == cells_.size()) problems_.back().source_line.clear();
  }

  std::string_view cell(Column column) const {
    return where_[column] < cells_.size() ? trimmed(cells_[where_[column]]) : std::string_view{};
  }

  void read_row() {
    if (!reader_.cells()) {
      cells_.clear();
      problem(0, reader_.why_unreadable());
      return;
    }
    cells_ = std::move(*reader_.cells());
    CellRow row;
    const std::string unreadable = joined_decimal_comma();
    if (!unreadable.empty()) problem(where_[value], unreadable);
    if (const auto beyond = another_row(table_.header.size())) problem(*beyond, std::string(goes_beyond_columns));
    const std::size_t before = found_;
    read_name(row.name);
    if (found_ > before) return;
    row.text = cell(value);
    place(row, where_[value]);
    const auto [seen, first] = rows_.emplace(row.name, table_.rows.size());
    if (!first) {
      const CellRow& other = table_.rows[seen->second];
      problem(where_[quantity], fmt::format("this number stands in the table twice, first in line {}", other.line));
      if (!other.text.empty()) return;
    }
    if (!unreadable.empty()) table_.unreadable.emplace(row.name, unreadable);
    if (!first) {
      table_.rows[seen->second] = std::move(row);
      return;
    }
    for (const std::size_t column : labels_) {
      if (column >= cells_.size()) continue;
      const std::string_view text = trimmed(cells_[column]);
      const auto known = table_.labels.find(table_.header[column]);
      if (known != table_.labels.end()) verify_label(column, known->second.text, csv_label(text));
      if (text.empty() || known != table_.labels.end()) continue;
      CellRow& label = table_.labels[table_.header[column]];
      label.name = row.name;
      label.text = csv_label(text);
      place(label, column);
    }
    table_.rows.push_back(std::move(row));
  }

  /// Rows of two students in one sheet were perhaps copied together.
  void verify_label(std::size_t column, const std::string& first, const std::string& here) {
    const std::string& name = table_.header[column];
    if (here.empty() || here == first || (name != "student" && name != "variant") || !mixed_.insert(column).second) return;
    problem(column, fmt::format("the {} is \"{}\" here and \"{}\" in the rows before, which counts", name, here, first));
  }

  /// Where beyond so many columns another row seems to stand, whose line break was lost; a remark may stand there.
  std::optional<std::size_t> another_row(std::size_t columns) const {
    const auto beyond = beyond_columns(cells_, columns);
    if (!beyond) return std::nullopt;
    const auto is_any = [&](auto is) { return std::any_of(cells_.begin() + static_cast<std::ptrdiff_t>(*beyond), cells_.end(), [&](const std::string& text) { return is(trimmed(text)); }); };
    const auto is_number = [](std::string_view text) { return text.find_first_of("0123456789") != std::string_view::npos && text.find_first_not_of("0123456789+-.,eE") == std::string_view::npos; };
    return is_any([](std::string_view text) { return parse_quantity(text).has_value(); }) && is_any(is_number) ? beyond : std::nullopt;
  }

  /// A decimal comma where commas part the columns moves all after it by one; spreadsheet programs put such a cell in quotes.
  /// Makes one cell of the two. @returns what is wrong, "" where there is none.
  std::string joined_decimal_comma() {
    joined_ = Name::none;
    const std::size_t columns = table_.header.size(), v = where_[value];
    if (cells_.size() <= columns) return "";
    const auto whole = [](std::string_view text, std::string_view sign) {
      return !text.empty() && text.find_first_not_of(sign) != std::string_view::npos && text.find_first_not_of("0123456789", text.find_first_not_of(sign)) == std::string_view::npos;
    };
    const std::string first(trimmed(cells_[v])), second(trimmed(cells_[v + 1]));
    if (reader_.separator() != ',' || !whole(first, "+-") || !whole(second, "")) return "";
    cells_[v] = first + "," + second;
    cells_.erase(cells_.begin() + static_cast<std::ptrdiff_t>(v) + 1);
    joined_ = v;
    return fmt::format("\"{0},{1}\" is two cells where commas part the columns; write {0}.{1}, or put quotes around it", first, second);
  }

  void place(CellRow& row, std::size_t column) const {
    const CsvPlace place = place_of(column);
    row.line = place.line;
    row.column = place.column;
    row.line_begin = place.line_begin;
    row.begin = place.begin;
    row.end = place.end;
    row.missing = place.missing;
  }

  /// 1, or 1.0 as a spreadsheet program writes it.
  std::optional<std::size_t> whole_number(std::string_view text) const {
    const std::size_t point = text.find_first_of(reader_.separator() == ',' ? "." : ".,");
    if (point != std::string_view::npos && point + 1 < text.size() && text.find_first_not_of('0', point + 1) == std::string_view::npos) text = text.substr(0, point);
    return parse_size(text);
  }

  void read_name(Name& name) {
    const std::string_view scope = cell(example);
    if (scope == "mean") {
      name.scope = Scope::of_mean();
    } else if (!scope.empty()) {
      const auto index = whole_number(scope);
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
      const auto number = whole_number(text);
      if (!number || *number == Name::none) {
        problem(where_[column], fmt::format("{} of {} must be a whole number from 0, not \"{}\"", names[column],
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

  CsvReader reader_;
  bool broken_header_ = false;
  std::array<std::size_t, column_count> where_{};
  std::vector<std::string> cells_;
  std::size_t joined_ = Name::none;  ///< of these, what was two cells in the file
  std::vector<std::size_t> labels_;  ///< the columns of other names
  std::set<std::size_t> mixed_;      ///< of these, those whose rows were said to differ
  std::map<Name, std::size_t> rows_;
  CellTable table_;
  std::vector<Problem> problems_;    ///< of those found as many as are told one by one
  std::size_t found_ = 0;
};

}  // namespace

CellTable parse_cells(const std::string& file, std::string_view text) {
  std::string utf8 = to_utf8(text);
  if (static_cast<std::size_t>(std::max(std::ranges::count(utf8, '\n'), std::ranges::count(utf8, '\r'))) > most_lines) {
    throw InputError(file, fmt::format("the table has more than {} lines; what is as large fits into .npy files, of which check --against takes a folder", most_lines));
  }
  CellTable table = Reader(file, utf8).read();
  table.marked = utf8 != text;
  table.source = std::move(utf8);
  return table;
}

Problem problem_at(const CellTable& table, const CellRow& row, const std::string& message) {
  std::string_view source = std::string_view(table.source).substr(row.line_begin);
  source = source.substr(0, source.find_first_of("\r\n"));
  Problem problem{table.file, row.line, row.column, std::max<std::size_t>(1, count_code_points(row.text)), shortened(message), ""};
  show_line(problem, source);
  return problem;
}

std::string with_values(const CellTable& table, const std::map<Name, double>& values, const std::vector<std::string>& copied) {
  const bool comma = table.decimal_comma && std::ranges::any_of(table.rows, [](const CellRow& row) { return row.text.find(',') != std::string::npos; });
  const auto written = [&](double value) {
    std::string text = shortest(value);
    if (comma) std::ranges::replace(text, '.', ',');
    return text;
  };
  std::vector<const CellRow*> rows;
  for (const CellRow& row : table.rows) {
    if (values.contains(row.name)) rows.push_back(&row);
  }
  std::ranges::sort(rows, {}, &CellRow::begin);
  std::string text;
  std::size_t at = 0;
  for (const CellRow* row : rows) {
    text.append(table.source, at, row->begin - at).append(row->missing, table.separator) += written(values.at(row->name));
    at = row->end;
  }
  text.append(table.source, at);

  std::map<Name, double> left = values;
  for (const CellRow* row : rows) left.erase(row->name);
  const std::string_view ending = csv_line_end(table.source);
  for (const auto& [name, value] : left) {
    if (!text.ends_with('\n') && !text.ends_with('\r')) text += ending;
    for (std::size_t c = 0; c < table.header.size(); ++c) {
      const std::string& column = table.header[c];
      const auto index = [](std::size_t i) { return i == Name::none ? std::string() : std::to_string(i); };
      if (c > 0) text += table.separator;
      if (column == "example") text += name.scope.kind == Scope::Kind::mean ? "mean" : name.scope.kind == Scope::Kind::example ? std::to_string(name.scope.example) : "";
      if (column == "quantity") text += info(name.quantity).name;
      if (column == "layer") text += index(name.layer);
      if (column == "j") text += index(name.j);
      if (column == "k") text += index(name.k);
      if (column == "value") text += written(value);
      const auto label = table.labels.find(column);
      if (label != table.labels.end() && std::ranges::find(copied, column) != copied.end()) text += csv_text(label->second.text);
    }
    text += ending;
  }

  const CellTable result = parse_cells(table.file, text);
  std::map<Name, std::string> read;
  for (const CellRow& row : result.rows) read.emplace(row.name, row.text);
  const auto holds = [&](const auto& wanted) { return read.contains(wanted.first) && read.at(wanted.first) == written(wanted.second); };
  if (result.rows.size() != table.rows.size() + left.size() || !std::ranges::all_of(values, holds)) {
    throw InputError(table.file, "has quotes in its rows that leave open which cell is which; save it anew from a spreadsheet program");
  }
  return table.marked ? "\xEF\xBB\xBF" + text : text;
}

}  // namespace gradtrace
