#pragma once

#include <string>
#include <string_view>

namespace tfevents::test {

/// True where a function of series takes the name as it is, without quotes.
inline bool raw_possible(std::string_view tag) {
  if (tag.empty() || tag.front() == '"') return false;
  for (const char end : {tag.front(), tag.back()}) {
    if (end == ' ' || (end >= '\t' && end <= '\r')) return false;
  }
  std::string open;
  for (const char c : tag) {
    if (open.empty() && std::string_view(",<>=!)").find(c) != std::string_view::npos) return false;
    if (c == '(') open += ')';
    if (c == '[') open += ']';
    if (c == '{') open += '}';
    if (!open.empty() && (c == ')' || c == ']' || c == '}')) {
      if (open.back() != c) return false;
      open.pop_back();
    }
  }
  return open.empty();
}

/// The name, or any text, as it stands in double quotes.
inline std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace tfevents::test
