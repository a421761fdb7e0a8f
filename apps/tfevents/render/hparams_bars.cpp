#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "compare.hpp"
#include "hparams.hpp"
#include "trial_cells.hpp"

namespace tfevents::render {
namespace {

constexpr std::size_t kWidestBar = 40, kNarrowestBar = 8;
// Of the terminal: what the numbers beside it need.
constexpr std::size_t kBesideBar = 52;

/// From where to where the bars of one metric go: 0 is among it, or lengths would lie.
struct Scale {
  double low = 0, high = 0;

  void take(const ops::HparamBar& bar) {
    for (const auto& number : {bar.min, bar.max}) {
      if (!number) continue;
      low = std::min(low, *number);
      high = std::max(high, *number);
    }
  }
  /// In columns from the left end.
  [[nodiscard]] double at(double number, std::size_t width) const {
    // Halves: the span of two doubles may be beyond the greatest.
    const double span = high / 2 - low / 2;
    return span > 0 ? (number / 2 - low / 2) / span * static_cast<double>(width) : 0;
  }
};

/// `██████▓▓░`: full up to the value nearest to zero, to the mean, to the one farthest from it.
std::string bar_text(const ops::HparamBar& bar, const Scale& scale, std::size_t width) {
  if (!bar.spread.mean || !bar.min || !bar.max) return {};
  const auto between = [](double column, double a, double b) {
    return column > std::min(a, b) && column < std::max(a, b);
  };
  const double zero = scale.at(0, width), mean = scale.at(*bar.spread.mean, width);
  const bool up = *bar.spread.mean >= 0;
  const double near = scale.at(up ? std::max(0.0, *bar.min) : std::min(0.0, *bar.max), width);
  const double least = scale.at(*bar.min, width), greatest = scale.at(*bar.max, width);
  std::string text;
  std::size_t blanks = 0;
  for (std::size_t i = 0; i < width; ++i) {
    const double column = static_cast<double>(i) + 0.5;
    const char* block = nullptr;
    if (between(column, zero, near)) {
      block = "█";
    } else if (between(column, zero, mean)) {
      block = "▓";
    } else if (between(column, least, greatest)) {
      block = "░";
    }
    if (block == nullptr) {
      ++blanks;
      continue;
    }
    text.append(std::exchange(blanks, 0), ' ');
    text += block;
  }
  // A value that is too small for a block is there all the same.
  return text.empty()
             ? std::string(static_cast<std::size_t>(std::min(zero, static_cast<double>(width - 1))),
                           ' ') +
                   "▏"
             : text;
}

}  // namespace

std::size_t bars_width(const Screen& screen) {
  if (!screen.terminal) return kWidestBar / 2;
  const std::size_t room = screen.width > kBesideBar ? screen.width - kBesideBar : 0;
  return std::clamp(room, kNarrowestBar, kWidestBar);
}

LazyTable bars_table(const ops::HparamsReport& report, const ops::HparamBars& bars,
                     std::size_t width) {
  const bool several = !bars.bars.empty() && bars.bars.back().metric != 0;
  const bool missing = std::any_of(bars.bars.begin(), bars.bars.end(),
                                   [](const ops::HparamBar& bar) { return bar.missing != 0; });
  std::string mean = "MEAN";
  if (!several && !report.metrics.empty()) mean = metric_header(report.metrics.front());
  std::vector<Column> columns = {
      {.key = "hparam", .people = false},
      name_column("value", bars.hparam),
      {.key = "metric", .header = "METRIC", .elide = Elide::kMiddle, .people = several},
      {.key = "n", .header = "N"},
      {.key = "missing", .header = "MISSING", .people = missing},
      {.key = "mean", .header = mean, .elide = Elide::kMiddle, .min_width = 12, .keep = true},
      {.key = "std", .header = "STD", .minor = true},
      {.key = "min", .header = "MIN"},
      {.key = "max", .header = "MAX"},
      {.align = Align::kLeft},
      {.align = Align::kLeft},
      {.key = "best", .people = false}};
  columns[1].align = Align::kAuto;
  std::vector<Scale> scales(report.metrics.size());
  for (const ops::HparamBar& bar : bars.bars) scales[bar.metric].take(bar);
  const auto pass = [&report, &bars, width, scales](const RowSource::Visit& visit) -> Status {
    for (const ops::HparamBar& bar : bars.bars) {
      const SpreadText text = spread_text(bar.spread);
      const Role role = bar.best ? Role::kGood : Role::kPlain;
      const Cell cells[] = {
          Cell::text(bars.hparam),
          is_null(bar.value) ? Cell().shown_as("(none)") : value_cell(bar.value),
          Cell::text(report.metrics[bar.metric].label)
              .shown_as(metric_header(report.metrics[bar.metric])),
          Cell::count(bar.spread.n),
          Cell::count(bar.missing).role(bar.missing == 0 ? Role::kPlain : Role::kWarn),
          bar.spread.mean ? Cell::real(bar.spread.mean).shown_as(text.mean).role(role) : Cell(),
          bar.spread.std ? Cell::real(bar.spread.std).shown_as(text.std) : Cell(),
          Cell::real(bar.min),
          Cell::real(bar.max),
          Cell::text(bar_text(bar, scales[bar.metric], width)).role(role),
          bar.best ? Cell::text("best").role(Role::kGood) : Cell(),
          Cell::boolean(bar.best)};
      TFEVENTS_CHECK(visit(cells));
    }
    return ok_status();
  };
  return {std::move(columns), pass};
}

std::string bars_legend(const ops::HparamsReport& report) {
  return fmt::format("{} · bars begin at 0: █ to the least, ▓ to the mean, ░ to the greatest",
                     hparams_summary(report));
}

}  // namespace tfevents::render
