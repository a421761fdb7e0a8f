#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "unit/record/reference_reader.hpp"
#include "unit/record/sources.hpp"
#include "unit/record/transcript.hpp"

// The reader against ReferenceReader, on small files damaged in every way there is.

namespace tfevents {
namespace {

using namespace test;

void check_against_reference(const std::string& file) {
  const Transcript expected = ReferenceReader(file).read();
  const Transcript seekable = read_all(file);
  if (seekable != expected) {  // CAPTURE of bytes would cost more than the test.
    FAIL_CHECK("file of " << file.size() << " bytes\nexpected:" << expected
                          << "\nread:" << seekable);
  }
  const Transcript stream = read_all(std::make_unique<TestSource>(file, false));
  if (stream != expected)
    FAIL_CHECK("stream of " << file.size() << " bytes\nexpected:" << expected
                            << "\nread:" << stream);
}

std::string small_file(std::uint32_t seed) {
  std::mt19937 random(seed);
  std::string file;
  for (std::size_t i = 0, n = random() % 6; i < n; ++i) {
    std::string payload = noise(random() % 40, random());
    if (random() % 6 == 0) payload = std::string(random() % 30, '\0');
    if (random() % 8 == 0) payload += framed(noise(random() % 10, random()));  // a file in a record
    file += framed(payload);
  }
  return file;
}

std::string wound(std::string file, std::mt19937& random) {
  const auto place = [&] { return random() % (file.size() + 1); };
  const std::size_t at = place();
  const std::size_t count = std::min<std::size_t>(random() % 24, file.size() - at);
  switch (random() % 10) {
    case 0:
      return file.empty() ? file : flip_byte(file, random() % file.size(), 1U << random() % 8);
    case 1: return truncate_to(file, at);
    case 2: return remove_range(file, at, count);
    case 3: return zero_range(file, at, count);
    case 4: return insert_garbage(file, at, noise(random() % 30, random()));
    case 5: return append_nul(file, random() % 40);
    case 6: return insert_garbage(file, at, header_claiming(random() % 100));
    case 7:
      return insert_garbage(file, at, header_claiming(std::uint64_t{random()} << random() % 33));
    case 8: return insert_garbage(file, at, framed(noise(random() % 20, random())));
    default: {
      const std::vector<std::size_t> offsets = {at};
      return at + kHeaderBytes <= file.size() ? fix_crc(file, offsets[0]) : file;
    }
  }
}

TEST_CASE("oracle: every truncation of a file") {
  const std::string file = small_file(11) + framed("abc") + framed("") + framed("defgh");
  for (std::size_t size = 0; size <= file.size(); ++size)
    check_against_reference(truncate_to(file, size));
}

TEST_CASE("oracle: every single bit turned over; what was not touched is read, and nothing else") {
  const std::string file = framed("one") + framed("two two") + framed("") + framed("four!");
  const Transcript all = records_of(read_all(file));
  const std::vector<std::size_t> offsets = record_offsets(file);
  for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
    const std::string damaged = flip_byte(file, bit / 8, static_cast<std::uint8_t>(1U << bit % 8));
    check_against_reference(damaged);
    Transcript untouched;
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
      if (bit / 8 < offsets[i] || bit / 8 >= offsets[i + 1]) untouched.push_back(all[i]);
    }
    CAPTURE(bit);
    CHECK(records_of(read_all(damaged)) == untouched);
  }
}

TEST_CASE("oracle: bytes missing anywhere") {
  const std::string file = framed("payload one") + framed("payload two") + framed("payload three");
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (std::size_t count = 1; count <= 20 && at + count <= file.size(); ++count)
      check_against_reference(remove_range(file, at, count));
  }
}

TEST_CASE("oracle: thousands of random wounds") {
  std::mt19937 random(2024);
  for (std::uint32_t seed = 0; seed < 6000; ++seed) {
    std::string file = small_file(seed);
    for (std::size_t i = 0, n = 1 + random() % 4; i < n; ++i) file = wound(std::move(file), random);
    CAPTURE(seed);
    check_against_reference(file);
  }
}

TEST_CASE("oracle: headers only, of every relation") {
  std::mt19937 random(5);
  for (int i = 0; i < 2000; ++i) {
    std::string file;
    for (std::size_t k = 0, n = 1 + random() % 20; k < n; ++k) {
      file += header_claiming(random() % 200);
      file += noise(random() % 6, random());
      if (random() % 5 == 0) file += framed("ok");
    }
    CAPTURE(i);
    check_against_reference(file);
  }
}

}  // namespace
}  // namespace tfevents
