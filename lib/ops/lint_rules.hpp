#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/glob.hpp"
#include "base/problem.hpp"
#include "base/result.hpp"

namespace tfevents::ops {

/// What `lint` looks for. The names are a contract: they stand in JSON and in people's scripts.
enum class LintRule : std::uint8_t {
  // How training went: STATISTICS "lint detectors".
  kNonfinite,
  kSpike,
  kLossSpike,
  kDivergence,
  kCollapse,
  kStuck,
  kMissingSteps,
  kPause,
  kSilentTag,
  kStepBack,
  kRepeatedSteps,
  // What TensorBoard hides or alters: FORMAT "Edge cases".
  kAllOneStep,
  kScalarDtype,
  kScalarShape,
  kNotAScalar,
  kNoMetadata,
  kLateMetadata,
  kUnknownPlugin,
  kPluginConflict,
  kPluginIgnored,
  kMixedKinds,
  kNoValue,
  kNoTag,
  kInvalidUtf8,
  kHistogramLimits,
  kWallTimeNan,
  kWallTimeInfinite,
  kOverlappingWriters,
  kFileOrder,
  kDuplicateCopy,
  kCompressed,
  kEmptyFile,
  kEmptyRecord,
  kNoVersion,
  kOddVersion,
  kMixedVersions,
  kRepeatedHparams,
  kNoSessionEnd,
};
inline constexpr std::size_t kLintRules = static_cast<std::size_t>(LintRule::kNoSessionEnd) + 1;

struct LintRuleInfo {
  std::string_view name;  ///< `loss-spike`
  Severity severity;      ///< Of its findings; that of `nonfinite` is higher where the last is one.
};
[[nodiscard]] const LintRuleInfo& info_of(LintRule rule) noexcept;
/// All names, in the order of LintRule.
[[nodiscard]] std::span<const std::string_view> lint_rule_names() noexcept;
/// Errors: kUsage, with the nearest name; the message begins with `option`.
[[nodiscard]] Result<LintRule> parse_lint_rule(std::string_view name, std::string_view option);

/// Findings that nobody wants to see: all of a rule, or those about some tags.
struct LintIgnore {
  LintRule rule = LintRule::kNonfinite;
  std::optional<Pattern> tag = {};
};
/// `RULE[:TAG]`; TAG is a pattern. Errors: as parse_lint_rule, and those of the pattern.
[[nodiscard]] Result<LintIgnore> parse_lint_ignore(std::string_view text);

/// Which findings are wanted. Thread-safe.
class LintFilter {
 public:
  /// `only` empty: all rules.
  LintFilter(const std::vector<LintRule>& only, std::vector<LintIgnore> ignored);

  /// False: nothing needs to be looked for.
  [[nodiscard]] bool wants(LintRule rule) const noexcept {
    return wanted_[static_cast<std::size_t>(rule)];
  }
  /// A finding about a tag (raw bytes).
  [[nodiscard]] bool wants(LintRule rule, std::string_view tag) const;

 private:
  std::vector<bool> wanted_;
  std::vector<LintIgnore> ignored_;  // Those with a tag.
};

}  // namespace tfevents::ops
