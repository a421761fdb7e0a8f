#include "commands/best.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "cli/answer.hpp"
#include "cli/env.hpp"
#include "cli/version.hpp"
#include "render/best.hpp"
#include "render/lines.hpp"

namespace tfevents::cli {
namespace {

constexpr std::uint64_t kMaxWindow = 1'000'000;

// What makes no sense together. Nothing is silently ignored.
Status check(const BestArguments& arguments) {
  if (arguments.metric.empty())
    return usage("METRIC is missing", "for example: tfevents best val/accuracy runs");
  if (arguments.null && !arguments.paths)
    return usage("--null ends the paths of --path: it needs -p");
  if (arguments.paths && arguments.output.format)
    return usage("--path prints paths alone: it has no format");
  if (arguments.smooth && arguments.window)
    return usage("--smooth and --window exclude each other");
  if (arguments.smooth && !(*arguments.smooth >= 0 && *arguments.smooth < 1))
    return usage("--smooth: the weight lies between 0 and 1, below 1");
  if (arguments.window && (*arguments.window == 0 || *arguments.window > kMaxWindow))
    return usage("--window: from 1 to 1000000 points");
  return ok_status();
}

// The path of a checkpoint where those were asked for, else of the trial. Raw bytes for scripts.
Status write_paths(const BestArguments& arguments, const ops::BestReport& report, bool terminal,
                   Sink& sink) {
  for (const ops::BestRow& row : report.rows) {
    if (arguments.files && !row.checkpoint) continue;
    const std::string& path = arguments.files ? *row.checkpoint : row.trial.path;
    sink.out() += terminal && !arguments.null ? printable(path) : path;
    sink.out() += arguments.null ? '\0' : '\n';
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

Status write_answer(const BestArguments& arguments, const ops::BestReport& report, View view,
                    const render::Screen& screen, Sink& sink) {
  if (arguments.paths) return write_paths(arguments, report, screen.terminal, sink);
  switch (arguments.output.format.value_or(Format::kTable)) {
    case Format::kJson: return render::best_json(report, view, version_number(), sink);
    case Format::kJsonl: return render::best_jsonl(report, sink);
    case Format::kCsv: return render_csv(render::best_table(report), sink);
    case Format::kMarkdown: return render_markdown(render::best_table(report), sink);
    case Format::kTable: break;
  }
  TFEVENTS_TRY(const std::size_t dropped,
               render_table(render::best_table(report), screen.table_style(), sink));
  if (screen.terminal && !report.rows.empty())
    sink.out() += render::wrapped(render::best_summary(report), screen.width);
  sink.out() += render::more_columns(dropped, true);
  return ok_status();
}

// The winner may have been lucky once.
void say_isolated(const ops::BestRow& row, Env& env) {
  const auto& margin = row.best.isolated_by;
  if (!margin || !row.best.step) return;
  env.messages().say(
      fmt::format("{}: the best value {} at {} is {:.3g} better than those beside it",
                  printable(row.trial.people_name()), to_text(*row.best.value), *row.best.step,
                  *margin),
      "--smooth 0.9 or --window 5 ranks by more than single points");
}

// What the answer itself does not show.
void say_aside(const BestArguments& arguments, const ops::BestReport& report, bool summed_up,
               Env& env) {
  for (const std::string& warning : report.warnings) env.messages().say(warning);
  if (!summed_up && !report.rows.empty() && !report.unranked.empty())
    env.messages().say(render::unranked_text(report));
  if (!report.rows.empty()) say_isolated(report.rows.front(), env);
  for (const ops::BestRow& row : report.rows) {
    if (!arguments.files || row.checkpoint) continue;
    env.messages().say(fmt::format("{}: no file like {}", printable(row.trial.people_name()),
                                   printable(*arguments.files)));
  }
}

}  // namespace

Best::Best(OptionAdder& add) {
  add.positionals({"METRIC", "", "Arguments", "A tag, or an expression over series",
                   "What as a whole is a tag of the selection is that tag: its best value counts. "
                   "Anything else is an expression, such as mean(val/acc,-5:). See EXPRESSIONS in "
                   "tfevents(1).",
                   ValueKind::kTag},
                  arguments.metric, 1);
  add_run_options(add, arguments.runs);
  add_direction_options(add, arguments.direction);
  add.value({"-c,--columns", "LIST", "Listing", "Show these too, at the step of the best value",
             "Tags and expressions, with commas between them. A tag means its last point at or "
             "before the best step; its own step is in the machine formats. A name that holds "
             "commas or brackets stands in double quotes.",
             ValueKind::kText},
            arguments.columns);
  add.list({"--by", "NAME", "Listing", "Rank the best trial of each group only",
            "NAME is a hyperparameter, a level of --layout or a run attribute; trials with equal "
            "values are a group. May be repeated, or be a list with commas.",
            ValueKind::kText},
           arguments.by);
  add.value({"-n,--limit", "N", "Listing", "List the first N only", "", ValueKind::kCount},
            arguments.limit);
  add.value({"--smooth", "WEIGHT", "Listing", "Rank by the curve smoothed as TensorBoard does",
             "WEIGHT is that of TensorBoard's slider, from 0 up to 1. A single lucky point then "
             "does not win: with 50 points or more 0.9 finds the best trial more often than the "
             "raw curve does.",
             ValueKind::kText},
            arguments.smooth);
  add.value({"--window", "K", "Listing", "Rank by the mean of K consecutive points",
             "Points that are not finite are left out. The step is that of the last of the K.",
             ValueKind::kCount},
            arguments.window);
  add.value({"--files", "PATTERN", "Listing", "Name the file nearest to the best step",
             "PATTERN is a file name below the trial with {step} in it: 'ckpt-{step}.pt', "
             "'checkpoints/*-{step}.ckpt', 'checkpoint-{step}/model.bin'. With --path its path is "
             "printed instead of the trial's.",
             ValueKind::kText},
            arguments.files);
  add.flag({"-p,--path", "", "Listing", "Print paths and nothing else", ""}, arguments.paths);
  add.flag({"-0,--null", "", "Listing", "End each path of -p with a zero byte, for xargs -0", ""},
           arguments.null);
  add_where_options(add, arguments.where);
  add_fold_options(add, arguments.fold);
  add_scalar_options(add, arguments.points);
  add_output_options(add, arguments.output);
  add_strict_option(add, arguments.strict);
}

Result<ops::BestOptions> Best::options(const Env& env) const {
  TFEVENTS_CHECK(check(arguments));
  ops::BestOptions options;
  TFEVENTS_TRY(options.select,
               make_selection(arguments.runs, &arguments.points, View::kClean, env));
  TFEVENTS_TRY(options.where, parse_where(arguments.where));
  TFEVENTS_TRY(options.layout, parse_layout(arguments.where));
  options.fold = arguments.fold;
  options.metric = arguments.metric.front();
  TFEVENTS_TRY(options.direction, parse_direction(arguments.direction));
  options.columns = arguments.columns;
  if (options.columns.starts_with('+')) options.columns.erase(0, 1);
  TFEVENTS_TRY(options.by, split_lists(arguments.by));
  options.limit = arguments.limit;
  options.smooth = arguments.smooth.value_or(0);
  options.window = static_cast<std::uint32_t>(arguments.window.value_or(0));
  options.files = arguments.files;
  return options;
}

Result<ExitCode> Best::run(Env& env) {
  TFEVENTS_TRY(const ops::BestOptions chosen, options(env));
  TFEVENTS_TRY(const auto output,
               open_output(arguments.output, env,
                           {.inputs = arguments.runs.operands, .format = asked_format()}));
  TFEVENTS_TRY(const ops::BestReport report, ops::best_trials(chosen, env.context()));
  env.progress().finish();
  Sink sink = sink_of(*output);
  const render::Screen screen = screen_of(*output, env);
  TFEVENTS_CHECK(write_answer(arguments, report, chosen.select.view, screen, sink));
  TFEVENTS_CHECK(finish_output(*output, report.outcome, arguments.strict, env));
  const Format format = asked_format();
  const bool summed_up =
      format == Format::kJson || (format == Format::kTable && screen.terminal && !arguments.paths);
  say_aside(arguments, report, summed_up, env);
  const ExitCode exit = report_outcome(report.outcome, arguments.strict, env);
  const bool no_file = arguments.files && std::none_of(report.rows.begin(), report.rows.end(),
                                                       [](const ops::BestRow& row) {
                                                         return row.checkpoint.has_value();
                                                       });
  return no_file ? worse(exit, ExitCode::kNo) : exit;
}

}  // namespace tfevents::cli
