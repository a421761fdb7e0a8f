// What prune decides about one trial by itself: age, life, what is unknown (PRODUCT "Policy", "Age
// and life").
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "rewrite/policy.hpp"
#include "unit/rewrite/population.hpp"

namespace tfevents::test {
namespace {

using namespace rewrite;

Population older_than(double seconds) {
  Population population;
  population.rules.older_than_seconds = seconds;
  return population;
}

TEST_CASE("policy: without a rule, and without a trial, nothing is removed") {
  CHECK(Population().trial("a", 30 * kDays).lines() == Lines{"keep: not-nominated:2592000"});
  CHECK(older_than(0).lines().empty());
  CHECK(PolicyRules{}.nominates() == false);
  CHECK(PolicyRules{}.keeps() == false);
}

TEST_CASE("policy: which rules nominate and which keep") {
  const auto kinds = [](auto change) {
    PolicyRules rules;
    change(rules);
    return std::string(rules.nominates() ? "n" : "") + (rules.keeps() ? "k" : "");
  };
  CHECK(kinds([](auto& rules) { rules.older_than_seconds = 0; }) == "n");
  CHECK(kinds([](auto& rules) { rules.min_steps = 0; }) == "n");
  CHECK(kinds([](auto& rules) { rules.empty = true; }) == "n");
  CHECK(kinds([](auto& rules) { rules.max_bytes = 0; }) == "n");
  CHECK(kinds([](auto& rules) { rules.remove_if = ""; }) == "n");
  CHECK(kinds([](auto& rules) { rules.keep_last = 0; }) == "k");
  CHECK(kinds([](auto& rules) { rules.keep_within_seconds = 0; }) == "k");
  CHECK(kinds([](auto& rules) { rules.keep_best.push_back({}); }) == "k");
  CHECK(kinds([](auto& rules) { rules.keep = {"a"}; }) == "k");
  CHECK(kinds([](auto& rules) { rules.keep_if = {"a"}; }) == "k");
  CHECK(kinds([](auto& rules) { rules.age_by_event = true; }).empty());
}

TEST_CASE("policy: --older-than is strict") {
  CHECK(older_than(7 * kDays)
            .trial("a", 7 * kDays - 1)
            .trial("b", 7 * kDays)
            .trial("c", 7 * kDays + 0.5)
            .lines() == Lines{"keep: not-nominated:604799", "keep: not-nominated:604800",
                              "remove: older-than:604800.5"});
  CHECK(older_than(kNan).trial("a", 1e6).actions() == "k");
  CHECK(older_than(kInf).trial("a", 1e6).actions() == "k");
  CHECK(older_than(-1).trial("a", kHours).actions() == "r");
}

TEST_CASE("policy: --min-steps takes smaller last steps, and leaves alone what has none") {
  Population population;
  population.rules.min_steps = 10;
  population.trial("a", kDays).with([](auto& t) { t.last_step = 9; });
  population.trial("b", kDays).with([](auto& t) { t.last_step = 10; });
  population.trial("c", kDays).with([](auto& t) { t.last_step = -3; });
  population.trial("d", kDays);
  CHECK(population.lines() == Lines{"remove: min-steps#9", "keep: not-nominated:86400",
                                    "remove: min-steps#-3", "keep: not-nominated:86400"});
}

TEST_CASE("policy: --empty takes what has no values and is older than a day") {
  Population population;
  population.rules.empty = true;
  population.trial("a", kDays + 1).with([](auto& t) { t.has_values = false; });
  population.trial("b", kDays).with([](auto& t) { t.has_values = false; });
  population.trial("c", kDays + 1);
  CHECK(population.lines() ==
        Lines{"remove: empty:86401", "keep: not-nominated:86400", "keep: not-nominated:86401"});
  population.rules.empty = false;
  population.rules.min_steps = 1;
  CHECK(population.actions() == "kkk");
}

TEST_CASE("policy: --remove-if takes what is true, not what is null") {
  Population population;
  population.rules.remove_if = "lr > 1";
  population.trial("a", kDays).with([](auto& t) { t.remove_if = true; });
  population.trial("b", kDays).with([](auto& t) { t.remove_if = false; });
  population.trial("c", kDays);
  CHECK(population.lines() == Lines{"remove: remove-if=lr > 1", "keep: not-nominated:86400",
                                    "keep: not-nominated:86400"});
  population.rules.remove_if.reset();
  CHECK(population.actions() == "kkk");
}

TEST_CASE("policy: all nominations of what is removed are listed, none of what stays") {
  Population population = older_than(kDays);
  population.rules.min_steps = 10;
  population.rules.empty = true;
  population.rules.remove_if = "x";
  population.trial("a", 2 * kDays).with([](auto& t) {
    t.has_values = false;
    t.last_step = 1;
    t.remove_if = true;
  });
  CHECK(population.lines() ==
        Lines{"remove: older-than:172800 min-steps#1 empty:172800 remove-if=x"});
  population.live();
  CHECK(population.lines() == Lines{"keep: live"});
}

TEST_CASE("policy: recent is younger than an hour or five gaps") {
  const auto with_gap = [](double age, double gap) {
    return older_than(0).trial("a", age).with([&](auto& t) { t.median_gap = gap; }).lines()[0];
  };
  CHECK(with_gap(3599, 0) == "keep: recent:3599");
  CHECK(with_gap(3600, 0) == "remove: older-than:3600");
  CHECK(with_gap(3600, 720) == "remove: older-than:3600");
  CHECK(with_gap(4999, 1000) == "keep: recent:4999");
  CHECK(with_gap(5000, 1000) == "remove: older-than:5000");
  CHECK(with_gap(1e9, kInf) == "keep: recent:1000000000");
  CHECK(with_gap(3599, kNan) == "keep: recent:3599");
  CHECK(with_gap(3600, kNan) == "remove: older-than:3600");
  CHECK(with_gap(3599, -1e9) == "keep: recent:3599");
  CHECK(with_gap(3600, -1e9) == "remove: older-than:3600");
}

TEST_CASE("policy: where open files are not visible, recent means a day") {
  const auto unseen = [](double age, double gap) {
    return older_than(0)
        .trial("a", age)
        .with([&](auto& t) {
          t.median_gap = gap;
          t.open_files = OpenFiles::kNotVisible;
        })
        .lines()[0];
  };
  CHECK(unseen(3599, 0) == "keep: recent:3599");
  CHECK(unseen(3600, 0) == "keep: not-visible:3600");
  CHECK(unseen(kDays - 1, 0) == "keep: not-visible:86399");
  CHECK(unseen(kDays, 0) == "remove: older-than:86400");
  CHECK(unseen(kDays, 20'000) == "keep: recent:86400");
  CHECK(unseen(100'000, 20'000) == "remove: older-than:100000");
}

TEST_CASE("policy: live and open trials stay, and say both") {
  const auto open = [](auto& t) {
    t.open_files = OpenFiles::kSeen;
    t.open_in_process = 4711;
  };
  CHECK(older_than(0).trial("a", 8).live().with(open).lines() == Lines{"keep: live open#4711"});
  CHECK(older_than(0).trial("a", 9 * kDays).with(open).lines() == Lines{"keep: open#4711"});
  CHECK(older_than(0)
            .trial("a", 9 * kDays)
            .live()
            .with([](auto& t) { t.median_gap = 0.5; })
            .lines() == Lines{"keep: live:0.5"});
  CHECK(older_than(0)
            .trial("a", 9 * kDays)
            .live()
            .with([](auto& t) { t.median_gap = kNan; })
            .lines() == Lines{"keep: live"});
  // Life is told of what no rule asks for as well.
  CHECK(older_than(9 * kDays).trial("a", 60).lines() == Lines{"keep: recent:60"});
}

TEST_CASE("policy: age is that of the newest of both times, or by --age event of the last event") {
  const auto both = [](double event_age, double file_age) {
    Population population = older_than(7 * kDays).trial("a", event_age, file_age);
    Lines lines = population.lines();
    population.rules.age_by_event = true;
    lines.push_back(population.lines()[0]);
    return lines;
  };
  CHECK(both(8 * kDays, 9 * kDays) ==
        Lines{"remove: older-than:691200", "remove: older-than:691200"});
  CHECK(both(9 * kDays, 8 * kDays) ==
        Lines{"remove: older-than:691200", "remove: older-than:777600"});
  // Kept by its files alone: says so, for --age event would take it.
  CHECK(both(9 * kDays, 2 * kDays) ==
        Lines{"keep: file-changed:172800", "remove: older-than:777600"});
  CHECK(both(3 * kDays, 2 * kDays) ==
        Lines{"keep: not-nominated:172800", "keep: not-nominated:259200"});
  // The files count for what is recent with --age event too.
  CHECK(both(9 * kDays, 60) == Lines{"keep: file-changed:60", "keep: file-changed:60"});
  // Its events are not old enough either.
  CHECK(both(3 * kDays, 60) == Lines{"keep: recent:60", "keep: recent:60"});
  CHECK(both(120, 60) == Lines{"keep: recent:60", "keep: recent:60"});
  CHECK(both(60, 9 * kDays) == Lines{"keep: recent:60", "keep: recent:60"});
}

TEST_CASE("policy: one time is enough, and what is no time counts as none") {
  for (const std::optional<double> none :
       {std::optional<double>(), std::optional<double>(0), std::optional<double>(-5),
        std::optional(kNan), std::optional(-kInf)}) {
    for (const bool by_event : {false, true}) {
      Population population = older_than(kDays);
      population.rules.age_by_event = by_event;
      population.trial("a", 2 * kDays).with([&](auto& t) { t.last_event = none; });
      population.trial("b", 2 * kDays).with([&](auto& t) { t.mtime = none; });
      population.trial("c", 2 * kDays).with([&](auto& t) { t.mtime = t.last_event = none; });
      population.trial("d", kHours).with([&](auto& t) { t.last_event = none; });
      CHECK(population.lines() == Lines{"remove: older-than:172800", "remove: older-than:172800",
                                        "skip: no-time", "keep: not-nominated:3600"});
    }
  }
}

TEST_CASE("policy: a time more than a second ahead makes a trial unknown, whatever --age") {
  for (const bool by_event : {false, true}) {
    Population population = older_than(-10);
    population.rules.age_by_event = by_event;
    population.trial("a", 9 * kDays, -1);
    population.trial("b", 9 * kDays, -1.5);
    population.trial("c", -5 * kDays, 9 * kDays);
    population.trial("d", -5 * kDays, -6 * kDays);
    population.trial("e", 9 * kDays, -kInf);
    CHECK(population.lines() == Lines{"keep: file-changed", "skip: future:1.5",
                                      "skip: future:432000", "skip: future:518400",
                                      "skip: future:inf"});
  }
  // Within that second it is as young as can be, never of an age below 0.
  CHECK(older_than(9 * kDays).trial("a", -0.5).with([](auto& t) { t.median_gap = 1; }).lines() ==
        Lines{"keep: recent"});
}

TEST_CASE("policy: where the clock says nothing, nothing is known") {
  for (const double now : {kNan, kInf, -kInf}) {
    Population population = older_than(0);
    population.rules.min_steps = 100;
    population.rules.max_bytes = 0;
    population.situation.now = now;
    population.trial("a", kDays).with([](auto& t) {
      t.last_step = 1;
      t.bytes = 5;
    });
    CHECK(population.lines() == Lines{"skip: no-time"});
  }
  Population population = older_than(0);
  population.situation.now = -5;
  population.trial("a", kDays).trial("b", kDays).with([](auto& t) {
    t.mtime = t.last_event = std::nullopt;
  });
  CHECK(population.lines() == Lines{"skip: future:1699913605", "skip: no-time"});
}

TEST_CASE("policy: trouble is told first, then what else is unknown, kept or alive") {
  const auto trouble = [](auto& t) { t.trouble = "cannot read x"; };
  CHECK(older_than(0).trial("a", kDays).with(trouble).lines() ==
        Lines{"skip: trouble=cannot read x"});
  CHECK(older_than(0).trial("a", -kDays).with(trouble).lines() ==
        Lines{"skip: trouble=cannot read x future:86400"});
  Population population = older_than(0).trial("a", 60).live().with(trouble);
  population.rules.keep = {"a*"};
  population.with([](auto& t) { t.kept_by = {0}; });
  CHECK(population.lines() == Lines{"skip: trouble=cannot read x keep=a* live"});
}

TEST_CASE("policy: kept by its files alone means that its events would let it go") {
  const auto values = [](auto& t) { t.has_values = false; };
  Population population;
  population.rules.empty = true;
  CHECK(Population(population).trial("a", 3 * kDays, 5 * kHours).with(values).lines() ==
        Lines{"keep: file-changed:18000"});
  CHECK(Population(population).trial("a", 3 * kDays, 5 * kHours).lines() ==
        Lines{"keep: not-nominated:18000"});
  CHECK(Population(population).trial("a", 3 * kDays, 60).lines() == Lines{"keep: recent:60"});

  // Only keep rules, or a size: every trial may be asked for.
  population = {};
  population.rules.keep_last = 0;
  CHECK(Population(population).trial("a", kHours, 60).lines() == Lines{"keep: file-changed:60"});
  CHECK(Population(population).trial("a", kHours - 1, 60).lines() == Lines{"keep: recent:60"});
  population = {};
  population.rules.max_bytes = 0;
  CHECK(Population(population).trial("a", kHours, 60).lines() == Lines{"keep: file-changed:60"});

  // Open files that are not visible are the second half of the reason.
  const auto unseen = [](auto& t) { t.open_files = OpenFiles::kNotVisible; };
  CHECK(older_than(0).trial("a", 3 * kDays, 2 * kHours).with(unseen).lines() ==
        Lines{"keep: file-changed:7200 not-visible:7200"});
  CHECK(older_than(0).trial("a", 3 * kHours, 2 * kHours).with(unseen).lines() ==
        Lines{"keep: not-visible:7200"});
  CHECK(older_than(0).trial("a", 3 * kDays, 60).with(unseen).lines() ==
        Lines{"keep: file-changed:60"});

  // What something else keeps is not kept by its files alone.
  CHECK(older_than(7 * kDays).trial("a", 9 * kDays, kDays).live().lines() == Lines{"keep: live"});
  CHECK(older_than(7 * kDays).trial("a", 9 * kDays, 60).live().lines() == Lines{"keep: live"});
}

TEST_CASE("policy: names of rules are different words") {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(Rule::kNotNominated); ++i)
    names.insert(to_string(static_cast<Rule>(i)));
  CHECK(names.size() == static_cast<std::size_t>(Rule::kNotNominated) + 1);
  CHECK(names.count("") == 0);
  CHECK(std::string(to_string(static_cast<Rule>(200))).empty());
  CHECK(std::string(to_string(Rule::kKeepWithin)) == "keep-within");
  CHECK(std::string(to_string(Action::kSkip)) == "skip");
  CHECK(std::string(to_string(static_cast<Action>(200))).empty());
  CHECK(std::string(to_string(OpenFiles::kNone)) == "none");
  CHECK(std::string(to_string(OpenFiles::kSeen)) == "seen");
  CHECK(std::string(to_string(OpenFiles::kNotVisible)) == "not-visible");
  CHECK(std::string(to_string(static_cast<OpenFiles>(200))).empty());
}

}  // namespace
}  // namespace tfevents::test
