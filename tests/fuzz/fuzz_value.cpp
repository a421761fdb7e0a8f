#include <cstdlib>
#include <string>

#include "logdir/decoded_value.hpp"
#include "unit/event/value_agreement.hpp"

// Any bytes as a Summary.Value: what libprotobuf accepts is seen the same, values in pieces decode
// as those in memory, and whatever the bytes claim, every kind ends with a value or an error.

using namespace tfevents;
using namespace tfevents::test;

// Numbers by their text, so that NaN is itself.
static std::string buckets_of(const DecodedValue& value) {
  std::string out;
  if (const auto* const histogram = std::get_if<Histogram>(&value.what)) {
    for (const HistogramBucket& bucket : histogram->buckets)
      out += to_text(bucket.left) + " " + to_text(bucket.right) + " " + to_text(bucket.count) + ";";
  }
  return out;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const Stored stored(bytes);
  const std::string seen = seen_value(stored.whole()), parsed = parsed_value(bytes);
  if (seen != seen_value(stored.in_pieces())) std::abort();
  if (parsed != "not a value" && seen != parsed) std::abort();
  for (int kind = 0; kind <= static_cast<int>(Kind::kPlugin); ++kind) {
    const auto one = decode_value(stored.whole(), static_cast<Kind>(kind), "t_VERTEX");
    const auto other = decode_value(stored.in_pieces(), static_cast<Kind>(kind), "t_VERTEX");
    if (one.ok() != other.ok()) std::abort();
    if (!one.ok() && one.error().message != other.error().message) std::abort();
    if (one.ok() && (one->what.index() != other->what.index() || one->problem != other->problem))
      std::abort();
    if (one.ok() && buckets_of(*one) != buckets_of(*other)) std::abort();
  }
  return 0;
}
