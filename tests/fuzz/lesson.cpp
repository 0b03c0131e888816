// Any text as a lesson. One that loads is traced and checked as well, where it is small.
#include "base/error.hpp"
#include "check/check.hpp"
#include "fuzz/input_file.hpp"
#include "fuzz/targets.hpp"
#include "lesson/load.hpp"
#include "render/page_view.hpp"
#include "trace/trace.hpp"

#include <cstdlib>

namespace gradtrace {

void fuzz_lesson(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t most_parameters = 500;
  const InputFile file("lesson.toml", data, size);
  try {
    const Lesson lesson = load_lesson(file.path());
    if (size_of(given_blocks(lesson.network)) > most_parameters || lesson.network.inputs > most_parameters) return;
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
    Checker checker(lesson.network, CheckOptions{}, false);
    checker.check(trace);
    if (!checker.summary().agrees()) std::abort();  // backprop is wrong, or the check is
    page_view(lesson, 0, {});
  } catch (const InputError&) {    // what is wrong with the file
  } catch (const NumericError&) {  // beyond what a double can hold
  }
}

}  // namespace gradtrace
