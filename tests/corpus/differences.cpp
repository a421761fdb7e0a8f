#include "corpus/differences.hpp"

#include <fstream>
#include <utility>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace tfevents::test {

Differences::Differences(const std::string& group) {
  std::ifstream file(TFEVENTS_SOURCE_DIR "/tests/corpus/differences.json");
  const nlohmann::json listed = nlohmann::json::parse(file);
  for (const nlohmann::json& one : listed.at(group)) {
    auto where = Pattern::parse(one.at("where").get<std::string>(), Pattern::Scope::kName);
    REQUIRE_MESSAGE(where.ok(), one.dump());
    REQUIRE_MESSAGE(!one.at("reason").get<std::string>().empty(), one.dump());
    entries_.push_back({one.at("where"), std::move(*where), one.at("ours"), one.at("theirs")});
  }
}

Differences::~Differences() {
  for (const Entry& entry : entries_) {
    CHECK_MESSAGE(entry.used, "not needed any more: ", entry.where_text, ": ", entry.ours,
                  " instead of ", entry.theirs);
  }
}

void Differences::compare(const std::string& where, const std::string& ours,
                          const std::string& theirs) {
  ++compared_;
  if (ours == theirs) return;
  for (Entry& entry : entries_) {
    if (entry.ours != ours || entry.theirs != theirs || !entry.where.matches(where)) continue;
    entry.used = true;
    return;
  }
  FAIL_CHECK(where << ": ours " << ours << ", theirs " << theirs);
}

}  // namespace tfevents::test
