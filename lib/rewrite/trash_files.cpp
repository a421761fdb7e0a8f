#include "rewrite/trash_files.hpp"

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/number.hpp"

namespace tfevents::rewrite {
namespace {

constexpr std::uint32_t kFileMode = 0600;

bool is_absent(const Status& status) {
  return status.ok() || status.error().code == ErrorCode::kNotFound;
}

}  // namespace

Result<LineFile> LineFile::open(Directory& directory, const std::string& name) {
  TFEVENTS_TRY(std::unique_ptr<WritableFile> file, directory.open_append(name, kFileMode));
  TFEVENTS_TRY(const EntryInfo info, file->info());
  LineFile lines(std::move(file));
  if (info.file.size == 0) return lines;
  TFEVENTS_TRY(const std::unique_ptr<OpenFile> reader, directory.open_read(name));
  std::array<std::byte, 1> last{};
  TFEVENTS_TRY(const std::size_t count, reader->read_at(info.file.size - 1, last));
  lines.torn_ = count == 1 && last[0] != std::byte{'\n'};
  return lines;
}

Status LineFile::append(std::string line) {
  if (torn_) line.insert(line.begin(), '\n');
  Status written = file_->write(as_bytes(line));
  torn_ = !written.ok();
  return written;
}

Result<BatchFiles> BatchFiles::open(Trash& trash, const std::string& id) {
  auto directory = trash.directory().open_directory(id);
  if (!directory.ok()) {
    // A file under the name of a batch is "not found" as a directory, and there all the same.
    if (directory.error().code == ErrorCode::kNotFound && trash.directory().info_of(id).ok()) {
      return Error{.code = ErrorCode::kRefused,
                   .message = "is no directory",
                   .path = directory.error().path};
    }
    return std::move(directory).error();
  }
  return BatchFiles(std::move(directory).value(), id);
}

Result<bool> BatchFiles::has(const char* name) {
  const Result<EntryInfo> info = directory_->info_of(name);
  if (info.ok()) return info->file.type == FileType::kRegular;
  if (info.error().code == ErrorCode::kNotFound) return false;
  return info.error();
}

Error BatchFiles::no_manifest() const {
  return {.code = ErrorCode::kFormat,
          .message = "no manifest",
          .path = directory_->path(),
          .hint = "look at what is in it: nothing here removes or restores it"};
}

Result<std::unique_ptr<OpenFile>> BatchFiles::open_manifest() {
  auto file = directory_->open_read(kManifestName);
  if (!file.ok()) {
    if (file.error().code != ErrorCode::kNotFound) return std::move(file).error();
    return no_manifest();
  }
  TFEVENTS_TRY(const FileInfo info, (*file)->info());
  if (info.type != FileType::kRegular) {
    return Error{.code = ErrorCode::kFormat,
                 .message = "its manifest is no regular file",
                 .path = directory_->path()};
  }
  return file;
}

Status BatchFiles::check_header(const ManifestHeader& header) {
  if (header.batch == id_) return ok_status();
  return Error{.code = ErrorCode::kFormat,
               .message = "its manifest is that of batch " + header.batch,
               .path = directory_->path()};
}

Result<ManifestHeader> BatchFiles::header() {
  TFEVENTS_TRY(const std::unique_ptr<OpenFile> file, open_manifest());
  ManifestReader reader(*file, join_path(directory_->path(), kManifestName));
  auto line = reader.next();
  if (!line.ok()) return std::move(line).error();
  auto* header = line->has_value() ? std::get_if<ManifestHeader>(&**line) : nullptr;
  if (header == nullptr) return no_manifest();  // Not possible: the reader wants one first.
  TFEVENTS_CHECK(check_header(*header));
  return std::move(*header);
}

Result<ManifestHeader> BatchFiles::validate() {
  ManifestHeader header;
  TFEVENTS_CHECK(read([&](ManifestLine& line) {
    if (auto* it = std::get_if<ManifestHeader>(&line)) header = std::move(*it);
    return ok_status();
  }));
  return header;
}

Result<std::optional<EntryInfo>> BatchFiles::object(std::uint64_t number) {
  Result<EntryInfo> info = directory_->info_of(to_text(number));
  if (info.ok()) return std::optional(*info);
  if (info.error().code == ErrorCode::kNotFound) return std::optional<EntryInfo>();
  return std::move(info).error();
}

Result<bool> BatchFiles::is_bare() {
  TFEVENTS_TRY(const std::vector<DirEntry> entries, directory_->list());
  return std::all_of(entries.begin(), entries.end(), [](const DirEntry& entry) {
    if (entry.name == kMadeName) return entry.type == FileType::kDirectory;
    return entry.type == FileType::kRegular &&
           (entry.name == kManifestName || entry.name == kNewManifestName ||
            entry.name == kDoneName);
  });
}

Result<bool> BatchFiles::remove_if_bare(Trash& trash) {
  TFEVENTS_TRY(const bool bare, is_bare());
  if (!bare) return false;
  // It is unfinished before it is gone, and its manifest goes last: a crash leaves what the next
  // command takes away.
  if (const Status gone = directory_->remove_directory(kMadeName); !is_absent(gone)) {
    return gone.error();
  }
  for (const char* name : {kDoneName, kNewManifestName, kManifestName}) {
    if (const Status gone = directory_->remove_file(name); !is_absent(gone)) return gone.error();
  }
  if (const Status gone = trash.directory().remove_directory(id_); !is_absent(gone)) {
    return gone.error();
  }
  return true;
}

Status BatchFiles::set_done() {
  auto file = directory_->create_file(kDoneName, kFileMode);
  if (!file.ok() && file.error().code != ErrorCode::kExists) return std::move(file).error();
  return directory_->sync();
}

Status move_back(BatchFiles& batch, const std::string& name, TrashWalk& walk,
                 const std::string& path) {
  const SplitPath split = split_path(path);
  TFEVENTS_TRY(Directory * parent, walk.open(split.parent));
  return batch.directory().move(name, *parent, split.name);
}

Status keep_as_stray(Directory& batch, LineFile& manifest, std::uint64_t number,
                     std::uint64_t new_number, ManifestFile entry, const FileInfo& found) {
  entry.number = new_number;
  entry.stray = true;
  entry.file.info = found;
  // Announced before it has that number: a crash leaves it under one of two that are known.
  TFEVENTS_CHECK(manifest.append(to_manifest_line(entry)));
  TFEVENTS_CHECK(manifest.sync());
  return batch.move(to_text(number), batch, to_text(new_number));
}

Error object_error(ErrorCode code, std::string message, Trash& trash, const std::string& path,
                   std::string hint) {
  return {.code = code,
          .message = std::move(message),
          .path = join_path(trash.operand().path(), path),
          .hint = std::move(hint)};
}

}  // namespace tfevents::rewrite
