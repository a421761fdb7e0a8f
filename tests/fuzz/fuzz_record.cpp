#include <cstdlib>
#include <memory>
#include <string>

#include "unit/record/sources.hpp"
#include "unit/record/transcript.hpp"

// Any bytes: reading a file and reading a stream give the same, the work is linear, and it ends.

using namespace tfevents;
using namespace tfevents::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string file(reinterpret_cast<const char*>(data), size);
  auto control = std::make_shared<SourceControl>();
  RecordReader reader(std::make_unique<TestSource>(file, true, control));
  const Transcript lines = read_on(reader);
  if (!lines.back().starts_with("end ")) std::abort();

  auto stream = std::make_unique<TestSource>(file, false);
  stream->in_cuts(1 + size / 3, 1);
  if (read_all(std::move(stream)) != lines) std::abort();

  // Looking ahead reads some bytes again, never all of them again and again.
  if (control->bytes_read > 4 * size + 8192) std::abort();
  // What was read lies in order and does not overlap.
  std::uint64_t at = 0;
  RecordReader again(std::make_unique<TestSource>(file, true));
  for (RecordStep step = again.next(); step != RecordStep::kEnd; step = again.next()) {
    const bool damage = step == RecordStep::kDamage;
    if ((damage ? again.damage().offset : again.record().offset) != at) std::abort();
    at = damage ? again.damage().end : again.record().end();
  }
  if (again.tail().offset != at) std::abort();
  return 0;
}
