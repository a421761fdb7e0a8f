#include <map>
#include <utility>

#include "base/text.hpp"
#include "rewrite/trash_files.hpp"

namespace tfevents::rewrite {
namespace {

class BatchListing {
 public:
  explicit BatchListing(BatchFiles& batch, TrashedBatch& into) : batch_(batch), into_(into) {}

  Status run() {
    return batch_.read([this](ManifestLine& line) -> Status {
      if (auto* header = std::get_if<ManifestHeader>(&line)) into_.header = std::move(*header);
      const auto* entry = std::get_if<ManifestFile>(&line);
      return entry == nullptr ? ok_status() : add(*entry);
    });
  }

 private:
  Status add(const ManifestFile& entry) {
    TFEVENTS_TRY(const std::optional<EntryInfo> found, batch_.object(entry.number));
    if (!found) return ok_status();
    TrashedRun& run = run_of(entry);
    ++run.files;
    run.bytes += found->file.size;
    ++into_.files;
    into_.bytes += found->file.size;
    return ok_status();
  }

  TrashedRun& run_of(const ManifestFile& entry) {
    const auto [place, added] =
        places_.try_emplace({entry.file.trial, entry.file.run}, into_.runs.size());
    if (added) {
      const std::string_view parent = split_path(entry.file.path).parent;
      into_.runs.push_back({.trial = entry.file.trial,
                            .run = entry.file.run,
                            .path = parent.empty() ? "." : std::string(parent)});
    }
    return into_.runs[place->second];
  }

  BatchFiles& batch_;
  TrashedBatch& into_;
  std::map<std::pair<std::string, std::string>, std::size_t> places_;
};

Status list_batch(Trash& trash, TrashedBatch& into) {
  TFEVENTS_TRY(BatchFiles batch, BatchFiles::open(trash, into.id));
  TFEVENTS_TRY(const bool done, batch.is_done());
  if (!done) {
    TFEVENTS_TRY(const bool announced, batch.has_manifest());
    TFEVENTS_TRY(const bool bare, batch.is_bare());
    if (!announced && bare) {  // Somebody is just announcing what will go.
      into.state = BatchState::kUnfinished;
      return ok_status();
    }
  }
  TFEVENTS_CHECK(BatchListing(batch, into).run());
  into.state = done ? BatchState::kDone : BatchState::kUnfinished;
  return ok_status();
}

}  // namespace

Result<std::vector<TrashedBatch>> list_trash(Trash& trash) {
  TFEVENTS_TRY(const std::vector<std::string> ids, trash.batch_ids());
  std::vector<TrashedBatch> batches;
  for (const std::string& id : ids) {
    TrashedBatch batch;
    batch.id = id;
    const Status listed = list_batch(trash, batch);
    if (!listed.ok()) {
      if (listed.error().code == ErrorCode::kNotFound) continue;  // emptied meanwhile
      batch = TrashedBatch();
      batch.id = id;
      batch.trouble = printable(listed.error().message);
    }
    batches.push_back(std::move(batch));
  }
  return batches;
}

}  // namespace tfevents::rewrite
