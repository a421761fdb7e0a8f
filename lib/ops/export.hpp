#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "event/scalar.hpp"
#include "logdir/run.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"
#include "ops/dump.hpp"
#include "ops/where.hpp"

namespace tfevents::ops {

/// What the points of a run are sorted by; NaN is the greatest wall time.
struct SortKey {
  enum class Field : std::uint8_t { kTag, kStep, kWallTime };
  Field field = Field::kStep;
  bool descending = false;
  friend bool operator==(const SortKey&, const SortKey&) = default;
};

/// Turns the rows of one run's wide table into text. Runs on a worker thread of its own.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  /// `cells` has a value for each column; null where the run has none at this step.
  virtual void on_row(std::int64_t step, std::span<const Scalar* const> cells) = 0;
  /// The text so far; emptied when it is passed on.
  [[nodiscard]] virtual std::string& text() noexcept = 0;
};

/// How points become text. After `begin` called from worker threads.
class ExportFormat {
 public:
  virtual ~ExportFormat() = default;
  /// The text in front of everything, and of each file of a split export. `columns`: the tags of a
  /// wide table, in order; else empty.
  virtual std::string begin(const std::vector<std::string>& columns) = 0;
  virtual std::unique_ptr<PointWriter> points_of(const Run& run) = 0;
  virtual std::unique_ptr<RowWriter> rows_of(const Run& run) = 0;
};

struct ExportOptions {
  enum class Split : std::uint8_t {
    kNone,
    kRuns,    ///< A file a run.
    kSeries,  ///< A file a series, in a directory of its run.
  };
  Selection select;
  std::optional<Where> where = {};
  bool wide = false;           ///< A row a step, a column a tag.
  std::vector<SortKey> sort;   ///< Empty: in the order of the records. Not with `wide`.
  bool one_series = false;     ///< The format has no names: one series, or kUsage.
  Split split = Split::kNone;  ///< kSeries: not with `wide`.
  std::string directory = {};  ///< Of the files of a split export: new, or empty.
  std::string extension = {};  ///< Of those files: `.csv`.
};

struct ExportReport {
  DumpReport dump;
  std::uint64_t files = 0;       ///< Of a split export.
  std::uint64_t overridden = 0;  ///< Wide: points that a later one of the same tag and step hides.
  std::uint64_t late = 0;        ///< Wide: points of tags that came when the columns stood.
};

/// Writes the selected scalars, to `write` or to files. Bytes do not depend on the number of jobs.
///
/// Memory: as `dump`; with `sort` and Split::kSeries about 110 bytes, and with `wide` 90 bytes, for
/// each point of the runs being read, a run a job. `wide` and `one_series` read all runs once more.
/// Errors: those of `dump`; kUsage where one series was wanted, and for a directory that holds
/// anything; kIo from files.
Result<ExportReport> export_points(const ExportOptions& options, ExportFormat& format,
                                   const OrderedOutput::Write& write, const OpContext& context);

}  // namespace tfevents::ops
