// The traps that other tools fall into, through best, compare and export: damage, a restart, NaN,
// values that only their text equals, tensors, odd files in a tree.

#include "ops/best.hpp"
#include "ops/differing.hpp"
#include "unit/ops/export_world.hpp"
#include "unit/ops/trial_world.hpp"

namespace tfevents::test {
namespace {

struct PeersWorld : TrialWorld {
  ops::BestReport best(const std::string& metric) {
    ops::BestOptions options;
    options.metric = metric;
    options.select = selection();
    auto report =
        with_context([&](const ops::OpContext& c) { return ops::best_trials(options, c); });
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(*report);
  }
  /// `trial=value@step` of each row.
  Lines ranking(const std::string& metric) {
    Lines lines;
    for (const ops::BestRow& row : best(metric).rows) {
      lines.push_back(row.trial.name + "=" + to_text(*row.best.value) + "@" +
                      to_text(*row.best.step));
    }
    return lines;
  }
  ops::CompareReport compare(const std::string& columns) {
    ops::CompareOptions options;
    options.columns = columns;
    options.select = selection();
    auto report =
        with_context([&](const ops::OpContext& c) { return ops::compare_trials(options, c); });
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(*report);
  }
  /// `trial value value` of each row, the reason where there is no value.
  Lines table(const std::string& columns) {
    Lines lines;
    for (const ops::CompareRow& row : compare(columns).rows) {
      std::string line = row.trial.name;
      for (const ops::CompareValue& value : row.metrics) {
        const bool null = is_null(value.item.value);
        line += " " + (null ? ops::missing_reason(value.item) : ops::text_of(value.item.value));
      }
      lines.push_back(line);
    }
    return lines;
  }
  Exported exported() {
    ops::ExportOptions options;
    options.select = selection();
    options.select.kinds = {"scalars"};
    PlainFormat format;
    std::string text;
    const auto write = [&](std::string_view part) {
      text += part;
      return ok_status();
    };
    auto report = with_context(
        [&](const ops::OpContext& c) { return ops::export_points(options, format, write, c); });
    return {std::move(report), std::move(text)};
  }
};

std::size_t lines_of(const std::string& text) {
  // But for the header.
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) - 1;
}

/// A thousand points, the best of which is at step 499, and a wound.
struct WoundedThousand : PeersWorld {
  std::string file = event_file([](RunBuilder& r) {
    r.scalars("val/accuracy", 1000,
              [](std::int64_t i) { return i == 499 ? 0.99F : static_cast<float>(i) / 2000; });
  });
  std::vector<std::size_t> at = record_offsets(file);

  void check(const std::string& wounded, const std::string& best_value, std::size_t points,
             bool complete) {
    memory.file("/logs/a/events.out.tfevents.1.h", wounded);
    CHECK(ranking("val/accuracy") == Lines{"a=" + best_value});
    CHECK(best("val/accuracy").outcome.complete == complete);
    CHECK(table("count(val/accuracy),nan(val/accuracy)") ==
          Lines{"a " + std::to_string(points) + " 0"});
    CHECK(compare("count(val/accuracy)").outcome.complete == complete);
    const Exported csv = exported();
    CHECK(lines_of(csv.text) == points);
    CHECK(csv.outcome().complete == complete);
  }
};

TEST_CASE("one damaged record costs one point, here the best; it is never a false number") {
  WoundedThousand w;
  const std::size_t record = w.at[500];  // Of step 499.
  SUBCASE("a bit of a wall time") {
    w.check(flip_byte(w.file, record + 12 + 5, 1), "0.4995@999", 999, false);
  }
  SUBCASE("a bit of a value") {
    w.check(flip_byte(w.file, w.at[501] - 6, 0x40), "0.4995@999", 999, false);
  }
  SUBCASE("a great length") {
    w.check(flip_byte(w.file, record + 5, 1), "0.4995@999", 999, false);
  }
  SUBCASE("a small length") {
    w.check(flip_byte(w.file, record, 1), "0.4995@999", 999, false);
  }
  SUBCASE("cut within record 700: as every file that grows") {
    w.check(truncate_to(w.file, w.at[700] + 20), "0.99@499", 699, true);
  }
  SUBCASE("whole") {
    w.check(w.file, "0.99@499", 1000, true);
  }
}

TEST_CASE("damage elsewhere does not make a selection incomplete") {
  WoundedThousand w;
  w.memory.file("/logs/a/events.out.tfevents.1.h", flip_byte(w.file, w.at[500] + 20, 1));
  w.run("b", [](RunBuilder& r) { r.scalar("val/accuracy", {{0, 0.5F}}); });
  w.only("b");
  CHECK(w.best("val/accuracy").outcome.complete);
  CHECK(w.compare("val/accuracy").outcome.complete);
  CHECK(w.exported().outcome().complete);
}

TEST_CASE("a restart: 150 points count, 190 in the raw view") {
  PeersWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalars("train/loss", 100,
              [](std::int64_t i) { return i == 80 ? 0.001F : 2 - static_cast<float>(i) / 100; });
    std::vector<StepValue> again;
    for (std::int64_t i = 60; i < 150; ++i) again.push_back({i, 2 - static_cast<float>(i) / 200});
    r.next_file().scalar("train/loss", again);
  });
  CHECK(w.ranking("train/loss") == Lines{"a=1.255@149"});
  CHECK(w.table("count(train/loss),min(train/loss)") == Lines{"a 150 1.255"});
  const Exported csv = w.exported();
  CHECK(lines_of(csv.text) == 150);
  CHECK(csv.outcome().dropped.at(0).restart == 40);
  CHECK(w.best("train/loss").outcome.dropped.at(0).restart == 40);
  CHECK(w.compare("train/loss").outcome.dropped.at(0).restart == 40);
  w.select.view = View::kRaw;
  CHECK(w.ranking("train/loss") == Lines{"a=0.001@80"});
  CHECK(w.table("count(train/loss)") == Lines{"a 190"});
  CHECK(lines_of(w.exported().text) == 190);
  CHECK(w.best("train/loss").outcome.dropped.empty());
}

TEST_CASE("NaN is never the best, has no other point's step, and spoils no other row") {
  PeersWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("val/acc", {{0, 0.1F}, {1, 0.95F}, {2, kNanF}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("val/acc", {{0, kNanF}, {1, kNanF}}); });
  w.run("c", [](RunBuilder& r) { r.scalar("val/acc", {{0, 0.5F}}); });
  CHECK(w.ranking("val/acc") == Lines{"a=0.95@1", "c=0.5@0"});
  CHECK(w.best("val/acc").unranked.at(0).run == "b");
  CHECK(w.best("val/acc").unranked.at(0).reason == "non-finite");
  CHECK(w.ask("last(val/acc)") == Lines{"a=nan@2", "b=nan@1", "c=0.5@0"});
  CHECK(w.table("nan(val/acc),mean(val/acc)") == Lines{"a 1 0.525", "b 2 non-finite", "c 0 0.5"});
  CHECK(w.best("val/acc").outcome.complete);
  CHECK(w.exported().text ==
        "#\na val/acc 0 0.1\na val/acc 1 0.95\na val/acc 2 nan\n"
        "b val/acc 0 nan\nb val/acc 1 nan\nc val/acc 0 0.5\n");
}

TEST_CASE("what was logged as 0.9 is 0.9") {
  PeersWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 0.9F}}); });
  CHECK(w.ask("last(acc) >= 0.9") == Lines{"a=true"});
  CHECK(w.ask("last(acc) = 0.9") == Lines{"a=true"});
  CHECK(w.ask("last(acc) > 0.9") == Lines{"a=false"});
  CHECK(w.ask("first_step(acc >= 0.9)") == Lines{"a=0@0"});
  CHECK(w.ranking("acc") == Lines{"a=0.9@0"});
  CHECK(w.table("acc") == Lines{"a 0.9"});
}

TEST_CASE("scalars in tensors are scalars") {
  PeersWorld w;
  for (const ScalarForm form : {ScalarForm::kTensorContent, ScalarForm::kSimpleValue}) {
    w.run(form == ScalarForm::kTensorContent ? "tf2" : "tf1", [&](RunBuilder& r) {
      r.form(form).scalar("acc", {{0, 0.25F}, {1, 0.75F}, {2, 0.5F}});
    });
  }
  CHECK(w.ranking("acc") == Lines{"tf1=0.75@1", "tf2=0.75@1"});
  CHECK(w.table("acc,mean(acc)") == Lines{"tf1 0.5 0.5", "tf2 0.5 0.5"});
  CHECK(lines_of(w.exported().text) == 6);
}

TEST_CASE("odd files do not stop a tree") {
  PeersWorld w;
  w.memory.file("/logs/0empty/events.out.tfevents.1.h", "");
  w.memory.file("/logs/1lfs/events.out.tfevents.1.h",
                "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
  w.run("2header", [](RunBuilder&) {});
  w.run("3audio", [](RunBuilder& r) { r.audio("clip", 1, std::string(5000, 'R')); });
  w.run("4tag", [](RunBuilder& r) { r.scalar("", {{1, 1}}); });
  w.run("5good", [](RunBuilder& r) { r.scalar("acc", {{1, 1}}); });
  CHECK(w.ranking("acc") == Lines{"5good=1@1"});
  const ops::BestReport report = w.best("acc");
  CHECK_FALSE(report.outcome.complete);  // The pointer.
  CHECK(report.trials == 6);
  CHECK(report.unranked.size() == 5);
  CHECK(w.table("acc,\"\"").back() == "5good 1 missing-tag");
  CHECK(w.table("acc,\"\"").at(4) == "4tag missing-tag 1");
  CHECK(w.exported().text == "#\n4tag  1 1\n5good acc 1 1\n");
}

}  // namespace
}  // namespace tfevents::test
