// What a text must satisfy before toml++ may see it: UTF-8, and no key of so many parts that the
// parser's recursion exhausts the stack.
#pragma once

#include "lesson/diagnostics.hpp"

#include <string_view>

namespace gradtrace {

/// Reports the first place toml++ could not deal with.
void guard_against_hostile_toml(std::string_view text, Diagnostics& problems);

}  // namespace gradtrace
