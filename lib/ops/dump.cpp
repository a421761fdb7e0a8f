#include "ops/dump.hpp"

#include <utility>

#include "ops/dump_points.hpp"
#include "ops/follow.hpp"

namespace tfevents::ops {
namespace {

/// Others wait for a slot: it ends however its worker ends.
struct FinishSlot {
  OrderedOutput& output;
  std::size_t slot;
  ~FinishSlot() { output.finish(slot); }
};

}  // namespace

Result<DumpReport> dump(const DumpOptions& options, DumpFormat& format,
                        const OrderedOutput::Write& write, const OpContext& context) {
  if (options.follow) return follow(options, format, write, context);
  DumpReport report;
  report.now = context.clock.now();
  TFEVENTS_TRY(Discovery found, discover(options.select, context.sys, context.jobs, context.stop));
  report.operands = found.operands;
  expect(context, found);
  const SeriesSelector selector(options.select);
  OrderedOutput output(found.runs.size(), write);
  std::vector<std::optional<Result<DumpedRun>>> dumped(found.runs.size());
  // In run order, whatever their sizes: the first unfinished run must be at work for others to go
  // on.
  for_each_parallel(
      found.runs.size(), context.jobs, context.stop, [](std::size_t) { return 0; },
      [&](std::size_t i) {
        const FinishSlot finish{output, i};
        SlotText text(output, i);
        const auto one = options.what == DumpOptions::What::kPoints ? dump_points : dump_records;
        dumped[i] = one(found.runs[i], options, selector, format, text, context);
      });
  TFEVENTS_CHECK(output.status());
  if (context.stop.requested()) return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
  OutcomeBuilder outcome(options.select, found);
  for (auto& slot : dumped) {
    if (!slot->ok()) return std::move(*slot).error();
    const std::uint64_t rows = (*slot)->rows;
    if (outcome.add(std::move((*slot)->outcome))) {
      ++report.runs;
      report.rows += rows;
    }
  }
  report.outcome = outcome.finish();
  return report;
}

}  // namespace tfevents::ops
