#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "io/directory.hpp"
#include "io/sys.hpp"
#include "rewrite/manifest.hpp"
#include "rewrite/trash.hpp"
#include "rewrite/trash_walk.hpp"

/// What the .cpp files of the trash share; not for others.
namespace tfevents::rewrite {

inline constexpr const char* kTrashName = ".tfe-trash";
inline constexpr const char* kLockName = "lock";
inline constexpr const char* kJournalName = "journal.jsonl";
inline constexpr const char* kManifestName = "manifest.jsonl";
inline constexpr const char* kNewManifestName = "manifest.new";  ///< Until it is sealed.
inline constexpr const char* kDoneName = "done";
/// A directory that a restore is about to put into its place: nobody else can reach it here.
inline constexpr const char* kMadeName = "made";

/// A file of lines that grows: a line is one write, and begins on a line of its own, whatever an
/// earlier crash or a full disk left.
class LineFile {
 public:
  /// For a file whose end is known.
  explicit LineFile(std::unique_ptr<WritableFile> file) : file_(std::move(file)) {}
  /// Made where there is none. Errors: kRefused where it is a link or no regular file; kIo.
  static Result<LineFile> open(Directory& directory, const std::string& name);

  /// `line` ends with `\n`.
  Status append(std::string line);
  Status sync() { return file_->sync(); }

 private:
  std::unique_ptr<WritableFile> file_;
  bool torn_ = false;  ///< What stands at its end is no whole line.
};

/// An open batch that is not known to be any good.
class BatchFiles {
 public:
  /// Errors: kRefused where it is no directory of the trash.
  static Result<BatchFiles> open(Trash& trash, const std::string& id);

  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] Directory& directory() noexcept { return *directory_; }
  /// Whether no more objects will come.
  Result<bool> is_done() { return has(kDoneName); }
  Result<bool> has_manifest() { return has(kManifestName); }

  /// From the first line on, `visit(ManifestLine&) -> Status` sees every line. Returns the first
  /// Error: the reader's, the visitor's, or kFormat for a header of another batch.
  template <class Visit>
  Status read(Visit visit) {
    TFEVENTS_TRY(const std::unique_ptr<OpenFile> file, open_manifest());
    ManifestReader reader(*file, join_path(directory_->path(), kManifestName));
    while (true) {
      TFEVENTS_TRY(std::optional<ManifestLine> line, reader.next());
      if (!line) return ok_status();
      if (const auto* header = std::get_if<ManifestHeader>(&*line)) {
        TFEVENTS_CHECK(check_header(*header));
      }
      TFEVENTS_CHECK(visit(*line));
    }
  }
  /// Reads all of it and forgets it: whatever is wrong is known before anything is touched.
  Result<ManifestHeader> validate();

  /// What lies under a number; nothing where nothing does.
  Result<std::optional<EntryInfo>> object(std::uint64_t number);

  Result<ManifestHeader> header();
  /// Whether nothing but our own files is in it.
  Result<bool> is_bare();
  /// Removes the batch if nothing but our own files is in it. False: objects are.
  Result<bool> remove_if_bare(Trash& trash);
  /// Says that no more objects will come.
  Status set_done();
  [[nodiscard]] Error no_manifest() const;

 private:
  BatchFiles(std::unique_ptr<Directory> directory, std::string id)
      : directory_(std::move(directory)), id_(std::move(id)) {}
  Result<bool> has(const char* name);
  Result<std::unique_ptr<OpenFile>> open_manifest();
  Status check_header(const ManifestHeader& header);

  std::unique_ptr<Directory> directory_;
  std::string id_;
};

/// Moves an object to where its entry says it came from, without making directories. kExists where
/// there is something again; kNotFound where the directory is gone.
Status move_back(BatchFiles& batch, const std::string& name, TrashWalk& walk,
                 const std::string& path);

/// Gives an object a new number, under which the manifest then knows it as a stray. On an Error it
/// may still lie under its old one.
Status keep_as_stray(Directory& batch, LineFile& manifest, std::uint64_t number,
                     std::uint64_t new_number, ManifestFile entry, const FileInfo& found);

/// The Error for an object that is there, with where it lies.
[[nodiscard]] Error object_error(ErrorCode code, std::string message, Trash& trash,
                                 const std::string& path, std::string hint = {});

}  // namespace tfevents::rewrite
