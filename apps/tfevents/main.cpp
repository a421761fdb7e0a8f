#include <exception>
#include <new>
#include <string>
#include <vector>

#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <unistd.h>

#include "cli/dispatch.hpp"
#include "cli/env.hpp"
#include "cli/exit_code.hpp"
#include "cli/signals.hpp"

namespace {

using namespace tfevents;
using namespace tfevents::cli;

// A standard descriptor that the parent closed would be given to the next file opened, and the
// answer written into it. Opened the wrong way round, its use fails as it would have.
void open_standard_descriptors() {
  for (const int descriptor : {0, 1, 2}) {
    if (fcntl(descriptor, F_GETFD) < 0) {
      [[maybe_unused]] const int opened = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
    }
  }
}

// A heap for each of many threads keeps what that thread has freed from all others, which costs
// more than what they need. Points are read without allocating, so a few threads seldom wait for
// each other.
void share_heaps() {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, 3);
#endif
}

int fail(const Error& error) {
  Messages messages(STDERR_FILENO, nullptr);
  const ExitCode exit = exit_code_of(error.code);
  messages.fatal(error, exit);
  return to_int(exit);
}

}  // namespace

int main(int argc, char** argv) try {
  share_heaps();
  open_standard_descriptors();
  install_signal_handlers();
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  Env env(Surroundings::of_process(environ), real_sys(), stop_flag());
  return dispatch(words, env);
} catch (const std::bad_alloc&) {
  return fail({.code = ErrorCode::kLimit,
               .message = "out of memory",
               .hint = "MEMORY in the manual says what needs how much"});
} catch (const std::exception& bug) {
  return fail({.code = ErrorCode::kInternal, .message = bug.what()});
} catch (...) {
  return fail({.code = ErrorCode::kInternal, .message = "unknown exception"});
}
