// A logistic loss with its gradient by hand, checked in one line.
#include <gradtrace/check_gradient.hpp>

#include <cmath>
#include <iostream>
#include <vector>

int main() {
  const std::vector<double> features{0.5, -1.0, 2.0};
  const auto z = [&](const std::vector<double>& w) { return w[0] * features[0] + w[1] * features[1] + w[2] * features[2]; };
  const auto cost = [&](const std::vector<double>& w) { return std::log1p(std::exp(-z(w))); };
  const auto gradient = [&](const std::vector<double>& w) {
    const double slope = -1 / (1 + std::exp(z(w)));
    return std::vector<double>{slope * features[0], slope * features[1], slope * features[2]};
  };
  const auto wrong = [&](const std::vector<double>& w) {
    std::vector<double> g = gradient(w);
    for (double& entry : g) entry = -entry;
    return g;
  };
  const std::vector<double> w{0.1, 0.2, -0.3};
  const auto good = gradtrace::check_gradient(cost, gradient, w);
  const auto bad = gradtrace::check_gradient(cost, wrong, w);
  std::cout << good << bad;
  return good && !bad ? 0 : 1;
}
