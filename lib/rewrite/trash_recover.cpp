#include <algorithm>
#include <utility>

#include "base/number.hpp"
#include "rewrite/trash_files.hpp"

namespace tfevents::rewrite {
namespace {

/// One batch that was not finished.
class Recovery {
 public:
  Recovery(Trash& trash, BatchFiles batch, TrashReport& report)
      : trash_(trash), batch_(std::move(batch)), walk_(trash.operand()), report_(report) {}

  Status run() {
    TFEVENTS_CHECK(find_last_number());
    TFEVENTS_CHECK(batch_.read([this](ManifestLine& line) {
      if (const auto* header = std::get_if<ManifestHeader>(&line)) device_ = header->device;
      if (std::holds_alternative<ManifestGone>(line)) worth_keeping_ = true;
      const auto* entry = std::get_if<ManifestFile>(&line);
      return entry == nullptr ? ok_status() : settle(*entry);
    }));
    ++report_.batches;
    if (!worth_keeping_) {
      TFEVENTS_TRY(const bool removed, batch_.remove_if_bare(trash_));
      if (removed) return ok_status();
    }
    return batch_.set_done();
  }

 private:
  Status find_last_number() {
    return batch_.read([this](ManifestLine& line) {
      if (const auto* entry = std::get_if<ManifestFile>(&line)) last_number_ = entry->number;
      return ok_status();
    });
  }

  Status settle(const ManifestFile& entry) {
    // Strays that are noted below are where they belong.
    if (entry.number > last_number_) return ok_status();
    TFEVENTS_TRY(const std::optional<EntryInfo> found, batch_.object(entry.number));
    if (!found) return ok_status();
    const bool known = same_object(entry.file.info, device_, found->file, trash_.device());
    if (known || entry.stray) {
      worth_keeping_ = true;
      return ok_status();
    }
    const std::string name = to_text(entry.number);
    if (move_back(batch_, name, walk_, entry.file.path).ok()) {
      ++report_.files;
      report_.bytes += found->file.size;
      return ok_status();
    }
    worth_keeping_ = true;
    if (!manifest_) {
      TFEVENTS_TRY(LineFile manifest, LineFile::open(batch_.directory(), kManifestName));
      manifest_.emplace(std::move(manifest));
    }
    ++report_.kept;
    return keep_as_stray(batch_.directory(), *manifest_, entry.number, last_number_ + ++strays_,
                         entry, found->file);
  }

  Trash& trash_;
  BatchFiles batch_;
  TrashWalk walk_;
  TrashReport& report_;
  std::optional<LineFile> manifest_;
  std::uint64_t device_ = 0;
  std::uint64_t last_number_ = 0;
  std::uint64_t strays_ = 0;
  bool worth_keeping_ = false;  ///< It holds objects, or knows of directories that are gone.
};

/// Without a manifest nothing has moved, or everything is gone: what holds nothing else was just
/// begun, or is almost removed.
Status remove_husk(Trash& trash, BatchFiles& batch) {
  TFEVENTS_TRY(const bool removed, batch.remove_if_bare(trash));
  return removed ? ok_status() : Status(batch.no_manifest());
}

Status recover(Trash& trash, const std::string& id, TrashReport& report) {
  TFEVENTS_TRY(BatchFiles batch, BatchFiles::open(trash, id));
  TFEVENTS_TRY(const bool done, batch.is_done());
  TFEVENTS_TRY(const bool announced, batch.has_manifest());
  if (done && announced) return ok_status();
  if (!announced) return remove_husk(trash, batch);
  return Recovery(trash, std::move(batch), report).run();
}

}  // namespace

Result<TrashReport> recover_trash(Trash& trash) {
  TrashReport report;
  TFEVENTS_TRY(const std::vector<std::string> ids, trash.batch_ids());
  for (const std::string& id : ids) {
    Status recovered = recover(trash, id, report);
    if (!recovered.ok()) report.troubles.push_back({id, std::move(recovered).error()});
  }
  return report;
}

}  // namespace tfevents::rewrite
