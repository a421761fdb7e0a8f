#include "rewrite/policy.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <queue>
#include <unordered_map>
#include <utility>

#include "rewrite/policy_order.hpp"

namespace tfevents::rewrite {
namespace {

constexpr double kHour = 3600;
constexpr double kDay = 24 * kHour;
constexpr double kClockGrain = 1;  // Clocks of one machine and its file server differ by so much.

// Sizes come from files with holes: two of them may pass 64 bits.
__extension__ using Total = unsigned __int128;

// What one trial says by itself, before it is compared with others.
struct Facts {
  bool known = false;              // Otherwise `unknown` says why, and the times say nothing.
  double activity = 0;             // Epoch seconds, as --age wants it.
  double age = 0;                  // Seconds since then, never below 0.
  double newest_age = 0;           // The same of the newest of both times.
  std::optional<double> file_age;  // And of each.
  std::optional<double> event_age;
  bool kept_by_file = false;  // Its last event alone would nominate it.
  std::vector<Reason> unknown, kept, life, nominated;

  [[nodiscard]] bool free() const noexcept { return known && kept.empty() && life.empty(); }
};

// Older trials, or better ones, have a smaller key. Of equal keys the name decides.
struct Place {
  std::uint32_t group;
  double key;
  std::size_t name;
  std::size_t trial;

  [[nodiscard]] bool is_before(const Place& other) const noexcept {
    if (group != other.group) return group < other.group;
    if (key != other.key) return key < other.key;
    return name < other.name;
  }
};

// One use of decide(): facts trial by trial, then ranks, then what the size asks for, then reasons.
class Policy {
 public:
  Policy(const PolicyRules& rules, const PolicySituation& situation,
         const std::vector<PolicyTrial>& trials)
      : rules_(rules),
        situation_(situation),
        trials_(trials),
        keeps_only_(rules.keeps() && !rules.nominates()),
        nesting_(nesting_of(trials)),
        names_(name_places(trials)),
        facts_(trials.size()),
        removed_(trials.size(), false),
        passed_over_(trials.size(), false),
        staying_below_(trials.size(), 0) {}

  PolicyPlan decide() {
    for (std::size_t i = 0; i < trials_.size(); ++i) read_times(i);
    keep_last();
    keep_within();
    for (std::size_t i = 0; i < rules_.keep_best.size(); ++i) keep_best(i);
    for (std::size_t i = 0; i < trials_.size(); ++i) judge(i);
    remove_nominated();
    PolicyPlan plan;
    if (rules_.max_bytes) plan.batches_to_empty = shrink_to(*rules_.max_bytes);
    plan.decisions = decisions();
    return plan;
  }

 private:
  void read_times(std::size_t trial);
  void keep_last();
  void keep_within();
  void keep_best(std::size_t rule);
  void judge(std::size_t trial);
  void judge_life(std::size_t trial);

  void remove_nominated();
  std::size_t shrink_to(std::uint64_t max_bytes);
  std::size_t remove(std::size_t trial, Total& total);
  [[nodiscard]] std::vector<std::size_t> oldest_first() const;
  [[nodiscard]] std::vector<std::size_t> first_below() const;
  [[nodiscard]] std::vector<Decision> decisions();

  template <class Kept>
  void keep_first(std::vector<Place> places, std::uint64_t count, Kept kept);
  [[nodiscard]] Place place_of(std::size_t trial, double key) const;
  [[nodiscard]] std::vector<Reason> nominations_at(std::size_t trial, double age) const;

  const PolicyRules& rules_;
  const PolicySituation& situation_;
  const std::vector<PolicyTrial>& trials_;
  const bool keeps_only_;
  const Nesting nesting_;
  const std::vector<std::size_t> names_;  // name_places()
  std::vector<Facts> facts_;
  std::vector<bool> removed_;
  std::vector<bool> passed_over_;           // The size asked for it, but for what lies below it.
  std::vector<std::size_t> staying_below_;  // What stays below each.
};

void Policy::read_times(std::size_t trial) {
  const PolicyTrial& of = trials_[trial];
  Facts& facts = facts_[trial];
  const double now = situation_.now;
  double newest = 0;
  const auto read = [&](std::optional<double> time) -> std::optional<double> {
    if (!std::isfinite(now) || !time || !(*time > 0)) return std::nullopt;  // NaN is not above 0.
    newest = std::max(newest, *time);
    return std::max(0.0, now - *time);
  };
  facts.event_age = read(of.last_event);
  facts.file_age = read(of.mtime);

  if (!of.trouble.empty()) facts.unknown.push_back({.rule = Rule::kTrouble, .text = of.trouble});
  if (!facts.event_age && !facts.file_age) {
    facts.unknown.push_back({.rule = Rule::kNoTime});
  } else if (newest - now > kClockGrain) {
    facts.unknown.push_back({.rule = Rule::kFuture, .seconds = newest - now});
  }
  facts.known = facts.unknown.empty();
  if (!facts.known) return;
  facts.activity = rules_.age_by_event && facts.event_age ? *of.last_event : newest;
  facts.age = std::max(0.0, now - facts.activity);
  facts.newest_age = std::max(0.0, now - newest);
}

Place Policy::place_of(std::size_t trial, double key) const {
  return {trials_[trial].group, key, names_[trial], trial};
}

// Calls `kept` with trial and rank for the first `count` of every group. Places that compare equal
// have the same rank, so that an order of trials never decides.
template <class Kept>
void Policy::keep_first(std::vector<Place> places, std::uint64_t count, Kept kept) {
  std::sort(places.begin(), places.end(),
            [](const Place& a, const Place& b) { return a.is_before(b); });
  std::size_t first = 0;
  std::size_t rank = 1;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i > 0 && places[i].group != places[i - 1].group) first = i;
    if (i == first || places[i - 1].is_before(places[i])) rank = i - first + 1;
    if (rank <= count) kept(places[i].trial, static_cast<std::int64_t>(rank));
  }
}

void Policy::keep_last() {
  if (!rules_.keep_last) return;
  std::vector<Place> places;
  for (std::size_t i = 0; i < trials_.size(); ++i) {
    if (facts_[i].known) places.push_back(place_of(i, -facts_[i].activity));
  }
  keep_first(std::move(places), *rules_.keep_last, [this](std::size_t trial, std::int64_t rank) {
    facts_[trial].kept.push_back({.rule = Rule::kKeepLast, .count = rank});
  });
}

void Policy::keep_within() {
  if (!rules_.keep_within_seconds) return;
  std::unordered_map<std::uint32_t, double> newest;
  for (std::size_t i = 0; i < trials_.size(); ++i) {
    if (!facts_[i].known) continue;
    double& of_group = newest[trials_[i].group];
    // An activity may lie a grain after now: then now is what the others are measured from.
    of_group = std::max(of_group, std::min(facts_[i].activity, situation_.now));
  }
  for (std::size_t i = 0; i < trials_.size(); ++i) {
    Facts& facts = facts_[i];
    if (!facts.known) continue;
    // Written so that a limit that is NaN keeps.
    if (newest[trials_[i].group] - facts.activity > *rules_.keep_within_seconds) continue;
    facts.kept.push_back({.rule = Rule::kKeepWithin, .seconds = facts.age});
  }
}

void Policy::keep_best(std::size_t rule) {
  const PolicyRules::KeepBest& best = rules_.keep_best[rule];
  std::vector<Place> places;
  for (std::size_t i = 0; i < trials_.size(); ++i) {
    if (rule >= trials_[i].metrics.size()) continue;
    const std::optional<double> value = trials_[i].metrics[rule];
    if (!value || !std::isfinite(*value)) continue;
    places.push_back(place_of(i, best.greatest ? -*value : *value));
  }
  keep_first(std::move(places), best.count, [&](std::size_t trial, std::int64_t rank) {
    facts_[trial].kept.push_back({.rule = Rule::kKeepBest, .count = rank, .text = best.metric});
  });
}

// Without `max_bytes`, which needs to know of all trials.
std::vector<Reason> Policy::nominations_at(std::size_t trial, double age) const {
  const PolicyTrial& of = trials_[trial];
  std::vector<Reason> reasons;
  if (rules_.older_than_seconds && age > *rules_.older_than_seconds)
    reasons.push_back({.rule = Rule::kOlderThan, .seconds = age});
  if (rules_.min_steps && of.last_step && *of.last_step < *rules_.min_steps)
    reasons.push_back({.rule = Rule::kMinSteps, .count = *of.last_step});
  if (rules_.empty && !of.has_values && age > kDay)
    reasons.push_back({.rule = Rule::kEmpty, .seconds = age});
  if (rules_.remove_if && of.remove_if.value_or(false))
    reasons.push_back({.rule = Rule::kRemoveIf, .text = *rules_.remove_if});
  if (keeps_only_ && facts_[trial].kept.empty()) reasons.push_back({.rule = Rule::kNotKept});
  return reasons;
}

void Policy::judge(std::size_t trial) {
  const PolicyTrial& of = trials_[trial];
  Facts& facts = facts_[trial];
  // An index without a pattern is the caller's mistake; what was meant to keep still keeps.
  const auto keep = [&](Rule rule, std::uint32_t index, const std::vector<std::string>& texts) {
    facts.kept.push_back({.rule = rule, .text = index < texts.size() ? texts[index] : ""});
  };
  for (const std::uint32_t index : of.kept_by) keep(Rule::kKeep, index, rules_.keep);
  for (const std::uint32_t index : of.kept_if) keep(Rule::kKeepIf, index, rules_.keep_if);
  if (facts.known) facts.nominated = nominations_at(trial, facts.age);
  judge_life(trial);
}

void Policy::judge_life(std::size_t trial) {
  const PolicyTrial& of = trials_[trial];
  Facts& facts = facts_[trial];
  const double gap = of.median_gap > 0 ? of.median_gap : 0;
  if (of.live) facts.life.push_back({.rule = Rule::kLive, .seconds = gap});
  if (of.open_files == OpenFiles::kSeen)
    facts.life.push_back({.rule = Rule::kOpen, .count = of.open_in_process});
  if (!facts.known) return;

  const double seen = std::max(kHour, 5 * gap);
  const double limit = of.open_files == OpenFiles::kNotVisible ? std::max(kDay, seen) : seen;
  const bool recent = facts.newest_age < limit;
  const bool nominated_by_event =
      facts.event_age && !nominations_at(trial, *facts.event_age).empty();
  if (!recent) {
    facts.kept_by_file = facts.nominated.empty() && nominated_by_event;
    return;
  }
  if (!facts.life.empty()) return;
  // The size asks for every trial sooner or later.
  const bool by_file = facts.event_age && *facts.event_age >= limit &&
                       (nominated_by_event || rules_.max_bytes.has_value());
  if (by_file) facts.life.push_back({.rule = Rule::kFileChanged, .seconds = *facts.file_age});
  if (facts.newest_age >= seen) {
    facts.life.push_back({.rule = Rule::kNotVisible, .seconds = facts.newest_age});
  } else if (!by_file) {
    facts.life.push_back({.rule = Rule::kRecent, .seconds = facts.newest_age});
  }
}

void Policy::remove_nominated() {
  for (std::size_t i = 0; i < trials_.size(); ++i)
    staying_below_[i] = trials_[i].stays_below.empty() ? 0 : 1;
  for (const std::size_t i : nesting_.leaves_first) {
    removed_[i] = facts_[i].free() && !facts_[i].nominated.empty() && staying_below_[i] == 0;
    if (!removed_[i] && nesting_.parent[i] != kNoTrial) ++staying_below_[nesting_.parent[i]];
  }
}

// Removes a trial, and those above it that other rules nominate and that only waited for it.
// Returns the one that may go now if the size asks for it, or kNoTrial.
std::size_t Policy::remove(std::size_t trial, Total& total) {
  while (true) {
    removed_[trial] = true;
    total -= trials_[trial].bytes;
    trial = nesting_.parent[trial];
    if (trial == kNoTrial || --staying_below_[trial] > 0 || !facts_[trial].free()) return kNoTrial;
    if (facts_[trial].nominated.empty()) return trial;
  }
}

std::vector<std::size_t> Policy::oldest_first() const {
  std::vector<Place> places;
  for (std::size_t i = 0; i < trials_.size(); ++i) {
    if (facts_[i].known) places.push_back({0, facts_[i].activity, names_[i], i});
  }
  std::sort(places.begin(), places.end(),
            [](const Place& a, const Place& b) { return a.is_before(b); });
  std::vector<std::size_t> order;
  order.reserve(places.size());
  for (const Place& place : places) order.push_back(place.trial);
  return order;
}

// Gives up batches of the trash, then trials, until the rest fits. Returns the number of batches.
std::size_t Policy::shrink_to(std::uint64_t max_bytes) {
  Total total = 0;
  for (const std::uint64_t bytes : situation_.trash_bytes) total += bytes;
  for (std::size_t i = 0; i < trials_.size(); ++i) {
    if (!removed_[i]) total += trials_[i].bytes;
  }
  std::size_t batches = 0;
  while (total > max_bytes && batches < situation_.trash_bytes.size())
    total -= situation_.trash_bytes[batches++];
  if (total <= max_bytes) return batches;

  const std::vector<std::size_t> order = oldest_first();
  std::vector<std::size_t> place(trials_.size(), kNoTrial);
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  // A trial enters when the last one below it has gone, which may be after younger ones.
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> may_go;
  for (const std::size_t i : order) {
    if (facts_[i].free() && !removed_[i] && staying_below_[i] == 0) may_go.push(place[i]);
  }
  std::size_t asked_for = 0;
  while (total > max_bytes && !may_go.empty()) {
    const std::size_t trial = order[may_go.top()];
    may_go.pop();
    asked_for = std::max(asked_for, place[trial] + 1);
    facts_[trial].nominated.push_back(
        {.rule = Rule::kMaxSize, .count = static_cast<std::int64_t>(place[trial]) + 1});
    if (const std::size_t next = remove(trial, total); next != kNoTrial) may_go.push(place[next]);
  }
  if (total > max_bytes) asked_for = order.size();
  for (std::size_t i = 0; i < asked_for; ++i) passed_over_[order[i]] = !removed_[order[i]];
  return batches;
}

// For each trial the first of those below it that stay, by name; kNoTrial where none does.
std::vector<std::size_t> Policy::first_below() const {
  std::vector<std::size_t> first(trials_.size(), kNoTrial);
  for (const std::size_t i : nesting_.leaves_first) {
    const std::size_t parent = nesting_.parent[i];
    if (parent == kNoTrial || removed_[i]) continue;
    for (const std::size_t candidate : {i, first[i]}) {
      if (candidate == kNoTrial) continue;
      std::size_t& best = first[parent];
      if (best == kNoTrial || names_[candidate] < names_[best]) best = candidate;
    }
  }
  return first;
}

std::vector<Decision> Policy::decisions() {
  const std::vector<std::size_t> below = first_below();
  std::vector<Decision> decisions(trials_.size());
  for (std::size_t i = 0; i < trials_.size(); ++i) {
    Facts& facts = facts_[i];
    std::vector<Reason>& reasons = decisions[i].reasons;
    if (removed_[i]) {
      decisions[i] = {Action::kRemove, std::move(facts.nominated)};
      continue;
    }
    if (!facts.known) decisions[i].action = Action::kSkip;
    for (std::vector<Reason>* part : {&facts.unknown, &facts.kept, &facts.life}) {
      std::move(part->begin(), part->end(), std::back_inserter(reasons));
    }
    if (!reasons.empty()) continue;
    const bool kept_by_below = below[i] != kNoTrial || !trials_[i].stays_below.empty();
    if (kept_by_below && (!facts.nominated.empty() || passed_over_[i])) {
      reasons.push_back(
          {.rule = Rule::kBelow,
           .text = below[i] != kNoTrial ? trials_[below[i]].name : trials_[i].stays_below});
    } else if (facts.kept_by_file) {
      reasons.push_back({.rule = Rule::kFileChanged, .seconds = *facts.file_age});
    } else {
      reasons.push_back({.rule = Rule::kNotNominated, .seconds = facts.age});
    }
  }
  return decisions;
}

}  // namespace

bool PolicyRules::nominates() const noexcept {
  return older_than_seconds || min_steps || empty || max_bytes || remove_if;
}

bool PolicyRules::keeps() const noexcept {
  return keep_last || keep_within_seconds || !keep_best.empty() || !keep.empty() ||
         !keep_if.empty();
}

PolicyPlan decide(const PolicyRules& rules, const PolicySituation& situation,
                  const std::vector<PolicyTrial>& trials) {
  return Policy(rules, situation, trials).decide();
}

}  // namespace tfevents::rewrite
