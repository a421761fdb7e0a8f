#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/problem.hpp"
#include "logdir/run.hpp"
#include "ops/lint_rules.hpp"

namespace tfevents::ops {

/// Where a finding is, and what to do.
struct LintPlace {
  std::optional<std::string_view> tag = {};  ///< Raw bytes.
  std::optional<std::int64_t> step = {};
  std::optional<std::size_t> file = {};  ///< Of the run.
  std::optional<std::uint64_t> offset = {};
  std::optional<Severity> severity = {};  ///< Other than the rule's.
  std::string_view hint = {};
};

/// The findings of one run: counted always, kept up to a cap.
class LintFindings {
 public:
  LintFindings(const Run& run, const LintFilter& filter, std::size_t cap = 10'000)
      : run_(run), filter_(filter), cap_(cap) {}

  /// False: nothing needs to be looked for.
  [[nodiscard]] bool wants(LintRule rule) const noexcept { return filter_.wants(rule); }
  [[nodiscard]] bool wants(LintRule rule, std::string_view tag) const {
    return filter_.wants(rule, tag);
  }

  /// Adds one, if it is wanted.
  void add(LintRule rule, LintPlace place, std::string message) {
    if (place.tag ? !wants(rule, *place.tag) : !wants(rule)) return;
    Problem row{.severity = place.severity.value_or(info_of(rule).severity),
                .rule = std::string(info_of(rule).name),
                .run = run_.name,
                .path = place.file ? run_.path_of(*place.file) : run_.path,
                .offset = place.offset,
                .step = place.step,
                .message = std::move(message)};
    if (place.tag) row.tag = std::string(*place.tag);
    if (!place.hint.empty()) row.hint = std::string(place.hint);
    add(std::move(row));
  }
  void add(Problem row) {
    ++counts_[static_cast<std::size_t>(row.severity)];
    if (rows_.size() < cap_) {
      rows_.push_back(std::move(row));
    } else {
      ++left_out_;
    }
  }

  [[nodiscard]] std::uint64_t count(Severity severity) const noexcept {
    return counts_[static_cast<std::size_t>(severity)];
  }
  [[nodiscard]] std::vector<Problem>& rows() noexcept { return rows_; }
  [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }

 private:
  const Run& run_;
  const LintFilter& filter_;
  std::size_t cap_;
  std::vector<Problem> rows_;
  std::uint64_t counts_[3] = {};
  std::uint64_t left_out_ = 0;
};

}  // namespace tfevents::ops
