#include <vector>

#include "expr/lexer.hpp"
#include "expr/nodes.hpp"

namespace tfevents {
namespace {

// Each is evaluated for every run.
constexpr std::size_t kMaxItems = 1000;

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && syntax::is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && syntax::is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// True for a double quote that begins a text. Behind a letter it is part of a name that stands as
/// it is: `last(5"rim)`.
bool opens_text(std::string_view text, std::size_t at) noexcept {
  if (text[at] != '"') return false;
  if (at == 0) return true;
  const char before = text[at - 1];
  const bool beyond_ascii = (static_cast<unsigned char>(before) & 0x80U) != 0;
  return !syntax::is_letter(before) && !is_digit(before) && !beyond_ascii;
}

/// Behind the double quote that closes the one at `at`; npos where there is none.
std::size_t end_of_quoted(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return std::string_view::npos;
}

}  // namespace

Result<std::vector<std::string>> split_items(std::string_view text) {
  std::vector<std::string> items;
  std::size_t begin = 0;
  std::size_t depth = 0;
  for (std::size_t at = 0; at <= text.size();) {
    const char c = at < text.size() ? text[at] : ',';
    if (c == '"' && opens_text(text, at)) {
      const std::size_t end = end_of_quoted(text, at);
      if (end == std::string_view::npos)
        return syntax::expression_error(text, at, "'\"' is not closed",
                                        R"(in double quotes, \" stands for the quote itself)");
      at = end;
      continue;
    }
    if (c == '(' || c == '[' || c == '{') ++depth;
    if ((c == ')' || c == ']' || c == '}') && depth > 0) --depth;
    // What an open bracket keeps together is an item that Expression::parse complains about.
    if (at == text.size() || (c == ',' && depth == 0)) {
      const std::string_view item = trimmed(text.substr(begin, at - begin));
      if (item.empty())
        return syntax::expression_error(text, begin, "an item of the list is empty");
      if (items.size() == kMaxItems)
        return syntax::expression_error(text, begin, "more than 1,000 items in a list");
      items.emplace_back(item);
      begin = at + 1;
    }
    ++at;
  }
  return items;
}

}  // namespace tfevents
