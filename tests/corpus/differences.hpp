#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/glob.hpp"

namespace tfevents::test {

/// What we and another reader say of the same thing, held together: equal, or a difference that
/// `differences.json` lists with its reason. Entries that were not needed are failures at the end.
class Differences {
 public:
  /// Takes the entries of one `group` (`counts`, `oracle`, `writers`, `data`).
  explicit Differences(const std::string& group);
  /// Fails the test for what was never met.
  ~Differences();
  Differences(const Differences&) = delete;
  Differences& operator=(const Differences&) = delete;

  /// `where` names the thing, as `damaged/flip_value loss: clean`.
  void compare(const std::string& where, const std::string& ours, const std::string& theirs);
  void compare(const std::string& where, std::uint64_t ours, std::uint64_t theirs) {
    compare(where, std::to_string(ours), std::to_string(theirs));
  }
  /// How many comparisons were made: a reader that finds nothing must not look like agreement.
  [[nodiscard]] std::uint64_t compared() const noexcept { return compared_; }

 private:
  struct Entry {
    std::string where_text;
    Pattern where;
    std::string ours, theirs;
    bool used = false;
  };
  std::vector<Entry> entries_;
  std::uint64_t compared_ = 0;
};

}  // namespace tfevents::test
