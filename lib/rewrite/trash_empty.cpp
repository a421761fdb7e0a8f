#include <optional>
#include <utility>

#include "base/number.hpp"
#include "io/open_files.hpp"
#include "rewrite/trash_files.hpp"

namespace tfevents::rewrite {
namespace {

class Emptying {
 public:
  Emptying(Trash& trash, BatchFiles batch, std::uint64_t device, TrashReport& report,
           const TrashVisitor& visitor)
      : trash_(trash),
        batch_(std::move(batch)),
        device_(device),
        report_(report),
        visitor_(visitor) {}

  Status run() {
    ++report_.batches;
    TFEVENTS_CHECK(batch_.read([this](ManifestLine& line) {
      if (const auto* entry = std::get_if<ManifestFile>(&line)) empty(*entry);
      return ok_status();
    }));
    if (left_ > 0) return ok_status();
    TFEVENTS_TRY(const bool removed, batch_.remove_if_bare(trash_));
    if (removed) return ok_status();
    return Error{.code = ErrorCode::kRefused,
                 .message = "holds files that its manifest does not list",
                 .path = batch_.directory().path(),
                 .hint = "look at them: nothing here removes them"};
  }

 private:
  void empty(const ManifestFile& entry) {
    Result<std::optional<EntryInfo>> found = batch_.object(entry.number);
    bool written = false;
    if (found.ok() && *found && (*found)->file.type == FileType::kRegular) {
      // Asked before the last look: nobody can open it here, so that without a writer now nothing
      // is written between that look and its end.
      written = is_being_written(to_text(entry.number), (*found)->file);
      found = batch_.object(entry.number);
    }
    if (!found.ok()) return tell(entry, TrashResult::kFailed, found.error());
    if (!*found) return;
    const FileInfo& file = (*found)->file;
    if (entry.stray) {
      return keep(entry, "was not meant to be trashed: another file had its name");
    }
    if (!same_inode(entry.file.info, device_, file, trash_.device())) {
      return keep(entry, "is not the file that was trashed");
    }
    if (!same_object(entry.file.info, device_, file, trash_.device())) {
      return keep(entry, "changed since it was trashed");
    }
    if (written) return keep(entry, "is open for writing");
    const Status removed = batch_.directory().remove_file(to_text(entry.number));
    if (!removed.ok() && removed.error().code != ErrorCode::kNotFound) {
      return tell(entry, TrashResult::kFailed, removed.error());
    }
    ++report_.files;
    report_.bytes += file.size;
    if (visitor_) visitor_({batch_.id(), entry, TrashResult::kDeleted, nullptr});
  }

  bool is_being_written(const std::string& name, const FileInfo& file) {
    if (const auto told = batch_.directory().is_being_written(name)) return *told;
    if (!open_) open_ = scan_open_files(std::string("/") + kTrashName + "/");
    return open_->process_of(file.id).has_value();
  }

  void keep(const ManifestFile& entry, const char* why) {
    tell(entry, TrashResult::kKept,
         object_error(ErrorCode::kChanged, why, trash_, entry.file.path, "restore it"));
  }

  void tell(const ManifestFile& entry, TrashResult result, const Error& error) {
    ++left_;
    ++report_.kept;
    if (visitor_) visitor_({batch_.id(), entry, result, &error});
  }

  Trash& trash_;
  BatchFiles batch_;
  std::uint64_t device_;
  TrashReport& report_;
  const TrashVisitor& visitor_;
  std::optional<OpenFileTable> open_;  ///< Where the kernel does not tell of single files.
  std::uint64_t left_ = 0;
};

Status empty(Trash& trash, const std::string& id, std::optional<double> begun_before,
             TrashReport& report, const TrashVisitor& visitor) {
  TFEVENTS_TRY(BatchFiles batch, BatchFiles::open(trash, id));
  if (begun_before) {
    TFEVENTS_TRY(const ManifestHeader header, batch.header());
    if (header.time >= *begun_before) return ok_status();
  }
  // Whatever is wrong with it is known before the first file goes.
  TFEVENTS_TRY(const ManifestHeader header, batch.validate());
  TFEVENTS_TRY(const bool done, batch.is_done());
  if (!done) {
    return Error{.code = ErrorCode::kRefused,
                 .message = "was not finished",
                 .path = batch.directory().path()};
  }
  return Emptying(trash, std::move(batch), header.device, report, visitor).run();
}

}  // namespace

Result<TrashReport> empty_trash(Trash& trash, std::optional<double> begun_before,
                                const TrashVisitor& visitor) {
  TrashReport report;
  TFEVENTS_TRY(const std::vector<std::string> ids, trash.batch_ids());
  for (const std::string& id : ids) {
    Status emptied = empty(trash, id, begun_before, report, visitor);
    if (!emptied.ok()) report.troubles.push_back({id, std::move(emptied).error()});
  }
  return report;
}

}  // namespace tfevents::rewrite
