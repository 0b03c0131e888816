// Sheets and keys.
#include "render/sheet.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/number.hpp"
#include "render/html.hpp"
#include "render/markdown.hpp"
#include "render/steps.hpp"
#include "trace/trace.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nettle/sha2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

namespace gradtrace {
namespace {

constexpr const char* asks_for_answers = "Give each answer to ";

/// The numbers of a lesson and what a sheet makes of them.
class Sheet {
 public:
  Sheet(const Lesson& lesson, const SheetLabels& labels, bool key) : lesson_(lesson), labels_(labels), key_(key), layout_(lesson), right_(lesson) {}

  std::string csv() const {
    std::string text = "example,quantity,layer,j,k,value,lesson,student,variant\n";
    const std::string ending = fmt::format(",{},{},{}\n", csv_text(lesson_.name), csv_text(labels_.student), csv_text(labels_.variant));
    const auto row = [&](const Name& name, const std::string& value) {
      const auto index = [](std::size_t i) { return i == Name::none ? std::string() : std::to_string(i); };
      const std::string scope = name.scope.kind == Scope::Kind::mean ? "mean" : name.scope.kind == Scope::Kind::example ? std::to_string(name.scope.example) : "";
      text += fmt::format("{},{},{},{},{},{}", scope, info(name.quantity).name, index(name.layer), index(name.j), index(name.k), value) + ending;
    };
    const auto blocks = [&](const std::vector<Block>& all, Scope scope) {
      for (const Block& block : all) {
        for (std::size_t i = 0; i < block.size(); ++i) row(block.name(i, scope), shortest(value(block.name(i, scope))));
      }
    };
    blocks(given_blocks(lesson_.network), Scope{});
    for (std::size_t e = 0; e < lesson_.examples.size(); ++e) blocks(given_example_blocks(lesson_.network), Scope::of_example(e));
    for (std::size_t i = 0; i < layout_.numbers().size(); ++i) {
      const Cell cell = key_ ? Cell::shown : layout_.cell(i);
      if (cell == Cell::left_out) continue;
      const Name name = layout_.numbers().name(i);
      row(name, cell == Cell::asked ? "" : shortest(value(name)));
    }
    // Spreadsheet programs take a text that is not plain ASCII for UTF-8 only where it says so.
    const bool plain = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return plain ? text : "\xEF\xBB\xBF" + text;
  }

  /// @throws InputError where an answer is beyond a double: nobody could write it down
  void verify_answers() const {
    for (const std::size_t index : layout_.asked()) {
      const Name name = layout_.numbers().name(index);
      if (std::isfinite(value(name))) continue;
      throw InputError(lesson_.file.string(), "a sheet would ask for " + to_string(name, lesson_.several_examples()) +
                                                  ", which is beyond what a double can hold; ask for others: [homework] blanks = [\"delta\", …]");
    }
  }

  std::string markdown() const {
    std::string text = "# " + markdown_text(lesson_.title) + "\n\n" + markdown_text(who()) + "\n\n## Given\n\n" + instructions() + "\n\n";
    for (const auto& [caption, rows] : given()) {
      text += caption + "\n\n| number | value |\n|---|---:|\n";
      for (const auto& [name, number] : rows) text += "| `" + name + "` | " + number + " |\n";
      text += "\n";
    }
    std::string title;
    for_each_table([&](const std::string& step, const std::string& rule, const std::vector<Row>& rows) {
      if (step != title) text += "## " + step + "\n\n";
      title = step;
      text += rule + "\n\n| number | value |\n|---|---:|\n";
      for (const Row& row : rows) text += "| `" + row.name + "` | " + (row.blank ? "____________" : row.value) + " |\n";
      text += "\n";
    });
    return text;
  }

  std::string html() const {
    std::string body = "<h1>" + html_text(lesson_.title) + "</h1>\n<p>" + html_text(who()) + "</p>\n<h2>Given</h2>\n<p>" +
                       html_text(instructions()) + "</p>\n<div class=\"flow\">\n";
    for (const auto& [caption, rows] : given()) {
      body += "<table><caption>" + html_text(caption) + "</caption>\n";
      for (const auto& [name, number] : rows) body += "<tr><th scope=\"row\">" + html_text(name) + "</th><td class=\"number\">" + html_text(number) + "</td></tr>\n";
      body += "</table>\n";
    }
    std::string title;
    for_each_table([&](const std::string& step, const std::string& rule, const std::vector<Row>& rows) {
      if (step != title) body += "</div>\n<h2>" + html_text(step) + "</h2>\n<div class=\"flow\">\n";
      title = step;
      body += "<table><caption class=\"rule\">" + html_text(rule) + "</caption>\n";
      for (const Row& row : rows) {
        body += "<tr><th scope=\"row\">" + html_text(row.name) + "</th><td class=\"number" + (row.blank ? " blank\">&nbsp;" : "\">" + html_text(row.value)) + "</td></tr>\n";
      }
      body += "</table>\n";
    });
    return html_page(lesson_.title,
                     ".flow { display: flex; flex-wrap: wrap; gap: 0 2.5rem; align-items: flex-start; } caption { white-space: nowrap; } td.blank { min-width: 9rem; height: 1.6rem; }\n",
                     body + "</div>\n");
  }

 private:
  struct Row {
    std::string name, value;
    bool blank = false;
  };

  double value(const Name& name) const {
    return right_.value(name);
  }

  std::string number(double x) const { return significant(x, std::max(layout_.digits() + 1, 4), false, true); }

  std::string who() const {
    const std::string student = labels_.student.empty() ? "____________________" : labels_.student;
    return "Name: " + student + (labels_.variant.empty() ? "" : "   Variant: " + labels_.variant) + (key_ ? "   ANSWER KEY" : "");
  }

  std::string instructions() const {
    return fmt::format("w[l][j,k] is the weight into neuron j of layer l from neuron k of the layer before. {}{} significant digits. {} answers, {} point{} each.",
                       asks_for_answers, layout_.digits(), layout_.asked().size(), shortest(layout_.points_each()), layout_.points_each() == 1 ? "" : "s");
  }

  /// What is given, a table for each layer and example.
  std::vector<std::pair<std::string, std::vector<std::pair<std::string, std::string>>>> given() const {
    std::vector<std::pair<std::string, std::vector<std::pair<std::string, std::string>>>> tables;
    const auto add = [&](const std::string& caption, const std::vector<Block>& blocks, Scope scope, std::size_t layer) {
      std::vector<std::pair<std::string, std::string>> rows;
      for (const Block& block : blocks) {
        if (layer != Name::none && block.layer != layer) continue;
        for (std::size_t i = 0; i < block.size(); ++i) {
          const Name name = block.name(i, scope);
          rows.emplace_back(to_string(name, lesson_.several_examples()), shortest(value(name)));
        }
      }
      tables.emplace_back(caption, std::move(rows));
    };
    for (std::size_t l = 1; l <= lesson_.network.depth(); ++l) {
      add(fmt::format("Layer {}: {}", l, info(lesson_.network.layer(l).activation).name), given_blocks(lesson_.network), Scope{}, l);
    }
    for (std::size_t e = 0; e < lesson_.examples.size(); ++e) {
      add(lesson_.several_examples() ? fmt::format("Example {}", e) : "The example", given_example_blocks(lesson_.network), Scope::of_example(e), Name::none);
    }
    return tables;
  }

  void for_each_table(const std::function<void(const std::string&, const std::string&, const std::vector<Row>&)>& use) const {
    const bool several = lesson_.several_examples();
    const auto tables_of = [&](const Step& step, const std::string& scope) {
      for (const RuleTable& table : step.tables) {
        std::vector<Row> rows;
        for (const Name& name : table.names()) {
          const auto index = layout_.numbers().index(name);
          const Cell cell = !index || key_ ? Cell::shown : layout_.cell(*index);
          if (cell != Cell::left_out) rows.push_back({to_string(name, several), number(value(name)), cell == Cell::asked});
        }
        if (!rows.empty()) use(scope + step.title, table.rule, rows);
      }
    };
    const NumberStyle style;
    for (const ExampleTrace& trace : right_.traces()) {
      for (const Step& each : derivation_steps(lesson_, trace, style)) tables_of(each, several ? fmt::format("Example {}: ", trace.example) : "");
    }
    if (several) tables_of(mean_step(lesson_, right_.means(), style), "");
  }

  const Lesson& lesson_;
  const SheetLabels& labels_;
  bool key_;
  SheetLayout layout_;
  RightNumbers right_;
};

}  // namespace

namespace {

/// Of a page as it is dealt, in a comment below it: what it is, and a digest of the page.
std::string seal_of(std::string_view page, bool key) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, page.size(), reinterpret_cast<const std::uint8_t*>(page.data()));
  std::array<std::uint8_t, 8> digest{};
  sha256_digest(&context, digest.size(), digest.data());
  return fmt::format("<!-- {} as dealt: {:02x} -->\n", key ? "key" : "sheet", fmt::join(digest, ""));
}

std::string sealed(std::string page, bool key) { return page + seal_of(page, key); }

}  // namespace

std::string sheet_text(const Lesson& lesson, SheetFormat format, const SheetLabels& labels, bool key) {
  const Sheet sheet(lesson, labels, key);
  sheet.verify_answers();
  switch (format) {
    case SheetFormat::csv: return sheet.csv();
    case SheetFormat::markdown: return sealed(sheet.markdown(), key);
    case SheetFormat::html: return sealed(sheet.html(), key);
  }
  return "";
}

bool is_sheet_page(std::string_view beginning) { return to_utf8(beginning).find(asks_for_answers) != std::string::npos; }

bool is_page_as_dealt(std::string_view page, bool key) {
  std::string text = to_utf8(page);
  std::erase(text, '\r');  // as mail and version control change line ends
  text.erase(text.find_last_not_of('\n') + 1);
  text += '\n';
  const std::size_t seal = text.rfind("<!-- ");
  if (seal == std::string::npos) return false;
  const std::string_view dealt = std::string_view(text).substr(0, seal);
  return text.substr(seal) == seal_of(dealt, false) || (key && text.substr(seal) == seal_of(dealt, true));
}

std::string blank_sheet(const Lesson& lesson) { return Sheet(lesson, {}, false).csv(); }

}  // namespace gradtrace
