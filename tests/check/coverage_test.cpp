// Checks of a part: samples that leave no tensor out, and random directions that find the entry that is wrong.
#include "check/check.hpp"
#include "check/probe.hpp"
#include "golden/cause.hpp"
#include "render/check_text.hpp"
#include "support/networks.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <map>
#include <set>

using namespace gradtrace;

namespace {

MeanTrace means_of(const Lesson& lesson) {
  MeanTrace means(lesson.network);
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    means.add(trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e));
  }
  return means;
}

struct Checked {
  std::vector<CheckTable> tables;
  CheckSummary summary;
};

Checked check(const Lesson& lesson, const CheckOptions& options) {
  Checked checked;
  Checker checker(lesson.network, options, lesson.several_examples());
  MeanTrace means(lesson.network);
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
    means.add(trace);
    checked.tables.push_back(checker.check(trace));
  }
  checked.tables.push_back(checker.check_means(means));
  checked.summary = checker.summary();
  return checked;
}

/// n tanh units fed by as many.
Layer wide_layer(Dice& dice, std::size_t n) {
  Layer layer;
  layer.activation = Activation::tanh;
  layer.weights = zeros(n, n);
  layer.biases = zeros(n);
  for (double& w : layer.weights) w = dice.signed_unit() / 4;
  return layer;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(coverage)

BOOST_AUTO_TEST_CASE(a_sample_has_its_share_of_every_tensor_and_the_numbers_of_the_whole_check) {
  for (std::uint64_t n = 0; n < 40; ++n) {
    const Lesson lesson = random_lesson(n, {4, 12, 3, 1});
    const std::size_t all = numbers_to_check(lesson.network, false), wanted = all / 5 + 1;
    CheckOptions options;
    const Checked whole = check(lesson, options);
    options.sample = wanted;
    std::size_t told = 0;
    options.progress = [&](std::size_t numbers) { told += numbers; };
    const Checked part = check(lesson, options);
    BOOST_TEST(told == all * lesson.examples.size());
    std::map<Name, double> numeric;
    std::set<std::pair<Quantity, std::size_t>> tensors, sampled;
    for (const CheckTable& table : whole.tables) {
      for (const CheckRow& row : table.rows) {
        numeric[row.name] = row.numeric;
        tensors.emplace(row.name.quantity, row.name.layer);
      }
    }
    for (const CheckTable& table : part.tables) {
      for (const CheckRow& row : table.rows) {
        BOOST_TEST(numeric.at(row.name) == row.numeric);
        sampled.emplace(row.name.quantity, row.name.layer);
      }
    }
    BOOST_TEST((tensors == sampled));
    BOOST_TEST(part.summary.total() + part.summary.left_out == whole.summary.total());
    const std::size_t of_each = part.tables.front().rows.size();
    BOOST_TEST(of_each + tensors.size() >= std::min(wanted, all));
    BOOST_TEST(of_each <= wanted + tensors.size());
  }
}

/// A row takes more than a hundred bytes: of 25 million parameters a sample of 100 must not need gigabytes.
BOOST_AUTO_TEST_CASE(rows_are_made_for_the_sample_alone) {
  const Lesson lesson = random_lesson(7, {3, 40, 2, 1});
  const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  CheckOptions options;
  options.sample = 30;
  const Checker checker(lesson.network, options, lesson.several_examples());
  const std::size_t tensors = 6 * lesson.network.depth() + 1;
  BOOST_REQUIRE(numbers_to_check(lesson.network, false) > 10 * (30 + tensors));
  for (const std::size_t jobs : {1, 3}) BOOST_TEST(checker.nudge(trace, jobs).table.rows.size() <= 30 + tensors);
}

/// Several threads take the same sample, and find the same.
BOOST_AUTO_TEST_CASE(a_sample_does_not_depend_on_the_threads) {
  Lesson lesson = random_lesson(11, {1, 1, 1, 1});
  Dice dice(1);
  lesson.network = make_network(Cost::squared_error, {wide_layer(dice, 60), wide_layer(dice, 60)});
  lesson.examples = {{zeros(60), zeros(60)}};
  for (double& x : lesson.examples[0].input) x = dice.signed_unit();
  const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  CheckOptions options;
  options.sample = numbers_to_check(lesson.network, false) / 2;
  const Checker checker(lesson.network, options, lesson.several_examples());
  const CheckTable one = checker.nudge(trace, 1).table, three = checker.nudge(trace, 3).table;
  BOOST_REQUIRE(one.rows.size() >= 4000u);  // fewer are not shared out
  BOOST_REQUIRE(one.rows.size() == three.rows.size());
  for (std::size_t i = 0; i < one.rows.size(); ++i) {
    BOOST_TEST((one.rows[i].name == three.rows[i].name));
    BOOST_TEST(one.rows[i].numeric == three.rows[i].numeric);
    BOOST_TEST((one.rows[i].verdict == three.rows[i].verdict));
  }
}

/// What a double cannot hold is inconclusive, not wrong; a NaN among the numbers claimed is wrong.
BOOST_AUTO_TEST_CASE(a_direction_beyond_a_double_is_inconclusive) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{1}}, {1e160}), make_layer(Activation::identity, {{1e148}}, {0})}),
                                    {{make_vector({1}), make_vector({0})}});
  const MeanTrace means = means_of(lesson);
  const ProbeReport report = probe(lesson, [&](const Name& name) { return means.value(name); });
  BOOST_TEST(report.agrees());
  for (const ProbedTensor& tensor : report.tensors) BOOST_TEST((tensor.verdict == Verdict::inconclusive));
  BOOST_TEST(!probe(lesson, [&](const Name&) { return std::nan(""); }).agrees());
}

/// At a kink every choice of a slope is right.
BOOST_AUTO_TEST_CASE(a_direction_across_a_kink_leaves_the_slope_open) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::relu, {{1}}, {0}), make_layer(Activation::identity, {{1}}, {0.5})}),
                                    {{make_vector({0}), make_vector({0})}});
  const Name bias = parse_name("dC/db[1][0]");
  const MeanTrace means = means_of(lesson);
  for (const double slope : {0.0, 0.5, 1.0}) {
    BOOST_TEST(probe(lesson, [&](const Name& name) { return name.quantity == bias.quantity && name.layer == 1 ? slope : means.value(name); }).agrees(), slope);
  }
  BOOST_TEST(!probe(lesson, [&](const Name& name) { return name.quantity == bias.quantity && name.layer == 1 ? 3 : means.value(name); }).agrees());
}

BOOST_AUTO_TEST_CASE(a_right_gradient_passes_every_direction) {
  for (std::uint64_t n = 0; n < 300; ++n) {
    const Lesson lesson = random_lesson(n, {6, 24, 4, n % 3 == 0 ? 6.0 : 1.0});
    const MeanTrace means = means_of(lesson);
    const ProbeReport report = probe(lesson, [&](const Name& name) { return means.value(name); });
    BOOST_TEST(report.agrees(), "network " << n);
    BOOST_TEST(report.parameters == parameter_count(lesson.network));
    BOOST_TEST(report.tensors.size() == 2 * lesson.network.depth());
    BOOST_TEST(report.culprits.empty());
  }
}

BOOST_AUTO_TEST_CASE(halving_finds_the_one_entry_that_is_wrong) {
  Dice dice(3);
  for (std::uint64_t n = 0; n < 60; ++n) {
    const Lesson lesson = random_lesson(n, {4, 16, 3, 1});
    const MeanTrace means = means_of(lesson);
    const ProbeReport right = probe(lesson, [&](const Name& name) { return means.value(name); });
    const ProbedTensor& tensor = right.tensors[dice.below(right.tensors.size())];
    const std::vector<Block> blocks = mean_blocks(lesson.network);
    const auto block = std::ranges::find_if(blocks, [&](const Block& candidate) { return candidate.quantity == tensor.quantity && candidate.layer == tensor.layer; });
    const Name wrong = block->name(dice.below(block->size()), lesson.several_examples() ? Scope::of_mean() : Scope::of_example(0));
    for (const double error : {1.01 * tensor.resolution(), -1.01 * tensor.resolution(), 1e-3, std::nan("")}) {
      if (error == 0 || std::abs(error) < tensor.resolution()) continue;
      const ProbeReport report = probe(lesson, [&](const Name& name) { return means.value(name) + (name == wrong ? error : 0); });
      BOOST_TEST(!report.agrees());
      BOOST_REQUIRE(report.culprits.size() == 1u);
      BOOST_TEST(to_string(report.culprits[0].name, true) == to_string(wrong, true));
      BOOST_TEST(std::abs(report.culprits[0].numeric - means.value(wrong)) <= 1e-12 * std::max(1.0, tensor.largest));
    }
  }
}

/// A whole tensor of the wrong sign, and two entries whose errors cancel in a sum.
BOOST_AUTO_TEST_CASE(nothing_hides_by_cancelling) {
  const Lesson lesson = random_lesson(5, {3, 12, 2, 1});
  const MeanTrace means = means_of(lesson);
  const ProbeReport turned = probe(lesson, [&](const Name& name) { return (name.quantity == Quantity::dC_dw ? -1 : 1) * means.value(name); });
  for (const ProbedTensor& tensor : turned.tensors) BOOST_TEST((tensor.verdict == Verdict::disagree) == (tensor.quantity == Quantity::dC_dw));
  BOOST_TEST(turned.more_culprits);
  const Lesson one = mazur();
  const MeanTrace right = means_of(one);
  const ProbeReport two = probe(one, [&](const Name& name) {
    const std::string text = to_string(name, false);
    return right.value(name) + (text == "dC/dw[1][0,0]" ? 1e-6 : text == "dC/dw[1][0,1]" ? -1e-6 : 0);
  });
  BOOST_REQUIRE(two.culprits.size() == 2u);
}

/// Where backprop itself is wrong the check names the mistake.
BOOST_AUTO_TEST_CASE(a_wrong_backward_pass_is_explained) {
  const Lesson lesson = mazur();
  ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  trace.gradients[1].delta = trace.gradients[1].dC_da;  // σ′ forgotten in the hidden layer
  for (std::size_t k = 0; k < 2; ++k) trace.gradients[0].dC_da(k) = trace.path(1, k, 0) + trace.path(1, k, 1);
  const CheckOptions options;
  Checker checker(lesson.network, options, false);
  checker.check(trace);
  const CheckSummary summary = checker.summary();
  BOOST_TEST(!summary.agrees());
  const Cause cause = likely_cause(lesson, summary, 4);
  BOOST_REQUIRE(cause.mistakes.size() == 1u);
  BOOST_TEST(info(cause.mistakes[0]).id == "missing-slope");
  const std::string text = render_check_summary(lesson, summary, options, RenderOptions{});
  BOOST_TEST(text.find("first departs at delta[1][0]") != std::string::npos, text);
  BOOST_TEST(text.find("the slope σ′(z) was left out") != std::string::npos, text);
  BOOST_TEST(text.find("program") == std::string::npos, text);
}

BOOST_AUTO_TEST_SUITE_END()
