// Every tag of real logs can be asked for in an expression: as it is where it can be, else in
// double quotes.

#include <filesystem>
#include <limits>
#include <set>

#include <doctest/doctest.h>

#include "base/text.hpp"
#include "corpus/places.hpp"
#include "expr/expression.hpp"
#include "ops/tags.hpp"
#include "unit/expr/raw_names.hpp"

namespace tfevents::test {
namespace {

std::set<std::string> tags_below(const std::string& directory) {
  std::set<std::string> tags;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    if (entry.path().filename().string().find("tfevents") == std::string::npos) continue;
    ops::collect_tags(
        real_sys(), entry.path().string(), std::numeric_limits<std::uint64_t>::max(),
        [] { return false; }, tags);
  }
  return tags;
}

void check_reachable(const std::string& argument, const std::string& tag) {
  CAPTURE(argument);
  const auto expression = Expression::parse("0.5 < last(" + argument + ")");
  REQUIRE_MESSAGE(expression.ok(), expression.error().message);
  REQUIRE(expression->calls().size() == 1);
  CHECK(expression->calls()[0].tag == tag);
}

void check_all(const char* variable, const char* name, std::size_t least) {
  const std::string directory = outside_logs(variable, name);
  if (directory.empty()) return;
  const std::set<std::string> tags = tags_below(directory);
  std::size_t raw = 0;
  for (const std::string& tag : tags) {
    // As it is in the file, and as it is printed.
    for (const std::string& shown : {tag, printable(tag)}) {
      check_reachable(in_quotes(shown), shown);
      if (raw_possible(shown)) check_reachable(shown, shown);
    }
    if (raw_possible(tag)) ++raw;
  }
  CHECK(tags.size() >= least);
  MESSAGE(tags.size(), " tags, ", raw, " of them without quotes");
}

TEST_SUITE("names") {
  TEST_CASE("every tag of the corpus has its place in an expression") {
    check_all("TFEVENTS_CORPUS", "corpus", 300);
  }
  TEST_CASE("every tag that frameworks wrote has its place in an expression") {
    check_all("TFEVENTS_WRITERS", "writers", 100);
  }
}

}  // namespace
}  // namespace tfevents::test
