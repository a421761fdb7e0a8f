#include <random>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "base/file_name.hpp"
#include "base/text.hpp"

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)

TEST_CASE("names of tags and runs as names of files") {
  using tfevents::to_file_name;
  CHECK(to_file_name("loss") == "loss");
  CHECK(to_file_name("train/loss") == "train_loss");
  CHECK(to_file_name("metrics/mAP50-95(B)") == "metrics_mAP50-95(B)");
  CHECK(to_file_name("中文/准确率") == "中文_准确率");
  CHECK(to_file_name("") == "_");
  CHECK(to_file_name(".") == "_");
  CHECK(to_file_name("..") == "_.");
  CHECK(to_file_name("../../x") == "_._.._x");
  CHECK(to_file_name("-rf") == "_rf");
  CHECK(to_file_name("a\0b"s) == "a_b");
  CHECK(to_file_name("a\nb\x7f\x1b") == "a_b__");
  CHECK(to_file_name("\xff\xc3") == "__");
  CHECK(to_file_name("\u202ex\u200b") == "_x_");
  CHECK(to_file_name("a~2") == "a_2");
  CHECK(to_file_name("my.tfevents.x") == "my.tf_events.x");
  CHECK(to_file_name("tftfeventsevents") == "tftf_eventsevents");
}

TEST_CASE("long names are cut between characters") {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "日";
  const std::string cut = tfevents::to_file_name("a" + name);
  CHECK(cut.size() == 199);
  CHECK(tfevents::is_valid_utf8(cut));
  CHECK(tfevents::to_file_name(std::string(70'000, 'x')).size() == 200);
  // What only the end tells apart stays apart.
  CHECK(tfevents::to_file_name(std::string(300, 'x') + "1") !=
        tfevents::to_file_name(std::string(300, 'x') + "2"));
  CHECK(tfevents::to_file_name(std::string(200, 'x')) == std::string(200, 'x'));
  CHECK(tfevents::to_file_name(std::string(201, 'x')).starts_with(std::string(191, 'x') + "~"));
}

TEST_CASE("names that differ in capitals only, or in how an accent is written, are numbered") {
  tfevents::FileNames names;
  CHECK(names.add("Loss") == "Loss");
  CHECK(names.add("loss") == "loss~2");
  CHECK(names.add("LOSS") == "LOSS~3");
  CHECK(names.add("\u00c9") == "\u00c9");
  CHECK(names.add("e\u0301") == "e\u0301~2");
  CHECK(names.add("Stra\u00dfe") == "Stra\u00dfe");
  CHECK(names.add("STRASSE") == "STRASSE~2");
}

TEST_CASE("whatever the name, its file is an ordinary one") {
  std::mt19937 random(7);  // NOLINT: the same names each time
  const std::string parts[] = {"/", ".",        "-",   "~", "tf", "events",
                               "a", "\xe2\x82", "\0"s, "é", "\n"};
  tfevents::FileNames names;
  std::set<std::string> seen;
  for (int i = 0; i < 20'000; ++i) {
    std::string name;
    for (auto n = random() % 8; n > 0; --n) name += parts[random() % std::size(parts)];
    const std::string safe = names.add(name);
    CHECK(seen.insert(safe).second);
    CHECK(tfevents::printable(safe) == safe);
    CHECK(safe.find('/') == std::string::npos);
    CHECK(safe.find("tfevents") == std::string::npos);
    CHECK(safe.front() != '.');
    CHECK(safe.front() != '-');
  }
}

TEST_CASE("names given twice are numbered") {
  tfevents::FileNames names;
  CHECK(names.add("a/b") == "a_b");
  CHECK(names.add("a_b") == "a_b~2");
  CHECK(names.add("a b") == "a_b~3");
  CHECK(names.add("a_b~2") == "a_b_2");
  CHECK(names.add("c") == "c");
}
