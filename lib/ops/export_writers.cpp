#include "ops/export_writers.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>
#include <utility>

#include "base/text.hpp"

namespace tfevents::ops {
namespace {

template <class T>
int compare(T a, T b) noexcept {
  return a < b ? -1 : int{b < a};
}

int compare_times(double a, double b) noexcept {
  if (std::isnan(a) || std::isnan(b)) return compare(std::isnan(a), std::isnan(b));
  return compare(a, b);
}

class SortedPoints final : public PointWriter {
 public:
  SortedPoints(std::vector<SortKey> keys, std::unique_ptr<PointWriter> next)
      : keys_(std::move(keys)), next_(std::move(next)) {}

  void on_series(SeriesId series, std::string_view tag, std::string_view kind,
                 std::string_view plugin) override {
    if (tags_.size() <= series) tags_.resize(series + 1);
    tags_[series] = tag;
    next_->on_series(series, tag, kind, plugin);
  }
  void on_float(SeriesId series, std::int64_t step, double wall, float value) override {
    points_.push_back({step, wall, Scalar::of(value), series});
  }
  void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value) override {
    points_.push_back({step, wall, value, series});
  }
  void on_end(const PassOn& pass_on) override {
    rank_tags();
    std::stable_sort(points_.begin(), points_.end(),
                     [this](const KeptPoint& a, const KeptPoint& b) { return before(a, b); });
    for (const KeptPoint& point : points_) {
      point.give(*next_);
      pass_on();
    }
    next_->on_end(pass_on);
    points_ = {};
  }
  std::string& text() noexcept override { return next_->text(); }
  [[nodiscard]] bool failed() const override { return next_->failed(); }

 private:
  void rank_tags() {
    std::vector<SeriesId> order(tags_.size());
    std::iota(order.begin(), order.end(), SeriesId{0});
    std::sort(order.begin(), order.end(),
              [this](SeriesId a, SeriesId b) { return natural_compare(tags_[a], tags_[b]) < 0; });
    ranks_.resize(tags_.size());
    for (std::size_t rank = 0; rank < order.size(); ++rank)
      ranks_[order[rank]] = static_cast<SeriesId>(rank);
  }

  [[nodiscard]] bool before(const KeptPoint& a, const KeptPoint& b) const noexcept {
    for (const SortKey& key : keys_) {
      int order = 0;
      switch (key.field) {
        case SortKey::Field::kTag: order = compare(ranks_[a.series], ranks_[b.series]); break;
        case SortKey::Field::kStep: order = compare(a.step, b.step); break;
        case SortKey::Field::kWallTime: order = compare_times(a.wall_time, b.wall_time); break;
      }
      if (order != 0) return key.descending ? order > 0 : order < 0;
    }
    return false;
  }

  std::vector<SortKey> keys_;
  std::unique_ptr<PointWriter> next_;
  std::vector<std::string> tags_;
  std::vector<SeriesId> ranks_;  // Of a series' tag, in natural order.
  std::vector<KeptPoint> points_;
};

class WidePoints final : public PointWriter {
 public:
  WidePoints(const std::vector<std::string>& columns, std::unique_ptr<RowWriter> next,
             WideCounts& counts)
      : columns_(columns), next_(std::move(next)), counts_(counts) {}

  void on_series(SeriesId series, std::string_view tag, std::string_view,
                 std::string_view) override {
    if (column_of_.size() <= series) column_of_.resize(series + 1, kNoId);
    const auto found = std::lower_bound(
        columns_.begin(), columns_.end(), tag,
        [](std::string_view a, std::string_view b) { return natural_compare(a, b) < 0; });
    if (found != columns_.end() && *found == tag)
      column_of_[series] = static_cast<std::uint32_t>(found - columns_.begin());
  }
  void on_float(SeriesId series, std::int64_t step, double wall, float value) override {
    on_scalar(series, step, wall, Scalar::of(value));
  }
  void on_scalar(SeriesId series, std::int64_t step, double, Scalar value) override {
    if (column_of_[series] == kNoId) {
      ++counts_.late;
      return;
    }
    cells_.push_back({step, value, column_of_[series]});
  }

  void on_end(const PassOn& pass_on) override {
    std::stable_sort(cells_.begin(), cells_.end(),
                     [](const Cell& a, const Cell& b) { return a.step < b.step; });
    std::vector<const Scalar*> row(columns_.size());
    for (auto cell = cells_.begin(); cell != cells_.end();) {
      std::fill(row.begin(), row.end(), nullptr);
      const std::int64_t step = cell->step;
      for (; cell != cells_.end() && cell->step == step; ++cell) {
        if (row[cell->column] != nullptr) ++counts_.overridden;
        row[cell->column] = &cell->value;
      }
      next_->on_row(step, row);
      pass_on();
    }
    cells_ = {};
  }
  std::string& text() noexcept override { return next_->text(); }

 private:
  struct Cell {
    std::int64_t step;
    Scalar value;
    std::uint32_t column;
  };

  const std::vector<std::string>& columns_;
  std::unique_ptr<RowWriter> next_;
  WideCounts& counts_;
  std::vector<std::uint32_t> column_of_;  // A series.
  std::vector<Cell> cells_;
};

}  // namespace

std::unique_ptr<PointWriter> sorted_points(std::vector<SortKey> keys,
                                           std::unique_ptr<PointWriter> next) {
  return std::make_unique<SortedPoints>(std::move(keys), std::move(next));
}

std::unique_ptr<PointWriter> wide_points(const std::vector<std::string>& columns,
                                         std::unique_ptr<RowWriter> next, WideCounts& counts) {
  return std::make_unique<WidePoints>(columns, std::move(next), counts);
}

}  // namespace tfevents::ops
