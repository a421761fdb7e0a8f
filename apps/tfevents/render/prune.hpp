#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "format/json_writer.hpp"
#include "format/sink.hpp"
#include "format/table.hpp"
#include "ops/prune.hpp"
#include "people.hpp"

namespace tfevents::render {

/// What a plan says about one trial and why, for people: `best 1 of val/accuracy`,
/// `live (open in process 4711, every 0.4s)`, `older than 7d`.
[[nodiscard]] std::string why_text(const ops::PruneRow& row, const ops::PruneReport& report);

/// A reason in machine output: `last activity 9d ago`.
[[nodiscard]] std::string reason_detail(const rewrite::Reason& reason,
                                        const rewrite::PolicyRules& rules);

/// What a table sums up in a line, from the eleventh row on.
enum class Folding : std::uint8_t {
  kNothing,
  kPlain,  ///< What stays because no rule asks for it: in a mail, thousands of lines every night.
  kAll,    ///< The rest of what stays, of what nobody knows enough of, and of what goes.
};

/// For people: the rows that stay, then those nobody knows enough of, then those that go; of each
/// what is remarkable first.
[[nodiscard]] Table prune_table(const ops::PruneReport& report, Folding folding);

/// A row a trial in natural order, for programs. `report` must outlive it.
[[nodiscard]] LazyTable prune_csv(const ops::PruneReport& report);

/// One line, or two: what the plan would do, or has done.
[[nodiscard]] std::string prune_summary(const ops::PruneReport& report, bool done);

/// The question: `move 12 trials, 327 KiB to the trash?`.
[[nodiscard]] std::string prune_question(const ops::PruneReport& report);

/// The document of tfevents-output(5), which is what --plan writes and --apply reads.
Status prune_json(const ops::PruneReport& report, bool dry_run, std::string_view version,
                  Sink& sink);
Status prune_jsonl(const ops::PruneReport& report, Sink& sink);

}  // namespace tfevents::render
