#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "event/event.hpp"
#include "logdir/decoded_value.hpp"
#include "logdir/run.hpp"
#include "logdir/selection.hpp"
#include "logdir/tag_table.hpp"
#include "ops/context.hpp"
#include "ops/ordered_output.hpp"
#include "ops/outcome.hpp"
#include "ops/where.hpp"
#include "record/record.hpp"

namespace tfevents::ops {

/// Turns the points of one run into text. Runs on a worker thread of its own; 65 ns a line is the
/// budget, so series are prepared once and points come without allocation.
class PointWriter {
 public:
  virtual ~PointWriter() = default;
  /// A series of the run, before its first point. Only selected series are told.
  virtual void on_series(SeriesId series, std::string_view tag, std::string_view kind,
                         std::string_view plugin) = 0;
  virtual void on_float(SeriesId series, std::int64_t step, double wall_time, float value) = 0;
  virtual void on_scalar(SeriesId series, std::int64_t step, double wall_time, Scalar value) = 0;
  /// A value of any other kind. Never called where only scalars are selected.
  virtual void on_value(SeriesId /*series*/, std::int64_t /*step*/, double /*wall_time*/,
                        const DecodedValue& /*value*/) {}
  /// The text so far; emptied when it is passed on.
  [[nodiscard]] virtual std::string& text() noexcept = 0;

  /// Passes the text on when there is much of it. Called between lines.
  using PassOn = std::function<void()>;
  /// The last point of the run was given, unless its reading was stopped or failed: a writer that
  /// kept points writes them now.
  virtual void on_end(const PassOn& /*pass_on*/) {}
  /// Polled now and then: more points are in vain.
  [[nodiscard]] virtual bool failed() const { return false; }
};

/// One value of a record, as `dump --records` lists it.
struct RecordValue {
  std::string_view tag;
  std::string_view kind;  ///< Empty for a value that holds no point.
  std::uint64_t bytes = 0;
};

/// One row of `dump --records`.
struct RecordRow {
  enum class Type : std::uint8_t { kRecord, kDamage, kTail };
  Type type = Type::kRecord;
  std::string_view path;
  std::uint64_t offset = 0;
  // Records.
  std::uint64_t length = 0;
  bool data_ok = true;
  std::optional<double> wall_time;
  std::optional<std::int64_t> step;
  const char* event = nullptr;  ///< Null: not decoded.
  std::vector<RecordValue> values;
  // Damage.
  std::uint64_t end = 0;
  const char* damage = nullptr;
  std::string detail;
  // Tail.
  std::uint64_t have = 0;
  std::optional<std::uint64_t> need;
};

/// Turns record rows of one run into text.
class RecordWriter {
 public:
  virtual ~RecordWriter() = default;
  virtual void on_row(const RecordRow& row) = 0;
  [[nodiscard]] virtual std::string& text() noexcept = 0;
};

/// How points or records become text. Called from worker threads.
class DumpFormat {
 public:
  virtual ~DumpFormat() = default;
  virtual std::unique_ptr<PointWriter> points_of(const Run& run) = 0;
  virtual std::unique_ptr<RecordWriter> records_of(const Run& run) = 0;
};

struct DumpOptions {
  enum class What : std::uint8_t {
    kPoints,
    kRecords,  ///< A row a record, damaged range or unfinished tail.
    kBytes,    ///< The intact records themselves, framing included.
  };
  Selection select;
  std::optional<Where> where = {};  ///< Not with `follow`.
  What what = What::kPoints;
  /// Values of more bytes than this are elided; memory follows it.
  std::uint64_t printed_bytes = kPrintedBytes;
  bool follow = false;
  /// Between two looks at the files of a followed tree: waits, and says whether to look again.
  /// Never null with `follow`.
  std::function<bool()> wait = {};
  /// With `follow`: told about problems as they are met; the report does not repeat them.
  std::function<void(const Problem&)> on_problem = {};
};

struct DumpReport {
  Outcome outcome;
  std::vector<std::string> operands;
  double now = 0;
  std::uint64_t runs = 0;  ///< That were written.
  std::uint64_t rows = 0;  ///< Points or record rows; records with kBytes.
};

/// Writes the points or records of the selected runs, in run order, to `write`. Bytes do not depend
/// on the number of jobs.
///
/// Memory: as PRODUCT "Bounded", and up to 2 MiB of text that waits for its turn.
/// Errors: a missing operand, what `write` returned, the temporary directory.
Result<DumpReport> dump(const DumpOptions& options, DumpFormat& format,
                        const OrderedOutput::Write& write, const OpContext& context);

/// As `dump`, for runs that were found before. Not with `follow`.
Result<DumpReport> dump_runs(Discovery found, const DumpOptions& options, DumpFormat& format,
                             const OrderedOutput::Write& write, const OpContext& context);

}  // namespace tfevents::ops
