#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "logdir/point_reader.hpp"
#include "logdir/run.hpp"
#include "ops/context.hpp"
#include "ops/du_foreign.hpp"

namespace tfevents::ops {

/// One event file of a run that was read: the `event_files` object of OUTPUT.md `show`.
struct ShownFile {
  std::string path;
  std::uint64_t bytes = 0;                ///< On disk; of standard input what was read.
  std::uint64_t records = 0;              ///< Intact ones.
  std::optional<double> start_time = {};  ///< Finite wall time of its first event.
  std::string writer = {};  ///< What the file's first event says of it, raw bytes; may be empty.
  Tail::Kind tail = Tail::Kind::kClean;
};

/// `clean`, `truncated` or `nul`.
[[nodiscard]] const char* to_string(Tail::Kind kind) noexcept;

/// The files of a run that was read to its end; the first record of each is read once more.
[[nodiscard]] std::vector<ShownFile> shown_files(RunReading& state);

/// What lies beside the event files of a run, each file counted once, however many names it has.
struct SideFiles {
  /// What belongs to a dashboard or a training job: `profile`, `projector`, `checkpoints`, and the
  /// names of directories in `plugins`.
  std::map<std::string, FileSum, std::less<>> plugins;
  FileSum foreign;  ///< The others.
  std::vector<Problem> problems = {};
};

/// Which of the plugins a file belongs to, by its path below the run; empty: none.
///
/// Sources: tensorboard_plugin_profile (plugins/profile), torch.profiler (*.pt.trace.json),
/// tensorboard/plugins/projector (projector_config.pbtxt), torch's add_embedding (NNNNN/TAG), and
/// the names that TensorFlow, PyTorch, Lightning and safetensors give checkpoints.
[[nodiscard]] std::string_view side_kind(std::string_view below) noexcept;

/// Counts them. No link is followed, and nothing of runs further below counts. Memory: 24 bytes a
/// file.
[[nodiscard]] SideFiles find_side_files(const Run& run, Sys& sys, const StopFlag& stop);

/// Symbolic links beside the directory of a run that lead to it, as paths: names it has besides.
[[nodiscard]] std::vector<std::string> find_aliases(const Run& run, Sys& sys);

}  // namespace tfevents::ops
