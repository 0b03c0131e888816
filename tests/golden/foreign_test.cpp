// Other people's gradients as they come: JSON, folders of NumPy arrays, parts, and what is wrong with them.
#include "base/error.hpp"
#include "base/number.hpp"
#include "golden/foreign.hpp"
#include "lesson/array_bytes.hpp"
#include "support/error_of.hpp"
#include "support/networks.hpp"
#include "support/tables.hpp"
#include "temporary_folder.hpp"
#include "trace/trace.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <map>

using namespace gradtrace;

namespace {

std::map<std::string, double> numbers_of(const StoredTable& table) {
  std::map<std::string, double> numbers;
  for (const TableRow& row : table.rows) numbers[to_string(row.name, true)] = row.value;
  return numbers;
}

std::string problems_of(const std::filesystem::path& file, const Lesson& lesson) {
  try {
    load_foreign(file, lesson);
  } catch (const InputError& error) {
    std::string text;
    for (const Problem& problem : error.problems()) text += std::filesystem::path(problem.file).filename().string() + ": " + problem.message + "\n";
    return text;
  }
  return "";
}

Lesson two_examples() {
  Lesson lesson = mazur();
  lesson.examples.push_back({make_vector({0.7, -0.4}), make_vector({0.3, 0.6})});
  return lesson;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(foreign)

BOOST_AUTO_TEST_CASE(a_folder_of_arrays_in_either_order_and_precision) {
  const TemporaryFolder folder;
  folder.write("dC_dw_2.npy", npy_of("<f8", "(2, 2)", bytes_of<double>({1, 2, 3, 4})));
  folder.write("dC_dw_1.npy", npy_of("<f4", "(2, 2)", bytes_of<float>({1, 2, 3, 4}), true));
  folder.write("dC_db_1.npy", npy_of(">f8", "(2,)", bytes_of<double>({0.5, -0.5}, true)));
  folder.write("path_2.npy", npy_of("<i4", "(2, 2)", bytes_of<std::int32_t>({5, 6, 7, 8})));
  folder.write("notes.txt", "not mine to read");
  const auto numbers = numbers_of(load_foreign(folder.path(), mazur()));
  BOOST_TEST(numbers.size() == 14u);
  BOOST_TEST(numbers.at("0:dC/dw[2][0,1]") == 2);
  BOOST_TEST(numbers.at("0:dC/dw[1][0,1]") == 3);  // Fortran order
  BOOST_TEST(numbers.at("0:dC/db[1][1]") == -0.5);
  BOOST_TEST(numbers.at("0:path[2][1,0]") == 7);   // row k = 1, column j = 0
}

BOOST_AUTO_TEST_CASE(of_several_examples_an_array_is_the_mean_or_has_an_axis_more) {
  const TemporaryFolder folder;
  folder.write("dC_db_1.npy", npy_of("<f8", "(2,)", bytes_of<double>({1, 2})));
  folder.write("delta_2.npy", npy_of("<f8", "(2, 2)", bytes_of<double>({1, 2, 3, 4})));
  const auto numbers = numbers_of(load_foreign(folder.path(), two_examples()));
  BOOST_TEST(numbers.size() == 6u);
  BOOST_TEST(numbers.at("mean:dC/db[1][1]") == 2);
  BOOST_TEST(numbers.at("1:delta[2][0]") == 3);
}

/// What NumPy makes of a batch kept as columns, or of a sum whose axis was kept.
BOOST_AUTO_TEST_CASE(a_vector_may_lie_as_a_column_or_as_a_row) {
  for (const char* shape : {"(2, 1)", "(1, 2)"}) {
    const TemporaryFolder folder;
    folder.write("dC_db_1.npy", npy_of("<f8", shape, bytes_of<double>({1, 2})));
    BOOST_TEST(numbers_of(load_foreign(folder.path(), mazur())).at("0:dC/db[1][1]") == 2, shape);
    BOOST_TEST(numbers_of(load_foreign(folder.path(), two_examples())).at("mean:dC/db[1][1]") == 2, shape);
  }
  const TemporaryFolder folder;
  folder.write("delta_2.npy", npy_of("<f8", "(2, 2, 1)", bytes_of<double>({1, 2, 3, 4})));
  BOOST_TEST(numbers_of(load_foreign(folder.path(), two_examples())).at("1:delta[2][0]") == 3);
  folder.write("dC_dw_1.npy", npy_of("<f8", "(4, 1)", bytes_of<double>({1, 2, 3, 4})));
  BOOST_TEST(problems_of(folder.path(), two_examples()).find("dC_dw_1.npy: is 4 × 1, but dC/dw[1] is 2 × 2") != std::string::npos);
}

/// Weights and biases beside the gradients say of which network these are, however many examples there are.
BOOST_AUTO_TEST_CASE(a_folder_may_hold_the_parameters_too) {
  const TemporaryFolder folder;
  folder.write("w_1.npy", npy_of("<f8", "(2, 2)", bytes_of<double>({0.15, 0.2, 0.25, 0.3})));
  folder.write("b_2.npy", npy_of("<f8", "(2,)", bytes_of<double>({0.6, 0.7})));
  for (const Lesson& lesson : {mazur(), two_examples()}) {
    const auto numbers = numbers_of(load_foreign(folder.path(), lesson));
    BOOST_TEST(numbers.size() == 6u);
    BOOST_TEST(numbers.at("w[1][1,0]") == 0.25);
    BOOST_TEST(numbers.at("b[2][1]") == 0.7);
  }
  folder.write("w_2.npy", npy_of("<f8", "(2, 2, 2)", bytes_of<double>({1, 2, 3, 4, 5, 6, 7, 8})));
  BOOST_TEST(problems_of(folder.path(), two_examples()).find("w_2.npy: is 2 × 2 × 2, but w[2] is 2 × 2") != std::string::npos);
}

/// np.save("C", cost) stores no shape.
BOOST_AUTO_TEST_CASE(a_single_number_needs_no_shape) {
  const TemporaryFolder folder;
  folder.write("C.npy", npy_of("<f8", "()", bytes_of<double>({0.25})));
  const auto numbers = numbers_of(load_foreign(folder.path(), mazur()));
  BOOST_TEST(numbers.size() == 1u);
  BOOST_TEST(numbers.at("0:C") == 0.25);
  folder.write("delta_1.npy", npy_of("<f8", "()", bytes_of<double>({0.25})));
  BOOST_TEST(problems_of(folder.path(), mazur()).find("delta_1.npy: is 1, but delta[1] is 2") != std::string::npos);
}

/// An overflow of theirs is a number to compare, as it is in a CSV.
BOOST_AUTO_TEST_CASE(an_array_may_hold_infinities) {
  const TemporaryFolder folder;
  folder.write("dC_db_1.npy", npy_of("<f8", "(2,)", bytes_of<double>({-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})));
  const auto numbers = numbers_of(load_foreign(folder.path(), mazur()));
  BOOST_TEST(numbers.at("0:dC/db[1][0]") == -std::numeric_limits<double>::infinity());
  BOOST_TEST(std::isnan(numbers.at("0:dC/db[1][1]")));
}

BOOST_AUTO_TEST_CASE(all_that_is_wrong_with_a_folder_is_said) {
  const TemporaryFolder folder;
  folder.write("dC_dw_1.npy", npy_of("<f8", "(2, 3)", bytes_of<double>({1, 2, 3, 4, 5, 6})));
  folder.write("dC_dw_9.npy", npy_of("<f8", "(2, 2)", bytes_of<double>({1, 2, 3, 4})));
  folder.write("grads.npy", npy_of("<f8", "(1,)", bytes_of<double>({1})));
  folder.write("delta_1.npy", "nonsense");
  folder.write("dC_db_02.npy", npy_of("<f8", "(2,)", bytes_of<double>({1, 2})));
  folder.write("dC_db_2.npy", npy_of("<f8", "(2,)", bytes_of<double>({1, 2})));
  const std::string problems = problems_of(folder.path(), mazur());
  BOOST_TEST(problems.find("dC_dw_1.npy: is 2 × 3, but dC/dw[1] is 2 × 2") != std::string::npos, problems);
  BOOST_TEST(problems.find("dC_dw_9.npy: the lesson has no dC/dw in layer 9") != std::string::npos, problems);
  BOOST_TEST(problems.find("grads.npy: is named after no quantity") != std::string::npos, problems);
  BOOST_TEST(problems.find("delta_1.npy: ") != std::string::npos, problems);
  BOOST_TEST(problems.find("dC_db_2.npy: is of the same numbers as dC_db_02.npy") != std::string::npos, problems);
  const TemporaryFolder empty;
  BOOST_TEST(problems_of(empty.path(), mazur()).find("holds no .npy file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_transposed_array_is_recognised) {
  const TemporaryFolder folder;
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{1, 2, 3}, {4, 5, 6}}, {0, 0})}),
                                    {{make_vector({1, 2, 3}), make_vector({0, 1})}});
  folder.write("dC_dw_1.npy", npy_of("<f8", "(3, 2)", bytes_of<double>({1, 2, 3, 4, 5, 6})));
  const std::string problems = problems_of(folder.path(), lesson);
  BOOST_TEST(problems.find("is 3 × 2, but dC/dw[1] is 2 × 3; it seems to be transposed") != std::string::npos, problems);
}

BOOST_AUTO_TEST_CASE(parts_of_our_json_are_enough) {
  const TemporaryFolder folder;
  const auto file = folder.write("mine.json", R"({"examples": [{"layers": [{"layer": 2, "delta": [0.5, null], "dC/dw": [[1, 2], [3, 4]]}]}],
                                                  "mean": {"layers": [{"layer": 1, "dC/db": [7, 8]}]}})");
  const auto numbers = numbers_of(load_foreign(file, mazur()));
  BOOST_TEST(numbers.size() == 8u);
  BOOST_TEST(numbers.at("0:delta[2][0]") == 0.5);
  BOOST_TEST(std::isnan(numbers.at("0:delta[2][1]")));
  BOOST_TEST(numbers.at("0:dC/dw[2][1,0]") == 3);
  BOOST_TEST(numbers.at("0:dC/db[1][1]") == 8);  // of one example the mean is the example
}

BOOST_AUTO_TEST_CASE(what_is_no_json_or_holds_no_number_is_refused) {
  const TemporaryFolder folder;
  for (const char* text : {"{\"examples\": [", "{\"examples\": 3}", "{\"examples\": [{\"layers\": 7}]}", "{\"examples\": [[[[]]]]}", "{}", "{\"mean\": []}",
                           "{\"format\": \"other\"}", "{\"examples\": [{\"layers\": [{\"delta\": \"x\"}]}]}",
                           "{\"examples\": [{\"example\": -1, \"layers\": [{\"layer\": 0.5, \"dC/dw\": [1, [2]]}]}]}"}) {
    BOOST_TEST(!problems_of(folder.write("bad.json", text), mazur()).empty(), text);
  }
}

namespace {

/// How many of a JSON's numbers disagree with the lesson.
std::size_t differing(const std::string& json, const Lesson& lesson) {
  return compare(lesson, parse_foreign_json("theirs.json", json, lesson), {1e-7, 1e-10, true}).differing;
}

}  // namespace

/// Whichever comes last: none hides another, and no null is a right number.
BOOST_AUTO_TEST_CASE(every_number_that_is_given_is_compared) {
  const auto layer = [](const std::string& numbers) { return R"({"layers": [{"layer": 2, )" + numbers + "}]}"; };
  const auto of_example = [&](const std::string& numbers) { return R"({"examples": [)" + layer(numbers) + "]}"; };
  const Lesson lesson = mazur();
  const Vector delta = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0).gradients[2].delta;
  const std::string good = "\"dC/db\": [" + shortest(delta(0)) + ", " + shortest(delta(1)) + "]", second = ", " + shortest(delta(1)) + "]";
  BOOST_TEST(differing(of_example("\"dC/db\": [9" + second), lesson) == 1u);
  BOOST_TEST(differing(R"({"examples": [)" + layer("\"dC/db\": [9" + second) + "], \"mean\": " + layer(good) + "}", lesson) == 1u);
  BOOST_TEST(differing(R"({"examples": [)" + layer("\"dC/db\": [9" + second) + ", {\"example\": 0, " + layer(good).substr(1) + "]}", lesson) == 1u);
  BOOST_TEST(differing(of_example("\"dC/db\": [null" + second), lesson) == 1u);
  BOOST_TEST(differing(R"({"examples": [{"overflow": ["dC/db[2][0]"], )" + layer("\"dC/db\": [null" + second).substr(1) + "]}", lesson) == 1u);
  // A wrong number that is very large makes no other right.
  BOOST_TEST(differing(of_example(R"("dC/db": [1e300, 5])"), lesson) == 2u);

  const Lesson beyond = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{1e200}}, {0})}), {{make_vector({1}), make_vector({0})}});
  const std::string null = R"("layers": [{"path": [[null]]}])";
  BOOST_TEST(differing("{\"examples\": [{" + null + R"(, "overflow": ["path[1][0,0]"]}]})", beyond) == 0u);
  BOOST_TEST(differing("{\"examples\": [{" + null + "}]}", beyond) == 1u);
}

/// As the CSV of another lesson is told by the numbers that are given.
BOOST_AUTO_TEST_CASE(gradients_of_another_network_or_example_are_told) {
  const std::string rest = R"("layers": [{"layer": 2, "dC/db": [0.1, 0.1]}])";
  const auto given = [&](const std::string& json) { return compare(mazur(), parse_foreign_json("theirs.json", json, mazur()), {1e-7, 1e-10, true}).given.size(); };
  BOOST_TEST(given(R"({"examples": [{"input": [0.05, 0.1], "target": [0.01, 0.99], )" + rest + "}]}") == 0u);
  BOOST_TEST(given(R"({"examples": [{"input": [0.05, 0.2], "target": [0.01, 0.5], )" + rest + "}]}") == 2u);
  BOOST_TEST(given(R"({"lesson": {"layers": [{"layer": 1, "weights": [[0.15, 0.2], [0.25, 9]], "biases": [0.35, 0.35]}]}, "examples": [{)" + rest + "}]}") == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_no_list_of_objects_is_said) {
  const auto problem = [](const std::string& json) { return error_of([&] { parse_foreign_json("x.json", json, mazur()); }); };
  BOOST_TEST(problem(R"({"examples": [{"layers": [{"layer": 2, "delta": [9, 9], "delta": [1, 1]}]}]})").find("the key \"delta\" stands twice in one object") != std::string::npos);
  BOOST_TEST(problem(R"({"examples": [{"layers": [{"dC_dw": [[1, 2], [3, 4]]}]}]})").find("unknown key \"dC_dw\"; did you mean \"dC/dw\"?") != std::string::npos);
  BOOST_TEST(problem(R"({"examples": [{"costs": 1, "layers": []}]})").find("unknown key \"costs\"; did you mean \"cost\"?") != std::string::npos);
  BOOST_TEST(problem(R"({"example": [], "examples": []})").find("unknown key \"example\"; did you mean \"examples\"?") != std::string::npos);
  BOOST_TEST(problem(R"({"examples": [{"layers": [{"dleta": [1, 2]}]}]})").find("unknown key \"dleta\"; did you mean \"delta\"?") != std::string::npos);
  BOOST_TEST(problem(R"({"examples": [{"layers": [{"path": [9, [1, 2]]}]}]})").find("path must have rows that are arrays, not 9") != std::string::npos);
  BOOST_TEST(problem(R"({"examples": [{"layers": [{"layer": 2, "delta": [9]}]}]})").find("delta[2] of example 0 has 1 of the lesson's 2 numbers") != std::string::npos);
  BOOST_TEST(problem(R"({"examples": [{"layers": [{"path": []}]}]})").find("path[1] of example 0 has 0 of the lesson's 2 rows") != std::string::npos);
  BOOST_TEST(problem(R"({"lesson": {"layers": [{"weights": [[1, 2], [3]]}]}})").find("w[1] has 1 of the lesson's 2 numbers in a row") != std::string::npos);
  BOOST_TEST(problem(R"({"examples": "x", "mean": {"layers": []}})").find("\"examples\" must be an array, not \"x\"") != std::string::npos);
  BOOST_TEST(problem(R"({"examples": [3]})").find("each of \"examples\" must be an object, not 3") != std::string::npos);
  BOOST_TEST(problem(R"({"mean": 3})").find("\"mean\" must be an object, not 3") != std::string::npos);
  BOOST_TEST(problem(R"({"mean": {"layers": {}}})").find("\"layers\" must be an array, not an object") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
