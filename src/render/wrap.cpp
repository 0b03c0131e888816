// Breaking lines.
#include "render/story.hpp"

#include "base/utf8.hpp"

namespace gradtrace {

std::string wrap(std::string_view text, std::size_t width, std::size_t indent, std::size_t hanging) {
  std::string result;
  std::size_t column = 0;
  bool first_line = true;
  const auto margin = [&] { return indent + (first_line ? 0 : hanging); };
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = text.find_first_not_of(" \n", at);
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    const std::size_t length = count_columns(word);
    if (column > 0 && column + 1 + length > width) {
      result += '\n';
      column = 0;
      first_line = false;
    }
    if (column == 0) {
      result += std::string(margin(), ' ');
      column = margin();
    } else {
      result += ' ';
      ++column;
    }
    result += word;
    column += length;
    at = end;
  }
  return column > 0 ? result + '\n' : result;
}

}  // namespace gradtrace
