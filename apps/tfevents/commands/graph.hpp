#pragma once

#include <cstdint>
#include <optional>

#include "cli/command.hpp"
#include "ops/graph.hpp"

namespace tfevents::cli {

/// `graph` as typed.
struct GraphArguments {
  RunOptions runs;
  PointOptions points;
  OutputOptions output;
  std::optional<std::uint64_t> depth;
  bool ops = false;
  bool all = false;
  bool dot = false;
  bool pbtxt = false;
  bool strict = false;
};

class GraphCommand final : public Invocation {
 public:
  explicit GraphCommand(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;
  [[nodiscard]] Format asked_format() const override {
    return arguments.output.format.value_or(Format::kTable);
  }
  [[nodiscard]] const RunOptions* run_options() const override { return &arguments.runs; }

  /// Errors: kUsage for options that make no sense together.
  [[nodiscard]] Result<ops::GraphOptions> options(const Env& env) const;

  GraphArguments arguments;
};

}  // namespace tfevents::cli
