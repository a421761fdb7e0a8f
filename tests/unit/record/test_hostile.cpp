#include <cstdio>
#include <fstream>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "unit/record/sources.hpp"
#include "unit/record/transcript.hpp"

// Files made to cost much: the work is counted in bytes read, which no machine makes slower.

namespace tfevents {
namespace {

using namespace test;

/// Bytes that this process has read by any system call: what streams keep in a temporary file and
/// read again is seen only here.
std::uint64_t bytes_read_by_process() {
  std::ifstream io("/proc/self/io");
  std::string name;
  std::uint64_t count = 0;
  io >> name >> count;
  return count;
}

struct Cost {
  std::uint64_t bytes = 0;
  std::size_t records = 0, damages = 0;
};

Cost cost_of(const std::string& file, bool seekable) {
  auto control = std::make_shared<SourceControl>();
  const std::uint64_t before = bytes_read_by_process();
  RecordReader reader(std::make_unique<TestSource>(file, seekable, control));
  Cost cost;
  RecordStep step;
  while ((step = reader.next()) != RecordStep::kEnd) {
    REQUIRE(step != RecordStep::kError);
    cost.damages += step == RecordStep::kDamage ? 1 : 0;
    cost.records += step == RecordStep::kDamage ? 0 : 1;
  }
  cost.bytes = control->bytes_read + bytes_read_by_process() - before;
  return cost;
}

/// Reads the file as a file and as a stream, both with linear work, and says how many records there
/// were.
std::size_t records_at_linear_cost(const std::string& file) {
  const Cost plain = cost_of(file, true);
  const Cost stream = cost_of(file, false);
  const std::uint64_t bound = 6 * file.size() + 64 * kMiB;
  INFO("file " << file.size() << ", plain " << plain.bytes << ", stream " << stream.bytes);
  CHECK(plain.bytes <= bound);
  CHECK(stream.bytes <= bound);
  CHECK(plain.records == stream.records);
  return plain.records;
}

void pad_to(std::string& file, std::size_t size, char with = '\x55') {
  if (file.size() < size) file.resize(size, with);
}

TEST_CASE("hostile: headers that all claim the rest of the file") {
  const std::size_t size = 16 * kMiB;
  std::string file;
  while (file.size() < 2 * kMiB) file += header_claiming(size - file.size() - kFramingBytes - 1);
  pad_to(file, size - 16);
  file += framed("") + framed("last");
  (void)records_at_linear_cost(file);
}

TEST_CASE("hostile: headers that all claim beyond the end, intact records between them") {
  std::string file;
  std::size_t records = 0;
  for (; file.size() < 8 * kMiB; ++records)
    file += header_claiming(std::uint64_t{1} << (30 + records % 32)) + framed("ok");
  CHECK(records_at_linear_cost(file) == records);
}

TEST_CASE("hostile: each header claims just beyond the next") {
  std::string file;
  while (file.size() < 8 * kMiB) file += header_claiming(kHeaderBytes + 5);
  file += framed("last");
  (void)records_at_linear_cost(file);
}

TEST_CASE("hostile: nested headers, more than may be open at once") {
  const std::size_t size = 8 * kMiB;
  std::string file = "x";
  for (std::size_t i = 0; file.size() < size / 4; ++i)
    file += header_claiming(size - 2 * file.size() - 100);
  pad_to(file, size);
  file += framed("last");
  CHECK(records_at_linear_cost(file) == 1U);
}

TEST_CASE(
    "hostile: records with bad payloads that cover half the file, small intact ones behind each") {
  const std::size_t size = 32 * kMiB;
  std::string file;
  std::size_t records = 0;
  for (; file.size() < 2 * kMiB; ++records) file += header_claiming(size / 2) + framed("small");
  pad_to(file, size);
  CHECK(records_at_linear_cost(file) == records);
}

TEST_CASE("hostile: bad payloads of every size around the window") {
  std::mt19937 random(1);
  std::string file;
  std::size_t records = 0;
  for (; file.size() < 24 * kMiB; ++records) {
    file += header_claiming(random() % (600 * 1024)) + framed("small");
    if (random() % 64 == 0) file += noise(random() % 400'000, random());
  }
  pad_to(file, 25 * kMiB);
  CHECK(records_at_linear_cost(file) >= records - 1);
}

TEST_CASE("hostile: bad payloads that all end where a run of zeros begins") {
  const std::size_t zeros_at = 256 * 1024;
  std::string file;
  std::size_t records = 0;
  for (; file.size() + 40 < zeros_at; ++records)
    file += header_claiming(zeros_at - file.size() - kFramingBytes) + framed("ok");
  pad_to(file, zeros_at);
  file = append_nul(file, 8 * kMiB) + framed("behind");
  CHECK(records_at_linear_cost(file) == records + 1);
}

TEST_CASE("hostile: zeros in many short runs") {
  std::string file;
  std::size_t records = 0;
  for (; file.size() < 8 * kMiB; ++records) file += append_nul(framed("r"), 40);
  file += "x";
  CHECK(records_at_linear_cost(file) == records);
}

TEST_CASE("hostile: noise") {
  CHECK(records_at_linear_cost(noise(16 * kMiB, 9)) == 0U);
  CHECK(records_at_linear_cost(noise(4 * kMiB, 10) + framed("a") + noise(4 * kMiB, 11)) == 1U);
}

}  // namespace
}  // namespace tfevents
