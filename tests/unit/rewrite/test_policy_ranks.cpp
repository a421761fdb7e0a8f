// What prune decides by comparing trials: keep rules over groups, --max-size, runs below runs
// (PRODUCT "Policy").
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "rewrite/policy.hpp"
#include "unit/rewrite/population.hpp"

namespace tfevents::test {
namespace {

using namespace rewrite;

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

TEST_CASE("policy: with keep rules only, what none of them keeps is removed") {
  Population population;
  population.rules.keep_last = 1;
  population.rules.keep = {"x*"};
  population.trial("a", 2 * kDays).trial("b", kDays).trial("c", 3 * kDays);
  population.trial("x", 4 * kDays).with([](auto& t) { t.kept_by = {0}; });
  CHECK(population.lines() ==
        Lines{"remove: not-kept", "keep: keep-last#1", "remove: not-kept", "keep: keep=x*"});
  // A rule that nominates takes its place.
  population.rules.older_than_seconds = 2 * kDays;
  CHECK(population.lines() == Lines{"keep: not-nominated:172800", "keep: keep-last#1",
                                    "remove: older-than:259200", "keep: keep=x*"});
  population.rules.older_than_seconds.reset();
  population.rules.max_bytes = 0;
  CHECK(population.actions() == "kkkk");
}

TEST_CASE("policy: --keep-last ranks by activity, then by name") {
  Population population;
  population.rules.keep_last = 2;
  population.trial("v10", kDays).trial("v9", kDays).trial("v2", 2 * kDays).trial("v1", kDays);
  CHECK(population.lines() ==
        Lines{"remove: not-kept", "keep: keep-last#2", "remove: not-kept", "keep: keep-last#1"});
  population.rules.keep_last = 0;
  CHECK(population.actions() == "rrrr");
  population.rules.keep_last = 4;
  CHECK(population.actions() == "kkkk");
  population.rules.keep_last = kMost;
  CHECK(population.actions() == "kkkk");
}

TEST_CASE("policy: --keep-last counts what is young, not what is unknown, and follows --age") {
  Population population;
  population.rules.keep_last = 2;
  population.trial("a", kDays).trial("b", 2 * kDays).trial("c", 60).live();
  population.trial("d", -kDays);
  population.trial("e", 2 * kHours).with([](auto& t) { t.trouble = "x"; });
  CHECK(population.lines() == Lines{"keep: keep-last#2", "remove: not-kept",
                                    "keep: keep-last#1 live", "skip: future:86400",
                                    "skip: trouble=x"});
  population = {};
  population.rules.keep_last = 1;
  population.trial("a", 5 * kDays, kDays).trial("b", 4 * kDays, 2 * kDays);
  CHECK(population.actions() == "kr");
  population.rules.age_by_event = true;
  CHECK(population.actions() == "rk");
}

TEST_CASE("policy: groups are ranked apart") {
  Population population;
  population.rules.keep_last = 1;
  population.rules.keep_best = {{.count = 1, .metric = "acc", .greatest = true}};
  population.trial("a", 2 * kDays).group(7).metric(1);
  population.trial("b", 3 * kDays).group(7).metric(2);
  population.trial("c", 4 * kDays).group(7).metric(0);
  population.trial("d", 5 * kDays).group(4'000'000'000).metric(-1);
  population.trial("e", 6 * kDays).group(4'000'000'000).metric(-2);
  CHECK(population.lines() == Lines{"keep: keep-last#1", "keep: keep-best#1=acc",
                                    "remove: not-kept", "keep: keep-last#1 keep-best#1=acc",
                                    "remove: not-kept"});
}

TEST_CASE("policy: --keep-within is measured from the newest of the group") {
  Population population;
  population.rules.keep_within_seconds = 10 * kDays;
  population.trial("a", 90 * kDays).trial("b", 100 * kDays).trial("c", 100 * kDays + 1);
  population.trial("d", 200 * kDays).group(1);
  CHECK(population.lines() == Lines{"keep: keep-within:7776000", "keep: keep-within:8640000",
                                    "remove: not-kept", "keep: keep-within:17280000"});
  // An unknown one is no measure, nor is a clock that is a moment ahead.
  population.trial("e", -kDays).trial("f", 80 * kDays).with([](auto& t) { t.trouble = "x"; });
  CHECK(population.actions() == "kkrkss");
  population.trial("g", -0.5);
  CHECK(population.actions() == "rrrkssk");
  population = {};
  population.rules.keep_within_seconds = kDays;
  population.trial("a", -0.5).trial("b", kDays).trial("c", kDays + 0.25);
  CHECK(population.actions() == "kkr");
  population.rules.keep_within_seconds = kNan;
  CHECK(population.actions() == "kkk");
  population.rules.keep_within_seconds = 0;
  CHECK(population.actions() == "krr");
}

TEST_CASE("policy: --keep-best ranks finite values, then by name, unknown and young ones too") {
  Population population;
  population.rules.keep_best = {{.count = 2, .metric = "loss", .greatest = false}};
  population.trial("v10", kDays).metric(1);
  population.trial("v9", kDays).metric(1);
  population.trial("v3", kDays).metric(0.5).with([](auto& t) { t.trouble = "x"; });
  population.trial("v4", kDays).metric(kNan);
  population.trial("v5", kDays).metric(-kInf);
  population.trial("v6", kDays);
  CHECK(population.lines() == Lines{"remove: not-kept", "keep: keep-best#2=loss",
                                    "skip: trouble=x keep-best#1=loss", "remove: not-kept",
                                    "remove: not-kept", "remove: not-kept"});
  population.rules.keep_best[0].greatest = true;
  CHECK(population.actions() == "kksrrr");
  population.rules.keep_best[0].count = 1;
  CHECK(population.actions() == "rksrrr");
  population.trial("young", 60).metric(9);
  CHECK(population.lines()[6] == "keep: keep-best#1=loss recent:60");
  CHECK(population.actions() == "rrsrrrk");
}

TEST_CASE("policy: several --keep-best each count for themselves, 0 and -0 are equal") {
  Population population;
  population.rules.keep_best = {{.count = 1, .metric = "acc", .greatest = true},
                                {.count = 1, .metric = "loss", .greatest = false}};
  population.trial("b", kDays).metric(0.0).metric(4);
  population.trial("a", kDays).metric(-0.0).metric(5);
  population.trial("c", kDays).with([](auto& t) { t.metrics = {std::nullopt, 3}; });
  CHECK(population.lines() ==
        Lines{"remove: not-kept", "keep: keep-best#1=acc", "keep: keep-best#1=loss"});
}

TEST_CASE("policy: every keep rule that holds is told, before life") {
  Population population;
  population.rules.older_than_seconds = 0;
  population.rules.keep_last = 1;
  population.rules.keep_within_seconds = 1;
  population.rules.keep_best = {{.count = 1, .metric = "acc", .greatest = true}};
  population.rules.keep = {"x", "a"};
  population.rules.keep_if = {"lr = 1", "lr = 2"};
  population.trial("a", 60).metric(3).live().with([](auto& t) {
    t.kept_by = {1, 9};
    t.kept_if = {0, 1};
  });
  CHECK(population.lines() == Lines{"keep: keep-last#1 keep-within:60 keep-best#1=acc keep=a keep "
                                    "keep-if=lr = 1 keep-if=lr = 2 live"});
}

TEST_CASE("policy: trials of one name and age share a rank, so that order never decides") {
  Population population;
  population.rules.keep_last = 1;
  population.trial("a", kDays).trial("a", kDays).trial("b", kDays);
  CHECK(population.lines() == Lines{"keep: keep-last#1", "keep: keep-last#1", "remove: not-kept"});
  population.rules.keep_last = 3;
  CHECK(population.lines() == Lines{"keep: keep-last#1", "keep: keep-last#1", "keep: keep-last#3"});
}

TEST_CASE("policy: a trial stays where one below it stays, along whole chains") {
  Population population;
  population.rules.older_than_seconds = kDays;
  population.trial("a", 9 * kDays).trial("a/v10", 9 * kDays).below(0);
  population.trial("a/v9/x", 60).below(3).trial("a/v9", 9 * kDays).below(0);
  population.trial("a/v9/w", 9 * kDays).below(3).trial("a/v9/y", 60).below(3);
  CHECK(population.lines() == Lines{"keep: below=a/v9", "remove: older-than:777600",
                                    "keep: recent:60", "keep: below=a/v9/x",
                                    "remove: older-than:777600", "keep: recent:60"});
  // What no rule asks for, or something else keeps, does not say so.
  population.rules.older_than_seconds = 10 * kDays;
  CHECK(population.lines()[3] == "keep: not-nominated:777600");
  // Unknown ones stay as well.
  population = {};
  population.rules.older_than_seconds = kDays;
  population.trial("a", 9 * kDays).trial("b", -kDays).below(0).live();
  CHECK(population.lines() == Lines{"keep: below=b", "skip: future:86400 live"});
  // The first by name need not be a child.
  population = {};
  population.rules.older_than_seconds = kDays;
  population.trial("z", 9 * kDays).trial("y", 9 * kDays).below(0).trial("x", 60).below(1);
  CHECK(population.lines() == Lines{"keep: below=x", "keep: below=x", "keep: recent:60"});
}

TEST_CASE("policy: parents that do not exist or go in circles count as none") {
  Population population;
  population.rules.older_than_seconds = kDays;
  population.trial("a", 9 * kDays).below(1).trial("b", 60).below(2).trial("c", 9 * kDays).below(0);
  population.trial("d", 9 * kDays).below(3);
  population.trial("e", 60).below(6).trial("f", 60).below(static_cast<std::size_t>(-1));
  CHECK(population.actions() == "rkrrkk");
  // What hangs on a circle without being part of it keeps its parent.
  population.trials[4].parent = 0;
  CHECK(population.lines()[0] == "keep: below=e");
  CHECK(population.actions() == "kkrrkk");
}

TEST_CASE("policy: a hundred thousand trials below one another") {
  constexpr std::size_t kMany = 100'000;
  Population population;
  population.rules.older_than_seconds = kDays;
  population.rules.max_bytes = 0;
  for (std::size_t i = 0; i < kMany; ++i) {
    population.trial(std::to_string(i), 9 * kDays).bytes(1);
    if (i > 0) population.below(i - 1);
  }
  const auto removed = [&] {
    std::size_t count = 0;
    for (const Decision& decision : population.plan().decisions)
      count += decision.action == Action::kRemove;
    return count;
  };
  CHECK(removed() == kMany);
  population.rules.older_than_seconds = 10 * kDays;
  CHECK(removed() == kMany);
  population.live();
  CHECK(removed() == 0);
  population.trials[0].parent = kMany - 1;
  CHECK(removed() == kMany - 1);
}

Population sized(std::uint64_t max_bytes) {
  Population population;
  population.rules.max_bytes = max_bytes;
  population.trial("a", 3 * kDays).bytes(10);
  population.trial("b", 5 * kDays).bytes(20);
  population.trial("c", 4 * kDays).bytes(30);
  population.trial("d", 5 * kDays).bytes(40);
  return population;
}

TEST_CASE("policy: --max-size gives up the oldest, then by name, until the rest fits") {
  CHECK(sized(100).actions() == "kkkk");
  CHECK(sized(99).lines() == Lines{"keep: not-nominated:259200", "remove: max-size#1",
                                   "keep: not-nominated:345600", "keep: not-nominated:432000"});
  CHECK(sized(80).actions() == "krkk");
  CHECK(sized(79).actions() == "krkr");
  CHECK(sized(40).actions() == "krkr");
  CHECK(sized(39).lines() == Lines{"keep: not-nominated:259200", "remove: max-size#1",
                                   "remove: max-size#3", "remove: max-size#2"});
  CHECK(sized(10).actions() == "krrr");
  CHECK(sized(9).actions() == "rrrr");
  CHECK(sized(0).actions() == "rrrr");
  CHECK(sized(kMost).actions() == "kkkk");
}

TEST_CASE("policy: --max-size passes over what is kept, alive or unknown") {
  Population population = sized(0);
  population.rules.keep = {"b"};
  population.trials[1].kept_by = {0};
  population.trials[2].live = true;
  population.trials[3].trouble = "x";
  population.trial("e", 60).bytes(1).trial("f", 60 * kDays).bytes(1).with([](auto& t) {
    t.open_files = OpenFiles::kSeen;
  });
  // Places are counted by age: f, b, c, a.
  CHECK(population.lines() == Lines{"remove: max-size#4", "keep: keep=b", "keep: live",
                                    "skip: trouble=x", "keep: recent:60", "keep: open"});
}

TEST_CASE("policy: the trash goes before any trial does, the oldest batch first") {
  const auto with_trash = [](std::uint64_t max_bytes, std::vector<std::uint64_t> trash) {
    Population population = sized(max_bytes);
    population.situation.trash_bytes = std::move(trash);
    return std::to_string(population.plan().batches_to_empty) + " " + population.actions();
  };
  CHECK(with_trash(115, {5, 7, 3}) == "0 kkkk");
  CHECK(with_trash(114, {5, 7, 3}) == "1 kkkk");
  CHECK(with_trash(110, {5, 7, 3}) == "1 kkkk");
  CHECK(with_trash(109, {5, 7, 3}) == "2 kkkk");
  CHECK(with_trash(100, {5, 7, 3}) == "3 kkkk");
  CHECK(with_trash(99, {5, 7, 3}) == "3 krkk");
  CHECK(with_trash(100, {0, 1, 0}) == "2 kkkk");
  CHECK(with_trash(0, {}) == "0 rrrr");
  // Without the rule, the trash is none of the policy's business.
  Population population;
  population.rules.older_than_seconds = kDays;
  population.situation.trash_bytes = {kMost};
  CHECK(population.trial("a", 9 * kDays).plan().batches_to_empty == 0);
}

TEST_CASE("policy: what other rules remove is gone before the size is looked at") {
  Population population = sized(80);
  population.rules.min_steps = 5;
  population.trials[0].last_step = 1;
  population.trials[3].last_step = 1;
  population.situation.trash_bytes = {30};
  CHECK(population.plan().batches_to_empty == 0);
  CHECK(population.lines() == Lines{"remove: min-steps#1", "keep: not-nominated:432000",
                                    "keep: not-nominated:345600", "remove: min-steps#1"});
  population.rules.max_bytes = 30;
  CHECK(population.plan().batches_to_empty == 1);
  CHECK(population.lines() == Lines{"remove: min-steps#1", "remove: max-size#1",
                                    "keep: not-nominated:345600", "remove: min-steps#1"});
}

TEST_CASE("policy: sizes that pass 64 bits together") {
  Population population;
  population.rules.max_bytes = kMost;
  population.situation.trash_bytes = {kMost, 1};
  population.trial("a", 2 * kDays).bytes(kMost).trial("b", kDays).bytes(kMost);
  CHECK(population.plan().batches_to_empty == 2);
  CHECK(population.actions() == "rk");
}

TEST_CASE("policy: --max-size takes a parent only after what lies below it") {
  // The parent is the oldest, and what lies below it the youngest.
  Population population;
  population.trial("a", 9 * kDays).bytes(10).trial("a/b", 2 * kDays).bytes(10).below(0);
  population.trial("c", 5 * kDays).bytes(10).trial("d", 3 * kDays).bytes(10);
  population.rules.max_bytes = 35;
  CHECK(population.lines() == Lines{"keep: below=a/b", "keep: not-nominated:172800",
                                    "remove: max-size#2", "keep: not-nominated:259200"});
  population.rules.max_bytes = 20;
  CHECK(population.lines() == Lines{"keep: below=a/b", "keep: not-nominated:172800",
                                    "remove: max-size#2", "remove: max-size#3"});
  // It fits as soon as nothing lies below the parent: that may stay.
  population.rules.max_bytes = 19;
  CHECK(population.lines() == Lines{"keep: not-nominated:777600", "remove: max-size#4",
                                    "remove: max-size#2", "remove: max-size#3"});
  population.rules.max_bytes = 9;
  CHECK(population.actions() == "rrrr");
  // Now that nothing lies below it, it is older than what is left.
  population.trial("e", kDays).bytes(10);
  population.rules.max_bytes = 10;
  CHECK(population.actions() == "rrrrk");
  // It does not fit, whatever is given up: the parent says what it waits for.
  population.trials[1].live = true;
  CHECK(population.lines() == Lines{"keep: below=a/b", "keep: live", "remove: max-size#2",
                                    "remove: max-size#3", "remove: max-size#5"});
  // A parent that is younger than all that had to go was not passed over.
  population.trials[0].last_event = population.trials[0].mtime = kNow - 1.5 * kDays;
  population.rules.max_bytes = 30;
  CHECK(population.lines()[0] == "keep: not-nominated:129600");
}

TEST_CASE("policy: a parent that another rule asks for goes with the last one below it") {
  Population population;
  population.rules.older_than_seconds = 7 * kDays;
  population.rules.max_bytes = 25;
  population.trial("a", 9 * kDays).bytes(10).trial("a/b", 8 * kDays).bytes(10).below(0);
  population.trial("a/b/c", 5 * kDays).bytes(10).below(1).trial("d", 2 * kDays).bytes(10);
  // Its bytes are gone too, so that d may stay.
  CHECK(population.lines() == Lines{"remove: older-than:777600", "remove: older-than:691200",
                                    "remove: max-size#3", "keep: not-nominated:172800"});
  population.rules.max_bytes = 40;
  CHECK(population.lines() == Lines{"keep: below=a/b", "keep: below=a/b/c",
                                    "keep: not-nominated:432000", "keep: not-nominated:172800"});
}

TEST_CASE("policy: a run below of which nothing else is known keeps what lies above it") {
  Population population;
  population.rules.older_than_seconds = 7 * kDays;
  population.trial("a", 9 * kDays);
  population.trial("a/b", 9 * kDays).below(0).with([](auto& t) { t.stays_below = "a/b/x"; });
  population.trial("a/c", 9 * kDays).below(0);
  CHECK(population.lines() ==
        Lines{"keep: below=a/b", "keep: below=a/b/x", "remove: older-than:777600"});
  // What asks for nothing says so; the size passes it over, and waits for nothing above it.
  population.trials[1].last_event = population.trials[1].mtime = kNow - 2 * kDays;
  CHECK(population.lines() ==
        Lines{"keep: below=a/b", "keep: not-nominated:172800", "remove: older-than:777600"});
  population.rules = {};
  population.rules.max_bytes = 0;
  for (auto& trial : population.trials) trial.bytes = 1;
  CHECK(population.lines() == Lines{"keep: below=a/b", "keep: below=a/b/x", "remove: max-size#2"});
  population.trials[1].stays_below.clear();
  CHECK(population.actions() == "rrr");
}

}  // namespace
}  // namespace tfevents::test
