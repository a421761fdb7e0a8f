#include "ops/dump.hpp"

#include <utility>

#include "ops/dump_points.hpp"
#include "ops/follow.hpp"

namespace tfevents::ops {
namespace {

/// What is kept of a run until all are written; see the like in ls.cpp.
struct DumpSlot {
  std::uint64_t rows = 0;
  std::unique_ptr<RunOutcome> outcome;
  std::unique_ptr<Error> error;

  DumpSlot() = default;
  DumpSlot(const Selection& select, Result<DumpedRun> dumped) {
    if (!dumped.ok()) {
      error = std::make_unique<Error>(std::move(dumped).error());
      return;
    }
    rows = dumped->rows;
    if (!dumped->outcome.plain(select)) {
      outcome = std::make_unique<RunOutcome>(std::move(dumped->outcome));
    }
  }
};

}  // namespace

Result<DumpReport> dump(const DumpOptions& options, DumpFormat& format,
                        const OrderedOutput::Write& write, const OpContext& context) {
  if (options.follow) return follow(options, format, write, context);
  TFEVENTS_TRY(Discovery found, discover(options.select, context.sys, context.jobs, context.stop));
  const OpContext keeping = options.where ? keep_input(context, found) : context;
  TFEVENTS_CHECK(keep_where(found, options.select, options.where, keeping));
  return dump_runs(std::move(found), options, format, write, keeping);
}

Result<DumpReport> dump_runs(Discovery found, const DumpOptions& options, DumpFormat& format,
                             const OrderedOutput::Write& write, const OpContext& context) {
  DumpReport report;
  report.now = context.clock.now();
  report.operands = found.operands;
  expect(context, found);
  const SeriesSelector selector(options.select);
  OrderedOutput output(found.runs.size(), write);
  std::vector<DumpSlot> slots(found.runs.size());
  // In run order, whatever their sizes: the first unfinished run must be at work for others to go
  // on.
  for_each_parallel(
      found.runs.size(), context.jobs, context.stop, [](std::size_t) { return 0; },
      [&](std::size_t i) {
        const FinishSlot finish{output, i};
        SlotText text(output, i);
        const auto one = options.what == DumpOptions::What::kPoints ? dump_points : dump_records;
        const Run run = std::move(found.runs[i]);
        slots[i] = DumpSlot(options.select, one(run, options, selector, format, text, context));
      });
  TFEVENTS_CHECK(output.status());
  if (context.stop.requested()) {
    return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
  }
  OutcomeBuilder outcome(options.select, found);
  for (DumpSlot& slot : slots) {
    if (slot.error) return std::move(*slot.error);
    const bool counts =
        slot.outcome == nullptr ? outcome.add_plain() : outcome.add(std::move(*slot.outcome));
    if (!counts) continue;
    ++report.runs;
    report.rows += slot.rows;
  }
  TFEVENTS_TRY(report.outcome, outcome.finish(report.rows != 0));
  return report;
}

}  // namespace tfevents::ops
