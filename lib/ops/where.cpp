#include "ops/where.hpp"

#include <set>
#include <string>
#include <utility>

#include "ops/trial_table.hpp"

namespace tfevents::ops {

Status keep_where(Discovery& found, const Selection& select, const std::optional<Where>& where,
                  const OpContext& context) {
  if (!where || found.runs.empty()) return ok_status();
  // Points are chosen from what is left; the condition is about whole runs.
  Selection runs;
  runs.operands = select.operands;
  runs.logdir = select.logdir;
  runs.runs = select.runs;
  runs.exclude = select.exclude;
  if (!select.counts_changes) {  // Else the reading of what is left looks at times.
    runs.active_since = select.active_since;
    runs.active_until = select.active_until;
  }
  runs.live = select.live;
  runs.finished = select.finished;
  runs.max_series = select.max_series;
  CallPlan plan;
  TrialQuery query{.select = std::move(runs), .fold = false, .layout = where->layout};
  query.where = plan.add(where->condition);
  TFEVENTS_TRY(TrialTable table, TrialTable::read(std::move(query), plan, context));
  std::set<std::string> kept;
  for (const TrialRow& row : table.rows()) kept.insert(row.name);
  std::set<std::string> left_out;  // Files.
  for (const Run& run : found.runs) {
    for (std::size_t i = 0; i < run.files.size() && !kept.contains(run.name); ++i)
      left_out.insert(run.path_of(i));
  }
  // With what is lost the condition might have been true. Runs that stay tell it themselves.
  for (Problem& problem : table.outcome().problems) {
    if (problem.lost_data && problem.path && left_out.contains(*problem.path))
      found.problems.push_back(std::move(problem));
  }
  std::erase_if(found.runs, [&](const Run& run) { return !kept.contains(run.name); });
  if (found.runs.empty()) {
    found.nothing_left = table.outcome().nothing;
    found.nothing_hint = table.outcome().hint;
    for (const Problem& problem : table.outcome().problems) {
      if (problem.rule == "layout") found.nothing_hint = problem.message;
    }
  }
  return ok_status();
}

}  // namespace tfevents::ops
