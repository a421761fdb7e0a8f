#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "cli/command.hpp"

namespace tfevents::gendocs {

// Manual pages from the option table and the prose of man/src. Errors: kFormat, naming the prose
// file, for a section that is missing and for an option mentioned that does not exist.

/// tfevents(1).
[[nodiscard]] Result<std::string> program_page(std::string_view prose, std::string_view path);

/// tfevents-COMMAND(1).
[[nodiscard]] Result<std::string> command_page(const cli::CommandSpec& spec, std::string_view prose,
                                               std::string_view path);

/// A page without options, as tfevents-output(5).
[[nodiscard]] Result<std::string> topic_page(std::string_view name, int section,
                                             std::string_view summary, std::string_view prose,
                                             std::string_view path);

/// Checks the `--flag` mentions in the option table itself.
[[nodiscard]] Status check_option_details();

}  // namespace tfevents::gendocs
