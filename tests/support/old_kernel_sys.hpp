#pragma once

#include "io/directory.hpp"
#include "io/directory_posix.hpp"
#include "io/sys.hpp"

namespace tfevents::test {

/// The real file system as an old kernel, a sandbox or a network file system shows it: without
/// openat2, renaming that never replaces, or types in directories. Thread-safe.
class OldKernelSys final : public Sys {
 public:
  explicit OldKernelSys(bool hard_links = true)
      : calls_{.openat2 = false,
               .rename_noreplace = false,
               .hard_links = hard_links,
               .entry_types = false} {}

  Result<std::unique_ptr<OpenFile>> open_read(const std::string& path) override {
    return real_sys().open_read(path);
  }
  Result<FileInfo> stat(const std::string& path) override { return real_sys().stat(path); }
  Result<FileInfo> lstat(const std::string& path) override { return real_sys().lstat(path); }
  Result<Listing> list(const std::string& path) override { return real_sys().list(path); }
  Result<std::string> real_path(const std::string& path) override {
    return real_sys().real_path(path);
  }
  Result<std::unique_ptr<Directory>> open_directory(const std::string& path) override {
    return posix::open_directory(path, calls_);
  }

 private:
  posix::DirectoryCalls calls_;
};

}  // namespace tfevents::test
