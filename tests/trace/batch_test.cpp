// The means by matrix products, held against the examples added one by one.
#include "base/error.hpp"
#include "support/networks.hpp"
#include "trace/product.hpp"
#include "trace/trace.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace gradtrace;

namespace {

/// Σ|term| of every mean, beside the mean itself: what its rounding is measured by.
struct Means {
  std::vector<double> value, size;
};

Means one_by_one(const Lesson& lesson) {
  const std::vector<Block> blocks = mean_blocks(lesson.network);
  Means means{std::vector<double>(size_of(blocks)), std::vector<double>(size_of(blocks))};
  const double count = static_cast<double>(lesson.examples.size());
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
    for (const Block& block : blocks) {
      for (std::size_t i = 0; i < block.size(); ++i) {
        const double value = trace.value(block.name(i, Scope{})) / count;
        means.value[block.offset + i] += value;
        means.size[block.offset + i] += std::abs(value);
      }
    }
  }
  return means;
}

/// The worst departure of the batch from the examples one by one, as a share of the largest number of its block.
double worst_departure(const Lesson& lesson) {
  MeanTrace batch(lesson.network);
  batch.add(lesson.examples);
  BOOST_REQUIRE(batch.examples() == lesson.examples.size());
  const Means expected = one_by_one(lesson);
  double worst = 0;
  for (const Block& block : mean_blocks(lesson.network)) {
    double largest = 0;
    for (std::size_t i = 0; i < block.size(); ++i) largest = std::max(largest, expected.size[block.offset + i]);
    for (std::size_t i = 0; i < block.size(); ++i) {
      const double ours = batch.value_at(block.offset + i), theirs = expected.value[block.offset + i];
      if (ours == theirs) continue;
      const double departure = std::abs(ours - theirs) / largest;
      worst = std::isfinite(departure) ? std::max(worst, departure) : HUGE_VAL;
    }
  }
  return worst;
}

Lesson sigmoid_lesson(std::vector<std::size_t> widths, std::size_t examples, double scale) {
  Dice dice(7);
  std::vector<Layer> layers;
  for (std::size_t l = 1; l < widths.size(); ++l) {
    Layer layer;
    layer.activation = Activation::sigmoid;
    layer.weights = zeros(widths[l], widths[l - 1]);
    layer.biases = zeros(widths[l]);
    for (double& w : layer.weights) w = scale * dice.signed_unit();
    for (double& b : layer.biases) b = dice.signed_unit();
    layers.push_back(std::move(layer));
  }
  Lesson lesson = make_lesson(make_network(Cost::squared_error, std::move(layers)), std::vector<Example>(examples));
  for (Example& example : lesson.examples) {
    example.input = zeros(widths.front());
    example.target = zeros(widths.back());
    for (double& x : example.input) x = dice.signed_unit();
    for (double& y : example.target) y = dice.signed_unit();
  }
  return lesson;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(batch)

BOOST_AUTO_TEST_CASE(a_product_is_its_three_loops) {
  Dice dice(3);
  for (int round = 0; round < 200; ++round) {
    const std::size_t rows = dice.below(40), inner = dice.below(400), columns = 1 + dice.below(40);
    std::vector<double> left(rows * inner), right(inner * columns), out(rows * columns), expected(out.size());
    for (auto* numbers : {&left, &right, &out}) {
      for (double& x : *numbers) x = dice.signed_unit();
    }
    expected = out;
    const bool transposed = dice.below(2) == 0;  // left stands in memory as [inner × rows]
    std::vector<const double*> left_rows(rows), right_rows(inner);
    for (std::size_t r = 0; r < rows; ++r) left_rows[r] = left.empty() ? nullptr : left.data() + (transposed ? r : r * inner);
    for (std::size_t p = 0; p < inner; ++p) right_rows[p] = right.data() + p * columns;
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t p = 0; p < inner; ++p) {
        for (std::size_t c = 0; c < columns; ++c) expected[r * columns + c] += left[transposed ? p * rows + r : r * inner + p] * right[p * columns + c];
      }
    }
    add_product({left_rows, transposed ? rows : 1}, right_rows, columns, out.data());
    double worst = 0;
    for (std::size_t i = 0; i < out.size(); ++i) worst = std::max(worst, std::abs(out[i] - expected[i]));
    BOOST_TEST(worst < 1e-13, rows << " x " << inner << " x " << columns << ": " << worst);
  }
}

BOOST_AUTO_TEST_CASE(means_of_any_network_are_those_of_its_examples) {
  RandomSizes sizes;
  sizes.most_examples = 300;  // several blocks
  double worst = 0;
  for (std::uint64_t number = 0; number < 400; ++number) worst = std::max(worst, worst_departure(random_lesson(number, sizes)));
  BOOST_TEST(worst < 1e-12, "worst departure " << worst);
}

BOOST_AUTO_TEST_CASE(saturated_units_lose_no_more_than_in_one_example) {
  RandomSizes sizes;
  sizes.most_layers = 3;
  sizes.most_examples = 20;
  sizes.scale = 40;
  double worst = 0;
  for (std::uint64_t number = 0; number < 400; ++number) worst = std::max(worst, worst_departure(random_lesson(number, sizes)));
  // Each layer multiplies the rounding of large weighted inputs by weights of up to 70.
  BOOST_TEST(worst < 1e-10, "worst departure " << worst);
}

BOOST_AUTO_TEST_CASE(whole_tiles_and_ragged_edges) {
  for (const auto& widths : {std::vector<std::size_t>{784, 16, 16, 10}, {33, 17, 1}, {1, 64, 3}, {200, 24, 8, 8, 2}}) {
    for (const std::size_t examples : {2, 127, 128, 129, 400}) BOOST_TEST(worst_departure(sigmoid_lesson(widths, examples, 0.3)) < 1e-13);
  }
}

BOOST_AUTO_TEST_CASE(sigmoids_of_a_wide_hidden_layer_have_all_their_digits) {
  for (const double scale : {0.01, 0.3, 3.0}) {
    const double worst = worst_departure(sigmoid_lesson({20, 200, 3}, 2, scale));
    BOOST_TEST(worst < 1e-14, scale << ": " << worst);
  }
}

BOOST_AUTO_TEST_CASE(narrow_networks_give_the_very_same_bits) {
  const Lesson lesson = sigmoid_lesson({3, 5, 4, 2}, 50, 1);
  MeanTrace batch(lesson.network), single(lesson.network);
  batch.add(lesson.examples);
  for (std::size_t e = 0; e < 50; ++e) single.add(trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e));
  for (std::size_t i = 0; i < size_of(mean_blocks(lesson.network)); ++i) BOOST_TEST(batch.value_at(i) == single.value_at(i));
}

BOOST_AUTO_TEST_CASE(a_trace_used_again_is_as_a_fresh_one) {
  for (std::uint64_t number = 0; number < 40; ++number) {
    const Lesson lesson = random_lesson(number);
    ExampleTrace used;
    for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
      const Example& example = lesson.examples[e];
      trace_example(lesson.network, example.input, example.target, e, used);
      const ExampleTrace fresh = trace_example(lesson.network, example.input, example.target, e);
      for (const Block& block : derived_blocks(lesson.network)) {
        for (std::size_t i = 0; i < block.size(); ++i) {
          const Name name = block.name(i, Scope{});
          if (used.value(name) != fresh.value(name)) BOOST_ERROR(to_string(name, false));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_example_beyond_a_double_is_named) {
  Lesson lesson = sigmoid_lesson({20, 20, 2}, 200, 1);
  lesson.examples[150].input(3) = 1e308;
  lesson.network.layer(1).weights(2, 3) = 1e10;
  MeanTrace means(lesson.network);
  BOOST_CHECK_EXCEPTION(means.add(lesson.examples), NumericError, [](const NumericError& error) {
    return std::string(error.what()).find("layer 1: the weighted input of neuron 2 is beyond what a double can hold (1.8e308) for example 150") == 0;
  });
}

/// Sums that are 0 in the order of one example, and a rounding above or below it in others.
BOOST_DATA_TEST_CASE(at_a_kink_the_side_is_the_one_of_a_single_example, boost::unit_test::data::make({"relu", "leaky-relu"}), name) {
  constexpr std::size_t neurons = 16, inputs = 20;
  Dice dice(5);
  Layer hidden, last;
  hidden.activation = *parse_activation(name);
  hidden.weights = zeros(neurons, inputs);
  hidden.biases = zeros(neurons);
  last.weights = zeros(1, neurons);
  last.biases = make_vector({1});
  std::size_t sides = 0;
  for (std::size_t j = 0; j < neurons; ++j) {
    double sum = hidden.biases(j) = dice.signed_unit(), backwards = 0;
    for (std::size_t k = 0; k + 1 < inputs; ++k) sum += hidden.weights(j, k) = dice.signed_unit();
    hidden.weights(j, inputs - 1) = -sum;
    for (std::size_t k = 0; k < inputs; ++k) backwards += hidden.weights(j, k);
    sides += backwards + hidden.biases(j) > 0;
    last.weights(0, j) = 1 + 0.1 * static_cast<double>(j);
  }
  BOOST_TEST(sides > 0u);
  Lesson lesson = make_lesson(make_network(Cost::squared_error, {hidden, last}), std::vector<Example>(4));
  for (Example& example : lesson.examples) {
    example.input = zeros(inputs);
    example.input.fill(1);
    example.target = make_vector({3});
  }
  MeanTrace batch(lesson.network), single(lesson.network);
  batch.add(lesson.examples);
  for (std::size_t e = 0; e < 4; ++e) single.add(trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e));
  for (std::size_t i = 0; i < size_of(mean_blocks(lesson.network)); ++i) BOOST_TEST(batch.value_at(i) == single.value_at(i));
}

BOOST_AUTO_TEST_SUITE_END()
