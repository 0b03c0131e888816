// What a lesson's page shows, as JSON: the picture of the network and the derivation in steps. The program writes it into
// the page; the engine in the page writes it anew when a number is nudged.
#pragma once

#include "lesson/lesson.hpp"
#include "trace/trace.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace gradtrace {

struct PageViewOptions {
  static constexpr std::size_t most_rows = 12;   ///< of a step; the largest are shown
  static constexpr std::size_t most_terms = 10;  ///< of a sum over paths; the rest is one term more
  int digits = 4;
  bool nudged = true;  ///< with the nudged twin of every number shown
  bool means = true;   ///< with the step of the data set's means, where there are several examples
  std::optional<std::size_t> step;  ///< this step alone, the others null: what a page shows while a number is dragged
};

/// The picture, the numbers beside its neurons and edges, and the parts of the steps; numbers that are not finite are null.
std::string page_view(const Lesson& lesson, std::size_t example, const PageViewOptions& options);

/// The lesson itself, for the engine and the page: network, examples, questions, what is asked.
std::string page_lesson(const Lesson& lesson, std::size_t most_examples);

/// The strongest routes of influence from a variable to the cost, as JSON: of each the names of the neurons and edges it
/// passes in the picture, its factors and its product; and the sum over all.
std::string page_routes(const Lesson& lesson, const ExampleTrace& trace, const Name& from, std::size_t most);

}  // namespace gradtrace
