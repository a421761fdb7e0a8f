#include "ops/best.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "ops/columns.hpp"
#include "ops/metric.hpp"
#include "series/direction.hpp"

namespace tfevents::ops {
namespace {

/// Which way is better: as told, else as the names in the metric agree.
Result<Direction> direction_of(const BestOptions& options) {
  if (options.direction) return *options.direction;
  if (const auto direction = metric_direction(options.metric)) return *direction;
  return usage(
      "the name of " + printable(options.metric) + " does not say whether high or low is better",
      "add --max or --min");
}

/// The passes of `best`.
class Best {
 public:
  Best(const BestOptions& options, const OpContext& context)
      : options_(options), context_(context) {}

  Result<BestReport> run() {
    auto direction = direction_of(options_);
    if (!direction.ok()) return without_direction(std::move(direction).error());
    report_.direction = *direction;
    report_.inferred = !options_.direction;
    report_.metric = options_.metric;
    TFEVENTS_CHECK(plan());
    auto read = TrialTable::read(query(), plan_, context_);
    if (!read.ok()) return with_swap_hint(std::move(read).error());
    TrialTable table = std::move(read).value();
    report_.operands = table.operands();
    report_.now = table.now();
    report_.trials = table.rows().size();
    if (!table.rows().empty()) TFEVENTS_CHECK(rank(table));
    report_.outcome = std::move(table.outcome());
    if (!explained_.nothing.empty() && !report_.outcome.matched_nothing) {
      report_.outcome.matched_nothing = true;
      report_.outcome.nothing = explained_.nothing;
      report_.outcome.hint = explained_.hint;
    }
    return std::move(report_);
  }

 private:
  Status plan() {
    const SeriesCall best{.function = report_.direction == Direction::kMax ? SeriesFunction::kMax
                                                                           : SeriesFunction::kMin,
                          .tag = {},
                          .smooth = options_.smooth,
                          .mean_of = options_.window,
                          .isolation = options_.smooth == 0 && options_.window <= 1};
    metric_ = plan_.add_item(options_.metric, best);
    // Tags are looked up at the best step, once that is known.
    TFEVENTS_TRY(columns_, Columns::plan(options_.columns, std::nullopt, plan_));
    TFEVENTS_TRY(by_, plan_groups(options_.by, plan_));
    for (const PlannedItem& item : by_) report_.by.push_back(item.text);
    if (options_.where) where_ = plan_.add(*options_.where);
    return ok_status();
  }

  [[nodiscard]] TrialQuery query() const {
    return {.select = options_.select,
            .fold = options_.fold,
            .layout = options_.layout,
            .where = where_};
  }

  // A metric without a direction may be a path, or a tag that no trial has.
  Result<BestReport> without_direction(Error error) {
    const bool path = context_.sys.stat(options_.metric).ok();
    const auto& operands = options_.select.operands;
    if (path && !operands.empty() && !context_.sys.stat(operands.front()).ok()) {
      return with_swap_hint({.code = ErrorCode::kNotFound,
                             .message = "no such path or run",
                             .path = operands.front()});
    }
    const CallPlan nothing;
    auto table = TrialTable::read(query(), nothing, context_);
    if (!table.ok()) return std::move(table).error();
    if (table->rows().empty() || table->is_tag(options_.metric)) return error;
    const auto near = nearest(options_.metric, table->all_tags());
    const auto parsed = Expression::parse(options_.metric);
    if (!near && parsed.ok() && !parsed->calls().empty()) return error;
    report_.operands = table->operands();
    report_.now = table->now();
    report_.trials = table->rows().size();
    for (const TrialRow& row : table->rows())
      report_.unranked.push_back({row.name, "missing-tag", ""});
    report_.outcome = std::move(table->outcome());
    report_.outcome.matched_nothing = true;
    report_.outcome.nothing =
        std::string("no ") + table->noun() + " has " + printable(options_.metric);
    report_.outcome.hint = near ? "did you mean " + printable(*near) + "?" : "";
    return std::move(report_);
  }

  // `best runs val/acc`: METRIC comes first.
  Error with_swap_hint(Error error) const {
    if (error.code != ErrorCode::kNotFound || !context_.sys.stat(options_.metric).ok())
      return error;
    std::string swapped = "tfevents best";
    for (const std::string& operand : options_.select.operands) swapped += " " + printable(operand);
    error.hint = "METRIC comes first: " + swapped + " " + printable(options_.metric);
    return error;
  }

  Status rank(const TrialTable& table) {
    TFEVENTS_TRY(const bool tag, settle_item(metric_, table));
    if (!tag && (options_.smooth > 0 || options_.window > 1)) {
      return usage("--smooth and --window go with a tag, and " + printable(metric_.text) +
                   " is an expression");
    }
    if (!tag && metric_.expression->expression.type() == ValueType::kBool)
      return usage("METRIC is a condition, not a number: " + printable(metric_.text));
    report_.smoothed = options_.smooth > 0;
    TFEVENTS_CHECK(columns_.settle(table));
    report_.warnings = columns_.warnings();
    TFEVENTS_CHECK(check_groups(by_, table));
    std::vector<std::pair<std::size_t, SeriesValue>> ranked;
    ranked.reserve(table.rows().size());
    for (std::size_t row = 0; row < table.rows().size(); ++row) {
      ItemValue item = table.value(row, metric_, tag);
      const double* number = std::get_if<double>(&item.value);
      if (number != nullptr && std::isfinite(*number)) {
        SeriesValue value = std::move(item.series);
        value.value = *number;
        if (!value.raw) value.raw = *number;
        ranked.emplace_back(row, std::move(value));
      } else {
        report_.unranked.push_back(unranked(table, row, item));
      }
    }
    // Rows are in order of their names, and equal values stay so.
    std::stable_sort(ranked.begin(), ranked.end(), [&](const auto& a, const auto& b) {
      return better(*a.second.value, *b.second.value, report_.direction);
    });
    if (ranked.empty()) explain_unranked(table, tag);
    keep_listed(table, ranked);
    report_.rows.reserve(ranked.size());
    for (std::size_t i = 0; i < ranked.size(); ++i) {
      const auto& [row, value] = ranked[i];
      report_.rows.push_back({.rank = i + 1, .trial = table.rows()[row], .best = value});
      for (const PlannedItem& item : by_)
        report_.rows.back().group.push_back(table.value(row, item, false).value);
    }
    TFEVENTS_CHECK(fill_columns(table, ranked));
    return find_checkpoints();
  }

  void keep_listed(const TrialTable& table,
                   std::vector<std::pair<std::size_t, SeriesValue>>& ranked) const {
    if (!by_.empty()) {
      std::set<std::string> seen;
      std::erase_if(ranked, [&](const auto& one) {
        std::string group;
        for (const PlannedItem& item : by_)
          group += key_of(table.value(one.first, item, false).value) + '\0';
        return !seen.insert(std::move(group)).second;
      });
    }
    if (options_.limit && ranked.size() > *options_.limit) ranked.resize(*options_.limit);
  }

  Status fill_columns(const TrialTable& table,
                      const std::vector<std::pair<std::size_t, SeriesValue>>& ranked) {
    std::vector<StepQuestion> questions;
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      report_.columns.push_back(columns_.label(column));
      report_.tags.push_back(columns_.is_tag(column));
    }
    for (std::size_t i = 0; i < ranked.size(); ++i) {
      report_.rows[i].columns.resize(columns_.size());
      for (std::size_t column = 0; column < columns_.size(); ++column) {
        if (!columns_.is_tag(column)) {
          report_.rows[i].columns[column] = columns_.value(table, ranked[i].first, column);
        } else if (const auto step = ranked[i].second.step) {
          questions.push_back({ranked[i].first, columns_.label(column), *step});
          places.emplace_back(i, column);
        }
      }
    }
    if (questions.empty()) return ok_status();
    TFEVENTS_TRY(std::vector<SeriesValue> values, table.at_steps(questions));
    for (std::size_t i = 0; i < values.size(); ++i) {
      ItemValue& item = report_.rows[places[i].first].columns[places[i].second];
      if (values[i].value) item.value = *values[i].value;
      item.series = std::move(values[i]);
    }
    return ok_status();
  }

  Status find_checkpoints() {
    if (!options_.files) return ok_status();
    for (BestRow& row : report_.rows) {
      if (!row.best.step) continue;
      TFEVENTS_TRY(row.checkpoint, nearest_checkpoint(context_.sys, row.trial.path, *options_.files,
                                                      *row.best.step));
    }
    return ok_status();
  }

  Unranked unranked(const TrialTable& table, std::size_t row, const ItemValue& item) const {
    const TrialRow& trial = table.rows()[row];
    Unranked result{trial.name, "type", ""};
    if (trial.lost_data && item.series.absence == Absence::kMissingTag) {
      result.reason = "damaged";  // What is missing may be what was lost.
    } else if (item.series.nonfinite > 0 || std::holds_alternative<double>(item.value)) {
      result.reason = "non-finite";
    } else if (item.series.absence != Absence::kNone && item.troubles.empty()) {
      result.reason = to_string(item.series.absence);
      constexpr std::size_t kShown = 8;
      const auto& tags = item.series.candidates;
      for (std::size_t i = 0; i < std::min(tags.size(), kShown); ++i)
        result.detail += (i == 0 ? "" : " or ") + tags[i];
      if (tags.size() > kShown) result.detail += " or …";
    } else if (!item.troubles.empty()) {
      const Trouble& trouble = item.troubles.front();
      result.reason = reason_of(trouble.kind);
      result.detail = trouble.message;
    } else {
      result.reason = "empty-window";
    }
    return result;
  }

  void explain_unranked(const TrialTable& table, bool tag) {
    if (const auto unknown = unknown_to_all(metric_, tag, table)) {
      explained_.nothing = unknown->message;
      explained_.hint = unknown->hint;
      return;
    }
    const Unranked& first = report_.unranked.front();
    explained_.nothing =
        std::string("no ") + table.noun() + " has a finite value of " + printable(metric_.text);
    if (first.reason == "ambiguous-tag")
      explained_.hint = "several members of a trial have it: say " + first.detail;
    const auto metric_path = context_.sys.stat(options_.metric);
    if (metric_path.ok())
      explained_.hint = printable(options_.metric) + " is a path, and METRIC comes first";
  }

  const BestOptions& options_;
  const OpContext& context_;
  CallPlan plan_;
  PlannedItem metric_;
  Columns columns_;
  std::vector<PlannedItem> by_;
  std::optional<PlannedExpression> where_;
  BestReport report_;
  Outcome explained_;
};

}  // namespace

Result<BestReport> best_trials(const BestOptions& options, const OpContext& context) {
  return Best(options, context).run();
}

}  // namespace tfevents::ops
