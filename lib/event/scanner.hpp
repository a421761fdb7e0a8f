#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "event/event.hpp"
#include "event/wire.hpp"

namespace tfevents {

/// Turns record payloads into EventViews: a bounds-checked scanner of the wire format that copies
/// nothing, with a straight path for the shapes that nearly all scalars have. Accepts what
/// libprotobuf accepts, invalid UTF-8 in names besides. Memory: the values of one event, at most
/// kHeldValues of them. Not thread-safe.
class EventScanner {
 public:
  /// Called for each value of an event that holds more than kHeldValues; views live during the
  /// call.
  using ValueFunction = std::function<void(const ValueView&)>;

  /// Values that an EventView holds; events with more give them through `for_each_value` only.
  static constexpr std::size_t kHeldValues = 4096;

  /// Scans a payload in memory. False: it is no event, and event() says nothing.
  [[nodiscard]] bool scan(Bytes payload) { return scan_fast(payload) || scan_general(payload); }

  /// Scans a payload of any size that `fetch` gives in parts (RecordReader::read_payload). The same
  /// result as `scan`.
  [[nodiscard]] bool scan_stream(std::uint64_t size, wire::StreamReader::Fetch fetch);

  /// The event scanned last; valid until the next scan.
  [[nodiscard]] const EventView& event() const noexcept { return event_; }

  /// True when the last event has more values than event() holds: event().values is empty then, and
  /// `for_each_value`, given the same payload again, delivers them one by one.
  [[nodiscard]] bool overflowed() const noexcept { return overflowed_; }
  void for_each_value(Bytes payload, const ValueFunction& function);
  void for_each_value(std::uint64_t size, wire::StreamReader::Fetch fetch,
                      const ValueFunction& function);

 private:
  bool scan_fast(Bytes payload);
  bool scan_general(Bytes payload);
  void become_fast(double wall_time, std::uint64_t step);
  bool read_metadata(const std::byte* p, const std::byte* end, Bytes& metadata);
  bool valid_metadata(const std::byte* data, std::size_t size);

  EventView event_;
  bool overflowed_ = false;
  std::uint64_t dropped_values_ =
      0;  // Of an event whose `what` was set to something else in between.
  // The SummaryMetadata that was checked last: writers repeat the same bytes for every value of a
  // tag.
  std::vector<std::byte> checked_metadata_;
  std::unique_ptr<wire::StreamReader> stream_;  // Owns what event() points to after scan_stream.
};

/// A fast value as the general parser would have given it, but for the numbers of a tensor.
[[nodiscard]] ValueView to_value_view(const FastValue& fast) noexcept;

/// Reads a serialized SummaryMetadata that a FastValue points to. Never fails: the scanner has
/// checked it.
[[nodiscard]] MetadataView parse_metadata(Bytes serialized) noexcept;

}  // namespace tfevents
