#include "commands/prune.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/actor.hpp"
#include "cli/answer.hpp"
#include "cli/confirm.hpp"
#include "cli/env.hpp"
#include "cli/version.hpp"
#include "cli/waiting.hpp"
#include "render/lines.hpp"
#include "render/prune.hpp"

namespace tfevents::cli {
namespace {

constexpr std::array<std::string_view, 2> kWhats{"events", "dir"};

bool has_rules(const PruneArguments& a) {
  return a.older_than || a.min_steps || a.empty || a.max_size || a.remove_if || a.keep_last ||
         a.keep_within || !a.keep_best.empty() || !a.keep.empty() || !a.keep_if.empty() || a.by ||
         !a.runs.empty() || !a.exclude.empty() || a.layout || a.what;
}

// What makes no sense together. Nothing is silently ignored.
Status check(const PruneArguments& a, const Env& env) {
  if (a.operands.empty()) {
    return usage("which directory? prune wants it named",
                 "for example: tfevents prune runs --older-than 7d --dry-run");
  }
  if (a.operands.size() > 1) return usage("one directory at a time: each has a trash of its own");
  if (a.operands.front() == "-") return usage("standard input cannot be pruned");
  const bool looks_only = a.dry_run || a.plan_file;
  if (env.global().now && !looks_only) {
    return usage("--now is for --dry-run and --plan: what is done is done by the clock");
  }
  if (a.apply_file && has_rules(a))
    return usage("--apply does what the plan says: no rules, patterns or --what beside it");
  if (a.apply_file && a.plan_file) return usage("--plan and --apply exclude each other");
  if (a.dry_run && a.yes) return usage("--dry-run and --yes exclude each other");
  if (a.plan_file && a.yes)
    return usage("--plan writes the plan and does nothing: --yes goes with --apply");
  if (a.min_steps && *a.min_steps < 0) return usage("--min-steps: a number of steps from 0");
  return ok_status();
}

Result<std::vector<Pattern>> patterns(const std::vector<std::string>& texts) {
  std::vector<Pattern> out;
  for (const std::string& text : texts)
    out.push_back(Pattern::parse_or_name(text, Pattern::Scope::kTree));
  return out;
}

Result<Expression> condition(std::string_view option, const std::string& text) {
  auto parsed = Expression::parse(text);
  if (!parsed.ok()) return in_option(option, std::move(parsed).error());
  if (parsed->type_error()) return in_option(option, *parsed->type_error());
  if (parsed->type() == ValueType::kNumber || parsed->type() == ValueType::kText)
    return usage(fmt::format("{}: no condition: {}", option, printable(text)));
  return parsed;
}

// `2:val/accuracy`, split at the first colon: tags may hold others.
Result<ops::PruneOptions::KeepBest> keep_best(const std::string& text) {
  const std::size_t colon = text.find(':');
  ops::PruneOptions::KeepBest best;
  const char* const end = text.data() + std::min(colon, text.size());
  const auto [stop, error] = std::from_chars(text.data(), end, best.count);
  if (colon == std::string::npos || error != std::errc() || stop != end || best.count == 0) {
    return usage(fmt::format("--keep-best: '{}' is not a number from 1, a colon and a metric",
                             printable(text)),
                 "for example --keep-best 2:val/accuracy");
  }
  best.metric = text.substr(colon + 1);
  if (best.metric.empty()) return usage("--keep-best: no metric behind the colon");
  return best;
}

// The rules as people would type them, for the journal.
std::string policy_text(const PruneArguments& a) {
  std::string out;
  const auto add = [&](std::string_view option, std::string_view value) {
    out += fmt::format("{}{} {}", out.empty() ? "" : " ", option, value);
  };
  const auto each = [&](std::string_view option, const std::vector<std::string>& values) {
    for (const std::string& value : values) add(option, value);
  };
  if (a.apply_file) add("--apply", *a.apply_file);
  each("-r", a.runs);
  each("-x", a.exclude);
  if (a.older_than) add("--older-than", human_duration(a.older_than->seconds));
  if (a.min_steps) add("--min-steps", std::to_string(*a.min_steps));
  if (a.empty) out += out.empty() ? "--empty" : " --empty";
  if (a.max_size) add("--max-size", human_bytes(a.max_size->bytes));
  if (a.remove_if) add("--remove-if", *a.remove_if);
  if (a.keep_last) add("--keep-last", std::to_string(*a.keep_last));
  if (a.keep_within) add("--keep-within", human_duration(a.keep_within->seconds));
  each("--keep-best", a.keep_best);
  each("--keep", a.keep);
  each("--keep-if", a.keep_if);
  if (a.by) add("--by", *a.by);
  if (a.age == Age::kEvent) add("--age", "event");
  if (a.what == PruneArguments::What::kDirectory) add("--what", "dir");
  return out;
}

Status write_table(const PruneArguments& arguments, const ops::PruneReport& report,
                   const render::Screen& screen, Sink& sink) {
  const render::Folding folding = arguments.all     ? render::Folding::kNothing
                                  : screen.terminal ? render::Folding::kAll
                                                    : render::Folding::kPlain;
  TFEVENTS_TRY(const std::size_t dropped,
               render_table(render::prune_table(report, folding), screen.table_style(), sink));
  sink.out() += render::more_columns(dropped, false);
  return ok_status();
}

Status write_document(const PruneArguments& arguments, const ops::PruneReport& report,
                      const render::Screen& screen, Sink& sink) {
  const bool dry_run = !report.carried_out;
  switch (arguments.output.format.value_or(Format::kTable)) {
    case Format::kJson: return render::prune_json(report, dry_run, version_number(), sink);
    case Format::kJsonl: return render::prune_jsonl(report, sink);
    case Format::kCsv: return render_csv(render::prune_csv(report), sink);
    case Format::kMarkdown:
      return render_markdown(render::prune_table(report, render::Folding::kNothing), sink);
    case Format::kTable: break;
  }
  return write_table(arguments, report, screen, sink);
}

Status write_plan_file(const std::string& path, const ops::PruneReport& report) {
  TFEVENTS_TRY(const auto output, Output::open({.file = path}));
  Sink sink = sink_of(*output);
  TFEVENTS_CHECK(render::prune_json(report, true, version_number(), sink));
  return output->finish();
}

// What went wrong, trial by trial.
void report_done(const ops::PruneReport& report, Env& env) {
  for (const ops::PruneRow& row : report.rows) {
    if (row.error && row.result) {
      env.messages().say(fmt::format("{}: {}: {}", printable(row.people_name()),
                                     to_string(*row.result), *row.error));
    }
  }
  for (const Error& failure : report.failures) {
    const std::string where = failure.path.empty() ? "" : printable(failure.path) + ": ";
    env.messages().say(where + failure.message, failure.hint);
  }
}

// A trial that is not any more what was planned is left alone, which is no failure.
ExitCode exit_of(const ops::PruneReport& report) {
  const bool failed =
      !report.failures.empty() ||
      std::any_of(report.rows.begin(), report.rows.end(),
                  [](const ops::PruneRow& row) { return row.result == ops::PruneResult::kFailed; });
  return failed ? ExitCode::kFailed : ExitCode::kOk;
}

ExitCode exit_of(const ops::Outcome& outcome) {
  if (outcome.matched_nothing) return ExitCode::kNo;
  return outcome.complete ? ExitCode::kOk : ExitCode::kPartial;
}

/// One `prune` from its plan to its exit status. With -q nothing is said unless it ends badly: then
/// everything is.
class PruneSession {
 public:
  PruneSession(const PruneArguments& arguments, const ops::PruneOptions& chosen, Env& env,
               Output& output)
      : arguments_(arguments),
        chosen_(chosen),
        env_(env),
        output_(output),
        sink_(sink_of(output)),
        screen_(screen_of(output, env)),
        quiet_(env.global().quiet) {}

  Result<ExitCode> run() {
    TFEVENTS_TRY(report_, ops::plan_prune(chosen_, env_.context()));
    env_.progress().finish();
    if (is_table() && !report_.rows.empty()) TFEVENTS_CHECK(show_plan());
    if (!quiet_) say_before();
    auto exit = go_on();
    const bool silent = quiet_ && exit.ok() && *exit == ExitCode::kOk;
    if (quiet_ && !silent) {
      env_.messages().set_quiet(false);
      say_before();
    }
    if (!silent) report_done(report_, env_);
    if (silent && output_.is_descriptor()) sink_.out().clear();
    TFEVENTS_CHECK(finish_output(output_, report_.outcome, false, env_));
    return exit;
  }

 private:
  [[nodiscard]] Format format() const { return arguments_.output.format.value_or(Format::kTable); }
  [[nodiscard]] bool is_table() const {
    return format() == Format::kTable || format() == Format::kMarkdown;
  }
  [[nodiscard]] bool looks_only() const { return arguments_.dry_run || arguments_.plan_file; }
  [[nodiscard]] bool removes() const { return report_.count(rewrite::Action::kRemove) != 0; }

  // The plan comes first. A program gets one document, when everything in it is known.
  Status show_plan() {
    TFEVENTS_CHECK(write_document(arguments_, report_, screen_, sink_));
    if (format() == Format::kTable && (looks_only() || !removes()))
      sink_.out() += render::wrapped(render::prune_summary(report_, false), summary_width());
    const bool asks =
        (removes() || !report_.early_batches.empty()) && !looks_only() && !arguments_.yes;
    return !quiet_ || asks ? output_.flush() : ok_status();
  }

  // Who is asked must see what about: where the answer does not go to a terminal, or is not for
  // people, the plan goes to standard error.
  Status show_whom_asked() {
    const Surroundings& around = env_.surroundings();
    const bool seen = format() == Format::kTable && output_.tty();
    if (arguments_.yes || seen || !around.in_tty || !around.err_tty) return ok_status();
    TFEVENTS_TRY(const auto error, Output::open({.file = {},
                                                 .descriptor = around.err,
                                                 .tty = around.err_tty,
                                                 .progress = &env_.progress()}));
    const render::Screen screen = screen_of(*error, env_);
    Sink sink = sink_of(*error);
    TFEVENTS_CHECK(write_table(arguments_, report_, screen, sink));
    return error->finish();
  }

  Result<ExitCode> go_on() {
    auto exit = carry_out();
    // A document that was asked for comes even where the plan is refused.
    if (!is_table() && !report_.outcome.matched_nothing)
      TFEVENTS_CHECK(write_document(arguments_, report_, screen_, sink_));
    return exit;
  }

  Result<ExitCode> carry_out() {
    const ExitCode seen = exit_of(report_.outcome);
    if (report_.rows.empty() && report_.outcome.matched_nothing) return seen;
    if (arguments_.plan_file) TFEVENTS_CHECK(write_plan_file(*arguments_.plan_file, report_));
    if (looks_only()) return seen;
    if (report_.refusal) return *report_.refusal;
    const bool asks = removes() || !report_.early_batches.empty();
    // Nothing to do; what has lain in the trash long enough goes where somebody has said yes.
    if (!asks && !arguments_.yes) return seen;
    if (asks) {
      TFEVENTS_CHECK(show_whom_asked());
      TFEVENTS_TRY(const bool agreed,
                   confirm(env_, render::prune_question(report_), arguments_.yes));
      if (!agreed) {
        env_.messages().say("nothing was removed");
        return worse(seen, ExitCode::kRefused);
      }
    }
    const ops::OpContext context = env_.context();
    ops::PruneDoing doing;
    doing.actor = current_actor(env_, "tfevents prune " + printable(report_.operand));
    if (arguments_.lock_wait) doing.lock_wait_seconds = arguments_.lock_wait->seconds;
    doing.wait = waiting(context.stop);
    TFEVENTS_CHECK(ops::apply_prune(report_, doing, context));
    if (format() == Format::kTable && (removes() || report_.bytes_freed != 0))
      sink_.out() += render::wrapped(render::prune_summary(report_, true), summary_width());
    return worse(seen, exit_of(report_));
  }

  void say_before() {
    for (const std::string& warning : report_.warnings) env_.messages().say(warning);
    const bool by_file =
        std::any_of(report_.rows.begin(), report_.rows.end(), [](const ops::PruneRow& row) {
          return row.decision.reasons.front().rule == rewrite::Rule::kFileChanged;
        });
    if (by_file && chosen_.rules.age_by_event) {
      env_.messages().hint(
          "files that changed recently keep a trial, whatever --age says: AGE AND LIFE in "
          "tfevents-prune(1)");
    } else if (by_file) {
      env_.messages().hint(
          "copying a tree makes its files young: --age event goes by the events alone, unless "
          "a file changed recently");
    }
    (void)report_outcome(report_.outcome, false, env_);
    if (report_.refusal && looks_only())
      env_.messages().say("would be refused: " + report_.refusal->message, report_.refusal->hint);
  }

  [[nodiscard]] std::size_t summary_width() const {
    return screen_.terminal ? screen_.width : std::string::npos;
  }

  const PruneArguments& arguments_;
  const ops::PruneOptions& chosen_;
  Env& env_;
  Output& output_;
  Sink sink_;
  render::Screen screen_;
  bool quiet_;
  ops::PruneReport report_;
};

}  // namespace

Prune::Prune(OptionAdder& add) {
  add.positionals({"DIR", "", "Arguments", "The log directory to prune",
                   "It has to be named: $TFEVENTS_LOGDIR and -C are not looked at. A symbolic link "
                   "is refused.",
                   ValueKind::kDirectory},
                  arguments.operands);
  add.value({"--older-than", "DURATION", "Removing", "Remove what was last active before that",
             "Age is counted from the newest of the last event and the last change of an event "
             "file; see --age.",
             ValueKind::kDuration},
            arguments.older_than);
  add.value({"--min-steps", "N", "Removing", "Remove trials that end before step N",
             "False starts. A trial without any step is left to --empty.", ValueKind::kCount},
            arguments.min_steps);
  add.flag({"--empty", "", "Removing", "Remove trials without a value, older than a day", ""},
           arguments.empty);
  add.value({"--max-size", "SIZE", "Removing", "Remove the oldest until the rest fits into SIZE",
             "What is in the trash counts too, and is given up first, oldest batch first, even "
             "before its time.",
             ValueKind::kSize},
            arguments.max_size);
  add.value(
      {"--remove-if", "EXPR", "Removing", "Remove trials for which EXPR is true",
       "For example 'nan(train/loss) > 0'. See EXPRESSIONS in tfevents(1).", ValueKind::kText},
      arguments.remove_if);
  add.value(
      {"--keep-last", "N", "Keeping", "Keep the N newest of each group", "", ValueKind::kCount},
      arguments.keep_last);
  add.value(
      {"--keep-within", "DURATION", "Keeping", "Keep what was active that long before the newest",
       "Counted from the newest of the group, not from now: where nothing was trained for a "
       "month, the last week of it stays.",
       ValueKind::kDuration},
      arguments.keep_within);
  add.list({"--keep-best", "N:METRIC", "Keeping", "Keep the N best of each group by a metric",
            "METRIC is a tag, whose name says which way is better, or min(TAG), max(TAG), or "
            "another expression. May be repeated.",
            ValueKind::kText},
           arguments.keep_best);
  add.list({"--keep", "PATTERN", "Keeping", "Keep trials whose name matches",
            "As for --run. May be repeated.", ValueKind::kRun},
           arguments.keep);
  add.list({"--keep-if", "EXPR", "Keeping", "Keep trials for which EXPR is true",
            "May be repeated.", ValueKind::kText},
           arguments.keep_if);
  add.value({"--by", "NAME", "Keeping", "Rank within groups of equal NAME [none]",
             "NAME is parent, for trials of one directory, or a hyperparameter, a level of "
             "--layout, a run attribute.",
             ValueKind::kText},
            arguments.by);
  add.choice({"--age", "WHICH", "Keeping", "Count age from newest or event [newest]",
              "newest: the last event or the last change of an event file (with --what dir of any "
              "file), whichever is later. event: the last event alone. Either way trials whose "
              "files have just changed stay.",
              ValueKind::kChoice, kAges},
             arguments.age);
  add.choice({"--what", "WHAT", "Doing", "Remove events or dir [events]",
              "events: event files and the data of TensorBoard's plugins. dir: everything in the "
              "directory of a trial, checkpoints too.",
              ValueKind::kChoice, kWhats},
             arguments.what);
  add.flag({"--dry-run", "", "Doing", "Print the plan and do nothing", ""}, arguments.dry_run);
  add.flag({"--yes", "", "Doing", "Do not ask", "Needed where there is no terminal to ask on."},
           arguments.yes);
  add.value(
      {"--plan", "FILE", "Doing", "Write the plan to FILE and do nothing", "", ValueKind::kFile},
      arguments.plan_file);
  add.value({"--apply", "FILE", "Doing", "Do what --plan wrote",
             "Only what still is what it was: each file, its size and times, and the last event of "
             "each trial.",
             ValueKind::kPath},
            arguments.apply_file);
  add.value({"--trash-keep", "DURATION", "Doing", "Empty batches of the trash after that [7d]",
             "0 deletes at once, and for good.", ValueKind::kDuration},
            arguments.trash_keep);
  add.flag({"--allow-empty", "", "Doing", "Allow a plan that removes every trial", ""},
           arguments.allow_empty);
  add.value({"--lock-wait", "DURATION", "Doing", "Wait so long for another writer [0]", "",
             ValueKind::kDuration},
            arguments.lock_wait);
  add.list({"-r,--run", "PATTERN", "Runs", "Only trials whose name matches",
            "Trials that do not match do not exist for the rules, and stay. May be repeated.",
            ValueKind::kRun},
           arguments.runs);
  add.list({"-x,--exclude", "PATTERN", "Runs", "Not the trials whose name matches",
            "May be repeated.", ValueKind::kRun},
           arguments.exclude);
  add.value({"--layout", "LAYOUT", "Runs", "Name the levels of names: '{project}/{run}'",
             "For --by and conditions.", ValueKind::kText},
            arguments.layout);
  add_fold_options(add, arguments.fold);
  add.value(
      {"--max-series", "N", "Runs", "Read at most N series a run [1000000]", "", ValueKind::kCount},
      arguments.max_series);
  add.flag({"--all", "", "Output", "Fold nothing: show every trial", ""}, arguments.all);
  add_output_options(add, arguments.output);
}

Result<ops::PruneOptions> Prune::options(const Env& env) const {
  const PruneArguments& a = arguments;
  TFEVENTS_CHECK(check(a, env));
  ops::PruneOptions options;
  options.operand = a.operands.front();
  TFEVENTS_TRY(options.select.runs, patterns(a.runs));
  TFEVENTS_TRY(options.select.exclude, patterns(a.exclude));
  if (a.max_series) options.select.max_series = *a.max_series;
  options.fold = a.fold;
  TFEVENTS_TRY(options.layout, parse_layout({.where = {}, .layout = a.layout}));
  options.by = a.by;
  rewrite::PolicyRules& rules = options.rules;
  if (a.older_than) rules.older_than_seconds = a.older_than->seconds;
  rules.min_steps = a.min_steps;
  rules.empty = a.empty;
  if (a.max_size) rules.max_bytes = a.max_size->bytes;
  rules.keep_last = a.keep_last;
  if (a.keep_within) rules.keep_within_seconds = a.keep_within->seconds;
  rules.age_by_event = a.age == Age::kEvent;
  if (a.remove_if) {
    TFEVENTS_TRY(options.remove_if, condition("--remove-if", *a.remove_if));
  }
  for (const std::string& text : a.keep_if) {
    TFEVENTS_TRY(Expression parsed, condition("--keep-if", text));
    options.keep_if.push_back(std::move(parsed));
  }
  for (const std::string& text : a.keep_best) {
    TFEVENTS_TRY(auto best, keep_best(text));
    options.keep_best.push_back(std::move(best));
  }
  TFEVENTS_TRY(options.keep, patterns(a.keep));
  options.policy_text = policy_text(a);
  options.apply_file = a.apply_file;
  if (a.what == PruneArguments::What::kDirectory) options.what = rewrite::What::kDirectory;
  if (a.trash_keep) options.trash_keep_seconds = a.trash_keep->seconds;
  options.allow_empty = a.allow_empty;
  options.uid = current_actor(env, "").uid;
  if (const auto home = env.surroundings().variables.find("HOME");
      home != env.surroundings().variables.end())
    options.home = home->second;
  return options;
}

Result<ExitCode> Prune::run(Env& env) {
  TFEVENTS_TRY(const ops::PruneOptions chosen, options(env));
  TFEVENTS_TRY(
      const auto output,
      open_output(arguments.output, env, {.inputs = arguments.operands, .format = asked_format()}));
  if (arguments.plan_file) {
    TFEVENTS_CHECK(check_target(*arguments.plan_file,
                                {.inputs = arguments.operands, .option = "--plan"}, env.sys()));
  }
  return PruneSession(arguments, chosen, env, *output).run();
}

}  // namespace tfevents::cli
