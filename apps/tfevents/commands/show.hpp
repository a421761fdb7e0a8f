#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "ops/show.hpp"

namespace tfevents::cli {

/// `show` as typed.
struct ShowArguments {
  RunOptions runs;
  PointOptions points;
  OutputOptions output;
  std::vector<std::string> texts, hists;
  bool all = false;
  bool strict = false;
};

class Show final : public Invocation {
 public:
  explicit Show(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;
  [[nodiscard]] Format asked_format() const override {
    return arguments.output.format.value_or(Format::kTable);
  }
  [[nodiscard]] const RunOptions* run_options() const override { return &arguments.runs; }

  /// Errors: kUsage for options that make no sense.
  [[nodiscard]] Result<ops::ShowOptions> options(const Env& env) const;

  ShowArguments arguments;
};

}  // namespace tfevents::cli
