// What a lesson's page shows, as JSON: the picture of the network and the derivation in steps. The program writes it into
// the page; the engine in the page writes it anew when a number is nudged.
#pragma once

#include "lesson/lesson.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace gradtrace {

struct PageViewOptions {
  static constexpr std::size_t most_rows = 12;  ///< of a step; the largest are shown
  int digits = 4;
  bool nudged = true;  ///< with the nudged twin of every number shown
  std::optional<std::size_t> step;  ///< this step alone, the others null: what a page shows while a number is dragged
};

std::string page_view(const Lesson& lesson, std::size_t example, const PageViewOptions& options);

/// The lesson itself, for the engine and the page: network, examples, questions, what is asked.
std::string page_lesson(const Lesson& lesson, std::size_t most_examples);

}  // namespace gradtrace
