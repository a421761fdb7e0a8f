#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "ops/assert.hpp"

namespace tfevents::cli {

/// `assert` as typed.
struct AssertArguments {
  RunOptions runs;                       ///< Its operand is PATH.
  std::vector<std::string> expressions;  ///< EXPR.
  std::vector<std::string> checks;       ///< --checks.
  bool any = false;
  std::optional<std::int64_t> min_steps;
  std::optional<Duration> max_age;
  bool allow_nonfinite = false;
  WhereOptions where;
  bool fold = true;
  PointOptions points;
  OutputOptions output;
  std::optional<std::string> junit;
};

class Assert final : public Invocation {
 public:
  explicit Assert(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;
  [[nodiscard]] Format asked_format() const override {
    return arguments.output.format.value_or(Format::kTable);
  }
  [[nodiscard]] const RunOptions* run_options() const override { return &arguments.runs; }

  /// Reads the files of --checks. Errors: kUsage for what cannot be parsed, with the place; what
  /// keeps a file from being read.
  [[nodiscard]] Result<ops::AssertOptions> options(Env& env) const;

  AssertArguments arguments;
};

}  // namespace tfevents::cli
