// du: what lies beside the event files, and in the trash.
#include <cerrno>

#include <unistd.h>

#include "support/fault_sys.hpp"
#include "support/temp_dir.hpp"
#include "unit/ops/du_world.hpp"

namespace tfevents::test {
namespace {

std::string file() {
  return event_file([](RunBuilder& r) { r.scalar("x", {{0, 1}}); });
}

struct Beside : DuWorld {
  Beside() { select = raw_selection(); }
  std::string foreign() {
    const ops::FileSum sum = du().foreign;
    return std::to_string(sum.bytes) + " in " + std::to_string(sum.files);
  }
};

/// One directory of a tree lies on another device.
class Mounted final : public Sys {
 public:
  Mounted(Sys& inner, std::string path) : inner_(inner), path_(std::move(path)) {}

  Result<std::unique_ptr<OpenFile>> open_read(const std::string& path) override {
    return inner_.open_read(path);
  }
  Result<FileInfo> stat(const std::string& path) override { return inner_.stat(path); }
  Result<FileInfo> lstat(const std::string& path) override { return inner_.lstat(path); }
  Result<Listing> list(const std::string& path) override {
    auto listing = inner_.list(path);
    if (listing.ok() && path == path_) listing->info.id.device += 7;
    return listing;
  }
  Result<std::string> real_path(const std::string& path) override { return inner_.real_path(path); }

 private:
  Sys& inner_;
  std::string path_;
};

TEST_CASE("regular files in and below runs are foreign, and nothing else") {
  Beside w;
  w.memory.file("/logs/readme", "above all runs");
  w.memory.file("/logs/data/set", "beside all runs");
  w.memory.file("/logs/a/1.tfevents", file()).file("/logs/a/model.ckpt", std::string(1000, 'm'));
  w.memory.file("/logs/a/ckpt/1/w", std::string(200, 'w'));
  w.memory.file("/logs/a/tfevents.d/x", std::string(30, 'x'));  // A directory may be called so.
  w.memory.file("/logs/a/.tfe-trash/1/w", "trash").file("/logs/a/.tfe-lock", "lock");
  w.memory.link("/logs/a/link", "model.ckpt").link("/logs/a/up", "..").special("/logs/a/fifo");
  w.memory.special("/logs/a/2.tfevents");
  CHECK(w.foreign() == "1230 in 3");
  w.memory.hide_types();
  CHECK(w.foreign() == "1230 in 3");
}

TEST_CASE("files below a run belong to the nearest run above them") {
  Beside w;
  w.memory.file("/logs/a/1.tfevents", file()).file("/logs/a/sub/x", "1");
  w.memory.file("/logs/a/sub/b/1.tfevents", file()).file("/logs/a/sub/b/y", "22");
  w.memory.file("/logs/a/sub/b/deep/z", "333");
  CHECK(w.foreign() == "6 in 3");
  w.select.exclude = {Pattern::parse_or_name("a/sub/b", Pattern::Scope::kTree)};
  CHECK(w.foreign() == "1 in 1");
  w.select.exclude.clear();
  w.select.runs = {Pattern::parse_or_name("a/sub/b", Pattern::Scope::kTree)};
  CHECK(w.foreign() == "5 in 2");
  // Each once, whatever leads to it.
  w.select.runs.clear();
  w.select.operands = {"/logs", "/logs/a", "/logs/a/sub/b"};
  CHECK(w.foreign() == "6 in 3");
}

TEST_CASE("a link to an event file makes a run as well") {
  Beside w;
  w.memory.file("/logs/a/1.tfevents", file()).file("/elsewhere/copy", file());
  w.memory.link("/logs/a/b/2.tfevents", "/elsewhere/copy").file("/logs/a/b/x", "12345");
  w.select.runs = {Pattern::parse_or_name("a", Pattern::Scope::kTree)};
  w.select.exclude = {Pattern::parse_or_name("a/b", Pattern::Scope::kTree)};
  CHECK(w.foreign() == "0 in 0");
  // A link to nothing, and a directory of that name, make none.
  w.memory.remove("/logs/a/b/2.tfevents").link("/logs/a/b/3.tfevents", "/nowhere");
  w.memory.directory("/logs/a/b/4.tfevents");
  w.select.exclude.clear();
  CHECK(w.foreign() == "5 in 1");
}

TEST_CASE("other file systems are not entered") {
  Beside w;
  w.memory.file("/logs/a/1.tfevents", file()).file("/logs/a/x", "1").file("/logs/a/mnt/y", "22");
  w.memory.file("/logs/.tfe-trash/1/0", "333").file("/logs/.tfe-trash/2/0", "4444");
  CHECK(w.foreign() == "3 in 2");
  Mounted below(w.memory, "/logs/a/mnt");
  w.sys = &below;
  CHECK(w.foreign() == "1 in 1");
  // A run that is a mount of its own is where its files are.
  Mounted itself(w.memory, "/logs/a");
  w.sys = &itself;
  CHECK(w.foreign() == "1 in 1");
  Mounted trash(w.memory, "/logs/.tfe-trash/1");
  w.sys = &trash;
  CHECK(w.du().trash.files.bytes == 4);
}

TEST_CASE("files named as operands have nothing beside them") {
  Beside w;
  w.memory.file("/logs/a/1.tfevents", file()).file("/logs/a/x", "12345");
  w.select.operands = {"/logs/a/1.tfevents"};
  CHECK(w.foreign() == "0 in 0");
}

TEST_CASE("a file with several names counts once") {
  const TempDir directory;
  directory.write("a/1.tfevents", file());
  const std::string one = directory.write("a/x", std::string(500, 'x'));
  directory.make_directory("b");
  directory.write("b/1.tfevents", file());
  REQUIRE(link(one.c_str(), (directory / "a/y").c_str()) == 0);
  REQUIRE(link(one.c_str(), (directory / "b/z").c_str()) == 0);
  Beside w;
  w.sys = &real_sys();
  w.select.operands = {directory.path()};
  CHECK(w.foreign() == "500 in 1");
  w.jobs = 4;
  CHECK(w.foreign() == "500 in 1");
}

TEST_CASE("a size that cannot be had is a warning, and the answer is complete") {
  Beside w;
  w.memory.file("/logs/a/1.tfevents", file()).file("/logs/a/x", "12345");
  FaultSys sys(w.memory);
  sys.fail_path("/logs/a/x", EACCES);
  w.sys = &sys;
  const ops::DuReport report = w.du();
  CHECK(report.foreign.files == 0);
  REQUIRE(report.outcome.problems.size() == 1);
  CHECK(report.outcome.problems[0].severity == Severity::kWarn);
  CHECK(report.outcome.problems[0].path == "/logs/a/x");
  CHECK(report.outcome.complete);
}

TEST_CASE("the trash of an operand is counted apart") {
  Beside w;
  w.memory.file("/logs/1.tfevents", file()).file("/logs/x", "1234");
  w.memory.file("/logs/.tfe-trash/20260101/0", std::string(100, 'a'));
  w.memory.file("/logs/.tfe-trash/20260101/manifest", std::string(10, 'a'));
  w.memory.file("/logs/.tfe-trash/20260102/deep/1.tfevents", file())
      .file("/logs/.tfe-trash/log", "1");
  w.memory.link("/logs/.tfe-trash/20260101/link", "/logs/x");
  const ops::DuReport report = w.du();
  CHECK(report.trash.batches == 2);
  CHECK(report.trash.files.files == 4);
  CHECK(report.trash.files.bytes == 111 + file().size());
  CHECK(report.foreign.bytes == 4);
  CHECK(report.files == 1);
  CHECK(sum_of(report) == file().size());
  w.select.operands = {"/logs", "/logs/.", "/logs/1.tfevents"};
  CHECK(w.du().trash.batches == 2);
}

TEST_CASE("the trash of a run that is found by its name") {
  Beside w;
  w.select.logdir = "/logs";
  w.memory.file("/logs/a/1.tfevents", file()).file("/logs/a/.tfe-trash/1/0", "12345");
  w.select.operands = {"a"};
  CHECK(w.du().trash.files.bytes == 5);
}

TEST_CASE("a link in place of the trash is not followed") {
  Beside w;
  w.memory.file("/logs/1.tfevents", file()).file("/elsewhere/b/x", "12345");
  w.memory.link("/logs/.tfe-trash", "/elsewhere");
  CHECK(w.du().trash.files.files == 0);
  CHECK(w.du().trash.batches == 0);
}

TEST_CASE("a trash that cannot be read is a warning") {
  Beside w;
  w.memory.file("/logs/1.tfevents", file()).file("/logs/.tfe-trash/1/0", "12345");
  for (const char* path : {"/logs/.tfe-trash/1", "/logs/.tfe-trash/1/0"}) {
    FaultSys sys(w.memory);
    sys.fail_path(path, EACCES);
    w.sys = &sys;
    const ops::DuReport report = w.du();
    CHECK(report.trash.files.files == 0);
    CHECK(report.trash.batches == 1);
    REQUIRE(report.outcome.problems.size() == 1);
    CHECK(report.outcome.problems[0].path == path);
    CHECK(report.outcome.complete);
  }
}

}  // namespace
}  // namespace tfevents::test
