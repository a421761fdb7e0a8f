#include "ops/lint.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>

#include "ops/lint_points.hpp"
#include "ops/lint_run.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {
namespace {

// Of all runs together: what is beyond is counted, so that a tree made of trouble costs no memory.
constexpr std::size_t kMaxLintRows = 50'000;

// What is kept of a run that was read until all are: nothing where it has nothing to tell.
struct LintSlot {
  std::unique_ptr<LintedRun> run;
  std::unique_ptr<Error> error;
};

void add_sums(LintReport& report, const LintedRun& run) {
  ++report.runs;
  report.series += run.series;
  report.points += run.points;
  report.duplicates += run.duplicates;
  report.restart += run.restart;
  report.errors += run.errors;
  report.warnings += run.warnings;
  report.notes += run.notes;
  report.rows_left_out += run.left_out;
}

void add_rows(LintReport& report, LintedRun& run) {
  const std::size_t taken = std::min(run.rows.size(), kMaxLintRows - report.rows.size());
  report.rows_left_out += run.rows.size() - taken;
  if (taken == 0) return;
  report.groups.push_back({std::move(run.shown), std::move(run.path), taken});
  std::move(run.rows.begin(), run.rows.begin() + static_cast<std::ptrdiff_t>(taken),
            std::back_inserter(report.rows));
}

}  // namespace

Result<LintReport> lint(const LintOptions& options, const OpContext& given) {
  const Selection& select = options.select;
  LintReport report;
  report.now = given.clock.now();
  TFEVENTS_TRY(Discovery found, discover(select, given.sys, given.jobs, given.stop));
  const OpContext context = options.where ? keep_input(given, found) : given;
  report.operands = found.operands;
  TFEVENTS_CHECK(keep_where(found, select, options.where, context));
  const SeriesSelector selector(select);
  const LintFilter filter(options.only, options.ignore);
  std::vector<LintSlot> slots(found.runs.size());
  std::mutex sums;
  expect(context, found);
  for_each_parallel(
      found.runs.size(), context.jobs, context.stop,
      [&](std::size_t i) { return found.runs[i].bytes(); },
      [&](std::size_t i) {
        const Run run = std::move(found.runs[i]);
        auto linted = lint_run(run, select, selector, filter, context, LintSink::kMostPoints);
        if (!linted.ok()) {
          slots[i].error = std::make_unique<Error>(std::move(linted).error());
          return;
        }
        if (linted->rows.empty() && linted->outcome.plain(select)) {
          const std::lock_guard lock(sums);
          add_sums(report, *linted);
          return;
        }
        slots[i].run = std::make_unique<LintedRun>(std::move(*linted));
      });
  if (context.stop.requested()) {
    return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
  }
  OutcomeBuilder outcome(select, found);
  for (LintSlot& slot : slots) {
    if (slot.error) return std::move(*slot.error);
    if (slot.run == nullptr) {
      outcome.add_plain();
      continue;
    }
    const std::unique_ptr<LintedRun> run = std::move(slot.run);
    if (!outcome.add(std::move(run->outcome))) continue;
    add_sums(report, *run);
    add_rows(report, *run);
  }
  TFEVENTS_TRY(report.outcome, outcome.finish(true));
  report.outcome.dropped.clear();  // The findings say it, run by run.
  return report;
}

}  // namespace tfevents::ops
