#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/stop.hpp"
#include "base/time.hpp"
#include "io/sys.hpp"
#include "messages.hpp"
#include "ops/context.hpp"
#include "progress.hpp"
#include "shared_options.hpp"

namespace tfevents::cli {

/// The environment variables that this program reads, and nothing else of the environment.
using Variables = std::map<std::string, std::string, std::less<>>;

/// What the process was given, before any option is known.
struct Surroundings {
  int in = 0, out = 1, err = 2;  ///< Descriptors.
  bool in_tty = false, out_tty = false, err_tty = false;
  unsigned terminal_width =
      0;                    ///< Columns of standard output's terminal; 0 where it does not tell.
  unsigned processors = 1;  ///< This process may run on so many.
  Variables variables = {};

  static Surroundings of_process(const char* const* environment);
};

/// Whether to colour a stream: the flag, else NO_COLOR (not empty), else CLICOLOR_FORCE or
/// FORCE_COLOR (not empty, not 0), else not on dumb terminals, else on terminals.
[[nodiscard]] bool decide_color(When flag, bool tty, const Variables& variables);

/// Columns of a terminal: what it says, else COLUMNS, else 80.
[[nodiscard]] unsigned decide_width(unsigned terminal_width, const Variables& variables);

/// Everything outside of itself that a command may look at. One for each process, or test.
///
/// Built from the surroundings first and completed with the global options (`apply`) before a
/// command runs.
class Env {
 public:
  Env(Surroundings surroundings, Sys& sys, const StopFlag& stop);

  /// Errors: kUsage for a `--now` or `-j` that makes no sense.
  Status apply(const GlobalOptions& global);

  [[nodiscard]] const Surroundings& surroundings() const noexcept { return surroundings_; }
  [[nodiscard]] const GlobalOptions& global() const noexcept { return global_; }
  [[nodiscard]] Messages& messages() noexcept { return messages_; }
  [[nodiscard]] TerminalProgress& progress() noexcept { return progress_; }
  [[nodiscard]] Sys& sys() const noexcept { return sys_; }
  [[nodiscard]] double now() const { return clock_->now(); }
  [[nodiscard]] bool color_out() const noexcept { return color_out_; }
  [[nodiscard]] unsigned width() const noexcept { return width_; }

  /// `-C`, else $TFEVENTS_LOGDIR, else `.`.
  [[nodiscard]] std::string logdir() const;

  /// For operations. Valid as long as this Env.
  [[nodiscard]] ops::OpContext context();

 private:
  Surroundings surroundings_;
  Sys& sys_;
  const StopFlag& stop_;
  GlobalOptions global_;
  std::unique_ptr<Clock> clock_;
  TerminalProgress progress_;
  Messages messages_;
  unsigned jobs_ = 1;
  unsigned width_ = 80;
  bool color_out_ = false;
};

}  // namespace tfevents::cli
