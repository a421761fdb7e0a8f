#include "commands/export.hpp"

#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/answer.hpp"
#include "cli/env.hpp"
#include "render/export.hpp"

namespace tfevents::cli {
namespace {

constexpr std::string_view kSplits[] = {"run", "series"};
constexpr std::string_view kDialects[] = {"tensorboard"};
constexpr std::string_view kShapes[] = {"jsonl", "csv"};

// `tag,-step`.
Result<std::vector<ops::SortKey>> parse_sort(std::string_view text) {
  using Field = ops::SortKey::Field;
  std::vector<ops::SortKey> keys;
  for (bool more = true; more;) {
    const auto comma = text.find(',');
    std::string_view name = text.substr(0, comma);
    more = comma != std::string_view::npos;
    text.remove_prefix(more ? comma + 1 : text.size());
    const bool descending = name.starts_with('-');
    if (descending) name.remove_prefix(1);
    if (name == "tag") {
      keys.push_back({Field::kTag, descending});
    } else if (name == "step") {
      keys.push_back({Field::kStep, descending});
    } else if (name == "wall") {
      keys.push_back({Field::kWallTime, descending});
    } else {
      return usage(fmt::format("--sort: '{}' is none of tag, step, wall", printable(name)),
                   "several keys have commas between them: --sort tag,step");
    }
  }
  return keys;
}

Status check_kinds(const std::vector<std::string>& kinds) {
  for (const std::string& kind : kinds) {
    if (kind == "scalars") continue;
    return usage(
        fmt::format("--kind: '{}' cannot be exported yet, only scalars can", printable(kind)),
        "dump prints the points of every kind");
  }
  return ok_status();
}

// What makes no sense together. Nothing is silently ignored.
Status check(const ExportArguments& arguments) {
  using SplitBy = ExportArguments::SplitBy;
  const bool to_file = arguments.output && *arguments.output != "-";
  if (arguments.split && !to_file) {
    return usage("--split-by writes files, and they need a directory",
                 "name a new one with --output");
  }
  if (arguments.wide && arguments.split == SplitBy::kSeries)
    return usage("--wide puts the series of a run side by side: it has no --split-by series");
  if (arguments.wide && arguments.sort)
    return usage("--wide has a row for each step, in order: it has no --sort");
  if (arguments.wide && arguments.dialect)
    return usage("--wide has a column for each tag, and --dialect tensorboard has one series");
  if (arguments.dialect && arguments.split == SplitBy::kRun) {
    return usage("--dialect tensorboard has one series a file, and a run has many",
                 "say --split-by series");
  }
  return ok_status();
}

}  // namespace

void Exporting::add_table_options(OptionAdder& add) {
  add.flag({"--wide", "", "Output", "Write a row for each step, a column for each tag",
            "The columns are the tags of the whole selection. Where the raw view has several "
            "points of one tag at a step, the last is shown and the others are counted on "
            "standard error."},
           arguments.wide);
  add.value({"--sort", "KEYS", "Output", "Sort the points of each run by tag, step or wall",
             "Several keys have commas between them; - in front of one reverses it. Without this "
             "option points come in the order of the records, and need no memory.",
             ValueKind::kText},
            arguments.sort);
  add.choice({"--split-by", "WHAT", "Output", "Write a file for each run or series to --output",
              "Names are made of those of the runs and tags, with _ for whatever could mean "
              "something in a path.",
              ValueKind::kChoice, kSplits},
             arguments.split);
}

void Exporting::add_other_options(OptionAdder& add) {
  add.value({"-o,--output", "FILE", "Output", "Write to FILE, which appears only when complete",
             "A FILE that ends in .gz is compressed. It may neither be an input nor an existing "
             "event file, and its name has no 'tfevents'. With --split-by it is a directory, made "
             "where there is none; nothing may be in it.",
             ValueKind::kFile},
            arguments.output);
  add_run_options(add, arguments.runs);
  add_where_options(add, arguments.where);
  add_point_options(add, arguments.points);
  add_strict_option(add, arguments.strict);
}

ExportCsv::ExportCsv(OptionAdder& add) : Exporting(Format::kCsv) {
  add_table_options(add);
  add.choice({"--dialect", "DIALECT", "Output", "Write what TensorBoard's CSV download writes",
              "For tensorboard: the columns Wall time, Step and Value of exactly one series, as "
              "doubles, lines ending in CRLF. Every point is there, where the download has a "
              "sample.",
              ValueKind::kChoice, kDialects},
             arguments.dialect);
  add_other_options(add);
}

Export::Export(OptionAdder& add) : Exporting(Format::kJsonl) {
  add.choice({"-f,--format", "FORMAT", "Output", "Write jsonl or csv [jsonl]",
              "tfevents-output(5) documents both. A fatal error is one line of JSON where the "
              "format was named.",
              ValueKind::kChoice, kShapes},
             arguments.shape);
  add_table_options(add);
  add_other_options(add);
}

Format Exporting::format() const {
  if (!arguments.shape) return usual_;
  return *arguments.shape == ExportArguments::Shape::kCsv ? Format::kCsv : Format::kJsonl;
}

Result<ops::ExportOptions> Exporting::options(const Env& env) const {
  TFEVENTS_CHECK(check(arguments));
  ops::ExportOptions options;
  TFEVENTS_TRY(options.select,
               make_selection(arguments.runs, &arguments.points, View::kClean, env));
  TFEVENTS_CHECK(check_kinds(options.select.kinds));
  TFEVENTS_TRY(options.where, parse_run_where(arguments.where));
  options.select.kinds = {"scalars"};
  options.wide = arguments.wide;
  if (arguments.sort) {
    TFEVENTS_TRY(options.sort, parse_sort(*arguments.sort));
  }
  if (arguments.split) {
    options.split = *arguments.split == ExportArguments::SplitBy::kRun
                        ? ops::ExportOptions::Split::kRuns
                        : ops::ExportOptions::Split::kSeries;
    options.directory = *arguments.output;
    options.extension = format() == Format::kCsv ? ".csv" : ".jsonl";
  }
  options.one_series = arguments.dialect && !arguments.split;
  return options;
}

Result<ExitCode> Exporting::run(Env& env) {
  TFEVENTS_TRY(const ops::ExportOptions chosen, options(env));
  return arguments.split ? write_files(chosen, env) : write_stream(chosen, env);
}

namespace {

std::unique_ptr<ops::ExportFormat> text_of(const ExportArguments& arguments, Format format) {
  if (format == Format::kJsonl)
    return render::export_format(render::ExportText::kJsonl, arguments.wide);
  return render::export_format(
      arguments.dialect ? render::ExportText::kTensorBoard : render::ExportText::kCsv,
      arguments.wide);
}

}  // namespace

Result<ExitCode> Exporting::write_stream(const ops::ExportOptions& options, Env& env) const {
  TFEVENTS_TRY(const auto output,
               open_output({.format = {}, .file = arguments.output}, env,
                           {.inputs = arguments.runs.operands, .format = format()}));
  const auto write = [&](std::string_view text) {
    output->buffer() += text;
    return output->drain();
  };
  TFEVENTS_TRY(const ops::ExportReport written,
               ops::export_points(options, *text_of(arguments, format()), write, env.context()));
  env.progress().finish();
  TFEVENTS_CHECK(finish_output(*output, written.dump.outcome, arguments.strict, env));
  return report(written, env);
}

Result<ExitCode> Exporting::write_files(const ops::ExportOptions& options, Env& env) const {
  const auto no_stream = [](std::string_view) { return ok_status(); };
  TFEVENTS_TRY(
      const ops::ExportReport written,
      ops::export_points(options, *text_of(arguments, format()), no_stream, env.context()));
  env.progress().finish();
  if (written.files > 0) {
    env.messages().say(fmt::format("wrote {} {} to {}", written.files,
                                   written.files == 1 ? "file" : "files", *arguments.output));
  }
  return report(written, env);
}

ExitCode Exporting::report(const ops::ExportReport& report, Env& env) const {
  const auto points = [](std::uint64_t count) {
    return fmt::format("{} {}", count, count == 1 ? "point" : "points");
  };
  if (report.overridden > 0) {
    env.messages().say(
        points(report.overridden) + " left out: a later one has the same tag and step",
        "--view clean has one at most");
  }
  if (report.late > 0) {
    env.messages().say(points(report.late) +
                       " left out: their tags came when the columns were written already");
  }
  return report_outcome(report.dump.outcome, arguments.strict, env);
}

}  // namespace tfevents::cli
