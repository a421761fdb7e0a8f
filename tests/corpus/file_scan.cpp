#include "corpus/file_scan.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "event/scanner.hpp"
#include "record/reader.hpp"

namespace tfevents::test {
namespace {

const char* outcome_of(DamageKind kind) {
  switch (kind) {
    case DamageKind::kDataCrc: return "corrupt-data";
    case DamageKind::kLengthCrc: return "corrupt-length";
    case DamageKind::kLength: return "length";
    case DamageKind::kCompressed: return "compressed";
  }
  return "";
}

class Scan {
 public:
  explicit Scan(const std::string& path) {
    auto file = real_sys().open_read(path);
    if (!file.ok()) throw std::runtime_error(path + ": " + file.error().message);
    RecordReader reader(file_source(std::move(*file), path));
    for (RecordStep step = reader.next(); step != RecordStep::kEnd; step = reader.next()) {
      if (step == RecordStep::kError)
        throw std::runtime_error(path + ": " + reader.error().message);
      if (step == RecordStep::kDamage) {
        const Damage& damage = reader.damage();
        add_damage(outcome_of(damage.kind), damage.offset, damage.end - damage.offset);
      } else {
        on_record(reader, step == RecordStep::kBigRecord);
      }
    }
    on_tail(reader.tail());
    found_.compression = reader.compression();
  }
  FileScan take() { return std::move(found_); }

 private:
  void add_damage(const std::string& what, std::uint64_t offset, std::uint64_t bytes) {
    if (!found_.damage.empty()) found_.damage += ' ';
    found_.damage += what + "@" + std::to_string(offset) + "+" + std::to_string(bytes);
  }

  void on_tail(const Tail& tail) {
    switch (tail.kind) {
      case Tail::Kind::kClean: found_.tail = "clean"; return;
      case Tail::Kind::kNul:
        found_.tail = "nul";
        return add_damage("nul-tail", tail.offset, tail.have);
      case Tail::Kind::kTruncated:
        found_.tail =
            "truncated: " + std::to_string(tail.have) + " of " + std::to_string(tail.need);
        return add_damage(tail.have < kHeaderBytes ? "truncated-header" : "truncated-payload",
                          tail.offset, tail.have);
    }
  }

  void on_record(RecordReader& reader, bool big) {
    const RecordView record = reader.record();
    ++found_.records;
    found_.largest = std::max(found_.largest, record.length);
    const auto fetch = [&](std::uint64_t from, std::span<std::byte> into) {
      auto n = reader.read_payload(from, into);
      return n.ok() ? *n : std::size_t{0};
    };
    const bool decoded =
        big ? scanner_.scan_stream(record.length, fetch)
            : scanner_.scan({record.payload, static_cast<std::size_t>(record.length)});
    if (!decoded) {
      ++found_.undecodable;
      return add_damage("bad-proto", record.offset, record.end() - record.offset);
    }
    on_event(scanner_.event());
    // One by one, whatever shape the scanner keeps them in.
    const auto each = [this](const ValueView& value) { on_value(value); };
    if (scanner_.event().kind != EventKind::kSummary) return;
    if (big) return scanner_.for_each_value(record.length, fetch, each);
    scanner_.for_each_value({record.payload, static_cast<std::size_t>(record.length)}, each);
  }

  void on_event(const EventView& event) {
    ++found_.events[event.kind == EventKind::kNothing ? "none" : to_string(event.kind)];
    if (!event.writer.empty()) {
      ++found_.events["source_metadata"];
      if (found_.writer.empty()) found_.writer = event.writer;
    }
    if (event.kind == EventKind::kFileVersion && found_.version.empty())
      found_.version = event.file_version;
    if (event.kind != EventKind::kFileVersion && event.kind != EventKind::kGraphDef &&
        event.kind != EventKind::kMetaGraphDef) {
      found_.min_step = std::min(found_.min_step.value_or(event.step), event.step);
      found_.max_step = std::max(found_.max_step.value_or(event.step), event.step);
    }
    if (std::isfinite(event.wall_time)) {
      if (!found_.first_wall) found_.first_wall = event.wall_time;
      found_.last_wall = event.wall_time;
      found_.min_wall = std::min(found_.min_wall.value_or(event.wall_time), event.wall_time);
      found_.max_wall = std::max(found_.max_wall.value_or(event.wall_time), event.wall_time);
    }
  }

  void on_number(double number) {
    if (std::isnan(number)) ++found_.nan;
    if (std::isinf(number)) ++found_.inf;
  }

  void on_plugin(std::string_view plugin) {
    if (!plugin.empty()) ++found_.plugins[std::string(plugin)];
  }

  void on_value(const ValueView& value) {
    if (value.has_metadata) on_plugin(value.metadata.plugin);
    switch (value.payload) {
      case Payload::kNone:
      case Payload::kObsolete: ++found_.values["novalue"]; return;
      case Payload::kImage: ++found_.values["image"]; return;
      case Payload::kAudio: ++found_.values["audio"]; return;
      case Payload::kHistogram: ++found_.values["histo"]; return;
      case Payload::kSimpleValue:
        ++found_.values["simple"];
        return on_number(static_cast<double>(value.simple_value));
      case Payload::kTensor: break;
    }
    ++found_.values["tensor"];
    const std::string dtype = to_string(value.tensor.dtype);
    ++found_.dtypes[dtype == "float32" ? "float" : dtype == "float64" ? "double" : dtype];
    if (const auto scalar = to_scalar(value.tensor)) on_number(scalar->as_double());
  }

  EventScanner scanner_;
  FileScan found_;
};

}  // namespace

FileScan scan_file(const std::string& path) {
  return Scan(path).take();
}

std::string to_words(const std::map<std::string, std::uint64_t>& counts) {
  std::string out;
  for (const auto& [word, count] : counts)
    out += (out.empty() ? "" : ", ") + word + " " + std::to_string(count);
  return out;
}

}  // namespace tfevents::test
