#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "logdir/decoded_value.hpp"
#include "ops/show_pass.hpp"

namespace tfevents::ops {

/// What a line has room for of a value, whatever its size: about 200 bytes.
struct ValueSketch {
  enum class What : std::uint8_t {
    kNothing,  ///< It was not looked at, or says nothing.
    kImages,
    kAudio,
    kText,
    kTensor,
    kHistogram,
    kGraph,
    kHparams,
    kCurves,
    kMesh,
    kCharts,
    kUnreadable,  ///< It is not what its kind says.
  };
  What what = What::kNothing;
  /// Images or clips in the value, strings, nodes, hyperparameters, thresholds, charts.
  std::optional<std::uint64_t> count = {};
  std::uint64_t bytes = 0;               ///< Of the value.
  std::int64_t width = 0, height = 0;    ///< Of an image.
  std::string type = {};                 ///< `png`, `wav`, `float32`, `vertex`; raw bytes.
  std::vector<std::int64_t> shape = {};  ///< Of a tensor; the first eight dimensions.
  double from = 0, to = 0, number = 0;   ///< Of a histogram: its edges, and how many values.
  std::optional<double> seconds = {};    ///< Of a clip.
  std::string text = {};                 ///< The first bytes of the first string.
};

/// A value that --text or --hist asks for.
struct ShownValue {
  std::string tag;
  std::string kind;
  bool histogram = false;
  std::int64_t step = 0;
  double wall_time = 0;
  DecodedValue value;
};

/// A value to be looked at: where it lies, and what it is.
struct ValueToRead {
  StoredPlace place;
  std::string tag;
  Kind kind = Kind::kTensors;
  std::uint64_t limit = 0;  ///< As of decode_value.
};

/// Reads values of a run that was read before, in any order. Each file is opened once and, unless
/// it is compressed, nothing but the records of these values is read. Gives `on_value(i, result)`
/// for each of `wanted`; an Error where it cannot be decoded, or is not there any more.
void read_values(RunReading& state, const std::vector<ValueToRead>& wanted, const StopFlag& stop,
                 const std::function<void(std::size_t, Result<DecodedValue>)>& on_value);

/// Keeps of a decoded value what a line has room for.
[[nodiscard]] ValueSketch sketch_of(const DecodedValue& value, std::uint64_t bytes);

}  // namespace tfevents::ops
