#include "commands/trash.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "cli/actor.hpp"
#include "cli/answer.hpp"
#include "cli/confirm.hpp"
#include "cli/env.hpp"
#include "cli/version.hpp"
#include "cli/waiting.hpp"
#include "render/lines.hpp"
#include "render/trash.hpp"

namespace tfevents::cli {
namespace {

using ops::TrashAction;
using ops::TrashReport;

// In the order of ops::TrashAction.
constexpr std::string_view kActions[] = {"ls", "restore", "empty"};
constexpr std::size_t kShownRows = 20;

Result<TrashAction> parse_action(const std::vector<std::string>& typed) {
  if (typed.empty()) {
    return usage("what is to be done with the trash? ls, restore or empty",
                 "tfevents trash ls DIR shows what is in it");
  }
  const std::string& word = typed.front();
  const auto* const found = std::find(std::begin(kActions), std::end(kActions), word);
  if (found != std::end(kActions)) return static_cast<TrashAction>(found - std::begin(kActions));
  const std::vector<std::string> names(std::begin(kActions), std::end(kActions));
  const auto near = nearest(word, names);
  return usage(fmt::format("'{}' is none of ls, restore, empty", printable(word)),
               near ? fmt::format("did you mean tfevents trash {}?", *near)
                    : "the directory stands behind it: tfevents trash ls DIR");
}

/// How much of a table people see.
enum class Extent : std::uint8_t {
  kRows,    ///< The rows that there is room for.
  kWhole,   ///< And the last line.
  kResult,  ///< The last line, and what went wrong: the rows were seen before.
};

Status write_table(const TrashReport& report, const render::Screen& screen, bool all, Extent extent,
                   Sink& sink) {
  std::size_t most = screen.terminal && !all ? kShownRows : SIZE_MAX;
  if (extent == Extent::kResult) most = 0;
  TFEVENTS_TRY(const std::size_t dropped,
               render_table(render::trash_table(report, most), screen.table_style(), sink));
  sink.out() += render::more_columns(dropped, false);
  if (extent != Extent::kResult) sink.out() += render::trash_more(report, most);
  const bool changes = report.action != TrashAction::kList;
  const bool something = !report.rows.empty() || (report.done && report.outcome.nothing.empty());
  if (extent != Extent::kRows && something && (changes || screen.terminal)) {
    sink.out() += render::wrapped(render::trash_summary(report),
                                  screen.terminal ? screen.width : std::string::npos);
  }
  return sink.drain();
}

/// One `trash` from its options to its exit status.
class TrashSession {
 public:
  TrashSession(const TrashArguments& arguments, const ops::TrashOptions& chosen, Env& env,
               Output& output)
      : arguments_(arguments),
        chosen_(chosen),
        env_(env),
        output_(output),
        format_(arguments.output.format.value_or(Format::kTable)) {}

  Result<ExitCode> run() {
    if (chosen_.action == TrashAction::kList || arguments_.dry_run) return show();
    return chosen_.action == TrashAction::kRestore ? restore() : empty();
  }

 private:
  [[nodiscard]] ops::TrashDoing doing() const {
    return {.lock_wait_seconds = arguments_.lock_wait ? arguments_.lock_wait->seconds : 0,
            .wait = waiting(env_.context().stop)};
  }

  Status write(const TrashReport& report, Extent extent = Extent::kWhole) {
    Sink sink = sink_of(output_);
    switch (format_) {
      case Format::kTable: break;
      case Format::kJson: return render::trash_json(report, version_number(), sink);
      case Format::kJsonl: return render::trash_jsonl(report, sink);
      case Format::kCsv: return render_csv(render::trash_table(report), sink);
      case Format::kMarkdown: return render_markdown(render::trash_table(report), sink);
    }
    return write_table(report, screen_of(output_, env_), arguments_.all, extent, sink);
  }

  // Who is asked must see what about: where the answer does not go to a terminal, or is not for
  // people, the plan goes to standard error.
  Status show_plan(const TrashReport& plan, bool asks) {
    const bool readable = format_ == Format::kTable && output_.is_descriptor();
    if (readable && (output_.tty() || !asks)) {
      TFEVENTS_CHECK(write(plan, Extent::kRows));
      shown_ = true;
      return output_.flush();
    }
    if (!asks) return ok_status();
    TFEVENTS_TRY(const auto error, Output::open({.file = {},
                                                 .descriptor = env_.surroundings().err,
                                                 .tty = env_.surroundings().err_tty,
                                                 .progress = &env_.progress()}));
    Sink sink = sink_of(*error);
    TFEVENTS_CHECK(write_table(plan, screen_of(*error, env_), arguments_.all, Extent::kRows, sink));
    return error->finish();
  }

  // Ends the output and says what it leaves out. With --quiet an answer for people appears only
  // where something is not as it should be, and then with the reason.
  Result<ExitCode> conclude(const TrashReport& report, ExitCode exit) {
    const bool quiet = env_.global().quiet && chosen_.action != TrashAction::kList &&
                       !is_machine(format_) && output_.is_descriptor();
    if (!quiet || exit != ExitCode::kOk)
      TFEVENTS_CHECK(write(report, shown_ ? Extent::kResult : Extent::kWhole));
    TFEVENTS_CHECK(output_.finish());
    Messages& messages = env_.messages();
    if (exit != ExitCode::kOk) messages.set_quiet(false);
    messages.problems(report.outcome.problems, report.outcome.more_problems);
    if (!report.outcome.nothing.empty()) messages.say(report.outcome.nothing, report.outcome.hint);
    return exit;
  }

  Result<ExitCode> show() {
    TFEVENTS_TRY(const TrashReport report, ops::plan_trash(chosen_, env_.context()));
    ExitCode exit = ExitCode::kOk;
    if (chosen_.action == TrashAction::kList && !report.outcome.complete) exit = ExitCode::kPartial;
    if (report.outcome.matched_nothing) exit = worse(exit, ExitCode::kNo);
    return conclude(report, exit);
  }

  Result<ExitCode> restore() {
    TFEVENTS_TRY(const TrashReport report,
                 ops::restore_from_trash(chosen_, doing(), env_.context()));
    ExitCode exit = report.failed() ? ExitCode::kFailed : ExitCode::kOk;
    if (report.outcome.matched_nothing) exit = worse(exit, ExitCode::kNo);
    return conclude(report, exit);
  }

  // Nothing can be deleted. What is damaged stays, and somebody wanted it gone.
  Result<ExitCode> do_nothing(TrashReport& plan) {
    plan.done = true;
    plan.failures = plan.damaged;
    for (ops::TrashRow& row : plan.rows) row.result = ops::TrashRowResult::kSkipped;
    return conclude(plan, plan.failed() ? ExitCode::kFailed : ExitCode::kOk);
  }

  Result<ExitCode> empty() {
    TFEVENTS_TRY(TrashReport plan, ops::plan_trash(chosen_, env_.context()));
    if (plan.batches == 0) return do_nothing(plan);
    const Surroundings& around = env_.surroundings();
    const bool asks = !arguments_.yes && around.in_tty && around.err_tty;
    if (!arguments_.yes && !asks) {
      TFEVENTS_CHECK(write(plan));
      TFEVENTS_CHECK(output_.finish());
    } else if (asks || !env_.global().quiet) {
      TFEVENTS_CHECK(show_plan(plan, asks));
    }
    TFEVENTS_TRY(const bool agreed, confirm(env_, render::trash_question(plan), arguments_.yes));
    if (!agreed) {
      output_.discard();
      env_.messages().set_quiet(false);
      env_.messages().say("nothing was deleted");
      return ExitCode::kRefused;
    }
    TFEVENTS_TRY(const TrashReport report,
                 ops::empty_from_trash(chosen_, plan, asks, doing(), env_.context()));
    return conclude(report, report.failed() ? ExitCode::kFailed : ExitCode::kOk);
  }

  const TrashArguments& arguments_;
  const ops::TrashOptions& chosen_;
  Env& env_;
  Output& output_;
  Format format_;
  bool shown_ = false;  ///< The plan, where the answer goes to.
};

}  // namespace

Trash::Trash(OptionAdder& add) {
  add.positionals({"ACTION", "", "Arguments", "ls, restore or empty",
                   "ls lists what is in the trash, restore puts it back where it was, empty "
                   "deletes it for good.",
                   ValueKind::kChoice, kActions},
                  arguments.actions, 1);
  add.positionals({"DIR", "", "Arguments", "The log directory that was pruned",
                   "It has to be named: $TFEVENTS_LOGDIR and -C are not looked at. A symbolic link "
                   "is refused.",
                   ValueKind::kDirectory},
                  arguments.directories, 1);
  add.list(
      {"--batch", "ID", "Listing", "Only this batch [restore: the newest]",
       "May be repeated; all means every batch. Without it ls lists all, and restore takes the "
       "newest. Not for empty.",
       ValueKind::kText},
      arguments.batches);
  add.value({"--older-than", "DURATION", "Removing", "empty: only batches older than DURATION",
             "A DURATION is a sum such as 1d12h. Without it everything in the trash goes.",
             ValueKind::kDuration},
            arguments.older_than);
  add.value({"--trash-keep", "DURATION", "Doing", "ls: batches expire after DURATION [7d]",
             "As prune was given it: the first prune after that time empties them.",
             ValueKind::kDuration},
            arguments.trash_keep);
  add.flag({"--all", "", "Output", "Show every run, also on a terminal", ""}, arguments.all);
  add.flag({"--dry-run", "", "Doing", "Only say what would be done; changes nothing", ""},
           arguments.dry_run);
  add.flag({"--yes", "", "Doing", "Do it without asking",
            "Needed where there is nobody to ask: in scripts and cron jobs."},
           arguments.yes);
  add.value({"--lock-wait", "DURATION", "Doing", "Wait so long for another writer [0]",
             "One command writes in a tree at a time. Without it, a second one is refused.",
             ValueKind::kDuration},
            arguments.lock_wait);
  add_output_options(add, arguments.output);
}

Result<ops::TrashOptions> Trash::options(const Env& env) const {
  ops::TrashOptions chosen;
  TFEVENTS_TRY(chosen.action, parse_action(arguments.actions));
  const std::string action(kActions[static_cast<std::size_t>(chosen.action)]);
  if (arguments.directories.empty()) {
    return usage(fmt::format("trash {}: whose trash? Name the directory", action),
                 fmt::format("tfevents trash {} DIR", action));
  }
  chosen.operand = arguments.directories.front();
  const bool lists = chosen.action == TrashAction::kList;
  const bool empties = chosen.action == TrashAction::kEmpty;
  const auto misplaced = [&](std::string_view option) {
    return usage(fmt::format("{} is not for trash {}", option, action));
  };
  if (!arguments.batches.empty() && empties) return misplaced("--batch");
  if (arguments.older_than && !empties) return misplaced("--older-than");
  if (arguments.trash_keep && !lists) return misplaced("--trash-keep");
  if (arguments.dry_run && lists) return misplaced("--dry-run");
  if (arguments.yes && !empties) return misplaced("--yes");
  if (arguments.lock_wait && lists) return misplaced("--lock-wait");
  if (env.global().now && !lists && !arguments.dry_run)
    return usage("--now is for trash ls and --dry-run: what is done is done now");
  chosen.batches = arguments.batches;
  if (arguments.older_than) chosen.older_than_seconds = arguments.older_than->seconds;
  if (arguments.trash_keep) chosen.trash_keep_seconds = arguments.trash_keep->seconds;
  chosen.actor = current_actor(env, render::command_line("trash " + action, arguments.directories));
  return chosen;
}

Result<ExitCode> Trash::run(Env& env) {
  TFEVENTS_TRY(const ops::TrashOptions chosen, options(env));
  TFEVENTS_TRY(const auto output,
               open_output(arguments.output, env,
                           {.inputs = arguments.directories, .format = asked_format()}));
  return TrashSession(arguments, chosen, env, *output).run();
}

}  // namespace tfevents::cli
