#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "logdir/run.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"
#include "ops/outcome.hpp"
#include "ops/where.hpp"

namespace tfevents::ops {

/// One file that was written, as a row of the index says it. Names are raw bytes.
struct ExtractedFile {
  std::string tag, kind;
  std::int64_t step = 0;
  double wall_time = 0;
  std::uint64_t index = 0;  ///< Which of the images, clips or meshes of the value.
  std::string file;         ///< Below the directory; safe on every system.
  std::string mime;
  std::uint64_t bytes = 0;
  std::optional<std::int64_t> width, height;       ///< Images.
  std::optional<double> sample_rate;               ///< Audio, in Hz.
  std::optional<std::int64_t> channels, frames;    ///< Audio.
  std::optional<std::string> label;                ///< Audio: Markdown.
  std::optional<std::string> dtype;                ///< Tensors, …
  std::optional<std::vector<std::int64_t>> shape;  ///< … and their shape.
  std::optional<std::uint64_t> vertices, faces;    ///< Meshes.
};

struct ExtractReport {
  Outcome outcome;
  std::vector<std::string> operands;
  double now = 0;
  std::uint64_t runs = 0;   ///< Of the selection.
  std::uint64_t files = 0;  ///< Written, the index not counted.
  std::uint64_t bytes = 0;  ///< In them.
  std::uint64_t others =
      0;  ///< Selected points of kinds that are no files: numbers, histograms, hparams.
};

/// How the index is written. `row` is called from worker threads.
class ExtractFormat {
 public:
  virtual ~ExtractFormat() = default;
  [[nodiscard]] virtual std::string begin(const ExtractReport& report) = 0;
  /// Appends a row with a comma before it; whoever writes the rows drops the first.
  virtual void row(std::string& out, const Run& run, const ExtractedFile& file) = 0;
  [[nodiscard]] virtual std::string end(const ExtractReport& report) = 0;
};

struct ExtractOptions {
  Selection select;
  std::optional<Where> where = {};
  /// Made where there is none; nothing may be in it.
  std::string directory;
};

/// Writes images, audio, text, graphs, Keras models, meshes and tensors of the selected points to
/// files `RUN/TAG/STEP.ext`, and `index.json`, which says what each is. Names are safe ones
/// (base/file_name.hpp); no link is followed and nothing is overwritten. A file has its name when
/// it is complete; no file is there in part. Bytes do not depend on the number of jobs.
///
/// Memory: as PRODUCT "Bounded", whatever the size of a value, but for graphs, Keras models, meshes
/// and tensors that are not stored as plain bytes: these are converted up to 64 MiB, and above that
/// written as they are (graphs), or not at all, which is a problem.
///
/// Errors: kUsage for a directory that holds anything, or lies in a run that is read; what the file
/// system refuses, with a hint that says what is complete.
Result<ExtractReport> extract(const ExtractOptions& options, ExtractFormat& format,
                              const OpContext& context);

}  // namespace tfevents::ops
