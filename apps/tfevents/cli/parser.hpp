#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "options.hpp"

namespace tfevents::cli {

/// Parses the words behind the program's name (without the command's own) into the variables bound
/// to `options`.
///
/// Every option that can be understood is stored before the first Error is returned, so that the
/// caller knows the wanted error format and whether help was asked for. No abbreviations; `--` ends
/// the options; `-x=V` and `--exclude=V` are V. The only caller of CLI11. Errors: kUsage. `command`
/// names the command in hints (`ls`; empty for none).
[[nodiscard]] Status parse_words(std::span<const Option> options,
                                 std::span<const std::string> words, std::string_view command);

/// The CLI11 version compiled in.
[[nodiscard]] std::string_view parser_version() noexcept;

}  // namespace tfevents::cli
