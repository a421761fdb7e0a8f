// What the tags of a trial are called, and what holds for any runs at all: PRODUCT "Trials".
#include <algorithm>
#include <random>
#include <set>

#include <doctest/doctest.h>

#include "unit/logdir/forest.hpp"

namespace tfevents::test {
namespace {

TEST_CASE("trial tags: the exact name wins, the own run first") {
  Forest forest;
  forest.run("a", {"loss", "train/loss", "lr"}).run("a/train", {"loss", "acc"});
  forest.run("a/val", {"loss", "f1"}).add_hparams("a/1", {"hparam/acc", "lr"});
  forest.run("a/cmp_x", {"cmp"}).run("a/cmp_y", {"cmp"});
  CHECK(forest.place("a", "loss") == "a loss");
  CHECK(forest.place("a", "train/loss") == "a train/loss hides a/train loss");
  CHECK(forest.place("a", "val/loss") == "a/val loss");
  CHECK(forest.place("a", "lr") == "a lr hides a/1 lr");
  CHECK(forest.place("a", "hparam/acc") == "a/1 hparam/acc");
  CHECK(forest.place("a", "cmp/x") == "a/cmp_x cmp");
  CHECK(forest.place("a", "cmp") == "ambiguous: cmp/x, cmp/y");
  CHECK(forest.place("a", "f1") == "a/val f1 = val/f1");
  CHECK(forest.place("a", "acc") == "a/train acc = train/acc");
  CHECK(forest.place("a", "val/acc") == "missing");
  CHECK(forest.place("a", "train/") == "missing");
  CHECK(forest.place("a", "") == "missing");
  CHECK(forest.tags("a") == "cmp/x cmp/y hparam/acc loss lr train/acc train/loss val/f1 val/loss");
}

TEST_CASE("trial tags: a bare tag of several members is no answer") {
  Forest forest;
  forest.run("a/train", {"epoch_loss"}).run("a/validation", {"epoch_loss", "epoch_acc"});
  CHECK(forest.place("a", "epoch_loss") == "ambiguous: train/epoch_loss, validation/epoch_loss");
  CHECK(forest.place("a", "epoch_acc") == "a/validation epoch_acc = validation/epoch_acc");
  CHECK(forest.tags("a") == "train/epoch_loss validation/epoch_acc validation/epoch_loss");
}

TEST_CASE("trial tags: what may serve before anything is known") {
  CHECK(may_serve("a", "loss", "loss"));
  CHECK(may_serve("a/train", "loss", "train/loss"));
  CHECK(may_serve("train", "loss", "train/loss"));
  CHECK(may_serve("a/train", "loss", "loss"));
  CHECK(may_serve("a/train/eval", "loss", "train/eval/loss"));
  CHECK(may_serve("a/train/1.5", "loss", "train/loss"));
  CHECK(may_serve("a/loss_x", "loss", "loss/x"));
  CHECK(may_serve("a/g_loss_x", "g/loss", "g/loss/x"));
  CHECK(may_serve("a/g/loss/x", "g/loss", "g/loss/x"));
  CHECK(may_serve("a/my loss_x", "my_loss", "my_loss/x"));
  CHECK(may_serve("a/train/loss_x", "loss", "train/loss/x"));
  CHECK_FALSE(may_serve("a/val", "loss", "train/loss"));
  CHECK_FALSE(may_serve("a/train", "acc", "train/loss"));
  CHECK_FALSE(may_serve("a/mytrain", "loss", "train/loss"));
  CHECK_FALSE(may_serve("a/b", "loss", "b/loss"));
  CHECK_FALSE(may_serve("a/loss_x", "loss", "loss/y"));
  CHECK_FALSE(may_serve("a/acc_x", "loss", "loss/x"));
  CHECK_FALSE(may_serve("x", "loss", "loss/x"));
  CHECK_FALSE(may_serve("a", "", "loss"));
}

/// Names and tags that have something to do with each other.
Forest random_forest(std::mt19937& random) {
  const auto below = [&](std::uint32_t limit) -> std::uint32_t {
    return static_cast<std::uint32_t>(random() % limit);
  };
  const Lines parts{"a", "train", "val", "eval_x", "loss", "loss_k", "x_loss_k", "1.5", "b"};
  const Lines tags{"loss", "x/loss", "train/loss", "val/loss", "loss/k", "acc"};
  std::set<std::string> names;
  for (std::uint32_t i = 0, n = 1 + below(12); i < n; ++i) {
    std::string name = parts[below(9)];
    while (below(2) == 0) name += "/" + parts[below(9)];
    names.insert(below(12) == 0 ? "." : name);
  }
  Forest forest;
  for (const std::string& name : names) {
    std::set<std::string> some;
    for (std::uint32_t i = below(4); i != 0; --i) some.insert(tags[below(6)]);
    const Lines list(some.begin(), some.end());
    switch (below(8)) {
      case 0: forest.experiment(name); break;
      case 1: forest.add_hparams(name, list, below(3)); break;
      case 2: forest.session(name, list); break;
      case 3: forest.graph(name); break;
      default: forest.run(name, list); break;
    }
  }
  return forest;
}

TEST_CASE("trial tags: every run is in one trial or none, and every tag is found by its name") {
  std::mt19937 random(3);
  std::size_t members = 0, bare = 0;
  for (int round = 0; round < 20'000; ++round) {
    const Forest forest = random_forest(random);
    const Trials trials = forest.fold();
    std::vector<int> seen(forest.facts().size());
    std::set<std::string> names;
    for (const LeftOut& out : trials.left_out) ++seen[out.run];
    for (const Trial& trial : trials.trials) {
      REQUIRE(names.insert(trial.name).second);
      for (const Member& member : trial.members) {
        ++seen[member.run];
        members += member.how != Membership::kOwn ? 1U : 0U;
        const RunFacts& run = forest.facts()[member.run];
        REQUIRE((member.how == Membership::kOwn) == (run.name == trial.name));
        for (const std::string& tag : forest.tags_in(member.run)) {
          const std::string full = member.trial_tag(tag);
          REQUIRE(member.local_tag(full) == tag);
          REQUIRE(may_serve(run.name, tag, full));
          REQUIRE(may_serve(run.name, tag, tag));
          const TagMatch exact = resolve(trial, full, forest.has());
          REQUIRE(exact.found.has_value());
          const TagMatch loose = resolve(trial, tag, forest.has());
          REQUIRE(loose.found.has_value() != !loose.ambiguous.empty());
          bare += loose.ambiguous.size();
        }
      }
      for (const TagPlace& tag :
           tags_of(trial, [&](std::size_t run) { return forest.tags_in(run); })) {
        const TagMatch match = resolve(trial, tag.trial_tag, forest.has());
        REQUIRE(match.found.has_value());
        REQUIRE(match.found->run == tag.run);
        REQUIRE(match.found->local_tag == tag.local_tag);
      }
    }
    REQUIRE(std::all_of(seen.begin(), seen.end(), [](int times) { return times == 1; }));
  }
  CHECK(members > 20'000);
  CHECK(bare > 1'000);
}

TEST_CASE("trial tags: the order of runs changes nothing") {
  std::mt19937 random(4);
  for (int round = 0; round < 300; ++round) {
    const Forest forest = random_forest(random);
    std::vector<RunFacts> shuffled = forest.facts();
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    const Trials ours = forest.fold(), theirs = fold_trials(shuffled);
    REQUIRE(ours.trials.size() == theirs.trials.size());
    for (std::size_t i = 0; i < ours.trials.size(); ++i) {
      REQUIRE(ours.trials[i].name == theirs.trials[i].name);
      REQUIRE(ours.trials[i].members.size() == theirs.trials[i].members.size());
      for (std::size_t k = 0; k < ours.trials[i].members.size(); ++k) {
        const Member &a = ours.trials[i].members[k], &b = theirs.trials[i].members[k];
        REQUIRE(forest.facts()[a.run].name == shuffled[b.run].name);
        REQUIRE(a.prefix == b.prefix);
        REQUIRE(a.suffix == b.suffix);
      }
    }
  }
}

}  // namespace
}  // namespace tfevents::test
