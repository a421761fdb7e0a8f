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
  runs.max_series = select.max_series;
  CallPlan plan;
  TrialQuery query{.select = std::move(runs), .fold = false, .layout = where->layout};
  query.where = plan.add(where->condition);
  TFEVENTS_TRY(TrialTable table, TrialTable::read(std::move(query), plan, context));
  std::set<std::string> kept;
  for (const TrialRow& row : table.rows()) kept.insert(row.name);
  std::erase_if(found.runs, [&](const Run& run) { return !kept.contains(run.name); });
  if (found.runs.empty()) {
    found.nothing_left = table.outcome().nothing;
    found.nothing_hint = table.outcome().hint;
  }
  return ok_status();
}

}  // namespace tfevents::ops
