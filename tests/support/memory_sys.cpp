#include "support/memory_sys.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

namespace tfevents::test {

struct MemorySys::Node {
  FileType type = FileType::kRegular;
  std::uint64_t inode = 0;
  std::string bytes;  ///< Or the target of a link.
  std::int64_t mtime_ns = 0;
  std::map<std::string, std::shared_ptr<Node>, std::less<>> children;
};

/// Where a path leads, with the way there.
struct MemorySys::Place {
  std::shared_ptr<Node> node;
  std::string real;
};

namespace {

std::int64_t to_nanoseconds(double seconds) {
  return static_cast<std::int64_t>(std::llround(seconds * 1e9));
}

/// The parts of a path, last one first.
std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t slash = path.rfind('/');
    const std::string_view part = slash == std::string_view::npos ? path : path.substr(slash + 1);
    if (!part.empty()) parts.emplace_back(part);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  }
  return parts;
}

std::size_t copy(const std::string& bytes, std::uint64_t from, std::span<std::byte> into) {
  if (from >= bytes.size()) return 0;
  const std::size_t count = std::min(into.size(), bytes.size() - static_cast<std::size_t>(from));
  std::copy_n(reinterpret_cast<const std::byte*>(bytes.data()) + from, count, into.data());
  return count;
}

}  // namespace

class MemorySys::File final : public OpenFile {
 public:
  File(MemorySys& sys, std::shared_ptr<Node> node, std::string path)
      : sys_(sys), node_(std::move(node)), path_(std::move(path)) {}

  Result<std::size_t> read(std::span<std::byte> into) override {
    Result<std::size_t> count = read_at(position_, into);
    if (count.ok()) position_ += *count;
    return count;
  }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    std::uint64_t n = 0;
    {
      const std::lock_guard lock(sys_.mutex_);
      n = sys_.reads_++;
    }
    if (sys_.on_read_) sys_.on_read_(path_, n);
    const std::lock_guard lock(sys_.mutex_);
    if (node_->type == FileType::kDirectory) return system_error(EISDIR, path_);
    return copy(node_->bytes, offset, into);
  }
  Result<FileInfo> info() override {
    const std::lock_guard lock(sys_.mutex_);
    return sys_.info_of(*node_);
  }

 private:
  MemorySys& sys_;
  std::shared_ptr<Node> node_;
  std::string path_;
  std::uint64_t position_ = 0;
};

MemorySys::MemorySys() : root_(new_node(FileType::kDirectory)) {}

MemorySys::~MemorySys() {
  take_apart(*root_);
}

void MemorySys::take_apart(Node& node) {
  const auto children = std::exchange(node.children, {});
  for (const auto& [name, child] : children) take_apart(*child);
}

std::shared_ptr<MemorySys::Node> MemorySys::new_node(FileType type) {
  auto node = std::make_shared<Node>();
  node->type = type;
  node->inode = next_inode_++;
  return node;
}

FileInfo MemorySys::info_of(const Node& node) const {
  return {.type = node.type,
          .id = {.device = 1, .inode = node.inode},
          .size = node.bytes.size(),
          .mtime_ns = node.mtime_ns};
}

Result<MemorySys::Place> MemorySys::find(std::string_view path, bool follow) const {
  constexpr std::size_t kLongestPath = 4095;
  constexpr std::size_t kLongestName = 255;
  constexpr int kMostLinks = 40;
  const auto fail = [&](int error) { return system_error(error, std::string(path)); };
  if (path.empty()) return fail(ENOENT);
  if (path.size() > kLongestPath) return fail(ENAMETOOLONG);

  std::vector<std::pair<std::string, std::shared_ptr<Node>>> way{{"", root_}};
  std::vector<std::string> parts = parts_of(path);
  int links = 0;
  while (!parts.empty()) {
    const std::string part = std::move(parts.back());
    parts.pop_back();
    const Node& here = *way.back().second;
    if (here.type != FileType::kDirectory) return fail(ENOTDIR);
    if (part.size() > kLongestName) return fail(ENAMETOOLONG);
    if (part == ".") continue;
    if (part == "..") {
      if (way.size() > 1) way.pop_back();
      continue;
    }
    const auto child = here.children.find(part);
    if (child == here.children.end()) return fail(ENOENT);
    const std::shared_ptr<Node> node = child->second;
    if (node->type == FileType::kSymlink && (follow || !parts.empty())) {
      if (++links > kMostLinks) return fail(ELOOP);
      if (node->bytes.starts_with('/')) way.resize(1);
      // Last part first, so that the target's first part is the next one taken.
      for (std::string& more : parts_of(node->bytes)) parts.push_back(std::move(more));
      continue;
    }
    way.emplace_back(part, node);
  }
  if (path.ends_with('/') && way.back().second->type != FileType::kDirectory) return fail(ENOTDIR);
  Place place{.node = way.back().second, .real = {}};
  for (std::size_t i = 1; i < way.size(); ++i) place.real += "/" + way[i].first;
  if (place.real.empty()) place.real = "/";
  return place;
}

void MemorySys::put(std::string_view path, std::shared_ptr<Node> node) {
  std::vector<std::string> parts = parts_of(path);
  if (parts.empty()) throw std::logic_error("no name in a path");
  const std::string name = std::move(parts.front());
  std::string parent = "/";
  while (parts.size() > 1) {
    parent += parts.back() + "/";
    parts.pop_back();
    if (!find(parent, true).ok()) put(parent, new_node(FileType::kDirectory));
  }
  const Result<Place> place = find(parent, true);
  if (!place.ok() || place->node->type != FileType::kDirectory) {
    throw std::logic_error(parent + " is no directory");
  }
  place->node->children[name] = std::move(node);
}

MemorySys::Node& MemorySys::existing(std::string_view path, FileType type) const {
  const Result<Place> place = find(path, true);
  if (!place.ok() || place->node->type != type) {
    throw std::logic_error("not there, or of another type: " + std::string(path));
  }
  return *place->node;
}

MemorySys& MemorySys::file(std::string_view path, std::string_view bytes, double mtime_seconds) {
  const std::lock_guard lock(mutex_);
  auto node = new_node(FileType::kRegular);
  node->bytes = bytes;
  node->mtime_ns = to_nanoseconds(mtime_seconds);
  put(path, std::move(node));
  return *this;
}

MemorySys& MemorySys::directory(std::string_view path) {
  const std::lock_guard lock(mutex_);
  if (!find(path, true).ok()) put(path, new_node(FileType::kDirectory));
  return *this;
}

MemorySys& MemorySys::link(std::string_view path, std::string target) {
  const std::lock_guard lock(mutex_);
  auto node = new_node(FileType::kSymlink);
  node->bytes = std::move(target);
  put(path, std::move(node));
  return *this;
}

MemorySys& MemorySys::special(std::string_view path) {
  const std::lock_guard lock(mutex_);
  put(path, new_node(FileType::kOther));
  return *this;
}

MemorySys& MemorySys::bind(std::string_view path, std::string_view existing_directory) {
  const std::lock_guard lock(mutex_);
  const Result<Place> place = find(existing_directory, true);
  if (!place.ok()) throw std::logic_error("nothing to bind: " + std::string(existing_directory));
  put(path, place->node);
  return *this;
}

MemorySys& MemorySys::append(std::string_view path, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  existing(path, FileType::kRegular).bytes += bytes;
  return *this;
}

MemorySys& MemorySys::truncate(std::string_view path, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  existing(path, FileType::kRegular).bytes.resize(static_cast<std::size_t>(size));
  return *this;
}

MemorySys& MemorySys::overwrite(std::string_view path, std::uint64_t offset,
                                std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  Node& node = existing(path, FileType::kRegular);
  if (offset + bytes.size() > node.bytes.size()) throw std::logic_error("overwrites past the end");
  node.bytes.replace(static_cast<std::size_t>(offset), bytes.size(), bytes);
  return *this;
}

MemorySys& MemorySys::touch(std::string_view path, double mtime_seconds) {
  const std::lock_guard lock(mutex_);
  const Result<Place> place = find(path, true);
  if (!place.ok()) throw std::logic_error("nothing to touch: " + std::string(path));
  place->node->mtime_ns = to_nanoseconds(mtime_seconds);
  return *this;
}

MemorySys& MemorySys::remove(std::string_view path) {
  const std::lock_guard lock(mutex_);
  const std::vector<std::string> parts = parts_of(path);
  if (parts.empty()) throw std::logic_error("the root stays");
  const std::string parent = "/" + std::string(path.substr(0, path.rfind(parts.front())));
  if (existing(parent, FileType::kDirectory).children.erase(parts.front()) == 0) {
    throw std::logic_error("nothing to remove: " + std::string(path));
  }
  return *this;
}

void MemorySys::on_read(std::function<void(const std::string&, std::uint64_t)> hook) {
  on_read_ = std::move(hook);
}

Result<std::unique_ptr<OpenFile>> MemorySys::open_read(const std::string& path) {
  const std::lock_guard lock(mutex_);
  TFEVENTS_TRY(Place place, find(path, true));
  return std::unique_ptr<OpenFile>(std::make_unique<File>(*this, std::move(place.node), path));
}

Result<FileInfo> MemorySys::stat(const std::string& path) {
  const std::lock_guard lock(mutex_);
  TFEVENTS_TRY(const Place place, find(path, true));
  return info_of(*place.node);
}

Result<FileInfo> MemorySys::lstat(const std::string& path) {
  const std::lock_guard lock(mutex_);
  TFEVENTS_TRY(const Place place, find(path, path.ends_with('/')));
  return info_of(*place.node);
}

Result<Listing> MemorySys::list(const std::string& path) {
  const std::lock_guard lock(mutex_);
  TFEVENTS_TRY(const Place place, find(path, true));
  if (place.node->type != FileType::kDirectory) return system_error(ENOTDIR, path);
  Listing listing{.info = info_of(*place.node), .entries = {}};
  for (const auto& [name, node] : place.node->children) {
    listing.entries.push_back(
        {.name = name, .type = hide_types_ ? std::nullopt : std::optional(node->type)});
  }
  return listing;
}

Result<std::string> MemorySys::real_path(const std::string& path) {
  const std::lock_guard lock(mutex_);
  TFEVENTS_TRY(Place place, find(path, true));
  return std::move(place.real);
}

}  // namespace tfevents::test
