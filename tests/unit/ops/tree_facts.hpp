#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "ops/fsck.hpp"
#include "ops/ls.hpp"
#include "unit/ops/recorder.hpp"

namespace tfevents::test {

/// What dump, ls and fsck say of a tree, as far as they must agree.
struct TreeFacts {
  std::vector<std::string> points;  ///< Lines of dump, in order.
  std::uint64_t listed = 0;         ///< Points of all series, by ls.
  std::uint64_t damage = 0;         ///< By ls.
  std::uint64_t lost = 0;           ///< Records lost, by fsck.
  friend bool operator==(const TreeFacts&, const TreeFacts&) = default;
};

/// Of the tree `/`. Aborts where an operation gives an Error.
inline TreeFacts facts_of(Sys& sys, View view, unsigned jobs) {
  const FixedClock clock(2e9);
  const StopFlag stop;
  const ops::OpContext context{.sys = sys, .clock = clock, .stop = stop, .jobs = jobs};
  Selection select;
  select.operands = {"/"};
  select.view = view;

  TreeFacts facts;
  ops::DumpOptions dump;
  dump.select = select;
  Recorder recorder;
  std::string text;
  const auto write = [&](std::string_view part) {
    text += part;
    return ok_status();
  };
  if (!ops::dump(dump, recorder, write, context).ok()) std::abort();
  facts.points = to_lines(recorder.in_order(text));

  ops::LsOptions ls;
  ls.select = select;
  ls.series = true;
  const auto listed = ops::list_runs(ls, context);
  if (!listed.ok()) std::abort();
  for (const ops::LsRow& row : listed->rows) {
    facts.damage += row.damage;
    for (const ops::SeriesRow& series : row.series) facts.listed += series.points;
  }
  const auto checked = ops::fsck({.select = select}, context);
  if (!checked.ok()) std::abort();
  facts.lost = checked->records_lost;
  return facts;
}

}  // namespace tfevents::test
