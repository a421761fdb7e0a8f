#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/number.hpp"
#include "base/text.hpp"
#include "rewrite/trash_files.hpp"

namespace tfevents::rewrite {
namespace {

constexpr std::uint32_t kUnfinishedMode = 0700;

/// What the manifest says of a directory, and what this restore did to it.
struct KnownDirectory {
  EntryInfo info;
  bool gone = false;     ///< Removed when its files were trashed.
  bool touched = false;  ///< Something was put into it, here or by a restore that crashed.
  bool noted = false;    ///< `seen` is of today.
  bool owner_checked = false;
  bool foreign = false;  ///< Of somebody who was not its owner when its files were trashed.
  ManifestTouched seen;  ///< Inode 0: it never was.
};

/// Directories that were made again, by path: older batches know them by the inode they had.
struct Remade {
  std::uint64_t was = 0, is = 0;  ///< Inodes.
};
using RemadeDirectories = std::unordered_map<std::string, Remade>;

class Restoring {
 public:
  Restoring(Trash& trash, BatchFiles batch, RemadeDirectories& remade, TrashReport& report,
            const TrashVisitor& visitor)
      : trash_(trash),
        batch_(std::move(batch)),
        walk_(trash.operand()),
        remade_(remade),
        report_(report),
        visitor_(visitor) {}

  Status run() {
    // All of it, before anything is touched: it may be damaged further down.
    TFEVENTS_CHECK(batch_.read([this](ManifestLine& line) {
      learn(line);
      return ok_status();
    }));
    ++report_.batches;
    TFEVENTS_CHECK(batch_.read([this](ManifestLine& line) {
      const auto* entry = std::get_if<ManifestFile>(&line);
      if (entry != nullptr && entry->number <= last_number_) restore(*entry);
      return ok_status();
    }));
    make_gone_ones();
    set_attributes();
    if (left_ > 0) return ok_status();
    TFEVENTS_TRY(const bool removed, batch_.remove_if_bare(trash_));
    if (removed) return ok_status();
    return Error{.code = ErrorCode::kRefused,
                 .message = "holds files that its manifest does not list",
                 .path = batch_.directory().path(),
                 .hint = "look at them: nothing here restores them"};
  }

 private:
  void learn(ManifestLine& line) {
    if (auto* header = std::get_if<ManifestHeader>(&line)) {
      device_ = header->device;
    } else if (auto* directory = std::get_if<PlannedDirectory>(&line)) {
      directories_[std::move(directory->path)].info = directory->info;
    } else if (const auto* entry = std::get_if<ManifestFile>(&line)) {
      last_number_ = entry->number;
    } else if (const auto* gone = std::get_if<ManifestGone>(&line)) {
      if (auto it = directories_.find(gone->path); it != directories_.end()) it->second.gone = true;
    } else if (const auto* touched = std::get_if<ManifestTouched>(&line)) {
      if (auto it = directories_.find(touched->path); it != directories_.end()) {
        it->second.seen = *touched;
        it->second.touched = true;
      }
    }
  }

  void restore(const ManifestFile& entry) {
    const Result<std::optional<EntryInfo>> found = batch_.object(entry.number);
    if (!found.ok()) return keep(entry, TrashResult::kFailed, found.error());
    if (!*found) return;
    const FileInfo& file = (*found)->file;
    if (!same_inode(entry.file.info, device_, file, trash_.device())) {
      return keep(
          entry, TrashResult::kKept,
          object_error(ErrorCode::kChanged, "what lies in the trash is not what was trashed",
                       trash_, entry.file.path,
                       "look at " + object_path(entry) + ": nothing here moves it"));
    }
    const SplitPath split = split_path(entry.file.path);
    if (lies_in_foreign(split.parent)) {
      return keep(
          entry, TrashResult::kKept,
          object_error(ErrorCode::kRefused, "its directory belongs to somebody else now", trash_,
                       entry.file.path, "rename that directory, and restore again"));
    }
    Result<Directory*> parent = open_or_make(split.parent);
    if (!parent.ok()) return keep(entry, TrashResult::kFailed, parent.error());
    if (const Status noted = note_inode(split.parent, **parent); !noted.ok()) {
      return keep(entry, TrashResult::kFailed, noted.error());
    }
    Status moved = batch_.directory().move(to_text(entry.number), **parent, split.name);
    if (!moved.ok()) moved = settled(entry, **found, **parent, split.name, std::move(moved));
    if (!moved.ok()) {
      if (moved.error().code != ErrorCode::kExists) {
        return keep(entry, TrashResult::kFailed, moved.error());
      }
      return keep(entry, TrashResult::kKept,
                  object_error(ErrorCode::kExists, "there is one again", trash_, entry.file.path,
                               "move it away and restore again"));
    }
    touch(split.parent);
    ++report_.files;
    report_.bytes += file.size;
    const bool same = same_object(entry.file.info, device_, file, trash_.device());
    if (visitor_) {
      visitor_({batch_.id(), entry, same ? TrashResult::kRestored : TrashResult::kRestoredChanged,
                nullptr});
    }
  }

  /// Whoever owns a directory can read and remove what is put below it. One that was made again is
  /// ours until its attributes are set.
  bool lies_in_foreign(std::string_view path) {
    for (std::size_t end = path.find('/'); !path.empty(); end = path.find('/', end + 1)) {
      const std::string_view part = path.substr(0, end);
      const auto known = directories_.find(std::string(part));
      if (known != directories_.end() && is_foreign(known->first, known->second)) return true;
      if (end == std::string_view::npos) break;
    }
    return false;
  }

  bool is_foreign(const std::string& path, KnownDirectory& of) {
    if (of.owner_checked) return of.foreign;
    const Result<Directory*> opened = walk_.open(path);
    if (!opened.ok()) return false;  // It is to be made, or not to be had.
    const Result<EntryInfo> info = (*opened)->info();
    of.owner_checked = true;
    of.foreign = !info.ok() || (info->owner != of.info.owner && info->owner != trash_.actor().uid);
    return of.foreign;
  }

  /// What a move that failed has come to. Where both names lead to the same inode (file systems
  /// that rename in two steps, servers that do and say no), the one in the trash goes.
  Status settled(const ManifestFile& entry, const EntryInfo& object, Directory& parent,
                 const std::string& name, Status moved) {
    const Result<EntryInfo> there = parent.info_of(name);
    if (!there.ok() || there->file.id != object.file.id) return moved;
    const Result<std::optional<EntryInfo>> here = batch_.object(entry.number);
    if (!here.ok()) return moved;
    if (!*here) return ok_status();
    if ((*here)->file.type == FileType::kDirectory || (*here)->links < 2) return moved;
    return batch_.directory().remove_file(to_text(entry.number));
  }

  void keep(const ManifestFile& entry, TrashResult result, const Error& error) {
    ++left_;
    ++report_.kept;
    if (visitor_) visitor_({batch_.id(), entry, result, &error});
  }

  [[nodiscard]] std::string object_path(const ManifestFile& entry) {
    return join_path(batch_.directory().path(), to_text(entry.number));
  }

  /// Before something is put into a directory: should this crash, the next restore knows whose time
  /// it has to set back.
  Status note_inode(std::string_view path, Directory& directory) {
    const auto known = directories_.find(std::string(path));
    if (known == directories_.end() || known->second.noted) return ok_status();
    TFEVENTS_TRY(const EntryInfo info, directory.info());
    if (info.file.id.inode != known->second.seen.inode) {
      TFEVENTS_CHECK(note(known->second, {.path = std::string(path),
                                          .inode = info.file.id.inode,
                                          .mtime_ns = info.file.mtime_ns}));
    }
    known->second.noted = true;
    return ok_status();
  }

  void touch(std::string_view path) {
    if (auto it = directories_.find(std::string(path)); it != directories_.end()) {
      it->second.touched = true;
    }
  }

  Result<Directory*> open_or_make(std::string_view path) {
    Result<Directory*> opened = walk_.open(path);
    if (opened.ok() || opened.error().code != ErrorCode::kNotFound) return opened;
    for (std::size_t end = 0; end != path.size();) {
      const std::size_t slash = path.find('/', end == 0 ? 0 : end + 1);
      end = slash == std::string_view::npos ? path.size() : slash;
      const std::string_view part = path.substr(0, end);
      const Result<Directory*> there = walk_.open(part);
      if (there.ok()) continue;
      if (there.error().code != ErrorCode::kNotFound) return there.error();
      TFEVENTS_CHECK(make(part));
    }
    return walk_.open(path);
  }

  /// Made in the trash, where nobody can put another in its place before its inode is noted.
  Status make(std::string_view path) {
    Directory& batch = batch_.directory();
    Status made = batch.make_directory(kMadeName, kUnfinishedMode);
    if (!made.ok() && made.error().code != ErrorCode::kExists) return made;
    TFEVENTS_TRY(const EntryInfo info, batch.info_of(kMadeName));
    if (info.file.type != FileType::kDirectory) return made;
    const SplitPath split = split_path(path);
    TFEVENTS_TRY(Directory * parent, walk_.open(split.parent));
    TFEVENTS_CHECK(note_inode(split.parent, *parent));
    const auto known = directories_.find(std::string(path));
    if (known != directories_.end()) {
      TFEVENTS_CHECK(note(known->second, {.path = std::string(path),
                                          .inode = info.file.id.inode,
                                          .mtime_ns = info.file.mtime_ns,
                                          .made = true}));
      known->second.noted = true;
      known->second.touched = true;
    }
    TFEVENTS_CHECK(batch.move(kMadeName, *parent, split.name));
    if (known != directories_.end()) {
      remade_[known->first] = {.was = known->second.info.file.id.inode, .is = info.file.id.inode};
    }
    touch(split.parent);
    return ok_status();
  }

  Status note(KnownDirectory& known, ManifestTouched touched) {
    if (!manifest_) {
      TFEVENTS_TRY(LineFile manifest, LineFile::open(batch_.directory(), kManifestName));
      manifest_.emplace(std::move(manifest));
    }
    TFEVENTS_CHECK(manifest_->append(to_manifest_line(touched)));
    known.seen = std::move(touched);
    return ok_status();
  }

  /// Directories that held no file: those with files are there by now.
  void make_gone_ones() {
    for (const std::string& path : sorted_paths()) {
      if (!directories_.find(path)->second.gone || lies_in_foreign(path)) continue;
      const Result<Directory*> made = open_or_make(path);
      if (!made.ok()) trouble(made.error());
    }
  }

  /// Modes, owners and times, which every file put into a directory would change again; children
  /// first. Only of those that are surely the same or were made here, through what is open.
  void set_attributes() {
    std::vector<std::string> paths = sorted_paths();
    std::reverse(paths.begin(), paths.end());
    for (const std::string& path : paths) {
      const KnownDirectory& known = directories_.find(path)->second;
      if (!known.touched) continue;
      if (const Status set = set_attributes_of(path, known); !set.ok()) trouble(set.error());
    }
  }

  Status set_attributes_of(const std::string& path, const KnownDirectory& known) {
    Result<Directory*> opened = walk_.open(path);
    if (!opened.ok()) {
      // The chain that is open may be that of a directory which is gone: only a second look tells.
      walk_.forget();
      opened = walk_.open(path);
    }
    if (!opened.ok()) {
      const ErrorCode code = opened.error().code;  // Somebody has taken it away: so be it.
      const bool away = code == ErrorCode::kNotFound || code == ErrorCode::kRefused;
      return away ? ok_status() : Status(opened.error());
    }
    Directory* const directory = *opened;
    TFEVENTS_TRY(EntryInfo info, directory->info());
    const ManifestTouched& seen = known.seen;
    if (info.file.id.inode != seen.inode || info.file.id.device != trash_.device()) {
      return ok_status();
    }
    // What somebody has given another mode since keeps it.
    // The owner comes before the mode: a restore that crashed may have got as far as that.
    const bool unfinished = info.mode == kUnfinishedMode &&
                            (info.owner == trash_.actor().uid || info.owner == known.info.owner);
    if (seen.made && unfinished) {
      return directory->set_own_attributes(known.info);
    }
    // Where another directory has its name by now, that one looks as it did.
    const bool same = seen.made || was_remade(path, known, info) ||
                      same_inode(known.info.file, device_, info.file, trash_.device());
    info.file.mtime_ns = same ? known.info.file.mtime_ns : seen.mtime_ns;
    // What belongs to others keeps the time of the restore.
    const Status set = directory->set_own_attributes(info);
    return !set.ok() && info.owner != trash_.actor().uid ? ok_status() : set;
  }

  /// Whether a newer batch has made it in place of the one that this batch knows.
  [[nodiscard]] bool was_remade(const std::string& path, const KnownDirectory& known,
                                const EntryInfo& info) const {
    const auto it = remade_.find(path);
    return it != remade_.end() && it->second.was == known.info.file.id.inode &&
           it->second.is == info.file.id.inode;
  }

  void trouble(const Error& error) {
    ++left_;
    report_.troubles.push_back({batch_.id(), error});
  }

  [[nodiscard]] std::vector<std::string> sorted_paths() const {
    std::vector<std::string> paths;
    paths.reserve(directories_.size());
    for (const auto& [path, known] : directories_) paths.push_back(path);
    std::sort(paths.begin(), paths.end());
    return paths;
  }

  Trash& trash_;
  BatchFiles batch_;
  TrashWalk walk_;
  RemadeDirectories& remade_;
  TrashReport& report_;
  const TrashVisitor& visitor_;
  std::optional<LineFile> manifest_;
  std::unordered_map<std::string, KnownDirectory> directories_;
  std::uint64_t device_ = 0;
  std::uint64_t last_number_ = 0;
  std::uint64_t left_ = 0;
};

Status restore_one(Trash& trash, const std::string& id, RemadeDirectories& remade,
                   TrashReport& report, const TrashVisitor& visitor) {
  TFEVENTS_TRY(BatchFiles batch, BatchFiles::open(trash, id));
  TFEVENTS_TRY(const bool done, batch.is_done());
  if (!done) {
    TFEVENTS_CHECK(batch.validate());
    return Error{.code = ErrorCode::kRefused,
                 .message = "was not finished",
                 .path = batch.directory().path()};
  }
  return Restoring(trash, std::move(batch), remade, report, visitor).run();
}

Error no_batch(Trash& trash, std::string message) {
  return {.code = ErrorCode::kNotFound,
          .message = std::move(message),
          .path = trash.directory().path(),
          .hint = "tfevents trash ls shows what there is"};
}

/// Those that are asked for, newest first.
Result<std::vector<std::string>> chosen(Trash& trash, const RestoreRequest& request) {
  TFEVENTS_TRY(std::vector<std::string> ids, trash.batch_ids());
  std::reverse(ids.begin(), ids.end());
  if (request.all) return ids;
  if (request.batches.empty()) {
    if (ids.empty()) return no_batch(trash, "the trash is empty");
    ids.resize(1);
    return ids;
  }
  for (const std::string& id : request.batches) {
    if (!is_batch_id(id)) {
      return Error{.code = ErrorCode::kUsage,
                   .message = "'" + printable(id) + "' is no batch",
                   .hint = "a batch is named like 20261123-030001; tfevents trash ls shows them"};
    }
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) {
      return no_batch(trash, "there is no batch " + id);
    }
  }
  ids.erase(std::remove_if(ids.begin(), ids.end(),
                           [&](const std::string& id) {
                             return std::find(request.batches.begin(), request.batches.end(), id) ==
                                    request.batches.end();
                           }),
            ids.end());
  return ids;
}

}  // namespace

Result<TrashReport> restore_trash(Trash& trash, const RestoreRequest& request,
                                  const TrashVisitor& visitor) {
  TrashReport report;
  TFEVENTS_TRY(const std::vector<std::string> ids, chosen(trash, request));
  RemadeDirectories remade;
  for (const std::string& id : ids) {
    Status restored = restore_one(trash, id, remade, report, visitor);
    if (!restored.ok()) report.troubles.push_back({id, std::move(restored).error()});
  }
  return report;
}

}  // namespace tfevents::rewrite
