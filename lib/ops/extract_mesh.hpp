#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "event/plugins.hpp"
#include "ops/extract_files.hpp"

namespace tfevents::ops {

/// Rows of three of one component of a mesh: float32 for vertices, int32 for faces, uint8 for
/// colours, in a file without a name.
struct MeshComponent {
  MeshContent content = MeshContent::kUndefined;
  std::string name;  ///< Shared by what belongs together.
  SeriesId series = 0;
  ExtractedFile row;  ///< Tag, kind, step and time.
  std::uint64_t batch = 0, rows = 0;
  StagedFile file;
};

/// Joins vertices, faces and colours of one name and step to PLY files. Memory follows the number
/// of names; elements wait on the disk. Source: paulbourke.net/dataformats/ply.
class MeshJoin {
 public:
  using OnFile = std::function<void(ExtractedFile)>;
  using OnProblem = std::function<void(const ExtractedFile& row, std::string message)>;

  MeshJoin(RunFiles& files, OnFile on_file, OnProblem on_problem)
      : files_(files), on_file_(std::move(on_file)), on_problem_(std::move(on_problem)) {}

  /// A component of another step, or one that is there already, begins the next mesh of its name.
  /// Errors: those of the target.
  Status add(MeshComponent component);
  /// Writes what waits.
  Status finish();

 private:
  struct Waiting {
    std::optional<MeshComponent> vertex, face, color;
    [[nodiscard]] const MeshComponent* any() const noexcept {
      return vertex ? &*vertex : face ? &*face : color ? &*color : nullptr;
    }
  };

  Status write(Waiting waiting);
  Status write_one(const Waiting& waiting, std::uint64_t index);

  RunFiles& files_;
  OnFile on_file_;
  OnProblem on_problem_;
  std::map<std::string, Waiting> waiting_;
};

/// `5`, and `neg5` for -5: no option of the next program.
[[nodiscard]] std::string name_of_step(std::int64_t step);

}  // namespace tfevents::ops
