#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "event/media.hpp"
#include "event/tensor.hpp"
#include "logdir/kind.hpp"
#include "ops/extract_files.hpp"
#include "ops/extract_mesh.hpp"

namespace tfevents::ops {

/// What is known of a value before it is looked into.
struct ValuePlace {
  SeriesId series = 0;
  Kind kind = Kind::kTensors;
  std::string_view tag, kind_name, plugin;
  std::int64_t step = 0;
  double wall_time = 0;
};

/// A file of a value, and what the name that it will get ends in.
struct StagedPart {
  StagedFile file;
  std::string suffix, extension;
  ExtractedFile row;
};

/// Something to say of a value whose files are written all the same, or of one without.
struct ValueNote {
  Severity severity = Severity::kWarn;
  std::string rule, message;
  bool lost_data = false;
};

/// The files of one value, and what goes together with other values.
struct StagedValue {
  SeriesId series = 0;
  std::vector<StagedPart> parts;
  std::optional<MeshComponent> component;
  std::vector<ValueNote> notes;
};

/// True for the kinds whose values become files.
[[nodiscard]] bool becomes_files(Kind kind) noexcept;

/// Values of more bytes than this are not converted.
inline constexpr std::uint64_t kConvertedBytes = std::uint64_t{64} << 20;

/// Writes what a value holds to files without names. Errors: kFormat (it is not what its kind
/// says), kLimit, those of the event file; those of the target, which is told.
[[nodiscard]] Result<StagedValue> stage_value(const StoredValue& stored, const ValuePlace& place,
                                              RunFiles& files);

}  // namespace tfevents::ops
