#include "logdir/trials.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.hpp"
#include "logdir/point_reader.hpp"
#include "logdir/trial_names.hpp"

namespace tfevents {
namespace {

using trial_names::parent_of;
using trial_names::RoleClass;
using trial_names::ScalarsName;

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// What one run is to the directory or run above it.
struct Link {
  std::string_view base = {};  // Name of that directory; empty: the run stands for itself.
  Membership how = Membership::kOwn;
  std::string suffix = {};
};

/// The children of one directory that are candidates for its trial.
struct Directory {
  std::vector<std::size_t> roles, add_hparams;
  std::set<RoleClass> classes;
  bool others = false;  // Some other run lies directly in it.
};

// They mostly are in order: a look at each is cheaper than sorting them again.
void sort_by_name(std::vector<Trial>& trials) {
  const auto before = [](const Trial& a, const Trial& b) {
    return natural_compare(a.name, b.name) < 0;
  };
  if (!std::is_sorted(trials.begin(), trials.end(), before))
    std::sort(trials.begin(), trials.end(), before);
}

class Folder {
 public:
  explicit Folder(std::span<const RunFacts> runs) : runs_(runs), links_(runs.size()) {
    by_name_.reserve(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) by_name_.emplace(runs[i].name, i);
    for (const RunFacts& run : runs) add_ancestors(run);
  }

  Trials fold(const FoldOptions& options) {
    for (std::size_t i = 0; i < runs_.size(); ++i) link_add_scalars(i);
    for (std::size_t i = 0; i < runs_.size(); ++i) sort_into_directory(i);
    for (const auto& [name, directory] : directories_) {
      link_roles(name, directory);
      link_add_hparams(name, directory);
    }
    gather();
    return finish(options);
  }

 private:
  void add_ancestors(const RunFacts& run) {
    for (std::string_view at = run.name; climb(at, run);) {
      if (!above_runs_.insert(at).second) return;
    }
  }

  // To the directory above, no higher than the operand.
  static bool climb(std::string_view& at, const RunFacts& run) noexcept {
    const std::string_view up = parent_of(at);
    if (at == run.root || up == at) return false;
    at = up;
    return true;
  }

  [[nodiscard]] std::size_t run_named(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? kNone : found->second;
  }

  // A run without anything to show is to the runs below it what a directory is.
  [[nodiscard]] bool is_strong_run(std::string_view name) const {
    const std::size_t run = run_named(name);
    return run != kNone && !runs_[run].says_nothing();
  }

  // (c) The nearest run above whose add_scalars could have made this one; else the directory.
  void link_add_scalars(std::size_t i) {
    const RunFacts& run = runs_[i];
    if (!run.only_tag) return;
    ScalarsName in_directory;
    std::string_view directory;
    for (std::string_view base = run.name; climb(base, run);) {
      const ScalarsName name = trial_names::add_scalars_name(run.name, base, *run.only_tag);
      if (name.key.empty()) continue;
      const bool is_run = run_named(base) != kNone;
      // Without a run to belong to, a key of several parts could be anything.
      if (!is_run && (!directory.empty() || name.key.find('/') != std::string_view::npos)) continue;
      directory = base;
      in_directory = name;
      if (is_run) break;
    }
    if (directory.empty()) return;
    links_[i] = {directory, Membership::kAddScalars, "/" + std::string(in_directory.key)};
  }

  void sort_into_directory(std::size_t i) {
    const RunFacts& run = runs_[i];
    if (!links_[i].base.empty() || run.name == run.root) return;
    Directory& directory = directories_[parent_of(run.name)];
    if (const auto role = trial_names::role_of(trial_names::leaf_of(run.name))) {
      directory.roles.push_back(i);
      directory.classes.insert(*role);
    } else if (run.is_add_hparams()) {
      directory.add_hparams.push_back(i);
    } else if (!run.says_nothing() || (!run.has_experiment && !above_runs_.contains(run.name))) {
      directory.others = true;
    }
  }

  // (a) A sub-run of add_hparams is no other run where it belongs to the same trial.
  void link_roles(std::string_view name, const Directory& directory) {
    const bool alone =
        !directory.others && directory.add_hparams.size() <= (run_named(name) != kNone ? 1U : 0U);
    if (!is_strong_run(name) && directory.classes.size() < 2 && !alone) return;
    for (const std::size_t i : directory.roles) links_[i] = {name, Membership::kRole};
  }

  // (b) Below a run without values there is nothing to add hparams to but what lies there alone.
  void link_add_hparams(std::string_view name, const Directory& directory) {
    const auto& children = directory.add_hparams;
    if (run_named(name) == kNone) return;
    const bool scalars = std::any_of(children.begin(), children.end(),
                                     [this](std::size_t i) { return runs_[i].has_scalars; });
    if (children.size() != 1 && scalars) return;
    const bool alone = children.size() == 1 && !directory.others;
    if (!is_strong_run(name) && !alone) return;
    for (const std::size_t i : children) links_[i] = {name, Membership::kAddHparams};
  }

  // The prefix that the tags of a run's members take.
  std::string prefix_of(std::size_t i) const {
    const Link& link = links_[i];
    if (link.base.empty()) return {};
    const std::size_t above = run_named(link.base);
    std::string prefix = above == kNone ? std::string() : prefix_of(above);
    if (link.how == Membership::kRole)
      prefix.append(trial_names::leaf_of(runs_[i].name)).append("/");
    return prefix;
  }

  // The name of the trial that a run is in.
  [[nodiscard]] std::string_view trial_of(std::size_t i) const {
    while (!links_[i].base.empty()) {
      const std::size_t above = run_named(links_[i].base);
      if (above == kNone) return links_[i].base;
      i = above;
    }
    return runs_[i].name;
  }

  void gather() {
    std::unordered_map<std::string_view, std::size_t> places;
    places.reserve(runs_.size());
    trials_.reserve(runs_.size());
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const auto [place, first] = places.try_emplace(trial_of(i), trials_.size());
      if (first) trials_.emplace_back(place->first, std::vector<Member>());
      trials_[place->second].second.push_back(
          {i, links_[i].how, prefix_of(i), std::move(links_[i].suffix)});
    }
  }

  [[nodiscard]] std::optional<NoTrial> why_not(const RunFacts& run) const {
    if (!run.says_nothing()) return std::nullopt;
    if (run.has_experiment) return NoTrial::kExperimentOnly;
    if (above_runs_.contains(run.name)) return NoTrial::kEmptyParent;
    return std::nullopt;
  }

  // Own run, add_hparams from the newest on, the others by name.
  [[nodiscard]] bool comes_before(const Member& a, const Member& b) const {
    const auto rank = [](const Member& m) {
      return m.how == Membership::kOwn ? 0 : m.how == Membership::kAddHparams ? 1 : 2;
    };
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    const RunFacts &left = runs_[a.run], &right = runs_[b.run];
    if (rank(a) == 1 && left.active_time != right.active_time)
      return left.active_time > right.active_time;
    return natural_compare(left.name, right.name) < 0;
  }

  Trials finish(const FoldOptions& options) {
    Trials out;
    out.trials.reserve(trials_.size());
    for (auto& [name, members] : trials_) {
      if (members.size() == 1 && members.front().how == Membership::kOwn) {
        if (const auto reason = why_not(runs_[members.front().run])) {
          out.left_out.push_back({members.front().run, *reason});
          continue;
        }
      }
      std::sort(members.begin(), members.end(),
                [this](const Member& a, const Member& b) { return comes_before(a, b); });
      Trial trial{.name = std::string(name), .people_name = {}, .members = std::move(members)};
      if (const auto own = trial.own()) {
        trial.people_name = runs_[*own].people_name;
      } else if (name == ".") {
        trial.people_name = options.root_people_name;
      }
      for (const Member& member : trial.members) {
        if (trial.hparams_run || !runs_[member.run].has_session) continue;
        trial.hparams_run = member.run;
      }
      out.trials.push_back(std::move(trial));
    }
    sort_by_name(out.trials);
    std::sort(out.left_out.begin(), out.left_out.end(),
              [](const LeftOut& a, const LeftOut& b) { return a.run < b.run; });
    return out;
  }

  std::span<const RunFacts> runs_;
  std::vector<Link> links_;
  std::unordered_map<std::string_view, std::size_t> by_name_;
  std::unordered_set<std::string_view> above_runs_;  // Directories that runs lie below.
  std::unordered_map<std::string_view, Directory> directories_;
  /// By first member: runs come in order of their names, and so their trials nearly are, too.
  std::vector<std::pair<std::string_view, std::vector<Member>>> trials_;
};

Trials each_its_own(std::span<const RunFacts> runs) {
  Trials out;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    Trial& trial = out.trials.emplace_back();
    trial.name = runs[i].name;
    trial.people_name = runs[i].people_name;
    trial.members.push_back({.run = i});
    if (runs[i].has_session) trial.hparams_run = i;
  }
  sort_by_name(out.trials);
  return out;
}

// `path` may be empty: then a name that begins as an operand is taken to have it as a prefix.
std::string_view longest_root(std::string_view name, std::string_view path,
                              std::span<const std::string> operands) {
  std::string_view root = ".";
  bool any = false;
  for (const std::string& typed : operands) {
    std::string_view operand = typed;
    while (operand.size() > 1 && operand.ends_with('/')) operand.remove_suffix(1);
    const bool below =
        name == operand || (name.starts_with(operand) && name.size() > operand.size() &&
                            (operand == "/" || name[operand.size()] == '/'));
    if (!below || (any && operand.size() <= root.size())) continue;
    if (!path.empty() && path == join_path(operand, name)) continue;
    root = operand;
    any = true;
  }
  return root;
}

}  // namespace

const char* to_string(Membership how) noexcept {
  switch (how) {
    case Membership::kOwn: return "own";
    case Membership::kRole: return "role";
    case Membership::kAddHparams: return "add_hparams";
    case Membership::kAddScalars: return "add_scalars";
  }
  return "own";
}

const char* to_string(NoTrial reason) noexcept {
  return reason == NoTrial::kExperimentOnly ? "experiment-only" : "empty-parent";
}

Trials fold_trials(std::span<const RunFacts> runs, const FoldOptions& options) {
  return options.fold ? Folder(runs).fold(options) : each_its_own(runs);
}

std::string root_of(std::string_view run_name, std::span<const std::string> operands) {
  return std::string(longest_root(run_name, {}, operands));
}

std::string root_of(const Run& run, std::span<const std::string> operands) {
  return std::string(longest_root(run.name, run.path, operands));
}

RunFacts to_facts(const Run& run, const RunReading& reading, std::string root) {
  RunFacts facts{.name = run.name, .people_name = run.shown, .root = std::move(root)};
  if (run.is_file || run.standard_input) facts.root = run.name;
  const TagTable& tags = reading.tags;
  for (SeriesId series = 0; series < tags.series_count(); ++series) {
    const SeriesInfo& info = tags.info(series);
    const std::string_view tag = tags.name(info.tag);
    if (info.kind == Kind::kScalars) {
      facts.has_scalars = true;
      if (tags.series_count() == 1) facts.only_tag = std::string(tag);
    } else if (info.kind == Kind::kHparams && tag == kHparamsExperimentTag) {
      facts.has_experiment = true;
    } else if (info.kind == Kind::kHparams && tag == kHparamsSessionStartTag) {
      facts.has_session = true;
    } else {
      facts.has_other_values = true;
    }
  }
  facts.active_time = reading.activity.last_time();
  return facts;
}

}  // namespace tfevents
