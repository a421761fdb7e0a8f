#include <chrono>
#include <thread>

#include "cli/answer.hpp"
#include "cli/env.hpp"
#include "cli/version.hpp"
#include "commands/dump.hpp"
#include "format/json_writer.hpp"
#include "render/dump.hpp"
#include "render/envelope.hpp"

namespace tfevents::cli {
namespace {

// How often `--follow` looks at the files.
constexpr std::chrono::milliseconds kFollowInterval{500};
constexpr std::chrono::milliseconds kStopInterval{50};

ops::DumpOptions options_of(const DumpArguments& arguments, const Selection& selection,
                            std::optional<ops::Where> where, Env& env) {
  ops::DumpOptions options;
  options.select = selection;
  options.where = std::move(where);
  if (arguments.records) options.what = ops::DumpOptions::What::kRecords;
  if (arguments.raw) options.what = ops::DumpOptions::What::kBytes;
  if (arguments.full) options.printed_bytes = UINT64_MAX;
  options.follow = arguments.follow;
  options.wait = [&env] {
    const StopFlag& stop = env.context().stop;
    for (auto waited = kStopInterval; waited < kFollowInterval; waited += kStopInterval) {
      if (stop.requested()) return false;
      std::this_thread::sleep_for(kStopInterval);
    }
    return !stop.requested();
  };
  options.on_problem = [&env](const Problem& problem) {
    env.messages().problems(std::span(&problem, 1), 0);
  };
  return options;
}

// The members behind the rows: a stream knows only at its end whether it is complete.
void end_json(std::string& out, const ops::DumpReport& report) {
  out += "],\"complete\":";
  out += report.outcome.complete ? "true" : "false";
  out += ",\"summary\":";
  JsonWriter json(out);
  json.begin_object().field("runs", report.runs).field("rows", report.rows).end_object();
  out += ',';
  std::string rest;
  JsonWriter tail(rest);
  tail.begin_object();
  render::end_envelope(tail, report.outcome.problems);
  out += rest.substr(1);
}

}  // namespace

Result<ExitCode> stream_dump(const DumpArguments& arguments, const Selection& selection,
                             std::optional<ops::Where> where, Output& output, Env& env) {
  const ops::DumpOptions options = options_of(arguments, selection, std::move(where), env);
  const Format format = arguments.format();
  const bool json = format == Format::kJson && !arguments.raw;
  bool first = true;
  const auto begin = [&] {
    first = false;
    if (json) {
      JsonWriter writer(output.buffer());
      const std::vector<std::string> operands = selection.operands.empty()
                                                    ? std::vector<std::string>{selection.logdir}
                                                    : selection.operands;
      render::begin_stream_envelope(writer, {.command = arguments.records ? "dump-records" : "dump",
                                             .version = version_number(),
                                             .now = env.now(),
                                             .operands = operands,
                                             .view = selection.view});
    } else if (!arguments.raw) {
      output.buffer() += render::dump_header(format, arguments.records);
    }
  };
  const auto write = [&](std::string_view text) -> Status {
    const bool drop_comma = first && json;
    if (first) begin();
    output.buffer() += drop_comma ? text.substr(1) : text;
    return arguments.follow ? output.flush() : output.drain();
  };
  const std::unique_ptr<ops::DumpFormat> dump_format =
      render::dump_format(format, screen_of(output, env));
  TFEVENTS_TRY(const ops::DumpReport report,
               ops::dump(options, *dump_format, write, env.context()));
  env.progress().finish();
  if (first) begin();
  if (json) end_json(output.buffer(), report);
  TFEVENTS_CHECK(finish_output(output, report.outcome, arguments.strict, env));
  return report_outcome(report.outcome, arguments.strict, env);
}

}  // namespace tfevents::cli
