// What a series is, where metadata comes late, from elsewhere, or too much of everything comes.
#include <unistd.h>

#include "event/tensor_writer.hpp"
#include "unit/ops/value_bytes.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

const std::string kText = string_tensor(std::vector<std::string_view>{"hello"}, {1});
const std::string kFloat = scalar_tensor(Scalar::of(2.5F), TensorLayout::kTyped);

void add(RunBuilder& run, std::int64_t step, const std::string& value) {
  run.event(step, [&](SummaryBuilder& s) { s.raw(value); });
}

/// `kind: steps` of a tag in both views and by ls, which must agree on what the series are.
void check_kind(World& w, const std::string& tag, const std::string& kind, const Steps& raw,
                const Steps& clean) {
  for (const View view : {View::kRaw, View::kClean}) {
    const auto points = w.dump(view).points;
    CHECK(kinds_of(points, tag) == kind);
    CHECK(steps_of(points, tag) == (view == View::kRaw ? raw : clean));
    const ops::SeriesRow row = w.series("a", tag);
    CHECK(row.kind == kind);
    CHECK(row.points == (view == View::kRaw ? raw : clean).size());
  }
}

TEST_CASE("metadata behind the bare value: both views and ls agree, restarts or not") {
  for (const char* plugin : {"text", "mine", "images", "hparams"}) {
    for (const bool back : {false, true}) {
      CAPTURE(plugin);
      CAPTURE(back);
      World w;
      w.run("a", [&](RunBuilder& r) {
        add(r, 1, tag_of("t") + field(8, kText));
        add(r, 2, tag_of("t") + field(8, kText) + metadata_of(plugin));
        if (back) add(r, 1, tag_of("t") + field(8, kText));
      });
      check_kind(w, "t", plugin, back ? Steps{1, 2, 1} : Steps{1, 2},
                 back ? Steps{1} : Steps{1, 2});
    }
  }
}

TEST_CASE("metadata that only a record above 64 KiB, or one of very many values, carries") {
  const std::string big(100'000, 'x');
  World w;
  w.run("a", [&](RunBuilder& r) {
    add(r, 1, tag_of("t") + field(8, kText));
    add(r, 2,
        tag_of("t") + metadata_of("text") +
            field(8, string_tensor(std::vector<std::string_view>{big}, {1})));
  });
  check_kind(w, "t", "text", {1, 2}, {1, 2});

  World many;
  many.run("a", [&](RunBuilder& r) {
    add(r, 1, tag_of("t") + field(8, kText));
    r.event(2, [&](SummaryBuilder& s) {
      for (int i = 0; i < 5000; ++i) s.scalar("s" + std::to_string(i), 1);
      s.raw(tag_of("t") + field(8, kText) + metadata_of("text"));
    });
  });
  check_kind(many, "t", "text", {1, 2}, {1, 2});
}

TEST_CASE("a bare number whose tag gets the plugin of another kind later") {
  // Neither reading is the only right one; all passes must take the same.
  for (const char* plugin : {"images", "text", "histograms"}) {
    CAPTURE(plugin);
    World w;
    w.run("a", [&](RunBuilder& r) {
      add(r, 1, tag_of("t") + field(8, kFloat));
      add(r, 5, tag_of("t") + field(8, kFloat) + metadata_of(plugin));
      add(r, 3, tag_of("t") + field(8, kFloat));
      add(r, 4, tag_of("t") + field(8, kFloat));
      add(r, 4, tag_of("t") + field(8, kFloat));
    });
    const auto raw = w.dump(View::kRaw).points, clean = w.dump(View::kClean).points;
    CHECK(raw.size() == 5);
    for (const std::string kind : {"scalars", plugin}) {
      // The clean points of each kind are those of the raw ones by definition.
      Steps expected;
      for (const std::int64_t step : steps_of(raw, "t", kind)) {
        while (!expected.empty() && expected.back() >= step) expected.pop_back();
        expected.push_back(step);
      }
      CHECK(steps_of(clean, "t", kind) == expected);
    }
    std::uint64_t listed = 0;
    for (const ops::SeriesRow& row : w.row("a").series) listed += row.points;
    CHECK(listed == clean.size());
  }
}

/// A pipe that holds `bytes`.
class Pipe {
 public:
  explicit Pipe(const std::string& bytes) {
    REQUIRE(pipe(ends_) == 0);
    REQUIRE(bytes.size() < 60'000);  // What a pipe takes without a reader.
    REQUIRE(write(ends_[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    close(ends_[1]);
  }
  ~Pipe() { close(ends_[0]); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  [[nodiscard]] int reader() const { return ends_[0]; }

 private:
  int ends_[2] = {-1, -1};
};

TEST_CASE("late metadata on standard input: the clean view's passes take it alike") {
  const std::string file = event_file([&](RunBuilder& r) {
    add(r, 1, tag_of("t") + field(8, kText));
    add(r, 2, tag_of("t") + field(8, kText) + metadata_of("text"));
    add(r, 3, tag_of("t") + field(8, kText));
    add(r, 3, tag_of("t") + field(8, kText));
    add(r, 2, tag_of("t") + field(8, kText));
  });
  World w;
  w.select.operands = {"-"};
  const Pipe raw_pipe(file), clean_pipe(file), ls_pipe(file);
  w.standard_input = raw_pipe.reader();
  const auto raw = w.dump(View::kRaw).points;
  CHECK(raw.size() == 5);
  w.standard_input = clean_pipe.reader();
  const auto clean = w.dump(View::kClean).points;
  for (const char* kind : {"tensors", "text"}) {
    CAPTURE(kind);
    Steps expected;
    for (const std::int64_t step : steps_of(raw, "t", kind)) {
      while (!expected.empty() && expected.back() >= step) expected.pop_back();
      expected.push_back(step);
    }
    CHECK(steps_of(clean, "t", kind) == expected);
  }
  w.standard_input = ls_pipe.reader();
  std::uint64_t listed = 0;
  for (const ops::SeriesRow& row : w.row("-").series) listed += row.points;
  CHECK(listed == clean.size());
}

TEST_CASE("more series than allowed: those that fit are read, and the answer is not complete") {
  World w;
  w.run("a", [](RunBuilder& r) {
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 20; ++i) r.scalar("t" + std::to_string(i), {{round, 1}});
    }
  });
  w.select.max_series = 10;
  for (const View view : {View::kRaw, View::kClean}) {
    const Dumped dumped = w.dump(view);
    CHECK(dumped.points.size() == 20);
    CHECK(has_rule(dumped.outcome().problems, "limit"));
    CHECK(dumped.outcome().problems.size() == 1);
    CHECK_FALSE(dumped.outcome().complete);
    CHECK(w.row("a").tags == 10);
    CHECK_FALSE(w.ls().outcome.complete);
  }
  w.select.max_series = 20;
  CHECK(w.dump(View::kClean).outcome().complete);
}

TEST_CASE("a tag above 64 KiB is left out and told; one of exactly that size is not") {
  for (const std::size_t size : {64U * 1024U, 64U * 1024U + 1U, 1U << 20U}) {
    CAPTURE(size);
    World w;
    w.run("a", [&](RunBuilder& r) {
      r.scalar(std::string(size, 't'), {{1, 1}}).scalar("x", {{1, 1}});
    });
    const Dumped dumped = w.dump(View::kClean);
    const bool fits = size <= 64U * 1024U;
    CHECK(dumped.points.size() == (fits ? 2 : 1));
    CHECK(dumped.outcome().complete == fits);
    CHECK(has_rule(dumped.outcome().problems, "limit") == !fits);
    CHECK(w.ls().outcome.complete == fits);
  }
}

TEST_CASE("events of more values than are held at once, in the window and in pieces") {
  for (const std::size_t padding : {std::size_t{0}, std::size_t{40}}) {
    World w;
    std::vector<std::string> tags;
    for (int i = 0; i < 9000; ++i)
      tags.push_back("t" + std::to_string(i) + std::string(padding, '_'));
    w.run("a", [&](RunBuilder& r) {
      for (const std::int64_t step : {1, 2, 2, 1}) {
        r.event(step, [&](SummaryBuilder& s) {
          for (const std::string& tag : tags) s.scalar(tag, static_cast<float>(step));
        });
      }
    });
    CHECK(w.dump(View::kRaw).points.size() == 36'000);
    const auto clean = w.dump(View::kClean).points;
    CHECK(clean.size() == 9000);
    CHECK(steps_of(clean, tags[8999]) == Steps{1});
    CHECK(w.row("a").tags == 9000);
    const auto records = w.records().records;
    REQUIRE(records.size() == 5);
    CHECK(records[1].values.size() == 4096);  // As many as are held at once.
    CHECK(records[1].values[4095].tag == tags[4095]);
  }
}

TEST_CASE("records around the sizes where the reader changes its way") {
  for (const std::size_t kib : {64U, 256U, 1024U}) {
    for (const int more : {-200, -64, -20, 0, 1, 200}) {
      CAPTURE(kib);
      CAPTURE(more);
      const std::string payload(kib * 1024U + static_cast<std::size_t>(more + 256) - 256U, 'p');
      World w;
      w.run("a", [&](RunBuilder& r) {
        r.scalar("x", {{1, 1}}).image("img", 1, payload).scalar("x", {{2, 2}});
        r.event(3, [&](SummaryBuilder& s) { s.image("img", {.encoded = payload}).scalar("x", 3); });
        r.graph(payload).scalar("x", {{4, 4}});
      });
      CHECK(values_of(w.dump(View::kClean).points, "x") == std::vector<double>{1, 2, 3, 4});
      CHECK(steps_of(w.dump(View::kRaw).points, "img") == Steps{1, 3});
      CHECK(w.findings().empty());
      CHECK(w.row("a").damage == 0);
    }
  }
}

TEST_CASE("graphs and run metadata are series of their own") {
  World w;
  w.run("a", [](RunBuilder& r) {
    r.graph("graph").with([](EventWriter& out, double wall) {
      out.meta_graph_def({7, wall}, "meta graph");
      out.run_metadata({8, wall}, "step8", "numbers");
    });
  });
  check_kind(w, "__run_graph__", "graphs", {0}, {0});
  check_kind(w, "__meta_graph__", "graphs", {7}, {7});
  check_kind(w, "step8", "run_metadata", {8}, {8});
  CHECK(w.series("a", "step8").bytes == 7);
}

TEST_CASE("standard input named twice is read once") {
  const Pipe pipe(event_file([](RunBuilder& r) { r.scalar("x", {{1, 1}, {2, 2}}); }));
  World w;
  w.select.operands = {"-", "-"};
  w.standard_input = pipe.reader();
  w.jobs = 4;
  CHECK(w.dump(View::kClean).points.size() == 2);
}

}  // namespace
}  // namespace tfevents::test
