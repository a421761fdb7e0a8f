#include "ops/unseen.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/text.hpp"
#include "io/sys.hpp"
#include "logdir/trials.hpp"

namespace tfevents::ops {
namespace {

std::size_t parts_of(std::string_view name) {
  if (name.empty()) return 0;
  return 1 + static_cast<std::size_t>(std::count(name.begin(), name.end(), '/'));
}

std::string_view first_parts(std::string_view name, std::size_t parts) {
  std::size_t end = 0;
  while (parts > 0 && end != std::string_view::npos) {
    end = name.find('/', end + (end == 0 ? 0 : 1));
    --parts;
  }
  return name.substr(0, end);
}

// Whether the name of something below a directory can match a pattern that the directory does not.
bool may_match_below(const Pattern& pattern, std::string_view directory) {
  std::string_view text = pattern.text();
  if (text.starts_with("re:")) return true;
  // From there on any number of parts may follow.
  const std::size_t open = text.find("**");
  if (open != std::string_view::npos) {
    const std::size_t slash = text.substr(0, open).rfind('/');
    text = slash == std::string_view::npos ? std::string_view() : text.substr(0, slash);
  }
  while (text.ends_with('/')) text.remove_suffix(1);
  if (open == std::string_view::npos && parts_of(text) <= parts_of(directory)) return false;
  const std::size_t parts = std::min(parts_of(text), parts_of(directory));
  if (parts == 0) return true;
  const auto above = Pattern::parse(first_parts(text, parts), Pattern::Scope::kName);
  return !above.ok() || above->matches(first_parts(directory, parts));
}

// What lies there as names of runs say it; nothing where it is the operand or lies outside.
std::optional<std::string> name_of(std::string_view path, const Selection& select) {
  std::string operand = select.operands.empty() ? select.logdir : select.operands.front();
  while (operand.size() > 1 && operand.back() == '/') operand.pop_back();
  const auto below = [&](std::string_view directory) -> std::optional<std::string_view> {
    if (directory == ".") return path.starts_with("./") ? path.substr(2) : path;
    if (!path.starts_with(directory)) return std::nullopt;
    std::string_view rest = path.substr(directory.size());
    if (!directory.ends_with('/') && !rest.starts_with('/')) return std::nullopt;
    while (rest.starts_with('/')) rest.remove_prefix(1);
    return rest;
  };
  std::optional<std::string> name;
  if (const auto rest = below(operand)) {
    name = *rest;
  } else if (const auto looked_up = below(join_path(select.logdir, operand))) {
    name = join_path(operand, *looked_up);
  }
  if (name && name->empty()) name.reset();
  return name;
}

// A child that is excluded by its own name may still belong to a trial that is not.
bool is_excluded(const std::string& name, const Selection& select) {
  if (!any_matches(select.exclude, name)) return false;
  const std::size_t slash = name.rfind('/');
  const bool top = slash == std::string::npos;
  return !is_role(top ? name : name.substr(slash + 1)) ||
         any_matches(select.exclude, top ? "." : name.substr(0, slash));
}

}  // namespace

bool may_be_selected(const Problem& problem, const Selection& select) {
  std::optional<std::string> name = problem.run;
  if (!name && problem.path) name = name_of(*problem.path, select);
  if (!name) return true;
  const std::string printed = printable(*name);
  if (is_excluded(printed, select)) return false;
  if (select.runs.empty() || any_matches(select.runs, printed)) return true;
  return !problem.run && std::any_of(select.runs.begin(), select.runs.end(),
                                     [&](const Pattern& p) { return may_match_below(p, printed); });
}

}  // namespace tfevents::ops
