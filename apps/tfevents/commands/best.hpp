#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "ops/best.hpp"

namespace tfevents::cli {

/// `best` as typed.
struct BestArguments {
  std::vector<std::string> metric;  ///< METRIC: one word.
  RunOptions runs;
  PointOptions points;
  WhereOptions where;
  OutputOptions output;
  bool fold = true;
  DirectionOptions direction;
  std::string columns;
  std::vector<std::string> by;
  std::optional<std::uint64_t> limit;
  std::optional<double> smooth;
  std::optional<std::uint64_t> window;
  std::optional<std::string> files;
  bool paths = false;
  bool null = false;
  bool strict = false;
};

class Best final : public Invocation {
 public:
  explicit Best(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;
  [[nodiscard]] Format asked_format() const override {
    return arguments.output.format.value_or(Format::kTable);
  }
  [[nodiscard]] const RunOptions* run_options() const override { return &arguments.runs; }

  /// Errors: kUsage for options that contradict each other or make no sense.
  [[nodiscard]] Result<ops::BestOptions> options(const Env& env) const;

  BestArguments arguments;
};

}  // namespace tfevents::cli
