#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/glob.hpp"
#include "base/number.hpp"
#include "ops/compare.hpp"
#include "ops/differing.hpp"
#include "support/hparams_content.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {

using Lines = std::vector<std::string>;

/// A tree and what `compare` says about it.
struct CompareWorld : World {
  ops::CompareOptions options;
  std::optional<ops::CompareReport> last;  ///< What `compare` gave.

  Result<ops::CompareReport> try_compare() {
    options.select = selection();
    return with_context([&](const ops::OpContext& c) { return ops::compare_trials(options, c); });
  }
  const ops::CompareReport& compare() {
    auto report = try_compare();
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    last = std::move(*report);
    return *last;
  }
  /// Why this is no baseline.
  Error refused(const std::string& versus) {
    options.versus = versus;
    auto report = try_compare();
    REQUIRE_FALSE(report.ok());
    return report.error();
  }

  // Of the report that `compare` gave last.

  [[nodiscard]] std::string name_of(const ops::CompareRow& row) const {
    if (last->by.empty()) return row.trial.name;
    std::string name;
    for (const Value& value : row.group) name += (name.empty() ? "" : ",") + ops::text_of(value);
    return name;
  }
  [[nodiscard]] Lines names() const {
    Lines names;
    for (const ops::CompareRow& row : last->rows) names.push_back(name_of(row));
    return names;
  }
  [[nodiscard]] Lines labels() const {
    Lines labels;
    for (const ops::CompareColumn& column : last->columns) labels.push_back(column.label);
    return labels;
  }
  [[nodiscard]] const ops::CompareRow& row_of(const std::string& name) const {
    for (const ops::CompareRow& row : last->rows) {
      if (name_of(row) == name) return row;
    }
    FAIL("no row " << name);
    return last->rows.front();
  }
  [[nodiscard]] const ops::CompareValue& metric(const std::string& name,
                                                const std::string& label) const {
    const ops::CompareRow& found = row_of(name);
    for (std::size_t i = 0; i < last->columns.size(); ++i) {
      if (last->columns[i].label == label) return found.metrics[i];
    }
    FAIL("no column " << label);
    return found.metrics.front();
  }
  /// The values of a trial's row, or why there is none.
  [[nodiscard]] Lines cells(const std::string& name) const {
    Lines cells;
    for (const ops::CompareValue& value : row_of(name).metrics) {
      cells.push_back(is_null(value.item.value) ? ops::missing_reason(value.item)
                                                : ops::text_of(value.item.value));
    }
    return cells;
  }
  /// `delta ratio verdict`, `-` for null.
  [[nodiscard]] std::string change(const std::string& name, const std::string& label) const {
    const ops::CompareValue& value = metric(name, label);
    const auto text = [](const std::optional<double>& number) {
      return number ? to_text(*number) : "-";
    };
    return text(value.delta) + ' ' + text(value.delta_ratio) + ' ' +
           (value.verdict ? to_string(*value.verdict) : "-");
  }
  /// `mean std n missing`, `-` for null.
  [[nodiscard]] std::string spread(const std::string& name, const std::string& label) const {
    const ops::CompareValue& value = metric(name, label);
    const auto text = [](const std::optional<double>& number) {
      return number ? to_text(*number) : "-";
    };
    return text(value.spread.mean) + ' ' + text(value.spread.std) + ' ' + to_text(value.spread.n) +
           ' ' + to_text(value.missing);
  }
};

}  // namespace tfevents::test
