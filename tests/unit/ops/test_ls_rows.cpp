// The rows of `ls` as they are kept: packed, and the same again when they are read.
#include <bit>
#include <limits>

#include <doctest/doctest.h>

#include "ops/ls_rows.hpp"

namespace tfevents::test {
namespace {

using namespace ops;

std::string text_of(const std::optional<Scalar>& value) {
  if (!value) return "none";
  std::string text = std::to_string(static_cast<int>(value->dtype)) + ":";
  switch (value->store()) {
    case Scalar::Store::kFloat:
      return text + std::to_string(std::bit_cast<std::uint32_t>(value->f32));
    case Scalar::Store::kDouble:
      return text + std::to_string(std::bit_cast<std::uint64_t>(value->f64));
    case Scalar::Store::kSigned: return text + std::to_string(value->i64);
    case Scalar::Store::kUnsigned: return text + std::to_string(value->u64);
  }
  return text;
}

void check_same(const SeriesRow& a, const SeriesRow& b) {
  CHECK(a.tag == b.tag);
  CHECK(a.kind == b.kind);
  CHECK(a.plugin == b.plugin);
  CHECK(a.dtype == b.dtype);
  CHECK(a.points == b.points);
  CHECK(a.dropped == b.dropped);
  CHECK(a.duplicates == b.duplicates);
  CHECK(a.nonfinite == b.nonfinite);
  CHECK(a.first_step == b.first_step);
  CHECK(a.last_step == b.last_step);
  CHECK(a.bytes == b.bytes);
  CHECK(text_of(a.first) == text_of(b.first));
  CHECK(text_of(a.last) == text_of(b.last));
  CHECK(text_of(a.min) == text_of(b.min));
  CHECK(text_of(a.max) == text_of(b.max));
  CHECK(a.min_step == b.min_step);
  CHECK(a.max_step == b.max_step);
  CHECK(a.mean.has_value() == b.mean.has_value());
  if (a.mean) CHECK(std::bit_cast<std::uint64_t>(*a.mean) == std::bit_cast<std::uint64_t>(*b.mean));
}

// No two members are alike, and all that can be long is.
SeriesRow extreme() {
  SeriesRow row;
  row.tag = std::string("a\0\xff", 3);
  row.kind = "no kind that is known";
  row.plugin = std::string(300, 'p');
  row.dtype = "float32";
  row.points = std::numeric_limits<std::uint64_t>::max();
  row.dropped = 127;
  row.duplicates = 128;
  row.nonfinite = 1ULL << 63U;
  row.first_step = std::numeric_limits<std::int64_t>::min();
  row.last_step = std::numeric_limits<std::int64_t>::max();
  row.bytes = 16384;
  row.first = Scalar::of(std::numeric_limits<float>::quiet_NaN());
  row.last = Scalar::of(-0.0, DType::kBfloat16);
  row.min = Scalar::of(std::numeric_limits<std::int64_t>::min());
  row.max = Scalar::of(std::numeric_limits<std::uint64_t>::max());
  row.min_step = -1;
  row.max_step = 64;
  row.mean = -std::numeric_limits<double>::denorm_min();
  return row;
}

TEST_CASE("a series row is the same when it has been packed") {
  SeriesRow words;
  words.tag = "loss";
  words.kind = words.plugin = "scalars";
  words.dtype = "mixed";
  words.first = words.last = Scalar::of(0.1F);
  const std::vector<SeriesRow> rows = {extreme(), SeriesRow{}, words, extreme()};
  const SeriesList list = {rows[0], rows[1], rows[2], rows[3]};
  REQUIRE(list.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) check_same(list[i], rows[i]);
  std::size_t i = 0;
  for (const SeriesRow& row : list) check_same(row, rows[i++]);
  CHECK(i == 4);
  CHECK(SeriesList().empty());
  CHECK(SeriesList().begin() == SeriesList().end());
}

TEST_CASE("a list of series is sorted by tag, then kind, whatever its blocks") {
  constexpr int kTags = 3000;  // Many blocks.
  SeriesList::Builder builder(3);
  for (int i = kTags - 1; i >= 0; --i) {
    for (const char* kind : {"text", "scalars", "a plugin of its own"}) {
      SeriesRow row;
      row.tag = "t" + std::to_string(i);
      // Some rows are longer than a block.
      if (i % 1000 == 7) row.plugin = std::string(60'000, 'x');
      row.kind = kind;
      row.points = static_cast<std::uint64_t>(i);
      builder.add(row);
    }
  }
  const SeriesList list = builder.finish_sorted();
  CHECK(builder.finish().empty());
  const SeriesList copy = list;  // NOLINT(performance-unnecessary-copy-initialization): shares rows
  REQUIRE(copy.size() == 3 * kTags);
  bool sorted = true;
  for (std::size_t i = 0; i < copy.size(); ++i) {
    const SeriesRow row = copy[i];
    const char* const kinds[] = {"a plugin of its own", "scalars", "text"};
    sorted = sorted && row.tag == "t" + std::to_string(i / 3) && row.points == i / 3 &&
             row.kind == kinds[i % 3] && row.plugin.size() == (i / 3 % 1000 == 7 ? 60'000U : 0U);
  }
  CHECK(sorted);
}

LsRow some_run(const std::string& name) {
  LsRow row;
  row.run = name;
  row.path = "/logs/" + name;
  row.state = RunState::kLive;
  row.damage = 3;
  row.last_step = -5;
  row.first_time = 1.25;
  row.age_seconds = -7.5;
  row.tags = 1000;
  row.files = 2;
  row.bytes = 1ULL << 40U;
  row.nonfinite = 4;
  row.all_one_step = true;
  row.series = {extreme()};
  return row;
}

TEST_CASE("a row of a run is the same when it has been packed") {
  LsRow plain;
  plain.run = ".";
  plain.shown = "logs";
  plain.path = "logs";  // Does not end with the name.
  plain.last_time = 2;
  plain.duration_seconds = 0;
  plain.profile = true;
  const LsRows rows({some_run("a/b"), plain, LsRow{}});
  REQUIRE(rows.size() == 3);
  const LsRow first = rows[0];
  CHECK(first.run == "a/b");
  CHECK(first.people_name() == "a/b");
  CHECK(first.path == "/logs/a/b");
  CHECK(first.state == RunState::kLive);
  CHECK(first.damage == 3);
  CHECK(first.last_step == -5);
  CHECK(first.first_time == 1.25);
  CHECK_FALSE(first.last_time);
  CHECK(first.age_seconds == -7.5);
  CHECK_FALSE(first.duration_seconds);
  CHECK(first.tags == 1000);
  CHECK(first.files == 2);
  CHECK(first.bytes == 1ULL << 40U);
  CHECK(first.nonfinite == 4);
  CHECK_FALSE(first.profile);
  CHECK(first.all_one_step);
  REQUIRE(first.series.size() == 1);
  check_same(first.series[0], extreme());
  const LsRow second = rows[1];
  CHECK(second.run == ".");
  CHECK(second.people_name() == "logs");
  CHECK(second.path == "logs");
  CHECK(second.state == RunState::kEmpty);
  CHECK(second.last_time == 2);
  CHECK(second.duration_seconds == 0);
  CHECK(second.profile);
  CHECK(second.series.empty());
  CHECK(rows[2].path.empty());
}

TEST_CASE("rows of runs are left out and put into another order") {
  LsRows rows({some_run("a"), some_run("b"), some_run("c")});
  const std::size_t order[] = {2, 0};
  rows.arrange(order);
  std::string names;
  for (const LsRow& row : rows) names += row.run + " " + std::to_string(row.series.size()) + ";";
  CHECK(names == "c 1;a 1;");
  rows.arrange({});
  CHECK(rows.empty());
}

}  // namespace
}  // namespace tfevents::test
