// What a removal would move and leave, as InventoryTaker sees it.
#include <algorithm>
#include <map>
#include <set>

#include "io/walk.hpp"
#include "rewrite/inventory.hpp"
#include "support/fault_sys.hpp"
#include "support/trash_world.hpp"

namespace tfevents::rewrite {
namespace {

using test::TrashWorld;
using Names = std::vector<std::string>;

/// A tree whose runs are the directories with `tfevents` in the name of a file.
struct InventoryWorld : TrashWorld {
  StopFlag stop;
  Sys* sys = &real_sys();

  [[nodiscard]] std::vector<Run> runs() const {
    std::vector<Run> runs;
    auto walked = walk(
        real_sys(), operand,
        {.jobs = 1, .skip = [](std::string_view name) { return name.starts_with(".tfe-"); }}, stop);
    REQUIRE(walked.ok());
    for (const WalkedDirectory& directory : walked->directories) {
      Run run{
          .name = directory.relative, .shown = "", .path = path_below(operand, directory.relative)};
      for (const DirEntry& entry : directory.files) {
        if (entry.name.starts_with(".tfe-") || entry.type != FileType::kRegular) continue;
        const auto info = real_sys().stat(join_path(run.path, entry.name));
        REQUIRE(info.ok());
        run.files.push_back({entry.name, info->id, info->size, info->mtime_ns});
      }
      if (!run.files.empty()) runs.push_back(std::move(run));
    }
    return runs;
  }
  /// The stock of a trial of these runs, as the tree is now; `was`: as it was then.
  [[nodiscard]] Result<Inventory> try_take(const Names& members, What what,
                                           const std::vector<Run>& was) const {
    TFEVENTS_TRY(const auto directory, sys->open_directory(operand));
    InventoryTaker taker(*directory, what, was);
    std::vector<std::size_t> indices;
    for (const std::string& name : members) {
      const auto found =
          std::find_if(was.begin(), was.end(), [&](const Run& run) { return run.name == name; });
      REQUIRE_MESSAGE(found != was.end(), name);
      indices.push_back(static_cast<std::size_t>(found - was.begin()));
    }
    return taker.take(members.front(), indices, stop);
  }
  [[nodiscard]] Inventory take(const Names& members, What what = What::kEvents) const {
    auto taken = try_take(members, what, runs());
    REQUIRE_MESSAGE(taken.ok(), taken.error().message);
    return std::move(*taken);
  }
};

Names paths(const Inventory& stock) {
  Names names;
  for (const PlannedFile& file : stock.files) names.push_back(file.path);
  std::sort(names.begin(), names.end());
  return names;
}

Names directories(const Inventory& stock) {
  Names names;
  for (const PlannedDirectory& directory : stock.directories) names.push_back(directory.path);
  return names;
}

TEST_CASE("inventory: event files and plugin data go, and nothing else") {
  InventoryWorld w;
  w.write("r/events.out.tfevents.1", "12345");
  w.write("r/events.out.tfevents.1.profile-empty", "");
  w.write("r/plugins/profile/2026/host.xplane.pb", "123");
  w.write("r/plugins/tfevents-like/x", "1");
  w.write("r/projector_config.pbtxt", "12");
  w.write("r/model.ckpt", std::string(40, 'm'));
  w.write("r/sub/plugins/not-of-the-run", "4444");
  w.write("r/sub/projector_config.pbtxt", "55555");
  w.write("r/deep/est/file", "7777777");
  w.write("plugins/beside", "x");
  const Inventory stock = w.take({"r"});
  CHECK(stock.trouble.empty());
  CHECK(paths(stock) == Names{"r/events.out.tfevents.1", "r/events.out.tfevents.1.profile-empty",
                              "r/plugins/profile/2026/host.xplane.pb", "r/plugins/tfevents-like/x",
                              "r/projector_config.pbtxt"});
  CHECK(stock.bytes == 5 + 0 + 3 + 1 + 2);
  CHECK(directories(stock) == Names{"r", "r/plugins", "r/plugins/profile", "r/plugins/profile/2026",
                                    "r/plugins/tfevents-like"});
  CHECK(stock.foreign_files == 4);
  CHECK(stock.foreign_bytes == 40 + 4 + 5 + 7);
  CHECK(stock.foreign_names == Names{"model.ckpt", "deep/est/file", "sub/projector_config.pbtxt"});
  for (const PlannedFile& file : stock.files) {
    CHECK(file.trial == "r");
    CHECK(file.run == "r");
    CHECK(file.info.id == w.info(file.path).file.id);
  }

  const Inventory all = w.take({"r"}, What::kDirectory);
  CHECK(all.files.size() == 9);
  CHECK(all.bytes == stock.bytes + stock.foreign_bytes);
  CHECK(all.foreign_files == 4);
  CHECK(all.foreign_names == stock.foreign_names);
  CHECK(directories(all) == Names{"r", "r/deep", "r/deep/est", "r/plugins", "r/plugins/profile",
                                  "r/plugins/profile/2026", "r/plugins/tfevents-like", "r/sub",
                                  "r/sub/plugins"});
}

TEST_CASE("inventory: the newest time is that of what counts for the age") {
  InventoryWorld w;
  w.write("r/tfevents.1", "1");
  w.write("r/tfevents.2", "2");
  w.write("r/plugins/x", "3");
  w.write("r/note", "4");
  std::time_t when = 1700000000;
  for (const char* name : {"r/tfevents.2", "r/tfevents.1", "r/plugins/x", "r/note", "r"})
    w.age(name, when += 1000);
  CHECK(w.take({"r"}).mtime_ns == w.info("r/tfevents.1").file.mtime_ns);
  CHECK(w.take({"r"}, What::kDirectory).mtime_ns == w.info("r/note").file.mtime_ns);
  w.age("r/plugins/x", when + 1000);
  CHECK(w.take({"r"}, What::kDirectory).mtime_ns == w.info("r/plugins/x").file.mtime_ns);
}

TEST_CASE("inventory: what belongs to other trials is no part of this one") {
  InventoryWorld w;
  for (const char* run : {"r", "r/a", "r/a/b", "r/c/d", "r/plugins/e", "r-x"})
    w.write(std::string(run) + "/tfevents", "x");
  w.write("r/a/model", "1");
  w.write("r/c/model", "22");
  for (const What what : {What::kEvents, What::kDirectory}) {
    CAPTURE(to_string(what));
    const bool all = what == What::kDirectory;
    const Inventory stock = w.take({"r"}, what);
    CHECK(paths(stock) == (all ? Names{"r/c/model", "r/tfevents"} : Names{"r/tfevents"}));
    CHECK(directories(stock) == (all ? Names{"r", "r/c", "r/plugins"} : Names{"r", "r/plugins"}));
    CHECK(stock.foreign_files == 1);
    CHECK(directories(w.take({"r/c/d"}, what)) == Names{"r", "r/c", "r/c/d"});
  }
  // Members of one trial, whichever comes first; parents once.
  const Inventory both = w.take({"r/a/b", "r", "r/c/d"});
  CHECK(paths(both) == Names{"r/a/b/tfevents", "r/c/d/tfevents", "r/tfevents"});
  CHECK(directories(both) == Names{"r", "r/a", "r/a/b", "r/c", "r/c/d", "r/plugins"});
  std::map<std::string, std::string> run_of;
  for (const PlannedFile& file : both.files) {
    CHECK(file.trial == "r/a/b");
    run_of[file.path] = file.run;
  }
  CHECK(run_of["r/tfevents"] == "r");
  CHECK(run_of["r/c/d/tfevents"] == "r/c/d");
}

TEST_CASE("inventory: of bare runs nothing is looked at again, each directory is named once") {
  InventoryWorld w;
  for (const char* run : {"r/a", "r/b", "r/c/d", "s"}) w.write(std::string(run) + "/tfevents", "x");
  std::vector<Run> runs = w.runs();
  for (Run& run : runs) run.bare = true;
  std::filesystem::remove_all(w.at("s"));
  std::filesystem::remove_all(w.at("r/b"));
  const auto bare = w.try_take({"r/a", "r/b", "r/c/d", "s"}, What::kDirectory, runs);
  REQUIRE(bare.ok());
  CHECK(bare->trouble.empty());
  CHECK(paths(*bare) == Names{"r/a/tfevents", "r/b/tfevents", "r/c/d/tfevents", "s/tfevents"});
  CHECK(directories(*bare) == Names{"r", "r/a", "r/b", "r/c", "r/c/d", "s"});
  for (const PlannedDirectory& directory : bare->directories)
    CHECK(directory.info.file.id.inode == 0);
  CHECK(bare->bytes == 4);

  // Beside one that is not.
  w.write("r/tfevents", "x");
  w.write("r/note", "yy");
  runs = w.runs();
  for (Run& run : runs) run.bare = run.name != "r";
  for (const Names& order : {Names{"r", "r/a", "r/c/d"}, Names{"r/a", "r", "r/c/d"}}) {
    const auto mixed = w.try_take(order, What::kDirectory, runs);
    REQUIRE(mixed.ok());
    CHECK(paths(*mixed) == Names{"r/a/tfevents", "r/c/d/tfevents", "r/note", "r/tfevents"});
    CHECK(directories(*mixed) == Names{"r", "r/a", "r/c", "r/c/d"});
  }

  // Its files lie on another device than the operand.
  runs.back().files.front().id.device += 1;
  const auto away = w.try_take({runs.back().name}, What::kEvents, runs);
  REQUIRE(away.ok());
  CHECK(away->other_device);
}

TEST_CASE("inventory: of the run of the operand itself") {
  InventoryWorld w;
  w.write("tfevents", "x");
  w.write("plugins/p", "y");
  w.write("other/notes", "z");
  w.write("run/tfevents", "x");
  w.write(".tfe-trash/20260101-000000/1", "trash");
  w.write(".tfe-tmp.tfevents", "ours");
  const Inventory stock = w.take({"."});
  CHECK(paths(stock) == Names{"plugins/p", "tfevents"});
  CHECK(directories(stock) == Names{"plugins"});
  CHECK(stock.foreign_names == Names{"other/notes"});
  CHECK(paths(w.take({"."}, What::kDirectory)) == Names{"other/notes", "plugins/p", "tfevents"});
}

TEST_CASE("inventory: names of any bytes, and trees of any depth") {
  InventoryWorld w;
  const std::string newline = "r/tf\nevents\xff tfevents";
  const std::string longest = "r/" + std::string(247, 'n') + "tfevents";
  w.write(newline, "x");
  w.write(longest, "x");
  w.write("r/\xe2\x80\xae", "x");
  std::string deep = "r/plugins";
  for (int i = 0; i < 900; ++i) deep += "/d";
  w.write(deep + "/x", "x");
  const Inventory stock = w.take({"r"});
  CHECK(stock.trouble.empty());
  CHECK(paths(stock) == Names{longest, deep + "/x", newline});
  CHECK(stock.directories.size() == 902);
  CHECK(stock.foreign_names == Names{"\xe2\x80\xae"});
}

TEST_CASE("inventory: a path that no manifest could hold is trouble") {
  InventoryWorld w;
  w.write("r/tfevents", "x");
  // Longer than any path may be, so made from below: the directory, or only the file in it.
  const std::string part(250, 'p');
  int levels = 18;
  std::string name = "x";
  SUBCASE("of a directory") {}
  SUBCASE("of a file") {
    levels = 16;
    name = std::string(200, 'x');
  }
  REQUIRE(std::filesystem::create_directory(w.at("r/plugins")));
  const auto old = std::filesystem::current_path();
  std::filesystem::current_path(w.at("r/plugins"));
  for (int i = 0; i < levels; ++i) {
    REQUIRE(::mkdir(part.c_str(), 0700) == 0);
    REQUIRE(::chdir(part.c_str()) == 0);
  }
  const int file = ::open(name.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  REQUIRE(file >= 0);
  ::close(file);
  std::filesystem::current_path(old);
  std::vector<Run> runs{{.name = "r", .shown = "", .path = w.at("r")}};
  const auto info = real_sys().stat(w.at("r/tfevents"));
  runs[0].files.push_back({"tfevents", info->id, info->size, info->mtime_ns});
  const auto stock = w.try_take({"r"}, What::kEvents, runs);
  REQUIRE(stock.ok());
  CHECK(stock->trouble.find("no name that could be restored") != std::string::npos);
}

TEST_CASE("inventory: what is no regular file") {
  InventoryWorld w;
  w.write("r/tfevents", "x");
  w.dir.make_fifo("runs/r/pipe");
  w.dir.make_link("runs/r/link", "nowhere");
  w.dir.make_link("runs/r/projector_config.pbtxt", "nowhere");
  w.dir.make_link("runs/r/plugins", w.dir.make_directory("outside"));
  Inventory stock = w.take({"r"});
  CHECK(stock.trouble.empty());
  CHECK(paths(stock) == Names{"r/tfevents"});
  CHECK(stock.foreign_files == 4);
  CHECK(directories(stock) == Names{"r"});
  stock = w.take({"r"}, What::kDirectory);
  CHECK(stock.files.size() == 5);  // Links themselves, never what they lead to.
  CHECK(directories(stock) == Names{"r"});
  w.dir.make_link("runs/r/tfevents.2", w.at("r/tfevents"));
  CHECK(w.try_take({"r"}, What::kEvents, w.runs())->trouble == "r/tfevents.2 is a symbolic link");
}

TEST_CASE("inventory: event files that are not those that were read") {
  InventoryWorld w;
  w.write("r/tfevents.1", "1");
  w.write("r/tfevents.2", "2");
  w.age("r/tfevents.2", 1700000000);
  const std::vector<Run> was = w.runs();
  const auto trouble = [&] { return w.try_take({"r"}, What::kEvents, was)->trouble; };
  CHECK(trouble().empty());
  SUBCASE("grown") {
    w.dir.append("runs/r/tfevents.2", "2");
    w.age("r/tfevents.2", 1700000000);
    CHECK(trouble() == "r/tfevents.2 changed while it was read");
  }
  SUBCASE("touched") {
    w.age("r/tfevents.2", 1700000001);
    CHECK(trouble() == "r/tfevents.2 changed while it was read");
  }
  SUBCASE("replaced") {
    REQUIRE(::rename(w.at("r/tfevents.2").c_str(), w.at("kept").c_str()) == 0);
    w.write("r/tfevents.2", "2");
    w.age("r/tfevents.2", 1700000000);
    CHECK(trouble() == "r/tfevents.2 changed while it was read");
  }
  SUBCASE("new") {
    w.write("r/tfevents.3", "");
    CHECK(trouble() == "r/tfevents.3 has only just appeared");
  }
  SUBCASE("gone") {
    REQUIRE(::unlink(w.at("r/tfevents.1").c_str()) == 0);
    CHECK(trouble() == "r/tfevents.1 has vanished");
  }
  SUBCASE("the directory gone") {
    REQUIRE(std::filesystem::remove_all(w.at("r")) > 0);
    CHECK(trouble() == "r has vanished");
  }
  SUBCASE("the directory a link") {
    REQUIRE(::rename(w.at("r").c_str(), w.at("s").c_str()) == 0);
    w.dir.make_link("runs/r", w.at("s"));
    CHECK(trouble() == "r is a symbolic link");
  }
}

TEST_CASE("inventory: what the system refuses is trouble where it would go, else it is told") {
  InventoryWorld w;
  w.write("p/r/tfevents", "x");
  w.write("p/r/plugins/x", "x");
  w.write("p/r/sub/model", "x");
  const auto take_without = [&](const std::string& refused, What what) {
    test::FaultSys sys(real_sys());
    sys.fail_path(w.at(refused), EACCES);
    w.sys = &sys;
    auto stock = w.try_take({"p/r"}, what, w.runs());
    w.sys = &real_sys();
    REQUIRE(stock.ok());
    return std::move(*stock);
  };
  for (const char* refused :
       {"p", "p/r", "p/r/tfevents", "p/r/plugins", "p/r/plugins/x", "p/r/sub/model"}) {
    CAPTURE(refused);
    CHECK(take_without(refused, What::kEvents).trouble.find("permission denied") !=
          std::string::npos);
    CHECK_FALSE(take_without(refused, What::kDirectory).trouble.empty());
  }
  const Inventory stock = take_without("p/r/sub", What::kEvents);
  CHECK(stock.trouble.empty());
  REQUIRE(stock.unseen.size() == 1);
  CHECK(stock.unseen[0].path == w.at("p/r/sub"));
  CHECK_FALSE(take_without("p/r/sub", What::kDirectory).trouble.empty());
}

TEST_CASE("inventory: failing at every call is trouble, an unseen directory, or an Error") {
  InventoryWorld w;
  w.write("p/r/tfevents", "x");
  w.write("p/r/plugins/x", "x");
  w.write("p/r/sub/model", "x");
  const std::vector<Run> runs = w.runs();
  for (const What what : {What::kEvents, What::kDirectory}) {
    const Inventory whole = w.take({"p/r"}, what);
    for (std::uint64_t n = 0;; ++n) {
      CAPTURE(n);
      test::FaultSys sys(real_sys());
      sys.fail_at(n, EIO);
      w.sys = &sys;
      const auto stock = w.try_take({"p/r"}, what, runs);
      w.sys = &real_sys();
      if (!sys.fired()) {
        REQUIRE(stock.ok());
        CHECK(stock->trouble.empty());
        break;
      }
      if (!stock.ok() || !stock->trouble.empty()) continue;
      CHECK(stock->unseen.size() == 1);
      CHECK(paths(*stock) == paths(whole));
    }
  }
}

TEST_CASE("inventory: a stop ends it") {
  InventoryWorld w;
  w.write("r/tfevents", "x");
  const std::vector<Run> runs = w.runs();
  w.stop.request();
  const auto stock = w.try_take({"r"}, What::kEvents, runs);
  REQUIRE_FALSE(stock.ok());
  CHECK(stock.error().code == ErrorCode::kCancelled);
}

}  // namespace
}  // namespace tfevents::rewrite
