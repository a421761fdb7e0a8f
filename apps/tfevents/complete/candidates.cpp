#include "complete/candidates.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <set>

#include "base/text.hpp"
#include "ops/tags.hpp"

namespace tfevents::complete {
namespace {

constexpr std::string_view kEventFileMark =
    "tfevents";  // What makes a file an event file, to TensorBoard too.

struct Directory {
  std::string relative;  // Empty for the root.
  std::string path;
  std::size_t depth = 0;
};

// Not walk() of lib/io: that one is exact and finishes; this one is broad first and stops when the
// time is over.
class Walk {
 public:
  using EventFile = std::function<void(const std::string& path)>;

  /// `event_file` is told each event file; it may be empty.
  Walk(Sys& sys, std::string_view prefix, const Budget& budget, EventFile event_file = {})
      : sys_(sys), prefix_(prefix), budget_(budget), event_file_(std::move(event_file)) {}

  void root(const std::string& path) {
    std::deque<Directory> open{{.relative = {}, .path = path}};
    while (!open.empty() && !budget_.spent(runs_.size())) {
      const Directory directory = std::move(open.front());
      open.pop_front();
      visit(directory, open);
    }
  }

  [[nodiscard]] std::vector<std::string> take() {
    std::sort(runs_.begin(), runs_.end(),
              [](const std::string& a, const std::string& b) { return natural_compare(a, b) < 0; });
    runs_.erase(std::unique(runs_.begin(), runs_.end()), runs_.end());
    return std::move(runs_);
  }

 private:
  void visit(const Directory& directory, std::deque<Directory>& open) {
    const auto listing = sys_.list(directory.path);
    if (!listing.ok()) return;
    bool is_run = false;
    for (const DirEntry& entry : listing->entries) {
      if (entry.name.starts_with('.')) continue;
      const bool event_file = entry.name.find(kEventFileMark) != std::string::npos;
      if (is_directory(directory, entry)) {
        enter(directory, entry.name, open);
      } else if (event_file) {
        is_run = true;
        if (event_file_ && !budget_.spent(0)) event_file_(join_path(directory.path, entry.name));
      }
    }
    if (is_run && !directory.relative.empty() && directory.relative.starts_with(prefix_)) {
      runs_.push_back(directory.relative);
    }
  }

  bool is_directory(const Directory& directory, const DirEntry& entry) {
    if (entry.type && *entry.type != FileType::kSymlink) return *entry.type == FileType::kDirectory;
    const auto info = sys_.stat(join_path(directory.path, entry.name));
    return info.ok() && info->type == FileType::kDirectory;
  }

  void enter(const Directory& directory, const std::string& name,
             std::deque<Directory>& open) const {
    if (directory.depth >= budget_.depth) return;
    std::string relative = directory.relative.empty() ? name : directory.relative + '/' + name;
    // Only what can still begin with the prefix: `vis` and everything below it for `vision/r`.
    const std::size_t common = std::min(relative.size(), prefix_.size());
    if (relative.compare(0, common, prefix_.substr(0, common)) != 0) return;
    open.push_back({.relative = std::move(relative),
                    .path = join_path(directory.path, name),
                    .depth = directory.depth + 1});
  }

  Sys& sys_;
  std::string_view prefix_;
  const Budget& budget_;
  EventFile event_file_;
  std::vector<std::string> runs_;
};

}  // namespace

std::vector<std::string> runs_below(Sys& sys, const std::vector<std::string>& roots,
                                    std::string_view prefix, const Budget& budget) {
  Walk walk(sys, prefix, budget);
  for (const std::string& root : roots) walk.root(root);
  return walk.take();
}

std::vector<std::string> tags_below(Sys& sys, const std::vector<std::string>& roots,
                                    std::string_view prefix, const Budget& budget) {
  // Writers log all their tags early on; a run's first megabyte stands for it.
  constexpr std::uint64_t kFront = std::uint64_t{1} << 20;
  std::set<std::string> tags;
  const auto enough = [&] { return budget.spent(tags.size()); };
  Walk walk(sys, "", budget, [&](const std::string& path) {
    if (!enough()) ops::collect_tags(sys, path, kFront, enough, tags);
  });
  for (const std::string& root : roots) walk.root(root);
  std::vector<std::string> found;
  for (const std::string& tag : tags) {
    if (tag.starts_with(prefix)) found.push_back(tag);
  }
  std::sort(found.begin(), found.end(),
            [](const std::string& a, const std::string& b) { return natural_compare(a, b) < 0; });
  return found;
}

}  // namespace tfevents::complete
