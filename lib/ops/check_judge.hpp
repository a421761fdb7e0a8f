#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ops/assert.hpp"
#include "ops/call_plan.hpp"
#include "ops/trial_table.hpp"

namespace tfevents::ops {

/// A check whose calls are in a plan.
struct PlannedCheck {
  enum class Kind : std::uint8_t { kExpression, kMinSteps, kMaxAge };
  Kind kind = Kind::kExpression;
  std::string name;
  Severity severity = Severity::kError;
  PlannedExpression planned;
};

/// Says of one check and one trial whether it holds, and in words why. Immutable.
class CheckJudge {
 public:
  /// Both must outlive the judge. `outcome` is that of the table: trials whose input was damaged
  /// are not judged by what could be read.
  CheckJudge(const TrialTable& table, const Outcome& outcome, bool allow_nonfinite);

  [[nodiscard]] CheckRow judge(std::size_t trial, const PlannedCheck& check) const;

  /// The row of a check without a trial: nothing selected, a directory that cannot be read. It
  /// counts, whatever the severity of the check.
  [[nodiscard]] static CheckRow without_trial(const PlannedCheck& check, const char* reason,
                                              std::string message);

 private:
  [[nodiscard]] const Problem* damage_of(const TrialRow& trial) const;
  void explain_damage(CheckRow& row, const TrialRow& trial) const;
  void explain_trouble(CheckRow& row, std::size_t trial, const PlannedCheck& check,
                       const Trouble& trouble) const;
  void explain_missing_tag(CheckRow& row, std::size_t trial, const SeriesCall& call) const;
  void explain_missing_name(CheckRow& row, const NameRef& name) const;
  static void decide(CheckRow& row, const TrialRow& trial, const PlannedCheck& check,
                     const Value& value, const std::vector<SeriesValue>& values);
  static void decide_steps(CheckRow& row);
  static void decide_age(CheckRow& row);
  /// The values that decided: `0.9214 at step 55000`.
  [[nodiscard]] static std::string evidence(const CheckRow& row, const TrialRow& trial,
                                            const std::vector<SeriesValue>& values,
                                            const Expression& expression);

  const TrialTable& table_;
  bool allow_nonfinite_;
  std::map<std::string, const Problem*> damage_;  ///< Of each run: the first that lost data.
};

}  // namespace tfevents::ops
