#include "support/logdir_builder.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "support/damage.hpp"

namespace tfevents::test {

RunBuilder& RunBuilder::host(std::string name, std::int64_t pid) {
  host_ = std::move(name);
  pid_ = pid;
  return *this;
}

RunBuilder& RunBuilder::suffix(std::string text) {
  suffix_ = std::move(text);
  return *this;
}

RunBuilder& RunBuilder::version(std::optional<std::string> version) {
  options_.file_version = std::move(version);
  return *this;
}

RunBuilder& RunBuilder::written_by(std::string writer) {
  options_.writer = std::move(writer);
  return *this;
}

RunBuilder& RunBuilder::form(ScalarForm form) {
  options_.scalar_form = form;
  if (writer_) writer_->set_scalar_form(form);
  return *this;
}

RunBuilder& RunBuilder::metadata(MetadataPolicy policy) {
  options_.metadata = policy;
  if (writer_) writer_->set_metadata(policy);
  return *this;
}

RunBuilder& RunBuilder::every(double seconds) {
  tick_ = seconds;
  return *this;
}

RunBuilder& RunBuilder::at(double wall_time) {
  clock_ = wall_time;
  return *this;
}

RunBuilder& RunBuilder::scalar(std::string_view tag, std::initializer_list<StepValue> points) {
  for (const StepValue& point : points) writer().scalar(next(point.step), tag, point.value);
  return *this;
}

RunBuilder& RunBuilder::scalar(std::string_view tag, const std::vector<StepValue>& points) {
  for (const StepValue& point : points) writer().scalar(next(point.step), tag, point.value);
  return *this;
}

RunBuilder& RunBuilder::scalars(std::string_view tag, std::int64_t count,
                                const std::function<float(std::int64_t)>& value,
                                std::int64_t stride) {
  for (std::int64_t i = 0; i < count; ++i) writer().scalar(next(i * stride), tag, value(i));
  return *this;
}

RunBuilder& RunBuilder::number(std::string_view tag, std::int64_t step, const Scalar& value,
                               ScalarForm form, const Shape& shape) {
  return event(step, [&](SummaryBuilder& s) { s.scalar(tag, value, form, shape); });
}

RunBuilder& RunBuilder::text(std::string_view tag, std::int64_t step, std::string_view text) {
  return event(step, [&](SummaryBuilder& s) { s.text(tag, text); });
}

RunBuilder& RunBuilder::histogram(std::string_view tag, std::int64_t step) {
  static constexpr double kLimits[] = {-1, 0, 1, 2}, kCounts[] = {0, 1, 2, 1};
  return event(step, [&](SummaryBuilder& s) {
    s.histogram(tag, {.min = -0.5,
                      .max = 1.5,
                      .count = 4,
                      .sum = 2,
                      .sum_of_squares = 3,
                      .limits = kLimits,
                      .counts = kCounts});
  });
}

RunBuilder& RunBuilder::image(std::string_view tag, std::int64_t step, std::string_view bytes) {
  return event(
      step, [&](SummaryBuilder& s) { s.image(tag, {.width = 4, .height = 3, .encoded = bytes}); });
}

RunBuilder& RunBuilder::audio(std::string_view tag, std::int64_t step, std::string_view bytes) {
  return event(step, [&](SummaryBuilder& s) {
    s.audio(tag, {.sample_rate = 44100, .frames = 1, .encoded = bytes});
  });
}

RunBuilder& RunBuilder::hparams(std::string_view tag, std::string_view content) {
  return event(0, [&](SummaryBuilder& s) { s.hparams(tag, content); });
}

RunBuilder& RunBuilder::graph(std::string_view serialized) {
  writer().graph_def(next(0), serialized);
  return *this;
}

RunBuilder& RunBuilder::session(SessionStatus status, std::int64_t step) {
  writer().session_log(next(step), status);
  return *this;
}

RunBuilder& RunBuilder::event(std::int64_t step, const std::function<void(SummaryBuilder&)>& fill) {
  EventWriter& to = writer();
  to.summary(next(step), fill);
  return *this;
}

RunBuilder& RunBuilder::with(const std::function<void(EventWriter&, double wall_time)>& write) {
  EventWriter& to = writer();
  write(to, next(0).wall_time);
  return *this;
}

RunBuilder& RunBuilder::raw(std::string_view payload) {
  writer().raw(payload);
  return *this;
}

RunBuilder& RunBuilder::next_file() {
  writer();
  flush();
  writer_.reset();
  ++counter_;
  return *this;
}

RunBuilder& RunBuilder::damage(const std::function<std::string(std::string)>& wound) {
  writer();
  flush();
  std::string& file = files_[path_];
  file = wound(std::move(file));
  return *this;
}

RunBuilder& RunBuilder::truncate_last(std::size_t count) {
  return damage([&](std::string file) {
    if (count > file.size()) throw std::out_of_range("damage outside the file");
    const std::size_t size = file.size() - count;
    return truncate_to(std::move(file), size);
  });
}

RunBuilder& RunBuilder::side_file(std::string_view name, std::string_view bytes) {
  files_[below(name)] = bytes;
  return *this;
}

const std::map<std::string, std::string>& RunBuilder::files() {
  flush();
  return files_;
}

const std::string& RunBuilder::path() {
  writer();
  return path_;
}

const std::string& RunBuilder::bytes() {
  writer();
  flush();
  return files_[path_];
}

EventWriter& RunBuilder::writer() {
  if (!writer_) {
    path_ =
        below(event_file_name(static_cast<std::int64_t>(clock_), host_, pid_, counter_, suffix_));
    files_[path_];
    options_.wall_time = clock_;
    if (options_.file_version) clock_ += tick_;
    writer_.emplace(options_);
  }
  return *writer_;
}

EventTime RunBuilder::next(std::int64_t step) {
  const EventTime now{step, clock_};
  clock_ += tick_;
  return now;
}

void RunBuilder::flush() {
  if (writer_) files_[path_] += writer_->take();
}

std::string RunBuilder::below(std::string_view name) const {
  return directory_ == "." ? std::string(name) : directory_ + "/" + std::string(name);
}

LogdirBuilder& LogdirBuilder::run(const std::string& name,
                                  const std::function<void(RunBuilder&)>& fill) {
  auto [run, is_new] = runs_.try_emplace(name, name);
  if (!is_new) run->second.next_file();
  fill(run->second);
  (void)run->second.path();  // A run that nothing was logged to has a file all the same.
  return *this;
}

std::map<std::string, std::string> LogdirBuilder::files() {
  std::map<std::string, std::string> all;
  for (auto& [name, run] : runs_) all.insert(run.files().begin(), run.files().end());
  return all;
}

std::string LogdirBuilder::write(const std::string& directory) {
  for (const auto& [path, bytes] : files()) {
    const std::filesystem::path full = std::filesystem::path(directory) / path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream file(full, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush();
    if (!file) throw std::runtime_error("cannot write " + full.string());
  }
  return directory;
}

MemorySys& LogdirBuilder::write(MemorySys& sys, std::string_view directory) {
  for (const auto& [path, bytes] : files()) sys.file(join_path(directory, path), bytes);
  return sys;
}

std::string event_file(const std::function<void(RunBuilder&)>& fill) {
  RunBuilder run(".");
  fill(run);
  return run.bytes();
}

}  // namespace tfevents::test
