#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

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
    TFEVENTS_CHECK(learn());
    TFEVENTS_CHECK(batch_.read([this](ManifestLine& line) {
      const auto* entry = std::get_if<ManifestFile>(&line);
      return entry == nullptr ? ok_status() : settle(*entry);
    }));
    ++report_.batches;
    if (worth_keeping_) TFEVENTS_CHECK(remove_emptied());
    if (!worth_keeping_) {
      TFEVENTS_TRY(const bool removed, batch_.remove_if_bare(trash_));
      if (removed) return ok_status();
    }
    return batch_.set_done();
  }

 private:
  struct Listed {
    FileInfo info;
    bool had_files = false;  ///< That were announced, in it or below.
    bool has_files = false;  ///< One of them is not in the trash.
    bool gone = false;
  };

  Status learn() {
    return batch_.read([this](ManifestLine& line) {
      if (const auto* header = std::get_if<ManifestHeader>(&line)) {
        device_ = header->device;
      } else if (auto* directory = std::get_if<PlannedDirectory>(&line)) {
        directories_[std::move(directory->path)].info = directory->info.file;
      } else if (const auto* entry = std::get_if<ManifestFile>(&line)) {
        last_number_ = entry->number;
      } else if (const auto* gone = std::get_if<ManifestGone>(&line)) {
        worth_keeping_ = true;
        if (auto it = directories_.find(gone->path); it != directories_.end())
          it->second.gone = true;
      }
      return ok_status();
    });
  }

  Status settle(const ManifestFile& entry) {
    // Strays that are noted below are where they belong.
    if (entry.number > last_number_) return ok_status();
    TFEVENTS_TRY(const std::optional<EntryInfo> found, batch_.object(entry.number));
    if (!entry.stray) count(entry, found);
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
    ++report_.kept;
    TFEVENTS_CHECK(open_manifest());
    return keep_as_stray(batch_.directory(), *manifest_, entry.number, last_number_ + ++strays_,
                         entry, found->file);
  }

  /// For all directories above a file: whether it has come.
  void count(const ManifestFile& entry, const std::optional<EntryInfo>& found) {
    const bool here = found && same_object(entry.file.info, device_, found->file, trash_.device());
    for (std::string_view path = split_path(entry.file.path).parent; !path.empty();
         path = split_path(path).parent) {
      const auto it = directories_.find(std::string(path));
      if (it == directories_.end()) continue;
      it->second.had_files = true;
      it->second.has_files = it->second.has_files || !here;
    }
  }

  /// Whether all that was to leave a directory has left it. One that held nothing goes with the
  /// one above it.
  [[nodiscard]] bool was_emptied(std::string_view path) const {
    for (; !path.empty(); path = split_path(path).parent) {
      const auto it = directories_.find(std::string(path));
      if (it != directories_.end() && it->second.had_files) return !it->second.has_files;
    }
    return false;
  }

  /// What the act that crashed would have done next.
  Status remove_emptied() {
    std::vector<std::string> paths;
    for (const auto& [path, listed] : directories_) {
      if (!listed.gone && was_emptied(path)) paths.push_back(path);
    }
    std::sort(paths.rbegin(), paths.rend());  // Children first.
    for (const std::string& path : paths) {
      if (!remove_or_miss(path, directories_.find(path)->second)) continue;
      TFEVENTS_CHECK(open_manifest());
      TFEVENTS_CHECK(manifest_->append(to_manifest_line(ManifestGone{path})));
    }
    return manifest_ ? manifest_->sync() : ok_status();
  }

  /// True when it is not there any more; perhaps it was removed and the crash came before the note.
  bool remove_or_miss(const std::string& path, const Listed& listed) {
    const SplitPath split = split_path(path);
    const Result<Directory*> parent = walk_.open(split.parent);
    if (!parent.ok()) return parent.error().code == ErrorCode::kNotFound;
    const Result<EntryInfo> info = (*parent)->info_of(split.name);
    if (!info.ok()) return info.error().code == ErrorCode::kNotFound;
    return same_inode(listed.info, device_, info->file, trash_.device()) &&
           (*parent)->remove_directory(split.name).ok();
  }

  Status open_manifest() {
    if (manifest_) return ok_status();
    TFEVENTS_TRY(LineFile manifest, LineFile::open(batch_.directory(), kManifestName));
    manifest_.emplace(std::move(manifest));
    return ok_status();
  }

  Trash& trash_;
  BatchFiles batch_;
  TrashWalk walk_;
  TrashReport& report_;
  std::unordered_map<std::string, Listed> directories_;
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
