#include "base/suggest.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace tfevents {
namespace {

constexpr std::size_t kMaxCandidates = 4096;
constexpr std::size_t kMaxBytes = 256;

// One wrong, missing, additional or swapped byte costs kEdit; only its case being wrong costs
// kCase.
constexpr std::uint32_t kEdit = 4;
constexpr std::uint32_t kCase = 1;

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::uint32_t replace_cost(char a, char b) noexcept {
  if (a == b) return 0;
  return lower(a) == lower(b) ? kCase : kEdit;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

/// Edit distance with swaps of neighbours (optimal string alignment); above `limit` some value
/// above it.
std::uint32_t distance(std::string_view a, std::string_view b, std::uint32_t limit) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap * kEdit > limit) return limit + 1;
  std::array<std::array<std::uint32_t, kMaxBytes + 1>, 3> rows;  // i - 2, i - 1, i, rotating.
  auto* before = rows.data();
  auto* last = before + 1;
  auto* row = before + 2;
  for (std::size_t j = 0; j <= b.size(); ++j) (*last)[j] = static_cast<std::uint32_t>(j) * kEdit;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::uint32_t least = (*row)[0] = static_cast<std::uint32_t>(i) * kEdit;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::uint32_t cost = (*last)[j - 1] + replace_cost(a[i - 1], b[j - 1]);
      cost = std::min({cost, (*last)[j] + kEdit, (*row)[j - 1] + kEdit});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost = std::min(cost, (*before)[j - 2] + kEdit);
      }
      (*row)[j] = cost;
      least = std::min(least, cost);
    }
    // A swap reaches back two rows, so one row above the limit is not enough to give up; kEdit of
    // slack is.
    if (least > limit + kEdit) return limit + 1;
    std::swap(before, last);
    std::swap(last, row);
  }
  return (*last)[b.size()];
}

/// Extra cost of a candidate that holds all that was typed, as its beginning or as its last path
/// parts; the shorter the rest the better. None when it does not.
std::optional<std::uint32_t> completion_cost(std::string_view typed, std::string_view candidate) {
  constexpr std::size_t kLeastTyped = 2;
  if (typed.size() < kLeastTyped || candidate.size() <= typed.size()) return std::nullopt;
  const std::size_t rest = candidate.size() - typed.size();
  const bool beginning = equal_ignoring_case(candidate.substr(0, typed.size()), typed);
  const bool end = candidate[rest - 1] == '/' && equal_ignoring_case(candidate.substr(rest), typed);
  if (!beginning && !end) return std::nullopt;
  return kEdit + static_cast<std::uint32_t>(rest) / 8;
}

}  // namespace

std::optional<std::string> nearest(std::string_view typed,
                                   std::span<const std::string> candidates) {
  typed = typed.substr(0, kMaxBytes);
  if (typed.empty()) return std::nullopt;
  // A third of the letters may be wrong; below three letters nearly everything would be near.
  std::uint32_t limit =
      kEdit * std::max<std::uint32_t>(1, static_cast<std::uint32_t>(typed.size()) / 3);
  if (typed.size() == 1) limit = kCase;
  const std::string* best = nullptr;
  std::uint32_t best_cost = limit + 1;
  for (const std::string& candidate :
       candidates.first(std::min(candidates.size(), kMaxCandidates))) {
    const std::string_view name = std::string_view(candidate).substr(0, kMaxBytes);
    if (name.empty()) continue;
    std::uint32_t cost = distance(typed, name, limit);
    if (const auto completion = completion_cost(typed, name)) cost = std::min(cost, *completion);
    if (cost < best_cost) {
      best = &candidate;
      best_cost = cost;
    }
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

}  // namespace tfevents
