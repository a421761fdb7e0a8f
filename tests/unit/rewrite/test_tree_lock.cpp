#include <cerrno>

#include "base/text.hpp"
#include "rewrite/tree_lock.hpp"
#include "support/fault_sys.hpp"
#include "support/trash_world.hpp"

namespace tfevents::rewrite {
namespace {

using test::FaultSys;
using test::TrashWorld;

constexpr const char* kLockName = ".tfe-trash/lock";

Error refusal(const TrashWorld& world, LockOptions options) {
  const auto trash = world.trash();
  const auto lock = TreeLock::take(*trash, options);
  REQUIRE_FALSE(lock.ok());
  return lock.error();
}

TEST_CASE("one at a time, and the loser learns who") {
  const TrashWorld world;
  const auto trash = world.trash();
  {
    const auto lock = TreeLock::take(*trash, {.now = world.now});
    REQUIRE(lock.ok());
    CHECK(world.info(kLockName).mode == 0600);
    const Error error = refusal(world, {.now = world.now});
    CHECK(error.code == ErrorCode::kRefused);
    CHECK(error.message.starts_with("locked by process " + std::to_string(::getpid()) +
                                    " (ann@node: tfevents prune runs), since 20"));
    CHECK(error.path == world.operand);
    CHECK_FALSE(error.hint.empty());
  }
  CHECK(world.read(kLockName).empty());
  CHECK(TreeLock::take(*trash, {.now = world.now}).ok());
}

TEST_CASE("whatever is in the lock file, the message is one short line") {
  const TrashWorld world;
  const auto trash = world.trash();
  const auto lock = TreeLock::take(*trash, {.now = world.now});
  REQUIRE(lock.ok());
  const auto message = [&](const std::string& content) {
    world.write(kLockName, content);
    Error error = refusal(world, {.now = world.now});
    CHECK(error.code == ErrorCode::kRefused);
    CHECK(error.message.size() < 1000);
    CHECK(error.message == printable(error.message));
    return error.message;
  };
  CHECK(message("") == "locked by another process");
  CHECK(message("hello") == "locked by another process");
  CHECK(message("[4711]") == "locked by another process");
  CHECK(message(std::string(100000, '[')) == "locked by another process");
  CHECK(message(R"({"pid":4711,"user":"root","host":"node","command":"tfevents","since":0})") ==
        "locked by process 4711 (root@node: tfevents), since 1970-01-01T00:00:00Z");
  CHECK(message(R"({"pid":"4711\n","user":7,"host":null})") == "locked by another process (?)");
  CHECK(message(R"({"pid":-1,"user":"a\u001b[31m\n\u202e","since":1e999})").find('\x1b') ==
        std::string::npos);
  message(R"({"pid":1,"user":")" + std::string(3000, 'x') + R"(","since":1e300})");
  message(R"({"pid":1,"command":")" + std::string(100000, 'x') + R"("})");
  message("\xff\xfe{\"pid\":1}");
}

TEST_CASE("what holds the lock is short, however long the command was") {
  TrashWorld world;
  Actor actor = TrashWorld::actor();
  actor.command = std::string(10000, '\x01');
  actor.user = actor.host = std::string(500, '\xff');
  auto trash = Trash::open_or_create(real_sys(), world.operand, actor);
  REQUIRE(trash.ok());
  const auto lock = TreeLock::take(**trash, {.now = world.now});
  REQUIRE(lock.ok());
  CHECK(world.read(kLockName).size() <= 4096);
  CHECK(refusal(world, {.now = world.now}).message.find("process " + std::to_string(::getpid())) !=
        std::string::npos);
}

TEST_CASE("waiting: as long as asked for, and no longer than needed") {
  const TrashWorld world;
  const auto trash = world.trash();
  auto lock = TreeLock::take(*trash, {.now = world.now});
  REQUIRE(lock.ok());
  double waited = 0;
  int waits = 0;
  LockOptions options{.now = world.now, .wait_seconds = 10.1};
  options.wait = [&](double seconds) {
    CHECK(seconds > 0);
    CHECK(seconds <= 0.25);
    waited += seconds;
    ++waits;
  };
  CHECK(refusal(world, options).code == ErrorCode::kRefused);
  CHECK(waited == doctest::Approx(10.1));
  CHECK(waits == 41);

  waits = 0;
  options.wait = [&](double) {
    if (++waits == 3) {
      const TreeLock released = std::move(lock).value();
    }
  };
  CHECK(TreeLock::take(*trash, options).ok());
  CHECK(waits == 3);
}

TEST_CASE("waiting ends where somebody asks for it, or where nobody can wait") {
  const TrashWorld world;
  const auto trash = world.trash();
  const auto lock = TreeLock::take(*trash, {.now = world.now});
  REQUIRE(lock.ok());
  StopFlag stop;
  LockOptions options{.now = world.now, .wait_seconds = 1e9};
  CHECK(refusal(world, options).code == ErrorCode::kRefused);
  options.stop = &stop;
  options.wait = [&](double) { stop.request(); };
  CHECK(refusal(world, options).code == ErrorCode::kCancelled);
  options.wait_seconds = 0.0 / 0.0;
  StopFlag calm;
  options.stop = &calm;
  CHECK(refusal(world, options).code == ErrorCode::kRefused);
}

TEST_CASE("clocks that are apart are refused, and the lock is free again") {
  const TrashWorld world;
  const auto trash = world.trash();
  const Error ahead = refusal(world, {.now = world.now - 3700});
  CHECK(ahead.code == ErrorCode::kRefused);
  CHECK(ahead.message == "the file server's clock is 1h1m ahead of this machine's");
  const Error behind = refusal(world, {.now = world.now + 3 * 86400 + 100});
  CHECK(behind.message == "the file server's clock is 3d behind this machine's");
  CHECK(refusal(world, {.now = 0.0 / 0.0}).code == ErrorCode::kRefused);
  CHECK(TreeLock::take(*trash, {.now = world.now - 500}).ok());
  CHECK(TreeLock::take(*trash, {.now = world.now + 500}).ok());
}

TEST_CASE("a lock file that is none is refused") {
  const TrashWorld world;
  const auto trash = world.trash();
  const std::string canary = world.dir.write("canary", "song");
  SUBCASE("a link") {
    world.dir.make_link("runs/" + std::string(kLockName), canary);
  }
  SUBCASE("a FIFO") {
    world.dir.make_fifo("runs/" + std::string(kLockName));
  }
  SUBCASE("a directory") {
    world.dir.make_directory("runs/" + std::string(kLockName));
  }
  CHECK(refusal(world, {.now = world.now}).code == ErrorCode::kRefused);
  CHECK(world.dir.read("canary") == "song");
}

TEST_CASE("failing at every call, and a lock file that is replaced while it is locked") {
  std::uint64_t n = 0;
  for (;; ++n) {
    CAPTURE(n);
    const TrashWorld world;
    FaultSys sys(real_sys());
    const auto trash = world.trash(sys);
    sys.fail_at(sys.calls() + n, EIO);
    const bool taken = TreeLock::take(*trash, {.now = world.now}).ok();
    if (!sys.fired()) break;
    // The last call is the one that clears the file at the end.
    static_cast<void>(taken);
    CHECK(TreeLock::take(*world.trash(), {.now = world.now}).ok());
  }
  CHECK(n >= 6);

  bool refused = false;
  for (n = 0;; ++n) {
    const TrashWorld world;
    FaultSys sys(real_sys());
    const auto trash = world.trash(sys);
    sys.act_at(sys.calls() + n, [&] {
      std::filesystem::remove(world.at(kLockName));
      world.write(kLockName, "");
    });
    const auto lock = TreeLock::take(*trash, {.now = world.now});
    if (!sys.fired()) break;
    if (lock.ok()) continue;
    refused = true;
    CHECK(lock.error().message == "was replaced while it was being locked");
  }
  CHECK(refused);
}

}  // namespace
}  // namespace tfevents::rewrite
