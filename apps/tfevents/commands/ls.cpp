#include "commands/ls.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "cli/answer.hpp"
#include "cli/env.hpp"
#include "cli/version.hpp"
#include "render/ls.hpp"
#include "render/series.hpp"

namespace tfevents::cli {
namespace {

// What makes no sense together. Nothing is silently ignored.
Status check(const LsArguments& arguments) {
  if (arguments.null && !arguments.paths)
    return usage("--null ends the paths of --path: it needs -p");
  const int shapes = int{arguments.tags} + int{arguments.tree} + int{arguments.paths};
  if (shapes > 1) return usage("--tags, --tree and --path exclude each other");
  if (!arguments.columns.empty() && shapes > 0)
    return usage("--columns goes with none of --tags, --tree and --path");
  if (arguments.paths && arguments.output.format)
    return usage("--path prints paths alone: it has no format");
  const Format format = arguments.output.format.value_or(Format::kTable);
  if (arguments.tree && format != Format::kTable)
    return usage("--tree draws for people: it has no other format");
  return ok_status();
}

// Raw bytes, so that scripts get names as they are; a terminal gets them escaped.
Status write_paths(const ops::LsReport& report, bool null, bool terminal, Sink& sink) {
  for (const ops::LsRow& row : report.rows) {
    sink.out() += terminal && !null ? printable(row.path) : row.path;
    sink.out() += null ? '\0' : '\n';
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

Status write_table(const LsArguments& arguments, const ops::LsReport& report,
                   const render::Screen& screen, Sink& sink) {
  const LazyTable table = arguments.tags ? render::series_table(report, screen)
                                         : render::ls_table(report, arguments.details);
  const Format format = arguments.output.format.value_or(Format::kTable);
  if (format == Format::kCsv) return render_csv(table, sink);
  if (format == Format::kMarkdown) return render_markdown(table, sink);
  TFEVENTS_TRY(const std::size_t dropped, render_table(table, screen.table_style(), sink));
  if (screen.terminal && !report.rows.empty()) {
    sink.out() += render::ls_summary(report, screen.width);
  }
  sink.out() += render::more_columns(dropped, !arguments.tags);
  return ok_status();
}

Status write_answer(const LsArguments& arguments, const ops::LsReport& report, View view,
                    const render::Screen& screen, Sink& sink) {
  if (arguments.paths) return write_paths(report, arguments.null, screen.terminal, sink);
  if (arguments.tree && !report.rows.empty()) {
    return render::ls_tree(report, screen, arguments.all, sink);
  }
  switch (arguments.output.format.value_or(Format::kTable)) {
    case Format::kJson:
      return render::ls_json(report, view, arguments.tags, version_number(), sink);
    case Format::kJsonl: return render::ls_jsonl(report, arguments.tags, sink);
    case Format::kTable:
    case Format::kCsv:
    case Format::kMarkdown: break;
  }
  return write_table(arguments, report, screen, sink);
}

}  // namespace

Ls::Ls(OptionAdder& add) {
  add.flag({"-l,--long", "", "Listing", "Add times, files, damage and dropped points",
            "FIRST EVENT and LAST EVENT are local times. DROPPED counts the points that the clean "
            "view leaves out of a restarted run."},
           arguments.details);
  add.flag(
      {
          "--tags",
          "",
          "Listing",
          "List the series of each run instead of the runs",
          "A line for each tag and kind: points, steps, and for scalars last, least and greatest "
          "value. In JSON "
          "the rows gain \"series\".",
      },
      arguments.tags);
  add.flag({"--tree", "", "Listing", "Draw the directories, their runs summed up",
            "Runs are counted in their directory; with --all each has its line."},
           arguments.tree);
  add.flag({"--all", "", "Listing", "Fold nothing in --tree", ""}, arguments.all);
  add.value({"-c,--columns", "LIST", "Listing", "Show these instead of the columns; +LIST besides",
             "Tags (their last value), hyperparameters, run attributes and expressions, with "
             "commas between them: -c +train/loss,max(val/acc),lr. A name that holds commas or "
             "brackets stands in double quotes.",
             ValueKind::kText},
            arguments.columns);
  add.value({"--sort", "KEY", "Listing", "Sort by KEY; -KEY reverses [run]",
             "KEY is run (natural order: version_2 before version_10), age, start, duration, "
             "last_step, tags, files, size or state; or an item as of --columns: a tag, a "
             "hyperparameter, an expression. Equal ones keep the order of their names, those "
             "without a value come last.",
             ValueKind::kChoice, ops::ls_sort_keys()},
            arguments.sort);
  add.value({"-n,--limit", "N", "Listing", "List the first N only", "Counted after sorting.",
             ValueKind::kCount},
            arguments.limit);
  add.flag({"-p,--path", "", "Listing", "Print the paths of the runs and nothing else", ""},
           arguments.paths);
  add.flag({"-0,--null", "", "Listing", "End each path of -p with a zero byte, for xargs -0",
            "The bytes of the names are printed as they are."},
           arguments.null);
  add_run_options(add, arguments.runs);
  add.choice({"--age", "WHICH", "Runs", "Count age from newest or event [event]",
              "event: the last event. newest: the last change of an event file where that is "
              "later, as prune does unless told otherwise.",
              ValueKind::kChoice, kAges},
             arguments.age);
  add_where_options(add, arguments.where);
  add_point_options(add, arguments.points);
  add_output_options(add, arguments.output);
  add_strict_option(add, arguments.strict);
}

Result<ops::LsOptions> Ls::options(const Env& env) const {
  TFEVENTS_CHECK(check(arguments));
  ops::LsOptions options;
  TFEVENTS_TRY(options.select,
               make_selection(arguments.runs, &arguments.points, View::kClean, env));
  options.select.counts_changes = arguments.age == Age::kNewest;
  options.series = arguments.tags;
  TFEVENTS_TRY(const auto condition, parse_where(arguments.where));
  TFEVENTS_TRY(options.layout, parse_layout(arguments.where));
  if (condition) options.where = ops::Where{*condition, options.layout};
  options.columns = arguments.columns;
  options.sort = arguments.sort;
  options.limit = arguments.limit;
  return options;
}

Result<ExitCode> Ls::run(Env& env) {
  TFEVENTS_TRY(const ops::LsOptions chosen, options(env));
  TFEVENTS_TRY(const auto output,
               open_output(arguments.output, env,
                           {.inputs = arguments.runs.operands, .format = asked_format()}));
  TFEVENTS_TRY(const ops::LsReport report, ops::list_runs(chosen, env.context()));
  env.progress().finish();
  Sink sink = sink_of(*output);
  TFEVENTS_CHECK(
      write_answer(arguments, report, chosen.select.view, screen_of(*output, env), sink));
  TFEVENTS_CHECK(finish_output(*output, report.outcome, arguments.strict, env));
  for (const std::string& warning : report.warnings) env.messages().say(warning);
  return report_outcome(report.outcome, arguments.strict, env);
}

}  // namespace tfevents::cli
