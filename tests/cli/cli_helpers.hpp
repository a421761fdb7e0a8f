#pragma once

#include <string>
#include <vector>

#include "cli/dispatch.hpp"
#include "cli/env.hpp"
#include "cli/parser.hpp"
#include "support/memory_sys.hpp"

namespace tfevents::test {

using Words = std::vector<std::string>;

/// A file without a name, that takes what is written to a descriptor.
class Capture {
 public:
  Capture();
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] std::string text() const;

 private:
  int descriptor_;
};

/// What a program that ran in this process said.
struct Said {
  int exit = 0;
  std::string out, err;
};

/// Runs the whole program on these words, with an empty file system in memory unless `sys` is
/// given. `terminal` pretends that standard output and error are one.
Said run_program(const Words& words, cli::Variables variables = {}, Sys* sys = nullptr,
                 bool terminal = false);

/// A command with its options filled from these words.
template <class T>
struct Typed {
  cli::GlobalOptions global;
  cli::OptionAdder options;
  T command{options};
  Status parsed = ok_status();

  explicit Typed(const Words& words) {
    cli::add_global_options(options, global);
    parsed = cli::parse_words(options.options(), words, "x");
  }
};

/// The message of an Error; empty where there is none.
template <class T>
std::string message_of(const Result<T>& result) {
  return result.ok() ? std::string() : result.error().message;
}

}  // namespace tfevents::test
