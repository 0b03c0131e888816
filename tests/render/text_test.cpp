// What people read: fits the terminal, lines up, is plain ASCII where asked for, and hides nothing silently.
#include "base/utf8.hpp"
#include "check/check.hpp"
#include "lesson/load.hpp"
#include "render/check_text.hpp"
#include "render/html.hpp"
#include "render/markdown.hpp"
#include "render/notation.hpp"
#include "render/routes_text.hpp"
#include "render/story.hpp"
#include "render/table.hpp"
#include "render/text.hpp"
#include "render/visible_rows.hpp"
#include "render/why_text.hpp"
#include "support/networks.hpp"
#include "trace/routes.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>

using namespace gradtrace;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool is_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); });
}

/// Everything `run` shows of a lesson's first example, and paths and why of a weight.
std::string everything(const Lesson& lesson, RenderOptions options) {
  const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  Checker checker(lesson.network, {}, lesson.several_examples());
  MeanTrace means(lesson.network);
  means.add(trace);
  const CheckTable check = checker.check(trace);
  const CheckTable mean_check = checker.check_means(means);
  std::string text = render_header(lesson, options) + render_example(lesson, trace, &check, options);
  if (lesson.several_examples()) text += render_means(lesson, means, &mean_check, options);
  text += render_check_summary(lesson, checker.summary(), {}, options);
  options.matrix = true;
  text += render_example(lesson, trace, nullptr, options);
  const Name weight = parse_name("w[1][0,0]");
  const Routes routes(trace, weight);
  text += render_routes(routes, routes.strongest(5), weight, trace, lesson.several_examples(), options);
  Name gradient = parse_name("dC/dw[1][0,0]");
  gradient.scope = Scope::of_example(0);
  return text + render_why(lesson, {trace}, gradient, options);
}

RenderOptions options_of(int width, bool ascii) {
  RenderOptions options;
  options.width = width;
  options.ascii = ascii;
  return options;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(text)

BOOST_DATA_TEST_CASE(fits_the_terminal, boost::unit_test::data::make({72, 80, 100, 160}) * boost::unit_test::data::make({false, true}), width, ascii) {
  for (std::uint64_t n = 0; n < 32; ++n) {
    const Lesson lesson = random_lesson(n, {4, 14, 3, 1});
    for (const std::string& line : lines_of(everything(lesson, options_of(width, ascii)))) {
      BOOST_TEST(count_code_points(line) <= static_cast<std::size_t>(width), "network " << n << ": " << line);
      BOOST_TEST((line.empty() || line.back() != ' '), "blanks at the end: " << line);
      if (ascii) BOOST_TEST(is_ascii(line), line);
    }
  }
}

BOOST_AUTO_TEST_CASE(puts_the_numbers_into_the_rules) {
  const Lesson lesson = mazur();
  const std::string text = everything(lesson, options_of(100, false));
  for (const char* part : {"0.15·0.05 + 0.2·0.1 + 0.35", "∂C/∂aⱼ = 2(aⱼ − yⱼ)", "2(0.7514 − 0.01)", "0.7514·0.2486", "0.2770 · 0.5933",
                           "0.5 · (−0.07620)", "∂C/∂aₖ = Σⱼ wⱼₖ·δⱼ", "0.1108 + (−0.03810)", "✓"}) {
    BOOST_TEST(text.find(part) != std::string::npos, part << " is not in\n" << text);
  }
}

BOOST_AUTO_TEST_CASE(says_how_many_rows_it_leaves_out_and_shows_them_on_request) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::tanh, std::vector<std::vector<double>>(20, {0.5}),
                                                                                  std::vector<double>(20, 0.1))}),
                                    {{make_vector({1}), zeros(20)}});
  const std::string shortened = everything(lesson, options_of(80, false));
  BOOST_TEST(shortened.find("… 13 more") != std::string::npos);
  RenderOptions all = options_of(80, false);
  all.all = true;
  BOOST_TEST(everything(lesson, all).find("more, the largest") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_rows_that_matter_most_are_the_largest) {
  std::vector<Name> names;
  for (std::size_t j = 0; j < 12; ++j) names.push_back({Scope{}, Quantity::delta, 1, j, Name::none});
  const VisibleRows rows = choose_rows(names, [](const Name& name) { return name.j % 3 == 0 ? 0.0 : static_cast<double>(name.j); }, false);
  BOOST_TEST((rows.shown == std::vector<std::size_t>{2, 4, 5, 7, 8, 10, 11}));
  BOOST_TEST(rows.left_out == 5u);
  BOOST_TEST(rows.largest_left_out == 1);
}

BOOST_AUTO_TEST_CASE(a_selection_shows_what_is_asked_for_alone) {
  const Lesson lesson = mazur();
  const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  RenderOptions options = options_of(80, false);
  options.selection.only = {Quantity::delta};
  options.selection.layer = 1;
  options.selection.neuron = 1;
  const std::string text = render_example(lesson, trace, nullptr, options);
  BOOST_TEST(text.find("0.01991") != std::string::npos, text);   // δ⁽¹⁾₁
  BOOST_TEST(text.find("0.2770") == std::string::npos, text);    // δ⁽²⁾₀
  BOOST_TEST(text.find("σ′") == text.rfind("σ′"), text);         // in the rule alone
}

BOOST_AUTO_TEST_CASE(kinks_are_shown_from_both_sides) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::relu, {{1}}, {0})}),
                                    {{make_vector({0}), make_vector({1})}});
  const std::string text = everything(lesson, options_of(80, false));
  BOOST_TEST(text.find("0 … 1 kink") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(a_hostile_story_cannot_steer_the_terminal) {
  Lesson lesson = mazur();
  lesson.title = "Red\x1b[31m alert\x07";
  lesson.about = "Clear\x1b[2J the *screen* \xe2\x80\xae backwards <script>alert(1)</script>";
  const std::string header = render_header(lesson, options_of(80, false));
  BOOST_TEST(header.find('\x1b') == std::string::npos);
  BOOST_TEST(header.find('\x07') == std::string::npos);
  BOOST_TEST(header.find("\xe2\x80\xae") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(stories_keep_their_paragraphs_and_lists) {
  const std::string story = story_text("One *two* `three` **four**.\n\n- a point that is long enough to wrap at thirty\n- another\n\nEnd.", 30, 2);
  BOOST_TEST(story == "  One two three four.\n\n  • a point that is long\n    enough to wrap at thirty\n  • another\n\n  End.\n");
}

BOOST_AUTO_TEST_CASE(tables_line_up_at_the_point) {
  const TextTable table{{{"x", Align::left}, {"value", Align::decimal}}, {{"a", "−0.5"}, {"bb", "12.25"}, {"c", "7"}}};
  BOOST_TEST(render_table(table, 1) == " x   value\n a   −0.5\n bb  12.25\n c       7\n");
}

BOOST_AUTO_TEST_CASE(a_unit_that_is_open_is_not_said_to_be_at_its_kink) {
  const auto text_of = [](double x) {
    Lesson lesson = mazur();
    lesson.network = make_network(Cost::squared_error, {make_layer(Activation::relu, {{1e-200}}, {0}), make_layer(Activation::identity, {{1}}, {0})});
    lesson.examples = {{make_vector({x}), make_vector({1})}};
    return render_example(lesson, trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0), nullptr, {});
  };
  BOOST_TEST(text_of(0).find("z = 0: at the kink") != std::string::npos);
  BOOST_TEST(text_of(1e-200).find("at the kink") == std::string::npos);
  BOOST_TEST(text_of(1e-200).find("z > 0, too small for a double") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(formulas_have_an_ascii_and_a_latex_form) {
  BOOST_TEST(to_ascii("∂C/∂w⁽²⁾ⱼₖ = δⱼ · aₖ ✓") == "dC/dw[2]_jk = delta_j * a_k ok");
  BOOST_TEST(to_ascii("σ′(z) − é → …") == "s'(z) - e -> ...");
  BOOST_TEST(to_latex("σ′(zⱼ)") == "\\sigma '(z_{j})");
  BOOST_TEST(to_latex("∂C/∂aₖ = Σⱼ wⱼₖ·δⱼ").find("\\sum_{j}") != std::string::npos);
  BOOST_TEST(latex_number(-0.0762, 3) == "-0.0762");
  BOOST_TEST(latex_number(6.1e-6, 2) == "6.1\\times 10^{-6}");
}

BOOST_AUTO_TEST_CASE(a_story_makes_no_elements_of_a_page_of_markdown) {
  const std::string kept =
      "# A *story*\n\n> with a [link](<https://a.b/c d>), <https://a.b>, <me@a.b>, `vector` and 1 < 2, a <- b, `a < b`\n\n```cpp\nif (a < b) c();\n```\n\n    code\n\n| a | b |\n|---|---|\n| `<2` | 2 |\n";
  BOOST_TEST(markdown_without_html(kept) == kept);
  // Readers differ in what is code: four blanks make no fence to most.
  for (const std::string text : {"text\n    ```\n<script>alert(2)</script>\n", "```\n<script>\n", "`<script>`", "~~~\n</p><script>\n~~~\n"}) {
    const std::string safe = markdown_without_html(text);
    BOOST_TEST(safe.find("<s") == std::string::npos, safe);
    BOOST_TEST(safe.find("</") == std::string::npos, safe);
  }
  BOOST_TEST(markdown_without_html("`<b>`") == "`<\u2060b>`");
  BOOST_TEST(markdown_without_html("so:\n\n````\ncode\n```") == "so:\n\n````\ncode\n```\n````\n");
  BOOST_TEST(markdown_without_html("~~~\ncode\n") == "~~~\ncode\n~~~\n");
  const std::pair<const char*, const char*> changed[] = {
      {"a <b>bold</b> word", "a &lt;b>bold&lt;/b> word"},
      {"<script>\nif (a < b) x(\"<i>\");\n</script>\n\n*then*", "&lt;script>\nif (a < b) x(\"&lt;i>\");\n&lt;/script>\n\n*then*"},
      {"<!-- x -->\n<?php ?>\n<!DOCTYPE html>", "&lt;!-- x -->\n&lt;?php ?>\n&lt;!DOCTYPE html>"},
      {"- <img src=x\n  onerror=y>", "- &lt;img src=x\n  onerror=y>"},
      {"<a title=\"`\">`<script>`", "&lt;a title=\"`\">`&lt;script>`"},  // what was code is none any more
      {"<DIV", "&lt;DIV"},
  };
  for (const auto& [given, wanted] : changed) BOOST_TEST(markdown_without_html(given) == wanted);
  for (const std::string script : {"[x](javascript:alert(1))", "[x](<JavaScript:alert(1)>)", "<javascript:alert(1)>", "[x](javascript\\:alert(1))", "[x](&#106;avascript:alert(1))",
                                   "[x](javascript&colon;alert(1))", "[x][y]\n\n[y]: javascript:alert(1)\n", "[y]\n\n[y]:\njavascript:alert(1)", "![x](data:text/html,1)", "[x]( vbscript:1)"}) {
    const std::string safe = markdown_without_html("*See* [this](https://a.b) and " + script);
    BOOST_TEST(html_from_markdown(safe).find("<a ") == std::string::npos, safe);
    BOOST_TEST(html_from_markdown(safe).find("<em>See</em>") != std::string::npos, safe);
    BOOST_TEST(markdown_without_html(safe) == safe);
  }
  for (const std::string place : {"[x](https://a.b/?c=d&e:f)", "[x](../notes.md#top)", "[x](HTTP://a.b)", "[x](#c:d)", "[x](mailto:me@a.b)", "[x]()"}) BOOST_TEST(markdown_without_html(place) == place);
  std::string nested;
  for (int i = 0; i < 40; ++i) nested += "<a title=\"" + std::string(static_cast<std::size_t>(i + 1), '`') + "\">";
  BOOST_TEST(markdown_without_html(nested).find("<a") == std::string::npos);
  Lesson lesson = mazur();
  lesson.about = "See <iframe src=x> and <https://a.b>.";
  BOOST_TEST(markdown_header(lesson, {}).find("See &lt;iframe src=x> and <https://a.b>.\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(markdown_is_tables_with_balanced_math) {
  for (std::uint64_t n = 0; n < 32; ++n) {
    const Lesson lesson = random_lesson(n, {3, 5, 1, 1});
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
    const std::string markdown = markdown_header(lesson, {}) + markdown_example(lesson, trace, nullptr, {});
    std::size_t columns = 0;
    for (const std::string& line : lines_of(markdown)) {
      BOOST_TEST(std::count(line.begin(), line.end(), '$') % 2 == 0, line);
      BOOST_TEST(std::count(line.begin(), line.end(), '{') == std::count(line.begin(), line.end(), '}'), line);
      // Inside math nothing but ASCII reaches the renderer, and rows have as many cells as their header.
      if (!line.starts_with('|')) {
        columns = 0;
        continue;
      }
      const auto cells = static_cast<std::size_t>(std::count(line.begin(), line.end(), '|'));
      if (columns == 0) columns = cells;
      BOOST_TEST(cells == columns, line);
      bool math = false;
      for (const char c : line) {
        if (c == '$') math = !math;
        BOOST_TEST((!math || static_cast<unsigned char>(c) < 0x80), line);
      }
    }
  }
}

/// Whatever lies behind a text in memory is not read, wherever it stops.
BOOST_AUTO_TEST_CASE(a_story_ends_where_it_ends) {
  const std::string whole = "# A\n\nsee [it](there \"so\") and ![x](y), `code`, **bold**, <b>, &amp; and [z]: w\n\n| a | b |\n|---|---|\n| [](2,~) | c |\n";
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const std::string_view part = std::string_view(whole).substr(0, length);
    const std::string alone(part);
    BOOST_TEST(story_text(part, 60, 0) == story_text(alone, 60, 0), part);
    BOOST_TEST(html_from_markdown(part) == html_from_markdown(alone), part);
    BOOST_TEST(markdown_without_html(part) == markdown_without_html(alone), part);
  }
}

BOOST_AUTO_TEST_SUITE_END()
