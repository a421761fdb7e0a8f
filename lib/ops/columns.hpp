#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ops/call_plan.hpp"
#include "ops/trial_table.hpp"

namespace tfevents::ops {

/// The columns that a person asked for with `-c`.
class Columns {
 public:
  /// Plans every item, once however often it is listed; `as_tag` is what a plain tag means, nothing
  /// where that is looked up later. Errors: kUsage for a list that cannot be split.
  static Result<Columns> plan(std::string_view list, const std::optional<SeriesCall>& as_tag,
                              CallPlan& into);

  /// Once everything has been read: which items are tags. Items that are nothing at all are an
  /// Error with the nearest name; what no trial has is one of the warnings.
  Status settle(const TrialTable& table);

  /// Evaluates another item in place of a column, under the same label.
  void substitute(std::size_t column, PlannedExpression expression);

  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
  [[nodiscard]] bool is_tag(std::size_t column) const noexcept { return tags_[column] != 0; }
  [[nodiscard]] const std::string& label(std::size_t column) const noexcept {
    return items_[column].text;
  }
  [[nodiscard]] ItemValue value(const TrialTable& table, std::size_t row,
                                std::size_t column) const {
    return table.value(row, items_[column], is_tag(column));
  }
  /// "no trial has val/acuracy: did you mean val/accuracy?"
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }

 private:
  std::vector<PlannedItem> items_;
  std::vector<char> tags_;
  std::vector<std::string> warnings_;
};

/// The names of --by, each once. Errors: kUsage for what is neither a name nor an expression.
[[nodiscard]] Result<std::vector<PlannedItem>> plan_groups(const std::vector<std::string>& names,
                                                           CallPlan& into);
/// Errors: kUsage for a name that no trial has, with the nearest one.
Status check_groups(const std::vector<PlannedItem>& groups, const TrialTable& table);

/// Whether an item that has been read is a tag (true) or an expression. Errors: kUsage, with the
/// nearest tag, where it is neither.
[[nodiscard]] Result<bool> settle_item(const PlannedItem& item, const TrialTable& table);

/// Why no trial has a value for an item: "no trial has val/acuracy" and "did you mean
/// val/accuracy?", which may be empty. Nothing where some trial has one.
struct Unknown {
  std::string message, hint;
};
[[nodiscard]] std::optional<Unknown> unknown_to_all(const PlannedItem& item, bool as_tag,
                                                    const TrialTable& table);

}  // namespace tfevents::ops
