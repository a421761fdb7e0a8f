#pragma once

#include "cli/command.hpp"
#include "cli/output.hpp"

namespace tfevents::cli {

/// `dump` as typed.
struct DumpArguments {
  RunOptions runs;
  WhereOptions where;
  PointOptions points;
  OutputOptions output;
  bool records = false;                ///< A line a record or damaged range instead of points.
  bool raw = false;                    ///< The selected records as bytes, framing included.
  bool follow = false;                 ///< Goes on when the files grow.
  bool full = false;                   ///< Values of any size.
  std::optional<std::string> extract;  ///< Writes files to this directory instead of lines.
  bool strict = false;

  [[nodiscard]] Format format() const { return output.format.value_or(Format::kJsonl); }
};

class Dump final : public Invocation {
 public:
  explicit Dump(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;
  // Only a format that was asked for: a person who types `tfevents dump nope` is answered in words.
  [[nodiscard]] Format asked_format() const override {
    return arguments.output.format.value_or(Format::kTable);
  }
  [[nodiscard]] const RunOptions* run_options() const override { return &arguments.runs; }

  /// Errors: kUsage for options that contradict each other, patterns and ranges that make no sense.
  [[nodiscard]] Result<Selection> selection(const Env& env) const;

  DumpArguments arguments;
};

/// Streams the selected points or records to `output` and finishes it.
Result<ExitCode> stream_dump(const DumpArguments& arguments, const Selection& selection,
                             std::optional<ops::Where> where, Output& output, Env& env);

/// Writes the selected points that are files to the directory of `--extract`.
Result<ExitCode> extract_files(const DumpArguments& arguments, const Selection& selection,
                               std::optional<ops::Where> where, Env& env);

}  // namespace tfevents::cli
