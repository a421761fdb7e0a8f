#include "ops/lint_points.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

#include "event/wire.hpp"

namespace tfevents::ops {
namespace {

// A tree may be made to have very many: what is beyond is left out.
constexpr std::size_t kMostPlaces = 4096;
constexpr std::uint64_t kMostHistogramBytes = 1ULL << 20U;

// Packed doubles, or one of them: how many a field of a HistogramProto adds.
bool count_doubles(wire::SpanReader& in, wire::Tag tag, std::uint64_t& count) {
  if (tag.type == wire::Type::kFixed64) {
    ++count;
    return in.skip(8);
  }
  std::uint64_t bytes = 0;
  if (tag.type != wire::Type::kBytes) return wire::skip_field(in, tag, wire::kMaxDepth);
  if (!wire::read_length(in, bytes) || !in.skip(bytes)) return false;
  count += bytes / 8;
  return true;
}

// True where a legacy histogram has as many limits as counts, and for whatever is none. Source:
// tensorboard/compat/proto/histogram.proto.
bool limits_match(Bytes value) {
  constexpr std::uint32_t kHisto = 5, kLimit = 6, kCount = 7;
  wire::SpanReader in(value);
  std::uint64_t limits = 0, counts = 0;
  while (!in.done()) {
    wire::Tag tag;
    std::uint64_t length = 0;
    if (!wire::read_tag(in, tag)) return true;
    if (tag.field != kHisto || tag.type != wire::Type::kBytes) {
      if (!wire::skip_field(in, tag, wire::kMaxDepth)) return true;
      continue;
    }
    wire::SpanReader::Limit outer{};
    if (!wire::read_length(in, length) || !in.enter(length, outer)) return true;
    while (!in.done()) {
      if (!wire::read_tag(in, tag)) return true;
      std::uint64_t other = 0;
      std::uint64_t& count = tag.field == kLimit ? limits : tag.field == kCount ? counts : other;
      if (!count_doubles(in, tag, count)) return true;
    }
    in.leave(outer);
  }
  return limits == counts;
}

}  // namespace

void LintSink::begin_file(std::size_t file) {
  file_ = static_cast<std::uint32_t>(file);
  if (!first_) return;
  // Of the file before.
  times_.resize(file + 1, {0, 0});
  if (file > 0) times_[file - 1] = {first_wall_, last_wall_};
  first_wall_ = std::numeric_limits<double>::infinity();
  last_wall_ = -std::numeric_limits<double>::infinity();
}

void LintSink::end_first() {
  if (!times_.empty()) times_.back() = {first_wall_, last_wall_};
  first_ = false;
}

void LintSink::on_scalar(SeriesId id, std::int64_t step, double wall, Scalar value,
                         std::uint64_t /*bytes*/) {
  LintSeries& series = series_[id];
  if (!first_) return keep(id, series, {step, wall, value.as_double()});
  if (series.odd++ == 0) {
    series.odd_step = step;
    series.odd_dtype = value.dtype;
  }
  observe(id, series, step, wall);
}

void LintSink::on_stored(SeriesId id, std::int64_t step, double wall, const StoredValue& value) {
  LintSeries& series = series_[id];
  if (!first_) return keep(id, series, {step, wall, std::numeric_limits<double>::quiet_NaN()});
  const Kind kind = tags_.info(id).kind;
  bool odd = false;
  if (kind == Kind::kHistograms || kind == Kind::kHparams) {
    const Result<Bytes> bytes = value.load(kMostHistogramBytes, room_);
    if (bytes.ok() && kind == Kind::kHistograms) {
      odd = !limits_match(*bytes);
    } else if (bytes.ok()) {
      const std::uint64_t hash = std::hash<std::string_view>()(as_text(*bytes));
      if (series.count == 0) series.hash = hash;
      odd = series.hash != hash;
    }
  }
  if (odd && series.odd++ == 0) series.odd_step = step;
  observe(id, series, step, wall);
}

void LintSink::out_of_the_ordinary(SeriesId id, LintSeries& series, std::int64_t step,
                                   double wall) {
  const std::uint32_t before = std::exchange(series.file, file_);
  if (series.count == 0) return;
  const bool selected = tags_.info(id).selected;
  series.went_back = series.went_back || step < series.last_step;
  if (step == series.last_step) {
    if (series.repeats++ == 0) series.first_repeat = step;
  } else if (step < series.last_step && selected) {
    const bool within = before == file_;
    const auto place = std::pair(std::size_t{file_}, within);
    if (back_.size() < kMostPlaces || back_.contains(place)) {
      StepsBack& back = back_[place];
      const auto distance = [](std::int64_t from, std::int64_t to) {
        return static_cast<std::uint64_t>(from) - static_cast<std::uint64_t>(to);
      };
      if (back.times++ == 0 || distance(series.last_step, step) > distance(back.from, back.to)) {
        back.from = series.last_step;
        back.to = step;
      }
      if (back.series == 0) back.first = id;
      if (!within || std::exchange(series.back_file, file_ + 1) != file_ + 1) ++back.series;
    }
  }
  if (before == file_ || !selected || !(wall < series.last_wall)) return;
  const auto files = std::pair(std::size_t{before}, std::size_t{file_});
  if (overlaps_.size() >= kMostPlaces && !overlaps_.contains(files)) return;
  FileOverlap& overlap = overlaps_[files];
  if (overlap.series++ == 0) overlap.first = id;
}

void LintSink::add_step_gap(LintSeries& series, std::uint64_t steps) noexcept {
  std::size_t place = series.step_gaps.size() - 1;
  for (; place > 0 && series.step_gaps[place - 1] < steps; --place)
    series.step_gaps[place] = series.step_gaps[place - 1];
  series.step_gaps[place] = steps;
}

void LintSink::odd_wall(LintSeries& series, std::int64_t step, double wall) {
  if (series.nan_walls + series.infinite_walls == 0) series.odd_wall_step = step;
  ++(std::isnan(wall) ? series.nan_walls : series.infinite_walls);
}

void LintSink::grow(LintSeries& series) {
  constexpr std::size_t kFirst = 8;
  const std::size_t room = std::max(kFirst, series.values.capacity() * 2);
  held_ += room - series.values.capacity();
  if (held_ <= most_points_ * kValuesOfPoint) return series.values.reserve(room);
  // Too many: all series are read again, some of them at a time.
  keeps_values_ = false;
  for (SeriesId id = 0; id < series_.size(); ++id) series_[id].values = {};
}

std::pair<SeriesId, bool> LintSink::keep_from(SeriesId from) {
  for (SeriesId id = 0; id < series_.size(); ++id) series_[id].points = {};
  keep_from_ = keep_to_ = from;
  bool any = false;
  for (std::uint64_t held = 0; keep_to_ < series_.size(); ++keep_to_) {
    LintSeries& series = series_[keep_to_];
    if (!series.wanted) continue;
    held += series.count;
    if (held > most_points_ && any) break;
    any = true;
    series.points.reserve(static_cast<std::size_t>(series.count));
  }
  return {keep_to_, any};
}

LintDrops keep_clean(std::vector<LintPoint>& points) {
  LintDrops drops;
  if (points.empty()) return drops;
  // From the end: `cut` is the least step to which a later point went back.
  std::int64_t cut = 0;
  bool any_cut = false;
  std::size_t kept = points.size() - 1;
  std::int64_t next = points.back().step;
  for (std::size_t i = points.size() - 1; i-- > 0;) {
    const LintPoint& point = points[i];
    if (next < point.step && (!any_cut || next < cut)) {
      cut = next;
      any_cut = true;
    }
    const bool repeated = next == point.step;
    next = point.step;
    if (any_cut && point.step >= cut) {
      ++drops.restart;
    } else if (repeated) {
      ++drops.duplicates;
    } else {
      points[--kept] = point;
    }
  }
  points.erase(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(kept));
  return drops;
}

}  // namespace tfevents::ops
