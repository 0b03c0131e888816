// Verdict lines.
#include "render/verdict_line.hpp"

#include "render/notation.hpp"
#include "render/story.hpp"
#include "render/table.hpp"

namespace gradtrace {

std::string verdict_line(Mark mark, std::string_view what, std::string_view words, const RenderOptions& options) {
  const char* sign = mark == Mark::good ? "✓" : mark == Mark::bad ? "✗" : "·";
  const Color color = mark == Mark::good ? Color::green : mark == Mark::bad ? Color::red : Color::none;
  const std::string shown = in(options.ascii, sign);
  std::string front = colored(shown, color, options.color) + " " + std::string(what);
  const std::size_t columns = (options.ascii ? shown.size() : 1) + 1 + what.size();
  front += std::string(columns < verdict_margin ? verdict_margin - columns : 1, ' ');
  std::string wrapped = wrap(in(options.ascii, words), static_cast<std::size_t>(options.width), verdict_margin);
  wrapped.erase(0, verdict_margin);
  return front + wrapped;
}

}  // namespace gradtrace
