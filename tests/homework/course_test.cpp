// Sheets, variants, rosters and whole courses.
#include "base/csv.hpp"
#include "base/error.hpp"
#include "cli/in_order.hpp"
#include "homework/audit.hpp"
#include "homework/class_report.hpp"
#include "homework/course.hpp"
#include "homework/feedback.hpp"
#include "homework/layout.hpp"
#include "homework/roster.hpp"
#include "homework/variant.hpp"
#include "render/grade_files.hpp"
#include "render/grade_text.hpp"
#include "render/sheet.hpp"
#include "support/networks.hpp"
#include "temporary_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

using namespace gradtrace;

namespace {

const Secret secret("0123456789abcdef0123456789abcdef");

Lesson dealt_lesson() {
  Lesson lesson = mazur();
  lesson.name = "two-outputs";
  lesson.homework = Homework{{"dC/da", "slope", "delta", "dC/dw"}, 1, 3, Range{-1, 1}, Range{-0.5, 0.5}, Range{0, 1}};
  return lesson;
}

std::set<std::string> names(const Lesson& lesson, Cell cell) {
  const SheetLayout layout(lesson);
  std::set<std::string> found;
  for (std::size_t i = 0; i < layout.numbers().size(); ++i) {
    if (layout.cell(i) == cell) found.insert(to_string(layout.numbers().name(i), lesson.several_examples()));
  }
  return found;
}

std::string problems_of_roster(const TemporaryFolder& folder, const std::string& text) {
  try {
    load_roster(folder.write("roster.csv", text));
  } catch (const InputError& error) {
    std::string all;
    for (const Problem& problem : error.problems()) all += std::to_string(problem.line) + ":" + std::to_string(problem.column) + ": " + problem.message + "\n";
    return all;
  }
  return "";
}

Course course_of(const Lesson& lesson) {
  return Course([](const std::string& name) -> Lesson { throw InputError(name, "not asked for"); }, lesson);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(course)

BOOST_AUTO_TEST_CASE(a_sheet_gives_no_answer_away) {
  Lesson lesson = mazur();
  lesson.homework = Homework{{"delta"}, 1, 3, {}, {}, {}};
  // What is made of δ is neither asked nor shown; what δ is made of is shown.
  for (const std::string& name : names(lesson, Cell::left_out)) {
    BOOST_TEST((name.starts_with("dC/") || name.starts_with("path")), name);
  }
  BOOST_TEST(names(lesson, Cell::left_out).count("dC/db[2][0]") == 1u);
  BOOST_TEST(names(lesson, Cell::shown).count("dC/da[2][0]") == 1u);
  BOOST_TEST(names(lesson, Cell::asked).size() == 4u);
  lesson.homework->blanks = {"dC/dw[2][0,1]"};
  BOOST_TEST(names(lesson, Cell::asked).size() == 1u);
  lesson.homework.reset();
  BOOST_TEST(names(lesson, Cell::asked).size() == 43u);
}

BOOST_AUTO_TEST_CASE(means_and_examples_are_asked_by_their_own_names) {
  Lesson lesson = mazur();
  lesson.examples.push_back(lesson.examples.front());
  lesson.homework = Homework{{"mean:dC/dw[2][0,0]", "1:delta[1][0]"}, 1, 3, {}, {}, {}};
  BOOST_TEST((names(lesson, Cell::asked) == std::set<std::string>{"mean:dC/dw[2][0,0]", "1:delta[1][0]"}));
  lesson.homework->blanks = {"dC/db"};
  BOOST_TEST(names(lesson, Cell::asked).size() == 12u);  // of two examples, and the means
}

/// Students' sheets of years ago must still be gradable.
BOOST_AUTO_TEST_CASE(variants_are_the_same_for_ever) {
  const Lesson lesson = dealt_lesson();
  const Variant ada = Dealer(lesson, secret).deal("ada");
  BOOST_TEST(ada.id == Dealer(lesson, secret).deal("ada").id);
  BOOST_TEST(ada.id.size() == 12u);
  const Layer& layer = ada.lesson.network.layer(1);
  BOOST_TEST(layer.weights(0, 0) == 0.15);
  BOOST_TEST(layer.weights(1, 1) == 0.1);
  BOOST_TEST(ada.id == "cc81e0686815");
}

/// A table of the inputs' derivatives alone does not say how deep the network is; theirs is no output's.
BOOST_AUTO_TEST_CASE(of_an_input_the_rule_adds_paths_whatever_the_table_holds) {
  Answer answer;
  answer.name = parse_name("0:dC/da[0][0]");
  answer.verdict = AnswerVerdict::wrong;
  answer.given = {true, 9.9, ""};
  answer.expected = 0.123;
  SheetShape shape;
  shape.of_table = true;
  BOOST_TEST(feedback_text(answer, shape, "").find("\u03A3") != std::string::npos, feedback_text(answer, shape, ""));
}

BOOST_AUTO_TEST_CASE(mistakes_are_confused_where_both_show_and_no_digit_asked_tells_them_apart) {
  const auto pairs = [](std::size_t answers, std::optional<int> digits_apart, int digits_asked) {
    Audit audit;
    audit.mistakes = {{Mistake::missing_two, true, 3, 1}, {Mistake::flipped_sign, true, answers, 1}};
    audit.digits = {{std::nullopt, digits_apart}, {digits_apart, std::nullopt}};
    return audit.confusable(digits_asked).size();
  };
  BOOST_TEST(pairs(3, std::nullopt, 3) == 1u);
  BOOST_TEST(pairs(3, 4, 3) == 1u);
  BOOST_TEST(pairs(3, 3, 3) == 0u);
  BOOST_TEST(pairs(0, std::nullopt, 3) == 0u);  // nobody sees the other
}

BOOST_AUTO_TEST_CASE(variants_differ_keep_their_ranges_and_are_no_bad_draws) {
  const Lesson lesson = dealt_lesson();
  const Dealer dealer(lesson, secret);
  std::set<std::string> ids;
  std::set<double> weights;
  for (int i = 0; i < 60; ++i) {
    const Variant variant = dealer.deal("student " + std::to_string(i));
    ids.insert(variant.id);
    for (const Layer& layer : variant.lesson.network.layers) {
      for (const double w : layer.weights) {
        BOOST_TEST((w >= -1 && w <= 1 && w != 0));
        BOOST_TEST(std::abs(w * 100 - std::round(w * 100)) < 1e-9);
        weights.insert(w);
      }
    }
    BOOST_TEST(degenerate_numbers(variant.lesson, SheetLayout(variant.lesson)).empty());
    BOOST_TEST(audit(variant.lesson).confusable(3).empty());
  }
  BOOST_TEST(ids.size() == 60u);
  BOOST_TEST(weights.size() > 100u);
  BOOST_TEST(Dealer(lesson, Secret("another secret of 32 characters!")).deal("student 0").id != dealer.deal("student 0").id);
}

/// 100 · 0.29 is less than 29, so a draw may round up to an end of its range, but not to what lies past it.
BOOST_AUTO_TEST_CASE(no_draw_leaves_its_range_by_a_hair) {
  Lesson lesson = dealt_lesson();
  const auto inputs = [&](const Range& range) {
    lesson.homework->vary_inputs = range;
    const Dealer dealer(lesson, secret);
    std::set<double> found;
    for (int i = 0; i < 40; ++i) {
      const Variant variant = dealer.deal("student " + std::to_string(i));
      for (const double x : variant.lesson.examples[0].input) found.insert(x);
    }
    return found;
  };
  BOOST_TEST((inputs({0.29, 0.32}) == std::set<double>{0.29, 0.30, 0.31, 0.32}));
  BOOST_TEST((inputs({0.290000000015, 0.319999999985}) == std::set<double>{0.30, 0.31}));
}

BOOST_AUTO_TEST_CASE(ranges_in_which_no_draw_is_fit_are_an_error) {
  Lesson lesson = dealt_lesson();
  lesson.homework->vary_weights = Range{40, 50};  // saturated in every draw, as the lesson is not
  BOOST_CHECK_THROW(Dealer(lesson, secret).deal("ada"), InputError);
  for (Layer& layer : lesson.network.layers) layer.weights.fill(45);  // as the lesson is: its nature, then
  BOOST_CHECK_NO_THROW(Dealer(lesson, secret).deal("ada"));
  lesson.homework->vary_weights.reset();
  lesson.homework->vary_biases.reset();
  lesson.homework->vary_inputs.reset();
  BOOST_CHECK_THROW(Dealer(lesson, secret), InputError);
}

/// What makes a lesson's sheet a bad one, each by a network that has it and one that just has not.
BOOST_AUTO_TEST_CASE(degenerate_sheets_are_told_apart) {
  const auto found = [](std::vector<Layer> layers, std::vector<Vector> inputs, std::size_t outputs) {
    Lesson lesson = make_lesson(make_network(Cost::squared_error, std::move(layers)), {});
    for (const Vector& input : inputs) lesson.examples.push_back({input, zeros(outputs)});
    for (Example& example : lesson.examples) example.target.fill(-3);
    lesson.homework = Homework{{"C"}, 1, 3, {}, {}, {}};
    std::string all;
    for (const std::string& what : degenerate_numbers(lesson, SheetLayout(lesson))) all += what.substr(0, what.find(';')) + "\n";
    return all;
  };
  const auto single = [](Activation activation, double w) { return make_layer(activation, {{w}}, {0}); };
  const Vector one = make_vector({1});
  // σ′(3.9) = 0.0194, σ′(3.8) = 0.0213; tanh′(2.65) = 0.0198, tanh′(2.6) = 0.0219
  BOOST_TEST(found({single(Activation::sigmoid, 3.9)}, {one}, 1) == "saturated: z[1][0]\n");
  BOOST_TEST(found({single(Activation::sigmoid, -3.9)}, {one}, 1) == "saturated: z[1][0]\n");
  BOOST_TEST(found({single(Activation::sigmoid, 3.8)}, {one}, 1) == "");
  BOOST_TEST(found({single(Activation::tanh, 2.65)}, {one}, 1) == "saturated: z[1][0]\n");
  BOOST_TEST(found({single(Activation::tanh, 2.6)}, {one}, 1) == "");
  BOOST_TEST(found({single(Activation::identity, 0.001)}, {one}, 1) == "");
  BOOST_TEST(found({single(Activation::relu, 0.009)}, {one}, 1) == "at a kink: z[1][0]\n");
  BOOST_TEST(found({single(Activation::leaky_relu, -0.009)}, {one}, 1) == "at a kink: z[1][0]\n");
  BOOST_TEST(found({single(Activation::relu, 0.011)}, {one}, 1) == "");
  const Layer some_off = make_layer(Activation::relu, {{1}, {-1}}, {0, 0}), all_off = make_layer(Activation::relu, {{-1}, {-2}}, {0, 0});
  const Layer sum = make_layer(Activation::identity, {{1, 1}}, {0});
  BOOST_TEST(found({some_off, sum}, {one}, 1) == "");
  BOOST_TEST(found({all_off, sum}, {one}, 1) == "dead: every ReLU of layer 1\n");
  BOOST_TEST(found({make_layer(Activation::leaky_relu, {{-1}, {-2}}, {0, 0}), sum}, {one}, 1) == "");
  BOOST_TEST(found({make_layer(Activation::softmax, {{4}, {0}}, {0, 0})}, {one}, 2) == "nearly certain: a[1][0]\n");  // 0.982
  BOOST_TEST(found({make_layer(Activation::softmax, {{3.8}, {0}}, {0, 0})}, {one}, 2) == "");                           // 0.978
  // C = (a + 3)²
  BOOST_TEST(found({make_layer(Activation::identity, {{1}}, {-3.991})}, {one}, 1) == "near zero: C\n");
  BOOST_TEST(found({make_layer(Activation::identity, {{1}}, {-3.989})}, {one}, 1) == "");
  const Layer five = make_layer(Activation::sigmoid, {{9}, {-9}, {9}, {9}, {9}}, {0, 0, 0, 0, 0});
  BOOST_TEST(found({five}, {one}, 5) == "saturated: z[1][0], z[1][1], z[1][2] and 2 more\n");
  BOOST_TEST(found({single(Activation::sigmoid, 9), single(Activation::sigmoid, 1)}, {one, make_vector({0.1})}, 1) == "saturated: 0:z[1][0]\n");
  BOOST_TEST(found({all_off, sum}, {one, make_vector({-1})}, 1) == "dead: every ReLU of layer 1 in example 0\n");
}

/// C = a² of a = 10³⁰⁸: ∂C/∂a = 2a is past the largest double, a without the 2 is not.
BOOST_AUTO_TEST_CASE(an_infinite_answer_is_told_from_a_finite_one_at_once) {
  Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{1e308}}, {0})}), {{make_vector({1}), make_vector({0})}});
  lesson.homework = Homework{{"dC/da[1][0]"}, 1, 3, {}, {}, {}};
  const Audit found = audit(lesson);
  const auto missing = std::ranges::find(found.mistakes, Mistake::missing_two, &Audit::Shown::mistake);
  BOOST_REQUIRE((missing != found.mistakes.end() && missing->digits));
  BOOST_TEST(*missing->digits == 1);
}

BOOST_AUTO_TEST_CASE(a_roster_as_it_comes) {
  const TemporaryFolder folder;
  const auto roster = load_roster(folder.write("r.csv", "\xEF\xBB\xBFName;Student;E-Mail\r\n\"Lovelace; Ada\";ada;a@b\r\n;../../etc/passwd;\r\n;ADA;\r\n;'=cmd|x;\r\n;J\xC3\xBCrgen;\r\n"));
  BOOST_REQUIRE(roster.size() == 5u);
  BOOST_TEST(roster[0].student == "ada");
  BOOST_TEST(roster[0].name == "Lovelace; Ada");
  BOOST_TEST(roster[3].student == "=cmd|x");
  std::set<std::string> files;
  for (const RosterEntry& entry : roster) {
    BOOST_TEST(entry.file.find_first_of("/\\|:") == std::string::npos, entry.file);
    BOOST_TEST(!entry.file.starts_with('.'));
    files.insert(entry.file);
  }
  BOOST_TEST(files.size() == 5u);
  BOOST_TEST(problems_of_roster(folder, "") != "");
  BOOST_TEST(problems_of_roster(folder, "name\nx\n").find("\"student\" is missing") != std::string::npos);
  BOOST_TEST(problems_of_roster(folder, "student\na\na\n\"b\n").find("2:") == std::string::npos);
  BOOST_TEST(problems_of_roster(folder, "name,student\n\"b,x\n") == "2:1: the quotes of this line are not balanced\n");
  BOOST_TEST(problems_of_roster(folder, "name,student\nAda,\nJo,a\nJo,a\n") == "2:5: the student is missing\n4:4: \"a\" stands in the roster twice\n");
  BOOST_TEST(problems_of_roster(folder, "student,name\na,A,b,B\nc,C,\n") == "2:5: " + std::string(goes_beyond_columns) + "\n");
  BOOST_TEST(load_roster(folder.write("mixed.csv", "student,name\na,A\rb,B\r\nc,C\n")).size() == 3u);
  BOOST_TEST(problems_of_roster(folder, "student\na\na\n\"b\n").find("3:1: \"a\" stands in the roster twice\n4:1: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_roster_as_spreadsheet_programs_write_it) {
  const TemporaryFolder folder;
  const auto roster = load_roster(folder.write("r.csv", "sep=;\rName;Student\r\"Ada\rLovelace\";ada\rBob;bob\r"));
  BOOST_REQUIRE(roster.size() == 2u);
  BOOST_TEST(roster[0].student == "ada");
  BOOST_TEST(roster[1].name == "Bob");
  // Nobody is lost between two slips.
  BOOST_TEST(problems_of_roster(folder, "student,name\na,\"A\nb,B\nc,C\nd,D\"\n") == "2:1: the quotes of this line are not balanced\n5:1: the quotes of this line are not balanced\n");
}

BOOST_AUTO_TEST_CASE(a_text_in_a_table_is_no_formula_and_is_read_back_as_it_was) {
  for (const std::string text : {"=1+1", "+1", "-1", "@x", "a;=1+1;b", "a,=1", "=;=", "plain", "a-b;c", "O'Neill", "Smith, J.", "'quoted'"}) {
    const std::string cell = csv_text(text);
    for (const char* formula : {"=", "+", "@"}) {
      for (const char* before : {";", ",", "\""}) BOOST_TEST(cell.find(std::string(before) + formula) == std::string::npos, cell);
      BOOST_TEST(!cell.starts_with(formula));
    }
    const bool quoted = cell.starts_with('"');
    BOOST_TEST(csv_label(quoted ? cell.substr(1, cell.size() - 2) : cell) == text);
  }
}

BOOST_AUTO_TEST_CASE(a_formula_behind_what_is_not_seen_is_a_formula) {
  for (const std::string text : {"＝1+1", "＋1", "－1", "＠x", "\u200B=1", "\u00A0+1", "\uFEFF@x", "a;\u2060 =1", "\u3000\u200E＝1", "\u00AD=5", "\u034F\u3164+1", "\uFE0F@x", "\U000E0020-1"}) {
    const std::string cell = csv_text(text);
    const std::string mark = text.starts_with("a;") ? "\"a;'" : "'";
    BOOST_TEST(cell.starts_with(mark), cell);
    BOOST_TEST(csv_label(mark == "'" ? cell : cell.substr(1, cell.size() - 2)) == text);
  }
  for (const std::string text : {"\u200Bplain", "ａ＝b", " x", "\u200B"}) BOOST_TEST(csv_text(text) == text);
}

BOOST_AUTO_TEST_CASE(nothing_from_a_sheet_becomes_a_formula_or_markup) {
  SheetGrade sheet;
  sheet.student = "=HYPERLINK(\"http://x\")<script>";
  sheet.title = "+1";
  sheet.problems.push_back({"@a.csv", 1, 1, 1, "<img src=x onerror=y>\x1b[2J", "", 1});
  for (const std::string& text : {gradebook_row(sheet), gradebook_header(sheet.title)}) {
    BOOST_TEST(text.find(",=") == std::string::npos);
    BOOST_TEST(text.find(",+") == std::string::npos);
    BOOST_TEST(text[0] != '=');
    BOOST_TEST(text.find("\"=") == std::string::npos);
  }
  const GradeView view;
  for (const std::string& page : {grade_html(sheet, view), junit_begin() + junit_suite(sheet, false) + junit_end()}) {
    BOOST_TEST(page.find("<script") == std::string::npos);
    BOOST_TEST(page.find("<img") == std::string::npos);
  }
  for (const std::string& text : {grade_text(sheet, view), grade_line(sheet, view), grade_markdown(sheet, view), grade_json(sheet, false)}) {
    BOOST_TEST(text.find('\x1b') == std::string::npos);
  }
  BOOST_CHECK_NO_THROW(nlohmann::json::parse(grade_json(sheet, false)));
}

/// The fields Gradescope documents, and what it allows in them.
BOOST_AUTO_TEST_CASE(gradescope_reads_the_results) {
  const TemporaryFolder folder;
  Lesson lesson = dealt_lesson();
  Course course = course_of(lesson);
  const SheetGrade sheet = course.grade(folder.write("ada.csv", sheet_text(lesson, SheetFormat::csv, {"ada", ""}, true)));
  BOOST_REQUIRE(sheet.shape.has_value());
  BOOST_TEST(sheet.grade.score == sheet.grade.max_score);
  const auto json = nlohmann::json::parse(gradescope_json(sheet, false));
  BOOST_TEST(json.at("score").get<double>() == sheet.grade.score);
  BOOST_TEST(json.at("visibility") == "visible");
  BOOST_TEST(json.at("stdout_visibility") == "hidden");
  BOOST_TEST(json.at("output").is_string());
  BOOST_TEST(json.at("extra_data").is_object());
  double sum = 0;
  for (const auto& test : json.at("tests")) {
    sum += test.at("score").get<double>();
    BOOST_TEST((test.at("status") == "passed" || test.at("status") == "failed"));
    BOOST_TEST(test.at("max_score").get<double>() == 1);
    BOOST_TEST(test.at("output_format") == "text");
    for (const char* key : {"name", "number", "output", "visibility"}) BOOST_TEST(test.at(key).is_string());
    BOOST_TEST(test.at("tags").is_array());
  }
  BOOST_TEST(sum == sheet.grade.score);
}

BOOST_AUTO_TEST_CASE(hostile_files_are_named_and_harm_nobody) {
  const TemporaryFolder folder;
  const Lesson lesson = dealt_lesson();
  Course course = course_of(lesson);
  const std::string good = sheet_text(lesson, SheetFormat::csv, {}, true);
  const auto problem = [&](const std::filesystem::path& file) {
    const SheetGrade sheet = course.grade(file);
    BOOST_TEST(!sheet.shape.has_value(), file.string());
    return sheet.problems.empty() ? std::string() : sheet.problems.front().message;
  };
  BOOST_TEST(problem(folder.write("empty.csv", "")).find("empty") != std::string::npos);
  BOOST_TEST(problem(folder.write("zeros.csv", std::string(5000, '\0'))).find("binary") != std::string::npos);
  BOOST_TEST(problem(folder.write("book.xlsx", "PK\x03\x04 and so on")).find("save the sheet as CSV") != std::string::npos);
  BOOST_TEST(problem(folder.path() / "missing.csv").find("no such file") != std::string::npos);
  BOOST_TEST(problem(folder.path()).find("director") != std::string::npos);
  const auto huge = folder.write("huge.csv", "x");
  std::filesystem::resize_file(huge, HandedIn::largest + 1);
  BOOST_TEST(!problem(huge).empty());
  Course open([](const std::string& name) -> Lesson { throw InputError(name, "sought"); }, std::nullopt);
  const SheetGrade path = open.grade(folder.write("path.csv", "example,quantity,layer,j,k,value,lesson\n0,C,,,,1,../../etc/passwd\n"));
  BOOST_REQUIRE(!path.problems.empty());
  BOOST_TEST(path.problems[0].message.find("names a path") != std::string::npos);
  // A broken row is said and the rest is graded.
  const SheetGrade part = course.grade(folder.write("part.csv", good + "0,dC/dq,1,0,,3\n"));
  BOOST_TEST(part.shape.has_value());
  BOOST_TEST(part.grade.score == part.grade.max_score);
  BOOST_TEST(part.problems.size() == 1u);
}

/// Where there is one example its number may be left out; where there are several nobody's answer is taken for another's.
BOOST_AUTO_TEST_CASE(an_answer_counts_for_its_own_example) {
  const TemporaryFolder folder;
  Lesson lesson = dealt_lesson();
  lesson.homework->blanks = {"delta"};
  const std::string header = "example,quantity,layer,j,k,value\n";
  Course one = course_of(lesson);
  SheetGrade sheet = one.grade(folder.write("one.csv", header + ",delta,1,0,,0.5\n3,delta,1,1,,0.5\n9,delta,1,1,,0.5\n"));
  BOOST_REQUIRE(sheet.grade.answers.size() == 4u);
  for (const Answer& answer : sheet.grade.answers) BOOST_TEST(answer.given.present == (to_string(answer.name, false) == "delta[1][0]"));
  BOOST_REQUIRE(sheet.problems.size() == 1u);
  BOOST_TEST(sheet.problems[0].message == "3:delta[1][1] is no number of this lesson, and is left aside, as are others like it");
  BOOST_TEST(sheet.problems[0].line == 3u);
  lesson.examples.push_back(lesson.examples.front());
  Course several = course_of(lesson);
  sheet = several.grade(folder.write("two.csv", header + ",delta,1,0,,0.5\n1,delta,1,1,,0.5\n"));
  for (const Answer& answer : sheet.grade.answers) BOOST_TEST(answer.given.present == (to_string(answer.name, true) == "1:delta[1][1]"));
  BOOST_TEST(sheet.problems.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_variant_without_its_secret_is_graded_by_the_numbers_on_it) {
  const TemporaryFolder folder;
  const Lesson lesson = dealt_lesson();
  const Variant ada = Dealer(lesson, secret).deal("ada");
  Course course = course_of(lesson);
  const SheetGrade sheet = course.grade(folder.write("ada.csv", sheet_text(ada.lesson, SheetFormat::csv, {"ada", ada.id}, true)));
  BOOST_TEST(sheet.grade.score == sheet.grade.max_score);
  BOOST_TEST(sheet.grade.max_score > 0);
  BOOST_REQUIRE(sheet.problems.size() == 1u);
  BOOST_TEST(sheet.problems[0].message.find("graded by the numbers on the sheet itself") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_variant_whose_numbers_are_gone_is_not_graded_without_its_secret) {
  const TemporaryFolder folder;
  const Lesson lesson = dealt_lesson();
  const Variant ada = Dealer(lesson, secret).deal("ada");
  const std::string whole = sheet_text(ada.lesson, SheetFormat::csv, {"ada", ada.id}, true);
  const auto without = [&](const std::string& row, const std::string& instead) {
    std::string text = whole;
    const std::size_t at = text.find("\n" + row) + 1;
    const std::size_t end = text.find(",two-outputs", at);
    return text.replace(at, end - at, instead);
  };
  for (const std::string row : {",w,1,0,1,", ",b,2,0,,", "0,a,0,0,,", "0,y,2,1,,"}) {
    for (const std::string& value : {std::string(), std::string("03.Jan"), std::string("1,483")}) {
      const std::string text = without(row, row + (value.empty() ? "" : "\"" + value + "\""));
      Course course = course_of(lesson);
      const SheetGrade sheet = course.grade(folder.write("ada.csv", text));
      BOOST_TEST(!sheet.shape.has_value());
      BOOST_REQUIRE(sheet.problems.size() == (value.empty() ? 1u : 2u));
      BOOST_TEST(sheet.problems[0].message.find("--roster") != std::string::npos, sheet.problems[0].message);
      // With them it is.
      Course known = course_of(lesson);
      known.enroll({{"ada", "", "", "", "ada"}}, secret);
      const SheetGrade graded = known.grade(folder.path() / "ada.csv");
      BOOST_TEST(graded.grade.score == graded.grade.max_score);
      BOOST_TEST(graded.grade.max_score > 0);
    }
  }
  Course course = course_of(lesson);
  const SheetGrade sheet = course.grade(folder.write("ada.csv", without(",w,1,0,1,", ",note,1,0,1,")));
  BOOST_TEST(!sheet.shape.has_value());
  BOOST_TEST(sheet.problems[0].message == "is variant " + ada.id + ", but of its given numbers are missing or unreadable: w[1][0,1]; gradtrace grade with --roster and --secret-file knows them");
}

/// Otherwise a whole class is marked wrong without a word.
BOOST_AUTO_TEST_CASE(a_sheet_of_another_variant_than_was_dealt_is_said_to_be) {
  const TemporaryFolder folder;
  const Lesson lesson = dealt_lesson();
  const Secret other("another secret of 32 characters!");
  const Variant ada = Dealer(lesson, secret).deal("ada"), wrong = Dealer(lesson, other).deal("ada");
  const auto graded = [&](const std::string& variant) {
    Course course = course_of(lesson);
    course.enroll({{"ada", "", "", "", "ada"}}, other);
    return course.grade(folder.write("ada.csv", sheet_text(ada.lesson, SheetFormat::csv, {"ada", variant}, true)));
  };
  const std::string but = ", but the roster and the secret deal " + wrong.id + " to ada: another secret, roster or lesson?";
  SheetGrade sheet = graded(ada.id);
  BOOST_REQUIRE(sheet.problems.size() == 1u);
  BOOST_TEST(sheet.problems[0].message == "is variant " + ada.id + but);
  BOOST_TEST(sheet.problems[0].line == 2u);
  BOOST_TEST(sheet.problems[0].column == 31u);
  BOOST_TEST(sheet.grade.score < sheet.grade.max_score);
  const GradeView view;
  BOOST_TEST(grade_line(sheet, view).find("other numbers?") != std::string::npos);
  BOOST_TEST(nlohmann::json::parse(grade_json(sheet, false)).at("problems").size() == 1u);
  ClassReport report;
  report.add(sheet);
  BOOST_REQUIRE(report.doubtful().size() == 1u);
  for (const std::string& text : {class_text(report, view), class_html(report)}) BOOST_TEST(text.find("is variant " + ada.id) != std::string::npos);
  sheet = graded("");
  BOOST_REQUIRE(sheet.problems.size() == 1u);
  BOOST_TEST(sheet.problems[0].message == "names no variant" + but);
  // The right name above another's numbers.
  sheet = graded(wrong.id);
  BOOST_REQUIRE(sheet.problems.size() == 1u);
  BOOST_TEST(sheet.problems[0].message.find(" on the sheet, but ") != std::string::npos);
  BOOST_TEST(sheet.problems[0].message.ends_with(": graded by the lesson's"));
  BOOST_TEST(sheet.doubt != "");
}

/// Bob's answers under Ada's name are found out, even where one was put right.
BOOST_AUTO_TEST_CASE(answers_that_fit_another_sheet_are_said_to) {
  const TemporaryFolder folder;
  const Lesson lesson = dealt_lesson();
  const Dealer dealer(lesson, secret);
  const Variant ada = dealer.deal("ada"), bob = dealer.deal("bob");
  Course course = course_of(lesson);
  course.enroll({{"ada", "", "", "", "ada"}, {"bob", "", "", "", "bob"}, {"eve", "", "", "", "eve"}}, secret);
  const std::string own = sheet_text(ada.lesson, SheetFormat::csv, {"ada", ada.id}, true);
  const SheetGrade honest = course.grade(folder.write("ada.csv", own));
  BOOST_TEST(honest.grade.score == honest.grade.max_score);
  BOOST_TEST(honest.fits == "");
  std::string copied = sheet_text(bob.lesson, SheetFormat::csv, {"ada", ada.id}, true);
  const std::string start = "0,delta,2,0,,";
  const std::size_t to = copied.find(start), from = own.find(start);
  copied.replace(to, copied.find('\n', to) - to, own.substr(from, own.find('\n', from) - from));
  const SheetGrade found = course.grade(folder.write("copied.csv", copied));
  BOOST_TEST(found.fits == "bob");
  BOOST_REQUIRE(!found.problems.empty());
  BOOST_TEST(found.problems.back().message == "these answers fit bob's numbers");
  // One answer of Bob's among wrong ones accuses nobody.
  const Variant stranger = dealer.deal("stranger");
  std::string mostly = sheet_text(stranger.lesson, SheetFormat::csv, {"ada", ada.id}, true);
  const std::string bobs = sheet_text(bob.lesson, SheetFormat::csv, {"bob", bob.id}, true);
  const std::size_t place = mostly.find(start), of_bob = bobs.find(start);
  mostly.replace(place, mostly.find('\n', place) - place, bobs.substr(of_bob, bobs.find('\n', of_bob) - of_bob));
  BOOST_TEST(course.grade(folder.write("mostly.csv", mostly)).fits == "");
  // A blank sheet fits nobody's.
  BOOST_TEST(course.grade(folder.write("blank.csv", sheet_text(ada.lesson, SheetFormat::csv, {"ada", ada.id}, false))).fits == "");
}

BOOST_AUTO_TEST_CASE(the_class_is_counted_by_ideas) {
  const TemporaryFolder folder;
  Lesson lesson = dealt_lesson();
  Course course = course_of(lesson);
  std::string sheet = sheet_text(lesson, SheetFormat::csv, {}, true);
  ClassReport report;
  report.add(course.grade(folder.write("right.csv", sheet)));
  const std::size_t at = sheet.find("0,delta,2,0,,"), end = sheet.find(',', at + 13);
  sheet.replace(at + 13, end - at - 13, "1.48273");  // ∂C/∂a, the slope left out
  report.add(course.grade(folder.write("wrong.csv", sheet)));
  report.add(course.grade(folder.path() / "missing.csv"));
  BOOST_TEST(report.sheets() == 3u);
  BOOST_TEST(report.graded() == 2u);
  const auto& part = report.lessons().at("two-outputs");
  BOOST_TEST(part.ideas.at(Mistake::missing_slope).sheets == 1u);
  BOOST_TEST(report.unreadable().size() == 1u);
  const std::string page = class_html(report);
  BOOST_TEST(page.find("missing-slope") != std::string::npos);
  BOOST_TEST(page.find("://") == std::string::npos);  // nothing is fetched
}

BOOST_AUTO_TEST_CASE(a_class_is_counted_in_tenths_and_its_lists_end) {
  ClassReport report;
  SheetGrade sheet;
  sheet.lesson = "made";
  sheet.shape = SheetShape{};
  sheet.grade.max_score = 20;
  sheet.grade.answers.resize(3);
  sheet.grade.answers[0].verdict = AnswerVerdict::correct;
  sheet.grade.answers[1].verdict = AnswerVerdict::follows;
  sheet.grade.answers[2].verdict = AnswerVerdict::wrong;
  for (const double score : {0.0, 1.0, 2.0, 17.0, 18.0, 20.0}) {
    sheet.grade.score = score;
    report.add(sheet);
  }
  BOOST_TEST(report.tenths() == (std::array<std::size_t, 10>{2, 1, 0, 0, 0, 0, 0, 0, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST(report.mean_share() == 58.0 / 120, boost::test_tools::tolerance(1e-14));
  const ClassReport::LessonPart& part = report.lessons().at("made");
  BOOST_TEST(part.sheets == 6u);
  BOOST_TEST(part.max_score == 20);
  BOOST_TEST(part.blanks[0].missed() == 0u);
  BOOST_TEST(part.blanks[1].missed() == 0u);
  BOOST_TEST(part.blanks[2].missed() == 6u);
  sheet.fits = "bob";
  for (int i = 0; i < 1200; ++i) report.add(sheet);
  BOOST_TEST(report.strangers().size() == 1000u);
  BOOST_TEST(part.sheets == 6u);  // they say nothing of what was understood
  sheet.shape.reset();
  for (int i = 0; i < 1200; ++i) report.add(sheet);
  BOOST_TEST(report.unreadable().size() == 1000u);
  BOOST_TEST(report.unreadable_count() == 1200u);
}

BOOST_AUTO_TEST_CASE(every_number_has_a_place_of_its_own) {
  const Network network = mazur().network;
  for (const std::size_t examples : {1u, 2u, 3u}) {
    const Numbers numbers(network, examples);
    BOOST_TEST(numbers.size() == examples * 43 + (examples > 1 ? 13 : 0));  // and the means of C, ∂C/∂b and ∂C/∂w
    for (std::size_t i = 0; i < numbers.size(); ++i) BOOST_TEST((numbers.index(numbers.name(i)) == i), i);
    BOOST_TEST(!numbers.index(Name{Scope::of_example(examples), Quantity::C, Name::none, Name::none, Name::none}).has_value());
    BOOST_TEST(!numbers.index(parse_name("w[1][0,0]")).has_value());
    BOOST_TEST(numbers.index(parse_name("mean:dC/dw[1][0,0]")).has_value() == (examples > 1));
  }
}

BOOST_AUTO_TEST_CASE(results_come_in_order_and_errors_come_out) {
  for (const std::size_t jobs : {1u, 2u, 7u}) {
    std::size_t given = 0;
    std::vector<std::size_t> taken;
    in_order<std::size_t, std::size_t>(
        jobs, [&](std::size_t& thing) { return thing = given, given++ < 2000; }, [](std::size_t thing) { return thing * thing; },
        [&](std::size_t result) { taken.push_back(result); });
    BOOST_REQUIRE(taken.size() == 2000u);
    for (std::size_t i = 0; i < taken.size(); ++i) BOOST_TEST(taken[i] == i * i);
    given = 0;
    const auto failing = [&](std::size_t at) {
      in_order<std::size_t, std::size_t>(
          jobs, [&](std::size_t& thing) { return thing = given, given++ < 100; },
          [&](std::size_t thing) { return thing == at ? throw std::runtime_error("worker") : thing; },
          [&](std::size_t result) { if (result == 50) throw std::runtime_error("taker"); });
    };
    BOOST_CHECK_THROW(failing(20), std::runtime_error);
    given = 0;
    BOOST_CHECK_THROW(failing(1000), std::runtime_error);
  }
}

BOOST_AUTO_TEST_SUITE_END()
