#pragma once

#include <string>

namespace tfevents::cli {

/// `0.1.0`.
[[nodiscard]] const char* version_number() noexcept;

/// `tfevents 0.1.0` on one line; `verbose` adds compiler, build type, library versions and the
/// checksum kernel in use here.
[[nodiscard]] std::string version_text(bool verbose);

}  // namespace tfevents::cli
