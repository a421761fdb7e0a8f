// Points on their way out: sorted, side by side, one series alone, in files of their own.
#include <cmath>
#include <filesystem>
#include <limits>

#include <unistd.h>

#include "base/number.hpp"
#include "ops/export.hpp"
#include "support/fault_sys.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

namespace fs = std::filesystem;

const auto kStep = [](std::int64_t i) { return static_cast<float>(i); };

std::string text_of(const Scalar& value) {
  switch (value.store()) {
    case Scalar::Store::kFloat: return to_text(value.f32);
    case Scalar::Store::kDouble: return to_text(value.f64);
    case Scalar::Store::kSigned: return to_text(value.i64);
    case Scalar::Store::kUnsigned: return to_text(value.u64);
  }
  return "";
}

/// `run tag step value` a line; wide tables `run step value - value`.
class PlainFormat final : public ops::ExportFormat {
 public:
  std::string begin(const std::vector<std::string>& columns) override {
    std::string line = "#";
    for (const std::string& column : columns) line += " " + column;
    return line + "\n";
  }
  std::unique_ptr<ops::PointWriter> points_of(const Run& run) override {
    return std::make_unique<Points>(run.name);
  }
  std::unique_ptr<ops::RowWriter> rows_of(const Run& run) override {
    return std::make_unique<Rows>(run.name);
  }

 private:
  class Points final : public ops::PointWriter {
   public:
    explicit Points(std::string run) : run_(std::move(run)) {}
    void on_series(SeriesId series, std::string_view tag, std::string_view kind,
                   std::string_view) override {
      CHECK(kind == "scalars");
      tags_.resize(std::max<std::size_t>(tags_.size(), series + 1));
      tags_[series] = tag;
    }
    void on_float(SeriesId series, std::int64_t step, double wall, float value) override {
      on_scalar(series, step, wall, Scalar::of(value));
    }
    void on_scalar(SeriesId series, std::int64_t step, double, Scalar value) override {
      text_ += run_ + " " + tags_.at(series) + " " + to_text(step) + " " + text_of(value) + "\n";
    }
    void on_blob(SeriesId, std::int64_t, double, std::uint64_t) override { FAIL("no scalar"); }
    std::string& text() noexcept override { return text_; }

   private:
    std::string run_, text_;
    std::vector<std::string> tags_;
  };
  class Rows final : public ops::RowWriter {
   public:
    explicit Rows(std::string run) : run_(std::move(run)) {}
    void on_row(std::int64_t step, std::span<const Scalar* const> cells) override {
      text_ += run_ + " " + to_text(step);
      for (const Scalar* cell : cells) text_ += cell == nullptr ? " -" : " " + text_of(*cell);
      text_ += "\n";
    }
    std::string& text() noexcept override { return text_; }

   private:
    std::string run_, text_;
  };
};

struct Exported {
  Result<ops::ExportReport> report;
  std::string text;

  [[nodiscard]] const ops::Outcome& outcome() const { return report.value().dump.outcome; }
};

struct ExportWorld : World {
  ops::ExportOptions options;

  [[nodiscard]] Exported exported() {
    options.select = selection();
    options.select.kinds = {"scalars"};
    PlainFormat format;
    std::string text;
    const auto write = [&](std::string_view part) {
      text += part;
      return ok_status();
    };
    auto report = with_context(
        [&](const ops::OpContext& c) { return ops::export_points(options, format, write, c); });
    return {std::move(report), std::move(text)};
  }
  [[nodiscard]] std::string text() {
    Exported all = exported();
    REQUIRE_MESSAGE(all.report.ok(), all.report.error().message);
    return all.text;
  }
};

using Field = ops::SortKey::Field;

TEST_CASE("scalars of all runs in natural order, of a run in the order of its records") {
  ExportWorld w;
  w.run("r10", [](RunBuilder& r) { r.scalar("x", {{0, 1}}); });
  w.run("r2", [](RunBuilder& r) {
    r.event(3, [](SummaryBuilder& s) { s.scalar("b", 0.1F).text("t", "words").scalar("a", 2); });
    r.histogram("h", 4).image("i", 4).scalar("b", {{9, 4}});
  });
  CHECK(w.text() == "#\nr2 b 3 0.1\nr2 a 3 2\nr2 b 9 4\nr10 x 0 1\n");
}

TEST_CASE("the clean view drops what a restart repeats, the raw one keeps it") {
  ExportWorld w;
  w.run("r", [](RunBuilder& r) {
    r.scalar("x", {{0, 1}, {1, 2}, {2, 3}}).next_file().scalar("x", {{1, 20}, {1, 21}, {2, 30}});
  });
  CHECK(w.text() == "#\nr x 0 1\nr x 1 21\nr x 2 30\n");
  w.select.view = View::kRaw;
  CHECK(w.text() == "#\nr x 0 1\nr x 1 2\nr x 2 3\nr x 1 20\nr x 1 21\nr x 2 30\n");
  w.select.last = 1;
  CHECK(w.text() == "#\nr x 2 30\n");
}

TEST_CASE("integers are exact, and so are the ends of all types") {
  ExportWorld w;
  w.run("r", [](RunBuilder& r) {
    r.number("i", INT64_MIN, Scalar::of(INT64_MAX)).number("i", INT64_MAX, Scalar::of(INT64_MIN));
    r.number("u", 0, Scalar::of(UINT64_MAX)).number("d", 1, Scalar::of(5e-324));
    r.scalar("f", {{0, std::numeric_limits<float>::quiet_NaN()}, {1, -INFINITY}, {2, -0.0F}});
  });
  const std::string lines =
      "r i -9223372036854775808 9223372036854775807\nr i 9223372036854775807 "
      "-9223372036854775808\nr u 0 18446744073709551615\nr d 1 5e-324\nr f 0 nan\nr f 1 -inf\n"
      "r f 2 -0\n";
  CHECK(w.text() == "#\n" + lines);
  w.options.wide = true;
  CHECK(w.text() ==
        "# d f i u\nr -9223372036854775808 - - 9223372036854775807 -\nr 0 - nan - "
        "18446744073709551615\nr 1 5e-324 -inf - -\nr 2 - -0 - -\nr 9223372036854775807 - - "
        "-9223372036854775808 -\n");
}

TEST_CASE("--sort: by its keys in their order, equal points as they were written") {
  ExportWorld w;
  w.select.view = View::kRaw;
  w.run("r", [](RunBuilder& r) {
    r.scalar("v10", {{1, 1}, {0, 2}}).scalar("v2", {{1, 3}, {0, 4}, {1, 5}});
  });
  w.run("s", [](RunBuilder& r) { r.scalar("a", {{0, 6}}); });
  w.options.sort = {{Field::kTag}};
  CHECK(w.text() == "#\nr v2 1 3\nr v2 0 4\nr v2 1 5\nr v10 1 1\nr v10 0 2\ns a 0 6\n");
  w.options.sort = {{Field::kTag, true}, {Field::kStep}};
  CHECK(w.text() == "#\nr v10 0 2\nr v10 1 1\nr v2 0 4\nr v2 1 3\nr v2 1 5\ns a 0 6\n");
  w.options.sort = {{Field::kStep, true}};
  CHECK(w.text() == "#\nr v10 1 1\nr v2 1 3\nr v2 1 5\nr v10 0 2\nr v2 0 4\ns a 0 6\n");
  w.options.sort = {{Field::kWallTime, true}};
  CHECK(w.text() == "#\nr v2 1 5\nr v2 0 4\nr v2 1 3\nr v10 0 2\nr v10 1 1\ns a 0 6\n");
}

TEST_CASE("--sort wall: NaN is the greatest") {
  ExportWorld w;
  w.run("r", [](RunBuilder& r) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    r.at(nan).scalar("x", {{0, 1}}).at(50).scalar("x", {{1, 2}});
    r.at(nan).scalar("x", {{2, 3}}).at(20).scalar("x", {{3, 4}});
  });
  w.options.sort = {{Field::kWallTime}};
  CHECK(w.text() == "#\nr x 3 4\nr x 1 2\nr x 0 1\nr x 2 3\n");
}

TEST_CASE("--wide: a row a step, a column for each tag of the selection") {
  ExportWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("v10", {{0, 1}, {2, 2}}).scalar("v2", {{0, 3}, {1, 4}}).text("t", 1, "no column");
  });
  w.run("b", [](RunBuilder& r) { r.scalar("other", {{7, 5}}); });
  w.run("c", [](RunBuilder& r) { r.histogram("h", 1); });
  w.options.wide = true;
  CHECK(w.text() == "# other v2 v10\na 0 - 3 1\na 1 - 4 -\na 2 - - 2\nb 7 5 - -\n");
  w.select.runs = {Pattern::parse("a", Pattern::Scope::kTree).value()};
  CHECK(w.text() == "# v2 v10\na 0 3 1\na 1 4 -\na 2 - 2\n");
}

TEST_CASE("--wide: of several points of a step the last is shown, and the others are counted") {
  ExportWorld w;
  w.run("r", [](RunBuilder& r) {
    r.scalar("x", {{0, 1}, {1, 2}})
        .next_file()
        .scalar("x", {{0, 10}, {0, 11}})
        .scalar("y", {{0, 5}});
  });
  w.options.wide = true;
  w.select.view = View::kRaw;
  const Exported raw = w.exported();
  CHECK(raw.text == "# x y\nr 0 11 5\nr 1 2 -\n");
  CHECK(raw.report->overridden == 2);
  w.select.view = View::kClean;
  const Exported clean = w.exported();
  CHECK(clean.text == "# x y\nr 0 11 5\n");
  CHECK(clean.report->overridden == 0);
}

TEST_CASE("a tag that comes while a wide table is written has a column, or is counted") {
  bool seen_late = false, seen_in_time = false;
  for (std::uint64_t n = 0;; ++n) {
    ExportWorld w;
    w.run("r", [](RunBuilder& r) { r.scalar("x", {{0, 1}, {1, 2}}); });
    w.run("s", [](RunBuilder& r) { r.scalar("x", {{5, 7}}); });
    FaultSys sys(w.memory);
    const auto grow = [&] {
      LogdirBuilder()
          .run("s",
               [](RunBuilder& r) {
                 r.scalar("x", {{5, 7}}).scalar("new", {{6, 8}});
               })
          .write(w.memory, "/logs");
    };
    sys.act_at(n, grow);
    w.sys = &sys;
    w.options.wide = true;
    const Exported all = w.exported();
    REQUIRE(all.report.ok());
    if (!sys.fired()) break;
    CAPTURE(n);
    const bool column = all.text.find("new") != std::string::npos;
    const bool value = all.text.find(" 8") != std::string::npos;
    CHECK((!value || column));
    if (all.report->late > 0) {
      CHECK_FALSE(column);
      seen_late = true;
    }
    seen_in_time = seen_in_time || value;
  }
  CHECK(seen_late);
  CHECK(seen_in_time);
}

TEST_CASE("one series: told apart by run and tag, and named where there are more") {
  ExportWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("x", {{0, 1}}).text("t", 0, "no scalar"); });
  w.options.one_series = true;
  CHECK(w.text() == "#\na x 0 1\n");
  w.run("b", [](RunBuilder& r) {
    r.scalar("x\n", {{0, 1}}).scalar("y", {{0, 1}});
    for (int i = 0; i < 9; ++i) r.scalar("z" + std::to_string(i), {{0, 1}});
  });
  const Exported all = w.exported();
  REQUIRE_FALSE(all.report.ok());
  CHECK(all.text.empty());
  CHECK(all.report.error().code == ErrorCode::kUsage);
  CHECK(all.report.error().message ==
        "the format has room for one series, and the selection has 12: a x, b x\\n, b y, b z0, b "
        "z1, …");
  w.select.tags = {Pattern::parse("z8", Pattern::Scope::kName).value()};
  CHECK(w.text() == "#\nb z8 0 1\n");
  w.select.tags = {Pattern::parse("none", Pattern::Scope::kName).value()};
  const Exported none = w.exported();
  CHECK(none.text == "#\n");
  CHECK(none.outcome().matched_nothing);
}

TEST_CASE("runs that activity filters leave out have neither columns nor series") {
  ExportWorld w;
  w.run("old", [](RunBuilder& r) { r.scalar("x", {{0, 1}}); });
  w.run("new", [](RunBuilder& r) { r.at(RunBuilder::kStart + 86000).scalar("y", {{0, 2}}); });
  w.select.active_since = RunBuilder::kStart + 80000;
  w.options.wide = true;
  CHECK(w.text() == "# y\nnew 0 2\n");
  w.options.wide = false;
  w.options.one_series = true;
  CHECK(w.text() == "#\nnew y 0 2\n");
}

TEST_CASE("damage is skipped and said, the end of a live file is not") {
  for (const int shape : {0, 1, 2}) {
    CAPTURE(shape);
    ExportWorld w;
    w.options.wide = shape == 1;
    if (shape == 2) w.options.sort = {{Field::kTag}};
    w.run("live", [](RunBuilder& r) { r.scalar("x", {{0, 1}, {1, 2}}).truncate_last(5); });
    const Exported whole = w.exported();
    CHECK(whole.text.find("live 0 ") + whole.text.find("live x 0 ") != std::string::npos);
    CHECK(whole.outcome().complete);
    w.run("bad", [](RunBuilder& r) {
      r.scalar("x", {{0, 1}});
      r.damage([](std::string f) { return flip_byte(std::move(f), f.size() - 6); });
      r.scalar("x", {{1, 2}});
    });
    const Exported damaged = w.exported();
    CHECK_FALSE(damaged.outcome().complete);
    CHECK(has_rule(damaged.outcome().problems, "data-crc"));
    CHECK(damaged.text.find(shape == 1 ? "bad 1 2" : "bad x 1 2") != std::string::npos);
    CHECK(damaged.text.find(shape == 1 ? "bad 0" : "bad x 0") == std::string::npos);
  }
}

/// `runs` runs of very different sizes, some with restarts and damage.
void plant(World& w, int runs) {
  LogdirBuilder tree;
  for (int i = 0; i < runs; ++i) {
    tree.run("r" + std::to_string(i), [i](RunBuilder& r) {
      r.scalars("x", i % 5 == 0 ? 6000 : i % 17, kStep).scalars("y/" + std::to_string(i), 9, kStep);
      if (i % 3 == 0) r.next_file().scalars("x", 9, kStep);
      if (i % 4 == 0) {
        r.damage([](std::string f) { return flip_byte(std::move(f), f.size() / 2); });
      }
    });
  }
  tree.write(w.memory, "/logs");
}

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

TEST_CASE("a stream that breaks at any write stops every shape with its error") {
  for (const int shape : {0, 1, 2}) {
    ExportWorld w;
    plant(w, 11);
    w.options.wide = shape == 1;
    if (shape == 2) w.options.sort = {{Field::kStep}};
    w.options.select = w.selection();
    w.options.select.kinds = {"scalars"};
    for (const unsigned jobs : {1U, 4U}) {
      w.jobs = jobs;
      for (int at = 0;; ++at) {
        PlainFormat format;
        int writes = 0;
        const auto broken = [&](std::string_view) -> Status {
          CHECK(writes <= at);
          if (writes++ == at) return Error{.code = ErrorCode::kIo, .message = "disk full"};
          return ok_status();
        };
        const auto report = w.with_context([&](const ops::OpContext& c) {
          return ops::export_points(w.options, format, broken, c);
        });
        if (writes <= at) {
          CHECK(report.ok());
          CHECK(at > 3);
          break;
        }
        REQUIRE_FALSE(report.ok());
        CHECK(report.error().message == "disk full");
      }
    }
  }
}

TEST_CASE("standard input is read in several goes, also from a pipe") {
  const std::string file = event_file([](RunBuilder& r) {
    r.scalar("x", {{0, 1}, {1, 2}, {1, 3}}).scalar("y", {{1, 5}});
  });
  for (const bool wide : {true, false}) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    REQUIRE(write(ends[1], file.data(), file.size()) == static_cast<ssize_t>(file.size()));
    close(ends[1]);
    ExportWorld w;
    w.select.operands = {"-"};
    w.standard_input = ends[0];
    w.options.wide = wide;
    w.options.one_series = !wide;
    if (!wide) w.select.tags = {Pattern::parse("x", Pattern::Scope::kName).value()};
    CHECK(w.text() == (wide ? "# x y\n- 0 1 -\n- 1 3 5\n" : "#\n- x 0 1\n- x 1 3\n"));
    close(ends[0]);
  }
}

TEST_CASE("what the system refuses at any call is an error, or said in the answer") {
  for (const bool wide : {false, true}) {
    for (std::uint64_t n = 0;; ++n) {
      CAPTURE(n);
      ExportWorld w;
      w.run("a", [](RunBuilder& r) { r.scalar("x", {{0, 1}}); });
      w.run("b", [](RunBuilder& r) { r.scalar("x", {{0, 2}}); });
      FaultSys sys(w.memory);
      sys.fail_at(n, EIO);
      w.sys = &sys;
      w.options.wide = wide;
      const Exported all = w.exported();
      const bool whole = all.text == (wide ? "# x\na 0 1\nb 0 2\n" : "#\na x 0 1\nb x 0 2\n");
      if (!sys.fired()) {
        CHECK(whole);
        break;
      }
      CHECK((!all.report.ok() || whole || !all.outcome().complete || all.report->late > 0));
    }
  }
}

}  // namespace
}  // namespace tfevents::test
