#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "format/sink.hpp"
#include "format/table.hpp"
#include "ops/trash.hpp"
#include "people.hpp"

namespace tfevents::render {

/// A row a run and batch; what was done stands first. `most`: so many rows at most, and all of
/// those that something is wrong with. The report must outlive the table.
[[nodiscard]] LazyTable trash_table(const ops::TrashReport& report, std::size_t most = SIZE_MAX);

/// The rows that a table of at most `most` rows leaves out: `… 11 more, 301 KiB (--all)`, with its
/// line end. Empty for none.
[[nodiscard]] std::string trash_more(const ops::TrashReport& report, std::size_t most);

/// The last line, without its end: what there is, what would be done, or what was done, what stays
/// and why.
[[nodiscard]] std::string trash_summary(const ops::TrashReport& report);

/// `delete 12 files, 18 GiB, in 2 batches for good?`
[[nodiscard]] std::string trash_question(const ops::TrashReport& plan);

/// The whole envelope.
Status trash_json(const ops::TrashReport& report, std::string_view version, Sink& sink);

/// The rows alone, one a line.
Status trash_jsonl(const ops::TrashReport& report, Sink& sink);

}  // namespace tfevents::render
