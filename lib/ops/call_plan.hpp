#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expr/expression.hpp"
#include "series/call.hpp"

namespace tfevents::ops {

/// An expression, and where the values of its calls stand in a plan.
struct PlannedExpression {
  Expression expression;
  std::vector<std::size_t> calls;  ///< Plan index of `expression.calls()[i]`.
};

/// An item of `-c`, `--sort` or METRIC: a tag of the selection if it as a whole equals one, else an
/// expression. Which of the two is known only when everything has been read, so both are planned.
struct PlannedItem {
  std::string text;                      ///< As typed; a name in double quotes without them.
  std::optional<std::size_t> call = {};  ///< Plan index of the call that the tag means.
  std::optional<PlannedExpression> expression = {};
  /// Why it is no expression; nothing too for a name in double quotes alone, which is none.
  std::optional<Error> error = {};
};

/// The call whose step a kAtBest call looks at. A plan holds it beside.
[[nodiscard]] SeriesCall best_of_metric(const SeriesCall& at_best);

/// All series calls of one command, equal ones once: what a pass over a run evaluates. Filled
/// before reading, then immutable and thread-safe.
class CallPlan {
 public:
  /// The index of a call, added when it is new.
  std::size_t add(SeriesCall call);
  PlannedExpression add(Expression expression);
  /// `as_tag` is the call that a plain tag means: its tag is filled in. Without it a tag is not
  /// evaluated.
  PlannedItem add_item(std::string_view text, std::optional<SeriesCall> as_tag);
  /// The last point of every scalar series is wanted as well.
  void want_last_of_all() noexcept { last_of_all_ = true; }

  [[nodiscard]] std::span<const SeriesCall> calls() const noexcept { return calls_; }
  [[nodiscard]] bool last_of_all() const noexcept { return last_of_all_; }

 private:
  std::vector<SeriesCall> calls_;
  bool last_of_all_ = false;
};

}  // namespace tfevents::ops
