// The commands by name: what main looks up, and what help lists.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

/// Exit statuses, as the contract has them.
inline constexpr int status_agree = 0;
inline constexpr int status_disagree = 1;
inline constexpr int status_stopped = 2;

struct Command {
  std::string_view name;
  std::string_view summary;
  /// Parses the words after the command, works, prints; returns the exit status. Throws what error.hpp
  /// declares.
  int (*run)(const std::vector<std::string>& words);
};

std::span<const Command> commands();

int run_command(const std::vector<std::string>& words);
int trace_command(const std::vector<std::string>& words);
int check_command(const std::vector<std::string>& words);
int why_command(const std::vector<std::string>& words);
int paths_command(const std::vector<std::string>& words);
int golden_command(const std::vector<std::string>& words);
int homework_command(const std::vector<std::string>& words);
int grade_command(const std::vector<std::string>& words);
int audit_command(const std::vector<std::string>& words);
int practice_command(const std::vector<std::string>& words);
int page_command(const std::vector<std::string>& words);
int export_command(const std::vector<std::string>& words);
int new_command(const std::vector<std::string>& words);
int lessons_command(const std::vector<std::string>& words);

}  // namespace gradtrace
