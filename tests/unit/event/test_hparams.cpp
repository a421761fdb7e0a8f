#include <functional>
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "event/encode.hpp"
#include "event/hparams.hpp"
#include "unit/event/hparams_agreement.hpp"
#include "unit/event/wire_generator.hpp"

namespace tfevents {
namespace {

using namespace test;

/// Random messages as libprotobuf builds them.
class Messages {
 public:
  explicit Messages(std::uint64_t seed) : random_(seed) {}

  // Now and then several in a row, which is one message merged.
  std::string next() {
    std::string out = one();
    while (below(4) == 0) out += one();
    return out;
  }
  std::string mutate(std::string bytes) { return random_.mutate(std::move(bytes)); }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_.below(limit); }
  std::string word() { return std::string(below(4), static_cast<char>('a' + below(3))); }

  std::string one() {
    pb::HparamsPluginData message;
    if (below(20) == 0) message.set_version(1);
    switch (below(4)) {
      case 0: fill(*message.mutable_experiment()); break;
      case 1:
      case 2: fill(*message.mutable_session_start_info()); break;
      default:
        message.mutable_session_end_info()->set_status(static_cast<int>(below(6)) - 1);
        if (below(2) != 0) message.mutable_session_end_info()->set_end_time_secs(1.5);
    }
    return message.SerializeAsString();
  }

  void fill(pb::HparamsExperiment& experiment) {
    for (std::uint64_t i = below(3); i != 0; --i) {
      auto& info = *experiment.add_hparam_infos();
      info.set_name(word());
      info.set_display_name(word());
      info.set_type(static_cast<int>(below(6)) - 1);
      if (below(2) != 0) {
        for (std::uint64_t k = below(3); k != 0; --k)
          fill(*info.mutable_domain_discrete()->add_values());
      } else {
        info.mutable_domain_interval()->set_max_value(2);
      }
    }
    for (std::uint64_t i = below(3); i != 0; --i) {
      auto& metric = *experiment.add_metric_infos();
      metric.mutable_name()->set_tag(word());
      metric.mutable_name()->set_group(word());
      metric.set_display_name(word());
      metric.set_dataset_type(2);
    }
    experiment.set_time_created_secs(3);
  }

  void fill(pb::HparamsSessionStart& start) {
    for (std::uint64_t i = below(5); i != 0; --i) {
      auto& entry = *start.add_hparams();
      entry.set_key(word());
      if (below(8) != 0) fill(*entry.mutable_value());
    }
    start.set_monitor_url(word());
    start.set_group_name(word());
    start.set_start_time_secs(static_cast<double>(below(3)));
  }

  void fill(pb::HparamValue& value) {
    switch (below(6)) {
      case 0: value.set_null_value(0); break;
      case 1: value.set_number_value(std::numeric_limits<double>::quiet_NaN()); break;
      case 2: value.set_string_value(word()); break;
      case 3: value.set_bool_value(below(2) != 0); break;
      case 4: value.set_struct_value(word()); break;
      default: value.set_list_value(word()); break;
    }
  }

  WireGenerator random_;
};

std::string start_of(const std::function<void(wire::Encoder&)>& fill) {
  std::string inner, out;
  wire::Encoder encoder(inner);
  fill(encoder);
  wire::Encoder(out).bytes(3, inner);
  return out;
}

std::string entry(std::string_view key, std::string_view value) {
  std::string out;
  wire::Encoder(out).bytes(1, key).bytes(2, value);
  return out;
}

TEST_CASE("hparams: as libprotobuf reads them, whole and damaged") {
  Messages messages(7);
  std::size_t accepted = 0;
  constexpr int kRounds = 20'000;
  for (int i = 0; i < kRounds; ++i) {
    const std::string bytes = messages.next();
    REQUIRE(seen_hparams(bytes) == parsed_hparams(bytes));
    for (int k = 0; k < 4; ++k) {
      const std::string wounded = messages.mutate(bytes);
      accepted += parsed_hparams(wounded) != "kFormat" ? 1U : 0U;
      if (seen_hparams(wounded) != parsed_hparams(wounded))
        FAIL_CHECK("ours: " << seen_hparams(wounded) << "\nprotobuf: " << parsed_hparams(wounded));
    }
  }
  CHECK(accepted > kRounds / 2);
  CHECK(accepted < 4 * kRounds);
}

TEST_CASE("hparams: every type of value, and names that are no UTF-8") {
  std::string number, text, truth, null, list;
  wire::Encoder(number).fixed(2, std::numeric_limits<double>::infinity());
  wire::Encoder(text).bytes(3, "\xFF");
  wire::Encoder(truth).varint(4, std::uint64_t{1});
  wire::Encoder(null).varint(1, std::uint64_t{0});
  wire::Encoder(list).bytes(6, "\xFF\xFF");  // Not looked into.
  const auto data = parse_hparams(as_bytes(start_of([&](wire::Encoder& start) {
    start.bytes(1, entry("lr", number)).bytes(1, entry("opt", text)).bytes(1, entry("bn", truth));
    start.bytes(1, entry("none", null)).bytes(1, entry("\xFE", list)).bytes(1, entry("opt", text));
    start.bytes(4, "group").fixed(5, 12.5);
  })));
  REQUIRE(data.ok());
  const auto& start = std::get<HparamsSessionStart>(*data);
  CHECK(start.group_name == "group");
  CHECK(start.start_time == 12.5);
  CHECK(start.values == HparamMap{{"lr", std::numeric_limits<double>::infinity()},
                                  {"opt", std::string("\xFF")},
                                  {"bn", true},
                                  {"none", std::monostate{}},
                                  {"\xFE", std::monostate{}}});
}

TEST_CASE("hparams: nothing, other versions, and what is no message") {
  CHECK(std::holds_alternative<std::monostate>(parse_hparams({}).value()));
  std::string version, negative;
  wire::Encoder(version).varint(1, std::uint64_t{2});
  wire::Encoder(negative).varint(1, std::int64_t{-1});
  CHECK(parse_hparams(as_bytes(version)).error().code == ErrorCode::kUnsupported);
  CHECK(parse_hparams(as_bytes(negative)).error().message == "hparams of version -1");
  CHECK(parse_hparams(as_bytes(std::string_view("abc"))).error().code == ErrorCode::kFormat);
  // A length that promises more than there is.
  CHECK(parse_hparams(as_bytes(std::string_view("\x1A\xFF\xFF\xFF\x7F"))).error().code ==
        ErrorCode::kFormat);
}

TEST_CASE("hparams: more than anybody logs is refused before it is kept") {
  CHECK(parse_hparams(as_bytes(std::string(kMaxHparamsBytes + 1, '\0'))).error().code ==
        ErrorCode::kLimit);
  const auto starts = [](std::size_t count) {
    return start_of([&](wire::Encoder& start) {
      for (std::size_t i = 0; i < count; ++i) start.bytes(1, entry(std::to_string(i), ""));
    });
  };
  CHECK(parse_hparams(as_bytes(starts(kMaxHparamsEntries))).ok());
  CHECK(parse_hparams(as_bytes(starts(kMaxHparamsEntries + 1))).error().code == ErrorCode::kLimit);
}

TEST_CASE("hparams: names of the ends of sessions") {
  for (const auto& [status, name] : {std::pair{HparamsStatus::kUnknown, "unknown"},
                                     {HparamsStatus::kSuccess, "success"},
                                     {HparamsStatus::kFailure, "failure"},
                                     {HparamsStatus::kRunning, "running"}})
    CHECK(std::string_view(to_string(status)) == name);
}

}  // namespace
}  // namespace tfevents
