#pragma once

#include <memory>
#include <string>

#include "io/directory.hpp"
#include "io/posix.hpp"

/// The pieces of the real Directory; for the .cpp files of this layer and its tests.
namespace tfevents::posix {

/// What a directory may ask of the kernel or expect of the file system. Old kernels, sandboxes and
/// network file systems lack these; tests switch them off to run the other way.
struct DirectoryCalls {
  bool openat2 = true;           ///< Linux 5.6; else openat(2) and a comparison of devices.
  bool rename_noreplace = true;  ///< NFS and many of FUSE have none.
  bool hard_links = true;        ///< Used where there is no RENAME_NOREPLACE.
  bool entry_types = true;       ///< d_type in directories.
};

/// As Sys::open_directory.
Result<std::unique_ptr<Directory>> open_directory(const std::string& path,
                                                  DirectoryCalls calls = {});

/// As system_error, with the codes of Directory: kExists for EEXIST and ENOTEMPTY, kRefused for
/// ELOOP (in a single name: it is a link) and EXDEV.
[[nodiscard]] Error entry_error(int error_number, std::string path);

[[nodiscard]] EntryInfo to_entry_info(const struct stat& info);

/// fstat(2) of a descriptor, which may be one of O_PATH.
Result<EntryInfo> read_entry_info(int descriptor, const std::string& path);

/// fchmod(2) that takes descriptors of O_PATH too, through /proc; kUnsupported where that is not
/// mounted.
Status set_mode(int descriptor, mode_t mode, const std::string& path);

/// Directory::set_attributes on a descriptor, which may be one of O_PATH.
Status set_attributes(int descriptor, const EntryInfo& like, const std::string& path);

/// Gives a directory that was just made, and opened by its name, the mode that the umask and rules
/// of its parent did not leave. kRefused where it cannot be the one that was made.
Status set_mode_of_new_directory(int descriptor, mode_t mode, const std::string& path);

/// Directory::is_being_written of a descriptor that is open for reading.
[[nodiscard]] std::optional<bool> has_writer(int descriptor);

/// Takes away the rights that a new directory of ours got from the default access list of its
/// parent. They sleep under its mode, and would awake, here or in what is made in it, with another.
void drop_access_lists(int descriptor);

/// A file open for writing at its end.
[[nodiscard]] std::unique_ptr<WritableFile> to_writable_file(Descriptor file, std::string path);

/// An entry of an open directory.
struct EntryPlace {
  int directory;  ///< A descriptor.
  const std::string& name;
};

/// Renames, never replacing. 0 or the errno; EEXIST speaks of `to`, all others of `from`.
int move_entry(EntryPlace from, EntryPlace to, const DirectoryCalls& calls);

}  // namespace tfevents::posix
