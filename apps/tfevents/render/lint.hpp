#pragma once

#include <string>
#include <string_view>

#include "format/table.hpp"
#include "ops/lint.hpp"
#include "people.hpp"

namespace tfevents::render {

/// A row a finding, for csv and md. The report must outlive the table.
[[nodiscard]] LazyTable lint_table(const ops::LintReport& report);

/// Findings under the run they are in, and a last line that sums up. On a terminal each rule shows
/// its first findings of a run only, unless `all`.
Status lint_screen(const ops::LintReport& report, const Screen& screen, bool all, Sink& sink);

/// `3 errors, 5 warnings in 3 of 15 runs · 64 series, 12 345 points`, without line end.
[[nodiscard]] std::string lint_verdict(const ops::LintReport& report);

Status lint_json(const ops::LintReport& report, std::string_view version, Sink& sink);
Status lint_jsonl(const ops::LintReport& report, Sink& sink);

}  // namespace tfevents::render
