#include "io/walk.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/text.hpp"
#include "io/walk_names.hpp"
#include "io/workers.hpp"

namespace tfevents {

namespace {

struct HashId {
  std::size_t operator()(const FileId& id) const noexcept {
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15U;  // spreads neighbouring inode numbers
    return static_cast<std::size_t>((id.inode ^ (id.device << 32U)) * kOdd);
  }
};

// In place of a directory's number.
constexpr std::uint32_t kQueued = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t kRefused = kQueued - 1;  ///< Unreadable, and reported.
constexpr std::uint32_t kMostDirectories = kRefused;

/// A directory to be listed: entry `name` of directory number `parent`.
struct Waiting {
  std::uint32_t parent = 0;
  std::string name;
  bool link = false;
};

/// A link to a directory.
struct Link {
  std::string name;
  FileId target;
};

/// What one thread found out about one directory.
struct Visit {
  WalkedDirectory directory;
  bool has_id = false;
  std::optional<Error> error;
  std::vector<std::string> children;
  std::vector<Link> links;
  std::vector<Problem> problems;
};

/// A name of a directory whose number is not known yet.
struct NameOfId {
  std::uint32_t from = 0;
  FileId to;
  std::string name;
};

Problem unreadable(const std::string& path, const std::string& what, const Error& error) {
  Problem problem;
  problem.severity = Severity::kError;
  problem.rule = "unreadable";
  problem.path = path;
  problem.message = what + " not read: " + error.message;
  if (!error.hint.empty()) problem.hint = error.hint;
  problem.lost_data = true;
  return problem;
}

Problem bad_link(Severity severity, std::string rule, std::string path, std::string message) {
  Problem problem;
  problem.severity = severity;
  problem.rule = std::move(rule);
  problem.path = std::move(path);
  problem.message = std::move(message);
  return problem;
}

std::string_view path_of(const Problem& problem) {
  return problem.path ? std::string_view(*problem.path) : std::string_view();
}

class Walker {
 public:
  Walker(Sys& sys, const std::string& root, const WalkOptions& options, const StopFlag& stop)
      : sys_(sys), root_(root), options_(options), stop_(stop), workers_(options.jobs) {}

  Result<WalkResult> run() {
    Visit root;
    root.directory.relative = ".";
    fill(root);
    if (root.error) return std::move(*root.error);
    std::vector<Waiting> level;
    keep(std::move(root), level);
    while (!level.empty()) {
      TFEVENTS_TRY(level, list_level(level));
    }
    // Only now is it known which links lead to something new.
    real_count_ = static_cast<std::uint32_t>(result_.directories.size());
    level = follow_links();
    while (!level.empty()) {
      TFEVENTS_TRY(level, list_level(level));
      std::vector<Waiting> behind = follow_links();
      std::move(behind.begin(), behind.end(), std::back_inserter(level));
    }
    finish();
    return std::move(result_);
  }

 private:
  /// Lists all directories of one level and returns the next.
  Result<std::vector<Waiting>> list_level(const std::vector<Waiting>& level) {
    // In blocks, so that memory follows what is kept and not the widest level.
    constexpr std::size_t kBlock = 2048;
    std::vector<Waiting> next;
    for (std::size_t begin = 0; begin < level.size(); begin += kBlock) {
      const std::size_t count = std::min(kBlock, level.size() - begin);
      std::vector<Visit> visits(count);
      workers_.run(count, [&](std::size_t i) { list(level[begin + i], visits[i]); });
      if (stop_.requested()) {
        return Error{.code = ErrorCode::kCancelled, .message = "stopped", .path = root_};
      }
      // In order, whatever the threads' order was.
      for (std::size_t i = 0; i < count; ++i) {
        merge(level[begin + i], std::move(visits[i]), next);
      }
    }
    return next;
  }

  // ---- in the workers: reads the members that no round changes ----

  void list(const Waiting& waiting, Visit& visit) const {
    if (stop_.requested()) return;  // the whole walk is dropped
    const WalkedDirectory& parent = result_.directories[waiting.parent];
    visit.directory.relative = relative_below(parent.relative, waiting.name);
    fill(visit);
  }

  [[nodiscard]] std::string path_to(const WalkedDirectory& directory) const {
    return path_below(root_, directory.relative);
  }

  void fill(Visit& visit) const {
    const std::string path = path_to(visit.directory);
    Result<Listing> listing = sys_.list(path);
    if (!listing.ok()) {
      visit.error = std::move(listing).error();
      // Its number tells whether other names lead to it too.
      const Result<FileInfo> info = sys_.stat(path);
      visit.has_id = info.ok();
      if (info.ok()) visit.directory.id = info->id;
      return;
    }
    visit.has_id = true;
    visit.directory.id = listing->info.id;
    for (DirEntry& entry : listing->entries) sort_entry(path, std::move(entry), visit);
  }

  void sort_entry(const std::string& directory, DirEntry entry, Visit& visit) const {
    if (!entry.type) {
      const Result<FileInfo> info = sys_.lstat(join_path(directory, entry.name));
      if (!info.ok()) {
        if (info.error().code != ErrorCode::kNotFound) {
          visit.problems.push_back(
              unreadable(join_path(directory, entry.name), "entry", info.error()));
        }
        visit.directory.plain = false;
        return;
      }
      entry.type = info->type;
    }
    if (*entry.type != FileType::kRegular || !is_wanted(entry.name)) visit.directory.plain = false;
    if (*entry.type == FileType::kDirectory) {
      if (!is_skipped(entry.name)) visit.children.push_back(std::move(entry.name));
    } else if (*entry.type == FileType::kSymlink) {
      sort_link(directory, std::move(entry), visit);
    } else {
      sort_file(std::move(entry), visit);
    }
  }

  void sort_link(const std::string& directory, DirEntry entry, Visit& visit) const {
    std::string path = join_path(directory, entry.name);
    const Result<FileInfo> info = sys_.stat(path);
    if (info.ok()) {
      entry.type = info->type;
      if (info->type != FileType::kDirectory) return sort_file(std::move(entry), visit);
      if (!is_skipped(entry.name)) visit.links.push_back({std::move(entry.name), info->id});
      return;
    }
    if (is_link_loop(info.error())) {
      visit.problems.push_back(
          bad_link(Severity::kNote, "symlink-loop", std::move(path), "the link leads to itself"));
    } else if (info.error().code != ErrorCode::kNotFound) {
      // Nobody can say whether a directory is behind it.
      visit.problems.push_back(unreadable(path, "what the link leads to was", info.error()));
    } else if (is_wanted(entry.name)) {
      visit.problems.push_back(
          bad_link(Severity::kWarn, "broken-link", std::move(path), "the link leads to nothing"));
    }
  }

  void sort_file(DirEntry entry, Visit& visit) const {
    if (is_wanted(entry.name)) {
      visit.directory.files.push_back(std::move(entry));
    } else {
      ++visit.directory.other_files;
    }
  }

  [[nodiscard]] bool is_skipped(const std::string& name) const {
    return options_.skip && options_.skip(name);
  }
  [[nodiscard]] bool is_wanted(const std::string& name) const {
    return !options_.want_file || options_.want_file(name);
  }

  // ---- in the calling thread ----

  void merge(const Waiting& waiting, Visit visit, std::vector<Waiting>& next) {
    if (visit.has_id) {
      std::uint32_t& number = numbers_.try_emplace(visit.directory.id, kQueued).first->second;
      const bool known = number < kMostDirectories;
      // Links are in names_ already.
      if (!waiting.link && waiting.parent >= real_count_) {
        names_.push_back({waiting.parent, visit.directory.id, waiting.name});
      } else if (!waiting.link && known) {
        report_second_mount(visit.directory, number);
      }
      if (known || number == kRefused) return;
      if (visit.error) number = kRefused;
    }
    if (!visit.error) {
      keep(std::move(visit), next);
    } else if (visit.error->code != ErrorCode::kNotFound) {  // else removed meanwhile
      result_.problems.push_back(unreadable(path_to(visit.directory), "directory", *visit.error));
    }
  }

  /// Gives a listed directory its number.
  void keep(Visit visit, std::vector<Waiting>& next) {
    const auto number = static_cast<std::uint32_t>(result_.directories.size());
    numbers_[visit.directory.id] = number;
    visit.directory.through_symlink = number >= real_count_;
    visit.directory.files.shrink_to_fit();
    result_.directories.push_back(std::move(visit.directory));
    for (std::string& name : visit.children) next.push_back({number, std::move(name)});
    for (Link& link : visit.links) names_.push_back({number, link.target, std::move(link.name)});
    std::move(visit.problems.begin(), visit.problems.end(), std::back_inserter(result_.problems));
  }

  // A bind mount: two names without any link.
  void report_second_mount(const WalkedDirectory& directory, std::uint32_t kept) {
    result_.problems.push_back(bad_link(
        Severity::kNote, "duplicate-name", path_to(directory),
        "the same directory as " + printable(path_to(result_.directories[kept])) + "; read once"));
  }

  /// The directories that links met since the last call lead to, as far as they are new.
  std::vector<Waiting> follow_links() {
    std::vector<Waiting> behind;
    for (; links_followed_ < names_.size(); ++links_followed_) {
      const NameOfId& link = names_[links_followed_];
      if (numbers_.contains(link.to)) continue;
      if (holds_root(link.to)) {
        result_.problems.push_back(
            bad_link(Severity::kNote, "symlink-loop",
                     join_path(path_to(result_.directories[link.from]), link.name),
                     "leads to a directory that holds the whole tree; not followed"));
        continue;
      }
      numbers_.emplace(link.to, kQueued);
      behind.push_back({link.from, link.name, true});
    }
    return behind;
  }

  /// True for the directories above the root: a link there would draw in all that surrounds the
  /// tree, up to the whole disk.
  bool holds_root(const FileId& id) {
    if (!above_root_) {
      above_root_.emplace();
      const Result<std::string> real = sys_.real_path(root_);
      std::string path = real.ok() ? *real : std::string();
      while (path.size() > 1) {
        path.erase(std::max<std::size_t>(path.rfind('/'), 1));
        const Result<FileInfo> info = sys_.stat(path);
        if (info.ok()) above_root_->push_back(info->id);
      }
    }
    return std::find(above_root_->begin(), above_root_->end(), id) != above_root_->end();
  }

  void finish() {
    std::vector<DirectoryName> names;
    names.reserve(names_.size());
    for (NameOfId& name : names_) {
      const auto number = numbers_.find(name.to);
      if (number == numbers_.end() || number->second >= kMostDirectories) continue;
      names.push_back({name.from, number->second, std::move(name.name)});
    }
    choose_names(root_, result_.directories, real_count_, std::move(names), result_.problems);

    std::sort(result_.directories.begin() + 1, result_.directories.end(),
              [](const WalkedDirectory& a, const WalkedDirectory& b) {
                return natural_compare(a.relative, b.relative) < 0;
              });
    std::stable_sort(result_.problems.begin(), result_.problems.end(),
                     [](const Problem& a, const Problem& b) {
                       return natural_compare(path_of(a), path_of(b)) < 0;
                     });
  }

  Sys& sys_;
  const std::string& root_;
  const WalkOptions& options_;
  const StopFlag& stop_;
  Workers workers_;
  WalkResult result_;  ///< In order of the numbers until `finish`.
  /// Directories with smaller numbers are reached without links; while those are walked, all are.
  std::uint32_t real_count_ = kMostDirectories;
  std::unordered_map<FileId, std::uint32_t, HashId> numbers_;
  std::vector<NameOfId> names_;  ///< Every link, and every entry of directories behind links.
  std::size_t links_followed_ = 0;
  std::optional<std::vector<FileId>> above_root_;
};

}  // namespace

std::string path_below(const std::string& root, const std::string& relative) {
  return relative == "." ? root : join_path(root, relative);
}

Result<WalkResult> walk(Sys& sys, const std::string& root, const WalkOptions& options,
                        const StopFlag& stop) {
  return Walker(sys, root, options, stop).run();
}

}  // namespace tfevents
