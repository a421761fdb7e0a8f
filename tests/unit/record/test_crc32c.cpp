#include <algorithm>
#include <random>
#include <string>

#include <boost/crc.hpp>
#include <doctest/doctest.h>

#include "record/crc32c.hpp"
#include "support/damage.hpp"

namespace tfevents {
namespace {

/// An independent CRC-32C.
std::uint32_t boost_crc32c(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

template <class K>
std::uint32_t by_kernel(std::string_view bytes) {
  return K::extend(crc::kInit, as_bytes(bytes).data(), bytes.size()) ^ crc::kInit;
}

TEST_CASE("crc32c: published vectors") {
  const auto crc = [](std::string_view text) { return crc32c(as_bytes(text)); };
  CHECK(crc("123456789") == 0xE3069283U);
  CHECK(masked_crc32c(as_bytes("123456789")) == 0xC78AB0E5U);
  // RFC 3720 B.4.
  std::string bytes(32, '\0');
  CHECK(crc(bytes) == 0x8A9136AAU);
  CHECK(mask_crc(crc(bytes)) == 0x0FD7FFFAU);
  CHECK(crc(std::string(32, '\xFF')) == 0x62A8AB43U);
  for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<char>(i);
  CHECK(crc(bytes) == 0x46DD794EU);
  for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<char>(31 - i);
  CHECK(crc(bytes) == 0x113FDB5CU);
  // An iSCSI read command: all zeros but for eight bytes.
  std::string command(48, '\0');
  command.replace(0, 2, "\x01\xC0");
  command[16] = command[27] = '\x14';
  command[22] = '\x04';
  command[31] = '\x18';
  command[32] = '\x28';
  command[40] = '\x02';
  CHECK(crc(command) == 0xD9963A56U);
  // tensorboard/data/server/masked_crc.rs and the framing of an empty record.
  CHECK(masked_crc32c(as_bytes("")) == 0xA282EAD8U);
  CHECK(masked_crc32c(as_bytes("\x1A\x11"
                               "CRC test, one two")) == 0x5794D08AU);
  CHECK(crc::masked_length<crc::Portable>(0) == 0x07980329U);
}

TEST_CASE("crc32c: both kernels agree with another library at every length and alignment") {
  const std::string bytes = test::noise(5100, 1);
  for (std::size_t length = 0; length <= 5000; ++length) {
    const std::string_view part = std::string_view(bytes).substr(length % 9, length);
    const std::uint32_t expected = boost_crc32c(part);
    REQUIRE(by_kernel<crc::Portable>(part) == expected);
#if defined(__x86_64__)
    if (crc::has_sse42()) REQUIRE(by_kernel<crc::Sse42>(part) == expected);
#endif
  }
}

TEST_CASE("crc32c: a long input, in one piece and in pieces") {
  const std::string bytes = test::noise(300'000, 2);
  CHECK(crc32c(as_bytes(bytes)) == boost_crc32c(bytes));
  with_crc_kernel([&](auto kernel) {
    std::uint32_t crc = crc::kInit;
    for (std::size_t at = 0, n = 1; at < bytes.size(); at += n, n = n * 7 % 1001 + 1) {
      n = std::min(n, bytes.size() - at);
      crc = decltype(kernel)::extend(crc, as_bytes(bytes).data() + at, n);
    }
    CHECK((crc ^ crc::kInit) == boost_crc32c(bytes));
  });
}

TEST_CASE("crc32c: the checksum of a range comes from two values of a running register") {
  std::mt19937 random(3);
  const std::string bytes = test::noise(70'000, 4);
  for (int i = 0; i < 300; ++i) {
    const std::size_t from = random() % bytes.size();
    const std::size_t length = random() % (bytes.size() - from);
    const auto extend = [&](std::uint32_t crc, std::size_t at, std::size_t n) {
      return crc::Portable::extend(crc, as_bytes(bytes).data() + at, n);
    };
    const std::uint32_t before = extend(crc::kInit, 0, from);
    const std::uint32_t after = extend(before, from, length);
    REQUIRE(crc::of_range(before, after, length) ==
            boost_crc32c(std::string_view(bytes).substr(from, length)));
  }
  CHECK(crc::of_range(17, 17, 0) == 0U);
}

TEST_CASE("crc32c: shifting far is a product of powers") {
  std::uint32_t one_by_one = 0xDEADBEEF;
  const std::byte zero{0};
  for (std::uint64_t n = 0; n < 5000; ++n) {
    REQUIRE(crc::shift(0xDEADBEEF, n) == one_by_one);
    one_by_one = crc::Portable::extend(one_by_one, &zero, 1);
  }
  // Nobody can walk that far, but two halves must make a whole.
  const std::uint64_t far = std::uint64_t{1} << 61;
  CHECK(crc::shift(crc::shift(7, far), far) == crc::shift(7, 2 * far));
}

TEST_CASE("crc32c: the kernel says its name") {
  const std::string_view name = crc32c_path();
  CHECK(name == (crc::has_sse42() ? "sse4.2+pclmul" : "slicing-by-8"));
}

}  // namespace
}  // namespace tfevents
