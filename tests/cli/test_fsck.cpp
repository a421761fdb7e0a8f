// What fsck says and ends with, as scripts and cron see it.
#include <cerrno>

#include <doctest/doctest.h>

#include "cli_helpers.hpp"
#include "support/damage.hpp"
#include "support/fault_sys.hpp"

namespace tfevents::test {
namespace {

/// A file each in `/logs/a` and `/logs/b`; calls on one path may fail.
struct TwoRuns {
  std::string file = framed("") + framed("") + framed("");
  MemorySys memory;
  FaultSys sys{memory};

  TwoRuns() {
    memory.file("/logs/a/tfevents.1", file);
    memory.file("/logs/b/tfevents.2", file);
  }
  TwoRuns& damage() {
    memory.file("/logs/a/tfevents.1", flip_byte(file, 20));
    return *this;
  }
  TwoRuns& refuse(const std::string& path) {
    sys.fail_path(path, EACCES);
    return *this;
  }
  Said fsck(Words words = {}) {
    words.insert(words.begin(), {"fsck", "/logs"});
    return run_program(words, {}, &sys);
  }
};

TEST_CASE(
    "fsck: damage is 1, what cannot be read is 3 or with --strict 2, the worse of both counts") {
  CHECK(TwoRuns().fsck().exit == 0);
  CHECK(TwoRuns().fsck({"--strict"}).exit == 0);
  CHECK(TwoRuns().damage().fsck().exit == 1);
  CHECK(TwoRuns().damage().fsck({"--strict"}).exit == 1);
  for (const char* path : {"/logs/b", "/logs/b/tfevents.2"}) {
    CAPTURE(path);
    CHECK(TwoRuns().refuse(path).fsck().exit == 3);
    CHECK(TwoRuns().refuse(path).fsck({"--strict"}).exit == 2);
    CHECK(TwoRuns().refuse(path).damage().fsck().exit == 1);
    CHECK(TwoRuns().refuse(path).damage().fsck({"--strict"}).exit == 2);
    CHECK(has(TwoRuns().refuse(path).fsck({"--json"}).out, "\"complete\":false"));
  }
}

TEST_CASE("fsck: the last line counts what it names") {
  CHECK(has(TwoRuns().refuse("/logs/b").fsck().out,
            "error: 1 path that cannot be read; everything else verified ("));
  CHECK(
      has(TwoRuns().refuse("/logs/b").damage().fsck().out,
          "error: 1 damaged or unreadable place in 1 of 1 file and 1 path that cannot be read; "));
  bool file = false;
  for (std::uint64_t n = 0; !file; ++n) {
    TwoRuns tree;
    tree.sys.fail_at(n, EIO);
    const Said said = tree.fsck();
    REQUIRE(tree.sys.fired());
    file =
        said.exit == 3 && has(said.out, "error: 1 damaged or unreadable place in 1 of 2 files; ");
  }
}

TEST_CASE("fsck -q: silent on 0, warnings included; else the findings") {
  const Said sound = TwoRuns().fsck({"-q"});
  CHECK(sound.out.empty());
  CHECK(sound.err.empty());
  TwoRuns cut;
  cut.memory.file("/logs/a/tfevents.1", cut.file + "abc");
  CHECK(has(cut.fsck().out, "1 warning"));
  CHECK(cut.fsck({"-q"}).out.empty());
  CHECK(cut.fsck({"-q", "-f", "md"}).out.empty());
  const Said damaged = TwoRuns().damage().fsck({"-q"});
  CHECK(damaged.out == TwoRuns().damage().fsck().out);
  CHECK(damaged.exit == 1);
  const Said refused = TwoRuns().refuse("/logs/b").fsck({"-q"});
  CHECK(has(refused.out, "unreadable"));
  CHECK(refused.exit == 3);
  // Nothing found is no 0, so that there is a reason to print.
  const Said none = TwoRuns().fsck({"-q", "-r", "nosuch"});
  CHECK(none.exit == 1);
  CHECK(has(none.err, "no run matches 'nosuch'"));
}

TEST_CASE("fsck -q: documents are written in any case") {
  CHECK(TwoRuns().fsck({"-q", "--json", "--now", "@9"}).out ==
        TwoRuns().fsck({"--json", "--now", "@9"}).out);
  CHECK(TwoRuns().fsck({"-q", "-f", "csv"}).out.starts_with("severity,"));
}

}  // namespace
}  // namespace tfevents::test
