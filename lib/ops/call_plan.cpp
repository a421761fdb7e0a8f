#include "ops/call_plan.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace tfevents::ops {
namespace {

// The name of an item that is nothing but a name in double quotes; else nothing.
std::optional<std::string> quoted_name(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
  std::string name;
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    if (text[at] == '"') return std::nullopt;
    const bool escape = text[at] == '\\' && (text[at + 1] == '"' || text[at + 1] == '\\');
    if (escape && at + 2 == text.size()) return std::nullopt;  // The quote is not closed.
    name += text[escape ? ++at : at];
  }
  return name;
}

}  // namespace

SeriesCall best_of_metric(const SeriesCall& at_best) {
  SeriesCall best;
  best.function =
      at_best.direction == Direction::kMax ? SeriesFunction::kMax : SeriesFunction::kMin;
  best.tag = at_best.metric;
  return best;
}

std::size_t CallPlan::add(SeriesCall call) {
  // Tags are matched as printed; a raw control character or invalid byte means its escape.
  call.tag = printable(call.tag);
  call.metric = printable(call.metric);
  const auto found = std::find(calls_.begin(), calls_.end(), call);
  if (found == calls_.end()) {
    const std::size_t index = calls_.size();
    calls_.push_back(call);
    if (call.function == SeriesFunction::kAtBest) add(best_of_metric(call));
    return index;
  }
  return static_cast<std::size_t>(found - calls_.begin());
}

PlannedExpression CallPlan::add(Expression expression) {
  std::vector<std::size_t> places;
  for (const SeriesCall& call : expression.calls()) places.push_back(add(call));
  return {std::move(expression), std::move(places)};
}

PlannedItem CallPlan::add_item(std::string_view text, std::optional<SeriesCall> as_tag) {
  const auto name = quoted_name(text);
  PlannedItem item{.text = printable(name.value_or(std::string(text)))};
  if (as_tag) {
    as_tag->tag = item.text;
    item.call = add(*as_tag);
  }
  if (name) return item;  // A text by itself is no answer to anything.
  auto parsed = Expression::parse(text);
  if (!parsed.ok()) {
    item.error = std::move(parsed).error();
  } else if (parsed->type_error()) {
    item.error = parsed->type_error();
  } else {
    item.expression = add(std::move(parsed).value());
  }
  return item;
}

}  // namespace tfevents::ops
