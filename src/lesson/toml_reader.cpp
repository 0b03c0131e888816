// Values of a TOML file, through toml++.
#include "lesson/toml_reader.hpp"

#include "base/number.hpp"
#include "base/suggest.hpp"
#include "base/utf8.hpp"
#include "lesson/toml_guard.hpp"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// toml++ 3.3 asserts that no `}` follows `[`, as in `a = [}`. Without the assertion it goes on to report
// the error, as it should.
#define TOML_ASSERT(condition) static_assert(true)
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>

namespace gradtrace {

namespace {

const toml::node& node_of(const void* node) { return *static_cast<const toml::node*>(node); }

Place place_of(const toml::source_region& region) {
  Place place;
  place.line = std::max<std::size_t>(1, region.begin.line);
  place.column = std::max<std::size_t>(1, region.begin.column);
  const bool one_line = region.end.line == region.begin.line;
  place.length = one_line ? region.end.column - region.begin.column : Place::to_line_end;
  return place;
}

/// `text` in quotes, cut where it is long.
std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string_view rest = text;
  for (std::size_t i = 0; i < longest && !rest.empty(); ++i) {
    rest.remove_prefix(first_code_point(rest).bytes);
  }
  const std::string shown(text.substr(0, text.size() - rest.size()));
  return rest.empty() ? '"' + shown + '"' : '"' + shown + "…\"";
}

/// A control character other than blanks and line breaks, written as an escape ("\u001b").
bool has_control_character(std::string_view text) {
  while (!text.empty()) {
    const CodePoint first = first_code_point(text);
    const bool blank = first.value == U'\n' || first.value == U'\r' || first.value == U'\t';
    if (!blank && steers_a_terminal(first.value)) return true;
    text.remove_prefix(first.bytes);
  }
  return false;
}

/// toml++ begins with "Error while parsing …: ", which its callers do not need to be told.
std::string syntax_message(std::string_view description) {
  constexpr std::string_view start = "Error while ";
  if (description.starts_with(start)) description.remove_prefix(start.size());
  return "not valid TOML: " + std::string(description);
}

/// How a table of that name is written; arrays of tables have doubled brackets.
bool doubled(const std::string& header) { return header.starts_with("[["); }

}  // namespace

Place TomlValue::place() const { return place_of(node_of(node_).source()); }

bool TomlValue::is_table() const { return node_of(node_).is_table(); }
bool TomlValue::is_array() const { return node_of(node_).is_array(); }
bool TomlValue::is_text() const { return node_of(node_).is_string(); }

std::string TomlValue::described() const {
  const toml::node& node = node_of(node_);
  if (const auto* text = node.as_string()) return quoted(text->get());
  if (const auto* number = node.as_floating_point()) {
    const std::string digits = shortest(number->get());
    const bool looks_whole =
        std::isfinite(number->get()) && digits.find_first_of(".e") == std::string::npos;
    return looks_whole ? digits + ".0" : digits;
  }
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* boolean = node.as_boolean()) return boolean->get() ? "true" : "false";
  if (node.is_table()) return "a table";
  if (node.is_array()) return "an array";
  return "a date or time";
}

std::optional<double> TomlValue::as_number(const std::string& what) const {
  const toml::node& node = node_of(node_);
  if (const auto* whole = node.as_integer()) return static_cast<double>(whole->get());
  if (const auto* number = node.as_floating_point()) {
    if (std::isfinite(number->get())) return number->get();
    report(what + " must be a finite number, but is " + described());
  } else {
    report(what + " must be a number, but is " + described());
  }
  return std::nullopt;
}

std::optional<std::size_t> TomlValue::as_whole(const std::string& what, std::size_t least,
                                               std::size_t most) const {
  const auto* whole = node_of(node_).as_integer();
  if (whole != nullptr && whole->get() >= 0) {
    const auto value = static_cast<std::size_t>(whole->get());
    if (value >= least && value <= most) return value;
  }
  const bool bounded = most < static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  report(what + " must be a whole number " +
         (bounded ? "from " + std::to_string(least) + " to " + std::to_string(most)
                  : "of " + std::to_string(least) + " or more") +
         ", but is " + described());
  return std::nullopt;
}

std::optional<std::string> TomlValue::as_text(const std::string& what) const {
  const auto* text = node_of(node_).as_string();
  if (text == nullptr) {
    report(what + " must be text in quotes, but is " + described());
    return std::nullopt;
  }
  if (has_control_character(text->get())) {
    report(what + " holds a control character, which would reach the reader's terminal");
    return std::nullopt;
  }
  return text->get();
}

std::optional<std::string> TomlValue::as_one_of(const std::string& what,
                                                const std::vector<std::string>& words) const {
  auto text = as_text(what);
  if (!text || std::find(words.begin(), words.end(), *text) != words.end()) return text;
  const std::string suggestion = did_you_mean(*text, words);
  report("unknown " + what + ' ' + quoted(*text) +
         (suggestion.empty() ? "; expected " + one_of(words) : suggestion));
  return std::nullopt;
}

std::optional<TomlTable> TomlValue::as_table(const std::string& what,
                                             const std::vector<std::string>& known) const {
  if (is_table()) return TomlTable(node_, what, known, *problems_);
  const auto* array = node_of(node_).as_array();
  if (array != nullptr && array->is_array_of_tables() && !doubled(what)) {
    report(what + " is one table, with single brackets; here it is an array of tables");
  } else {
    report(what + " must be a table, but is " + described());
  }
  return std::nullopt;
}

std::size_t TomlValue::size() const {
  const auto* array = node_of(node_).as_array();
  return array == nullptr ? 0 : array->size();
}

TomlValue TomlValue::operator[](std::size_t i) const {
  return {static_cast<const toml::node*>(node_of(node_).as_array()->get(i)), *problems_};
}

TomlTable::TomlTable(const void* table, const std::string& what,
                     const std::vector<std::string>& known, Diagnostics& problems)
    : table_(table), problems_(&problems) {
  // The root spans the whole file: what it lacks is missing at the file's very beginning.
  if (!what.empty()) place_ = place_of(node_of(table).source());
  report_unknown_keys(what, known);
}

void TomlTable::report_unknown_keys(const std::string& what,
                                    const std::vector<std::string>& known) {
  for (const auto& [key, value] : *node_of(table_).as_table()) {
    const std::string name(key.str());
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string suggestion = nearest(name, known);
    if (!suggestion.empty()) misspelt_.insert(suggestion);
    const std::string where = what.empty() ? "" : " in " + what;
    problems_->report(
        place_of(key.source()),
        "unknown key " + quoted(name) + where +
            (suggestion.empty() ? "; expected " + one_of(known) : did_you_mean(name, known)));
  }
}

std::optional<TomlValue> TomlTable::find(std::string_view key) const {
  const toml::node* node = node_of(table_).as_table()->get(key);
  if (node == nullptr) return std::nullopt;
  return TomlValue(node, *problems_);
}

bool TomlTable::mentions(const std::string& key) const {
  return find(key) || misspelt_.contains(key);
}

std::optional<TomlValue> TomlTable::need(const std::string& key, const std::string& message) const {
  if (!mentions(key)) report(message);
  return find(key);
}

struct TomlFile::Tree {
  toml::table root;
};

TomlFile::TomlFile(const std::string& file, std::string_view text)
    : tree_(std::make_unique<Tree>()), problems_(file, text) {
  guard_against_hostile_toml(text, problems_);
  problems_.throw_if_any();
  toml::parse_result result = toml::parse(text);
  if (!result) {
    const toml::parse_error& error = result.error();
    problems_.report(place_of(error.source()), syntax_message(error.description()));
    problems_.throw_if_any();
  }
  tree_->root = std::move(result).table();
}

TomlFile::~TomlFile() = default;

TomlTable TomlFile::root(const std::vector<std::string>& known) {
  return {static_cast<const toml::node*>(&tree_->root), "", known, problems_};
}

}  // namespace gradtrace
