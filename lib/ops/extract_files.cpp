#include "ops/extract_files.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/time.hpp"

namespace tfevents::ops {
namespace {

constexpr std::size_t kPiece = std::size_t{256} * 1024;

}  // namespace

Result<std::unique_ptr<Directory>> ExtractTarget::add_run(const std::string& name) {
  const std::lock_guard lock(mutex_);
  TFEVENTS_CHECK(directory_->make_directory(name, mode_));
  return directory_->open_directory(name);
}

void ExtractTarget::remove_run(const std::string& name) {
  const std::lock_guard lock(mutex_);
  static_cast<void>(directory_->remove_directory(name));
}

void ExtractTarget::on_file(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  ++files_;
  bytes_ += bytes;
}

void ExtractTarget::on_error(Error error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
}

bool ExtractTarget::failed() const {
  const std::lock_guard lock(mutex_);
  return error_.has_value();
}

Status ExtractTarget::status() const {
  const std::lock_guard lock(mutex_);
  if (!error_) return ok_status();
  Error error = *error_;
  error.hint = files_ == 0 ? "no file is complete"
                           : fmt::format("{} {} complete in {}, {}, without an index", files_,
                                         files_ == 1 ? "file is" : "files are", directory_->path(),
                                         human_bytes(bytes_));
  return error;
}

std::pair<std::uint64_t, std::uint64_t> ExtractTarget::written() const {
  const std::lock_guard lock(mutex_);
  return {files_, bytes_};
}

StagedFile::StagedFile(RunFiles& files, std::string temporary, std::unique_ptr<WritableFile> file)
    : files_(&files), temporary_(std::move(temporary)), file_(std::move(file)) {}

StagedFile& StagedFile::operator=(StagedFile&& other) noexcept {
  std::swap(files_, other.files_);
  std::swap(temporary_, other.temporary_);
  std::swap(file_, other.file_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

StagedFile::~StagedFile() {
  file_.reset();
  if (files_ != nullptr) files_->remove(temporary_);
}

Status StagedFile::write(std::span<const std::byte> bytes) {
  bytes_ += bytes.size();
  return files_->told(file_->write(bytes));
}

RunFiles::~RunFiles() {
  open_.reset();
  if (directory_ == nullptr || used_) return;
  directory_.reset();
  target_.remove_run(name_);
}

template <class T>
Result<T> RunFiles::told(Result<T> result) {
  if (!result.ok()) target_.on_error(result.error());
  return result;
}

Status RunFiles::ensure_directory() {
  if (directory_ != nullptr) return ok_status();
  TFEVENTS_TRY(directory_, told(target_.add_run(name_)));
  return ok_status();
}

Result<StagedFile> RunFiles::stage() {
  TFEVENTS_CHECK(ensure_directory());
  // No safe name begins with a dot.
  std::string temporary = ".tfe-" + std::to_string(staged_++);
  TFEVENTS_TRY(auto file, told(directory_->create_file(temporary, target_.file_mode())));
  return StagedFile(*this, std::move(temporary), std::move(file));
}

void RunFiles::remove(const std::string& temporary) {
  static_cast<void>(directory_->remove_file(temporary));
}

Status RunFiles::copy(const StoredValue& value, const Part& part, StagedFile& file) {
  if (value.in_memory()) {
    return file.write(value.bytes().subspan(static_cast<std::size_t>(part.offset),
                                            static_cast<std::size_t>(part.size)));
  }
  buffer_.resize(kPiece);
  for (std::uint64_t done = 0; done < part.size;) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(part.size - done, buffer_.size()));
    TFEVENTS_TRY(const std::size_t read,
                 value.read(part.offset + done, std::span(buffer_).first(wanted)));
    if (read == 0) {
      return Error{.code = ErrorCode::kChanged,
                   .message = "the file became shorter while it was read",
                   .offset = value.record_offset()};
    }
    TFEVENTS_CHECK(file.write(Bytes(buffer_).first(read)));
    done += read;
  }
  return ok_status();
}

Result<std::unique_ptr<OpenFile>> RunFiles::open(const StagedFile& file) {
  return told(directory_->open_read(file.temporary_));
}

Result<std::string> RunFiles::directory_of(SeriesId series, std::string_view tag) {
  if (series_.size() <= series) series_.resize(std::size_t{series} + 1);
  while (series_[series].empty()) {
    std::string name = names_.add(tag);
    Status made = directory_->make_directory(name, target_.directory_mode());
    // File systems have their own ideas of equal names: the next number then.
    if (!made.ok() && made.error().code == ErrorCode::kExists) continue;
    TFEVENTS_CHECK(told(std::move(made)));
    series_[series] = std::move(name);
    used_ = true;
  }
  return series_[series];
}

// Numbers in use have no gaps: doubling and halving finds the end of very many in few looks.
Result<std::string> RunFiles::free_name(Directory& directory, const std::string& name,
                                        const std::string& extension) const {
  const auto numbered = [&](std::uint64_t number) {
    return name + (number == 0 ? "" : "." + std::to_string(number)) + extension;
  };
  const auto taken = [&](std::uint64_t number) -> Result<bool> {
    const auto info = directory.info_of(numbered(number));
    if (info.ok()) return true;
    if (info.error().code == ErrorCode::kNotFound) return false;
    return info.error();
  };
  std::uint64_t used = 0, step = 1;
  for (;; step *= 2) {
    TFEVENTS_TRY(const bool is_taken, taken(used + step));
    if (!is_taken) break;
    used += step;
  }
  std::uint64_t free = used + step;
  while (free - used > 1) {
    const std::uint64_t middle = used + (free - used) / 2;
    TFEVENTS_TRY(const bool is_taken, taken(middle));
    (is_taken ? used : free) = middle;
  }
  return numbered(free);
}

Result<std::string> RunFiles::place(StagedFile file, SeriesId series, std::string_view tag,
                                    const std::string& name, const std::string& extension) {
  file.close();
  TFEVENTS_TRY(const std::string directory, directory_of(series, tag));
  if (open_ == nullptr || open_name_ != directory) {
    TFEVENTS_TRY(open_, told(directory_->open_directory(directory)));
    open_name_ = directory;
  }
  std::string final_name = name + extension;
  Status moved = directory_->move(file.temporary_, *open_, final_name);
  if (!moved.ok() && moved.error().code == ErrorCode::kExists) {
    TFEVENTS_TRY(final_name, told(free_name(*open_, name, extension)));
    moved = directory_->move(file.temporary_, *open_, final_name);
  }
  TFEVENTS_CHECK(told(std::move(moved)));
  file.files_ = nullptr;
  target_.on_file(file.bytes_);
  return name_ + "/" + directory + "/" + final_name;
}

}  // namespace tfevents::ops
