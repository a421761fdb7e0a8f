#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tfevents {

struct Run;
struct RunReading;

/// What the folding of runs into trials looks at. See PRODUCT "Trials".
struct RunFacts {
  std::string name;         ///< Machine name of the run: `/` between its parts.
  std::string people_name;  ///< Empty: the same.
  /// The operand it lies below, as machine names begin: `.`, or the prefix where names have one. No
  /// trial lies above it, and a run of that very name is no member of another.
  std::string root = ".";
  bool has_scalars = false;
  bool has_other_values = false;             ///< Of other kinds, hparams aside.
  bool has_experiment = false;               ///< `_hparams_/experiment`.
  bool has_session = false;                  ///< `_hparams_/session_start_info`.
  std::optional<std::string> only_tag = {};  ///< Where all its values are scalars of one tag.
  std::optional<double> active_time = {};    ///< Epoch seconds of its last event.

  /// As the sub-run that `add_hparams` makes.
  [[nodiscard]] bool is_add_hparams() const noexcept { return has_experiment && has_session; }
  /// True where there is nothing to show of it: no value, or `_hparams_/experiment` alone.
  [[nodiscard]] bool says_nothing() const noexcept {
    return !has_scalars && !has_other_values && !has_session;
  }
};

/// The facts of a run that was read to its end; `root` as in RunFacts.
[[nodiscard]] RunFacts to_facts(const Run& run, const RunReading& reading, std::string root = ".");

/// The `root` of a run of this name: the longest of the operands, as typed, that the name begins
/// with, else `.`.
[[nodiscard]] std::string root_of(std::string_view run_name, std::span<const std::string> operands);
/// The same, but `.` also where the name is relative to an operand of the same beginning, as of the
/// run `train/eval` in an operand `train`: its path tells.
[[nodiscard]] std::string root_of(const Run& run, std::span<const std::string> operands);

/// How a run belongs to its trial.
enum class Membership : std::uint8_t {
  kOwn,         ///< The run of the trial's name.
  kRole,        ///< (a) `train`, `validation`, …: tags `train/loss`.
  kAddHparams,  ///< (b) The sub-run of `add_hparams`: tags as they are.
  kAddScalars,  ///< (c) A sub-run of `add_scalars`: tag `loss/train`.
};
/// `own`, `role`, `add_hparams` or `add_scalars`.
[[nodiscard]] const char* to_string(Membership how) noexcept;

/// A run in a trial. The trial's name of its tag T is prefix + T + suffix.
struct Member {
  std::size_t run = 0;  ///< Index into the facts.
  Membership how = Membership::kOwn;
  std::string prefix = {};  ///< `train/`; of nested ones all parts.
  std::string suffix = {};  ///< `/KEY`, of add_scalars.

  [[nodiscard]] std::string trial_tag(std::string_view local) const;
  /// What the run itself calls this tag of the trial, if it can have it.
  [[nodiscard]] std::optional<std::string_view> local_tag(std::string_view tag) const noexcept;
};

/// One training job.
struct Trial {
  std::string name;         ///< Machine name: of its own run, else of the directory.
  std::string people_name;  ///< Empty: the same.
  /// Own run first, then sub-runs of add_hparams (newest first), then the others in natural order.
  std::vector<Member> members;

  /// The run of the trial's name; nothing where the trial is of a directory that is no run.
  [[nodiscard]] std::optional<std::size_t> own() const noexcept {
    if (members.empty() || members.front().how != Membership::kOwn) return std::nullopt;
    return members.front().run;
  }
  /// The run whose session start gives the hyperparameters: the first member that has one.
  std::optional<std::size_t> hparams_run = {};
};

/// Why a run is no trial and of none.
enum class NoTrial : std::uint8_t {
  kExperimentOnly,  ///< It holds `_hparams_/experiment` and nothing else.
  kEmptyParent,     ///< It holds no value, and runs lie below it.
};
/// `experiment-only` or `empty-parent`.
[[nodiscard]] const char* to_string(NoTrial reason) noexcept;

struct LeftOut {
  std::size_t run = 0;
  NoTrial reason = NoTrial::kExperimentOnly;
};

struct Trials {
  std::vector<Trial> trials;      ///< Natural order of the name.
  std::vector<LeftOut> left_out;  ///< In order of the runs.
};

struct FoldOptions {
  bool fold = true;  ///< False (`--no-fold`): every run is a trial, none is left out.
  /// What people read for a trial `.` that has no own run: the operand's directory.
  std::string root_people_name = {};
};

/// Folds runs into trials. Names are distinct; any order. Every run is a member of exactly one
/// trial or left out. O(n log n) in runs; pure.
[[nodiscard]] Trials fold_trials(std::span<const RunFacts> runs, const FoldOptions& options = {});

// Tags of a trial. In expressions a tag means its scalars, so only those count here.

/// True when a run (index into the facts) holds scalars under exactly this tag.
using HasTag = std::function<bool(std::size_t run, std::string_view local_tag)>;

/// Where a trial's tag is.
struct TagPlace {
  std::size_t run = 0;
  std::string local_tag;
  std::string trial_tag;
};

struct TagMatch {
  std::optional<TagPlace> found;
  /// Other members' values of the same exact name that `found` hides; to be reported once.
  std::vector<TagPlace> hidden;
  /// Where nothing was found: the places that a bare tag could mean, two or more. None: missing.
  std::vector<TagPlace> ambiguous;
};

/// An exact tag wins, of the trial's own run first; else a bare tag of exactly one member.
[[nodiscard]] TagMatch resolve(const Trial& trial, std::string_view tag, const HasTag& has);

/// Every tag of a trial, by its trial name in byte order, those that are hidden left out.
/// `scalar_tags` gives those of a run.
[[nodiscard]] std::vector<TagPlace> tags_of(
    const Trial& trial,
    const std::function<std::vector<std::string>(std::size_t run)>& scalar_tags);

/// Whether values of `local_tag` in a run of this name could be what `wanted` means in the trial
/// that the run turns out to belong to: asked before anything is known about it, so that no other
/// series need be kept. Never false where `resolve` would look; sometimes true where it would not.
[[nodiscard]] bool may_serve(std::string_view run_name, std::string_view local_tag,
                             std::string_view wanted) noexcept;

/// True for `train`, `validation`, `eval_…` and the other names of rule (a).
[[nodiscard]] bool is_role(std::string_view leaf) noexcept;

}  // namespace tfevents
