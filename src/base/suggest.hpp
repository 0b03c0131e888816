// Near-name suggestions: «unknown activation "sigmod"; did you mean "sigmoid"?»
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

/// The candidate nearest to `word` by edit distance (insert, delete, replace, swap of neighbours;
/// case is ignored), or "" where none is near enough to be meant: at most a third of the longer
/// word, at least one.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// `; did you mean "X"?`, or "" where nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// `"a", "b" or "c"`
std::string one_of(const std::vector<std::string>& words);

/// As a word of a command: quoted where the shell would read anything else in it.
std::string in_shell(const std::string& word);

}  // namespace gradtrace
