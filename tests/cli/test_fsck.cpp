// What fsck says and ends with, as scripts and cron see it.
#include <cerrno>

#include <doctest/doctest.h>

#include "cli_helpers.hpp"
#include "support/damage.hpp"
#include "support/fault_sys.hpp"

namespace tfevents::test {
namespace {

/// A file each in `/logs/a` and `/logs/b`; calls on one path may fail.
struct Tree {
  std::string file = framed("") + framed("") + framed("");
  MemorySys memory;
  FaultSys sys{memory};

  Tree() {
    memory.file("/logs/a/tfevents.1", file);
    memory.file("/logs/b/tfevents.2", file);
  }
  Tree& damage() {
    memory.file("/logs/a/tfevents.1", flip_byte(file, 20));
    return *this;
  }
  Tree& refuse(const std::string& path) {
    sys.fail_path(path, EACCES);
    return *this;
  }
  Said fsck(Words words = {}) {
    words.insert(words.begin(), {"fsck", "/logs"});
    return run_program(words, {}, &sys);
  }
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE(
    "fsck: damage is 1, what cannot be read is 3 or with --strict 2, the worse of both counts") {
  CHECK(Tree().fsck().exit == 0);
  CHECK(Tree().fsck({"--strict"}).exit == 0);
  CHECK(Tree().damage().fsck().exit == 1);
  CHECK(Tree().damage().fsck({"--strict"}).exit == 1);
  for (const char* path : {"/logs/b", "/logs/b/tfevents.2"}) {
    CAPTURE(path);
    CHECK(Tree().refuse(path).fsck().exit == 3);
    CHECK(Tree().refuse(path).fsck({"--strict"}).exit == 2);
    CHECK(Tree().refuse(path).damage().fsck().exit == 1);
    CHECK(Tree().refuse(path).damage().fsck({"--strict"}).exit == 2);
    CHECK(has(Tree().refuse(path).fsck({"--json"}).out, "\"complete\":false"));
  }
}

TEST_CASE("fsck: the last line counts what it names") {
  CHECK(has(Tree().refuse("/logs/b").fsck().out,
            "error: 1 path that cannot be read; everything else verified ("));
  CHECK(
      has(Tree().refuse("/logs/b").damage().fsck().out,
          "error: 1 damaged or unreadable place in 1 of 1 file and 1 path that cannot be read; "));
  bool file = false;
  for (std::uint64_t n = 0; !file; ++n) {
    Tree tree;
    tree.sys.fail_at(n, EIO);
    const Said said = tree.fsck();
    REQUIRE(tree.sys.fired());
    file =
        said.exit == 3 && has(said.out, "error: 1 damaged or unreadable place in 1 of 2 files; ");
  }
}

TEST_CASE("fsck -q: silent on 0, warnings included; else the findings") {
  const Said sound = Tree().fsck({"-q"});
  CHECK(sound.out.empty());
  CHECK(sound.err.empty());
  Tree cut;
  cut.memory.file("/logs/a/tfevents.1", cut.file + "abc");
  CHECK(has(cut.fsck().out, "1 warning"));
  CHECK(cut.fsck({"-q"}).out.empty());
  CHECK(cut.fsck({"-q", "-f", "md"}).out.empty());
  const Said damaged = Tree().damage().fsck({"-q"});
  CHECK(damaged.out == Tree().damage().fsck().out);
  CHECK(damaged.exit == 1);
  const Said refused = Tree().refuse("/logs/b").fsck({"-q"});
  CHECK(has(refused.out, "unreadable"));
  CHECK(refused.exit == 3);
  // Nothing found is no 0, so that there is a reason to print.
  const Said none = Tree().fsck({"-q", "-r", "nosuch"});
  CHECK(none.exit == 1);
  CHECK(has(none.err, "no run matches 'nosuch'"));
}

TEST_CASE("fsck -q: documents are written in any case") {
  CHECK(Tree().fsck({"-q", "--json", "--now", "@9"}).out ==
        Tree().fsck({"--json", "--now", "@9"}).out);
  CHECK(Tree().fsck({"-q", "-f", "csv"}).out.starts_with("severity,"));
}

}  // namespace
}  // namespace tfevents::test
