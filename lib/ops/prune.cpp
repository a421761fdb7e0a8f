#include "ops/prune.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/number.hpp"
#include "base/parallel.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "io/directory.hpp"
#include "io/open_files.hpp"
#include "ops/columns.hpp"
#include "ops/metric.hpp"
#include "ops/prune_rules.hpp"
#include "ops/prune_saved.hpp"
#include "ops/prune_takers.hpp"
#include "ops/trial_table.hpp"
#include "rewrite/trash.hpp"

namespace tfevents::ops {
namespace {

using rewrite::Action;
using rewrite::Inventory;
using rewrite::OpenFiles;
using rewrite::PolicyTrial;
using rewrite::What;

Error refused(std::string message, std::string path = {}, std::string hint = {}) {
  return {.code = ErrorCode::kRefused,
          .message = std::move(message),
          .path = std::move(path),
          .hint = std::move(hint)};
}

double seconds_of(std::int64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e9;
}

// `20260612-030001`, UTC.
std::string plan_id(double now) {
  std::string id;
  for (const char c : iso_time(now)) {
    if (c >= '0' && c <= '9') id += c;
    if (c == 'T') id += '-';
  }
  return id;
}

/// Reads, asks, decides, takes stock.
class Planner {
 public:
  Planner(const PruneOptions& options, const OpContext& context)
      : options_(options), context_(context) {}

  Result<PruneReport> plan() {
    report_.operand = without_trailing_slashes(options_.operand);
    TFEVENTS_TRY(const std::unique_ptr<Directory> operand, open_operand());
    if (options_.apply_file) {
      TFEVENTS_TRY(saved_, SavedPlan::read(context_.sys, *options_.apply_file, report_.operand));
    }
    TFEVENTS_TRY(rules_, PruneRules::plan(options_, plan_));
    TFEVENTS_TRY(TrialTable table, TrialTable::read(query(), plan_, context_));
    fill_report(table);
    if (table.found().runs_seen == 0) return plan_without_runs(table);
    if (table.rows().empty()) {
      report_.outcome = std::move(table.outcome());
      return std::move(report_);
    }
    TFEVENTS_CHECK(rules_.check(table, report_.warnings));
    static_cast<void>(look_at_trash());
    make_rows(table);
    TFEVENTS_TRY(const EntryInfo info, operand->info());
    takers_.emplace(context_.sys, report_.operand, info.file.id, report_.what, table.found().runs);
    if (saved_) TFEVENTS_CHECK(compare_with_plan(table));
    TFEVENTS_CHECK(decide(table));
    report_.rules = rules_.policy();
    report_.outcome = std::move(table.outcome());
    report_.outcome.dropped.clear();  // Which points a view shows matters to nobody here.
    report_.outcome.complete = report_.outcome.complete && !skipped_;
    guard();
    return std::move(report_);
  }

 private:
  // Where everything was removed the trash still has to be emptied in its time. It also says that
  // this is the right directory, and mounted.
  Result<PruneReport> plan_without_runs(TrialTable& table) {
    if (!look_at_trash()) {
      return refused("no run lies below it", report_.operand,
                     "is it the right directory, and is it mounted?");
    }
    report_.outcome = std::move(table.outcome());
    report_.outcome.matched_nothing = false;
    report_.rules = rules_.policy();
    report_.warnings.emplace_back("no run is left, only the trash");
    return std::move(report_);
  }

  [[nodiscard]] TrialQuery query() const {
    Selection select;
    select.operands = {report_.operand};
    select.runs = options_.select.runs;
    select.exclude = options_.select.exclude;
    select.max_series = options_.select.max_series;
    return {.select = std::move(select),
            .fold = options_.fold,
            .with_left_out = true,
            .layout = options_.layout};
  }

  Result<std::unique_ptr<Directory>> open_operand() {
    if (report_.operand.empty()) {
      return Error{.code = ErrorCode::kUsage,
                   .message = "the name of the directory is empty",
                   .hint = "is a variable not set?"};
    }
    TFEVENTS_TRY(const FileInfo info, context_.sys.lstat(report_.operand));
    if (info.type != FileType::kDirectory && info.type != FileType::kSymlink) {
      return Error{.code = ErrorCode::kUsage,
                   .message = "is no directory",
                   .path = report_.operand,
                   .hint = "prune works on whole log directories"};
    }
    TFEVENTS_TRY(auto operand, context_.sys.open_directory(options_.operand));
    TFEVENTS_TRY(const std::string real, context_.sys.real_path(report_.operand));
    if (real == "/") {
      return refused("is the whole file system", report_.operand, "name the log directory itself");
    }
    if (!options_.home.empty()) {
      const auto home = context_.sys.real_path(options_.home);
      if (home.ok() && *home == real) {
        return refused("is a home directory", report_.operand, "name the log directory itself");
      }
    }
    return operand;
  }

  void fill_report(const TrialTable& table) {
    report_.now = table.now();
    report_.plan = plan_id(report_.now);
    report_.policy_text = options_.policy_text;
    report_.by = options_.by;
    report_.what = saved_ ? saved_->what() : options_.what;
    report_.trash_keep_seconds = options_.trash_keep_seconds;
    report_.trash = join_path(report_.operand, ".tfe-trash");
  }

  // Its sizes count for --max-size. False: there is none. That it is not there is the usual case;
  // that it cannot be used is said when it is needed.
  bool look_at_trash() {
    rewrite::Actor looker;
    looker.uid = options_.uid;
    auto trash = rewrite::Trash::open(context_.sys, report_.operand, std::move(looker));
    if (!trash.ok()) return false;
    const auto batches = rewrite::list_trash(**trash);
    if (!batches.ok()) return true;
    for (const rewrite::TrashedBatch& batch : *batches) {
      situation_.trash_bytes.push_back(batch.bytes);
      batches_.push_back(batch.id);
      report_.trash_bytes += batch.bytes;
    }
    return true;
  }

  void make_rows(const TrialTable& table) {
    const std::vector<Run>& runs = table.found().runs;
    std::vector<char> taken(runs.size());
    for (std::size_t i = 0; i < table.rows().size(); ++i) {
      const TrialRow& trial = table.rows()[i];
      PruneRow row;
      row.trial = trial.name;
      row.shown = trial.shown;
      row.path = trial.path;
      row.runs = trial.runs;
      row.is_trial = trial.is_trial;
      row.last_event_time = trial.last_time;
      row.live = trial.state == RunState::kLive;
      for (const Member& member : table.trial(i).members) {
        taken[member.run] = 1;
        for (const EventFile& file : runs[member.run].files)
          row.mtime_time = std::max(row.mtime_time.value_or(-INFINITY), seconds_of(file.mtime_ns));
      }
      row.bytes = trial.bytes;
      report_.rows.push_back(std::move(row));
      policy_.push_back(policy_trial(table, i));
    }
    link_parents(runs, taken);
    mark_unreadable(table);
    look_for_open_files(table);
  }

  PolicyTrial policy_trial(const TrialTable& table, std::size_t row) {
    const TrialRow& trial = table.rows()[row];
    PolicyTrial out;
    out.name = trial.name;
    out.last_event = trial.last_time;
    out.mtime = report_.rows[row].mtime_time;
    out.median_gap = trial.median_gap;
    out.live = report_.rows[row].live;
    out.has_values = trial.series != 0;
    out.last_step = trial.last_step;
    out.bytes = trial.bytes;
    rules_.answer(table, row, out, report_.rows[row].group);
    return out;
  }

  // The nearest trial above each; and those that a run left out by -r and -x keeps, which lies
  // below.
  void link_parents(const std::vector<Run>& runs, const std::vector<char>& taken) {
    std::unordered_map<std::string_view, std::size_t> by_name;
    by_name.reserve(policy_.size());
    for (std::size_t i = 0; i < policy_.size(); ++i) by_name.emplace(report_.rows[i].trial, i);
    const auto above = [&](std::string_view name) -> std::optional<std::size_t> {
      while (name != ".") {
        const std::size_t slash = name.rfind('/');
        name = slash == std::string_view::npos ? "." : name.substr(0, slash);
        if (const auto found = by_name.find(name); found != by_name.end()) return found->second;
      }
      return std::nullopt;
    };
    for (std::size_t i = 0; i < policy_.size(); ++i)
      policy_[i].parent = above(report_.rows[i].trial);
    for (std::size_t run = 0; run < runs.size(); ++run) {
      if (taken[run] != 0) continue;
      ++report_.trials_beside;
      const auto parent = above(runs[run].name);
      if (parent && policy_[*parent].stays_below.empty())
        policy_[*parent].stays_below = runs[run].name;
    }
  }

  // What could not be read may hold anything: later events, runs below.
  void mark_unreadable(const TrialTable& table) {
    for (const Problem& problem : table.outcome().problems) {
      const bool unknown = problem.rule == "unreadable" || problem.rule == "changed-while-reading";
      if (!unknown || !problem.path) continue;
      for (std::size_t i = 0; i < policy_.size(); ++i) {
        const std::string& path = report_.rows[i].path;
        const bool here = *problem.path == path || lies_below(*problem.path, path);
        if (here && policy_[i].trouble.empty())
          policy_[i].trouble = printable(*problem.path) + ": " + problem.message;
      }
    }
    if (table.outcome().more_problems == 0) return;
    // Reports have room for so many problems: of damaged trials it is asked again.
    for (std::size_t i = 0; i < policy_.size(); ++i) {
      if (table.rows()[i].lost_data && policy_[i].trouble.empty())
        policy_[i].trouble = unreadable_file(table, i);
    }
  }

  [[nodiscard]] std::string unreadable_file(const TrialTable& table, std::size_t row) const {
    for (const Member& member : table.trial(row).members) {
      const Run& run = table.found().runs[member.run];
      for (std::size_t file = 0; file < run.files.size(); ++file) {
        const auto opened = context_.sys.open_read(run.path_of(file));
        if (!opened.ok()) return printable(run.path_of(file)) + ": " + opened.error().message;
      }
    }
    return {};
  }

  void look_for_open_files(const TrialTable& table) {
    const OpenFileTable open = scan_open_files("tfevents", options_.proc);
    const bool visible = open.complete && !is_shared_file_system(report_.operand);
    for (std::size_t i = 0; i < policy_.size(); ++i) {
      std::optional<std::int64_t> process;
      for (const Member& member : table.trial(i).members) {
        for (const EventFile& file : table.found().runs[member.run].files) {
          if (!process) process = open.process_of(file.id);
        }
      }
      policy_[i].open_files = process   ? OpenFiles::kSeen
                              : visible ? OpenFiles::kNone
                                        : OpenFiles::kNotVisible;
      policy_[i].open_in_process = process.value_or(0);
      report_.rows[i].open_files = policy_[i].open_files;
    }
  }

  // Removed may be what the plan removes, as long as it still is what was planned.
  Status compare_with_plan(const TrialTable& table) {
    std::set<std::string> keys;
    for (std::size_t i = 0; i < policy_.size(); ++i) {
      keys.insert(SavedPlan::key_of(report_.rows[i].trial));
      policy_[i].remove_if = saved_->removes(report_.rows[i].trial);
    }
    TFEVENTS_CHECK(take_stock(table, [&](std::size_t i) { return *policy_[i].remove_if; }));
    for (std::size_t i = 0; i < policy_.size(); ++i) {
      const PruneRow& row = report_.rows[i];
      if (*policy_[i].remove_if && policy_[i].trouble.empty())
        policy_[i].trouble = saved_->difference(row.trial, row.last_event_time, row.files);
    }
    for (const std::string& name : saved_->missing(keys))
      report_.warnings.push_back(printable(name) + ": is in the plan, and not there any more");
    return ok_status();
  }

  // What stands in the way of a removal is seen only when stock is taken of it, and changes what
  // becomes of others: until nothing new is found.
  Status decide(const TrialTable& table) {
    const bool all = report_.what == What::kDirectory || options_.rules.max_bytes.has_value();
    situation_.now = report_.now;
    if (all) TFEVENTS_CHECK(take_stock(table, [](std::size_t) { return true; }));
    while (true) {
      rewrite::PolicyPlan plan = rewrite::decide(rules_.policy(), situation_, policy_);
      const auto goes = [&](std::size_t i) { return plan.decisions[i].action == Action::kRemove; };
      TFEVENTS_CHECK(take_stock(table, goes));
      bool again = false;
      for (std::size_t i = 0; i < policy_.size(); ++i)
        again = again || (goes(i) && !policy_[i].trouble.empty());
      if (again) continue;
      report_.batches_to_empty = plan.batches_to_empty;
      report_.early_batches.assign(
          batches_.begin(), batches_.begin() + static_cast<std::ptrdiff_t>(plan.batches_to_empty));
      for (std::size_t i = 0; i < policy_.size(); ++i) {
        report_.rows[i].decision = std::move(plan.decisions[i]);
        finish_row(report_.rows[i], policy_[i]);
      }
      return ok_status();
    }
  }

  // Of those for which `wanted` is true, each once however often it is asked for.
  template <class Wanted>
  Status take_stock(const TrialTable& table, Wanted wanted) {
    std::vector<std::size_t> some;
    taken_.resize(policy_.size());
    for (std::size_t i = 0; i < policy_.size(); ++i) {
      if (wanted(i) && std::exchange(taken_[i], 1) == 0) some.push_back(i);
    }
    std::vector<Result<Inventory>> stocks(some.size(), Inventory());
    for_each_parallel(
        some.size(), context_.jobs, context_.stop, [](std::size_t) { return 0; },
        [&](std::size_t k) {
          std::vector<std::size_t> members;
          for (const Member& member : table.trial(some[k]).members) members.push_back(member.run);
          auto taker = takers_->borrow();
          stocks[k] = taker.ok()
                          ? (*taker)->take(report_.rows[some[k]].trial, members, context_.stop)
                          : Result<Inventory>(taker.error());
          if (taker.ok()) takers_->give_back(std::move(*taker));
        });
    if (context_.stop.requested())
      return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
    for (std::size_t k = 0; k < some.size(); ++k) {
      TFEVENTS_TRY(Inventory stock, std::move(stocks[k]));
      keep(std::move(stock), some[k]);
    }
    return ok_status();
  }

  void keep(Inventory stock, std::size_t i) {
    PruneRow& row = report_.rows[i];
    if (policy_[i].trouble.empty()) policy_[i].trouble = stock.trouble;
    if (report_.what == What::kDirectory && stock.mtime_ns)
      policy_[i].mtime = row.mtime_time = seconds_of(*stock.mtime_ns);
    policy_[i].bytes = stock.bytes;
    row.files = std::move(stock.files);
    row.directories = std::move(stock.directories);
    row.foreign_files = stock.foreign_files;
    row.foreign_bytes = stock.foreign_bytes;
    row.foreign_names = std::move(stock.foreign_names);
    skipped_ = skipped_ || stock.other_device || !stock.unseen.empty();
    for (const Error& error : stock.unseen) {
      report_.warnings.push_back(printable(error.path) + ": " + error.message +
                                 ": what is in it is not counted, and stays");
    }
  }

  void finish_row(PruneRow& row, const PolicyTrial& trial) const {
    std::optional<double> active = row.last_event_time;
    if (row.mtime_time && !(options_.rules.age_by_event && active))
      active = std::max(active.value_or(*row.mtime_time), *row.mtime_time);
    if (active) row.age_seconds = report_.now - *active;
    if (row.decision.action == Action::kRemove) {
      row.bytes = trial.bytes;
      return;
    }
    row.files = {};
    row.directories = {};
  }

  // What no policy can mean, or hardly: the last look before anybody is asked.
  void guard() {
    std::uint64_t trials = 0, removed = 0;
    for (const PruneRow& row : report_.rows) {
      trials += row.is_trial ? 1U : 0U;
      removed += row.is_trial && row.decision.action == Action::kRemove ? 1U : 0U;
    }
    if (options_.allow_empty || trials == 0 || removed != trials || report_.trials_beside != 0)
      return;
    report_.refusal = refused(
        trials == 1 ? "the plan removes the only trial there is"
                    : "the plan removes all " + to_text(trials) + " trials",
        report_.operand,
        "is the clock right, and the policy what was meant? --allow-empty does it all the same");
  }

  const PruneOptions& options_;
  const OpContext& context_;
  CallPlan plan_;
  PruneRules rules_;
  PruneReport report_;
  std::vector<PolicyTrial> policy_;  // Of each row.
  rewrite::PolicySituation situation_;
  std::vector<std::string> batches_;  // Of the trash, oldest first.
  bool skipped_ = false;              // Mounts, or directories that cannot be read.
  std::optional<SavedPlan> saved_;
  std::optional<Takers> takers_;
  std::vector<char> taken_;  // Whether stock was taken of each row.
};

}  // namespace

const char* to_string(PruneResult result) noexcept {
  switch (result) {
    case PruneResult::kTrashed: return "trashed";
    case PruneResult::kDeleted: return "deleted";
    case PruneResult::kSkipped: return "skipped";
    case PruneResult::kFailed: return "failed";
  }
  return "failed";
}

std::uint64_t PruneReport::count(Action action) const noexcept {
  return static_cast<std::uint64_t>(
      std::count_if(rows.begin(), rows.end(),
                    [&](const PruneRow& row) { return row.decision.action == action; }));
}

std::uint64_t PruneReport::bytes_to_go() const noexcept {
  std::uint64_t sum = 0;
  for (const PruneRow& row : rows) sum += row.decision.action == Action::kRemove ? row.bytes : 0;
  return sum;
}

Result<PruneReport> plan_prune(const PruneOptions& options, const OpContext& context) {
  return Planner(options, context).plan();
}

}  // namespace tfevents::ops
