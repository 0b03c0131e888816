// A look over a lesson's text, character by character.
#include "lesson/toml_guard.hpp"

#include "base/utf8.hpp"

#include <optional>

namespace gradtrace {

namespace {

// A lesson's keys have at most three parts; toml++ 3.3 recurses once a part, without limit.
constexpr std::size_t most_key_parts = 16;

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

/// Steps over the string the walker stands at, or to the end of its line where it is not closed.
void step_over_string(Walker& walker) {
  const char quote = walker.rest().front();
  const std::string_view triple = quote == '"' ? "\"\"\"" : "'''";
  const bool long_form = walker.rest().starts_with(triple);
  walker.step(long_form ? 3 : 1);
  while (!walker.at_end()) {
    const char c = walker.rest().front();
    if (quote == '"' && c == '\\') {
      walker.step(2);
    } else if (long_form ? walker.rest().starts_with(triple) : c == quote) {
      walker.step(long_form ? 3 : 1);
      return;
    } else if (!long_form && c == '\n') {
      return;
    } else {
      walker.step();
    }
  }
}

void step_over_line(Walker& walker) {
  while (!walker.at_end() && walker.rest().front() != '\n') walker.step();
}

/// The first key of too many parts. Dots of a number count as well: it has but one.
std::optional<Place> first_deep_key(std::string_view text) {
  std::size_t dots = 0;
  Walker walker(text);
  while (!walker.at_end()) {
    const char c = walker.rest().front();
    if (c == '"' || c == '\'') {
      step_over_string(walker);
      continue;
    }
    if (c == '#') step_over_line(walker);
    if (std::string_view("#=,[]{}\n").find(c) != std::string_view::npos) dots = 0;
    if (c == '.' && ++dots >= most_key_parts) return walker.place();
    if (!walker.at_end()) walker.step();
  }
  return std::nullopt;
}

}  // namespace

void guard_against_hostile_toml(std::string_view text, Diagnostics& problems) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    problems.report({}, "the file is UTF-16; save it as UTF-8");
  } else if (const auto place = first_stray_byte(text)) {
    problems.report(*place, "the file is not UTF-8: this byte belongs to no character");
  } else if (const auto deep = first_deep_key(text)) {
    problems.report(*deep, "a key of more than " + std::to_string(most_key_parts) +
                               " parts; no key of a lesson has so many");
  }
}

}  // namespace gradtrace
