#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tfevents {

enum class Severity : std::uint8_t { kNote, kWarn, kError };

/// `note`, `warn` or `error`.
inline const char* to_string(Severity severity) noexcept {
  switch (severity) {
    case Severity::kNote: return "note";
    case Severity::kWarn: return "warn";
    case Severity::kError: return "error";
  }
  return "error";
}

/// Something wrong in the data that did not stop the work. The PROBLEM object of OUTPUT.md: one
/// shape in every envelope, and the row of `fsck`.
struct Problem {
  Severity severity = Severity::kError;
  std::string rule;                      ///< `data-crc`, `length-crc`, `unreadable`, …
  std::optional<std::string> run = {};   ///< Run name, raw bytes.
  std::optional<std::string> path = {};  ///< File or directory, raw bytes.
  std::optional<std::uint64_t> offset =
      {};  ///< First byte; of the decompressed stream in compressed files.
  std::optional<std::uint64_t> end = {};  ///< One past the last byte.
  std::optional<std::string> tag = {};
  std::optional<std::int64_t> step = {};
  std::string message;  ///< One line.
  std::optional<std::string> hint = {};
  /// True when readable input inside the selection was skipped: `complete` is false, exit status 3.
  bool lost_data = false;
};

}  // namespace tfevents
