// du: which rows there are, in which order, of which runs and points.
#include "unit/ops/du_files.hpp"

namespace tfevents::test {
namespace {

TEST_CASE("rows of many runs: what --by says is one row, for any number of jobs") {
  Usage w;
  LogdirBuilder tree;
  for (int i = 0; i < 12; ++i) {
    tree.run("r" + std::to_string(i), [i](RunBuilder& r) {
      r.version({}).scalars("x", 5, kStep).scalars(i % 2 == 0 ? "even" : "odd", 2, kStep);
      if (i == 3) r.text("x", 9, "also a text");
    });
  }
  tree.write(w.memory, "/logs");
  w.grouped(false, false, true);
  Lines lines = lines_of(w.du());
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].starts_with("- - - "));
  CHECK(lines[0].ends_with(" 0 12"));
  CHECK(lines[1].starts_with("- - x "));
  CHECK(lines[1].ends_with(" 61 12"));
  CHECK(lines[2] == "- - even " + std::to_string(12 * 13) + " 12 6");
  CHECK(lines[3] == "- - odd " + std::to_string(12 * 12) + " 12 6");

  w.grouped(false, true, false);
  CHECK(lines_of(w.du())[1].ends_with(" 84 12"));
  CHECK(lines_of(w.du())[2].ends_with(" 1 1"));

  w.grouped(true, false, false);
  lines = lines_of(w.du());
  REQUIRE(lines.size() == 12);
  CHECK(lines[0].starts_with("r3 - - "));
  CHECK(lines[0].ends_with(" 8 1"));
  CHECK(lines[1].starts_with("r0 - - "));  // Equal ones by name, in natural order.
  CHECK(lines[5].starts_with("r8 - - "));
  CHECK(lines[6].starts_with("r10 - - "));
  CHECK(lines[7].starts_with("r1 - - "));

  w.grouped(true, true, true);
  const Lines one = lines_of(w.du());
  CHECK(one.size() == 12 * 3 + 1);
  w.jobs = 8;
  for (int i = 0; i < 5; ++i) CHECK(lines_of(w.du()) == one);
}

TEST_CASE("a run of empty files has a row only where rows are runs") {
  Usage w;
  w.memory.file("/logs/a/1.tfevents", "").file("/logs/b/1.tfevents", ten());
  CHECK(w.du().rows.size() == 2);
  CHECK(w.du().runs == 2);
  w.grouped(true, false, false);
  CHECK(lines_of(w.du())[1] == "a - - 0 0 1");
  w.grouped(true, true, false);
  CHECK(w.du().rows.size() == 2);
}

TEST_CASE("sorting and the limit: what is left out is summed up") {
  Usage w;
  w.run("a", [](RunBuilder& r) {
    r.version({}).scalars("t10", 4, kStep).scalars("t2", 6, kStep).scalars("t1", 6, kStep);
  });
  w.grouped(false, true, true);
  const auto tags = [&] {
    std::string text;
    for (const ops::DuReport report = w.du(); const ops::DuRow& row : report.rows)
      text += std::string(row.tag.value_or("-")) + " ";
    return text;
  };
  CHECK(tags() == "- t1 t2 t10 ");
  w.greatest_first = false;
  CHECK(tags() == "t10 t1 t2 - ");
  w.sort = ops::DuSort::kTag;
  CHECK(tags() == "t1 t2 t10 - ");
  w.greatest_first = true;
  CHECK(tags() == "t10 t2 t1 - ");
  w.sort = ops::DuSort::kValues;
  CHECK(tags() == "t1 t2 t10 - ");
  w.sort = ops::DuSort::kKind;
  CHECK(tags() == "t1 t2 t10 - ");
  w.greatest_first = false;
  CHECK(tags() == "- t1 t2 t10 ");
  w.sort = ops::DuSort::kSize;
  w.greatest_first = true;
  const std::uint64_t all = w.du().bytes;
  w.limit = 1;
  const ops::DuReport report = w.du();
  CHECK(report.rows.size() == 1);
  CHECK(report.bytes == all);
  CHECK(report.more.rows == 3);
  CHECK(report.more.bytes == all - sum_of(report));
  w.limit = 0;
  CHECK(w.du().more.bytes == all);
  w.limit = 9;
  CHECK(w.du().more.rows == 0);
}

TEST_CASE("a plugin may call itself what it likes") {
  Usage w;
  const std::string value =
      tag_of("p") + field(8, std::string("\x08\x07")) + metadata_of("(framing)");
  w.memory.file(kFile, framed(field(5, field(1, value))));
  std::vector<bool> pseudo;
  const ops::DuReport report = w.du();
  for (const ops::DuRow& row : report.rows) {
    CHECK(row.kind == "(framing)");
    pseudo.push_back(row.pseudo);
  }
  CHECK(pseudo == std::vector<bool>{false, true});
}

TEST_CASE("runs that activity leaves out are in no sum") {
  Usage w;
  w.run("a", [](RunBuilder& r) { r.scalars("x", 5, kStep); });
  w.run("b", [](RunBuilder& r) { r.scalars("x", 5, kStep); });
  w.memory.file("/logs/a/other", "12345").file("/logs/b/other", "12");
  w.select.runs = {Pattern::parse_or_name("b", Pattern::Scope::kTree)};
  CHECK(w.du().runs == 1);
  CHECK(w.du().foreign.bytes == 2);
  w.select.runs.clear();
  CHECK(w.du().foreign.bytes == 7);
  w.select.live = true;
  const ops::DuReport none = w.du();
  CHECK(none.runs == 0);
  CHECK(none.bytes == 0);
  CHECK(none.foreign.files == 0);
  CHECK(none.outcome.matched_nothing);
}

TEST_CASE("points that are chosen have no pseudo-kinds, and compressed ones are told") {
  Usage w;
  const std::string file = event_file([](RunBuilder& r) {
    r.scalars("x", 10, kStep).scalars("other", 5, kStep).text("t", 1, "t");
  });
  w.memory.file(kFile, gzipped(file)).file("/logs/a/events.out.tfevents.2.h", file);
  w.select.tags = {Pattern::parse_or_name("x", Pattern::Scope::kName)};
  const ops::DuReport report = w.du();
  CHECK(lines_of(report) == Lines{"- scalars - 100 10 1"});
  CHECK(report.points_only);
  CHECK(report.compressed_values == 10);
  CHECK(report.bytes == 100);
  w.select.last = 3;
  CHECK(lines_of(w.du()) == Lines{"- scalars - 30 3 1"});
  w.select.last.reset();
  w.select.tags.clear();
  w.select.kinds = {"text"};
  CHECK(w.du().values == 1);
  CHECK(w.du().compressed_values == 1);
  w.select.kinds.clear();
  w.select.tags = {Pattern::parse_or_name("y*", Pattern::Scope::kName)};
  const ops::DuReport none = w.du();
  CHECK(none.rows.empty());
  CHECK(none.compressed_values == 0);
  CHECK(none.outcome.matched_nothing);
  CHECK(none.runs == 0);
}

TEST_CASE("steps, last and the clean view count the points that ls counts") {
  Usage w;
  w.run("a", [](RunBuilder& r) {
    r.version({}).scalars("x", 20, kStep).next_file().version({});
    r.scalar("x", {{10, 1}, {11, 2}, {11, 3}});
    r.image("i", 4).image("i", 3);
  });
  w.grouped(false, true, true);
  w.select.view = View::kClean;
  const ops::DuReport clean = w.du();
  CHECK(clean.values == 13);
  REQUIRE(clean.outcome.dropped.size() == 1);
  CHECK(clean.outcome.dropped[0].duplicates == 1);
  CHECK(clean.outcome.dropped[0].restart == 11);
  w.select.view = View::kRaw;
  CHECK(w.du().values == 25);
  w.select.first_step = 11;
  CHECK(lines_of(w.du()) == Lines{"- scalars x 110 11 1"});
  w.select.view = View::kClean;
  CHECK(lines_of(w.du()) == Lines{"- scalars x 10 1 1"});
  w.select.first_step.reset();
  w.select.last = 2;
  CHECK(w.du().values == 3);
  w.select.view = View::kRaw;
  CHECK(w.du().values == 4);
  w.select.last.reset();
  w.select.first_wall = 9e9;
  CHECK(w.du().outcome.matched_nothing);
}

}  // namespace
}  // namespace tfevents::test
