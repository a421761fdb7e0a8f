#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "ops/dump.hpp"
#include "ops/fsck.hpp"
#include "ops/ls.hpp"
#include "support/damage.hpp"
#include "support/logdir_builder.hpp"
#include "support/memory_sys.hpp"
#include "support/numbers.hpp"
#include "unit/ops/recorder.hpp"

namespace tfevents::test {

/// For RunBuilder::scalars: every value is its step.
inline const auto kStep = [](std::int64_t i) { return static_cast<float>(i); };

/// What a dump gave.
struct Dumped {
  Result<ops::DumpReport> report;
  std::string text;
  std::vector<PointRow> points;
  std::vector<RecordCopy> records;

  [[nodiscard]] const ops::Outcome& outcome() const { return report.value().outcome; }
};

/// A tree in memory below `/logs`, a clock that stands, and the operations upon them.
///
/// `World w; w.run("a", [](RunBuilder& r) { … }); CHECK(w.steps("a", "loss") == …);`
class World {
 public:
  MemorySys memory;
  Sys* sys = &memory;  ///< What the operations see.
  double now = RunBuilder::kStart + 86400;
  unsigned jobs = 1;
  int standard_input = 0;
  std::string temp_directory = "/tmp";
  StopFlag stop;
  Selection select;  ///< Operands: `/logs` where none is given.

  World& run(const std::string& name, const std::function<void(RunBuilder&)>& fill) {
    LogdirBuilder().run(name, fill).write(memory, "/logs");
    return *this;
  }

  template <class F>
  auto with_context(F&& use) {
    const FixedClock clock(now);
    const ops::OpContext context{.sys = *sys,
                                 .clock = clock,
                                 .stop = stop,
                                 .jobs = jobs,
                                 .standard_input = standard_input,
                                 .temp_directory = temp_directory};
    return use(context);
  }
  [[nodiscard]] Selection selection() const {
    Selection chosen = select;
    if (chosen.operands.empty()) chosen.operands = {"/logs"};
    return chosen;
  }

  [[nodiscard]] Result<ops::LsReport> try_ls(bool series = true) {
    ops::LsOptions options;
    options.select = selection();
    options.series = series;
    return with_context([&](const ops::OpContext& c) { return ops::list_runs(options, c); });
  }
  [[nodiscard]] ops::LsReport ls(bool series = true) {
    auto report = try_ls(series);
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(*report);
  }
  /// The only row, or that of a run.
  [[nodiscard]] ops::LsRow row(const std::string& run = "") {
    const ops::LsReport report = ls();
    for (const ops::LsRow& row : report.rows) {
      if (row.run == run || (run.empty() && report.rows.size() == 1)) return row;
    }
    FAIL("no row of " << run);
    return {};
  }
  [[nodiscard]] ops::SeriesRow series(const std::string& run, const std::string& tag) {
    const ops::LsRow found = row(run);
    for (const ops::SeriesRow& one : found.series) {
      if (one.tag == tag) return one;
    }
    FAIL("no series " << tag);
    return {};
  }

  [[nodiscard]] Dumped dump(ops::DumpOptions options = {}) {
    options.select = selection();
    Recorder recorder;
    std::string text;
    const auto write = [&](std::string_view part) {
      text += part;
      return ok_status();
    };
    Dumped dumped{with_context([&](const ops::OpContext& c) {
                    return ops::dump(options, recorder, write, c);
                  }),
                  {},
                  {},
                  {}};
    if (options.what == ops::DumpOptions::What::kPoints) dumped.points = recorder.in_order(text);
    if (options.what == ops::DumpOptions::What::kRecords)
      dumped.records = recorder.records_in_order(text);
    dumped.text = std::move(text);
    return dumped;
  }
  [[nodiscard]] Dumped dump(View view) {
    select.view = view;
    return dump();
  }
  [[nodiscard]] Dumped records(ops::DumpOptions::What what = ops::DumpOptions::What::kRecords) {
    ops::DumpOptions options;
    options.what = what;
    return dump(options);
  }

  [[nodiscard]] ops::FsckReport fsck() {
    ops::FsckOptions options;
    options.select = selection();
    auto report = with_context([&](const ops::OpContext& c) { return ops::fsck(options, c); });
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(*report);
  }
  /// `rule@offset+bytes` of each finding.
  [[nodiscard]] std::vector<std::string> findings() {
    std::vector<std::string> lines;
    for (const Problem& row : fsck().rows) {
      std::string line = row.rule;
      if (row.offset) line += "@" + std::to_string(*row.offset);
      if (row.offset && row.end) line += "+" + std::to_string(*row.end - *row.offset);
      lines.push_back(std::move(line));
    }
    return lines;
  }
};

using Steps = std::vector<std::int64_t>;

/// The steps of one tag's points (of one kind where given), in order.
inline Steps steps_of(const std::vector<PointRow>& points, const std::string& tag,
                      const std::string& kind = "") {
  Steps steps;
  for (const PointRow& point : points) {
    if (point.tag == tag && (kind.empty() || point.kind == kind)) steps.push_back(point.step);
  }
  return steps;
}

inline std::vector<double> values_of(const std::vector<PointRow>& points, const std::string& tag) {
  std::vector<double> values;
  for (const PointRow& point : points) {
    if (point.tag == tag && !point.blob) values.push_back(point.value.as_double());
  }
  return values;
}

/// `kind kind …` of a tag, in order of its points, each once.
inline std::string kinds_of(const std::vector<PointRow>& points, const std::string& tag) {
  std::string kinds, last;
  for (const PointRow& point : points) {
    if (point.tag != tag || point.kind == last) continue;
    kinds += (kinds.empty() ? "" : " ") + point.kind;
    last = point.kind;
  }
  return kinds;
}

inline bool has_rule(const std::vector<Problem>& problems, const std::string& rule) {
  return std::any_of(problems.begin(), problems.end(),
                     [&](const Problem& problem) { return problem.rule == rule; });
}

}  // namespace tfevents::test
