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
    MeanTrace means(lesson.network);
    for (std::size_t e = 0; e < lesson.examples.size(); ++e) means.add(trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e));
    const json view = json::parse(page_view(lesson, 0, {}));
    BOOST_TEST(view["cost"].get<double>() == trace.cost);
    std::size_t rows = 0, nudged = 0, sums = 0;
    for (const json& step : view["steps"]) {
      BOOST_TEST(!step["plain"].get<std::string>().empty());
      BOOST_TEST(well_formed(step["rule"].get<std::string>()), step["rule"].dump());
      BOOST_TEST(step["rows"].size() <= PageViewOptions::most_rows);
      for (const json& row : step["rows"]) {
        ++rows;
        Name name = parse_name(row["name"].get<std::string>());
        BOOST_REQUIRE(why_absent(lesson.network, lesson.examples.size(), name).empty());
        const double exact = name.scope.kind == Scope::Kind::mean ? means.value(name) : trace.value(name);
        if (row["value"].is_number()) BOOST_TEST(row["value"].get<double>() == exact);
        if (row.contains("terms")) {  // where paths, or examples, meet
          double sum = 0, size = 0;
          for (const json& term : row["terms"]) {
            sum += term["value"].get<double>();
            size += std::abs(term["value"].get<double>());
          }
          BOOST_TEST(std::abs(sum - exact) <= 1e-13 * size, row.dump());
          BOOST_TEST(row["terms"].size() <= PageViewOptions::most_terms + 1);
          ++sums;
        }
        if (!row.contains("verdict")) continue;
        ++nudged;
        BOOST_TEST(row["verdict"] != "disagree", row.dump());
      }
    }
    BOOST_TEST(nudged > 0u);
    BOOST_TEST(rows > nudged);
    BOOST_TEST(sums > 0u);
    BOOST_TEST(well_formed(view["svg"].get<std::string>()));
  }
}

BOOST_AUTO_TEST_CASE(while_a_number_is_dragged_one_part_of_a_step_is_made) {
  Lesson lesson = random_lesson(5, {3, 4, 2, 1});
  lesson.examples.resize(1);
  lesson.examples.push_back(lesson.examples[0]);
  lesson.examples[1].input(0) += 0.5;
  const json whole = json::parse(page_view(lesson, 1, {}));
  for (std::size_t part = 0; part < whole["steps"].size(); ++part) {
    PageViewOptions options;
    options.step = part;
    const json view = json::parse(page_view(lesson, 1, options));
    BOOST_REQUIRE(view["steps"].size() == whole["steps"].size());
    for (std::size_t i = 0; i < view["steps"].size(); ++i) BOOST_TEST((i == part ? view["steps"][i] == whole["steps"][i] : view["steps"][i].is_null()));
  }
  PageViewOptions without;
  without.means = false;  // a page that does not carry all examples
  BOOST_TEST(json::parse(page_view(lesson, 1, without))["steps"].size() == whole["steps"].size() - mean_blocks(lesson.network).size());
}

BOOST_AUTO_TEST_CASE(routes_light_what_they_pass) {
  const Lesson lesson = mazur();
  const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  const json told = json::parse(page_routes(lesson, trace, parse_name("w[1][0,1]"), 8));
  BOOST_TEST(told["count"] == 2);
  BOOST_TEST(told["derivative"] == "dC/dw[1][0,1]");
  BOOST_TEST(told["sum"].get<double>() == trace.dC_dw(1, 0, 1), boost::test_tools::tolerance(1e-14));
  BOOST_TEST(told["routes"][0]["lights"].dump() == R"(["w[1][0,1]","a[1][0]","w[2][0,0]","a[2][0]","C[0]","C"])");
  BOOST_TEST(told["routes"][1]["lights"].dump() == R"(["w[1][0,1]","a[1][0]","w[2][1,0]","a[2][1]","C[1]","C"])");
  BOOST_TEST(told["routes"][1]["value"].get<double>() < 0);
}

BOOST_AUTO_TEST_CASE(the_index_tells_of_each_lesson) {
  Lesson lesson = mazur();
  lesson.about = "A *hidden* neuron <b>feeds</b> both. More.";
  const std::string page = index_page({lesson}, {"x.html"});
  BOOST_TEST(page.find("A hidden neuron &lt;b&gt;feeds&lt;/b&gt; both.</span>") != std::string::npos);
  BOOST_TEST(page.find("2 → 2 → 2 · sigmoid") != std::string::npos);
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
  for (const char* formula : {"1/(1 + e⁻ᶻ)", "", "(", "∂", "∂C/∂", "σ′(z⁽²⁾ⱼ)", "a < b & c", "½ Σⱼ (aⱼ − yⱼ)²", "ab", "z if z > 0"}) BOOST_TEST(well_formed(mathml(formula)), formula);
  BOOST_TEST(mathml("a < b & c").find("&lt;") != std::string::npos);
  // Parentheses belong together, and the bar of a fraction stands for those around its sides.
  const std::string wrong = "<mrow><msub><mi>a</mi><mrow><mi>j</mi></mrow></msub><mo>−</mo><msub><mi>y</mi><mrow><mi>j</mi></mrow></msub></mrow>";
  BOOST_TEST(mathml("(aⱼ − yⱼ)/(aⱼ(1 − aⱼ))").starts_with("<math><mfrac>" + wrong + "<mrow><msub><mi>a</mi>"));
  BOOST_TEST(mathml("(aⱼ − yⱼ)/(aⱼ(1 − aⱼ))").ends_with("<mo stretchy=\"false\">)</mo></mrow></mrow></mfrac></math>"));
  BOOST_TEST(mathml("−yⱼ/aⱼ").starts_with("<math><mo>−</mo><mfrac>"));
  BOOST_TEST(mathml("2(a − y)/n").starts_with("<math><mfrac><mrow><mn>2</mn><mrow>"));
  BOOST_TEST(mathml("eᶻʲ / Σᵢ eᶻⁱ").find("<msub><mi>z</mi><mi>j</mi></msub>") != std::string::npos);
  BOOST_TEST(mathml("a/b").find("<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>") != std::string::npos);
  // Letters in a row are a word, no product of variables.
  BOOST_TEST(mathml("from k").find("<mtext>&#160;from&#160;</mtext><mi>k</mi>") != std::string::npos);
  BOOST_TEST(mathml("ln a").find("<mi>ln</mi>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(wide_layers_are_folded_in_the_picture) {
  const Lesson lesson = random_lesson(3, {3, 32, 1, 1});
  const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  for (std::size_t l = 0; l <= lesson.network.depth(); ++l) {
    const std::size_t drawn = drawn_neurons(trace, l).size(), n = lesson.network.width(l);
    BOOST_TEST(drawn == (n <= NetworkPicture::most_neurons ? n : NetworkPicture::most_neurons - 1));
  }
  for (const Block& block : derived_blocks(lesson.network)) BOOST_TEST(well_formed(network_svg(trace, {3, {block}})));
}

BOOST_AUTO_TEST_SUITE_END()
