#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/problem.hpp"
#include "format/json_writer.hpp"
#include "logdir/selection.hpp"

namespace tfevents::render {

/// What stands before the rows of every JSON answer; see tfevents-output(5).
struct EnvelopeHead {
  std::string_view command;  ///< `ls`: the schema is `tfevents.ls/1`.
  int schema = 1;
  std::string_view version;  ///< Of the program.
  double now = 0;
  std::span<const std::string> operands;
  View view = View::kClean;
  bool complete = true;
};

/// Writes the envelope; `rows` writes the elements of the array, `summary` the members of the
/// object.
template <class WriteRows, class WriteSummary>
void write_envelope(JsonWriter& json, const EnvelopeHead& head, WriteRows rows,
                    WriteSummary summary, std::span<const Problem> problems);

/// The PROBLEM object: in every envelope, and the row of `fsck`.
void write_problem(JsonWriter& json, const Problem& problem);

/// As begin_envelope for rows that stream: whether they are complete is said behind them.
void begin_stream_envelope(JsonWriter& json, const EnvelopeHead& head);

/// The members before "rows" and the array's bracket, and what follows the summary. Parts of
/// write_envelope.
void begin_envelope(JsonWriter& json, const EnvelopeHead& head);
void end_envelope(JsonWriter& json, std::span<const Problem> problems);

template <class WriteRows, class WriteSummary>
void write_envelope(JsonWriter& json, const EnvelopeHead& head, WriteRows rows,
                    WriteSummary summary, std::span<const Problem> problems) {
  begin_envelope(json, head);
  rows();
  json.end_array().key("summary").begin_object();
  summary();
  json.end_object();
  end_envelope(json, problems);
}

}  // namespace tfevents::render
