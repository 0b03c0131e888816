// Over random networks: every mistake of the catalogue put into the derivation is noticed by the check, and
// named by the search for causes.
#include "check/mutation.hpp"
#include "golden/cause.hpp"
#include "support/networks.hpp"
#include "support/tables.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace gradtrace;

namespace {

constexpr std::uint64_t networks = 200;

Lesson small_lesson(std::uint64_t number) { return random_lesson(number, {3, 4, 3, 1}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(cause)

BOOST_AUTO_TEST_CASE(every_mistake_that_shows_is_called_disagree) {
  std::size_t changed = 0, caught = 0, undecided = 0;
  for (std::uint64_t n = 0; n < networks; ++n) {
    for (const MutationResult& result : mutate(small_lesson(n), {})) {
      changed += result.changed;
      caught += result.caught;
      undecided += result.undecided;
      BOOST_TEST(result.good(), "network " << n << ", " << info(result.variation.mistake).id);
    }
  }
  BOOST_TEST_MESSAGE(changed << " numbers changed, " << caught << " caught, " << undecided << " undecided");
  BOOST_TEST(caught + undecided == changed);
}

BOOST_AUTO_TEST_CASE(the_mistake_is_named) {
  std::size_t made = 0, named = 0, ambiguous = 0, other = 0, nothing = 0;
  for (std::uint64_t n = 0; n < networks; ++n) {
    const Lesson lesson = small_lesson(n);
    for (const MistakeInfo& mistake : mistakes) {
      for (const std::size_t choice : choices(lesson.network, lesson.examples.size(), mistake.mistake)) {
        const ComparisonResult result = compare(lesson, mistaken_table(lesson, {mistake.mistake, choice, {}}));
        const bool shows = std::ranges::any_of(result.departures, [](const Departure& departure) {
          return std::abs(departure.golden - departure.here) > 1e-6 * std::max(std::abs(departure.golden), std::abs(departure.here));
        });
        if (!shows) continue;
        ++made;
        const Cause found = likely_cause(lesson, result, 4);
        const bool right = std::ranges::find(found.mistakes, mistake.mistake) != found.mistakes.end();
        if (right) {
          ++(found.mistakes.size() == 1 ? named : ambiguous);
          continue;
        }
        ++(found.explained == 0 ? nothing : other);
        BOOST_TEST_MESSAGE("network " << n << ": " << mistake.id << "/" << choice << ": " << (found.lines.empty() ? "nothing" : found.lines.back()) << " "
                                      << (found.mistakes.empty() ? "-" : info(found.mistakes.front()).id));
        break;
      }
    }
  }
  BOOST_TEST_MESSAGE(made << " made: " << named << " named, " << ambiguous << " ambiguous, " << other << " something else, " << nothing << " unexplained");
  BOOST_TEST(named >= 0.95 * static_cast<double>(made));
  BOOST_TEST(other == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
