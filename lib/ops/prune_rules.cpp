#include "ops/prune_rules.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "ops/columns.hpp"
#include "ops/metric.hpp"

namespace tfevents::ops {
namespace {

/// The direction that `max(tag)` and `min(tag)` say themselves.
std::optional<Direction> spoken_direction(std::string_view metric) {
  const auto parsed = Expression::parse(metric);
  if (!parsed.ok() || !parsed->single_call()) return std::nullopt;
  switch (parsed->calls()[*parsed->single_call()].function) {
    case SeriesFunction::kMax: return Direction::kMax;
    case SeriesFunction::kMin: return Direction::kMin;
    default: return std::nullopt;
  }
}

/// The first tag or name of an expression that no trial has.
std::optional<Unknown> unknown_part(const PlannedExpression& planned, const TrialTable& table) {
  using Part = std::pair<Trouble::Kind, std::size_t>;
  std::map<Part, std::pair<std::size_t, Trouble>> missing;  // In every row so far.
  for (std::size_t row = 0; row < table.rows().size(); ++row) {
    std::map<Part, std::pair<std::size_t, Trouble>> here;
    for (Trouble& trouble : table.evaluate(row, planned).troubles) {
      const Part part{trouble.kind, trouble.index};
      const bool about_name =
          trouble.kind == Trouble::Kind::kMissingTag || trouble.kind == Trouble::Kind::kMissingName;
      if (about_name && (row == 0 || missing.contains(part)))
        here.emplace(part, std::pair(row, std::move(trouble)));
    }
    missing = std::move(here);
    if (missing.empty()) return std::nullopt;
  }
  if (missing.empty()) return std::nullopt;
  const auto& [row, trouble] = missing.begin()->second;
  auto [message, hint] = table.explain(row, planned, trouble);
  return Unknown{message + " in any " + table.noun(), std::move(hint)};
}

Error refused(const std::string& option, Unknown unknown) {
  return {.code = ErrorCode::kRefused,
          .message = option + ": " + unknown.message,
          .hint = std::move(unknown.hint)};
}

}  // namespace

Result<PruneRules> PruneRules::plan(const PruneOptions& options, CallPlan& into) {
  PruneRules rules;
  rules.policy_ = options.rules;
  if (options.apply_file) {
    rules.policy_.remove_if = "planned in " + printable(*options.apply_file);
    return rules;
  }
  if (options.remove_if) {
    rules.policy_.remove_if = options.remove_if->text();
    rules.remove_if_ = into.add(*options.remove_if);
  }
  for (const Expression& expression : options.keep_if) {
    rules.policy_.keep_if.push_back(expression.text());
    rules.keep_if_.push_back(into.add(expression));
  }
  rules.keep_ = options.keep;
  for (const Pattern& pattern : options.keep) rules.policy_.keep.push_back(pattern.text());
  TFEVENTS_CHECK(rules.plan_keep_best(options, into));
  if (options.by && *options.by != "none") {
    const std::string name = *options.by == "parent" ? "run.parent" : *options.by;
    TFEVENTS_TRY(std::vector<PlannedItem> groups, plan_groups({name}, into));
    rules.by_ = std::move(groups.front());
  }
  if (!rules.policy_.nominates() && !rules.policy_.keeps()) {
    return Error{.code = ErrorCode::kRefused,
                 .message = "no rule says what to remove",
                 .hint =
                     "for example --older-than 7d, --keep-last 10, --max-size 50G; see "
                     "tfevents-prune(1)"};
  }
  return rules;
}

Status PruneRules::plan_keep_best(const PruneOptions& options, CallPlan& into) {
  for (const PruneOptions::KeepBest& best : options.keep_best) {
    auto direction = spoken_direction(best.metric);
    if (!direction) direction = metric_direction(best.metric);
    // A name that was mistyped says no direction either: check() knows which of both it is.
    std::optional<Error> trouble;
    if (!direction) {
      trouble = usage(
          "--keep-best: the name of " + printable(best.metric) +
              " does not say whether high or low is better",
          "write N:max(" + printable(best.metric) + ") or N:min(" + printable(best.metric) + ")");
    }
    metric_troubles_.push_back(std::move(trouble));
    const bool greatest = direction == Direction::kMax;
    const SeriesCall call{.function = greatest ? SeriesFunction::kMax : SeriesFunction::kMin,
                          .tag = {}};
    metrics_.push_back(into.add_item(best.metric, call));
    policy_.keep_best.push_back({.count = best.count, .metric = best.metric, .greatest = greatest});
  }
  return ok_status();
}

Status PruneRules::check(const TrialTable& table, std::vector<std::string>& warnings) {
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    const PlannedItem& metric = metrics_[i];
    auto tag = settle_item(metric, table);
    if (!tag.ok()) {
      Error error = std::move(tag).error();
      return refused("--keep-best", {"no trial has " + printable(metric.text), error.hint});
    }
    if (auto unknown = unknown_to_all(metric, *tag, table))
      return refused("--keep-best", std::move(*unknown));
    if (!*tag && metric.expression) {
      if (auto unknown = unknown_part(*metric.expression, table))
        return refused("--keep-best", std::move(*unknown));
      if (metric.expression->expression.type() == ValueType::kBool)
        return usage("--keep-best: a condition, not a number: " + printable(metric.text));
    }
    if (metric_troubles_[i]) return *metric_troubles_[i];
    metric_is_tag_.push_back(*tag ? 1 : 0);
  }
  for (const PlannedExpression& expression : keep_if_) {
    if (auto unknown = unknown_part(expression, table))
      return refused("--keep-if", std::move(*unknown));
  }
  if (remove_if_) {
    if (auto unknown = unknown_part(*remove_if_, table)) {
      warnings.push_back("--remove-if: " + unknown->message +
                         (unknown->hint.empty() ? "" : "; " + unknown->hint));
    }
  }
  if (by_) TFEVENTS_CHECK(check_groups({*by_}, table));
  for (std::size_t i = 0; i < keep_.size(); ++i) {
    bool any = false;
    for (const TrialRow& row : table.rows()) any = keeps_name(row, i) || any;
    TFEVENTS_CHECK(require_names({keep_[i]}, "--keep"));
    if (!any) {
      warnings.push_back("--keep: no trial matches '" + printable(keep_[i].text()) + "'");
    }
  }
  return ok_status();
}

bool PruneRules::keeps_name(const TrialRow& row, std::size_t pattern) const {
  const bool shown = keep_[pattern].matches(printable(row.people_name()));
  return keep_[pattern].matches(printable(row.name)) || shown;
}

void PruneRules::answer(const TrialTable& table, std::size_t row, rewrite::PolicyTrial& trial,
                        Value& group) {
  const auto true_of = [&](const PlannedExpression& expression) -> std::optional<bool> {
    const Value value = table.evaluate(row, expression).value;
    return is_null(value) ? std::nullopt : std::optional(is_true(value));
  };
  if (remove_if_) trial.remove_if = true_of(*remove_if_);
  for (std::size_t i = 0; i < keep_if_.size(); ++i) {
    if (true_of(keep_if_[i]).value_or(false))
      trial.kept_if.push_back(static_cast<std::uint32_t>(i));
  }
  for (std::size_t i = 0; i < keep_.size(); ++i) {
    if (keeps_name(table.rows()[row], i)) trial.kept_by.push_back(static_cast<std::uint32_t>(i));
  }
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    const ItemValue value = table.value(row, metrics_[i], metric_is_tag_[i] != 0);
    const double* number = std::get_if<double>(&value.value);
    trial.metrics.push_back(number != nullptr && std::isfinite(*number) ? std::optional(*number)
                                                                        : std::nullopt);
  }
  if (by_) {
    group = table.value(row, *by_, false).value;
    trial.group =
        groups_.emplace(key_of(group), static_cast<std::uint32_t>(groups_.size())).first->second;
  }
}

}  // namespace tfevents::ops
