#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/suggest.hpp"

using tfevents::nearest;

namespace {
const std::vector<std::string> kTags = {"train/loss", "train/lr", "val/accuracy", "val/loss",
                                        "time/fps"};
const std::vector<std::string> kCommands = {"ls",      "show",   "dump",       "fsck",  "best",
                                            "compare", "assert", "export-csv", "export"};
}  // namespace

TEST_CASE("the nearest candidate") {
  CHECK(nearest("val/acuracy", kTags) == "val/accuracy");
  CHECK(nearest("trian/loss", kTags) == "train/loss");
  CHECK(nearest("Val/Loss", kTags) == "val/loss");
  CHECK(nearest("fcsk", kCommands) == "fsck");
  CHECK(nearest("sl", kCommands) == "ls");
  CHECK(nearest("LS", kCommands) == "ls");
}

TEST_CASE("beginnings and last parts count as near") {
  CHECK(nearest("comp", kCommands) == "compare");
  CHECK(nearest("accuracy", kTags) == "val/accuracy");
  CHECK(nearest("exprt", kCommands) == "export");
}

TEST_CASE("nothing is near") {
  CHECK_FALSE(nearest("gradients", kTags).has_value());
  CHECK_FALSE(nearest("x", kCommands).has_value());
  CHECK_FALSE(nearest("", kCommands).has_value());
  CHECK_FALSE(nearest("abc", {}).has_value());
}

TEST_CASE("ties go to the first, swaps cost one edit") {
  const std::vector<std::string> candidates = {"abx", "aby"};
  CHECK(nearest("abz", candidates) == "abx");
  const std::vector<std::string> swapped = {"abdd", "abdc"};
  CHECK(nearest("abcd", swapped) == "abdd");  // One edit each: the first.
}

TEST_CASE("work is bounded") {
  const std::vector<std::string> many(5000, std::string(100000, 'a'));
  CHECK(nearest(std::string(100000, 'a'), many).has_value());
  std::vector<std::string> late(4096, "zzzzzzzz");
  late.emplace_back("loss");
  CHECK_FALSE(nearest("loss", late).has_value());
}
