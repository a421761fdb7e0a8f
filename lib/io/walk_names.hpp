#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/walk.hpp"

namespace tfevents {

/// A name of a directory: the entry `name` of directory number `from` leads to number `to`.
struct DirectoryName {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::string name;
};

/// Chooses one name for each directory that only links lead to, and reports the other names.
///
/// `root`: of the walk. `directories`: the first `real_count` are reached without links (number 0
/// is the root) and keep their names; `relative` of the others is set here. `names`: every link,
/// and every entry of the directories behind links.
///
/// The choice is the least name in natural order among all that pass no directory twice, which is
/// what a shortest-path search finds: a name is less than the names that begin with it.
void choose_names(const std::string& root, std::vector<WalkedDirectory>& directories,
                  std::size_t real_count, std::vector<DirectoryName> names,
                  std::vector<Problem>& problems);

/// `name` below the directory called `relative`.
[[nodiscard]] std::string relative_below(const std::string& relative, const std::string& name);

}  // namespace tfevents
