#include "ops/compare.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "base/text.hpp"
#include "ops/compare_columns.hpp"
#include "ops/compare_groups.hpp"
#include "ops/differing.hpp"
#include "series/direction.hpp"

namespace tfevents::ops {
namespace {

std::optional<double> finite(const Value& value) {
  const auto* number = std::get_if<double>(&value);
  return number != nullptr && std::isfinite(*number) ? std::optional(*number) : std::nullopt;
}

/// A metric of one group of trials, or of one trial.
CompareValue summarise(const std::vector<ItemValue>& items, const CompareGroup& group,
                       bool grouped) {
  CompareValue value;
  if (!grouped) {
    value.item = items[group.trials.front()];
    return value;
  }
  std::vector<double> numbers;
  for (const std::size_t row : group.trials) {
    if (const auto number = finite(items[row].value)) {
      numbers.push_back(*number);
      continue;
    }
    ++value.missing;
    if (value.reason == nullptr) value.reason = missing_reason(items[row]);
  }
  value.spread = spread_of(numbers);
  if (value.spread.mean) value.reason = nullptr;
  return value;
}

/// The number that is compared: the mean of a group.
std::optional<double> number_of(const CompareValue& value, bool grouped) {
  return grouped ? value.spread.mean : finite(value.item.value);
}

/// A text that is equal for values between which there is no difference.
std::string identity(const CompareValue& value, bool grouped) {
  if (!grouped) return key_of(value.item.value);
  const auto text = [](const std::optional<double>& number) {
    return number ? key_of(*number) : std::string();
  };
  return text(value.spread.mean) + '\0' + text(value.spread.std);
}

bool all_alike(const std::vector<CompareValue>& values, bool grouped) {
  const std::string first = identity(values.front(), grouped);
  return std::all_of(values.begin(), values.end(),
                     [&](const CompareValue& value) { return identity(value, grouped) == first; });
}

/// Better or worse, where that can be said without a test.
void judge(CompareValue& value, const CompareValue& baseline, std::optional<Direction> direction,
           bool grouped) {
  if (!value.delta || !direction) return;
  const double delta = *value.delta;
  const auto by_sign = [&] {
    if (delta == 0) return Verdict::kEqual;
    return better(delta, 0, *direction) ? Verdict::kBetter : Verdict::kWorse;
  };
  if (!grouped) {
    value.verdict = by_sign();
    return;
  }
  const Spread& ours = value.spread;
  const Spread& theirs = baseline.spread;
  if (ours.n == 1 && theirs.n == 1) {
    value.verdict = by_sign();
  } else if (delta == 0 && ours.std.value_or(0) == 0 && theirs.std.value_or(0) == 0) {
    value.verdict = Verdict::kEqual;
  }
  // Seeds that diverged are no win.
  if (value.verdict == Verdict::kBetter && value.missing > 0) {
    value.verdict = Verdict::kUndecided;
    value.reason = "missing-seeds";
  }
}

/// Of a value that the baseline has, and that is no number here. Training that diverged is no draw,
/// and no win either where the value is infinite.
void judge_lost(CompareValue& value, std::optional<Direction> direction) {
  if (value.reason == nullptr) value.reason = missing_reason(value.item);
  const bool diverged = std::string_view(value.reason) == "non-finite";
  value.verdict = diverged && direction ? Verdict::kWorse : Verdict::kUndecided;
}

void set_against(CompareValue& value, const CompareValue& baseline,
                 std::optional<Direction> direction, bool grouped) {
  const auto number = number_of(value, grouped);
  const auto reference = number_of(baseline, grouped);
  if (!reference) return;
  if (!number) {
    judge_lost(value, direction);
    return;
  }
  const double delta = *number - *reference;
  if (!std::isfinite(delta)) return;
  value.delta = delta;
  const double ratio = delta / std::abs(*reference);
  if (*reference != 0 && std::isfinite(ratio)) value.delta_ratio = ratio;
  judge(value, baseline, direction, grouped);
}

/// The passes of `compare`.
class Compare {
 public:
  Compare(const CompareOptions& options, const OpContext& context)
      : options_(options), context_(context), grouped_(!options.by.empty()) {}

  Result<CompareReport> run() {
    TFEVENTS_CHECK(plan());
    TFEVENTS_TRY(TrialTable table, TrialTable::read({.select = options_.select,
                                                     .fold = options_.fold,
                                                     .layout = options_.layout,
                                                     .where = where_},
                                                    plan_, context_));
    report_.operands = table.operands();
    report_.now = table.now();
    report_.trials = table.rows().size();
    if (!table.rows().empty()) TFEVENTS_CHECK(compare(table));
    report_.outcome = std::move(table.outcome());
    find_empty_operands();
    return std::move(report_);
  }

 private:
  Status plan() {
    TFEVENTS_TRY(columns_, CompareColumns::plan(options_, plan_));
    TFEVENTS_TRY(by_, plan_groups(options_.by, plan_));
    for (const PlannedItem& item : by_) report_.by.push_back(item.text);
    std::string_view key = options_.sort;
    descending_ = key.starts_with('-');
    if (descending_) key.remove_prefix(1);
    if (key.empty()) return usage("--sort: no key");
    if (key != "run") sort_ = plan_.add_item(key, SeriesCall{});
    if (options_.where) where_ = plan_.add(*options_.where);
    return ok_status();
  }

  Status compare(const TrialTable& table) {
    TFEVENTS_CHECK(check_groups(by_, table));
    groups_ = group_trials(table, by_);
    TFEVENTS_CHECK(choose_baseline(table));
    TFEVENTS_CHECK(
        columns_.settle(table, options_.direction,
                        baseline_ ? groups_[*baseline_].trials : std::vector<std::size_t>()));
    report_.warnings = columns_.warnings();
    for (std::size_t i = 0; i < groups_.size(); ++i) add_row(table, i);
    fill_columns(table);
    find_differing_hparams();
    const bool by_metrics_alone = grouped_ || options_.versus;
    report_.differs = metrics_differ_ || (!by_metrics_alone && !report_.differing_hparams.empty());
    find_uncompared(table, by_metrics_alone);
    if (grouped_) describe_folding(table, groups_, report_);
    if (options_.changed) drop_equal_rows();
    TFEVENTS_CHECK(arrange(table));
    find_differing_hparams();
    return ok_status();
  }

  Status choose_baseline(const TrialTable& table) {
    if (options_.versus) {
      TFEVENTS_TRY(baseline_, find_baseline(*options_.versus, grouped_, table, groups_));
    } else if (!grouped_) {
      baseline_ = implied_baseline(table);
    }
    if (!baseline_) return ok_status();
    const CompareGroup& group = groups_[*baseline_];
    const TrialRow& trial = table.rows()[group.trials.front()];
    report_.baseline = grouped_ ? group_name(group) : trial.name;
    report_.baseline_shown = grouped_ ? *report_.baseline : trial.people_name();
    return ok_status();
  }

  void add_row(const TrialTable& table, std::size_t index) {
    const CompareGroup& group = groups_[index];
    CompareRow row;
    row.group = group.values;
    row.baseline = baseline_ == index;
    if (!grouped_) row.trial = table.rows()[group.trials.front()];
    for (const std::size_t trial : group.trials) row.runs.push_back(table.rows()[trial].name);
    report_.rows.push_back(std::move(row));
  }

  // One column after the other: what is left out costs no memory.
  void fill_columns(const TrialTable& table) {
    const bool few = !grouped_ && groups_.size() <= kFewTrials;
    const std::size_t most = few ? kDefaultLines : kDefaultColumns;
    std::size_t chosen = 0;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      const bool full = columns_.by_default(column) && chosen == most;
      if (full && !options_.changed && !options_.find_differences) {
        ++report_.left_out;
        continue;
      }
      std::vector<CompareValue> values = values_of(table, column);
      const bool alike = all_alike(values, grouped_);
      metrics_differ_ = metrics_differ_ || !alike;
      note_uncompared(values, column);
      if (options_.changed && alike) {
        ++report_.unchanged;
      } else if (full) {
        ++report_.left_out;
      } else {
        if (columns_.by_default(column)) ++chosen;
        report_.columns.push_back(columns_.column(column));
        for (std::size_t i = 0; i < values.size(); ++i)
          report_.rows[i].metrics.push_back(std::move(values[i]));
      }
    }
  }

  // A column that nobody has a value in is all alike, but says nothing.
  void note_uncompared(const std::vector<CompareValue>& values, std::size_t column) {
    const bool empty = std::all_of(values.begin(), values.end(), [&](const CompareValue& value) {
      return grouped_ ? !value.spread.mean : is_null(value.item.value);
    });
    any_compared_ = any_compared_ || !empty;
    if (!empty || columns_.by_default(column)) return;
    report_.uncompared.push_back(
        printable(columns_.column(column).label) + " could not be compared: " +
        (grouped_ ? "no group has a mean of it" : "no selected trial has a value of it"));
  }

  void find_uncompared(const TrialTable& table, bool by_metrics_alone) {
    const auto has_hparams = [](const TrialRow& trial) { return !trial.hparams.empty(); };
    const auto& trials = table.rows();
    const bool by_hparams =
        !by_metrics_alone && std::any_of(trials.begin(), trials.end(), has_hparams);
    if (groups_.size() == 1) {
      report_.uncompared.push_back(std::string("nothing was compared: there is one ") +
                                   (grouped_ ? "group" : table.noun()) + " only");
    } else if (report_.uncompared.empty() && !any_compared_ && !by_hparams) {
      report_.uncompared.emplace_back("nothing was compared: no metric has a value");
    }
  }

  void find_empty_operands() {
    for (const Problem& problem : report_.outcome.problems) {
      if (problem.rule != "no-event-files") continue;
      report_.uncompared.push_back(printable(problem.path.value_or("an operand")) +
                                   " could not be compared: it holds no event files");
    }
  }

  std::vector<CompareValue> values_of(const TrialTable& table, std::size_t column) {
    std::vector<ItemValue> items;
    for (std::size_t row = 0; row < table.rows().size(); ++row)
      items.push_back(columns_.value(table, row, column));
    if (grouped_) warn_of_texts(items, columns_.column(column).label);
    std::vector<CompareValue> values;
    for (const CompareGroup& group : groups_) values.push_back(summarise(items, group, grouped_));
    if (!baseline_) return values;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i != *baseline_)
        set_against(values[i], values[*baseline_], columns_.column(column).direction, grouped_);
    }
    return values;
  }

  // A text or a truth value is no mistake, but nothing that has a mean.
  void warn_of_texts(const std::vector<ItemValue>& items, const std::string& label) {
    const bool any = std::any_of(items.begin(), items.end(), [](const ItemValue& item) {
      return !is_null(item.value) && !std::holds_alternative<double>(item.value);
    });
    if (any) report_.warnings.push_back(printable(label) + " is no number, so groups have no mean");
  }

  void find_differing_hparams() {
    report_.differing_hparams.clear();
    if (grouped_ || report_.rows.empty()) return;
    std::vector<const HparamMap*> maps;
    for (const CompareRow& row : report_.rows) maps.push_back(&row.trial.hparams);
    report_.differing_hparams = differing_hparams(maps);
  }

  void drop_equal_rows() {
    if (!options_.versus) return;
    const CompareRow baseline = report_.rows[*baseline_];
    kept_.assign(report_.rows.size(), true);
    for (std::size_t i = 0; i < report_.rows.size(); ++i) {
      const CompareRow& row = report_.rows[i];
      bool equal =
          !row.baseline && differing_hparams({&row.trial.hparams, &baseline.trial.hparams}).empty();
      for (std::size_t column = 0; column < row.metrics.size(); ++column) {
        equal = equal && identity(row.metrics[column], grouped_) ==
                             identity(baseline.metrics[column], grouped_);
      }
      kept_[i] = !equal;
    }
  }

  /// What a row is sorted by: the value of a trial, the mean of a group.
  Value sort_key(const TrialTable& table, const CompareGroup& group, bool tag) const {
    std::vector<double> numbers;
    Value first;
    for (const std::size_t row : group.trials) {
      Value value = table.value(row, *sort_, tag).value;
      if (const auto number = finite(value)) numbers.push_back(*number);
      if (is_null(first)) first = std::move(value);
    }
    if (const auto mean = spread_of(numbers).mean) return *mean;
    const auto* number = std::get_if<double>(&first);
    return number != nullptr && std::isnan(*number) ? Value() : first;
  }

  // The baseline first, the rest sorted; values that are missing last, whichever way.
  Status arrange(const TrialTable& table) {
    std::vector<Value> keys(groups_.size());
    if (sort_) {
      TFEVENTS_TRY(const bool tag, settle_item(*sort_, table));
      if (const auto unknown = unknown_to_all(*sort_, tag, table))
        return usage("--sort: " + unknown->message, unknown->hint);
      for (std::size_t i = 0; i < groups_.size(); ++i) keys[i] = sort_key(table, groups_[i], tag);
    }
    std::vector<std::size_t> order(groups_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (!sort_ && descending_) std::reverse(order.begin(), order.end());
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const bool a_first = baseline_ == a, b_first = baseline_ == b;
      if (a_first != b_first) return a_first;
      if (is_null(keys[a]) != is_null(keys[b])) return is_null(keys[b]);
      const int compared = compare_values(keys[a], keys[b]);
      return descending_ ? compared > 0 : compared < 0;
    });
    std::vector<CompareRow> rows;
    std::uint64_t room = options_.limit.value_or(order.size());
    for (const std::size_t i : order) {
      if (!kept_.empty() && !kept_[i]) continue;
      if (baseline_ != i && room-- == 0) break;
      rows.push_back(std::move(report_.rows[i]));
    }
    report_.rows = std::move(rows);
    return ok_status();
  }

  const CompareOptions& options_;
  const OpContext& context_;
  bool grouped_;
  CallPlan plan_;
  CompareColumns columns_;
  std::vector<PlannedItem> by_;
  std::optional<PlannedItem> sort_;
  bool descending_ = false;
  std::optional<PlannedExpression> where_;
  std::vector<CompareGroup> groups_;  ///< As the rows of the report, until those are arranged.
  std::optional<std::size_t> baseline_;
  std::vector<bool> kept_;  ///< Empty: all.
  bool metrics_differ_ = false;
  bool any_compared_ = false;  ///< Some column has a value.
  CompareReport report_;
};

}  // namespace

const char* to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::kBetter: return "better";
    case Verdict::kWorse: return "worse";
    case Verdict::kEqual: return "equal";
    case Verdict::kUndecided: return "undecided";
  }
  return "undecided";
}

Result<CompareReport> compare_trials(const CompareOptions& options, const OpContext& context) {
  return Compare(options, context).run();
}

}  // namespace tfevents::ops
