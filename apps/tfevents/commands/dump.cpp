#include "commands/dump.hpp"

#include <utility>

#include "cli/answer.hpp"
#include "cli/env.hpp"

namespace tfevents::cli {
namespace {

Status check(const DumpArguments& arguments) {
  if (arguments.records && arguments.raw) return usage("--records and --raw exclude each other");
  if (arguments.full && (arguments.records || arguments.raw)) {
    return usage(std::string("--full prints values, and ") +
                 (arguments.raw ? "--raw" : "--records") + " prints none");
  }
  if (arguments.raw && arguments.output.format)
    return usage("--raw writes bytes: it has no format");
  if (arguments.extract) {
    const char* const other = arguments.records         ? "--records"
                              : arguments.raw           ? "--raw"
                              : arguments.follow        ? "--follow"
                              : arguments.full          ? "--full"
                              : arguments.output.format ? "--format"
                              : arguments.output.file   ? "--output"
                                                        : nullptr;
    if (other != nullptr) {
      return usage(std::string("--extract writes files and an index, and has no ") + other,
                   "index.json in the directory says what each file is");
    }
  }
  if (!arguments.follow) return ok_status();
  if (arguments.points.view == View::kClean) {
    return usage(
        "--follow cannot show the clean view: what a later restart drops is not known yet");
  }
  if (arguments.where.where)
    return usage("--follow cannot judge --where: runs change while they are followed");
  if (arguments.points.last) return usage("--follow has no end to count --last from");
  if (arguments.format() == Format::kJson) {
    return usage("--follow has no end, and a JSON document needs one",
                 "--format jsonl is a stream");
  }
  if (arguments.output.file && *arguments.output.file != "-") {
    return usage(
        "--output writes a file that appears when it is complete, and --follow never completes",
        "redirect standard output instead");
  }
  return ok_status();
}

}  // namespace

Dump::Dump(OptionAdder& add) {
  add.flag({"--records", "", "Records", "Write a line for each record and damaged range",
            "Offset, length, verdict of both checksums, wall time, step, kind of event, and the "
            "tags, kinds and sizes of "
            "its values."},
           arguments.records);
  add.flag({"--raw", "", "Records", "Write the selected records as bytes, with framing",
            "The result is an event file, or a part of one. It is not written to a terminal."},
           arguments.raw);
  add.flag({"--follow", "", "Records", "Go on as files grow and appear, until interrupted",
            "Needs the raw view, which is the default of dump."},
           arguments.follow);
  add.flag({"--full", "", "Records", "Print values above 64 KiB too",
            "Memory then follows the greatest value."},
           arguments.full);
  add.value(
      {"--extract", "DIR", "Output", "Write media, text, graphs, tensors to files",
       "Files are RUN/TAG/STEP.EXT under safe names, and index.json says what each is. DIR is "
       "made where there is none; nothing may be in it.",
       ValueKind::kDirectory},
      arguments.extract);
  add_run_options(add, arguments.runs);
  add_where_options(add, arguments.where);
  add_point_options(add, arguments.points);
  add_output_options(add, arguments.output);
  add_strict_option(add, arguments.strict);
}

Result<Selection> Dump::selection(const Env& env) const {
  TFEVENTS_CHECK(check(arguments));
  return make_selection(arguments.runs, &arguments.points, View::kRaw, env);
}

Result<ExitCode> Dump::run(Env& env) {
  TFEVENTS_TRY(const Selection chosen, selection(env));
  TFEVENTS_TRY(auto where, parse_run_where(arguments.where));
  if (arguments.extract) return extract_files(arguments, chosen, std::move(where), env);
  TFEVENTS_TRY(const auto output, open_output(arguments.output, env,
                                              {.inputs = arguments.runs.operands,
                                               .format = arguments.format(),
                                               .records = arguments.raw}));
  if (arguments.raw && output->tty()) {
    return usage("--raw writes bytes, and standard output is a terminal",
                 "name a file with --output, or use a pipe");
  }
  return stream_dump(arguments, chosen, std::move(where), *output, env);
}

}  // namespace tfevents::cli
