#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "io/source.hpp"

namespace tfevents::test {

/// All that is in one event file, as our record reader and scanner see it, in the oracles' words.
struct FileScan {
  std::uint64_t records = 0, undecodable = 0, largest = 0;
  std::string damage;  ///< `corrupt-data@572+54 …`; tails and records that are no events are some.
  std::string tail;    ///< `clean`, `truncated: 0 of 39`, `nul`.
  Compression compression = Compression::kNone;
  std::string version, writer;  ///< The first of each; `none`.
  std::map<std::string, std::uint64_t> events, values, plugins, dtypes;
  std::uint64_t nan = 0, inf = 0;
  std::optional<std::int64_t> min_step, max_step;  ///< But for versions and graphs.
  std::optional<double> first_wall, last_wall, min_wall, max_wall;  ///< Of the finite ones.
};

[[nodiscard]] FileScan scan_file(const std::string& path);

/// `a 1, b 2`.
[[nodiscard]] std::string to_words(const std::map<std::string, std::uint64_t>& counts);

}  // namespace tfevents::test
