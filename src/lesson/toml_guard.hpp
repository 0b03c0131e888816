// What a text must satisfy before toml++ 3.3 may see it: UTF-8, no key of so many parts that its recursion
// exhausts the stack, and ASCII outside of strings and comments and behind backslashes (there its
// is_non_ascii_horizontal_whitespace() runs into undefined behaviour for é and the like).
#pragma once

#include "lesson/diagnostics.hpp"

#include <string_view>

namespace gradtrace {

/// Reports the first place toml++ could not deal with.
void guard_against_hostile_toml(std::string_view text, Diagnostics& problems);

}  // namespace gradtrace
