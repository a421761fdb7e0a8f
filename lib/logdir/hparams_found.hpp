#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "event/hparams.hpp"

namespace tfevents {

/// The hparams of one run, gathered while it is read. What TensorBoard looks at is the first
/// metadata of each tag; here the first that can be read counts, of session ends the last.
struct HparamsFound {
  std::optional<HparamsExperiment> experiment;
  std::optional<HparamsSessionStart> session_start;
  std::optional<HparamsSessionEnd> session_end;
  std::uint64_t unreadable = 0;  ///< Metadata of these tags that is no hparams message.

  /// True where `content` of this tag would be looked at.
  [[nodiscard]] bool wants(std::string_view tag) const noexcept;
  /// Takes the plugin content of a value. False: it is beyond a limit of event/hparams.hpp.
  bool take(std::string_view tag, Bytes content);
};

}  // namespace tfevents
