// Markdown to terminal text.
#include "render/story.hpp"

#include "base/utf8.hpp"

#include <md4c.h>

#include <vector>

namespace gradtrace {

namespace {

/// Collects blocks of text as md4c meets them.
class Collector {
 public:
  Collector(std::size_t width, std::size_t indent) : width_(width), indent_(indent) {}

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
    const std::string clean = neutralised(item_ + paragraph_, " ");
    result_ += wrap(clean, width_, indent_ + depth, count_code_points(item_));
    if (lists_.empty()) result_ += '\n';
    paragraph_.clear();
    item_.clear();
  }

  void end_code() {
    std::size_t at = 0;
    while (at < paragraph_.size()) {
      const std::size_t end = std::min(paragraph_.find('\n', at), paragraph_.size());
      result_ += std::string(indent_ + 4, ' ') + neutralised(paragraph_.substr(at, end - at), " ") + '\n';
      at = end + 1;
    }
    result_ += '\n';
    paragraph_.clear();
    code_ = false;
  }

  std::size_t width_, indent_;
  std::string result_, paragraph_, item_;
  std::vector<List> lists_;
  bool code_ = false;
};

}  // namespace

std::string story_text(std::string_view markdown, std::size_t width, std::size_t indent) {
  Collector collector(width, indent);
  MD_PARSER parser{};
  parser.enter_block = Collector::enter_block;
  parser.leave_block = Collector::leave_block;
  parser.enter_span = Collector::span;
  parser.leave_span = Collector::span;
  parser.text = Collector::text;
  md_parse(markdown.data(), static_cast<MD_SIZE>(markdown.size()), &parser, &collector);
  return collector.finish();
}

}  // namespace gradtrace
