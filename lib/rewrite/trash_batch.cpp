#include "rewrite/trash_batch.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "base/bytes.hpp"
#include "base/number.hpp"
#include "base/time.hpp"
#include "rewrite/trash_files.hpp"

namespace tfevents::rewrite {
namespace {

constexpr std::uint32_t kBatchMode = 0700;
constexpr std::uint32_t kManifestMode = 0600;
constexpr std::size_t kWriteAtOnce = 64 * 1024;
constexpr int kMostOfASecond = 1000;

/// `20261123-030001`; empty where the time is none of the years 1 to 9999.
std::string to_batch_id(double time) {
  std::string id;
  const std::string text = iso_time(time);  // 2026-11-23T03:00:01Z
  if (text.starts_with('@')) return {};
  for (const char c : text) {
    if (c >= '0' && c <= '9') id += c;
    if (c == 'T') id += '-';
  }
  return is_batch_id(id) ? id : std::string();
}

bool is_same(const FileInfo& a, const FileInfo& b) {
  return a.type == b.type && a.id == b.id && a.size == b.size && a.mtime_ns == b.mtime_ns;
}

MoveOutcome failed(Error error) {
  return {MoveResult::kFailed, std::move(error)};
}

/// The outcome for a file that could not even be looked at.
MoveOutcome not_reached(Error error) {
  if (error.code == ErrorCode::kNotFound) return {MoveResult::kVanished, {}};
  if (error.code == ErrorCode::kRefused) return {MoveResult::kChanged, {}};
  return failed(std::move(error));
}

Error unfit(ErrorCode code, std::string message, std::string path) {
  return {.code = code, .message = std::move(message), .path = std::move(path)};
}

}  // namespace

Result<std::unique_ptr<Batch>> Batch::begin(Trash& trash, double now, std::string policy) {
  const std::string second = to_batch_id(now);
  if (second.empty()) {
    return Error{.code = ErrorCode::kRefused,
                 .message = "no batch can be named after this time: " + to_text(now),
                 .path = trash.directory().path(),
                 .hint = "set this machine's clock"};
  }
  std::string id = second;
  Status made = trash.directory().make_directory(id, kBatchMode);
  for (int i = 2; !made.ok() && made.error().code == ErrorCode::kExists && i <= kMostOfASecond;
       ++i) {
    id = second + "-" + std::to_string(i);
    made = trash.directory().make_directory(id, kBatchMode);
  }
  TFEVENTS_CHECK(std::move(made));
  auto directory = trash.directory().open_directory(id);
  if (!directory.ok()) {
    static_cast<void>(trash.directory().remove_directory(id));
    return std::move(directory).error();
  }
  std::unique_ptr<Batch> batch(new Batch(trash, std::move(directory).value(), std::move(id)));
  TFEVENTS_CHECK(batch->start_manifest(now, std::move(policy)));
  return batch;
}

Status Batch::start_manifest(double now, std::string policy) {
  TFEVENTS_TRY(std::unique_ptr<WritableFile> file,
               directory_->create_file(kNewManifestName, kManifestMode));
  manifest_.emplace(std::move(file));
  return write(ManifestHeader{.batch = id_,
                              .time = now,
                              .device = trash_->device(),
                              .who = trash_->actor(),
                              .policy = std::move(policy)});
}

Batch::~Batch() {
  if (sealed_) return;
  // Nothing has moved. Whatever of this fails, recover_trash() does again.
  for (const char* name : {kNewManifestName, kManifestName}) {
    static_cast<void>(directory_->remove_file(name));
  }
  static_cast<void>(trash_->directory().remove_directory(id_));
}

Status Batch::write(const ManifestLine& line) {
  if (failed_) return *failed_;
  buffer_ += to_manifest_line(line);
  return buffer_.size() < kWriteAtOnce ? ok_status() : flush();
}

Status Batch::flush() {
  if (buffer_.empty()) return ok_status();
  Status written = manifest_->append(std::exchange(buffer_, {}));
  if (!written.ok()) failed_ = written.error();
  return written;
}

Status Batch::add(const PlannedDirectory& directory) {
  assert(!sealed_);
  if (!is_manifest_path(directory.path)) {
    return unfit(ErrorCode::kRefused, "this path could not be restored", directory.path);
  }
  if (directory.info.file.type != FileType::kDirectory) {
    return unfit(ErrorCode::kRefused, "is no directory", directory.path);
  }
  if (added_.files + added_.directories >= kMaxPlannedEntries) {
    return unfit(ErrorCode::kLimit, "more than 10,000,000 files at once", directory.path);
  }
  ++added_.directories;
  return write(directory);
}

Result<std::uint64_t> Batch::add(const PlannedFile& file) {
  assert(!sealed_);
  if (!is_manifest_path(file.path) || file.trial.size() > kMaxManifestPath ||
      file.run.size() > kMaxManifestPath) {
    return unfit(ErrorCode::kRefused, "this path could not be restored", file.path);
  }
  if (file.info.type == FileType::kDirectory) {
    return unfit(ErrorCode::kRefused, "is a directory", file.path);
  }
  if (added_.files + added_.directories >= kMaxPlannedEntries) {
    return unfit(ErrorCode::kLimit, "more than 10,000,000 files at once", file.path);
  }
  ++added_.files;
  TFEVENTS_CHECK(write(ManifestFile{.number = added_.files, .file = file, .stray = false}));
  return added_.files;
}

Status Batch::seal() {
  assert(!sealed_);
  TFEVENTS_CHECK(write(added_));
  TFEVENTS_CHECK(flush());
  TFEVENTS_CHECK(manifest_->sync());
  TFEVENTS_CHECK(directory_->move(kNewManifestName, *directory_, kManifestName));
  TFEVENTS_CHECK(directory_->sync());
  TFEVENTS_CHECK(trash_->directory().sync());
  TFEVENTS_CHECK(trash_->operand().sync());
  sealed_ = true;
  last_number_ = added_.files;
  return ok_status();
}

MoveOutcome Batch::move(std::uint64_t number, const PlannedFile& file) {
  if (!sealed_ || number == 0 || number > added_.files || !is_manifest_path(file.path)) {
    return failed(unfit(ErrorCode::kInternal, "was not announced", file.path));
  }
  const SplitPath split = split_path(file.path);
  Result<Directory*> from = walk_.open(split.parent);
  if (!from.ok()) return not_reached(std::move(from).error());
  const Result<EntryInfo> seen = (*from)->info_of(split.name);
  if (!seen.ok()) return not_reached(seen.error());
  if (!is_same(seen->file, file.info)) return {MoveResult::kChanged, {}};

  // Held open until it has arrived: no other file can have its inode as long as it is.
  std::unique_ptr<OpenFile> held;
  if (file.info.type == FileType::kRegular) {
    auto opened = (*from)->open_read(split.name);
    if (!opened.ok()) return not_reached(std::move(opened).error());
    held = std::move(opened).value();
    const Result<FileInfo> info = held->info();
    if (!info.ok()) return failed(info.error());
    if (!is_same(*info, file.info)) return {MoveResult::kChanged, {}};
  }

  const std::string to = to_text(number);
  Status moved = (*from)->move(split.name, *directory_, to);
  if (moved.ok()) return arrived(number, file, **from, split.name);
  // Something lies under its number that no act of ours put there.
  if (moved.error().code == ErrorCode::kExists) return failed(std::move(moved).error());
  // Servers can do a thing and still say no.
  const Result<EntryInfo> there = directory_->info_of(to);
  if (there.ok()) {
    static_cast<void>(arrived(number, file, **from, split.name));
    unsettled_ = true;  // perhaps at both places
  } else if (there.error().code != ErrorCode::kNotFound) {
    unsettled_ = true;
  } else if (moved.error().code == ErrorCode::kNotFound) {
    return {MoveResult::kVanished, {}};
  }
  return failed(std::move(moved).error());
}

MoveOutcome Batch::arrived(std::uint64_t number, const PlannedFile& file, Directory& from,
                           const std::string& name) {
  const Result<EntryInfo> found = directory_->info_of(to_text(number));
  if (!found.ok()) {
    unsettled_ = true;
    return failed(found.error());
  }
  if (!is_same(found->file, file.info)) return give_back(number, file, *found, from, name);
  ++files_;
  bytes_ += file.info.size;
  return {MoveResult::kMoved, {}};
}

MoveOutcome Batch::give_back(std::uint64_t number, const PlannedFile& file, const EntryInfo& found,
                             Directory& from, const std::string& name) {
  Status back = directory_->move(to_text(number), from, name);
  if (back.ok()) return {MoveResult::kChanged, {}};
  const Status kept =
      keep_as_stray(*directory_, *manifest_, number, last_number_ + 1,
                    ManifestFile{.number = number, .file = file, .stray = true}, found.file);
  ++last_number_;
  if (!kept.ok()) {
    unsettled_ = true;
    return failed(kept.error());
  }
  ++strays_;
  Error error = std::move(back).error();
  error.message =
      "another file had its name for a moment, and lies in the trash now, since it "
      "could not be put back: " +
      error.message;
  error.hint = "tfevents trash restore brings it back";
  return {MoveResult::kStray, std::move(error)};
}

Batch::Emptied Batch::remove_emptied(std::span<const PlannedDirectory> directories) {
  Emptied emptied;
  std::vector<std::size_t> order(directories.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // A directory comes before its parent, whose path is a part of its own.
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return directories[a].path > directories[b].path;
  });
  for (const std::size_t i : order) {
    const PlannedDirectory& directory = directories[i];
    if (!sealed_ || !is_manifest_path(directory.path)) continue;
    const auto fail = [&](Error error) {
      const bool harmless = error.code == ErrorCode::kNotFound ||
                            error.code == ErrorCode::kRefused || error.code == ErrorCode::kExists;
      if (!harmless) emptied.errors.push_back(std::move(error));
    };
    const SplitPath split = split_path(directory.path);
    Result<Directory*> parent = walk_.open(split.parent);
    if (!parent.ok()) {
      fail(std::move(parent).error());
      continue;
    }
    const Result<EntryInfo> info = (*parent)->info_of(split.name);
    if (!info.ok()) {
      fail(info.error());
      continue;
    }
    if (info->file.type != FileType::kDirectory || info->file.id != directory.info.file.id) {
      continue;
    }
    if (Status removed = (*parent)->remove_directory(split.name); !removed.ok()) {
      fail(std::move(removed).error());
      continue;
    }
    ++emptied.removed;
    ++removed_;
    Status noted = manifest_->append(to_manifest_line(ManifestGone{directory.path}));
    if (!noted.ok()) fail(std::move(noted).error());
  }
  return emptied;
}

Status Batch::finish() {
  assert(sealed_);
  if (unsettled_) {
    return Error{.code = ErrorCode::kIo,
                 .message = "could not be finished; the next command will",
                 .path = directory_->path()};
  }
  TFEVENTS_TRY(BatchFiles files, BatchFiles::open(*trash_, id_));
  if (files_ == 0 && strays_ == 0 && removed_ == 0) {
    TFEVENTS_TRY(const bool removed, files.remove_if_bare(*trash_));
    if (removed) return ok_status();
  }
  TFEVENTS_CHECK(manifest_->sync());
  return files.set_done();
}

}  // namespace tfevents::rewrite
