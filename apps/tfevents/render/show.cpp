#include "show.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "lines.hpp"
#include "ls.hpp"
#include "show_series.hpp"
#include "trial_cells.hpp"

namespace tfevents::render {
namespace {

constexpr std::string_view kBetween = " · ";
constexpr std::size_t kLabel = 9;        // Columns of the labels `files`, `hparams`, …
constexpr std::size_t kHeadWidth = 100;  // The state stands no further right.
constexpr std::size_t kMostRemarks = 8;
constexpr std::size_t kMostBackSteps = 3;

void add_part(std::string& text, std::string_view part) {
  if (part.empty()) return;
  if (!text.empty()) text += kBetween;
  text += part;
}

// `live, last event 8s ago (every 0.4s)`
std::string state_text(const ops::ShownRun& run) {
  const ops::LsRow& row = run.row;
  std::string text = ops::to_string(row.state);
  if (row.profile) text += ", profile only";
  if (!row.age_seconds) return text;
  const char* const what = row.last_time ? "last event" : "file changed";
  text += *row.age_seconds < 0
              ? fmt::format(", {} {} in the future", what, human_duration(-*row.age_seconds))
              : fmt::format(", {} {} ago", what, human_duration(*row.age_seconds));
  if (row.state == ops::RunState::kLive && run.median_gap > 0)
    text += fmt::format(" (every {})", human_duration(run.median_gap));
  return text;
}

std::string steps_text(const std::vector<const ops::StepBack*>& backs) {
  if (backs.size() == 1) return "at step " + human_integer(backs.front()->step);
  if (backs.size() > kMostBackSteps) return "the last at step " + human_integer(backs.back()->step);
  std::string text = "at steps ";
  for (std::size_t i = 0; i < backs.size(); ++i) {
    if (i > 0) text += i + 1 == backs.size() ? " and " : ", ";
    text += human_integer(backs[i]->step);
  }
  return text;
}

// What happened to the steps of the run.
std::string history_text(const ops::ShownRun& run) {
  std::vector<const ops::StepBack*> restarts;
  double overlap = 0;
  std::uint64_t within = 0;
  std::int64_t within_step = 0;
  const auto is_copy = [&](const std::string& path) {
    return std::find(run.copies.begin(), run.copies.end(), path) != run.copies.end();
  };
  bool overlaps = false;
  for (const ops::StepBack& back : run.backs) {
    if (is_copy(back.path)) continue;
    if (back.within_file) {
      within_step = within == 0 ? back.step : std::min(within_step, back.step);
      within += back.times;
    } else if (back.overlap_seconds > 0) {
      overlaps = true;
      overlap = std::max(overlap, back.overlap_seconds);
    } else {
      restarts.push_back(&back);
    }
  }
  std::string text;
  if (!restarts.empty()) {
    add_part(text, fmt::format("{} {}",
                               restarts.size() == 1 ? "one restart"
                                                    : count_of(restarts.size(), "", "restarts,"),
                               steps_text(restarts)));
  }
  if (!run.copies.empty())
    add_part(text, count_of(run.copies.size(), "file is a copy", "files are copies"));
  if (overlaps) {
    add_part(text, "overlapping writers: files were written at the same time");
    // Less has no digits.
    constexpr double kShown = 0.1;
    if (overlap >= kShown) text += " for " + human_duration(overlap);
  }
  if (within > 0)
    add_part(text, fmt::format("steps go back {} within a file, to step {}",
                               count_of(within, "time", "times"), human_integer(within_step)));
  if (run.dropped.restart > 0 && !text.empty())
    text += fmt::format(" ({} repeated)", count_of(run.dropped.restart, "point", "points"));
  if (run.dropped.duplicates > 0)
    add_part(text, fmt::format("{} logged again at the same step",
                               count_of(run.dropped.duplicates, "point", "points")));
  return text;
}

std::string files_text(const ops::ShownRun& run) {
  const ops::LsRow& row = run.row;
  std::string text =
      count_of(row.files, "file", "files") + kBetween.data() + human_bytes(row.bytes);
  if (row.first_time && row.last_time) {
    const std::string end =
        row.state == ops::RunState::kLive ? "now" : human_time(*row.last_time, false);
    const std::string duration = row.duration_seconds.value_or(0) > 0
                                     ? " (" + human_duration(*row.duration_seconds) + ")"
                                     : "";
    add_part(text, fmt::format("{} → {}{}", human_time(*row.first_time, false), end, duration));
  }
  add_part(text, history_text(run));
  return text;
}

// What is wrong with the bytes.
std::string damage_text(const ops::ShownRun& run) {
  std::string text;
  if (run.row.damage > 0) {
    const std::string operands[] = {run.row.path};
    add_part(text, fmt::format("{} ({})", count_of(run.row.damage, "place", "places"),
                               command_line("fsck", operands)));
  }
  std::uint64_t cut = 0, nul = 0;
  for (const ops::ShownFile& file : run.files) {
    cut += file.tail == Tail::Kind::kTruncated ? 1U : 0U;
    nul += file.tail == Tail::Kind::kNul ? 1U : 0U;
  }
  if (cut > 0 && run.row.state != ops::RunState::kLive)
    add_part(text, fmt::format("the last record of {} is cut off", count_of(cut, "file", "files")));
  if (nul > 0) add_part(text, fmt::format("{} in zeros", count_of(nul, "file ends", "files end")));
  return text;
}

std::string writers_text(const ops::ShownRun& run) {
  std::set<std::string_view> seen;
  std::string text;
  for (const ops::ShownFile& file : run.files) {
    if (file.writer.empty() || !seen.insert(file.writer).second) continue;
    if (seen.size() > kMostBackSteps) return text + kBetween.data() + "…";
    add_part(text, printable(file.writer));
  }
  return text;
}

std::string hparams_text(const ops::ShownRun& run) {
  std::string text;
  for (const auto& [name, value] : run.hparams)
    add_part(text, printable(name) + ' ' + hparam_cell(run.hparams, name).human());
  if (!text.empty() && !run.hparams_run.empty())
    text += fmt::format(" (of {})", printable(run.hparams_run));
  return text;
}

std::string beside_text(const ops::ShownRun& run) {
  std::string text;
  const auto add = [&](const std::string& what, const ops::FileSum& sum) {
    add_part(text, fmt::format("{}, {}", what, human_bytes(sum.bytes)));
  };
  for (const auto& [plugin, sum] : run.side.plugins)
    add(printable(plugin) + ' ' + count_of(sum.files, "file", "files"), sum);
  const ops::FileSum& foreign = run.side.foreign;
  if (foreign.files > 0) add(count_of(foreign.files, "other file", "other files"), foreign);
  return text;
}

std::string aliases_text(const ops::ShownRun& run) {
  std::string text;
  for (const std::string& alias : run.aliases) add_part(text, printable(alias));
  return text;
}

std::string below_text(const ops::ShownRun& run) {
  if (run.below == 0) return "";
  const std::string operands[] = {run.row.path};
  return fmt::format("{} ({})", count_of(run.below, "run", "runs"), command_line("ls", operands));
}

void write_fact(std::string_view label, const std::string& text, const Screen& screen,
                std::string& out) {
  if (text.empty()) return;
  const std::size_t indent = 2 + kLabel + 1;
  const std::size_t width =
      screen.terminal ? std::max<std::size_t>(screen.width, indent + 20) - indent : SIZE_MAX;
  // On the narrowest screens a line of its own costs less than the columns beside it.
  const bool beside = !screen.terminal || screen.width >= indent + 20;
  const auto lines = broken_into_lines(text, beside ? width : screen.width);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!beside) {
      if (i == 0) out += fmt::format("{}\n", label);
      out += lines[i] + '\n';
      continue;
    }
    out += fmt::format("  {:<{}} {}\n", i == 0 ? label : "", kLabel, lines[i]);
  }
}

void write_head(const ops::ShownRun& run, const Screen& screen, std::string& out) {
  const std::string name = printable(run.row.people_name()), state = state_text(run);
  const std::string painted = paint(name, Role::kStrong, screen.color);
  const std::string shown = paint(state, role_of(run.row.state), screen.color);
  if (!screen.terminal) {
    out += name + "  " + state + '\n';
    return;
  }
  const std::size_t used = display_width(name) + display_width(state);
  const std::size_t width = std::min(screen.width, kHeadWidth);
  if (used + 2 <= width) {
    out += painted + std::string(width - used, ' ') + shown + '\n';
  } else if (display_width(name) <= screen.width && display_width(state) + 2 <= screen.width) {
    out += painted + "\n  " + shown + '\n';
  } else {
    out += wrapped(name, screen.width) + wrapped(state, screen.width);
  }
}

Status write_files(const ops::ShownRun& run, const Screen& screen, Sink& sink) {
  const LazyTable table({name_column("", "FILE"),
                         {.header = "SIZE", .align = Align::kRight},
                         {.header = "RECORDS"},
                         {.header = "START"},
                         {.header = "WRITER", .elide = Elide::kEnd, .minor = true},
                         notes_column()},
                        [&](const RowSource::Visit& visit) -> Status {
                          for (const ops::ShownFile& file : run.files) {
                            const Cell cells[] = {Cell::text(file.path),
                                                  Cell::bytes(file.bytes),
                                                  Cell::count(file.records),
                                                  Cell::time(file.start_time),
                                                  Cell::text(file.writer),
                                                  file.tail == Tail::Kind::kClean
                                                      ? Cell()
                                                      : Cell::text(file.tail == Tail::Kind::kNul
                                                                       ? "ends in zeros"
                                                                       : "last record cut off")};
                            TFEVENTS_CHECK(visit(cells));
                          }
                          return ok_status();
                        });
  TFEVENTS_TRY([[maybe_unused]] const std::size_t dropped,
               render_table(table, screen.table_style(), sink));
  return ok_status();
}

void write_remarks(const ops::ShownRun& run, const Screen& screen, bool all, std::string& out) {
  std::vector<std::string> remarks = series_remarks(run);
  if (run.row.all_one_step)
    remarks.insert(remarks.begin(), "some series have several points, all at one step");
  const std::size_t shown =
      all || !screen.terminal || remarks.size() <= kMostRemarks + 1 ? remarks.size() : kMostRemarks;
  for (std::size_t i = 0; i < shown; ++i)
    out += screen.terminal ? wrapped(remarks[i], screen.width) : remarks[i] + '\n';
  if (shown < remarks.size()) {
    out += wrapped(
        fmt::format("… {} more (--all)", count_of(remarks.size() - shown, "remark", "remarks")),
        screen.width);
  }
}

// Gives how many columns the terminal has no room for.
Result<std::size_t> write_screen(const ops::ShownRun& run, const Screen& screen, bool all,
                                 Sink& sink) {
  write_head(run, screen, sink.out());
  write_fact("files", files_text(run), screen, sink.out());
  write_fact("damage", damage_text(run), screen, sink.out());
  write_fact("writer", writers_text(run), screen, sink.out());
  write_fact("hparams", hparams_text(run), screen, sink.out());
  write_fact("beside it", beside_text(run), screen, sink.out());
  write_fact("also", aliases_text(run), screen, sink.out());
  write_fact("below it", below_text(run), screen, sink.out());
  if (all) {
    sink.out() += '\n';
    TFEVENTS_CHECK(write_files(run, screen, sink));
  }
  std::size_t dropped = 0;
  if (!run.row.series.empty()) {
    sink.out() += '\n';
    const LazyTable table = shown_series_table(run, screen, screen.terminal && !all);
    TFEVENTS_TRY(dropped, render_table(table, screen.table_style(), sink));
    write_remarks(run, screen, all, sink.out());
  }
  TFEVENTS_CHECK(sink.drain());
  return dropped;
}

}  // namespace

Status show_screens(const ops::ShowReport& report, const Screen& screen, bool all, Sink& sink) {
  bool first = true;
  std::size_t most = 0;
  for (const ops::ShownRun& run : report.runs) {
    if (!std::exchange(first, false)) sink.out() += '\n';
    TFEVENTS_TRY(const std::size_t dropped, write_screen(run, screen, all, sink));
    most = std::max(most, dropped);
  }
  sink.out() += more_columns(most, false);
  return sink.drain();
}

Status show_markdown(const ops::ShowReport& report, const Screen& screen, Sink& sink) {
  bool first = true;
  for (const ops::ShownRun& run : report.runs) {
    if (report.runs.size() > 1) {
      if (!std::exchange(first, false)) sink.out() += '\n';
      sink.out() += "## " + printable(run.row.people_name()) + "\n\n";
    }
    TFEVENTS_CHECK(render_markdown(shown_series_table(run, screen, false), sink));
  }
  return ok_status();
}

LazyTable show_csv_table(const ops::ShowReport& report) {
  std::vector<Column> columns;
  for (const std::string_view key :
       {"run", "path", "state", "damage", "last_step", "first_time", "last_time", "age_seconds",
        "duration_seconds", "tags", "files", "bytes", "hparams_run"})
    columns.push_back({.key = std::string(key)});
  std::set<std::string> names;
  for (const ops::ShownRun& run : report.runs) {
    for (const auto& [name, value] : run.hparams) names.insert(name);
  }
  ColumnNames unique({});
  for (const std::string& name : names) columns.push_back({.key = unique.add("hp." + name)});
  const auto pass = [&report, names](const RowSource::Visit& visit) -> Status {
    for (const ops::ShownRun& run : report.runs) {
      const ops::LsRow& row = run.row;
      std::vector<Cell> cells = {Cell::text(row.run),
                                 Cell::text(row.path),
                                 Cell::text(ops::to_string(row.state)),
                                 Cell::count(row.damage),
                                 Cell::integer(row.last_step),
                                 Cell::real(row.first_time),
                                 Cell::real(row.last_time),
                                 Cell::real(row.age_seconds),
                                 Cell::real(row.duration_seconds),
                                 Cell::count(row.tags),
                                 Cell::count(row.files),
                                 Cell::count(row.bytes),
                                 run.hparams_run.empty() ? Cell() : Cell::text(run.hparams_run)};
      for (const std::string& name : names) cells.push_back(hparam_cell(run.hparams, name));
      TFEVENTS_CHECK(visit(cells));
    }
    return ok_status();
  };
  return {std::move(columns), pass};
}

}  // namespace tfevents::render
