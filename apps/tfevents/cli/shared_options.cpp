#include "shared_options.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "env.hpp"
#include "value_parsers.hpp"

namespace tfevents::cli {
namespace {

constexpr std::string_view kWhen[] = {"auto", "always", "never"};
constexpr std::string_view kFormats[] = {"table", "json", "jsonl", "csv", "md"};
constexpr std::string_view kViews[] = {"clean", "raw"};
constexpr std::string_view kKinds[] = {"scalars", "histograms",   "images",    "audio",
                                       "text",    "tensors",      "graphs",    "mesh",
                                       "hparams", "run_metadata", "pr_curves", "custom_scalars"};

constexpr std::string_view kPatternDetails =
    "A PATTERN that equals a name means that name. Otherwise it is a glob over the whole name: * "
    "and ? stop "
    "at /, ** does not, [...] is a class of characters. re:REGEX is a regular expression (RE2) "
    "that may match "
    "anywhere in the name.";

// A bad pattern may be the name of a run or tag: who reads the names refuses it.
std::vector<Pattern> parse_patterns(const std::vector<std::string>& texts, Pattern::Scope scope) {
  std::vector<Pattern> patterns;
  patterns.reserve(texts.size());
  for (const std::string& text : texts) patterns.push_back(Pattern::parse_or_name(text, scope));
  return patterns;
}

// The later of two lower bounds counts, and the earlier of two upper ones.
template <class Choose>
void narrow(std::optional<double>& bound, double value, Choose choose) {
  bound = bound ? choose(*bound, value) : value;
}

Status select_activity(Selection& selection, const RunOptions& runs, double now) {
  const auto latest = [](double a, double b) { return std::max(a, b); };
  const auto earliest = [](double a, double b) { return std::min(a, b); };
  if (runs.newer_than) narrow(selection.active_since, now - runs.newer_than->seconds, latest);
  if (runs.older_than) narrow(selection.active_until, now - runs.older_than->seconds, earliest);
  if (runs.since) {
    TFEVENTS_TRY(const double since, runs.since->at(now));
    narrow(selection.active_since, since, latest);
  }
  if (runs.until) {
    TFEVENTS_TRY(const double until, runs.until->at(now));
    narrow(selection.active_until, until, earliest);
  }
  if (runs.live && runs.finished) {
    return Error{.code = ErrorCode::kUsage, .message = "--live and --finished exclude each other"};
  }
  selection.live = runs.live;
  selection.finished = runs.finished;
  return ok_status();
}

Status select_points(Selection& selection, const PointOptions& points, double now) {
  selection.tags = parse_patterns(points.tags, Pattern::Scope::kName);
  for (const std::string& list : points.kinds) {
    for (std::string_view rest = list; !rest.empty();) {
      const auto comma = rest.find(',');
      if (const auto kind = rest.substr(0, comma); !kind.empty())
        selection.kinds.emplace_back(kind);
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
  }
  if (points.steps) {
    auto range = parse_steps(*points.steps);
    if (!range.ok()) return in_option("--steps", std::move(range).error());
    selection.first_step = range->first;
    selection.last_step = range->last;
  }
  if (points.wall) {
    auto range = parse_wall(*points.wall, now);
    if (!range.ok()) return in_option("--wall", std::move(range).error());
    selection.first_wall = range->first;
    selection.last_wall = range->last;
  }
  selection.last = points.last;
  if (points.view) selection.view = *points.view;
  if (points.max_series) selection.max_series = *points.max_series;
  return ok_status();
}

void add_tag_option(OptionAdder& add, PointOptions& into) {
  add.list({"-t,--tag", "PATTERN", "Points", "Keep tags that match PATTERN",
            "PATTERN is one as --run takes, but matches no tags below.", ValueKind::kTag},
           into.tags);
}

void add_kind_option(OptionAdder& add, PointOptions& into) {
  add.list({"--kind", "KIND", "Points", "Keep values of KIND, as scalars or images",
            "One of scalars, histograms, images, audio, text, tensors, graphs, run_metadata, "
            "pr_curves, mesh, "
            "hparams, custom_scalars, or the name of another plugin. May be repeated, or be a list "
            "with commas.",
            ValueKind::kSummaryKind, kKinds},
           into.kinds);
}

void add_max_series_option(OptionAdder& add, PointOptions& into) {
  add.value({"--max-series", "N", "Points", "Leave out series of a run beyond N [1000000]",
             "Memory grows with the number of series. Series beyond N are left out and reported.",
             ValueKind::kCount},
            into.max_series);
}

// All but the choice among series.
void add_range_options(OptionAdder& add, PointOptions& into) {
  add.value(
      {"--steps", "A:B", "Points", "Keep steps from A to B, both included",
       "Either side may be missing. A negative number is a step below zero.", ValueKind::kText},
      into.steps);
  add.value({"--wall", "A..B", "Points", "Keep points written from A to B, both included",
             "Either side may be missing. Times are as for --now.", ValueKind::kText},
            into.wall);
  add.value(
      {"--last", "N", "Points", "Keep the last N points of each series", "", ValueKind::kCount},
      into.last);
  add.choice({"--view", "VIEW", "Points", "Read restarted jobs as clean or raw",
              "raw is every intact record in reading order. clean shows a restarted job as "
              "TensorBoard does: a "
              "point stays if and only if every later point of its series has a greater step.",
              ValueKind::kChoice, kViews},
             into.view);
  add_max_series_option(add, into);
}

}  // namespace

void add_global_options(OptionAdder& add, GlobalOptions& into) {
  add.value({"-C,--logdir", "DIR", "General", "Read DIR without a PATH, and find run names in it",
             "A PATH that does not exist is looked up as the name of a run below DIR. Without this "
             "option "
             "$TFEVENTS_LOGDIR is taken, else the working directory.",
             ValueKind::kDirectory},
            into.logdir);
  add.value({"--now", "TIME", "General", "Take TIME as the present, for reproducible ages",
             "A TIME is an ISO 8601 date or date and time (local without a zone), @EPOCH in "
             "seconds, or a "
             "duration such as 3d, meaning that long ago.",
             ValueKind::kTime},
            into.now);
  add.value({"-j,--jobs", "N", "General", "Use N threads [all processors]",
             "The answer is the same, byte for byte, for any N.", ValueKind::kCount},
            into.jobs);
  add.flag({"-q,--quiet", "", "General", "Print only the answer and fatal errors", ""}, into.quiet);
  add.flag({"-v,--verbose", "", "General", "Print every problem instead of the first few", ""},
           into.verbose);
  add.choice({"--color", "WHEN", "General", "Use colours: auto, always or never [auto]",
              "auto colours a terminal, unless NO_COLOR is set or TERM is dumb; CLICOLOR_FORCE or "
              "FORCE_COLOR "
              "colours everything. Colour never says anything that is not also said in words.",
              ValueKind::kChoice, kWhen},
             into.color);
  add.choice({"--progress", "WHEN", "General", "Show progress: auto, always or never [auto]",
              "On standard error, after half a second. auto shows it on a terminal.",
              ValueKind::kChoice, kWhen},
             into.progress);
  add.flag({"-h", "", "General", "Print a short help", ""}, into.short_help);
  add.flag({"--help", "", "General", "Print the full help", ""}, into.long_help);
  add.flag({"--version", "", "General", "Print the version; -v adds what it is made of", ""},
           into.version);
}

void add_run_options(OptionAdder& add, RunOptions& into) {
  add.positionals(
      {"PATH", "", "Arguments", "A log tree, run, event file, or - (standard input)",
       "What does not exist as a path is looked up as a run below --logdir. Without a PATH that "
       "directory itself is read. A file that is named is read whatever its name. Streams "
       "compressed with "
       "gzip or zlib are read like others.",
       ValueKind::kPath},
      into.operands);
  add_run_filters(add, into);
}

void add_run_filters(OptionAdder& add, RunOptions& into) {
  add.list({"-r,--run", "PATTERN", "Runs", "Keep runs that match PATTERN, and all below",
            kPatternDetails, ValueKind::kRun},
           into.runs);
  add.list({"-x,--exclude", "PATTERN", "Runs", "Leave out runs that match PATTERN, and all below",
            "PATTERN is one as --run takes. Exclusion wins.", ValueKind::kRun},
           into.exclude);
  add.value({"--newer-than", "DURATION", "Runs", "Keep runs active within the last DURATION",
             "A DURATION is a sum such as 1d12h, of weeks (w), days (d, 24 hours), hours (h), "
             "minutes (m) and "
             "seconds (s). A run's last activity is its last event.",
             ValueKind::kDuration},
            into.newer_than);
  add.value({"--older-than", "DURATION", "Runs", "Keep runs silent for at least DURATION", "",
             ValueKind::kDuration},
            into.older_than);
  add.value(
      {"--since", "TIME", "Runs", "Keep runs last active at or after TIME", "", ValueKind::kTime},
      into.since);
  add.value(
      {"--until", "TIME", "Runs", "Keep runs last active at or before TIME", "", ValueKind::kTime},
      into.until);
  add.flag({"--live", "", "Runs", "Keep runs that are still being written",
            "Live means: the last event is younger than five times the median gap between the "
            "run's last 256 "
            "events, or than 5 minutes where that is longer."},
           into.live);
  add.flag({"--finished", "", "Runs", "Keep runs that are not live", ""}, into.finished);
}

void add_point_options(OptionAdder& add, PointOptions& into) {
  add_tag_option(add, into);
  add_kind_option(add, into);
  add_range_options(add, into);
}

void add_series_options(OptionAdder& add, PointOptions& into) {
  add_tag_option(add, into);
  add_kind_option(add, into);
  add_max_series_option(add, into);
}

void add_scalar_options(OptionAdder& add, PointOptions& into) {
  add_tag_option(add, into);
  add_range_options(add, into);
}

void add_where_options(OptionAdder& add, WhereOptions& into) {
  add.value(
      {"-w,--where", "EXPR", "Runs", "Keep those for which EXPR is true",
       "EXPR compares hyperparameters (hp.lr, or lr alone), functions of series "
       "(last(val/acc), min(loss), count(loss)), attributes (run.name, run.age, run.state and "
       "others) and levels of --layout: 'lr < 0.01 and max(val/acc) > 0.9'. What is missing "
       "makes a comparison neither true nor false. See EXPRESSIONS in tfevents(1).",
       ValueKind::kText},
      into.where);
  add.value({"--layout", "LAYOUT", "Runs", "Name the levels of names: '{project}/{run}'",
             "A level {name} stands for one part of a name, * for any part, and {name...} at the "
             "end for all that are left. The names are used like those of hyperparameters, as "
             "layout.NAME where there is a hyperparameter of the same name.",
             ValueKind::kText},
            into.layout);
}

Error in_option(std::string_view option, Error error) {
  error.message = fmt::format("{}: {}", option, error.message);
  return error;
}

Result<std::optional<Expression>> parse_where(const WhereOptions& options) {
  if (!options.where) return std::optional<Expression>();
  auto parsed = Expression::parse(*options.where);
  if (!parsed.ok()) return in_option("--where", std::move(parsed).error());
  if (parsed->type_error()) return in_option("--where", *parsed->type_error());
  if (parsed->type() == ValueType::kNumber || parsed->type() == ValueType::kText) {
    return Error{.code = ErrorCode::kUsage,
                 .message = fmt::format("--where: '{}' is a {} and no condition",
                                        printable(*options.where), to_string(parsed->type())),
                 .hint = "compare it with something"};
  }
  return std::optional(std::move(parsed).value());
}

Result<std::optional<Layout>> parse_layout(const WhereOptions& options) {
  if (!options.layout) return std::optional<Layout>();
  auto parsed = Layout::parse(*options.layout);
  if (!parsed.ok()) return in_option("--layout", std::move(parsed).error());
  return std::optional(std::move(parsed).value());
}

Result<std::optional<ops::Where>> parse_run_where(const WhereOptions& options) {
  TFEVENTS_TRY(const auto condition, parse_where(options));
  TFEVENTS_TRY(auto layout, parse_layout(options));
  if (!condition && layout) {
    return Error{.code = ErrorCode::kUsage,
                 .message = "--layout names parts of names for --where, and there is none"};
  }
  if (!condition) return std::optional<ops::Where>();
  return std::optional(ops::Where{*condition, std::move(layout)});
}

Result<std::vector<std::string>> split_lists(const std::vector<std::string>& lists) {
  std::vector<std::string> all;
  for (const std::string& list : lists) {
    TFEVENTS_TRY(const std::vector<std::string> items, split_items(list));
    all.insert(all.end(), items.begin(), items.end());
  }
  return all;
}

void add_fold_options(OptionAdder& add, bool& fold) {
  add.flag({"--fold", "", "Runs", "Take the runs of one job as a trial [default]",
            "A trial is a run with its train, validation, test and eval children, its add_hparams "
            "sub-run and its add_scalars sub-runs. Tags of a child have its name in front: "
            "train/loss."},
           fold, true);
  add.flag({"--no-fold", "", "Runs", "Take every run for itself", ""}, fold, false);
}

void add_direction_options(OptionAdder& add, DirectionOptions& into) {
  add.flag({"--max", "", "Listing", "Higher is better",
            "Without --max and --min the name of a metric tells: loss, error, perplexity and the "
            "like are better low, accuracy, f1, reward and the like are better high."},
           into.max);
  add.flag({"--min", "", "Listing", "Lower is better", ""}, into.min);
}

Result<std::optional<Direction>> parse_direction(const DirectionOptions& options) {
  if (options.max && options.min)
    return Error{.code = ErrorCode::kUsage, .message = "--max and --min exclude each other"};
  if (options.max) return std::optional(Direction::kMax);
  return options.min ? std::optional(Direction::kMin) : std::optional<Direction>();
}

void add_output_options(OptionAdder& add, OutputOptions& into) {
  add.choice({"-f,--format", "FORMAT", "Output", "Write table, json, jsonl, csv or md",
              "table and md (Markdown) are for people; tfevents-output(5) documents the others. "
              "Under json, jsonl "
              "and csv a fatal error is one line of JSON.",
              ValueKind::kChoice, kFormats},
             into.format);
  add.flag({"--json", "", "Output", "Write JSON: the same as --format json", ""}, into.format,
           std::optional(Format::kJson));
  add.value(
      {"-o,--output", "FILE", "Output", "Write to FILE, which appears only when complete",
       "A FILE that ends in .gz is compressed. It may neither be an input nor an existing event "
       "file, and its name has 'tfevents' only where records are written. Where there is no answer "
       "it stays as it was.",
       ValueKind::kFile},
      into.file);
}

void add_strict_option(OptionAdder& add, bool& into) {
  add.flag({"--strict", "", "Output", "Exit 2, not 3, where damaged input was skipped", ""}, into);
}

Result<Selection> make_selection(const RunOptions& runs, const PointOptions* points,
                                 View default_view, const Env& env) {
  Selection selection;
  selection.operands = runs.operands;
  selection.logdir = env.logdir();
  selection.view = default_view;
  selection.runs = parse_patterns(runs.runs, Pattern::Scope::kTree);
  selection.exclude = parse_patterns(runs.exclude, Pattern::Scope::kTree);
  TFEVENTS_CHECK(select_activity(selection, runs, env.now()));
  if (points != nullptr) TFEVENTS_CHECK(select_points(selection, *points, env.now()));
  return selection;
}

}  // namespace tfevents::cli
