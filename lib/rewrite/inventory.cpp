#include "rewrite/inventory.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "logdir/file_names.hpp"
#include "rewrite/trash_walk.hpp"

namespace tfevents::rewrite {
namespace {

constexpr std::size_t kForeignNames = 3;
/// What Directory says of mounts.
constexpr std::string_view kOtherDevice = "lies on another device";

// Directories and files that TensorBoard's plugins keep beside event files. Source: FORMAT of the
// profiler and the projector; both look nowhere else.
constexpr std::string_view kPluginDirectory = "plugins";
constexpr std::string_view kProjectorFile = "projector_config.pbtxt";

std::string below(const std::string& directory, const std::string& name) {
  return directory.empty() ? name : directory + "/" + name;
}

std::string relative_of(const Run& run) {
  return run.name == "." ? "" : run.name;
}

}  // namespace

const char* to_string(What what) noexcept {
  return what == What::kEvents ? "events" : "dir";
}

struct InventoryTaker::Impl {
  Impl(Directory& of_operand, What goes, const std::vector<Run>& all_runs)
      : operand(of_operand), what(goes), runs(all_runs), walk(of_operand) {
    for (const Run& each : runs) run_paths.insert(relative_of(each));
  }

  // What happens to the files of a directory.
  enum class Fate : std::uint8_t { kRun, kPlugin, kOther };

  Status take(const std::string& trial_name, const std::vector<std::size_t>& members,
              const StopFlag& stop_flag) {
    trial = trial_name;
    stop = &stop_flag;
    out = {};
    foreign.clear();
    listed.clear();
    for (const std::size_t member : members) {
      run = &runs[member];
      const std::string path = relative_of(*run);
      run_directory = path;
      if (run->bare) {
        take_bare(path);
        continue;
      }
      TFEVENTS_CHECK(look_through(path));
      if (!out.trouble.empty()) return ok_status();
      add_parents_of(path);
    }
    // Parents first, the way they would be made again.
    std::sort(out.directories.begin(), out.directories.end(),
              [](const PlannedDirectory& a, const PlannedDirectory& b) { return a.path < b.path; });
    for (auto& [size, name] : foreign) out.foreign_names.push_back(std::move(name));
    std::reverse(out.foreign_names.begin(), out.foreign_names.end());
    return ok_status();
  }

  void take_bare(const std::string& path) {
    if (run->files.front().id.device != device()) return trouble(path, std::string(kOtherDevice));
    for (const EventFile& file : run->files) {
      add_file(below(path, file.name), file.name, Fate::kRun,
               {FileType::kRegular, file.id, file.size, file.mtime_ns});
    }
    // Where one is listed, those above it are.
    for (std::string_view part = path; !part.empty(); part = split_path(part).parent) {
      if (!listed.emplace(part).second) return;
      out.directories.push_back({.path = std::string(part), .info = {}});
    }
  }

  // A run's directory with all below it that belongs to no other run. No recursion: how deep a tree
  // is, is a stranger's choice.
  Status look_through(const std::string& path) {
    std::vector<std::pair<std::string, Fate>> left{{path, Fate::kRun}};
    while (!left.empty() && out.trouble.empty()) {
      if (stop->requested()) return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
      const auto [directory, fate] = std::move(left.back());
      left.pop_back();
      look_into(directory, fate, left);
    }
    return ok_status();
  }

  void look_into(const std::string& path, Fate fate,
                 std::vector<std::pair<std::string, Fate>>& left) {
    const bool goes = fate != Fate::kOther || what == What::kDirectory;
    auto opened = walk.open(path);
    if (!opened.ok()) return refused(path, opened.error(), goes);
    Directory& directory = **opened;
    auto entries = directory.list();
    if (!entries.ok()) return refused(path, entries.error(), goes);
    if (goes && !path.empty()) add_directory(path, directory);
    std::set<std::string_view> met;
    for (const DirEntry& entry : *entries) {
      if (is_own_name(entry.name)) continue;
      const std::string at = below(path, entry.name);
      if (entry.type == FileType::kDirectory) {
        if (run_paths.contains(at)) continue;  // A run of its own, whoever's.
        const bool plugin =
            fate == Fate::kPlugin || (fate == Fate::kRun && entry.name == kPluginDirectory);
        left.emplace_back(at, plugin ? Fate::kPlugin : Fate::kOther);
        continue;
      }
      auto info = directory.info_of(entry.name);
      if (!info.ok()) {
        if (info.error().code != ErrorCode::kNotFound) refused(at, info.error(), true);
        continue;
      }
      if (fate == Fate::kRun && is_event_file_name(entry.name)) met.insert(entry.name);
      add_file(at, entry.name, fate, info->file);
      if (!out.trouble.empty()) return;
    }
    if (fate == Fate::kRun) check_all_met(met);
  }

  void add_file(const std::string& path, const std::string& name, Fate fate, const FileInfo& info) {
    const bool event_file = fate == Fate::kRun && is_event_file_name(name);
    const bool ours =
        event_file || fate == Fate::kPlugin ||
        (fate == Fate::kRun && name == kProjectorFile && info.type == FileType::kRegular);
    if (event_file && !check_event_file(path, name, info)) return;
    if (event_file || what == What::kDirectory) newest(info.mtime_ns);
    if (!ours) add_foreign(path, info);
    if (!ours && what == What::kEvents) return;
    if (info.id.device != device()) return trouble(path, std::string(kOtherDevice));
    if (!is_manifest_path(path)) return trouble(path, "no name that could be restored");
    out.bytes += info.size;
    out.files.push_back({.path = path, .trial = trial, .run = run->name, .info = info});
  }

  // It must be what was read: else nobody knows what is in it.
  bool check_event_file(const std::string& path, const std::string& name, const FileInfo& info) {
    if (info.type == FileType::kSymlink) {
      trouble(path, "is a symbolic link");
      return false;
    }
    if (info.type != FileType::kRegular) return true;  // A FIFO of that name: no part of the run.
    const auto found = std::lower_bound(
        run->files.begin(), run->files.end(), name,
        [](const EventFile& file, const std::string& wanted) { return file.name < wanted; });
    if (found == run->files.end() || found->name != name) {
      trouble(path, "has only just appeared");
      return false;
    }
    if (found->id != info.id || found->size != info.size || found->mtime_ns != info.mtime_ns) {
      trouble(path, "changed while it was read");
      return false;
    }
    return true;
  }

  void check_all_met(const std::set<std::string_view>& met) {
    for (const EventFile& file : run->files) {
      if (!met.contains(file.name)) trouble(below(run_directory, file.name), "has vanished");
    }
  }

  void add_foreign(const std::string& path, const FileInfo& info) {
    ++out.foreign_files;
    out.foreign_bytes += info.size;
    const std::string name =
        run_directory.empty() ? path : path.substr(std::min(path.size(), run_directory.size() + 1));
    foreign.emplace(info.size, name);
    if (foreign.size() > kForeignNames) foreign.erase(foreign.begin());
  }

  void add_directory(const std::string& path, Directory& directory) {
    if (!listed.insert(path).second) return;
    auto info = directory.info();
    if (!info.ok()) return refused(path, info.error(), true);
    if (!is_manifest_path(path)) return trouble(path, "no name that could be restored");
    out.directories.push_back({.path = path, .info = *info});
  }

  // Those between the operand and a run, which the run may have been the last thing in.
  void add_parents_of(const std::string& path) {
    for (std::string_view part = split_path(path).parent; !part.empty();
         part = split_path(part).parent) {
      const std::string parent(part);
      if (listed.contains(parent)) return;
      auto opened = walk.open(parent);
      if (!opened.ok()) return refused(parent, opened.error(), true);
      add_directory(parent, **opened);
    }
  }

  void refused(const std::string& path, const Error& error, bool matters) {
    if (matters && error.code != ErrorCode::kNotFound) trouble(path, error.message);
    if (matters && error.code == ErrorCode::kNotFound) trouble(path, "has vanished");
    if (!matters) out.unseen.push_back(error);
  }

  void trouble(const std::string& path, const std::string& text) {
    if (!out.trouble.empty()) return;
    out.trouble = printable(path.empty() ? "." : path) + " " + text;
    out.other_device = text == kOtherDevice;
  }

  void newest(std::int64_t mtime_ns) {
    out.mtime_ns = std::max(out.mtime_ns.value_or(mtime_ns), mtime_ns);
  }

  std::uint64_t device() {
    if (!operand_device) {
      auto info = operand.info();
      operand_device = info.ok() ? info->file.id.device : 0;
    }
    return *operand_device;
  }

  Directory& operand;
  What what;
  const std::vector<Run>& runs;
  std::set<std::string> run_paths;
  TrashWalk walk;
  std::optional<std::uint64_t> operand_device;

  // Of the present trial.
  std::string trial;
  const StopFlag* stop = nullptr;
  const Run* run = nullptr;
  std::string run_directory;
  Inventory out;
  std::set<std::string, std::less<>> listed;          // Paths of its directories.
  std::multimap<std::uint64_t, std::string> foreign;  // The largest, by size.
};

InventoryTaker::InventoryTaker(Directory& operand, What what, const std::vector<Run>& runs)
    : impl_(std::make_unique<Impl>(operand, what, runs)) {}
InventoryTaker::~InventoryTaker() = default;

Result<Inventory> InventoryTaker::take(const std::string& trial,
                                       const std::vector<std::size_t>& members,
                                       const StopFlag& stop) {
  TFEVENTS_CHECK(impl_->take(trial, members, stop));
  return std::move(impl_->out);
}

}  // namespace tfevents::rewrite
