// The table of commands.
#include "cli/command.hpp"

#include <array>

namespace gradtrace {
namespace {

constexpr std::array<Command, 14> table{{
    {"run", "run lessons: story, derivation, every number nudged, golden file", run_command},
    {"trace", "the derivation alone, as text, Markdown, CSV, JSON or a graph", trace_command},
    {"check", "the gradient check of every number of the trace", check_command},
    {"why", "one number explained, down to the inputs", why_command},
    {"paths", "every route of influence from one variable to the cost", paths_command},
    {"golden", "compare lessons with their golden files, or renew these", golden_command},
    {"homework", "a sheet with blanks, its key, or a personal variant for each student", homework_command},
    {"grade", "grade sheets: what is right, what follows, which idea was missed", grade_command},
    {"practice", "one step at a time: predict, type, be told why", practice_command},
    {"audit", "for the author: which mistakes a lesson's numbers can tell apart", audit_command},
    {"page", "lessons as web pages, stepped through and nudged live", page_command},
    {"export", "a lesson as a program for PyTorch, JAX or NumPy", export_command},
    {"new", "a lesson to start from, with every key explained", new_command},
    {"lessons", "list the shipped lessons", lessons_command},
}};

}  // namespace

std::span<const Command> commands() { return table; }

}  // namespace gradtrace
