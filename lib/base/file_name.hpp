#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tfevents {

/// A name from an event file as the name of a new file, without directory and extension. Letters,
/// digits, `. + = @ , ( ) [ ] - _` and visible characters beyond ASCII stay, every other character
/// becomes `_`: `train/loss` is `train_loss`.
///
/// Never empty, hidden (`.x`), an option (`-x`), above 200 bytes, or a name that TensorBoard would
/// take for an event file. A name that is cut ends in `~` and a hash of the whole. Different names
/// may become the same: see FileNames.
[[nodiscard]] std::string to_file_name(std::string_view name);

/// Names of the files of one directory. Not thread-safe.
class FileNames {
 public:
  /// As to_file_name; a name that was given before, or differs from one in capitals only, gets
  /// `~2`,
  /// `~3`, … behind it.
  [[nodiscard]] std::string add(std::string_view name);

 private:
  std::unordered_map<std::string, std::size_t> given_;
};

}  // namespace tfevents
