#pragma once

#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <zlib.h>

#include "unit/ops/du_world.hpp"
#include "unit/ops/value_bytes.hpp"

namespace tfevents::test {

using Lines = std::vector<std::string>;

inline const auto kStep = [](std::int64_t i) { return static_cast<float>(i); };
inline constexpr const char* kFile = "/logs/a/events.out.tfevents.1.h";

/// Raw, as `du` reads.
struct Usage : DuWorld {
  Usage() { select = raw_selection(); }
};

/// As a gzip file, or with `window_bits` 15 as a zlib one.
inline std::string gzipped(const std::string& bytes, int window_bits = 31) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(bytes.size() + 1024, '\0');
  std::string in = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// Ten points of `x`, at steps 0 to 9.
inline std::string ten() {
  return event_file([](RunBuilder& r) { r.version({}).scalars("x", 10, kStep); });
}

/// A file with something of every kind.
inline void write_much(RunBuilder& r) {
  r.scalars("loss", 20, kStep).form(ScalarForm::kTensorContent).scalars("tf2", 5, kStep);
  r.histogram("h", 1).image("i", 1, std::string(300, 'p')).audio("s", 2).text("t", 3, "words");
  r.hparams("_hparams_/session_start_info", "x").graph(std::string(200, 'g'));
  r.session(SessionStatus::kStop).event(9, [](SummaryBuilder& s) {
    s.scalar("a", 1).text("b", std::string(1000, 'y')).scalar("loss", 3);
  });
  r.number("int", 4, Scalar::of(std::int64_t{7}));
  r.raw(field(8, field(1, "step1") + field(2, std::string(150, 'm'))));
  r.raw(field(9, std::string(20'000, 'M')));
}

}  // namespace tfevents::test
