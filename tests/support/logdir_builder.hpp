#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "event/writer.hpp"
#include "support/memory_sys.hpp"
#include "support/temp_dir.hpp"

namespace tfevents::test {

/// One point of a scalar.
struct StepValue {
  std::int64_t step;
  float value;
};

/// The event files of one run. Time passes by itself: every event is one second (see `every`) later
/// than the one before, the first at 1767607200 (2026-01-05 10:00 UTC) in every run.
class RunBuilder {
 public:
  static constexpr double kStart = 1767607200;

  explicit RunBuilder(std::string directory) : directory_(std::move(directory)) {}

  // Settings: for the files that begin later, so usually the first calls.
  RunBuilder& host(std::string name, std::int64_t pid = 9);
  RunBuilder& suffix(std::string text);                     ///< `.v2`, `.profile-empty`, …
  RunBuilder& version(std::optional<std::string> version);  ///< None: no file_version event.
  RunBuilder& written_by(std::string writer);
  // Settings that hold from the next event on.
  RunBuilder& form(ScalarForm form);
  RunBuilder& metadata(MetadataPolicy policy);
  RunBuilder& every(double seconds);
  RunBuilder& at(double wall_time);  ///< The next event, or the start of the next file, is then.

  RunBuilder& scalar(std::string_view tag, std::initializer_list<StepValue> points);
  RunBuilder& scalar(std::string_view tag, const std::vector<StepValue>& points);
  /// `count` points at steps 0, `stride`, …; value(i) for i from 0 on.
  RunBuilder& scalars(std::string_view tag, std::int64_t count,
                      const std::function<float(std::int64_t)>& value, std::int64_t stride = 1);
  RunBuilder& number(std::string_view tag, std::int64_t step, const Scalar& value,
                     ScalarForm form = ScalarForm::kTensorContent, const Shape& shape = {});
  RunBuilder& text(std::string_view tag, std::int64_t step, std::string_view text);
  /// A legacy histogram of four buckets.
  RunBuilder& histogram(std::string_view tag, std::int64_t step);
  /// `bytes` stands for an encoded image.
  RunBuilder& image(std::string_view tag, std::int64_t step, std::string_view bytes = "\x89PNG");
  RunBuilder& audio(std::string_view tag, std::int64_t step, std::string_view bytes = "RIFF");
  RunBuilder& hparams(std::string_view tag, std::string_view content);
  RunBuilder& graph(std::string_view serialized);
  RunBuilder& session(SessionStatus status, std::int64_t step = 0);
  /// One event of any values: `.event(5, [](SummaryBuilder& s) { s.scalar("a", 1).text("b", "x");
  /// })`.
  RunBuilder& event(std::int64_t step, const std::function<void(SummaryBuilder&)>& fill);
  /// Any other event, at the next instant: `.with([](EventWriter& w, double wall_time) { … })`.
  RunBuilder& with(const std::function<void(EventWriter&, double wall_time)>& write);
  /// A record with this payload.
  RunBuilder& raw(std::string_view payload);

  /// A restart: what follows goes into a further file, which sorts behind.
  RunBuilder& next_file();
  /// Wounds the current file as it is so far; what follows is written behind.
  /// `.damage([](std::string f) { return flip_byte(f, 40); })`.
  RunBuilder& damage(const std::function<std::string(std::string)>& wound);
  /// Takes the last `count` bytes of the current file away.
  RunBuilder& truncate_last(std::size_t count);
  /// Any other file of the run's directory.
  RunBuilder& side_file(std::string_view name, std::string_view bytes);

  /// Path below the root → bytes.
  [[nodiscard]] const std::map<std::string, std::string>& files();
  /// The path of the current file below the root.
  [[nodiscard]] const std::string& path();
  /// The bytes of the current file.
  [[nodiscard]] const std::string& bytes();

 private:
  EventWriter& writer();
  EventTime next(std::int64_t step);
  void flush();
  [[nodiscard]] std::string below(std::string_view name) const;

  std::string directory_;
  std::string host_ = "node-1";
  std::string suffix_;
  std::int64_t pid_ = 9, counter_ = 0;
  double clock_ = kStart, tick_ = 1;
  EventWriter::Options options_;
  std::optional<EventWriter> writer_;  // None: the next event begins a file.
  std::string path_;
  std::map<std::string, std::string> files_;
};

/// A tree of runs:
/// `LogdirBuilder{}.run("train", [](RunBuilder& r) { r.scalar("loss", {{0, 1}, {10, 0.5}}); })
///     .write(dir)`.
class LogdirBuilder {
 public:
  /// `.` is the root itself. A name given again goes on in further files.
  LogdirBuilder& run(const std::string& name, const std::function<void(RunBuilder&)>& fill);

  /// Path below the root → bytes.
  [[nodiscard]] std::map<std::string, std::string> files();
  /// Writes the tree below `directory`, made where there is none; returns `directory`.
  std::string write(const std::string& directory);
  std::string write(const TempDir& directory) { return write(directory.path()); }
  MemorySys& write(MemorySys& sys, std::string_view directory);

 private:
  std::map<std::string, RunBuilder> runs_;
};

/// The bytes of one event file: `event_file([](RunBuilder& r) { … })`.
[[nodiscard]] std::string event_file(const std::function<void(RunBuilder&)>& fill);

}  // namespace tfevents::test
