#include <algorithm>
#include <filesystem>
#include <utility>

#include "ops/trash.hpp"
#include "support/trash_world.hpp"

namespace tfevents::ops {
namespace {

using test::TrashPlan;
using test::TrashWorld;

constexpr double kHour = 3600;

/// Two batches: `a` (three files of two runs), an hour old, and then `b/c`.
struct World : TrashWorld {
  std::string older, newer;
  StopFlag stop;
  SystemClock clock;

  World() {
    build();
    const TrashPlan all = plan();
    older = pruned(now - kHour, {.files = {all.files[0], all.files[1], all.files[2]},
                                 .directories = {all.directories[0], all.directories[1]}});
    newer = pruned(now, {.files = {all.files[3]}, .directories = {all.directories[2]}});
  }

  // The name of the batch.
  std::string pruned(double time, const TrashPlan& what) {
    const double real = std::exchange(now, time);
    auto opened = trash();
    auto batch = test::announced(*opened, time, what);
    now = real;
    REQUIRE(batch.ok());
    for (std::size_t i = 0; i < what.files.size(); ++i)
      CHECK((*batch)->move(i + 1, what.files[i]).result == rewrite::MoveResult::kMoved);
    CHECK((*batch)->remove_emptied(what.directories).errors.empty());
    CHECK((*batch)->finish().ok());
    return (*batch)->id();
  }

  [[nodiscard]] OpContext context(Sys& sys = real_sys()) const {
    return {.sys = sys, .clock = clock, .stop = stop};
  }
  [[nodiscard]] TrashOptions options(TrashAction action) const {
    return {.operand = operand, .action = action, .actor = actor()};
  }
  [[nodiscard]] TrashReport planned(const TrashOptions& options) const {
    auto report = plan_trash(options, context());
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(report).value();
  }
  [[nodiscard]] TrashReport restored(std::vector<std::string> batches = {}) const {
    TrashOptions chosen = options(TrashAction::kRestore);
    chosen.batches = std::move(batches);
    auto report = restore_from_trash(chosen, {}, context());
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(report).value();
  }
  [[nodiscard]] TrashReport emptied(std::optional<double> older_than = {}) const {
    TrashOptions chosen = options(TrashAction::kEmpty);
    chosen.older_than_seconds = older_than;
    auto report = empty_from_trash(chosen, planned(chosen), false, {}, context());
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(report).value();
  }
  [[nodiscard]] std::string object(const std::string& batch, int number) const {
    return ".tfe-trash/" + batch + "/" + std::to_string(number);
  }
  void damage(const std::string& batch) const {
    write(".tfe-trash/" + batch + "/manifest.jsonl", "no manifest\n");
  }
  [[nodiscard]] std::string journal() const {
    return exists(".tfe-trash/journal.jsonl") ? read(".tfe-trash/journal.jsonl") : "";
  }
};

// `BATCH RUN FILES BYTES RESULT: ERROR`, a line each, batches as older and newer.
std::string lines(const World& world, const TrashReport& report) {
  std::string text;
  for (const TrashRow& row : report.rows) {
    CHECK(row.trashed_time.has_value());
    text += row.batch == world.older ? "older" : row.batch == world.newer ? "newer" : row.batch;
    text += " " + row.run.value_or("-");
    text += " " + (row.files ? std::to_string(*row.files) : "?");
    text += " " + (row.bytes ? std::to_string(*row.bytes) : "?");
    if (row.result) text += std::string(" ") + to_string(*row.result);
    if (row.error) text += ": " + *row.error;
    text += "\n";
  }
  return text;
}

ErrorCode code_of(const Result<TrashReport>& result) {
  REQUIRE_FALSE(result.ok());
  CHECK_FALSE(result.error().message.empty());
  return result.error().code;
}

TEST_CASE("trash: every run of every batch is listed, with the time until it expires") {
  World world;
  TrashOptions options = world.options(TrashAction::kList);
  options.operand += "//";
  options.trash_keep_seconds = 100;
  const TrashReport report = world.planned(options);
  CHECK(lines(world, report) == "older a 3 16\nnewer b/c 1 6\n");
  CHECK(report.batches == 2);
  CHECK(report.files == 4);
  CHECK(report.bytes == 22);
  CHECK_FALSE(report.done);
  CHECK(report.outcome.nothing.empty());
  CHECK(report.rows[0].path == world.operand + "/a");
  CHECK(report.rows[1].path == world.operand + "/b/c");
  CHECK(*report.rows[0].expires_time == *report.rows[0].trashed_time + 100);
  CHECK(*report.rows[1].trashed_time == world.now);
  // Nothing was made: no lock, no journal.
  CHECK_FALSE(world.exists(".tfe-trash/lock"));
  CHECK_FALSE(world.exists(".tfe-trash/journal.jsonl"));

  options.batches = {world.newer};
  CHECK(lines(world, world.planned(options)) == "newer b/c 1 6\n");
  options.batches = {"all"};
  CHECK(world.planned(options).rows.size() == 2);
}

TEST_CASE("trash: that there is nothing is an answer, and of a restore no good one") {
  World world;
  std::filesystem::remove_all(world.at(".tfe-trash"));
  CHECK_FALSE(world.planned(world.options(TrashAction::kList)).outcome.matched_nothing);
  CHECK_FALSE(world.planned(world.options(TrashAction::kEmpty)).outcome.matched_nothing);
  CHECK(world.planned(world.options(TrashAction::kRestore)).outcome.matched_nothing);
  CHECK(world.restored().outcome.matched_nothing);
  CHECK_FALSE(world.emptied().outcome.matched_nothing);
  CHECK(world.emptied().outcome.nothing.find("nothing in the trash") == 0);
  CHECK_FALSE(world.exists(".tfe-trash"));

  (void)world.trash();
  CHECK(world.restored().outcome.matched_nothing);
  CHECK(world.restored({"20200101-000000"}).outcome.matched_nothing);
  CHECK_FALSE(world.restored().failed());
}

TEST_CASE("trash: what is no tree of ours is an error") {
  World world;
  const auto open = [&](const std::string& operand, std::vector<std::string> batches = {}) {
    TrashOptions options = world.options(TrashAction::kList);
    options.operand = operand;
    options.batches = std::move(batches);
    return code_of(plan_trash(options, world.context()));
  };
  CHECK(open(world.dir / "nosuch") == ErrorCode::kNotFound);
  CHECK(open(world.dir.write("file", "x")) == ErrorCode::kUsage);
  CHECK(open(world.dir.make_link("link", world.operand)) == ErrorCode::kRefused);
  CHECK(open((world.dir / "link") + "/") == ErrorCode::kRefused);
  CHECK(open(world.operand, {"../.."}) == ErrorCode::kUsage);
  CHECK(open(world.operand, {world.older, ""}) == ErrorCode::kUsage);
  REQUIRE(::chmod(world.at(".tfe-trash").c_str(), 0755) == 0);
  CHECK(open(world.operand) == ErrorCode::kRefused);
  CHECK(code_of(restore_from_trash(world.options(TrashAction::kRestore), {}, world.context())) ==
        ErrorCode::kRefused);
}

TEST_CASE("trash: a restore takes the newest batch, then the next") {
  World world;
  TrashReport report = world.restored();
  CHECK(lines(world, report) == "newer b/c 1 6 restored\n");
  CHECK(report.done);
  CHECK(report.batches == 1);
  CHECK(report.files == 1);
  CHECK_FALSE(report.failed());
  CHECK_FALSE(report.rows[0].expires_time.has_value());
  CHECK(world.read("b/c/events") == "fourth");
  CHECK_FALSE(world.exists("a"));
  CHECK(world.journal().find("\"act\":\"restore\",\"batch\":\"" + world.newer) !=
        std::string::npos);

  CHECK(lines(world, world.restored()) == "older a 3 16 restored\n");
  CHECK(world.read("a/eval/events") == "third");
  CHECK(world.restored().outcome.matched_nothing);
  const std::string journal = world.journal();
  CHECK(std::count(journal.begin(), journal.end(), '\n') == 2);
}

TEST_CASE("trash: a restore takes the batches that are named, or none") {
  World world;
  const TrashReport unknown = world.restored({world.older, "20200101-000000"});
  CHECK(unknown.outcome.matched_nothing);
  CHECK(unknown.outcome.nothing.find("20200101-000000") != std::string::npos);
  CHECK(unknown.rows.empty());
  CHECK_FALSE(world.exists("a"));

  CHECK(lines(world, world.restored({world.older})) == "older a 3 16 restored\n");
  CHECK(world.exists(".tfe-trash/" + world.newer));
}

TEST_CASE("trash: all batches, newest first") {
  World world;
  TrashOptions options = world.options(TrashAction::kRestore);
  options.batches = {"all"};
  CHECK(lines(world, world.planned(options)) == "newer b/c 1 6\nolder a 3 16\n");
  CHECK(lines(world, world.restored({"all"})) == "newer b/c 1 6 restored\nolder a 3 16 restored\n");
}

TEST_CASE("trash: what could not be restored is a row of its own, and stays") {
  World world;
  world.write("a/events", "mine");
  const TrashReport report = world.restored({world.older});
  CHECK(lines(world, report) == "older a 1 5 skipped: there is one again\nolder a 2 11 restored\n");
  CHECK(report.failed());
  CHECK(report.files == 2);
  CHECK(report.kept_files == 1);
  CHECK(report.kept_bytes == 5);
  CHECK(report.rows[0].expires_time.has_value());
  REQUIRE(report.outcome.problems.size() == 1);
  CHECK(report.outcome.problems[0].rule == "kept-in-trash");
  CHECK(*report.outcome.problems[0].path == world.operand + "/a/events");
  CHECK(world.read("a/events") == "mine");
  CHECK(world.journal().find("\"result\":\"partly\"") != std::string::npos);

  std::filesystem::remove(world.at("a/events"));
  CHECK(lines(world, world.restored({world.older})) == "older a 1 5 restored\n");
  CHECK(world.read("a/events") == "first");
}

TEST_CASE("trash: what was written on in the trash is restored, and said") {
  World world;
  world.write(world.object(world.newer, 1), "fourth and more");
  const TrashReport report = world.restored();
  CHECK_FALSE(report.failed());
  REQUIRE(report.outcome.problems.size() == 1);
  CHECK(report.outcome.problems[0].rule == "changed-in-trash");
  CHECK(report.outcome.problems[0].severity == Severity::kWarn);
  CHECK(world.read("b/c/events") == "fourth and more");
}

TEST_CASE("trash: emptying takes everything, or what is old enough") {
  World world;
  CHECK(world.emptied(2 * kHour).outcome.nothing.find("is older than 2h") != std::string::npos);
  CHECK_FALSE(world.exists(".tfe-trash/journal.jsonl"));

  CHECK(lines(world, world.emptied(kHour / 2)) == "older a 3 16 deleted\n");
  CHECK_FALSE(world.exists(".tfe-trash/" + world.older));
  CHECK(world.exists(world.object(world.newer, 1)));
  CHECK(world.journal().find("\"policy\":\"--older-than 30m\"") != std::string::npos);

  const TrashReport report = world.emptied();
  CHECK(lines(world, report) == "newer b/c 1 6 deleted\n");
  CHECK_FALSE(report.rows[0].expires_time.has_value());
  CHECK(report.bytes == 6);
  CHECK_FALSE(world.exists(".tfe-trash/" + world.newer));
  CHECK(world.exists("b/model.ckpt"));
}

TEST_CASE("trash: a plan to empty says the same and does nothing") {
  World world;
  TrashOptions options = world.options(TrashAction::kEmpty);
  options.older_than_seconds = kHour / 2;
  const TrashReport plan = world.planned(options);
  CHECK(lines(world, plan) == "older a 3 16\n");
  CHECK(plan.batches == 1);
  CHECK_FALSE(plan.done);
  CHECK(world.exists(world.object(world.older, 1)));
}

TEST_CASE("trash: what changed since it was trashed is not deleted, but named") {
  World world;
  world.write(world.object(world.older, 2), "second and more");
  const TrashReport report = world.emptied();
  CHECK(report.failed());
  CHECK(report.files == 3);
  CHECK(report.kept_files == 1);
  CHECK(lines(world, report).find("older a 1 6 skipped: changed since it was trashed") !=
        std::string::npos);
  CHECK(*report.outcome.problems.at(0).path == world.operand + "/a/events.2");
  CHECK(world.read(world.object(world.older, 2)) == "second and more");
}

TEST_CASE("trash: nothing goes that nobody has agreed to") {
  World world;
  const TrashOptions options = world.options(TrashAction::kEmpty);
  const auto empty = [&](const TrashReport& plan) {
    return empty_from_trash(options, plan, true, {}, world.context());
  };

  SUBCASE("another batch has come") {
    const TrashReport plan = world.planned(options);
    const std::string third = world.pruned(
        world.now + 1, {.files = {world.file("b/model.ckpt", "b")}, .directories = {}});
    CHECK(code_of(empty(plan)) == ErrorCode::kRefused);
    CHECK(world.exists(world.object(third, 1)));
    CHECK(world.exists(world.object(world.older, 1)));
    // Who says yes beforehand means whatever there is.
    CHECK(empty_from_trash(options, plan, false, {}, world.context()).ok());
    CHECK_FALSE(world.exists(".tfe-trash/" + third));
  }
  SUBCASE("a file has grown") {
    const TrashReport plan = world.planned(options);
    world.write(world.object(world.older, 1), "first, and then some");
    CHECK(code_of(empty(plan)) == ErrorCode::kRefused);
  }
  SUBCASE("somebody restored a part meanwhile") {
    const TrashReport plan = world.planned(options);
    CHECK_FALSE(world.restored().failed());
    const auto report = empty(plan);
    REQUIRE(report.ok());
    CHECK(lines(world, *report) == "older a 3 16 deleted\n");
    CHECK(world.exists("b/c/events"));
  }
}

TEST_CASE("trash: a damaged batch is named and left alone") {
  World world;
  world.damage(world.newer);
  const TrashReport listed = world.planned(world.options(TrashAction::kList));
  CHECK(lines(world, listed).find("older a 3 16\nnewer - ? ?: ") == 0);
  CHECK(listed.damaged == 1);
  CHECK(listed.batches == 2);
  CHECK_FALSE(listed.outcome.complete);
  CHECK_FALSE(listed.rows[1].expires_time.has_value());
  CHECK(listed.rows[1].path == world.operand + "/.tfe-trash/" + world.newer);

  const TrashReport restored = world.restored();
  CHECK(restored.failed());
  CHECK_FALSE(restored.outcome.complete);
  CHECK(lines(world, restored).find("newer - ? ? skipped: ") == 0);
  CHECK_FALSE(world.exists("b/c"));

  const TrashReport emptied = world.emptied();
  CHECK(emptied.failed());
  CHECK(emptied.damaged == 1);
  CHECK(emptied.files == 3);
  CHECK(world.exists(world.object(world.newer, 1)));
  CHECK(world.journal().find(world.newer) == std::string::npos);
}

TEST_CASE("trash: a batch that was not finished is finished first") {
  World world;
  std::filesystem::remove(world.at(".tfe-trash/" + world.newer + "/done"));

  SUBCASE("listed as such") {
    const TrashReport report = world.planned(world.options(TrashAction::kList));
    CHECK(lines(world, report).find("newer b/c 1 6: was not finished") != std::string::npos);
    CHECK(report.outcome.complete);
    CHECK_FALSE(world.exists(".tfe-trash/" + world.newer + "/done"));
  }
  SUBCASE("then restored") {
    CHECK(lines(world, world.restored()) == "newer b/c 1 6 restored\n");
  }
  SUBCASE("then emptied") {
    CHECK_FALSE(world.emptied().failed());
    CHECK_FALSE(world.exists(".tfe-trash/" + world.newer));
  }
  SUBCASE("what is something else by now has gone back, and nothing older comes instead") {
    std::filesystem::create_directory(world.at("b/c"));
    std::filesystem::remove(world.at(world.object(world.newer, 1)));
    world.write(world.object(world.newer, 1), "somebody else's");
    const TrashReport report = world.restored();
    CHECK_FALSE(report.outcome.matched_nothing);
    CHECK(report.recovered_files == 1);
    CHECK(world.read("b/c/events") == "somebody else's");
    CHECK_FALSE(world.exists("a"));
  }
}

TEST_CASE("trash: a batch that was only just begun is nothing yet") {
  World world;
  std::filesystem::create_directory(world.at(".tfe-trash/21000101-000000"));
  std::filesystem::permissions(world.at(".tfe-trash/21000101-000000"),
                               std::filesystem::perms::owner_all);
  CHECK(world.planned(world.options(TrashAction::kList)).batches == 2);
  CHECK(world.planned(world.options(TrashAction::kEmpty)).batches == 2);
  CHECK(lines(world, world.restored()) == "newer b/c 1 6 restored\n");
}

TEST_CASE("trash: trouble with a batch that was not asked for is no failure") {
  World world;
  std::filesystem::remove(world.at(".tfe-trash/" + world.older + "/done"));
  world.damage(world.older);
  const TrashReport report = world.restored({world.newer});
  CHECK(lines(world, report) == "newer b/c 1 6 restored\n");
  CHECK_FALSE(report.failed());
  REQUIRE(report.outcome.problems.size() == 1);
  CHECK(report.outcome.problems[0].severity == Severity::kWarn);
  CHECK(world.emptied().failed());
}

TEST_CASE("trash: one writer at a time") {
  World world;
  auto opened = world.trash();
  const auto held = rewrite::TreeLock::take(*opened, {.now = world.now});
  REQUIRE(held.ok());
  CHECK(world.planned(world.options(TrashAction::kList)).rows.size() == 2);

  TrashDoing doing;
  double waited = 0;
  doing.lock_wait_seconds = 3;
  doing.wait = [&](double seconds) { waited += seconds; };
  const auto restored =
      restore_from_trash(world.options(TrashAction::kRestore), doing, world.context());
  CHECK(code_of(restored) == ErrorCode::kRefused);
  CHECK(waited == doctest::Approx(3));
  const TrashOptions empties = world.options(TrashAction::kEmpty);
  CHECK(code_of(empty_from_trash(empties, world.planned(empties), false, {}, world.context())) ==
        ErrorCode::kRefused);

  doing.wait = [&](double) { world.stop.request(); };
  CHECK(code_of(restore_from_trash(world.options(TrashAction::kRestore), doing, world.context())) ==
        ErrorCode::kCancelled);
  CHECK_FALSE(world.exists("b/c"));
}

TEST_CASE("trash: the names of a stranger's manifest are no paths") {
  World world;
  const std::string manifest = ".tfe-trash/" + world.newer + "/manifest.jsonl";
  std::string text = world.read(manifest);
  const std::string run = "\"run\":\"b/c\"";
  REQUIRE(text.find(run) != std::string::npos);
  text.replace(text.find(run), run.size(), "\"run\":\"../../etc\\u001b[2J\\n\"");
  world.write(manifest, text);
  const std::string name = "../../etc\x1b[2J\n";
  const TrashReport listed = world.planned(world.options(TrashAction::kList));
  CHECK(*listed.rows[1].run == name);
  CHECK(listed.rows[1].path == world.operand + "/b/c");
  const TrashReport restored = world.restored();
  CHECK(*restored.rows[0].run == name);
  CHECK(restored.rows[0].path == world.operand + "/b/c");
  CHECK(world.exists("b/c/events"));
}

}  // namespace
}  // namespace tfevents::ops
