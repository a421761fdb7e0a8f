// Trials side by side: the default choice of columns, changes from a baseline, what differs, order.
// Groups are in test_compare_groups.cpp.
#include "unit/ops/compare_world.hpp"

namespace tfevents::test {
namespace {

TEST_CASE("a row a trial: last values, in the order of names") {
  CompareWorld w;
  w.run("run_10", [](RunBuilder& r) { r.scalar("acc", {{0, 0.1F}, {7, 0.9F}}); });
  w.run("run_2", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}).scalar("loss", {{3, 2}}); });
  const ops::CompareReport report = w.compare();
  CHECK(w.names() == Lines{"run_2", "run_10"});
  CHECK(w.labels() == Lines{"acc", "loss"});
  CHECK(w.cells("run_2") == Lines{"0.5", "2"});
  CHECK(w.cells("run_10") == Lines{"0.9", "missing-tag"});
  CHECK(report.rows[1].metrics[0].item.series.step == 7);
  CHECK(report.columns[0].direction == Direction::kMax);
  CHECK(report.columns[1].direction == Direction::kMin);
  CHECK_FALSE(report.baseline);
  CHECK_FALSE(report.rows[0].metrics[0].delta);
  CHECK(report.trials == 2);
}

TEST_CASE("chosen are metrics with a direction: of most trials first, validation before training") {
  CompareWorld w;
  for (const char* name : {"a", "b"}) {
    w.run(name, [&](RunBuilder& r) {
      r.scalar("train/loss", {{0, 1}}).scalar("loss_10", {{0, 1}}).scalar("loss_2", {{0, 1}});
      r.scalar("time/fps", {{0, 1}}).scalar("val_loss", {{0, 1}}).scalar("lr", {{0, 1}});
      if (*name == 'a') r.scalar("test/acc", {{0, 1}});
    });
  }
  w.compare();
  CHECK(w.labels() == Lines{"val_loss", "loss_2", "loss_10", "train/loss", "test/acc"});
}

TEST_CASE("without a direction anywhere the scalars that most trials have are compared") {
  CompareWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("x", {{0, 1}}).scalar("y", {{0, 1}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("y", {{0, 4}}); });
  w.options.versus = "a";
  w.compare();
  CHECK(w.labels() == Lines{"y", "x"});
  CHECK(w.change("b", "y") == "3 3 -");  // Nobody knows whether that is good.
}

TEST_CASE("at most 8 metrics are chosen, 32 for a few trials; the rest is counted") {
  const auto with_losses = [](CompareWorld& w, std::size_t trials, std::size_t losses) {
    for (std::size_t i = 0; i < trials; ++i) {
      w.run(std::string(1, static_cast<char>('a' + i)), [&](RunBuilder& r) {
        for (std::size_t k = 0; k < losses; ++k) r.scalar("loss_" + std::to_string(k), {{0, 1}});
      });
    }
  };
  CompareWorld many;
  with_losses(many, 4, 11);
  ops::CompareReport report = many.compare();
  CHECK(report.columns.size() == 8);
  CHECK(report.left_out == 3);
  many.options.columns = "+loss_10";
  report = many.compare();
  CHECK(report.columns.size() == 9);
  CHECK(many.labels().back() == "loss_10");
  CHECK(report.left_out == 2);

  CompareWorld few;
  with_losses(few, 3, 40);
  report = few.compare();
  CHECK(report.columns.size() == 32);
  CHECK(report.left_out == 8);
}

TEST_CASE("with a baseline, what it has is chosen first") {
  CompareWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}).scalar("loss", {{0, 1}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.run("base", [](RunBuilder& r) { r.scalar("z_loss", {{0, 1}}); });
  w.compare();
  CHECK(w.labels() == Lines{"acc", "loss", "z_loss"});
  w.options.versus = "base";
  w.compare();
  CHECK(w.labels() == Lines{"z_loss", "acc", "loss"});
}

TEST_CASE("-t narrows the default choice; -c replaces or extends it") {
  CompareWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("val/acc", {{0, 1}, {1, 3}}).scalar("train/acc", {{0, 2}}).scalar("lr", {{0, 0.5F}});
  });
  w.select.tags = {Pattern::parse("val/*", Pattern::Scope::kName).value()};
  w.compare();
  CHECK(w.labels() == Lines{"val/acc"});
  w.select.tags.clear();
  w.options.columns = "lr,mean(val/acc),lr";
  w.compare();
  CHECK(w.labels() == Lines{"lr", "mean(val/acc)"});
  CHECK(w.cells("a") == Lines{"0.5", "2"});
  w.options.columns = "+lr,val/acc,last(val/acc) - last(lr)";
  const ops::CompareReport report = w.compare();
  CHECK(w.labels() == Lines{"train/acc", "lr", "val/acc", "last(val/acc) - last(lr)"});
  CHECK(w.cells("a") == Lines{"2", "0.5", "3", "2.5"});
  CHECK(report.columns[2].direction == Direction::kMax);
  CHECK_FALSE(report.columns[3].direction);
}

TEST_CASE("functions whose value is like a point have the direction of the tag") {
  CompareWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("loss", {{0, 1}, {1, 3}}); });
  w.options.columns = "min(loss),p95(loss),argmin(loss),std(loss),first_step(loss<2)";
  const ops::CompareReport report = w.compare();
  std::vector<std::optional<Direction>> directions;
  for (const ops::CompareColumn& column : report.columns) directions.push_back(column.direction);
  CHECK(directions == std::vector<std::optional<Direction>>{Direction::kMin, Direction::kMin,
                                                            std::nullopt, std::nullopt,
                                                            std::nullopt});
}

TEST_CASE(
    "against a baseline: first in order, absolute and relative, better or worse by the name") {
  CompareWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 0.75F}}).scalar("loss", {{0, 3}}); });
  w.run("base", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}).scalar("loss", {{0, 2}}); });
  w.run("c", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}).scalar("loss", {{0, 1}}); });
  w.options.versus = "base";
  const ops::CompareReport report = w.compare();
  CHECK(w.names() == Lines{"base", "a", "c"});
  CHECK(report.baseline == "base");
  CHECK(report.rows[0].baseline);
  CHECK(w.change("base", "acc") == "- - -");
  CHECK(w.change("a", "acc") == "0.25 0.5 better");
  CHECK(w.change("a", "loss") == "1 0.5 worse");
  CHECK(w.change("c", "acc") == "0 0 equal");
  CHECK(w.change("c", "loss") == "-1 -0.5 better");
  w.options.direction = Direction::kMin;
  w.compare();
  CHECK(w.change("a", "acc") == "0.25 0.5 worse");
}

TEST_CASE("a ratio is of the baseline's magnitude, and null where that is 0") {
  CompareWorld w;
  w.run("base", [](RunBuilder& r) { r.scalar("reward", {{0, -4}}).scalar("loss", {{0, 0}}); });
  w.run("new", [](RunBuilder& r) { r.scalar("reward", {{0, -6}}).scalar("loss", {{0, 1}}); });
  w.options.versus = "base";
  w.compare();
  CHECK(w.change("new", "reward") == "-2 -0.5 worse");
  CHECK(w.change("new", "loss") == "1 - worse");
}

TEST_CASE(
    "what is missing or not finite has no change; what the baseline has is never passed over") {
  CompareWorld w;
  w.run("base", [](RunBuilder& r) {
    r.scalar("acc", {{0, 0.5F}}).scalar("loss", {{0, kNanF}}).scalar("fps", {{0, 9}});
  });
  w.run("inf", [](RunBuilder& r) { r.scalar("acc", {{0, kInfF}}).scalar("loss", {{0, 1}}); });
  w.run("nan", [](RunBuilder& r) { r.scalar("acc", {{0, kNanF}}).scalar("fps", {{0, kNanF}}); });
  w.run("none", [](RunBuilder& r) { r.scalar("loss", {{0, kNanF}}); });
  w.options.versus = "base";
  w.options.columns = "acc,loss,fps";
  const ops::CompareReport report = w.compare();
  CHECK(w.cells("base") == Lines{"0.5", "nan", "9"});
  CHECK(w.cells("nan") == Lines{"nan", "missing-tag", "nan"});
  for (const char* run : {"inf", "nan", "none"}) CHECK(w.change(run, "loss") == "- - -");
  CHECK(w.change("inf", "acc") == "- - worse");  // Infinite accuracy is no win.
  CHECK(w.change("nan", "acc") == "- - worse");
  CHECK(w.change("none", "acc") == "- - undecided");
  CHECK(w.change("nan", "fps") == "- - undecided");  // Nobody knows which way is better.
  CHECK(w.metric("nan", "acc").reason == std::string("non-finite"));
  CHECK(w.metric("none", "acc").reason == std::string("missing-tag"));
  CHECK(w.metric("base", "loss").reason == nullptr);
  CHECK(report.differs);
}

TEST_CASE("the last value is that of the restarted job, and of the selected points") {
  CompareWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("acc", {{0, 0.1F}, {10, 0.2F}, {20, 0.99F}});
    r.next_file().scalar("acc", {{10, 0.3F}});
  });
  w.compare();
  CHECK(w.cells("a") == Lines{"0.3"});
  w.select.last_step = 5;
  w.compare();
  CHECK(w.cells("a") == Lines{"0.1"});
}

TEST_CASE("a baseline is a name, its last parts where they are unique, or a path") {
  CompareWorld w;
  for (const char* name : {"x/a/seed0", "x/b/seed0", "y/c"}) {
    w.run(name, [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  }
  for (const auto& [typed, meant] : {std::pair("x/a/seed0", "x/a/seed0"),
                                     {"a/seed0", "x/a/seed0"},
                                     {"c", "y/c"},
                                     {"/logs/x/b/seed0/", "x/b/seed0"}}) {
    w.options.versus = typed;
    CHECK(w.compare().baseline == meant);
  }
  CHECK(w.refused("seed0").message == "--vs: seed0 could be one of 2 trials");
  CHECK(w.refused("seed0").hint == "say x/a/seed0 or x/b/seed0");
  CHECK(w.refused("y/d").message == "--vs: no selected trial is named y/d");
  CHECK(w.refused("y/d").hint == "did you mean y/c?");
  CHECK(w.refused("a/sed0").hint == "did you mean a/seed0?");
  CHECK(w.refused("eed0").code == ErrorCode::kUsage);  // No part of a name.
}

TEST_CASE("of two operands with a trial each the first is the baseline") {
  CompareWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, 2}}); });
  w.select.operands = {"/logs/b", "/logs/a"};
  CHECK(w.compare().baseline == "/logs/b");
  CHECK(w.names() == Lines{"/logs/b", "/logs/a"});
  CHECK(w.change("/logs/a", "acc") == "-1 -0.5 worse");
  w.select.operands = {"/logs"};
  CHECK_FALSE(w.compare().baseline);
  w.run("b/deeper", [](RunBuilder& r) { r.scalar("acc", {{0, 3}}); });
  w.select.operands = {"/logs/b", "/logs/a"};
  CHECK_FALSE(w.compare().baseline);  // Three trials.
}

TEST_CASE("differing hyperparameters are those that are not alike in all trials of the answer") {
  CompareWorld w;
  const auto add = [&](const char* name, std::vector<std::pair<std::string, HparamValue>> hparams) {
    w.run(name, [&](RunBuilder& r) { with_hparams(r, hparams).scalar("acc", {{0, 1}}); });
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  add("a", {{"lr", 0.1}, {"opt", std::string("sgd")}, {"w", nan}, {"v_10", 1.0}, {"v_2", 1.0}});
  add("b", {{"lr", 0.1}, {"opt", std::string("sgd")}, {"w", nan}, {"v_10", 2.0}, {"v_2", true}});
  add("c", {{"lr", 0.1}, {"w", nan}, {"v_10", 2.0}, {"v_2", true}});
  CHECK(w.compare().differing_hparams == Lines{"opt", "v_2", "v_10"});
  w.options.limit = 2;
  const ops::CompareReport report = w.compare();
  CHECK(report.differing_hparams == Lines{"v_2", "v_10"});
  CHECK(report.trials == 3);
}

TEST_CASE("--changed leaves out metrics that are alike, and trials like the baseline") {
  CompareWorld w;
  const auto add = [&](const char* name, float acc, double lr) {
    w.run(name, [&](RunBuilder& r) {
      with_hparams(r, {{"lr", lr}}).scalar("acc", {{0, acc}}).scalar("loss", {{0, 1}});
    });
  };
  add("base", 0.5F, 0.1);
  add("lr", 0.5F, 0.2);
  add("same", 0.5F, 0.1);
  add("up", 0.75F, 0.1);
  w.options.changed = true;
  ops::CompareReport report = w.compare();
  CHECK(w.labels() == Lines{"acc"});
  CHECK(report.unchanged == 1);
  CHECK(report.rows.size() == 4);
  w.options.versus = "base";
  report = w.compare();
  CHECK(w.names() == Lines{"base", "lr", "up"});
  CHECK(report.differing_hparams == Lines{"lr"});
}

TEST_CASE("what differs: metrics, without a baseline hyperparameters too") {
  CompareWorld w;
  w.options.find_differences = true;
  const auto add = [&](const char* name, double lr, float last_loss) {
    w.run(name, [&](RunBuilder& r) {
      with_hparams(r, {{"lr", lr}});
      for (int k = 0; k < 40; ++k)
        r.scalar("loss_" + std::to_string(k), {{0, k == 39 ? last_loss : 1}});
    });
  };
  add("a", 0.1, 1);
  CHECK_FALSE(w.compare().differs);  // Alone.
  add("b", 0.1, 1);
  CHECK_FALSE(w.compare().differs);
  add("c", 0.2, 1);
  CHECK(w.compare().differs);
  w.options.versus = "a";
  CHECK_FALSE(w.compare().differs);
  add("d", 0.1, 2);
  const ops::CompareReport report = w.compare();
  CHECK(report.differs);  // In a metric for which there is no room.
  CHECK(report.left_out == 32);
}

TEST_CASE("a value that one trial lacks is a difference, NaN beside NaN is none") {
  CompareWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, kNanF}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, kNanF}}); });
  CHECK_FALSE(w.compare().differs);
  w.run("c", [](RunBuilder& r) { r.scalar("fps", {{0, 1}}); });
  CHECK(w.compare().differs);
}

TEST_CASE(
    "what could not be compared is told: nothing differs there, but nothing is alike either") {
  CompareWorld w;
  const auto uncompared = [&](const char* columns) {
    w.options.columns = columns;
    const ops::CompareReport report = w.compare();
    CHECK_FALSE(report.differs);
    return report.uncompared;
  };
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}).scalar("nan", {{0, kNanF}}); });
  CHECK(uncompared("") == Lines{"nothing was compared: there is one trial only"});
  w.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}).scalar("nan", {{0, kNanF}}); });
  CHECK(uncompared("").empty());
  CHECK(uncompared("acc,nan").empty());
  const auto of = [](const std::string& column) {
    return column + " could not be compared: no selected trial has a value of it";
  };
  CHECK(uncompared("acc,accc") == Lines{of("accc")});
  CHECK(uncompared("max(accc)") == Lines{of("max(accc)")});
  CHECK(uncompared("acc,hp.lr,max(acc,9:)") == Lines{of("hp.lr"), of("max(acc,9:)")});
  w.options.versus = "a";
  CHECK(uncompared("+accc") == Lines{of("accc")});
}

TEST_CASE("trials without a scalar are compared by hyperparameters, or not at all") {
  CompareWorld w;
  for (const char* name : {"a", "b"}) w.run(name, [](RunBuilder& r) { r.text("note", 0, "x"); });
  CHECK(w.compare().uncompared == Lines{"nothing was compared: no metric has a value"});
  CompareWorld tuned;
  for (const char* name : {"a", "b"})
    tuned.run(name, [](RunBuilder& r) { with_hparams(r, {{"lr", 0.1}}); });
  CHECK(tuned.compare().uncompared.empty());
  tuned.options.versus = "a";
  CHECK(tuned.compare().uncompared.size() == 1);
}

TEST_CASE("an operand that holds nothing is not compared") {
  CompareWorld w;
  w.run("x/a", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.run("x/b", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.run("y/c", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.select.operands = {"/logs/x", "/logs/y"};
  CHECK(w.compare().uncompared.empty());
  w.select.operands = {"/logs/x", "/empty"};
  w.memory.directory("/empty");
  const ops::CompareReport report = w.compare();
  CHECK(report.uncompared == Lines{"/empty could not be compared: it holds no event files"});
  CHECK_FALSE(report.differs);
}

TEST_CASE("sorted by a tag, an expression or a hyperparameter; what is missing comes last") {
  CompareWorld w;
  const auto add = [&](const char* name, float acc, const char* opt) {
    w.run(name, [&](RunBuilder& r) {
      with_hparams(r, {{"opt", std::string(opt)}}).scalar("acc", {{0, acc}});
    });
  };
  add("a", 0.5F, "sgd");
  add("b", 0.75F, "adam");
  add("c", 0.25F, "sgd");
  add("nan", kNanF, "adam");
  w.run("none", [](RunBuilder& r) { r.scalar("loss", {{0, 1}}); });
  const auto sorted = [&](const char* key) {
    w.options.sort = key;
    w.compare();
    return w.names();
  };
  CHECK(sorted("acc") == Lines{"c", "a", "b", "nan", "none"});
  CHECK(sorted("-acc") == Lines{"b", "a", "c", "nan", "none"});
  CHECK(sorted("-run") == Lines{"none", "nan", "c", "b", "a"});
  CHECK(sorted("hp.opt") == Lines{"b", "nan", "a", "c", "none"});
  CHECK(sorted("0 - last(acc)") == Lines{"b", "a", "c", "nan", "none"});
  w.options.versus = "nan";
  w.options.limit = 2;
  CHECK(sorted("-acc") == Lines{"nan", "b", "a"});  // The baseline is not counted.
  w.options.limit = 0;
  CHECK(sorted("-acc") == Lines{"nan"});
  w.options.sort = "accc";
  const auto report = w.try_compare();
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().message.starts_with("--sort: "));
}

TEST_CASE("columns that no trial has are a warning, nothing selected is no error") {
  CompareWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("val/accuracy", {{0, 1}}); });
  w.options.columns = "val/acuracy";
  ops::CompareReport report = w.compare();
  CHECK(report.warnings == Lines{"no trial has val/acuracy: did you mean val/accuracy?"});
  CHECK(is_null(w.metric("a", "val/acuracy").item.value));
  w.options.columns = "last(";
  CHECK_FALSE(w.try_compare().ok());
  w.options.columns = "";
  w.select.runs = {Pattern::parse("b*", Pattern::Scope::kTree).value()};
  report = w.compare();
  CHECK(report.outcome.matched_nothing);
  CHECK(report.rows.empty());
  CHECK_FALSE(report.differs);
}

TEST_CASE("trials without scalars have their line, and none of them a column") {
  CompareWorld w;
  w.run("a", [](RunBuilder& r) { r.text("note", 0, "x"); });
  w.run("b", [](RunBuilder& r) { with_hparams(r, {{"lr", 0.1}}); });
  const ops::CompareReport report = w.compare();
  CHECK(w.names() == Lines{"a", "b"});
  CHECK(report.columns.empty());
  CHECK(report.differing_hparams == Lines{"lr"});
}

TEST_CASE("a condition leaves trials out before anything is chosen") {
  CompareWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("loss", {{0, 1}}).scalar("acc", {{0, 0.9F}}); });
  w.options.where = Expression::parse("last(acc) < 0.6").value();
  CHECK(w.compare().trials == 1);
  CHECK(w.labels() == Lines{"acc"});
}

TEST_CASE("members of a trial: their tags have the child in front") {
  CompareWorld w;
  for (const char* name : {"m/train", "m/validation", "n/train", "n/validation"}) {
    w.run(name, [&](RunBuilder& r) { r.scalar("epoch_loss", {{0, *name == 'm' ? 1.0F : 2.0F}}); });
  }
  w.compare();
  CHECK(w.names() == Lines{"m", "n"});
  CHECK(w.labels() == Lines{"validation/epoch_loss", "train/epoch_loss"});
  CHECK(w.cells("n") == Lines{"2", "2"});
  w.options.fold = false;
  w.compare();
  CHECK(w.names().size() == 4);
}

TEST_CASE("damage is reported, and what is intact around it compared") {
  CompareWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("acc", {{0, 0.5F}, {1, 0.75F}});
    r.damage([](const std::string& file) { return flip_byte(file, file.size() - 6); });
    r.scalar("acc", {{2, 1}});
  });
  w.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}).truncate_last(3); });
  const ops::CompareReport report = w.compare();
  CHECK(w.cells("a") == Lines{"1"});
  CHECK(w.cells("b") == Lines{"missing-tag"});
  CHECK_FALSE(report.outcome.complete);
}

TEST_CASE("answers are the same for any number of threads") {
  CompareWorld w;
  for (int i = 0; i < 20; ++i) {
    w.run("r" + std::to_string(i), [&](RunBuilder& r) {
      r.scalar("acc", {{0, 1.0F / static_cast<float>(i + 1)}});
    });
  }
  const auto all = [&](unsigned jobs) {
    w.jobs = jobs;
    w.compare();
    Lines lines;
    for (const std::string& name : w.names()) lines.push_back(name + w.cells(name).front());
    return lines;
  };
  CHECK(all(1) == all(4));
}

}  // namespace
}  // namespace tfevents::test
