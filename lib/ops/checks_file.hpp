#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ops/assert.hpp"

namespace tfevents::ops {

/// The checks of a file, one a line:
///
///     # what every nightly run must reach
///     accuracy: last(val/accuracy) >= 0.9
///     memory warn: max(gpu/memory) < 20e9
///
/// A name without blanks and colons, `error` (the default) or `warn`, a colon, and an expression up
/// to the end of the line. Blank lines and lines that begin with `#` are skipped. `file` is what
/// messages call it. Errors: kUsage with file and line for the first line that is none of these, an
/// expression that cannot be parsed, a name given twice.
[[nodiscard]] Result<std::vector<Check>> parse_checks(std::string_view text, std::string_view file);

}  // namespace tfevents::ops
