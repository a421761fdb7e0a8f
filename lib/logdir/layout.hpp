#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tfevents {

/// `--layout '{project}/{experiment}/{run}'`: names for the levels of trial names.
///
/// Levels are split at `/`. A level holds text, which stands for itself, and fields: `{name}` (a
/// letter or `_`, then letters, digits and `_`) or `*`, a field without a name. A field matches one
/// character or more, but no `/`, as few as possible: `{model}_s{seed}` of `vit_s3` is `vit` and
/// `3`. The last field may be `{name...}`, at the very end: it matches all levels that are left, at
/// least one. Otherwise a name matches only if it has as many levels as the layout. Immutable and
/// thread-safe after parse.
class Layout {
 public:
  /// Errors: kUsage, with the position (a character of `text`, from 1) in the message.
  static Result<Layout> parse(std::string_view text);

  /// In order of appearance; distinct, at least one.
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
  /// The text of each of names(), or nothing where a trial's name is not of this layout; `.` never
  /// is. Where names have an operand's prefix it is a part of them like any other.
  [[nodiscard]] std::optional<std::vector<std::string>> match(std::string_view trial_name) const;

 private:
  friend class LayoutParser;
  // A level is text, field, text, field, …, text: texts.size() == fields.size() + 1.
  static constexpr std::size_t kUnnamed = static_cast<std::size_t>(-1);
  struct Level {
    std::vector<std::string> texts;
    std::vector<std::size_t> fields;  // Indices into names_, or kUnnamed.
    bool takes_rest = false;          // Its last field matches `/` too.
  };

  static bool match_level(const Level& level, std::string_view part,
                          std::vector<std::string>& values);

  std::vector<std::string> names_;
  std::vector<Level> levels_;
};

}  // namespace tfevents
