// COUNTS.jsonl: what an independent scanner of the wire format counts in each event file of the
// corpus. Not compared: `node_name` and `#content`, which our views of values do not tell apart,
// and `step_decreases_within_a_tag`, which the clean views of test_oracle.cpp cover.

#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "base/number.hpp"
#include "corpus/differences.hpp"
#include "corpus/file_scan.hpp"
#include "corpus/places.hpp"

namespace tfevents::test {
namespace {

using nlohmann::json;

std::string words(const json& counts) {
  std::map<std::string, std::uint64_t> sorted;
  for (const auto& [word, count] : counts.items()) {
    if (word != "node_name" && word != "#content") sorted[word] = count;
  }
  return to_words(sorted);
}

template <class T>
std::string number_text(const std::optional<T>& number) {
  return number ? std::string(to_text(*number)) : "none";
}

std::string number_text(const json& value) {
  if (value.is_null()) return "none";
  if (value.is_string()) return value;
  if (value.is_number_float()) return std::string(to_text(value.get<double>()));
  return std::to_string(value.get<std::int64_t>());
}

void compare(const json& theirs, const FileScan& ours, Differences& differences) {
  const std::string file = theirs.at("file");
  const auto both = [&](const char* what, const std::string& mine, const std::string& other) {
    differences.compare(file + ": " + what, mine, other);
  };
  both("records", std::to_string(ours.records), number_text(theirs.at("records")));
  both("undecodable", std::to_string(ours.undecodable), number_text(theirs.at("undecodable")));
  both("version", ours.version.empty() ? "none" : ours.version,
       number_text(theirs.at("file_version")));
  both("writer", ours.writer.empty() ? "none" : ours.writer, number_text(theirs.at("writer")));
  both("events", to_words(ours.events), words(theirs.at("events")));
  both("values", to_words(ours.values), words(theirs.at("values")));
  both("plugins", to_words(ours.plugins), words(theirs.at("plugins")));
  both("dtypes", to_words(ours.dtypes), words(theirs.at("dtypes")));
  both("nan", std::to_string(ours.nan), number_text(theirs.at("nan")));
  both("inf", std::to_string(ours.inf), number_text(theirs.at("inf")));
  both("least step", number_text(ours.min_step), number_text(theirs.at("min_step")));
  both("greatest step", number_text(ours.max_step), number_text(theirs.at("max_step")));
  both("first time", number_text(ours.first_wall), number_text(theirs.at("first_wall_time")));
  both("last time", number_text(ours.last_wall), number_text(theirs.at("last_wall_time")));
  both("largest record", std::to_string(ours.largest), number_text(theirs.at("largest_record")));
  // Damage: the corpus has none but for what is no event file at all.
  CHECK(theirs.at("bad_length_crc") == 0);
  CHECK(theirs.at("bad_data_crc") == 0);
  const std::string tail = theirs.at("tail");
  if (tail == "LFS-pointer") {
    CHECK(ours.damage == "corrupt-length@0+" + number_text(theirs.at("size")));
  } else if (tail.empty()) {
    CHECK_MESSAGE(ours.damage.empty(), file, ours.damage);
    CHECK(ours.tail == "clean");
  } else {
    // `payload:have0of39`: the header of a record, and 0 of its 39 bytes and checksum behind it.
    CHECK(tail == "payload:have0of39");
    CHECK(ours.tail == "truncated: 12 of 51");
  }
}

TEST_SUITE("counts") {
  TEST_CASE("every event file of the corpus holds what an independent scanner counts") {
    const std::string corpus = outside_logs("TFEVENTS_CORPUS", "corpus");
    if (corpus.empty()) return;
    Differences differences("counts");
    std::ifstream counts(corpus + "/COUNTS.jsonl");
    std::size_t files = 0;
    for (std::string line; std::getline(counts, line); ++files) {
      const json theirs = json::parse(line);
      compare(theirs, scan_file(corpus + "/" + theirs.at("file").get<std::string>()), differences);
    }
    CHECK(files == 220);
    MESSAGE(files, " files, ", differences.compared(), " numbers compared");
  }
}

}  // namespace
}  // namespace tfevents::test
