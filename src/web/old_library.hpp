// What our sources use of C++20's library and the one that comes with emscripten 3.1 does not have yet. Included in front
// of everything when the engine is compiled, and empty as soon as the library catches up.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <iterator>
#include <version>

#if !defined(__cpp_lib_bit_cast)
namespace std {  // NOLINT: where the standard has it
template <class To, class From>
To bit_cast(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}
}  // namespace std
#endif

#if !defined(__cpp_lib_ranges)
namespace std::ranges {  // NOLINT

template <class Range, class Test, class Projection = std::identity>
bool any_of(Range&& range, Test test, Projection projection = {}) {
  return std::any_of(std::begin(range), std::end(range), [&](auto&& x) { return static_cast<bool>(std::invoke(test, std::invoke(projection, x))); });
}
template <class Range, class Test, class Projection = std::identity>
bool all_of(Range&& range, Test test, Projection projection = {}) {
  return !any_of(range, [&](auto&& x) { return !std::invoke(test, x); }, projection);
}
template <class Range, class Test, class Projection = std::identity>
bool none_of(Range&& range, Test test, Projection projection = {}) {
  return !any_of(range, test, projection);
}
template <class Range, class Test, class Projection = std::identity>
auto find_if(Range&& range, Test test, Projection projection = {}) {
  return std::find_if(std::begin(range), std::end(range), [&](auto&& x) { return static_cast<bool>(std::invoke(test, std::invoke(projection, x))); });
}
template <class Range, class Value, class Projection = std::identity>
auto find(Range&& range, const Value& value, Projection projection = {}) {
  return find_if(range, [&](auto&& x) { return x == value; }, projection);
}
template <class Range, class Value, class Projection = std::identity>
auto count(Range&& range, const Value& value, Projection projection = {}) {
  return std::count_if(std::begin(range), std::end(range), [&](auto&& x) { return std::invoke(projection, x) == value; });
}
template <class Range, class Test, class Projection = std::identity>
auto count_if(Range&& range, Test test, Projection projection = {}) {
  return std::count_if(std::begin(range), std::end(range), [&](auto&& x) { return static_cast<bool>(std::invoke(test, std::invoke(projection, x))); });
}
template <class Range, class Value>
void replace(Range&& range, const Value& from, const Value& to) {
  std::replace(std::begin(range), std::end(range), from, to);
}
template <class Less = std::less<>, class Projection = std::identity>
auto by(Less less = {}, Projection projection = {}) {
  return [less, projection](auto&& x, auto&& y) { return std::invoke(less, std::invoke(projection, x), std::invoke(projection, y)); };
}
template <class Range, class Less = std::less<>, class Projection = std::identity>
auto max_element(Range&& range, Less less = {}, Projection projection = {}) {
  return std::max_element(std::begin(range), std::end(range), by(less, projection));
}
template <class Range, class Less = std::less<>, class Projection = std::identity>
void sort(Range&& range, Less less = {}, Projection projection = {}) {
  std::sort(std::begin(range), std::end(range), by(less, projection));
}
template <class Range, class Less = std::less<>, class Projection = std::identity>
void stable_sort(Range&& range, Less less = {}, Projection projection = {}) {
  std::stable_sort(std::begin(range), std::end(range), by(less, projection));
}
template <class Range, class Iterator, class Less = std::less<>, class Projection = std::identity>
void partial_sort(Range&& range, Iterator middle, Less less = {}, Projection projection = {}) {
  std::partial_sort(std::begin(range), middle, std::end(range), by(less, projection));
}
template <class Range, class Value, class Less = std::less<>, class Projection = std::identity>
auto upper_bound(Range&& range, const Value& value, Less less = {}, Projection projection = {}) {
  return std::upper_bound(std::begin(range), std::end(range), value, [&](const Value& v, auto&& x) { return std::invoke(less, v, std::invoke(projection, x)); });
}

}  // namespace std::ranges
#endif
