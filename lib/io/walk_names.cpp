#include "io/walk_names.hpp"

#include <algorithm>
#include <queue>
#include <utility>

#include "base/text.hpp"

namespace tfevents {

namespace {

/// True when a directory is `other` or lies below it, by their names.
bool is_within(const WalkedDirectory& directory, const WalkedDirectory& other) {
  const std::string& inner = directory.relative;
  const std::string& outer = other.relative;
  if (outer == ".") return true;
  return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '/');
}

Problem second_name(const std::string& root, const WalkedDirectory& from, const WalkedDirectory& to,
                    const std::string& name) {
  const std::string kept = printable(path_below(root, to.relative));
  const bool loop = is_within(from, to);
  Problem problem;
  problem.severity = Severity::kNote;
  problem.rule = loop ? "symlink-loop" : "duplicate-name";
  problem.path = join_path(path_below(root, from.relative), name);
  problem.message = loop ? "leads back to " + kept + ", which holds it; not followed"
                         : "the same directory as " + kept + "; read once";
  return problem;
}

struct Candidate {
  std::string relative;
  const DirectoryName* name = nullptr;
};

/// Puts the least name on top; equal names of different directories cannot be.
struct ComesLater {
  bool operator()(const Candidate& a, const Candidate& b) const {
    return natural_compare(a.relative, b.relative) > 0;
  }
};

}  // namespace

std::string relative_below(const std::string& relative, const std::string& name) {
  return relative == "." ? name : relative + "/" + name;
}

void choose_names(const std::string& root, std::vector<WalkedDirectory>& directories,
                  std::size_t real_count, std::vector<DirectoryName> names,
                  std::vector<Problem>& problems) {
  std::stable_sort(names.begin(), names.end(),
                   [](const DirectoryName& a, const DirectoryName& b) { return a.from < b.from; });
  std::vector<bool> named(directories.size(), false);
  std::fill_n(named.begin(), real_count, true);

  std::priority_queue<Candidate, std::vector<Candidate>, ComesLater> candidates;
  const auto offer_names_in = [&](std::uint32_t from) {
    const auto [begin, end] = std::equal_range(
        names.begin(), names.end(), DirectoryName{.from = from, .to = 0, .name = {}},
        [](const DirectoryName& a, const DirectoryName& b) { return a.from < b.from; });
    for (auto name = begin; name != end; ++name) {
      if (named[name->to]) {
        problems.push_back(second_name(root, directories[from], directories[name->to], name->name));
      } else {
        candidates.push({relative_below(directories[from].relative, name->name), &*name});
      }
    }
  };

  for (std::uint32_t i = 0; i < real_count; ++i) offer_names_in(i);
  while (!candidates.empty()) {
    const Candidate least = candidates.top();
    candidates.pop();
    const DirectoryName& name = *least.name;
    if (named[name.to]) {
      problems.push_back(
          second_name(root, directories[name.from], directories[name.to], name.name));
      continue;
    }
    named[name.to] = true;
    directories[name.to].relative = least.relative;
    offer_names_in(name.to);
  }
}

}  // namespace tfevents
