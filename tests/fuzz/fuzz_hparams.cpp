#include <cstdlib>
#include <string_view>

#include "unit/event/hparams_agreement.hpp"

// Any bytes: the reader of hparams accepts what libprotobuf accepts and sees the same.

using namespace tfevents;
using namespace tfevents::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  const auto read = parse_hparams(as_bytes(content));
  if (!read.ok() && read.error().code == ErrorCode::kLimit) return 0;
  if (seen_hparams(content) != parsed_hparams(content)) std::abort();
  return 0;
}
