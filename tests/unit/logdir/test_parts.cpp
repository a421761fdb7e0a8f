// The small parts: tags and series, kinds, cut points, activity.
#include <algorithm>
#include <cmath>
#include <csignal>
#include <limits>
#include <map>
#include <random>
#include <unordered_set>

#include <doctest/doctest.h>
#include <sys/resource.h>

#include "logdir/activity.hpp"
#include "logdir/cuts.hpp"
#include "logdir/kind.hpp"
#include "logdir/tag_table.hpp"

namespace tfevents::test {
namespace {

TEST_CASE("tags of every length are found again, in any order, and never taken for another") {
  // Around the sizes where names are compared, and kept, in other ways.
  std::vector<std::string> tags{""};
  for (std::size_t size = 1; size < 80; ++size) {
    for (const std::size_t place : {std::size_t{0}, size / 2, size - 1}) {
      std::string tag(size, 'a');
      tag[place] = 'b';
      tags.push_back(tag);
    }
    tags.push_back(std::string(size, 'a'));
    tags.push_back(std::string(size, '\0'));
  }
  tags.push_back(std::string(64 * 1024, 'z'));
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  TagTable table;
  std::map<std::string, TagId> ids;
  for (const std::string& tag : tags) ids[tag] = table.intern(tag);
  CHECK(table.tag_count() == tags.size());
  std::mt19937 random(7);
  std::size_t wrong = 0;  // A check each would take longer than what is checked.
  for (int round = 0; round < 20; ++round) {
    std::shuffle(tags.begin(), tags.end(), random);
    for (int twice = 0; twice < 2; ++twice) {
      for (const std::string& tag : tags) {
        const TagId id = table.intern(tag);
        wrong += id != ids[tag] || table.name(id) != tag ? 1U : 0U;
      }
    }
  }
  CHECK(wrong == 0);
  CHECK(table.tag_count() == tags.size());
}

TEST_CASE("beyond the limit new tags are refused, known ones found") {
  TagTable table;
  table.set_limit(2);
  const TagId a = table.intern("a"), b = table.intern("b");
  CHECK(table.intern("c") == kNoId);
  CHECK(table.intern("a") == a);
  CHECK(table.intern("c") == kNoId);
  CHECK(table.intern("b") == b);
  CHECK(table.intern("") == kNoId);
}

TEST_CASE("a tag has a series for each kind") {
  TagTable table;
  const TagId tag = table.intern("x");
  CHECK(table.scalars(tag) == kNoId);
  bool created = false;
  const SeriesId images = table.series(tag, Kind::kImages, created);
  CHECK(created);
  CHECK(table.scalars(tag) == kNoId);
  const SeriesId scalars = table.series(tag, Kind::kScalars, created);
  CHECK(created);
  CHECK(table.scalars(tag) == scalars);
  CHECK(table.series(tag, Kind::kImages, created) == images);
  CHECK_FALSE(created);
  CHECK(table.series_count() == 2);
  CHECK(table.kind_name(images) == "images");
}

TEST_CASE("the first metadata of a tag counts, until it is forgotten") {
  TagTable table;
  const TagId tag = table.intern("x"), other = table.intern("y");
  CHECK(table.plain_scalars(tag));
  table.set_plugin(tag, "images");
  table.set_plugin(tag, "text");
  table.set_plugin(other, "");
  CHECK(table.plugin(tag) == "images");
  CHECK_FALSE(table.plain_scalars(tag));
  CHECK(table.has_metadata(other));
  table.set_plugin(other, "text");
  CHECK(table.plugin(other).empty());
  table.forget_metadata();
  CHECK_FALSE(table.has_metadata(tag));
  CHECK(table.plain_scalars(tag));
  CHECK(table.plugin(tag).empty());
  table.set_plugin(tag, "text");
  CHECK(table.plugin(tag) == "text");
}

TEST_CASE("plugins and their kinds") {
  for (const std::string_view name : kind_names()) {
    if (name == "tensors" || name == "run_metadata") continue;
    const auto kind = kind_of_plugin(name);
    REQUIRE(kind.has_value());
    CHECK(to_string(*kind) == name);
  }
  CHECK(kind_of_plugin("graph_keras_model") == Kind::kGraphs);
  CHECK(kind_of_plugin("graph_tagged_run_metadata") == Kind::kRunMetadata);
  CHECK_FALSE(kind_of_plugin("").has_value());
  CHECK_FALSE(kind_of_plugin("Scalars").has_value());
}

/// Points of some series in reading order, and which of them survive by the definition.
void check_cuts(std::mt19937_64& random, std::size_t series, std::size_t points, int range) {
  std::vector<std::vector<std::int64_t>> steps(series);
  CutPoints cuts("/tmp");
  std::vector<std::size_t> order;
  std::size_t failed = 0, wrong = 0;
  for (std::size_t i = 0; i < points; ++i) {
    const std::size_t of = random() % series;
    auto& mine = steps[of];
    const auto step = static_cast<std::int64_t>(random() % static_cast<unsigned>(range)) +
                      static_cast<std::int64_t>(mine.size() / 2);
    if (!mine.empty() && step < mine.back()) {
      failed += cuts.add(static_cast<SeriesId>(of), {mine.size(), step}).ok() ? 0U : 1U;
    }
    mine.push_back(step);
    order.push_back(of);
  }
  std::vector<std::vector<bool>> survives(series);
  for (std::size_t of = 0; of < series; ++of) {
    survives[of].resize(steps[of].size());
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    std::int64_t above = least;  // The least step behind the run of equal steps that i is in.
    for (std::size_t i = steps[of].size(); i-- > 0;) {
      if (i + 1 < steps[of].size() && steps[of][i] != steps[of][i + 1]) above = least;
      survives[of][i] = steps[of][i] < above;
      least = std::min(least, steps[of][i]);
    }
  }
  std::vector<CutPoints::Cursor> cursors;
  for (std::size_t of = 0; of < series; ++of)
    cursors.push_back(cuts.cursor(static_cast<SeriesId>(of)));
  std::vector<std::size_t> at(series);
  for (const std::size_t of : order) {
    const std::size_t i = at[of]++;
    const auto said = cursors[of].survives(i, steps[of][i]);
    wrong += !said.ok() || *said != survives[of][i] ? 1U : 0U;
  }
  CHECK(failed == 0);
  CHECK(wrong == 0);
}

/// No file of this process may grow beyond `bytes`, in a scope.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before_) == 0);
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit less{std::min(bytes, before_.rlim_max), before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &less) == 0);
  }
  ~FileSizeLimit() {
    (void)setrlimit(RLIMIT_FSIZE, &before_);
    (void)std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*old_handler_)(int) = SIG_DFL;
};

TEST_CASE("cut points tell which points survive, in memory and spilled") {
  const FileSizeLimit limit(16U << 20U);  // A few times what 400,000 points can cut.
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) check_cuts(random, 1 + random() % 5, 300, 6);
  check_cuts(random, 1, 400'000, 4);
  check_cuts(random, 100, 400'000, 4);
  check_cuts(random, 10'000, 400'000, 4);
  check_cuts(random, 1, 400'000, 100'000);  // Deep falls: parts in the file are superseded.
}

TEST_CASE("times: first and last of the finite ones above 0") {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  Activity none;
  for (const double wall : {std::nan(""), kInf, -kInf, 0.0, -0.0, -1.0}) none.on_event(wall);
  CHECK_FALSE(none.first_time());
  CHECK_FALSE(none.last_time());
  CHECK(none.events() == 6);
  CHECK_FALSE(none.live_at(0));
  CHECK_FALSE(none.ended());
  Activity some = none;
  for (const double wall : {30.0, 10.0, 20.0}) some.on_event(wall);
  CHECK(some.first_time() == 10);
  CHECK(some.last_time() == 30);
  CHECK(some.median_gap() == 10);
}

TEST_CASE("the median gap of the last 256 events") {
  Activity activity;
  CHECK(activity.median_gap() == 0);
  activity.on_event(1);
  CHECK(activity.median_gap() == 0);
  activity.on_event(5);
  CHECK(activity.median_gap() == 4);
  activity.on_event(7);
  CHECK(activity.median_gap() == 3);  // Of 4 and 2.
  double now = 7;
  for (int i = 0; i < 300; ++i) activity.on_event(now += 1);
  CHECK(activity.median_gap() == 1);
}

}  // namespace
}  // namespace tfevents::test
