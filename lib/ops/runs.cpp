#include "ops/runs.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/number.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

namespace tfevents::ops {
namespace {

constexpr std::size_t kMaxTagNames = 4096;

std::string quoted(const std::vector<Pattern>& patterns) {
  std::string out;
  for (const Pattern& pattern : patterns) {
    out += (out.empty() ? "'" : ", '") + printable(pattern.text()) + "'";
  }
  return out;
}

// Names of runs, and of the directories above them, which `-r` takes as well.
std::vector<std::string> with_parents(const std::vector<std::string>& names) {
  std::set<std::string> all;
  for (const std::string& name : names) {
    all.insert(name);
    for (std::size_t slash = name.find('/');
         slash != std::string::npos && all.size() < kMaxTagNames;
         slash = name.find('/', slash + 1)) {
      all.insert(name.substr(0, slash));
    }
  }
  return {all.begin(), all.end()};
}

// The nearest name to a pattern that matched nothing: the pattern's own letters, its stars taken
// for nothing.
std::string suggestion(const std::vector<Pattern>& patterns,
                       const std::vector<std::string>& names) {
  for (const Pattern& pattern : patterns) {
    if (pattern.text().starts_with("re:")) continue;
    std::string plain = pattern.text();
    std::erase(plain, '*');
    if (const auto near = nearest(plain, names)) return "did you mean " + *near + "?";
  }
  return "";
}

// An add_hparams sub-run: torch and tensorboardX write the session's end into it at once, whatever
// the job does.
bool is_add_hparams(const TagTable& tags) {
  bool experiment = false, start = false;
  for (SeriesId id = 0; id < tags.series_count(); ++id) {
    const std::string_view tag = tags.name(tags.info(id).tag);
    experiment = experiment || tag == "_hparams_/experiment";
    start = start || tag == "_hparams_/session_start_info";
  }
  return experiment && start;
}

// The newest mtime of its files, epoch seconds.
std::optional<double> last_change(const Run& run) noexcept {
  std::int64_t newest = 0;
  for (const EventFile& file : run.files) newest = std::max(newest, file.mtime_ns);
  if (run.standard_input || newest <= 0) return std::nullopt;
  return static_cast<double>(newest) / 1e9;
}

}  // namespace

RunLife judge_life(const Run& run, const RunReading& reading, double now) {
  RunLife life;
  life.bytes = run.bytes();
  // Its size is known when it has ended.
  if (run.standard_input && !reading.files.empty())
    life.bytes = reading.files.front().tail.offset + reading.files.front().tail.have;
  Activity activity = reading.activity;
  if (reading.session_end > 0 && !is_add_hparams(reading.tags))
    activity.on_end_mark(reading.session_end);
  life.active_time = activity.last_time();
  life.median_gap = activity.median_gap();
  if (!life.active_time) life.active_time = last_change(run);
  if (life.active_time) life.age_seconds = now - *life.active_time;
  if (activity.live_at(now, life.median_gap)) {
    life.state = RunState::kLive;
  } else if (activity.ended()) {
    life.state = RunState::kDone;
  } else {
    life.state = reading.tags.series_count() == 0 ? RunState::kEmpty : RunState::kIdle;
  }
  return life;
}

void fill_life(LsRow& row, const Run& run, const RunReading& reading, const RunLife& life) {
  row.state = life.state;
  row.damage = reading.findings.damage();
  row.first_time = reading.activity.first_time();
  row.last_time = reading.activity.last_time();
  row.age_seconds = life.age_seconds;
  if (row.first_time) row.duration_seconds = *row.last_time - *row.first_time;
  row.files = run.files.size();
  row.bytes = life.bytes;
  row.profile = std::all_of(run.files.begin(), run.files.end(), [](const EventFile& file) {
    return file.name.ends_with(".profile-empty");
  });
}

void count_changes(const Run& run, double now, RunLife& life) noexcept {
  const auto change = last_change(run);
  if (!change || (life.active_time && *life.active_time >= *change)) return;
  life.active_time = change;
  life.age_seconds = now - *change;
}

bool passes_activity(const Selection& select, const RunLife& life) noexcept {
  if (select.live && life.state != RunState::kLive) return false;
  if (select.finished && life.state == RunState::kLive) return false;
  if (select.active_since && !(life.active_time && *life.active_time >= *select.active_since))
    return false;
  return !select.active_until || (life.active_time && *life.active_time <= *select.active_until);
}

OpContext keep_input(const OpContext& context, const Discovery& found) {
  OpContext keeping = context;
  const bool needed = std::any_of(found.runs.begin(), found.runs.end(),
                                  [](const Run& run) { return run.standard_input; });
  if (needed && keeping.kept_input == nullptr)
    keeping.kept_input = spooled_input(context.standard_input, "-", context.temp_directory);
  return keeping;
}

RunInput::Options input_options(const OpContext& context, bool reread) {
  return {.standard_input = context.standard_input,
          .reread = reread || context.kept_input != nullptr,
          .temp_directory = context.temp_directory,
          .kept = context.kept_input};
}

std::function<void(std::uint64_t)> progress_of(const OpContext& context) {
  if (context.progress == nullptr) return {};
  return [progress = context.progress](std::uint64_t bytes) { progress->advance(0, bytes); };
}

std::string name_for_files(const Run& run) {
  if (run.standard_input) return "stdin";
  if (run.name != ".") return run.name;
  const std::string name = without_trailing_slashes(run.people_name());
  return name.substr(name.rfind('/') + 1);
}

void expect(const OpContext& context, const Discovery& found) {
  if (context.progress == nullptr) return;
  std::uint64_t files = 0, bytes = 0;
  for (const Run& run : found.runs) {
    files += run.files.size();
    bytes += run.bytes();
  }
  context.progress->expect(files, bytes);
}

void RunOutcome::take(const Run& run, RunReading& reading) {
  problems = reading.findings.take();
  more_problems = reading.findings.left_out();
  lost_data = reading.findings.lost_data();
  dropped.run = run.people_name();
  series = reading.tags.series_count();
  selected = 0;
  for (SeriesId id = 0; id < reading.tags.series_count(); ++id)
    selected += reading.tags.info(id).selected ? 1U : 0U;
  if (selected != 0 || series == 0) return;
  std::set<std::string> names;
  for (SeriesId id = 0; id < reading.tags.series_count() && names.size() < kMaxTagNames; ++id) {
    names.insert(printable(reading.tags.name(reading.tags.info(id).tag)));
  }
  tags.assign(names.begin(), names.end());
}

bool RunOutcome::plain(const Selection& select) const noexcept {
  const bool chosen = selected != 0 || (select.tags.empty() && select.kinds.empty());
  return problems.empty() && more_problems == 0 && !lost_data && chosen &&
         dropped.duplicates + dropped.restart == 0 && passes_activity(select, life);
}

OutcomeBuilder::OutcomeBuilder(const Selection& select, Discovery& found)
    : select_(select), found_(found) {
  for (Problem& problem : found.problems) {
    outcome_.complete = outcome_.complete && !problem.lost_data;
    outcome_.problems.push_back(std::move(problem));
  }
}

bool OutcomeBuilder::add(RunOutcome&& run) {
  if (!passes_activity(select_, run.life)) {
    ++inactive_;
    return false;
  }
  outcome_.complete = outcome_.complete && !run.lost_data;
  for (Problem& problem : run.problems) {
    if (outcome_.problems.size() < kMaxProblems) {
      outcome_.problems.push_back(std::move(problem));
    } else {
      ++outcome_.more_problems;
    }
  }
  outcome_.more_problems += run.more_problems;
  const bool asked = !select_.tags.empty() || !select_.kinds.empty();
  if (asked && run.selected == 0) {
    ++without_series_;
    for (std::string& tag : run.tags) {
      if (tags_.size() < kMaxTagNames) tags_.push_back(std::move(tag));
    }
    return false;
  }
  if (run.dropped.duplicates + run.dropped.restart != 0)
    outcome_.dropped.push_back(std::move(run.dropped));
  ++runs_;
  return true;
}

Result<Outcome> OutcomeBuilder::finish(bool points) {
  TFEVENTS_CHECK(require_names(select_.tags, "--tag"));
  if (runs_ == 0) {
    explain_nothing();
  } else if (!points && select_.filters_points()) {
    outcome_.matched_nothing = true;
    outcome_.nothing = "no point of " + counted(runs_, "run", "runs") +
                       " lies within the steps or times asked for";
  }
  return std::move(outcome_);
}

void OutcomeBuilder::explain_nothing() {
  outcome_.matched_nothing = true;
  if (found_.runs_seen == 0) {
    std::string where;
    for (const std::string& operand : found_.operands)
      where += (where.empty() ? "" : ", ") + printable(operand);
    outcome_.nothing = "no event files in " + where;
    outcome_.hint = "event files have tfevents in their name";
    return;
  }
  if (!found_.nothing_left.empty()) {
    outcome_.nothing = found_.nothing_left;
    outcome_.hint = found_.nothing_hint;
    return;
  }
  const std::string runs = counted(found_.runs_seen, "run", "runs");
  if (found_.runs.empty()) {
    outcome_.nothing = select_.runs.empty()
                           ? "all " + runs + " are excluded by " + quoted(select_.exclude)
                           : "no run matches " + quoted(select_.runs) + " among " + runs;
    outcome_.hint = suggestion(select_.runs, with_parents(found_.names_seen));
    return;
  }
  if (without_series_ == 0) {
    outcome_.nothing = "none of " + runs + " passes the filters on activity";
    return;
  }
  std::sort(tags_.begin(), tags_.end());
  tags_.erase(std::unique(tags_.begin(), tags_.end()), tags_.end());
  std::string kinds;
  for (const std::string& kind : select_.kinds)
    kinds += (kinds.empty() ? "'" : ", '") + printable(kind) + "'";
  std::string what = select_.tags.empty() ? "no series is of kind " + kinds
                                          : "no tag matches " + quoted(select_.tags);
  if (!select_.tags.empty() && !select_.kinds.empty()) what += " with kind " + kinds;
  outcome_.nothing = what + " among " + counted(tags_.size(), "tag", "tags") + " of " +
                     counted(without_series_, "run", "runs");
  if (select_.tags.empty() && !select_.kinds.empty()) {
    const std::vector<std::string> known(kind_names().begin(), kind_names().end());
    const auto near = nearest(select_.kinds.front(), known);
    if (near && *near != select_.kinds.front()) outcome_.hint = "did you mean " + *near + "?";
    return;
  }
  // Where a tag does match, it is the kind that none of them has: a name is no help.
  const auto matched = [this](const std::string& tag) { return any_matches(select_.tags, tag); };
  if (std::none_of(tags_.begin(), tags_.end(), matched))
    outcome_.hint = suggestion(select_.tags, tags_);
}

}  // namespace tfevents::ops
