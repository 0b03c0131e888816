#include "lesson/load.hpp"

#include "base/error.hpp"
#include "lesson/array_bytes.hpp"
#include "temporary_folder.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <ostream>

using namespace gradtrace;

namespace {

const std::string head = "title = \"T\"\n[network]\ncost = \"squared-error\"\n";
const std::string example = "[[example]]\ninput = [1, 2]\ntarget = [0, 1]\n";

std::string layer(const std::string& weights, const std::string& biases,
                  const std::string& more = "") {
  return "[[layer]]\nactivation = \"sigmoid\"\n" + more + "weights = " + weights +
         "\nbiases = " + biases + "\n";
}

std::vector<double> numbers(const auto& tensor) { return {tensor.begin(), tensor.end()}; }

Lesson lesson_from(const TemporaryFolder& folder, const std::string& text) {
  return load_lesson(folder.write("lesson.toml", text));
}

std::string error_of(const std::filesystem::path& file) {
  try {
    load_lesson(file);
  } catch (const InputError& error) {
    std::string text = error.what();
    const std::string path = file.string();
    return text.substr(path.size(), text.find('\n') - path.size());
  }
  return "no error";
}

using Numbers = std::vector<double>;

}  // namespace

BOOST_AUTO_TEST_SUITE(load)

BOOST_AUTO_TEST_CASE(reads_every_key_there_is) {
  const TemporaryFolder folder;
  const Lesson lesson = load_lesson(folder.write("07-two-outputs.toml", R"(
title = "Two outputs"
about = """Markdown
of two lines."""
[network]
inputs = 2
cost = "half-squared-error"
learning_rate = 0.5
[[layer]]
activation = "leaky-relu"
alpha = 0.2
neurons = 2
weights = [[0.15, 0.20], [0.25, -3]]
biases = [0.35, 1]
[[layer]]
activation = "softmax"
weights = [[1, 2], [3, 4]]
biases = [5, 6]
[[example]]
input = [0.05, 0.10]
target = [0.01, 0.99]
[check]
method = "five-point"
tolerance = 1e-7
[[question]]
ask = "Which?"
choose = ["a", "b", "c"]
answer = 1
because = "so"
[[question]]
ask = "How much?"
answer = "delta[2][0]"
because = "thus"
[homework]
blanks = ["dC/da", "dC/dw[2][0,1]", "0:slope[2][1,0]", "dC/da[0][1]"]
points = 2
digits = 4
vary = {weights = [-1, 1.0], biases = [-0.5, 0.5], inputs = [0, 1]}
[golden]
keep = ["C", "mean"]
)"));
  BOOST_TEST(lesson.name == "07-two-outputs");
  BOOST_TEST(lesson.title == "Two outputs");
  BOOST_TEST(lesson.about == "Markdown\nof two lines.");
  BOOST_TEST(lesson.learning_rate == 0.5);
  const Network& network = lesson.network;
  BOOST_TEST(network.inputs == 2u);
  BOOST_TEST((network.cost == Cost::half_squared_error));
  BOOST_REQUIRE(network.depth() == 2u);
  BOOST_TEST((network.layer(1).activation == Activation::leaky_relu));
  BOOST_TEST(network.layer(1).alpha == 0.2);
  BOOST_TEST(numbers(network.layer(1).weights) == (Numbers{0.15, 0.20, 0.25, -3}));
  BOOST_TEST(network.layer(2).weights(0, 1) == 2);  // into neuron 0 from neuron 1
  BOOST_TEST(numbers(network.layer(2).biases) == (Numbers{5, 6}));
  BOOST_REQUIRE(lesson.examples.size() == 1u);
  BOOST_TEST(numbers(lesson.examples[0].input) == (Numbers{0.05, 0.10}));
  BOOST_TEST(numbers(lesson.examples[0].target) == (Numbers{0.01, 0.99}));
  BOOST_TEST(*lesson.check.method == "five-point");
  BOOST_TEST(*lesson.check.tolerance == 1e-7);
  BOOST_REQUIRE(lesson.questions.size() == 2u);
  BOOST_TEST(lesson.questions[0].choose.size() == 3u);
  BOOST_TEST(lesson.questions[0].right_choice == 1u);
  BOOST_TEST(!lesson.questions[0].answer);
  BOOST_TEST(to_string(*lesson.questions[1].answer, false) == "delta[2][0]");
  BOOST_TEST(lesson.homework->blanks == (std::vector<std::string>{"dC/da", "dC/dw[2][0,1]",
                                                                  "slope[2][1,0]", "dC/da[0][1]"}),
             boost::test_tools::per_element());
  BOOST_TEST(lesson.homework->points == 2);
  BOOST_TEST(lesson.homework->digits == 4);
  BOOST_TEST(lesson.homework->vary_weights->low == -1);
  BOOST_TEST(lesson.homework->vary_inputs->high == 1);
  BOOST_TEST(lesson.golden_keep == (std::vector<std::string>{"C", "mean"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(needs_no_more_than_the_contract_says) {
  const TemporaryFolder folder;
  const Lesson lesson = lesson_from(folder, head + layer("[[1, 2], [3, 4]]", "[5, 6]") + example);
  BOOST_TEST(lesson.network.inputs == 2u);
  BOOST_TEST(lesson.learning_rate == 0.1);
  BOOST_TEST(lesson.about.empty());
  BOOST_TEST(!lesson.homework);
  BOOST_TEST(lesson.questions.empty());
  BOOST_TEST(!lesson.several_examples());
}

BOOST_AUTO_TEST_CASE(accepts_a_byte_order_mark_and_line_ends_of_every_system) {
  const TemporaryFolder folder;
  std::string text = head + layer("[[1, 2], [3, 4]]", "[5, 6]") + example;
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2)
    text.replace(at, 1, "\r\n");
  BOOST_TEST(lesson_from(folder, "\xEF\xBB\xBF" + text).title == "T");
  BOOST_TEST(error_of(folder.write(
                 "x.toml", "\xEF\xBB\xBFtitel = \"T\"\r\n" + text.substr(text.find('\n') + 1))) ==
             ":1:1: error: unknown key \"titel\"; did you mean \"title\"?");
}

BOOST_AUTO_TEST_CASE(takes_quotes_backslashes_and_dots_in_its_texts_for_what_they_are) {
  const TemporaryFolder folder;
  const Lesson lesson = lesson_from(folder, R"(title = 'σ\δ . . . . . . . . . . . . . . . . . .'
about = """a "quoted "é"""" # it's a comment … "with
[network]
cost = "squared-error"
)" + layer("[[1, 2], [3, 4]]", "[5, 6]") + example +
                                                R"([[question]]
ask = """say "é""""
choose = ["""a"""", "é", ''''ü'''']
answer = 0
because = "\u00e9 \\ \"é\""
)");
  BOOST_TEST(lesson.title.starts_with("σ\\δ . ."));
  BOOST_TEST(lesson.about == "a \"quoted \"é\"");
  BOOST_TEST(lesson.questions[0].choose == (std::vector<std::string>{"a\"", "é", "'ü'"}),
             boost::test_tools::per_element());
  BOOST_TEST(lesson.questions[0].because == "é \\ \"é\"");
}

BOOST_AUTO_TEST_CASE(takes_weights_and_biases_from_files_beside_it) {
  const TemporaryFolder folder;
  folder.write("w.npy", npy_of("<f4", "(2, 2)", bytes_of<float>({1, 2, 3, 4})));
  folder.write("row.csv", "5;6,5\n");
  folder.write("column.npy.gz", gzipped(npy_of("<f8", "(2, 1)", bytes_of<double>({7, 8}))));
  const Lesson lesson = lesson_from(
      folder, head + layer("{file = \"w.npy\"}", "{file = \"row.csv\"}") +
                  layer("{file = \"./w.npy\"}", "{file = \"column.npy.gz\"}") + example);
  BOOST_TEST(numbers(lesson.network.layer(1).weights) == (Numbers{1, 2, 3, 4}));
  BOOST_TEST(numbers(lesson.network.layer(1).biases) == (Numbers{5, 6.5}));
  BOOST_TEST(numbers(lesson.network.layer(2).biases) == (Numbers{7, 8}));
}

BOOST_AUTO_TEST_CASE(draws_what_is_random_row_by_row) {
  const TemporaryFolder folder;
  const Lesson lesson =
      lesson_from(folder, head +
                              layer("{random = \"normal\", scale = 0.5, seed = 7}",
                                    "{random = \"uniform\", scale = 2}", "neurons = 2\n") +
                              example);
  // The numbers of random_numbers_test, scaled; the seed is 0 unless given.
  BOOST_TEST(numbers(lesson.network.layer(1).weights) ==
             (Numbers{0.5 * 0.6883547818447584, 0.5 * 1.6381155382785946, 0.5 * -1.1880123044394364,
                      0.5 * 1.2367668656066144}));
  BOOST_TEST(numbers(lesson.network.layer(1).biases) ==
             (Numbers{2 * -0.68041327325907841, 2 * 0.98429041925965755}));
}

BOOST_AUTO_TEST_CASE(learns_the_number_of_inputs_from_weights_examples_or_data) {
  const TemporaryFolder folder;
  const std::string drawn = layer("{random = \"normal\"}", "[0, 0]");
  BOOST_TEST(lesson_from(folder, head + layer("[[1, 2, 3]]", "[0]") +
                                     "[[example]]\ninput = [1, 2, 3]\ntarget = [1]\n")
                 .network.inputs == 3u);
  BOOST_TEST(lesson_from(folder, head + drawn + example).network.inputs == 2u);
  folder.write("x.csv", "1,2,3,4\n");
  BOOST_TEST(
      lesson_from(folder, head + drawn + "[dataset]\ninputs = {file = \"x.csv\"}\nlabels = [1]\n")
          .network.inputs == 4u);
}

BOOST_AUTO_TEST_CASE(turns_labels_into_one_hot_targets_and_scales_images) {
  const TemporaryFolder folder;
  folder.write("images.idx3-ubyte.gz",
               gzipped(idx(0x08, {4, 1, 2}, std::string("\0\1\2\3\4\5\x64\xff", 8))));
  folder.write("labels.idx1-ubyte", idx(0x08, {4}, std::string("\0\1\1\0", 4)));
  const Lesson lesson = lesson_from(
      folder, head + layer("[[1, 2], [3, 4]]", "[5, 6]") + example +
                  "[dataset]\ninputs = {file = \"images.idx3-ubyte.gz\"}\n"
                  "labels = {file = \"labels.idx1-ubyte\"}\nskip = 2\ntake = 32\nscale = 0.5\n");
  BOOST_REQUIRE(lesson.examples.size() == 3u);  // [[example]] first
  BOOST_TEST(numbers(lesson.examples[0].input) == (Numbers{1, 2}));
  BOOST_TEST(numbers(lesson.examples[1].input) == (Numbers{2, 2.5}));
  BOOST_TEST(numbers(lesson.examples[1].target) == (Numbers{0, 1}));
  BOOST_TEST(numbers(lesson.examples[2].input) == (Numbers{50, 127.5}));
  BOOST_TEST(numbers(lesson.examples[2].target) == (Numbers{1, 0}));
}

BOOST_AUTO_TEST_CASE(takes_as_many_rows_of_targets_as_of_inputs) {
  const TemporaryFolder folder;
  folder.write("x.npy", npy_of("<i4", "(3, 2)", bytes_of<std::int32_t>({1, 2, 3, 4, 5, 6})));
  folder.write("y.csv", "p,q\n1,0\n0,1\n0.5,0.5\n");
  const Lesson lesson =
      lesson_from(folder, head + layer("[[1, 2], [3, 4]]", "[5, 6]") +
                              "[dataset]\ninputs = {file = \"x.npy\"}\ntargets = {file "
                              "= \"y.csv\"}\nskip = 1\ntake = 1\n");
  BOOST_REQUIRE(lesson.examples.size() == 1u);
  BOOST_TEST(numbers(lesson.examples[0].input) == (Numbers{3, 4}));
  BOOST_TEST(numbers(lesson.examples[0].target) == (Numbers{0, 1}));
}

BOOST_AUTO_TEST_CASE(knows_names_by_the_rules_of_lessons_with_several_examples) {
  const TemporaryFolder folder;
  const std::string text = head + layer("[[1, 2], [3, 4]]", "[5, 6]") + example + example;
  const Lesson lesson = lesson_from(
      folder, text +
                  "[homework]\nblanks = [\"1:delta[1][0]\", \"mean:C\", \"mean:dC/dw[1][0,1]\"]\n"
                  "[[question]]\nask = \"?\"\nanswer = \"w[1][0,1]\"\nbecause = \"!\"\n");
  BOOST_TEST(lesson.homework->blanks.size() == 3u);
  BOOST_TEST((lesson.questions[0].answer->scope.kind == Scope::Kind::none));
  BOOST_TEST(error_of(folder.write("x.toml", text + "[homework]\nblanks = [\"2:C\"]\n")) ==
             ":15:11: error: \"2:C\" is not in this lesson: there is no example 2; the last is 1");
}

BOOST_AUTO_TEST_CASE(points_at_the_file_whose_numbers_are_wrong_and_says_where_in_it) {
  const TemporaryFolder folder;
  folder.write("b.csv", "1\nnan\n");
  folder.write("l.npy", npy_of("|u1", "(2,)", "\x01\x02"));
  const std::string text = head + layer("[[1, 2], [3, 4]]", "[5, 6]");
  BOOST_TEST(
      error_of(folder.write("x.toml",
                            head + layer("[[1, 2], [3, 4]]", "{file = \"b.csv\"}") + example)) ==
      ":7:18: error: biases of layer 1 from b.csv: line 2, cell 1: \"nan\" is no finite number");
  BOOST_TEST(
      error_of(folder.write(
          "x.toml",
          text + "[dataset]\ninputs = [[1, 2], [3, 4]]\nlabels = {file = \"l.npy\"}\n")) ==
      ":10:18: error: l.npy: row 1 is 2, but the network has 2 outputs, so labels are 0 to 1");
}

BOOST_AUTO_TEST_CASE(allocates_nothing_for_what_a_data_file_only_promises) {
  const TemporaryFolder folder;
  folder.write("x.npy.gz", gzipped(npy_of("|u1", "(30000, 2000)", std::string(60'000'000, '\0'))));
  const std::string text = head + layer("[[1, 2], [3, 4]]", "[5, 6]");
  BOOST_TEST(
      error_of(folder.write("x.toml", head + layer("{file = \"x.npy.gz\"}", "[1]") + example)) ==
      ":6:19: error: weights of layer 1 from x.npy.gz: the numbers would be 30000 × 2000, but a "
      "lesson may hold 50000000 numbers in all");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_lesson_without_waiting) {
  const TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe.toml";
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  BOOST_TEST(error_of(pipe) == ": error: is not a regular file");
  BOOST_TEST(error_of(folder.path()) == ": error: is a directory, not a file");
  BOOST_TEST(error_of(folder.path() / "none.toml") == ": error: no such file or directory");
  BOOST_TEST(error_of("/dev/zero") == ": error: is not a regular file");
  BOOST_TEST(
      error_of(folder.write("empty.toml", "")) ==
      ":1:1: error: the file is empty; `gradtrace new FILE.toml` writes a lesson to start from");
  BOOST_TEST(error_of(folder.write("utf16.toml", std::string("\xFF\xFEt\0", 4))) ==
             ":1:1: error: the file is UTF-16; save it as UTF-8");
  BOOST_TEST(error_of(folder.write("comment.toml", "# no end of line"))
                 .starts_with(":1:1: error: \"title\" is missing"));
  BOOST_TEST(error_of(folder.write("nul.toml", std::string("a\0 = 1", 6)))
                 .starts_with(":1:2: error: not valid TOML"));
}

BOOST_AUTO_TEST_CASE(reads_no_file_outside_the_lessons_folder_unless_that_is_allowed) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "lessons" / "data");
  folder.write("w.csv", "1,2\n3,4\n");
  folder.write("lessons/data/w.csv", "5,6\n7,8\n");
  std::filesystem::create_symlink("../w.csv", folder.path() / "lessons" / "link.csv");
  std::filesystem::create_symlink("data/w.csv", folder.path() / "lessons" / "within.csv");
  std::filesystem::create_directory_symlink("..", folder.path() / "lessons" / "up");
  const auto lesson_reading = [&](const std::string& file) {
    return folder.write("lessons/lesson.toml", head + layer("{file = \"" + file + "\"}", "[5, 6]") + example);
  };
  const std::string outside = "lies outside the lesson's folder; move it there, or allow it with --allow-outside";
  for (const std::string& file : {std::string("../w.csv"), (folder.path() / "w.csv").string(), std::string("link.csv"), std::string("up/w.csv"),
                                  std::string("data/../../w.csv"), std::string("../none.csv"), std::string("/dev/zero")}) {
    const auto lesson = lesson_reading(file);
    BOOST_TEST(error_of(lesson).find(outside) != std::string::npos, file << ": " << error_of(lesson));
  }
  for (const char* file : {"../w.csv", "link.csv", "up/w.csv"}) {
    const Lesson lesson = load_lesson(lesson_reading(file), FileAccess::anywhere);
    BOOST_TEST(numbers(lesson.network.layer(1).weights) == (Numbers{1, 2, 3, 4}), boost::test_tools::per_element());
  }
  for (const std::string& file : {std::string("data/w.csv"), std::string("within.csv"), std::string("data/../data/w.csv"),
                                  (folder.path() / "lessons" / "data" / "w.csv").string()}) {
    BOOST_TEST(numbers(load_lesson(lesson_reading(file)).network.layer(1).weights) == (Numbers{5, 6, 7, 8}), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(lists_so_many_problems_as_can_be_read) {
  const TemporaryFolder folder;
  std::string text = head + layer("[[1, 2], [3, 4]]", "[5, 6]") + example;
  for (int i = 0; i < 1000; ++i) text = "x" + std::to_string(i) + " = 1\n" + text;
  try {
    lesson_from(folder, text);
  } catch (const InputError& error) {
    BOOST_TEST(error.problems().size() == 201u);
    BOOST_TEST(error.problems().back().message == "800 more problems are not listed");
  }
}

BOOST_AUTO_TEST_CASE(survives_every_cut_of_a_lesson) {
  // Whatever is left is read or refused, at a place within the file.
  const TemporaryFolder folder;
  const std::string text = head + layer("{random = \"normal\", seed = 1}", "[5, 6]") + example +
                           "[homework]\nblanks = [\"delta[1][0]\"]\nvary = {weights = [-1, 1]}\n";
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (std::size_t length = 0; length < text.size(); ++length) {
    try {
      lesson_from(folder, text.substr(0, length));
    } catch (const InputError& error) {
      for (const Problem& problem : error.problems()) {
        BOOST_TEST((problem.line >= 1 && problem.line <= lines && problem.column >= 1));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
