// A class: who is in it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gradtrace {

struct RosterEntry {
  std::string student;      ///< what sheets are called by: unique
  std::string name, email, id;  ///< may be empty
  std::string file;         ///< a file name that is safe everywhere and unique: "ada"
};

/// Columns student and, optionally, name, email, id, as spreadsheet programs write them; others are ignored.
/// @throws InputError with every problem: no student, the same one twice, quotes out of balance.
std::vector<RosterEntry> load_roster(const std::filesystem::path& file);

/// `text` as a file name: no separators, no control characters, no dot in front, not too long.
std::string safe_file_name(const std::string& text);

}  // namespace gradtrace
