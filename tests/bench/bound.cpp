// bound DIR…: the fastest that one thread can read and verify event files on this machine, which
// the times of the program are divided by. read(2) into one reused buffer, the framing, both
// checksums, and nothing else: no events, no allocation, no recovery. It shares the checksum
// kernels with the record reader but none of its code, or a slow reader would hide behind a slow
// bound. Prints bytes, records and seconds.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

#include "base/bytes.hpp"
#include "record/crc32c.hpp"

namespace {

using namespace tfevents;

constexpr std::size_t kBuffer = 256 * 1024;
// The kernel's copy is up to 15 % faster to the start of a cache line.
constexpr std::size_t kLine = 64;
constexpr std::size_t kHeader = 12;
constexpr std::size_t kFooter = 4;
// Part of a record at the end of the buffer is moved to its front up to this size of the record;
// above it the checksum is carried on over the next bytes, which costs no copy.
constexpr std::size_t kMovedUpTo = 16 * 1024;

struct Totals {
  std::uint64_t bytes = 0, records = 0, bad = 0;
};

template <class K>
class Checker {
 public:
  Checker()
      : storage_(std::make_unique_for_overwrite<std::byte[]>(kBuffer + kLine)),
        buffer_(storage_.get() +
                (-reinterpret_cast<std::uintptr_t>(storage_.get()) & (kLine - 1))) {}

  bool file(const char* path) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    std::size_t have = 0;
    while (true) {
      const ssize_t n = read(fd, buffer_ + have, kBuffer - have);
      if (n <= 0) break;
      totals_.bytes += static_cast<std::uint64_t>(n);
      have = records(have + static_cast<std::size_t>(n));
    }
    close(fd);
    if (have != 0 || left_ != 0) ++totals_.bad;
    left_ = 0;
    return true;
  }

  [[nodiscard]] const Totals& totals() const { return totals_; }

 private:
  // Checks what lies in the first `have` bytes of the buffer; moves the rest to its front and
  // returns how much that is.
  std::size_t records(std::size_t have) {
    const std::byte* p = buffer_;
    const std::byte* const end = p + have;
    if (left_ != 0) p = go_on(p, end);
    std::uint64_t count = 0, bad = 0;
    while (left_ == 0 && static_cast<std::size_t>(end - p) >= kHeader) {
      const auto length = load_le<std::uint64_t>(p);
      if (crc::masked_length<K>(length) != load_le<std::uint32_t>(p + 8)) [[unlikely]] {
        ++totals_.bad;  // Lost: the rest of what is here is not looked at.
        p = end;
        break;
      }
      if (length + kHeader + kFooter > static_cast<std::size_t>(end - p)) {
        if (length <= kMovedUpTo) break;
        crc_ = crc::kInit;
        left_ = length + kFooter;
        p = go_on(p + kHeader, end);
        break;
      }
      const std::byte* const payload = p + kHeader;
      bad += crc::masked<K>(payload, length) != load_le<std::uint32_t>(payload + length);
      ++count;
      p = payload + length + kFooter;
    }
    totals_.records += count;
    totals_.bad += bad;
    const auto rest = static_cast<std::size_t>(end - p);
    std::memmove(buffer_, p, rest);
    return rest;
  }

  // Carries a record on that began in earlier bytes.
  const std::byte* go_on(const std::byte* p, const std::byte* end) {
    const std::uint64_t payload = left_ - std::min<std::uint64_t>(left_, kFooter);
    const auto n = static_cast<std::size_t>(
        std::min<std::uint64_t>(payload, static_cast<std::size_t>(end - p)));
    crc_ = K::extend(crc_, p, n);
    p += n;
    left_ -= n;
    if (left_ == kFooter && static_cast<std::size_t>(end - p) >= kFooter) {
      totals_.bad += mask_crc(crc_ ^ crc::kInit) != load_le<std::uint32_t>(p);
      ++totals_.records;
      left_ = 0;
      p += kFooter;
    }
    return p;
  }

  std::unique_ptr<std::byte[]> storage_;
  std::byte* buffer_;
  Totals totals_;
  std::uint64_t left_ = 0;  // Of the record being carried on, footer included.
  std::uint32_t crc_ = 0;
};

template <class K>
int check(int count, char** directories) {
  const auto start = std::chrono::steady_clock::now();
  Checker<K> checker;
  for (int i = 0; i < count; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directories[i])) {
      if (entry.is_regular_file() && !checker.file(entry.path().c_str())) return 1;
    }
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const Totals& totals = checker.totals();
  std::printf("bytes=%llu records=%llu bad=%llu seconds=%.6f\n",
              static_cast<unsigned long long>(totals.bytes),
              static_cast<unsigned long long>(totals.records),
              static_cast<unsigned long long>(totals.bad), seconds.count());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: bench_bound DIR...\n", stderr);
    return 2;
  }
  try {
    return with_crc_kernel(
        [&](auto kernel) { return check<decltype(kernel)>(argc - 1, argv + 1); });
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_bound: %s\n", error.what());
    return 1;
  }
}
