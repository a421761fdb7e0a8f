#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/command.hpp"
#include "ops/export.hpp"

namespace tfevents::cli {

/// `export` or `export-csv` as typed.
struct ExportArguments {
  /// `run|series`, in this order.
  enum class SplitBy : std::uint8_t { kRun, kSeries };
  /// `tensorboard`.
  enum class Dialect : std::uint8_t { kTensorBoard };
  /// `jsonl|csv`, in this order.
  enum class Shape : std::uint8_t { kJsonl, kCsv };

  RunOptions runs;
  WhereOptions where;
  PointOptions points;
  bool wide = false;
  std::optional<std::string> sort;
  std::optional<SplitBy> split;
  std::optional<Dialect> dialect;  ///< `export-csv` only.
  std::optional<Shape> shape;      ///< `export` only.
  std::optional<std::string> output;
  bool strict = false;
};

/// What the two commands share.
class Exporting : public Invocation {
 public:
  Result<ExitCode> run(Env& env) override;
  [[nodiscard]] Format asked_format() const override {
    return arguments.shape ? format() : Format::kTable;
  }
  [[nodiscard]] const RunOptions* run_options() const override { return &arguments.runs; }

  /// Errors: kUsage for options that contradict each other, patterns and ranges that make no sense.
  [[nodiscard]] Result<ops::ExportOptions> options(const Env& env) const;

  ExportArguments arguments;

 protected:
  explicit Exporting(Format usual) : usual_(usual) {}
  /// The options of both, in the order of help.
  void add_table_options(OptionAdder& add);
  void add_other_options(OptionAdder& add);

 private:
  /// kCsv or kJsonl.
  [[nodiscard]] Format format() const;
  [[nodiscard]] Result<ExitCode> write_stream(const ops::ExportOptions& options, Env& env) const;
  [[nodiscard]] Result<ExitCode> write_files(const ops::ExportOptions& options, Env& env) const;
  [[nodiscard]] ExitCode report(const ops::ExportReport& report, Env& env) const;

  Format usual_;
};

class ExportCsv final : public Exporting {
 public:
  explicit ExportCsv(OptionAdder& add);
};

class Export final : public Exporting {
 public:
  explicit Export(OptionAdder& add);
};

}  // namespace tfevents::cli
