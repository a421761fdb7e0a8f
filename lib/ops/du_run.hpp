#pragma once

#include <cstdint>
#include <memory>

#include "base/result.hpp"
#include "logdir/chunked.hpp"
#include "logdir/point_reader.hpp"
#include "logdir/run.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {

/// What one series takes of its files.
struct SeriesUsage {
  std::uint64_t bytes = 0;
  std::uint64_t values = 0;
};

/// What the bytes of one run are. Every byte that was read is in exactly one of the series,
/// `framing`, `damaged`, `tail` and `compressed`.
struct RunUsage {
  /// Names and kinds of the series, and which are selected. Points to the run that was read.
  std::unique_ptr<RunReading> reading;
  Chunked<SeriesUsage> series;  ///< By SeriesId; nothing of what lies in compressed files.
  std::uint64_t framing = 0;
  std::uint64_t damaged = 0;
  std::uint64_t tail = 0;
  std::uint64_t compressed = 0;         ///< On disk.
  std::uint64_t compressed_values = 0;  ///< Selected ones, in compressed files.
  RunOutcome outcome;
};

/// True when points are chosen (-t, --kind, --steps, --view clean, …): then only they are counted,
/// in `series`, and what belongs to no series is left out.
[[nodiscard]] bool counts_points(const Selection& select) noexcept;

/// Reads a run and says what its bytes are. Bytes of a series are those of the fields of its values
/// as they stand in the file, with their tags and lengths; of graphs and run metadata those of the
/// field that holds them. A file that the system refuses from some place on counts up to the last
/// record before it.
///
/// A value of no kind (without any payload), and what is above a limit (series, length of a tag),
/// is framing. `run` must outlive the answer. Memory: as PRODUCT "Bounded". Errors: the temporary
/// directory, standard input.
Result<RunUsage> read_usage(const Run& run, const Selection& select, const SeriesSelector& selector,
                            const OpContext& context);

}  // namespace tfevents::ops
