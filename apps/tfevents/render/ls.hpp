#pragma once

#include <string>
#include <string_view>

#include "format/table.hpp"
#include "ops/ls.hpp"
#include "people.hpp"

namespace tfevents::render {

[[nodiscard]] Role role_of(ops::RunState state) noexcept;

/// A line a run. `details` (-l) shows people what otherwise only machines get: files, times,
/// damage, dropped points. The report must outlive the table.
[[nodiscard]] LazyTable ls_table(const ops::LsReport& report, bool details);

/// `15 runs · 1 live · 18.1 GiB · 1 damaged (tfevents fsck runs)`, with its line end. The
/// command is left out where the line would not fit into `width` columns.
[[nodiscard]] std::string ls_summary(const ops::LsReport& report, std::size_t width);

/// The whole envelope.
Status ls_json(const ops::LsReport& report, View view, bool series, std::string_view version,
               Sink& sink);

/// The rows alone, one a line.
Status ls_jsonl(const ops::LsReport& report, bool series, Sink& sink);

/// The directories above the runs. Runs without runs below them are only counted in their
/// directory, unless `all`.
Status ls_tree(const ops::LsReport& report, const Screen& screen, bool all, Sink& sink);

}  // namespace tfevents::render
