// A simulated student: works a lesson through with numbers rounded to so many digits, or cut off after them, holding some misconceptions.
// Written without the program's rules, so that grading is held against something it does not share.
#pragma once

#include "base/name.hpp"
#include "lesson/lesson.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace gradtrace {

class Student {
 public:
  struct Number {
    double value = 0;        ///< as written down
    bool slipped = false;    ///< a misconception made it another number than the student's earlier ones give
    bool shortcut = false;   ///< found by another right form of the rule
  };

  Student(const Lesson& lesson, std::set<std::string> misconceptions, int digits, bool shortcuts = false, bool cuts = false)
      : lesson_(lesson), has_(std::move(misconceptions)), digits_(digits), shortcuts_(shortcuts), cuts_(cuts) {
    for (std::size_t e = 0; e < lesson.examples.size(); ++e) example(e);
    if (lesson.several_examples()) means();
  }

  const std::map<std::string, Number>& numbers() const { return numbers_; }

 private:
  using Row = std::vector<double>;
  using Table = std::vector<Row>;

  bool has(const char* id) const { return has_.count(id) != 0; }

  double rounded(double x) const {
    char text[64];
    std::snprintf(text, sizeof text, "%.*e", cuts_ ? 14 : digits_ - 1, x);
    if (!cuts_ || !std::isfinite(x)) return std::strtod(text, nullptr);
    const std::string whole = text;
    return std::strtod((whole.substr(0, whole.find('.') + static_cast<std::size_t>(digits_)) + whole.substr(whole.find('e'))).c_str(), nullptr);
  }

  /// Writes a number down; `right` is what the student's earlier numbers really give.
  double write(std::size_t e, const char* quantity, const std::string& place, double value, double right, bool shortcut = false) {
    Number number{rounded(value), rounded(value) != rounded(right), shortcut};
    numbers_[std::to_string(e) + ":" + quantity + place] = number;
    return number.value;
  }

  static std::string at(std::size_t l, std::size_t j) { return "[" + std::to_string(l) + "][" + std::to_string(j) + "]"; }
  static std::string at(std::size_t l, std::size_t j, std::size_t k) { return "[" + std::to_string(l) + "][" + std::to_string(j) + "," + std::to_string(k) + "]"; }

  static double squash(double z) { return 1 / (1 + std::exp(-z)); }
  static double phi(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * 3.14159265358979323846); }
  static double Phi(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

  static double act(Activation f, double alpha, double z) {
    switch (f) {
      case Activation::sigmoid: return squash(z);
      case Activation::tanh: return std::tanh(z);
      case Activation::relu: return z > 0 ? z : 0;
      case Activation::leaky_relu: return z > 0 ? z : alpha * z;
      case Activation::softplus: return std::log1p(std::exp(z));
      case Activation::silu: return z * squash(z);
      case Activation::gelu: return z * Phi(z);
      default: return z;
    }
  }

  static double slope(Activation f, double alpha, double z) {
    switch (f) {
      case Activation::sigmoid: return squash(z) * (1 - squash(z));
      case Activation::tanh: return 1 - std::tanh(z) * std::tanh(z);
      case Activation::relu: return z > 0 ? 1 : 0;
      case Activation::leaky_relu: return z > 0 ? 1 : alpha;
      case Activation::softplus: return squash(z);
      case Activation::silu: return squash(z) + z * squash(z) * (1 - squash(z));
      case Activation::gelu: return Phi(z) + z * phi(z);
      default: return 1;
    }
  }

  void example(std::size_t e) {
    const Network& net = lesson_.network;
    const std::size_t L = net.depth();
    const Vector& y = lesson_.examples[e].target;
    Table z(L + 1), a(L + 1);
    a[0].assign(lesson_.examples[e].input.begin(), lesson_.examples[e].input.end());
    for (std::size_t l = 1; l <= L; ++l) {
      const Layer& layer = net.layer(l);
      const std::size_t n = layer.neurons();
      z[l].resize(n);
      a[l].resize(n);
      for (std::size_t j = 0; j < n; ++j) {
        double sum = 0;
        for (std::size_t k = 0; k < a[l - 1].size(); ++k) sum += layer.weights(j, k) * a[l - 1][k];
        z[l][j] = write(e, "z", at(l, j), has("missing-bias") ? sum : sum + layer.biases(j), sum + layer.biases(j));
      }
      double total = 0;
      for (std::size_t j = 0; j < n; ++j) total += std::exp(z[l][j]);
      for (std::size_t j = 0; j < n; ++j) {
        const double right = layer.activation == Activation::softmax ? std::exp(z[l][j]) / total : act(layer.activation, layer.alpha, z[l][j]);
        a[l][j] = write(e, "a", at(l, j), has("missing-activation") ? z[l][j] : right, right);
      }
    }
    const std::size_t n = net.outputs();
    double cost = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const double x = a[L][j], d = x - y(j);
      switch (net.cost) {
        case Cost::squared_error: cost += d * d; break;
        case Cost::half_squared_error: cost += d * d / 2; break;
        case Cost::mean_squared_error: cost += d * d / static_cast<double>(n); break;
        case Cost::binary_cross_entropy: cost -= (y(j) != 0 ? y(j) * std::log(x) : 0) + (y(j) != 1 ? (1 - y(j)) * std::log(1 - x) : 0); break;
        case Cost::cross_entropy: cost -= y(j) != 0 ? y(j) * std::log(x) : 0; break;
      }
    }
    write(e, "C", "", cost, cost);
    backward(e, z, a, y);
  }

  void backward(std::size_t e, const Table& z, const Table& a, const Vector& y) {
    const Network& net = lesson_.network;
    const std::size_t L = net.depth(), n_out = net.outputs();
    Row wrong(n_out);  // ∂C/∂a
    for (std::size_t j = 0; j < n_out; ++j) {
      const double x = a[L][j], d = x - y(j);
      double right = 0, without_two = 0;
      switch (net.cost) {
        case Cost::squared_error: right = 2 * d, without_two = d; break;
        case Cost::half_squared_error: right = without_two = d; break;
        case Cost::mean_squared_error: right = 2 * d / static_cast<double>(n_out), without_two = d / static_cast<double>(n_out); break;
        case Cost::binary_cross_entropy: right = without_two = d / (x * (1 - x)); break;
        case Cost::cross_entropy: right = without_two = -y(j) / x; break;
      }
      double value = has("missing-two") ? without_two : right;
      if (has("flipped-sign")) value = -value;
      wrong[j] = write(e, "dC/da", at(L, j), value, right);
    }
    Row slopes_after;
    for (std::size_t l = L; l >= 1; --l) {
      const Layer& layer = net.layer(l);
      const std::size_t n = layer.neurons(), m = net.width(l - 1);
      const bool softmax = layer.activation == Activation::softmax;
      Row slopes(n), delta(n), b(n);
      Table matrix(n, Row(n));
      for (std::size_t i = 0; i < n; ++i) {
        if (softmax) {
          for (std::size_t j = 0; j < n; ++j) {
            const double right = a[l][i] * ((i == j ? 1 : 0) - a[l][j]);
            matrix[i][j] = write(e, "slope", at(l, i, j), right, right);
          }
          continue;
        }
        const double right = slope(layer.activation, layer.alpha, z[l][i]);
        double value = right;
        if (has("slope-at-activation")) value = slope(layer.activation, layer.alpha, a[l][i]);
        if (has("activation-as-slope")) value = a[l][i];
        // the other form, where it is at hand
        const bool shortcut = shortcuts_ && value == right && layer.activation == Activation::sigmoid;
        slopes[i] = write(e, "slope", at(l, i), shortcut ? a[l][i] * (1 - a[l][i]) : value, right, shortcut);
        if (shortcut) numbers_[std::to_string(e) + ":slope" + at(l, i)].slipped = false;
      }
      for (std::size_t j = 0; j < n; ++j) {
        double right = 0;
        if (softmax) {
          for (std::size_t i = 0; i < n; ++i) right += wrong[i] * matrix[i][j];
        } else {
          right = wrong[j] * slopes[j];
        }
        double value = right;
        const bool cancels = l == L && ((net.cost == Cost::binary_cross_entropy && layer.activation == Activation::sigmoid) ||
                                        (net.cost == Cost::cross_entropy && softmax));
        if (has("missing-slope")) value = wrong[j];
        if (has("extra-slope") && cancels) value = (a[l][j] - y(j)) * (softmax ? matrix[j][j] : slopes[j]);
        const bool neighbour = l < L && !softmax && net.layer(l + 1).activation != Activation::softmax;
        if (has("slope-of-wrong-layer") && neighbour && (j < slopes_after.size() || slopes_after.size() == 1)) {
          value = wrong[j] * slopes_after[slopes_after.size() == 1 ? 0 : j];
        }
        delta[j] = write(e, "delta", at(l, j), value, right);
      }
      for (std::size_t j = 0; j < n; ++j) {
        b[j] = write(e, "dC/db", at(l, j), has("bias-times-input") ? delta[j] * a[l - 1][0] : delta[j], delta[j]);
      }
      Table w(n, Row(m));
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k < m; ++k) {
          const double right = delta[j] * a[l - 1][k];
          double value = right;
          if (has("own-activation")) value = delta[j] * a[l][j];
          if (has("pre-activation-as-input") && l >= 2) value = delta[j] * z[l - 1][k];
          if (has("swapped-indices") && k < n && j < m) value = delta[k] * a[l - 1][j];
          w[j][k] = write(e, "dC/dw", at(l, j, k), value, right);
        }
      }
      Row before(m);
      Table path(m, Row(n));
      for (std::size_t k = 0; k < m; ++k) {
        for (std::size_t j = 0; j < n; ++j) {
          const double weight = layer.weights(j, k), right = weight * delta[j];
          double value = right;
          if (has("missing-weight")) value = delta[j];
          if (has("updated-weights")) value = (weight - lesson_.learning_rate * w[j][k]) * delta[j];
          if (has("transposed-weights") && k < n && j < m) value = layer.weights(k, j) * delta[j];
          path[k][j] = write(e, "path", at(l, k, j), value, right);
        }
      }
      for (std::size_t k = 0; k < m; ++k) {
        double right = 0;
        for (std::size_t j = 0; j < n; ++j) right += path[k][j];
        double value = right;
        if (n > 1 && has("single-path")) value = path[k][0];
        if (n > 1 && has("averaged-paths")) value = right / static_cast<double>(n);
        before[k] = write(e, "dC/da", at(l - 1, k), value, right);
      }
      wrong = before;
      slopes_after = slopes;
    }
  }

  /// Means of the numbers as written.
  void means() {
    const std::size_t examples = lesson_.examples.size();
    std::map<std::string, double> sums;
    for (const auto& [name, number] : numbers_) {
      const std::string rest = name.substr(name.find(':') + 1);
      if (rest == "C" || rest.starts_with("dC/db") || rest.starts_with("dC/dw")) sums[rest] += number.value;
    }
    for (const auto& [rest, sum] : sums) {
      const double right = sum / static_cast<double>(examples), value = has("sum-instead-of-mean") ? sum : right;
      numbers_["mean:" + rest] = {rounded(value), rounded(value) != rounded(right), false};
    }
  }

  const Lesson& lesson_;
  std::set<std::string> has_;
  int digits_;
  bool shortcuts_, cuts_;
  std::map<std::string, Number> numbers_;
};

}  // namespace gradtrace
