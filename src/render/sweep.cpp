// Drawing the step-size curve.
#include "render/sweep.hpp"

#include "base/number.hpp"
#include "render/notation.hpp"
#include "render/story.hpp"
#include "render/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace gradtrace {
namespace {

// Errors from 1 down to where a double has no more digits.
constexpr int largest_error = 0, smallest_error = -17;
constexpr int largest_step = -1, smallest_step = -16;

/// One letter a series, capital for single precision.
char letter_of(const SweepSeries& series) {
  static constexpr std::array<char, methods.size()> letters{'f', 'c', '5', 'r', 'i', 'd', 'x'};
  const char letter = letters[static_cast<std::size_t>(series.method)];
  if (!series.single_precision) return letter;
  return letter == '5' ? '%' : static_cast<char>(letter - 'a' + 'A');
}

std::string label_of(const SweepSeries& series) {
  return std::string(info(series.method).name) + (series.single_precision ? ", float" : "");
}

double log_error(const SweepPoint& point) {
  return std::clamp(point.error > 0 ? std::log10(point.error) : -99.0, static_cast<double>(smallest_error), static_cast<double>(largest_error));
}

std::string decade(double value) { return fmt::format("{:.0e}", value); }

std::string picture(const Sweep& sweep, std::size_t width) {
  constexpr std::size_t margin = 8;
  const std::size_t columns = std::clamp<std::size_t>(width - margin - 2, 30, 76);
  constexpr std::size_t rows = 18;
  std::vector<std::string> canvas(rows, std::string(columns, ' '));
  // Of two series in one place the better scheme is drawn, which comes later.
  for (const SweepSeries& series : sweep.series) {
    for (const SweepPoint& point : series.points) {
      if (!std::isfinite(point.error)) continue;
      const double x = (std::log10(point.step) - smallest_step) / (largest_step - smallest_step);
      const double y = (largest_error - log_error(point)) / (largest_error - smallest_error);
      const auto column = static_cast<std::size_t>(std::lround(x * static_cast<double>(columns - 1)));
      const auto row = static_cast<std::size_t>(std::lround(y * static_cast<double>(rows - 1)));
      canvas[row][column] = letter_of(series);
    }
  }
  std::string text = "  relative error\n";
  for (std::size_t row = 0; row < rows; ++row) {
    const bool labelled = row % 4 == 0 || row + 1 == rows;
    std::string line = labelled ? fmt::format("{:>6} |", fmt::format("1e{}", largest_error - static_cast<int>(row))) : "       |";
    line += canvas[row];
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  text += "       +" + std::string(columns, '-') + "\n";
  std::string axis(columns + margin, ' ');
  for (const int exponent : {-16, -13, -10, -7, -4, -1}) {
    const double x = static_cast<double>(exponent - smallest_step) / (largest_step - smallest_step);
    const std::string label = fmt::format("1e{}", exponent);
    std::size_t at = margin + static_cast<std::size_t>(std::lround(x * static_cast<double>(columns - 1)));
    at = std::min(at - std::min(at, label.size() / 2), axis.size() - label.size());
    axis.replace(at, label.size(), label);
  }
  axis.erase(axis.find_last_not_of(' ') + 1);
  return text + axis + "\n" + std::string(margin + columns / 2 - 3, ' ') + "step h\n";
}

}  // namespace

std::string sweep_text(const Sweep& sweep, bool several_examples, const RenderOptions& options) {
  const auto width = static_cast<std::size_t>(options.width);
  const std::string name = to_string(sweep.name, several_examples);
  std::string text = colored(fmt::format("{} at steps from 0.1 to 1e-16", name), Color::bold, options.color) + "\n";
  text += wrap(in(options.ascii, fmt::format("backprop says {}, 50-digit arithmetic {}", significant(sweep.analytic, 12, options.ascii),
                                             significant(sweep.reference, 12, options.ascii))), width, 2) + "\n";
  text += picture(sweep, width) + "\n";
  TextTable table{{{"", Align::left}, {"scheme", Align::left}, {"best error", Align::right}, {"at step", Align::right},
                   {"predicted", Align::right}, {"slope", Align::right}, {"order", Align::right}}, {}};
  for (const SweepSeries& series : sweep.series) {
    const SweepPoint* best = series.best();
    const int order = info(series.method).order;
    const bool steps = series.method != Method::dual;
    table.rows.push_back({std::string(1, letter_of(series)), label_of(series), best ? (best->error == 0 ? "0" : fmt::format("{:.1e}", best->error)) : "-",
                          best && steps ? decade(best->step) : "none",
                          series.predicted_step ? decade(*series.predicted_step) : "",
                          series.observed_slope && is_difference(series.method) ? significant(*series.observed_slope, 2, options.ascii) : "",
                          order > 0 && is_difference(series.method) ? std::to_string(order) : ""});
  }
  text += in(options.ascii, render_table(table, 2)) + "\n";
  text += wrap(in(options.ascii, "On the right truncation rules: the error falls with the slope of the scheme's order as h shrinks. On the left "
                                 "rounding rules: C(x+h) and C(x−h) share their digits, and dividing by h magnifies what is left. A complex "
                                 "step and dual numbers take no difference, so nothing grows."), width, 2);
  return text;
}

std::string sweep_csv(const Sweep& sweep) {
  std::string text = "method,precision,step,value,error\n";
  for (const SweepSeries& series : sweep.series) {
    for (const SweepPoint& point : series.points) {
      text += std::string(info(series.method).name) + (series.single_precision ? ",single," : ",double,");
      append_shortest(text, point.step);
      for (const double number : {point.value, point.error}) {
        text += ',';
        if (std::isfinite(number)) append_shortest(text, number);
      }
      text += '\n';
    }
  }
  return text;
}

std::string sweep_svg(const Sweep& sweep, bool several_examples) {
  constexpr double left = 70, top = 50, width = 560, height = 340, legend = 20;
  const auto x_of = [](double log_step) { return left + width * (log_step - smallest_step) / (largest_step - smallest_step); };
  const auto y_of = [](double log_err) { return top + height * (largest_error - log_err) / (largest_error - smallest_error); };
  // Colours that colour-blind readers can tell apart (M. Okabe and K. Ito, 2008); a dash pattern beside each.
  static constexpr std::array<const char*, methods.size()> colors{"#d55e00", "#0072b2", "#009e73", "#cc79a7", "#b58900", "#000000", "#56b4e9"};
  static constexpr std::array<const char*, methods.size()> dashes{"", "6 2", "2 2", "8 2 2 2", "10 4", "1 3", ""};
  std::string svg = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 820 {:.0f}\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#1b1b1f\" role=\"img\">\n",
                                top + height + 60);
  const std::string name = to_string(sweep.name, several_examples);
  svg += fmt::format("<title>Error of {} against the step</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fdfdfb\"/>\n", name);
  svg += fmt::format("<text x=\"{}\" y=\"24\" font-size=\"15\">{}: error of the nudged derivative against the step h</text>\n", left, name);
  for (int error = largest_error; error >= smallest_error; error -= 4) {
    svg += fmt::format("<line x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"#c9c9d2\"/><text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">1e{}</text>\n", left,
                       left + width, y_of(error), y_of(error), left - 8, y_of(error) + 4, error);
  }
  for (int step = smallest_step; step <= largest_step; step += 3) {
    svg += fmt::format("<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{}\" y2=\"{}\" stroke=\"#c9c9d2\"/><text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">1e{}</text>\n",
                       x_of(step), x_of(step), top, top + height, x_of(step), top + height + 18, step);
  }
  svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">step h</text>\n", left + width / 2, top + height + 42);
  svg += fmt::format("<text transform=\"translate(18 {}) rotate(-90)\" text-anchor=\"middle\">relative error</text>\n", top + height / 2);
  double y = top + 6;
  for (const SweepSeries& series : sweep.series) {
    const auto method = static_cast<std::size_t>(series.method);
    const std::string stroke = fmt::format("stroke=\"{}\" stroke-width=\"{}\" stroke-dasharray=\"{}\" fill=\"none\"", colors[method],
                                           series.single_precision ? "1" : "2", dashes[method]);
    std::string path;
    bool pen_down = false;
    for (const SweepPoint& point : series.points) {
      if (!std::isfinite(point.error)) {
        pen_down = false;
        continue;
      }
      path += fmt::format("{}{:.1f} {:.1f} ", pen_down ? "L" : "M", x_of(std::log10(point.step)), y_of(log_error(point)));
      pen_down = true;
    }
    svg += fmt::format("<path d=\"{}\" {}/>\n", path, stroke);
    if (series.predicted_step && !series.single_precision) {
      svg += fmt::format("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\" stroke=\"{3}\" stroke-dasharray=\"2 4\"/>\n",
                         x_of(std::log10(*series.predicted_step)), top, top + height, colors[method]);
    }
    const double at = left + width + legend;
    const std::string slope = series.observed_slope && is_difference(series.method) ? fmt::format(", slope {:.2g}", *series.observed_slope) : "";
    svg += fmt::format("<line x1=\"{0}\" x2=\"{1}\" y1=\"{2}\" y2=\"{2}\" {3}/><text x=\"{4}\" y=\"{5}\">{6}{7}</text>\n", at, at + 26, y, stroke, at + 32,
                       y + 4, label_of(series), slope);
    y += legend;
  }
  svg += fmt::format("<text x=\"{}\" y=\"{}\" fill=\"#5c5c66\">dotted verticals:</text><text x=\"{}\" y=\"{}\" fill=\"#5c5c66\">predicted best step</text>\n",
                     left + width + legend, y + 8, left + width + legend, y + 24);
  return svg + "</svg>\n";
}

}  // namespace gradtrace
