#include "export.hpp"

#include <cmath>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/text.hpp"
#include "dump_points.hpp"
#include "format/csv_writer.hpp"
#include "format/json_writer.hpp"
#include "people.hpp"
#include "point_text.hpp"

namespace tfevents::render {
namespace {

/// Makes of a number's text, from `text` to `end`, what Python's repr() of the double is: with `.0`
/// where it would read as an integer.
char* as_repr(const char* text, char* end, double value) noexcept {
  if (!std::isfinite(value)) return end;
  const std::string_view digits(text, static_cast<std::size_t>(end - text));
  return digits.find_first_of(".e") == std::string_view::npos ? put(end, ".0") : end;
}

/// `Wall time,Step,Value`, as TensorBoard's scalars plugin writes it. What is no number has no line
/// there.
class TensorBoardPoints final : public ops::PointWriter {
 public:
  void on_series(SeriesId, std::string_view, std::string_view, std::string_view) override {}
  void on_float(SeriesId, std::int64_t step, double wall, float value) override {
    add(step, wall, static_cast<double>(value));
  }
  void on_scalar(SeriesId, std::int64_t step, double wall, Scalar value) override {
    add(step, wall, value.as_double());
  }
  std::string& text() noexcept override { return text_; }

 private:
  void add(std::int64_t step, double wall, double value) {
    char line[kLineRoom];
    char* end = as_repr(line, wall_.put(line, wall, false), wall);
    *end++ = ',';
    end = write_number(end, step);
    *end++ = ',';
    const char* const number = end;
    end = put(as_repr(number, write_number(end, value), value), "\r\n");
    text_.append(line, static_cast<std::size_t>(end - line));
  }

  WallText wall_;
  std::string text_;
};

class CsvRows final : public ops::RowWriter {
 public:
  explicit CsvRows(const Run& run) {
    append_csv_field(start_, run.name);
    start_ += ',';
  }
  void on_row(std::int64_t step, std::span<const Scalar* const> cells) override {
    char number[kNumberRoom];
    text_.append(start_).append(number, write_number(number, step));
    for (const Scalar* cell : cells) {
      text_ += ',';
      if (cell != nullptr) text_.append(number, put_scalar(number, *cell, false));
    }
    text_ += '\n';
  }
  std::string& text() noexcept override { return text_; }

 private:
  std::string start_;  // `a,`
  std::string text_;
};

class JsonRows final : public ops::RowWriter {
 public:
  /// `keys`: a label as JSON and a colon for each column; must outlive the writer.
  JsonRows(const Run& run, const std::vector<std::string>& keys) : keys_(keys) {
    JsonWriter json(start_);
    json.begin_object();
    name_fields(json, "run", run.name);
    start_ += ",\"step\":";
  }
  void on_row(std::int64_t step, std::span<const Scalar* const> cells) override {
    char number[kNumberRoom];
    text_.append(start_).append(number, write_number(number, step)).append(",\"values\":{");
    bool first = true;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i] == nullptr) continue;
      if (!std::exchange(first, false)) text_ += ',';
      text_.append(keys_[i]).append(number, put_scalar(number, *cells[i], true));
    }
    text_ += "}}\n";
  }
  std::string& text() noexcept override { return text_; }

 private:
  const std::vector<std::string>& keys_;
  std::string start_;  // `{"run":"a","step":`
  std::string text_;
};

class RenderedExport final : public ops::ExportFormat {
 public:
  RenderedExport(ExportText text, bool wide) : text_(text), wide_(wide) {}

  std::string begin(const std::vector<std::string>& columns) override {
    switch (text_) {
      case ExportText::kTensorBoard: return "Wall time,Step,Value\r\n";
      case ExportText::kCsv: return wide_ ? wide_header(columns) : "run,tag,step,wall_time,value\n";
      case ExportText::kJsonl:
        for (const std::string& label : column_labels(columns, {})) {
          append_json_string(keys_.emplace_back(), label);
          keys_.back() += ':';
        }
        return "";
    }
    return "";
  }
  std::unique_ptr<ops::PointWriter> points_of(const Run& run) override {
    switch (text_) {
      case ExportText::kCsv: return csv_points(run, Kinds::kLeftOut);
      case ExportText::kTensorBoard: return std::make_unique<TensorBoardPoints>();
      case ExportText::kJsonl: return json_points(run, false, Kinds::kLeftOut);
    }
    return nullptr;
  }
  std::unique_ptr<ops::RowWriter> rows_of(const Run& run) override {
    if (text_ == ExportText::kJsonl) return std::make_unique<JsonRows>(run, keys_);
    return std::make_unique<CsvRows>(run);
  }

 private:
  static std::string wide_header(const std::vector<std::string>& columns) {
    const std::vector<std::string> taken{"run", "step"};
    std::string header = "run,step";
    for (const std::string& label : column_labels(columns, taken)) {
      header += ',';
      append_csv_field(header, label);
    }
    return header + '\n';
  }

  ExportText text_;
  bool wide_;
  std::vector<std::string> keys_;
};

}  // namespace

std::vector<std::string> column_labels(const std::vector<std::string>& tags,
                                       const std::vector<std::string>& taken) {
  std::unordered_set<std::string> used(taken.begin(), taken.end());
  std::vector<std::string> labels;
  labels.reserve(tags.size());
  for (const std::string& tag : tags) {
    std::string label = escape_invalid_utf8(tag);
    while (!used.insert(label).second) label.insert(0, "tag:");
    labels.push_back(std::move(label));
  }
  return labels;
}

std::unique_ptr<ops::ExportFormat> export_format(ExportText text, bool wide) {
  return std::make_unique<RenderedExport>(text, wide);
}

}  // namespace tfevents::render
