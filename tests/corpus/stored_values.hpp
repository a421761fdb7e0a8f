#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <nlohmann/json.hpp>

#include "logdir/decoded_value.hpp"

namespace tfevents::test {

/// One value that is no scalar, decoded, in the words of the oracles: their keys, encoded parts by
/// MIME type, size and SHA-256. `rows` are what TensorBoard draws of a histogram.
struct ValuePoint {
  std::int64_t step = 0;
  nlohmann::json value;
  std::string problem;
};

/// By run, tag and kind, in the order of the records.
using ValueSeries =
    std::map<std::tuple<std::string, std::string, std::string>, std::vector<ValuePoint>>;

/// All values below a directory that are no scalars. What cannot be decoded has null, and the
/// reason in `problem`.
[[nodiscard]] ValueSeries read_values(const std::string& path);

/// A JSON value as text in which numbers that are equal look alike: `1.0` and `1`.
[[nodiscard]] std::string plain_text(const nlohmann::json& value);

}  // namespace tfevents::test
