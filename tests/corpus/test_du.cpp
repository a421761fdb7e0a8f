// The rows of `du` sum exactly to the sizes of real files, and each part is what an independent
// walk of the bytes says.

#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "corpus/places.hpp"
#include "unit/ops/du_world.hpp"

namespace tfevents::test {
namespace {

namespace fs = std::filesystem;

/// What stat(2) and the naive walk say of the event files below a directory.
struct Expected {
  NaiveUsage naive;
  std::uint64_t bytes = 0, files = 0, compressed = 0;
};

std::string bytes_of_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool is_compressed(const std::string& bytes) {
  if (bytes.size() < 2) return false;
  const bool gzip = bytes.starts_with("\x1f\x8b");
  const bool zlib =
      bytes[0] == '\x78' &&
      (static_cast<unsigned char>(bytes[0]) * 256 + static_cast<unsigned char>(bytes[1])) % 31 == 0;
  // A record of that length has a right checksum of it.
  RecordReader records(
      memory_source({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()}));
  return (gzip || zlib) &&
         (records.next() != RecordStep::kRecord || records.compression() != Compression::kNone);
}

Expected look_below(const std::string& directory) {
  Expected expected;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file() || entry.is_symlink()) continue;
    if (entry.path().filename().string().find("tfevents") == std::string::npos) continue;
    const std::string bytes = bytes_of_file(entry.path());
    ++expected.files;
    expected.bytes += entry.file_size();
    if (is_compressed(bytes)) {
      expected.compressed += bytes.size();
    } else {
      expected.naive.add_file(bytes);
    }
  }
  return expected;
}

void check_tree(const std::string& directory, std::uint64_t least_files) {
  const Expected expected = look_below(directory);
  DuWorld w;
  w.sys = &real_sys();
  w.now = 1900000000;
  w.jobs = 2;
  w.select = raw_selection();
  w.select.operands = {directory};
  const ops::DuReport by_kind = w.du();
  CHECK(by_kind.bytes == expected.bytes);
  CHECK(sum_of(by_kind) == expected.bytes);
  CHECK(by_kind.files == expected.files);
  CHECK(expected.files >= least_files);
  CHECK(bytes_of(by_kind, "(framing)") == expected.naive.framing);
  CHECK(bytes_of(by_kind, "(damaged)") == expected.naive.damaged);
  CHECK(bytes_of(by_kind, "(tail)") == expected.naive.tail);
  CHECK(bytes_of(by_kind, "(compressed)") == expected.compressed);
  std::map<std::string, std::uint64_t> by_tag;
  const ops::DuReport rows = w.grouped(false, false, true).du();
  for (const ops::DuRow& row : rows.rows) {
    if (row.tag) by_tag[std::string(*row.tag)] += row.bytes;
  }
  CHECK(by_tag == expected.naive.by_tag);
  const ops::DuReport all = w.grouped(true, true, true).du();
  CHECK(sum_of(all) == expected.bytes);
  CHECK(all.values == by_kind.values);
  MESSAGE(expected.files, " files, ", expected.bytes, " bytes, ", all.rows.size(), " rows");
}

void check_outside(const char* variable, const char* name, std::uint64_t least_files) {
  const std::string directory = outside_logs(variable, name);
  if (!directory.empty()) check_tree(directory, least_files);
}

}  // namespace

TEST_SUITE("du") {
  TEST_CASE("the corpus, byte for byte") {
    check_outside("TFEVENTS_CORPUS", "corpus", 220);
  }
  TEST_CASE("what frameworks wrote, byte for byte") {
    check_outside("TFEVENTS_WRITERS", "writers", 50);
  }
}

TEST_SUITE("data") {
  TEST_CASE("du: the example logs, byte for byte") {
    check_tree(TFEVENTS_SOURCE_DIR "/tests/data", 59);
  }
}

}  // namespace tfevents::test
