#include "logdir/trial_names.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tfevents::trial_names {
namespace {

constexpr std::array<std::pair<std::string_view, RoleClass>, 10> kRoles{{
    {"train", RoleClass::kTraining},
    {"training", RoleClass::kTraining},
    {"learn", RoleClass::kTraining},
    {"validation", RoleClass::kEvaluation},
    {"valid", RoleClass::kEvaluation},
    {"val", RoleClass::kEvaluation},
    {"dev", RoleClass::kEvaluation},
    {"eval", RoleClass::kEvaluation},
    {"evaluation", RoleClass::kEvaluation},
    {"test", RoleClass::kTest},
}};

bool is_kept_in_tags(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '/' || static_cast<unsigned char>(c) >= 0x80;
}

// True when `directory` is how a directory spells the tag `main`.
bool spells(std::string_view directory, std::string_view main, bool slashes_replaced) noexcept {
  return std::equal(directory.begin(), directory.end(), main.begin(), main.end(),
                    [&](char in_directory, char in_tag) {
                      if (in_tag == '/' && slashes_replaced) return in_directory == '_';
                      return in_directory == in_tag ||
                             (in_tag == '_' && !is_kept_in_tags(in_directory));
                    });
}

}  // namespace

std::optional<RoleClass> role_of(std::string_view leaf) noexcept {
  for (const auto& [name, role] : kRoles) {
    if (leaf == name) return role;
  }
  if (leaf.starts_with("eval_")) return RoleClass::kEvaluation;
  return std::nullopt;
}

std::string_view leaf_of(std::string_view name) noexcept {
  return name.substr(name.rfind('/') + 1);
}

std::string_view parent_of(std::string_view name) noexcept {
  const std::size_t slash = name.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return name.substr(0, std::max<std::size_t>(slash, 1));
}

ScalarsName add_scalars_name(std::string_view run_name, std::string_view base,
                             std::string_view main) noexcept {
  std::string_view below = run_name;
  // Names below `.` and `/` do not begin with that and a slash.
  if (base == "/") {
    below.remove_prefix(1);
  } else if (base != "." || run_name.starts_with("./")) {
    below.remove_prefix(std::min(base.size() + 1, below.size()));
  }
  if (main.empty() || below.size() < main.size() + 2) return {};
  const std::string_view front = below.substr(0, main.size());
  const char after = below[main.size()];
  if ((after == '/' && spells(front, main, false)) || (after == '_' && spells(front, main, true)))
    return {below.substr(main.size() + 1)};
  return {};
}

bool is_role_path(std::string_view prefix, std::string_view name) noexcept {
  while (!prefix.empty()) {
    const std::string_view role = prefix.substr(0, prefix.find('/'));
    if (!role_of(role)) return false;
    for (;;) {
      if (name.empty()) return false;
      const std::string_view part = name.substr(0, name.find('/'));
      name.remove_prefix(std::min(part.size() + 1, name.size()));
      if (part == role) break;
    }
    prefix.remove_prefix(std::min(role.size() + 1, prefix.size()));
  }
  return true;
}

bool ends_as_scalars(std::string_view name, std::string_view main, std::string_view key) noexcept {
  if (key.empty() || name.size() < main.size() + 1 + key.size() || !name.ends_with(key))
    return false;
  name.remove_suffix(key.size());
  const char between = name.back();
  name.remove_suffix(1);
  const std::string_view spelled = name.substr(name.size() - main.size());
  return (between == '/' && spells(spelled, main, false)) ||
         (between == '_' && spells(spelled, main, true));
}

}  // namespace tfevents::trial_names
