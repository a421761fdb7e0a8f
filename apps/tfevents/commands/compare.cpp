#include "commands/compare.hpp"

#include <utility>

#include "base/text.hpp"
#include "cli/answer.hpp"
#include "cli/env.hpp"
#include "cli/version.hpp"
#include "render/compare.hpp"
#include "render/lines.hpp"

namespace tfevents::cli {
namespace {

constexpr std::string_view kCompareSortKeys[] = {"run"};

// What makes no sense together. Nothing is silently ignored.
Status check(const CompareArguments& arguments) {
  if (arguments.null && !arguments.paths)
    return usage("--null ends the paths of --path: it needs -p");
  if (arguments.paths && arguments.output.format)
    return usage("--path prints paths alone: it has no format");
  if (arguments.paths && !arguments.by.empty())
    return usage("--path prints the paths of trials: it does not go with --by");
  return ok_status();
}

// Raw bytes, so that scripts get names as they are; a terminal gets them escaped.
Status write_paths(const ops::CompareReport& report, bool null, bool terminal, Sink& sink) {
  for (const ops::CompareRow& row : report.rows) {
    sink.out() += terminal && !null ? printable(row.trial.path) : row.trial.path;
    sink.out() += null ? '\0' : '\n';
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

Status write_table(const ops::CompareReport& report, Format format, const render::Screen& screen,
                   Sink& sink) {
  const bool upright = render::reads_upright(report);
  if (format == Format::kMarkdown) {
    return upright ? render_markdown(render::compare_upright(report), sink)
                   : render_markdown(render::compare_table(report), sink);
  }
  const TableStyle style = screen.table_style();
  auto dropped = upright ? render_table(render::compare_upright(report), style, sink)
                         : render_table(render::compare_table(report), style, sink);
  if (!dropped.ok()) return std::move(dropped).error();
  if (screen.terminal && !report.rows.empty())
    sink.out() += render::wrapped(render::compare_summary(report), screen.width);
  sink.out() += render::more_columns(*dropped, !upright);
  return ok_status();
}

Status write_answer(const CompareArguments& arguments, const ops::CompareReport& report, View view,
                    const render::Screen& screen, Sink& sink) {
  if (arguments.paths) return write_paths(report, arguments.null, screen.terminal, sink);
  const Format format = arguments.output.format.value_or(Format::kTable);
  switch (format) {
    case Format::kJson: return render::compare_json(report, view, version_number(), sink);
    case Format::kJsonl: return render::compare_jsonl(report, sink);
    case Format::kCsv: return render_csv(render::compare_table(report), sink);
    case Format::kTable:
    case Format::kMarkdown: break;
  }
  return write_table(report, format, screen, sink);
}

// What the answer itself does not show.
void say_aside(const CompareArguments& arguments, const ops::CompareReport& report, Env& env) {
  for (const std::string& warning : report.warnings) env.messages().say(warning);
  if (arguments.paths || report.rows.empty()) return;
  for (const std::string& note : render::compare_notes(report)) env.messages().say(note);
  if (!arguments.changed && report.columns.empty() && report.warnings.empty())
    env.messages().say("no selected trial has a scalar to compare");
}

// Whether something differs, or may: what was not compared has not passed.
bool found_difference(const ops::CompareReport& report, Env& env) {
  for (const std::string& why : report.uncompared) env.messages().say("--exit-code: " + why);
  return report.differs || !report.uncompared.empty();
}

}  // namespace

Compare::Compare(OptionAdder& add) {
  add.value({"-c,--columns", "LIST", "Listing", "Compare these; +LIST adds to the default choice",
             "Tags and expressions, with commas between them. A tag means its last value. A name "
             "that holds commas or brackets stands in double quotes. Without LIST those scalars "
             "are compared whose names say whether high or low is better (or all, if none does): "
             "first what most trials have, validation before training, 8 at most, or 32 where 3 "
             "trials or less are compared.",
             ValueKind::kText},
            arguments.columns);
  add.value({"--vs", "BASELINE", "Listing", "Show the change from BASELINE, and if it is better",
             "BASELINE is the name of a trial, or its last parts where those are unique; with --by "
             "the value of a group. It stands first. Of two operands with a trial each the first "
             "is the baseline without this option.",
             ValueKind::kText},
            arguments.versus);
  add.list({"--by", "NAME", "Listing", "Fold trials with equal NAME into one line",
            "NAME is a hyperparameter, a level of --layout or a run attribute. May be repeated, or "
            "be a list with commas. A line has the mean over the trials of the group that have a "
            "finite value, and their standard deviation (STD, with n-1).",
            ValueKind::kText},
           arguments.by);
  add_direction_options(add, arguments.direction);
  add.flag({"--changed", "", "Listing", "Leave out columns in which all trials are alike",
            "With --vs also the trials that are like the baseline in every column."},
           arguments.changed);
  add.flag({"--exit-code", "", "Listing", "Exit 1 where something differs",
            "With --vs: where a metric differs from the baseline's. Without: where trials differ "
            "in a metric or hyperparameter, groups of --by in a metric. Metrics of the default "
            "choice count also where there is no room to show them. 1 also where something could "
            "not be compared: a column of -c that no trial has, a PATH without event files, a "
            "trial alone."},
           arguments.exit_code);
  add.value({"--sort", "KEY", "Listing", "Sort by KEY; -KEY reverses [run]",
             "KEY is run or what --columns takes: val/acc, hp.lr. What has no value comes last.",
             ValueKind::kChoice, kCompareSortKeys},
            arguments.sort);
  add.value({"-n,--limit", "N", "Listing", "List the first N only",
             "Counted after sorting; the baseline is not counted.", ValueKind::kCount},
            arguments.limit);
  add.flag({"-p,--path", "", "Listing", "Print the paths of the trials and nothing else", ""},
           arguments.paths);
  add.flag({"-0,--null", "", "Listing", "End each path of -p with a zero byte, for xargs -0", ""},
           arguments.null);
  add_run_options(add, arguments.runs);
  add_where_options(add, arguments.where);
  add_fold_options(add, arguments.fold);
  add_scalar_options(add, arguments.points);
  add_output_options(add, arguments.output);
  add_strict_option(add, arguments.strict);
}

Result<ops::CompareOptions> Compare::options(const Env& env) const {
  TFEVENTS_CHECK(check(arguments));
  ops::CompareOptions options;
  TFEVENTS_TRY(options.select,
               make_selection(arguments.runs, &arguments.points, View::kClean, env));
  TFEVENTS_TRY(options.where, parse_where(arguments.where));
  TFEVENTS_TRY(options.layout, parse_layout(arguments.where));
  options.fold = arguments.fold;
  options.columns = arguments.columns;
  TFEVENTS_TRY(options.by, split_lists(arguments.by));
  options.versus = arguments.versus;
  TFEVENTS_TRY(options.direction, parse_direction(arguments.direction));
  options.changed = arguments.changed;
  options.find_differences = arguments.exit_code;
  options.sort = arguments.sort;
  options.limit = arguments.limit;
  return options;
}

Result<ExitCode> Compare::run(Env& env) {
  TFEVENTS_TRY(const ops::CompareOptions chosen, options(env));
  TFEVENTS_TRY(const auto output,
               open_output(arguments.output, env,
                           {.inputs = arguments.runs.operands, .format = asked_format()}));
  TFEVENTS_TRY(const ops::CompareReport report, ops::compare_trials(chosen, env.context()));
  env.progress().finish();
  Sink sink = sink_of(*output);
  TFEVENTS_CHECK(
      write_answer(arguments, report, chosen.select.view, screen_of(*output, env), sink));
  TFEVENTS_CHECK(finish_output(*output, report.outcome, arguments.strict, env));
  say_aside(arguments, report, env);
  const ExitCode exit = report_outcome(report.outcome, arguments.strict, env);
  if (!arguments.exit_code || !found_difference(report, env)) return exit;
  return worse(exit, ExitCode::kNo);
}

}  // namespace tfevents::cli
