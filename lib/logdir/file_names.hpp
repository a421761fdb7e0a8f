#pragma once

#include <string_view>

namespace tfevents {

// Base names of entries. Every walk and every command goes by these two.

/// What this program makes in a tree: the trash, temporary files. No walk enters it, no command
/// counts it or touches it as anything of a run.
[[nodiscard]] inline bool is_own_name(std::string_view name) noexcept {
  return name.starts_with(".tfe-");
}

/// What TensorBoard opens, and so do we: any name with `tfevents` in it, but for our own.
[[nodiscard]] inline bool is_event_file_name(std::string_view name) noexcept {
  return name.find("tfevents") != std::string_view::npos && !is_own_name(name);
}

}  // namespace tfevents
