// Pages: the numbers on them are the trace's, nothing is fetched, and no text of a lesson becomes markup.
#include "render/mathml.hpp"
#include "render/network_svg.hpp"
#include "render/page.hpp"
#include "render/page_view.hpp"
#include "support/networks.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <regex>

using namespace gradtrace;
using nlohmann::json;

namespace {

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

/// Whether every element that begins ends, in order.
bool well_formed(const std::string& markup) {
  static const std::regex tag("<(/?)([A-Za-z]+)([^>]*)>");
  std::vector<std::string> open;
  for (std::sregex_iterator found(markup.begin(), markup.end(), tag), end; found != end; ++found) {
    if ((*found)[3].str().ends_with("/")) continue;
    if ((*found)[1].length() == 0) {
      open.push_back((*found)[2]);
    } else {
      if (open.empty() || open.back() != (*found)[2]) return false;
      open.pop_back();
    }
  }
  return open.empty();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(page)

BOOST_AUTO_TEST_CASE(the_steps_hold_the_numbers_of_the_trace) {
  for (std::uint64_t n = 0; n < 40; ++n) {
    const Lesson lesson = random_lesson(n, {4, 20, 2, 1});
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
    const json view = json::parse(page_view(lesson, 0, {}));
    BOOST_TEST(view["cost"].get<double>() == trace.cost);
    std::size_t rows = 0, nudged = 0;
    for (const json& step : view["steps"]) {
      BOOST_TEST(!step["plain"].get<std::string>().empty());
      BOOST_TEST(well_formed(step["rule"].get<std::string>()), step["rule"].dump());
      BOOST_TEST(step["rows"].size() <= PageViewOptions::most_rows);
      for (const json& row : step["rows"]) {
        ++rows;
        Name name = parse_name(row["name"].get<std::string>());
        BOOST_REQUIRE(why_absent(lesson.network, lesson.examples.size(), name).empty());
        if (row["value"].is_number()) BOOST_TEST(row["value"].get<double>() == trace.value(name));
        if (!row.contains("verdict")) continue;
        ++nudged;
        BOOST_TEST(row["verdict"] != "disagree", row.dump());
      }
    }
    BOOST_TEST(nudged > 0u);
    BOOST_TEST(rows > nudged);
    BOOST_TEST(well_formed(view["svg"].get<std::string>()));
  }
}

BOOST_AUTO_TEST_CASE(a_page_fetches_nothing_and_says_so) {
  const std::string page = lesson_page(mazur(), {});
  BOOST_TEST(page.find("Content-Security-Policy\" content=\"default-src 'none'") != std::string::npos);
  BOOST_TEST(count(page, "'sha256-") == (page_has_engine() ? 2u : 1u));
  for (const char* fetching : {" src=", "@import", "url(", "<link", "<iframe", "XMLHttpRequest(\""}) {
    if (!page_has_engine()) BOOST_TEST(page.find(fetching) == std::string::npos, fetching);
  }
}

BOOST_AUTO_TEST_CASE(text_of_a_lesson_stays_text) {
  Lesson lesson = mazur();
  lesson.title = "</title><script>alert(1)</script>";
  lesson.about = "<img src=x onerror=alert(1)> **bold** </script>";
  lesson.questions.push_back({"</script><script>alert(2)</script>", {"<b>", "c"}, 0, std::nullopt, "because </script>"});
  const std::string page = lesson_page(lesson, {"a.html", "<i>", "b.html", "\"><script>", "index.html"});
  BOOST_TEST(page.find("<script>alert") == std::string::npos);
  BOOST_TEST(page.find("<img") == std::string::npos);
  BOOST_TEST(page.find("<strong>bold</strong>") != std::string::npos);
  BOOST_TEST(count(page, "</script>") == (page_has_engine() ? 5u : 3u));
  BOOST_TEST(index_page({lesson}, {"x\" onload=\"y.html"}).find("onload=\"y") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(formulas_become_mathml) {
  BOOST_TEST(mathml("zⱼ") == "<math><msub><mi>z</mi><mrow><mi>j</mi></mrow></msub></math>");
  BOOST_TEST(mathml("∂C/∂wⱼₖ") ==
             "<math><mfrac><mrow><mo>∂</mo><mi>C</mi></mrow><mrow><mo>∂</mo><msub><mi>w</mi><mrow><mi>j</mi><mi>k</mi></mrow></msub></mrow></mfrac></math>");
  for (const char* formula : {"1/(1 + e⁻ᶻ)", "", "(", "∂", "∂C/∂", "σ′(z⁽²⁾ⱼ)", "a < b & c", "½ Σⱼ (aⱼ − yⱼ)²"}) BOOST_TEST(well_formed(mathml(formula)), formula);
  BOOST_TEST(mathml("a < b & c").find("&lt;") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(wide_layers_are_folded_in_the_picture) {
  const Lesson lesson = random_lesson(3, {3, 32, 1, 1});
  const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  for (std::size_t l = 0; l <= lesson.network.depth(); ++l) {
    const std::size_t drawn = drawn_neurons(trace, l).size(), n = lesson.network.width(l);
    BOOST_TEST(drawn == (n <= NetworkPicture::most_neurons ? n : NetworkPicture::most_neurons - 1));
  }
  for (const Block& block : derived_blocks(lesson.network)) BOOST_TEST(well_formed(network_svg(trace, {3, block})));
}

BOOST_AUTO_TEST_SUITE_END()
