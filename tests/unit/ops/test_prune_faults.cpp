// prune failing, and dying, at every single call: nothing is lost, nothing is there twice, and the
// next one and a restore make everything good again.
#include <cerrno>
#include <map>
#include <sstream>

#include "support/fault_sys.hpp"
#include "unit/ops/prune_world.hpp"

namespace tfevents::ops {
namespace {

using test::FaultSys;
using test::kDays;
using test::objects;
using test::PruneWorld;
using test::RunBuilder;

/// Five trials of two files each, nested and not, and what is not of them.
void add_five_old(PruneWorld& w) {
  for (const char* name : {"a", "a/b", "c/d", "c/e", "f"}) {
    w.run(name, 9 * kDays, [&](RunBuilder& r) {
      r.version({}).scalar(name, {{0, 1}}).next_file().version({}).scalar(name, {{1, 2}});
    });
  }
  w.run("young", kDays);
  w.file("c/model.ckpt", "stays", 9 * kDays);
  REQUIRE(::chmod(w.at("a/b").c_str(), 0750) == 0);
  REQUIRE(::chmod(w.at(w.event_file_of("f")).c_str(), 0640) == 0);
  for (const char* name : {"a/b", "a", "c/d", "c/e", "c", "f"}) w.touch(name, 20 * kDays);
  w.rules().older_than_seconds = 7 * kDays;
}

/// Contents of all files but the trash, by name.
std::map<std::string, std::string> contents(const PruneWorld& w) {
  namespace fs = std::filesystem;
  std::map<std::string, std::string> files;
  for (auto it = fs::recursive_directory_iterator(w.operand); it != fs::end(it); ++it) {
    if (it->path().filename() == ".tfe-trash") {
      it.disable_recursion_pending();
    } else if (it->is_regular_file()) {
      const std::string name = it->path().string().substr(w.operand.size() + 1);
      files.emplace(name, w.read(name));
    }
  }
  return files;
}

/// Each file is where it was, or in the trash under the number that the manifest gives it.
void check_nothing_lost(const PruneWorld& w, const std::map<std::string, std::string>& before) {
  const auto trashed = objects(w);
  const auto here = contents(w);
  std::map<std::string, std::string> object_of;  // Of its path: path of the object.
  if (w.exists(".tfe-trash")) {
    namespace fs = std::filesystem;
    for (const auto& batch : fs::directory_iterator(w.at(".tfe-trash"))) {
      const std::string manifest =
          ".tfe-trash/" + batch.path().filename().string() + "/manifest.jsonl";
      if (!batch.is_directory() || !w.exists(manifest)) continue;
      std::istringstream lines(w.read(manifest));
      for (std::string line; std::getline(lines, line);) {
        const auto parsed = rewrite::parse_manifest_line(line);
        if (!parsed.ok()) continue;
        const auto* entry = std::get_if<rewrite::ManifestFile>(&*parsed);
        const std::string object =
            entry == nullptr ? "" : batch.path().string() + "/" + std::to_string(entry->number);
        if (entry != nullptr && fs::exists(object)) object_of[entry->file.path] = object;
      }
    }
  }
  std::size_t in_trash = 0;
  for (const auto& [name, bytes] : before) {
    const std::string &path = name, &content = bytes;  // clang 14 captures no structured bindings
    CAPTURE(path);
    const bool in_place = here.contains(path);
    const auto object = object_of.find(path);
    CHECK(in_place != (object != object_of.end()));
    if (in_place) CHECK(here.at(path) == content);
    if (object == object_of.end()) continue;
    ++in_trash;
    const auto range = trashed.equal_range(content);
    CHECK(std::any_of(range.first, range.second,
                      [&](const auto& one) { return one.second == object->second; }));
  }
  CHECK(trashed.size() == in_trash);
  CHECK(here.size() + trashed.size() == before.size());
}

/// Spoils one prune of a fresh tree, then prunes and restores without trouble. `spoil` returns
/// false where there was nothing to spoil any more.
bool spoiled_and_done_again(const std::function<bool(PruneWorld&)>& spoil) {
  PruneWorld w;
  add_five_old(w);
  const auto before = w.snapshot();
  const auto files = contents(w);
  const bool spoiled = spoil(w);
  check_nothing_lost(w, files);
  CHECK(w.read("c/model.ckpt") == "stays");
  CHECK(w.exists(w.event_file_of("young")));

  PruneReport again = w.plan();
  const Status done = w.apply(again);
  CHECK_MESSAGE(done.ok(), (done.ok() ? "" : done.error().message));
  CHECK(again.failures.empty());
  for (const PruneRow& row : again.rows) {
    if (row.decision.action == rewrite::Action::kRemove) CHECK(row.result == PruneResult::kTrashed);
  }
  check_nothing_lost(w, files);
  CHECK(objects(w).size() == 10);
  CHECK(w.restore().empty());
  CHECK(test::difference(before, w.snapshot()) == "");
  return spoiled;
}

/// Plans and applies; an Error of either is one way for it to end.
void plan_and_apply(PruneWorld& w, Sys& sys) {
  auto report = w.try_plan(sys);
  if (report.ok()) static_cast<void>(w.apply(*report, sys));
}

TEST_CASE("prune faults: failing at every single call") {
  for (const int error : {EIO, ENOSPC, EACCES, EROFS, ESTALE, EDQUOT}) {
    CAPTURE(error);
    std::uint64_t n = 0;
    const auto fail = [&](PruneWorld& w) {
      FaultSys sys(real_sys());
      sys.fail_at(n, error, error == EROFS);  // A disk that is read-only stays so.
      plan_and_apply(w, sys);
      return sys.fired();
    };
    for (;; ++n) {
      CAPTURE(n);
      if (!spoiled_and_done_again(fail)) break;
    }
    CHECK(n > 100);
  }
}

TEST_CASE("prune faults: killed at every single call") {
  std::uint64_t n = 0;
  const auto kill = [&](PruneWorld& w) {
    const std::string said = test::in_child([&]() -> std::string {
      FaultSys sys(real_sys());
      sys.act_at(n, [] { ::_exit(9); });
      plan_and_apply(w, sys);
      return "done";
    });
    return said == " (died)";
  };
  for (;; ++n) {
    CAPTURE(n);
    if (!spoiled_and_done_again(kill)) break;
  }
  CHECK(n > 100);
}

TEST_CASE("prune faults: a disk that is full after any number of bytes") {
  for (std::uint64_t room = 0; room < 6000; room += 157) {
    CAPTURE(room);
    spoiled_and_done_again([&](PruneWorld& w) {
      FaultSys sys(real_sys());
      sys.fill_disk_after(room);
      plan_and_apply(w, sys);
      return true;
    });
  }
}

TEST_CASE("prune faults: stopped at every single call") {
  std::uint64_t n = 0;
  const auto stop = [&](PruneWorld& w) {
    FaultSys sys(real_sys());
    sys.stop_at(n, *w.stop);
    plan_and_apply(w, sys);
    const bool fired = sys.fired();
    // Trials are not torn by a stop.
    for (const char* name : {"a", "a/b", "c/d", "c/e", "f"}) {
      std::size_t left = 0;
      for (const auto& [path, content] : contents(w))
        left += std::filesystem::path(path).parent_path() == name ? 1U : 0U;
      CHECK((left == 0 || left == 2));
    }
    w.stop = std::make_unique<StopFlag>();
    return fired;
  };
  for (;; ++n) {
    CAPTURE(n);
    if (!spoiled_and_done_again(stop)) break;
  }
}

TEST_CASE("prune faults: what is said of a row is what became of it") {
  for (std::uint64_t n = 0;; ++n) {
    CAPTURE(n);
    PruneWorld w;
    add_five_old(w);
    PruneReport report = w.plan();
    FaultSys sys(real_sys());
    sys.fail_at(n, EIO);
    const Status done = w.apply(report, sys);
    const auto here = contents(w);
    bool all = done.ok() && report.failures.empty();
    for (const PruneRow& row : report.rows) {
      if (row.decision.action != rewrite::Action::kRemove) continue;
      CAPTURE(row.trial);
      std::size_t left = 0;
      for (const auto& file : row.files) left += here.contains(file.path) ? 1U : 0U;
      if (row.result == PruneResult::kTrashed) CHECK(left == 0);
      if (row.result == PruneResult::kSkipped) CHECK(left == row.files.size());
      if (row.result != PruneResult::kTrashed) all = false;
      if (row.result == PruneResult::kFailed || row.result == PruneResult::kSkipped)
        CHECK(row.error);
    }
    if (!sys.fired()) {
      CHECK(all);
      break;
    }
    // An error says so somewhere, unless it was about nothing that matters.
    if (done.ok()) CHECK(report.carried_out);
    if (!done.ok() && !report.carried_out) CHECK(objects(w).empty());
  }
}

TEST_CASE("prune faults: deleting at once, failing at every call, deletes nothing but what went") {
  for (std::uint64_t n = 0;; ++n) {
    CAPTURE(n);
    PruneWorld w;
    add_five_old(w);
    w.options.trash_keep_seconds = 0;
    PruneReport report = w.plan();
    const auto before = contents(w);
    FaultSys sys(real_sys());
    sys.fail_at(n, EIO);
    static_cast<void>(w.apply(report, sys));
    const auto here = contents(w);
    for (const PruneRow& row : report.rows) {
      CAPTURE(row.trial);
      if (row.decision.action == rewrite::Action::kRemove && row.result != PruneResult::kSkipped)
        continue;
      for (const auto& [path, content] : before) {
        if (std::filesystem::path(path).parent_path() == row.trial) CHECK(here.contains(path));
      }
    }
    w.prune();
    CHECK(objects(w).empty());
    CHECK(contents(w).size() == 2);
    if (!sys.fired()) break;
  }
}

}  // namespace
}  // namespace tfevents::ops
