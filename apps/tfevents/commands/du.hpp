#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "ops/du.hpp"

namespace tfevents::cli {

/// `du` as typed.
struct DuArguments {
  RunOptions runs;
  PointOptions points;
  WhereOptions where;
  OutputOptions output;
  std::vector<std::string> by;
  std::string sort = "-size";
  std::optional<std::uint64_t> limit;
  bool strict = false;
};

class Du final : public Invocation {
 public:
  explicit Du(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;
  [[nodiscard]] Format asked_format() const override {
    return arguments.output.format.value_or(Format::kTable);
  }
  [[nodiscard]] const RunOptions* run_options() const override { return &arguments.runs; }

  /// Errors: kUsage for options that make no sense.
  [[nodiscard]] Result<ops::DuOptions> options(const Env& env) const;

  DuArguments arguments;
};

}  // namespace tfevents::cli
