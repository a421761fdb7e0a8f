#include "ops/lint_files.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "logdir/duplicates.hpp"

namespace tfevents::ops {
namespace {

std::string name_of(const Run& run, std::size_t file) {
  return printable(run.is_file || run.standard_input ? run.path : run.files[file].name);
}

void judge_steps_back(const Run& run, const TagTable& tags, const LintSink& points,
                      LintFindings& findings) {
  for (const auto& [place, back] : points.steps_back()) {
    const auto& [file, within] = place;
    const std::string_view tag = tags.name(tags.info(back.first).tag);
    const bool alone = back.series == 1;
    const std::string which = alone ? "steps" : fmt::format("steps of {} tags", back.series);
    // Where the finding is about a tag, nothing else says which file it is.
    const std::string here = alone ? name_of(run, file) : std::string("this file");
    std::string what = within ? fmt::format("{} go back within {}", which, here)
                              : fmt::format("a restart: {} go back where {} begins", which, here);
    if (within && back.times > 1) what += fmt::format(", {} times", back.times);
    what += fmt::format(", from {} to {}", back.from, back.to);
    if (back.times > 1) what += " at most";
    const auto one = alone ? std::optional(tag) : std::nullopt;
    findings.add(LintRule::kStepBack, {.tag = one, .step = back.to, .file = file}, std::move(what));
  }
}

void judge_overlaps(const Run& run, const TagTable& tags, const LintSink& points,
                    const std::set<std::string>& copies, LintFindings& findings) {
  for (const auto& [files, overlap] : points.overlaps()) {
    const auto& [before, after] = files;
    if (copies.contains(run.path_of(before)) || copies.contains(run.path_of(after))) continue;
    const auto [first_before, last_before] = points.times_of(before);
    const auto [first_after, last_after] = points.times_of(after);
    const std::string which = fmt::format("{} ({})", counted(overlap.series, "tag", "tags"),
                                          printable(tags.name(tags.info(overlap.first).tag)));
    if (last_after < first_before) {
      findings.add(
          LintRule::kFileOrder,
          {.file = after, .hint = "merge the files into one, or rename them in order of time"},
          fmt::format("is read after {} but was written before it: TensorBoard may show the older "
                      "points of {}, and drop newer ones",
                      name_of(run, before), which));
    } else if (first_after < last_before) {
      findings.add(LintRule::kOverlappingWriters,
                   {.file = after, .hint = "give each writer a directory of its own"},
                   fmt::format("written at the same time as {}: of {} TensorBoard shows the points "
                               "of one writer only",
                               name_of(run, before), which));
    }
  }
}

}  // namespace

void judge_files(const Run& run, const RunReading& reading, LintFindings& findings) {
  for (std::size_t file = 0; file < run.files.size(); ++file) {
    if (reading.files[file].compression != Compression::kNone) {
      findings.add(LintRule::kCompressed, {.file = file, .hint = "gunzip makes them readable"},
                   "compressed: TensorBoard reads nothing of it");
    }
    if (run.files[file].size != 0 || run.standard_input) continue;
    findings.add(LintRule::kEmptyFile, {.file = file},
                 run.files.size() == 1 ? "0 bytes: TensorBoard does not list the run"
                                       : "0 bytes: nothing was flushed to it yet, or ever");
  }
}

void judge_borders(const Run& run, const RunReading& reading, const LintSink& points,
                   const BorderContext& context, LintFindings& findings) {
  std::set<std::string> copies;
  if (context.whole || !points.overlaps().empty()) {
    for (Problem& copy : find_duplicates(run, context.sys)) {
      copies.insert(copy.path.value_or(""));
      copy.run = run.name;
      if (context.whole && findings.wants(LintRule::kDuplicateCopy)) findings.add(std::move(copy));
    }
  }
  judge_overlaps(run, reading.tags, points, copies, findings);
  judge_steps_back(run, reading.tags, points, findings);
}

void judge_session(const RunReading& reading, const LintSink& points, bool live,
                   LintFindings& findings) {
  bool started = false, ended = false;
  for (SeriesId id = 0; id < points.size(); ++id) {
    const SeriesInfo& info = reading.tags.info(id);
    const std::string_view tag = reading.tags.name(info.tag);
    if (info.kind != Kind::kHparams) continue;
    ended = ended || tag == kHparamsSessionEndTag;
    if (tag != kHparamsSessionStartTag) continue;
    started = true;
    const LintSeries& series = points[id];
    if (series.count < 2) continue;
    findings.add(
        LintRule::kRepeatedHparams, {.tag = tag},
        fmt::format("hyperparameters come {} times, {}: TensorBoard takes the first", series.count,
                    series.odd > 0 ? "and not all alike" : "always the same"));
  }
  if (started && !ended && !live) {
    findings.add(LintRule::kNoSessionEnd, {.tag = kHparamsSessionStartTag},
                 "the session has no end: TensorBoard shows its status as unknown");
  }
}

void judge_kinds(const RunReading& reading, const LintSink& points, LintFindings& findings) {
  const TagTable& tags = reading.tags;
  std::vector<SeriesId> first_of(tags.tag_count() + 1, kNoId);
  std::set<TagId> mixed;
  for (SeriesId id = 0; id < points.size(); ++id) {
    const SeriesInfo& info = tags.info(id);
    if (std::exchange(first_of[info.tag], id) != kNoId) mixed.insert(info.tag);
  }
  for (const TagId tag : mixed) {
    std::string what;
    bool selected = false;
    for (SeriesId id = 0; id < points.size(); ++id) {
      if (tags.info(id).tag != tag) continue;
      what += fmt::format("{}{} {}", what.empty() ? "" : " and ", points[id].count,
                          printable(tags.kind_name(id)));
      selected = selected || tags.info(id).selected;
    }
    if (!selected) continue;
    findings.add(LintRule::kMixedKinds,
                 {.tag = tags.name(tag), .hint = "give each kind its own tag"},
                 what +
                     " under one tag: TensorBoard shows the first kind only, and lets steps of "
                     "one drop points of the other");
  }
}

void judge_facts(const RunReading& reading, SeriesId id, const LintSeries& series,
                 LintFindings& findings) {
  const SeriesInfo& info = reading.tags.info(id);
  const std::string_view tag = reading.tags.name(info.tag);
  const auto at = [&](std::optional<std::int64_t> step, std::string_view hint = {}) {
    return LintPlace{.tag = tag, .step = step, .hint = hint};
  };
  const bool one_step = series.count > 1 && series.repeats + 1 == series.count;
  if (one_step && findings.wants(LintRule::kAllOneStep, tag)) {
    findings.add(LintRule::kAllOneStep, at(series.last_step, "give every point its step"),
                 fmt::format("all {} points have step {}: TensorBoard shows only the last",
                             series.count, series.last_step));
  } else if (series.repeats > 0) {
    findings.add(LintRule::kRepeatedSteps, at(series.first_repeat),
                 fmt::format("{} of {} points have the step of the one before, at first {}: "
                             "TensorBoard shows the last of each step",
                             series.repeats, series.count, series.first_repeat));
  }
  if (info.kind == Kind::kScalars && series.odd > 0) {
    findings.add(LintRule::kScalarDtype, at(series.odd_step, "log scalars as float32"),
                 fmt::format("{} of {} are {} and not float32: TensorBoard drops them on reading",
                             series.odd, counted(series.count, "point", "points"),
                             to_string(series.odd_dtype)));
  }
  if (info.kind == Kind::kTensors && reading.tags.plugin(info.tag) == "scalars") {
    findings.add(LintRule::kNotAScalar, at({}),
                 fmt::format("{} under plugin scalars {} not a single number: TensorBoard drops {}",
                             counted(series.count, "value", "values"),
                             series.count == 1 ? "is" : "are", series.count == 1 ? "it" : "them"));
  }
  if (info.kind == Kind::kHistograms && series.odd > 0) {
    findings.add(LintRule::kHistogramLimits, at(series.odd_step),
                 fmt::format("{} of {} do not have as many limits as counts: TensorBoard drops "
                             "them, or fails to read the tag",
                             series.odd, counted(series.count, "histogram", "histograms")));
  }
  if (series.nan_walls > 0) {
    findings.add(
        LintRule::kWallTimeNan, at(series.odd_wall_step),
        fmt::format("{} of {} have no time (NaN): TensorBoard reads no further in that file",
                    series.nan_walls, counted(series.count, "point", "points")));
  }
  if (series.infinite_walls > 0) {
    findings.add(LintRule::kWallTimeInfinite, at(series.odd_wall_step),
                 fmt::format("{} of {} have an infinite time: TensorBoard drops them",
                             series.infinite_walls, counted(series.count, "point", "points")));
  }
  if (!is_valid_utf8(tag)) {
    findings.add(LintRule::kInvalidUtf8, at({}),
                 "the tag is not UTF-8: TensorBoard reads no further in that file");
  }
}

}  // namespace tfevents::ops
