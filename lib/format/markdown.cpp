#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "format/table.hpp"

namespace tfevents {
namespace {

bool is_word(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= 'a' && byte <= 'z');
}

/// Escapes what Markdown would take for markup; `text` is one line already.
std::string escape_markdown(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    bool escape = std::string_view("\\|`*<>[]&~").find(c) != std::string_view::npos;
    if (c == '_') {
      // Inside of words it means nothing, and names full of `\_` are hard to read in the source.
      escape = i == 0 || i + 1 == text.size() || !is_word(text[i - 1]) || !is_word(text[i + 1]);
    }
    if (escape) out += '\\';
    out += c;
  }
  return out;
}

bool stands_right(const Table& table, std::size_t index) {
  const Align asked = table.columns()[index].align;
  if (asked != Align::kAuto) return asked != Align::kLeft;
  bool any = false;
  for (const auto& row : table.rows()) {
    if (row[index].is_null()) continue;
    if (!row[index].is_numeric()) return false;
    any = true;
  }
  return any;
}

}  // namespace

std::string render_markdown(const Table& table) {
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < table.columns().size(); ++i) {
    if (table.columns()[i].people) shown.push_back(i);
  }
  std::string out;
  std::string rule;
  for (const std::size_t i : shown) {
    out += "| " + escape_markdown(printable(table.columns()[i].header)) + " ";
    rule += stands_right(table, i) ? "|---:" : "|---";
  }
  out += "|\n" + rule + "|\n";
  for (const auto& row : table.rows()) {
    for (const std::size_t i : shown) {
      out += "| " + row[i].prefix() +
             escape_markdown(row[i].human(table.columns()[i].significant)) + " ";
    }
    out += "|\n";
  }
  return out;
}

}  // namespace tfevents
