#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/problem.hpp"
#include "exit_code.hpp"
#include "ops/outcome.hpp"

namespace tfevents::cli {

class TerminalProgress;

/// Everything that is not the answer: lines on standard error, `tfevents: PATH@OFFSET: message` and
/// `hint: …`.
///
/// Names and texts from files are escaped here, so callers pass raw bytes. One problem, one line.
/// Not thread-safe.
class Messages {
 public:
  struct Options {
    bool quiet = false;    ///< Fatal errors only.
    bool verbose = false;  ///< Every problem, notes too, instead of the first few of each rule.
    bool color = false;
  };

  /// `progress` (may be null) is erased before a line is written.
  Messages(int descriptor, TerminalProgress* progress)
      : descriptor_(descriptor), progress_(progress) {}

  void configure(Options options) noexcept { options_ = options; }
  void set_quiet(bool quiet) noexcept { options_.quiet = quiet; }
  /// From now on fatal errors are one line of JSON (`tfevents.error/1`).
  void use_json(bool on) noexcept { json_ = on; }

  /// The last thing a failing command says; never silenced.
  void fatal(const Error& error, ExitCode exit);

  /// `tfevents: text` and, where not empty, `hint: hint`.
  void say(std::string_view text, std::string_view hint = {});

  /// `hint: text` alone.
  void hint(std::string_view text);

  /// Whole lines as they are, for a program that reads standard error.
  void lines(std::string_view text);

  /// What was wrong in the data: grouped by rule, the first few in full, the rest counted ("37 more
  /// in 2 files"). `more` problems exist that nobody kept.
  void problems(std::span<const Problem> problems, std::uint64_t more);

  /// Points that the clean view left out: a line a run, many runs summed up.
  void dropped(std::span<const ops::Dropped> runs);

 private:
  void put(std::string_view lines);
  [[nodiscard]] std::string line(std::string_view path, const std::uint64_t* offset,
                                 std::string_view message, bool fatal) const;
  [[nodiscard]] std::string hint_line(std::string_view hint) const;

  int descriptor_;
  TerminalProgress* progress_;
  Options options_;
  bool json_ = false;
};

}  // namespace tfevents::cli
