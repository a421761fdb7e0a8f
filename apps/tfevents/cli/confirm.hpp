#pragma once

#include <string_view>

#include "base/result.hpp"

namespace tfevents::cli {

class Env;

/// Asks before something that cannot be taken back; the plan was printed (and flushed) before.
/// `question` is made safe to print and gets ` [y/N] ` behind it. It goes to standard error, the
/// answer is one line of standard input.
///
/// True: go on. `y` and `yes` in any case mean it, everything else is no, the end of the input
/// too. With `yes` (--yes) nobody is asked. Errors: kRefused with a hint where standard input or
/// standard error is no terminal, so that there is nobody to ask; kCancelled after a signal; kIo.
[[nodiscard]] Result<bool> confirm(Env& env, std::string_view question, bool yes);

}  // namespace tfevents::cli
