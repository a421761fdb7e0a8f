#include "base/text.hpp"

#include <cstring>

#include <utf8proc.h>

#include "base/bytes.hpp"
#include "base/utf8.hpp"

namespace tfevents {
namespace {

constexpr char kHex[] = "0123456789abcdef";

/// Appends `prefix` and the lowest `digits` hexadecimal digits of `value`.
void append_hex(std::string& out, const char* prefix, std::uint32_t value, int digits) {
  out += prefix;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += kHex[(value >> shift) & 0xFU];
}

/// Length of the ASCII run that `text` begins with.
std::size_t ascii_run(std::string_view text) noexcept {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    if ((load_le<std::uint64_t>(text.data() + i) & 0x8080808080808080U) != 0) break;
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

/// True for what must not reach a terminal raw: it would act, reorder its neighbours, or be
/// invisible.
bool is_unprintable(char32_t code) noexcept {
  if (code < 0x20 || (code >= 0x7F && code < 0xA0)) return true;
  if (code < 0xA0) return false;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code))) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return true;
    default: break;
  }
  // Letters and marks that draw nothing (two names could look alike), noncharacters, and the block
  // of tag characters, whose reserved positions are invisible, too.
  return code == 0x034F || code == 0x115F || code == 0x1160 || code == 0x3164 || code == 0xFFA0 ||
         (code & 0xFFFEU) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF) ||
         (code >= 0xE0000 && code <= 0xE0FFF);
}

void append_escaped(std::string& out, char32_t code) {
  switch (code) {
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  // `\xHH` above 0x7f means an invalid byte, so C1 controls take the longer form.
  if (code < 0x80) {
    append_hex(out, "\\x", code, 2);
  } else if (code <= 0xFFFF) {
    append_hex(out, "\\u", code, 4);
  } else {
    append_hex(out, "\\U", code, 8);
  }
}

void append_bytes_escaped(std::string& out, std::string_view bytes) {
  for (const char c : bytes) append_hex(out, "\\x", static_cast<unsigned char>(c), 2);
}

/// Splits the digit run that `text` begins with off, without its leading zeros.
std::string_view take_number(std::string_view& text) noexcept {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  std::string_view number = text.substr(0, end);
  text.remove_prefix(end);
  while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
  return number;
}

int sign(int value) noexcept {
  return value < 0 ? -1 : (value > 0 ? 1 : 0);
}

/// One part of two names: naturally, ties by bytes. The ties are decided here and not over the
/// whole name, so that everything below one directory stays together (`a01/…` never interleaves
/// with `a1/…`).
int compare_part(std::string_view a, std::string_view b) noexcept {
  const std::string_view whole_a = a;
  const std::string_view whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view x = take_number(a);
      const std::string_view y = take_number(b);
      if (x.size() != y.size()) return x.size() < y.size() ? -1 : 1;
      if (const int order = x.compare(y); order != 0) return sign(order);
      continue;
    }
    if (a.front() != b.front()) {
      return static_cast<unsigned char>(a.front()) < static_cast<unsigned char>(b.front()) ? -1 : 1;
    }
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  if (a.empty() != b.empty()) return a.empty() ? -1 : 1;
  return sign(whole_a.compare(whole_b));
}

// Nearly every name and number: ASCII without control characters, a column each.
bool is_plain(std::string_view text) noexcept {
  bool plain = true;
  for (const char c : text) plain = plain && c >= ' ' && c <= '~';
  return plain;
}

}  // namespace

bool is_valid_utf8(std::string_view text) noexcept {
  while (true) {
    text.remove_prefix(ascii_run(text));
    if (text.empty()) return true;
    const Utf8Step step = next_utf8(text);
    if (!step.valid) return false;
    text.remove_prefix(step.size);
  }
}

std::string to_valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Utf8Step step = next_utf8(text);
    out += step.valid ? text.substr(0, step.size) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(step.size);
  }
  return out;
}

std::string escape_invalid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Utf8Step step = next_utf8(text);
    const std::string_view bytes = text.substr(0, step.size);
    if (step.valid) {
      out += bytes;
    } else {
      append_bytes_escaped(out, bytes);
    }
    text.remove_prefix(step.size);
  }
  return out;
}

std::string to_base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  while (!bytes.empty()) {
    const std::size_t n = bytes.size() < 3 ? bytes.size() : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = (group << 8U) | (i < n ? static_cast<unsigned char>(bytes[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= n ? kDigits[(group >> (18U - 6U * i)) & 0x3FU] : '=';
    }
    bytes.remove_prefix(n);
  }
  return out;
}

std::size_t char_width(char32_t code) noexcept {
  if (code < 0x7F) return code < 0x20 ? 0 : 1;
  const int width = utf8proc_charwidth(static_cast<utf8proc_int32_t>(code));
  if (width > 0) return static_cast<std::size_t>(width);
  // The library says 0 for what it does not know (newer or private characters); terminals draw a
  // box.
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code))) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO: return 1;
    default: return 0;
  }
}

std::size_t display_width(std::string_view text) noexcept {
  if (is_plain(text)) return text.size();
  std::size_t columns = 0;
  while (!text.empty()) {
    const Utf8Step step = next_utf8(text);
    columns += char_width(step.code);
    text.remove_prefix(step.size);
  }
  return columns;
}

std::string printable(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Utf8Step step = next_utf8(text);
    const std::string_view bytes = text.substr(0, step.size);
    if (!step.valid) {
      append_bytes_escaped(out, bytes);
    } else if (is_unprintable(step.code)) {
      append_escaped(out, step.code);
    } else {
      out += bytes;
    }
    text.remove_prefix(step.size);
  }
  return out;
}

std::string elide_middle(std::string_view text, std::size_t columns) {
  const std::size_t total = display_width(text);
  if (total <= columns) return std::string(text);
  if (columns == 0) return {};
  // The end of a name tells more than its beginning (`…/seed0`), so it gets the odd column.
  const std::size_t tail_room = columns / 2;
  std::size_t tail_start = text.size();
  std::size_t tail_width = 0;
  std::size_t before = 0;  // Columns before `at`.
  // Cuts are made only before a character that takes columns: combining marks stay with their base.
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Step step = next_utf8(text.substr(at));
    const std::size_t width = char_width(step.code);
    if (width > 0 && total - before <= tail_room) {
      tail_start = at;
      tail_width = total - before;
      break;
    }
    before += width;
    at += step.size;
  }
  const std::size_t head_room = columns - 1 - tail_width;
  std::size_t head_end = 0;
  before = 0;
  for (std::size_t at = 0; at < tail_start;) {
    const Utf8Step step = next_utf8(text.substr(at));
    const std::size_t width = char_width(step.code);
    if (before + width > head_room) break;
    before += width;
    at += step.size;
    head_end = at;
  }
  std::string out(text.substr(0, head_end));
  out += "\xE2\x80\xA6";  // U+2026, one column.
  out += text.substr(tail_start);
  return out;
}

int natural_compare(std::string_view a, std::string_view b) noexcept {
  while (true) {
    const std::size_t end_a = a.find('/');
    const std::size_t end_b = b.find('/');
    if (const int order = compare_part(a.substr(0, end_a), b.substr(0, end_b)); order != 0)
      return order;
    if (end_a == std::string_view::npos || end_b == std::string_view::npos) {
      if (end_a == end_b) return 0;
      return end_a == std::string_view::npos ? -1 : 1;
    }
    a.remove_prefix(end_a + 1);
    b.remove_prefix(end_b + 1);
  }
}

}  // namespace tfevents
