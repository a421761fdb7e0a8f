#pragma once

#include "base/stop.hpp"

namespace tfevents::cli {

/// Makes SIGINT, SIGTERM and SIGHUP request a stop, so that temporary files go and the exit status
/// says 128+n. A second one ends the program at once, and so do a second in which nobody looked
/// at the flag (a read that blocks). SIGPIPE and SIGXFSZ are ignored: writes then fail with errors
/// that Output handles.
void install_signal_handlers();

/// Set by the handlers.
[[nodiscard]] StopFlag& stop_flag() noexcept;

/// The signal that requested the stop, 0 for none.
[[nodiscard]] int stop_signal() noexcept;

/// Ends the process as `signal` would have, so that shells and parents see why.
[[noreturn]] void die_by_signal(int signal);

}  // namespace tfevents::cli
