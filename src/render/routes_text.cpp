// Routes of influence as text.
#include "render/routes_text.hpp"

#include "base/number.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace gradtrace {
namespace {

constexpr std::size_t longest_bar = 20;

struct Symbols {
  const char *arrow, *across, *times, *bar, *opposing_bar, *agree, *differ, *more;
};
constexpr Symbols unicode_symbols{"→", "⇒", "·", "█", "▒", "✓", "✗", "…"};
constexpr Symbols ascii_symbols{"->", "=>", "*", "#", "-", "ok", "NOT EQUAL", "..."};

/// Digits as superscripts, ⁽²⁾, or subscripts, ₀₁.
std::string raised(std::size_t layer) {
  static constexpr std::array<const char*, 10> digits{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = "⁽";
  for (const char digit : std::to_string(layer)) text += digits[static_cast<std::size_t>(digit - '0')];
  return text + "⁾";
}

std::string lowered(std::size_t index) {
  static constexpr std::array<const char*, 10> digits{"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};
  std::string text;
  for (const char digit : std::to_string(index)) text += digits[static_cast<std::size_t>(digit - '0')];
  return text;
}

std::string pad_left(const std::string& text, std::size_t width) {
  const std::size_t length = count_columns(text);
  return length < width ? std::string(width - length, ' ') + text : text;
}

std::string pad_right(const std::string& text, std::size_t width) {
  const std::size_t length = count_columns(text);
  return length < width ? text + std::string(width - length, ' ') : text;
}

/// The neurons passed: from k of the layer before, through j of each layer; ⇒ where a softmax carries z of
/// one neuron to a of another.
std::string neurons_of(const Route& route, const Name& from, const Symbols& symbols) {
  std::string text = std::to_string(from.quantity == Quantity::w ? from.k : from.j);
  const std::string arrow = fmt::format(" {} ", symbols.arrow);
  if (from.quantity == Quantity::w) text += arrow + std::to_string(from.j);
  for (const RouteFactor& factor : route.factors) {
    if (factor.kind == RouteFactor::Kind::weight) text += arrow + std::to_string(factor.name.j);
    if (factor.kind == RouteFactor::Kind::slope && factor.name.k != Name::none) {
      text += fmt::format(" {} {}", symbols.across, factor.name.j);
    }
  }
  return text;
}

/// What the routes have in common of a factor: its quantity and layer, and its neuron where all have the same.
std::string heading(const std::vector<Route>& routes, std::size_t factor, bool ascii) {
  const Name& first = routes.front().factors[factor].name;
  const bool one = std::all_of(routes.begin(), routes.end(),
                               [&](const Route& route) { return route.factors[factor].name == first; });
  const bool slope = first.quantity == Quantity::slope;
  if (ascii) {
    const std::string text = fmt::format("{}[{}]", slope ? "s'" : info(first.quantity).ascii, first.layer);
    return one && first.k == Name::none ? text + fmt::format("[{}]", first.j) : text;
  }
  const std::string text = std::string(slope ? "σ′" : info(first.quantity).symbol) + raised(first.layer);
  return one && first.k == Name::none ? text + lowered(first.j) : text;
}

using Row = std::vector<std::string>;

/// Blanks before a column: factors end in blanks of their own.
std::size_t gap(std::size_t column, std::size_t columns) { return column == 0 || column + 1 == columns ? 2 : 1; }

std::string join(const Row& row, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t c = 0; c < row.size(); ++c) {
    line += std::string(gap(c, row.size()), ' ') + (c == 0 || c + 1 == row.size() ? pad_right(row[c], widths[c]) : pad_left(row[c], widths[c]));
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

/// 0 ≤ part ≤ whole; all of it where both are beyond a double.
double part_of(double part, double whole) { return part == whole ? 1 : part / whole; }

/// The last cell of each row: a bar as long as the route's share of the strongest, another kind of bar where
/// it pulls against the sum, within `room` columns.
void draw_bars(std::vector<Row>& rows, const std::vector<Route>& shown, double sum, std::size_t room, const Symbols& symbols) {
  static constexpr std::string_view opposes = " opposes";
  const double largest = std::abs(shown.front().product);
  if (shown.size() < 2 || largest == 0) return;
  const std::size_t longest = std::min(longest_bar, room);
  for (std::size_t r = 0; r < shown.size(); ++r) {
    const double share = part_of(std::abs(shown[r].product), largest);
    const auto length = static_cast<std::size_t>(std::lround(share * static_cast<double>(longest)));
    const bool opposing = shown[r].product != 0 && std::signbit(shown[r].product) != std::signbit(sum);
    std::string& bar = rows[r + 1].back();
    for (std::size_t i = 0; i < length; ++i) bar += opposing ? symbols.opposing_bar : symbols.bar;
    if (opposing && length + opposes.size() <= room) bar += opposes;
  }
}

std::string count_text(long double count, bool ascii) {
  if (count < 1e6) return fmt::format("{}", static_cast<std::size_t>(count));
  return fmt::format("{}{:.4g}", count < 0x1p53 ? "" : ascii ? "about " : "≈ ", count);
}

}  // namespace

std::string render_routes(const Routes& routes, const std::vector<Route>& shown, const Name& from,
                          const ExampleTrace& trace, bool several_examples, const RenderOptions& options) {
  const Symbols& symbols = options.ascii ? ascii_symbols : unicode_symbols;
  const auto number = [&](double value, bool trim = true) { return significant(value, options.digits, options.ascii, trim); };

  Name variable = from;
  variable.scope = Scope::of_example(trace.example);
  const bool several = routes.count() != 1;
  std::string text = fmt::format("{} = {} reaches C along {} route{}\n", to_string(variable, several_examples),
                                 number(trace.value(from)), count_text(routes.count(), options.ascii), several ? "s" : "");
  const bool all = static_cast<long double>(shown.size()) >= routes.count();
  if (!all) text += fmt::format("the {} strongest:\n", shown.size());
  text += '\n';
  if (shown.empty()) return text;

  // One column a factor where they fit, else the product alone.
  std::vector<Row> rows(shown.size() + 1);
  rows[0].push_back("neurons");
  for (std::size_t f = 0; f < shown.front().factors.size(); ++f) {
    rows[0].push_back(heading(shown, f, options.ascii) + " " + (f + 1 < shown.front().factors.size() ? symbols.times : "="));
  }
  rows[0].insert(rows[0].end(), {"product", ""});
  for (std::size_t r = 0; r < shown.size(); ++r) {
    Row& row = rows[r + 1];
    row.push_back(neurons_of(shown[r], from, symbols));
    for (const RouteFactor& factor : shown[r].factors) {
      row.push_back(number(factor.value, factor.kind == RouteFactor::Kind::weight || factor.kind == RouteFactor::Kind::input) + "  ");
    }
    row.push_back(number(shown[r].product, false));
    row.emplace_back();
  }

  const auto widths_of = [&] {
    std::vector<std::size_t> widths(rows[0].size(), 0);
    for (const Row& row : rows) {
      for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], count_columns(row[c]));
    }
    return widths;
  };
  const auto total = [](const std::vector<std::size_t>& widths) {
    std::size_t sum = 0;
    for (std::size_t c = 0; c < widths.size(); ++c) sum += gap(c, widths.size()) + widths[c];
    return sum;
  };
  const auto available = static_cast<std::size_t>(options.width);
  std::vector<std::size_t> widths = widths_of();
  if (total(widths) > available) {  // without the factors
    for (Row& row : rows) row.erase(row.begin() + 1, row.end() - 2);
    widths = widths_of();
  }
  if (total(widths) > available && widths[0] > total(widths) - available + 8) {  // and the middle of long routes
    const std::size_t keep = (widths[0] - (total(widths) - available)) / 2 - 2;
    for (Row& row : rows) {
      if (count_columns(row[0]) <= 2 * keep + 3) continue;
      std::string begin, end = row[0];
      for (std::size_t i = 0; i < keep; ++i) {
        const std::size_t bytes = first_code_point(end).bytes;
        begin += end.substr(0, bytes);
        end.erase(0, bytes);
      }
      while (count_columns(end) > keep) end.erase(0, first_code_point(end).bytes);
      row[0] = begin + symbols.more + end;
    }
    widths = widths_of();
  }
  draw_bars(rows, shown, routes.sum(), total(widths) < available ? available - total(widths) : 0, symbols);
  widths = widths_of();
  for (const Row& row : rows) text += join(row, widths);

  // The sum, under the products.
  long double exact_sum = 0;
  for (const Route& route : shown) exact_sum += route.product;
  const double sum_shown = static_cast<double>(exact_sum);
  const std::size_t columns = widths.size();
  std::size_t before_product = 0;
  for (std::size_t c = 0; c + 2 < columns; ++c) before_product += gap(c, columns) + widths[c];
  const std::size_t product_width = gap(columns - 2, columns) + widths[columns - 2];
  const Name derivative = routes.derivative();
  const bool equal = routes.agree();
  const auto sum_line = [&](const std::string& label, const std::string& value, const std::string& after) {
    // A sum may be wider than any product; the label gives way.
    const std::size_t field = std::max(product_width, count_columns(value) + 2), end = before_product + product_width;
    std::string line = pad_left(label, end > field ? end - field : 0) + pad_left(value, field);
    // What it is stands beside it, or below where there is no room.
    const bool beside = count_columns(line) + 2 + count_columns(after) <= available;
    if (!after.empty()) line += beside ? "  " + after : "\n" + pad_left(after, available);
    text += line + '\n';
  };
  if (!all) {
    const std::string share = routes.sum() == 0 || !std::isfinite(sum_shown / routes.sum()) ? "" : fmt::format("{:.3g} % of the sum", 100 * sum_shown / routes.sum());
    sum_line("these", number(sum_shown, false), share);
  }
  if (several || !equal) {
    sum_line(all ? "sum" : "all", number(routes.sum(), false),
             fmt::format("= {} {}", to_string(derivative, several_examples), equal ? symbols.agree : symbols.differ));
  } else {
    text += fmt::format("\n  = {} {}\n", to_string(derivative, several_examples), symbols.agree);
  }
  return text;
}

}  // namespace gradtrace
