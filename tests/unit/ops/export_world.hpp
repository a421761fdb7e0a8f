#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/number.hpp"
#include "ops/export.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {

inline std::string text_of(const Scalar& value) {
  switch (value.store()) {
    case Scalar::Store::kFloat: return to_text(value.f32);
    case Scalar::Store::kDouble: return to_text(value.f64);
    case Scalar::Store::kSigned: return to_text(value.i64);
    case Scalar::Store::kUnsigned: return to_text(value.u64);
  }
  return "";
}

/// `run tag step value` a line; wide tables `run step value - value`.
class PlainFormat final : public ops::ExportFormat {
 public:
  std::string begin(const std::vector<std::string>& columns) override {
    std::string line = "#";
    for (const std::string& column : columns) line += " " + column;
    return line + "\n";
  }
  std::unique_ptr<ops::PointWriter> points_of(const Run& run) override {
    return std::make_unique<Points>(run.name);
  }
  std::unique_ptr<ops::RowWriter> rows_of(const Run& run) override {
    return std::make_unique<Rows>(run.name);
  }

 private:
  class Points final : public ops::PointWriter {
   public:
    explicit Points(std::string run) : run_(std::move(run)) {}
    void on_series(SeriesId series, std::string_view tag, std::string_view kind,
                   std::string_view) override {
      CHECK(kind == "scalars");
      tags_.resize(std::max<std::size_t>(tags_.size(), series + 1));
      tags_[series] = tag;
    }
    void on_float(SeriesId series, std::int64_t step, double wall, float value) override {
      on_scalar(series, step, wall, Scalar::of(value));
    }
    void on_scalar(SeriesId series, std::int64_t step, double, Scalar value) override {
      text_ += run_ + " " + tags_.at(series) + " " + to_text(step) + " " + text_of(value) + "\n";
    }
    void on_value(SeriesId, std::int64_t, double, const DecodedValue&) override {
      FAIL("no scalar");
    }
    std::string& text() noexcept override { return text_; }

   private:
    std::string run_, text_;
    std::vector<std::string> tags_;
  };
  class Rows final : public ops::RowWriter {
   public:
    explicit Rows(std::string run) : run_(std::move(run)) {}
    void on_row(std::int64_t step, std::span<const Scalar* const> cells) override {
      text_ += run_ + " " + to_text(step);
      for (const Scalar* cell : cells) text_ += cell == nullptr ? " -" : " " + text_of(*cell);
      text_ += "\n";
    }
    std::string& text() noexcept override { return text_; }

   private:
    std::string run_, text_;
  };
};

using Field = ops::SortKey::Field;

struct Exported {
  Result<ops::ExportReport> report;
  std::string text;

  [[nodiscard]] const ops::Outcome& outcome() const { return report.value().dump.outcome; }
};

struct ExportWorld : World {
  ops::ExportOptions options;

  [[nodiscard]] Exported exported() {
    options.select = selection();
    options.select.kinds = {"scalars"};
    PlainFormat format;
    std::string text;
    const auto write = [&](std::string_view part) {
      text += part;
      return ok_status();
    };
    auto report = with_context(
        [&](const ops::OpContext& c) { return ops::export_points(options, format, write, c); });
    return {std::move(report), std::move(text)};
  }
  [[nodiscard]] std::string text() {
    Exported all = exported();
    REQUIRE_MESSAGE(all.report.ok(), all.report.error().message);
    return all.text;
  }
};

/// `runs` runs of very different sizes, some with restarts and damage.
inline void plant(World& w, int runs) {
  static const auto step_value = [](std::int64_t i) { return static_cast<float>(i); };
  LogdirBuilder tree;
  for (int i = 0; i < runs; ++i) {
    tree.run("r" + std::to_string(i), [i](RunBuilder& r) {
      r.scalars("x", i % 5 == 0 ? 6000 : i % 17, step_value)
          .scalars("y/" + std::to_string(i), 9, step_value);
      if (i % 3 == 0) r.next_file().scalars("x", 9, step_value);
      if (i % 4 == 0) {
        r.damage([](std::string f) { return flip_byte(std::move(f), f.size() / 2); });
      }
    });
  }
  tree.write(w.memory, "/logs");
}

}  // namespace tfevents::test
