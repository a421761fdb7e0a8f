#include "ops/du_foreign.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "logdir/file_names.hpp"

namespace tfevents::ops {
namespace {

constexpr std::size_t kMostForeignProblems = 100;
constexpr std::string_view kTrash = ".tfe-trash";

Problem unreadable(const std::string& path, const std::string& what, const Error& error) {
  return {.severity = Severity::kWarn,
          .rule = "unreadable",
          .path = path,
          .message = what + ": " + error.message};
}

// A directory is a run where one of these names leads to a regular file.
bool holds_event_file(const std::string& path, const Listing& listing, Sys& sys) {
  return std::any_of(listing.entries.begin(), listing.entries.end(), [&](const DirEntry& entry) {
    if (!is_event_file_name(entry.name)) return false;
    if (entry.type == FileType::kRegular) return true;
    if (entry.type && *entry.type != FileType::kSymlink) return false;
    const auto info = sys.stat(join_path(path, entry.name));
    return info.ok() && info->type == FileType::kRegular;
  });
}

/// Goes through directories of one file system.
class Descent {
 public:
  Descent(Sys& sys, std::vector<Problem>& problems) : sys_(sys), problems_(problems) {}

  /// What an entry is, and nothing where that cannot be had.
  std::optional<FileInfo> look_at(const std::string& path) {
    auto info = sys_.lstat(path);
    if (info.ok()) return *info;
    // What vanishes meanwhile is as if it had never been.
    if (info.error().code != ErrorCode::kNotFound && problems_.size() < kMostForeignProblems)
      problems_.push_back(unreadable(path, "its size is not known", info.error()));
    return std::nullopt;
  }

  /// Calls `on_file` with the paths of the regular files of a directory whose names it `wants`,
  /// and `on_directory` with the names and paths of the directories in it.
  template <class Wants, class OnFile, class OnDirectory>
  void visit(const std::string& path, const Listing& listing, Wants wants, OnFile on_file,
             OnDirectory on_directory) {
    for (const DirEntry& entry : listing.entries) {
      if (entry.type == FileType::kSymlink || entry.type == FileType::kOther) continue;
      if (entry.type == FileType::kRegular && !wants(entry.name)) continue;
      std::string below = join_path(path, entry.name);
      FileType type = FileType::kDirectory;
      if (entry.type != FileType::kDirectory) {
        const auto info = look_at(below);
        if (!info) continue;
        type = info->type;
        if (type == FileType::kRegular && wants(entry.name)) on_file(below, *info);
      }
      if (type == FileType::kDirectory) on_directory(entry.name, std::move(below));
    }
  }

 private:
  Sys& sys_;
  std::vector<Problem>& problems_;
};

}  // namespace

void FileCensus::add(const FileCensus& other) {
  files_.insert(files_.end(), other.files_.begin(), other.files_.end());
}

FileSum FileCensus::sum() {
  std::sort(files_.begin(), files_.end(), [](const File& a, const File& b) {
    return a.id != b.id ? a.id < b.id : a.size < b.size;
  });
  files_.erase(std::unique(files_.begin(), files_.end(),
                           [](const File& a, const File& b) { return a.id == b.id; }),
               files_.end());
  FileSum sum{.files = files_.size()};
  for (const File& file : files_) sum.bytes += file.size;
  return sum;
}

std::vector<Problem> visit_foreign(
    const Run& run, Sys& sys, const StopFlag& stop,
    const std::function<void(std::string_view below, const FileInfo& file)>& on_file) {
  std::vector<Problem> problems;
  if (run.is_file || run.standard_input) return problems;
  Descent descent(sys, problems);
  std::optional<std::uint64_t> device;
  const std::size_t front = join_path(run.path, "x").size() - 1;
  std::vector<std::string> waiting{run.path};
  while (!waiting.empty() && !stop.requested()) {
    const std::string path = std::move(waiting.back());
    waiting.pop_back();
    const auto listing = sys.list(path);
    if (!listing.ok()) continue;
    const bool is_the_run = !device;
    if (is_the_run) device = listing->info.id.device;
    if (listing->info.id.device != *device) continue;
    if (!is_the_run && holds_event_file(path, *listing, sys)) continue;
    descent.visit(
        path, *listing,
        [&](std::string_view name) { return !is_own_name(name) && !is_event_file_name(name); },
        [&](std::string_view file, const FileInfo& info) { on_file(file.substr(front), info); },
        [&](std::string_view name, std::string below) {
          if (!is_own_name(name)) waiting.push_back(std::move(below));
        });
  }
  return problems;
}

ForeignFiles find_foreign(const Run& run, Sys& sys, const StopFlag& stop) {
  ForeignFiles found;
  found.problems = visit_foreign(
      run, sys, stop,
      [&](std::string_view /*below*/, const FileInfo& file) { found.census.add(file); });
  return found;
}

TrashSum measure_trash(const std::string& directory, Sys& sys, const StopFlag& stop) {
  TrashSum trash;
  FileCensus census;
  Descent descent(sys, trash.problems);
  const std::string root = join_path(directory, kTrash);
  const auto info = sys.lstat(root);
  if (!info.ok() || info->type != FileType::kDirectory) return trash;
  std::vector<std::string> waiting{root};
  for (bool is_root = true; !waiting.empty() && !stop.requested(); is_root = false) {
    const std::string path = std::move(waiting.back());
    waiting.pop_back();
    const auto listing = sys.list(path);
    if (!listing.ok()) {
      if (listing.error().code != ErrorCode::kNotFound &&
          trash.problems.size() < kMostForeignProblems)
        trash.problems.push_back(unreadable(path, "the trash is not counted", listing.error()));
      continue;
    }
    if (listing->info.id.device != info->id.device) continue;
    descent.visit(
        path, *listing, [](std::string_view) { return true; },
        [&](std::string_view /*path*/, const FileInfo& file) { census.add(file); },
        [&](std::string_view, std::string below) {
          trash.batches += is_root ? 1U : 0U;
          waiting.push_back(std::move(below));
        });
  }
  trash.files = census.sum();
  return trash;
}

}  // namespace tfevents::ops
