#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.hpp"
#include "io/directory.hpp"
#include "support/child.hpp"
#include "support/old_kernel_sys.hpp"
#include "support/temp_dir.hpp"

namespace tfevents::test {

/// The verdict on a link.
inline constexpr auto kLink = "refused: is a symbolic link";

/// A temporary directory, opened in one of the ways that a Directory can work.
struct Ground {
  Sys& sys;
  const TempDir& dir;
  Directory& here;
  bool modern;  ///< With everything that Linux has.

  [[nodiscard]] std::unique_ptr<Directory> open(const std::string& name) const {
    auto opened = here.open_directory(name);
    REQUIRE_MESSAGE(opened.ok(), opened.error().message);
    return std::move(opened).value();
  }
};

/// Runs `test(const Ground&)` once for every way.
template <class Test>
void in_every_way(Test test) {
  OldKernelSys links(true);
  OldKernelSys no_links(false);
  const std::vector<std::pair<std::string, Sys*>> ways = {
      {"today's kernel", &real_sys()},
      {"an old kernel", &links},
      {"an old kernel without hard links", &no_links}};
  for (const auto& [name, way_sys] : ways) {
    const std::string& way = name;  // clang 14 captures no structured bindings
    Sys* const sys = way_sys;
    CAPTURE(way);
    const TempDir dir;
    const auto here = sys->open_directory(dir.path());
    REQUIRE(here.ok());
    test(Ground{.sys = *sys, .dir = dir, .here = **here, .modern = sys == &real_sys()});
  }
}

/// `code: message`, or `fine`.
template <class T>
std::string verdict(const Result<T>& result) {
  if (result.ok()) return "fine";
  return std::string(to_string(result.error().code)) + ": " + result.error().message;
}

inline std::vector<std::string> names_in(Directory& directory) {
  std::vector<std::string> names;
  auto entries = directory.list();
  REQUIRE(entries.ok());
  for (DirEntry& entry : *entries) names.push_back(std::move(entry.name));
  return names;
}

inline struct stat lstat_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::lstat(path.c_str(), &info) == 0);
  return info;
}

inline mode_t mode_of(const std::string& path) {
  return lstat_of(path).st_mode & 07777U;
}

/// A umask for the time of a scope.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  ~Umask() { ::umask(before_); }

 private:
  mode_t before_;
};

}  // namespace tfevents::test
