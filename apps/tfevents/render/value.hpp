#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "logdir/decoded_value.hpp"

namespace tfevents::render {

/// Appends the `value` of a point that is no scalar as JSON: the objects of OUTPUT.md, one for each
/// kind.
void append_json_value(std::string& out, const DecodedValue& value);

/// The one text that a value holds, raw bytes: all that CSV has room for. Nothing for other values.
[[nodiscard]] std::optional<std::string_view> only_text(const DecodedValue& value);

/// `[28, 28, 3]`.
[[nodiscard]] std::string tensor_shape_text(const Shape& shape);

/// A few words for people, safe for a terminal: `224×224 png, 12 KiB`.
[[nodiscard]] std::string describe_value(const DecodedValue& value);

}  // namespace tfevents::render
