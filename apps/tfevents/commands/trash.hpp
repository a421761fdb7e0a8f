#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "ops/trash.hpp"

namespace tfevents::cli {

/// `trash` as typed.
struct TrashArguments {
  std::vector<std::string> actions, directories;  ///< One each, at most.
  std::vector<std::string> batches;
  std::optional<Duration> older_than, trash_keep, lock_wait;
  bool dry_run = false;
  bool yes = false;
  bool all = false;
  OutputOptions output;
};

class Trash final : public Invocation {
 public:
  explicit Trash(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;
  [[nodiscard]] Format asked_format() const override {
    return arguments.output.format.value_or(Format::kTable);
  }

  /// Errors: kUsage for words that make no sense together.
  [[nodiscard]] Result<ops::TrashOptions> options(const Env& env) const;

  TrashArguments arguments;
};

}  // namespace tfevents::cli
