#include "base/file_name.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include <utf8proc.h>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace tfevents {
namespace {

// With a number and an extension behind it, well below the 255 bytes that file systems take.
constexpr std::size_t kMostBytes = 200;
// `~` and eight digits: no other name has a `~` in it.
constexpr std::size_t kHashBytes = 9;

/// FNV-1a. Names that are cut at the same place stay apart; whoever makes two alike gets numbers.
std::string hash_of(std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3U;
  std::string out = "~";
  for (int shift = 28; shift >= 0; shift -= 4) out += "0123456789abcdef"[(hash >> shift) & 0xFU];
  return out;
}

/// What two names have in common that a file system without capitals, or one that composes
/// characters in its own way, takes for the same.
std::string folded(const std::string& name) {
  utf8proc_uint8_t* out = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(name.data()),
      static_cast<utf8proc_ssize_t>(name.size()), &out,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(out, &std::free);
  if (size < 0) return name;
  return {reinterpret_cast<const char*>(out), static_cast<std::size_t>(size)};
}

bool stays(std::string_view character, const Utf8Step& step) {
  if (!step.valid) return false;
  if (step.code >= 0x80) return printable(character) == character;
  const char c = character.front();
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') ||
         std::string_view(".+=@,()[]-_").find(c) != std::string_view::npos;
}

}  // namespace

std::string to_file_name(std::string_view name) {
  const std::string_view whole = name;
  std::string out;
  std::size_t cut = 0;  // Where there is room for the hash behind it.
  while (!name.empty()) {
    const Utf8Step step = next_utf8(name);
    const std::string_view character = name.substr(0, step.size);
    name.remove_prefix(step.size);
    if (out.size() + step.size > kMostBytes) {
      out.resize(cut);
      out += hash_of(whole);
      break;
    }
    if (stays(character, step)) {
      out += character;
    } else {
      out += '_';
    }
    if (out.size() + kHashBytes <= kMostBytes) cut = out.size();
  }
  if (out.empty()) return "_";
  // Neither hidden, `..`, nor an option of the next program.
  if (out.front() == '.' || out.front() == '-') out.front() = '_';
  // TensorBoard opens every file with this in its name.
  constexpr std::string_view kEventFile = "tfevents";
  for (auto at = out.find(kEventFile); at != std::string::npos; at = out.find(kEventFile, at))
    out.insert(at + 2, 1, '_');
  return out;
}

std::string FileNames::add(std::string_view name) {
  std::string safe = to_file_name(name);
  const std::size_t times = ++given_[folded(safe)];
  // No safe name ends in a `~` and a number of few digits, so this one is new too.
  return times == 1 ? safe : safe + "~" + std::to_string(times);
}

}  // namespace tfevents
