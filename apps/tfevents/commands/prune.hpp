#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "ops/prune.hpp"

namespace tfevents::cli {

/// `prune` as typed.
struct PruneArguments {
  std::vector<std::string> operands;  ///< One.
  std::vector<std::string> runs, exclude;
  std::optional<std::string> layout;
  bool fold = true;
  std::optional<std::uint64_t> max_series;

  std::optional<Duration> older_than;
  std::optional<std::int64_t> min_steps;
  bool empty = false;
  std::optional<ByteSize> max_size;
  std::optional<std::string> remove_if;

  std::optional<std::uint64_t> keep_last;
  std::optional<Duration> keep_within;
  std::vector<std::string> keep_best, keep, keep_if;
  std::optional<std::string> by;
  Age age = Age::kNewest;

  enum class What : std::uint8_t { kEvents, kDirectory };
  std::optional<What> what;
  std::optional<Duration> trash_keep, lock_wait;
  bool dry_run = false;
  bool yes = false;
  bool allow_empty = false;
  bool all = false;
  std::optional<std::string> plan_file, apply_file;
  OutputOptions output;
};

class Prune final : public Invocation {
 public:
  explicit Prune(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;
  [[nodiscard]] Format asked_format() const override {
    return arguments.output.format.value_or(Format::kTable);
  }

  /// Errors: kUsage for options that contradict each other or make no sense.
  [[nodiscard]] Result<ops::PruneOptions> options(const Env& env) const;

  PruneArguments arguments;
};

}  // namespace tfevents::cli
