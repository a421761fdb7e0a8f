#include "ops/show.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <utility>

#include "base/number.hpp"
#include "base/parallel.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "logdir/duplicates.hpp"
#include "logdir/series_selector.hpp"
#include "ops/runs.hpp"
#include "ops/show_read.hpp"
#include "ops/show_runs.hpp"

namespace tfevents::ops {
namespace {

/// What a request that nothing answers says, and what could have been meant.
void explain(const ValueRequest& request, std::size_t at, const std::vector<ReadShow>& runs,
             Outcome& outcome) {
  const std::string noun = request.histogram ? "histogram" : "text";
  const std::string where = runs.size() == 1 ? printable(runs.front().shown.row.people_name())
                                             : to_text(std::uint64_t{runs.size()}) + " runs";
  std::vector<std::string> tags;
  for (const ReadShow& run : runs) {
    tags.insert(tags.end(), run.tags.begin(), run.tags.end());
    if (run.other_kinds.empty() || run.other_kinds[at].empty()) continue;
    for (const SeriesRow& series : run.shown.row.series) {
      const bool whole = series.tag == request.typed;
      if (!whole && (!request.step || series.tag != request.tag)) continue;
      if (series.kind != run.other_kinds[at]) continue;
      const std::string tag = printable(series.tag);
      if (run.wrong_kind[at]) {
        outcome.nothing = tag + " holds " + printable(series.kind) + ", no " + noun;
        return;
      }
      outcome.nothing = "no " + noun + " " + tag + " at step " + to_text(request.step.value_or(0));
      if (series.first_step && series.last_step)
        outcome.hint = "its " + to_text(series.points) + " points are at steps " +
                       to_text(*series.first_step) + " to " + to_text(*series.last_step);
      return;
    }
  }
  outcome.nothing = "no " + noun + " " + printable(request.typed) + " in " + where;
  if (const auto near = nearest(printable(request.step ? request.tag : request.typed), tags))
    outcome.hint = "did you mean " + *near + "?";
}

struct ShowSlot {
  std::optional<ReadShow> read;
  std::unique_ptr<Error> error;
};

/// What a run lacks that others have.
void complete_run(ShownRun& shown, const ChosenRun& chosen, const Discovery& found,
                  const std::map<std::size_t, const HparamMap*>& known, const OpContext& context) {
  const Run& run = found.runs[chosen.run];
  shown.below = chosen.below;
  shown.aliases = find_aliases(run, context.sys);
  shown.side = find_side_files(run, context.sys, context.stop);
  if (!shown.hparams.empty()) return;
  if (const auto base = chosen.base ? known.find(*chosen.base) : known.end();
      base != known.end() && !base->second->empty()) {
    shown.hparams = *base->second;
    shown.hparams_run = found.runs[*chosen.base].people_name();
    return;
  }
  // A directory that holds nothing itself has sessions below it, not hyperparameters.
  if (shown.row.series.empty()) return;
  if (auto below = hparams_below(found, chosen.run, context)) {
    shown.hparams = std::move(below->second);
    shown.hparams_run = found.runs[below->first].name;
  }
}

}  // namespace

Result<ShowReport> show_runs(const ShowOptions& options, const OpContext& context) {
  ShowReport report;
  report.now = context.clock.now();
  TFEVENTS_TRY(Discovery found, discover(options.select, context.sys, context.jobs, context.stop));
  report.operands = found.operands;
  TFEVENTS_TRY(const std::vector<ChosenRun> chosen, choose_runs(options.select, found));
  std::vector<ValueRequest> requests;
  for (const std::string& typed : options.texts) requests.push_back(parse_request(typed, false));
  for (const std::string& typed : options.hists) requests.push_back(parse_request(typed, true));
  const SeriesSelector selector(options.select);
  std::vector<ShowSlot> slots(chosen.size());
  for_each_parallel(
      chosen.size(), context.jobs, context.stop,
      [&](std::size_t i) { return found.runs[chosen[i].run].bytes(); },
      [&](std::size_t i) {
        const Run& run = found.runs[chosen[i].run];
        auto read = read_shown_run(run, options.select, requests, selector, context);
        if (!read.ok()) {
          slots[i].error = std::make_unique<Error>(std::move(read).error());
          return;
        }
        slots[i].read = std::move(*read);
        if (run.files.size() < 2) return;
        for (Problem& problem : find_duplicates(run, context.sys)) {
          slots[i].read->shown.copies.push_back(problem.path.value_or(""));
          slots[i].read->outcome.problems.push_back(std::move(problem));
        }
      });
  if (context.stop.requested()) return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
  OutcomeBuilder outcome(options.select, found);
  std::vector<ReadShow> runs;
  std::vector<ChosenRun> counted;
  bool points = false;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].error) return std::move(*slots[i].error);
    if (!outcome.add(std::move(slots[i].read->outcome))) continue;
    points = points || slots[i].read->shown.row.last_step.has_value();
    runs.push_back(std::move(*slots[i].read));
    counted.push_back(chosen[i]);
  }
  TFEVENTS_TRY(report.outcome, outcome.finish(points));
  for (std::size_t i = 0; i < requests.size() && !runs.empty(); ++i) {
    const bool answered =
        std::any_of(runs.begin(), runs.end(), [&](const ReadShow& run) { return run.answered[i]; });
    if (answered || report.outcome.matched_nothing) continue;
    report.outcome.matched_nothing = true;
    explain(requests[i], i, runs, report.outcome);
  }
  std::map<std::size_t, const HparamMap*> known;
  for (std::size_t i = 0; i < runs.size(); ++i) known[counted[i].run] = &runs[i].shown.hparams;
  for (std::size_t i = 0; i < runs.size(); ++i)
    complete_run(runs[i].shown, counted[i], found, known, context);
  for (ReadShow& run : runs) report.runs.push_back(std::move(run.shown));
  return report;
}

ValueRequest parse_request(const std::string& typed, bool histogram) {
  ValueRequest request{.typed = typed, .tag = typed, .step = {}, .histogram = histogram};
  const std::size_t at = typed.rfind('@');
  if (at == std::string::npos) return request;
  std::int64_t step = 0;
  const char* const end = typed.data() + typed.size();
  const auto [stop, error] = std::from_chars(typed.data() + at + 1, end, step);
  if (error != std::errc() || stop != end) return request;
  request.tag = typed.substr(0, at);
  request.step = step;
  return request;
}

}  // namespace tfevents::ops
