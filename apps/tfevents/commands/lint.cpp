#include "commands/lint.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "cli/answer.hpp"
#include "cli/env.hpp"
#include "cli/version.hpp"
#include "render/lint.hpp"

namespace tfevents::cli {
namespace {

// In the order of Lint::Floor.
constexpr std::string_view kFloors[] = {"warn", "error"};

Status write_answer(const LintArguments& arguments, const ops::LintReport& report,
                    const render::Screen& screen, Sink& sink) {
  switch (arguments.output.format.value_or(Format::kTable)) {
    case Format::kTable: break;
    case Format::kJson: return render::lint_json(report, version_number(), sink);
    case Format::kJsonl: return render::lint_jsonl(report, sink);
    case Format::kCsv: return render_csv(render::lint_table(report), sink);
    case Format::kMarkdown: return render_markdown(render::lint_table(report), sink);
  }
  if (report.outcome.matched_nothing) return ok_status();
  return render::lint_screen(report, screen, arguments.all, sink);
}

// What findings advise. People see it once, machines beside each finding.
void say_hints(const ops::LintReport& report, Messages& messages) {
  constexpr std::size_t kMost = 2;
  std::vector<std::string_view> said;
  for (const Problem& row : report.rows) {
    if (!row.hint || std::find(said.begin(), said.end(), *row.hint) != said.end()) continue;
    messages.hint(row.rule + ": " + *row.hint);
    said.emplace_back(*row.hint);
    if (said.size() == kMost) return;
  }
}

}  // namespace

Lint::Lint(OptionAdder& add) {
  add.list({"--rule", "RULE", "Checks", "Look for RULE only",
            "May be repeated, or be a list with commas. The rules are listed under RULES.",
            ValueKind::kChoice, ops::lint_rule_names()},
           arguments.rules);
  add.list({"--ignore", "RULE[:TAG]", "Checks", "Leave out findings of RULE, all or about TAG",
            "TAG is a pattern as --tag takes. May be repeated: loss-spike:gan/* leaves losses that "
            "alternate by design to themselves.",
            ValueKind::kChoice, ops::lint_rule_names()},
           arguments.ignored);
  add.choice({"--fail-on", "SEVERITY", "Checks", "Exit 1 from SEVERITY on: warn or error [error]",
              "", ValueKind::kChoice, kFloors},
             floor_);
  add.flag({"--all", "", "Listing", "List all findings; a terminal shows 5 of a rule", ""},
           arguments.all);
  add_run_options(add, arguments.runs);
  add_where_options(add, arguments.where);
  add_series_options(add, arguments.points);
  add_output_options(add, arguments.output);
  add_strict_option(add, arguments.strict);
}

Result<ops::LintOptions> Lint::options(const Env& env) const {
  ops::LintOptions options;
  TFEVENTS_TRY(const std::vector<std::string> rules, split_lists(arguments.rules));
  for (const std::string& rule : rules) {
    TFEVENTS_TRY(const ops::LintRule parsed, ops::parse_lint_rule(rule, "--rule"));
    options.only.push_back(parsed);
  }
  for (const std::string& ignored : arguments.ignored) {
    TFEVENTS_TRY(ops::LintIgnore parsed, ops::parse_lint_ignore(ignored));
    options.ignore.push_back(std::move(parsed));
  }
  TFEVENTS_TRY(options.select,
               make_selection(arguments.runs, &arguments.points, View::kClean, env));
  TFEVENTS_TRY(options.where, parse_run_where(arguments.where));
  return options;
}

Result<ExitCode> Lint::run(Env& env) {
  TFEVENTS_TRY(const ops::LintOptions chosen, options(env));
  TFEVENTS_TRY(const auto output,
               open_output(arguments.output, env,
                           {.inputs = arguments.runs.operands, .format = asked_format()}));
  TFEVENTS_TRY(const ops::LintReport report, ops::lint(chosen, env.context()));
  env.progress().finish();
  Sink sink = sink_of(*output);
  TFEVENTS_CHECK(write_answer(arguments, report, screen_of(*output, env), sink));
  TFEVENTS_CHECK(finish_output(*output, report.outcome, arguments.strict, env));
  if (!is_machine(asked_format())) say_hints(report, env.messages());
  const ExitCode exit = report_outcome(report.outcome, arguments.strict, env);
  const bool found = report.errors > 0 || (floor_ == Floor::kWarn && report.warnings > 0);
  return found ? worse(exit, ExitCode::kNo) : exit;
}

}  // namespace tfevents::cli
