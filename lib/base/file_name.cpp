#include "base/file_name.hpp"

#include <cstddef>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace tfevents {
namespace {

// With a number and an extension behind it, well below the 255 bytes that file systems take.
constexpr std::size_t kMostBytes = 200;

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
  std::string out;
  while (!name.empty()) {
    const Utf8Step step = next_utf8(name);
    const std::string_view character = name.substr(0, step.size);
    name.remove_prefix(step.size);
    if (out.size() + step.size > kMostBytes) break;
    if (stays(character, step)) {
      out += character;
    } else {
      out += '_';
    }
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
  const std::size_t times = ++given_[safe];
  // No safe name holds a `~`, so this one is new too.
  return times == 1 ? safe : safe + "~" + std::to_string(times);
}

}  // namespace tfevents
