#pragma once

#include "io/sys.hpp"
#include "logdir/point_reader.hpp"
#include "ops/lint_findings.hpp"
#include "ops/lint_points.hpp"

namespace tfevents::ops {

// What lint finds without looking at curves: facts about files, and about series as they were read.

/// Files without content, and compressed ones.
void judge_files(const Run& run, const RunReading& reading, LintFindings& findings);

struct BorderContext {
  Sys& sys;
  bool whole = true;  ///< Files count, not only selected tags.
};
/// Where steps go back, files that overlap in time, and copies of files.
void judge_borders(const Run& run, const RunReading& reading, const LintSink& points,
                   const BorderContext& context, LintFindings& findings);

/// Hparams that come twice or whose session has no end.
void judge_session(const RunReading& reading, const LintSink& points, bool live,
                   LintFindings& findings);

/// Tags under which values of several kinds lie.
void judge_kinds(const RunReading& reading, const LintSink& points, LintFindings& findings);

/// What one series is besides its curve.
void judge_facts(const RunReading& reading, SeriesId id, const LintSeries& series,
                 LintFindings& findings);

}  // namespace tfevents::ops
