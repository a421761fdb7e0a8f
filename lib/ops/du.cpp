#include "ops/du.hpp"

#include <iterator>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "base/parallel.hpp"
#include "ops/du_run.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {
namespace {

/// What is kept of a run that was read until all are: nothing where it has nothing to tell.
struct UsageSlot {
  std::unique_ptr<RunOutcome> outcome;
  std::unique_ptr<Error> error;
};

/// Sums up runs as they are read, by several threads in any order.
class Sums {
 public:
  Sums(const DuOptions& options, DuReport& report) : options_(options), report_(report) {}

  void add(std::uint32_t number, const Run& run, const RunUsage& usage,
           const ForeignFiles& foreign) {
    const std::lock_guard lock(mutex_);
    ++report_.runs;
    report_.files += run.files.size();
    census_.add(foreign.census);
    DuRows& rows = report_.rows;
    rows.begin_run(number, run.name, run.people_name());
    const TagTable& tags = usage.reading->tags;
    for (SeriesId id = 0; id < tags.series_count(); ++id) {
      const SeriesUsage& series = usage.series[id];
      if (!tags.info(id).selected || series.values == 0) continue;
      rows.add(tags.kind_name(id), tags.name(tags.info(id).tag), series.bytes, series.values);
    }
    if (report_.points_only) {
      report_.compressed_values += usage.compressed_values;
      return;
    }
    add_pseudo(PseudoKind::kFraming, usage.framing);
    add_pseudo(PseudoKind::kDamaged, usage.damaged);
    add_pseudo(PseudoKind::kTail, usage.tail);
    add_pseudo(PseudoKind::kCompressed, usage.compressed, usage.compressed_values);
    // A run is there, however empty its files are.
    if (options_.by.run && !options_.by.kind && !options_.by.tag)
      rows.add(PseudoKind::kFraming, 0, 0);
  }

  FileSum foreign() { return census_.sum(); }

 private:
  void add_pseudo(PseudoKind kind, std::uint64_t bytes, std::uint64_t values = 0) {
    if (bytes != 0 || values != 0) report_.rows.add(kind, bytes, values);
  }

  const DuOptions& options_;
  DuReport& report_;
  std::mutex mutex_;
  FileCensus census_;
};

// The path that an operand led to: what is none is a run below the log directory.
std::string path_of(const std::string& operand, const Selection& select, Sys& sys) {
  return sys.stat(operand).ok() ? operand : join_path(select.logdir, operand);
}

TrashSum trash_of(const std::vector<std::string>& operands, const Selection& select,
                  const OpContext& context) {
  TrashSum sum;
  std::set<FileId> seen;
  for (const std::string& operand : operands) {
    if (operand == "-") continue;
    const std::string path = path_of(operand, select, context.sys);
    const auto info = context.sys.stat(path);
    if (!info.ok() || info->type != FileType::kDirectory || !seen.insert(info->id).second) continue;
    TrashSum one = measure_trash(path, context.sys, context.stop);
    sum.batches += one.batches;
    sum.files.files += one.files.files;
    sum.files.bytes += one.files.bytes;
    std::move(one.problems.begin(), one.problems.end(), std::back_inserter(sum.problems));
  }
  return sum;
}

void add_up(DuReport& report, const DuOptions& options) {
  for (const DuRow& row : report.rows) {
    report.bytes += row.bytes;
    report.values += row.values;
  }
  report.rows.sort(options.sort, options.greatest_first);
  if (!options.limit) return;
  for (std::size_t i = report.rows.size(); i-- > *options.limit;) {
    ++report.more.rows;
    report.more.bytes += report.rows[i].bytes;
  }
  report.rows.limit(*options.limit);
}

// As OutcomeBuilder counts runs.
bool counts(const Selection& select, const RunOutcome& outcome) {
  const bool asked = !select.tags.empty() || !select.kinds.empty();
  return passes_activity(select, outcome.life) && (!asked || outcome.selected != 0);
}

}  // namespace

Result<DuReport> disk_usage(const DuOptions& options, const OpContext& given) {
  const Selection& select = options.select;
  DuReport report;
  report.rows = DuRows(options.by);
  report.now = given.clock.now();
  report.points_only = counts_points(select);
  TFEVENTS_TRY(Discovery found, discover(select, given.sys, given.jobs, given.stop));
  const OpContext context = options.where ? keep_input(given, found) : given;
  report.operands = found.operands;
  TFEVENTS_CHECK(keep_where(found, select, options.where, context));
  const SeriesSelector selector(select);
  std::vector<UsageSlot> slots(found.runs.size());
  Sums sums(options, report);
  expect(context, found);
  for_each_parallel(
      found.runs.size(), context.jobs, context.stop,
      [&](std::size_t i) { return found.runs[i].bytes(); },
      [&](std::size_t i) {
        const Run run = std::move(found.runs[i]);
        auto usage = read_usage(run, select, selector, context);
        if (!usage.ok()) {
          slots[i].error = std::make_unique<Error>(std::move(usage).error());
          return;
        }
        if (counts(select, usage->outcome)) {
          ForeignFiles foreign = find_foreign(run, context.sys, context.stop);
          sums.add(static_cast<std::uint32_t>(i), run, *usage, foreign);
          std::move(foreign.problems.begin(), foreign.problems.end(),
                    std::back_inserter(usage->outcome.problems));
        }
        if (usage->outcome.plain(select)) return;
        slots[i].outcome = std::make_unique<RunOutcome>(std::move(usage->outcome));
      });
  if (context.stop.requested()) {
    return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
  }
  OutcomeBuilder outcome(select, found);
  for (UsageSlot& slot : slots) {
    if (slot.error) return std::move(*slot.error);
    if (slot.outcome == nullptr) {
      outcome.add_plain();
    } else {
      outcome.add(std::move(*slot.outcome));
    }
  }
  add_up(report, options);
  TFEVENTS_TRY(report.outcome, outcome.finish(report.values != 0 || report.compressed_values != 0));
  report.foreign = sums.foreign();
  report.trash = trash_of(report.operands, select, context);
  std::move(report.trash.problems.begin(), report.trash.problems.end(),
            std::back_inserter(report.outcome.problems));
  report.trash.problems.clear();
  return report;
}

}  // namespace tfevents::ops
