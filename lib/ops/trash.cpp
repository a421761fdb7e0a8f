#include "ops/trash.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "ops/trash_desk.hpp"
#include "rewrite/trash.hpp"

namespace tfevents::ops {
namespace {

using rewrite::BatchState;
using rewrite::TrashedBatch;

constexpr const char* kUnfinished = "was not finished; the next restore, empty or prune does that";

/// Says what there is, or what would be done with it.
class TrashLister {
 public:
  TrashLister(const TrashOptions& options, const OpContext& context) : desk_(options, context) {}

  Result<TrashReport> list() {
    TFEVENTS_TRY(const bool there, desk_.open());
    if (!there) {
      desk_.set_trash_empty();
      return std::move(report_);
    }
    const auto older_than = options_.older_than_seconds;
    if (older_than) report_.begun_before = report_.now - *older_than;
    TFEVENTS_TRY(std::vector<TrashedBatch> batches, rewrite::list_trash(desk_.trash()));
    std::erase_if(batches, [](const TrashedBatch& batch) { return holds_nothing_yet(batch); });
    choose(batches);
    for (const TrashedBatch& batch : batches) add(batch);
    if (report_.rows.empty() && report_.outcome.nothing.empty())
      desk_.set_trash_empty(!batches.empty());
    return std::move(report_);
  }

 private:
  // Somebody is just announcing what will go, or crashed there.
  static bool holds_nothing_yet(const TrashedBatch& batch) {
    return batch.state == BatchState::kUnfinished && batch.header.batch.empty();
  }

  // Leaves those that are asked for; a restore takes the newest first.
  void choose(std::vector<TrashedBatch>& batches) {
    if (options_.action == TrashAction::kRestore) {
      std::reverse(batches.begin(), batches.end());
      if (options_.batches.empty() && batches.size() > 1) batches.resize(1);
    }
    if (options_.batches.empty() || desk_.asks_for_all()) return;
    for (const std::string& id : options_.batches) {
      const auto same = [&id](const TrashedBatch& batch) { return batch.id == id; };
      if (std::any_of(batches.begin(), batches.end(), same)) continue;
      if (batches.empty()) {
        desk_.set_trash_empty();
      } else {
        desk_.set_unknown(id);
      }
      return batches.clear();
    }
    std::erase_if(batches, [this](const TrashedBatch& batch) { return !desk_.asks_for(batch.id); });
  }

  void add(const TrashedBatch& batch) {
    if (batch.state == BatchState::kDamaged) return add_damaged(batch);
    if (report_.begun_before && !(batch.header.time < *report_.begun_before)) return;
    TrashRow row = desk_.row_of(batch.id);
    if (row.trashed_time) row.expires_time = *row.trashed_time + options_.trash_keep_seconds;
    if (batch.state == BatchState::kUnfinished) row.error = kUnfinished;
    row.files = row.bytes = 0;
    ++report_.batches;
    report_.files += batch.files;
    report_.bytes += batch.bytes;
    if (batch.runs.empty()) report_.rows.push_back(row);
    for (const rewrite::TrashedRun& run : batch.runs) {
      row.run = run.run;
      row.path = desk_.run_path(run.run, run.path);
      row.files = run.files;
      row.bytes = run.bytes;
      report_.rows.push_back(row);
    }
  }

  void add_damaged(const TrashedBatch& batch) {
    TrashRow row = desk_.row_of(batch.id);
    row.error = batch.trouble;
    ++report_.damaged;
    if (options_.action == TrashAction::kList) ++report_.batches;
    desk_.add_problem({.rule = "damaged-batch",
                       .path = row.path,
                       .message = batch.trouble,
                       .hint = "look at what is in it: nothing here touches it",
                       .lost_data = true});
    report_.rows.push_back(std::move(row));
  }

  TrashDesk desk_;
  const TrashOptions& options_ = desk_.options();
  TrashReport& report_ = desk_.report();
};

}  // namespace

const char* to_string(TrashAction action) noexcept {
  switch (action) {
    case TrashAction::kList: return "list";
    case TrashAction::kRestore: return "restore";
    case TrashAction::kEmpty: return "empty";
  }
  return "list";
}

const char* to_string(TrashRowResult result) noexcept {
  switch (result) {
    case TrashRowResult::kRestored: return "restored";
    case TrashRowResult::kDeleted: return "deleted";
    case TrashRowResult::kSkipped: return "skipped";
    case TrashRowResult::kFailed: return "failed";
  }
  return "failed";
}

Result<TrashReport> plan_trash(const TrashOptions& options, const OpContext& context) {
  return TrashLister(options, context).list();
}

}  // namespace tfevents::ops
