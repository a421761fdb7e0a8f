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
/// counts as its `\xHH`. Thread-safe after parse; copies are one pattern.
class Pattern {
 public:
  /// kTree also matches everything below a match (`vision` matches `vision/vit/seed0`) and ignores
  /// one slash at the end of a name or glob; used for runs.
  enum class Scope { kName, kTree };

  /// Errors: kUsage for a bad regex or class, with the position in the message.
  static Result<Pattern> parse(std::string_view text, Scope scope);
  /// The same where names are known only later: a bad pattern can be the name of something. It then
  /// matches that name alone, and `require_names` tells when there was none.
  static Pattern parse_or_name(std::string_view text, Scope scope);

  [[nodiscard]] bool matches(std::string_view name) const;
  /// The Error of `parse` where the text is neither a pattern nor, so far, a name that `matches`
  /// was asked about; else null.
  [[nodiscard]] const Error* defect() const noexcept;
  /// Told all names there are: a pattern that equals one of them means that one (and, in a tree,
  /// what lies below) from now on, even where it would match more as a glob.
  void prefer_name(const std::vector<std::string_view>& names) const;
  [[nodiscard]] const std::string& text() const noexcept;

 private:
  struct Impl;
  explicit Pattern(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

/// True when any pattern matches. Patterns with a defect see the name even so.
[[nodiscard]] bool any_matches(const std::vector<Pattern>& patterns, std::string_view name);

/// Pattern::prefer_name of each.
void prefer_names(const std::vector<Pattern>& patterns, const std::vector<std::string_view>& names);

/// To be called when `matches` was asked about every name. Errors: the first defect, the message
/// begins with `option`.
[[nodiscard]] Status require_names(const std::vector<Pattern>& patterns, std::string_view option);

}  // namespace tfevents
