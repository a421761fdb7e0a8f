#include "show_series.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "series.hpp"
#include "series/direction.hpp"
#include "value.hpp"

namespace tfevents::render {
namespace {

// Fewer series than this are a screen, and each has its line.
constexpr std::size_t kFoldAbove = 24;
constexpr std::size_t kFewestAlike = 4;
constexpr std::size_t kTagWidth = 24, kTrendWidth = 16;
// Of a plateau: points of the series, and the share of its steps.
constexpr std::uint64_t kFewestForPlateau = 20;
constexpr double kLongPlateau = 0.5;

/// Goes along with the rows: both are in one order, and details are some of the rows.
class DetailCursor {
 public:
  explicit DetailCursor(const std::vector<ops::SeriesDetail>& details) : details_(details) {}
  const ops::SeriesDetail* at(const ops::SeriesRow& row) {
    if (next_ == details_.size() || details_[next_].tag != row.tag ||
        details_[next_].kind != row.kind)
      return nullptr;
    return &details_[next_++];
  }

 private:
  const std::vector<ops::SeriesDetail>& details_;
  std::size_t next_ = 0;
};

// Scalars are alike where they differ in digits alone; of other kinds, which say less, those whose
// tags begin with the same part.
std::string likeness(const ops::SeriesRow& series) {
  const bool scalars = series.kind == "scalars";
  const std::string_view tag = series.tag;
  std::string key = series.kind + '\n';
  bool digits = false;
  for (const char c : scalars ? tag : tag.substr(0, tag.find('/'))) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) key += c;
    if (digit && !digits) key += '#';
    digits = digit;
  }
  return key;
}

struct Group {
  std::size_t members = 0;
  std::string front;  // That all tags have.
  std::uint64_t points = 0, bytes = 0;
};
using Groups = std::map<std::string, Group>;

Groups groups_of(const ops::SeriesList& rows) {
  Groups groups;
  for (const ops::SeriesRow& row : rows) {
    Group& group = groups[likeness(row)];
    if (group.members++ == 0) {
      group.front = row.tag;
      continue;
    }
    std::size_t same = 0;
    while (same < group.front.size() && same < row.tag.size() && group.front[same] == row.tag[same])
      ++same;
    // Not the half of a character.
    while (same > 0 && same < row.tag.size() &&
           (static_cast<unsigned char>(row.tag[same]) & 0xC0U) == 0x80U)
      --same;
    group.front.resize(same);
    group.bytes += row.bytes;
  }
  return groups;
}

std::string about(const ops::SeriesRow& row, const ops::SeriesDetail* detail) {
  if (detail != nullptr && !detail->trend.empty()) return sparkline(detail->trend);
  if (row.kind == "scalars") return "";
  if (detail != nullptr && detail->last) return sketch_text(*detail->last, row.bytes);
  return human_bytes(row.bytes);
}

std::array<Cell, 9> cells(const ops::SeriesRow& row, const ops::SeriesDetail* detail) {
  return {Cell::text(row.tag),
          Cell::text(row.kind),
          Cell::count(row.points),
          steps_cell(row),
          scalar_cell(row.last),
          scalar_cell(row.min),
          Cell::integer(row.min_step),
          scalar_cell(row.max),
          Cell::text("").shown_as(about(row, detail))};
}

std::array<Cell, 9> folded_cells(const std::string& kind, const Group& group) {
  return {Cell::text(group.front + "…"),
          Cell::text(kind),
          {},
          {},
          {},
          {},
          {},
          {},
          Cell::text("").shown_as(fmt::format("+{} tags like it (--all), {}",
                                              whole(group.members - 1), human_bytes(group.bytes)))};
}

std::vector<Column> shown_columns(const Screen& screen) {
  const int significant = screen.terminal ? kSignificant : 0;
  const auto real = [&](std::string header, bool minor) {
    return Column{.header = std::move(header),
                  .align = Align::kPoint,
                  .minor = minor,
                  .significant = significant};
  };
  Column names = name_column("", "TAG");
  names.min_width = kTagWidth;
  return {names,
          {.header = "KIND", .minor = true},
          {.header = "POINTS", .align = Align::kRight},
          {.header = "STEPS", .align = Align::kRight},
          real("LAST", false),
          real("MIN", true),
          {.header = "@STEP", .align = Align::kRight, .minor = true},
          real("MAX", true),
          {.header = "TREND", .elide = Elide::kEnd, .min_width = kTrendWidth}};
}

// The best value is long ago.
std::optional<std::string> plateau(const ops::SeriesRow& row) {
  const auto direction = infer_direction(row.tag);
  if (!direction || row.points < kFewestForPlateau || row.min == std::nullopt) return std::nullopt;
  if (!row.first_step || !row.last_step || *row.first_step >= *row.last_step) return std::nullopt;
  const auto best = *direction == Direction::kMin ? row.min_step : row.max_step;
  if (!best || row.min->as_double() == row.max->as_double()) return std::nullopt;
  const double last = static_cast<double>(*row.last_step);
  const double share =
      (last - static_cast<double>(*best)) / (last - static_cast<double>(*row.first_step));
  if (!(share >= kLongPlateau)) return std::nullopt;
  if (*best == *row.first_step)
    return fmt::format("the first point, at step {}, is the best", human_integer(*best));
  return fmt::format("best at {}, none better in the last {:.0f} %", human_integer(*best),
                     std::floor(share * 100));
}

}  // namespace

std::string sparkline(const std::vector<TrendColumn>& columns) {
  static constexpr std::string_view kGlyphs[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr double kLevels = 8;
  std::optional<double> least, greatest;
  for (const TrendColumn& column : columns) {
    if (column.kind != TrendColumn::Kind::kValue) continue;
    least = std::min(least.value_or(column.value), column.value);
    greatest = std::max(greatest.value_or(column.value), column.value);
  }
  std::string line;
  for (const TrendColumn& column : columns) {
    switch (column.kind) {
      case TrendColumn::Kind::kGap: line += ' '; break;
      case TrendColumn::Kind::kNonfinite: line += "×"; break;
      case TrendColumn::Kind::kValue: {
        // Halves, so that no difference is infinite.
        const double span = *greatest / 2 - *least / 2;
        const double share = span > 0 ? (column.value / 2 - *least / 2) / span : 0.5;
        const double level = std::clamp(share * kLevels, 0.0, kLevels - 1);
        line += kGlyphs[static_cast<std::size_t>(span > 0 ? level : 3)];
      }
    }
  }
  return line;
}

std::string sketch_text(const ops::ValueSketch& sketch, std::uint64_t bytes) {
  using What = ops::ValueSketch::What;
  const std::string size = human_bytes(bytes);
  const std::string type = printable(sketch.type);
  const std::uint64_t count = sketch.count.value_or(0);
  switch (sketch.what) {
    case What::kNothing: return size;
    case What::kImages: {
      const std::string one = fmt::format("{}×{} {}", sketch.width, sketch.height, type);
      return count == 1 ? one + ", " + size : fmt::format("{} of {}, {}", whole(count), one, size);
    }
    case What::kAudio: {
      std::string one = type;
      if (sketch.seconds) one += fmt::format(" of {:.3g} s", *sketch.seconds);
      return count == 1 ? one + ", " + size : fmt::format("{} of {}, {}", whole(count), one, size);
    }
    case What::kText: {
      // One line of it; the rest is cut off by the table.
      std::string line = sketch.text.substr(0, sketch.text.find_first_of("\r\n"));
      if (line.size() < sketch.text.size()) line += " …";
      return count < 2 ? printable(line) : fmt::format("{} (+{})", printable(line), count - 1);
    }
    case What::kTensor:
      return fmt::format("{} {}, {}", type, tensor_shape_text(sketch.shape), size);
    case What::kHistogram: {
      if (count == 0) return "no values, " + size;
      return fmt::format("{}…{}, {}", Cell::real(sketch.from).human(3),
                         Cell::real(sketch.to).human(3), size);
    }
    case What::kGraph:
      return count > 0 ? fmt::format("{}, {}", count_of(count, "node", "nodes"), size) : size;
    case What::kHparams:
      return sketch.count ? count_of(count, "hyperparameter", "hyperparameters")
                          : printable(sketch.text);
    case What::kCurves: return count_of(count, "threshold", "thresholds") + ", " + size;
    case What::kMesh: return fmt::format("{} {}, {}", type, tensor_shape_text(sketch.shape), size);
    case What::kCharts: return count_of(count, "chart", "charts");
    case What::kUnreadable: return "not what its kind says, " + size;
  }
  return size;
}

LazyTable shown_series_table(const ops::ShownRun& run, const Screen& screen, bool fold) {
  const bool folds = fold && run.row.series.size() > kFoldAbove;
  auto groups = std::make_shared<const Groups>(folds ? groups_of(run.row.series) : Groups{});
  const auto pass = [&run, groups](const RowSource::Visit& visit) -> Status {
    DetailCursor details(run.details);
    std::map<std::string_view, bool> told;
    for (const ops::SeriesRow& row : run.row.series) {
      const ops::SeriesDetail* const detail = details.at(row);
      if (groups->empty()) {
        TFEVENTS_CHECK(visit(cells(row, detail)));
        continue;
      }
      const auto group = groups->find(likeness(row));
      const bool alike = group != groups->end() && group->second.members >= kFewestAlike;
      if (alike && std::exchange(told[group->first], true)) continue;
      TFEVENTS_CHECK(visit(cells(row, detail)));
      if (alike) TFEVENTS_CHECK(visit(folded_cells(row.kind, group->second)));
    }
    return ok_status();
  };
  return {shown_columns(screen), pass};
}

std::vector<std::string> series_remarks(const ops::ShownRun& run) {
  std::vector<std::string> remarks;
  DetailCursor details(run.details);
  for (const ops::SeriesRow& row : run.row.series) {
    const ops::SeriesDetail* const detail = details.at(row);
    const auto add = [&](const std::string& words) {
      remarks.push_back(printable(row.tag) + ": " + words);
    };
    if (row.nonfinite > 0) {
      std::string words = fmt::format("{} of {} NaN or infinite", whole(row.nonfinite),
                                      count_of(row.points, "point is", "points are"));
      if (detail != nullptr && detail->first_nonfinite)
        words += ", the first at step " + human_integer(*detail->first_nonfinite);
      add(words);
    }
    if (detail != nullptr && detail->gap) {
      std::string words =
          fmt::format("no point between steps {} and {}", human_integer(detail->gap->from),
                      human_integer(detail->gap->to));
      if (detail->gap->count > 1)
        words += fmt::format(", the widest of {} gaps", detail->gap->count);
      add(words);
    }
    if (const auto words = plateau(row)) add(*words);
  }
  return remarks;
}

}  // namespace tfevents::render
