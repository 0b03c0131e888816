// Markdown to HTML.
#include "render/html.hpp"

#include <md4c-html.h>

namespace gradtrace {

std::string html_from_markdown(std::string_view markdown) {
  std::string html;
  const auto append = [](const MD_CHAR* text, MD_SIZE size, void* into) { static_cast<std::string*>(into)->append(text, size); };
  md_html(markdown.data(), static_cast<MD_SIZE>(markdown.size()), append, &html, MD_FLAG_NOHTML | MD_FLAG_TABLES, 0);
  return html;
}

}  // namespace gradtrace
