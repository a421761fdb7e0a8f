#pragma once

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "ops/assert.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {

/// A world with checks: `Gate w; w.run("a", …); CHECK(w.only("last(acc) > 0").verdicts() == …);`
struct Gate : World {
  ops::AssertOptions options;

  Gate& check(const std::string& text, Severity severity = Severity::kError) {
    auto parsed = Expression::parse(text);
    REQUIRE_MESSAGE(parsed.ok(), parsed.error().message);
    options.checks.push_back({text, std::move(*parsed), severity});
    return *this;
  }
  /// One check alone.
  Gate& only(const std::string& text) {
    options.checks.clear();
    return check(text);
  }
  Result<ops::AssertReport> try_report() {
    options.select = selection();
    return with_context([&](const ops::OpContext& c) { return ops::assert_trials(options, c); });
  }
  ops::AssertReport report() {
    auto report = try_report();
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(*report);
  }
  ops::CheckRow row() {
    ops::AssertReport all = report();
    REQUIRE(all.rows.size() == 1);
    return std::move(all.rows.front());
  }
  /// `pass`, `fail`, `error missing-tag`, … of each row.
  std::vector<std::string> verdicts() {
    std::vector<std::string> all;
    for (const ops::CheckRow& row : report().rows) {
      all.push_back(to_string(row.status));
      if (!row.reason.empty()) all.back() += " " + row.reason;
    }
    return all;
  }
};

using Verdicts = std::vector<std::string>;

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace tfevents::test
