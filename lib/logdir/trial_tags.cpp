#include <map>
#include <utility>

#include "logdir/trial_names.hpp"
#include "logdir/trials.hpp"

namespace tfevents {

std::string Member::trial_tag(std::string_view local) const {
  std::string tag = prefix;
  return tag.append(local).append(suffix);
}

std::optional<std::string_view> Member::local_tag(std::string_view tag) const noexcept {
  if (tag.size() < prefix.size() + suffix.size() || !tag.starts_with(prefix) ||
      !tag.ends_with(suffix))
    return std::nullopt;
  return tag.substr(prefix.size(), tag.size() - prefix.size() - suffix.size());
}

TagMatch resolve(const Trial& trial, std::string_view tag, const HasTag& has) {
  TagMatch match;
  for (const Member& member : trial.members) {
    const auto local = member.local_tag(tag);
    if (!local || !has(member.run, *local)) continue;
    TagPlace place{member.run, std::string(*local), std::string(tag)};
    if (match.found) {
      match.hidden.push_back(std::move(place));
    } else {
      match.found = std::move(place);
    }
  }
  if (match.found) return match;
  for (const Member& member : trial.members) {
    if (has(member.run, tag))
      match.ambiguous.push_back({member.run, std::string(tag), member.trial_tag(tag)});
  }
  if (match.ambiguous.size() == 1) {
    match.found = std::move(match.ambiguous.front());
    match.ambiguous.clear();
  }
  return match;
}

std::vector<TagPlace> tags_of(
    const Trial& trial,
    const std::function<std::vector<std::string>(std::size_t run)>& scalar_tags) {
  std::map<std::string, TagPlace> places;
  for (const Member& member : trial.members) {
    for (std::string& local : scalar_tags(member.run)) {
      std::string tag = member.trial_tag(local);
      places.try_emplace(tag, TagPlace{member.run, std::move(local), tag});
    }
  }
  std::vector<TagPlace> out;
  out.reserve(places.size());
  for (auto& [tag, place] : places) out.push_back(std::move(place));
  return out;
}

bool is_role(std::string_view leaf) noexcept {
  return trial_names::role_of(leaf).has_value();
}

bool may_serve(std::string_view run_name, std::string_view local_tag,
               std::string_view wanted) noexcept {
  if (wanted == local_tag) return true;
  if (wanted.size() < local_tag.size() + 2) return false;
  // The local tag stands in what is wanted, roles before it and a key of add_scalars behind it.
  for (std::size_t at = 0; at + local_tag.size() <= wanted.size(); ++at) {
    if (at != 0) {
      at = wanted.find('/', at - 1);
      if (at == std::string_view::npos) return false;
      ++at;
    }
    if (!wanted.substr(at).starts_with(local_tag)) continue;
    const std::string_view behind = wanted.substr(at + local_tag.size());
    const bool fits =
        behind.empty() || (behind.front() == '/' &&
                           trial_names::ends_as_scalars(run_name, local_tag, behind.substr(1)));
    if (fits && trial_names::is_role_path(wanted.substr(0, at), run_name)) return true;
  }
  return false;
}

}  // namespace tfevents
