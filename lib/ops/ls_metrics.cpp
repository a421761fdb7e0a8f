#include "ops/ls_metrics.hpp"

#include <algorithm>
#include <utility>

#include "base/suggest.hpp"
#include "base/text.hpp"

namespace tfevents::ops {
namespace {

std::string_view without_sign(std::string_view text, char sign) {
  return text.starts_with(sign) ? text.substr(1) : text;
}

// `--sort agee` is a word like any other, but hardly a hyperparameter.
Error unknown_key(std::string_view key, const TrialTable& table) {
  std::vector<std::string> known(ls_sort_keys().begin(), ls_sort_keys().end());
  std::string all;
  for (const std::string& name : known) all += (all.empty() ? "" : ", ") + name;
  known.insert(known.end(), table.all_tags().begin(), table.all_tags().end());
  known.insert(known.end(), table.all_names().begin(), table.all_names().end());
  Error error{.code = ErrorCode::kUsage,
              .message = "--sort: '" + printable(key) + "' is none of " + all +
                         ", nor a tag or hyperparameter"};
  if (const auto near = nearest(key, known)) error.hint = "did you mean " + printable(*near) + "?";
  return error;
}

}  // namespace

Result<LsMetrics> LsMetrics::read(const LsOptions& options, const OpContext& context) {
  auto plan = std::make_unique<CallPlan>();
  const SeriesCall last{.function = SeriesFunction::kLast, .tag = {}};
  TFEVENTS_TRY(Columns columns, Columns::plan(without_sign(options.columns, '+'), last, *plan));
  std::optional<PlannedItem> sort;
  const std::string_view key = without_sign(options.sort, '-');
  if (!is_ls_sort_key(key)) sort = plan->add_item(key, last);
  TrialQuery query{.select = options.select, .fold = false};
  // What is listed and what its columns are about are two things.
  query.select.tags.clear();
  query.select.kinds.clear();
  query.layout = options.layout;
  TFEVENTS_TRY(TrialTable table, TrialTable::read(std::move(query), *plan, context));
  LsMetrics metrics(std::move(plan), std::move(table));
  metrics.columns_ = std::move(columns);
  metrics.sort_ = std::move(sort);
  if (metrics.table_.rows().empty()) return metrics;
  metrics.take_attributes();
  TFEVENTS_CHECK(metrics.columns_.settle(metrics.table_));
  if (metrics.sort_) {
    auto tag = settle_item(*metrics.sort_, metrics.table_);
    if (!tag.ok() || unknown_to_all(*metrics.sort_, *tag, metrics.table_))
      return unknown_key(key, metrics.table_);
    metrics.sort_is_tag_ = *tag;
  }
  for (std::size_t row = 0; row < metrics.table_.rows().size(); ++row)
    metrics.rows_.emplace(metrics.table_.rows()[row].name, row);
  return metrics;
}

// `-c state,age`: names of the usual columns are those of run attributes, where nothing else has
// them.
void LsMetrics::take_attributes() {
  const std::vector<std::string>& names = table_.all_names();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::string& label = columns_.label(i);
    const auto attributes = run_attributes();
    const bool attribute = std::any_of(attributes.begin(), attributes.end(),
                                       [&](const RunAttribute& one) { return one.name == label; });
    if (!attribute || table_.is_tag(label) ||
        std::find(names.begin(), names.end(), label) != names.end())
      continue;
    auto expression = Expression::parse("run." + label);
    if (expression.ok()) columns_.substitute(i, {std::move(expression).value(), {}});
  }
}

std::vector<std::string> LsMetrics::labels() const {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < columns_.size(); ++i) labels.push_back(columns_.label(i));
  return labels;
}

std::vector<std::string> LsMetrics::warnings() const {
  std::vector<std::string> warnings = columns_.warnings();
  for (const Problem& problem : table_.outcome().problems) {
    if (problem.rule == "layout") warnings.push_back(problem.message);
  }
  return warnings;
}

std::vector<ItemValue> LsMetrics::values(const std::string& run) const {
  std::vector<ItemValue> values(columns_.size());
  const auto row = rows_.find(run);
  for (std::size_t i = 0; i < values.size() && row != rows_.end(); ++i)
    values[i] = columns_.value(table_, row->second, i);
  return values;
}

Value LsMetrics::key(const std::string& run) const {
  const auto row = rows_.find(run);
  if (!sort_ || row == rows_.end()) return {};
  return table_.value(row->second, *sort_, sort_is_tag_).value;
}

void sort_by_value(std::vector<std::size_t>& order, const std::vector<Value>& keys, bool reverse) {
  const auto number = [](const Value& value) -> std::optional<double> {
    if (const auto* real = std::get_if<double>(&value); real != nullptr && *real == *real)
      return *real;
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? 1 : 0;
    return std::nullopt;
  };
  // 0 numbers, 1 text, 2 nothing, NaN among them.
  const auto rank = [&](const Value& value) {
    if (number(value)) return 0;
    return std::holds_alternative<std::string>(value) ? 1 : 2;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const Value &x = keys[a], &y = keys[b];
    if (rank(x) != rank(y)) return rank(x) < rank(y);
    if (rank(x) == 2) return false;
    if (rank(x) == 0) return reverse ? *number(x) > *number(y) : *number(x) < *number(y);
    const int compared = natural_compare(std::get<std::string>(x), std::get<std::string>(y));
    return reverse ? compared > 0 : compared < 0;
  });
}

}  // namespace tfevents::ops
