#include <algorithm>
#include <cstddef>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "format/layout.hpp"

using tfevents::Elide;
using tfevents::layout::fit;
using tfevents::layout::Want;

namespace {

const std::vector<Want> kTypical = {
    {.width = 30, .min_width = 16, .elide = Elide::kMiddle, .keep = true, .gap = 2},
    {.width = 6, .min_width = 6, .gap = 2},
    {.width = 8, .min_width = 8, .gap = 2},
    {.width = 20, .min_width = 10, .elide = Elide::kEnd, .gap = 3},
};

using Widths = std::vector<std::size_t>;

}  // namespace

TEST_CASE("nothing gives way without need") {
  CHECK(fit(kTypical, std::nullopt) == Widths{30, 6, 8, 20});
  CHECK(fit(kTypical, 71) == Widths{30, 6, 8, 20});
}

TEST_CASE("names shrink first, then free text, then columns go from the right") {
  CHECK(fit(kTypical, 70) == Widths{29, 6, 8, 20});
  CHECK(fit(kTypical, 57) == Widths{16, 6, 8, 20});
  CHECK(fit(kTypical, 56) == Widths{16, 6, 8, 19});
  CHECK(fit(kTypical, 47) == Widths{16, 6, 8, 10});
  CHECK(fit(kTypical, 46) == Widths{28, 6, 8, 0});
  CHECK(fit(kTypical, 33) == Widths{25, 6, 0, 0});
  CHECK(fit(kTypical, 23) == Widths{23, 0, 0, 0});
  CHECK(fit(kTypical, 5) == Widths{5, 0, 0, 0});
  CHECK(fit(kTypical, 1) == Widths{1, 0, 0, 0});
}

TEST_CASE("minor columns go before what stands to their right") {
  auto wants = kTypical;
  wants[2].minor = true;
  CHECK(fit(wants, 47) == Widths{16, 6, 8, 10});
  CHECK(fit(wants, 46) == Widths{16, 6, 0, 19});
  CHECK(fit(wants, 36) == Widths{28, 6, 0, 0});
}

TEST_CASE("kept columns shrink a little further before they go, the name last of all") {
  const std::vector<Want> wants = {
      {.width = 30, .min_width = 16, .body = 30, .elide = Elide::kMiddle, .keep = true, .gap = 2},
      {.width = 6, .min_width = 6, .body = 6, .gap = 2},
      {.width = 8, .min_width = 8, .body = 8, .keep = true, .gap = 2},
  };
  CHECK(fit(wants, 30) == Widths{20, 0, 8});
  CHECK(fit(wants, 20) == Widths{10, 0, 8});
  CHECK(fit(wants, 19) == Widths{19, 0, 0});
  CHECK(fit(wants, 9) == Widths{9, 0, 0});
}

TEST_CASE("of kept columns minor ones go first") {
  const std::vector<Want> wants = {
      {.width = 8, .min_width = 8, .body = 8, .elide = Elide::kMiddle, .keep = true, .gap = 2},
      {.width = 8, .min_width = 8, .body = 8, .keep = true, .minor = true, .gap = 2},
      {.width = 8, .min_width = 8, .body = 8, .keep = true, .gap = 2},
  };
  CHECK(fit(wants, 28) == Widths{8, 8, 8});
  CHECK(fit(wants, 27) == Widths{8, 0, 8});
  CHECK(fit(wants, 17) == Widths{8, 0, 0});
}

TEST_CASE("numbers are whole or dropped; the header above them gives way") {
  const std::vector<Want> wants = {
      {.width = 10, .min_width = 10, .body = 10, .elide = Elide::kMiddle, .keep = true, .gap = 2},
      {.width = 20, .min_width = 16, .body = 9, .numbers = 9, .elide = Elide::kMiddle, .gap = 2},
      {.width = 20,
       .min_width = 12,
       .body = 9,
       .numbers = 9,
       .elide = Elide::kMiddle,
       .keep = true,
       .gap = 2},
      {.width = 7, .min_width = 4, .body = 7, .numbers = 7, .elide = Elide::kEnd, .gap = 2},
  };
  CHECK(fit(wants, 51) == Widths{10, 16, 12, 7});
  CHECK(fit(wants, 50) == Widths{10, 18, 18, 0});
  CHECK(fit(wants, 30) == Widths{10, 0, 18, 0});
  CHECK(fit(wants, 21) == Widths{10, 0, 9, 0});
  CHECK(fit(wants, 20) == Widths{10, 0, 0, 0});
}

TEST_CASE("two long columns end up alike") {
  const std::vector<Want> wants = {
      {.width = 50, .min_width = 5, .elide = Elide::kMiddle, .gap = 2},
      {.width = 20, .min_width = 5, .elide = Elide::kMiddle, .gap = 2},
  };
  CHECK(fit(wants, 42) == Widths{20, 20});
  CHECK(fit(wants, 32) == Widths{15, 15});
}

TEST_CASE(
    "random columns never take more than there is, and use all there is while something is cut") {
  std::mt19937 random(8);
  for (int round = 0; round < 20000; ++round) {
    std::vector<Want> wants(1 + random() % 6);
    for (Want& want : wants) {
      want.width = random() % 40;
      want.elide = static_cast<Elide>(random() % 3);
      want.min_width = want.elide == Elide::kNever
                           ? want.width
                           : std::min<std::size_t>(want.width, random() % 20);
      want.body = random() % (want.width + 1);
      want.numbers = random() % (want.body + 1);
      want.keep = random() % 4 == 0;
      want.gap = 2 + random() % 2;
    }
    const std::size_t room = 1 + random() % 120;
    const auto widths = fit(wants, room);
    REQUIRE(widths.size() == wants.size());
    std::size_t total = 0;
    bool first = true;
    for (std::size_t i = 0; i < wants.size(); ++i) {
      CHECK(widths[i] <= wants[i].width);
      if (widths[i] == 0) continue;
      const bool alone = std::count(widths.begin(), widths.end(), 0) + 1 ==
                         static_cast<std::ptrdiff_t>(widths.size());
      CHECK((alone || widths[i] >= wants[i].numbers));
      total += widths[i] + (first ? 0 : wants[i].gap);
      first = false;
    }
    CHECK(total <= room);
  }
}
