#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ops/lint.hpp"
#include "ops/lint_run.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {

/// A World, and what lint says of it.
class LintWorld : public World {
 public:
  std::vector<ops::LintRule> only;
  std::vector<ops::LintIgnore> ignore;

  [[nodiscard]] Result<ops::LintReport> try_lint() {
    ops::LintOptions options;
    options.select = selection();
    options.only = only;
    options.ignore = ignore;
    return with_context([&](const ops::OpContext& c) { return ops::lint(options, c); });
  }
  [[nodiscard]] ops::LintReport lint() {
    auto report = try_lint();
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    CHECK(report->rows.size() + report->rows_left_out ==
          report->errors + report->warnings + report->notes);
    std::size_t grouped = 0;
    for (const auto& group : report->groups) grouped += group.rows;
    CHECK(grouped == report->rows.size());
    return std::move(*report);
  }
  /// `severity rule tag@step` of each finding, in order.
  [[nodiscard]] std::vector<std::string> lines() { return lines_of(lint().rows); }
  static std::vector<std::string> lines_of(const std::vector<Problem>& rows) {
    std::vector<std::string> lines;
    for (const Problem& row : rows) {
      CHECK_FALSE(row.message.empty());
      CHECK(row.message.find('\n') == std::string::npos);
      std::string line = std::string(to_string(row.severity)) + " " + row.rule;
      if (row.tag) line += " " + *row.tag;
      if (row.step) line += "@" + std::to_string(*row.step);
      lines.push_back(std::move(line));
    }
    return lines;
  }
};

using Lines = std::vector<std::string>;

}  // namespace tfevents::test
