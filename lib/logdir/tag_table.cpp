#include "logdir/tag_table.hpp"

#include <algorithm>
#include <functional>

namespace tfevents {
namespace {

constexpr std::size_t kTextBlock = 16 * 1024;

std::size_t hash_of(std::string_view text) noexcept {
  return std::hash<std::string_view>{}(text);
}

}  // namespace

TagTable::TagTable() : tags_(1), slots_(64, kNoId), plugins_(1) {}

TagId TagTable::intern_slow(std::string_view tag) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash_of(tag) & mask;
  while (slots_[slot] != kNoId && !same(tags_[slots_[slot]], tag)) slot = (slot + 1) & mask;
  if (slots_[slot] == kNoId && tag_count() >= limit_) return kNoId;
  const TagId id = slots_[slot] != kNoId ? slots_[slot] : add(tag, slot);
  tags_[last_].successor = id;
  last_ = id;
  return id;
}

TagId TagTable::add(std::string_view tag, std::size_t slot) {
  const auto id = static_cast<TagId>(tags_.size());
  Entry entry;
  entry.bytes = static_cast<std::uint32_t>(tag.size());
  if (tag.size() > Entry::kInline) {
    entry.there = keep(tag);
  } else if (!tag.empty()) {
    std::memcpy(entry.here, tag.data(), tag.size());
  }
  tags_.push_back(entry);
  slots_[slot] = id;
  if (tags_.size() * 2 > slots_.size()) grow();
  return id;
}

void TagTable::grow() {
  std::vector<TagId> slots(slots_.size() * 2, kNoId);
  const std::size_t mask = slots.size() - 1;
  for (TagId id = 1; id < tags_.size(); ++id) {
    std::size_t slot = hash_of(name(id)) & mask;
    while (slots[slot] != kNoId) slot = (slot + 1) & mask;
    slots[slot] = id;
  }
  slots_ = std::move(slots);
}

const char* TagTable::keep(std::string_view text) {
  if (text.size() > block_left_) {
    const std::size_t size = std::max(kTextBlock, text.size());
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    block_at_ = blocks_.back().get();
    block_left_ = size;
  }
  char* const to = block_at_;
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  block_at_ += text.size();
  block_left_ -= text.size();
  return to;
}

void TagTable::set_plugin(TagId tag, std::string_view plugin) {
  Entry& entry = tags_[tag];
  if (entry.has_metadata) return;
  entry.has_metadata = true;
  if (const auto found = plugin_ids_.find(plugin); found != plugin_ids_.end()) {
    entry.plugin = found->second;
  } else if (!plugin.empty()) {
    entry.plugin = static_cast<std::uint32_t>(plugins_.size());
    plugin_ids_.emplace(plugins_.emplace_back(plugin), entry.plugin);
  }
  const std::optional<Kind> known = kind_of_plugin(plugin);
  entry.plain_scalars = !known || *known == Kind::kScalars || *known == Kind::kTensors;
}

void TagTable::forget_metadata() noexcept {
  for (Entry& entry : tags_) {
    entry.plugin = 0;
    entry.has_metadata = false;
    entry.plain_scalars = true;
  }
}

SeriesId TagTable::series(TagId tag, Kind kind, bool& created) {
  created = false;
  Entry& entry = tags_[tag];
  for (SeriesId id = entry.first_series; id != kNoId; id = series_[id].next_of_tag) {
    if (series_[id].kind == kind) return id;
  }
  created = true;
  const auto id = static_cast<SeriesId>(series_.size());
  series_.push_back({tag, kind, true, entry.first_series});
  entry.first_series = id;
  if (kind == Kind::kScalars) entry.scalars = id;
  return id;
}

std::string_view TagTable::kind_name(SeriesId series) const noexcept {
  const SeriesInfo& info = series_[series];
  return info.kind == Kind::kPlugin ? plugin(info.tag) : to_string(info.kind);
}

}  // namespace tfevents
