// Reading a roster.
#include "homework/roster.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

namespace gradtrace {
namespace {

constexpr std::size_t most_problems = 100, longest_name = 100, most_students = 100'000;

}  // namespace

std::string safe_file_name(const std::string& text) {
  std::string name;
  for (std::string_view rest = text; !rest.empty();) {
    const CodePoint first = first_code_point(rest);
    const std::string_view bytes = rest.substr(0, first.bytes);
    if (name.size() + bytes.size() > longest_name) break;
    const bool ascii = first.value < 0x80;
    const bool plain = ascii ? std::isalnum(static_cast<int>(first.value)) || std::string_view("-_.@+").find(bytes) != std::string_view::npos
                             : first.valid && !steers_a_terminal(first.value);
    name += plain ? bytes : "_";
    rest.remove_prefix(first.bytes);
  }
  if (name.empty()) name = "_";
  for (char& c : name) {  // neither hidden nor an option
    if (c != '.' && c != '-') break;
    c = '_';
  }
  return name;
}

std::vector<RosterEntry> load_roster(const std::filesystem::path& file) {
  const std::string text = to_utf8(read_file(file, std::uintmax_t{1} << 26));
  std::vector<RosterEntry> roster;
  std::vector<Problem> problems;
  std::set<std::string> students, files;
  std::map<std::string, std::size_t> last_number;  // of those whose names give one file name
  std::vector<std::string> header;
  std::array<std::size_t, 4> columns{};  // of student, name, email, id
  const auto column = [&](const char* name) { return static_cast<std::size_t>(std::ranges::find(header, name) - header.begin()); };
  bool named = false;
  CsvReader reader(text);
  while (problems.size() < most_problems && reader.next()) {
    const auto& cells = reader.cells();
    const auto complain = [&](std::size_t cell, const std::string& message) {
      const CsvPlace place = reader.place(cell);
      // A first line that names no columns is not shown: the file may be the secret.
      problems.push_back({file.string(), place.line, place.column, 1, message, "", 1});
      if (named) show_line(problems.back(), reader.line_at(place));
    };
    if (!cells) {
      complain(0, reader.why_unreadable());
      continue;
    }
    if (header.empty()) {
      for (const std::string& cell : *cells) header.push_back(lower_case(std::string(trimmed(cell))));
      if (column("student") == header.size()) {
        complain(0, "the first line must name the columns; \"student\" is missing (and name, email, id may follow)");
        break;
      }
      for (const char* name : {"student", "name", "email", "id"}) {
        if (std::count(header.begin(), header.end(), name) > 1) complain(0, std::string("the first line names the column ") + name + " twice");
      }
      if (!problems.empty()) break;
      columns = {column("student"), column("name"), column("email"), column("id")};
      named = true;
      continue;
    }
    if (const auto beyond = beyond_columns(*cells, header.size())) {
      complain(*beyond, std::string(goes_beyond_columns));
      continue;
    }
    const auto cell = [&](std::size_t at_column) { return at_column < cells->size() ? csv_label((*cells)[at_column]) : std::string(); };
    RosterEntry entry{cell(columns[0]), cell(columns[1]), cell(columns[2]), cell(columns[3]), ""};
    if (entry.student.empty()) {
      complain(columns[0], "the student is missing");
      continue;
    }
    if (neutralised(entry.student, "") != entry.student) {
      complain(columns[0], "a student's name holds a control character, or bytes that are no UTF-8");
      continue;
    }
    if (roster.size() == most_students) {
      complain(columns[0], fmt::format("a roster has at most {} students", most_students));
      break;
    }
    if (!students.insert(entry.student).second) {
      complain(columns[0], "\"" + entry.student + "\" stands in the roster twice");
      continue;
    }
    // Some file systems do not tell Ada from ada.
    entry.file = safe_file_name(entry.student);
    const std::string plain = entry.file;
    for (std::size_t& i = last_number[lower_case(plain)]; !files.insert(lower_case(entry.file)).second;) entry.file = fmt::format("{}-{}", plain, ++i + 1);
    roster.push_back(std::move(entry));
  }
  if (roster.empty() && problems.empty()) problems.push_back({file.string(), 1, 1, 1, "the roster is empty; a line \"student\" and one for each student are expected", "", 1});
  if (!problems.empty()) throw InputError(std::move(problems));
  return roster;
}

}  // namespace gradtrace
