#include "lines.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace tfevents::render {
namespace {

// Bytes of a text that take up to `width` columns; one character at least.
std::size_t fitting(std::string_view text, std::size_t width) {
  std::size_t end = 0, used = 0;
  while (end < text.size()) {
    const Utf8Step step = next_utf8(text.substr(end));
    used += char_width(step.code);
    if (used > width && end > 0) break;
    end += step.size;
  }
  return end;
}

// Up to the first blank that is none between groups of digits.
std::string_view first_word(std::string_view text) {
  const auto digit = [&](std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '9';
  };
  std::size_t end = text.find(' ');
  while (end != std::string_view::npos && end > 0 && digit(end - 1) && digit(end + 1))
    end = text.find(' ', end + 1);
  return text.substr(0, end);
}

}  // namespace

std::vector<std::string> broken_into_lines(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  std::size_t used = 0;
  while (!text.empty()) {
    std::string_view word = first_word(text);
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    std::size_t wide = display_width(word);
    if (!line.empty() && used + 1 + wide > width) {
      line.erase(line.find_last_not_of(' ') + 1);
      lines.push_back(std::exchange(line, {}));
    }
    for (; line.empty() && wide > width; wide = display_width(word)) {
      const std::size_t part = fitting(word, width);
      if (part == word.size()) break;
      lines.emplace_back(word.substr(0, part));
      word.remove_prefix(part);
    }
    used = (line.empty() ? 0 : used + 1) + wide;
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

std::string wrapped(std::string_view text, std::size_t width) {
  std::string out;
  for (const std::string& line : broken_into_lines(text, width)) out += line + '\n';
  return out;
}

}  // namespace tfevents::render
