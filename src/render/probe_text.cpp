// Random directions, drawn.
#include "render/probe_text.hpp"

#include "base/number.hpp"
#include "render/notation.hpp"
#include "render/story.hpp"
#include "render/table.hpp"
#include "render/verdict_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gradtrace {
std::string render_probe(const Lesson& lesson, const ProbeReport& report, const RenderOptions& options) {
  const bool several = lesson.several_examples();
  // What a double cannot hold is not known.
  const auto number = [&](double value) { return std::isnan(value) ? "?" : in(options.ascii, significant(value, options.digits, options.ascii)); };
  const auto size = [](double value) { return std::isfinite(value) ? rough(value) : "?"; };
  TextTable table{{{"tensor", Align::left}, {"entries", Align::right}, {"backprop", Align::decimal}, {"dual", Align::decimal},
                   {"apart", Align::right}, {"bound", Align::right}, {"shows from", Align::right}, {"", Align::left}}, {}};
  std::size_t wrong = 0, undecided = 0;
  double worst_resolution = 0;
  for (const ProbedTensor& tensor : report.tensors) {
    const bool good = tensor.verdict == Verdict::agree, bad = tensor.verdict == Verdict::disagree;
    wrong += bad;
    undecided += !good && !bad;
    if (good && tensor.largest > 0) worst_resolution = std::max(worst_resolution, tensor.resolution() / tensor.largest);
    table.rows.push_back({fmt::format("{}{}[{}]", several ? "mean " : "", info(tensor.quantity).name, tensor.layer), std::to_string(tensor.entries),
                          number(tensor.analytic), number(tensor.numeric), size(std::abs(tensor.analytic - tensor.numeric)), size(tensor.bound),
                          size(tensor.resolution()), in(options.ascii, good ? "✓" : bad ? "✗" : "?")});
  }
  std::string text = render_table(table, 2) + "\n";
  const auto width = static_cast<std::size_t>(options.width);
  text += wrap(in(options.ascii, fmt::format("each row: Σ gᵢvᵢ beside the cost's derivative along v, for the worst of {} random directions v of that tensor; shows "
                                             "from: an entry wrong by more than this would show", ProbeReport::directions)), width, 2) + "\n";
  const std::string would_show = worst_resolution > 0 ? fmt::format("an entry wrong by {} of its tensor's largest would show", rough(worst_resolution))
                                                      : "where all gradients are 0 the column \"shows from\" says what would show";
  if (report.agrees() && undecided > 0) {
    return text + verdict_line(undecided == report.tensors.size() ? Mark::none : Mark::good, "probe",
                               fmt::format("{} of {} tensors inconclusive, beyond what a double can hold{}", undecided, report.tensors.size(),
                                           undecided == report.tensors.size() ? "" : "; of the others " + would_show),
                               options);
  }
  if (report.agrees()) {
    return text + verdict_line(Mark::good, "probe",
                               fmt::format("all {} parameters covered, in {} forward passes of {} example{}; {}",
                                           report.parameters, report.passes, lesson.examples.size(), several ? "s" : "", would_show),
                               options);
  }
  text += verdict_line(Mark::bad, "probe", fmt::format("{} of {} tensors disagree; halving the directions finds", wrong, report.tensors.size()), options);
  TextTable culprits{{{"entry", Align::left}, {"backprop", Align::decimal}, {"dual numbers", Align::decimal}, {"relative error", Align::right}}, {}};
  for (const Culprit& culprit : report.culprits) {
    culprits.rows.push_back({to_string(culprit.name, several), number(culprit.analytic), number(culprit.numeric),
                             size(relative_error(culprit.analytic, culprit.numeric))});
  }
  text += "\n" + render_table(culprits, 2);
  if (report.more_culprits) text += in(options.ascii, "  … and more; check without --probe lists all\n");
  return text;
}

}  // namespace gradtrace
