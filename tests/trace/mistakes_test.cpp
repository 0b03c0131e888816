// Typical mistakes: what somebody who makes one writes down, worked out here by hand on Mazur's network.
#include "support/networks.hpp"
#include "trace/mistakes.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <set>

using namespace gradtrace;

namespace {

struct Mistaken {
  Mistake mistake;
  std::size_t choice;
  const char* first;  ///< the first number that is wrong
  double value;       ///< and what it is then
  const char* carried;  ///< one further on that is wrong for it, or ""
  double carried_value;
};

std::ostream& operator<<(std::ostream& out, const Mistaken& mistaken) { return out << info(mistaken.mistake).id; }

// Mazur's forward pass: a⁽¹⁾ = .59326999, .59688438; z⁽²⁾ = 1.10590597, 1.22492140; a⁽²⁾ = .75136507, .77292847;
// 2(a − y) = 1.48273014, −.43414307; σ′(z⁽²⁾) = .18681560, .17551005; δ⁽²⁾ = .27699712, −.07619647;
// σ′(z⁽¹⁾) = .24130071, .24061342.
const Mistaken table[] = {
    {Mistake::missing_two, 0, "dC/da[2][0]", 0.7413650695523157, "delta[2][0]", 0.13849856162855698},
    {Mistake::flipped_sign, 0, "dC/da[2][0]", -1.4827301391046314, "delta[1][0]", -0.01754270937897387},
    {Mistake::missing_slope, 0, "delta[2][0]", 1.4827301391046314, "dC/db[2][1]", -0.43414306935707486},
    // σ(1 − σ) at z = 0.7513650695
    {Mistake::slope_at_activation, 0, "slope[2][0]", 0.217788340937404, "", 0},
    {Mistake::activation_as_slope, 0, "slope[2][0]", 0.7513650695523157, "", 0},
    {Mistake::own_activation, 0, "dC/dw[2][0,0]", 0.27699712325711396 * 0.7513650695523157, "", 0},
    {Mistake::pre_activation_as_input, 0, "dC/dw[2][0,0]", 0.27699712325711396 * 0.3775, "", 0},
    {Mistake::swapped_indices, 0, "dC/dw[2][0,1]", -0.07619647303311246 * 0.5932699921071872, "", 0},
    {Mistake::bias_times_input, 1, "dC/db[2][0]", 0.27699712325711396 * 0.596884378259767, "", 0},
    {Mistake::single_path, 0, "dC/da[1][0]", 0.4 * 0.27699712325711396, "delta[1][0]", 0.4 * 0.27699712325711396 * 0.24130070857232525},
    {Mistake::single_path, 1, "dC/da[1][0]", 0.5 * -0.07619647303311246, "", 0},
    {Mistake::averaged_paths, 0, "dC/da[1][0]", 0.07270061278628935 / 2, "", 0},
    {Mistake::missing_weight, 0, "path[2][0,0]", 0.27699712325711396, "dC/da[1][0]", 0.27699712325711396 - 0.07619647303311246},
    {Mistake::transposed_weights, 0, "path[2][0,1]", 0.45 * -0.07619647303311246, "", 0},
    {Mistake::slope_of_wrong_layer, 0, "delta[1][0]", 0.07270061278628935 * 0.18681560180895948, "", 0},
    // w − η ∂C/∂w with η = 0.5: 0.4 − 0.5·0.27699712·0.59326999
    {Mistake::updated_weights, 0, "path[2][0,0]", (0.4 - 0.5 * 0.27699712325711396 * 0.5932699921071872) * 0.27699712325711396, "", 0},
    {Mistake::missing_bias, 0, "z[1][0]", 0.0275, "a[1][0]", 0.506874566764},
    {Mistake::missing_activation, 0, "a[1][0]", 0.3775, "z[2][0]", 0.4 * 0.3775 + 0.45 * 0.3925 + 0.6},
    {Mistake::early_rounding, 3, "z[1][0]", 0.378, "a[1][0]", 0.593},
};

double value_of(const std::vector<double>& values, const Network& network, const char* name) {
  Name cell = parse_name(name);
  cell.scope = Scope::of_example(0);
  return values[place(derived_blocks(network), cell).value()];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mistakes_as_rules)

BOOST_DATA_TEST_CASE(gives_what_somebody_writes_who_makes_it, boost::unit_test::data::make(table), mistaken) {
  const Lesson lesson = mazur();
  const CellRules rules(lesson.network, 1);
  const ExampleTrace right = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  const Variation variation{mistaken.mistake, mistaken.choice, {}};
  const std::vector<double> values = mistaken_example(rules, variation, right, lesson.learning_rate);
  BOOST_TEST(value_of(values, lesson.network, mistaken.first) == mistaken.value, boost::test_tools::tolerance(1e-7));
  if (*mistaken.carried != 0) {
    BOOST_TEST(value_of(values, lesson.network, mistaken.carried) == mistaken.carried_value, boost::test_tools::tolerance(1e-7));
  }
  // Everything before the first wrong number is right.
  for (const Block& block : derived_blocks(lesson.network)) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      const Name name = block.name(i, Scope::of_example(0));
      if (to_string(name, false) == mistaken.first) return;
      BOOST_TEST(std::abs(values[block.offset + i] - right.value(name)) <= 1e-14, to_string(name, false) << " is wrong already");
    }
  }
}

BOOST_AUTO_TEST_CASE(extra_slope_multiplies_what_has_cancelled) {
  const Lesson lesson = mazur(Cost::binary_cross_entropy);
  const CellRules rules(lesson.network, 1);
  const ExampleTrace right = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  const std::vector<double> values = mistaken_example(rules, {Mistake::extra_slope, 0, {}}, right, 0.5);
  BOOST_TEST(value_of(values, lesson.network, "delta[2][0]") == 0.7413650695523157 * 0.18681560180895948, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_sum_is_the_mean_times_the_examples) {
  const Lesson lesson = random_lesson(3, {3, 4, 8, 1});
  const std::size_t n = lesson.examples.size();
  BOOST_REQUIRE(n >= 2);
  const CellRules rules(lesson.network, n);
  for (const std::size_t choice : {0u, 1u, 2u}) {
    const Variation variation{Mistake::sum_instead_of_mean, choice, {}};
    std::vector<double> sums;
    for (std::size_t e = 0; e < n; ++e) {
      const ExampleTrace right = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
      add_to_sums(lesson.network, mistaken_example(rules, variation, right, 0.1), sums);
    }
    const std::vector<double> means = mistaken_means(rules, variation, sums);
    BOOST_TEST(means[0] == (choice == 1 ? sums[0] / static_cast<double>(n) : sums[0]));        // C
    BOOST_TEST(means.back() == (choice == 2 ? sums.back() / static_cast<double>(n) : sums.back()));  // a gradient
  }
}

BOOST_AUTO_TEST_CASE(each_is_offered_only_where_it_can_be_made) {
  const Lesson lesson = mazur(Cost::binary_cross_entropy);
  const auto can = [&](Mistake mistake, const Lesson& in) { return !choices(in.network, in.examples.size(), mistake).empty(); };
  BOOST_TEST(!can(Mistake::missing_two, lesson));
  BOOST_TEST(can(Mistake::missing_two, mazur()));
  BOOST_TEST(can(Mistake::extra_slope, lesson));
  BOOST_TEST(!can(Mistake::extra_slope, mazur()));
  for (const Cost cost : {Cost::cross_entropy, Cost::binary_cross_entropy, Cost::squared_error}) {
    const Network softmax = make_network(cost, {make_layer(Activation::softmax, {{1}, {2}}, {0, 0})});
    BOOST_TEST(choices(softmax, 1, Mistake::extra_slope).empty() == (cost != Cost::cross_entropy));
  }
  BOOST_TEST(!can(Mistake::sum_instead_of_mean, lesson));
  const Lesson chain = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::tanh, {{1}}, {0})}),
                                   {{make_vector({1}), make_vector({0})}});
  BOOST_TEST(!can(Mistake::single_path, chain));
  BOOST_TEST(!can(Mistake::pre_activation_as_input, chain));
}

/// 2 → 5 → 3 → 1: a path leads through any neuron of any layer, an input's activation is any of a layer before.
BOOST_AUTO_TEST_CASE(every_way_to_make_it_is_a_choice) {
  const auto layer = [](std::size_t n, std::size_t m) { return make_layer(Activation::sigmoid, std::vector<std::vector<double>>(n, std::vector<double>(m, 0.5)), std::vector<double>(n, 0)); };
  const Network network = make_network(Cost::squared_error, {layer(5, 2), layer(3, 5), layer(1, 3)});
  const auto count = [&](Mistake mistake, std::size_t examples = 1) { return choices(network, examples, mistake).size(); };
  BOOST_TEST(count(Mistake::single_path) == 5u);
  BOOST_TEST(count(Mistake::bias_times_input) == 5u);
  BOOST_TEST(count(Mistake::transposed_weights) == 2u);
  BOOST_TEST(count(Mistake::averaged_paths) == 1u);
  BOOST_TEST(count(Mistake::pre_activation_as_input) == 1u);
  BOOST_TEST(count(Mistake::sum_instead_of_mean) == 0u);
  BOOST_TEST(count(Mistake::sum_instead_of_mean, 2) == 3u);
  const Network square = make_network(Cost::squared_error, {layer(2, 2), layer(2, 2)});
  BOOST_TEST(choices(square, 1, Mistake::transposed_weights).size() == 1u);
  const Network thin = make_network(Cost::squared_error, {layer(1, 4), layer(1, 1)});  // many inputs, one path
  BOOST_TEST(choices(thin, 1, Mistake::single_path).empty());
  BOOST_TEST(choices(thin, 1, Mistake::averaged_paths).empty());
  BOOST_TEST(choices(thin, 1, Mistake::bias_times_input).size() == 4u);
  const Network two = make_network(Cost::squared_error, {layer(1, 1), layer(2, 1)});
  BOOST_TEST(choices(two, 1, Mistake::single_path).size() == 2u);

  for (const Mistake mistake : {Mistake::missing_two, Mistake::pre_activation_as_input, Mistake::averaged_paths, Mistake::missing_weight}) {
    BOOST_TEST(choices(network, 1, mistake) == std::vector<std::size_t>{0}, boost::test_tools::per_element());  // where there is but one it is 0
  }
}

BOOST_AUTO_TEST_CASE(sums_of_right_examples_are_the_means_times_their_number) {
  Lesson lesson = mazur();
  lesson.examples.push_back({make_vector({0.9, -0.4}), make_vector({0.7, 0.2})});
  const CellRules rules(lesson.network, 2);
  MeanTrace means(lesson.network);
  std::vector<double> sums;
  for (std::size_t e = 0; e < 2; ++e) {
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
    means.add(trace);
    add_to_sums(lesson.network, example_by_rules(rules, trace), sums);
  }
  BOOST_REQUIRE(sums.size() == 13u);
  for (std::size_t i = 0; i < sums.size(); ++i) BOOST_TEST(sums[i] == 2 * means.value_at(i), boost::test_tools::tolerance(1e-13));
}

BOOST_AUTO_TEST_CASE(one_layer_alone_leaves_the_others_right) {
  const Lesson lesson = mazur();
  const CellRules rules(lesson.network, 1);
  const ExampleTrace right = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  const std::vector<double> values = mistaken_example(rules, {Mistake::missing_slope, 0, LayerRange{1, 1}}, right, 0.5);
  BOOST_TEST(value_of(values, lesson.network, "delta[2][0]") == right.value(parse_name("delta[2][0]")), boost::test_tools::tolerance(1e-14));
  BOOST_TEST(value_of(values, lesson.network, "delta[1][0]") == right.value(parse_name("dC/da[1][0]")), boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(ids_are_unique_and_read_back) {
  std::set<std::string_view> ids;
  for (const MistakeInfo& entry : mistakes) {
    ids.insert(entry.id);
    BOOST_TEST((parse_mistake(entry.id) == entry.mistake));
    BOOST_TEST(&info(entry.mistake) == &entry);
  }
  BOOST_TEST(ids.size() == mistakes.size());
  BOOST_TEST(!parse_mistake("no-such-mistake").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
