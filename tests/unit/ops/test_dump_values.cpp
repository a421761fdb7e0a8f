#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "event/encode.hpp"
#include "unit/ops/value_bytes.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

/// A `Summary` field with one value, as `raw` wants it in an event.
std::string event_of(std::int64_t step, const std::string& value) {
  std::string out;
  wire::Encoder(out).fixed(1, RunBuilder::kStart).varint(2, static_cast<std::uint64_t>(step));
  return out + field(5, field(1, value));
}

/// A tensor of rank 1 that says it has `elements`, and has `content`.
std::string tensor(std::uint64_t dtype, std::uint64_t elements, const std::string& content) {
  std::string out;
  wire::Encoder(out).varint(1, dtype);
  std::string dim;
  wire::Encoder(dim).varint(1, elements);
  return field(8, out + field(2, field(2, dim)) + field(4, content));
}

const Problem* problem_of(const Dumped& dumped, const std::string& rule) {
  for (const Problem& problem : dumped.outcome().problems) {
    if (problem.rule == rule) return &problem;
  }
  return nullptr;
}

TEST_CASE("values that are not what their kind says are reported and the rest goes on") {
  World w;
  const std::string bad = tag_of("picture") + tensor(7, 1, "") + metadata_of("images");
  w.run("a", [&](RunBuilder& r) {
    r.histogram("weights", 0).raw(event_of(1, bad)).histogram("weights", 2);
  });
  const Dumped dumped = w.dump();
  REQUIRE(dumped.points.size() == 3);
  CHECK(std::vector{dumped.points[0].kind, dumped.points[1].kind, dumped.points[2].kind} ==
        std::vector<std::string>{"histograms", "images", "histograms"});
  const Problem* const problem = problem_of(dumped, "undecodable-value");
  REQUIRE(problem != nullptr);
  CHECK(problem->tag == "picture");
  CHECK(problem->step == 1);
  CHECK(problem->offset.value_or(0) > 0);
  CHECK(problem->path.value_or("").starts_with("/logs/a/"));
  CHECK_FALSE(dumped.outcome().complete);
}

TEST_CASE("a shape that lies is said, and what is there is given") {
  World w;
  const std::string lying =
      tag_of("t") + tensor(1, std::uint64_t{1} << 40, std::string(8, '\0')) + metadata_of("x");
  w.run("a", [&](RunBuilder& r) { r.raw(event_of(3, lying)); });
  const Dumped dumped = w.dump();
  REQUIRE(dumped.points.size() == 1);
  CHECK(dumped.points[0].problem == "a shape of 1099511627776 elements, of which 2 are there");
  const Problem* const problem = problem_of(dumped, "inconsistent-value");
  REQUIRE(problem != nullptr);
  CHECK(problem->severity == Severity::kWarn);
  CHECK(dumped.outcome().complete);
}

TEST_CASE("values above the limit are elided, and given whole where there is none") {
  World w;
  const std::string big = tag_of("t") + tensor(1, 20000, std::string(80000, '\0'));
  w.run("a", [&](RunBuilder& r) { r.raw(event_of(3, big)); });
  CHECK(w.dump().points.at(0).what == 0);  // Elided is the first.
  ops::DumpOptions all;
  all.printed_bytes = UINT64_MAX;
  CHECK(w.dump(all).points.at(0).what != 0);
}

TEST_CASE("the clean view gives of repeated steps the value that came last") {
  World w;
  w.run("a", [](RunBuilder& r) {
    r.text("note", 1, "first").text("note", 1, "second").text("note", 2, "third");
    r.text("note", 1, "fourth").histogram("h", 1).histogram("h", 1).scalar("s", {{1, 1}, {1, 2}});
  });
  const Dumped raw = w.dump(View::kRaw), clean = w.dump(View::kClean);
  CHECK(raw.points.size() == 8);
  CHECK(steps_of(clean.points, "note") == Steps{1});
  CHECK(steps_of(clean.points, "h") == Steps{1});
  CHECK(steps_of(clean.points, "s") == Steps{1});
  CHECK(clean.points[0].wall == raw.points[3].wall);
}

}  // namespace
}  // namespace tfevents::test
