// Any text where a command line or a cell takes one: names of numbers, answers, Markdown, formulas.
#include "base/error.hpp"
#include "base/name.hpp"
#include "fuzz/targets.hpp"
#include "homework/answer.hpp"
#include "homework/roster.hpp"
#include "render/html.hpp"
#include "render/mathml.hpp"
#include "render/notation.hpp"
#include "render/story.hpp"

#include <cstdlib>
#include <string>
#include <string_view>

namespace gradtrace {

void fuzz_text(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    // A name that is read is written and read again as the same.
    const Name name = parse_name(text);
    if (parse_name(to_string(name, true)) != name) std::abort();
  } catch (const UsageError&) {
  }
  for (const bool decimal_comma : {false, true}) read_answer(text, decimal_comma);
  if (const std::string file = safe_file_name(std::string(text)); file.empty() || file.front() == '.' || file.find('/') != std::string::npos) std::abort();
  story_text(text, 40, 2);
  mathml(text);
  to_latex(text);
  for (const char c : to_ascii(text)) {
    if (static_cast<unsigned char>(c) >= 0x80) std::abort();
  }
  if (html_text(text).find_first_of("<>\"'") != std::string::npos) std::abort();
  if (html_from_markdown(text).find("<script") != std::string::npos) std::abort();
}

}  // namespace gradtrace
