#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "expr/nodes.hpp"

namespace tfevents {
namespace {

// A terminal's 80 columns, less what messages put before these lines.
constexpr std::size_t kColumns = 72;
constexpr std::size_t kColumnsBefore = 48;

/// One character as it is shown.
struct Shown {
  std::string text;
  std::size_t width = 0;
};

std::vector<Shown> characters(std::string_view text) {
  std::vector<Shown> all;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, next_utf8(text).size);
    std::string safe = printable(one);
    const std::size_t width = display_width(safe);
    all.push_back({std::move(safe), width});
    text.remove_prefix(one.size());
  }
  return all;
}

std::size_t width_of(const std::vector<Shown>& all) {
  std::size_t width = 0;
  for (const Shown& one : all) width += one.width;
  return width;
}

/// The position people count: characters from 1.
std::size_t position(std::string_view text, std::size_t at) {
  std::size_t characters = 1;
  for (std::size_t byte = 0; byte < at; ++characters) byte += next_utf8(text.substr(byte)).size;
  return characters;
}

}  // namespace

std::string point_at(std::string_view text, std::size_t at) {
  at = std::min(at, text.size());
  std::vector<Shown> before = characters(text.substr(0, at));
  std::vector<Shown> after = characters(text.substr(at));
  std::string line;
  std::size_t column = width_of(before);
  std::size_t rest = width_of(after);
  if (column + rest > kColumns && column > kColumnsBefore) {
    auto first = before.begin();
    // Where little follows there is more room in front.
    const std::size_t room = std::max(kColumnsBefore, kColumns - std::min(rest, kColumns));
    for (; first != before.end() && column + 1 > room; ++first) column -= first->width;
    before.erase(before.begin(), first);
    line = "…";
    ++column;
  }
  for (const Shown& one : before) line += one.text;
  const bool cut = column + rest > kColumns;
  if (cut) {
    while (!after.empty() && column + rest + 1 > kColumns) {
      rest -= after.back().width;
      after.pop_back();
    }
  }
  for (const Shown& one : after) line += one.text;
  if (cut) line += "…";
  return line + '\n' + std::string(column, ' ') + '^';
}

namespace syntax {

std::string shown(std::string_view typed) {
  return elide_middle(printable(typed), 60);
}

Error expression_error(std::string_view text, std::size_t at, std::string_view what,
                       std::string hint) {
  return {.code = ErrorCode::kUsage,
          .message = fmt::format("bad expression '{}': {} at character {}", shown(text), what,
                                 position(text, at)),
          .hint = std::move(hint),
          .excerpt = text.empty() ? std::string() : point_at(text, at)};
}

}  // namespace syntax

}  // namespace tfevents
