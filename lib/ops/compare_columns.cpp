#include "ops/compare_columns.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/text.hpp"
#include "series/direction.hpp"

namespace tfevents::ops {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// 0 for tags of validation and test data, 2 for training data, 1 where the name does not say.
int part_rank(std::string_view tag) {
  int rank = 1;
  std::string word;
  const auto judge = [&] {
    if (is_one_of(word, {"val", "valid", "validation", "dev", "eval", "evaluation", "test"}))
      rank = 0;
    if (rank == 1 && is_one_of(word, {"train", "training", "learn"})) rank = 2;
    word.clear();
  };
  for (const char c : tag) {
    if (c >= 'a' && c <= 'z') {
      word += c;
    } else if (c >= 'A' && c <= 'Z') {
      word += static_cast<char>(c + ('a' - 'A'));
    } else {
      judge();
    }
  }
  judge();
  return rank;
}

/// Functions whose value is one of the series' own, or lies between them.
bool is_like_points(SeriesFunction function) {
  switch (function) {
    case SeriesFunction::kLast:
    case SeriesFunction::kFirst:
    case SeriesFunction::kMin:
    case SeriesFunction::kMax:
    case SeriesFunction::kMean:
    case SeriesFunction::kMedian:
    case SeriesFunction::kQuantile:
    case SeriesFunction::kAt:
    case SeriesFunction::kAtBest: return true;
    case SeriesFunction::kStd:
    case SeriesFunction::kCount:
    case SeriesFunction::kNan:
    case SeriesFunction::kSum:
    case SeriesFunction::kArgmin:
    case SeriesFunction::kArgmax:
    case SeriesFunction::kSlope:
    case SeriesFunction::kAuc:
    case SeriesFunction::kFirstStep:
    case SeriesFunction::kRatio: return false;
  }
  return false;
}

struct ColumnCandidate {
  std::string tag;
  std::optional<Direction> direction;
  std::size_t trials = 0;
  int part = 1;
  bool in_baseline = false;
};

bool column_comes_before(const ColumnCandidate& a, const ColumnCandidate& b) {
  if (a.in_baseline != b.in_baseline) return a.in_baseline;
  if (a.trials != b.trials) return a.trials > b.trials;
  if (a.part != b.part) return a.part < b.part;
  return natural_compare(a.tag, b.tag) < 0;
}

}  // namespace

std::optional<Direction> direction_of_item(const std::string& text, bool as_tag) {
  if (as_tag) return infer_direction(text);
  const auto parsed = Expression::parse(text);
  if (!parsed.ok()) return std::nullopt;
  const auto call = parsed->single_call();
  if (!call || !is_like_points(parsed->calls()[*call].function)) return std::nullopt;
  return infer_direction(parsed->calls()[*call].tag);
}

Result<CompareColumns> CompareColumns::plan(const CompareOptions& options, CallPlan& into) {
  CompareColumns columns;
  std::string_view list = options.columns;
  columns.chooses_ = list.empty() || list.front() == '+';
  if (!list.empty() && columns.chooses_) list.remove_prefix(1);
  if (columns.chooses_) into.want_last_of_all();
  TFEVENTS_TRY(columns.listed_, Columns::plan(list, SeriesCall{}, into));
  return columns;
}

Status CompareColumns::settle(const TrialTable& table, std::optional<Direction> direction,
                              const std::vector<std::size_t>& baseline) {
  TFEVENTS_CHECK(listed_.settle(table));
  if (chooses_) choose(table, direction, baseline);
  defaults_ = all_.size();
  for (std::size_t i = 0; i < listed_.size(); ++i) {
    const std::string& label = listed_.label(i);
    // What was asked for by name has its place, however many others are chosen.
    const auto chosen =
        std::find_if(all_.begin(), all_.begin() + static_cast<std::ptrdiff_t>(defaults_),
                     [&](const CompareColumn& one) { return one.label == label; });
    if (chosen != all_.begin() + static_cast<std::ptrdiff_t>(defaults_)) {
      all_.erase(chosen);
      --defaults_;
    }
    const bool tag = listed_.is_tag(i);
    all_.push_back({label, direction ? direction : direction_of_item(label, tag), tag});
  }
  return ok_status();
}

void CompareColumns::choose(const TrialTable& table, std::optional<Direction> direction,
                            const std::vector<std::size_t>& baseline) {
  std::map<std::string, std::size_t> counts;
  for (std::size_t row = 0; row < table.rows().size(); ++row) {
    for (std::string& tag : table.tags(row)) ++counts[std::move(tag)];
  }
  std::set<std::string> of_baseline;
  for (const std::size_t row : baseline) {
    for (std::string& tag : table.tags(row)) of_baseline.insert(std::move(tag));
  }
  std::vector<ColumnCandidate> candidates;
  bool any_directed = false;
  for (const auto& [tag, trials] : counts) {
    candidates.push_back(
        {tag, infer_direction(tag), trials, part_rank(tag), of_baseline.contains(tag)});
    any_directed = any_directed || candidates.back().direction.has_value();
  }
  if (any_directed)
    std::erase_if(candidates, [](const ColumnCandidate& one) { return !one.direction; });
  std::sort(candidates.begin(), candidates.end(), column_comes_before);
  for (ColumnCandidate& one : candidates)
    all_.push_back({std::move(one.tag), direction ? direction : one.direction});
}

ItemValue CompareColumns::value(const TrialTable& table, std::size_t row, std::size_t index) const {
  if (!by_default(index)) return listed_.value(table, row, index - defaults_);
  ItemValue item;
  item.series = table.last(row, all_[index].label);
  if (item.series.value) item.value = *item.series.value;
  return item;
}

}  // namespace tfevents::ops
