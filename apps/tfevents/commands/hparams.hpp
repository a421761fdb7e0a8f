#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/command.hpp"
#include "ops/hparams.hpp"

namespace tfevents::cli {

/// `hparams` as typed.
struct HparamsArguments {
  RunOptions runs;
  PointOptions points;
  WhereOptions where;
  OutputOptions output;
  bool fold = true;
  DirectionOptions direction;
  std::string columns;
  ops::MetricBy by = ops::MetricBy::kLast;
  bool space = false;
  std::optional<std::string> bars;
  bool coords = false;
  std::string sort = "run";
  std::optional<std::uint64_t> limit;
  bool paths = false;
  bool null = false;
  bool strict = false;
};

class Hparams final : public Invocation {
 public:
  explicit Hparams(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;
  [[nodiscard]] Format asked_format() const override {
    return arguments.output.format.value_or(Format::kTable);
  }
  [[nodiscard]] const RunOptions* run_options() const override { return &arguments.runs; }

  /// Errors: kUsage for options that contradict each other or make no sense.
  [[nodiscard]] Result<ops::HparamsOptions> options(const Env& env) const;

  HparamsArguments arguments;
};

}  // namespace tfevents::cli
