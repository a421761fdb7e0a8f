#include "envelope.hpp"

#include <fmt/format.h>

namespace tfevents::render {

namespace {

void begin_head(JsonWriter& json, const EnvelopeHead& head) {
  json.begin_object().field("schema", fmt::format("tfevents.{}/{}", head.command, head.schema));
  json.field("version", head.version).field("now_time", head.now).key("operands").begin_array();
  for (const std::string& operand : head.operands) json.string(operand);
  json.end_array().field("view", to_string(head.view));
}

}  // namespace

std::optional<std::string> text_or_null(const std::string& text) {
  return text.empty() ? std::optional<std::string>{} : std::optional(text);
}

void begin_envelope(JsonWriter& json, const EnvelopeHead& head) {
  begin_head(json, head);
  json.field("complete", head.complete);
  if (head.more) head.more(json);
  json.key("rows").begin_array();
}

void begin_stream_envelope(JsonWriter& json, const EnvelopeHead& head) {
  begin_head(json, head);
  json.key("rows").begin_array();
}

void end_envelope(JsonWriter& json, std::span<const Problem> problems) {
  json.key("problems").begin_array();
  for (const Problem& problem : problems) write_problem(json, problem);
  json.end_array().end_object().end_line();
}

Status end_envelope(JsonWriter& json, std::span<const Problem> problems, Sink& sink) {
  json.key("problems").begin_array();
  for (const Problem& problem : problems) {
    write_problem(json, problem);
    TFEVENTS_CHECK(sink.drain());
  }
  json.end_array().end_object().end_line();
  return sink.drain();
}

void write_problem(JsonWriter& json, const Problem& problem) {
  json.begin_object().field("severity", to_string(problem.severity)).field("rule", problem.rule);
  name_fields(json, "run", problem.run);
  name_fields(json, "path", problem.path);
  json.field("offset", problem.offset).field("end", problem.end);
  name_fields(json, "tag", problem.tag);
  json.field("step", problem.step).field("message", problem.message).field("hint", problem.hint);
  json.end_object();
}

}  // namespace tfevents::render
