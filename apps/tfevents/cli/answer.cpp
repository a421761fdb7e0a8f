#include "answer.hpp"

#include "env.hpp"

namespace tfevents::cli {
namespace {

constexpr std::size_t kPiece = 64 << 10;

}  // namespace

Result<std::unique_ptr<Output>> open_output(const OutputOptions& options, Env& env) {
  return Output::open({.file = options.file,
                       .descriptor = env.surroundings().out,
                       .tty = env.surroundings().out_tty,
                       .progress = &env.progress()});
}

Sink sink_of(Output& output) {
  return Sink(output.buffer(),
              [&output] { return output.buffer().size() < kPiece ? ok_status() : output.drain(); });
}

render::Screen screen_of(const Output& output, const Env& env) {
  const bool to_file = !output.is_descriptor();
  // A file is never coloured by the terminal it was started from, only on demand.
  const bool color = to_file ? env.global().color == When::kAlways : env.color_out();
  return {.terminal = output.tty(), .color = color, .width = env.width()};
}

ExitCode report_outcome(const ops::Outcome& outcome, bool strict, Env& env) {
  Messages& messages = env.messages();
  messages.problems(outcome.problems, outcome.more_problems);
  messages.dropped(outcome.dropped);
  ExitCode exit = ExitCode::kOk;
  if (!outcome.complete) exit = strict ? ExitCode::kFailed : ExitCode::kPartial;
  if (outcome.matched_nothing) {
    messages.say(outcome.nothing, outcome.hint);
    exit = worse(exit, ExitCode::kNo);
  }
  return exit;
}

}  // namespace tfevents::cli
