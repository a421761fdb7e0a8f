#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "format/json_writer.hpp"
#include "format/paint.hpp"
#include "format/sink.hpp"
#include "format/table.hpp"
#include "people.hpp"

namespace tfevents::render {

// What the answers of `fsck` and `lint` have in common: their rows are problems.

[[nodiscard]] Role role_of(Severity severity) noexcept;

/// What findings are about, for people: places in files, or tags of runs.
enum class About : std::uint8_t { kFiles, kRuns };
/// A row a finding, for csv and md. `rows` must outlive the table.
[[nodiscard]] LazyTable findings_table(const std::vector<Problem>& rows, About about);

/// The rows of an envelope.
Status write_findings(const std::vector<Problem>& rows, JsonWriter& json, Sink& sink);
/// The same as JSON lines.
Status findings_jsonl(const std::vector<Problem>& rows, Sink& sink);

/// Whether lines of severity, subject and message have room for messages of `message` columns
/// beside subjects of `subject` columns. Where not, each message goes below its line, whole.
[[nodiscard]] bool has_room_beside(std::size_t subject, std::size_t message, const Screen& screen);
void write_message_below(std::string& out, const std::string& message, const Screen& screen);

/// Findings by their severity, and those that are not among the rows.
struct FindingCounts {
  std::uint64_t errors = 0, warnings = 0, notes = 0, left_out = 0;
};
/// The last lines for people: what was left out, and the verdict, in the colour of the worst
/// finding and broken into lines on a terminal.
void write_verdict(std::string& out, std::string_view verdict, const FindingCounts& counts,
                   const Screen& screen);

}  // namespace tfevents::render
