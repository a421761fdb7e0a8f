#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/bytes.hpp"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace tfevents {

// CRC-32C (Castagnoli), the checksum of TFRecord framing: reflected polynomial 0x82F63B78, initial
// value and final XOR 0xFFFFFFFF. Source: tensorboard/data/server/masked_crc.rs; RFC 3720 B.4 for
// vectors.
//
// The kernels below are *policies*: a reading loop is a template on one of them and is chosen once
// per file
// (`with_crc_kernel`). A function pointer per record would cost a third of the framing rate on
// 51-byte records. `extend` works on the raw register (no inversion), so that ranges can be
// combined.

/// The stored form of a checksum. Source: tensorboard/data/server/masked_crc.rs.
[[nodiscard]] constexpr std::uint32_t mask_crc(std::uint32_t crc) noexcept {
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

namespace crc {

inline constexpr std::uint32_t kPolynomial = 0x82F63B78U;
inline constexpr std::uint32_t kInit = 0xFFFFFFFFU;

/// a * b mod P over GF(2), both in the reflected representation (bit 31 is x^0).
constexpr std::uint32_t multiply(std::uint32_t a, std::uint32_t b) noexcept {
  std::uint32_t product = 0;
  for (int i = 0; i < 32; ++i) {
    if ((b & 0x80000000U) != 0) product ^= a;
    b <<= 1;
    a = (a >> 1) ^ ((a & 1U) != 0 ? kPolynomial : 0U);
  }
  return product;
}

/// x^n mod P.
constexpr std::uint32_t x_to_the(std::uint64_t n) noexcept {
  std::uint32_t result = 0x80000000U;  // x^0
  std::uint32_t base = 0x40000000U;    // x^1
  for (; n != 0; n >>= 1) {
    if ((n & 1U) != 0) result = multiply(result, base);
    base = multiply(base, base);
  }
  return result;
}

/// The register after `bytes` zero bytes more. O(log bytes).
std::uint32_t shift(std::uint32_t crc, std::uint64_t bytes) noexcept;

/// The checksum (inverted, unmasked) of the `length` bytes between two values of one running
/// register.
inline std::uint32_t of_range(std::uint32_t before, std::uint32_t after,
                              std::uint64_t length) noexcept {
  return after ^ shift(before ^ kInit, length) ^ kInit;
}

using SlicingTables = std::array<std::array<std::uint32_t, 256>, 8>;
extern const SlicingTables kSlicing;

/// Slicing-by-8 (Intel, 2006): any processor.
struct Portable {
  static std::uint32_t step8(std::uint32_t crc, std::uint64_t word) noexcept {
    word ^= crc;
    return kSlicing[7][word & 0xFF] ^ kSlicing[6][(word >> 8) & 0xFF] ^
           kSlicing[5][(word >> 16) & 0xFF] ^ kSlicing[4][(word >> 24) & 0xFF] ^
           kSlicing[3][(word >> 32) & 0xFF] ^ kSlicing[2][(word >> 40) & 0xFF] ^
           kSlicing[1][(word >> 48) & 0xFF] ^ kSlicing[0][word >> 56];
  }
  static std::uint32_t extend(std::uint32_t crc, const std::byte* data, std::size_t size) noexcept {
    for (; size >= 8; data += 8, size -= 8) crc = step8(crc, load_le<std::uint64_t>(data));
    for (; size != 0; ++data, --size) {
      crc = (crc >> 8) ^ kSlicing[0][(crc ^ static_cast<std::uint32_t>(*data)) & 0xFF];
    }
    return crc;
  }
};

#if defined(__x86_64__)
/// The SSE4.2 instruction; three interleaved streams joined by a carry-less product from 384 bytes
/// on.
///
/// Inline assembly, because an intrinsic would need every function it is inlined into to be
/// compiled for SSE4.2, and Debian's baseline has none; the caller checks the processor.
struct Sse42 {
  static std::uint32_t step8(std::uint32_t crc, std::uint64_t word) noexcept {
    std::uint64_t wide = crc;
    __asm__("crc32q %1, %0" : "+r"(wide) : "rm"(word));
    return static_cast<std::uint32_t>(wide);
  }
  static std::uint32_t extend(std::uint32_t crc, const std::byte* data, std::size_t size) noexcept {
    if (size >= kSmallBlock * 3) [[unlikely]] {
      const std::size_t done = three_streams(crc, data, size);
      data += done;
      size -= done;
    }
    for (; size >= 8; data += 8, size -= 8) crc = step8(crc, load_le<std::uint64_t>(data));
    return tail(crc, data, size);
  }

 private:
  static constexpr std::size_t kSmallBlock = 128;
  static constexpr std::size_t kBigBlock = 1024;

  static std::uint32_t tail(std::uint32_t crc, const std::byte* data, std::size_t size) noexcept {
    if ((size & 4U) != 0) {
      __asm__("crc32l %1, %0" : "+r"(crc) : "rm"(load_le<std::uint32_t>(data)));
      data += 4;
    }
    if ((size & 2U) != 0) {
      __asm__("crc32w %1, %0" : "+r"(crc) : "rm"(load_le<std::uint16_t>(data)));
      data += 2;
    }
    if ((size & 1U) != 0) {
      __asm__("crc32b %1, %0" : "+r"(crc) : "qm"(*data));
    }
    return crc;
  }

  // crc * x^(8 * bytes) mod P, for a constant made by `shift_constant(bytes)`. The product of two
  // reflected 32-bit polynomials, read as a reflected 64-bit one, is a*b*x; the instruction then
  // multiplies by x^32.
  static constexpr std::uint32_t shift_constant(std::size_t bytes) noexcept {
    return x_to_the(8 * static_cast<std::uint64_t>(bytes) - 33);
  }
  static std::uint32_t shift_by(std::uint32_t crc, std::uint32_t constant) noexcept {
    __m128i product = _mm_cvtsi32_si128(static_cast<int>(crc));
    const __m128i factor = _mm_cvtsi32_si128(static_cast<int>(constant));
    __asm__("pclmulqdq $0, %1, %0" : "+x"(product) : "x"(factor));
    return step8(0, static_cast<std::uint64_t>(_mm_cvtsi128_si64(product)));
  }

  template <std::size_t kBlock>
  static std::size_t blocks(std::uint32_t& crc, const std::byte* data, std::size_t size) noexcept {
    std::size_t done = 0;
    for (; size - done >= 3 * kBlock; done += 3 * kBlock) {
      const std::byte* a = data + done;
      std::uint64_t crc0 = crc, crc1 = 0, crc2 = 0;
      for (std::size_t i = 0; i < kBlock; i += 8) {
        __asm__("crc32q %1, %0" : "+r"(crc0) : "rm"(load_le<std::uint64_t>(a + i)));
        __asm__("crc32q %1, %0" : "+r"(crc1) : "rm"(load_le<std::uint64_t>(a + kBlock + i)));
        __asm__("crc32q %1, %0" : "+r"(crc2) : "rm"(load_le<std::uint64_t>(a + 2 * kBlock + i)));
      }
      crc = shift_by(static_cast<std::uint32_t>(crc0), shift_constant(2 * kBlock)) ^
            shift_by(static_cast<std::uint32_t>(crc1), shift_constant(kBlock)) ^
            static_cast<std::uint32_t>(crc2);
    }
    return done;
  }

  [[gnu::noinline]] static std::size_t three_streams(std::uint32_t& crc, const std::byte* data,
                                                     std::size_t size) noexcept {
    const std::size_t big = blocks<kBigBlock>(crc, data, size);
    return big + blocks<kSmallBlock>(crc, data + big, size - big);
  }
};
#endif

/// True when the Sse42 kernel runs on this processor.
[[nodiscard]] bool has_sse42() noexcept;

/// Masked checksum of a payload by kernel K.
template <class K>
[[nodiscard]] inline std::uint32_t masked(const std::byte* data, std::size_t size) noexcept {
  return mask_crc(K::extend(kInit, data, size) ^ kInit);
}

/// Masked checksum of the 8 length bytes of a header.
template <class K>
[[nodiscard]] inline std::uint32_t masked_length(std::uint64_t length) noexcept {
  return mask_crc(K::step8(kInit, length) ^ kInit);
}

}  // namespace crc

/// Calls `body` with the fastest kernel of this processor: `with_crc_kernel([](auto kernel) { using
/// K = decltype(kernel); … })`.
template <class Body>
decltype(auto) with_crc_kernel(Body&& body) {
#if defined(__x86_64__)
  if (crc::has_sse42()) return body(crc::Sse42{});
#endif
  return body(crc::Portable{});
}

/// CRC-32C of a byte range, with the fastest kernel.
[[nodiscard]] std::uint32_t crc32c(Bytes bytes) noexcept;
/// The same, masked as TFRecord stores it.
[[nodiscard]] std::uint32_t masked_crc32c(Bytes bytes) noexcept;
/// The kernel in use, for `--version -v`: `sse4.2+pclmul` or `slicing-by-8`.
[[nodiscard]] const char* crc32c_path() noexcept;

}  // namespace tfevents
