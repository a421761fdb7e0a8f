#pragma once

#include <string>
#include <string_view>

#include "format/paint.hpp"
#include "format/table.hpp"
#include "logdir/selection.hpp"
#include "ops/assert.hpp"
#include "people.hpp"

namespace tfevents::render {

/// A row a check and trial: what people read, and what is in CSV, which have no column in common.
/// The report must outlive the table.
[[nodiscard]] LazyTable assert_table(const ops::AssertReport& report);
[[nodiscard]] LazyTable assert_csv_table(const ops::AssertReport& report);

/// PASS, FAIL, ERROR or WARN a line, with what decided, and a last line that sums up. On a terminal
/// what does not fit stands below, and where many checks pass they are only counted, unless `all`.
Status assert_screen(const ops::AssertReport& report, const Screen& screen, bool all, Sink& sink);

/// `1 passed, 1 failed, 1 could not be evaluated`, without line end.
[[nodiscard]] std::string assert_verdict(const ops::AssertReport& report);

/// The verdict as a heading, the table of rows that did not pass, the first ones of those that did:
/// what GitHub shows under a job.
Status assert_summary(const ops::AssertReport& report, Sink& sink);

Status assert_json(const ops::AssertReport& report, View view, std::string_view version,
                   Sink& sink);
Status assert_jsonl(const ops::AssertReport& report, Sink& sink);

/// What a row begins with, and its colour.
struct StatusWord {
  const char* text;
  Role role;
};
[[nodiscard]] StatusWord word_of(const ops::CheckRow& row);
/// Names of trials tell something only where there are several.
[[nodiscard]] bool names_trials(const ops::AssertReport& report);

/// What to write instead, or the command that looks closer; may be empty.
[[nodiscard]] std::string suggestion_of(const ops::CheckRow& row);
/// What to do about a row that does not pass: safe to print, may be empty.
[[nodiscard]] std::string advice_of(const ops::CheckRow& row);
/// The message with the advice behind it: one line, safe to print.
[[nodiscard]] std::string message_of(const ops::CheckRow& row);
/// The name of a check and, where that is another text, its expression; safe to print.
[[nodiscard]] std::string label_of(const ops::CheckRow& row);

}  // namespace tfevents::render
