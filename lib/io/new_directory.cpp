#include "io/new_directory.hpp"

#include <cerrno>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "io/sys.hpp"

namespace tfevents {
namespace {

constexpr mode_t kAnyone = 0777;

Error refuse(std::string message, const std::string& path) {
  return {.code = ErrorCode::kUsage,
          .message = std::move(message),
          .path = path,
          .hint = "name a new directory, or an empty one"};
}

}  // namespace

Result<NewDirectory> NewDirectory::create(const std::string& path) {
  if (path.empty()) return refuse("an empty name is no directory", path);
  if (::mkdir(path.c_str(), kAnyone) == 0) return NewDirectory(path, true);
  if (errno != EEXIST) return system_error(errno, path);
  TFEVENTS_TRY(const FileInfo info, real_sys().stat(path));
  if (info.type != FileType::kDirectory) return refuse("not a directory", path);
  TFEVENTS_TRY(const Listing listing, real_sys().list(path));
  if (!listing.entries.empty())
    return refuse("the directory is not empty, and nothing in it is overwritten", path);
  return NewDirectory(path, false);
}

Result<std::string> NewDirectory::add_directory(const std::string& name) const {
  std::string path = join_path(path_, name);
  if (::mkdir(path.c_str(), kAnyone) != 0) return system_error(errno, path);
  return path;
}

void NewDirectory::remove_if_empty() const {
  if (made_) ::rmdir(path_.c_str());
}

}  // namespace tfevents
