// Lines of standard input, none of them without end.
#pragma once

#include "base/error.hpp"

#include <array>
#include <istream>
#include <string>

namespace gradtrace {

/// The next line without its end; false where there is none.
/// @throws InputError for a line longer than anything that is expected there
inline bool read_line(std::istream& in, std::string& line) {
  std::array<char, 1 << 16> buffer;
  in.getline(buffer.data(), buffer.size());
  const bool too_long = in.fail() && !in.eof() && in.gcount() == static_cast<std::streamsize>(buffer.size() - 1);
  if (too_long) throw InputError("standard input", "holds a line of more than 65,000 characters; expected a name or an answer a line");
  if (in.fail()) return false;
  line.assign(buffer.data(), static_cast<std::size_t>(in.gcount()) - (in.eof() ? 0 : 1));  // whatever bytes there are
  return true;
}

}  // namespace gradtrace
