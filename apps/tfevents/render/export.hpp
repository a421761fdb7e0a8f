#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ops/export.hpp"

namespace tfevents::render {

enum class ExportText : std::uint8_t {
  kCsv,
  kTensorBoard,  ///< The bytes of TensorBoard's own download: no names, CRLF, widened doubles.
  kJsonl,
};

/// Exported points as text; `wide` for tables with a column a tag. Thread-safe after `begin`; the
/// writers it makes are not.
[[nodiscard]] std::unique_ptr<ops::ExportFormat> export_format(ExportText text, bool wide);

/// What stands above the columns of `tags`, or in front of their values: the tag, invalid bytes
/// written `\xHH`, behind `tag:` where that is in `taken` already. No two are the same.
[[nodiscard]] std::vector<std::string> column_labels(const std::vector<std::string>& tags,
                                                     const std::vector<std::string>& taken);

}  // namespace tfevents::render
