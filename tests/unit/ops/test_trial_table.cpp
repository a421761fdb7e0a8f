// Trials and their members: tags, hyperparameters, selection, state, the attributes of rows.
#include "unit/ops/trial_world.hpp"

namespace tfevents::test {
namespace {

TEST_CASE("members of a job: tags with the member's name, bare ones where one member has them") {
  TrialWorld w;
  keras_job(w, "job", 4, 6);
  CHECK(w.names() == Lines{"job"});
  CHECK(w.ask_one("min(train/epoch_loss)") == "2@1");
  CHECK(w.ask_one("min(validation/epoch_loss)") == "3@1");
  CHECK(w.ask_one("last(lr)") == "0.5@0");
  CHECK(w.ask_one("last(epoch_loss)") == "ambiguous-tag");
  CHECK(w.ask_one("last(epoch_los)") == "missing-tag");
  const ops::TrialTable table = w.read();
  CHECK(table.tags(0) == Lines{"train/epoch_loss", "train/lr", "validation/epoch_loss"});
  CHECK(table.rows()[0].runs == Lines{"job/train", "job/validation"});
  CHECK(table.rows()[0].path == "/logs/job");
  CHECK(table.is_tag("lr"));
  CHECK(table.is_tag("epoch_loss"));
  CHECK_FALSE(table.is_tag("loss"));
}

TEST_CASE("the tag of a trial's own run hides the same name of a member") {
  TrialWorld w;
  w.run("job", [](RunBuilder& r) { r.scalar("train/loss", {{0, 1}}).scalar("acc", {{0, 5}}); });
  w.run("job/train", [](RunBuilder& r) { r.scalar("loss", {{0, 2}}).scalar("acc", {{0, 6}}); });
  CHECK(w.ask("last(train/loss)") == Lines{"job=1@0"});
  CHECK(w.ask("last(acc)") == Lines{"job=5@0"});  // An exact name, so not ambiguous.
  CHECK(w.ask("last(train/acc)") == Lines{"job=6@0"});
  CHECK(w.read().tags(0) == Lines{"acc", "train/acc", "train/loss"});
}

TEST_CASE("a sub-run of add_hparams gives its job hyperparameters and tags as they are") {
  TrialWorld w;
  torch_job(w, "job", "1767607300.1", 0.25, 0.9F);
  CHECK(w.ask("hp.lr") == Lines{"job=0.25"});
  CHECK(w.ask("optimizer = \"adam\"") == Lines{"job=true"});
  CHECK(w.ask("last(hparam/acc)") == Lines{"job=0.9@0"});
  CHECK(w.ask("min(loss)") == Lines{"job=1@1"});
  SUBCASE("not folded, each run has those of its job") {
    w.query.fold = false;
    CHECK(w.ask("hp.lr") == Lines{"job=0.25", "job/1767607300.1=0.25"});
    CHECK(w.ask("last(hparam/acc)") == Lines{"job=missing-tag", "job/1767607300.1=0.9@0"});
    CHECK(std::string(w.read().noun()) == "run");
  }
}

TEST_CASE("of several sub-runs of add_hparams the newest gives the hyperparameters") {
  TrialWorld w;
  w.run("job", [](RunBuilder& r) { r.scalar("loss", {{0, 2}}); });
  for (const int minute : {3, 9, 6}) {
    w.run("job/176760" + std::to_string(7200 + 60 * minute), [&](RunBuilder& r) {
      r.at(RunBuilder::kStart + 60 * minute).hparams(std::string(kHparamsExperimentTag), "");
      with_hparams(r, {{"lr", static_cast<double>(minute)}});
    });
  }
  CHECK(w.ask("hp.lr") == Lines{"job=9"});
  CHECK(w.ask("hp.optimizer") == Lines{"job=missing-hparam"});
}

TEST_CASE("sub-runs of add_scalars are tags of the run above") {
  TrialWorld w;
  w.run("job", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.run("job/loss_train", [](RunBuilder& r) { r.scalar("loss", {{0, 3}, {5, 2}}); });
  w.run("job/loss_val", [](RunBuilder& r) { r.scalar("loss", {{0, 4}}); });
  CHECK(w.names() == Lines{"job"});
  CHECK(w.ask_one("last(loss/train)") == "2@5");
  CHECK(w.ask_one("last(loss/val)") == "4@0");
  CHECK(w.ask_one("last(loss)") == "ambiguous-tag");
  CHECK(w.read().tags(0) == Lines{"acc", "loss/train", "loss/val"});
}

TEST_CASE("-r and -x are about trials, and take no member away") {
  TrialWorld w;
  keras_job(w, "a/job", 4, 6);
  keras_job(w, "b/job", 40, 60);
  SUBCASE("-r of the job") {
    w.only("a/job");
    CHECK(w.ask("last(validation/epoch_loss)") == Lines{"a/job=3@1"});
    CHECK(w.ask("last(train/epoch_loss)") == Lines{"a/job=2@1"});
  }
  SUBCASE("-r of a directory above") {
    w.only("b");
    CHECK(w.ask("last(validation/epoch_loss)") == Lines{"b/job=30@1"});
  }
  SUBCASE("-r of a member names no trial") {
    w.only("a/job/train");
    const ops::TrialTable table = w.read();
    CHECK(table.rows().empty());
    ops::TrialTable again = w.read();
    CHECK(again.outcome().matched_nothing);
    CHECK(again.outcome().nothing == "no trial matches 'a/job/train' among 4 runs");
  }
  SUBCASE("-x of members") {
    w.without("**/train");
    CHECK(w.ask("last(train/epoch_loss)") == Lines{"a/job=2@1", "b/job=20@1"});
  }
  SUBCASE("-x of the job") {
    w.without("a/job");
    CHECK(w.ask("last(train/epoch_loss)") == Lines{"b/job=20@1"});
  }
  SUBCASE("-x of all") {
    w.without("**");
    ops::TrialTable table = w.read();
    CHECK(table.rows().empty());
    CHECK(table.outcome().nothing == "all trials of 4 runs are excluded");
  }
  SUBCASE("not folded, they are about runs") {
    w.query.fold = false;
    w.only("a/job/train");
    CHECK(w.ask("last(epoch_loss)") == Lines{"a/job/train=2@1"});
  }
}

TEST_CASE("what -r leaves out does not change which trials there are") {
  TrialWorld w;
  w.run("exp", [](RunBuilder&) {});  // A writer of torch that only add_hparams was called upon.
  for (const char* sub : {"exp/1767607300.1", "exp/1767607400.2"}) {
    w.run(sub, [](RunBuilder& r) {
      r.hparams(std::string(kHparamsExperimentTag), "");
      with_hparams(r, {{"lr", 0.25}});
      r.scalar("acc", {{0, 0.5F}});
    });
  }
  keras_job(w, "job", 4, 6);
  const Lines all = {"exp/1767607300.1", "exp/1767607400.2", "job"};
  CHECK(w.names() == all);
  for (const std::string& name : all) {
    CAPTURE(name);
    w.select.runs.clear();
    w.only(name);
    CHECK(w.names() == Lines{name});
    w.select.runs.clear();
    w.select.exclude.clear();
    w.without(name);
    Lines others = all;
    std::erase(others, name);
    CHECK(w.names() == others);
    w.select.exclude.clear();
  }
}

TEST_CASE("-t keeps tags by their name in the trial") {
  TrialWorld w;
  keras_job(w, "job", 4, 6);
  w.tags("validation/*");
  const ops::TrialTable table = w.read();
  CHECK(table.tags(0) == Lines{"validation/epoch_loss"});
  CHECK(table.all_tags() == Lines{"validation/epoch_loss"});
  CHECK(w.ask("last(epoch_loss)") == Lines{"job=3@1"});  // Only one is left.
  CHECK(w.ask("last(train/epoch_loss)") == Lines{"job=missing-tag"});
  CHECK(w.ask("last(lr)") == Lines{"job=missing-tag"});
}

TEST_CASE("activity is that of the newest member; one that lives makes the job live") {
  TrialWorld w;
  const auto member = [&](const std::string& name, double after) {
    w.run(name, [&](RunBuilder& r) { r.at(RunBuilder::kStart + after).scalar("loss", {{0, 1}}); });
  };
  member("old/train", 0);
  member("old/validation", 1000);
  member("new/train", 0);
  member("new/validation", 80000);
  w.now = RunBuilder::kStart + 80100;
  ops::TrialTable table = w.read();
  REQUIRE(table.rows().size() == 2);
  CHECK(table.rows()[0].name == "new");
  CHECK(table.rows()[0].state == ops::RunState::kLive);
  CHECK(*table.rows()[0].age_seconds < 101);
  CHECK(table.rows()[1].state == ops::RunState::kIdle);
  CHECK(*table.rows()[1].active_time == doctest::Approx(RunBuilder::kStart + 1000).epsilon(1e-9));
  SUBCASE("since") {
    w.select.active_since = RunBuilder::kStart + 500;
    CHECK(w.names() == Lines{"new", "old"});
    w.select.active_since = RunBuilder::kStart + 5000;
    CHECK(w.ask("last(train/loss)") == Lines{"new=1@0"});  // Of an old member, too.
  }
  SUBCASE("until") {
    w.select.active_until = RunBuilder::kStart + 5000;
    CHECK(w.ask("last(validation/loss)") == Lines{"old=1@0"});
  }
  SUBCASE("live, finished, neither") {
    w.select.live = true;
    CHECK(w.names() == Lines{"new"});
    w.select.live = false;
    w.select.finished = true;
    CHECK(w.names() == Lines{"old"});
    w.select.active_since = RunBuilder::kStart + 5000;
    table = w.read();
    CHECK(table.outcome().matched_nothing);
    CHECK(table.outcome().nothing == "none of 2 trials passes the filters on activity");
  }
}

TEST_CASE("attributes of a trial") {
  TrialWorld w;
  keras_job(w, "team/job", 4, 6);
  w.run("team/job/validation", [](RunBuilder& r) {
    r.at(RunBuilder::kStart + 600).scalar("late", {{77, 1}});
  });
  std::uint64_t bytes = 0;
  for (const ops::LsRow& row : w.ls().rows) bytes += row.bytes;
  CHECK(w.ask_one("run.name") == "team/job");
  CHECK(w.ask_one("run.parent") == "team");
  CHECK(w.ask_one("run.leaf") == "job");
  CHECK(w.ask_one("run.state = \"idle\"") == "true");
  CHECK(w.ask_one("run.last_step") == "77");
  CHECK(w.ask_one("run.size") == std::to_string(bytes));
  CHECK(w.ask_one("run.start") == "1767607200");
  CHECK(w.ask_one("run.duration > 599 and run.duration < 602") == "true");
  CHECK(w.ask_one("run.age > 85000 and run.age <= 86400 - 600") == "true");
  SUBCASE("of the root, and of what says nothing") {
    TrialWorld root;
    root.run(".", [](RunBuilder& r) { r.scalar("loss", {{0, 1}}); });
    CHECK(root.ask("run.parent") == Lines{"/logs=/"});
    CHECK(root.ask("run.leaf") == Lines{"/logs=logs"});
    TrialWorld empty;
    empty.memory.file("/logs/a/events.out.tfevents.1.h", "");
    CHECK(empty.ask("run.last_step") == Lines{"a=null"});
    CHECK(empty.ask("run.duration") == Lines{"a=null"});
    CHECK(empty.ask("run.state") == Lines{"a=empty"});
  }
}

TEST_CASE("levels of a layout, and hyperparameters of the same name before them") {
  TrialWorld w;
  const auto add = [&](const std::string& name, bool lr) {
    w.run(name, [&](RunBuilder& r) {
      if (lr) with_hparams(r, {{"lr", 0.5}, {"size (MB)", 7.0}, {"a\nb", true}});
      r.scalar("loss", {{0, 1}});
    });
  };
  add("vision/lr=0.1/a", true);
  add("vision/lr=0.2/b", false);
  add("other", false);
  w.query.layout = Layout::parse("{project}/lr={lr}/{exp}").value();
  CHECK(w.ask("project") ==
        Lines{"other=missing-hparam", "vision/lr=0.1/a=vision", "vision/lr=0.2/b=vision"});
  CHECK(w.ask("lr")[1] == "vision/lr=0.1/a=0.5");
  CHECK(w.ask("lr")[2] == "vision/lr=0.2/b=0.2");
  CHECK(w.ask("layout.lr")[1] == "vision/lr=0.1/a=0.1");
  CHECK(w.ask("hp.lr")[2] == "vision/lr=0.2/b=missing-hparam");
  CHECK(w.ask("hp.\"size (MB)\"")[1] == "vision/lr=0.1/a=7");
  CHECK(w.ask("hp.\"a\\\\nb\"")[1] == "vision/lr=0.1/a=true");  // As it is printed.
  CHECK(w.read().all_names() == Lines{"a\\nb", "exp", "lr", "project", "size (MB)"});
}

TEST_CASE("where: rows that satisfy it stay, with their own answers") {
  TrialWorld w;
  for (int i = 0; i < 6; ++i) {
    w.run("r" + std::to_string(i), [&](RunBuilder& r) {
      r.scalar("acc", {{0, static_cast<float>(i)}, {9, 0}})
          .scalar("lr", {{0, 10.0F + static_cast<float>(i)}});
    });
  }
  w.where = "max(acc) > 3 or last(lr) = 11";
  CHECK(w.ask("at_best(lr, max(acc))") == Lines{"r1=11@0", "r4=14@0", "r5=15@0"});
  w.where = "max(acc) > 30";
  ops::TrialTable table = w.read();
  CHECK(table.rows().empty());
  CHECK(table.outcome().nothing == "no trial satisfies max(acc) > 30");
  CHECK(table.outcome().hint.empty());
  w.where = "max(ac) > 30";
  table = w.read();
  CHECK(table.outcome().nothing == "no trial satisfies max(ac) > 30: no tag ac");
  CHECK(table.outcome().hint == "did you mean acc?");
}

}  // namespace
}  // namespace tfevents::test
