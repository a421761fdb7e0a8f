#pragma once

#include <string>
#include <string_view>

#include "format/table.hpp"
#include "ops/fsck.hpp"
#include "people.hpp"

namespace tfevents::render {

/// A row a finding, for csv and md. The report must outlive the table.
[[nodiscard]] LazyTable fsck_table(const ops::FsckReport& report);

/// Findings under the file they are in, and a last line that says what was verified. On a terminal
/// each file shows its first findings only, unless `all`.
Status fsck_screen(const ops::FsckReport& report, const Screen& screen, bool all, Sink& sink);

/// `error: 1 damaged or unreadable place in 1 of 15 files; everything else verified (18.1 GiB, 88
/// 412 records)`, without line end.
[[nodiscard]] std::string fsck_verdict(const ops::FsckReport& report);

Status fsck_json(const ops::FsckReport& report, std::string_view version, Sink& sink);
Status fsck_jsonl(const ops::FsckReport& report, Sink& sink);

}  // namespace tfevents::render
