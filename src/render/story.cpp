// Markdown to terminal text.
#include "render/story.hpp"

#include "base/utf8.hpp"
#include "render/notation.hpp"

#include <md4c.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

namespace {

/// Collects blocks of text as md4c meets them.
class Collector {
 public:
  Collector(std::size_t width, std::size_t indent, bool ascii) : width_(width), indent_(indent), ascii_(ascii) {}

  std::string finish() {
    while (result_.ends_with("\n\n")) result_.pop_back();
    return result_;
  }

  static int enter_block(MD_BLOCKTYPE type, void* detail, void* self) {
    auto& collector = *static_cast<Collector*>(self);
    switch (type) {
      case MD_BLOCK_UL: collector.lists_.push_back({false, 0}); break;
      case MD_BLOCK_OL: collector.lists_.push_back({true, static_cast<MD_BLOCK_OL_DETAIL*>(detail)->start}); break;
      case MD_BLOCK_LI: collector.begin_item(); break;
      case MD_BLOCK_CODE: collector.code_ = true; break;
      default: break;
    }
    return 0;
  }

  static int leave_block(MD_BLOCKTYPE type, void*, void* self) {
    auto& collector = *static_cast<Collector*>(self);
    switch (type) {
      case MD_BLOCK_P:
      case MD_BLOCK_H:
      case MD_BLOCK_LI: collector.end_paragraph(); break;
      case MD_BLOCK_CODE: collector.end_code(); break;
      case MD_BLOCK_UL:
      case MD_BLOCK_OL:
        collector.lists_.pop_back();
        if (collector.lists_.empty()) collector.result_ += '\n';
        break;
      default: break;
    }
    return 0;
  }

  static int span(MD_SPANTYPE, void*, void*) { return 0; }

  static int text(MD_TEXTTYPE type, const MD_CHAR* characters, MD_SIZE size, void* self) {
    auto& collector = *static_cast<Collector*>(self);
    switch (type) {
      case MD_TEXT_BR:
      case MD_TEXT_SOFTBR: collector.paragraph_ += collector.code_ ? '\n' : ' '; break;
      case MD_TEXT_NULLCHAR: break;
      default: collector.paragraph_.append(characters, size);
    }
    return 0;
  }

 private:
  struct List {
    bool numbered;
    unsigned next;
  };

  void begin_item() {
    end_paragraph();
    item_ = lists_.back().numbered ? std::to_string(lists_.back().next++) + ". " : "• ";
  }

  void end_paragraph() {
    if (paragraph_.empty()) return;
    const std::size_t depth = lists_.empty() ? 0 : 2 * (lists_.size() - 1);
    const std::string clean = in(ascii_, neutralised(item_ + paragraph_, " "));  // which may be longer, and is wrapped after
    result_ += wrap(clean, width_, indent_ + depth, count_columns(item_));
    if (lists_.empty()) result_ += '\n';
    paragraph_.clear();
    item_.clear();
  }

  void end_code() {
    std::size_t at = 0;
    while (at < paragraph_.size()) {
      const std::size_t end = std::min(paragraph_.find('\n', at), paragraph_.size());
      result_ += std::string(indent_ + 4, ' ') + in(ascii_, neutralised(paragraph_.substr(at, end - at), " ")) + '\n';
      at = end + 1;
    }
    result_ += '\n';
    paragraph_.clear();
    code_ = false;
  }

  std::size_t width_, indent_;
  std::string result_, paragraph_, item_;
  std::vector<List> lists_;
  bool code_ = false, ascii_;
};

bool begins_tag(std::string_view text) {
  if (text.size() < 2 || text[0] != '<') return false;
  const char next = text[1];
  return (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || std::string_view("/!?").find(next) != std::string_view::npos;
}

/// Takes nothing of what it meets.
MD_PARSER idle_parser() {
  MD_PARSER parser{};
  parser.flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH;
  parser.enter_block = parser.leave_block = [](MD_BLOCKTYPE, void*, void*) { return 0; };
  parser.enter_span = parser.leave_span = [](MD_SPANTYPE, void*, void*) { return 0; };
  parser.text = [](MD_TEXTTYPE, const MD_CHAR*, MD_SIZE, void*) { return 0; };
  return parser;
}

/// Calls `take(type, text)` for each piece of text as md4c understands it. `markdown` must end in a line end.
template <class Take>
void each_text(std::string_view markdown, Take take) {
  MD_PARSER parser = idle_parser();
  parser.text = [](MD_TEXTTYPE type, const MD_CHAR* characters, MD_SIZE size, void* into) {
    (*static_cast<Take*>(into))(type, std::string_view(characters, size));
    return 0;
  };
  md_parse(markdown.data(), static_cast<MD_SIZE>(markdown.size()), &parser, &take);
}

/// Where tags begin in what md4c takes for HTML, in the order of the text.
std::vector<std::size_t> tags_in(std::string_view markdown) {
  std::vector<std::size_t> places;
  each_text(markdown, [&](MD_TEXTTYPE type, std::string_view text) {
    const std::less<> before;
    // What is not of the text is md4c's own: line breaks and blanks.
    if (type != MD_TEXT_HTML || before(text.data(), markdown.data()) || !before(text.data(), markdown.data() + markdown.size())) return;
    const std::size_t begin = static_cast<std::size_t>(text.data() - markdown.data());
    for (std::size_t i = begin; i < begin + text.size(); ++i) {
      if (begins_tag(markdown.substr(i))) places.push_back(i);
    }
  });
  return places;
}

/// `<https://…>`, `<somebody@there>`: a link or where one leads, whoever reads it.
bool is_autolink(std::string_view text) {
  const std::size_t end = text.find_first_of(">\n<\"'=", 1);
  if (end == std::string_view::npos || text[end] != '>') return false;
  const std::string_view inside = text.substr(1, end - 1);
  return inside.starts_with("https://") || inside.starts_with("http://") || inside.starts_with("mailto:") || inside.find('@') != std::string_view::npos;
}

/// What looks like a tag where md4c sees none, in code: readers differ in what is code. A word joiner, which nobody sees, parts it.
std::string parted_tags(const std::string& text) {
  std::string safe;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = std::string_view(text).substr(i);
    safe += text[i];
    if (begins_tag(rest) && !is_autolink(rest)) safe += "\u2060";
  }
  return safe;
}

/// Whether what follows such a text is still code.
bool leaves_code_open(const std::string& text) {
  constexpr std::string_view mark = "\uE000";
  bool paragraph = false;
  each_text(text + "\n\n" + std::string(mark) + "\n", [&](MD_TEXTTYPE type, std::string_view part) { paragraph = paragraph || (type == MD_TEXT_NORMAL && part.ends_with(mark)); });
  return !paragraph;
}

/// With a fence at the end where one is missing.
std::string with_code_closed(const std::string& text) {
  if (!leaves_code_open(text)) return text;
  for (std::size_t length = 3; length < 40; ++length) {
    for (const char c : {'`', '~'}) {
      const std::string closed = text + (text.ends_with('\n') ? "" : "\n") + std::string(length, c) + "\n";
      if (!leaves_code_open(closed)) return closed;
    }
  }
  return text;
}

/// Whether a link's target is a place and no script: one on the same site, or of a scheme that only leads there. Whatever
/// hides its scheme (an entity, a blank in front) is none.
bool leads_to_a_place(std::string_view target) {
  std::string scheme(target.substr(0, target.find_first_of(":/?#&")));
  if (scheme.size() == target.size() || std::string_view("/?#").find(target[scheme.size()]) != std::string_view::npos) return true;
  for (char& c : scheme) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return target[scheme.size()] == ':' && (scheme == "https" || scheme == "http" || scheme == "mailto");
}

/// Whether it has a link that leads_to_a_place() is false of.
bool has_script_link(std::string_view markdown) {
  bool found = false;
  MD_PARSER parser = idle_parser();
  parser.enter_span = [](MD_SPANTYPE type, void* detail, void* into) {
    const MD_ATTRIBUTE* target = type == MD_SPAN_A ? &static_cast<MD_SPAN_A_DETAIL*>(detail)->href : type == MD_SPAN_IMG ? &static_cast<MD_SPAN_IMG_DETAIL*>(detail)->src : nullptr;
    if (target != nullptr && target->size > 0 && !leads_to_a_place({target->text, target->size})) *static_cast<bool*>(into) = true;
    return 0;
  };
  md_parse(markdown.data(), static_cast<MD_SIZE>(markdown.size()), &parser, &found);
  return found;
}

/// With all links, their definitions too, as the text they are written with.
std::string without_links(std::string_view markdown) {
  std::string text;
  for (const char c : markdown) {
    const bool opens = (c == '(' || c == ':') && text.ends_with(']');
    text += c == '<' ? "&lt;" : (opens ? "\\" : "") + std::string(1, c);
  }
  return text;
}

}  // namespace

std::string with_line_end(std::string_view markdown) {
  std::string text(markdown);
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

std::string markdown_without_html(std::string_view markdown) {
  std::string text = with_line_end(markdown);
  // Where a tag is gone, what stood in it is read anew and may hold others; those that a text hides deeper are parted below.
  constexpr int most_rounds = 8;
  for (int round = 0; round < most_rounds; ++round) {
    const std::vector<std::size_t> tags = tags_in(text);
    if (tags.empty()) break;
    std::string safe;
    std::size_t at = 0;
    for (const std::size_t tag : tags) {
      safe.append(text, at, tag - at) += "&lt;";
      at = tag + 1;
    }
    text = safe.append(text, at);
  }
  if (has_script_link(text)) text = without_links(text);
  if (!markdown.ends_with('\n')) text.pop_back();
  return with_code_closed(parted_tags(text));
}

std::string story_text(std::string_view markdown, std::size_t width, std::size_t indent, bool ascii) {
  Collector collector(width, indent, ascii);
  MD_PARSER parser{};
  parser.enter_block = Collector::enter_block;
  parser.leave_block = Collector::leave_block;
  parser.enter_span = Collector::span;
  parser.leave_span = Collector::span;
  parser.text = Collector::text;
  const std::string whole = with_line_end(markdown);
  md_parse(whole.data(), static_cast<MD_SIZE>(whole.size()), &parser, &collector);
  return collector.finish();
}

}  // namespace gradtrace
