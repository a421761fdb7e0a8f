#pragma once

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "io/walk.hpp"

namespace tfevents::test {

/// What a walk found, as lines that a test can compare: `name: files (+others) @` for a directory
/// (`@` behind a link), `severity rule path` for a problem.
inline std::vector<std::string> described(const WalkResult& result) {
  std::vector<std::string> lines;
  for (const WalkedDirectory& directory : result.directories) {
    std::string line = directory.relative + ":";
    for (const DirEntry& file : directory.files) {
      line += " " + file.name;
      if (file.type == FileType::kOther) line += "!";
    }
    if (directory.other_files > 0) line += " (+" + std::to_string(directory.other_files) + ")";
    if (directory.through_symlink) line += " @";
    lines.push_back(std::move(line));
  }
  for (const Problem& problem : result.problems) {
    lines.push_back(std::string(to_string(problem.severity)) + " " + problem.rule + " " +
                    problem.path.value_or("?") + (problem.lost_data ? " lost" : ""));
  }
  return lines;
}

using Lines = std::vector<std::string>;

/// Walks with 1, 2 and 16 jobs, and checks that the answers are the same.
inline WalkResult walk_all_ways(Sys& sys, const std::string& root, WalkOptions options = {}) {
  const StopFlag stop;
  options.jobs = 1;
  Result<WalkResult> one = walk(sys, root, options, stop);
  REQUIRE(one.ok());
  for (const unsigned jobs : {0U, 2U, 16U}) {
    options.jobs = jobs;
    const Result<WalkResult> other = walk(sys, root, options, stop);
    REQUIRE(other.ok());
    CHECK(described(*other) == described(*one));
  }
  return std::move(one).value();
}

inline Lines walked(Sys& sys, const std::string& root, const WalkOptions& options = {}) {
  return described(walk_all_ways(sys, root, options));
}

}  // namespace tfevents::test
