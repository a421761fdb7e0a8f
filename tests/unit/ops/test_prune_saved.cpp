// Plans that were written to a file: what is believed of them, and what is not.
#include <sstream>

#include "base/text.hpp"
#include "ops/prune_saved.hpp"
#include "support/fault_sys.hpp"
#include "unit/ops/prune_world.hpp"

namespace tfevents::ops {
namespace {

using rewrite::Action;
using test::kDays;
using test::Lines;
using test::PruneWorld;
using test::result_of;
using test::row_of;
using test::RunBuilder;

std::string number(double value) {
  std::ostringstream out;
  out.precision(17);
  out << value;
  return out.str();
}

/// The parts of OUTPUT.md's document that --apply reads, as --plan writes them.
std::string document_of(const PruneReport& report) {
  std::string rows;
  for (const PruneRow& row : report.rows) {
    std::string files;
    for (const rewrite::PlannedFile& file : row.files) {
      files += std::string(files.empty() ? "" : ",") + R"({"path":"x","dev":)" +
               std::to_string(file.info.id.device) + R"(,"ino":)" +
               std::to_string(file.info.id.inode) + R"(,"bytes":)" +
               std::to_string(file.info.size) + R"(,"mtime_ns":)" +
               std::to_string(file.info.mtime_ns) + "}";
    }
    const bool text = is_valid_utf8(row.trial);
    rows += std::string(rows.empty() ? "" : ",") + R"({"trial":")" +
            (text ? row.trial : "\xEF\xBF\xBD") + "\"" +
            (text ? "" : R"(,"trial_base64":")" + to_base64(row.trial) + "\"") + R"(,"action":")" +
            to_string(row.decision.action) + R"(","last_event_time":)" +
            (row.last_event_time ? number(*row.last_event_time) : "null") + R"(,"files":[)" +
            files + "]}";
  }
  return R"({"schema":"tfevents.prune/1","operands":[")" + report.operand +
         R"("],"plan":"20260101-000000","what":")" + rewrite::to_string(report.what) +
         R"(","rows":[)" + rows + "]}";
}

/// Three old trials, of which the plan removes two, and a young one.
struct SavedWorld : PruneWorld {
  SavedWorld() {
    run("a", 9 * kDays);
    run("b/train", 9 * kDays);
    run("b/validation", 9 * kDays);
    run("c", 8 * kDays);
    run("young", kDays);
    rules().older_than_seconds = 8.5 * kDays;
  }
  /// Writes the plan of the present rules; from then on plan() goes by the file.
  void save() {
    dir.write("plan.json", document_of(plan()));
    options.rules = {};
    options.apply_file = dir / "plan.json";
  }
  [[nodiscard]] Error error_of(std::string_view text) {
    dir.write("plan.json", text);
    options.rules = {};
    options.apply_file = dir / "plan.json";
    return refusal();
  }
};

TEST_CASE("saved plan: does what was planned, and nothing else") {
  SavedWorld w;
  w.save();
  CHECK(w.removed() == "a b");
  // What has become old since is not in the plan.
  w.clock = w.now + 300;
  w.run("late", 90 * kDays);
  const PruneReport planned = w.plan();
  CHECK(PruneWorld::lines_of(planned) ==
        Lines{"a remove: remove-if=planned in " + w.dir / "plan.json",
              "b remove: remove-if=planned in " + w.dir / "plan.json", "c keep: not-nominated",
              "late keep: not-nominated", "young keep: not-nominated"});
  CHECK(planned.warnings.empty());
  const auto before = w.snapshot();
  w.prune();
  CHECK_FALSE(w.exists("a"));
  CHECK_FALSE(w.exists("b"));
  CHECK(w.exists("c"));
  CHECK(w.exists("late"));
  // A second time there is nothing left of it, which is said.
  const PruneReport again = w.plan();
  CHECK(again.count(Action::kRemove) == 0);
  CHECK(again.warnings == Lines{"a: is in the plan, and not there any more",
                                "b: is in the plan, and not there any more"});
  CHECK(w.restore().empty());
  CHECK(test::difference(before, w.snapshot()).empty());
}

TEST_CASE("saved plan: what of a trial goes stands in it") {
  SavedWorld w;
  w.file("a/model", "x", 9 * kDays);
  w.options.what = rewrite::What::kDirectory;
  w.save();
  w.options.what = rewrite::What::kEvents;
  const PruneReport report = w.prune();
  CHECK(report.what == rewrite::What::kDirectory);
  CHECK_FALSE(w.exists("a"));
}

TEST_CASE("saved plan: a trial that is not what was planned is left alone, with the reason") {
  SavedWorld w;
  w.save();
  const std::string file = w.event_file_of("b/train");
  const std::string files = "b skip: trouble=its files are not those of the plan any more";
  std::string why = files;
  SUBCASE("grown") {
    w.dir.append("runs/" + file, "x");
    w.touch(file, 9 * kDays);
  }
  SUBCASE("another modification time") {
    w.touch(file, 9 * kDays + 1);
  }
  SUBCASE("another inode") {
    const std::string bytes = w.read(file);
    REQUIRE(::rename(w.at(file).c_str(), (w.dir / "kept").c_str()) == 0);
    w.file(file, bytes, 9 * kDays);
  }
  SUBCASE("a further file") {
    w.file("b/train/events.out.tfevents.0", "", 9 * kDays);
  }
  SUBCASE("a file less") {
    REQUIRE(::unlink(w.at(file).c_str()) == 0);
  }
  SUBCASE("a further member") {
    w.run("b/test", 10 * kDays);
  }
  SUBCASE("another last event") {
    std::string text = w.dir.read("plan.json");
    const std::string time = number(w.now - 9 * kDays);
    const std::size_t at = text.rfind("\"last_event_time\":" + time);
    REQUIRE(at != std::string::npos);
    text.replace(at + 18, time.size(), number(w.now - 9 * kDays + 0.001));
    w.dir.write("plan.json", text);
    why = "b skip: trouble=its last event is another one than in the plan";
  }
  SUBCASE("of no event any more") {
    std::string text = w.dir.read("plan.json");
    const std::string time = number(w.now - 9 * kDays);
    const std::size_t at = text.rfind("\"last_event_time\":" + time);
    text.replace(at + 18, time.size(), "null");
    w.dir.write("plan.json", text);
    why = "b skip: trouble=its last event is another one than in the plan";
  }
  CHECK(w.lines()[0].starts_with("a remove"));
  CHECK(w.lines()[1] == why);
  const PruneReport report = w.prune();
  CHECK(result_of(report, "a") == "trashed");
  CHECK(result_of(report, "b") == "-");
  CHECK(w.exists("b/validation"));
}

TEST_CASE("saved plan: life and what lies below are looked at again") {
  SavedWorld w;
  w.run("a/new", kDays);
  w.save();
  CHECK(w.removed() == "b");  // Planned as it was: a was kept then.
  w.dir.write("plan.json", "{}");
  w.options.apply_file.reset();
  REQUIRE(std::filesystem::remove_all(w.at("a/new")) > 0);
  w.rules().older_than_seconds = 8.5 * kDays;
  w.save();
  CHECK(w.removed() == "a b");
  w.open_in(5, w.event_file_of("b/validation"));
  CHECK(w.removed() == "a");
  w.run("a/x", 30 * kDays);
  CHECK(w.lines()[0] == "a keep: below=a/x");
}

TEST_CASE("saved plan: the guard over everything holds for it too") {
  SavedWorld w;
  w.rules().older_than_seconds = kDays / 2;
  w.save();
  REQUIRE(w.plan().refusal);
  w.options.allow_empty = true;
  CHECK_FALSE(w.plan().refusal);
}

TEST_CASE("saved plan: names that are no text") {
  SavedWorld w;
  w.run("\xff", 9 * kDays);
  w.run("\xfe", 8 * kDays);
  w.save();
  CHECK(w.removed() == "a b \xff");
  // Nor is a name of text meant that only looks the same.
  w.run("\xEF\xBF\xBD", 9 * kDays);
  CHECK(w.removed() == "a b \xff");
}

TEST_CASE("saved plan: of another directory, or none") {
  SavedWorld w;
  w.save();
  w.options.operand = w.dir / "./runs";
  Error error = w.refusal();
  CHECK(error.code == ErrorCode::kUsage);
  CHECK(error.message == "is a plan for " + w.operand);
  CHECK_FALSE(error.hint.empty());
  w.options.operand = w.operand + "/";
  CHECK(w.removed() == "a b");
  w.options.apply_file = w.dir / "no plan";
  CHECK(w.refusal().code == ErrorCode::kNotFound);
  w.options.apply_file = w.dir.path();
  CHECK_FALSE(w.try_plan().ok());
  w.options.apply_file = w.dir.make_fifo("fifo");
  CHECK(w.refusal().code == ErrorCode::kFormat);
  const std::string huge = w.dir.write("huge", "");
  REQUIRE(::truncate(huge.c_str(), (std::int64_t{1} << 30) + 1) == 0);
  w.options.apply_file = huge;
  CHECK(w.refusal().code == ErrorCode::kLimit);
}

TEST_CASE("saved plan: what is no plan is an error, whatever it is") {
  SavedWorld w;
  const std::string good = document_of(w.plan());
  const auto replaced = [&](std::string_view what, std::string_view with) {
    std::string text = good;
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
  };
  const std::string dev = "\"dev\":" + std::to_string(w.plan().rows[0].files[0].info.id.device);
  const std::string operand = "[\"" + w.operand + "\"]";
  std::vector<std::string> bad = {
      "",
      "\n",
      "null",
      "1",
      "[]",
      "{}",
      "\"tfevents.prune/1\"",
      "no JSON",
      std::string("\0", 1),
      "\xff\xfe",
      good + "x",
      good + good,
      good.substr(0, good.size() - 1),
      replaced("tfevents.prune/1", "tfevents.prune/2"),
      replaced("tfevents.prune/1", "tfevents.ls/1"),
      replaced("\"schema\"", "\"scheme\""),
      replaced("\"tfevents.prune/1\"", "1"),
      replaced("\"operands\"", "\"operand\""),
      replaced(operand, "[]"),
      replaced(operand, "[1]"),
      replaced(operand, "\"" + w.operand + "\""),
      replaced(operand, "[\"" + w.operand + "\",\"x\"]"),
      replaced("\"what\":\"events\"", "\"what\":\"everything\""),
      replaced("\"what\":\"events\"", "\"what\":null"),
      replaced("\"what\"", "\"how\""),
      replaced("\"rows\"", "\"row\""),
      replaced("\"rows\":[", "\"rows\":{},\"x\":["),
      replaced("\"rows\":[", "\"rows\":[null,"),
      replaced("\"rows\":[", "\"rows\":[[],"),
      replaced("\"rows\":[", "\"rows\":[{\"action\":1},"),
      replaced("\"action\"", "\"act\""),
      replaced("\"trial\":\"a\"", "\"trial\":1"),
      replaced("\"trial\":\"a\",", ""),
      replaced("\"files\":[", "\"files\":1,\"x\":["),
      replaced("\"files\":[", "\"files\":[1,"),
      replaced("\"files\":[", "\"files\":[{},"),
      replaced("\"ino\"", "\"inode\""),
      replaced("\"bytes\"", "\"size\""),
      replaced("\"mtime_ns\":", "\"mtime\":"),
  };
  for (const char* value : {"-1", "1.5", "1e3", "\"1\"", "null", "true", "[]", "{}", "1e400",
                            "18446744073709551616", "99999999999999999999999999999", "0x1", "NaN"})
    bad.push_back(replaced(dev, std::string("\"dev\":") + value));
  for (const char* value : {"-9223372036854775809", "0.0", "1e18", "null"})
    bad.push_back(replaced("\"mtime_ns\":", "\"mtime_ns\":" + std::string(value) + ",\"x\":"));
  for (const std::string& text : bad) {
    CAPTURE(text);
    const Error error = w.error_of(text);
    CHECK(error.code == ErrorCode::kFormat);
    CHECK(error.path == w.dir / "plan.json");
    CHECK_FALSE(error.message.empty());
    CHECK_FALSE(error.hint.empty());
  }
}

TEST_CASE("saved plan: nesting of any depth") {
  SavedWorld w;
  const std::string good = document_of(w.plan());
  const std::string open(1'000'000, '['), close(1'000'000, ']');
  std::string objects, ends;
  for (int i = 0; i < 300'000; ++i) objects += "{\"a\":";
  ends.assign(300'000, '}');
  CHECK(w.error_of(open).code == ErrorCode::kFormat);
  CHECK(w.error_of(open + close).code == ErrorCode::kFormat);
  CHECK(w.error_of(objects).code == ErrorCode::kFormat);
  CHECK(w.error_of(objects + "1" + ends).code == ErrorCode::kFormat);
  // Beside what is asked for it does no harm.
  w.dir.write("plan.json", "{\"x\":" + open + close + "," + good.substr(1));
  CHECK(w.removed() == "a b");
}

TEST_CASE("saved plan: numbers at the ends of what there is match nothing") {
  SavedWorld w;
  const std::string good = document_of(w.plan());
  for (const char* value : {"0", "18446744073709551615", "9223372036854775808"}) {
    std::string text = good;
    text.replace(text.find("\"ino\":"), 6, "\"ino\":" + std::string(value) + ",\"x\":");
    w.dir.write("plan.json", text);
    w.options.rules = {};
    w.options.apply_file = w.dir / "plan.json";
    CHECK(w.removed() == "b");
  }
  for (const char* value : {"-9223372036854775808", "18446744073709551615", "0"}) {
    std::string text = good;
    text.replace(text.find("\"mtime_ns\":"), 11, "\"mtime_ns\":" + std::string(value) + ",\"x\":");
    w.dir.write("plan.json", text);
    CHECK(w.removed() == "b");
  }
}

TEST_CASE("saved plan: a plan that lists more trials, or a trial twice") {
  SavedWorld w;
  const std::string good = document_of(w.plan());
  // A name that leads out of the tree names no trial.
  std::string text = good;
  text.replace(text.find("\"trial\":\"a\""), 11, "\"trial\":\"../runs/a\"");
  w.dir.write("plan.json", text);
  w.options.rules = {};
  w.options.apply_file = w.dir / "plan.json";
  CHECK(w.removed() == "b");
  CHECK(w.plan().warnings == Lines{"../runs/a: is in the plan, and not there any more"});
  // Twice, with other files: one of them is believed, and it does not fit.
  text = good;
  const std::size_t rows = text.find("\"rows\":[") + 8;
  const std::string first = text.substr(rows, text.find("]}", rows) + 2 - rows);
  text.insert(text.size() - 2, R"(,{"trial":"a","action":"remove","files":[]})");
  w.dir.write("plan.json", text);
  CHECK(w.removed() == "b");
}

TEST_CASE("saved plan: failing at every call of the reading") {
  SavedWorld w;
  w.save();
  for (std::uint64_t n = 0;; ++n) {
    CAPTURE(n);
    test::FaultSys sys(real_sys());
    sys.fail_at(n, EIO);
    sys.limit_reads(100);
    const auto saved = SavedPlan::read(sys, *w.options.apply_file, w.operand);
    CHECK(saved.ok() != sys.fired());
    if (!sys.fired()) break;
  }
}

}  // namespace
}  // namespace tfevents::ops
