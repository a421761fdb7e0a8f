#include "record/crc32c.hpp"

namespace tfevents {
namespace crc {
namespace {

constexpr SlicingTables make_slicing_tables() noexcept {
  SlicingTables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? kPolynomial : 0U);
    tables[0][i] = crc;
  }
  for (std::uint32_t i = 0; i < 256; ++i) {
    for (std::size_t k = 1; k < 8; ++k) {
      tables[k][i] = (tables[k - 1][i] >> 8) ^ tables[0][tables[k - 1][i] & 0xFF];
    }
  }
  return tables;
}

// x^(8 * 2^k) mod P: shifting by any byte count is a product of a few of these.
constexpr std::array<std::uint32_t, 64> make_byte_powers() noexcept {
  std::array<std::uint32_t, 64> powers{};
  powers[0] = x_to_the(8);
  for (std::size_t k = 1; k < powers.size(); ++k)
    powers[k] = multiply(powers[k - 1], powers[k - 1]);
  return powers;
}

constexpr std::array<std::uint32_t, 64> kBytePowers = make_byte_powers();

bool detect_sse42() noexcept {
#if defined(__x86_64__)
  return __builtin_cpu_supports("sse4.2") != 0 && __builtin_cpu_supports("pclmul") != 0;
#else
  return false;
#endif
}

}  // namespace

constinit const SlicingTables kSlicing = make_slicing_tables();

std::uint32_t shift(std::uint32_t crc, std::uint64_t bytes) noexcept {
  for (std::size_t k = 0; bytes != 0; bytes >>= 1, ++k) {
    if ((bytes & 1U) != 0) crc = multiply(crc, kBytePowers[k]);
  }
  return crc;
}

bool has_sse42() noexcept {
  // Local, so that it is right for whoever asks before main, too.
  static const bool has = detect_sse42();
  return has;
}

}  // namespace crc

std::uint32_t crc32c(Bytes bytes) noexcept {
  return with_crc_kernel([&](auto kernel) {
    return decltype(kernel)::extend(crc::kInit, bytes.data(), bytes.size()) ^ crc::kInit;
  });
}

std::uint32_t masked_crc32c(Bytes bytes) noexcept {
  return mask_crc(crc32c(bytes));
}

const char* crc32c_path() noexcept {
  return crc::has_sse42() ? "sse4.2+pclmul" : "slicing-by-8";
}

}  // namespace tfevents
