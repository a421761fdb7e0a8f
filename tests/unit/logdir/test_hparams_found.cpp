// Hparams are taken out of the metadata of a run's values while its points are read.
#include <functional>

#include <doctest/doctest.h>

#include "event/encode.hpp"
#include "logdir/point_reader.hpp"
#include "support/damage.hpp"
#include "support/logdir_builder.hpp"
#include "support/memory_sys.hpp"
#include "unit/logdir/ignore.hpp"

namespace tfevents::test {
namespace {

std::string message(std::uint32_t member, const std::function<void(wire::Encoder&)>& fill) {
  std::string inner, out;
  wire::Encoder encoder(inner);
  fill(encoder);
  wire::Encoder(out).bytes(member, inner);
  return out;
}

/// A session start with one number, and padding in a text of its own.
std::string start(std::string_view name, double number, std::size_t padding = 0) {
  const auto entry = [](std::string_view key, const std::string& value) {
    std::string out;
    wire::Encoder(out).bytes(1, key).bytes(2, value);
    return out;
  };
  std::string value, pad;
  wire::Encoder(value).fixed(2, number);
  wire::Encoder(pad).bytes(3, std::string(padding, 'x'));
  return message(3, [&](wire::Encoder& session) {
    session.bytes(1, entry(name, value));
    if (padding != 0) session.bytes(1, entry("padding", pad));
  });
}

std::string end(std::uint64_t status) {
  return message(4, [&](wire::Encoder& session) { session.varint(1, status); });
}

std::string experiment(std::string_view metric) {
  std::string name, info;
  wire::Encoder(name).bytes(2, metric);
  wire::Encoder(info).bytes(1, name);
  return message(2, [&](wire::Encoder& e) { e.bytes(5, info); });
}

/// One run, read once or twice.
class Reading {
 public:
  explicit Reading(const std::function<void(RunBuilder&)>& fill, int passes = 1) {
    LogdirBuilder builder;
    builder.run(".", fill).write(sys_, "/r");
    StopFlag stop;
    Selection select;
    select.operands = {"/r"};
    found_ = discover(select, sys_, 1, stop).value();
    reading_.emplace(sys_, found_.runs.front(), RunInput::Options{});
    for (int pass = 0; pass < passes; ++pass) {
      Ignore sink;
      PointReaderOptions options;
      options.again = pass != 0;
      REQUIRE(PointReader(*reading_, sink, options).read_all().ok());
    }
  }
  const RunReading* operator->() const { return &*reading_; }
  const HparamMap& values() const {
    REQUIRE(reading_->hparams.session_start);
    return reading_->hparams.session_start->values;
  }

 private:
  MemorySys sys_;
  Discovery found_;
  std::optional<RunReading> reading_;
};

TEST_CASE("hparams of a run: the first start and experiment, the last end, in any file") {
  const auto fill = [](RunBuilder& r) {
    r.scalar("loss", {{0, 1}});
    r.hparams(kHparamsExperimentTag, experiment("acc"));
    r.hparams(kHparamsSessionStartTag, start("lr", 0.5)).hparams(kHparamsSessionEndTag, end(2));
    r.next_file();
    r.hparams(kHparamsExperimentTag, experiment("other"));
    r.hparams(kHparamsSessionStartTag, start("lr", 0.25)).hparams(kHparamsSessionEndTag, end(1));
  };
  for (const int passes : {1, 2}) {
    const Reading run(fill, passes);
    CHECK(run.values() == HparamMap{{"lr", 0.5}});
    REQUIRE(run->hparams.experiment);
    CHECK(run->hparams.experiment->metrics.front().tag == "acc");
    REQUIRE(run->hparams.session_end);
    CHECK(run->hparams.session_end->status == HparamsStatus::kSuccess);
    CHECK(run->hparams.unreadable == 0);
    CHECK(run->findings.problems().empty());
  }
}

TEST_CASE("hparams of a run: with TensorBoard's placeholder, and beside other values") {
  const Reading run([](RunBuilder& r) {
    r.event(0, [](SummaryBuilder& s) {
      s.scalar("loss", 1).hparams(kHparamsSessionStartTag, start("lr", 2), true);
    });
  });
  CHECK(run.values() == HparamMap{{"lr", 2.0}});
}

TEST_CASE("hparams of a run: a value that looks like a number but is the plugin's") {
  for (const std::string_view tensor :
       {std::string_view("\x08\x01\x12\0\x22\x04\0\0\0\0", 10),  // A float32 of rank 0.
        std::string_view("\x08\x01\x12\x04\x12\x02\x08\x05\x22\x14"
                         "aaaabbbbccccddddeeee",
                         30)}) {
    const Reading run([&](RunBuilder& r) {
      r.event(0, [&](SummaryBuilder& s) {
        s.tensor(kHparamsSessionStartTag, tensor, {.plugin = "hparams", .content = start("a", 1)});
      });
    });
    CHECK(run.values() == HparamMap{{"a", 1.0}});
  }
}

TEST_CASE("hparams of a run: what cannot be read is passed over and counted") {
  const Reading run([](RunBuilder& r) {
    r.hparams(kHparamsSessionStartTag, "\xFF\xFF");
    r.hparams(kHparamsSessionStartTag, end(1));  // Under the wrong tag.
    r.hparams(kHparamsSessionStartTag, start("lr", 3));
    r.hparams("_hparams_/else", start("lr", 4));
  });
  CHECK(run.values() == HparamMap{{"lr", 3.0}});
  CHECK(run->hparams.unreadable == 2);
  CHECK_FALSE(run->hparams.session_end);
}

TEST_CASE("hparams of a run: other plugins' metadata under these tags is none") {
  const Reading run([](RunBuilder& r) {
    r.event(0, [](SummaryBuilder& s) {
      s.tensor(kHparamsSessionStartTag, "", {.plugin = "text", .content = start("lr", 3)});
    });
    // The plugin of a tag is that of its first metadata.
    r.metadata(MetadataPolicy::kAlways);
    r.hparams(kHparamsSessionStartTag, start("lr", 4));
  });
  CHECK_FALSE(run->hparams.session_start);
}

TEST_CASE("hparams of a run: records that come in pieces") {
  for (const std::size_t padding :
       {std::size_t{60'000}, std::size_t{70'000}, std::size_t{1} << 20, std::size_t{3} << 20}) {
    for (const int passes : {1, 2}) {
      const Reading run(
          [&](RunBuilder& r) {
            r.scalar("loss", {{0, 1}});
            r.hparams(kHparamsSessionStartTag, start("lr", 7, padding));
            r.scalar("loss", {{1, 1}});
          },
          passes);
      REQUIRE(run.values().size() == 2);
      CHECK(run.values().at("lr") == HparamValue(7.0));
      CHECK(run.values().at("padding") == HparamValue(std::string(padding, 'x')));
    }
  }
}

TEST_CASE("hparams of a run: in an event of more values than are held, in one piece or many") {
  for (const std::size_t padding : {std::size_t{0}, std::size_t{200'000}}) {
    const Reading run([&](RunBuilder& r) {
      r.event(0, [&](SummaryBuilder& s) {
        for (int i = 0; i < 5000; ++i) s.scalar("a", 1);
        s.hparams(kHparamsSessionStartTag, start("lr", 8, padding));
        for (int i = 0; i < 5000; ++i) s.scalar("a", 1);
      });
    });
    CHECK(run.values().at("lr") == HparamValue(8.0));
  }
}

TEST_CASE("hparams of a run: above the limit they are a problem of the run, once") {
  const Reading run([](RunBuilder& r) {
    r.hparams(kHparamsSessionStartTag, start("lr", 1, kMaxHparamsBytes));
    r.hparams(kHparamsSessionStartTag, start("lr", 2, kMaxHparamsBytes));
    r.hparams(kHparamsSessionStartTag, start("lr", 3));
  });
  CHECK(run.values() == HparamMap{{"lr", 3.0}});
  REQUIRE(run->findings.problems().size() == 1);
  CHECK(run->findings.problems().front().rule == "limit");
  CHECK(run->findings.problems().front().lost_data);
}

TEST_CASE("hparams of a run: damage takes a start away, the next one counts") {
  const Reading run([](RunBuilder& r) {
    r.hparams(kHparamsSessionStartTag, start("lr", 1));
    r.damage([](std::string file) {
      const std::vector<std::size_t> offsets = record_offsets(file);  // The end is the last.
      return flip_byte(std::move(file), offsets[offsets.size() - 2] + 20);
    });
    r.hparams(kHparamsSessionStartTag, start("lr", 2));
  });
  CHECK(run.values() == HparamMap{{"lr", 2.0}});
  CHECK(run->findings.damage() == 1);
}

}  // namespace
}  // namespace tfevents::test
