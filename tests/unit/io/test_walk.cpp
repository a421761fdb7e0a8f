#include "support/memory_sys.hpp"
#include "support/temp_dir.hpp"
#include "unit/io/walk_helpers.hpp"

namespace tfevents {
namespace {

using test::Lines;
using test::MemorySys;
using test::TempDir;
using test::walked;

TEST_CASE("a tree, in natural order, with the wanted files and a count of the others") {
  const TempDir dir;
  dir.write("version_10/events.out.tfevents.2", "");
  dir.write("version_2/events.out.tfevents.1", "");
  dir.write("version_2/checkpoint.pt", "");
  dir.write("version_2/a.tfevents.bak", "");
  dir.write("notes.txt", "");
  dir.make_directory("empty");
  dir.write("x.tfevents/inside.tfevents", "");
  CHECK(walked(real_sys(), dir.path()) ==
        Lines{".: (+1)", "empty:", "version_2: a.tfevents.bak events.out.tfevents.1 (+1)",
              "version_10: events.out.tfevents.2", "x.tfevents: inside.tfevents"});
}

TEST_CASE("names of the root") {
  const TempDir dir;
  dir.write("logs/a/tfevents", "");
  dir.make_link("l", "logs");
  for (const std::string& root : {dir / "logs", dir / "logs/", dir / "logs/./a/..", dir / "l"}) {
    CAPTURE(root);
    CHECK(walked(real_sys(), root) == Lines{".:", "a: tfevents"});
    const StopFlag stop;
    const WalkResult result = walk(real_sys(), root, {}, stop).value();
    CHECK(path_below(root, result.directories[0].relative) == root);
    CHECK(path_below(root, result.directories[1].relative) == join_path(root, "a"));
    CHECK(result.directories[1].id == real_sys().stat(dir / "logs/a")->id);
  }
}

TEST_CASE("a root that cannot be listed is the error") {
  const TempDir dir;
  const StopFlag stop;
  CHECK(walk(real_sys(), dir / "no", {}, stop).error().code == ErrorCode::kNotFound);
  CHECK(walk(real_sys(), dir.write("f", ""), {}, stop).error().message == "not a directory");
  CHECK_FALSE(walk(real_sys(), "", {}, stop).ok());
}

TEST_CASE("odd names are names") {
  const TempDir dir;
  for (const char* name : {"-rf", "new\nline", "\xff\xfe", " ", "*", "\u202e"}) {
    dir.write(std::string(name) + "/tfevents" + name, "");
  }
  const WalkResult result = test::walk_all_ways(real_sys(), dir.path());
  CHECK(result.problems.empty());
  REQUIRE(result.directories.size() == 7);
  CHECK(result.directories[0].relative == ".");
  for (std::size_t i = 1; i < 7; ++i) {
    const WalkedDirectory& directory = result.directories[i];
    REQUIRE(directory.files.size() == 1);
    CHECK(directory.files[0].name == "tfevents" + directory.relative);
  }
}

TEST_CASE("skipped directories, real or linked, and one's own idea of wanted files") {
  MemorySys sys;
  sys.file("/r/.tfe-trash/x/tfevents", "")
      .file("/r/a/.tfe-trash/tfevents", "")
      .file("/out/tfevents", "");
  sys.file("/r/a/model.pt", "").file("/r/a/tfevents", "").link("/r/b/.tfe-trash", "/out");
  WalkOptions options;
  options.skip = [](std::string_view name) { return name == ".tfe-trash"; };
  CHECK(walked(sys, "/r", options) == Lines{".:", "a: tfevents (+1)", "b:"});
  options.want_file = [](std::string_view name) { return name.ends_with(".pt"); };
  CHECK(walked(sys, "/r", options) == Lines{".:", "a: model.pt (+1)", "b:"});
  options.want_file = {};
  CHECK(walked(sys, "/r", options) == Lines{".:", "a: model.pt tfevents", "b:"});
}

TEST_CASE("types: links followed, special files named as such, never opened") {
  const TempDir dir;
  dir.make_fifo("run/fifo.tfevents");
  dir.write("run/plain", "");
  dir.make_link("run/linked.tfevents", "plain");
  dir.make_link("run/dir.tfevents", "../other");
  dir.make_directory("other");
  dir.make_link("run/null.tfevents", "/dev/null");
  const WalkResult result = test::walk_all_ways(real_sys(), dir.path());
  CHECK(test::described(result) ==
        Lines{".:", "other:", "run: fifo.tfevents! linked.tfevents null.tfevents! (+1)",
              "note duplicate-name " + (dir / "run/dir.tfevents")});
  CHECK(result.directories[2].files[1].type == FileType::kRegular);
}

TEST_CASE("a file system that tells no types") {
  MemorySys sys;
  sys.file("/r/a/tfevents", "").link("/r/l", "a").special("/r/a/tfevents.fifo").link("/r/d", "no");
  const Lines before = walked(sys, "/r");
  sys.hide_types();
  CHECK(walked(sys, "/r") == before);
  CHECK(before == Lines{".:", "a: tfevents tfevents.fifo!", "note duplicate-name /r/l"});
}

TEST_CASE("loops are noted and end nothing") {
  const TempDir dir;
  dir.write("a/tfevents", "");
  dir.make_link("a/loop", "..");
  dir.make_link("a/here", ".");
  dir.make_link("self", "self");
  dir.make_link("two", "eno");
  dir.make_link("eno", "two");
  CHECK(walked(real_sys(), dir.path()) ==
        Lines{".:", "a: tfevents", "note symlink-loop " + (dir / "a/here"),
              "note symlink-loop " + (dir / "a/loop"), "note symlink-loop " + (dir / "eno"),
              "note symlink-loop " + (dir / "self"), "note symlink-loop " + (dir / "two")});
}

TEST_CASE("a link to what is above the root does not draw in the disk") {
  MemorySys sys;
  sys.file("/home/r/a/tfevents", "").file("/home/other/tfevents", "").file("/etc/tfevents", "");
  sys.link("/home/r/up", "..").link("/home/r/a/top", "/").link("/home/r/side", "../other");
  CHECK(walked(sys, "/home/r") == Lines{".:", "a: tfevents", "side: tfevents @",
                                        "note symlink-loop /home/r/a/top",
                                        "note symlink-loop /home/r/up"});
}

TEST_CASE("dangling links matter where their name is wanted") {
  const TempDir dir;
  dir.make_link("run/nothing", "nowhere");
  dir.make_link("run/tfevents.gone", "nowhere");
  dir.make_link("run/tfevents.below", "../run/nothing/x");
  CHECK(walked(real_sys(), dir.path()) ==
        Lines{".:", "run:", "warn broken-link " + (dir / "run/tfevents.below"),
              "warn broken-link " + (dir / "run/tfevents.gone")});
}

TEST_CASE("the name without links wins, else the least in natural order") {
  MemorySys sys;
  sys.file("/r/z/real/tfevents", "").link("/r/a", "z/real").link("/r/latest", "z");
  sys.file("/out/deep/tfevents", "").link("/r/run_10", "/out").link("/r/run_9", "/out");
  CHECK(walked(sys, "/r") == Lines{".:", "run_9: @", "run_9/deep: tfevents @",
                                   "z:", "z/real: tfevents", "note duplicate-name /r/a",
                                   "note duplicate-name /r/latest",
                                   "note duplicate-name /r/run_10"});
}

TEST_CASE("outside trees that are linked at several depths") {
  MemorySys sys;
  sys.file("/out/sub/leaf/tfevents", "").directory("/r");
  SUBCASE("the outer name first") {
    sys.link("/r/a", "/out").link("/r/b", "/out/sub").link("/r/c", "/out/sub/leaf");
    CHECK(walked(sys, "/r") == Lines{".:", "a: @", "a/sub: @", "a/sub/leaf: tfevents @",
                                     "note duplicate-name /r/b", "note duplicate-name /r/c"});
  }
  SUBCASE("the inner name first") {
    sys.link("/r/z", "/out").link("/r/b", "/out/sub").link("/r/c", "/out/sub/leaf");
    CHECK(walked(sys, "/r") == Lines{".:", "b: @", "b/leaf: tfevents @", "z: @",
                                     "note duplicate-name /r/c", "note duplicate-name /r/z/sub"});
  }
  SUBCASE("links among the outside trees, forth and back") {
    sys.link("/out/sub/up", "..")
        .link("/out/home", "/r")
        .link("/r/z", "/out")
        .link("/r/b", "/out/sub");
    CHECK(walked(sys, "/r") == Lines{".:", "b: @", "b/leaf: tfevents @", "b/up: @",
                                     "note symlink-loop /r/b/up/home",
                                     "note symlink-loop /r/b/up/sub", "note duplicate-name /r/z"});
  }
  SUBCASE("a link behind a link leads into the tree") {
    sys.file("/r/x/tfevents", "").link("/out/back", "/r/x").link("/r/o", "/out");
    CHECK(walked(sys, "/r") == Lines{".:", "o: @", "o/sub: @", "o/sub/leaf: tfevents @",
                                     "x: tfevents", "note duplicate-name /r/o/back"});
  }
}

TEST_CASE("links to links to outside trees") {
  MemorySys sys;
  sys.file("/one/tfevents", "").file("/two/tfevents", "").file("/three/x/tfevents", "");
  sys.link("/r/l", "/one").link("/one/m", "/two").link("/two/n", "/three");
  CHECK(walked(sys, "/r") ==
        Lines{".:", "l: tfevents @", "l/m: tfevents @", "l/m/n: @", "l/m/n/x: tfevents @"});
}

TEST_CASE("bind mounts: one directory, two names, no links") {
  MemorySys sys;
  sys.file("/r/b/c/tfevents", "").bind("/r/a", "/r/b/c").bind("/r/b/c/loop", "/r");
  CHECK(walked(sys, "/r") == Lines{".:", "a: tfevents", "b:", "note duplicate-name /r/a/loop",
                                   "note duplicate-name /r/b/c"});
}

TEST_CASE("messages name the kept directory, safely") {
  MemorySys sys;
  sys.directory("/r/bad\x1b[2J").link("/r/l", "bad\x1b[2J");
  const StopFlag stop;
  const WalkResult result = walk(sys, "/r", {}, stop).value();
  REQUIRE(result.problems.size() == 1);
  CHECK(result.problems[0].message.find('\x1b') == std::string::npos);
  CHECK(result.problems[0].message.find("/r/bad") != std::string::npos);
}

TEST_CASE("many directories over many threads") {
  MemorySys sys;
  for (int i = 0; i < 3000; ++i) {
    const std::string run = "/r/g" + std::to_string(i % 60) + "/run" + std::to_string(i);
    sys.file(run + "/tfevents", "");
    if (i % 10 == 0)
      sys.link(run + "/out", "/o/" + std::to_string(i % 50))
          .directory("/o/" + std::to_string(i % 50));
  }
  const WalkResult result = test::walk_all_ways(sys, "/r");
  CHECK(result.directories.size() == 1 + 60 + 3000 + 5);
  CHECK(result.problems.size() == 300 - 5);
}

}  // namespace
}  // namespace tfevents
