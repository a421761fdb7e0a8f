#pragma once

#include <bit>
#include <charconv>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ops/dump.hpp"

namespace tfevents::test {

/// One point as `dump` wrote it.
struct PointRow {
  std::string run, tag, kind, plugin;
  std::int64_t step = 0;
  double wall = 0;
  bool blob = false;
  Scalar value = {};         ///< Where it is no blob.
  std::size_t what = 0;      ///< Of a blob: which member of DecodedValue::what.
  std::uint64_t bytes = 0;   ///< Of a graph, an image or what is elided.
  std::string problem = {};  ///< Of a blob.
};

/// One line a point, everything of it: what must be equal.
inline std::string to_line(const PointRow& p) {
  const auto bits = [](double x) { return std::to_string(std::bit_cast<std::uint64_t>(x)); };
  return p.run + "|" + p.tag + "|" + p.kind + "|" + std::to_string(p.step) + "|" + bits(p.wall) +
         "|" + (p.blob ? "b" + std::to_string(p.what) : bits(p.value.as_double()));
}
inline std::vector<std::string> to_lines(const std::vector<PointRow>& points) {
  std::vector<std::string> lines;
  for (const PointRow& point : points) lines.push_back(to_line(point));
  return lines;
}

/// A RecordRow that owns its texts.
struct RecordCopy {
  ops::RecordRow::Type type = ops::RecordRow::Type::kRecord;
  std::string path, event, damage;
  std::uint64_t offset = 0, length = 0, end = 0, have = 0;
  bool data_ok = true;
  std::optional<double> wall;
  std::optional<std::int64_t> step;
  std::optional<std::uint64_t> need;
  struct Value {
    std::string tag, kind;
    std::uint64_t bytes = 0;
  };
  std::vector<Value> values;
};

/// Keeps what a dump gives. The text is a number a line, the place of the row in `points` (or
/// `records`), so that the order of the stream is known too: `in_order(text)`.
class Recorder final : public ops::DumpFormat {
 public:
  std::unique_ptr<ops::PointWriter> points_of(const Run& run) override {
    return std::make_unique<Points>(*this, run.name);
  }
  std::unique_ptr<ops::RecordWriter> records_of(const Run&) override {
    return std::make_unique<Records>(*this);
  }

  /// The points in the order of a stream that was written.
  [[nodiscard]] std::vector<PointRow> in_order(std::string_view text) const {
    return pick(points_, text);
  }
  [[nodiscard]] std::vector<RecordCopy> records_in_order(std::string_view text) const {
    return pick(records_, text);
  }

 private:
  template <class T>
  static std::vector<T> pick(const std::vector<T>& all, std::string_view text) {
    std::vector<T> rows;
    while (!text.empty()) {
      std::size_t place = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), place);
      if (error != std::errc{} || *end != '\n') throw std::logic_error("torn line in a dump");
      rows.push_back(all.at(place));
      text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    }
    return rows;
  }

  class Points final : public ops::PointWriter {
   public:
    Points(Recorder& to, std::string run) : to_(to), run_(std::move(run)) {}
    void on_series(SeriesId series, std::string_view tag, std::string_view kind,
                   std::string_view plugin) override {
      if (series_.size() <= series) series_.resize(series + 1);
      series_[series].run = run_;
      series_[series].tag = tag;
      series_[series].kind = kind;
      series_[series].plugin = plugin;
    }
    void on_float(SeriesId series, std::int64_t step, double wall, float value) override {
      add(series, step, wall, Scalar::of(value), nullptr);
    }
    void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value) override {
      add(series, step, wall, value, nullptr);
    }
    void on_value(SeriesId series, std::int64_t step, double wall,
                  const DecodedValue& value) override {
      add(series, step, wall, {}, &value);
    }
    std::string& text() noexcept override { return text_; }

   private:
    void add(SeriesId series, std::int64_t step, double wall, Scalar value,
             const DecodedValue* other) {
      PointRow row = series_.at(series);
      row.step = step;
      row.wall = wall;
      row.value = value;
      row.blob = other != nullptr;
      if (other != nullptr) {
        row.what = other->what.index();
        row.problem = other->problem;
        if (const auto* elided = std::get_if<Elided>(&other->what)) row.bytes = elided->bytes;
        if (const auto* graph = std::get_if<GraphSize>(&other->what)) row.bytes = graph->bytes;
        if (const auto* images = std::get_if<Images>(&other->what))
          row.bytes = images->parts.at(0).size;
      }
      const std::lock_guard lock(to_.mutex_);
      text_ += std::to_string(to_.points_.size()) + "\n";
      to_.points_.push_back(std::move(row));
    }

    Recorder& to_;
    std::string run_;
    std::vector<PointRow> series_;
    std::string text_;
  };

  class Records final : public ops::RecordWriter {
   public:
    explicit Records(Recorder& to) : to_(to) {}
    void on_row(const ops::RecordRow& row) override {
      RecordCopy copy;
      copy.type = row.type;
      copy.path = row.path;
      copy.event = row.event == nullptr ? "" : row.event;
      copy.damage = row.damage == nullptr ? "" : row.damage;
      copy.offset = row.offset;
      copy.length = row.length;
      copy.end = row.end;
      copy.have = row.have;
      copy.data_ok = row.data_ok;
      copy.wall = row.wall_time;
      copy.step = row.step;
      copy.need = row.need;
      for (const ops::RecordValue& value : row.values)
        copy.values.push_back({std::string(value.tag), std::string(value.kind), value.bytes});
      const std::lock_guard lock(to_.mutex_);
      text_ += std::to_string(to_.records_.size()) + "\n";
      to_.records_.push_back(std::move(copy));
    }
    std::string& text() noexcept override { return text_; }

   private:
    Recorder& to_;
    std::string text_;
  };

  std::mutex mutex_;
  std::vector<PointRow> points_;
  std::vector<RecordCopy> records_;
};

}  // namespace tfevents::test
