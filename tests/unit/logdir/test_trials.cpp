// How runs become trials: PRODUCT "Trials".
#include <doctest/doctest.h>

#include "logdir/run.hpp"
#include "unit/logdir/forest.hpp"

namespace tfevents::test {
namespace {

TEST_CASE("trials: runs of other names are trials of their own, nested ones too") {
  CHECK(Forest().run("a").run("a/x").run("b10").run("b9").empty("c").lines() ==
        Lines{"a: own", "a/x: own", "b9: own", "b10: own", "c: own"});
}

TEST_CASE("trials: roles below a run with values are its members, whatever else lies there") {
  CHECK(Forest().run("a").run("a/eval").lines() == Lines{"a: own, role a/eval eval/T"});
  CHECK(Forest().run("a").run("a/train").run("a/train2").run("a/other").lines() ==
        Lines{"a: own, role a/train train/T", "a/other: own", "a/train2: own"});
  CHECK(Forest().run(".").run("train").run("x").lines() ==
        Lines{".: own, role train train/T", "x: own"});
  for (const char* role : {"train", "training", "learn", "validation", "valid", "val", "dev",
                           "eval", "eval_", "eval_holdout", "evaluation", "test"}) {
    const std::string name = std::string("a/") + role;
    CHECK(Forest().graph("a").run(name).lines() ==
          Lines{"a: own, role " + name + " " + role + "/T"});
    CHECK(is_role(role));
  }
  for (const char* other :
       {"Train", "trains", "train2", "train_2", "evals", "eval2", "tests", ""}) {
    const std::string name = std::string("a/") + other;
    CHECK(Forest().run("a").run(name).lines() == Lines{"a: own", name + ": own"});
    CHECK_FALSE(is_role(other));
  }
}

TEST_CASE("trials: roles of a directory that is no run") {
  CHECK(Forest().run("a/train").run("a/validation").lines() ==
        Lines{"a: role a/train train/T, role a/validation validation/T"});
  // One alone, and different roles beside other runs.
  CHECK(Forest().run("a/train").lines() == Lines{"a: role a/train train/T"});
  CHECK(Forest().run("a/eval_x").run("a/eval_y").lines() ==
        Lines{"a: role a/eval_x eval_x/T, role a/eval_y eval_y/T"});
  CHECK(Forest().run("a/train").run("a/val").run("a/cm").lines() ==
        Lines{"a: role a/train train/T, role a/val val/T", "a/cm: own"});
  // One role beside other runs is a run like them.
  CHECK(Forest().run("train").run("train2").run("train3").lines() ==
        Lines{"train: own", "train2: own", "train3: own"});
  CHECK(Forest().run("a/val").run("a/valid").run("a/x").lines() ==
        Lines{"a/val: own", "a/valid: own", "a/x: own"});
  CHECK(Forest().run("a/train").run("a/x").lines() == Lines{"a/train: own", "a/x: own"});
  // A crashed one counts as another run, a directory of runs does not.
  CHECK(Forest().run("a/train").empty("a/x").lines() == Lines{"a/train: own", "a/x: own"});
  CHECK(Forest().run("a/train").run("a/x/1").lines() ==
        Lines{"a: role a/train train/T", "a/x/1: own"});
  CHECK(Forest().run("a/train").empty("a/x").run("a/x/1").lines() ==
        Lines{"a: role a/train train/T", "a/x/1: own", "- a/x: empty-parent"});
}

TEST_CASE("trials: the operand's own directory, and what lies above it") {
  CHECK(Forest().run("learn").run("test").lines() ==
        Lines{".: role learn learn/T, role test test/T"});
  const std::vector<RunFacts> facts{{.name = "train", .people_name = {}, .has_scalars = true}};
  CHECK(fold_trials(facts, {.root_people_name = "runs"}).trials.front().people_name == "runs");
  // Each operand named is looked at for itself.
  CHECK(Forest().run("a/train").root("a/train").run("a/eval").root("a/eval").lines() ==
        Lines{"a/eval: own", "a/train: own"});
  CHECK(Forest().run("a/train").root("a").run("a/eval").root("a").run("b").root("b").lines() ==
        Lines{"a: role a/eval eval/T, role a/train train/T", "b: own"});
  CHECK(Forest().run("/x/train").root("/x").run("/x/val").root("/x").lines() ==
        Lines{"/x: role /x/train train/T, role /x/val val/T"});
  CHECK(Forest().run("/train").root("/").run("/val").root("/").lines() ==
        Lines{"/: role /train train/T, role /val val/T"});
  // add_scalars does not reach above it either.
  CHECK(Forest().run("a/loss/x", {"loss"}).root("a/loss").lines() == Lines{"a/loss/x: own"});
  // Facts that contradict themselves end no worse.
  CHECK(Forest().run("b", {"loss"}).root("a").run("/b", {"loss"}).root("a").lines().size() == 2);
}

TEST_CASE("trials: roots of names") {
  const std::vector<std::string> operands{"runs", "runs/a/", "/", "."};
  CHECK(root_of("runs", operands) == "runs");
  CHECK(root_of("runs/b", operands) == "runs");
  CHECK(root_of("runs2", operands) == ".");
  CHECK(root_of("runs/a", operands) == "runs/a");
  CHECK(root_of("runs/a/b", operands) == "runs/a");
  CHECK(root_of("/tmp", operands) == "/");
  CHECK(root_of("./b", operands) == ".");
  CHECK(root_of("b", {}) == ".");
  // Below one operand names are relative, and may begin as it does.
  CHECK(root_of(Run{.name = "runs/b", .shown = "", .path = "runs/runs/b"}, operands) == ".");
  CHECK(root_of(Run{.name = "runs/b", .shown = "", .path = "runs/b"}, operands) == "runs");
  CHECK(root_of(Run{.name = "runs/b", .shown = "", .path = "logs/runs/b"}, operands) == "runs");
}

TEST_CASE("trials: nested roles are members of the whole") {
  CHECK(Forest().run("a").run("a/train").run("a/train/eval").lines() ==
        Lines{"a: own, role a/train train/T, role a/train/eval train/eval/T"});
  CHECK(Forest().run("a/train/train").run("a/train/val").run("a/x").lines() ==
        Lines{"a/train: role a/train/train train/T, role a/train/val val/T", "a/x: own"});
}

TEST_CASE("trials: one sub-run of add_hparams, or several without scalars, belong to the run") {
  CHECK(Forest().run("a").add_hparams("a/1.5").lines() == Lines{"a: own, add_hparams a/1.5 T"});
  CHECK(Forest().run("a").add_hparams("a/1.5").run("a/x").lines() ==
        Lines{"a: own, add_hparams a/1.5 T", "a/x: own"});
  CHECK(Forest().run("a").add_hparams("a/1", {}, 5).add_hparams("a/2", {}, 9).lines() ==
        Lines{"a: own, add_hparams a/2 T, add_hparams a/1 T"});
  CHECK(Forest().run("a").add_hparams("a/1").add_hparams("a/2", {}).lines() ==
        Lines{"a: own", "a/1: own", "a/2: own"});
  // Sessions without an experiment are Keras', and runs of their own.
  CHECK(Forest().run("a").session("a/1").lines() == Lines{"a: own", "a/1: own"});
  CHECK(Forest().add_hparams("a/1").lines() == Lines{"a/1: own"});
  // Of a member: its tags take the member's prefix.
  CHECK(Forest().run("a").run("a/train").add_hparams("a/train/1").lines() ==
        Lines{"a: own, add_hparams a/train/1 train/T, role a/train train/T"});
  // A role stays one.
  CHECK(Forest().run("a").add_hparams("a/eval").lines() == Lines{"a: own, role a/eval eval/T"});
}

TEST_CASE("trials: add_hparams below a run without values") {
  CHECK(Forest().empty("a").add_hparams("a/1.5").lines() == Lines{"a: own, add_hparams a/1.5 T"});
  CHECK(Forest().empty("a").add_hparams("a/1").add_hparams("a/2").lines() ==
        Lines{"a/1: own", "a/2: own", "- a: empty-parent"});
  CHECK(Forest().empty("a").add_hparams("a/1", {}).add_hparams("a/2", {}).lines() ==
        Lines{"a/1: own", "a/2: own", "- a: empty-parent"});
  CHECK(Forest().empty("a").add_hparams("a/1").run("a/x").lines() ==
        Lines{"a/1: own", "a/x: own", "- a: empty-parent"});
  CHECK(Forest().empty("a").add_hparams("a/1").run("a/train").lines() ==
        Lines{"a: own, add_hparams a/1 T, role a/train train/T"});
}

TEST_CASE("trials: whose hparams") {
  const auto session_of = [](const Forest& forest) {
    const Trials trials = forest.fold();
    REQUIRE(trials.trials.size() == 1);
    const auto run = trials.trials.front().hparams_run;
    return run ? forest.facts()[*run].name : "none";
  };
  CHECK(session_of(Forest().run("a")) == "none");
  CHECK(session_of(Forest().session("a").run("a/train")) == "a");
  CHECK(session_of(Forest().run("a").add_hparams("a/1", {}, 5).add_hparams("a/2", {}, 9)) == "a/2");
  CHECK(session_of(Forest().run("a").add_hparams("a/1", {}, 9).add_hparams("a/2", {}, 5)) == "a/1");
  CHECK(session_of(Forest().session("a").add_hparams("a/1")) == "a");
  CHECK(session_of(Forest().session("a/train").run("a/validation")) == "a/train");
}

TEST_CASE("trials: sub-runs of add_scalars, torch's and tensorboardX'") {
  CHECK(Forest().run("a").run("a/loss_train", {"loss"}).run("a/loss_val", {"loss"}).lines() ==
        Lines{"a: own, add_scalars a/loss_train T/train, add_scalars a/loss_val T/val"});
  CHECK(Forest().run("a").run("a/x_loss_k", {"x/loss"}).lines() ==
        Lines{"a: own, add_scalars a/x_loss_k T/k"});
  CHECK(Forest().run("a").run("a/x/loss/k", {"x/loss"}).lines() ==
        Lines{"a: own, add_scalars a/x/loss/k T/k"});
  CHECK(Forest().run(".").run("loss_k", {"loss"}).run("loss/k", {"loss"}).lines() ==
        Lines{".: own, add_scalars loss/k T/k, add_scalars loss_k T/k"});
  // Keys of several parts, where there is a run to belong to.
  CHECK(Forest().run("a").run("a/loss/x/y", {"loss"}).lines() ==
        Lines{"a: own, add_scalars a/loss/x/y T/x/y"});
  // Characters that the writers replace in tags only.
  CHECK(Forest().run("a").run("a/my loss_k", {"my_loss"}).lines() ==
        Lines{"a: own, add_scalars a/my loss_k T/k"});
  // Other tags, other names, more tags: runs of their own.
  CHECK(Forest().run("a").run("a/loss_k", {"acc"}).lines() == Lines{"a: own", "a/loss_k: own"});
  CHECK(Forest().run("a").run("a/loss_", {"loss"}).lines() == Lines{"a: own", "a/loss_: own"});
  CHECK(Forest().run("a").run("a/lossk", {"loss"}).lines() == Lines{"a: own", "a/lossk: own"});
  CHECK(Forest().run("a").run("a/loss", {"loss"}).lines() == Lines{"a: own", "a/loss: own"});
  CHECK(Forest().run("a").run("a/loss_k", {"loss", "acc"}).lines() ==
        Lines{"a: own", "a/loss_k: own"});
  CHECK(Forest().run("a").run("a/_k", {""}).lines() == Lines{"a: own", "a/_k: own"});
}

TEST_CASE("trials: add_scalars come before roles, and need no run above them") {
  CHECK(Forest().run("a").run("a/loss/train", {"loss"}).run("a/loss/val", {"loss"}).lines() ==
        Lines{"a: own, add_scalars a/loss/train T/train, add_scalars a/loss/val T/val"});
  CHECK(Forest().run("a").run("a/eval_x", {"eval"}).lines() ==
        Lines{"a: own, add_scalars a/eval_x T/x"});
  CHECK(Forest().run("a/loss_x", {"loss"}).run("a/loss_y", {"loss"}).lines() ==
        Lines{"a: add_scalars a/loss_x T/x, add_scalars a/loss_y T/y"});
  CHECK(Forest().run("a/g/loss/x", {"g/loss"}).lines() == Lines{"a: add_scalars a/g/loss/x T/x"});
  CHECK(Forest().run("a/loss/x/y", {"loss"}).lines() == Lines{"a/loss/x/y: own"});
  // They are no other run to the roles of the directory, and the same trial.
  CHECK(Forest().run("a/train").run("a/loss_x", {"loss"}).lines() ==
        Lines{"a: add_scalars a/loss_x T/x, role a/train train/T"});
  // A run without values gets them all the same.
  CHECK(Forest().empty("a").run("a/loss_x", {"loss"}).lines() ==
        Lines{"a: own, add_scalars a/loss_x T/x"});
  CHECK(Forest().run("a").run("a/train").run("a/train/loss_x", {"loss"}).lines() ==
        Lines{"a: own, role a/train train/T, add_scalars a/train/loss_x train/T/x"});
  // The nearest run that can be meant.
  CHECK(Forest().run(".").run("a").run("a/b/loss/x", {"b/loss"}).lines() ==
        Lines{".: own", "a: own, add_scalars a/b/loss/x T/x"});
}

TEST_CASE("trials: runs that are none") {
  CHECK(Forest().experiment(".").session("run-0").lines() ==
        Lines{"run-0: own", "- .: experiment-only"});
  CHECK(Forest().experiment("a").lines() == Lines{"- a: experiment-only"});
  CHECK(Forest().empty(".").run("a").lines() == Lines{"a: own", "- .: empty-parent"});
  CHECK(Forest().empty("a").run("a/b/c").lines() == Lines{"a/b/c: own", "- a: empty-parent"});
  CHECK(Forest().empty("a").run("ab").lines() == Lines{"a: own", "ab: own"});
  CHECK(Forest().empty("a").empty("a/b").lines() == Lines{"a/b: own", "- a: empty-parent"});
  CHECK(Forest().graph("a").run("a/b").lines() == Lines{"a: own", "a/b: own"});
  CHECK(Forest().session("a", {}).run("a/b").lines() == Lines{"a: own", "a/b: own"});
}

TEST_CASE("trials: a run without values is to its roles what a directory is") {
  CHECK(Forest().empty("a").run("a/train").run("a/val").run("a/x").lines() ==
        Lines{"a: own, role a/train train/T, role a/val val/T", "a/x: own"});
  CHECK(Forest().experiment(".").run("train").run("run-1").lines() ==
        Lines{"run-1: own", "train: own", "- .: experiment-only"});
  CHECK(Forest().experiment(".").run("train").lines() == Lines{".: own, role train train/T"});
  CHECK(Forest().empty("a").empty("a/train").empty("a/val").lines() ==
        Lines{"a: own, role a/train train/T, role a/val val/T"});
}

TEST_CASE("trials: nothing is folded or left out where nobody wants it") {
  Forest forest;
  forest.experiment(".").run("a").run("a/train").run("a/loss_x", {"loss"}).add_hparams("a/1.5");
  CHECK(forest.lines(false) ==
        Lines{".: own", "a: own", "a/1.5: own", "a/loss_x: own", "a/train: own"});
  CHECK(forest.fold(false).trials[2].hparams_run == 4);
  CHECK(fold_trials({}).trials.empty());
}

TEST_CASE("trials: names that nest as deep as paths can, and very many runs") {
  std::string deep = "train";
  Forest forest;
  for (int i = 0; i < 800; ++i) {
    forest.run(deep);
    deep += "/train";
  }
  CHECK(forest.fold().trials.size() == 1);
  CHECK(forest.fold().trials.front().members.size() == 800);
  Forest many;
  for (int i = 0; i < 20'000; ++i) many.run("x/" + std::to_string(i) + "/train");
  CHECK(many.fold().trials.size() == 20'000);
}

}  // namespace
}  // namespace tfevents::test
