#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ops/columns.hpp"
#include "ops/compare.hpp"

namespace tfevents::ops {

/// What `compare` can show: the columns that were asked for, and those that it chooses itself.
class CompareColumns {
 public:
  /// Before reading. Errors: kUsage for a list that cannot be split.
  static Result<CompareColumns> plan(const CompareOptions& options, CallPlan& into);
  /// After reading. Errors: an item that is nothing at all.
  /// Metrics that one of the trials `baseline` has are chosen before others.
  Status settle(const TrialTable& table, std::optional<Direction> direction,
                const std::vector<std::size_t>& baseline);

  /// The chosen ones first, in the order in which they are wanted, then those of the list.
  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  [[nodiscard]] const CompareColumn& column(std::size_t index) const noexcept {
    return all_[index];
  }
  /// Chosen by default: may be left out for want of room.
  [[nodiscard]] bool by_default(std::size_t index) const noexcept { return index < defaults_; }
  [[nodiscard]] ItemValue value(const TrialTable& table, std::size_t row, std::size_t index) const;
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept {
    return listed_.warnings();
  }

 private:
  void choose(const TrialTable& table, std::optional<Direction> direction,
              const std::vector<std::size_t>& baseline);

  Columns listed_;
  bool chooses_ = false;
  std::vector<CompareColumn> all_;
  std::size_t defaults_ = 0;
};

/// Which way the value of an expression is better: as the name of the tag says of which it is a
/// point or a mean. Nothing for everything else.
[[nodiscard]] std::optional<Direction> direction_of_item(const std::string& text, bool as_tag);

}  // namespace tfevents::ops
