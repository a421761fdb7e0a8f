#include "rewrite/trash.hpp"

#include <algorithm>

#include "base/number.hpp"
#include "base/text.hpp"
#include "rewrite/trash_files.hpp"

namespace tfevents::rewrite {
namespace {

constexpr std::uint32_t kTrashMode = 0700;
constexpr std::uint32_t kOthers = 077;

std::string octal(std::uint32_t mode) {
  std::string text;
  for (const unsigned shift : {9U, 6U, 3U, 0U}) {
    text += static_cast<char>('0' + ((mode >> shift) & 7U));
  }
  return text;
}

Error refused(const Directory& trash, std::string message, std::string hint) {
  return {.code = ErrorCode::kRefused,
          .message = std::move(message),
          .path = trash.path(),
          .hint = std::move(hint)};
}

/// Anybody may have put something under the name of a trash.
Status verify(Directory& operand, Directory& trash, std::uint32_t uid) {
  TFEVENTS_TRY(const EntryInfo above, operand.info());
  TFEVENTS_TRY(const EntryInfo info, trash.info());
  if (info.file.type != FileType::kDirectory) {
    return refused(trash, "is no directory", "move it away; a trash of its own will be made");
  }
  if (info.owner != uid) {
    return refused(trash,
                   "belongs to user " + to_text(std::uint64_t{info.owner}) +
                       ", and this process runs as user " + to_text(std::uint64_t{uid}),
                   "run as that user, or move it away");
  }
  if ((info.mode & kOthers) != 0) {
    return refused(trash, "is open to others (mode " + octal(info.mode) + ")",
                   "look at what is in it, then chmod 700 it or move it away");
  }
  if (info.file.id.device != above.file.id.device) {
    return refused(trash, "lies on another device", "files cannot be moved there: unmount it");
  }
  return ok_status();
}

/// What refuses to be opened as a directory is no trash: say what to do about it.
Error explained(Error error) {
  if (error.code == ErrorCode::kRefused && error.hint.empty()) {
    error.hint = "move it away; a trash of its own will be made";
  }
  return error;
}

}  // namespace

Result<std::unique_ptr<Trash>> Trash::open_in(std::unique_ptr<Directory> operand, Actor actor) {
  // A file under this name would be "not found" to open_directory, as a missing trash is.
  TFEVENTS_TRY(const EntryInfo entry, operand->info_of(kTrashName));
  if (entry.file.type != FileType::kDirectory) {
    return Error{
        .code = ErrorCode::kRefused,
        .message = entry.file.type == FileType::kSymlink ? "is a symbolic link" : "is no directory",
        .path = join_path(operand->path(), kTrashName),
        .hint = "move it away; a trash of its own will be made"};
  }
  auto directory = operand->open_directory(kTrashName);
  if (!directory.ok()) return explained(std::move(directory).error());
  TFEVENTS_CHECK(verify(*operand, **directory, actor.uid));
  TFEVENTS_TRY(const EntryInfo info, (*directory)->info());
  return std::unique_ptr<Trash>(new Trash(std::move(operand), std::move(directory).value(),
                                          std::move(actor), info.file.id.device));
}

Result<std::unique_ptr<Trash>> Trash::open(Sys& sys, const std::string& operand, Actor actor) {
  TFEVENTS_TRY(std::unique_ptr<Directory> directory, sys.open_directory(operand));
  return open_in(std::move(directory), std::move(actor));
}

Result<std::unique_ptr<Trash>> Trash::open_or_create(Sys& sys, const std::string& operand,
                                                     Actor actor) {
  TFEVENTS_TRY(std::unique_ptr<Directory> directory, sys.open_directory(operand));
  const Status made = directory->make_directory(kTrashName, kTrashMode);
  if (!made.ok() && made.error().code != ErrorCode::kExists) {
    // Where it cannot be made it may still be there: a read-only disk says so for existing names.
    if (!directory->info_of(kTrashName).ok()) return made.error();
  }
  return open_in(std::move(directory), std::move(actor));
}

Result<std::vector<std::string>> Trash::batch_ids() {
  TFEVENTS_TRY(const std::vector<DirEntry> entries, directory_->list());
  std::vector<std::string> ids;
  for (const DirEntry& entry : entries) {
    if (is_batch_id(entry.name)) ids.push_back(entry.name);
  }
  std::sort(ids.begin(), ids.end(), [](const std::string& a, const std::string& b) {
    return natural_compare(a, b) < 0;  // `-10` behind `-2`
  });
  return ids;
}

}  // namespace tfevents::rewrite
