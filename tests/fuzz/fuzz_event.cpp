#include <cstdlib>
#include <string_view>

#include "unit/event/agreement.hpp"

// Any bytes: the scanner accepts what libprotobuf accepts and sees the same; so does scan_stream.

using namespace tfevents;
using namespace tfevents::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view payload(reinterpret_cast<const char*>(data), size);
  EventScanner scanner;
  if (scanned(scanner, payload) != parsed(payload)) std::abort();
  const std::string seen = scanned(scanner, payload, true);
  if (scanned_as_stream(scanner, payload, 1 + size % 7, true) != seen) std::abort();
  if (scanned_as_stream(scanner, payload, 5000, true) != seen) std::abort();
  return 0;
}
