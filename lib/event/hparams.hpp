#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace tfevents {

// What the hparams plugin keeps in the metadata of its three tags. Source:
// tensorboard/plugins/hparams/{api,plugin_data}.proto, and FORMAT 4.11.

/// The tags, all of plugin `hparams`.
inline constexpr std::string_view kHparamsPlugin = "hparams";
inline constexpr std::string_view kHparamsExperimentTag = "_hparams_/experiment";
inline constexpr std::string_view kHparamsSessionStartTag = "_hparams_/session_start_info";
inline constexpr std::string_view kHparamsSessionEndTag = "_hparams_/session_end_info";

/// Serialized data above this is not read: real ones have a few KiB, and three of them are kept a
/// run.
inline constexpr std::size_t kMaxHparamsBytes = std::size_t{4} << 20;
/// Hyperparameters, metrics or choices of one message; with more it is not read.
inline constexpr std::size_t kMaxHparamsEntries = 65536;

/// A hyperparameter. Null: given as null, or as a list or struct, which TensorBoard leaves out too.
/// NaN and infinities are kept. Text is raw bytes.
using HparamValue = std::variant<std::monostate, bool, double, std::string>;
/// By name, raw bytes.
using HparamMap = std::map<std::string, HparamValue, std::less<>>;

enum class HparamType : std::uint8_t { kUnset = 0, kString = 1, kBool = 2, kFloat64 = 3 };

/// A hyperparameter that an experiment announces.
struct HparamInfo {
  std::string name;
  std::string display_name;  ///< Empty: the name.
  HparamType type = HparamType::kUnset;
  std::vector<HparamValue> choices = {};                   ///< Of a discrete domain.
  std::optional<std::pair<double, double>> interval = {};  ///< Least and greatest value.
  friend bool operator==(const HparamInfo&, const HparamInfo&) = default;
};

/// A metric that an experiment announces: `tag` in the run `SESSION/group`.
struct HparamMetricInfo {
  std::string tag, group, display_name;
  friend bool operator==(const HparamMetricInfo&, const HparamMetricInfo&) = default;
};

struct HparamsExperiment {
  std::vector<HparamInfo> hparams;
  std::vector<HparamMetricInfo> metrics;
  friend bool operator==(const HparamsExperiment&, const HparamsExperiment&) = default;
};

/// One training job begins.
struct HparamsSessionStart {
  HparamMap values;
  std::string group_name;  ///< Sessions of one group repeat a trial; empty: a group of its own.
  double start_time = 0;   ///< Epoch seconds; 0 where the writer gave none.
  friend bool operator==(const HparamsSessionStart&, const HparamsSessionStart&) = default;
};

enum class HparamsStatus : std::uint8_t { kUnknown = 0, kSuccess = 1, kFailure = 2, kRunning = 3 };
/// `unknown`, `success`, `failure` or `running`.
[[nodiscard]] const char* to_string(HparamsStatus status) noexcept;

struct HparamsSessionEnd {
  HparamsStatus status = HparamsStatus::kUnknown;
  double end_time = 0;  ///< Epoch seconds; 0 where the writer gave none.
  friend bool operator==(const HparamsSessionEnd&, const HparamsSessionEnd&) = default;
};

/// Which of the three it is; monostate where the message says none of them.
using HparamsData =
    std::variant<std::monostate, HparamsExperiment, HparamsSessionStart, HparamsSessionEnd>;

/// Reads a serialized HParamsPluginData, accepted exactly when protobuf would accept it with all
/// its text as bytes. Errors: kFormat (no such message), kUnsupported (a version other than 0, as
/// TensorBoard has it), kLimit (too large). Memory follows `content`.
[[nodiscard]] Result<HparamsData> parse_hparams(Bytes content);

}  // namespace tfevents
