#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tfevents {

/// One `-r/-x/-t` pattern: a name, a glob, or `re:REGEX` (RE2, unanchored).
///
/// A pattern equal to a name matches it literally. Otherwise it is a glob over the whole name: `*`
/// and `?` stop at `/`,
/// `**` does not, `[…]` matches one of the characters it lists (ranges, `]` first and `-` last
/// stand for themselves; there is no negation: a class that begins with `!` or `^` is refused). A
/// backslash stands for itself, as printed names hold it. Characters are Unicode characters. Names
/// are matched as printed, so the caller passes printed names; invalid UTF-8 in a name or a pattern
/// counts as its `\xHH`. Immutable and thread-safe after parse.
class Pattern {
 public:
  /// kTree also matches everything below a match (`vision` matches `vision/vit/seed0`) and ignores
  /// one slash at the end of a name or glob; used for runs.
  enum class Scope { kName, kTree };

  /// Errors: kUsage for a bad regex or class, with the position in the message.
  static Result<Pattern> parse(std::string_view text, Scope scope);

  [[nodiscard]] bool matches(std::string_view name) const;
  [[nodiscard]] const std::string& text() const noexcept;

 private:
  struct Impl;
  explicit Pattern(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

/// True when any pattern matches.
[[nodiscard]] bool any_matches(const std::vector<Pattern>& patterns, std::string_view name);

}  // namespace tfevents
