// One example's loops over all weights, held to the bits of the loops as the formulas have them.
#include "network/plain_loops.hpp"

#include "network/forward.hpp"
#include "support/networks.hpp"

#include <boost/test/unit_test.hpp>

using namespace gradtrace;

namespace {

void roll(Dice& dice, double* numbers, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) numbers[i] = dice.signed_unit();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plain_loops)

BOOST_AUTO_TEST_CASE(every_sum_has_the_bits_of_the_plain_order) {
  Dice dice(11);
  for (int round = 0; round < 300; ++round) {
    const std::size_t n = 1 + dice.below(70), m = 1 + dice.below(50);
    Layer layer;
    layer.weights = zeros(n, m);
    layer.biases = zeros(n);
    Vector a = zeros(m), delta = zeros(n), z = zeros(n), back = zeros(m), sums = zeros(n * m);
    roll(dice, layer.weights.data(), n * m);
    roll(dice, layer.biases.data(), n);
    roll(dice, a.data(), m);
    roll(dice, delta.data(), n);
    roll(dice, sums.data(), n * m);
    const Vector before = sums;

    weighted_inputs(layer.weights, layer.biases, a, z);
    transposed_product(layer.weights, delta, back);
    add_outer_product(delta.data(), n, a.data(), m, sums.data());

    bool same = true;
    for (std::size_t j = 0; j < n; ++j) same = same && z(j) == weighted_input(layer, a, j);
    for (std::size_t k = 0; k < m; ++k) {
      double sum = 0;
      for (std::size_t j = 0; j < n; ++j) sum += layer.weights(j, k) * delta(j);
      same = same && back(k) == sum;
    }
    for (std::size_t i = 0; i < n * m; ++i) same = same && sums(i) == before(i) + delta(i / m) * a(i % m);
    BOOST_TEST(same, n << " neurons fed by " << m);
  }
}

BOOST_AUTO_TEST_CASE(memory_used_again_leaves_nothing_behind) {
  const Lesson lesson = random_lesson(3);
  const Example& example = lesson.examples.front();
  StateOf<double> used;
  Vector other = example.input;
  other.fill(0.7);
  forward(lesson.network, other, used);
  forward(lesson.network, example.input, used);
  const State fresh = forward(lesson.network, example.input);
  for (std::size_t l = 0; l <= lesson.network.depth(); ++l) {
    BOOST_TEST((used.z[l] == fresh.z[l]));
    BOOST_TEST((used.a[l] == fresh.a[l]));
  }
}

BOOST_AUTO_TEST_SUITE_END()
