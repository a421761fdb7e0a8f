#include "cli_helpers.hpp"

#include <stdexcept>

#include <sys/mman.h>
#include <unistd.h>

namespace tfevents::test {

Capture::Capture() : descriptor_(memfd_create("capture", MFD_CLOEXEC)) {
  if (descriptor_ < 0) throw std::runtime_error("memfd_create");
}

Capture::~Capture() {
  ::close(descriptor_);
}

std::string Capture::text() const {
  std::string text;
  char part[4096];
  for (off_t at = 0;;) {
    const auto size = ::pread(descriptor_, part, sizeof(part), at);
    if (size <= 0) return text;
    text.append(part, static_cast<std::size_t>(size));
    at += size;
  }
}

Said run_program(const Words& words, cli::Variables variables, Sys* sys, bool terminal) {
  const Capture out;
  const Capture err;
  MemorySys empty;
  const StopFlag stop;
  cli::Env env({.in = 0,
                .out = out.descriptor(),
                .err = err.descriptor(),
                .in_tty = false,
                .out_tty = terminal,
                .err_tty = terminal,
                .terminal_width = 0,
                .processors = 2,
                .variables = std::move(variables)},
               sys == nullptr ? empty : *sys, stop);
  const int exit = cli::dispatch(words, env);
  return {.exit = exit, .out = out.text(), .err = err.text()};
}

}  // namespace tfevents::test
