#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ops/best.hpp"

namespace tfevents::ops {
namespace {

constexpr std::string_view kStep = "{step}";

/// True when a text matches a pattern in which `*` stands for any text.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t star = std::string_view::npos, resume = 0, p = 0, t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

/// The steps that a name may stand for: every run of digits between a matching front and end.
std::optional<std::int64_t> step_in(std::string_view name, std::string_view front,
                                    std::string_view end) {
  std::optional<std::int64_t> step;
  for (std::size_t from = 0; from < name.size(); ++from) {
    const bool digit = name[from] >= '0' && name[from] <= '9';
    const bool inside = from > 0 && name[from - 1] >= '0' && name[from - 1] <= '9';
    if (!digit || inside) continue;
    std::int64_t value = 0;
    const auto [stop, error] =
        std::from_chars(name.data() + from, name.data() + name.size(), value);
    const auto to = static_cast<std::size_t>(stop - name.data());
    if (error == std::errc{} && matches(front, name.substr(0, from)) &&
        matches(end, name.substr(to)))
      step = value;
  }
  return step;
}

std::uint64_t distance(std::int64_t a, std::int64_t b) {
  const auto x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
  return a > b ? x - y : y - x;
}

/// The nearest so far.
struct Nearest {
  std::int64_t wanted;
  std::optional<std::pair<std::int64_t, std::string>> found = {};

  void offer(std::int64_t step, std::string path) {
    const auto better = [&] {
      const std::uint64_t now = distance(step, wanted), best = distance(found->first, wanted);
      if (now != best) return now < best;
      return step != found->first ? step < found->first : path < found->second;
    };
    if (!found || better()) found.emplace(step, std::move(path));
  }
};

bool is_directory(Sys& sys, const DirEntry& entry, const std::string& path) {
  if (entry.type) return *entry.type == FileType::kDirectory;
  const auto info = sys.lstat(path);
  return info.ok() && info->type == FileType::kDirectory;
}

// Parts of the pattern below `directory`; `step` is known once its part has been matched.
void look(Sys& sys, const std::string& directory, std::string_view pattern,
          std::optional<std::int64_t> step, Nearest& nearest) {
  const std::size_t slash = pattern.find('/');
  const std::string_view part = pattern.substr(0, slash);
  const bool last = slash == std::string_view::npos;
  const auto go_on = [&](const std::string& path, std::optional<std::int64_t> known) {
    if (!last) return look(sys, path, pattern.substr(slash + 1), known, nearest);
    if (known && sys.stat(path).ok()) nearest.offer(*known, path);
  };
  const std::size_t at = part.find(kStep);
  if (at == std::string_view::npos && part.find('*') == std::string_view::npos)
    return go_on(join_path(directory, std::string(part)), step);
  const auto listed = sys.list(directory);
  if (!listed.ok()) return;
  for (const DirEntry& entry : listed->entries) {
    std::optional<std::int64_t> known = step;
    if (at == std::string_view::npos) {
      if (!matches(part, entry.name)) continue;
    } else {
      known = step_in(entry.name, part.substr(0, at), part.substr(at + kStep.size()));
      if (!known) continue;
    }
    // Links to directories are followed where they are named, not where they are found: else a loop
    // would be many trees.
    const std::string path = join_path(directory, entry.name);
    if (!last && !is_directory(sys, entry, path)) continue;
    go_on(path, known);
  }
}

}  // namespace

Result<std::optional<std::string>> nearest_checkpoint(Sys& sys, const std::string& directory,
                                                      const std::string& pattern,
                                                      std::int64_t step) {
  const std::size_t at = pattern.find(kStep);
  if (at == std::string::npos || pattern.find(kStep, at + 1) != std::string::npos) {
    return Error{.code = ErrorCode::kUsage,
                 .message = "--files: the name needs one {step}: " + pattern,
                 .hint = "for example --files 'ckpt-{step}.pt'"};
  }
  Nearest nearest{step};
  const bool absolute = pattern.starts_with('/');
  look(sys, absolute ? "/" : directory, std::string_view(pattern).substr(absolute ? 1 : 0),
       std::nullopt, nearest);
  if (!nearest.found) return std::optional<std::string>();
  return std::optional(std::move(nearest.found->second));
}

}  // namespace tfevents::ops
