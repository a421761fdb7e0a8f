#include "commands/fsck.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "cli/answer.hpp"
#include "cli/env.hpp"
#include "cli/version.hpp"
#include "render/fsck.hpp"

namespace tfevents::cli {
namespace {

Status write_answer(const FsckArguments& arguments, const ops::FsckReport& report,
                    const render::Screen& screen, Sink& sink) {
  switch (arguments.output.format.value_or(Format::kTable)) {
    case Format::kTable: break;
    case Format::kJson: return render::fsck_json(report, version_number(), sink);
    case Format::kJsonl: return render::fsck_jsonl(report, sink);
    case Format::kCsv: return render_csv(render::fsck_table(report), sink);
    case Format::kMarkdown: return render_markdown(render::fsck_table(report), sink);
  }
  if (report.outcome.matched_nothing) return ok_status();
  return render::fsck_screen(report, screen, arguments.all, sink);
}

// Advice that findings carry. People see it once, machines beside each finding.
void say_hints(const ops::FsckReport& report, Messages& messages) {
  constexpr std::size_t kMost = 2;
  std::vector<std::string> said;
  for (const Problem& row : report.rows) {
    if (!row.hint || std::find(said.begin(), said.end(), *row.hint) != said.end()) continue;
    messages.hint(*row.hint);
    said.push_back(*row.hint);
    if (said.size() == kMost) return;
  }
}

// Damage is what was looked for: finding it is an answer, not input that was skipped.
ExitCode exit_of(const ops::FsckReport& report, bool strict) {
  ExitCode exit = ExitCode::kOk;
  if (report.unreadable > 0) exit = strict ? ExitCode::kFailed : ExitCode::kPartial;
  const bool no = report.damage() > 0 || report.outcome.matched_nothing;
  return no ? worse(exit, ExitCode::kNo) : exit;
}

// Who asks for quiet wants mail from cron when there is something to do, and then with the reason.
// A document or a file that was asked for is an answer even so.
bool keeps_quiet(const Env& env, Format format, const Output& output, ExitCode exit) {
  return env.global().quiet && exit == ExitCode::kOk && !is_machine(format) &&
         output.is_descriptor();
}

void say_nothing_matched(const ops::Outcome& outcome, Format format, Env& env) {
  const bool quiet = env.global().quiet && !is_machine(format);
  if (!quiet) return env.messages().say(outcome.nothing, outcome.hint);
  env.messages().fatal({.message = outcome.nothing, .hint = outcome.hint}, ExitCode::kNo);
}

}  // namespace

Fsck::Fsck(OptionAdder& add) {
  add.flag({"--all", "", "Listing", "List all findings; a terminal shows 20 a file", ""},
           arguments.all);
  add_run_options(add, arguments.runs);
  add_where_options(add, arguments.where);
  add_output_options(add, arguments.output);
  add.flag({"--strict", "", "Output", "Exit 2, not 3, where input could not be read", ""},
           arguments.strict);
}

Result<ExitCode> Fsck::run(Env& env) {
  ops::FsckOptions options;
  TFEVENTS_TRY(options.select, make_selection(arguments.runs, nullptr, View::kRaw, env));
  TFEVENTS_TRY(options.where, parse_run_where(arguments.where));
  TFEVENTS_TRY(const auto output,
               open_output(arguments.output, env,
                           {.inputs = arguments.runs.operands, .format = asked_format()}));
  TFEVENTS_TRY(const ops::FsckReport report, ops::fsck(options, env.context()));
  env.progress().finish();
  const ExitCode exit = exit_of(report, arguments.strict);
  if (!keeps_quiet(env, asked_format(), *output, exit)) {
    Sink sink = sink_of(*output);
    TFEVENTS_CHECK(write_answer(arguments, report, screen_of(*output, env), sink));
  }
  TFEVENTS_CHECK(output->finish());
  if (!is_machine(asked_format())) say_hints(report, env.messages());
  if (report.outcome.matched_nothing) say_nothing_matched(report.outcome, asked_format(), env);
  return exit;
}

}  // namespace tfevents::cli
