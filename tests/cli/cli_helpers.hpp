#pragma once

#include <string>
#include <string_view>
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

inline bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// How often `part` is in the text.
inline std::size_t count(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

/// The message of an Error; empty where there is none.
template <class T>
std::string message_of(const Result<T>& result) {
  return result.ok() ? std::string() : result.error().message;
}

}  // namespace tfevents::test
