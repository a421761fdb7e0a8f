#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tfevents {

/// Adds text to the end of a file that others add to as well, made where there is none; never
/// truncates, never waits for a reader. Errors: kIo, kNotFound.
Status append_file(const std::string& path, std::string_view text);

}  // namespace tfevents
