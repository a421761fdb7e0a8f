#include "confirm.hpp"

#include <cerrno>
#include <string>
#include <system_error>

#include <unistd.h>

#include "base/text.hpp"
#include "env.hpp"

namespace tfevents::cli {
namespace {

constexpr std::size_t kLongestAnswer = 64;  // More is read, and means no.

Error failed(const char* what, int number) {
  return {.code = ErrorCode::kIo,
          .message = std::string(what) + ": " + std::generic_category().message(number)};
}

Status ask(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failed("standard error", errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ok_status();
}

// Byte by byte: what stands behind the line is somebody else's.
Result<std::string> read_line(int descriptor, const StopFlag& stop) {
  std::string line;
  for (;;) {
    if (stop.requested()) return Error{.code = ErrorCode::kCancelled, .message = "cancelled"};
    char c = 0;
    const ssize_t size = ::read(descriptor, &c, 1);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return failed("standard input", errno);
    // A line that was never ended is no answer: the terminal went away in the middle of it.
    if (size == 0) return std::string();
    if (c == '\n') return line;
    if (line.size() <= kLongestAnswer) line += c;
  }
}

bool means_yes(std::string_view line) {
  if (line.size() > kLongestAnswer) return false;
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = line.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return false;
  line = line.substr(begin, line.find_last_not_of(kBlanks) - begin + 1);
  std::string lower(line);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower == "y" || lower == "yes";
}

}  // namespace

Result<bool> confirm(Env& env, std::string_view question, bool yes) {
  if (yes) return true;
  const Surroundings& surroundings = env.surroundings();
  if (!surroundings.in_tty || !surroundings.err_tty) {
    return Error{.code = ErrorCode::kRefused,
                 .message = "nothing was done: there is nobody to ask",
                 .hint = "--yes does it without asking"};
  }
  env.progress().erase();
  TFEVENTS_CHECK(ask(surroundings.err, printable(question) + " [y/N] "));
  TFEVENTS_TRY(const std::string line, read_line(surroundings.in, env.context().stop));
  return means_yes(line);
}

}  // namespace tfevents::cli
