#include <string>

#include <doctest/doctest.h>

#include "record/reader.hpp"
#include "support/logdir_builder.hpp"
#include "unit/event/agreement.hpp"
#include "unit/event/wire_generator.hpp"

// The scanner against libprotobuf: the same bytes accepted, the same things seen.

namespace tfevents {
namespace {

using namespace test;

std::string printable_hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

/// All ways to scan agree with each other and with libprotobuf.
void check_agreement(EventScanner& scanner, std::string_view payload) {
  const std::string ours = scanned(scanner, payload);
  const std::string theirs = parsed(payload);
  if (ours != theirs)
    FAIL_CHECK(printable_hex(payload) << "\nscanner:  " << ours << "\nprotobuf: " << theirs);
  const std::string sized = scanned(scanner, payload, true);
  for (const std::size_t most : {1U, 5U, 5000U}) {
    const std::string streamed = scanned_as_stream(scanner, payload, most, true);
    if (streamed != sized)
      FAIL_CHECK(printable_hex(payload)
                 << "\nscan:        " << sized << "\nscan_stream: " << streamed);
  }
}

TEST_CASE("agreement: random events of all shapes, and what becomes of them") {
  WireGenerator generator(1);
  EventScanner scanner;
  std::size_t accepted = 0;
  constexpr int kRounds = 60'000;
  for (int i = 0; i < kRounds; ++i) {
    const std::string payload = generator.event();
    accepted += parsed(payload) != "rejected" ? 1U : 0U;
    check_agreement(scanner, payload);
    for (int k = 0; k < 3; ++k) check_agreement(scanner, generator.mutate(payload));
  }
  CHECK(accepted > kRounds / 2);
}

TEST_CASE("agreement: what writers write, whole and damaged") {
  const std::string file = event_file([](RunBuilder& r) {
    r.written_by("someone").scalar("loss", {{0, 1.0F}, {1000, 0.5F}, {-5, 2.0F}});
    for (const ScalarForm form : {ScalarForm::kTensorContent, ScalarForm::kTensorTyped}) {
      r.form(form).scalar("tensor", {{0, 1.0F}, {1 << 29, 0.5F}});
      r.metadata(MetadataPolicy::kAlways).scalar("tensor", {{7, 3.0F}});
      r.number("int", 1, Scalar::of(std::int64_t{-3}), form, {1});
      r.event(9, [](SummaryBuilder& s) { s.scalar("a", 1).scalar("b", 2).scalar("c", 3); });
    }
    r.text("note", 3, "hello").histogram("h", 4).image("i", 5).audio("a", 6);
    r.hparams("_hparams_/experiment", "abc").graph("graph").session(SessionStatus::kStart, 5);
    r.event(10, [](SummaryBuilder& s) {
      const HistogramBucket buckets[] = {{0, 1, 2}, {1, 2, 3}};
      const std::string_view parts[] = {"one", "two"};
      s.histogram_tensor("ht", buckets).image_tensor("it", 4, 3, parts).audio_tensor("at", parts);
      s.tensor("big", content_tensor(DType::kFloat32, std::string(200, 'x'), {5, 10}),
               {.plugin = "mesh"});
    });
    r.with([](EventWriter& w, double at) {
      w.run_metadata({3, at}, "step1", "metadata");
      w.meta_graph_def({3, at}, "meta");
      w.log_message({3, at}, 20, "message");
    });
  });
  EventScanner scanner;
  WireGenerator generator(2);
  RecordReader reader(memory_source(as_bytes(file)));
  while (reader.next() == RecordStep::kRecord) {
    const std::string payload(
        as_text({reader.record().payload, static_cast<std::size_t>(reader.record().length)}));
    check_agreement(scanner, payload);
    CHECK(parsed(payload) != "rejected");
    for (std::size_t size = 0; size < payload.size(); ++size)
      check_agreement(scanner, std::string_view(payload).substr(0, size));
    for (std::size_t bit = 0; bit < payload.size() * 8; ++bit) {
      std::string flipped = payload;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      check_agreement(scanner, flipped);
    }
    for (int i = 0; i < 2000; ++i) check_agreement(scanner, generator.mutate(payload));
  }
}

}  // namespace
}  // namespace tfevents
