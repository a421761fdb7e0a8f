#pragma once

#include <string>
#include <string_view>

#include "format/table.hpp"
#include "ops/du.hpp"
#include "people.hpp"

namespace tfevents::render {

/// A line a row; for people what it is about stands last. The report must outlive the table.
[[nodiscard]] LazyTable du_table(const ops::DuReport& report);

/// What people read below the table, with line ends: `… 12 more, 3.0 MiB`, the total, and what
/// lies beside the event files. Lines are at most `width` columns wide.
[[nodiscard]] std::string du_summary(const ops::DuReport& report, std::size_t width);

/// The whole envelope.
Status du_json(const ops::DuReport& report, View view, std::string_view version, Sink& sink);

/// The rows alone, one a line.
Status du_jsonl(const ops::DuReport& report, Sink& sink);

}  // namespace tfevents::render
