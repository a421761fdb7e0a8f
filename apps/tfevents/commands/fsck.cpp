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

}  // namespace

Fsck::Fsck(OptionAdder& add) {
  add.flag({"--all", "", "Listing", "List all findings; a terminal shows 20 a file", ""},
           arguments.all);
  add_run_options(add, arguments.runs);
  add_output_options(add, arguments.output);
}

Result<ExitCode> Fsck::run(Env& env) {
  ops::FsckOptions options;
  TFEVENTS_TRY(options.select, make_selection(arguments.runs, nullptr, View::kRaw, env));
  TFEVENTS_TRY(const auto output,
               open_output(arguments.output, env,
                           {.inputs = arguments.runs.operands, .format = asked_format()}));
  TFEVENTS_TRY(ops::FsckReport report, ops::fsck(options, env.context()));
  env.progress().finish();
  Sink sink = sink_of(*output);
  TFEVENTS_CHECK(write_answer(arguments, report, screen_of(*output, env), sink));
  TFEVENTS_CHECK(output->finish());
  if (!is_machine(asked_format())) say_hints(report, env.messages());
  // Damage is what was looked for: finding it is an answer, not input that was skipped.
  if (report.errors > 0) report.outcome.complete = true;
  const ExitCode exit = report_outcome(report.outcome, false, env);
  return report.errors > 0 ? worse(exit, ExitCode::kNo) : exit;
}

}  // namespace tfevents::cli
