// The views against their definition, on random runs: a point survives the clean view if and only
// if every later point of its series has a greater step. Filters count after the view.
#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

struct Model {
  std::string tag, kind;
  std::int64_t step;
  double wall;
  float value;
};

/// A run written at random, and what was written.
class RandomRun {
 public:
  /// Few different steps, so that they repeat and decrease all the time; `repeats` false: no step
  /// comes twice in a row.
  RandomRun(std::uint64_t seed, bool repeats) : random_(seed), repeats_(repeats) {}

  std::vector<Model> write(RunBuilder& run) {
    const int files = pick(1, 3), points = pick(0, 120);
    for (int i = 0; i < points; ++i) {
      if (pick(0, points) < files) run.next_file();
      add(run);
    }
    return std::move(model_);
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  void add(RunBuilder& run) {
    static const std::string kTags[] = {"a", "b", "b/c", "d"};
    const std::string tag = kTags[pick(0, 3)];
    // `d` always climbs; the kind of `b/c` changes from point to point.
    const std::string kind = tag != "b/c" ? "scalars" : pick(0, 1) == 0 ? "scalars" : "images";
    std::int64_t& last = last_[tag + kind];
    std::int64_t step = tag == "d" ? last + 1 : pick(-2, 6);
    if (!repeats_ && step == last) ++step;
    last = step;
    const double wall = wall_time();
    float value = static_cast<float>(pick(-50, 50)) / 7;
    if (pick(0, 9) == 0) value = std::numeric_limits<float>::quiet_NaN();
    run.with([&](EventWriter& out, double) {
      out.summary({step, wall}, [&](SummaryBuilder& s) {
        if (kind == "images") {
          s.image(tag, {.width = 1, .height = 1, .encoded = "x"});
        } else if (pick(0, 3) == 0) {
          s.scalar(tag, Scalar::of(static_cast<double>(value)), ScalarForm::kTensorTyped);
        } else {
          s.scalar(tag, value);
        }
      });
    });
    model_.push_back({tag, kind, step, wall, value});
  }

  double wall_time() {
    if (pick(0, 19) == 0) return std::numeric_limits<double>::quiet_NaN();
    return 1000 + pick(0, 100);
  }

  std::mt19937_64 random_;
  bool repeats_;
  std::map<std::string, std::int64_t> last_;
  std::vector<Model> model_;
};

std::string line(const Model& p) {
  return p.tag + "|" + p.kind + "|" + std::to_string(p.step) + "|" +
         std::to_string(std::bit_cast<std::uint64_t>(p.wall)) + "|" +
         (p.kind == "images"    ? ""
          : std::isnan(p.value) ? "NaN"
                                : std::to_string(p.value));
}
std::string line(const PointRow& p) {
  return line(
      Model{p.tag, p.kind, p.step, p.wall, p.blob ? 0 : static_cast<float>(p.value.as_double())});
}
template <class P>
std::vector<std::string> lines(const std::vector<P>& points) {
  std::vector<std::string> out;
  for (const P& p : points) out.push_back(line(p));
  return out;
}
/// Stably by series: what must be equal where repeated steps delay points.
template <class P>
std::vector<std::string> lines_by_series(std::vector<P> points) {
  std::stable_sort(points.begin(), points.end(), [](const P& a, const P& b) {
    return std::tie(a.tag, a.kind) < std::tie(b.tag, b.kind);
  });
  return lines(points);
}

bool same_series(const Model& a, const Model& b) {
  return a.tag == b.tag && a.kind == b.kind;
}

/// Duplicates and restarts by series: a dropped point whose next one has the same step, or that has
/// a smaller or equal step somewhere behind.
struct Drops {
  std::uint64_t duplicates = 0, restart = 0;
};

std::vector<Model> clean_of(const std::vector<Model>& raw, std::map<std::string, Drops>& drops) {
  std::vector<Model> kept;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    bool survives = true, smaller = false;
    std::optional<std::size_t> next;
    for (std::size_t k = i + 1; k < raw.size(); ++k) {
      if (!same_series(raw[i], raw[k])) continue;
      if (!next) next = k;
      survives = survives && raw[k].step > raw[i].step;
      smaller = smaller || raw[k].step < raw[i].step;
    }
    if (survives) {
      kept.push_back(raw[i]);
      continue;
    }
    // Up to the next change of the step the same point again, and nothing smaller behind.
    bool back = smaller;
    bool left = false;
    for (std::size_t k = i + 1; k < raw.size() && !back; ++k) {
      if (!same_series(raw[i], raw[k])) continue;
      left = left || raw[k].step != raw[i].step;
      back = left && raw[k].step <= raw[i].step;
    }
    ++(back ? drops[raw[i].tag + raw[i].kind].restart : drops[raw[i].tag + raw[i].kind].duplicates);
  }
  return kept;
}

std::vector<Model> filtered(const std::vector<Model>& points, const Selection& select) {
  std::vector<Model> kept;
  for (const Model& p : points) {
    if (select.first_step && p.step < *select.first_step) continue;
    if (select.last_step && p.step > *select.last_step) continue;
    if (select.first_wall && !(p.wall >= *select.first_wall)) continue;
    if (select.last_wall && !(p.wall <= *select.last_wall)) continue;
    kept.push_back(p);
  }
  if (!select.last) return kept;
  std::vector<Model> last;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    std::uint64_t behind = 0;
    for (std::size_t k = i + 1; k < kept.size(); ++k) behind += same_series(kept[i], kept[k]);
    if (behind < *select.last) last.push_back(kept[i]);
  }
  return last;
}

void check_series(const ops::SeriesRow& row, const std::vector<Model>& all) {
  std::vector<Model> points;
  for (const Model& p : all) {
    if (p.tag == row.tag && p.kind == row.kind) points.push_back(p);
  }
  INFO(row.tag, " ", row.kind);
  CHECK(row.points == points.size());
  if (points.empty()) {
    CHECK_FALSE(row.first_step);
    CHECK_FALSE(row.last);
    return;
  }
  CHECK(row.first_step == points.front().step);
  CHECK(row.last_step == points.back().step);
  if (row.kind != "scalars") return;
  const Model *min = nullptr, *max = nullptr;
  long double sum = 0;
  std::uint64_t finite = 0;
  for (const Model& p : points) {
    if (std::isnan(p.value)) continue;
    if (min == nullptr || p.value < min->value) min = &p;
    if (max == nullptr || p.value > max->value) max = &p;
    sum += static_cast<long double>(p.value);
    ++finite;
  }
  CHECK(row.nonfinite == points.size() - finite);
  CHECK(line(Model{"", "scalars", 0, 0, static_cast<float>(row.last->as_double())}) ==
        line(Model{"", "scalars", 0, 0, points.back().value}));
  CHECK(std::isnan(row.first->as_double()) == std::isnan(points.front().value));
  CHECK(row.min.has_value() == (finite != 0));
  if (finite == 0) return;
  CHECK(row.min->as_double() == static_cast<double>(min->value));
  CHECK(row.max->as_double() == static_cast<double>(max->value));
  CHECK(row.min_step == min->step);
  CHECK(row.max_step == max->step);
  CHECK(*row.mean == doctest::Approx(static_cast<double>(sum / finite)).epsilon(1e-6));
}

/// Everything that dump and ls say of a run in one view and selection.
void check_view(World& w, const std::vector<Model>& raw, bool repeats) {
  std::map<std::string, Drops> drops;
  const bool clean = w.select.view == View::kClean;
  const std::vector<Model> view = clean ? clean_of(raw, drops) : raw;
  const std::vector<Model> expected = filtered(view, w.select);
  const Dumped dumped = w.dump();
  REQUIRE(dumped.report.ok());
  if (!clean || !repeats) CHECK(lines(dumped.points) == lines(expected));
  CHECK(lines_by_series(dumped.points) == lines_by_series(expected));
  CHECK(dumped.report->rows == expected.size());

  const ops::LsReport listed = w.ls(), lean = w.ls(false);
  REQUIRE(listed.rows.size() == 1);
  std::uint64_t nonfinite = 0, duplicates = 0, restart = 0;
  std::optional<std::int64_t> last_step;
  for (const ops::SeriesRow& row : listed.rows[0].series) {
    check_series(row, expected);
    const Drops mine = drops[row.tag + row.kind];
    INFO(row.tag, " ", row.kind);
    CHECK(row.duplicates == mine.duplicates);
    CHECK(row.dropped == mine.duplicates + mine.restart);
    duplicates += mine.duplicates;
    restart += mine.restart;
    nonfinite += row.nonfinite;
    if (row.last_step) last_step = std::max(last_step.value_or(*row.last_step), *row.last_step);
  }
  for (const ops::LsReport* report : {&listed, &lean}) {
    INFO("series: ", report == &listed);
    CHECK(report->rows[0].tags == listed.rows[0].series.size());
    CHECK(report->rows[0].nonfinite == nonfinite);
    CHECK(report->rows[0].last_step.value_or(-99) == last_step.value_or(-99));
    const auto& of_run = report->outcome.dropped;
    CHECK((of_run.empty() ? 0 : of_run[0].duplicates) == duplicates);
    CHECK((of_run.empty() ? 0 : of_run[0].restart) == restart);
  }
  const auto& of_dump = dumped.outcome().dropped;
  CHECK((of_dump.empty() ? 0 : of_dump[0].duplicates) == duplicates);
  CHECK((of_dump.empty() ? 0 : of_dump[0].restart) == restart);
}

TEST_CASE("views, filters and statistics of random runs are what their definitions say") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    const bool repeats = seed % 3 != 0;
    World w;
    std::vector<Model> raw;
    w.run("a", [&](RunBuilder& r) { raw = RandomRun(seed, repeats).write(r); });
    for (const View view : {View::kRaw, View::kClean}) {
      CAPTURE(to_string(view));
      w.select = {};
      w.select.view = view;
      check_view(w, raw, repeats);
      w.select.first_step = static_cast<std::int64_t>(seed % 5);
      check_view(w, raw, repeats);
      w.select.last_step = 4;
      w.select.last = seed % 4;
      check_view(w, raw, repeats);
      w.select = {};
      w.select.view = view;
      w.select.last = 1 + seed % 3;
      check_view(w, raw, repeats);
      w.select.first_wall = 1020;
      w.select.last_wall = 1070;
      check_view(w, raw, repeats);
    }
  }
}

TEST_CASE("selected tags and kinds alone are given, and the others do not disturb their views") {
  for (std::uint64_t seed = 1; seed < 60; ++seed) {
    CAPTURE(seed);
    World w;
    std::vector<Model> raw, of_tag;
    w.run("a", [&](RunBuilder& r) { raw = RandomRun(seed, true).write(r); });
    for (const Model& p : raw) {
      if (p.tag == "b/c" && p.kind == "images") of_tag.push_back(p);
    }
    if (of_tag.empty()) continue;
    w.select.tags.push_back(*Pattern::parse("b/*", Pattern::Scope::kName));
    w.select.kinds = {"images"};
    check_view(w, of_tag, true);
    w.select.last = 2;
    check_view(w, of_tag, true);
  }
}

TEST_CASE("kinds of one tag never purge each other") {
  World w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("x", {{5, 1}, {6, 2}}).image("x", 1).histogram("x", 2).image("x", 3);
    r.scalar("x", {{7, 3}}).histogram("x", 2);
  });
  const auto points = w.dump(View::kClean).points;
  CHECK(steps_of(points, "x", "scalars") == Steps{5, 6, 7});
  CHECK(steps_of(points, "x", "images") == Steps{1, 3});
  CHECK(steps_of(points, "x", "histograms") == Steps{2});
  CHECK(w.row("a").tags == 3);
}

TEST_CASE("runs never purge each other") {
  World w;
  w.run("a", [](RunBuilder& r) { r.scalar("x", {{5, 1}, {6, 2}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("x", {{1, 1}}); });
  CHECK(steps_of(w.dump(View::kClean).points, "x") == Steps{5, 6, 1});
}

TEST_CASE("more decreases than memory holds: 66,000 zig-zags over 1, 100 and 10,000 series") {
  for (const std::int64_t series : {1, 100, 10'000}) {
    CAPTURE(series);
    constexpr std::int64_t kPoints = 140'000;
    World w;
    std::vector<std::string> tags;
    for (std::int64_t i = 0; i < series; ++i) tags.push_back("t" + std::to_string(i));
    std::vector<std::vector<std::int64_t>> steps(static_cast<std::size_t>(series));
    // 2 0 3 1 4 2 …: every second point goes back, and all cuts stay.
    w.run("a", [&](RunBuilder& r) {
      for (std::int64_t i = 0; i < kPoints; ++i) {
        const auto of = static_cast<std::size_t>(i % series);
        const std::int64_t n = i / series;
        const std::int64_t step = n / 2 + (n % 2 == 0 ? 2 : 0);
        r.scalar(tags[of], {{step, static_cast<float>(i)}});
        steps[of].push_back(step);
      }
    });
    std::uint64_t kept = 0;
    for (std::vector<std::int64_t>& of : steps) {
      // The definition from the end: a point stays where it is less than all behind it.
      std::int64_t least = std::numeric_limits<std::int64_t>::max();
      std::vector<std::int64_t> stay;
      for (auto step = of.rbegin(); step != of.rend(); ++step) {
        if (*step >= least) continue;
        stay.insert(stay.begin(), *step);
        least = *step;
      }
      kept += stay.size();
      of = std::move(stay);
    }
    const auto points = w.dump(View::kClean).points;
    CHECK(points.size() == kept);
    for (const std::size_t of : {std::size_t{0}, steps.size() - 1})
      CHECK(steps_of(points, tags[of]) == steps[of]);
    const ops::SeriesRow row = w.series("a", tags[0]);
    CHECK(row.points == steps[0].size());
    CHECK(row.first_step == steps[0].front());
    // Without a place for the temporary file it is an Error, never a wrong answer.
    w.temp_directory = "/nowhere/at/all";
    const Dumped failed = w.dump();
    CHECK_FALSE(failed.report.ok());
    CHECK(failed.points.empty());
    CHECK_FALSE(w.try_ls().ok());
  }
}

}  // namespace
}  // namespace tfevents::test
