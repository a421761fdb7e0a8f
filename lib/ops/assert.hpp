#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "base/result.hpp"
#include "expr/expression.hpp"
#include "logdir/layout.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"
#include "ops/outcome.hpp"
#include "series/call.hpp"

namespace tfevents::ops {

/// Something that must hold.
struct Check {
  std::string name;  ///< Of a check of a file; else the text of the expression.
  Expression expression;
  Severity severity = Severity::kError;  ///< kWarn: reported, but no reason for a no.
};

struct AssertOptions {
  Selection select;  ///< One operand.
  bool fold = true;
  std::optional<Layout> layout = {};
  std::optional<Expression> where = {};
  std::vector<Check> checks;
  bool any = false;  ///< One trial that passes is enough; else every trial has to.
  bool allow_nonfinite = false;
  std::optional<std::int64_t> min_steps = {};  ///< The last step of a trial must reach this.
  std::optional<double> max_age = {};          ///< Seconds since its last event, at most.
};

/// Names of the checks that `min_steps` and `max_age` add in front of the others.
inline constexpr std::string_view kMinStepsCheck = "min-steps";
inline constexpr std::string_view kMaxAgeCheck = "max-age";

/// kFail is a clean no; kError: it could not be evaluated, which never counts as passed.
enum class CheckStatus : std::uint8_t { kPass, kFail, kError };
/// `pass`, `fail`, `error`.
[[nodiscard]] const char* to_string(CheckStatus status) noexcept;

/// A check of one trial, or with `any` of all of them. Texts are raw bytes as far as names are.
struct CheckRow {
  std::string check;  ///< Its name.
  std::string expr;
  std::optional<std::string> run = {};  ///< Machine name; none where there is no such trial.
  std::string shown = {};               ///< What people read as its name.
  std::optional<std::string> path = {};
  CheckStatus status = CheckStatus::kError;
  /// That of the check, but always kError for `damaged` and `empty-selection`: where nothing was
  /// looked at, a warning would hide it.
  Severity severity = Severity::kError;
  // Where the top of the expression is one comparison.
  std::optional<Comparison> op = {};
  Value left = {};
  Value right = {};
  std::optional<std::int64_t> step = {};  ///< Of the series call that is compared.
  std::string reason = {};             ///< `missing-tag`, …: a `reason` of OUTPUT.md; or empty.
  std::string message = {};            ///< One line, safe to print.
  std::string suggestion = {};         ///< What to write instead; may be empty.
  std::string advice = {};             ///< For people: "did you mean val/accuracy?"; may be empty.
  std::vector<std::string> look = {};  ///< Words of a command that looks closer, without the
                                       ///< program's name: `fsck`, `runs/a`.
};

struct AssertReport {
  std::vector<CheckRow> rows;  ///< By trial, then in the order of the checks; with `any` by check.
  std::uint64_t trials = 0;
  std::uint64_t passed = 0;
  std::uint64_t failed = 0, errors = 0;  ///< Of severity kError.
  std::uint64_t warnings = 0;            ///< Checks of severity kWarn that did not pass.
  Outcome outcome;
  std::vector<std::string> operands;
  double now = 0;

  [[nodiscard]] bool ok() const noexcept { return failed == 0 && errors == 0; }
};

/// Evaluates every check for every selected trial. Reads runs as read_answers does.
/// Errors: an operand that is missing or unreadable, I/O. Whatever keeps a check from being
/// evaluated is a row.
Result<AssertReport> assert_trials(const AssertOptions& options, const OpContext& context);

}  // namespace tfevents::ops
