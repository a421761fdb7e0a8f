#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/text.hpp"
#include "base/time.hpp"
#include "io/sys.hpp"
#include "ops/trash.hpp"
#include "ops/trash_desk.hpp"
#include "rewrite/journal.hpp"
#include "rewrite/trash.hpp"
#include "rewrite/tree_lock.hpp"

namespace tfevents::ops {
namespace {

using rewrite::BatchState;
using rewrite::ManifestFile;
using rewrite::TrashedBatch;
using rewrite::TrashedFile;
using rewrite::TrashResult;
using rewrite::TrashTrouble;

std::optional<std::string> to_optional(const std::string& text) {
  return text.empty() ? std::optional<std::string>() : std::optional(text);
}

/// Sums of one batch, for the journal.
struct BatchSums {
  std::uint64_t files = 0, bytes = 0;
  std::uint64_t kept = 0;
  bool trouble = false;
  std::string first_error;
};

/// Restores or empties, under the lock.
class TrashDoer {
 public:
  TrashDoer(const TrashOptions& options, const TrashDoing& doing, const OpContext& context)
      : desk_(options, context), doing_(doing) {}

  Result<TrashReport> restore() {
    TFEVENTS_TRY(const bool there, desk_.open());
    report_.done = true;
    if (!there) {
      desk_.set_trash_empty();
      return std::move(report_);
    }
    TFEVENTS_TRY(const rewrite::TreeLock lock, take_lock());
    TFEVENTS_TRY(std::vector<std::string> wanted, choose());
    if (report_.outcome.matched_nothing) return std::move(report_);
    TFEVENTS_CHECK(recover([&](const std::string& batch) {
      return std::find(wanted.begin(), wanted.end(), batch) != wanted.end();
    }));
    // Recovery removes those that nothing is left in.
    TFEVENTS_TRY(const std::vector<std::string> left, desk_.trash().batch_ids());
    std::erase_if(wanted, [&left](const std::string& batch) {
      return std::find(left.begin(), left.end(), batch) == left.end();
    });
    rewrite::TrashReport restored;
    if (!wanted.empty()) {
      TFEVENTS_TRY(restored, rewrite::restore_trash(desk_.trash(), {.batches = wanted}, visitor()));
    }
    finish(restored);
    return std::move(report_);
  }

  Result<TrashReport> empty(const TrashReport& plan, bool agreed) {
    TFEVENTS_TRY(const bool there, desk_.open());
    report_.done = true;
    if (!there) {
      desk_.set_trash_empty();
      return std::move(report_);
    }
    report_.begun_before = plan.begun_before;
    TFEVENTS_TRY(const rewrite::TreeLock lock, take_lock());
    if (agreed) TFEVENTS_CHECK(compare(plan));
    TFEVENTS_CHECK(recover([](const std::string&) { return true; }));
    TFEVENTS_TRY(const rewrite::TrashReport emptied,
                 rewrite::empty_trash(desk_.trash(), report_.begun_before, visitor()));
    finish(emptied);
    return std::move(report_);
  }

 private:
  Result<rewrite::TreeLock> take_lock() {
    return rewrite::TreeLock::take(desk_.trash(), {.now = context_.clock.now(),
                                                   .wait_seconds = doing_.lock_wait_seconds,
                                                   .wait = doing_.wait,
                                                   .stop = &context_.stop});
  }

  // The batches that are asked for; none where the report says that there is nothing. Chosen before
  // recovery: where that undoes the newest one, what is older was not meant.
  Result<std::vector<std::string>> choose() {
    TFEVENTS_TRY(const std::vector<TrashedBatch> batches, rewrite::list_trash(desk_.trash()));
    std::vector<std::string> ids;
    for (const TrashedBatch& batch : batches) {
      const bool begun = batch.state == BatchState::kUnfinished && batch.header.batch.empty();
      if (!begun) ids.push_back(batch.id);
    }
    if (ids.empty()) {
      desk_.set_trash_empty();
      return ids;
    }
    if (options_.batches.empty()) return std::vector<std::string>{ids.back()};
    if (desk_.asks_for_all()) return ids;
    for (const std::string& id : options_.batches) {
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) desk_.set_unknown(id);
    }
    return options_.batches;
  }

  // Nothing may go that nobody has seen.
  Status compare(const TrashReport& plan) {
    std::map<std::string_view, BatchSums> seen;
    for (const TrashRow& row : plan.rows) {
      BatchSums& sums = seen[row.batch];
      sums.files += row.files.value_or(0);
      sums.bytes += row.bytes.value_or(0);
    }
    TFEVENTS_TRY(const std::vector<TrashedBatch> batches, rewrite::list_trash(desk_.trash()));
    for (const TrashedBatch& batch : batches) {
      if (batch.state == BatchState::kDamaged || batch.files == 0) continue;
      if (report_.begun_before && !(batch.header.time < *report_.begun_before)) continue;
      const auto agreed = seen.find(batch.id);
      if (agreed != seen.end() && batch.files <= agreed->second.files &&
          batch.bytes <= agreed->second.bytes)
        continue;
      return Error{.code = ErrorCode::kRefused,
                   .message = "has changed since the plan was shown: there is more in it now",
                   .path = report_.trash,
                   .hint = "run it again and look at the new plan"};
    }
    return ok_status();
  }

  // Trouble with a batch that was not asked for is worth a line, and no failure of this command.
  template <class Asked>
  Status recover(Asked asked) {
    TFEVENTS_TRY(const rewrite::TrashReport recovered, rewrite::recover_trash(desk_.trash()));
    report_.recovered_files = recovered.files;
    for (const TrashTrouble& trouble : recovered.troubles) {
      if (asked(trouble.batch)) {
        add_trouble(trouble);
      } else {
        desk_.add_problem(problem_of(trouble, Severity::kWarn));
      }
    }
    return ok_status();
  }

  rewrite::TrashVisitor visitor() {
    return [this](const TrashedFile& file) { add(file); };
  }

  void add(const TrashedFile& object) {
    const ManifestFile& entry = object.entry;
    const std::uint64_t bytes = entry.file.info.size;
    BatchSums& sums = sums_[object.batch];
    TrashRow& row = row_for(object.batch, entry, result_of(object.result));
    ++*row.files;
    *row.bytes += bytes;
    if (object.error != nullptr) {
      ++sums.kept;
      ++report_.kept_files;
      report_.kept_bytes += bytes;
      add_error(row, entry, *object.error, sums);
      return;
    }
    ++sums.files;
    sums.bytes += bytes;
    ++report_.files;
    report_.bytes += bytes;
    if (object.result == TrashResult::kRestoredChanged) {
      desk_.add_problem({.severity = Severity::kWarn,
                         .rule = "changed-in-trash",
                         .run = entry.file.run,
                         .path = join_path(report_.operand, entry.file.path),
                         .message = "was written on while it lay in the trash; restored as it is"});
    }
  }

  static TrashRowResult result_of(TrashResult result) {
    switch (result) {
      case TrashResult::kRestored:
      case TrashResult::kRestoredChanged: return TrashRowResult::kRestored;
      case TrashResult::kDeleted: return TrashRowResult::kDeleted;
      case TrashResult::kKept: return TrashRowResult::kSkipped;
      case TrashResult::kFailed: break;
    }
    return TrashRowResult::kFailed;
  }

  TrashRow& row_for(const std::string& batch, const ManifestFile& entry, TrashRowResult result) {
    const auto [place, added] =
        places_.try_emplace({batch, entry.file.run, result}, report_.rows.size());
    if (!added) return report_.rows[place->second];
    TrashRow& row = report_.rows.emplace_back(desk_.row_of(batch));
    const std::string_view path = entry.file.path;
    const std::size_t slash = path.rfind('/');
    row.run = entry.file.run;
    row.path =
        desk_.run_path(entry.file.run, path.substr(0, slash == std::string_view::npos ? 0 : slash));
    row.files = row.bytes = 0;
    row.result = result;
    const bool stays = result == TrashRowResult::kSkipped || result == TrashRowResult::kFailed;
    if (stays && row.trashed_time)
      row.expires_time = *row.trashed_time + options_.trash_keep_seconds;
    return row;
  }

  // The first says why; each is a problem.
  void add_error(TrashRow& row, const ManifestFile& entry, const Error& error, BatchSums& sums) {
    ++report_.failures;
    if (sums.first_error.empty()) sums.first_error = error.message;
    if (!row.error) row.error = printable(error.message);
    desk_.add_problem(
        {.rule = row.result == TrashRowResult::kFailed ? "failed" : "kept-in-trash",
         .run = entry.file.run,
         .path = error.path.empty() ? join_path(report_.operand, entry.file.path) : error.path,
         .message = printable(error.message),
         .hint = to_optional(error.hint)});
  }

  // Whether looking is all that helps, or trying again may.
  static bool is_damage(const Error& error) {
    return error.code == ErrorCode::kFormat || error.code == ErrorCode::kUnsupported ||
           error.code == ErrorCode::kRefused;
  }

  [[nodiscard]] Problem problem_of(const TrashTrouble& trouble, Severity severity) const {
    const Error& error = trouble.error;
    return {.severity = severity,
            .rule = is_damage(error) ? "damaged-batch" : "failed",
            .path = error.path.empty() ? desk_.row_of(trouble.batch).path : error.path,
            .message = printable(error.message),
            .hint = to_optional(error.hint)};
  }

  // The same trouble is met again at every step.
  void add_trouble(const TrashTrouble& trouble) {
    if (!troubles_.emplace(trouble.batch, trouble.error.message).second) return;
    const bool damage = is_damage(trouble.error);
    TrashRow& row = report_.rows.emplace_back(desk_.row_of(trouble.batch));
    row.result = damage ? TrashRowResult::kSkipped : TrashRowResult::kFailed;
    row.error = printable(trouble.error.message);
    ++report_.failures;
    BatchSums& sums = sums_[trouble.batch];
    if (damage && !sums.trouble) ++report_.damaged;
    sums.trouble = true;
    if (sums.first_error.empty()) sums.first_error = trouble.error.message;
    Problem problem = problem_of(trouble, Severity::kError);
    problem.lost_data = damage;
    desk_.add_problem(std::move(problem));
  }

  void finish(const rewrite::TrashReport& done) {
    report_.batches = done.batches;
    for (const TrashTrouble& trouble : done.troubles) add_trouble(trouble);
    for (const auto& [id, sums] : sums_) {
      if (sums.files + sums.kept > 0) journal(id, sums);
    }
    const bool something = !report_.rows.empty() || report_.batches + report_.recovered_files > 0;
    if (something) return;
    const auto left = desk_.trash().batch_ids();
    desk_.set_trash_empty(left.ok() && !left->empty());
  }

  void journal(const std::string& batch, const BatchSums& sums) {
    std::string result = "done";
    if (sums.kept > 0 || sums.trouble)
      result = sums.files > 0 ? "partly" : "failed: " + sums.first_error;
    const Status written = rewrite::append_journal(
        desk_.trash(), {.act = options_.action == TrashAction::kRestore ? "restore" : "empty",
                        .time = context_.clock.now(),
                        .batch = batch,
                        .policy = policy(),
                        .files = sums.files,
                        .bytes = sums.bytes,
                        .result = std::move(result)});
    if (written.ok() || journal_failed_) return;
    journal_failed_ = true;
    ++report_.failures;
    desk_.add_problem({.rule = "journal",
                       .path = written.error().path,
                       .message = "the journal could not be written: " + written.error().message});
  }

  // The options, about as they were typed.
  [[nodiscard]] std::string policy() const {
    std::string text;
    if (options_.older_than_seconds)
      text = "--older-than " + human_duration(*options_.older_than_seconds);
    for (const std::string& id : options_.batches) {
      if (!text.empty()) text += ' ';
      text += "--batch " + id;
    }
    return text;
  }

  TrashDesk desk_;
  const TrashDoing& doing_;
  const TrashOptions& options_ = desk_.options();
  const OpContext& context_ = desk_.context();
  TrashReport& report_ = desk_.report();
  std::map<std::tuple<std::string, std::string, TrashRowResult>, std::size_t> places_;
  std::map<std::string, BatchSums> sums_;
  std::set<std::pair<std::string, std::string>> troubles_;  // Batch, message.
  bool journal_failed_ = false;
};

}  // namespace

Result<TrashReport> restore_from_trash(const TrashOptions& options, const TrashDoing& doing,
                                       const OpContext& context) {
  return TrashDoer(options, doing, context).restore();
}

Result<TrashReport> empty_from_trash(const TrashOptions& options, const TrashReport& plan,
                                     bool agreed, const TrashDoing& doing,
                                     const OpContext& context) {
  return TrashDoer(options, doing, context).empty(plan, agreed);
}

}  // namespace tfevents::ops
