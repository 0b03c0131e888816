// What programs read: CSV and JSON hold every number, to the last bit.
#include "base/file.hpp"
#include "check/check.hpp"
#include "golden/compare.hpp"
#include "render/csv.hpp"
#include "render/dot.hpp"
#include "render/html.hpp"
#include "render/json.hpp"
#include "support/networks.hpp"
#include "temporary_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>
#include <functional>

using namespace gradtrace;
using nlohmann::json;

namespace {

/// What `write` writes, through a file.
std::string written(const std::function<void(Output&)>& write) {
  const TemporaryFolder folder;
  Output out(folder.path() / "out");
  write(out);
  out.finish();
  return folder.read("out");
}

std::vector<ExampleTrace> traces_of(const Lesson& lesson) {
  std::vector<ExampleTrace> traces;
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    traces.push_back(trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e));
  }
  return traces;
}

MeanTrace means_of(const Lesson& lesson, const std::vector<ExampleTrace>& traces) {
  MeanTrace means(lesson.network);
  for (const ExampleTrace& trace : traces) means.add(trace);
  return means;
}

std::string csv_of(const Lesson& lesson, const Selection& selection = {}) {
  return written([&](Output& out) {
    const std::vector<ExampleTrace> traces = traces_of(lesson);
    write_csv_given(out, lesson, selection);
    for (const ExampleTrace& trace : traces) write_csv_example(out, lesson, trace, selection);
    write_csv_means(out, lesson, means_of(lesson, traces), selection);
  });
}

json json_of(const Lesson& lesson, const Selection& selection = {}) {
  return json::parse(written([&](Output& out) {
    const std::vector<ExampleTrace> traces = traces_of(lesson);
    TraceJson writer(out, lesson, selection);
    writer.begin();
    for (const ExampleTrace& trace : traces) writer.example(trace);
    writer.end(means_of(lesson, traces));
  }));
}

json check_json_of(const Lesson& lesson, const CheckOptions& options = {}) {
  return json::parse(written([&](Output& out) {
    CheckJson writer(out, options, lesson.several_examples());
    Checker checker(lesson.network, options, lesson.several_examples());
    const std::vector<ExampleTrace> traces = traces_of(lesson);
    writer.begin();
    for (const ExampleTrace& trace : traces) writer.rows(checker.check(trace));
    writer.rows(checker.check_means(means_of(lesson, traces)));
    writer.end(checker.summary());
  }));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(formats)

BOOST_AUTO_TEST_CASE(csv_is_in_the_order_of_the_contract) {
  const std::string csv = csv_of(mazur());
  BOOST_TEST(csv.starts_with("example,quantity,layer,j,k,value\n,w,1,0,0,0.15\n,w,1,0,1,0.2\n,w,1,1,0,0.25\n,w,1,1,1,0.3\n,b,1,0,,0.35\n"));
  const char* const in_order[] = {"\n0,a,0,0,,0.05\n", "\n0,y,2,1,,0.99\n", "\n0,z,1,0,,0.3775\n", "\n0,a,2,1,,", "\n0,C,,,,", "\n0,dC/da,2,0,,",
                                  "\n0,slope,2,0,,", "\n0,delta,2,0,,", "\n0,dC/db,2,0,,", "\n0,dC/dw,2,0,0,", "\n0,path,2,0,0,", "\n0,path,2,1,0,",
                                  "\n0,path,2,0,1,", "\n0,dC/da,1,0,,", "\n0,dC/da,0,1,,"};
  std::size_t at = 0;
  for (const char* row : in_order) {
    const std::size_t found = csv.find(row, at);
    BOOST_TEST(found != std::string::npos, row);
    if (found != std::string::npos) at = found;
  }
  BOOST_TEST(csv.find("mean") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(csv_reads_back_bit_by_bit) {
  for (std::uint64_t n = 0; n < 32; ++n) {
    const Lesson lesson = random_lesson(n, {3, 5, 3, 1});
    const std::vector<ExampleTrace> traces = traces_of(lesson);
    const MeanTrace means = means_of(lesson, traces);
    const StoredTable table = parse_table("t.csv", csv_of(lesson));
    const std::size_t parts = size_of(given_example_blocks(lesson.network)) + size_of(derived_blocks(lesson.network));
    BOOST_TEST(table.rows.size() == size_of(given_blocks(lesson.network)) + traces.size() * parts +
                                        (lesson.several_examples() ? size_of(mean_blocks(lesson.network)) : 0));
    for (const TableRow& row : table.rows) {
      const double expected = row.name.scope.kind == Scope::Kind::mean      ? means.value(row.name)
                              : row.name.scope.kind == Scope::Kind::example ? traces[row.name.scope.example].value(row.name)
                                                                            : traces[0].value(row.name);
      BOOST_TEST(row.value == expected, to_string(row.name, true));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_softmax_slope_has_i_in_j_and_j_in_k) {
  const Lesson lesson = make_lesson(make_network(Cost::cross_entropy, {make_layer(Activation::softmax, {{1}, {2}}, {0, 0})}),
                                    {{make_vector({1}), make_vector({0, 1})}});
  const ExampleTrace trace = traces_of(lesson)[0];
  const json slope = json_of(lesson)["examples"][0]["layers"][0]["slope"];
  BOOST_TEST(slope[0][1].get<double>() == -trace.state.a[1](0) * trace.state.a[1](1));
  BOOST_TEST(csv_of(lesson).find("\n0,slope,1,0,1,") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(json_has_the_shapes_of_the_contract) {
  const Lesson lesson = mazur();
  const ExampleTrace trace = traces_of(lesson)[0];
  const json all = json_of(lesson);
  BOOST_TEST(all["format"] == "gradtrace.trace.v1");
  BOOST_TEST(all["lesson"]["title"] == "Made");
  BOOST_TEST(all["lesson"]["cost"] == "squared-error");
  BOOST_TEST(all["lesson"]["layers"][1]["weights"][0][1].get<double>() == 0.45);
  const json& example = all["examples"][0];
  BOOST_TEST(example["input"][1].get<double>() == 0.10);
  BOOST_TEST(example["cost"].get<double>() == trace.cost);
  const json& layer = example["layers"][1];
  BOOST_TEST(layer["layer"] == 2);
  for (const char* key : {"z", "a", "dC/da", "slope", "delta", "dC/db"}) BOOST_TEST(layer[key].size() == 2u, key);
  BOOST_TEST(layer["dC/dw"][0][1].get<double>() == trace.dC_dw(2, 0, 1));  // [j][k]
  BOOST_TEST(layer["path"][0][1].get<double>() == trace.path(2, 0, 1));    // [k][j]
  BOOST_TEST(example["dC/dx"][1].get<double>() == trace.gradients[0].dC_da(1));
  BOOST_TEST(all["mean"]["cost"].get<double>() == trace.cost);
  BOOST_TEST(all["mean"]["layers"][1]["dC/dw"][1][0].get<double>() == trace.dC_dw(2, 1, 0));
}

BOOST_AUTO_TEST_CASE(an_overflow_is_null_in_json_and_inf_in_csv) {
  const Lesson lesson = make_lesson(make_network(Cost::binary_cross_entropy, {make_layer(Activation::sigmoid, {{800}}, {0})}),
                                    {{make_vector({1}), make_vector({0})}});
  const json example = json_of(lesson)["examples"][0];
  BOOST_TEST(example["layers"][0]["dC/da"][0].is_null());
  BOOST_TEST(example["overflow"] == json::array({"dC/da[1][0]"}));
  BOOST_TEST(example["layers"][0]["delta"][0].get<double>() == 1);
  BOOST_TEST(csv_of(lesson).find("\n0,dC/da,1,0,,inf\n") != std::string::npos);
  const json check = check_json_of(lesson);
  BOOST_TEST(check["verdict"] == "agree");
  for (const json& row : check["rows"]) {
    BOOST_TEST(row["numeric"].is_number());
    BOOST_TEST(row["bound"].is_number());
  }
}

BOOST_AUTO_TEST_CASE(a_title_is_escaped) {
  Lesson lesson = mazur();
  lesson.title = "\"quoted\" \\ </script>\n\x01 é";
  BOOST_TEST(json_of(lesson)["lesson"]["title"] == lesson.title);
}

BOOST_AUTO_TEST_CASE(check_rows_have_every_key) {
  const Lesson lesson = random_lesson(3, {3, 4, 8, 1});
  const json check = check_json_of(lesson);
  BOOST_TEST(check["format"] == "gradtrace.check.v1");
  BOOST_TEST(check["method"] == "central");
  std::size_t counted = 0;
  for (const char* verdict : {"agree", "disagree", "inconclusive", "kink"}) counted += check["counts"][verdict].get<std::size_t>();
  BOOST_TEST(counted == check["rows"].size());
  bool mean = false, input = false;
  for (const json& row : check["rows"]) {
    for (const char* key : {"example", "quantity", "layer", "j", "k", "analytic", "numeric", "bound", "relative_error", "verdict"}) {
      BOOST_TEST(row.contains(key), key);
    }
    mean = mean || row["example"] == "mean";
    input = input || (row["quantity"] == "dC/da" && row["layer"] == 0);
  }
  BOOST_TEST(mean);
  BOOST_TEST(input);
}

BOOST_AUTO_TEST_CASE(a_kinks_row_has_both_sides) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::relu, {{1}}, {0})}),
                                    {{make_vector({0}), make_vector({1})}});
  const json check = check_json_of(lesson);
  bool seen = false;
  for (const json& row : check["rows"]) {
    if (row["verdict"] != "kink") continue;
    seen = true;
    BOOST_TEST(row["one_sided"].size() == 2u);
    BOOST_TEST(row["kink"] == "z[1][0]");
  }
  BOOST_TEST(seen);
}

BOOST_AUTO_TEST_CASE(graphviz_draws_the_graph) {
  const Lesson lesson = random_lesson(4, {3, 12, 1, 1});
  const TemporaryFolder folder;
  folder.write("graph.dot", dot_graph(lesson, traces_of(lesson)[0], {}));
  const std::string command = "dot -Tsvg '" + (folder.path() / "graph.dot").string() + "' -o '" + (folder.path() / "graph.svg").string() + "'";
  BOOST_TEST(std::system(command.c_str()) == 0);
  BOOST_TEST(folder.read("graph.svg").find("</svg>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(text_of_a_page_turns_no_direction) {
  BOOST_TEST(html_text("a\u202eb\u2028c<\x01ü\xff&δ") == "a b c&lt; ü\uFFFD&amp;δ");
}

BOOST_AUTO_TEST_SUITE_END()
