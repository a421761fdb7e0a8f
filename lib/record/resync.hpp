#pragma once

#include <cstdint>
#include <optional>

#include "base/result.hpp"
#include "record/window.hpp"

namespace tfevents {

/// What a search for the next intact record found.
struct ResyncResult {
  std::optional<std::uint64_t> found;  ///< Offset of the first record that verified.
  std::uint64_t found_length = 0;      ///< Its payload bytes.
  /// Least offset of a header with a right checksum whose record runs past the end: perhaps a
  /// record being written.
  std::optional<std::uint64_t> unfinished;
  std::uint64_t unfinished_length = 0;  ///< The payload bytes that it claims.
  std::uint64_t end = 0;                ///< Where the search gave up: the present end.
};

/// Finds the first intact record that begins at or behind `from`, in one forward pass.
///
/// Every offset whose 12 bytes carry a right length checksum is a candidate. Its payload is judged
/// when the pass reaches its end, from one running CRC (the checksum of a range is a combination of
/// two register values), so a candidate costs the same whatever length it claims. The first
/// candidate verified wins; at most 4,096 are open at once, and the farthest are given up first.
/// The pass reads at most twice the distance to the end of the record that wins.
///
/// Leaves the window at the record found, else at the end. The caller has marked streams at or
/// before `from`.
Result<ResyncResult> resynchronise(ByteWindow& window, std::uint64_t from);

}  // namespace tfevents
