#include "ops/trash.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "io/directory.hpp"
#include "rewrite/journal.hpp"
#include "rewrite/trash.hpp"
#include "rewrite/tree_lock.hpp"

namespace tfevents::ops {
namespace {

using rewrite::BatchState;
using rewrite::ManifestFile;
using rewrite::Trash;
using rewrite::TrashedBatch;
using rewrite::TrashedFile;
using rewrite::TrashResult;

constexpr std::string_view kAll = "all";
constexpr std::size_t kMostProblems = 10'000;
constexpr const char* kUnfinished = "was not finished; the next restore, empty or prune does that";

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

bool names_all(const TrashOptions& options) {
  return std::find(options.batches.begin(), options.batches.end(), kAll) != options.batches.end();
}

// What the name of a batch says of its beginning: `20261123-030001`, UTC.
std::optional<double> time_of_id(std::string_view id) {
  constexpr std::size_t kDigits = 15;
  if (id.size() < kDigits) return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t size) {
    return std::string(id.substr(at, size));
  };
  const auto time = parse_time(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" + part(9, 2) +
                                   ":" + part(11, 2) + ":" + part(13, 2) + "Z",
                               0);
  if (!time.ok()) return std::nullopt;
  return *time;
}

/// Opens the trash, and fills a report with what is true before anything is known of it.
class TrashDesk {
 public:
  TrashDesk(const TrashOptions& options, const OpContext& context)
      : options_(options), context_(context) {
    report_.action = options.action;
    report_.operand = without_slashes(options.operand);
    report_.trash = join_path(report_.operand, ".tfe-trash");
    report_.now = context.clock.now();
  }

  // False: there is none.
  Result<bool> open() {
    for (const std::string& id : options_.batches) {
      if (id == kAll || rewrite::is_batch_id(id)) continue;
      return Error{.code = ErrorCode::kUsage,
                   .message = "--batch: '" + printable(id) + "' is no batch",
                   .hint = "a batch is named like 20261123-030001; tfevents trash ls shows them"};
    }
    TFEVENTS_TRY(const FileInfo info, context_.sys.lstat(report_.operand));
    if (info.type != FileType::kDirectory && info.type != FileType::kSymlink) {
      return Error{.code = ErrorCode::kUsage,
                   .message = "is no directory",
                   .path = report_.operand,
                   .hint = "name the log directory that was pruned"};
    }
    // Apart from the trash, so that it is known which of both does not exist.
    TFEVENTS_TRY(const auto operand, context_.sys.open_directory(report_.operand));
    auto trash = Trash::open(context_.sys, report_.operand, options_.actor);
    if (!trash.ok() && trash.error().code == ErrorCode::kNotFound) return false;
    if (!trash.ok()) return std::move(trash).error();
    trash_ = std::move(trash).value();
    return true;
  }

  // Why there is nothing, for people.
  void set_nothing(std::string text, std::string hint = {}) {
    report_.outcome.nothing = std::move(text);
    report_.outcome.hint = std::move(hint);
    report_.outcome.matched_nothing =
        options_.action == TrashAction::kRestore || !options_.batches.empty();
  }
  void set_trash_empty() { set_nothing("nothing in the trash of " + printable(report_.operand)); }

  // The batch that was asked for and is not there.
  void set_unknown(const std::string& id) {
    set_nothing("there is no batch " + id + " in " + printable(report_.trash),
                "tfevents trash ls shows what there is");
  }

  [[nodiscard]] TrashRow row_of(std::string id) const {
    TrashRow row{.batch = std::move(id), .run = {}, .path = {}};
    row.path = join_path(report_.trash, row.batch);
    row.trashed_time = time_of_id(row.batch);
    return row;
  }

  // A run is named by its path. What a manifest says need not be one: then the objects say it.
  [[nodiscard]] std::string run_path(const std::string& run, std::string_view parent) const {
    if (run != "." && rewrite::is_manifest_path(run)) return join_path(report_.operand, run);
    if (run == "." || parent.empty() || parent == ".") return report_.operand;
    return join_path(report_.operand, parent);
  }

  void add_problem(Problem problem) {
    if (problem.lost_data) report_.outcome.complete = false;
    if (report_.outcome.problems.size() < kMostProblems) {
      report_.outcome.problems.push_back(std::move(problem));
    } else {
      ++report_.outcome.more_problems;
    }
  }

  const TrashOptions& options_;
  const OpContext& context_;
  std::unique_ptr<Trash> trash_;
  TrashReport report_;
};

/// Says what there is.
class TrashLister : public TrashDesk {
 public:
  using TrashDesk::TrashDesk;

  Result<TrashReport> list() {
    TFEVENTS_TRY(const bool there, open());
    if (!there) {
      set_trash_empty();
      return std::move(report_);
    }
    if (options_.action == TrashAction::kEmpty && options_.older_than_seconds)
      report_.begun_before = report_.now - *options_.older_than_seconds;
    TFEVENTS_TRY(std::vector<TrashedBatch> batches, rewrite::list_trash(*trash_));
    choose(batches);
    for (const TrashedBatch& batch : batches) add(batch);
    if (report_.rows.empty() && report_.outcome.nothing.empty()) {
      set_trash_empty();
      if (report_.begun_before) {
        report_.outcome.nothing = "nothing in the trash of " + printable(report_.operand) +
                                  " is older than " + human_duration(*options_.older_than_seconds);
      }
    }
    return std::move(report_);
  }

 private:
  // The order of a restore is newest first.
  void choose(std::vector<TrashedBatch>& batches) {
    if (options_.action == TrashAction::kRestore) {
      std::reverse(batches.begin(), batches.end());
      if (options_.batches.empty() && batches.size() > 1) batches.resize(1);
    }
    if (options_.batches.empty() || names_all(options_)) return;
    std::vector<TrashedBatch> chosen;
    for (const std::string& id : options_.batches) {
      const auto same = [&](const TrashedBatch& batch) { return batch.id == id; };
      if (std::any_of(batches.begin(), batches.end(), same)) continue;
      batches.clear();
      return set_unknown(id);
    }
    std::copy_if(batches.begin(), batches.end(), std::back_inserter(chosen),
                 [&](const TrashedBatch& batch) {
                   return std::find(options_.batches.begin(), options_.batches.end(), batch.id) !=
                          options_.batches.end();
                 });
    batches = std::move(chosen);
  }

  void add(const TrashedBatch& batch) {
    if (batch.state == BatchState::kDamaged) return add_damaged(batch);
    // One that is only just begun has no manifest yet.
    const bool begun = batch.header.batch.empty();
    TrashRow row = row_of(batch.id);
    if (!begun) row.trashed_time = batch.header.time;
    if (options_.action == TrashAction::kEmpty) {
      if (begun) return;
      if (report_.begun_before && !(batch.header.time < *report_.begun_before)) return;
    }
    if (row.trashed_time) row.expires_time = *row.trashed_time + options_.trash_keep_seconds;
    if (batch.state == BatchState::kUnfinished) row.error = kUnfinished;
    row.files = row.bytes = 0;
    ++report_.batches;
    report_.files += batch.files;
    report_.bytes += batch.bytes;
    if (batch.runs.empty()) report_.rows.push_back(row);
    for (const rewrite::TrashedRun& run : batch.runs) {
      row.run = run.run;
      row.path = run_path(run.run, run.path);
      row.files = run.files;
      row.bytes = run.bytes;
      report_.rows.push_back(row);
    }
  }

  void add_damaged(const TrashedBatch& batch) {
    TrashRow row = row_of(batch.id);
    row.error = batch.trouble;
    ++report_.damaged;
    if (options_.action == TrashAction::kList) ++report_.batches;
    add_problem({.rule = "damaged-batch",
                 .path = row.path,
                 .message = batch.trouble,
                 .hint = "look at what is in it: nothing here touches it",
                 .lost_data = true});
    report_.rows.push_back(std::move(row));
  }
};

/// Sums of one batch, for the journal.
struct BatchSums {
  std::uint64_t files = 0, bytes = 0;
  std::uint64_t left = 0;  ///< Objects and troubles.
  std::string first_error;
};

/// Restores or empties, under the lock.
class TrashDoer : public TrashDesk {
 public:
  TrashDoer(const TrashOptions& options, const TrashDoing& doing, const OpContext& context)
      : TrashDesk(options, context), doing_(doing) {}

  Result<TrashReport> restore() {
    TFEVENTS_TRY(const bool there, open());
    if (!there) {
      set_trash_empty();
      return std::move(report_);
    }
    TFEVENTS_TRY(const rewrite::TreeLock lock, take_lock());
    TFEVENTS_TRY(const std::vector<std::string> ids, trash_->batch_ids());
    if (ids.empty()) set_trash_empty();
    for (const std::string& id : options_.batches) {
      if (ids.empty() || id == kAll || std::find(ids.begin(), ids.end(), id) != ids.end()) continue;
      set_unknown(id);
    }
    if (report_.outcome.matched_nothing) return std::move(report_);
    TFEVENTS_CHECK(recover());
    rewrite::RestoreRequest request{.all = names_all(options_)};
    // Chosen before: a batch that was begun and never filled is gone now, and what is older was
    // not asked for.
    if (!request.all) request.batches = options_.batches;
    if (!request.all && request.batches.empty()) request.batches = {ids.back()};
    TFEVENTS_TRY(const std::vector<std::string> left, trash_->batch_ids());
    std::erase_if(request.batches, [&](const std::string& id) {
      return std::find(left.begin(), left.end(), id) == left.end();
    });
    const bool nothing_left = request.all ? left.empty() : request.batches.empty();
    if (nothing_left) {
      if (report_.recovered_files == 0) set_trash_empty();
      report_.done = true;
      return std::move(report_);
    }
    TFEVENTS_TRY(const rewrite::TrashReport restored,
                 rewrite::restore_trash(*trash_, request, visitor()));
    finish(restored);
    return std::move(report_);
  }

  Result<TrashReport> empty(const TrashReport& plan, bool agreed) {
    TFEVENTS_TRY(const bool there, open());
    if (!there) {
      set_trash_empty();
      return std::move(report_);
    }
    report_.begun_before = plan.begun_before;
    TFEVENTS_TRY(const rewrite::TreeLock lock, take_lock());
    if (agreed) TFEVENTS_CHECK(compare(plan));
    TFEVENTS_CHECK(recover());
    TFEVENTS_TRY(const rewrite::TrashReport emptied,
                 rewrite::empty_trash(*trash_, report_.begun_before, visitor()));
    finish(emptied);
    return std::move(report_);
  }

 private:
  Result<rewrite::TreeLock> take_lock() {
    return rewrite::TreeLock::take(*trash_, {.now = context_.clock.now(),
                                             .wait_seconds = doing_.lock_wait_seconds,
                                             .wait = doing_.wait,
                                             .stop = &context_.stop});
  }

  // Nothing may go that nobody has seen.
  Status compare(const TrashReport& plan) {
    std::map<std::string_view, BatchSums> seen;
    for (const TrashRow& row : plan.rows) {
      BatchSums& sums = seen[row.batch];
      sums.files += row.files.value_or(0);
      sums.bytes += row.bytes.value_or(0);
    }
    TFEVENTS_TRY(const std::vector<TrashedBatch> batches, rewrite::list_trash(*trash_));
    for (const TrashedBatch& batch : batches) {
      if (batch.state == BatchState::kDamaged || batch.files == 0) continue;
      if (report_.begun_before && !(batch.header.time < *report_.begun_before)) continue;
      const auto agreed = seen.find(batch.id);
      if (agreed != seen.end() && batch.files <= agreed->second.files &&
          batch.bytes <= agreed->second.bytes)
        continue;
      return Error{.code = ErrorCode::kRefused,
                   .message = "has changed since you were asked: there is more in it now",
                   .path = report_.trash,
                   .hint = "run it again and look at the new plan"};
    }
    return ok_status();
  }

  Status recover() {
    TFEVENTS_TRY(rewrite::TrashReport recovered, rewrite::recover_trash(*trash_));
    report_.recovered_files = recovered.files;
    // Of batches that are none of this command's business, too: only a crash leaves them, and
    // people must look.
    for (const rewrite::TrashTrouble& trouble : recovered.troubles) add_trouble(trouble);
    return ok_status();
  }

  rewrite::TrashVisitor visitor() {
    return [this](const TrashedFile& file) { add(file); };
  }

  void add(const TrashedFile& object) {
    const ManifestFile& entry = object.entry;
    const std::uint64_t bytes = entry.file.info.size;
    BatchSums& sums = sums_[object.batch];
    const TrashRowResult result = result_of(object.result);
    if (object.error == nullptr) {
      ++sums.files;
      sums.bytes += bytes;
      ++report_.files;
      report_.bytes += bytes;
    } else {
      ++sums.left;
      ++report_.kept_files;
      report_.kept_bytes += bytes;
    }
    TrashRow& row = row_for(object.batch, entry, result);
    ++*row.files;
    *row.bytes += bytes;
    if (object.error != nullptr) add_error(row, entry, *object.error, sums);
    if (object.result == TrashResult::kRestoredChanged) {
      add_problem({.severity = Severity::kWarn,
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
    if (added) {
      TrashRow row = row_of(batch);
      row.run = entry.file.run;
      const std::size_t slash = entry.file.path.rfind('/');
      row.path = run_path(entry.file.run, slash == std::string::npos
                                              ? std::string_view()
                                              : std::string_view(entry.file.path).substr(0, slash));
      row.files = row.bytes = 0;
      row.result = result;
      if (row.trashed_time && result != TrashRowResult::kDeleted)
        row.expires_time = *row.trashed_time + options_.trash_keep_seconds;
      if (result == TrashRowResult::kRestored) row.expires_time.reset();
      report_.rows.push_back(std::move(row));
    }
    return report_.rows[place->second];
  }

  // The first says why; the others are problems, and counted.
  void add_error(TrashRow& row, const ManifestFile& entry, const Error& error, BatchSums& sums) {
    ++report_.failures;
    if (sums.first_error.empty()) sums.first_error = error.message;
    if (!row.error) row.error = error.message;
    const bool failed = row.result == TrashRowResult::kFailed;
    add_problem(
        {.rule = failed ? "failed" : "kept-in-trash",
         .run = entry.file.run,
         .path = error.path.empty() ? join_path(report_.operand, entry.file.path) : error.path,
         .message = error.message,
         .hint = error.hint.empty() ? std::optional<std::string>() : error.hint});
  }

  // The same trouble is met again at every step.
  void add_trouble(const rewrite::TrashTrouble& trouble) {
    if (!troubles_.emplace(trouble.batch, trouble.error.message).second) return;
    const bool refused = trouble.error.code == ErrorCode::kFormat ||
                         trouble.error.code == ErrorCode::kUnsupported ||
                         trouble.error.code == ErrorCode::kRefused;
    TrashRow row = row_of(trouble.batch);
    row.result = refused ? TrashRowResult::kSkipped : TrashRowResult::kFailed;
    row.error = printable(trouble.error.message);
    ++report_.failures;
    BatchSums& sums = sums_[trouble.batch];
    ++sums.left;
    if (sums.first_error.empty()) sums.first_error = trouble.error.message;
    if (refused && damaged_.insert(trouble.batch).second) ++report_.damaged;
    add_problem({.rule = refused ? "damaged-batch" : "failed",
                 .path = trouble.error.path.empty() ? row.path : trouble.error.path,
                 .message = trouble.error.message,
                 .hint = trouble.error.hint.empty()
                             ? std::optional<std::string>()
                             : std::optional<std::string>(trouble.error.hint),
                 .lost_data = refused});
    report_.rows.push_back(std::move(row));
  }

  void finish(const rewrite::TrashReport& done) {
    report_.done = true;
    report_.batches = done.batches;
    for (const rewrite::TrashTrouble& trouble : done.troubles) add_trouble(trouble);
    for (const auto& [id, sums] : sums_) journal(id, sums);
    if (report_.rows.empty() && report_.batches == 0) set_trash_empty();
  }

  void journal(const std::string& batch, const BatchSums& sums) {
    std::string result = "done";
    if (sums.left > 0) result = sums.files > 0 ? "partly" : "failed: " + sums.first_error;
    const Status written = rewrite::append_journal(
        *trash_, {.act = options_.action == TrashAction::kRestore ? "restore" : "empty",
                  .time = context_.clock.now(),
                  .batch = batch,
                  .policy = policy(),
                  .files = sums.files,
                  .bytes = sums.bytes,
                  .result = std::move(result)});
    if (written.ok() || journal_failed_) return;
    journal_failed_ = true;
    ++report_.failures;
    add_problem({.rule = "journal",
                 .path = written.error().path,
                 .message = "the journal could not be written: " + written.error().message});
  }

  // The options as typed.
  [[nodiscard]] std::string policy() const {
    std::string text;
    for (const std::string& id : options_.batches)
      text += (text.empty() ? "" : " ") + ("--batch " + id);
    if (options_.older_than_seconds)
      text = "--older-than " + human_duration(*options_.older_than_seconds);
    return text;
  }

  const TrashDoing& doing_;
  std::map<std::tuple<std::string, std::string, TrashRowResult>, std::size_t> places_;
  std::map<std::string, BatchSums> sums_;
  std::set<std::pair<std::string, std::string>> troubles_;
  std::set<std::string> damaged_;
  bool journal_failed_ = false;
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
