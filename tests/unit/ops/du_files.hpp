#pragma once

#include <string>
#include <vector>

#include "support/deflated.hpp"
#include "unit/ops/du_world.hpp"
#include "unit/ops/value_bytes.hpp"

namespace tfevents::test {

using Lines = std::vector<std::string>;

inline constexpr const char* kFile = "/logs/a/events.out.tfevents.1.h";

/// Raw, as `du` reads.
struct Usage : DuWorld {
  Usage() { select = raw_selection(); }
};

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
