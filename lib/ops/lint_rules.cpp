#include "ops/lint_rules.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/suggest.hpp"
#include "base/text.hpp"

namespace tfevents::ops {
namespace {

using enum Severity;

constexpr std::array<LintRuleInfo, kLintRules> kRules{{
    {"nonfinite", kWarn},
    {"spike", kWarn},
    {"loss-spike", kWarn},
    {"divergence", kError},
    {"collapse", kError},
    {"stuck", kWarn},
    {"missing-steps", kWarn},
    {"pause", kNote},
    {"silent-tag", kWarn},
    {"step-back", kNote},
    {"repeated-steps", kNote},
    {"all-one-step", kWarn},
    {"scalar-dtype", kWarn},
    {"scalar-shape", kWarn},
    {"not-a-scalar", kWarn},
    {"no-metadata", kWarn},
    {"late-metadata", kWarn},
    {"unknown-plugin", kWarn},
    {"plugin-conflict", kWarn},
    {"plugin-ignored", kNote},
    {"mixed-kinds", kWarn},
    {"no-value", kWarn},
    {"no-tag", kWarn},
    {"invalid-utf8", kError},
    {"histogram-limits", kWarn},
    {"wall-time-nan", kError},
    {"wall-time-infinite", kWarn},
    {"overlapping-writers", kWarn},
    {"file-order", kWarn},
    {"duplicate-copy", kWarn},
    {"compressed", kWarn},
    {"empty-file", kNote},
    {"empty-record", kNote},
    {"no-version", kNote},
    {"odd-version", kNote},
    {"mixed-versions", kNote},
    {"repeated-hparams", kNote},
    {"no-session-end", kNote},
}};

constexpr auto kNames = [] {
  std::array<std::string_view, kLintRules> names{};
  for (std::size_t i = 0; i < kLintRules; ++i) names[i] = kRules[i].name;
  return names;
}();

}  // namespace

const LintRuleInfo& info_of(LintRule rule) noexcept {
  return kRules[static_cast<std::size_t>(rule)];
}

std::span<const std::string_view> lint_rule_names() noexcept {
  return kNames;
}

Result<LintRule> parse_lint_rule(std::string_view name, std::string_view option) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found != kNames.end()) return static_cast<LintRule>(found - kNames.begin());
  Error error{.code = ErrorCode::kUsage,
              .message = std::string(option) + ": there is no rule '" + printable(name) + "'",
              .hint = "man tfevents-lint lists the rules"};
  const std::vector<std::string> names(kNames.begin(), kNames.end());
  if (const auto near = nearest(name, names)) error.hint = "did you mean " + *near + "?";
  return error;
}

Result<LintIgnore> parse_lint_ignore(std::string_view text) {
  const auto colon = text.find(':');
  LintIgnore ignore;
  TFEVENTS_TRY(ignore.rule, parse_lint_rule(text.substr(0, colon), "--ignore"));
  if (colon == std::string_view::npos) return ignore;
  auto pattern = Pattern::parse(text.substr(colon + 1), Pattern::Scope::kName);
  if (!pattern.ok()) {
    Error error = std::move(pattern).error();
    error.message = "--ignore: " + error.message;
    return error;
  }
  ignore.tag = std::move(*pattern);
  return ignore;
}

LintFilter::LintFilter(const std::vector<LintRule>& only, std::vector<LintIgnore> ignored)
    : wanted_(kLintRules, only.empty()) {
  for (const LintRule rule : only) wanted_[static_cast<std::size_t>(rule)] = true;
  for (LintIgnore& ignore : ignored) {
    if (ignore.tag) {
      ignored_.push_back(std::move(ignore));
    } else {
      wanted_[static_cast<std::size_t>(ignore.rule)] = false;
    }
  }
}

bool LintFilter::wants(LintRule rule, std::string_view tag) const {
  if (!wants(rule)) return false;
  return std::none_of(ignored_.begin(), ignored_.end(), [&](const LintIgnore& ignore) {
    return ignore.rule == rule && ignore.tag->matches(printable(tag));
  });
}

}  // namespace tfevents::ops
