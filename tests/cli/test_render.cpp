#include <algorithm>
#include <functional>

#include <doctest/doctest.h>

#include "base/text.hpp"
#include "render/fsck.hpp"
#include "render/ls.hpp"
#include "render/series.hpp"

namespace tfevents::render {
namespace {

ops::LsRow run(std::string name, ops::RunState state = ops::RunState::kIdle) {
  ops::LsRow row;
  row.shown = name;
  row.path = "runs/" + name;
  row.run = std::move(name);
  row.state = state;
  row.last_step = 55100;
  row.first_time = 1000;
  row.last_time = 1300.5;
  row.age_seconds = 8;
  row.duration_seconds = 300.5;
  row.tags = 4;
  row.files = 1;
  row.bytes = 23552;
  return row;
}

ops::SeriesRow loss() {
  ops::SeriesRow series;
  series.tag = "loss";
  series.kind = "scalars";
  series.plugin = "scalars";
  series.dtype = "float32";
  series.points = 80;
  series.dropped = 4;
  series.first_step = 0;
  series.last_step = 79;
  series.bytes = 5120;
  series.first = series.min = Scalar::of(0.1F);
  series.last = Scalar::of(0.91F);
  series.max = Scalar::of(0.92F);
  series.min_step = 0;
  series.max_step = 77;
  series.mean = 0.8;
  return series;
}

ops::LsReport report(std::vector<ops::LsRow> rows) {
  ops::LsReport report;
  report.runs_total = rows.size();
  report.rows = std::move(rows);
  report.operands = {"runs"};
  report.now = 1308.5;
  return report;
}

// The answers as one string each.
std::string json_of(const ops::LsReport& all, View view, bool series, std::string_view version) {
  return text_of([&](Sink& sink) { return ls_json(all, view, series, version, sink); });
}
std::string jsonl_of(const ops::LsReport& all, bool series) {
  return text_of([&](Sink& sink) { return ls_jsonl(all, series, sink); });
}
std::string screen_of(const ops::FsckReport& all, const Screen& screen, bool unfold) {
  return text_of([&](Sink& sink) { return fsck_screen(all, screen, unfold, sink); });
}

std::string tree_of(const ops::LsReport& all, const Screen& screen, bool unfold) {
  return text_of([&](Sink& sink) { return ls_tree(all, screen, unfold, sink); });
}

constexpr Screen kPipe{};
constexpr Screen kTerminal{.terminal = true, .color = false, .width = 80};

TEST_CASE("ls: the row has the fields of the contract, in its order") {
  CHECK(
      jsonl_of(report({run("a")}), false) ==
      R"({"run":"a","path":"runs/a","state":"idle","damage":0,"last_step":55100,"first_time":1000,)"
      R"("last_time":1300.5,"age_seconds":8,"duration_seconds":300.5,"tags":4,"files":1,"bytes":23552,"metrics":{}})"
      "\n");
}

TEST_CASE("ls: absent is null, invalid names come in base64 too") {
  ops::LsRow row;
  row.run = "a\xff";
  row.path = "p\xff";
  CHECK(
      jsonl_of(report({row}), false) ==
      "{\"run\":\"a\xEF\xBF\xBD\",\"run_base64\":\"Yf8=\",\"path\":\"p\xEF\xBF\xBD\",\"path_"
      "base64\":\"cP8=\","
      R"("state":"empty","damage":0,"last_step":null,"first_time":null,"last_time":null,"age_seconds":null,)"
      R"("duration_seconds":null,"tags":0,"files":0,"bytes":0,"metrics":{}})"
      "\n");
}

TEST_CASE("ls: the envelope") {
  ops::LsRow row = run("a", ops::RunState::kLive);
  row.damage = 2;
  auto one = report({row});
  one.outcome.complete = false;
  one.outcome.problems = {
      {.rule = "data-crc", .run = "a", .path = "f", .offset = 8, .end = 9, .message = "m"}};
  const std::string json = json_of(one, View::kClean, false, "1.2.3");
  CHECK(json.starts_with(
      R"({"schema":"tfevents.ls/1","version":"1.2.3","now_time":1308.5,"operands":["runs"],)"
      R"("view":"clean","complete":false,"rows":[{"run":"a",)"));
  CHECK(json.ends_with(
      R"(],"summary":{"runs":1,"live":1,"bytes":23552,"damaged":1},"problems":[)"
      R"({"severity":"error","rule":"data-crc","run":"a","path":"f","offset":8,"end":9,"tag":null,)"
      R"("step":null,"message":"m","hint":null}]})"
      "\n"));
  CHECK(json_of(report({}), View::kRaw, false, "1")
            .find(R"("view":"raw","complete":true,"rows":[],)") != std::string::npos);
}

TEST_CASE("ls: series objects") {
  ops::SeriesRow images;
  images.tag = "val/samples";
  images.kind = "images";
  images.points = 3;
  ops::LsRow row = run("a");
  row.series = {loss(), images};
  const auto one = report({row});
  const std::string json = jsonl_of(one, true);
  CHECK(
      json.find(
          R"("series":[{"tag":"loss","kind":"scalars","plugin":"scalars","dtype":"float32","points":80,"dropped":4,)"
          R"("duplicates":0,"nonfinite":0,"first_step":0,"last_step":79,"bytes":5120,"first":0.1,"last":0.91,)"
          R"("min":0.1,"min_step":0,"max":0.92,"max_step":77,"mean":0.8},)") != std::string::npos);
  CHECK(
      json.find(
          R"({"tag":"val/samples","kind":"images","plugin":null,"dtype":null,"points":3,"dropped":0,)"
          R"("duplicates":0,"nonfinite":0,"first_step":null,"last_step":null,"bytes":0,"first":null,"last":null,)"
          R"("min":null,"min_step":null,"max":null,"max_step":null,"mean":null}]})") !=
      std::string::npos);
}

TEST_CASE("ls: CSV is the flat fields") {
  CHECK(render_csv(ls_table(report({run("a,b")}), false)) ==
        "run,path,state,damage,last_step,first_time,last_time,age_seconds,duration_seconds,tags,"
        "files,bytes\n"
        "\"a,b\",\"runs/a,b\",idle,0,55100,1000,1300.5,8,300.5,4,1,23552\n");
  CHECK(render_csv(ls_table(report({run("a")}), true)) ==
        render_csv(ls_table(report({run("a")}), false)));
}

TEST_CASE("ls: the table for people") {
  ops::LsRow lstm = run("text/lstm/seed0"), vit = run("vision/vit", ops::RunState::kLive);
  lstm.nonfinite = 72;
  vit.damage = 1;
  auto two = report({lstm, vit});
  CHECK(render_table(ls_table(two, false), kPipe.table_style()) ==
        "RUN              STATE  LAST STEP  AGE  DURATION  TAGS    SIZE\n"
        "text/lstm/seed0  idle      55 100   8s        5m     4  23 KiB   72 NaN/Inf\n"
        "vision/vit       live      55 100   8s        5m     4  23 KiB   damaged in 1 place\n");
  CHECK(ls_summary(two, 80) == "2 runs · 1 live · 46 KiB · 1 damaged (tfevents fsck runs)\n");
  CHECK(ls_summary(two, 40) == "2 runs · 1 live · 46 KiB · 1 damaged\n");
  two.runs_total = 15;
  CHECK(ls_summary(two, 80).starts_with("2 of 15 runs · "));
}

TEST_CASE("ls -l adds columns for people") {
  auto one = report({run("a")});
  one.outcome.dropped = {{"a", 3, 4}};
  const std::string text = render_table(ls_table(one, true), kPipe.table_style());
  for (const char* header : {"DAMAGE", "FIRST EVENT", "LAST EVENT", "FILES", "DROPPED"}) {
    CHECK(text.find(header) != std::string::npos);
  }
  CHECK(text.find('7') != std::string::npos);
}

TEST_CASE("ls: names cannot draw on the terminal") {
  const std::string text =
      render_table(ls_table(report({run("a\x1b[31m\nb")}), false), kPipe.table_style());
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
}

TEST_CASE("ls --tags: a run is named once on a terminal, always in a pipe") {
  ops::LsRow row = run("a");
  row.series = {loss(), loss()};
  const auto one = report({row});
  const std::string terminal = render_table(series_table(one, kTerminal), kPipe.table_style());
  CHECK(terminal.find("\na  ") != std::string::npos);
  CHECK(terminal.find("\n   ") != std::string::npos);
  const std::string pipe = render_table(series_table(one, kPipe), kPipe.table_style());
  CHECK(pipe.find("\n   ") == std::string::npos);
  CHECK(pipe.find("4 dropped") != std::string::npos);
  CHECK(render_csv(series_table(one, kPipe))
            .starts_with("run,tag,kind,plugin,dtype,points,dropped,duplicates,nonfinite,first_step,"
                         "last_step,"));
}

TEST_CASE("ls --tree: directories with their runs summed up") {
  const auto tree = report(
      {run("text/lstm/seed0"), run("text/lstm/seed1"), run("vision/vit", ops::RunState::kLive)});
  CHECK(tree_of(tree, kPipe, false) ==
        "               RUNS  AGE    SIZE\n"
        "runs              3   8s  69 KiB   1 live\n"
        "├── text/lstm     2   8s  46 KiB\n"
        "└── vision        1   8s  23 KiB   1 live\n");
  const std::string all = tree_of(tree, kPipe, true);
  CHECK(all.find("│   ├── seed0") != std::string::npos);
  CHECK(all.find("    └── vit") != std::string::npos);
  CHECK(tree_of(report({run("a"), run("b")}), kPipe, false).find("└── b") != std::string::npos);
}

ops::FsckReport findings() {
  ops::FsckReport report;
  report.files = 15;
  report.bytes = 1024;
  report.records = 88412;
  report.operands = {"runs"};
  report.rows = {{.rule = "data-crc",
                  .run = "a",
                  .path = "f1",
                  .offset = 1048576,
                  .end = 1057808,
                  .message = "mismatch"},
                 {.severity = Severity::kNote,
                  .rule = "live-tail",
                  .run = "a",
                  .path = "f1",
                  .offset = 2220114,
                  .message = "growing"},
                 {.severity = Severity::kWarn,
                  .rule = "nul-tail",
                  .run = "b",
                  .path = "f2",
                  .message = "zeros"}};
  report.records_lost = 1;
  report.errors = report.warnings = report.notes = report.bad_files = 1;
  return report;
}

TEST_CASE("fsck: findings under their file, and what was verified") {
  CHECK(screen_of(findings(), kPipe, false) ==
        "f1\n"
        "  error  @1 048 576…1 057 808  mismatch  data-crc\n"
        "  note   @2 220 114            growing   live-tail\n"
        "f2\n"
        "  warn                         zeros     nul-tail\n"
        "error: 1 damaged or unreadable place in 1 of 15 files; everything else verified (1.0 KiB, "
        "88 412 "
        "records) · 1 warning · 1 note\n");
  ops::FsckReport clean;
  clean.files = 2;
  clean.records = 7;
  CHECK(screen_of(clean, kPipe, false) == "2 files verified (0 B, 7 records)\n");
}

TEST_CASE("ls: what lies in the future is an event only where there is one") {
  ops::LsRow early = run("a");
  early.age_seconds = -5;
  ops::LsRow empty = early;
  empty.first_time = empty.last_time = {};
  const auto table = [](const ops::LsRow& row) {
    return render_table(ls_table(report({row}), false), kPipe.table_style());
  };
  CHECK(table(early).find("last event in the future") != std::string::npos);
  CHECK(table(empty).find("file time in the future") != std::string::npos);
  CHECK(table(empty).find("last event") == std::string::npos);
}

TEST_CASE("ls: damage is said where there is no room for sizes") {
  ops::LsRow row = run("vision/resnet50/augmented/seed0");
  row.damage = 1;
  const Screen narrow{.terminal = true, .color = false, .width = 66};
  const std::string text = render_table(ls_table(report({row}), false), narrow.table_style());
  CHECK(text.find("damaged in") != std::string::npos);
  CHECK(text.find("SIZE") == std::string::npos);
}

TEST_CASE("fsck: a terminal of any width is kept, digits of a number together") {
  ops::FsckReport report = findings();
  const std::string path = "runs/vision/resnet50/augmented/seed0/events.out.tfevents.1.node";
  for (Problem& row : report.rows) row.path = path;
  for (const std::size_t width : {24U, 40U, 60U}) {
    const std::string text = screen_of(report, {.terminal = true, .width = width}, false);
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
      CHECK(display_width(text.substr(at, text.find('\n', at) - at)) <= width);
    }
    CHECK(text.find("88 412") != std::string::npos);
    CHECK(text.find(".node\n") != std::string::npos);
  }
}

TEST_CASE("fsck: a terminal shows twenty findings of a file") {
  ops::FsckReport many = findings();
  many.rows.assign(25, many.rows.front());
  const std::string folded = screen_of(many, kTerminal, false);
  CHECK(std::count(folded.begin(), folded.end(), '\n') == 24);
  CHECK(folded.find("… 5 more (--all)") != std::string::npos);
  const std::string all = screen_of(many, kTerminal, true);
  CHECK(std::count(all.begin(), all.end(), '\n') == 28);
  const std::string pipe = screen_of(many, kPipe, false);
  CHECK(std::count(pipe.begin(), pipe.end(), '\n') == 27);
}

TEST_CASE("fsck: the envelope, rows are problems") {
  const std::string json = text_of([](Sink& sink) { return fsck_json(findings(), "1.2.3", sink); });
  CHECK(json.starts_with(
      R"({"schema":"tfevents.fsck/1","version":"1.2.3","now_time":0,"operands":["runs"],"view":"raw",)"
      R"("complete":true,"rows":[{"severity":"error","rule":"data-crc","run":"a","path":"f1",)"
      R"("offset":1048576,"end":1057808,"tag":null,"step":null,"message":"mismatch","hint":null},)"));
  CHECK(json.ends_with(
      R"("summary":{"files":15,"bytes":1024,"records":88412,"records_lost":1,"bytes_lost":0,"errors":1,)"
      R"("warnings":1,"notes":1},"problems":[]})"
      "\n"));
  const std::string jsonl = text_of([](Sink& sink) { return fsck_jsonl(findings(), sink); });
  CHECK(std::count(jsonl.begin(), jsonl.end(), '\n') == 3);
  CHECK(render_csv(fsck_table(findings()))
            .starts_with("severity,rule,run,path,offset,end,tag,step,message,hint\n"));
}

TEST_CASE("command lines in advice are quoted for a shell") {
  const std::vector<std::string> plain{"runs/a"};
  CHECK(command_line("fsck", plain) == "tfevents fsck runs/a");
  const std::vector<std::string> odd{"my runs", "it's"};
  CHECK(command_line("fsck", odd) == "tfevents fsck 'my runs' 'it'\\''s'");
  const std::vector<std::string> many(9, "x");
  CHECK(command_line("fsck", many) == "tfevents fsck");
}

TEST_CASE("a reader that leaves ends an answer at once") {
  std::vector<ops::LsRow> rows;
  for (int i = 0; i < 1000; ++i) {
    rows.push_back(run(std::to_string(i)));
    rows.back().series = {loss(), loss()};
  }
  const ops::LsReport list = report(rows);
  ops::FsckReport check;
  check.rows.assign(1000, findings().rows.front());
  const std::vector<std::function<Status(Sink&)>> answers = {
      [&](Sink& sink) { return ls_json(list, View::kClean, true, "1", sink); },
      [&](Sink& sink) { return ls_jsonl(list, false, sink); },
      [&](Sink& sink) { return ls_tree(list, kPipe, true, sink); },
      [&](Sink& sink) -> Status {
        TFEVENTS_CHECK(render_table(ls_table(list, true), {}, sink));
        return ok_status();
      },
      [&](Sink& sink) { return render_csv(series_table(list, kPipe), sink); },
      [&](Sink& sink) { return fsck_json(check, "1", sink); },
      [&](Sink& sink) { return fsck_jsonl(check, sink); },
      [&](Sink& sink) { return fsck_screen(check, kPipe, false, sink); },
      [&](Sink& sink) { return render_markdown(fsck_table(check), sink); }};
  for (std::size_t i = 0; i < answers.size(); ++i) {
    CAPTURE(i);
    const std::string whole = text_of(answers[i]);
    // Drained piece by piece: the same bytes, never many of them at once.
    std::string buffer;
    std::string out;
    std::size_t longest = 0;
    Sink parted(buffer, [&] {
      longest = std::max(longest, buffer.size());
      out += buffer;
      buffer.clear();
      return ok_status();
    });
    REQUIRE(answers[i](parted).ok());
    CHECK(out + buffer == whole);
    CHECK(longest < 1024);
    // Not drained any more: nothing comes after the first refusal.
    std::string begun;
    Sink gone(begun, [&]() -> Status {
      if (begun.empty()) return ok_status();
      return Error{.code = ErrorCode::kCancelled, .message = "gone"};
    });
    CHECK(!answers[i](gone).ok());
    CHECK(begun.size() < 1024);
    CHECK(whole.starts_with(begun));
  }
}

}  // namespace
}  // namespace tfevents::render
