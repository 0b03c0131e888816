// argv → command → exit status; the only place that catches.
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/output.hpp"
#include "base/suggest.hpp"
#include "cli/command.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <new>
#include <string>
#include <vector>

namespace {

using namespace gradtrace;

std::string overview() {
  std::string text =
      "usage: gradtrace COMMAND [OPTIONS] LESSON...\n\n"
      "Backpropagation made visible and verifiable: a lesson is a small network in a TOML file;\n"
      "gradtrace runs it, writes down every intermediate, proves each number by nudging, and\n"
      "compares it with a golden file.\n\nCommands:\n";
  for (const Command& command : commands()) {
    text += "  " + std::string(command.name) + std::string(10 - command.name.size(), ' ') + std::string(command.summary) + "\n";
  }
  return text + "\nA LESSON is a path to a .toml file, or a name: gradtrace run two-outputs\n"
                "gradtrace COMMAND --help tells a command's options; gradtrace --version the version.\n";
}

void print(const std::string& text) {
  Output out;
  out.write(text);
  out.finish();
}

/// A file opened later must not become standard output because that was closed.
void occupy_standard_descriptors() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    // The wrong way round, so that using it is still an error.
    if (::fcntl(descriptor, F_GETFD) < 0) ::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

int dispatch(const std::vector<std::string>& words) {
  if (words.empty()) {
    std::cerr << overview();
    return status_stopped;
  }
  const std::string& name = words.front();
  if (name == "--help" || name == "-h" || name == "help") {
    print(overview());
    return status_agree;
  }
  if (name == "--version") {
    print("gradtrace " GRADTRACE_VERSION "\n");
    return status_agree;
  }
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    if (command.name == name) return command.run({words.begin() + 1, words.end()});
    names.emplace_back(command.name);
  }
  throw UsageError("unknown command \"" + name + "\"" + did_you_mean(name, names) + " (commands are " + one_of(names) + ")");
}

int report(const InputError& error) {
  for (const Problem& problem : error.problems()) std::cerr << to_string(problem);
  const std::size_t count = error.problems().size();
  if (count > 1) std::cerr << count << " errors; nothing was run\n";
  return status_stopped;
}

int report(const std::string& message) {
  std::cerr << to_string(Problem{"gradtrace", 0, 0, 1, message, ""});
  return status_stopped;
}

}  // namespace

int main(int argc, char** argv) {
  occupy_standard_descriptors();
  // A reader that goes away is an error of write(), not a signal.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // and so is a file that may grow no larger
  Output::remove_on_signals();
  std::ios::sync_with_stdio(false);
  try {
    return dispatch({argv + 1, argv + argc});
  } catch (const ClosedPipe&) {
    return status_agree;  // `| head` has seen enough
  } catch (const InputError& error) {
    return report(error);
  } catch (const UsageError& error) {
    return report(error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    return report(InputError(error.path1().string(), system_message(error.code().value())));
  } catch (const NumericError& error) {
    return report(error.what());
  } catch (const std::bad_alloc&) {
    return report("not enough memory");
  } catch (const std::exception& error) {
    return report(std::string("stopped: ") + error.what());
  }
}
