// What an action complains about.
#pragma once

#include "base/error.hpp"

#include <string>

namespace gradtrace {

/// The message of the InputError that `action` throws, or "no error".
template <class Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace gradtrace
