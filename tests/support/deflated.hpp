#pragma once

#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <zlib.h>

namespace tfevents::test {

/// `window_bits` 31 makes gzip, 15 zlib.
inline std::string deflated(std::string_view bytes, int window_bits) {
  z_stream zlib{};
  REQUIRE(::deflateInit2(&zlib, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(::deflateBound(&zlib, bytes.size()) + 64, '\0');
  std::string in(bytes);
  zlib.next_in = reinterpret_cast<Bytef*>(in.data());
  zlib.avail_in = static_cast<uInt>(in.size());
  zlib.next_out = reinterpret_cast<Bytef*>(out.data());
  zlib.avail_out = static_cast<uInt>(out.size());
  REQUIRE(::deflate(&zlib, Z_FINISH) == Z_STREAM_END);
  out.resize(zlib.total_out);
  ::deflateEnd(&zlib);
  return out;
}
inline std::string gzipped(std::string_view bytes) {
  return deflated(bytes, 31);
}
inline std::string zlibbed(std::string_view bytes) {
  return deflated(bytes, 15);
}

}  // namespace tfevents::test
