#include <algorithm>
#include <cerrno>

#include <nlohmann/json.hpp>

#include "rewrite/journal.hpp"
#include "support/fault_sys.hpp"
#include "support/trash_world.hpp"

namespace tfevents::rewrite {
namespace {

using nlohmann::json;
using test::FaultSys;
using test::TrashWorld;

constexpr const char* kJournalName = ".tfe-trash/journal.jsonl";

JournalEntry an_entry() {
  return {.act = "prune",
          .time = 1795000000.5,
          .batch = "20261118-112640",
          .policy = "--older-than 7d\n\xff",
          .files = 3,
          .bytes = 99,
          .result = "done"};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

TEST_CASE("a line says who did what, when and how much") {
  const TrashWorld world;
  const auto trash = world.trash();
  REQUIRE(append_journal(*trash, an_entry()).ok());
  JournalEntry second = an_entry();
  second.act = "restore";
  REQUIRE(append_journal(*trash, second).ok());
  CHECK(world.info(kJournalName).mode == 0600);
  const std::string text = world.read(kJournalName);
  CHECK(text.ends_with('\n'));
  const auto lines = lines_of(text);
  REQUIRE(lines.size() == 2);
  const json line = json::parse(lines[0]);
  CHECK(line["schema"] == "tfevents.journal/1");
  CHECK(line["act"] == "prune");
  CHECK(line["time"] == 1795000000.5);
  CHECK(line["utc"] == "2026-11-18T11:06:40Z");
  CHECK(line["batch"] == "20261118-112640");
  CHECK(line["policy"] == "--older-than 7d\n\xef\xbf\xbd");
  CHECK(line["policy_base64"] == "LS1vbGRlci10aGFuIDdkCv8=");
  CHECK(line["files"] == 3);
  CHECK(line["bytes"] == 99);
  CHECK(line["result"] == "done");
  CHECK(line["uid"] == ::geteuid());
  CHECK(line["user"] == "ann");
  CHECK(line["host"] == "node");
  CHECK(line["command"] == "tfevents prune runs");
  CHECK(json::parse(lines[1])["act"] == "restore");
}

TEST_CASE("a line that a crash tore is ended first") {
  const TrashWorld world;
  const auto trash = world.trash();
  for (const char* before : {"{\"torn\":", "{}", "{}\n"}) {
    world.write(kJournalName, before);
    REQUIRE(append_journal(*trash, an_entry()).ok());
    const auto lines = lines_of(world.read(kJournalName));
    REQUIRE(lines.size() == 2);
    CHECK(json::parse(lines[1])["act"] == "prune");
  }
}

TEST_CASE("nothing grows through a link, nor what is no regular file") {
  const TrashWorld world;
  const auto trash = world.trash();
  const std::string canary = world.dir.write("canary", "song");
  SUBCASE("a link") {
    world.dir.make_link("runs/" + std::string(kJournalName), canary);
  }
  SUBCASE("a link to nothing") {
    world.dir.make_link("runs/" + std::string(kJournalName), world.dir / "none");
  }
  SUBCASE("a FIFO") {
    world.dir.make_fifo("runs/" + std::string(kJournalName));
  }
  SUBCASE("a directory") {
    world.dir.make_directory("runs/" + std::string(kJournalName));
  }
  const Status written = append_journal(*trash, an_entry());
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().code == ErrorCode::kRefused);
  CHECK(world.dir.read("canary") == "song");
  CHECK_FALSE(world.dir.exists("none"));
}

TEST_CASE("whatever fails, the lines before stay whole and the next begins a new one") {
  std::uint64_t n = 0;
  for (;; ++n) {
    CAPTURE(n);
    const TrashWorld world;
    REQUIRE(append_journal(*world.trash(), an_entry()).ok());
    {
      FaultSys sys(real_sys());
      const auto trash = world.trash(sys);
      sys.fail_at(sys.calls() + n, EIO);
      const Status written = append_journal(*trash, an_entry());
      if (!sys.fired()) break;
      CHECK_FALSE(written.ok());
    }
    REQUIRE(append_journal(*world.trash(), an_entry()).ok());
    const auto lines = lines_of(world.read(kJournalName));
    CHECK(json::parse(lines.front())["act"] == "prune");
    CHECK(json::parse(lines.back())["act"] == "prune");
  }
  CHECK(n >= 4);
  for (std::uint64_t room = 0; room < 300; room += 13) {
    const TrashWorld world;
    FaultSys sys(real_sys());
    sys.fill_disk_after(room);
    CHECK_FALSE(append_journal(*world.trash(sys), an_entry()).ok());
    REQUIRE(append_journal(*world.trash(), an_entry()).ok());
    CHECK(json::parse(lines_of(world.read(kJournalName)).back())["act"] == "prune");
  }
}

}  // namespace
}  // namespace tfevents::rewrite
