#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "logdir/selection.hpp"
#include "ops/fsck.hpp"
#include "ops/ls.hpp"
#include "unit/ops/recorder.hpp"

namespace tfevents::test {

/// (run, tag, kind).
using SeriesName = std::tuple<std::string, std::string, std::string>;
using SeriesPoints = std::map<SeriesName, std::vector<PointRow>>;

/// A tree on disk as the operations answer for it.
class Tree {
 public:
  explicit Tree(std::string path) : path_(std::move(path)) {}

  [[nodiscard]] SeriesPoints points(View view) const;
  /// Rows by run name, series filled.
  [[nodiscard]] std::map<std::string, ops::LsRow> rows(View view) const;
  [[nodiscard]] ops::FsckReport fsck() const;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

/// `12 points, steps 0..11 (-5..11)`: the brackets where least and greatest are others.
[[nodiscard]] std::string outline(std::uint64_t count, std::int64_t first, std::int64_t last,
                                  std::int64_t min, std::int64_t max);
[[nodiscard]] std::string outline(const std::vector<PointRow>& points);

}  // namespace tfevents::test
