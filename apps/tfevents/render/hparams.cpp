#include "hparams.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "trial_cells.hpp"

namespace tfevents::render {
namespace {

constexpr std::size_t kHparamsRunWidth = 24, kGroupWidth = 8, kHparamWidth = 8,
                      kHparamsMetricWidth = 12;
constexpr std::size_t kSpaceWidth = 16;
// So many values of a hyperparameter stand in a cell.
constexpr std::size_t kShownValues = 6;

Cell metric_cell(const ops::HparamsReport& report, const ops::ItemValue& item, bool best) {
  const auto* number = std::get_if<double>(&item.value);
  if (number == nullptr) return value_cell(item.value);
  const bool point = item.series.value && item.series.n == 1;
  const bool computed = !point && report.by != ops::MetricBy::kBest &&
                        report.by != ops::MetricBy::kMin && report.by != ops::MetricBy::kMax;
  const Role role = !std::isfinite(*number) ? Role::kWarn : best ? Role::kGood : Role::kPlain;
  return Cell::real(*number)
      .shown_as(Cell::real(*number).human(computed ? kComputedDigits : 0))
      .role(role);
}

/// Groups say something where they hold several sessions.
bool groups_repeat(const ops::HparamsReport& report) {
  std::set<std::string_view> groups;
  return std::any_of(
      report.sessions.begin(), report.sessions.end(),
      [&](const ops::HparamSession& one) { return !groups.insert(one.group).second; });
}

/// Where all sessions say nothing about their end, or all that they succeeded, so does the column.
bool statuses_tell(const ops::HparamsReport& report) {
  return std::any_of(report.sessions.begin(), report.sessions.end(), [&](const auto& one) {
    return one.status != report.sessions.front().status || one.status == HparamsStatus::kFailure ||
           one.status == HparamsStatus::kRunning;
  });
}

Role status_role(HparamsStatus status) {
  if (status == HparamsStatus::kSuccess) return Role::kPlain;
  return status == HparamsStatus::kFailure ? Role::kBad : Role::kDim;
}

std::vector<Column> columns_of(const ops::HparamsReport& report) {
  ColumnNames names({"session", "group", "run", "path", "status", "start_time", "end_time"});
  std::vector<Column> columns = {name_column("session", "RUN"),
                                 {.key = "group",
                                  .header = "GROUP",
                                  .elide = Elide::kMiddle,
                                  .min_width = kGroupWidth,
                                  .people = groups_repeat(report)},
                                 {.key = "run", .people = false},
                                 {.key = "path", .people = false},
                                 {.key = "status", .people = false},
                                 {.key = "start_time", .people = false},
                                 {.key = "end_time", .people = false}};
  columns.front().min_width = kHparamsRunWidth;
  const auto hparam = [&](const ops::SpaceEntry& entry, bool people) {
    return Column{.key = {},
                  .header = entry.name,
                  .elide = Elide::kEnd,
                  .min_width = kHparamWidth,
                  .minor = !entry.differs,
                  .people = people};
  };
  for (const ops::SpaceEntry& entry : report.space) {
    if (entry.sessions == 0) continue;
    columns.push_back(hparam(entry, entry.differs));
    columns.back().key = names.add("hp." + entry.name);
  }
  for (std::size_t i = 0; i < report.metrics.size(); ++i) {
    const ops::HparamMetric& metric = report.metrics[i];
    const std::string key = names.add(metric.label, {".step"});
    columns.push_back({.key = key,
                       .header = metric_header(metric),
                       .elide = Elide::kMiddle,
                       .min_width = kHparamsMetricWidth,
                       .keep = i == 0,
                       .people = metric.shown});
    columns.push_back({.key = key + ".step", .people = false});
  }
  columns.push_back({.header = "STATUS", .people = statuses_tell(report)});
  for (const ops::SpaceEntry& entry : report.space) {
    if (entry.sessions != 0 && !entry.differs) columns.push_back(hparam(entry, true));
  }
  return columns;
}

std::vector<Cell> cells_of(const ops::HparamsReport& report, const ops::HparamSession& session,
                           bool best) {
  const char* const status = to_string(session.status);
  std::vector<Cell> cells = {Cell::text(session.session).shown_as(session.shown),
                             Cell::text(session.group),
                             Cell::text(session.run),
                             Cell::text(session.path),
                             Cell::text(status),
                             Cell::real(session.start_time),
                             Cell::real(session.end_time)};
  for (const ops::SpaceEntry& entry : report.space) {
    if (entry.sessions != 0) cells.push_back(hparam_cell(session.hparams, entry.name));
  }
  for (std::size_t i = 0; i < report.metrics.size(); ++i) {
    const ops::ItemValue item = report.value(session, i);
    cells.push_back(metric_cell(report, item, best && i == 0));
    cells.push_back(Cell::integer(item.series.step));
  }
  cells.push_back(Cell::text(status).role(status_role(session.status)));
  for (const ops::SpaceEntry& entry : report.space) {
    if (entry.sessions != 0 && !entry.differs)
      cells.push_back(hparam_cell(session.hparams, entry.name));
  }
  return cells;
}

std::string range_text(const std::pair<double, double>& range) {
  if (range.first == range.second) return to_text(range.first);
  return to_text(range.first) + " … " + to_text(range.second);
}

/// `16 | 32`; texts that are empty stand in quotes.
std::string value_text(const HparamValue& value) {
  const std::string text = printable(ops::text_of_hparam(value));
  return text.empty() ? "\"\"" : text;
}

std::string announced_text(const ops::SpaceEntry& entry) {
  if (!entry.domain_declared) return {};
  if (entry.interval) return range_text(*entry.interval);
  std::string text;
  for (std::size_t i = 0; i < std::min(entry.choices.size(), kShownValues); ++i)
    text += (i == 0 ? "" : " | ") + value_text(entry.choices[i]);
  if (entry.choices.size() > kShownValues)
    text += fmt::format(" | {} more", entry.choices.size() - kShownValues);
  return text;
}

std::string seen_text(const ops::SpaceEntry& entry) {
  if (entry.distinct == 0) return {};
  if (entry.distinct > kShownValues && entry.type == HparamType::kFloat64 && entry.seen)
    return fmt::format("{} ({} values)", range_text(*entry.seen), entry.distinct);
  std::string text;
  for (std::size_t i = 0; i < std::min(entry.values.size(), kShownValues); ++i) {
    text += (i == 0 ? "" : " | ") + value_text(entry.values[i].value);
    if (entry.distinct > 1) text += fmt::format(" ({})", entry.values[i].sessions);
  }
  if (entry.distinct > kShownValues)
    text += fmt::format(" | {} more", entry.distinct - kShownValues);
  return text;
}

}  // namespace

std::string metric_header(const ops::HparamMetric& metric) {
  if (!metric.direction) return metric.label;
  return metric.label + (*metric.direction == Direction::kMax ? " ▲" : " ▼");
}

LazyTable hparams_table(const ops::HparamsReport& report) {
  const auto pass = [&report](const RowSource::Visit& visit) -> Status {
    const auto best = report.best();
    for (std::size_t i = 0; i < report.sessions.size(); ++i)
      TFEVENTS_CHECK(visit(cells_of(report, report.sessions[i], best == i)));
    return ok_status();
  };
  return {columns_of(report), pass};
}

std::string hparams_summary(const ops::HparamsReport& report) {
  std::string text = count_of(report.all_sessions, "session", "sessions");
  if (report.sessions.size() < report.all_sessions)
    text = fmt::format("{} of {}", report.sessions.size(), text);
  const auto best = report.best();
  if (!best || report.sessions.size() < 2) return text;
  const ops::HparamSession& session = report.sessions[*best];
  text += fmt::format(" · best {}: {} in {}", printable(report.metrics.front().label),
                      Cell::real(report.number(session, 0)).human(kComputedDigits),
                      printable(session.shown));
  return text;
}

std::string space_summary(const ops::HparamsReport& report) {
  const auto differ = std::count_if(report.space.begin(), report.space.end(),
                                    [](const ops::SpaceEntry& entry) { return entry.differs; });
  return fmt::format("{} · {} differ · {}",
                     count_of(report.space.size(), "hyperparameter", "hyperparameters"), differ,
                     count_of(report.all_sessions, "session", "sessions"));
}

LazyTable space_table(const ops::HparamsReport& report) {
  std::vector<Column> columns = {name_column("name", "HPARAM"),
                                 {.key = "type", .header = "TYPE"},
                                 {.key = "differs", .people = false},
                                 {.key = "declared", .people = false},
                                 {.key = "sessions", .header = "SESSIONS"},
                                 {.key = "distinct", .people = false},
                                 {.header = "ANNOUNCED",
                                  .align = Align::kLeft,
                                  .elide = Elide::kEnd,
                                  .min_width = kSpaceWidth},
                                 {.header = "SEEN",
                                  .align = Align::kLeft,
                                  .elide = Elide::kEnd,
                                  .min_width = kSpaceWidth,
                                  .keep = true},
                                 {.key = "min", .people = false},
                                 {.key = "max", .people = false}};
  const auto pass = [&report](const RowSource::Visit& visit) -> Status {
    for (const ops::SpaceEntry& entry : report.space) {
      const auto range = entry.interval;
      const Cell cells[] = {Cell::text(entry.name),
                            entry.type ? Cell::text(space_type(*entry.type)) : Cell(),
                            Cell::boolean(entry.differs),
                            Cell::boolean(entry.declared),
                            Cell::count(entry.sessions),
                            Cell::count(entry.distinct),
                            Cell::text(announced_text(entry)),
                            Cell::text(seen_text(entry)),
                            range ? Cell::real(range->first) : Cell(),
                            range ? Cell::real(range->second) : Cell()};
      TFEVENTS_CHECK(visit(cells));
    }
    return ok_status();
  };
  return {std::move(columns), pass};
}

const char* space_type(HparamType type) noexcept {
  switch (type) {
    case HparamType::kFloat64: return "float64";
    case HparamType::kBool: return "bool";
    case HparamType::kString:
    case HparamType::kUnset: break;
  }
  return "string";
}

}  // namespace tfevents::render
