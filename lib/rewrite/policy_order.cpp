#include "rewrite/policy_order.hpp"

#include <algorithm>
#include <numeric>

#include "base/text.hpp"

namespace tfevents::rewrite {

Nesting nesting_of(const std::vector<PolicyTrial>& trials) {
  Nesting nesting{std::vector<std::size_t>(trials.size(), kNoTrial), {}};
  std::vector<std::size_t> waits_for(trials.size(), 0);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (!trials[i].parent || *trials[i].parent >= trials.size()) continue;
    nesting.parent[i] = *trials[i].parent;
    ++waits_for[nesting.parent[i]];
  }
  std::vector<std::size_t>& order = nesting.leaves_first;
  order.reserve(trials.size());
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (waits_for[i] == 0) order.push_back(i);
  }
  for (std::size_t done = 0; done < order.size(); ++done) {
    const std::size_t parent = nesting.parent[order[done]];
    if (parent != kNoTrial && --waits_for[parent] == 0) order.push_back(parent);
  }
  // What still waits lies on a cycle, each below itself.
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (waits_for[i] == 0) continue;
    nesting.parent[i] = kNoTrial;
    order.push_back(i);
  }
  return nesting;
}

std::vector<std::size_t> name_places(const std::vector<PolicyTrial>& trials) {
  const auto is_before = [&](std::size_t a, std::size_t b) {
    return natural_compare(trials[a].name, trials[b].name) < 0;
  };
  std::vector<std::size_t> order(trials.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!std::is_sorted(order.begin(), order.end(), is_before))
    std::sort(order.begin(), order.end(), is_before);
  std::vector<std::size_t> places(trials.size());
  for (std::size_t i = 1; i < order.size(); ++i) {
    const bool same = trials[order[i]].name == trials[order[i - 1]].name;
    places[order[i]] = same ? places[order[i - 1]] : i;
  }
  return places;
}

}  // namespace tfevents::rewrite
