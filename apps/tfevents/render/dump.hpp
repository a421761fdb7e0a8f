#pragma once

#include <memory>

#include "cli/shared_options.hpp"
#include "ops/dump.hpp"
#include "people.hpp"

namespace tfevents::render {

/// Points and records as text in one of the formats. JSON rows begin with a comma: whoever writes
/// the envelope drops the first. Thread-safe; the writers it makes are not.
[[nodiscard]] std::unique_ptr<ops::DumpFormat> dump_format(cli::Format format,
                                                           const Screen& screen);

/// The line before all rows of a format, with its line end; empty where there is none.
[[nodiscard]] std::string dump_header(cli::Format format, bool records);

}  // namespace tfevents::render
