// What is wrong with a lesson is said with its place, all of it at once, and nothing twice.
#include "lesson/load.hpp"

#include "base/error.hpp"
#include "temporary_folder.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <ostream>
#include <vector>

using namespace gradtrace;

namespace {

/// A lesson without faults, line by line.
const std::vector<std::string> good{
    /*  1 */ "title = \"Two layers\"",
    /*  2 */ "[network]",
    /*  3 */ "inputs = 2",
    /*  4 */ "cost = \"squared-error\"",
    /*  5 */ "[[layer]]",
    /*  6 */ "activation = \"sigmoid\"",
    /*  7 */ "weights = [[1, 2], [3, 4]]",
    /*  8 */ "biases = [5, 6]",
    /*  9 */ "[[layer]]",
    /* 10 */ "activation = \"identity\"",
    /* 11 */ "weights = [[1, 2]]",
    /* 12 */ "biases = [0]",
    /* 13 */ "[[example]]",
    /* 14 */ "input = [1, 2]",
    /* 15 */ "target = [0.5]",
};

using Edits = std::map<std::size_t, std::string>;

/// The good lesson with some lines replaced, and others (from 16) put behind it.
std::string lesson_with(const Edits& edits) {
  std::string text;
  for (std::size_t line = 1; line <= good.size(); ++line) {
    const auto edit = edits.find(line);
    text += (edit == edits.end() ? good[line - 1] : edit->second) + '\n';
  }
  for (auto edit = edits.upper_bound(good.size()); edit != edits.end(); ++edit)
    text += edit->second + '\n';
  return text;
}

/// `LINE:COLUMN: message` of every problem.
std::vector<std::string> problems_of(const std::string& text, const TemporaryFolder& folder) {
  const auto file = folder.write("lesson.toml", text);
  std::vector<std::string> lines;
  try {
    load_lesson(file);
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems()) {
      const std::string line = to_string(problem);
      const std::string prefix = file.string() + ':';
      const std::string error_mark = " error:";
      std::string shown = line.substr(prefix.size(), line.find('\n') - prefix.size());
      shown.erase(shown.find(error_mark), error_mark.size());
      lines.push_back(shown);
    }
  }
  return lines;
}

struct Fault {
  std::string name;
  Edits edits;
  std::vector<std::string> expected;
};
std::ostream& operator<<(std::ostream& out, const Fault& fault) { return out << fault.name; }

const std::string every_cost =
    "\"squared-error\", \"half-squared-error\", \"mean-squared-error\", \"binary-cross-entropy\" "
    "or \"cross-entropy\"";

const std::vector<Fault> faults_of_keys{
    {"no title", {{1, ""}}, {"1:1: \"title\" is missing"}},
    {"title is no text", {{1, "title = 3"}}, {"1:9: title must be text in quotes, but is 3"}},
    {"title is blank", {{1, "title = \" \""}}, {"1:9: title is empty"}},
    {"title of two lines",
     {{1, "title = \"a\\nb\""}},
     {"1:9: title must be one line; \"about\" may be more"}},
    {"title with an escape sequence",
     {{1, "title = \"\\u001b[2J\""}},
     {"1:9: title holds a control character, which would reach the reader's terminal"}},
    {"a misspelt key is not missing as well",
     {{1, "titel = \"x\""}},
     {"1:1: unknown key \"titel\"; did you mean \"title\"?"}},
    {"a misspelt key of a layer",
     {{8, "  bias = [5, 6]"}},
     {"8:3: unknown key \"bias\" in [[layer]]; did you mean \"biases\"?"}},
    {"an unknown key nothing resembles",
     {{4, "cost = \"squared-error\"\nfoo.bar = 1"}},
     {"5:1: unknown key \"foo\" in [network]; expected \"inputs\", \"cost\" or \"learning_rate\""}},
    {"an unknown table",
     {{16, "[chekc]\nmethod = \"central\""}},
     {"16:2: unknown key \"chekc\"; did you mean \"check\"?"}},
    {"columns count code points",
     {{14, "\"ünïcödé\"= 1; x"}},
     {"14:13: not valid TOML: parsing decimal integer: expected digit, saw ';'"}},
    {"of syntax errors the first",
     {{3, "inputs = "}, {4, "cost = "}},
     {"3:10: not valid TOML: parsing key-value pair: expected value, saw '\\n'"}},
    {"a key given twice",
     {{3, "inputs = 2\ninputs = 3"}},
     {"4:10: not valid TOML: parsing key-value pair: cannot redefine existing integer 'inputs'"}},
    {"brackets without end",
     {{16, "x = " + std::string(100'000, '[')}},
     {"16:261: not valid TOML: parsing value: exceeded maximum nested value depth of 256 "
      "(TOML_MAX_NESTED_VALUES)"}},
    {"a letter that needs quotes",
     {{3, "inputs = 2\nlé = 1"}},
     {"4:2: not valid TOML: 'é' may stand in quotes and comments only"}},
    {"a backslash before a letter of Greek",
     {{1, "title = \"\\δ\""}},
     {"1:11: not valid TOML: '\\δ' is no escape; write \\\\ for a backslash, or use single "
      "quotes"}},
    {"a dash from a word processor",
     {{7, "weights = [[−1, 2], [3, 4]]"}},
     {"7:13: not valid TOML: '−' may stand in quotes and comments only"}},
    {"a closing brace for a bracket",
     {{3, "inputs = [}"}},
     {"3:11: not valid TOML: parsing value: could not determine value type"}},
    {"a key of endless parts",
     {{3,
       [] {
         std::string key = "a";
         for (int i = 0; i < 200'000; ++i) key += ".a";
         return key + " = 1";
       }()}},
     {"3:32: a key of more than 16 parts; no key of a lesson has so many"}},
    {"not UTF-8",
     {{3, "inputs = 2 # \xe9"}},
     {"3:14: the file is not UTF-8: this byte belongs to no character"}},
    {"several faults, in the order of the file",
     {{15, "target = [true]"}, {3, "inputs = 2.5"}, {6, "activation = \"sigmod\""}},
     {"3:10: inputs must be a whole number from 1 to 50000000, but is 2.5",
      "6:14: unknown activation \"sigmod\"; did you mean \"sigmoid\"?",
      "15:11: each number of target of example 0 must be a number, but is true"}},
};

const std::vector<Fault> faults_of_networks{
    {"no network",
     {{2, ""}, {3, ""}, {4, ""}},
     {"1:1: the table [network] is missing; it needs \"cost\""}},
    {"network as an array of tables",
     {{2, "[[network]]"}},
     {"2:1: [network] is one table, with single brackets; here it is an array of tables"}},
    {"no cost", {{4, ""}}, {"2:1: \"cost\" is missing in [network]; expected " + every_cost}},
    {"a misspelt cost",
     {{4, "cost = \"square-error\""}},
     {"4:8: unknown cost \"square-error\"; did you mean \"squared-error\"?"}},
    {"a cost nothing resembles",
     {{4, "cost = \"hinge\""}},
     {"4:8: unknown cost \"hinge\"; expected " + every_cost}},
    {"cost undefined for the outputs",
     {{4, "cost = \"cross-entropy\""}},
     {"4:8: cross-entropy takes ln a, so outputs must be positive, but identity can give 0 or "
      "less; use softmax, "
      "sigmoid or softplus in the last layer"}},
    {"learning rate of 0",
     {{4, good[3] + "\nlearning_rate = 0"}},
     {"5:17: learning_rate must be more than 0, but is 0"}},
    {"learning rate not finite",
     {{4, good[3] + "\nlearning_rate = inf"}},
     {"5:17: learning_rate must be a finite number, but is inf"}},
    {"inputs against weights",
     {{7, "weights = [[1, 2, 3], [3, 4, 5]]"}},
     {"7:11: weights of layer 1 are 2 × 3, but the network has 2 inputs, so 2 × 2 is needed"}},
    {"inputs against weights and examples",
     {{3, "inputs = 3"}},
     {"3:10: inputs is 3, but layer 1 has weights for 2 inputs and the examples have 2 numbers"}},
    {"weights against examples, without inputs",
     {{3, ""}, {7, "weights = [[1], [3]]"}},
     {"7:11: weights of layer 1 are 2 × 1, but the examples have 2 inputs, so 2 × 2 is needed"}},
    {"nothing says how many inputs",
     {{3, ""}, {7, "neurons = 2\nweights = {random = \"normal\"}"}, {13, ""}, {14, ""}, {15, ""}},
     {"1:1: no example: at least one [[example]] with input and target, or a [dataset], is needed",
      "2:1: \"inputs\" is needed: neither the weights of layer 1 nor an example says how many "
      "there are"}},
    {"more than fits in a lesson",
     {{7, "neurons = 1000000000\nweights = {random = \"normal\"}"},
      {8, "biases = {random = \"uniform\"}"}},
     {"7:11: neurons must be a whole number from 1 to 50000000, but is 1000000000"}},
    {"more weights than fit in a lesson",
     {{7, "neurons = 40000000\nweights = {random = \"normal\"}"},
      {8, "biases = {random = \"uniform\"}"}},
     {"8:11: weights of layer 1 would be 40000000 × 2, but a lesson may hold 50000000 numbers in "
      "all, and 49999994 are "
      "left"}},
};

const std::vector<Fault> faults_of_layers{
    {"no layer",
     {{5, ""}, {6, ""}, {7, ""}, {8, ""}, {9, ""}, {10, ""}, {11, ""}, {12, ""}},
     {"1:1: no [[layer]]: at least one is needed, with activation, weights and biases"}},
    {"single brackets",
     {{5, "[layer]"}, {9, ""}, {10, ""}, {11, ""}, {12, ""}},
     {"5:1: layers are written [[layer]], in double brackets, one for each; here \"layer\" is a "
      "table"}},
    {"no activation", {{10, ""}}, {"9:1: layer 2 has no \"activation\""}},
    {"no weights, which hide the width",
     {{7, ""}, {8, "biases = {random = \"normal\"}"}},
     {"5:1: layer 1 has no \"weights\""}},
    {"no biases", {{12, ""}}, {"9:1: layer 2 has no \"biases\""}},
    {"alpha where it does not belong",
     {{6, good[5] + "\nalpha = 0.1"}},
     {"7:9: alpha belongs to leaky-relu, but the activation is \"sigmoid\""}},
    {"alpha as text",
     {{6, "activation = \"leaky-relu\"\nalpha = \"0.1\""}},
     {"7:9: alpha must be a number, but is \"0.1\""}},
    {"neurons against weights and biases",
     {{6, good[5] + "\nneurons = 3"}},
     {"7:11: neurons is 3, but layer 1 has weights and biases for 2"}},
    {"neurons against weights",
     {{6, good[5] + "\nneurons = 3"},
      {8, "biases = {random = \"normal\"}"},
      {11, "weights = [[1, 2, 3]]"}},
     {"8:11: weights of layer 1 are 2 × 2, but this layer has 3 neurons, so 3 × 2 is needed"}},
    {"neurons needed and missing",
     {{7, "weights = {random = \"normal\"}"}, {8, "biases = {random = \"normal\"}"}},
     {"5:1: \"neurons\" is needed in layer 1: neither its weights nor its biases say how many "
      "there are"}},
    {"neurons misspelt",
     {{7, "neuron = 2\nweights = {random = \"normal\"}"}, {8, "biases = {random = \"normal\"}"}},
     {"7:1: unknown key \"neuron\" in [[layer]]; did you mean \"neurons\"?"}},
    {"biases against weights",
     {{8, "biases = [5, 6, 7]"}},
     {"8:10: biases of layer 1 are 3, but the layer has 2 neurons (rows of weights), so 2 are "
      "needed"}},
    {"weights against the layer before",
     {{11, "weights = [[1, 2, 3]]"}},
     {"11:11: weights of layer 2 are 1 × 3, but the layer before has 2 neurons, so 1 × 2 is "
      "needed"}},
    {"a broken layer is no reason to complain about the next",
     {{7, "weights = [[1, 2], [3]]"},
      {11, "weights = [[1, 2, 3]]"},
      {8, "biases = {random = \"normal\"}"}},
     {"7:20: row 1 of weights of layer 1 has 1 number, but row 0 has 2"}},
    {"weights without inner brackets",
     {{11, "weights = [1, 2]"}},
     {"11:12: weights of layer 2 must be rows in brackets, as in [[0.1, 0.2], [0.3, 0.4]], but row "
      "0 is 1"}},
    {"biases with inner brackets",
     {{12, "biases = [[0]]"}},
     {"12:11: each number of biases of layer 2 must be a number, but is an array"}},
    {"no weights in the brackets",
     {{11, "weights = []"}},
     {"11:11: weights of layer 2 must not be empty"}},
    {"every number that is none",
     {{7, "weights = [[nan, 2],\n  [\"3\", -inf]]"}},
     {"7:13: each number of weights of layer 1 must be a finite number, but is nan",
      "8:4: each number of weights of layer 1 must be a number, but is \"3\"",
      "8:9: each number of weights of layer 1 must be a finite number, but is -inf"}},
    {"an unknown distribution",
     {{8, "biases = {random = \"gaussian\"}"}},
     {"8:20: unknown kind of random numbers \"gaussian\"; expected \"normal\" or \"uniform\""}},
    {"a negative scale",
     {{8, "biases = {random = \"normal\", scale = -1}"}},
     {"8:38: scale must be from 0 to 1e300, but is -1"}},
    {"a seed that is not whole",
     {{8, "biases = {random = \"normal\", seed = 1.5}"}},
     {"8:37: seed must be a whole number of 0 or more, but is 1.5"}},
    {"both file and random",
     {{8, "biases = {file = \"b.npy\", random = \"normal\"}"}},
     {"8:10: biases of layer 1 are given twice: by \"file\" and by \"random\""}},
    {"neither file nor random",
     {{8, "biases = {}"}},
     {"8:10: biases of layer 1 must say where the numbers are: {file = \"…\"} or {random = "
      "\"normal\"}"}},
    {"a number instead of an array",
     {{8, "biases = 5"}},
     {"8:10: biases of layer 1 must be numbers in brackets, {file = \"…\"} or {random = "
      "\"normal\"}, but is 5"}},
    {"a file that is not there",
     {{8, "biases = {file = \"none.npy\"}"}},
     {"8:18: biases of layer 1 from none.npy: no such file or directory"}},
    {"a folder for a file",
     {{8, "biases = {file = \"x.npy/..\"}"}},
     {"8:18: biases of layer 1 from x.npy/..: what this file holds cannot be told from its name; "
      "expected .npy, .csv or "
      ".idx, .gz behind it or not"}},
};

const std::vector<Fault> faults_of_examples{
    {"no example",
     {{13, ""}, {14, ""}, {15, ""}},
     {"1:1: no example: at least one [[example]] with input and target, or a [dataset], is "
      "needed"}},
    {"an empty list of examples",
     {{1, "title = \"x\"\nexample = []"}, {13, ""}, {14, ""}, {15, ""}},
     {"2:11: example is empty; at least one example is needed"}},
    {"no target", {{15, ""}}, {"13:1: example 0 has no \"target\""}},
    {"an input too long",
     {{16, "[[example]]\ninput = [1, 2, 3]\ntarget = [1]"}},
     {"17:9: input of example 1 has 3 numbers, but the network has 2 inputs"}},
    {"a target too long",
     {{15, "target = [1, 2]"}},
     {"15:10: target of example 0 has 2 numbers, but the network has 1 output"}},
    {"targets the cost refuses",
     {{4, "cost = \"binary-cross-entropy\""}, {10, good[5]}, {15, "target = [1.5]"}},
     {"15:11: binary-cross-entropy needs targets from 0 to 1"}},
    {"random inputs",
     {{14, "input = {random = \"normal\"}"}},
     {"14:10: unknown key \"random\" in input of example 0; expected \"file\""}},
    {"a data set without targets",
     {{16, "[dataset]\ninputs = [[1, 2]]"}},
     {"16:1: [dataset] needs \"targets\" or \"labels\""}},
    {"a data set with both",
     {{16, "[dataset]\ninputs = [[1, 2]]\ntargets = [[0]]\nlabels = [0]"}},
     {"19:10: [dataset] has \"targets\" and \"labels\"; one of them is needed, not both"}},
    {"a data set without inputs",
     {{16, "[dataset]\nlabels = [0]"}},
     {"16:1: [dataset] needs \"inputs\""}},
    {"rows too long",
     {{16, "[dataset]\ninputs = [[1, 2, 3]]\nlabels = [0]"}},
     {"17:10: inputs has 3 numbers a row, but the network has 2 inputs"}},
    {"rows that do not match",
     {{16, "[dataset]\ninputs = [[1, 2], [3, 4]]\ntargets = [[1]]"}},
     {"18:11: targets has 1 row, but inputs has 2"}},
    {"a label that is no class",
     {{16, "[dataset]\ninputs = [[1, 2], [3, 4]]\nlabels = [0, 1]"}},
     {"18:14: labels: row 1 is 1, but the network has 1 output, so labels are 0"}},
    {"a label that is not whole",
     {{16, "[dataset]\ninputs = [[1, 2]]\nlabels = [0.5]"}},
     {"18:11: labels: row 0 is 0.5; labels are whole numbers"}},
    {"everything skipped",
     {{16, "[dataset]\ninputs = [[1, 2]]\nlabels = [0]\nskip = 1"}},
     {"19:8: skip leaves no example: inputs has 1 row"}},
    {"nothing taken",
     {{16, "[dataset]\ninputs = [[1, 2]]\nlabels = [0]\ntake = 0"}},
     {"19:8: take must be a whole number of 1 or more, but is 0"}},
    {"a scale beyond a double",
     {{16, "[dataset]\ninputs = [[1e300, 2]]\nlabels = [0]\nscale = 1e300"}},
     {"17:12: inputs: row 0, column 0 times scale is too large for a double"}},
};

const std::vector<Fault> faults_of_sections{
    {"an unknown method",
     {{16, "[check]\nmethod = \"ridder\""}},
     {"17:10: unknown method \"ridder\"; did you mean \"ridders\"?"}},
    {"a tolerance of nothing",
     {{16, "[check]\ntolerance = -1e-7"}},
     {"17:13: tolerance must be more than 0, but is -1e-7"}},
    {"a question without its parts",
     {{16, "[[question]]"}},
     {"16:1: \"ask\" is missing in [[question]]", "16:1: \"answer\" is missing in [[question]]",
      "16:1: \"because\" is missing in [[question]]"}},
    {"one choice",
     {{16, "[[question]]\nask = \"?\"\nbecause = \"!\"\nchoose = [\"a\"]\nanswer = 0"}},
     {"19:10: choose needs two choices or more, but has 1"}},
    {"an answer beyond the choices",
     {{16, "[[question]]\nask = \"?\"\nbecause = \"!\"\nchoose = [\"a\", \"b\"]\nanswer = 2"}},
     {"20:10: answer, the number of the right choice, must be a whole number from 0 to 1, but is "
      "2"}},
    {"an answer of no layer",
     {{16, "[[question]]\nask = \"?\"\nbecause = \"!\"\nanswer = \"delta[3][0]\""}},
     {"19:10: \"delta[3][0]\" is not in this lesson: there is no layer 3; the last is 2"}},
    {"an answer of no neuron",
     {{16, "[[question]]\nask = \"?\"\nbecause = \"!\"\nanswer = \"dC/dw[2][0,2]\""}},
     {"19:10: \"dC/dw[2][0,2]\" is not in this lesson: there is no neuron 2; the last neuron of "
      "layer 1 is 1"}},
    {"an answer of no quantity",
     {{16, "[[question]]\nask = \"?\"\nbecause = \"!\"\nanswer = \"detla[2][0]\""}},
     {"19:10: \"detla[2][0]\" names no number of a trace: unknown quantity \"detla\"; did you mean "
      "\"delta\"?"}},
    {"an answer of an unnamed example",
     {{16,
       "[[example]]\ninput = [1, 2]\ntarget = [1]\n[[question]]\nask = \"?\"\nbecause = "
       "\"!\"\nanswer = \"C\""}},
     {"22:10: \"C\" is not in this lesson: the lesson has 2 examples; put one in front, as in 0:C, "
      "or \"mean:\""}},
    {"the mean of one example",
     {{16, "[homework]\nblanks = [\"mean:C\"]"}},
     {"17:11: \"mean:C\" is not in this lesson: the lesson has one example, so there is no mean"}},
    {"an unknown blank",
     {{16, "[homework]\nblanks = [\"dC/da\", \"slop\"]"}},
     {"17:20: unknown quantity \"slop\"; did you mean \"slope\"?"}},
    {"blanks for what is given",
     {{16, "[homework]\nblanks = [\"w\", \"a[0][1]\", \"y[2][0]\"]"}},
     {"17:11: \"w\" is given, so it cannot be asked for",
      "17:16: \"a[0][1]\" is given, so it cannot be asked for",
      "17:27: \"y[2][0]\" is given, so it cannot be asked for"}},
    {"no blank",
     {{16, "[homework]\nblanks = []"}},
     {"17:10: blanks is empty: a sheet would ask nothing"}},
    {"points and digits out of range",
     {{16, "[homework]\npoints = 0\ndigits = 18"}},
     {"17:10: points must be more than 0, but is 0",
      "18:10: digits must be a whole number from 1 to 17, but is 18"}},
    {"ranges upside down, too short and unknown",
     {{16, "[homework]\nvary = {weights = [1, -1], biases = [1], input = [0, 1]}"}},
     {"17:19: the lowest of weights is 1, more than the highest, -1",
      "17:37: biases must be two numbers, [lowest, highest], but has 1",
      "17:42: unknown key \"input\" in vary; did you mean \"inputs\"?"}},
    {"golden files of what is given",
     {{16, "[golden]\nkeep = [\"C\", \"mean\", \"means\", \"w\"]"}},
     {"17:22: unknown quantity \"means\"; did you mean \"mean\"?",
      "17:31: unknown quantity \"w\"; expected \"z\", \"a\", \"C\", \"dC/da\", \"slope\", "
      "\"delta\", \"dC/db\", \"dC/dw\", "
      "\"path\" or \"mean\""}},
};

void check(const Fault& fault) {
  const TemporaryFolder folder;
  const std::vector<std::string> problems = problems_of(lesson_with(fault.edits), folder);
  BOOST_TEST(problems == fault.expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_lessons)

BOOST_AUTO_TEST_CASE(the_lesson_without_faults_has_none) {
  const TemporaryFolder folder;
  BOOST_TEST(problems_of(lesson_with({}), folder).empty());
}

BOOST_DATA_TEST_CASE(keys_and_syntax, boost::unit_test::data::make(faults_of_keys)) {
  check(sample);
}
BOOST_DATA_TEST_CASE(networks, boost::unit_test::data::make(faults_of_networks)) { check(sample); }
BOOST_DATA_TEST_CASE(layers, boost::unit_test::data::make(faults_of_layers)) { check(sample); }
BOOST_DATA_TEST_CASE(examples, boost::unit_test::data::make(faults_of_examples)) { check(sample); }
BOOST_DATA_TEST_CASE(sections, boost::unit_test::data::make(faults_of_sections)) { check(sample); }

BOOST_AUTO_TEST_SUITE_END()
