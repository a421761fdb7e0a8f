// What `assert` passes, fails and cannot evaluate: the gate that other tools let through, and every
// reason.
#include <cerrno>

#include "ops/assert.hpp"
#include "support/fault_sys.hpp"
#include "unit/ops/gate.hpp"

namespace tfevents::test {
namespace {

using ops::CheckStatus;

TEST_CASE("the gate's six cases: last(val/accuracy) >= 0.9") {
  Gate w;
  w.check("last(val/accuracy) >= 0.9");
  SUBCASE("0.95 last passes") {
    w.run("a", [](RunBuilder& r) { r.scalar("val/accuracy", {{0, 0.5F}, {1, 0.95F}}); });
    const ops::CheckRow row = w.row();
    CHECK(row.status == CheckStatus::kPass);
    CHECK(row.message == "0.95 at step 1");
    CHECK(row.step == 1);
    CHECK(row.op == Comparison::kGreaterEqual);
    CHECK(std::get<double>(row.left) == 0.95);
    CHECK(std::get<double>(row.right) == 0.9);
    CHECK(w.report().ok());
  }
  SUBCASE("0.95 and then 0.5 fails") {
    w.run("a", [](RunBuilder& r) { r.scalar("val/accuracy", {{0, 0.95F}, {1, 0.5F}}); });
    CHECK(w.verdicts() == Verdicts{"fail"});
    CHECK(w.row().message == "0.5 at step 1");
    CHECK_FALSE(w.report().ok());
  }
  SUBCASE("a logged float32 of 0.9 passes") {
    w.run("a", [](RunBuilder& r) { r.scalar("val/accuracy", {{0, 0.9F}}); });
    CHECK(w.verdicts() == Verdicts{"pass"});
  }
  SUBCASE("a missing tag is no failure and no pass, and the nearest tag is named") {
    w.run("a", [](RunBuilder& r) { r.scalar("val/acuracy", {{0, 0.95F}}); });
    const ops::CheckRow row = w.row();
    CHECK(row.status == CheckStatus::kError);
    CHECK(row.reason == "missing-tag");
    CHECK(row.message == "no tag val/accuracy in a");
    CHECK(row.suggestion == "val/acuracy");
    CHECK(row.advice == "did you mean val/acuracy?");
    CHECK(w.report().errors == 1);
    CHECK(w.report().failed == 0);
  }
  SUBCASE("a last value that is NaN cannot be evaluated") {
    w.run("a", [](RunBuilder& r) { r.scalar("val/accuracy", {{0, 0.95F}, {1, kNanF}}); });
    const ops::CheckRow row = w.row();
    CHECK(row.status == CheckStatus::kError);
    CHECK(row.reason == "non-finite");
    CHECK(row.message == "nan at step 1");
    CHECK(row.step == 1);
    w.options.allow_nonfinite = true;
    CHECK(w.verdicts() == Verdicts{"fail"});
  }
  SUBCASE("a bit flip that hides the real last value") {
    w.run("a", [](RunBuilder& r) {
      r.scalar("val/accuracy", {{0, 0.9F}, {1, 0.92F}, {2, 0.95F}, {3, 0.2F}})
          .damage([](std::string file) { return flip_byte(file, file.size() - 6, 0x40); });
    });
    const ops::CheckRow row = w.row();
    CHECK(row.status == CheckStatus::kError);
    CHECK(row.reason == "damaged");
    CHECK(has(row.message, "payload checksum mismatch"));
    CHECK(has(row.message, "/logs/a/events.out.tfevents."));
    CHECK(row.look == std::vector<std::string>{"fsck", "/logs/a"});
    CHECK(is_null(row.left));
  }
}

TEST_CASE("five damaged files: four are refused, and a cut one is what a killed job leaves") {
  const std::string file = event_file([](RunBuilder& r) {
    r.scalars("val/accuracy", 1000, [](std::int64_t i) { return static_cast<float>(i) / 1000; });
  });
  const std::vector<std::size_t> at = record_offsets(file);
  Gate w;
  w.check("last(val/accuracy) >= 0.9").check("count(val/accuracy) = 1000");
  const auto verdicts = [&](const std::string& bytes) {
    w.memory.file("/logs/a/events.out.tfevents.1.h", bytes);
    return w.verdicts();
  };
  const Verdicts damaged{"error damaged", "error damaged"};
  CHECK(verdicts(file) == Verdicts{"pass", "pass"});
  CHECK(verdicts(flip_byte(file, at[500] + 12 + 5, 1)) == damaged);  // A wall time.
  CHECK(verdicts(flip_byte(file, at[501] - 6, 0x40)) == damaged);    // A value.
  CHECK(verdicts(flip_byte(file, at[500] + 5, 1)) == damaged);       // A great length.
  CHECK(verdicts(flip_byte(file, at[500], 1)) == damaged);           // A small length.
  CHECK(verdicts(truncate_to(file, at[700] + 20)) == Verdicts{"fail", "fail"});
  CHECK(w.report().rows[0].message == "0.698 at step 698");
  CHECK(w.report().rows[1].message == "699 points");
}

TEST_CASE("a restart counts once, in the raw view twice") {
  Gate w;
  w.run("a", [](RunBuilder& r) {
    r.scalars("train/loss", 100, [](std::int64_t i) { return 2 - static_cast<float>(i) / 100; });
    std::vector<StepValue> again;
    for (std::int64_t i = 60; i < 150; ++i) again.push_back({i, 1});
    r.next_file().scalar("train/loss", again);
  });
  w.check("count(train/loss) = 150").check("last(train/loss) = 1").check("min(train/loss) >= 1");
  CHECK(w.verdicts() == Verdicts{"pass", "pass", "pass"});
  REQUIRE(w.report().outcome.dropped.size() == 1);
  CHECK(w.report().outcome.dropped[0].restart == 40);
  w.select.view = View::kRaw;
  w.only("count(train/loss) = 190").check("last(train/loss) = 1").check("min(train/loss) >= 1");
  CHECK(w.verdicts() == Verdicts{"pass", "pass", "pass"});
}

TEST_CASE("each: a row for each trial and check, and one trial that fails makes the verdict a no") {
  Gate w;
  for (int seed = 0; seed < 3; ++seed) {
    w.run("seed" + std::to_string(seed), [&](RunBuilder& r) {
      r.scalar("acc", {{0, 0.1F}, {5, seed == 1 ? 0.5F : 0.9F}});
    });
  }
  w.check("last(acc) > 0.8").check("count(acc) = 2");
  const ops::AssertReport report = w.report();
  REQUIRE(report.rows.size() == 6);
  CHECK(report.rows[0].run == "seed0");
  CHECK(report.rows[0].path == "/logs/seed0");
  CHECK(report.rows[2].run == "seed1");
  CHECK(report.rows[2].status == CheckStatus::kFail);
  CHECK(report.rows[3].check == "count(acc) = 2");
  CHECK(report.passed == 5);
  CHECK(report.failed == 1);
  CHECK(report.trials == 3);
  CHECK_FALSE(report.ok());
}

TEST_CASE("a seed that crashed before its first value fails") {
  Gate w;
  w.run("seed0", [](RunBuilder& r) { r.scalar("acc", {{0, 0.9F}}); });
  w.run("seed1", [](RunBuilder&) {});
  CHECK(w.check("last(acc) > 0.8").verdicts() == Verdicts{"pass", "error missing-tag"});
  CHECK(w.report().rows[1].message == "no tag acc: it has no scalar");
  w.options.min_steps = 0;
  CHECK(w.only("run.last_step >= 0").verdicts() ==
        Verdicts{"pass", "pass", "fail too-few-steps", "error empty-window"});
  w.options.min_steps.reset();
  w.options.any = true;
  CHECK(w.only("last(acc) > 0.8").verdicts() == Verdicts{"pass"});
}

TEST_CASE("any: the first trial that passes, else the nearest failure, else what is not known") {
  Gate w;
  w.options.any = true;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, 0.7F}}).scalar("loss", {{0, 1}}); });
  w.run("c", [](RunBuilder& r) { r.scalar("acc", {{0, 0.6F}}); });
  CHECK(w.only("last(acc) > 0.55").row().run == "b");
  CHECK(w.verdicts() == Verdicts{"pass"});
  CHECK(w.only("last(acc) > 0.9").row().run == "b");
  CHECK(w.row().message == "0.7 at step 0 (the nearest of 3 trials)");
  CHECK(w.verdicts() == Verdicts{"fail"});
  CHECK(w.only("last(acc) < 0.1").row().run == "a");
  CHECK(w.only("last(loss) = 1").verdicts() == Verdicts{"pass"});
  CHECK(w.only("last(loss) = 2").verdicts() == Verdicts{"error missing-tag"});
  CHECK(w.row().run == "a");
}

TEST_CASE(
    "an operand that is missing is an error, with the order of the words where they are swapped") {
  Gate w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}); });
  w.select.operands = {"/nowhere"};
  REQUIRE_FALSE(w.check("last(acc) > 0.4").try_report().ok());
  CHECK(w.try_report().error().code == ErrorCode::kNotFound);
  CHECK(w.try_report().error().hint.empty());
  w.select.operands = {"last(acc) > 0.4"};
  CHECK(has(w.try_report().error().hint, "PATH comes first"));
}

TEST_CASE("types: what is no condition, and a number against a text") {
  Gate w;
  w.run("a", [](RunBuilder& r) { r.scalar("val/acc", {{0, 0.5F}}).scalar("val/loss", {{0, 2}}); });
  const auto check = [&](const std::string& text) {
    ops::CheckRow row = w.only(text).row();
    CHECK(row.status == CheckStatus::kError);
    CHECK_FALSE(row.message.empty());
    return row;
  };
  CHECK(check("last(val/acc)").reason == "type");
  CHECK(check("last(val/acc)").suggestion == "last(val/acc) >= VALUE");
  CHECK(check("run.name").reason == "type");
  CHECK(check("run.name > 3").reason == "type");
  CHECK(check("not last(val/acc)").reason == "type");
  CHECK(check("val/acc > 0.4").suggestion == "last(val/acc)");
  CHECK(check("hp.lr > 0.4").reason == "missing-hparam");
  CHECK(check("project = \"nlp\"").reason == "missing-hparam");
}

TEST_CASE("a hyperparameter that is a text does not compare with a number") {
  Gate w;
  w.options.layout = *Layout::parse("{model}/{seed}");
  w.run("vit/s0", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}); });
  CHECK(w.only("model = \"vit\"").verdicts() == Verdicts{"pass"});
  CHECK(w.only("model ~ \"^r\"").verdicts() == Verdicts{"fail"});
  CHECK(w.row().message == "false");
  CHECK(w.only("model > 3").verdicts() == Verdicts{"error type"});
  CHECK(has(w.row().message, "\"vit\" against 3"));
  CHECK(w.only("model").verdicts() == Verdicts{"error type"});
  const ops::CheckRow row = w.only("modell = \"vit\"").row();
  CHECK(row.reason == "missing-hparam");
  CHECK(row.suggestion == "model");
}

TEST_CASE("a tag of several members is an error that lists them") {
  Gate w;
  w.run("job/train", [](RunBuilder& r) { r.scalar("loss", {{0, 1}}).scalar("lr", {{0, 1}}); });
  w.run("job/validation", [](RunBuilder& r) { r.scalar("loss", {{0, 2}}); });
  CHECK(w.only("last(validation/loss) = 2").verdicts() == Verdicts{"pass"});
  CHECK(w.only("last(lr) = 1").verdicts() == Verdicts{"pass"});
  const ops::CheckRow row = w.only("last(loss) = 2").row();
  CHECK(row.status == CheckStatus::kError);
  CHECK(row.reason == "ambiguous-tag");
  CHECK(has(row.message, "train/loss, validation/loss"));
  CHECK(row.suggestion == "train/loss");
  w.options.fold = false;
  CHECK(w.verdicts() == Verdicts{"fail", "pass"});
}

TEST_CASE("damage of one member is damage of the trial, and of no other") {
  Gate w;
  w.run("job/train", [](RunBuilder& r) { r.scalar("loss", {{0, 1}}); });
  w.run("job/validation", [](RunBuilder& r) {
    r.scalar("acc", {{0, 1}}).damage([](std::string file) {
      return flip_byte(file, file.size() - 6, 1);
    });
  });
  w.run("other", [](RunBuilder& r) { r.scalar("loss", {{0, 1}}); });
  CHECK(w.only("last(loss) = 1").verdicts() == Verdicts{"error damaged", "pass"});
  w.options.any = true;
  CHECK(w.verdicts() == Verdicts{"pass"});
  w.only("last(loss) = 2");
  CHECK(w.verdicts() == Verdicts{"error damaged"});
}

TEST_CASE("whatever fails on the way, nothing passes that was not read") {
  World tree;
  tree.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  tree.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, 0}}); });
  for (std::uint64_t n = 0;; ++n) {
    FaultSys faulty(tree.memory);
    faulty.fail_at(n, EIO);
    Gate w;
    w.sys = &faulty;
    const auto report = w.check("last(acc) = 1").try_report();
    CAPTURE(n);
    if (!faulty.fired()) {
      REQUIRE(report.ok());
      CHECK(report->failed == 1);
      break;
    }
    if (report.ok()) CHECK_FALSE(report->ok());
  }
}

TEST_CASE("a file that was named and cannot be read is an error of the request") {
  World tree;
  tree.memory.file("/one", event_file([](RunBuilder& r) { r.scalar("acc", {{0, 1}}); }));
  for (std::uint64_t n = 0;; ++n) {
    FaultSys faulty(tree.memory);
    faulty.fail_at(n, EACCES);
    Gate w;
    w.sys = &faulty;
    w.select.operands = {"/one"};
    const auto report = w.check("last(acc) = 1").try_report();
    CAPTURE(n);
    // What was read whole all the same, without a call it could do without, is judged.
    if (report.ok()) CHECK(report->ok());
    if (!faulty.fired()) break;
  }
}

TEST_CASE("non-finite points in the window are counted, beside it they do not matter") {
  Gate w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("loss", {{0, 3}, {10, kNanF}, {20, kNanF}, {30, 1}, {40, 2}});
  });
  CHECK(w.only("min(loss) = 1").verdicts() == Verdicts{"error non-finite"});
  CHECK(w.row().message == "2 non-finite points, the first at step 10");
  CHECK(w.row().suggestion == "--allow-nonfinite");
  CHECK(w.only("mean(loss,-2:) = 1.5").verdicts() == Verdicts{"pass"});
  CHECK(w.row().message == "1.5 over 2 points");
  CHECK(w.only("last(loss) = 2").verdicts() == Verdicts{"pass"});
  CHECK(w.only("nan(loss) = 2").verdicts() == Verdicts{"pass"});
  CHECK(w.only("nan(loss) = 0").row().message == "2 non-finite points");
  CHECK(w.only("last(loss) / (last(loss) - 2) > 1").verdicts() == Verdicts{"error non-finite"});
  w.options.allow_nonfinite = true;
  CHECK(w.only("min(loss) = 1").verdicts() == Verdicts{"pass"});
  CHECK(w.only("at(loss,10) < 9 or at(loss,10) >= 9").verdicts() == Verdicts{"fail"});
  CHECK(w.only("max(loss,step=10:20) < 9").verdicts() == Verdicts{"error empty-window"});
}

TEST_CASE("empty windows, and steps that are never reached") {
  Gate w;
  w.run("a", [](RunBuilder& r) { r.scalar("loss", {{0, 3}, {10, 2}, {20, 1}}); });
  const ops::CheckRow row = w.only("at(loss,7) < 1").row();
  CHECK(row.reason == "empty-window");
  CHECK(row.message == "no point at step 7 of loss");
  CHECK(row.look == std::vector<std::string>{"dump", "/logs/a", "-t", "loss"});
  CHECK(w.only("std(loss,-1:) < 1").verdicts() == Verdicts{"error empty-window"});
  CHECK(w.only("first_step(loss < 2.5) <= 10").verdicts() == Verdicts{"pass"});
  CHECK(w.row().message == "step 10");
  CHECK(w.only("first_step(loss < 0.5) <= 10").verdicts() == Verdicts{"fail"});
  CHECK(w.row().message == "never: no point of loss is < 0.5");
  // Nobody has reached it, so nothing about the step is true.
  CHECK(w.only("not first_step(loss < 0.5) <= 10").verdicts() == Verdicts{"fail"});
}

TEST_CASE("min-steps and max-age are checks of their own in front of the others") {
  Gate w;
  w.run("a", [](RunBuilder& r) { r.scalar("loss", {{0, 3}, {20, 1}}); });
  w.now = RunBuilder::kStart + 3600;
  w.check("last(loss) = 1");
  w.options.min_steps = 20;
  w.options.max_age = 3600;
  CHECK(w.verdicts() == Verdicts{"pass", "pass", "pass"});
  CHECK(w.report().rows[0].check == "min-steps");
  CHECK(w.report().rows[0].expr == "run.last_step >= 20");
  CHECK(w.report().rows[1].check == "max-age");
  w.options.min_steps = 21;
  w.options.max_age = 3597;
  CHECK(w.verdicts() == Verdicts{"fail too-few-steps", "fail stale", "pass"});
  CHECK(w.report().rows[0].message == "last step 20");
  CHECK(has(w.report().rows[1].message, "last event 59m ago"));
  w.now = RunBuilder::kStart - 7200;
  CHECK(w.verdicts() == Verdicts{"fail too-few-steps", "error stale", "pass"});
  CHECK(has(w.report().rows[1].message, "in the future"));
}

TEST_CASE("messages say what decided") {
  Gate w;
  w.run("a", [](RunBuilder& r) { r.scalar("a", {{0, 1}, {5, 2}}).scalar("b", {{5, 4}}); });
  const auto message = [&](const std::string& text) { return w.only(text).row().message; };
  CHECK(message("last(a) < last(b)") == "2 against 4");
  CHECK(message("last(a) * 2 = 4") == "4 against 4, from 2 at step 5");
  CHECK(message("1 < last(a)") == "2 at step 5");
  CHECK(message("max(a) > 1 and min(b) < 3") == "max(a) 2 at step 5, min(b) 4 at step 5");
  CHECK(message("argmax(a) = 5") == "step 5");
  CHECK(message("count(b) = 1") == "1 point");
  CHECK(message("run.name = \"a\"") == "\"a\"");
  CHECK(message("run.last_step = 5") == "5");
  CHECK(message("1 < 2") == "1");
  CHECK(w.only("last(a) < last(b)").row().step == 5);
  CHECK_FALSE(w.only("max(a) > 1 and min(b) < 3").row().op.has_value());
}

TEST_CASE("messages tell sizes and times as people read them, the sides stay numbers") {
  Gate w;
  w.run("a", [](RunBuilder& r) { r.every(100).scalar("a", {{0, 1}, {5, 2}, {9, 3}}); });
  w.now = RunBuilder::kStart + 5742519.854985476;
  const auto message = [&](const std::string& text) { return w.only(text).row().message; };
  CHECK(message("run.age < 1d") == "66d");
  CHECK(std::get<double>(w.row().left) > 5e6);
  CHECK(std::get<double>(w.row().right) == 86400);
  CHECK(message("86400 > run.age") == "66d");
  CHECK(message("run.age / 3600 < 48").starts_with("1595."));  // Hours are no seconds.
  CHECK(message("run.duration < 60") == "5m");
  CHECK(message("run.duration = 301") == "5m (300)");
  CHECK(message("run.duration < run.age") == "5m against 66d");
  CHECK(message("run.size > 1").ends_with(" B"));
  CHECK(message("run.size > 1e300").ends_with(" B"));
  CHECK(message("run.start > 0").starts_with("2026-01-05 "));
  w.options.allow_nonfinite = true;
  CHECK(message("run.size > 0 / 0").ends_with(" B"));
  w.now = RunBuilder::kStart - 7200;
  CHECK(message("run.age > 0") == "2h5m in the future");
}

TEST_CASE("names from files reach no message raw") {
  Gate w;
  const std::string tag = "a\x1b[31m\n\xe2\x80\xae";
  w.run("x\ny", [&](RunBuilder& r) { r.scalar(tag, {{0, 1}}); });
  const ops::CheckRow row = w.only("last(a) > 0").row();
  CHECK(row.reason == "missing-tag");
  for (const std::string& text : {row.message, row.advice, row.suggestion}) {
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\n') == std::string::npos);
    CHECK_FALSE(has(text, "\xe2\x80\xae"));
  }
}

}  // namespace
}  // namespace tfevents::test
