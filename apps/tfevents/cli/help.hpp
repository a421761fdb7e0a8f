#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"

namespace tfevents::cli {

/// Columns that help never exceeds.
inline constexpr std::size_t kHelpWidth = 79;

/// `-h` is the short form: one line an option. `--help` adds the details and the exit statuses.
enum class HelpForm : std::uint8_t { kShort, kLong };

/// Help of the program: its commands and the options that all of them take.
[[nodiscard]] std::string program_help(HelpForm form, bool color);

/// Help of one command.
[[nodiscard]] std::string command_help(const CommandSpec& spec, HelpForm form, bool color);

/// `[OPTIONS] [PATH ...]`: what follows the command's name.
[[nodiscard]] std::string synopsis(const std::vector<Option>& options);

/// `-t, --tag PATTERN`: an option as help and manual pages show it.
[[nodiscard]] std::string option_heading(const OptionSpec& spec);

/// Breaks paragraphs (separated by blank lines) at blanks so that lines, indented by `indent`, fit
/// into kHelpWidth.
[[nodiscard]] std::string wrap(std::string_view text, std::size_t indent);

}  // namespace tfevents::cli
