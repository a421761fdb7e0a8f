#include "commands/hparams.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/answer.hpp"
#include "cli/env.hpp"
#include "cli/version.hpp"
#include "ops/hparams_bars.hpp"
#include "ops/hparams_coords.hpp"
#include "render/hparams.hpp"
#include "render/lines.hpp"

namespace tfevents::cli {
namespace {

constexpr std::string_view kHparamsSortKeys[] = {"run", "session", "group", "status", "start"};
constexpr std::string_view kMetricBy[] = {"last", "best", "first", "min", "max", "mean", "median"};
// Axes of a picture that nobody could read with more.
constexpr std::size_t kMostAxes = 32;

// What makes no sense together. Nothing is silently ignored.
Status check(const HparamsArguments& arguments) {
  const int shapes = int{arguments.space} + int{arguments.bars.has_value()} +
                     int{arguments.coords} + int{arguments.paths};
  if (shapes > 1) return usage("--space, --bars, --coords and --path exclude each other");
  if (arguments.null && !arguments.paths)
    return usage("--null ends the paths of --path: it needs -p");
  if (arguments.paths && arguments.output.format)
    return usage("--path prints paths alone: it has no format");
  if (arguments.coords && arguments.output.format)
    return usage("--coords draws a picture: it has no format",
                 "without it json, jsonl and csv have what is drawn");
  return ok_status();
}

// Raw bytes, so that scripts get names as they are; a terminal gets them escaped.
Status write_paths(const ops::HparamsReport& report, bool null, bool terminal, Sink& sink) {
  for (const ops::HparamSession& session : report.sessions) {
    sink.out() += terminal && !null ? printable(session.path) : session.path;
    sink.out() += null ? '\0' : '\n';
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

// The table of the rows that were asked for.
LazyTable table_of(const HparamsArguments& arguments, const ops::HparamsReport& report,
                   const render::HparamsRows& rows, const render::Screen& screen) {
  if (rows.bars != nullptr)
    return render::bars_table(report, *rows.bars, render::bars_width(screen));
  return arguments.space ? render::space_table(report) : render::hparams_table(report);
}

Status write_answer(const HparamsArguments& arguments, const ops::HparamsReport& report,
                    const render::HparamsRows& rows, View view, const render::Screen& screen,
                    Sink& sink) {
  if (arguments.paths) return write_paths(report, arguments.null, screen.terminal, sink);
  if (arguments.coords) {
    const bool all = !arguments.columns.empty();
    const ops::Coords coords = ops::hparam_coords(report, kMostAxes, all);
    sink.out() += render::coords_picture(report, coords, screen);
    return ok_status();
  }
  switch (arguments.output.format.value_or(Format::kTable)) {
    case Format::kJson: return render::hparams_json(report, rows, view, version_number(), sink);
    case Format::kJsonl: return render::hparams_jsonl(report, rows, sink);
    case Format::kCsv: return render_csv(table_of(arguments, report, rows, screen), sink);
    case Format::kMarkdown: return render_markdown(table_of(arguments, report, rows, screen), sink);
    case Format::kTable: break;
  }
  TFEVENTS_TRY(const std::size_t dropped,
               render_table(table_of(arguments, report, rows, screen), screen.table_style(), sink));
  if (screen.terminal && !report.sessions.empty()) {
    const std::string last = rows.bars != nullptr ? render::bars_legend(report)
                             : arguments.space    ? render::space_summary(report)
                                                  : render::hparams_summary(report);
    sink.out() += render::wrapped(last, screen.width);
  }
  sink.out() += render::more_columns(dropped, rows.bars == nullptr && !arguments.space);
  return ok_status();
}

// What the answer itself does not show.
void say_aside(const HparamsArguments& arguments, const ops::HparamsReport& report, Env& env) {
  for (const std::string& warning : report.warnings) env.messages().say(warning);
  if (report.undirected != 0) {
    env.messages().say(fmt::format(
        "{} left out: the name does not say whether high or low is better; --max or --min does",
        report.undirected == 1 ? "1 metric is" : fmt::format("{} metrics are", report.undirected)));
  }
  if (report.sessions.empty() || arguments.paths || arguments.space) return;
  std::size_t shown = 0;
  for (const ops::HparamMetric& metric : report.metrics) shown += metric.shown ? 1 : 0;
  if (report.metrics.empty() && report.warnings.empty() && report.undirected == 0) {
    env.messages().say("no session has a metric");
  } else if ((arguments.bars || arguments.coords) && arguments.columns.empty() &&
             report.metrics.size() > 1) {
    env.messages().say(fmt::format("shown is {}, 1 of {} metrics; -c chooses others",
                                   printable(report.metrics.front().label), report.metrics.size()));
  } else if (shown < report.metrics.size() &&
             !is_machine(arguments.output.format.value_or(Format::kTable))) {
    env.messages().say(
        fmt::format("{} of {} metrics are shown; -c chooses others", shown, report.metrics.size()));
  }
}

}  // namespace

Hparams::Hparams(OptionAdder& add) {
  add.value({"-c,--columns", "LIST", "Listing", "Show these metrics; +LIST adds to the others",
             "Tags and expressions, with commas between them: max(val/acc), mean(val/acc,-5:). A "
             "tag means what --metric-by says of it. Without LIST the metrics are those that an "
             "experiment announces (hp.hparams_config, add_hparams), or else all scalars; the "
             "table has 8 of them at most, the machine formats all.",
             ValueKind::kText},
            arguments.columns);
  add.choice({"--metric-by", "WHAT", "Listing", "Take this point of each metric [last]",
              "best is max or min, as the name of the metric says, or --max or --min. Metrics of "
              "which nobody knows are left out then.",
              ValueKind::kChoice, kMetricBy},
             arguments.by);
  add_direction_options(add, arguments.direction);
  add.flag({"--space", "", "Listing", "Show hyperparameters: announced, and seen",
            "A line a hyperparameter, with its type, the domain that an experiment announces, and "
            "the values that sessions have."},
           arguments.space);
  add.value({"--bars", "HPARAM", "Listing", "Show the first metric by value of HPARAM, as bars",
             "A line a value: over its sessions the mean of the metric, the standard deviation "
             "(with n-1), the least and the greatest. -c chooses the metric; of several each has "
             "its bars.",
             ValueKind::kText},
            arguments.bars);
  add.flag({"--coords", "", "Listing", "Draw parallel coordinates",
            "An axis for each hyperparameter that differs, as far as there is room, and for the "
            "first metric, or each of -c. A line a session, the best one in characters of its "
            "own."},
           arguments.coords);
  add.value({"--sort", "KEY", "Listing", "Sort by KEY; -KEY reverses [run]",
             "KEY is run, session, group, status, start, a hyperparameter, or what --columns "
             "takes. What has no value comes last.",
             ValueKind::kChoice, kHparamsSortKeys},
            arguments.sort);
  add.value({"-n,--limit", "N", "Listing", "Show the first N sessions only",
             "Counted after sorting.", ValueKind::kCount},
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

Result<ops::HparamsOptions> Hparams::options(const Env& env) const {
  TFEVENTS_CHECK(check(arguments));
  ops::HparamsOptions options;
  TFEVENTS_TRY(options.select,
               make_selection(arguments.runs, &arguments.points, View::kClean, env));
  TFEVENTS_TRY(options.where, parse_where(arguments.where));
  TFEVENTS_TRY(options.layout, parse_layout(arguments.where));
  options.fold = arguments.fold;
  options.columns = arguments.columns;
  options.by = arguments.by;
  TFEVENTS_TRY(options.direction, parse_direction(arguments.direction));
  options.sort = arguments.sort;
  options.limit = arguments.limit;
  return options;
}

Result<ExitCode> Hparams::run(Env& env) {
  TFEVENTS_TRY(const ops::HparamsOptions chosen, options(env));
  TFEVENTS_TRY(const auto output,
               open_output(arguments.output, env,
                           {.inputs = arguments.runs.operands, .format = asked_format()}));
  TFEVENTS_TRY(ops::HparamsReport report, ops::list_hparams(chosen, env.context()));
  env.progress().finish();
  // A space can be announced before there is a session.
  if (arguments.space && !report.space.empty()) report.outcome.matched_nothing = false;
  render::HparamsRows rows{.space = arguments.space};
  std::optional<ops::HparamBars> bars;
  if (arguments.bars && !report.sessions.empty()) {
    TFEVENTS_TRY(bars, ops::hparam_bars(report, *arguments.bars, !arguments.columns.empty()));
    rows.bars = &*bars;
  }
  Sink sink = sink_of(*output);
  TFEVENTS_CHECK(
      write_answer(arguments, report, rows, chosen.select.view, screen_of(*output, env), sink));
  TFEVENTS_CHECK(finish_output(*output, report.outcome, arguments.strict, env));
  say_aside(arguments, report, env);
  return report_outcome(report.outcome, arguments.strict, env);
}

}  // namespace tfevents::cli
