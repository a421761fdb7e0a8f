#include "commands/show.hpp"

#include <string_view>

#include "cli/answer.hpp"
#include "cli/env.hpp"
#include "cli/version.hpp"
#include "render/show.hpp"
#include "render/show_json.hpp"
#include "render/show_values.hpp"

namespace tfevents::cli {
namespace {

Status write_answer(const ShowArguments& arguments, const ops::ShowReport& report, View view,
                    const render::Screen& screen, Sink& sink) {
  switch (arguments.output.format.value_or(Format::kTable)) {
    case Format::kTable: break;
    case Format::kJson: return render::show_json(report, view, version_number(), sink);
    case Format::kJsonl: return render::show_jsonl(report, sink);
    case Format::kCsv: return render_csv(render::show_csv_table(report), sink);
    case Format::kMarkdown: return render::show_markdown(report, screen, sink);
  }
  if (!arguments.texts.empty() || !arguments.hists.empty())
    return render::show_values(report, screen, arguments.all, sink);
  return render::show_screens(report, screen, arguments.all, sink);
}

}  // namespace

Show::Show(OptionAdder& add) {
  add.list({"--text", "TAG[@STEP]", "Listing", "Print a text instead: the last, or that of STEP",
            "A list is printed with a dash before each item, a table as a table. What would act on "
            "a terminal is escaped. May be repeated.",
            ValueKind::kTag},
           arguments.texts);
  add.list({"--hist", "TAG[@STEP]", "Listing", "Draw a histogram instead, with its percentiles",
            "A bar for each of the rows that TensorBoard would draw: 30 bins of equal width where "
            "there are more, unless --all. May be repeated.",
            ValueKind::kTag},
           arguments.hists);
  add.flag({"--all", "", "Listing", "Fold nothing: every series, file and remark", ""},
           arguments.all);
  add_run_options(add, arguments.runs);
  add_point_options(add, arguments.points);
  add_output_options(add, arguments.output);
  add_strict_option(add, arguments.strict);
}

Result<ops::ShowOptions> Show::options(const Env& env) const {
  ops::ShowOptions options;
  TFEVENTS_TRY(options.select,
               make_selection(arguments.runs, &arguments.points, View::kClean, env));
  for (const auto* const tags : {&arguments.texts, &arguments.hists}) {
    for (const std::string& tag : *tags) {
      if (!tag.empty()) continue;
      return Error{
          .code = ErrorCode::kUsage,
          .message = tags == &arguments.texts ? "--text: an empty tag" : "--hist: an empty tag"};
    }
  }
  options.texts = arguments.texts;
  options.hists = arguments.hists;
  return options;
}

Result<ExitCode> Show::run(Env& env) {
  TFEVENTS_TRY(const ops::ShowOptions chosen, options(env));
  TFEVENTS_TRY(const auto output,
               open_output(arguments.output, env,
                           {.inputs = arguments.runs.operands, .format = asked_format()}));
  TFEVENTS_TRY(const ops::ShowReport report, ops::show_runs(chosen, env.context()));
  env.progress().finish();
  Sink sink = sink_of(*output);
  TFEVENTS_CHECK(
      write_answer(arguments, report, chosen.select.view, screen_of(*output, env), sink));
  TFEVENTS_CHECK(finish_output(*output, report.outcome, arguments.strict, env));
  return report_outcome(report.outcome, arguments.strict, env);
}

}  // namespace tfevents::cli
