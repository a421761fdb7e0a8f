#include "commands/assert.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/answer.hpp"
#include "cli/env.hpp"
#include "cli/version.hpp"
#include "io/append.hpp"
#include "io/source.hpp"
#include "io/sys.hpp"
#include "ops/checks_file.hpp"
#include "render/assert.hpp"
#include "render/github.hpp"
#include "render/junit.hpp"

namespace tfevents::cli {
namespace {

constexpr std::size_t kMaxChecksBytes = 1 << 20;

/// All of a file of --checks, `-` for standard input.
Result<std::string> read_checks(const std::string& path, Env& env) {
  std::unique_ptr<ByteSource> source;
  if (path == "-") {
    source = descriptor_source(env.surroundings().in, "-");
  } else {
    TFEVENTS_TRY(auto file, env.sys().open_read(path));
    source = file_source(std::move(file), path);
  }
  std::string text;
  char part[16384];
  for (;;) {
    TFEVENTS_TRY(const std::size_t size, source->read(std::as_writable_bytes(std::span(part))));
    if (size == 0) return text;
    text.append(part, size);
    if (text.size() > kMaxChecksBytes) {
      return Error{.code = ErrorCode::kLimit,
                   .message = "--checks: more than 1 MiB, which is no list of checks",
                   .path = path};
    }
  }
}

// What stands where it cannot mean anything.
Status check(const AssertArguments& arguments) {
  if (arguments.runs.operands.empty())
    return usage("assert needs a PATH and an EXPR", "tfevents assert runs 'last(val/acc) > 0.9'");
  const bool nothing = arguments.expressions.empty() && arguments.checks.empty() &&
                       !arguments.min_steps && !arguments.max_age;
  if (nothing) {
    const auto parsed = Expression::parse(arguments.runs.operands.front());
    const bool swapped = parsed.ok() && !parsed->calls().empty();
    return usage("no check was given", swapped ? "PATH comes first, then EXPR"
                                               : "tfevents assert PATH 'last(val/acc) > 0.9'");
  }
  const auto inputs = std::count(arguments.checks.begin(), arguments.checks.end(), "-") +
                      (arguments.runs.operands.front() == "-" ? 1 : 0);
  if (inputs > 1) return usage("standard input can be read once only");
  if (arguments.junit == "-")
    return usage("--junit wants a file: standard output is for the answer");
  return ok_status();
}

// `assert runs/* EXPR`: the shell makes several paths of one, and a gate that takes those for
// checks says things about the wrong trial.
Status check_paths(const AssertArguments& arguments, Env& env) {
  const auto exists = [&](const std::string& path) {
    if (env.sys().stat(path).ok()) return true;
    return !path.starts_with('/') && env.sys().stat(join_path(env.logdir(), path)).ok();
  };
  const std::string& path = arguments.runs.operands.front();
  const bool found = path == "-" || exists(path);
  const auto parsed = Expression::parse(path);
  const bool swapped = !found && parsed.ok() && !parsed->calls().empty();
  for (const std::string& text : arguments.expressions) {
    if (text.empty() || !exists(text)) continue;
    if (swapped) {
      return Error{.code = ErrorCode::kNotFound,
                   .message = "no such path or run",
                   .path = path,
                   .hint = "PATH comes first, then EXPR"};
    }
    return usage(fmt::format("assert takes one PATH, and {} is another", printable(text)),
                 "name the directory above; -r PATTERN chooses among its runs");
  }
  return ok_status();
}

Status check_names(const ops::AssertOptions& options) {
  std::set<std::string_view> names;
  if (options.min_steps) names.insert(ops::kMinStepsCheck);
  if (options.max_age) names.insert(ops::kMaxAgeCheck);
  for (const ops::Check& one : options.checks) {
    if (names.insert(one.name).second || one.name == one.expression.text()) continue;
    return usage(fmt::format("--checks: two checks are named {}", printable(one.name)),
                 "names tell checks apart in reports: give each one of its own");
  }
  return ok_status();
}

Status write_junit(const ops::AssertReport& report, Output& output) {
  Sink sink = sink_of(output);
  TFEVENTS_CHECK(render::assert_junit(report, sink));
  return output.finish();
}

Status write_answer(const AssertArguments& arguments, const ops::AssertReport& report, View view,
                    const Env& env, Output& output) {
  Sink sink = sink_of(output);
  switch (arguments.output.format.value_or(Format::kTable)) {
    case Format::kTable: break;
    case Format::kJson: return render::assert_json(report, view, version_number(), sink);
    case Format::kJsonl: return render::assert_jsonl(report, sink);
    case Format::kCsv: return render_csv(render::assert_csv_table(report), sink);
    case Format::kMarkdown: return render_markdown(render::assert_table(report), sink);
  }
  return render::assert_screen(report, screen_of(output, env), env.global().verbose, sink);
}

// In a job of GitHub Actions: lines that it shows beside the run, and a table under the job.
void tell_github(const ops::AssertReport& report, Format format,
                 std::span<const std::string> inputs, Env& env) {
  const Variables& variables = env.surroundings().variables;
  const auto actions = variables.find("GITHUB_ACTIONS");
  if (actions == variables.end() || actions->second != "true") return;
  if (format == Format::kTable) env.messages().lines(render::github_annotations(report));
  const auto summary = variables.find("GITHUB_STEP_SUMMARY");
  if (summary == variables.end() || summary->second.empty()) return;
  const std::string text =
      text_of([&](Sink& sink) { return render::assert_summary(report, sink); });
  const AnswerKind kind{.inputs = inputs, .option = "GITHUB_STEP_SUMMARY"};
  if (const Status allowed = check_target(summary->second, kind, env.sys()); !allowed.ok())
    return env.messages().say(allowed.error().message);
  if (const Status added = append_file(summary->second, text); !added.ok()) {
    env.messages().say(fmt::format("GITHUB_STEP_SUMMARY: cannot append to {}: {}",
                                   printable(summary->second), added.error().message));
  }
}

}  // namespace

Assert::Assert(OptionAdder& add) {
  add.positionals(
      {"PATH", "", "Arguments", "A log tree, run, event file, or - (standard input)",
       "What does not exist as a path is looked up as a run below --logdir.", ValueKind::kPath},
      arguments.runs.operands, 1);
  add.positionals({"EXPR", "", "Arguments", "A condition: 'last(val/acc) > 0.9'",
                   "Several are several checks. One that begins with - stands behind --. See "
                   "EXPRESSIONS in tfevents(1).",
                   ValueKind::kText},
                  arguments.expressions);
  add.list(
      {"--checks", "FILE", "Checks", "Read checks from FILE, one a line: NAME: EXPR",
       "NAME warn: EXPR is a check that is reported and does not make the exit status 1, unless "
       "there was nothing to look at: no trial, damaged input. Blank lines and lines that begin "
       "with # are skipped. - is standard input. May be repeated.",
       ValueKind::kPath},
      arguments.checks);
  add.flag({"--each", "", "Checks", "Every trial has to pass [default]", ""}, arguments.any, false);
  add.flag({"--any", "", "Checks", "One trial that passes is enough, for each check",
            "The line of a check tells of the first trial that passes, else of the one that came "
            "nearest. Where none passes and one could not be evaluated, the check could not be."},
           arguments.any, true);
  add.value({"--min-steps", "N", "Checks", "The last step has to be N or greater",
             "A check of its own, named min-steps, in front of the others.", ValueKind::kCount},
            arguments.min_steps);
  add.value({"--max-age", "DURATION", "Checks", "The last event is at most DURATION ago",
             "A check of its own, named max-age, in front of the others.", ValueKind::kDuration},
            arguments.max_age);
  add.flag(
      {"--allow-nonfinite", "", "Checks", "Compare where a window holds NaN or infinity",
       "Without it such a check could not be evaluated. With it min, max, mean, median and std "
       "look at the finite points, and no comparison with NaN is true but !=."},
      arguments.allow_nonfinite);
  add_run_filters(add, arguments.runs);
  add_where_options(add, arguments.where);
  add_fold_options(add, arguments.fold);
  add_scalar_options(add, arguments.points);
  add_output_options(add, arguments.output);
  add.value({"--junit", "FILE", "Output", "Write JUnit XML to FILE as well",
             "A test suite for each trial, a test case for each check. Warnings are skipped tests.",
             ValueKind::kFile},
            arguments.junit);
}

Result<ops::AssertOptions> Assert::options(Env& env) const {
  TFEVENTS_CHECK(check(arguments));
  TFEVENTS_CHECK(check_paths(arguments, env));
  ops::AssertOptions options;
  for (const std::string& text : arguments.expressions) {
    TFEVENTS_TRY(Expression expression, Expression::parse(text));
    options.checks.push_back({.name = text, .expression = std::move(expression)});
  }
  for (const std::string& path : arguments.checks) {
    TFEVENTS_TRY(const std::string text, read_checks(path, env));
    TFEVENTS_TRY(std::vector<ops::Check> checks, ops::parse_checks(text, path));
    if (checks.empty())
      return usage(fmt::format("--checks: no check in {}", printable(path)),
                   "a line is NAME: EXPR");
    std::move(checks.begin(), checks.end(), std::back_inserter(options.checks));
  }
  options.min_steps = arguments.min_steps;
  if (arguments.max_age) options.max_age = arguments.max_age->seconds;
  options.any = arguments.any;
  options.allow_nonfinite = arguments.allow_nonfinite;
  options.fold = arguments.fold;
  TFEVENTS_CHECK(check_names(options));
  TFEVENTS_TRY(options.select,
               make_selection(arguments.runs, &arguments.points, View::kClean, env));
  TFEVENTS_TRY(options.where, parse_where(arguments.where));
  TFEVENTS_TRY(options.layout, parse_layout(arguments.where));
  return options;
}

Result<ExitCode> Assert::run(Env& env) {
  TFEVENTS_TRY(const ops::AssertOptions chosen, options(env));
  std::vector<std::string> inputs = arguments.runs.operands;
  inputs.insert(inputs.end(), arguments.checks.begin(), arguments.checks.end());
  if (arguments.junit && arguments.output.file &&
      same_file(*arguments.junit, *arguments.output.file, env.sys()))
    return usage("--junit and --output name the same file");
  TFEVENTS_TRY(const auto output,
               open_output(arguments.output, env, {.inputs = inputs, .format = asked_format()}));
  std::unique_ptr<Output> junit;
  if (arguments.junit) {
    TFEVENTS_TRY(junit, open_output({.format = {}, .file = arguments.junit}, env,
                                    {.inputs = inputs, .option = "--junit"}));
  }
  TFEVENTS_TRY(const ops::AssertReport report, ops::assert_trials(chosen, env.context()));
  env.progress().finish();
  // Where this fails the answer is given all the same, and the failure reported behind it.
  const Status written = junit == nullptr ? ok_status() : write_junit(report, *junit);
  Status answered = write_answer(arguments, report, chosen.select.view, env, *output);
  if (answered.ok()) answered = output->finish();
  // A gate gives its verdict even where nobody reads why: `assert … | head`.
  if (!output->broken_pipe()) TFEVENTS_CHECK(answered);
  env.messages().problems(report.outcome.problems, report.outcome.more_problems);
  env.messages().dropped(report.outcome.dropped);
  tell_github(report, asked_format(), inputs, env);
  TFEVENTS_CHECK(written);
  return report.ok() ? ExitCode::kOk : ExitCode::kNo;
}

}  // namespace tfevents::cli
