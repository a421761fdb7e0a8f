#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tfevents::trial_names {

// What the names of runs say about how they belong together.

/// Roles that mean the same: a directory with `val` and `eval` alone has one.
enum class RoleClass : std::uint8_t { kTraining, kEvaluation, kTest };

/// Of `train`, `validation`, `eval_…`; nothing for other names, `train2` among them.
[[nodiscard]] std::optional<RoleClass> role_of(std::string_view leaf) noexcept;

/// The part behind the last slash.
[[nodiscard]] std::string_view leaf_of(std::string_view name) noexcept;
/// The directory of a run that is not the operand itself: `.` for a name of one part.
[[nodiscard]] std::string_view parent_of(std::string_view name) noexcept;

/// A run's name as add_scalars of `base` makes it.
struct ScalarsName {
  std::string_view key = {};  ///< Empty: it is no such name.
};
/// `base/main/KEY` (tensorboardX) or `base/main_KEY`, slashes of main as `_` (torch). Both writers
/// replace characters that they do not like in the tag, not in the directory's name: a `_` of
/// `main` stands for any of those.
[[nodiscard]] ScalarsName add_scalars_name(std::string_view run_name, std::string_view base,
                                           std::string_view main) noexcept;

/// True when a name ends as that of a sub-run of add_scalars, whatever its base.
[[nodiscard]] bool ends_as_scalars(std::string_view name, std::string_view main,
                                   std::string_view key) noexcept;

/// True when all parts of `prefix` are roles and stand in this order among the parts of `name`.
[[nodiscard]] bool is_role_path(std::string_view prefix, std::string_view name) noexcept;

}  // namespace tfevents::trial_names
