#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/problem.hpp"
#include "base/result.hpp"
#include "format/json_writer.hpp"
#include "format/sink.hpp"
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
  std::function<void(JsonWriter&)> more = {};  ///< Writes members that this command alone has.
};

/// Writes the envelope as it goes; `rows(json)` writes the elements of the array, drains the sink
/// between them and returns the Status, `summary(json)` writes the members of the object. Errors:
/// the first of the sink.
template <class WriteRows, class WriteSummary>
Status write_envelope(Sink& sink, const EnvelopeHead& head, WriteRows rows, WriteSummary summary,
                      std::span<const Problem> problems);

/// Ends the envelope, problems drained one by one. A part of write_envelope.
Status end_envelope(JsonWriter& json, std::span<const Problem> problems, Sink& sink);

/// Nothing where the text is empty: what is not known is null.
[[nodiscard]] std::optional<std::string> text_or_null(const std::string& text);
/// The PROBLEM object: in every envelope, and the row of `fsck`.
void write_problem(JsonWriter& json, const Problem& problem);

/// As begin_envelope for rows that stream: whether they are complete is said behind them.
void begin_stream_envelope(JsonWriter& json, const EnvelopeHead& head);

/// The members before "rows" and the array's bracket, and what follows the summary. Parts of
/// write_envelope.
void begin_envelope(JsonWriter& json, const EnvelopeHead& head);
void end_envelope(JsonWriter& json, std::span<const Problem> problems);

template <class WriteRows, class WriteSummary>
Status write_envelope(Sink& sink, const EnvelopeHead& head, WriteRows rows, WriteSummary summary,
                      std::span<const Problem> problems) {
  JsonWriter json(sink.out());
  begin_envelope(json, head);
  TFEVENTS_CHECK(rows(json));
  json.end_array().key("summary").begin_object();
  summary(json);
  json.end_object();
  return end_envelope(json, problems, sink);
}

}  // namespace tfevents::render
