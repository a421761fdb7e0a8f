#include "compare.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "trial_cells.hpp"

namespace tfevents::render {
namespace {

// A float32 has no more.
constexpr std::size_t kLoggedDigits = 9;
// Deviations outside of this are written with exponents.
constexpr double kLeastFixed = 1e-6, kGreatestFixed = 1e9;
constexpr std::size_t kTrialWidth = 12;
constexpr std::size_t kCompareRunWidth = 32, kCompareMetricWidth = 16, kBaselineWidth = 24;
constexpr std::size_t kNamesWidth = 32;  // Of all names side by side.
constexpr std::size_t kMostNotes = 4;
// Of a trial that is no baseline: how much, how much of it, and whether that is better.
constexpr std::size_t kChangeColumns = 3;

std::string header_of(const ops::CompareColumn& column) {
  if (!column.direction) return column.label;
  return column.label + (*column.direction == Direction::kMax ? " ▲" : " ▼");
}

/// Significant digits of the shortest text.
std::size_t digits_of(double number) {
  const std::string text = to_text(number);
  const std::string digits = text.substr(0, text.find('e'));
  const std::size_t first = digits.find_first_of("123456789");
  if (first == std::string::npos) return 0;
  return static_cast<std::size_t>(std::count_if(digits.begin() + static_cast<std::ptrdiff_t>(first),
                                                digits.end(),
                                                [](char c) { return c >= '0' && c <= '9'; }));
}

/// Exact where somebody may have logged it: in a float32. Of what has more digits few mean
/// anything.
std::string number_text(double number) {
  return Cell::real(number).human(digits_of(number) <= kLoggedDigits ? 0 : kComputedDigits);
}

Role verdict_role(std::optional<ops::Verdict> verdict) {
  if (verdict == ops::Verdict::kBetter) return Role::kGood;
  return verdict == ops::Verdict::kWorse ? Role::kBad : Role::kPlain;
}

bool any_missing(const ops::CompareReport& report, std::size_t column) {
  return std::any_of(report.rows.begin(), report.rows.end(),
                     [&](const ops::CompareRow& row) { return row.metrics[column].missing > 0; });
}

Cell metric_cell(const ops::ItemValue& item) {
  const auto* number = std::get_if<double>(&item.value);
  if (number == nullptr) return value_cell(item.value);
  const bool point = item.series.value.has_value() && item.series.n == 1;
  return Cell::real(*number)
      .shown_as(point ? Cell::real(*number).human() : number_text(*number))
      .role(std::isfinite(*number) ? Role::kPlain : Role::kWarn);
}

/// `+2.2%`; nothing of a baseline of 0, where the change itself is all there is.
Cell change_cell(const ops::CompareValue& value) {
  if (!value.delta_ratio || value.verdict == ops::Verdict::kEqual) return {};
  return Cell::text(percent_text(*value.delta_ratio)).role(verdict_role(value.verdict));
}

/// Then the change itself is nothing to do without.
bool lacks_ratio(const ops::CompareValue& value) {
  return value.delta.value_or(0) != 0 && !value.delta_ratio;
}

/// `better`, `worse`, `equal`, `no value`; `~` for undecided.
Cell word_cell(const ops::CompareRow& row, const ops::CompareValue& value) {
  if (row.baseline) {
    const bool has_value = value.spread.mean || !is_null(value.item.value);
    return has_value ? Cell::text("baseline").role(Role::kDim) : Cell();
  }
  if (!value.verdict) return {};
  const bool undecided = value.verdict == ops::Verdict::kUndecided;
  if (undecided && !value.delta && !value.spread.mean && is_null(value.item.value))
    return Cell::text("no value").role(Role::kWarn);
  return Cell::text(undecided ? "~" : to_string(*value.verdict)).role(verdict_role(value.verdict));
}

Cell delta_cell(const ops::CompareValue& value) {
  if (!value.delta) return {};
  return Cell::real(*value.delta).shown_as(signed_text(*value.delta));
}

Cell verdict_cell(const ops::CompareValue& value) {
  return value.verdict ? Cell::text(to_string(*value.verdict)) : Cell();
}

std::vector<std::string> all_hparams(const ops::CompareReport& report) {
  std::set<std::string> names;
  for (const ops::CompareRow& row : report.rows) {
    for (const auto& entry : row.trial.hparams) names.insert(entry.first);
  }
  std::vector<std::string> sorted(names.begin(), names.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const std::string& a, const std::string& b) { return natural_compare(a, b) < 0; });
  return sorted;
}

/// The columns of the table, and what their cells need to know.
struct Grid {
  std::vector<Column> columns;
  std::vector<std::string> hparams;
  bool grouped = false, baseline = false;
};

/// Hyperparameters that differ, but for those that are a column of their own.
std::vector<std::string> shown_hparams(const ops::CompareReport& report) {
  std::vector<std::string> shown = report.differing_hparams;
  for (const ops::CompareColumn& column : report.columns) {
    if (column.tag) continue;
    std::erase_if(shown, [&](const std::string& name) { return names_hparam(column.label, name); });
  }
  return shown;
}

void add_metric(const ops::CompareReport& report, std::size_t index, ColumnNames& names,
                Grid& grid) {
  const ops::CompareColumn& column = report.columns[index];
  const std::string key = names.add(
      column.label, {".step", ".std", ".n", ".missing", ".delta", ".delta_ratio", ".verdict"});
  // A long name may give way. The first metric stays, and what has changed in it.
  const bool keep = index == 0;
  grid.columns.push_back({.key = key,
                          .header = header_of(column),
                          .elide = Elide::kMiddle,
                          .min_width = kCompareMetricWidth,
                          .keep = keep});
  if (grid.grouped) {
    grid.columns.push_back({.key = key + ".std", .header = "STD"});
    grid.columns.push_back({.key = key + ".n", .people = false});
    grid.columns.push_back({.key = key + ".missing", .people = false});
    grid.columns.push_back({.people = any_missing(report, index)});
  } else {
    grid.columns.push_back({.key = key + ".step", .people = false});
  }
  if (!grid.baseline) return;
  const bool absolute =
      std::any_of(report.rows.begin(), report.rows.end(),
                  [&](const ops::CompareRow& row) { return lacks_ratio(row.metrics[index]); });
  grid.columns.push_back({.key = key + ".delta", .header = "DELTA", .minor = !absolute});
  grid.columns.push_back({.key = key + ".delta_ratio", .people = false});
  grid.columns.push_back({.key = key + ".verdict", .people = false});
  grid.columns.push_back({.align = Align::kRight, .keep = keep});
  grid.columns.push_back({.align = Align::kLeft});
}

Grid grid_of(const ops::CompareReport& report) {
  Grid grid;
  grid.hparams = all_hparams(report);
  grid.grouped = !report.by.empty();
  grid.baseline = report.baseline.has_value();
  ColumnNames names({"run", "path"});
  if (grid.grouped) {
    for (const std::string& by : report.by) {
      Column column = name_column(names.add("by." + by), by);
      column.align = Align::kAuto;
      grid.columns.push_back(std::move(column));
    }
    grid.columns.push_back({.header = "TRIALS"});
  } else {
    grid.columns = {name_column("run", "RUN"), {.key = "path", .people = false}};
    grid.columns.front().min_width = kCompareRunWidth;
  }
  for (std::size_t i = 0; i < report.columns.size(); ++i) add_metric(report, i, names, grid);
  const std::vector<std::string> shown = shown_hparams(report);
  for (const std::string& name : grid.hparams) {
    grid.columns.push_back({.key = names.add("hp." + name),
                            .header = name,
                            .elide = Elide::kEnd,
                            .min_width = 8,
                            .people = std::find(shown.begin(), shown.end(), name) != shown.end()});
  }
  return grid;
}

void add_spread(std::vector<Cell>& cells, const ops::CompareValue& value) {
  const SpreadText text = spread_text(value.spread);
  cells.push_back(value.spread.mean ? Cell::real(value.spread.mean).shown_as(text.mean) : Cell());
  cells.push_back(value.spread.std ? Cell::real(value.spread.std).shown_as(text.std) : Cell());
  cells.push_back(Cell::count(value.spread.n));
  cells.push_back(Cell::count(value.missing));
  const std::uint64_t all = value.spread.n + value.missing;
  cells.push_back(value.missing == 0
                      ? Cell()
                      : Cell::text(fmt::format("n={}/{}", value.spread.n, all)).role(Role::kWarn));
}

std::vector<Cell> cells_of(const ops::CompareRow& row, const Grid& grid) {
  std::vector<Cell> cells;
  if (grid.grouped) {
    for (const Value& value : row.group)
      cells.push_back(is_null(value) ? Cell().shown_as("(none)") : value_cell(value));
    cells.push_back(Cell::count(row.runs.size()));
  } else {
    cells.push_back(Cell::text(row.trial.name).shown_as(row.trial.people_name()));
    cells.push_back(Cell::text(row.trial.path));
  }
  for (std::size_t i = 0; i < row.metrics.size(); ++i) {
    const ops::CompareValue& value = row.metrics[i];
    if (grid.grouped) {
      add_spread(cells, value);
    } else {
      cells.push_back(metric_cell(value.item));
      cells.push_back(Cell::integer(value.item.series.step));
    }
    if (!grid.baseline) continue;
    cells.push_back(delta_cell(value));
    cells.push_back(Cell::real(value.delta_ratio));
    cells.push_back(verdict_cell(value));
    cells.push_back(change_cell(value));
    cells.push_back(word_cell(row, value));
  }
  for (const std::string& name : grid.hparams)
    cells.push_back(hparam_cell(row.trial.hparams, name));
  return cells;
}

/// Names for the heads of columns: where they are long, the directories that all begin with go.
std::vector<std::string> short_names(const std::vector<ops::CompareRow>& rows) {
  std::vector<std::string> names;
  names.reserve(rows.size());
  for (const ops::CompareRow& row : rows) names.push_back(row.trial.people_name());
  const auto are_long = [&] {
    std::size_t width = 0;
    for (const std::string& name : names) width += display_width(name);
    return width > kNamesWidth;
  };
  while (names.size() > 1 && are_long()) {
    const std::string directory = names.front().substr(0, names.front().find('/') + 1);
    const auto below = [&](const std::string& name) {
      return !directory.empty() && name.size() > directory.size() && name.starts_with(directory);
    };
    if (!std::all_of(names.begin(), names.end(), below)) break;
    for (std::string& name : names) name.erase(0, directory.size());
  }
  return names;
}

/// `adam folds runs that differ in lr (3 values)`; groups that differ in the same share a line.
std::vector<std::string> mixed_notes(const ops::CompareReport& report) {
  std::map<std::string, std::vector<std::string>> groups;  // By what they differ in.
  for (const ops::MixedGroup& mixed : report.mixed) {
    std::string names;
    for (const auto& [name, values] : mixed.names)
      names += fmt::format("{}{} ({} values)", names.empty() ? "" : ", ", printable(name), values);
    groups[names].push_back(mixed.group.empty() ? "(none)" : printable(mixed.group));
  }
  std::vector<std::string> notes;
  for (const auto& [names, of] : groups) {
    if (notes.size() == kMostNotes) break;
    std::string who = of.front() + " folds";
    if (of.size() > 1)
      who = fmt::format("{} and {} fold", of.front(),
                        count_of(of.size() - 1, "more group", "more groups"));
    notes.push_back(fmt::format("{} runs that differ in {}", who, names));
  }
  return notes;
}

}  // namespace

LazyTable compare_table(const ops::CompareReport& report) {
  const Grid grid = grid_of(report);
  const auto pass = [&report, grid](const RowSource::Visit& visit) -> Status {
    for (const ops::CompareRow& row : report.rows) TFEVENTS_CHECK(visit(cells_of(row, grid)));
    return ok_status();
  };
  return {grid.columns, pass};
}

bool reads_upright(const ops::CompareReport& report) {
  return report.by.empty() && !report.rows.empty() && report.rows.size() <= ops::kFewTrials;
}

Table compare_upright(const ops::CompareReport& report) {
  const std::vector<std::string> names = short_names(report.rows);
  std::vector<Column> columns = {name_column("", "METRIC")};
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    const bool baseline = report.rows[i].baseline;
    // Of what is kept the baseline goes first: the change from it is what was asked for.
    columns.push_back({.header = names[i] + (baseline ? " (baseline)" : ""),
                       .align = Align::kPoint,
                       .elide = Elide::kMiddle,
                       .min_width = baseline ? kBaselineWidth : kTrialWidth,
                       .keep = true,
                       .minor = baseline});
    if (!report.baseline || baseline) continue;
    const auto& metrics = report.rows[i].metrics;
    const bool absolute = std::any_of(metrics.begin(), metrics.end(), lacks_ratio);
    columns.push_back({.header = "DELTA", .align = Align::kRight, .minor = !absolute});
    columns.push_back({.align = Align::kRight, .keep = true});
    // Of two that are compared with the baseline none should lose its numbers to words.
    columns.push_back({.align = Align::kLeft, .minor = report.rows.size() > 2});
  }
  Table table(std::move(columns));
  for (std::size_t i = 0; i < report.columns.size(); ++i) {
    std::vector<Cell> cells = {Cell::text(header_of(report.columns[i]))};
    for (const ops::CompareRow& row : report.rows) {
      cells.push_back(metric_cell(row.metrics[i].item));
      if (!report.baseline || row.baseline) continue;
      cells.push_back(delta_cell(row.metrics[i]));
      cells.push_back(change_cell(row.metrics[i]));
      cells.push_back(word_cell(row, row.metrics[i]));
    }
    table.add(std::move(cells));
  }
  for (const std::string& name : shown_hparams(report)) {
    std::vector<Cell> cells = {Cell::text("hp." + name)};
    for (const ops::CompareRow& row : report.rows) {
      cells.push_back(hparam_cell(row.trial.hparams, name));
      if (report.baseline && !row.baseline) cells.resize(cells.size() + kChangeColumns);
    }
    table.add(std::move(cells));
  }
  return table;
}

std::string compare_summary(const ops::CompareReport& report) {
  std::string text = count_of(report.trials, "trial", "trials");
  if (!report.by.empty())
    text += fmt::format(" in {}", count_of(report.rows.size(), "group", "groups"));
  else if (report.rows.size() < report.trials)
    text = fmt::format("{} of {}", report.rows.size(), text);
  if (report.baseline)
    text += fmt::format(" · changes are against {}", printable(report.baseline_shown));
  return text;
}

std::vector<std::string> compare_notes(const ops::CompareReport& report) {
  std::vector<std::string> notes;
  if (report.unchanged > 0) {
    notes.push_back(fmt::format(
        "{} the same everywhere and left out",
        report.unchanged == 1 ? "1 metric is" : fmt::format("{} metrics are", report.unchanged)));
  }
  if (report.left_out > 0) {
    notes.push_back(fmt::format("{} of {} metrics are compared; -c chooses others",
                                report.columns.size(), report.columns.size() + report.left_out));
  }
  const std::vector<std::string> mixed = mixed_notes(report);
  notes.insert(notes.end(), mixed.begin(), mixed.end());
  return notes;
}

std::string signed_text(double number) {
  constexpr int kDigits = 3;
  return (number > 0 ? "+" : "") + Cell::real(number).human(kDigits);
}

std::string percent_text(double ratio) {
  const double percent = ratio * 100;
  const double size = std::abs(percent);
  if (size == 0) return "0%";
  // A tenth of a percent, more only where nothing else would be left.
  if (size >= 1e7) return fmt::format("{:+.1e}%", percent);
  if (size < 0.1) return (ratio > 0 ? "+" : "") + Cell::real(percent).human(2) + '%';
  return fmt::format("{:+.{}f}%", percent, size < 100 ? 1 : 0);
}

SpreadText spread_text(const ops::Spread& spread) {
  if (!spread.mean) return {};
  SpreadText text{number_text(*spread.mean), ""};
  if (!spread.std) return text;
  const double deviation = *spread.std;
  if (deviation < kLeastFixed || deviation >= kGreatestFixed) {
    text.std = Cell::real(deviation).human(2);
    return text;
  }
  // As it is rounded: 0.0998 is 0.10 in two digits.
  const std::string rounded = fmt::format("{:.1e}", deviation);
  const int magnitude = std::stoi(rounded.substr(rounded.find('e') + 1));
  const int decimals = std::max(0, 1 - magnitude);
  text.std = fmt::format("{:.{}f}", deviation, decimals);
  if (std::abs(*spread.mean) < kGreatestFixed)
    text.mean = fmt::format("{:.{}f}", *spread.mean, decimals);
  return text;
}

}  // namespace tfevents::render
