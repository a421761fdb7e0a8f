#pragma once

#include "cli/command.hpp"
#include "ops/fsck.hpp"

namespace tfevents::cli {

/// `fsck` as typed.
struct FsckArguments {
  RunOptions runs;
  WhereOptions where;
  OutputOptions output;
  bool all = false;
  bool strict = false;
};

class Fsck final : public Invocation {
 public:
  explicit Fsck(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;
  [[nodiscard]] Format asked_format() const override {
    return arguments.output.format.value_or(Format::kTable);
  }
  [[nodiscard]] const RunOptions* run_options() const override { return &arguments.runs; }

  FsckArguments arguments;
};

}  // namespace tfevents::cli
