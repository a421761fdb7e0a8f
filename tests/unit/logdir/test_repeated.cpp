// Events that repeat earlier ones are read without scanning them. An unknown field at the end of an
// event changes nothing of what it says and keeps it off that path: a log and its twin with such
// fields have to give the same points.
#include <bit>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include "event/encode.hpp"
#include "logdir/point_reader.hpp"
#include "logdir/run.hpp"
#include "support/logdir_builder.hpp"
#include "support/memory_sys.hpp"

namespace tfevents::test {
namespace {

using Point = std::tuple<std::string, std::string, std::int64_t, std::uint64_t, std::uint64_t,
                         std::uint64_t, int>;

struct Trace {
  TagTable* tags = nullptr;
  std::vector<Point> points = {};

  void add(SeriesId id, std::int64_t step, double wall, double value, std::uint64_t bytes,
           int how) {
    points.emplace_back(std::string(tags->name(tags->info(id).tag)),
                        std::string(tags->kind_name(id)), step, std::bit_cast<std::uint64_t>(wall),
                        std::bit_cast<std::uint64_t>(value), bytes, how);
  }
  void on_series(SeriesId) {}
  void on_float(SeriesId id, std::int64_t step, double wall, float value, std::uint64_t bytes) {
    add(id, step, wall, static_cast<double>(value), bytes, 0);
  }
  void on_scalar(SeriesId id, std::int64_t step, double wall, Scalar value, std::uint64_t bytes) {
    add(id, step, wall, value.as_double(), bytes, 1);
  }
  void on_blob(SeriesId id, std::int64_t step, double wall, std::uint64_t bytes) {
    add(id, step, wall, 0, bytes, 2);
  }
  static bool stopped() { return false; }
};

struct Seen {
  std::vector<Point> points;
  std::uint64_t records = 0;
  std::size_t problems = 0;
  std::optional<double> first, last;
};

Seen read(const std::vector<std::string>& payloads) {
  MemorySys sys;
  LogdirBuilder builder;
  builder.run("run", [&](RunBuilder& run) {
    for (const std::string& payload : payloads) run.raw(payload);
  });
  builder.write(sys, "/logs");
  const StopFlag stop;
  Selection select;
  select.operands = {"/logs"};
  auto found = discover(select, sys, 1, stop);
  REQUIRE(found.ok());
  REQUIRE(found->runs.size() == 1);
  RunReading state(sys, found->runs.front(), {});
  Trace trace{&state.tags};
  PointReader<Trace> reader(state, trace, {});
  REQUIRE(reader.read_all().ok());
  return {std::move(trace.points), reader.records(), state.findings.problems().size(),
          state.activity.first_time(), state.activity.last_time()};
}

/// Logs as writers make them, and as they do not.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {
    for (std::size_t i = 0; i < 12; ++i) {
      Series series;
      series.tag = std::string(1 + below(i < 3 ? 3 : 70), static_cast<char>('a' + i));
      restyle(series);
      series_.push_back(series);
    }
  }

  std::vector<std::string> log(std::size_t events) {
    std::vector<std::string> payloads;
    for (std::size_t i = 0; i < events; ++i) payloads.push_back(event(i));
    return payloads;
  }

 private:
  struct Series {
    std::string tag;
    int form = 0;
    std::string metadata;
    bool first_only = false;
    bool written = false;
  };

  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  bool sometimes(std::uint64_t one_in) { return below(one_in) == 0; }

  void restyle(Series& series) {
    series.form = static_cast<int>(below(8));
    series.metadata.clear();
    series.first_only = sometimes(2);
    series.written = false;
    if (sometimes(2)) return;
    static constexpr const char* kPlugins[] = {"scalars", "", "text", "mine", "histograms"};
    wire::Encoder metadata(series.metadata);
    const char* plugin = kPlugins[sometimes(3) ? below(5) : 0];
    metadata.message(1, [&] { metadata.text(1, plugin); });
    if (sometimes(4)) metadata.text(3, std::string(below(120), 'd'));
  }

  void value(wire::Encoder& out, Series& series) {
    const float number = std::bit_cast<float>(static_cast<std::uint32_t>(random_()));
    out.message(1, [&] {
      if (sometimes(40)) out.bytes(7, "node");
      out.bytes(1, series.tag);
      switch (series.form) {
        case 0:
        case 1:
        case 2: out.fixed(2, number); break;
        case 3:
        case 4: tensor(out, 4, number); break;
        case 5: tensor(out, 5, number); break;
        case 6:  // A double.
          out.message(8, [&] {
            out.varint(1, std::uint64_t{2}).message(6, [&] {
              out.raw_fixed(static_cast<double>(below(100)));
            });
          });
          break;
        default:  // A histogram.
          out.message(5, [&] { out.fixed(1, 0.5).fixed(2, 1.5); });
      }
      if (!series.metadata.empty() && !(series.first_only && series.written))
        out.bytes(9, series.metadata);
      series.written = true;
      if (sometimes(60)) out.varint(30, std::uint64_t{1});
    });
  }

  void tensor(wire::Encoder& out, std::uint32_t field, float number) {
    out.message(8, [&] {
      out.varint(1, std::uint64_t{1});
      if (!sometimes(20)) out.bytes(2, "");
      out.message(field, [&] { out.raw_fixed(number); });
    });
  }

  std::string event(std::size_t i) {
    if (sometimes(50)) restyle(series_[below(series_.size())]);
    std::string payload;
    wire::Encoder out(payload);
    const double wall =
        sometimes(30) ? -1.0 : 1000.0 + static_cast<double>(i) - static_cast<double>(below(3));
    out.fixed(1, wall);
    if (!sometimes(30)) out.varint(2, sometimes(30) ? random_() : i);
    out.message(5, [&] {
      const std::size_t style = below(10);
      if (style < 5) {  // One after the other.
        value(out, series_[i % series_.size()]);
      } else if (style < 8) {  // The first few.
        const std::size_t count = 1 + below(series_.size());
        for (std::size_t k = 0; k < count; ++k) value(out, series_[k]);
      } else {  // Any, and again.
        for (std::size_t k = 0; k < 4; ++k) value(out, series_[below(series_.size())]);
      }
    });
    if (sometimes(30)) payload[below(payload.size())] = static_cast<char>(random_());
    return payload;
  }

  std::mt19937_64 random_;
  std::vector<Series> series_;
};

std::vector<std::string> with_unknown_field(std::vector<std::string> payloads) {
  for (std::string& payload : payloads) wire::Encoder(payload).varint(60, std::uint64_t{1});
  return payloads;
}

TEST_CASE("events that repeat earlier ones say what they say when they are scanned") {
  std::size_t points = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    const auto payloads = Generator(seed).log(400);
    const Seen straight = read(payloads);
    const Seen twin = read(with_unknown_field(payloads));
    points += straight.points.size();
    CHECK(straight.records == twin.records);
    CHECK(straight.problems == twin.problems);
    CHECK(straight.first == twin.first);
    CHECK(straight.last == twin.last);
    REQUIRE(straight.points.size() == twin.points.size());
    CHECK(straight.points == twin.points);
  }
  CHECK(points > 300'000);
}

TEST_CASE("metadata that comes later changes what known values mean") {
  const auto tensor_event = [](std::int64_t step, const std::string& plugin) {
    std::string payload;
    wire::Encoder out(payload);
    out.fixed(1, 5.0).varint(2, step).message(5, [&] {
      out.message(1, [&] {
        out.bytes(1, "tag");
        out.message(8, [&] {
          out.varint(1, std::uint64_t{1}).bytes(2, "").message(4, [&] { out.raw_fixed(1.0F); });
        });
        if (!plugin.empty()) out.message(9, [&] { out.message(1, [&] { out.bytes(1, plugin); }); });
      });
    });
    return payload;
  };
  const Seen seen = read({tensor_event(1, ""), tensor_event(2, ""), tensor_event(3, "text"),
                          tensor_event(4, ""), tensor_event(5, "text")});
  const Seen twin =
      read(with_unknown_field({tensor_event(1, ""), tensor_event(2, ""), tensor_event(3, "text"),
                               tensor_event(4, ""), tensor_event(5, "text")}));
  CHECK(seen.points == twin.points);
}

}  // namespace
}  // namespace tfevents::test
