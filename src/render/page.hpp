// A lesson as a web page of its own: nothing is fetched, everything stands in the file.
#pragma once

#include "lesson/lesson.hpp"

#include <string>
#include <vector>

namespace gradtrace {

/// Where the page stands among others; empty where it stands alone.
struct PageLinks {
  std::string previous, previous_title, next, next_title, index;
};

std::string lesson_page(const Lesson& lesson, const PageLinks& links);

/// The site's first page: the lessons as a path to follow. `files[i]` is lesson i's.
std::string index_page(const std::vector<Lesson>& lessons, const std::vector<std::string>& files);

/// Whether the engine for live nudging is built in.
bool page_has_engine();

}  // namespace gradtrace
