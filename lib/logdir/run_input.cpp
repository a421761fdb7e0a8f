#include "logdir/run_input.hpp"

#include <string_view>
#include <utility>

#include "base/bytes.hpp"

namespace tfevents {

RunInput::RunInput(Sys& sys, const Run& run, Options options)
    : sys_(sys), run_(run), options_(std::move(options)), seen_(run.files.size()) {
  if (run_.standard_input && options_.reread) {
    spool_ = options_.kept != nullptr
                 ? options_.kept
                 : spooled_input(options_.standard_input, "-", options_.temp_directory);
  }
}

void RunInput::start_again() {
  seen_.assign(run_.files.size(), std::nullopt);
}

Status RunInput::verify() {
  for (std::size_t file = 0; file < seen_.size(); ++file) {
    if (!seen_[file] || seen_[file]->missing) continue;
    const std::string& path = run_.path_of(file);
    auto info = sys_.stat(path);
    if (!info.ok() || info->id != seen_[file]->id || info->size < seen_[file]->size) {
      return Error{.code = ErrorCode::kChanged,
                   .message = "the file was replaced or became shorter",
                   .path = path};
    }
  }
  return ok_status();
}

Result<std::unique_ptr<ByteSource>> RunInput::open(std::size_t file) {
  if (run_.standard_input) {
    if (spool_ != nullptr) return spool_->open();
    return descriptor_source(options_.standard_input, "-");
  }
  const std::string& path = run_.path_of(file);
  std::optional<Seen>& seen = seen_[file];
  auto opened = sys_.open_read(path);
  if (!opened.ok()) {
    if (seen && !seen->missing)
      return Error{.code = ErrorCode::kChanged, .message = "the file went away", .path = path};
    seen = Seen{{}, 0, true};
    return std::move(opened).error();
  }
  TFEVENTS_TRY(const FileInfo info, (*opened)->info());
  if (info.type != FileType::kRegular) {
    return Error{.code = ErrorCode::kIo, .message = "not a regular file any more", .path = path};
  }
  if (!seen) {
    seen = Seen{info.id, info.size, false};
  } else if (seen->missing || seen->id != info.id || info.size < seen->size) {
    return Error{.code = ErrorCode::kChanged,
                 .message = "the file was replaced or became shorter",
                 .path = path};
  }
  return file_source(std::move(*opened), path, seen->size);
}

bool is_git_lfs_pointer(RunInput& input, std::size_t file) {
  static constexpr std::string_view kFront = "version https://git-lfs";
  std::byte front[kFront.size()];
  if (!input.can_reread()) return false;
  auto source = input.open(file);
  if (!source.ok() || !(*source)->can_read_at()) return false;
  const auto n = (*source)->read_at(0, front);
  return n.ok() && as_text({front, *n}) == kFront;
}

}  // namespace tfevents
