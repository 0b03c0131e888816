// CSV as spreadsheet programs write it, one line at a time, and cells that are safe to open in one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

/// The text without its byte order mark; UTF-16 with one becomes UTF-8.
std::string to_utf8(std::string_view bytes);

/// Without blanks, tabs and carriage returns around it.
std::string_view trimmed(std::string_view text);

/// What a header's columns are parted by: a comma, a semicolon or a tab, whichever there is most of.
char csv_separator(std::string_view header);

/// The cells of one line; nothing where its quotes are not balanced.
std::optional<std::vector<std::string>> csv_cells(std::string_view line, char separator);

/// The column, in code points from 1, at which cell `index` of a line begins.
std::size_t csv_column(std::string_view line, char separator, std::size_t index);

/// A cell, in quotes where it needs them.
std::string csv_quoted(std::string_view text);

/// Somebody's text as a cell: what a spreadsheet program would take for a formula is marked as text, with a ' in front.
std::string csv_text(std::string_view text);

/// A cell that names something, that mark removed.
std::string csv_label(std::string_view cell);

}  // namespace gradtrace
