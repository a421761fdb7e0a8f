// Exports into files of their own: names, refusals, and nothing but whole files.
#include <filesystem>
#include <map>

#include "support/fault_sys.hpp"
#include "unit/ops/export_world.hpp"

namespace tfevents::test {
namespace {

namespace fs = std::filesystem;

/// Relative path to contents of every file below.
std::map<std::string, std::string> files_below(const TempDir& dir, const std::string& name) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(dir / name)) {
    if (!entry.is_regular_file()) continue;
    const std::string path = fs::relative(entry.path(), dir / name);
    files[path] = dir.read(name + "/" + path);
  }
  return files;
}

TEST_CASE("every shape is the same for any number of jobs") {
  ExportWorld w;
  plant(w, 21);
  const TempDir dir;
  int shape = 0;
  for (const bool wide : {false, true}) {
    for (const bool sort : {false, true}) {
      if (wide && sort) continue;
      for (const View view : {View::kRaw, View::kClean}) {
        w.select.view = view;
        w.options = {};
        w.options.wide = wide;
        if (sort) w.options.sort = {{Field::kTag, true}, {Field::kStep}};
        w.jobs = 1;
        const std::string one = w.text();
        w.jobs = 7;
        CHECK(w.text() == one);
        w.options.split = ops::ExportOptions::Split::kRuns;
        w.options.extension = ".txt";
        std::map<std::string, std::string> first;
        for (const unsigned jobs : {1U, 7U}) {
          w.jobs = jobs;
          const std::string name = "out" + std::to_string(++shape);
          w.options.directory = dir / name;
          CHECK(w.text().empty());
          const auto files = files_below(dir, name);
          CHECK(files.size() == 21);
          if (jobs == 1) first = files;
          CHECK(files == first);
        }
        // Behind each other they are the stream again.
        std::string joined = one.substr(0, one.find('\n') + 1);
        for (int i = 0; i < 21; ++i) {
          const std::string& file = first.at("r" + std::to_string(i) + ".txt");
          joined += file.substr(file.find('\n') + 1);
        }
        CHECK(joined == one);
      }
    }
  }
}

TEST_CASE("--split-by series: a file a series, points and names in order") {
  ExportWorld w;
  plant(w, 6);
  const TempDir dir;
  w.options.split = ops::ExportOptions::Split::kSeries;
  w.options.extension = ".txt";
  w.options.directory = dir / "out";
  w.jobs = 4;
  const Exported all = w.exported();
  REQUIRE(all.report.ok());
  CHECK(all.text.empty());
  const auto files = files_below(dir, "out");
  CHECK(all.report->files == files.size());
  CHECK(files.at("r1/x.txt") == "#\nr1 x 0 0\n");
  CHECK(files.at("r1/y_1.txt").starts_with("#\nr1 y/1 0 0\nr1 y/1 1 1\n"));
  CHECK(files.size() == 12);
  w.options.sort = {{Field::kStep, true}};
  w.options.directory = dir / "sorted";
  REQUIRE(w.exported().report.ok());
  CHECK(files_below(dir, "sorted").at("r1/y_1.txt").starts_with("#\nr1 y/1 8 8\nr1 y/1 7 7\n"));
}

TEST_CASE("names from files never lead out of the directory, and never share a file") {
  const std::vector<std::string> tags = {"..",
                                         "../x",
                                         "/etc/passwd",
                                         "a/b",
                                         "a_b",
                                         "a\nb",
                                         ".hidden",
                                         "-rf",
                                         "\xff\xfe",
                                         "\u202eevil",
                                         "x.tfevents.1",
                                         std::string(5000, 'n'),
                                         "a//b",
                                         ". ",
                                         "é",
                                         "con",
                                         "a\tb",
                                         std::string(5000, 'n') + "m",
                                         "a b",
                                         "tftfeventsevents"};
  ExportWorld w;
  w.run("r", [&](RunBuilder& r) {
    for (const std::string& tag : tags) r.scalar(tag, {{0, 1}});
    r.scalar(std::string_view("nul\0byte", 8), {{0, 1}});
  });
  const TempDir dir;
  w.options.split = ops::ExportOptions::Split::kSeries;
  w.options.extension = ".txt";
  w.options.directory = dir / "out";
  const Exported all = w.exported();
  REQUIRE_MESSAGE(all.report.ok(), all.report.error().message);
  CHECK(all.report->files == tags.size() + 1);
  std::size_t entries = 0;
  for (const auto& entry : fs::directory_iterator(dir.path())) {
    CHECK(entry.path().filename() == "out");
    ++entries;
  }
  CHECK(entries == 1);
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(dir / "out/r")) {
    const std::string name = entry.path().filename();
    CHECK(entry.is_regular_file());
    CHECK(name.find("tfevents") == std::string::npos);
    CHECK(name.front() != '.');
    CHECK(name.front() != '-');
    CHECK(name.ends_with(".txt"));
    ++files;
  }
  CHECK(files == tags.size() + 1);
}

TEST_CASE("runs whose names become the same have files of their own") {
  ExportWorld w;
  for (const char* run : {"a/b", "a_b", "a b"})
    w.run(run, [&](RunBuilder& r) { r.scalar("x", {{0, static_cast<float>(run[1])}}); });
  const TempDir dir;
  w.options.split = ops::ExportOptions::Split::kRuns;
  w.options.directory = dir / "out";
  w.jobs = 3;
  REQUIRE(w.exported().report.ok());
  const auto files = files_below(dir, "out");
  CHECK(files.size() == 3);
  CHECK(files.contains("a_b"));
  CHECK(files.contains("a_b~2"));
  CHECK(files.contains("a_b~3"));
}

TEST_CASE("a directory that holds anything is refused before anything is written") {
  ExportWorld w;
  plant(w, 3);
  const TempDir dir;
  dir.write("full/note", "mine");
  dir.write("file", "mine");
  dir.make_directory("empty");
  for (const auto split : {ops::ExportOptions::Split::kRuns, ops::ExportOptions::Split::kSeries}) {
    w.options.split = split;
    for (const char* name : {"full", "file"}) {
      w.options.directory = dir / name;
      const Exported refused = w.exported();
      REQUIRE_FALSE(refused.report.ok());
      CHECK(refused.report.error().code == ErrorCode::kUsage);
    }
    w.options.directory = dir / "no/parent";
    CHECK(w.exported().report.error().code == ErrorCode::kNotFound);
  }
  CHECK(files_below(dir, "full").size() == 1);
  CHECK(dir.read("file") == "mine");
  w.options.directory = dir / "empty";
  CHECK(w.exported().report->files == 6);
}

TEST_CASE("where nothing is selected, no directory is left behind") {
  ExportWorld w;
  plant(w, 2);
  const TempDir dir;
  w.options.split = ops::ExportOptions::Split::kRuns;
  w.options.directory = dir / "out";
  w.select.tags = {Pattern::parse("none", Pattern::Scope::kName).value()};
  CHECK(w.exported().outcome().matched_nothing);
  CHECK_FALSE(dir.exists("out"));
}

TEST_CASE("a stop at any call leaves whole files only") {
  ExportWorld whole;
  plant(whole, 4);
  const TempDir dir;
  whole.options.split = ops::ExportOptions::Split::kRuns;
  whole.options.directory = dir / "whole";
  REQUIRE(whole.exported().report.ok());
  const auto wanted = files_below(dir, "whole");
  for (std::uint64_t n = 0;; n += 3) {
    CAPTURE(n);
    ExportWorld w;
    plant(w, 4);
    FaultSys sys(w.memory);
    sys.stop_at(n, w.stop);
    w.sys = &sys;
    w.options.split = ops::ExportOptions::Split::kRuns;
    w.options.directory = dir / ("out" + std::to_string(n));
    const Exported stopped = w.exported();
    if (!sys.fired()) break;
    REQUIRE_FALSE(stopped.report.ok());
    CHECK(stopped.report.error().code == ErrorCode::kCancelled);
    if (!fs::exists(w.options.directory)) continue;
    for (const auto& [name, text] : files_below(dir, "out" + std::to_string(n)))
      CHECK(text == wanted.at(name));
  }
}

TEST_CASE("a file that cannot be written ends the export with its error") {
  bool seen_error = false;
  for (const auto split : {ops::ExportOptions::Split::kRuns, ops::ExportOptions::Split::kSeries}) {
    for (std::uint64_t n = 0;; ++n) {
      CAPTURE(n);
      ExportWorld w;
      plant(w, 3);
      const TempDir dir;
      FaultSys sys(w.memory);
      sys.act_at(n, [&] { fs::remove_all(dir / "out"); });
      w.sys = &sys;
      w.options.directory = dir / "out";
      w.options.split = split;
      const Exported all = w.exported();
      if (!sys.fired()) break;
      if (all.report.ok()) {
        CHECK(files_below(dir, "out").size() == all.report->files);
      } else {
        CHECK(all.report.error().code == ErrorCode::kNotFound);
        seen_error = true;
      }
    }
  }
  CHECK(seen_error);
}

}  // namespace
}  // namespace tfevents::test
