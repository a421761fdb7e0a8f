#include "io/append.hpp"

#include <span>

#include "io/posix.hpp"

namespace tfevents {

Status append_file(const std::string& path, std::string_view text) {
  const posix::Descriptor file(posix::retry([&] {
    return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                  0644);
  }));
  if (!file) return system_error(errno, path);
  return posix::write_all(file.get(), std::as_bytes(std::span(text)), path);
}

}  // namespace tfevents
