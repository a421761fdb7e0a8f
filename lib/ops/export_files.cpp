#include "ops/export_files.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/file_name.hpp"
#include "base/text.hpp"
#include "io/sys.hpp"
#include "ops/dump_points.hpp"
#include "ops/export_writers.hpp"

namespace tfevents::ops {
namespace {

/// One file of a split export. Its errors go to all of them.
class SplitFile {
 public:
  SplitFile(SplitFiles& files, std::string path) : files_(files), path_(std::move(path)) {}

  /// Writes the text and empties it.
  void write(std::string& text) {
    if (!text.empty() && !files_.failed()) keep(try_write(text));
    text.clear();
  }
  /// Gives the file its name, if there is one.
  void commit() {
    if (file_ == nullptr || files_.failed()) return;
    Status committed = file_->commit();
    if (committed.ok()) files_.on_file();
    keep(std::move(committed));
  }

 private:
  Status try_write(std::string_view text) {
    if (file_ == nullptr) {
      TFEVENTS_TRY(file_, AtomicFile::create(path_));
      TFEVENTS_CHECK(file_->write(as_bytes(files_.header())));
    }
    return file_->write(as_bytes(text));
  }
  void keep(Status status) {
    if (!status.ok()) files_.on_error(std::move(status).error());
  }

  SplitFiles& files_;
  std::string path_;
  std::unique_ptr<AtomicFile> file_;
};

class RunFile final : public PointWriter {
 public:
  RunFile(SplitFiles& files, std::string name, std::unique_ptr<PointWriter> next)
      : files_(files),
        next_(std::move(next)),
        file_(files, join_path(files.directory().path(), name + files.extension())) {}

  void on_series(SeriesId series, std::string_view tag, std::string_view kind,
                 std::string_view plugin) override {
    next_->on_series(series, tag, kind, plugin);
  }
  void on_float(SeriesId series, std::int64_t step, double wall, float value) override {
    next_->on_float(series, step, wall, value);
    write_block();
  }
  void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value) override {
    next_->on_scalar(series, step, wall, value);
    write_block();
  }
  void on_end(const PassOn&) override {
    next_->on_end([this] { write_block(); });
    file_.write(next_->text());
    file_.commit();
  }
  std::string& text() noexcept override { return nothing_; }
  [[nodiscard]] bool failed() const override { return files_.failed() || next_->failed(); }

 private:
  void write_block() {
    if (next_->text().size() >= SlotText::kBlock) file_.write(next_->text());
  }

  SplitFiles& files_;
  std::unique_ptr<PointWriter> next_;
  SplitFile file_;
  std::string nothing_;
};

class SeriesFiles final : public PointWriter {
 public:
  SeriesFiles(SplitFiles& files, std::string name, std::unique_ptr<PointWriter> next)
      : files_(files), name_(std::move(name)), next_(std::move(next)) {}

  void on_series(SeriesId series, std::string_view tag, std::string_view kind,
                 std::string_view plugin) override {
    if (series_.size() <= series) series_.resize(series + 1);
    series_[series].tag = tag;
    next_->on_series(series, tag, kind, plugin);
  }
  void on_float(SeriesId series, std::int64_t step, double wall, float value) override {
    series_[series].points.push_back({step, wall, Scalar::of(value), series});
  }
  void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value) override {
    series_[series].points.push_back({step, wall, value, series});
  }
  // In natural order of the tags, so that names do not depend on the order of the records.
  void on_end(const PassOn&) override {
    std::erase_if(series_, [](const Series& series) { return series.points.empty(); });
    if (series_.empty() || files_.failed()) return;
    auto directory = files_.directory().add_directory(name_);
    if (!directory.ok()) return files_.on_error(std::move(directory).error());
    std::sort(series_.begin(), series_.end(),
              [](const Series& a, const Series& b) { return natural_compare(a.tag, b.tag) < 0; });
    FileNames names;
    for (const Series& series : series_)
      write(series, join_path(*directory, names.add(series.tag) + files_.extension()));
    series_ = {};
  }
  std::string& text() noexcept override { return nothing_; }
  [[nodiscard]] bool failed() const override { return files_.failed(); }

 private:
  struct Series {
    std::string tag;
    std::vector<KeptPoint> points;
  };

  void write(const Series& series, std::string path) {
    SplitFile file(files_, std::move(path));
    for (const KeptPoint& point : series.points) {
      point.give(*next_);
      if (next_->text().size() >= SlotText::kBlock) file.write(next_->text());
    }
    file.write(next_->text());
    file.commit();
  }

  SplitFiles& files_;
  std::string name_;
  std::unique_ptr<PointWriter> next_;
  std::vector<Series> series_;
  std::string nothing_;
};

}  // namespace

void SplitFiles::on_file() {
  const std::lock_guard lock(mutex_);
  ++count_;
}

void SplitFiles::on_error(Error error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
}

bool SplitFiles::failed() const {
  const std::lock_guard lock(mutex_);
  return error_.has_value();
}

Status SplitFiles::status() const {
  const std::lock_guard lock(mutex_);
  if (error_) return *error_;
  return ok_status();
}

std::uint64_t SplitFiles::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

std::unique_ptr<PointWriter> file_of_run(SplitFiles& files, std::string name,
                                         std::unique_ptr<PointWriter> next) {
  return std::make_unique<RunFile>(files, std::move(name), std::move(next));
}

std::unique_ptr<PointWriter> files_of_series(SplitFiles& files, std::string name,
                                             std::unique_ptr<PointWriter> next) {
  return std::make_unique<SeriesFiles>(files, std::move(name), std::move(next));
}

}  // namespace tfevents::ops
