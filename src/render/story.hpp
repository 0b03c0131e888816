// A lesson's story, written in Markdown, as text for a terminal. md4c reads the CommonMark.
#pragma once

#include <string>
#include <string_view>

namespace gradtrace {

/// `markdown` as paragraphs, lists and headings wrapped to `width` columns, each line indented by `indent`.
/// Nothing in it can steer a terminal. `ascii`: in plain ASCII.
std::string story_text(std::string_view markdown, std::size_t width, std::size_t indent, bool ascii = false);

/// `markdown` with all that CommonMark takes for HTML as text: on a page of Markdown a lesson makes no elements. The rest of
/// it, links such as <https://…> too, stays as it is (but where one leads to a script, all of them are text); a tag in code
/// has a word joiner, and a fence left open is closed.
std::string markdown_without_html(std::string_view markdown);

/// `markdown` as md4c may be given it: with a line end. Of a text that stops within a link, "[](a", md4c 0.4.8 reads on past
/// its end.
std::string with_line_end(std::string_view markdown);

/// `text` wrapped at blanks; later lines are indented by `hanging` more.
std::string wrap(std::string_view text, std::size_t width, std::size_t indent, std::size_t hanging = 0);

}  // namespace gradtrace
