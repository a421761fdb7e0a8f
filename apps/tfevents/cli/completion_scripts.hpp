#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"

namespace tfevents::cli {

/// `bash|zsh|fish`, in this order.
enum class Shell : std::uint8_t { kBash, kZsh, kFish };

/// The completion script of a shell, from the command table. Values that only the log tree knows
/// (runs, tags) come from `tfevents __complete` when they are needed.
[[nodiscard]] std::string completion_script(Shell shell);

// Parts of it, one file each.
[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();
[[nodiscard]] std::string fish_completion();

/// The first line of each script, without the shell's name.
inline constexpr std::string_view kGeneratedNote =
    "Made from the option table by gendocs: edit that, not this.";

/// Commands that people see.
[[nodiscard]] std::vector<const CommandSpec*> visible_commands();

/// The positional of a command; null for none.
[[nodiscard]] const Option* positional_of(const std::vector<Option>& options);

/// Global options that take a value, `-C --logdir …`: what a script must skip to find the command.
[[nodiscard]] std::vector<std::string_view> global_value_names();

}  // namespace tfevents::cli
