#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tfevents::gendocs {

/// One `# HEADING` of a prose file with the lines below it.
struct Section {
  std::string heading;
  std::string body;
};

/// Splits man/src/*.md at its `# HEADING` lines. Errors: kFormat for text before the first one.
[[nodiscard]] Result<std::vector<Section>> parse_prose(std::string_view text,
                                                       std::string_view path);

/// A section's body as roff. The Markdown subset: paragraphs, `## sub-headings`, `- items`, fenced
/// blocks, definitions (a line, and below it one that begins with `: `), and inside lines `code`
/// and *emphasis*. Nothing else has a meaning.
[[nodiscard]] std::string to_roff(std::string_view body);

/// Running text as roff: escaped, with `code` in bold and *emphasis* in italics.
[[nodiscard]] std::string inline_roff(std::string_view text);

/// Text as it is: every character with a meaning in roff escaped, hyphens as minus signs, non-ASCII
/// by number.
[[nodiscard]] std::string literal_roff(std::string_view text);

/// `--flag` words that a text mentions, in order.
[[nodiscard]] std::vector<std::string> mentioned_flags(std::string_view text);

}  // namespace tfevents::gendocs
