#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/command.hpp"
#include "ops/ls.hpp"

namespace tfevents::cli {

/// `ls` as typed.
struct LsArguments {
  RunOptions runs;
  PointOptions points;
  WhereOptions where;
  OutputOptions output;
  std::string columns;
  bool details = false;
  bool tags = false;
  bool tree = false;
  bool all = false;
  std::string sort = "run";
  Age age = Age::kEvent;
  std::optional<std::uint64_t> limit;
  bool paths = false;
  bool null = false;
  bool strict = false;
};

class Ls final : public Invocation {
 public:
  explicit Ls(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;
  [[nodiscard]] Format asked_format() const override {
    return arguments.output.format.value_or(Format::kTable);
  }
  [[nodiscard]] const RunOptions* run_options() const override { return &arguments.runs; }

  /// Errors: kUsage for options that contradict each other, patterns and sort keys that make no
  /// sense.
  [[nodiscard]] Result<ops::LsOptions> options(const Env& env) const;

  LsArguments arguments;
};

}  // namespace tfevents::cli
