// The text of exported points: quoting, names, Python's numbers.
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "render/export.hpp"
#include "support/logdir_builder.hpp"
#include "support/memory_sys.hpp"

namespace tfevents::render {
namespace {

using test::LogdirBuilder;
using test::MemorySys;
using test::RunBuilder;

std::string exported(MemorySys& memory, ExportText text, bool wide = false,
                     const std::string& tag = "") {
  StopFlag stop;
  const FixedClock clock(RunBuilder::kStart);
  const ops::OpContext context{.sys = memory, .clock = clock, .stop = stop};
  ops::ExportOptions options;
  options.select.operands = {"/logs"};
  options.select.kinds = {"scalars"};
  if (!tag.empty()) options.select.tags = {Pattern::parse(tag, Pattern::Scope::kName).value()};
  options.wide = wide;
  options.one_series = text == ExportText::kTensorBoard;
  std::string out;
  const auto write = [&](std::string_view part) {
    out += part;
    return ok_status();
  };
  const auto format = export_format(text, wide);
  const auto report = ops::export_points(options, *format, write, context);
  REQUIRE_MESSAGE(report.ok(), report.error().message);
  return out;
}

/// A tree of one run.
struct Tree {
  MemorySys sys;
  Tree(const std::string& run, const std::function<void(RunBuilder&)>& fill) {
    LogdirBuilder().run(run, fill).write(sys, "/logs");
  }
};

TEST_CASE("names with commas, quotes, line ends and bytes that are no text") {
  Tree tree("a,b", [](RunBuilder& r) {
    r.at(1000.5).every(0);
    r.scalar("x\"y\nz", {{0, 0.1F}}).scalar("\xff", {{0, 2}}).scalar("", {{0, 3}});
  });
  CHECK(exported(tree.sys, ExportText::kCsv) ==
        "run,tag,step,wall_time,value\n\"a,b\",\"x\"\"y\nz\",0,1000.5,0.1\n"
        "\"a,b\",\\xff,0,1000.5,2\n\"a,b\",,0,1000.5,3\n");
  CHECK(exported(tree.sys, ExportText::kCsv, true) ==
        "run,step,,\"x\"\"y\nz\",\\xff\n\"a,b\",0,3,0.1,2\n");
  CHECK(exported(tree.sys, ExportText::kJsonl) ==
        "{\"run\":\"a,b\",\"tag\":\"x\\\"y\\nz\",\"step\":0,\"wall_time\":1000.5,\"value\":0.1}\n"
        "{\"run\":\"a,b\",\"tag\":\"\uFFFD\",\"tag_base64\":\"/w==\",\"step\":0,\"wall_time\":1000."
        "5,\"value\":2}\n"
        "{\"run\":\"a,b\",\"tag\":\"\",\"step\":0,\"wall_time\":1000.5,\"value\":3}\n");
  CHECK(exported(tree.sys, ExportText::kJsonl, true) ==
        "{\"run\":\"a,b\",\"step\":0,\"values\":{\"\":3,\"x\\\"y\\nz\":0.1,\"\\\\xff\":2}}\n");
}

TEST_CASE("a column's label is taken once") {
  const std::vector<std::string> taken{"run", "step"};
  using Labels = std::vector<std::string>;
  CHECK(column_labels({"a", "run", "step"}, taken) == Labels{"a", "tag:run", "tag:step"});
  CHECK(column_labels({"run", "tag:run"}, taken) == Labels{"tag:run", "tag:tag:run"});
  CHECK(column_labels({"tag:run", "run"}, taken) == Labels{"tag:run", "tag:tag:run"});
  CHECK(column_labels({"\\xff", "\xff"}, {}) == Labels{"\\xff", "tag:\\xff"});
  CHECK(column_labels({"run"}, {}) == Labels{"run"});
}

TEST_CASE("--dialect tensorboard: numbers as Python's repr of the double") {
  const double cases[] = {0.1,    1e16, 1e15, 123456789012345680.0,  1e-4, 1e-5,
                          5e-324, -0.0, 1e22, 1.7976931348623157e308};
  const char* const reprs[] = {"0.1",
                               "1e+16",
                               "1000000000000000.0",
                               "1.2345678901234568e+17",
                               "0.0001",
                               "1e-05",
                               "5e-324",
                               "-0.0",
                               "1e+22",
                               "1.7976931348623157e+308"};
  Tree tree("r", [&](RunBuilder& r) {
    r.at(1700000000).every(0.25);
    std::int64_t step = -1;
    for (const double value : cases) r.number("x", step++, Scalar::of(value));
    r.scalar("x", {{20, 0.1F}, {21, 3}, {22, std::numeric_limits<float>::quiet_NaN()}});
    r.scalar("x", {{23, INFINITY}, {24, -INFINITY}});
    r.number("x", 25, Scalar::of(std::int64_t{7})).number("x", 26, Scalar::of(UINT64_MAX));
    r.at(1e17).scalar("x", {{27, 1}});
  });
  std::string wanted = "Wall time,Step,Value\r\n";
  double wall = 1700000000.25;  // The version event takes the first instant.
  std::int64_t step = -1;
  const auto line = [&](std::int64_t at, const std::string& value) {
    std::string time = std::to_string(wall);
    time.erase(time.find_last_not_of('0') + 1);
    wanted += time + (time.back() == '.' ? "0," : ",") + std::to_string(at) + "," + value + "\r\n";
    wall += 0.25;
  };
  for (const char* repr : reprs) line(step++, repr);
  line(20, "0.10000000149011612");
  line(21, "3.0");
  line(22, "nan");
  line(23, "inf");
  line(24, "-inf");
  line(25, "7.0");
  line(26, "1.8446744073709552e+19");
  wanted += "1e+17,27,1.0\r\n";
  CHECK(exported(tree.sys, ExportText::kTensorBoard) == wanted);
}

TEST_CASE("only steps with values are rows of a wide table in JSON") {
  Tree tree("r", [](RunBuilder& r) { r.scalar("run", {{0, 1}, {2, NAN}}).scalar("b", {{1, 2}}); });
  CHECK(exported(tree.sys, ExportText::kJsonl, true) ==
        "{\"run\":\"r\",\"step\":0,\"values\":{\"run\":1}}\n"
        "{\"run\":\"r\",\"step\":1,\"values\":{\"b\":2}}\n"
        "{\"run\":\"r\",\"step\":2,\"values\":{\"run\":\"NaN\"}}\n");
  CHECK(exported(tree.sys, ExportText::kCsv, true) ==
        "run,step,b,tag:run\nr,0,,1\nr,1,2,\nr,2,,nan\n");
}

}  // namespace
}  // namespace tfevents::render
