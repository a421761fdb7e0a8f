#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "base/parallel.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "io/walk.hpp"
#include "logdir/file_names.hpp"
#include "logdir/run.hpp"

namespace tfevents {
namespace {

constexpr std::size_t kMaxNamesForSuggestions = 4096;

std::string last_part(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

/// One operand, found.
struct Operand {
  std::string path;    // To open it.
  std::string prefix;  // Names start with it; empty for the only operand.
  std::string shown;   // The name people read for the operand itself.
  FileInfo info;
};

class Finder {
 public:
  Finder(const Selection& select, Sys& sys, unsigned jobs, const StopFlag& stop)
      : select_(select), sys_(sys), jobs_(jobs), stop_(stop) {}

  Result<Discovery> run() {
    std::vector<std::string> operands = select_.operands;
    if (operands.empty()) operands.push_back(select_.logdir);
    several_ = operands.size() > 1;
    for (const std::string& typed : operands) {
      if (typed == "-") {
        add_standard_input();
        continue;
      }
      TFEVENTS_TRY(const Operand operand, find(typed));
      TFEVENTS_CHECK(add_operand(operand));
      end_operand();
    }
    select_runs();
    if (several_) drop_files_of_runs();
    if (!stop_.requested()) {
      TFEVENTS_CHECK(require_names(select_.runs, "--run"));
      TFEVENTS_CHECK(require_names(select_.exclude, "--exclude"));
    }
    if (found_.runs_seen == 0) {
      std::erase_if(found_.problems, [](const Problem& p) { return p.rule == "no-event-files"; });
    }
    std::sort(found_.runs.begin(), found_.runs.end(),
              [](const Run& a, const Run& b) { return natural_compare(a.name, b.name) < 0; });
    found_.operands = std::move(operands);
    return std::move(found_);
  }

 private:
  Result<Operand> find(const std::string& typed) {
    if (typed.empty()) {
      return Error{.code = ErrorCode::kUsage,
                   .message = "an empty path",
                   .hint = "a variable of the script may be unset; the working directory is `.`"};
    }
    Operand operand{typed,
                    several_ ? without_trailing_slashes(typed) : "",
                    without_trailing_slashes(typed),
                    {}};
    auto info = sys_.stat(typed);
    if (!info.ok() && info.error().code == ErrorCode::kNotFound && !typed.starts_with('/')) {
      // No path: a run's name below the log directory.
      operand.path = join_path(select_.logdir, typed);
      auto below = sys_.stat(operand.path);
      if (below.ok()) {
        operand.prefix = without_trailing_slashes(typed);
        info = std::move(below);
      }
    }
    if (!info.ok() && info.error().code == ErrorCode::kNotFound) return not_found(typed);
    if (!info.ok()) return std::move(info).error();
    operand.info = *info;
    if (operand.shown == "." || operand.shown == "..") {
      auto real = sys_.real_path(typed);
      if (real.ok()) operand.shown = last_part(*real);
      if (operand.shown.empty()) operand.shown = "/";
    }
    return operand;
  }

  Error not_found(const std::string& typed) {
    std::vector<std::string> candidates;
    const std::string clean = without_trailing_slashes(typed);
    const std::size_t slash = clean.rfind('/');
    const std::string parent = slash == std::string::npos ? "."
                               : slash == 0               ? "/"
                                                          : clean.substr(0, slash);
    if (auto entries = sys_.list(parent); entries.ok()) {
      for (const DirEntry& entry : entries->entries) {
        candidates.push_back(slash == std::string::npos ? entry.name
                                                        : join_path(parent, entry.name));
      }
    }
    if (select_.logdir != ".") add_run_names(candidates);
    Error error{.code = ErrorCode::kNotFound, .message = "no such path or run", .path = typed};
    std::erase(candidates, clean);
    if (sys_.lstat(typed).ok()) error.message = "a symbolic link to nothing";
    if (const auto near = nearest(clean, candidates))
      error.hint = "did you mean " + printable(*near) + "?";
    return error;
  }

  void add_run_names(std::vector<std::string>& names) {
    auto walked = walk(sys_, select_.logdir, walk_options(), stop_);
    if (!walked.ok()) return;
    for (const WalkedDirectory& directory : walked->directories) {
      if (!directory.files.empty() && names.size() < kMaxNamesForSuggestions)
        names.push_back(directory.relative);
    }
  }

  [[nodiscard]] WalkOptions walk_options() const {
    return {.jobs = jobs_, .skip = is_own_name, .want_file = is_event_file_name};
  }

  Status add_operand(const Operand& operand) {
    if (operand.info.type == FileType::kDirectory) return add_tree(operand);
    if (operand.info.type != FileType::kRegular) {
      return Error{.code = ErrorCode::kUnsupported,
                   .message = "neither a directory nor a regular file",
                   .path = operand.path,
                   .hint = "pipe it in, and give - as the path"};
    }
    // An operand that cannot be read is an error, not a finding.
    TFEVENTS_TRY(const auto opened, sys_.open_read(operand.path));
    Run run{.name = operand.prefix.empty() ? "." : operand.prefix,
            .shown = operand.shown,
            .path = operand.path,
            .is_file = true};
    run.files.push_back(
        {last_part(operand.path), operand.info.id, operand.info.size, operand.info.mtime_ns});
    add_run(std::move(run), operand.info.id);
    return ok_status();
  }

  void add_standard_input() {
    if (std::exchange(standard_input_, true)) return;  // There is one, however often it is named.
    Run run{.name = "-", .shown = "", .path = "-", .standard_input = true};
    run.files.push_back({"-", {}, 0, 0});
    add_run(std::move(run), {});
  }

  Status add_tree(const Operand& operand) {
    bool any = false;  // Runs, those among them that another operand has led to.
    auto result = walk(sys_, operand.path, walk_options(), stop_);
    if (!result.ok()) return std::move(result).error();
    WalkResult walked = std::move(result).value();
    for (Problem& problem : walked.problems) found_.problems.push_back(std::move(problem));
    const auto with_files =
        std::count_if(walked.directories.begin(), walked.directories.end(),
                      [](const WalkedDirectory& d) { return !d.files.empty(); });
    found_.runs.reserve(found_.runs.size() + static_cast<std::size_t>(with_files));
    Stats stats = stat_files(operand.path, walked.directories);
    if (stop_.requested()) return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
    for (std::size_t i = 0; i < walked.directories.size(); ++i) {
      WalkedDirectory& directory = walked.directories[i];
      if (directory.files.empty()) continue;
      Run run;
      run.path = path_below(operand.path, directory.relative);
      if (directory.relative == ".") {
        run.name = operand.prefix.empty() ? "." : operand.prefix;
        if (operand.shown != run.name) run.shown = operand.shown;
      } else {
        run.name = operand.prefix.empty() ? std::move(directory.relative)
                                          : join_path(operand.prefix, directory.relative);
      }
      const std::size_t wanted = directory.files.size();
      add_files(directory, stats[i], run);
      run.bare = directory.plain && !directory.through_symlink && run.files.size() == wanted;
      any = any || !run.files.empty();
      if (!run.files.empty()) add_run(std::move(run), directory.id);
      directory = {};
      stats[i] = std::vector<Stat>();
    }
    if (!any && several_) {  // Of the only operand it is the answer, which the command words.
      found_.problems.push_back({.severity = Severity::kWarn,
                                 .rule = "no-event-files",
                                 .path = operand.path,
                                 .message = "no event files in it"});
    }
    return ok_status();
  }

  /// What the system says of a wanted file.
  struct Stat {
    FileInfo info;
    std::unique_ptr<Error> error;
  };
  using Stats = std::vector<std::vector<Stat>>;

  // Of every regular file of each directory, by several threads: the first look at a file is what
  // costs in a large tree.
  Stats stat_files(const std::string& root, const std::vector<WalkedDirectory>& directories) {
    Stats stats(directories.size());
    for_each_parallel(
        directories.size(), jobs_, stop_, [](std::size_t) { return 0; },
        [&](std::size_t i) {
          const std::string path = path_below(root, directories[i].relative);
          stats[i].resize(directories[i].files.size());
          for (std::size_t file = 0; file < stats[i].size(); ++file) {
            const DirEntry& entry = directories[i].files[file];
            if (entry.type && *entry.type != FileType::kRegular) continue;
            auto info = sys_.stat(join_path(path, entry.name));
            if (info.ok()) {
              stats[i][file].info = *info;
            } else {
              stats[i][file].error = std::make_unique<Error>(std::move(info).error());
            }
          }
        });
    return stats;
  }

  void add_files(WalkedDirectory& directory, std::vector<Stat>& stats, Run& run) {
    run.files.reserve(directory.files.size());
    for (std::size_t i = 0; i < directory.files.size(); ++i) {
      DirEntry& entry = directory.files[i];
      const auto problem = [&](Severity severity, const char* rule, std::string message) {
        found_.problems.push_back({.severity = severity,
                                   .rule = rule,
                                   .run = run.name,
                                   .path = join_path(run.path, entry.name),
                                   .message = std::move(message),
                                   .lost_data = severity == Severity::kError});
      };
      if (entry.type && *entry.type != FileType::kRegular) {
        problem(Severity::kNote, "odd-file", "not a regular file, ignored");
      } else if (stats[i].error != nullptr) {
        if (stats[i].error->code == ErrorCode::kNotFound) continue;  // It went while we looked.
        problem(Severity::kError, "unreadable", stats[i].error->message);
      } else {
        const FileInfo& info = stats[i].info;
        run.files.push_back({std::move(entry.name), info.id, info.size, info.mtime_ns});
      }
    }
  }

  // -r and -x, once every name is known: a pattern that equals one means that one.
  void select_runs() {
    if (select_.runs.empty() && select_.exclude.empty()) return;
    std::vector<std::pair<std::string, std::string>>
        printed;  // As people read it, and as machines.
    std::vector<std::string_view> names;
    printed.reserve(found_.runs.size());
    for (const Run& run : found_.runs) {
      const auto& pair = printed.emplace_back(printable(run.people_name()), printable(run.name));
      names.insert(names.end(), {pair.first, pair.second});
    }
    prefer_names(select_.runs, names);
    prefer_names(select_.exclude, names);
    std::size_t at = 0;
    std::erase_if(found_.runs, [&](const Run&) {
      const auto& both = printed[at++];
      const auto chosen_by = [&both](const std::vector<Pattern>& patterns) {
        const bool as_shown = any_matches(patterns, both.first);
        return any_matches(patterns, both.second) || as_shown;
      };
      // Each pattern sees each name: what is no pattern has to be one of them.
      const bool wanted = select_.runs.empty() || chosen_by(select_.runs);
      return chosen_by(select_.exclude) || !wanted;
    });
  }

  // A file that was named and lies in a run that was named too is read once, as a part of the run.
  void drop_files_of_runs() {
    std::set<FileId> named;
    for (const Run& run : found_.runs) {
      if (run.is_file) named.insert(run.files.front().id);
    }
    if (named.empty()) return;
    std::set<FileId> twice;
    for (const Run& run : found_.runs) {
      for (const EventFile& file : run.files) {
        if (!run.is_file && named.contains(file.id)) twice.insert(file.id);
      }
    }
    std::erase_if(found_.runs, [&](const Run& run) {
      return run.is_file && twice.contains(run.files.front().id);
    });
  }

  // One operand leads to nothing twice, so that its runs need be known to the next ones alone.
  void end_operand() {
    seen_.insert(seen_.end(), seen_now_.begin(), seen_now_.end());
    std::sort(seen_.begin(), seen_.end());
    seen_now_.clear();
  }

  void add_run(Run run, FileId id) {
    if (several_ && !run.standard_input) {
      if (std::binary_search(seen_.begin(), seen_.end(), id)) return;  // Two operands lead to it.
      seen_now_.push_back(id);
    }
    ++found_.runs_seen;
    if (found_.names_seen.size() < kMaxNamesForSuggestions)
      found_.names_seen.push_back(run.people_name());
    found_.runs.push_back(std::move(run));
  }

  const Selection& select_;
  Sys& sys_;
  unsigned jobs_;
  const StopFlag& stop_;
  Discovery found_;
  std::vector<FileId> seen_;      // What the operands before lead to, sorted.
  std::vector<FileId> seen_now_;  // What this one leads to.
  bool several_ = false;
  bool standard_input_ = false;
};

}  // namespace

Result<Discovery> discover(const Selection& select, Sys& sys, unsigned jobs, const StopFlag& stop) {
  return Finder(select, sys, jobs, stop).run();
}

}  // namespace tfevents
