// launch RUNS PROGRAM [ARGUMENT…]: runs a program so many times, its output thrown away, and prints the median time from
// its start to its end (seconds) and the most memory it had (bytes). Small itself, as a process counts its parent's memory.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  std::vector<double> seconds;
  long memory = 0;
  for (int runs = std::atoi(argv[1]); runs > 0; --runs) {
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child == 0) {
      ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);
      ::execv(argv[2], argv + 2);
      ::_exit(127);
    }
    int status = 0;
    struct rusage usage {};
    if (child < 0 || ::wait4(child, &status, 0, &usage) != child || status != 0) return 1;
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    memory = std::max(memory, usage.ru_maxrss);
  }
  if (seconds.empty()) return 2;
  std::sort(seconds.begin(), seconds.end());
  std::printf("%.9f %ld\n", seconds[seconds.size() / 2], memory * 1024);
}
