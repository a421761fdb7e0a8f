#include "dump_points.hpp"

#include <string>
#include <unordered_map>
#include <vector>

#include "base/number.hpp"
#include "base/text.hpp"
#include "dump_layout.hpp"
#include "format/csv_writer.hpp"
#include "format/json_writer.hpp"
#include "format/paint.hpp"
#include "point_text.hpp"
#include "value.hpp"

namespace tfevents::render {
namespace {

class JsonPoints final : public ops::PointWriter {
 public:
  JsonPoints(const Run& run, bool in_array, Kinds kinds) : in_array_(in_array), kinds_(kinds) {
    start_ = in_array ? ",{" : "{";
    std::string object;
    JsonWriter json(object);
    json.begin_object();
    name_fields(json, "run", run.name);
    start_ += object.substr(1) + ",";
  }

  void on_series(SeriesId series, std::string_view tag, std::string_view kind,
                 std::string_view plugin) override {
    if (series_.size() <= series) series_.resize(series + 1);
    std::string object;
    JsonWriter json(object);
    json.begin_object();
    name_fields(json, "tag", tag);
    if (kinds_ == Kinds::kNamed) json.field("kind", to_valid_utf8(kind));
    series_[series] = start_ + object.substr(1) + ",\"step\":";
    // Other plugins by name: their kind is the plugin's.
    if (kind == plugin && !kind_is_known(kind)) {
      std::string name;
      append_json_string(name, plugin);
      plugins_[series] = ",\"plugin\":" + name;
    }
  }
  void on_float(SeriesId series, std::int64_t step, double wall, float value) override {
    char line[kLineRoom];
    char* end = put_head(line, step, wall);
    add_line(series, line, write_json_number(end, value));
  }
  void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value) override {
    char line[kLineRoom];
    char* end = put_head(line, step, wall);
    add_line(series, line, put_scalar(end, value, true));
  }
  void on_value(SeriesId series, std::int64_t step, double wall,
                const DecodedValue& value) override {
    char head[kLineRoom];
    char* const end = put_head(head, step, wall);
    text_.append(series_[series]).append(head, static_cast<std::size_t>(end - head));
    append_json_value(text_, value);
    if (const auto plugin = plugins_.find(series); plugin != plugins_.end())
      text_.append(plugin->second);
    text_ += in_array_ ? "}" : "}\n";
  }
  std::string& text() noexcept override { return text_; }

 private:
  static bool kind_is_known(std::string_view kind) {
    for (const std::string_view known : kind_names()) {
      if (kind == known) return true;
    }
    return false;
  }

  char* put_head(char* to, std::int64_t step, double wall) noexcept {
    to = put(write_number(to, step), ",\"wall_time\":");
    return put(wall_.put(to, wall, true), ",\"value\":");
  }

  void add_line(SeriesId series, char* line, char* end) {
    text_.append(series_[series]);
    if (!plugins_.empty()) [[unlikely]] {
      if (const auto plugin = plugins_.find(series); plugin != plugins_.end()) {
        text_.append(line, static_cast<std::size_t>(end - line)).append(plugin->second);
        end = line;
      }
    }
    end = put(end, in_array_ ? "}" : "}\n");
    text_.append(line, static_cast<std::size_t>(end - line));
  }
  bool in_array_;
  Kinds kinds_;
  std::string start_;                // `{"run":"a",`
  std::vector<std::string> series_;  // `{"run":"a","tag":"loss","kind":"scalars","step":`
  std::unordered_map<SeriesId, std::string> plugins_;  // Of other plugins: `,"plugin":"x"`.
  WallText wall_;
  std::string text_;
};

class CsvPoints final : public ops::PointWriter {
 public:
  CsvPoints(const Run& run, Kinds kinds) : kinds_(kinds) {
    append_csv_field(start_, run.name);
    start_ += ',';
  }
  void on_series(SeriesId series, std::string_view tag, std::string_view kind,
                 std::string_view) override {
    if (series_.size() <= series) series_.resize(series + 1);
    series_[series] = start_;
    append_csv_field(series_[series], tag);
    series_[series] += ',';
    if (kinds_ == Kinds::kLeftOut) return;
    append_csv_field(series_[series], kind);
    series_[series] += ',';
  }
  void on_float(SeriesId series, std::int64_t step, double wall, float value) override {
    char line[kLineRoom];
    char* end = put_head(line, step, wall);
    add_line(series, line, write_number(end, value));
  }
  void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value) override {
    char line[kLineRoom];
    char* end = put_head(line, step, wall);
    add_line(series, line, put_scalar(end, value, false));
  }
  void on_value(SeriesId series, std::int64_t step, double wall,
                const DecodedValue& value) override {
    char head[kLineRoom];
    char* const end = put_head(head, step, wall);
    text_.append(series_[series]).append(head, static_cast<std::size_t>(end - head));
    if (const auto text = only_text(value)) append_csv_field(text_, *text);
    text_ += '\n';
  }
  std::string& text() noexcept override { return text_; }

 private:
  char* put_head(char* to, std::int64_t step, double wall) noexcept {
    to = write_number(to, step);
    *to++ = ',';
    to = wall_.put(to, wall, false);
    *to++ = ',';
    return to;
  }
  void add_line(SeriesId series, const char* line, char* end) {
    *end++ = '\n';
    text_.append(series_[series]).append(line, static_cast<std::size_t>(end - line));
  }

  Kinds kinds_;
  std::string start_;
  std::vector<std::string> series_;
  WallText wall_;
  std::string text_;
};

/// Lines for people, with the name at the end, so that nothing needs to be measured before the
/// first line is out.
class PeoplePoints : public ops::PointWriter {
 public:
  void on_series(SeriesId series, std::string_view tag, std::string_view kind,
                 std::string_view) override {
    if (series_.size() <= series) series_.resize(series + 1);
    series_[series] = {printable(tag), kind == "scalars" ? std::string() : printable(kind)};
  }
  void on_float(SeriesId series, std::int64_t step, double wall, float value) override {
    add(series, step, wall, to_text(value));
  }
  void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value) override {
    char text[kNumberRoom];
    add(series, step, wall, std::string(text, put_scalar(text, value, false)));
  }
  void on_value(SeriesId series, std::int64_t step, double wall,
                const DecodedValue& value) override {
    add(series, step, wall, series_[series].kind + ": " + describe_value(value));
  }
  std::string& text() noexcept override { return text_; }

 protected:
  struct Series {
    std::string tag, kind;
  };
  virtual void add(SeriesId series, std::int64_t step, double wall, std::string value) = 0;

  // One text a second: a job's points come faster than clocks tick.
  const std::string& time_text(double wall) {
    if (time_.empty() || wall != time_of_) {
      time_of_ = wall;
      time_ = precise_time(wall);
    }
    return time_;
  }

  std::vector<Series> series_;
  std::string text_;

 private:
  double time_of_ = 0;
  std::string time_;
};

class TablePoints final : public PeoplePoints {
 public:
  TablePoints(const Run& run, const Screen& screen)
      : screen_(screen), time_(screen, kStep + kValue + 4), run_(printable(run.people_name())) {}

 private:
  static constexpr std::size_t kStep = 12, kValue = 14;

  void add(SeriesId series, std::int64_t step, double wall, std::string value) override {
    if (!started_) {
      started_ = true;
      const std::string head =
          padded("STEP", kStep) + "  " + time_.header() + padded("VALUE", kValue) + "  TAG";
      text_ += paint(time_.finish("", run_), Role::kStrong, screen_.color) + "\n";
      text_ += paint(time_.finish("", head), Role::kDim, screen_.color) + "\n";
    }
    const std::string front = padded(human_integer(step), kStep) + "  " + time_.cell(&wall) +
                              padded(std::move(value), kValue) + "  ";
    text_ += time_.finish(front, series_[series].tag) + "\n";
  }

  Screen screen_;
  TimeLayout time_;
  std::string run_;
  bool started_ = false;
};

class MarkdownPoints final : public PeoplePoints {
 public:
  explicit MarkdownPoints(const Run& run) : run_(markdown_cell(printable(run.people_name()))) {}

 private:
  void add(SeriesId series, std::int64_t step, double wall, std::string value) override {
    text_ += "| " + run_ + " | " + markdown_cell(series_[series].tag) + " | " + to_text(step) +
             " | " + time_text(wall) + " | " + markdown_cell(value) + " |\n";
  }

  std::string run_;
};

}  // namespace

std::unique_ptr<ops::PointWriter> json_points(const Run& run, bool in_array, Kinds kinds) {
  return std::make_unique<JsonPoints>(run, in_array, kinds);
}
std::unique_ptr<ops::PointWriter> csv_points(const Run& run, Kinds kinds) {
  return std::make_unique<CsvPoints>(run, kinds);
}
std::unique_ptr<ops::PointWriter> table_points(const Run& run, const Screen& screen) {
  return std::make_unique<TablePoints>(run, screen);
}
std::unique_ptr<ops::PointWriter> markdown_points(const Run& run) {
  return std::make_unique<MarkdownPoints>(run);
}

}  // namespace tfevents::render
