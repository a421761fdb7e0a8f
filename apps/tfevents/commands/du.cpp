#include "commands/du.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "cli/answer.hpp"
#include "cli/env.hpp"
#include "cli/version.hpp"
#include "render/du.hpp"

namespace tfevents::cli {
namespace {

constexpr std::string_view kBy[] = {"run", "kind", "tag"};
// In the order of ops::DuSort.
constexpr std::string_view kDuSortKeys[] = {"size", "values", "runs", "run", "kind", "tag"};

Error unknown(std::string_view option, std::string_view word,
              std::span<const std::string_view> known) {
  const std::vector<std::string> names(known.begin(), known.end());
  Error error{.code = ErrorCode::kUsage,
              .message = fmt::format("{}: '{}' is none of {}", option, printable(word),
                                     fmt::join(known, ", "))};
  if (const auto near = nearest(word, names)) error.hint = "did you mean " + *near + "?";
  return error;
}

Result<ops::DuBy> parse_by(const std::vector<std::string>& lists) {
  if (lists.empty()) return ops::DuBy{.kind = true};
  TFEVENTS_TRY(const std::vector<std::string> names, split_lists(lists));
  ops::DuBy by;
  for (const std::string& name : names) {
    if (name != "run" && name != "kind" && name != "tag") return unknown("--by", name, kBy);
    by.run = by.run || name == "run";
    by.kind = by.kind || name == "kind";
    by.tag = by.tag || name == "tag";
  }
  if (!by.run && !by.kind && !by.tag)
    return Error{.code = ErrorCode::kUsage, .message = "--by: it names nothing"};
  return by;
}

Status parse_sort(std::string_view typed, ops::DuOptions& options) {
  options.greatest_first = typed.starts_with('-');
  const std::string_view key = typed.substr(options.greatest_first ? 1 : 0);
  const auto* const found = std::find(std::begin(kDuSortKeys), std::end(kDuSortKeys), key);
  if (found == std::end(kDuSortKeys)) return unknown("--sort", key, kDuSortKeys);
  options.sort = static_cast<ops::DuSort>(found - std::begin(kDuSortKeys));
  const bool missing = (key == "run" && !options.by.run) || (key == "kind" && !options.by.kind) ||
                       (key == "tag" && !options.by.tag);
  if (!missing) return ok_status();
  return Error{.code = ErrorCode::kUsage,
               .message = fmt::format("--sort: rows have no {} without --by {}", key, key)};
}

Status write_answer(const DuArguments& arguments, const ops::DuReport& report, View view,
                    const render::Screen& screen, Sink& sink) {
  switch (arguments.output.format.value_or(Format::kTable)) {
    case Format::kTable: break;
    case Format::kJson: return render::du_json(report, view, version_number(), sink);
    case Format::kJsonl: return render::du_jsonl(report, sink);
    case Format::kCsv: return render_csv(render::du_table(report), sink);
    case Format::kMarkdown: return render_markdown(render::du_table(report), sink);
  }
  TFEVENTS_TRY(const std::size_t dropped,
               render_table(render::du_table(report), screen.table_style(), sink));
  sink.out() += render::more_columns(dropped, false);
  if (screen.terminal && !report.outcome.matched_nothing)
    sink.out() += render::du_summary(report, screen.width);
  return ok_status();
}

}  // namespace

Du::Du(OptionAdder& add) {
  add.list({"--by", "NAME", "Listing", "Sum up by run, kind, tag, or some of them [kind]",
            "NAME is run, kind or tag. May be repeated, or be a list with commas: bytes that are "
            "alike in all of these are one line.",
            ValueKind::kText},
           arguments.by);
  add.value({"--sort", "KEY", "Listing", "Sort by KEY; -KEY reverses [-size]",
             "KEY is size, values, runs, or what lines are by: run, kind, tag. Equal ones are in "
             "order of their names.",
             ValueKind::kChoice, kDuSortKeys},
            arguments.sort);
  add.value({"-n,--limit", "N", "Listing", "List the first N only",
             "Counted after sorting. Sums are still those of all.", ValueKind::kCount},
            arguments.limit);
  add_run_options(add, arguments.runs);
  add_where_options(add, arguments.where);
  add_point_options(add, arguments.points);
  add_output_options(add, arguments.output);
  add_strict_option(add, arguments.strict);
}

Result<ops::DuOptions> Du::options(const Env& env) const {
  ops::DuOptions options;
  TFEVENTS_TRY(options.by, parse_by(arguments.by));
  TFEVENTS_CHECK(parse_sort(arguments.sort, options));
  TFEVENTS_TRY(options.select, make_selection(arguments.runs, &arguments.points, View::kRaw, env));
  TFEVENTS_TRY(options.where, parse_run_where(arguments.where));
  options.limit = arguments.limit;
  return options;
}

Result<ExitCode> Du::run(Env& env) {
  TFEVENTS_TRY(const ops::DuOptions chosen, options(env));
  TFEVENTS_TRY(const auto output,
               open_output(arguments.output, env,
                           {.inputs = arguments.runs.operands, .format = asked_format()}));
  TFEVENTS_TRY(const ops::DuReport report, ops::disk_usage(chosen, env.context()));
  env.progress().finish();
  Sink sink = sink_of(*output);
  TFEVENTS_CHECK(
      write_answer(arguments, report, chosen.select.view, screen_of(*output, env), sink));
  TFEVENTS_CHECK(finish_output(*output, report.outcome, arguments.strict, env));
  if (report.points_only && report.compressed_values != 0) {
    env.messages().say(
        fmt::format("{} in compressed files left out: they have no size of their own",
                    render::count_of(report.compressed_values, "value", "values")));
  }
  return report_outcome(report.outcome, arguments.strict, env);
}

}  // namespace tfevents::cli
