#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "ops/compare.hpp"

namespace tfevents::cli {

/// `compare` as typed.
struct CompareArguments {
  RunOptions runs;
  PointOptions points;
  WhereOptions where;
  OutputOptions output;
  bool fold = true;
  DirectionOptions direction;
  std::string columns;
  std::vector<std::string> by;
  std::optional<std::string> versus;
  bool changed = false;
  bool exit_code = false;
  std::string sort = "run";
  std::optional<std::uint64_t> limit;
  bool paths = false;
  bool null = false;
  bool strict = false;
};

class Compare final : public Invocation {
 public:
  explicit Compare(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;
  [[nodiscard]] Format asked_format() const override {
    return arguments.output.format.value_or(Format::kTable);
  }
  [[nodiscard]] const RunOptions* run_options() const override { return &arguments.runs; }

  /// Errors: kUsage for options that contradict each other or make no sense.
  [[nodiscard]] Result<ops::CompareOptions> options(const Env& env) const;

  CompareArguments arguments;
};

}  // namespace tfevents::cli
