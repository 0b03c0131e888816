// What every web page of ours begins with, and text that stays text in it.
#pragma once

#include <string>
#include <string_view>

namespace gradtrace {

/// `text` with < > & " ' as entities, and control characters as spaces.
std::string html_text(std::string_view text);

/// A whole page: nothing is fetched, and it prints well.
/// `scripts`: sources of a Content-Security-Policy that may run; none where empty.
std::string html_page(std::string_view title, std::string_view extra_style, std::string_view body, std::string_view scripts = {});

/// A lesson's story or other Markdown as HTML; HTML within it is text.
std::string html_from_markdown(std::string_view markdown);

}  // namespace gradtrace
