// A look over a lesson's text, character by character.
#include "lesson/toml_guard.hpp"

#include "base/utf8.hpp"

#include <optional>
#include <string>

namespace gradtrace {

namespace {

// A lesson's keys have at most three parts; toml++ 3.3 recurses once a part, without limit.
constexpr std::size_t most_key_parts = 16;
// Of its values, tables and parts of keys toml++ keeps 80 to 230 bytes each.
constexpr std::size_t most_parts = 8'000'000;

/// Walks a text, counting lines and code points.
class Walker {
 public:
  explicit Walker(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  Place place() const { return place_; }

  void step() {
    const CodePoint code_point = first_code_point(rest_);
    rest_.remove_prefix(code_point.bytes);
    ++place_.column;
    if (code_point.value == U'\n') place_ = {place_.line + 1, 1, 1};
  }
  void step(std::size_t count) {
    for (; count > 0 && !at_end(); --count) step();
  }

 private:
  std::string_view rest_;
  Place place_;
};

std::optional<Place> first_stray_byte(std::string_view text) {
  for (Walker walker(text); !walker.at_end(); walker.step()) {
    if (!first_code_point(walker.rest()).valid) return walker.place();
  }
  return std::nullopt;
}

struct Finding {
  Place place;
  std::string message;
};

bool at_ascii(const Walker& walker) {
  return static_cast<unsigned char>(walker.rest().front()) <= 0x7F;
}

std::string character_at(const Walker& walker) {
  return std::string(walker.rest().substr(0, first_code_point(walker.rest()).bytes));
}

/// Steps over the string the walker stands at, or to the end of its line where it is not closed. Finds
/// escapes that are none.
std::optional<Finding> step_over_string(Walker& walker) {
  const char quote = walker.rest().front();
  const std::string_view triple = quote == '"' ? "\"\"\"" : "'''";
  const bool long_form = walker.rest().starts_with(triple);
  walker.step(long_form ? 3 : 1);
  while (!walker.at_end()) {
    const char c = walker.rest().front();
    if (quote == '"' && c == '\\') {
      walker.step();
      if (!walker.at_end() && !at_ascii(walker)) {
        return Finding{walker.place(),
                       "not valid TOML: '\\" + character_at(walker) +
                           "' is no escape; write \\\\ for a backslash, or use single quotes"};
      }
      walker.step(1);
    } else if (long_form ? walker.rest().starts_with(triple) : c == quote) {
      walker.step(long_form ? 3 : 1);
      // Up to two quotes right before the closing three belong to the text.
      for (int i = 0; long_form && i < 2 && walker.rest().starts_with(quote); ++i) walker.step();
      return std::nullopt;
    } else if (!long_form && c == '\n') {
      return std::nullopt;
    } else {
      walker.step();
    }
  }
  return std::nullopt;
}

void step_over_line(Walker& walker) {
  while (!walker.at_end() && walker.rest().front() != '\n') walker.step();
}

/// What toml++ must not meet.
std::optional<Finding> first_unparsable(std::string_view text) {
  std::size_t dots = 0;  // of one key; those of a number count as well, it has but one
  std::size_t parts = 0;
  Walker walker(text);
  while (!walker.at_end()) {
    const char c = walker.rest().front();
    if (c == '"' || c == '\'') {
      if (auto finding = step_over_string(walker)) return finding;
      continue;
    }
    if (c == '#') {
      step_over_line(walker);
      continue;
    }
    if (std::string_view("=,[]{}\n").find(c) != std::string_view::npos) dots = 0;
    if (std::string_view("=,[{").find(c) != std::string_view::npos || (c == '.' && dots > 0)) ++parts;
    if (parts > most_parts) return Finding{walker.place(), "more than 8,000,000 values and tables up to here; larger arrays belong in .npy files"};
    if (c == '.' && ++dots >= most_key_parts) {
      return Finding{walker.place(), "a key of more than " + std::to_string(most_key_parts) +
                                         " parts; no key of a lesson has so many"};
    }
    if (!at_ascii(walker)) {
      return Finding{walker.place(), "not valid TOML: '" + character_at(walker) +
                                         "' may stand in quotes and comments only"};
    }
    walker.step();
  }
  return std::nullopt;
}

}  // namespace

void guard_against_hostile_toml(std::string_view text, Diagnostics& problems) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    problems.report({}, "the file is UTF-16; save it as UTF-8");
  } else if (const auto place = first_stray_byte(text)) {
    problems.report(*place, "the file is not UTF-8: this byte belongs to no character");
  } else if (const auto finding = first_unparsable(text)) {
    problems.report(finding->place, finding->message);
  }
}

}  // namespace gradtrace
