#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "base/number.hpp"
#include "base/text.hpp"
#include "io/open_files.hpp"
#include "logdir/file_names.hpp"
#include "ops/prune.hpp"
#include "rewrite/journal.hpp"
#include "rewrite/trash.hpp"
#include "rewrite/trash_batch.hpp"
#include "rewrite/trash_walk.hpp"
#include "rewrite/tree_lock.hpp"

namespace tfevents::ops {
namespace {

using rewrite::Action;
using rewrite::MoveOutcome;
using rewrite::MoveResult;
using rewrite::PlannedDirectory;
using rewrite::PlannedFile;

// Looking through /proc takes milliseconds: once for all the trials of so much time.
constexpr double kOpenFilesAge = 1.0;  // Seconds.

// Files that stay in the trash, of which each is named.
constexpr std::uint64_t kMostKept = 10;

/// Carries one plan out, under the lock.
class Doer {
 public:
  Doer(PruneReport& report, const PruneDoing& doing, const OpContext& context)
      : report_(report), doing_(doing), context_(context) {}

  Status run() {
    if (report_.refusal) return *report_.refusal;
    const bool moves = report_.count(Action::kRemove) != 0;
    auto trash = moves ? rewrite::Trash::open_or_create(context_.sys, report_.operand, doing_.actor)
                       : rewrite::Trash::open(context_.sys, report_.operand, doing_.actor);
    if (!trash.ok() && !moves && trash.error().code == ErrorCode::kNotFound) {
      report_.carried_out = true;  // There is nothing to do, and it is done.
      return ok_status();
    }
    if (!trash.ok()) return std::move(trash).error();
    trash_ = std::move(trash).value();
    TFEVENTS_TRY(const rewrite::TreeLock lock,
                 rewrite::TreeLock::take(*trash_, {.now = context_.clock.now(),
                                                   .wait_seconds = doing_.lock_wait_seconds,
                                                   .wait = doing_.wait,
                                                   .stop = &context_.stop}));
    report_.carried_out = true;
    TFEVENTS_TRY(rewrite::TrashReport recovered, rewrite::recover_trash(*trash_));
    note(std::move(recovered));
    // Where nothing can be moved, since the disk is full, what is due makes room for the next time.
    Status moved = moves ? move_all() : ok_status();
    if (!moved.ok()) batch_.reset();
    if (!context_.stop.requested()) empty_old();
    return moved;
  }

 private:
  void take_turn(PruneRow& row, std::uint64_t first_number) {
    if (row.result) {
      // It was not even announced.
    } else if (context_.stop.requested()) {
      set(row, PruneResult::kSkipped, "stopped before its turn");
    } else if (const std::string* below = stayed_below(row)) {
      set(row, PruneResult::kSkipped, printable(*below) + " below it stays");
    } else {
      move_row(row, first_number);
    }
    if (row.result != PruneResult::kTrashed) stayed_.push_back(row.trial);
    if (doing_.on_row) doing_.on_row(row);
  }

  // Everything is announced before anything moves.
  Status move_all() {
    TFEVENTS_TRY(batch_, rewrite::Batch::begin(*trash_, context_.clock.now(), report_.policy_text));
    walk_ = std::make_unique<rewrite::TrashWalk>(trash_->operand());
    TFEVENTS_CHECK(announce());
    TFEVENTS_CHECK(batch_->seal());
    // What lies below comes first, since it keeps what is above where it stays after all. The run
    // of the operand lies above all, whatever names sort before its `.`.
    std::uint64_t number = last_number_, operand_number = 0;
    PruneRow* operand = nullptr;
    for (std::size_t i = report_.rows.size(); i-- != 0;) {
      PruneRow& row = report_.rows[i];
      if (row.decision.action != Action::kRemove) continue;
      const bool announced = !row.result;
      if (announced) number -= row.files.size();
      if (row.trial == ".") {
        operand = &row;
        operand_number = number;
      } else {
        take_turn(row, number + 1);
      }
    }
    if (operand != nullptr) take_turn(*operand, operand_number + 1);
    const std::uint64_t files = batch_->files(), bytes = batch_->bytes();
    if (Status finished = batch_->finish(); !finished.ok())
      report_.failures.push_back(std::move(finished).error());
    if (files != 0) report_.batch = batch_->id();
    report_.bytes_trashed = bytes;
    journal("prune", files, bytes, all_done() ? "done" : "partly");
    return ok_status();
  }

  Status announce() {
    std::set<std::string_view> announced;
    for (PruneRow& row : report_.rows) {
      if (row.decision.action != Action::kRemove) continue;
      if (const auto error = look_at(row.directories)) {
        const bool changed =
            error->code == ErrorCode::kNotFound || error->code == ErrorCode::kRefused;
        set(row, changed ? PruneResult::kSkipped : PruneResult::kFailed, text_of(*error));
        continue;
      }
      for (const PlannedDirectory& directory : row.directories) {
        if (announced.insert(directory.path).second) TFEVENTS_CHECK(batch_->add(directory));
      }
      for (const PlannedFile& file : row.files) {
        TFEVENTS_TRY(last_number_, batch_->add(file));
      }
    }
    return ok_status();
  }

  // Of bare runs nobody has looked at the directories so far. What cannot be told how to make again
  // is not removed, and neither is what is in it.
  std::optional<Error> look_at(std::vector<PlannedDirectory>& directories) {
    for (PlannedDirectory& directory : directories) {
      if (directory.info.file.id.inode != 0) continue;
      const auto opened = walk_->open(directory.path);
      if (!opened.ok()) return opened.error();
      const auto info = (*opened)->info();
      if (!info.ok()) return info.error();
      directory.info = *info;
    }
    return std::nullopt;
  }

  [[nodiscard]] const std::string* stayed_below(const PruneRow& row) const {
    for (const std::string& name : stayed_) {
      if (lies_below(name, row.trial)) return &name;
    }
    return nullptr;
  }

  void move_row(PruneRow& row, std::uint64_t first_number) {
    if (const std::string reason = look_again(row); !reason.empty())
      return set(row, PruneResult::kSkipped, reason);
    // A writer appends to the last file: if that one stays, no other has moved yet.
    std::uint64_t moved = 0;
    for (std::size_t i = row.files.size(); i-- != 0;) {
      const MoveOutcome outcome = batch_->move(first_number + i, row.files[i]);
      if (outcome.result == MoveResult::kMoved) {
        ++moved;
        continue;
      }
      set_unmoved(row, row.files[i], outcome, moved);
      if (moved == 0 && outcome.result != MoveResult::kStray) return;
    }
    if (row.result) return;
    // Those above several trials go with the last of these.
    const auto emptied = batch_->remove_emptied(row.directories);
    row.result = PruneResult::kTrashed;
    if (!emptied.errors.empty()) {
      set(row, PruneResult::kFailed,
          "its files are in the trash, but " + text_of(emptied.errors.front()));
    }
  }

  void set_unmoved(PruneRow& row, const PlannedFile& file, const MoveOutcome& outcome,
                   std::uint64_t moved) {
    const std::string path = printable(file.path);
    std::string text;
    switch (outcome.result) {
      case MoveResult::kMoved: return;
      case MoveResult::kChanged: text = path + " changed in the last moment"; break;
      case MoveResult::kVanished: text = path + " has vanished"; break;
      case MoveResult::kStray:
      case MoveResult::kFailed:
        text = outcome.error ? text_of(*outcome.error) : path + " could not be moved";
        break;
    }
    const bool failed =
        outcome.result == MoveResult::kFailed || outcome.result == MoveResult::kStray || moved != 0;
    if (moved != 0) text += "; " + to_text(moved) + " of its files are in the trash";
    set(row, failed ? PruneResult::kFailed : PruneResult::kSkipped, text);
  }

  // Whether it still is the trial that the plan has seen. Empty: it is.
  std::string look_again(const PruneRow& row) {
    if (const auto process = open_in(row)) return "open in process " + to_text(*process);
    std::set<std::string_view> planned;
    for (const PlannedFile& file : row.files) planned.insert(file.path);
    walk_->forget();
    for (const std::string& run : row.runs) {
      const std::string directory = run == "." ? "" : run;
      auto opened = walk_->open(directory);
      if (!opened.ok()) return text_of(opened.error());
      auto entries = (*opened)->list();
      if (!entries.ok()) return text_of(entries.error());
      for (const DirEntry& entry : *entries) {
        if (!is_event_file_name(entry.name)) continue;
        const std::string path = directory.empty() ? entry.name : directory + "/" + entry.name;
        if (entry.type == FileType::kRegular && !planned.contains(path))
          return printable(path) + " has only just appeared";
      }
    }
    for (const PlannedFile& file : row.files) {
      const auto [parent, name] = rewrite::split_path(file.path);
      auto opened = walk_->open(parent);
      if (!opened.ok()) return text_of(opened.error());
      const auto info = (*opened)->info_of(name);
      if (!info.ok()) return text_of(info.error());
      const FileInfo &now = info->file, &then = file.info;
      if (now.id != then.id || now.size != then.size || now.mtime_ns != then.mtime_ns ||
          now.type != then.type)
        return printable(file.path) + " changed since the plan was made";
      // Also by whom /proc does not show: in another container, or of another user.
      if (now.type == FileType::kRegular && (*opened)->is_being_written(name) == true)
        return printable(file.path) + " is open for writing";
    }
    return {};
  }

  std::optional<std::int64_t> open_in(const PruneRow& row) {
    const double now = context_.clock.now();
    if (!open_files_ || now - open_files_time_ > kOpenFilesAge || now < open_files_time_) {
      open_files_ =
          scan_open_files(report_.what == rewrite::What::kDirectory ? "" : "tfevents", doing_.proc);
      open_files_time_ = now;
    }
    for (const PlannedFile& file : row.files) {
      if (const auto process = open_files_->process_of(file.info.id)) return process;
    }
    return std::nullopt;
  }

  // What was kept long enough, and for --max-size the oldest of what was not.
  void empty_old() {
    std::optional<double> before = context_.clock.now() - report_.trash_keep_seconds;
    if (report_.trash_keep_seconds <= 0) before.reset();
    if (before && !report_.early_batches.empty()) before = std::max(*before, size_limit());
    std::set<std::string> kept;
    std::uint64_t own_bytes = 0, kept_files = 0;
    auto emptied = rewrite::empty_trash(*trash_, before, [&](const rewrite::TrashedFile& file) {
      if (file.result != rewrite::TrashResult::kDeleted) {
        kept.insert(file.entry.file.trial);
        if (++kept_files <= kMostKept) fail_to_empty(file);
      } else if (report_.batch && file.batch == *report_.batch) {
        own_bytes += file.entry.file.info.size;
      }
    });
    if (!emptied.ok()) {
      report_.failures.push_back(std::move(emptied).error());
      return;
    }
    if (kept_files > kMostKept) {
      report_.failures.push_back(
          {.code = ErrorCode::kChanged,
           .message = to_text(kept_files - kMostKept) + " more files stay in the trash",
           .path = report_.trash,
           .hint = "tfevents trash empty names them all"});
    }
    report_.bytes_freed = emptied->bytes;
    report_.bytes_trashed -= std::min(report_.bytes_trashed, own_bytes);
    const std::uint64_t files = emptied->files;
    note(std::move(*emptied));
    if (files != 0) journal("empty", files, report_.bytes_freed, kept.empty() ? "done" : "partly");
    if (before) return;
    for (PruneRow& row : report_.rows) {
      if (row.result == PruneResult::kTrashed && !kept.contains(row.trial))
        row.result = PruneResult::kDeleted;
    }
  }

  void fail_to_empty(const rewrite::TrashedFile& file) {
    Error error = *file.error;
    error.message = "stays in the trash, in batch " + file.batch + ": " + error.message;
    report_.failures.push_back(std::move(error));
  }

  // The time before which the batches begun that have to go for --max-size: those of the plan, as
  // far as they are still there.
  double size_limit() {
    const auto batches = rewrite::list_trash(*trash_);
    double limit = -std::numeric_limits<double>::infinity();
    if (!batches.ok()) return limit;
    const std::vector<std::string>& planned = report_.early_batches;
    for (const rewrite::TrashedBatch& batch : *batches) {
      if (std::find(planned.begin(), planned.end(), batch.id) == planned.end()) continue;
      if (batch.state != rewrite::BatchState::kDamaged)
        limit = std::nextafter(batch.header.time, std::numeric_limits<double>::infinity());
    }
    return limit;
  }

  [[nodiscard]] bool all_done() const {
    return report_.failures.empty() &&
           std::all_of(report_.rows.begin(), report_.rows.end(), [](const PruneRow& row) {
             return row.decision.action != Action::kRemove || row.result == PruneResult::kTrashed ||
                    row.result == PruneResult::kDeleted;
           });
  }

  void journal(const char* act, std::uint64_t files, std::uint64_t bytes, const char* result) {
    Status written = rewrite::append_journal(*trash_, {.act = act,
                                                       .time = context_.clock.now(),
                                                       .batch = report_.batch.value_or(""),
                                                       .policy = report_.policy_text,
                                                       .files = files,
                                                       .bytes = bytes,
                                                       .result = result});
    if (!written.ok()) report_.failures.push_back(std::move(written).error());
  }

  void note(rewrite::TrashReport trash_report) {
    for (rewrite::TrashTrouble& trouble : trash_report.troubles)
      report_.failures.push_back(std::move(trouble.error));
  }

  // The first error is the one to tell; what failed once stays failed.
  static void set(PruneRow& row, PruneResult result, std::string error) {
    if (row.result != PruneResult::kFailed) row.result = result;
    if (!row.error) row.error = std::move(error);
  }

  static std::string text_of(const Error& error) {
    return error.path.empty() ? error.message : printable(error.path) + ": " + error.message;
  }

  PruneReport& report_;
  const PruneDoing& doing_;
  const OpContext& context_;
  std::unique_ptr<rewrite::Trash> trash_;
  std::unique_ptr<rewrite::Batch> batch_;
  std::unique_ptr<rewrite::TrashWalk> walk_;
  std::uint64_t last_number_ = 0;    // Of the files that were announced.
  std::vector<std::string> stayed_;  // Trials that were to go, and did not.
  std::optional<OpenFileTable> open_files_;
  double open_files_time_ = 0;
};

}  // namespace

Status apply_prune(PruneReport& report, const PruneDoing& doing, const OpContext& context) {
  return Doer(report, doing, context).run();
}

}  // namespace tfevents::ops
