#pragma once

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "base/bytes.hpp"
#include "io/source.hpp"
#include "support/deflated.hpp"

namespace tfevents::test {

/// Root may do everything: tests of what is forbidden act as nobody, who then owns `paths`.
class AsNobody {
 public:
  explicit AsNobody(const std::vector<std::string>& paths) : before_(::geteuid()) {
    if (before_ != 0) return;
    constexpr uid_t kNobody = 65534;
    for (const std::string& path : paths) {
      if (::chown(path.c_str(), kNobody, static_cast<gid_t>(-1)) != 0) return;
    }
    changed_ = ::seteuid(kNobody) == 0;
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody() {
    if (changed_ && ::seteuid(before_) != 0) std::abort();
  }

 private:
  uid_t before_;
  bool changed_ = false;
};

/// What reading a source to its present end gives.
struct ReadAll {
  std::string bytes;
  std::optional<Error> error;
};

inline ReadAll read_all(ByteSource& source, std::size_t room = 4096) {
  ReadAll all;
  std::vector<std::byte> buffer(room);
  while (true) {
    Result<std::size_t> count = source.read(buffer);
    if (!count.ok()) {
      all.error = std::move(count).error();
      return all;
    }
    if (*count == 0) return all;
    all.bytes += as_text(Bytes(buffer).first(*count));
  }
}

inline std::string read_at(ByteSource& source, std::uint64_t offset, std::size_t size) {
  std::vector<std::byte> buffer(size);
  const Result<std::size_t> count = source.read_at(offset, buffer);
  return count.ok() ? std::string(as_text(Bytes(buffer).first(*count))) : "error";
}

/// Text that does not shrink to nothing, and differs everywhere.
inline std::string some_text(std::size_t size) {
  std::string text;
  std::uint32_t state = 1;
  while (text.size() < size) {
    state = state * 1664525U + 1013904223U;
    text += static_cast<char>('a' + (state >> 24U) % 26);
  }
  return text;
}

}  // namespace tfevents::test
