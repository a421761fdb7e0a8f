#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"
#include "ops/ls_rows.hpp"
#include "ops/outcome.hpp"
#include "ops/trial_table.hpp"
#include "ops/where.hpp"

namespace tfevents::ops {

/// Names of `--sort`: `run age start duration last_step tags files size state`.
[[nodiscard]] std::span<const std::string_view> ls_sort_keys() noexcept;
[[nodiscard]] bool is_ls_sort_key(std::string_view key) noexcept;

struct LsOptions {
  Selection select;
  bool series = false;  ///< Fill LsRow::series (--tags).
  /// One of ls_sort_keys(), else a tag or an expression as in `columns`; `-` in front reverses.
  std::string sort = "run";
  std::string columns = {};            ///< -c; `+` in front: besides those of the list.
  std::optional<Where> where = {};     ///< -w.
  std::optional<Layout> layout = {};   ///< --layout, for columns and sorting.
  std::optional<std::uint64_t> limit;  ///< -n, after sorting.
};

struct LsReport {
  LsRows rows;
  std::vector<std::string> columns;             ///< Labels of -c.
  bool columns_alone = false;                   ///< People see the name and these only.
  std::vector<std::vector<ItemValue>> metrics;  ///< Of each row, a value a column; or empty.
  std::vector<std::string> warnings;
  std::uint64_t runs_total = 0;  ///< Before -n.
  Outcome outcome;
  std::vector<std::string> operands;  ///< As read: the log directory where none was given.
  double now = 0;
};

/// Lists the selected runs. Memory: as PRODUCT "Bounded". Errors: a missing operand, I/O on an
/// operand.
Result<LsReport> list_runs(const LsOptions& options, const OpContext& context);

}  // namespace tfevents::ops
