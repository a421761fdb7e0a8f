#include "ops/graph.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

#include "base/number.hpp"
#include "base/parallel.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "ops/graph_read.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {
namespace {

/// What is there where no graph is, summed over the runs.
struct Instead {
  std::map<std::string, std::uint64_t> kinds;
  std::set<std::string> graph_tags;

  void add(RunGraphs& run) {
    for (const auto& [kind, series] : run.kinds) kinds[kind] += series;
    constexpr std::size_t kMaxTags = 1000;
    if (graph_tags.size() < kMaxTags) graph_tags.merge(run.tags);
  }

  // `scalars (12), images (3)`, the most first.
  [[nodiscard]] std::string listed() const {
    std::vector<std::pair<std::uint64_t, std::string>> sorted;
    for (const auto& [kind, series] : kinds) sorted.emplace_back(series, kind);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::string text;
    for (const auto& [series, kind] : sorted)
      text += (text.empty() ? "" : ", ") + printable(kind) + " (" + to_text(series) + ")";
    return text;
  }
};

// Runs are there, and in none of them a graph that was asked for.
void explain(Outcome& outcome, const Instead& instead, const Selection& select,
             std::uint64_t runs) {
  outcome.matched_nothing = true;
  outcome.hint.clear();
  const std::string where = runs == 1 ? "the run" : to_text(runs) + " runs";
  if (instead.graph_tags.empty()) {
    const std::string listed = instead.listed();
    outcome.nothing = "no graph in " + where +
                      (listed.empty() ? ", and nothing else" : ", but series of " + listed);
    return;
  }
  std::string tags;
  constexpr std::size_t kShown = 8;
  std::size_t shown = 0;
  for (const std::string& tag : instead.graph_tags) {
    if (++shown > kShown) break;
    tags += (tags.empty() ? "" : ", ") + tag;
  }
  if (shown > kShown) tags += ", …";
  const std::string what =
      select.tags.empty() ? "no graph at the steps or times asked for" : "no graph of such a tag";
  outcome.nothing = what + " in " + where + "; there are graphs " + tags;
  if (select.tags.empty()) return;
  const std::vector<std::string> known(instead.graph_tags.begin(), instead.graph_tags.end());
  if (const auto near = nearest(select.tags.front().text(), known))
    outcome.hint = "did you mean " + *near + "?";
}

// The one row whose bytes were kept, if one run alone has such.
void choose_exported(GraphReport& report) {
  std::set<std::string> runs;
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    if (report.rows[i].serialized.empty()) continue;
    runs.insert(report.rows[i].path);
    report.exported = i;
  }
  report.exportable_runs = runs.size();
  if (runs.size() > 1) report.exported.reset();
}

}  // namespace

Result<GraphReport> read_graphs(const GraphOptions& asked, const OpContext& context) {
  GraphOptions options = asked;
  const Selection& select = options.select;
  const SeriesSelector selector(select);
  GraphReport report;
  report.now = context.clock.now();
  TFEVENTS_TRY(Discovery found, discover(select, context.sys, context.jobs, context.stop));
  report.operands = found.operands;
  expect(context, found);
  struct Slot {
    std::unique_ptr<RunGraphs> graphs;
    std::unique_ptr<Error> error;
  };
  std::vector<Slot> slots(found.runs.size());
  for_each_parallel(
      found.runs.size(), context.jobs, context.stop,
      [&](std::size_t i) { return found.runs[i].bytes(); },
      [&](std::size_t i) {
        auto graphs = read_run_graphs(found.runs[i], options, selector, context);
        if (graphs.ok()) {
          slots[i].graphs = std::make_unique<RunGraphs>(std::move(*graphs));
        } else {
          slots[i].error = std::make_unique<Error>(std::move(graphs).error());
        }
      });
  if (context.stop.requested()) return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
  OutcomeBuilder outcome(select, found);
  Instead instead;
  std::uint64_t runs = 0;
  for (Slot& slot : slots) {
    if (slot.error) return std::move(*slot.error);
    const bool active = passes_activity(select, slot.graphs->outcome.life);
    if (active) {
      ++runs;
      instead.add(*slot.graphs);
    }
    std::move(slot.graphs->rows.begin(), slot.graphs->rows.end(), std::back_inserter(report.rows));
    outcome.add(std::move(slot.graphs->outcome));
    slot.graphs.reset();
  }
  TFEVENTS_TRY(report.outcome, outcome.finish(!report.rows.empty()));
  // A graph that does not decode is there all the same: its problem says so.
  const bool broken = !report.outcome.complete && !instead.graph_tags.empty();
  if (report.rows.empty() && runs != 0 && !broken) explain(report.outcome, instead, select, runs);
  choose_exported(report);
  return report;
}

}  // namespace tfevents::ops
