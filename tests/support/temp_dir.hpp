#pragma once

#include <string>
#include <string_view>

namespace tfevents::test {

/// A temporary directory of its own, removed with all that is in it at the end of the scope.
/// Throws std::runtime_error where something does not work: tests need no error handling.
class TempDir {
 public:
  TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();

  /// Absolute, no links in it, no slash at its end.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// `path()` + `/` + `name`.
  [[nodiscard]] std::string operator/(std::string_view name) const;

  // Names below are relative to the directory; missing parents are made. All return the full path.
  std::string write(std::string_view name, std::string_view bytes) const;
  std::string append(std::string_view name, std::string_view bytes) const;
  std::string make_directory(std::string_view name) const;
  std::string make_link(std::string_view name, const std::string& target) const;
  std::string make_fifo(std::string_view name) const;

  [[nodiscard]] std::string read(std::string_view name) const;
  [[nodiscard]] bool exists(std::string_view name) const;

 private:
  std::string path_;
};

}  // namespace tfevents::test
