#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "logdir/kind.hpp"

namespace tfevents {

using TagId = std::uint32_t;
using SeriesId = std::uint32_t;
inline constexpr std::uint32_t kNoId = UINT32_MAX;

/// A series: one kind of one tag of a run. Ids are dense, in order of first appearance.
struct SeriesInfo {
  TagId tag = kNoId;
  Kind kind = Kind::kScalars;
  bool selected = true;          ///< Passes --tag and --kind; set by whoever made it.
  SeriesId next_of_tag = kNoId;  ///< Another kind of the same tag.
};

/// The tags and series of one run. Not thread-safe.
///
/// Looking a tag up costs a comparison where writers log in a fixed order: each tag remembers which
/// came after it last time. Memory: about 72 bytes a tag and 16 a series, besides the bytes of the
/// names.
class TagTable {
 public:
  TagTable();

  /// Tags above this number are refused.
  void set_limit(std::uint64_t tags) noexcept { limit_ = tags; }

  /// The id of a tag, made when it is new; kNoId when it is new and there are too many.
  [[gnu::always_inline]] TagId intern(std::string_view tag) {
    const TagId guess = tags_[last_].successor;
    if (guess != kNoId && same(tags_[guess], tag)) [[likely]] {
      last_ = guess;
      return guess;
    }
    return intern_slow(tag);
  }

  [[nodiscard]] std::string_view name(TagId tag) const noexcept {
    return {tags_[tag].text(), tags_[tag].bytes};
  }
  /// Plugin of the tag's first metadata; empty when there was none, or an empty name.
  [[nodiscard]] std::string_view plugin(TagId tag) const noexcept {
    return plugins_[tags_[tag].plugin];
  }
  [[nodiscard]] bool has_metadata(TagId tag) const noexcept { return tags_[tag].has_metadata; }
  /// The first metadata of a tag counts; later calls change nothing.
  void set_plugin(TagId tag, std::string_view plugin);
  /// All tags as before their first metadata: for a pass that meets it again.
  void forget_metadata() noexcept;
  /// True when the tag's float32 tensors of rank 0 are scalars: its plugin is no other known kind.
  [[nodiscard]] bool plain_scalars(TagId tag) const noexcept { return tags_[tag].plain_scalars; }

  /// The scalars series of a tag; kNoId before there is one.
  [[nodiscard]] SeriesId scalars(TagId tag) const noexcept { return tags_[tag].scalars; }
  /// The series of a kind of a tag, made when it is new (`created`).
  SeriesId series(TagId tag, Kind kind, bool& created);
  [[nodiscard]] const SeriesInfo& info(SeriesId series) const noexcept { return series_[series]; }
  void set_selected(SeriesId series, bool selected) noexcept {
    series_[series].selected = selected;
  }

  [[nodiscard]] std::size_t tag_count() const noexcept { return tags_.size() - 1; }
  [[nodiscard]] std::size_t series_count() const noexcept { return series_.size(); }

  /// Name of a series' kind: the plugin's name where the kind is kPlugin.
  [[nodiscard]] std::string_view kind_name(SeriesId series) const noexcept;

 private:
  // A cache line. Short names lie in it, so that looking one up touches nothing else.
  struct Entry {
    static constexpr std::size_t kInline = 32;
    union {
      char here[kInline] = {};
      const char* there;
    };
    std::uint32_t bytes = 0;
    TagId successor = kNoId;
    SeriesId scalars = kNoId;
    SeriesId first_series = kNoId;
    std::uint32_t plugin = 0;
    bool has_metadata = false;
    bool plain_scalars = true;

    [[nodiscard]] const char* text() const noexcept { return bytes <= kInline ? here : there; }
  };

  // Tags are short: comparing them in place costs less than a call of memcmp.
  [[gnu::always_inline]] static bool same(const Entry& entry, std::string_view tag) noexcept {
    const std::size_t size = tag.size();
    if (entry.bytes != size) return false;
    if (size > Entry::kInline || size < 4)
      return size == 0 || std::memcmp(entry.text(), tag.data(), size) == 0;
    const char* a = entry.here;
    const char* b = tag.data();
    if (size < 8) {
      return load_le<std::uint32_t>(a) == load_le<std::uint32_t>(b) &&
             load_le<std::uint32_t>(a + size - 4) == load_le<std::uint32_t>(b + size - 4);
    }
    // Words from the front, then one that ends with the text.
    std::uint64_t differs =
        load_le<std::uint64_t>(a + size - 8) ^ load_le<std::uint64_t>(b + size - 8);
    differs |= load_le<std::uint64_t>(a) ^ load_le<std::uint64_t>(b);
    if (size <= 16) return differs == 0;
    differs |= load_le<std::uint64_t>(a + 8) ^ load_le<std::uint64_t>(b + 8);
    if (size > 24) differs |= load_le<std::uint64_t>(a + 16) ^ load_le<std::uint64_t>(b + 16);
    return differs == 0;
  }
  TagId intern_slow(std::string_view tag);
  TagId add(std::string_view tag, std::size_t slot);
  void grow();
  const char* keep(std::string_view text);

  std::vector<Entry> tags_;  // tags_[0] is the place before the first tag.
  TagId last_ = 0;
  std::uint64_t limit_ = UINT32_MAX - 1;
  std::vector<TagId> slots_;  // Open addressing; kNoId is free.
  std::vector<SeriesInfo> series_;
  std::deque<std::string> plugins_;  // [0] is "".
  std::unordered_map<std::string_view, std::uint32_t> plugin_ids_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_left_ = 0;
  char* block_at_ = nullptr;
};

}  // namespace tfevents
