// launch [--rounds N] [--descriptors] [--any-status] LABEL COMMAND… [-- LABEL COMMAND…]…
//
// Times whole processes, from spawn to exit, in turn (A B C A B C …), because a machine drifts and
// only neighbours can be compared. The first round warms up and is dropped; 0 rounds keep it.
// Prints a line for each command, tab-separated:
//
//   label  median  best  worst  ratio  best-ratio  rss  descriptors  spread
//
// in seconds, KiB, and the greatest number of open descriptors seen (0 unless --descriptors, which
// costs time, so such runs say nothing about speed). `ratio` is the median of first command's time
// / this command's time in the same round; `best-ratio` divides the best times; `spread` is the
// coefficient of variation. What the commands print is dropped, and shown if one fails.

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  int rounds = 5;
  bool descriptors = false;
  bool any_status = false;
};

struct Command {
  const char* label;
  std::vector<char*> argv;  // Ends with a null pointer.
  std::vector<double> seconds;
  long rss_kib = 0;
  int descriptors = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double least(const std::vector<double>& values) {
  return *std::min_element(values.begin(), values.end());
}

double spread(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / (n - 1)) / mean;
}

int open_descriptors(pid_t pid) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%d/fd", static_cast<int>(pid));
  DIR* const directory = opendir(path);
  if (directory == nullptr) return 0;
  int count = 0;
  while (const dirent* entry = readdir(directory)) count += entry->d_name[0] != '.' ? 1 : 0;
  closedir(directory);
  return count;
}

// Where standard error of the commands goes: it matters only if one fails.
class Messages {
 public:
  Messages() : fd_(memfd_create("messages", MFD_CLOEXEC)) {}
  [[nodiscard]] int fd() const { return fd_; }
  void clear() const {
    if (ftruncate(fd_, 0) != 0 || lseek(fd_, 0, SEEK_SET) != 0) return;
  }
  void show() const {
    char buffer[4096];
    const ssize_t n = pread(fd_, buffer, sizeof buffer, 0);
    if (n > 0) std::fwrite(buffer, 1, static_cast<std::size_t>(n), stderr);
  }

 private:
  int fd_;
};

// Runs a command once. False: it could not be started, or failed.
bool run(Command& command, const Options& options, bool counts) {
  static const Messages messages;
  messages.clear();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, messages.fd(), 2);
  pid_t pid = 0;
  const auto start = Clock::now();
  const int error =
      posix_spawnp(&pid, command.argv[0], &actions, nullptr, command.argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    std::fprintf(stderr, "launch: %s: %s\n", command.argv[0], std::strerror(error));
    return false;
  }
  int status = 0;
  rusage usage{};
  while (wait4(pid, &status, options.descriptors ? WNOHANG : 0, &usage) == 0) {
    command.descriptors = std::max(command.descriptors, open_descriptors(pid));
    usleep(200);
  }
  const std::chrono::duration<double> seconds = Clock::now() - start;
  const bool good = WIFEXITED(status) && (options.any_status || WEXITSTATUS(status) == 0);
  if (!good) {
    std::fprintf(stderr, "launch: %s: status %d\n", command.label,
                 WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    messages.show();
    return false;
  }
  // In the warming round too: a peak is a peak.
  command.rss_kib = std::max(command.rss_kib, usage.ru_maxrss);
  if (counts) command.seconds.push_back(seconds.count());
  return true;
}

void print(const std::vector<Command>& commands) {
  const Command& first = commands.front();
  for (const Command& command : commands) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < first.seconds.size(); ++i) {
      ratios.push_back(first.seconds[i] / command.seconds[i]);
    }
    std::printf("%s\t%.6f\t%.6f\t%.6f\t%.4f\t%.4f\t%ld\t%d\t%.3f\n", command.label,
                median(command.seconds), least(command.seconds),
                *std::max_element(command.seconds.begin(), command.seconds.end()), median(ratios),
                least(first.seconds) / least(command.seconds), command.rss_kib, command.descriptors,
                spread(command.seconds));
  }
}

bool parse(int argc, char** argv, Options& options, std::vector<Command>& commands) {
  int i = 1;
  for (; i < argc && std::strncmp(argv[i], "--", 2) == 0; ++i) {
    const std::string_view option = argv[i];
    if (option == "--descriptors") {
      options.descriptors = true;
    } else if (option == "--any-status") {
      options.any_status = true;
    } else if (option == "--rounds" && i + 1 < argc) {
      const char* const text = argv[++i];
      std::from_chars(text, text + std::strlen(text), options.rounds);
    } else {
      return false;
    }
  }
  while (i < argc) {
    Command command{argv[i++], {}, {}, 0, 0};
    for (; i < argc && std::strcmp(argv[i], "--") != 0; ++i) command.argv.push_back(argv[i]);
    if (command.argv.empty()) return false;
    command.argv.push_back(nullptr);
    commands.push_back(std::move(command));
    ++i;
  }
  return options.rounds >= 0 && !commands.empty();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  std::vector<Command> commands;
  if (!parse(argc, argv, options, commands)) {
    std::fputs(
        "usage: bench_launch [--rounds N] [--descriptors] [--any-status] LABEL COMMAND... "
        "[-- LABEL COMMAND...]...\n",
        stderr);
    return 2;
  }
  for (int round = 0; round <= options.rounds; ++round) {
    for (Command& command : commands) {
      if (!run(command, options, round > 0 || options.rounds == 0)) return 1;
    }
  }
  print(commands);
  return 0;
}
