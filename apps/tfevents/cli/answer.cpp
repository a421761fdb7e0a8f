#include "answer.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "env.hpp"
#include "format/terminal_safe.hpp"
#include "io/sys.hpp"

namespace tfevents::cli {
namespace {

constexpr std::size_t kPiece = 64 << 10;

// TensorBoard, and we, read every file with this in its name as an event file.
bool named_as_event_file(std::string_view path) {
  return path.substr(path.rfind('/') + 1).find("tfevents") != std::string_view::npos;
}

Error refuse(std::string message, std::string hint) {
  return {.code = ErrorCode::kUsage, .message = std::move(message), .hint = std::move(hint)};
}

// Tables and Markdown escape what they show; what programs read they get as it is.
auto terminal_filter(Format format) -> std::string (*)(std::string_view) {
  if (format == Format::kCsv) return csv_for_terminal;
  return is_machine(format) ? json_for_terminal : nullptr;
}

}  // namespace

Status check_target(const std::string& file, const AnswerKind& kind, Sys& sys) {
  const std::string name = printable(file);
  // A link is written through, so the name at its end counts too.
  const Result<std::string> real = sys.real_path(file);
  const bool event_name =
      named_as_event_file(file) || (real.ok() && named_as_event_file(real.value()));
  const Result<FileInfo> target = sys.stat(file);
  if (target.ok()) {
    for (const std::string& input : kind.inputs) {
      const Result<FileInfo> read = sys.stat(input == "-" ? "/dev/stdin" : input);
      if (read.ok() && read.value().type == FileType::kRegular &&
          read.value().id == target.value().id) {
        return refuse(fmt::format("{}: {} is the input {}", kind.option, name, printable(input)),
                      "write the answer to another file");
      }
    }
    if (event_name && target.value().type == FileType::kRegular) {
      return refuse(
          fmt::format("{}: {} is an event file, and none is overwritten", kind.option, name),
          "write the answer to another file");
    }
  }
  if (event_name && !kind.records) {
    return refuse(fmt::format("{}: {} would be read as an event file, as its name has 'tfevents'",
                              kind.option, name),
                  "give it a name without 'tfevents', such as answer.jsonl");
  }
  return ok_status();
}

bool same_file(const std::string& a, const std::string& b, Sys& sys) {
  const auto first = sys.stat(a), second = sys.stat(b);
  if (first.ok() && second.ok()) return first->id == second->id;
  // Not there yet: the same name in the same directory.
  const auto full = [&](const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const auto real = sys.real_path(directory);
    return join_path(real.ok() ? *real : directory, path.substr(slash + 1));
  };
  return full(a) == full(b);
}

Result<std::unique_ptr<Output>> open_output(const OutputOptions& options, Env& env,
                                            const AnswerKind& kind) {
  if (options.file && *options.file != "-") {
    TFEVENTS_CHECK(check_target(*options.file, kind, env.sys()));
  }
  return Output::open({.file = options.file,
                       .descriptor = env.surroundings().out,
                       .tty = env.surroundings().out_tty,
                       .for_terminal = terminal_filter(kind.format),
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

Status finish_output(Output& output, const ops::Outcome& outcome, bool strict, Env& env) {
  const bool answered = !outcome.matched_nothing && (outcome.complete || !strict);
  if (answered || output.is_descriptor()) return output.finish();
  output.discard();
  env.messages().say("no answer, so the file of --output was not written");
  return ok_status();
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
