#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "expr/expression.hpp"
#include "logdir/layout.hpp"
#include "logdir/selection.hpp"
#include "ops/where.hpp"
#include "options.hpp"
#include "series/call.hpp"

namespace tfevents::cli {

class Env;

// Option groups that several commands take, each written once. A command's definition says which.

/// `auto|always|never`, in this order.
enum class When : std::uint8_t { kAuto, kAlways, kNever };

/// `table|json|jsonl|csv|md`, in this order.
enum class Format : std::uint8_t { kTable, kJson, kJsonl, kCsv, kMarkdown };

/// json, jsonl and csv: what programs read. Fatal errors are then one JSON line.
[[nodiscard]] constexpr bool is_machine(Format format) noexcept {
  return format == Format::kJson || format == Format::kJsonl || format == Format::kCsv;
}

/// Accepted before and after the command, by every command.
struct GlobalOptions {
  bool short_help = false;
  bool long_help = false;
  bool version = false;
  bool quiet = false;
  bool verbose = false;
  When color = When::kAuto;
  When progress = When::kAuto;
  std::optional<TimePoint> now;
  std::optional<std::uint64_t> jobs;
  std::optional<std::string> logdir;
};
void add_global_options(OptionAdder& add, GlobalOptions& into);

/// Which runs: operands, `-r -x`, activity.
struct RunOptions {
  std::vector<std::string> operands;
  std::vector<std::string> runs, exclude;
  std::optional<Duration> newer_than, older_than;
  std::optional<TimePoint> since, until;
  bool live = false;
  bool finished = false;
};
void add_run_options(OptionAdder& add, RunOptions& into);
/// The same without operands, for commands that take them in another way.
void add_run_filters(OptionAdder& add, RunOptions& into);

/// Which points: `-t --kind --steps --wall --last --view --max-series`.
struct PointOptions {
  std::vector<std::string> tags, kinds;
  std::optional<std::string> steps, wall;
  std::optional<std::uint64_t> last;
  std::optional<View> view;
  std::optional<std::uint64_t> max_series;
};
void add_point_options(OptionAdder& add, PointOptions& into);
/// Which series: `-t --kind --max-series`, for commands that look at whole series.
void add_series_options(OptionAdder& add, PointOptions& into);
/// As add_point_options without `--kind`, for commands that look at scalars alone.
void add_scalar_options(OptionAdder& add, PointOptions& into);

/// `-w --layout`: a condition on runs or trials, and names for the levels of theirs.
struct WhereOptions {
  std::optional<std::string> where, layout;
};
void add_where_options(OptionAdder& add, WhereOptions& into);
/// Errors: kUsage, the message names the option.
[[nodiscard]] Result<std::optional<Expression>> parse_where(const WhereOptions& options);
[[nodiscard]] Result<std::optional<Layout>> parse_layout(const WhereOptions& options);
/// The error with the option in front that it is about: `--where: …`.
[[nodiscard]] Error in_option(std::string_view option, Error error);
/// Both, for commands that work on runs and use a layout in --where alone. Errors: also a layout
/// without a condition.
[[nodiscard]] Result<std::optional<ops::Where>> parse_run_where(const WhereOptions& options);

/// The items of an option that may be repeated or be a list with commas. Errors: as split_items.
[[nodiscard]] Result<std::vector<std::string>> split_lists(const std::vector<std::string>& lists);

/// `--age newest|event`, in this order: what the age of a run is counted from.
enum class Age : std::uint8_t { kNewest, kEvent };
inline constexpr std::string_view kAges[] = {"newest", "event"};

/// `--fold --no-fold`, for commands that work on trials.
void add_fold_options(OptionAdder& add, bool& fold);

/// `--max --min`: which way a metric is better.
struct DirectionOptions {
  bool max = false;
  bool min = false;
};
void add_direction_options(OptionAdder& add, DirectionOptions& into);
/// Nothing: as names say. Errors: kUsage for both.
[[nodiscard]] Result<std::optional<Direction>> parse_direction(const DirectionOptions& options);

/// Where the answer goes and in which shape: `-f --json -o`.
struct OutputOptions {
  std::optional<Format> format;  ///< Nothing: the command's default.
  std::optional<std::string> file;
};
void add_output_options(OptionAdder& add, OutputOptions& into);

/// `--strict`.
void add_strict_option(OptionAdder& add, bool& into);

/// The compiled selection. `points` may be null. Errors: kUsage, the message names the option.
[[nodiscard]] Result<Selection> make_selection(const RunOptions& runs, const PointOptions* points,
                                               View default_view, const Env& env);

}  // namespace tfevents::cli
