#include "ops/trial_table.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/number.hpp"
#include "base/parallel.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "logdir/trial_names.hpp"
#include "ops/trial_table_impl.hpp"

namespace tfevents::ops {
namespace {

using trial_names::leaf_of;
using trial_names::parent_of;

constexpr std::size_t kMaxNames = 4096;

bool chosen_by(const std::vector<Pattern>& patterns, std::string_view shown,
               std::string_view name) {
  const bool as_shown = any_matches(patterns, shown);
  return any_matches(patterns, name) || as_shown;
}

/// -r and -x.
bool passes_names(const Selection& select, std::string_view shown, std::string_view name) {
  const bool wanted = select.runs.empty() || chosen_by(select.runs, shown, name);
  return !chosen_by(select.exclude, shown, name) && wanted;
}

// The directory of a trial, seen from a run that lies below it.
std::string directory_of(const Run& run, std::string_view trial) {
  std::string_view below = run.name;
  if (trial != ".") below.remove_prefix(std::min(below.size(), trial.size() + 1));
  std::string path = run.path;
  for (auto parts = 1 + std::count(below.begin(), below.end(), '/'); parts > 0; --parts) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    path.resize(std::max<std::size_t>(slash, 1));
  }
  return path;
}

}  // namespace

/// Finds, reads and folds.
class TrialTableReader {
 public:
  explicit TrialTableReader(TrialTable::Impl& table)
      : table_(table), select_(table.query.select), context_(table.context) {}

  Status read() {
    table_.now = context_.clock.now();
    Selection everything = select_;
    everything.runs.clear();
    everything.exclude.clear();
    TFEVENTS_TRY(table_.found, discover(everything, context_.sys, context_.jobs, context_.stop));
    table_.context.kept_input = keep_input(context_, table_.found).kept_input;
    TFEVENTS_CHECK(read_runs());
    fold();
    TFEVENTS_CHECK(require_names(select_.runs, "--run"));
    TFEVENTS_CHECK(require_names(select_.exclude, "--exclude"));
    return ok_status();
  }

 private:
  // A run is read if the trial it belongs to may be wanted: the one of its own name, or of a
  // directory above.
  [[nodiscard]] bool may_be_wanted(const Run& run) const {
    if (select_.runs.empty() && select_.exclude.empty()) return true;
    const std::string shown = printable(run.people_name()), name = printable(run.name);
    if (!table_.query.fold) return passes_names(select_, shown, name);
    // Each name that a pattern might mean is shown to it, hence no early end.
    const auto chosen_above = [&](const std::vector<Pattern>& patterns, bool whole_way) {
      std::string_view people = shown, above = name;
      bool chosen = false;
      do {
        people = parent_of(people);
        above = parent_of(above);
        chosen = chosen_by(patterns, people, above) || chosen;
      } while (whole_way && above != "." && above != "/");
      return chosen;
    };
    bool wanted = select_.runs.empty() || chosen_by(select_.runs, shown, name);
    wanted = (!select_.runs.empty() && chosen_above(select_.runs, true)) || wanted;
    // A child that is excluded by its own name may still belong to a trial that is not.
    const bool excluded = chosen_by(select_.exclude, shown, name);
    return !(excluded && chosen_above(select_.exclude, false)) && wanted;
  }

  Status read_runs() {
    std::vector<Run>& runs = table_.found.runs;
    table_.runs.resize(runs.size());
    read_.assign(runs.size(), 0);
    std::vector<std::size_t> some;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (may_be_wanted(runs[i])) {
        some.push_back(i);
        continue;
      }
      table_.runs[i].facts.name = runs[i].name;
      table_.runs[i].facts.has_scalars = true;
      table_.runs[i].tags = pool_.share({});
    }
    expect(context_, table_.found);
    while (!some.empty()) {
      TFEVENTS_CHECK(read_some(some));
      some = table_.query.fold ? kin() : std::vector<std::size_t>();
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
      table_.runs[i].facts.people_name = runs[i].shown;
      table_.runs[i].facts.root = root_of(runs[i], table_.found.operands);
    }
    return ok_status();
  }

  Status read_some(const std::vector<std::size_t>& some) {
    const std::vector<Run>& runs = table_.found.runs;
    std::vector<std::unique_ptr<Error>> errors(some.size());
    for_each_parallel(
        some.size(), context_.jobs, context_.stop,
        [&](std::size_t i) { return runs[some[i]].bytes(); },
        [&](std::size_t i) {
          auto answers = read_answers(runs[some[i]], table_.plan, select_, pool_, context_);
          if (!answers.ok()) {
            errors[i] = std::make_unique<Error>(std::move(answers).error());
            return;
          }
          table_.runs[some[i]] = std::move(answers).value();
          read_[some[i]] = 1;
        });
    if (context_.stop.requested())
      return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
    for (const auto& error : errors) {
      if (error) return std::move(*error);
    }
    return ok_status();
  }

  // Whether a run belongs to the trial above depends on what lies beside it, and on what is above:
  // the runs of which this has to be known, and is not yet.
  [[nodiscard]] std::vector<std::size_t> kin() const {
    const std::vector<Run>& runs = table_.found.runs;
    std::set<std::string_view> families;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const std::string_view name = runs[i].name;
      const bool joins = is_role(leaf_of(name)) ||  // All of it without one.
                         table_.runs[i].facts.is_add_hparams();
      if (read_[i] != 0 && joins) families.insert(parent_of(name));
    }
    std::vector<std::size_t> unread;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (read_[i] == 0 &&
          (families.contains(runs[i].name) || families.contains(parent_of(runs[i].name))))
        unread.push_back(i);
    }
    return unread;
  }

  void fold() {
    std::vector<RunFacts> facts;
    facts.reserve(table_.runs.size());
    for (RunAnswers& run : table_.runs) facts.push_back(std::move(run.facts));
    FoldOptions options{.fold = table_.query.fold};
    if (table_.found.operands.size() == 1) options.root_people_name = root_name();
    Trials folded = fold_trials(facts, options);
    std::set<std::size_t> no_trials;
    if (table_.query.with_left_out) no_trials = take_left_out(facts, folded);
    prefer_trial_names(folded.trials);
    std::vector<std::optional<std::size_t>> hparams_of;
    if (!options.fold) hparams_of = hparams_by_run(facts);
    // Rows are large: growing step by step would touch twice the memory.
    table_.rows.reserve(folded.trials.size());
    table_.trials.reserve(folded.trials.size());
    for (Trial& trial : folded.trials) {
      if (!is_wanted(trial)) {
        ++excluded_;
        continue;
      }
      const auto session = options.fold || trial.hparams_run
                               ? trial.hparams_run
                               : hparams_of[trial.members.front().run];
      TrialRow row = row_of(trial, session);
      row.is_trial = !no_trials.contains(trial.members.front().run);
      RunLife life;
      life.state = row.state;
      life.active_time = row.active_time;
      if (!passes_activity(select_, life)) {
        ++inactive_;
        continue;
      }
      table_.rows.push_back(std::move(row));
      table_.trials.push_back(std::move(trial));
    }
    build_outcome();
    collect_names();
  }

  // Runs of no trial become rows beside the trials. Returns which runs.
  static std::set<std::size_t> take_left_out(std::span<const RunFacts> facts, Trials& folded) {
    std::set<std::size_t> runs;
    for (const LeftOut& left_out : folded.left_out) {
      const RunFacts& run = facts[left_out.run];
      runs.insert(left_out.run);
      folded.trials.push_back(
          {.name = run.name, .people_name = run.people_name, .members = {{.run = left_out.run}}});
    }
    if (runs.empty()) return runs;
    std::stable_sort(
        folded.trials.begin(), folded.trials.end(),
        [](const Trial& a, const Trial& b) { return natural_compare(a.name, b.name) < 0; });
    return runs;
  }

  [[nodiscard]] bool is_wanted(const Trial& trial) const {
    if (select_.runs.empty() && select_.exclude.empty()) return true;
    const std::string shown = printable(trial.people_name.empty() ? trial.name : trial.people_name);
    return passes_names(select_, shown, printable(trial.name));
  }

  // A pattern that equals the name of a trial means that one.
  void prefer_trial_names(const std::vector<Trial>& trials) const {
    if (select_.runs.empty() && select_.exclude.empty()) return;
    std::vector<std::string> printed;
    printed.reserve(2 * trials.size());
    for (const Trial& trial : trials) {
      printed.push_back(printable(trial.name));
      printed.push_back(printable(trial.people_name.empty() ? trial.name : trial.people_name));
    }
    const std::vector<std::string_view> names(printed.begin(), printed.end());
    prefer_names(select_.runs, names);
    prefer_names(select_.exclude, names);
  }

  // The operand as people know it, for a trial of the very directory that was named.
  [[nodiscard]] std::string root_name() const {
    std::string name = table_.found.operands.front();
    while (name.size() > 1 && name.back() == '/') name.pop_back();
    return name;
  }

  // With --no-fold a run still has the hyperparameters of its job.
  static std::vector<std::optional<std::size_t>> hparams_by_run(std::span<const RunFacts> facts) {
    std::vector<std::optional<std::size_t>> sessions(facts.size());
    for (const Trial& trial : fold_trials(facts).trials) {
      for (const Member& member : trial.members) sessions[member.run] = trial.hparams_run;
    }
    return sessions;
  }

  TrialRow row_of(const Trial& trial, std::optional<std::size_t> session) {
    TrialRow row;
    row.name = trial.name;
    row.shown = trial.people_name;
    const Run& first = table_.found.runs[trial.members.front().run];
    row.path = trial.own() ? first.path : directory_of(first, trial.name);
    std::optional<double> newest;
    for (const Member& member : trial.members) {
      const RunAnswers& run = table_.runs[member.run];
      row.runs.push_back(table_.found.runs[member.run].name);
      add_activity(row, run, newest);
      if (run.last_step)
        row.last_step = std::max(row.last_step.value_or(*run.last_step), *run.last_step);
      row.bytes += run.outcome.life.bytes;
      row.damage += run.damage;
      row.series += run.outcome.series;
      row.lost_data = row.lost_data || run.outcome.lost_data;
    }
    if (row.active_time) row.age_seconds = table_.now - *row.active_time;
    if (session && table_.runs[*session].session)
      row.hparams = table_.runs[*session].session->values;
    if (table_.query.layout) {
      if (const auto values = table_.query.layout->match(trial.name)) {
        for (std::size_t i = 0; i < values->size(); ++i)
          row.layout.emplace_back(table_.query.layout->names()[i], (*values)[i]);
      }
    }
    return row;
  }

  // Live if any member is; else as the member that was active last.
  static void add_activity(TrialRow& row, const RunAnswers& run, std::optional<double>& newest) {
    const RunLife& life = run.outcome.life;
    const auto latest = [](std::optional<double>& to, std::optional<double> time) {
      if (time && !(to && *to >= *time)) to = time;
    };
    const bool newer = !newest || (life.active_time && *life.active_time > *newest);
    if (life.state == RunState::kLive) {
      row.state = RunState::kLive;
    } else if (row.state != RunState::kLive && life.state != RunState::kEmpty &&
               (newer || row.state == RunState::kEmpty)) {
      row.state = life.state;
    }
    latest(newest, life.active_time);
    latest(row.active_time, life.active_time);
    latest(row.last_time, run.last_time);
    row.median_gap = std::max(row.median_gap, life.median_gap);
    if (run.first_time && !(row.first_time && *row.first_time <= *run.first_time))
      row.first_time = run.first_time;
  }

  // Only members of selected trials say something.
  void build_outcome() {
    std::vector<std::size_t> members;
    for (const Trial& trial : table_.trials) {
      for (const Member& member : trial.members) members.push_back(member.run);
    }
    std::sort(members.begin(), members.end());
    const Selection plain;
    OutcomeBuilder builder(plain, table_.found);
    for (const std::size_t run : members) builder.add(std::move(table_.runs[run].outcome));
    Result<Outcome> outcome = builder.finish(true);
    table_.outcome = std::move(outcome).value();
    table_.outcome.matched_nothing = table_.rows.empty();
    if (table_.rows.empty() && table_.found.runs_seen != 0) explain_nothing();
    check_layout();
  }

  // A layout for other names than there are leaves every level empty.
  void check_layout() {
    if (!table_.query.layout || table_.rows.empty()) return;
    const auto fits = [](const TrialRow& row) { return !row.layout.empty(); };
    if (std::any_of(table_.rows.begin(), table_.rows.end(), fits)) return;
    table_.outcome.problems.push_back(
        {.severity = Severity::kWarn,
         .rule = "layout",
         .message = "--layout fits none of the names, such as " +
                    printable(table_.rows.front().people_name()),
         .hint = "one level for each part of a name; * is any part, {name...} all that are left"});
  }

  void explain_nothing() {
    const auto runs = table_.found.runs_seen;
    const std::string all = to_text(runs) + (runs == 1 ? " run" : " runs");
    const std::string noun = table_.query.fold ? "trial" : "run";
    table_.outcome.hint.clear();
    if (inactive_ != 0) {
      table_.outcome.nothing = "none of " + to_text(inactive_) + " " + noun +
                               (inactive_ == 1 ? "" : "s") + " passes the filters on activity";
    } else if (excluded_ != 0 && !select_.runs.empty()) {
      table_.outcome.nothing =
          "no " + noun + " matches '" + printable(select_.runs.front().text()) + "' among " + all;
      if (const auto near = nearest(select_.runs.front().text(), table_.found.names_seen))
        table_.outcome.hint = "did you mean " + printable(*near) + "?";
    } else if (excluded_ != 0) {
      table_.outcome.nothing = "all " + noun + "s of " + all + " are excluded";
    } else {
      table_.outcome.nothing = "no " + noun + " in " + all + ": none of them holds a value";
    }
  }

  void collect_names() {
    std::set<std::string> tags, names;
    // Most runs log the same tags under the same names.
    std::set<std::tuple<const TagList*, std::string_view, std::string_view>> seen;
    for (const Trial& trial : table_.trials) {
      for (const Member& member : trial.members) {
        if (tags.size() >= kMaxNames) break;
        const TagList* const list = table_.runs[member.run].tags.get();
        if (!seen.emplace(list, member.prefix, member.suffix).second) continue;
        for (const std::string& tag : *table_.runs[member.run].tags) {
          if (std::string full = member.trial_tag(tag); table_.keeps(full))
            tags.insert(std::move(full));
        }
      }
    }
    for (const TrialRow& row : table_.rows) {
      if (names.size() >= kMaxNames) break;
      for (const auto& [name, value] : row.hparams) names.insert(printable(name));
      for (const auto& [name, value] : row.layout) names.insert(name);
    }
    table_.all_tags.assign(tags.begin(), tags.end());
    table_.all_names.assign(names.begin(), names.end());
  }

  TrialTable::Impl& table_;
  const Selection& select_;
  const OpContext& context_;
  TagPool pool_;
  std::vector<char> read_;  // Of each run.
  std::uint64_t excluded_ = 0, inactive_ = 0;
};

TrialTable::TrialTable(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TrialTable::TrialTable(TrialTable&&) noexcept = default;
TrialTable& TrialTable::operator=(TrialTable&&) noexcept = default;
TrialTable::~TrialTable() = default;

Result<TrialTable> TrialTable::read(TrialQuery query, const CallPlan& plan,
                                    const OpContext& context) {
  auto impl = std::make_unique<Impl>(std::move(query), plan, context);
  TFEVENTS_CHECK(TrialTableReader(*impl).read());
  TrialTable table(std::move(impl));
  table.report_hidden();
  TFEVENTS_CHECK(table.finish_at_best());
  TFEVENTS_CHECK(table.apply_where());
  return table;
}

std::span<const TrialRow> TrialTable::rows() const noexcept {
  return impl_->rows;
}
Outcome& TrialTable::outcome() noexcept {
  return impl_->outcome;
}
const Outcome& TrialTable::outcome() const noexcept {
  return impl_->outcome;
}
const std::vector<std::string>& TrialTable::operands() const noexcept {
  return impl_->found.operands;
}
const Discovery& TrialTable::found() const noexcept {
  return impl_->found;
}
const Trial& TrialTable::trial(std::size_t row) const noexcept {
  return impl_->trials[row];
}
const char* TrialTable::noun() const noexcept {
  return impl_->query.fold ? "trial" : "run";
}
double TrialTable::now() const noexcept {
  return impl_->now;
}
const std::vector<std::string>& TrialTable::all_tags() const noexcept {
  return impl_->all_tags;
}
const std::vector<std::string>& TrialTable::all_names() const noexcept {
  return impl_->all_names;
}

}  // namespace tfevents::ops
