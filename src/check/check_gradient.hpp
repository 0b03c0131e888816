// Checks a gradient of your own, of any C++ function of several numbers, in one line of a test:
//
//   BOOST_TEST(gradtrace::check_gradient(cost, gradient, point));             // Boost.Test
//   CHECK(gradtrace::check_gradient(cost, gradient, point));                  // Catch2, doctest
//   EXPECT_TRUE(gradtrace::check_gradient(cost, gradient, point));            // GoogleTest
//
// On failure the report prints itself: which entries, both numbers, an error bound, worst first, and what
// they have in common. Needs C++20 and its standard library, nothing else.
#pragma once

#include "method.hpp"
#include "schemes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <iterator>
#include <limits>
#include <optional>
#include <ostream>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace gradtrace {

struct GradientOptions {
  Method method = Method::central;    ///< forward, central, five_point or ridders
  std::optional<double> step;         ///< of every coordinate; the method's own, times max(1, |x|), where unset
  double relative_tolerance = 1e-7;   ///< a difference this small is agreement whatever the bound
  /// How far rounding may carry the function's value, absolutely; measured where unset (below).
  std::optional<double> function_error;
  std::vector<std::string> names;     ///< of the coordinates, for the report; x[0], x[1], … where missing
  std::size_t most_rows = 10;         ///< rows of the table
};

struct GradientRow {
  std::size_t index = 0;
  double analytic = 0;        ///< yours
  double numeric = 0;         ///< from nudging
  double bound = 0;           ///< how far they may be apart by truncation and rounding
  double relative_error = 0;
  Verdict verdict = Verdict::agree;
};

/// What was found. Converts to true where nothing disagrees; kinks and inconclusive entries are reported, not failures.
struct GradientReport {
  std::vector<GradientRow> rows;  ///< in the order of the point
  std::vector<std::string> names;
  std::size_t most_rows = 10;
  Method method = Method::central;

  std::size_t count(Verdict verdict) const {
    return static_cast<std::size_t>(std::ranges::count_if(rows, [&](const GradientRow& row) { return row.verdict == verdict; }));
  }
  bool agrees() const { return count(Verdict::disagree) == 0; }
  explicit operator bool() const { return agrees(); }

  std::string name(std::size_t i) const { return i < names.size() ? names[i] : "x[" + std::to_string(i) + "]"; }

  /// What all wrong entries have in common: "all 3 wrong entries are 2 times the nudged ones"; or "".
  std::string cause() const;
  /// The table; one line where all agree.
  std::string text() const;
};

inline std::ostream& operator<<(std::ostream& out, const GradientReport& report) { return out << report.text(); }

namespace gradient_detail {

/// A bound on the rounding in f's values near x: seven values along a line, so close together that a smooth function
/// is a polynomial there, and the size of their differences of the third to sixth order, which only noise can have
/// (R. W. Hamming, 1971; J. J. Moré and S. M. Wild, Estimating computational noise, 2011).
template <class Function>
double noise_of(Function& f, const std::vector<double>& x) {
  constexpr std::size_t values = 7;
  std::vector<double> moved = x;
  std::array<double, values> table{};
  double largest = 0;
  for (std::size_t i = 0; i < values; ++i) {
    for (std::size_t k = 0; k < x.size(); ++k) {
      // A fixed, irregular direction, the same in every run.
      const double direction = 0.5 + static_cast<double>((k * 2654435761u + 97u) % 1024u) / 2048.0;
      moved[k] = x[k] + static_cast<double>(i) * 1e-9 * direction * std::max(1.0, std::abs(x[k])) * (k % 2 == 0 ? 1 : -1);
    }
    table[i] = f(moved);
    if (std::isfinite(table[i])) largest = std::max(largest, std::abs(table[i]));
  }
  double noise = std::numeric_limits<double>::epsilon() * largest, gamma = 1;
  for (std::size_t order = 1; order < values; ++order) {
    double sum = 0;
    for (std::size_t i = 0; i + order < values; ++i) {
      table[i] = table[i + 1] - table[i];
      sum += table[i] * table[i];
    }
    gamma *= 0.5 * static_cast<double>(order) / static_cast<double>(2 * order - 1);  // (k!)²/(2k)!
    const double level = std::sqrt(gamma * sum / static_cast<double>(values - order));
    if (order >= 3 && std::isfinite(level)) noise = std::max(noise, level);
  }
  return 8 * noise;  // a bound where the level is a standard deviation of few values
}

/// One coordinate moved by t.
template <class Function>
Derivative nudge_coordinate(Function& f, std::vector<double>& x, std::size_t i, const GradientOptions& options, double noise,
                            const Evaluation& here, bool& kink) {
  const double at = x[i];
  const auto evaluate = [&](double t) -> Evaluation {
    x[i] = at + t;
    const double value = f(x);
    x[i] = at;  // exactly what it was
    return {value, noise, {}};
  };
  const auto taken = [at](double t) {
    const volatile double moved = at + t;
    return moved - at;
  };
  const double h = options.step.value_or(usual_step(options.method) * std::max(1.0, std::abs(at)));
  const Derivative derivative = differentiate(options.method, here, h, evaluate, taken);
  // Slopes to the left and right differ by h f″, so half as much at half the step. A corner does not.
  const double probe = options.step.value_or(usual_step(Method::central) * std::max(1.0, std::abs(at)));
  const Sides near = sides_at(probe, evaluate, taken), far = sides_at(2 * probe, evaluate, taken);
  const auto left = [&](const Sides& sides) { return (here.value - sides.left.value) / sides.back; };
  const auto right = [&](const Sides& sides) { return (sides.right.value - here.value) / sides.forth; };
  const double jump = std::abs(right(near) - left(near)), wider = std::abs(right(far) - left(far));
  const double visible = 4 * noise / probe + 1e-4 * std::max({std::abs(left(near)), std::abs(right(near)), std::abs(derivative.value)});
  kink = jump > visible && wider < 1.5 * jump;
  if (!kink) return derivative;
  Derivative corner = derivative;
  corner.value = near.slope();
  corner.left = left(near);
  corner.right = right(near);
  corner.rounding = 2 * noise / probe;
  corner.truncation = 0;
  return corner;
}

template <class Range>
std::vector<double> to_vector(const Range& range) {
  std::vector<double> values;
  for (const auto& value : range) values.push_back(static_cast<double>(value));
  return values;
}

/// `point` in the type a callable takes: its own container where that can be copied and written, else a vector.
template <class Callable, class Range>
decltype(auto) call(Callable& callable, const Range& point, const std::vector<double>& x) {
  if constexpr (std::is_invocable_v<Callable&, const std::vector<double>&>) {
    return callable(x);
  } else if constexpr (std::is_invocable_v<Callable&, std::span<const double>>) {
    return callable(std::span<const double>(x));
  } else {
    static_assert(std::is_invocable_v<Callable&, const Range&>, "the function must take the point, a std::vector<double> or a std::span<const double>");
    Range copy = point;
    std::ranges::transform(x, std::ranges::begin(copy), [](double value) { return static_cast<std::ranges::range_value_t<Range>>(value); });
    return callable(std::as_const(copy));
  }
}

inline std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

inline std::string rough(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1e", value);
  return text;
}

}  // namespace gradient_detail

/// Nudges every coordinate of `point` and compares with `gradient`: a range of as many numbers, or a callable that gives
/// one at the point. At a kink any value between the one-sided derivatives is right. Of kinks inside `cost` that cancel each
/// other nothing is known here: there the slope of the whole is the only right one. `cost` takes a std::vector<double>, a
/// std::span<const double> or the point's own type, and gives a number.
/// @throws std::invalid_argument where gradient and point differ in length, or the method takes no differences.
template <class Cost, class Gradient, std::ranges::input_range Point>
GradientReport check_gradient(Cost cost, Gradient gradient, const Point& point, const GradientOptions& options = {}) {
  using namespace gradient_detail;
  if (!is_difference(options.method)) throw std::invalid_argument("check_gradient: the method must be forward, central, five_point or ridders");
  std::vector<double> x = to_vector(point);
  std::vector<double> analytic;
  if constexpr (std::ranges::input_range<Gradient>) {
    analytic = to_vector(gradient);
  } else {
    analytic = to_vector(call(gradient, point, x));
  }
  if (analytic.size() != x.size()) {
    throw std::invalid_argument("check_gradient: the gradient has " + std::to_string(analytic.size()) + " entries, the point " + std::to_string(x.size()));
  }
  auto f = [&](const std::vector<double>& at) { return static_cast<double>(call(cost, point, at)); };

  GradientReport report;
  report.names = options.names;
  report.most_rows = options.most_rows;
  report.method = options.method;
  const double noise = options.function_error.value_or(x.empty() ? 0 : noise_of(f, x));
  const Evaluation here{x.empty() ? 0 : f(x), noise, {}};
  double scale = 0;
  for (const double value : analytic) {
    if (std::isfinite(value)) scale = std::max(scale, std::abs(value));
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    bool kink = false;
    const Derivative derivative = nudge_coordinate(f, x, i, options, noise, here, kink);
    GradientRow row{i, analytic[i], derivative.value, derivative.bound(), 0, Verdict::agree};
    row.relative_error = relative_error(row.analytic, row.numeric);
    if (!std::isfinite(row.numeric)) {
      row.verdict = Verdict::inconclusive;  // the cost is not defined beside the point
    } else {
      row.verdict = kink ? judge_kink(row.analytic, derivative.left, derivative.right, row.bound)
                         : judge(row.analytic, row.numeric, row.bound, options.relative_tolerance, scale);
    }
    report.rows.push_back(row);
  }
  return report;
}

inline std::string GradientReport::cause() const {
  std::optional<double> common;
  std::size_t wrong = 0;
  for (const GradientRow& row : rows) {
    if (row.verdict != Verdict::disagree) continue;
    ++wrong;
    const double ratio = row.analytic / row.numeric;
    if (!std::isfinite(ratio)) return "";
    if (!common) common = ratio;
    if (std::abs(ratio - *common) > 1e-4 * std::abs(*common)) return "";
  }
  if (!common || wrong < 2) return "";
  return "all " + std::to_string(wrong) + " wrong entries are " + gradient_detail::number(*common) + " times the nudged ones";
}

inline std::string GradientReport::text() const {
  using gradient_detail::number;
  using gradient_detail::rough;
  const std::size_t wrong = count(Verdict::disagree);
  std::string text = wrong == 0 ? "gradient agrees with nudging (" + std::string(info(method).name) + "): " + std::to_string(rows.size()) + " entries"
                                : std::to_string(wrong) + " of " + std::to_string(rows.size()) + " entries of the gradient disagree with nudging (" +
                                      std::string(info(method).name) + ")";
  for (const Verdict verdict : {Verdict::kink, Verdict::inconclusive}) {
    if (count(verdict) > 0) text += ", " + std::to_string(count(verdict)) + " " + (verdict == Verdict::kink ? "at a kink" : "inconclusive");
  }
  text += "\n";
  if (wrong == 0) return text;
  std::vector<GradientRow> worst;
  std::ranges::copy_if(rows, std::back_inserter(worst), [](const GradientRow& row) { return row.verdict == Verdict::disagree; });
  std::ranges::stable_sort(worst, std::greater{}, &GradientRow::relative_error);
  std::size_t width = 11;
  for (const GradientRow& row : worst) width = std::max(width, name(row.index).size());
  const auto cell = [](const std::string& what, std::size_t columns) { return std::string(what.size() < columns ? columns - what.size() : 1, ' ') + what; };
  const auto first = [&](const std::string& what) { return "  " + what + std::string(width - std::min(width, what.size()), ' '); };
  text += first("worst first") + cell("yours", 15) + cell("nudged", 15) + cell("error bound", 14) + cell("relative error", 17) + "\n";
  for (std::size_t i = 0; i < std::min(worst.size(), most_rows); ++i) {
    const GradientRow& row = worst[i];
    text += first(name(row.index)) + cell(number(row.analytic), 15) + cell(number(row.numeric), 15) + cell(rough(row.bound), 14) +
            cell(rough(row.relative_error), 17) + "\n";
  }
  if (worst.size() > most_rows) text += "  ... and " + std::to_string(worst.size() - most_rows) + " more\n";
  if (const std::string common = cause(); !common.empty()) text += "  " + common + "\n";
  return text;
}

}  // namespace gradtrace
