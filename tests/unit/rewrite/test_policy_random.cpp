// What is true of every plan of prune, whatever the rules and the trials: over seeded random
// populations, and against an evaluator that is slow and plain.
#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "rewrite/policy.hpp"
#include "unit/rewrite/population.hpp"
#include "unit/rewrite/random_population.hpp"
#include "unit/rewrite/slow_policy.hpp"

namespace tfevents::test {
namespace {

using namespace rewrite;

constexpr int kPopulations = 20'000;

bool is_removed(const Decision& decision) {
  return decision.action == Action::kRemove;
}

bool has(const Decision& decision, Rule rule) {
  return std::any_of(decision.reasons.begin(), decision.reasons.end(),
                     [&](const Reason& reason) { return reason.rule == rule; });
}

bool has_any_of(const Decision& decision, Rule first, Rule last) {
  return std::any_of(decision.reasons.begin(), decision.reasons.end(), [&](const Reason& reason) {
    return reason.rule >= first && reason.rule <= last;
  });
}

/// The tests below throw the same populations, each with a seed of its own.
template <class Check>
void for_populations(std::uint64_t seed, Check check) {
  PopulationDice dice(seed);
  for (int i = 0; i < kPopulations; ++i) {
    CAPTURE(i);
    check(dice, dice.population());
  }
}

TEST_CASE("policy, random: as the slow evaluator decides") {
  std::vector<int> seen(static_cast<std::size_t>(Rule::kNotNominated) + 1);
  for_populations(1, [&](PopulationDice&, const Population& population) {
    const PolicyPlan plan = population.plan();
    const PolicyPlan slow =
        SlowPolicy(population.rules, population.situation, population.trials).decide();
    REQUIRE(plan.batches_to_empty == slow.batches_to_empty);
    REQUIRE(plan.decisions.size() == slow.decisions.size());
    for (std::size_t i = 0; i < plan.decisions.size(); ++i) {
      for (const Reason& reason : plan.decisions[i].reasons)
        ++seen[static_cast<std::size_t>(reason.rule)];
      if (plan.decisions[i] == slow.decisions[i]) continue;
      CAPTURE(population.trials[i].name);
      // Lines differ where decisions do, except in digits that they leave out.
      CHECK(line(plan.decisions[i]) == line(slow.decisions[i]));
      REQUIRE(plan.decisions[i] == slow.decisions[i]);
    }
  });
  // Every rule had its say.
  for (std::size_t rule = 0; rule < seen.size(); ++rule) {
    CAPTURE(to_string(static_cast<Rule>(rule)));
    CHECK(seen[rule] >= 100);
  }
}

TEST_CASE("policy, random: one decision a trial, with reasons that belong to its action") {
  for_populations(2, [](PopulationDice&, const Population& population) {
    const PolicyPlan plan = population.plan();
    REQUIRE(plan.decisions.size() == population.trials.size());
    for (const Decision& decision : plan.decisions) {
      REQUIRE_FALSE(decision.reasons.empty());
      const Rule rule = decision.reasons[0].rule;
      switch (decision.action) {
        case Action::kRemove:
          REQUIRE(rule <= Rule::kNotKept);
          REQUIRE_FALSE(has_any_of(decision, Rule::kKeepLast, Rule::kNotNominated));
          break;
        case Action::kSkip:
          REQUIRE(rule >= Rule::kFuture);
          REQUIRE(rule <= Rule::kTrouble);
          break;
        case Action::kKeep:
          REQUIRE_FALSE(has_any_of(decision, Rule::kOlderThan, Rule::kNotKept));
          REQUIRE_FALSE(has_any_of(decision, Rule::kFuture, Rule::kTrouble));
          REQUIRE((!has(decision, Rule::kNotNominated) || decision.reasons.size() == 1));
          break;
      }
    }
  });
}

TEST_CASE("policy, random: what is live, open, recent, unknown or matched is never removed") {
  for_populations(3, [](PopulationDice&, const Population& population) {
    const PolicyPlan plan = population.plan();
    for (std::size_t i = 0; i < population.trials.size(); ++i) {
      if (!is_removed(plan.decisions[i])) continue;
      const PolicyTrial& trial = population.trials[i];
      REQUIRE_FALSE(trial.live);
      REQUIRE(trial.open_files != OpenFiles::kSeen);
      REQUIRE(trial.trouble.empty());
      REQUIRE(trial.kept_by.empty());
      REQUIRE(trial.kept_if.empty());
      // Written without the policy's words: no time of it lies within the hour, or ahead.
      const double within = trial.open_files == OpenFiles::kNotVisible ? kDays : kHours;
      bool any = false;
      for (const std::optional<double> time : {trial.last_event, trial.mtime}) {
        if (!time || !(*time > 0)) continue;
        any = true;
        REQUIRE(*time <= kNow - within);
        REQUIRE_FALSE(*time > kNow - 5 * trial.median_gap);
      }
      REQUIRE(any);
    }
  });
}

TEST_CASE("policy, random: a parent is removed only with all that lies below it") {
  int removed_parents = 0;
  for_populations(4, [&](PopulationDice&, const Population& population) {
    const PolicyPlan plan = population.plan();
    const std::size_t count = population.trials.size();
    const auto parent = [&](std::size_t i) { return population.trials[i].parent.value_or(count); };
    for (std::size_t i = 0; i < count; ++i) {
      if (parent(i) >= count || !is_removed(plan.decisions[parent(i)])) continue;
      // On a circle, nothing lies below anything.
      std::size_t top = parent(i);
      for (std::size_t steps = 0; top < count && top != i && steps < count; ++steps)
        top = parent(top);
      if (top == i) continue;
      ++removed_parents;
      REQUIRE(is_removed(plan.decisions[i]));
    }
  });
  CHECK(removed_parents > 1000);
}

TEST_CASE("policy, random: one more keep rule never costs a trial") {
  int spared = 0;
  for_populations(5, [&](PopulationDice& dice, const Population& population) {
    // The first keep rule of all is what nominates everything.
    if (!population.rules.nominates() && !population.rules.keeps()) return;
    Population kinder = population;
    dice.add_keep_rule(kinder);
    const PolicyPlan before = population.plan();
    const PolicyPlan after = kinder.plan();
    for (std::size_t i = 0; i < before.decisions.size(); ++i) {
      const Decision& now = after.decisions[i];
      if (has_any_of(now, Rule::kKeepLast, Rule::kKeepIf)) {
        REQUIRE_FALSE(is_removed(now));
        spared += is_removed(before.decisions[i]);
      }
      // With a size, others may have to go in place of what is kept.
      if (is_removed(now) && !is_removed(before.decisions[i]))
        REQUIRE(population.rules.max_bytes.has_value());
    }
    REQUIRE(after.batches_to_empty >= before.batches_to_empty);
  });
  CHECK(spared > 1000);
}

TEST_CASE("policy, random: permuting the trials permutes the decisions") {
  for_populations(6, [](PopulationDice& dice, const Population& population) {
    const std::size_t count = population.trials.size();
    std::vector<std::size_t> to(count);
    std::iota(to.begin(), to.end(), std::size_t{0});
    std::shuffle(to.begin(), to.end(), dice.engine());
    const auto other_group = static_cast<std::uint32_t>(dice.between(1, 1000));
    Population moved = population;
    for (std::size_t i = 0; i < count; ++i) {
      PolicyTrial& trial = moved.trials[to[i]];
      trial = population.trials[i];
      trial.group = other_group - trial.group;  // Numbers of groups mean nothing, 0 - 1 included.
      if (trial.parent && *trial.parent < count) trial.parent = to[*trial.parent];
    }
    const PolicyPlan plan = population.plan();
    const PolicyPlan moved_plan = moved.plan();
    REQUIRE(plan.batches_to_empty == moved_plan.batches_to_empty);
    for (std::size_t i = 0; i < count; ++i) {
      if (plan.decisions[i] == moved_plan.decisions[to[i]]) continue;
      CHECK(line(plan.decisions[i]) == line(moved_plan.decisions[to[i]]));
      REQUIRE(plan.decisions[i] == moved_plan.decisions[to[i]]);
    }
  });
}

// Without `which`; what lies below it now lies below its parent.
std::vector<PolicyTrial> without(std::vector<PolicyTrial> trials, std::size_t which) {
  const std::optional<std::size_t> above = trials[which].parent;
  for (PolicyTrial& trial : trials) {
    if (trial.parent == which) trial.parent = above;
    if (trial.parent == which || (trial.parent && *trial.parent >= trials.size()))
      trial.parent.reset();
    if (trial.parent && *trial.parent > which) --*trial.parent;
  }
  trials.erase(trials.begin() + static_cast<std::ptrdiff_t>(which));
  return trials;
}

TEST_CASE("policy, random: what was removed is not missed by the next plan") {
  int removals = 0;
  for_populations(7, [&](PopulationDice&, Population population) {
    population.rules.max_bytes.reset();
    const PolicyPlan plan = population.plan();
    // With keep rules as well: those that are not kept hold no rank that counts.
    for (std::size_t which = 0; which < population.trials.size(); ++which) {
      if (!is_removed(plan.decisions[which])) continue;
      ++removals;
      const PolicyPlan next =
          decide(population.rules, population.situation, without(population.trials, which));
      for (std::size_t i = 0; i < next.decisions.size(); ++i) {
        const std::size_t before = i < which ? i : i + 1;
        CAPTURE(which);
        CHECK(line(next.decisions[i]) == line(plan.decisions[before]));
        REQUIRE(next.decisions[i] == plan.decisions[before]);
      }
    }
  });
  CHECK(removals > 10'000);
}

TEST_CASE("policy, random: with a size, either the rest fits or nothing more could go") {
  int fitting = 0;
  int not_fitting = 0;
  for_populations(8, [&](PopulationDice&, const Population& population) {
    const PolicyPlan plan = population.plan();
    if (!population.rules.max_bytes) {
      REQUIRE(plan.batches_to_empty == 0);
      return;
    }
    std::uint64_t bytes = 0;
    bool any_for_size = false;
    for (std::size_t i = 0; i < plan.decisions.size(); ++i) {
      if (!is_removed(plan.decisions[i])) bytes += population.trials[i].bytes;
      any_for_size = any_for_size || has(plan.decisions[i], Rule::kMaxSize);
    }
    const std::vector<std::uint64_t>& trash = population.situation.trash_bytes;
    REQUIRE(plan.batches_to_empty <= trash.size());
    if (any_for_size) REQUIRE(plan.batches_to_empty == trash.size());
    for (std::size_t i = plan.batches_to_empty; i < trash.size(); ++i) bytes += trash[i];
    if (bytes <= *population.rules.max_bytes) {
      ++fitting;
      return;
    }
    ++not_fitting;
    REQUIRE(plan.batches_to_empty == trash.size());
    for (const Decision& decision : plan.decisions)
      REQUIRE_FALSE((has(decision, Rule::kNotNominated)));
  });
  CHECK(fitting > 1000);
  CHECK(not_fitting > 1000);
}

}  // namespace
}  // namespace tfevents::test
