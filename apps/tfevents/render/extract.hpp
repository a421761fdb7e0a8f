#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "logdir/selection.hpp"
#include "ops/extract.hpp"

namespace tfevents::render {

/// index.json of extracted files, schema tfevents.extract/1. Thread-safe as ExtractFormat asks.
[[nodiscard]] std::unique_ptr<ops::ExtractFormat> extract_index(std::string_view version,
                                                                View view);

}  // namespace tfevents::render
