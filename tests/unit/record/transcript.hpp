#pragma once

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/source.hpp"
#include "record/reader.hpp"
#include "support/damage.hpp"

namespace tfevents::test {

/// What reading gave, one line a step: `record 0 24 8c1f…`, `damage data-crc 40 96 40`,
/// `end truncated 96 7 12`. Records say where they began, their length and the checksum of their
/// payload; big ones look the same.
using Transcript = std::vector<std::string>;

inline std::string number(std::uint64_t n) {
  return std::to_string(n);
}

inline std::string record_line(std::uint64_t offset, std::string_view payload) {
  return "record " + number(offset) + " " + number(payload.size()) + " " +
         number(crc32c(as_bytes(payload)));
}

inline std::string damage_line(DamageKind kind, std::uint64_t offset, std::uint64_t end) {
  return std::string("damage ") + to_string(kind) + " " + number(offset) + " " + number(end);
}

inline std::string tail_line(const Tail& tail) {
  static constexpr const char* kKinds[] = {"clean", "truncated", "nul"};
  return std::string("end ") + kKinds[static_cast<int>(tail.kind)] + " " + number(tail.offset) +
         " " + number(tail.have) + " " + number(tail.need);
}

/// The payload of the record just returned, whole.
inline Result<std::string> payload_of(RecordReader& reader) {
  const RecordView& record = reader.record();
  if (record.payload != nullptr)
    return std::string(as_text({record.payload, static_cast<std::size_t>(record.length)}));
  std::string payload(static_cast<std::size_t>(record.length), '\0');
  TFEVENTS_TRY(
      const std::size_t n,
      reader.read_payload(0, {reinterpret_cast<std::byte*>(payload.data()), payload.size()}));
  payload.resize(n);
  return payload;
}

/// One step as a line.
inline std::string step_line(RecordReader& reader, RecordStep step) {
  switch (step) {
    case RecordStep::kRecord:
    case RecordStep::kBigRecord: {
      const auto payload = payload_of(reader);
      if (!payload.ok()) return "error " + payload.error().message;
      return record_line(reader.record().offset, *payload);
    }
    case RecordStep::kDamage: {
      const Damage& damage = reader.damage();
      return damage_line(damage.kind, damage.offset, damage.end);
    }
    case RecordStep::kEnd: return tail_line(reader.tail());
    case RecordStep::kError: return "error " + reader.error().message;
  }
  return "?";
}

/// Reads up to the end or an error. A reader that never ends is cut off.
inline Transcript read_on(RecordReader& reader, std::size_t most_steps = 1'000'000) {
  Transcript lines;
  while (lines.size() < most_steps) {
    const RecordStep step = reader.next();
    lines.push_back(step_line(reader, step));
    if (step == RecordStep::kEnd || lines.back().starts_with("error ")) break;
  }
  return lines;
}

inline Transcript read_all(std::unique_ptr<ByteSource> source, RecordReaderOptions options = {}) {
  RecordReader reader(std::move(source), std::move(options));
  return read_on(reader);
}

inline Transcript read_all(std::string_view bytes) {
  return read_all(memory_source(as_bytes(bytes)));
}

/// Lines that are records.
inline Transcript records_of(const Transcript& lines) {
  Transcript records;
  for (const std::string& line : lines) {
    if (line.starts_with("record ")) records.push_back(line);
  }
  return records;
}

}  // namespace tfevents::test

// Makes doctest print transcripts.
namespace std {
inline std::ostream& operator<<(std::ostream& out, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) out << "\n  " << line;
  return out;
}
}  // namespace std
