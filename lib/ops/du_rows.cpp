#include "ops/du_rows.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace tfevents::ops {
namespace {

constexpr std::array<std::string_view, 4> kPseudoNames = {"(framing)", "(damaged)", "(tail)",
                                                          "(compressed)"};
// Kinds from here on are pseudo-kinds, those below are names: a plugin may call itself anything.
constexpr std::uint32_t kPseudo = kNoId - static_cast<std::uint32_t>(kPseudoNames.size());

int order_of(std::uint64_t a, std::uint64_t b) noexcept {
  return a < b ? -1 : a > b ? 1 : 0;
}

std::size_t hash_of(std::uint32_t run, std::uint32_t kind, std::uint32_t tag) noexcept {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15U;
  std::uint64_t hash = (std::uint64_t{run} << 32U | tag) * kOdd;
  hash = (hash ^ hash >> 29U ^ kind) * kOdd;
  return static_cast<std::size_t>(hash ^ hash >> 32U);
}

}  // namespace

std::string_view to_string(PseudoKind kind) noexcept {
  return kPseudoNames[static_cast<std::size_t>(kind)];
}

void DuRows::begin_run(std::uint32_t number, std::string_view name, std::string_view shown) {
  run_ = number;
  if (!by_.run) return;
  if (runs_.size() <= number) runs_.resize(std::size_t{number} + 1);
  runs_[number].name = names_.intern(name);
  runs_[number].shown = name == shown ? runs_[number].name : names_.intern(shown);
}

void DuRows::add(std::string_view kind, std::string_view tag, std::uint64_t bytes,
                 std::uint64_t values) {
  add(by_.kind ? names_.intern(kind) : kNoId, by_.tag ? names_.intern(tag) : kNoId, bytes, values);
}

void DuRows::add(PseudoKind kind, std::uint64_t bytes, std::uint64_t values) {
  add(by_.kind ? kPseudo + static_cast<std::uint32_t>(kind) : kNoId, kNoId, bytes, values);
}

void DuRows::add(std::uint32_t kind, std::uint32_t tag, std::uint64_t bytes, std::uint64_t values) {
  Row& row = row_of(by_.run ? run_ : kNoId, kind, tag);
  row.bytes += bytes;
  row.values += values;
  if (row.last_run == run_) return;
  row.last_run = run_;
  ++row.runs;
}

std::size_t DuRows::slot_of(std::uint32_t run, std::uint32_t kind, std::uint32_t tag) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash_of(run, kind, tag) & mask;
  for (;; slot = (slot + 1) & mask) {
    if (slots_[slot] == kNoId) return slot;
    const Row& row = rows_[slots_[slot]];
    if (row.run == run && row.kind == kind && row.tag == tag) return slot;
  }
}

DuRows::Row& DuRows::row_of(std::uint32_t run, std::uint32_t kind, std::uint32_t tag) {
  if (2 * (order_.size() + 1) > slots_.size()) grow();
  const std::size_t slot = slot_of(run, kind, tag);
  if (slots_[slot] == kNoId) {
    const auto number = static_cast<std::uint32_t>(order_.size());
    rows_.reach(number);
    rows_[number] = {run, kind, tag, kNoId, 0, 0, 0};
    slots_[slot] = number;
    order_.push_back(number);
  }
  return rows_[slots_[slot]];
}

void DuRows::grow() {
  constexpr std::size_t kFewest = 64;
  slots_.assign(std::max(kFewest, 2 * slots_.size()), kNoId);
  for (const std::uint32_t number : order_) {
    const Row& row = rows_[number];
    slots_[slot_of(row.run, row.kind, row.tag)] = number;
  }
}

std::string_view DuRows::kind_name(std::uint32_t kind) const {
  return kind >= kPseudo ? kPseudoNames[kind - kPseudo] : names_.name(kind);
}

// By one key alone. Runs are numbered in natural order.
int DuRows::compare(const Row& a, const Row& b, DuSort key) const {
  switch (key) {
    case DuSort::kSize: return order_of(a.bytes, b.bytes);
    case DuSort::kValues: return order_of(a.values, b.values);
    case DuSort::kRuns: return order_of(a.runs, b.runs);
    case DuSort::kRun: return order_of(a.run, b.run);
    case DuSort::kKind: return a.kind == b.kind ? 0 : kind_name(a.kind).compare(kind_name(b.kind));
    case DuSort::kTag:
      return a.tag == b.tag ? 0 : natural_compare(names_.name(a.tag), names_.name(b.tag));
  }
  return 0;
}

void DuRows::sort(DuSort key, bool reverse) {
  slots_ = {};  // Nothing is looked up any more.
  const auto missing = [key](const Row& row) {
    return (key == DuSort::kRun && row.run == kNoId) ||
           (key == DuSort::kKind && row.kind == kNoId) || (key == DuSort::kTag && row.tag == kNoId);
  };
  const auto names = [this](const Row& a, const Row& b) {
    if (const int runs = compare(a, b, DuSort::kRun); runs != 0) return runs < 0;
    if (a.kind != b.kind && a.kind != kNoId && b.kind != kNoId) {
      // A plugin may have the name of a pseudo-kind: it comes first.
      const int kinds = compare(a, b, DuSort::kKind);
      return kinds != 0 ? kinds < 0 : a.kind < b.kind;
    }
    if (a.tag == kNoId || b.tag == kNoId) return a.tag != kNoId && b.tag == kNoId;
    return compare(a, b, DuSort::kTag) < 0;
  };
  std::sort(order_.begin(), order_.end(), [&](std::uint32_t i, std::uint32_t j) {
    const Row& a = rows_[i];
    const Row& b = rows_[j];
    if (missing(a) != missing(b)) return missing(b);
    const int order = missing(a) ? 0 : compare(a, b, key);
    if (order != 0) return reverse ? order > 0 : order < 0;
    return names(a, b);
  });
}

void DuRows::limit(std::uint64_t rows) {
  if (order_.size() > rows) order_.resize(static_cast<std::size_t>(rows));
}

DuRow DuRows::operator[](std::size_t i) const {
  const Row& row = rows_[order_[i]];
  DuRow unpacked;
  if (row.run != kNoId) {
    unpacked.run = names_.name(runs_[row.run].name);
    unpacked.shown = names_.name(runs_[row.run].shown);
  }
  if (row.kind != kNoId) unpacked.kind = kind_name(row.kind);
  if (row.tag != kNoId) unpacked.tag = names_.name(row.tag);
  unpacked.pseudo = row.kind != kNoId && row.kind >= kPseudo;
  unpacked.bytes = row.bytes;
  unpacked.values = row.values;
  unpacked.runs = row.runs;
  return unpacked;
}

}  // namespace tfevents::ops
