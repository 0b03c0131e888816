// Markdown to HTML.
#include "render/html.hpp"

#include "render/story.hpp"

#include <md4c-html.h>

#include <regex>

namespace gradtrace {

namespace {

/// What the page around a story leaves no room for: pictures and links out of it become their words, headings go below the
/// page's own. All tags are md4c's: a story's own are text.
std::string fitted(const std::string& html) {
  static const std::regex picture("<img src=\"[^\"]*\" alt=\"([^\"]*)\"[^>]*>"), link("<a href=\"(?!https?:|mailto:)[^\"]*\"[^>]*>([^]*?)</a>");
  std::string text = std::regex_replace(std::regex_replace(html, picture, "[$1]"), link, "$1");
  text = std::regex_replace(text, std::regex("<(/?)h[12]>"), "<$1h2>");
  return text;
}

}  // namespace

std::string html_from_markdown(std::string_view markdown) {
  std::string html;
  const auto append = [](const MD_CHAR* text, MD_SIZE size, void* into) { static_cast<std::string*>(into)->append(text, size); };
  const std::string whole = with_line_end(markdown);
  md_html(whole.data(), static_cast<MD_SIZE>(whole.size()), append, &html, MD_FLAG_NOHTML | MD_FLAG_TABLES, 0);
  return fitted(html);
}

}  // namespace gradtrace
