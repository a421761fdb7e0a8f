#pragma once

#include <string>
#include <string_view>

namespace tfevents {

// Machine formats hold names as they are. Shown on a terminal, what `printable` escapes would act
// on it; these write the same answer without. Whole characters only: a piece must not end inside of
// one.

/// The same JSON: such characters become `\uXXXX`, two of them beyond U+FFFF. Line ends stay.
[[nodiscard]] std::string json_for_terminal(std::string_view json);

/// CSV to look at: such characters are written as `printable` writes them. Line ends stay.
[[nodiscard]] std::string csv_for_terminal(std::string_view csv);

}  // namespace tfevents
