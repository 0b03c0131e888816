// A lesson as Markdown with LaTeX that renders on GitHub and in Obsidian: the same steps as the text.
#pragma once

#include "check/check.hpp"
#include "lesson/lesson.hpp"
#include "render/options.hpp"
#include "trace/trace.hpp"

#include <string>
#include <string_view>

namespace gradtrace {

/// Text in a heading or cell: nothing in it is markup.
std::string markdown_text(std::string_view text);

std::string markdown_header(const Lesson& lesson, const RenderOptions& options);
std::string markdown_example(const Lesson& lesson, const ExampleTrace& trace, const CheckTable* check, const RenderOptions& options);
std::string markdown_means(const Lesson& lesson, const MeanTrace& means, const CheckTable* check, const RenderOptions& options);

}  // namespace gradtrace
