#include "ops/hparams.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/number.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "logdir/trial_names.hpp"
#include "ops/columns.hpp"
#include "ops/compare_groups.hpp"
#include "ops/hparams_metrics.hpp"
#include "ops/hparams_read.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {
namespace {

using trial_names::parent_of;

/// What a metric of an experiment is called in a session: `validation/epoch_loss`.
std::string label_of(const HparamMetricInfo& metric) {
  std::string_view group = metric.group;
  while (group.starts_with("./")) group.remove_prefix(2);
  while (group.ends_with('/')) group.remove_suffix(1);
  if (group == ".") group = {};
  return printable(group.empty() ? metric.tag : std::string(group) + "/" + metric.tag);
}

/// A session start, and where it is.
struct Found {
  std::size_t row = 0;  ///< Of the table.
  std::size_t run = 0;  ///< Among all that were discovered.
};

/// The passes of `hparams`.
class Hparams {
 public:
  Hparams(const HparamsOptions& options, const OpContext& context)
      : options_(options), context_(context) {}

  Result<HparamsReport> run() {
    // What is read several times has to be kept.
    for (const std::string& operand : options_.select.operands) {
      if (operand == "-" && context_.kept_input == nullptr)
        context_.kept_input = spooled_input(context_.standard_input, "-", context_.temp_directory);
    }
    TFEVENTS_CHECK(plan());
    TFEVENTS_TRY(const TrialTable table, read(plan_));
    report_.operands = table.operands();
    report_.now = table.now();
    report_.by = options_.by;
    report_.outcome = table.outcome();
    if (table.rows().empty()) return std::move(report_);
    find_sessions(table);
    TFEVENTS_CHECK(read_messages(table));
    apply_where(table);
    add_sessions(table);
    report_.space = space_of(maps(), experiments_);
    if (report_.sessions.empty()) {
      report_.outcome.dropped.clear();
      if (!report_.outcome.matched_nothing) explain_nothing(table);
      return std::move(report_);
    }
    const std::vector<MetricSources> of_sessions = sources(table);
    forget_other_drops(table, of_sessions);
    TFEVENTS_CHECK(metrics_.fill(
        table, of_sessions, announced(), [&](const CallPlan& plan) { return read(plan); },
        report_));
    report_.all_sessions = report_.sessions.size();
    TFEVENTS_CHECK(arrange(table));
    return std::move(report_);
  }

 private:
  Status plan() {
    TFEVENTS_TRY(metrics_, HparamMetrics::plan(options_, plan_));
    std::string_view key = options_.sort;
    descending_ = key.starts_with('-');
    if (descending_) key.remove_prefix(1);
    if (key.empty()) return usage("--sort: no key");
    sort_key_ = key;
    sort_ = plan_.add_item(key, SeriesCall{});
    if (options_.where) where_ = plan_.add(*options_.where);
    return ok_status();
  }

  // Runs that are no trials may hold an experiment. A condition is for sessions alone: the other
  // runs below one have no hyperparameters.
  [[nodiscard]] Result<TrialTable> read(const CallPlan& plan) const {
    return TrialTable::read({.select = options_.select,
                             .fold = options_.fold,
                             .with_left_out = true,
                             .layout = options_.layout},
                            plan, context_);
  }

  void find_sessions(const TrialTable& table) {
    for (std::size_t row = 0; row < table.rows().size(); ++row) {
      const Trial& trial = table.trial(row);
      std::set<std::size_t> runs;
      if (trial.hparams_run) runs.insert(*trial.hparams_run);
      for (const Member& member : trial.members) {
        if (member.how == Membership::kAddHparams) runs.insert(member.run);
      }
      for (const std::size_t run : runs) found_.push_back({row, run});
    }
  }

  Status read_messages(const TrialTable& table) {
    const std::vector<Run>& runs = table.found().runs;
    std::set<std::size_t> wanted;
    std::set<std::string_view> above;
    for (const Found& session : found_) {
      wanted.insert(session.run);
      for (std::string_view at = runs[session.run].name;
           at != "." && above.insert(parent_of(at)).second && at != parent_of(at);)
        at = parent_of(at);
    }
    // Experiments lie in runs of their own, or in those above.
    for (std::size_t row = 0; row < table.rows().size(); ++row) {
      const auto own = table.trial(row).own();
      if (own && (!table.rows()[row].is_trial || above.contains(runs[*own].name)))
        wanted.insert(*own);
    }
    std::vector<const Run*> list;
    for (const std::size_t run : wanted) list.push_back(&runs[run]);
    TFEVENTS_TRY(std::vector<RunHparams> messages, read_hparams(list, context_));
    std::set<const HparamsExperiment*> met;
    std::size_t i = 0;
    for (const std::size_t run : wanted) {
      RunHparams& message = messages[i++];
      report_problems(runs[run], message);
      if (message.experiment != nullptr && met.insert(message.experiment.get()).second)
        experiments_.push_back(message.experiment);
      message.experiment.reset();
      messages_.emplace(run, std::move(message));
    }
    return ok_status();
  }

  void report_problems(const Run& run, const RunHparams& message) {
    const auto add = [&](Severity severity, const char* rule, std::string text, bool lost) {
      report_.outcome.problems.push_back({.severity = severity,
                                          .rule = rule,
                                          .run = run.name,
                                          .path = run.path,
                                          .message = std::move(text),
                                          .lost_data = lost});
    };
    if (message.starts > 1) {
      add(Severity::kNote, "repeated-session",
          to_text(message.starts) + " session starts in one run: the first counts", false);
    }
    if (message.unreadable == 0) return;
    report_.outcome.complete = false;
    add(Severity::kError, "undecodable",
        message.unreadable == 1
            ? "1 hparams message cannot be read and is left out"
            : to_text(message.unreadable) + " hparams messages cannot be read and are left out",
        true);
  }

  void apply_where(const TrialTable& table) {
    if (!where_ || found_.empty()) return;
    bool known = false;
    std::optional<std::pair<std::size_t, Trouble>> trouble;
    std::erase_if(found_, [&](const Found& session) {
      const Evaluation evaluation = table.evaluate(session.row, *where_);
      known = known || !is_null(evaluation.value);
      if (!trouble && !evaluation.troubles.empty())
        trouble.emplace(session.row, evaluation.troubles.front());
      return !is_true(evaluation.value);
    });
    if (!found_.empty()) return;
    Outcome& outcome = report_.outcome;
    outcome.matched_nothing = true;
    outcome.nothing = "no session satisfies " + printable(where_->expression.text());
    if (!trouble || known) return;
    auto [message, hint] = table.explain(trouble->first, *where_, trouble->second);
    outcome.nothing += ": " + message;
    outcome.hint = std::move(hint);
  }

  void add_sessions(const TrialTable& table) {
    for (std::size_t i = 0; i < found_.size(); ++i) {
      const TrialRow& row = table.rows()[found_[i].row];
      const Run& run = table.found().runs[found_[i].run];
      const bool alone = (i == 0 || found_[i - 1].row != found_[i].row) &&
                         (i + 1 == found_.size() || found_[i + 1].row != found_[i].row);
      HparamSession session{.session = run.name,
                            .group = run.name,
                            .run = row.name,
                            .shown = alone ? row.people_name() : run.people_name(),
                            .path = row.path,
                            .hparams = {}};
      RunHparams& message = messages_.find(found_[i].run)->second;
      if (message.start) {
        if (!message.start->group_name.empty()) session.group = message.start->group_name;
        session.start_time = time_of(message.start->start_time);
        session.hparams = std::move(message.start->values);
      }
      if (message.end) {
        session.status = message.end->status;
        session.end_time = time_of(message.end->end_time);
      }
      report_.sessions.push_back(std::move(session));
    }
  }

  // 0 is what the format has for none.
  static std::optional<double> time_of(double seconds) {
    return seconds > 0 && std::isfinite(seconds) ? std::optional(seconds) : std::nullopt;
  }

  [[nodiscard]] std::vector<const HparamMap*> maps() const {
    std::vector<const HparamMap*> maps;
    for (const HparamSession& session : report_.sessions) maps.push_back(&session.hparams);
    return maps;
  }

  [[nodiscard]] std::vector<std::string> announced() const {
    std::vector<std::string> labels;
    std::set<std::string> met;
    for (const auto& experiment : experiments_) {
      for (const HparamMetricInfo& metric : experiment->metrics) {
        if (std::string label = label_of(metric); met.insert(label).second)
          labels.push_back(std::move(label));
      }
    }
    return labels;
  }

  // The scalars of a run belong to the nearest session above it, as TensorBoard has it; those of a
  // trial to its own.
  [[nodiscard]] std::vector<MetricSources> sources(const TrialTable& table) const {
    std::unordered_map<std::string_view, std::size_t> sessions;
    std::set<std::size_t> rows;
    std::vector<MetricSources> sources(found_.size());
    for (std::size_t i = 0; i < found_.size(); ++i) {
      sessions.emplace(report_.sessions[i].session, i);
      rows.insert(found_[i].row);
      sources[i].emplace_back(found_[i].row, "");
    }
    for (std::size_t row = 0; row < table.rows().size(); ++row) {
      if (rows.contains(row) || table.trial(row).hparams_run) continue;
      const std::string& name = table.rows()[row].name;
      for (std::string_view at = name; at != "." && at != parent_of(at);) {
        at = parent_of(at);
        const auto session = sessions.find(at);
        if (session == sessions.end()) continue;
        const std::size_t skip = at == "." ? 0 : at.size() + 1;
        sources[session->second].emplace_back(row, printable(name.substr(skip)) + "/");
        break;
      }
    }
    return sources;
  }

  // Points that restarts took back elsewhere are none of this answer's.
  void forget_other_drops(const TrialTable& table, const std::vector<MetricSources>& of_sessions) {
    if (report_.outcome.dropped.empty()) return;
    std::set<std::string_view> names;
    for (const MetricSources& session : of_sessions) {
      for (const auto& source : session) {
        for (const Member& member : table.trial(source.first).members)
          names.insert(table.found().runs[member.run].people_name());
      }
    }
    std::erase_if(report_.outcome.dropped,
                  [&](const Dropped& one) { return !names.contains(one.run); });
  }

  void explain_nothing(const TrialTable& table) {
    Outcome& outcome = report_.outcome;
    const auto runs = table.found().runs.size();
    outcome.matched_nothing = true;
    outcome.nothing = "no hparams in " + to_text(std::uint64_t{runs}) +
                      (runs == 1 ? " run: it holds no " : " runs: none of them holds ") +
                      std::string(kHparamsSessionStartTag);
    outcome.hint = experiments_.empty()
                       ? "hp.hparams and SummaryWriter.add_hparams write it; tfevents compare "
                         "shows runs without"
                       : "an experiment is announced, but no session of it: --space shows what "
                         "it announces";
  }

  // Values that are missing come last, whichever way.
  Status arrange(const TrialTable& table) {
    std::vector<HparamSession>& sessions = report_.sessions;
    std::vector<std::size_t> order(sessions.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    TFEVENTS_TRY(const std::vector<Value> keys, sort_keys(table));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      if (keys.empty()) {
        const int compared = natural_compare(sessions[a].session, sessions[b].session);
        return descending_ ? compared > 0 : compared < 0;
      }
      if (is_null(keys[a]) != is_null(keys[b])) return is_null(keys[b]);
      const int compared = compare_values(keys[a], keys[b]);
      return descending_ ? compared > 0 : compared < 0;
    });
    if (options_.limit && order.size() > *options_.limit)
      order.resize(static_cast<std::size_t>(*options_.limit));
    std::vector<HparamSession> sorted;
    sorted.reserve(order.size());
    for (const std::size_t i : order) sorted.push_back(std::move(sessions[i]));
    sessions = std::move(sorted);
    return ok_status();
  }

  /// Of each session; none where the order is that of names.
  [[nodiscard]] Result<std::vector<Value>> sort_keys(const TrialTable& table) const {
    std::vector<Value> keys;
    if (sort_key_ == "run" || sort_key_ == "session") return keys;
    const auto fill = [&](auto&& key) {
      for (std::size_t i = 0; i < report_.sessions.size(); ++i) {
        keys.push_back(key(i));
        const auto* number = std::get_if<double>(&keys.back());
        if (number != nullptr && std::isnan(*number)) keys.back() = {};
      }
    };
    const auto of_session = [&](auto&& key) {
      fill([&](std::size_t i) { return key(report_.sessions[i]); });
    };
    const auto metric =
        std::find_if(report_.metrics.begin(), report_.metrics.end(),
                     [&](const HparamMetric& one) { return one.label == sort_->text; });
    if (metric != report_.metrics.end()) {
      const auto index = static_cast<std::size_t>(metric - report_.metrics.begin());
      of_session([&](const HparamSession& one) { return report_.value(one, index).value; });
    } else if (const SpaceEntry* const entry = find_hparam(report_.space, sort_key_)) {
      of_session([&](const HparamSession& one) -> Value {
        const auto found = one.hparams.find(entry->name);
        return found == one.hparams.end() ? Value() : found->second;
      });
    } else if (sort_key_ == "group") {
      of_session([](const HparamSession& one) { return Value(one.group); });
    } else if (sort_key_ == "status") {
      of_session(
          [](const HparamSession& one) { return Value(std::string(to_string(one.status))); });
    } else if (sort_key_ == "start") {
      of_session([](const HparamSession& one) {
        return one.start_time ? Value(*one.start_time) : Value();
      });
    } else {
      TFEVENTS_TRY(const bool tag, settle_item(*sort_, table));
      if (const auto unknown = unknown_to_all(*sort_, tag, table))
        return usage("--sort: " + unknown->message, unknown->hint);
      fill([&](std::size_t i) { return table.value(found_[i].row, *sort_, tag).value; });
    }
    return keys;
  }

  const HparamsOptions& options_;
  OpContext context_;
  CallPlan plan_;
  HparamMetrics metrics_;
  std::optional<PlannedItem> sort_;
  std::string sort_key_;
  bool descending_ = false;
  std::optional<PlannedExpression> where_;
  std::vector<Found>
      found_;  ///< In order of rows and runs: as the sessions of the report at first.
  std::unordered_map<std::size_t, RunHparams> messages_;  ///< By run.
  std::vector<std::shared_ptr<const HparamsExperiment>> experiments_;
  HparamsReport report_;
};

}  // namespace

Result<HparamsReport> list_hparams(const HparamsOptions& options, const OpContext& context) {
  return Hparams(options, context).run();
}

}  // namespace tfevents::ops
