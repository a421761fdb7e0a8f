#include <cerrno>
#include <functional>

#include <sys/wait.h>

#include "support/fault_sys.hpp"
#include "support/trash_world.hpp"

namespace tfevents::rewrite {
namespace {

using test::difference;
using test::FaultSys;
using test::objects;
using test::prune;
using test::restore_or_empty;
using test::Snapshot;
using test::TrashPlan;
using test::TrashWorld;

const std::map<std::string, std::string>& contents() {
  static const std::map<std::string, std::string> files = {{"a/events", "first"},
                                                           {"a/events.2", "second"},
                                                           {"a/eval/events", "third"},
                                                           {"b/c/events", "fourth"}};
  return files;
}

/// Every planned file is at its place or in the trash, never at both, and nothing else is there.
void check_nothing_lost(const TrashWorld& world) {
  const auto trashed = objects(world);
  for (const auto& [name, content] : contents()) {
    const std::string& path = name;  // clang 14 captures no structured bindings
    CAPTURE(path);
    const bool in_place = world.exists(path);
    if (in_place) CHECK(world.read(path) == content);
    CHECK((in_place ? 1 : 0) + trashed.count(content) == 1);
  }
  CHECK(world.read("b/model.ckpt") == "stays");
  CHECK(trashed.size() <= contents().size());
}

void check_pruned(const TrashWorld& world) {
  CHECK(objects(world).size() == 4);
  CHECK_FALSE(world.exists("a"));
  CHECK_FALSE(world.exists("b/c"));
  CHECK(world.read("b/model.ckpt") == "stays");
}

/// An act, the state it starts from, and what must be true whenever it was stopped and at its end.
struct Act {
  const char* name;
  bool pruned_before;
  std::function<Status(Sys&, const TrashWorld&, const TrashPlan&)> run;
  std::function<void(const TrashWorld&)> whenever;
  std::function<void(const TrashWorld&, const Snapshot& before)> at_end;
};

std::vector<Act> acts() {
  const auto ended = [](const TrashWorld& world) {
    CHECK(objects(world).empty());
    CHECK(world.trash()->batch_ids()->empty());
  };
  return {{"prune", false, prune, check_nothing_lost,
           [](const TrashWorld& world, const Snapshot& before) {
             check_pruned(world);
             REQUIRE(restore_or_empty(real_sys(), world, true).ok());
             CHECK(difference(before, world.snapshot()) == "");
           }},
          {"restore", true,
           [](Sys& sys, const TrashWorld& world, const TrashPlan&) {
             return restore_or_empty(sys, world, true);
           },
           check_nothing_lost,
           [ended](const TrashWorld& world, const Snapshot& before) {
             CHECK(difference(before, world.snapshot()) == "");
             ended(world);
           }},
          {"empty", true,
           [](Sys& sys, const TrashWorld& world, const TrashPlan&) {
             return restore_or_empty(sys, world, false);
           },
           [](const TrashWorld& world) { CHECK(world.read("b/model.ckpt") == "stays"); },
           [ended](const TrashWorld& world, const Snapshot&) {
             ended(world);
             CHECK_FALSE(world.exists("a"));
           }}};
}

/// What is still at its place, to be planned again.
TrashPlan plan_of_the_rest(const TrashWorld& world, const TrashPlan& plan) {
  TrashPlan rest;
  for (const auto& file : plan.files) {
    if (world.exists(file.path)) rest.files.push_back(world.file(file.path, file.trial));
  }
  for (const auto& directory : plan.directories) {
    if (world.exists(directory.path)) rest.directories.push_back(directory);
  }
  return rest;
}

/// Builds a world for the act, lets `stop` spoil it, and does it again without trouble. Returns
/// false where `stop` says that there was nothing to spoil any more.
bool spoiled_and_done_again(const Act& act,
                            const std::function<bool(const TrashWorld&, const TrashPlan&)>& stop) {
  const TrashWorld world;
  world.build();
  const Snapshot before = world.snapshot();
  const TrashPlan plan = world.plan();
  if (act.pruned_before) REQUIRE(prune(real_sys(), world, plan).ok());
  const bool spoiled = stop(world, plan);
  act.whenever(world);
  const TrashPlan rest = act.pruned_before ? plan : plan_of_the_rest(world, plan);
  const Status again = act.run(real_sys(), world, rest);
  CHECK_MESSAGE(again.ok(), (again.ok() ? "" : again.error().message));
  act.at_end(world, before);
  return spoiled;
}

TEST_CASE("failing at every single call: nothing is lost, and doing it again finishes it") {
  for (const Act& act : acts()) {
    CAPTURE(act.name);
    for (const int error : {EIO, ENOSPC, EACCES, EROFS, ESTALE, ENOENT}) {
      CAPTURE(error);
      std::uint64_t n = 0;
      const auto fail = [&](const TrashWorld& world, const TrashPlan& plan) {
        FaultSys sys(real_sys());
        // A disk that is read-only stays so.
        sys.fail_at(n, error, error == EROFS);
        static_cast<void>(act.run(sys, world, plan));
        return sys.fired();
      };
      for (;; ++n) {
        CAPTURE(n);
        if (!spoiled_and_done_again(act, fail)) break;
      }
      CHECK(n > 30);
    }
  }
}

TEST_CASE("killed at every single call: nothing is lost, and doing it again finishes it") {
  for (const Act& act : acts()) {
    CAPTURE(act.name);
    std::uint64_t n = 0;
    const auto kill = [&](const TrashWorld& world, const TrashPlan& plan) {
      const pid_t child = ::fork();
      REQUIRE(child >= 0);
      if (child == 0) {
        FaultSys sys(real_sys());
        sys.act_at(n, [] { ::_exit(9); });
        static_cast<void>(act.run(sys, world, plan));
        ::_exit(0);
      }
      int status = 0;
      REQUIRE(::waitpid(child, &status, 0) == child);
      REQUIRE(WIFEXITED(status));
      return WEXITSTATUS(status) == 9;
    };
    for (;; ++n) {
      CAPTURE(n);
      if (!spoiled_and_done_again(act, kill)) break;
    }
    CHECK(n > 30);
  }
}

TEST_CASE("a disk that is full after any number of bytes") {
  for (const Act& act : acts()) {
    CAPTURE(act.name);
    for (std::uint64_t room = 0; room < 4000; room += 97) {
      CAPTURE(room);
      spoiled_and_done_again(act, [&](const TrashWorld& world, const TrashPlan& plan) {
        FaultSys sys(real_sys());
        sys.fill_disk_after(room);
        static_cast<void>(act.run(sys, world, plan));
        return true;
      });
    }
  }
}

}  // namespace
}  // namespace tfevents::rewrite
