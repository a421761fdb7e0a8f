#include "corpus/tree.hpp"

#include <algorithm>

#include <doctest/doctest.h>

namespace tfevents::test {
namespace {

// Long after everything that was logged.
constexpr double kNow = 1900000000;

struct Context {
  FixedClock clock{kNow};
  StopFlag stop;
  ops::OpContext context{.sys = real_sys(), .clock = clock, .stop = stop, .jobs = 2};
};

Selection select(const std::string& path, View view) {
  Selection selection;
  selection.operands = {path};
  selection.view = view;
  return selection;
}

}  // namespace

SeriesPoints Tree::points(View view) const {
  Context context;
  Recorder recorder;
  std::string text;
  const auto report = ops::dump(
      {.select = select(path_, view)}, recorder,
      [&](std::string_view part) {
        text += part;
        return ok_status();
      },
      context.context);
  REQUIRE(report.ok());
  SeriesPoints series;
  for (PointRow& row : recorder.in_order(text)) {
    auto& points = series[{row.run, row.tag, row.kind}];
    points.push_back(std::move(row));
  }
  return series;
}

std::map<std::string, ops::LsRow> Tree::rows(View view) const {
  Context context;
  ops::LsOptions options;
  options.select = select(path_, view);
  options.series = true;
  auto report = ops::list_runs(options, context.context);
  REQUIRE(report.ok());
  std::map<std::string, ops::LsRow> rows;
  for (const ops::LsRow& row : report->rows) rows.emplace(row.run, row);
  return rows;
}

ops::FsckReport Tree::fsck() const {
  Context context;
  auto report = ops::fsck({.select = select(path_, View::kRaw)}, context.context);
  REQUIRE(report.ok());
  return std::move(*report);
}

std::string outline(std::uint64_t count, std::int64_t first, std::int64_t last, std::int64_t min,
                    std::int64_t max) {
  if (count == 0) return "no points";
  std::string out = std::to_string(count) + " points, steps " + std::to_string(first) + ".." +
                    std::to_string(last);
  if (min != std::min(first, last) || max != std::max(first, last))
    out += " (" + std::to_string(min) + ".." + std::to_string(max) + ")";
  return out;
}

std::string outline(const std::vector<PointRow>& points) {
  if (points.empty()) return outline(0, 0, 0, 0, 0);
  const auto [min, max] =
      std::minmax_element(points.begin(), points.end(),
                          [](const PointRow& a, const PointRow& b) { return a.step < b.step; });
  return outline(points.size(), points.front().step, points.back().step, min->step, max->step);
}

}  // namespace tfevents::test
