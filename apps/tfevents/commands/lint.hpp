#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "ops/lint.hpp"

namespace tfevents::cli {

/// `lint` as typed.
struct LintArguments {
  std::vector<std::string> rules, ignored;
  bool all = false;
  RunOptions runs;
  WhereOptions where;
  PointOptions points;
  OutputOptions output;
  bool strict = false;
};

class Lint final : public Invocation {
 public:
  explicit Lint(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;
  [[nodiscard]] Format asked_format() const override {
    return arguments.output.format.value_or(Format::kTable);
  }
  [[nodiscard]] const RunOptions* run_options() const override { return &arguments.runs; }

  LintArguments arguments;

 private:
  [[nodiscard]] Result<ops::LintOptions> options(const Env& env) const;

  enum class Floor : std::uint8_t { kWarn, kError };
  Floor floor_ = Floor::kError;
};

}  // namespace tfevents::cli
