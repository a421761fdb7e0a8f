#include <cerrno>
#include <string>

#include "ops/trash.hpp"
#include "support/fault_sys.hpp"
#include "support/trash_world.hpp"

namespace tfevents::ops {
namespace {

using test::FaultSys;
using test::TrashWorld;

struct Pruned : TrashWorld {
  StopFlag stop;
  SystemClock clock;
  Pruned() {
    build();
    const Status pruned = test::prune(real_sys(), *this, plan());
    REQUIRE_MESSAGE(pruned.ok(), pruned.error().message);
  }
  [[nodiscard]] TrashOptions options(TrashAction action) const {
    return {.operand = operand, .action = action, .actor = actor()};
  }
  [[nodiscard]] OpContext context(Sys& sys = real_sys()) const {
    return {.sys = sys, .clock = clock, .stop = stop};
  }
};

TEST_CASE(
    "trash: at whichever call the system fails, no restore says that all is well without it") {
  for (std::uint64_t n = 0;; ++n) {
    const Pruned world;
    FaultSys sys(real_sys());
    sys.fail_at(n, EIO);
    const auto report =
        restore_from_trash(world.options(TrashAction::kRestore), {}, world.context(sys));
    CAPTURE(n);
    if (report.ok() && !report->failed()) {
      CHECK(report->files == 4);
      CHECK(report->kept_files == 0);
      CHECK(world.read("a/eval/events") == "third");
      CHECK(world.read("b/c/events") == "fourth");
    }
    // Whatever was said, another one finishes it, and nothing is lost.
    const auto again =
        restore_from_trash(world.options(TrashAction::kRestore), {}, world.context());
    REQUIRE(again.ok());
    CHECK_FALSE(again->failed());
    for (const char* name : {"a/events", "a/events.2", "a/eval/events", "b/c/events"})
      CHECK_MESSAGE(world.exists(name), name);
    if (!sys.fired()) {
      CHECK(report.ok());
      CHECK_FALSE(report->failed());
      break;
    }
  }
}

TEST_CASE("trash: at whichever call the system fails, no emptying says that all is gone") {
  for (std::uint64_t n = 0;; ++n) {
    const Pruned world;
    const TrashOptions options = world.options(TrashAction::kEmpty);
    const auto plan = plan_trash(options, world.context());
    REQUIRE(plan.ok());
    FaultSys sys(real_sys());
    sys.fail_at(n, EIO);
    const auto report = empty_from_trash(options, *plan, true, {}, world.context(sys));
    CAPTURE(n);
    if (report.ok() && !report->failed()) {
      CHECK(report->files == 4);
      CHECK(test::objects(world).empty());
    }
    const auto again = empty_from_trash(options, *plan, true, {}, world.context());
    REQUIRE(again.ok());
    CHECK_FALSE(again->failed());
    CHECK(test::objects(world).empty());
    CHECK(world.exists("b/model.ckpt"));
    if (!sys.fired()) {
      CHECK(report.ok());
      break;
    }
  }
}

TEST_CASE("trash: at whichever call the system fails, a listing says so or is whole") {
  const Pruned world;
  for (std::uint64_t n = 0;; ++n) {
    FaultSys sys(real_sys());
    sys.fail_at(n, EIO);
    const auto report = plan_trash(world.options(TrashAction::kList), world.context(sys));
    CAPTURE(n);
    if (report.ok() && report->outcome.complete) CHECK(report->files == 4);
    if (!sys.fired()) {
      CHECK(report.ok());
      break;
    }
  }
}

TEST_CASE("trash: a journal that cannot be written is said") {
  const Pruned world;
  std::filesystem::remove(world.at(".tfe-trash/journal.jsonl"));
  world.dir.make_link("runs/.tfe-trash/journal.jsonl", world.dir.write("other", ""));
  const auto report = restore_from_trash(world.options(TrashAction::kRestore), {}, world.context());
  REQUIRE(report.ok());
  CHECK(report->failed());
  CHECK(report->files == 4);
  CHECK(report->outcome.problems.at(0).rule == "journal");
  CHECK(world.dir.read("other").empty());
}

}  // namespace
}  // namespace tfevents::ops
