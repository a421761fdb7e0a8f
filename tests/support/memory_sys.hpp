#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "io/sys.hpp"

namespace tfevents::test {

/// A file tree in memory: inodes, links, times, and changes while somebody reads. Starts with an
/// empty
/// `/`, which is the working directory too. Behaves as Linux does: open files keep their inode when
/// the name goes, links are followed 40 deep, paths end at 4095 bytes. Thread-safe.
///
/// The builders make missing parents, and throw std::logic_error where a test asks for nonsense.
class MemorySys final : public Sys {
 public:
  MemorySys();
  ~MemorySys() override;

  /// Makes a file, or a new inode in place of an old one: what rename over a file does.
  MemorySys& file(std::string_view path, std::string_view bytes, double mtime_seconds = 0);
  MemorySys& directory(std::string_view path);
  MemorySys& link(std::string_view path, std::string target);
  /// A FIFO, socket or device: opens as an empty file.
  MemorySys& special(std::string_view path);
  /// The directory `existing` also under the name `path`, without a link.
  MemorySys& bind(std::string_view path, std::string_view existing);

  // Changes of what is there; the inode stays.
  MemorySys& append(std::string_view path, std::string_view bytes);
  MemorySys& truncate(std::string_view path, std::uint64_t size);
  MemorySys& overwrite(std::string_view path, std::uint64_t offset, std::string_view bytes);
  MemorySys& touch(std::string_view path, double mtime_seconds);
  MemorySys& remove(std::string_view path);

  /// Directory entries tell no types from now on, as some file systems do.
  void hide_types() { hide_types_ = true; }
  /// Called before every read of an open file, with its path as opened and the number of reads of
  /// any file before; it may change the tree.
  void on_read(std::function<void(const std::string& path, std::uint64_t n)> hook);

  Result<std::unique_ptr<OpenFile>> open_read(const std::string& path) override;
  Result<FileInfo> stat(const std::string& path) override;
  Result<FileInfo> lstat(const std::string& path) override;
  Result<Listing> list(const std::string& path) override;
  Result<std::string> real_path(const std::string& path) override;

 private:
  struct Node;
  class File;
  struct Place;

  [[nodiscard]] Result<Place> find(std::string_view path, bool follow) const;
  [[nodiscard]] FileInfo info_of(const Node& node) const;
  std::shared_ptr<Node> new_node(FileType type);
  /// `bind` can make nodes own each other in a circle.
  static void take_apart(Node& node);
  void put(std::string_view path, std::shared_ptr<Node> node);
  [[nodiscard]] Node& existing(std::string_view path, FileType type) const;

  mutable std::mutex mutex_;
  std::shared_ptr<Node> root_;
  std::uint64_t next_inode_ = 1;
  bool hide_types_ = false;
  std::function<void(const std::string&, std::uint64_t)> on_read_;
  std::uint64_t reads_ = 0;
};

}  // namespace tfevents::test
