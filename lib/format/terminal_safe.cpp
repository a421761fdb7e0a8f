#include "format/terminal_safe.hpp"

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace tfevents {
namespace {

void append_unit(std::string& out, char32_t unit) {
  constexpr char kHex[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(unit >> shift) & 0xFU];
}

void append_json_escape(std::string& out, char32_t code) {
  if (code <= 0xFFFF) return append_unit(out, code);
  const char32_t rest = code - 0x10000;
  append_unit(out, 0xD800 + (rest >> 10U));
  append_unit(out, 0xDC00 + (rest & 0x3FFU));
}

bool harmless(char c) {
  return (c >= ' ' && c <= '~') || c == '\n';
}

/// `text` with each character that `printable` escapes replaced by `escape(out, code, escaped)`.
template <class Escape>
std::string escaped(std::string_view text, Escape escape) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    std::size_t run = 0;
    while (run < text.size() && harmless(text[run])) ++run;
    out += text.substr(0, run);
    text.remove_prefix(run);
    const Utf8Step step = next_utf8(text);
    const std::string_view bytes = text.substr(0, step.size);
    const std::string shown = printable(bytes);
    if (shown == bytes) {
      out += bytes;
    } else {
      escape(out, step.code, shown);
    }
    text.remove_prefix(step.size);
  }
  return out;
}

}  // namespace

std::string json_for_terminal(std::string_view json) {
  return escaped(json, [](std::string& out, char32_t code, const std::string&) {
    append_json_escape(out, code);
  });
}

std::string csv_for_terminal(std::string_view csv) {
  return escaped(csv, [](std::string& out, char32_t, const std::string& shown) { out += shown; });
}

}  // namespace tfevents
