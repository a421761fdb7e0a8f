#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include "event/scanner.hpp"
#include "io/source.hpp"
#include "ops/du.hpp"
#include "record/reader.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {

/// A second opinion: walks the wire format by itself and knows nothing of kinds.
class NaiveUsage {
 public:
  /// Bytes of fields by tag, of all intact records.
  std::map<std::string, std::uint64_t> by_tag;
  std::uint64_t framing = 0, damaged = 0, tail = 0;

  /// `bytes`: of a file that is not compressed.
  void add_file(std::string_view bytes) {
    RecordReader records(
        memory_source({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()}));
    for (RecordStep step = records.next(); step != RecordStep::kEnd; step = records.next()) {
      REQUIRE(step != RecordStep::kError);
      if (step == RecordStep::kDamage) {
        damaged += records.damage().end - records.damage().offset;
        continue;
      }
      const auto offset = static_cast<std::size_t>(records.record().offset);
      const auto length = static_cast<std::size_t>(records.record().length);
      EventScanner scanner;
      const std::string_view payload = bytes.substr(offset + kHeaderBytes, length);
      if (!scanner.scan({reinterpret_cast<const std::byte*>(payload.data()), payload.size()})) {
        damaged += kFramingBytes + length;
        continue;
      }
      framing += kFramingBytes + length - add_event(payload);
    }
    tail += records.tail().have;
  }

 private:
  struct Field {
    std::uint64_t number = 0;
    std::string_view whole, content;
  };

  static std::uint64_t varint(std::string_view& rest) {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(rest.front());
      rest.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
  }

  static std::optional<Field> next(std::string_view& rest) {
    if (rest.empty()) return std::nullopt;
    const std::string_view start = rest;
    const std::uint64_t key = varint(rest);
    std::size_t size = 0;
    switch (key & 7U) {
      case 0: varint(rest); break;
      case 1: size = 8; break;
      case 2: size = static_cast<std::size_t>(varint(rest)); break;
      case 5: size = 4; break;
      default: FAIL("a group");
    }
    Field field{key >> 3U, {}, rest.substr(0, size)};
    rest.remove_prefix(size);
    field.whole = start.substr(0, start.size() - rest.size());
    return field;
  }

  static std::string text_of(std::string_view message, std::uint64_t number) {
    std::string text;
    while (const auto field = next(message)) {
      if (field->number == number) text = std::string(field->content);
    }
    return text;
  }

  // How many bytes belong to tags.
  std::uint64_t add_event(std::string_view event) {
    std::uint64_t sum = 0;
    const auto add = [&](const std::string& tag, std::string_view field) {
      by_tag[tag] += field.size();
      sum += field.size();
    };
    while (auto field = next(event)) {
      if (field->number == 4) add("__run_graph__", field->whole);
      if (field->number == 9) add("__meta_graph__", field->whole);
      std::string_view inner = field->content;
      while (field->number == 5 && !inner.empty()) {
        const auto value = next(inner);
        if (value->number != 1) continue;
        const std::string tag = text_of(value->content, 1);
        add(tag.empty() ? text_of(value->content, 7) : tag, value->whole);
      }
      while (field->number == 8 && !inner.empty()) {
        const auto part = next(inner);
        if (part->number == 2) add(text_of(field->content, 1), part->whole);
      }
    }
    return sum;
  }
};

/// `du` upon a World.
class DuWorld : public World {
 public:
  DuWorld() { by.kind = true; }

  ops::DuBy by;
  ops::DuSort sort = ops::DuSort::kSize;
  bool greatest_first = true;
  std::optional<std::uint64_t> limit;

  Result<ops::DuReport> try_du() {
    ops::DuOptions options;
    options.select = selection();
    options.by = by;
    options.sort = sort;
    options.greatest_first = greatest_first;
    options.limit = limit;
    return with_context([&](const ops::OpContext& c) { return ops::disk_usage(options, c); });
  }
  ops::DuReport du() {
    auto report = try_du();
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(*report);
  }
  DuWorld& grouped(bool run, bool kind, bool tag) {
    by = {.run = run, .kind = kind, .tag = tag};
    return *this;
  }
};

/// The selection of `du` is raw without being asked.
inline Selection raw_selection() {
  Selection select;
  select.view = View::kRaw;
  return select;
}

/// `run kind tag`, `-` for what is null.
inline std::string name_of(const ops::DuRow& row) {
  const auto word = [](const std::optional<std::string_view>& text) {
    return std::string(text.value_or("-"));
  };
  return word(row.run) + " " + word(row.kind) + " " + word(row.tag);
}

/// `name bytes values runs` of each row, in order.
inline std::vector<std::string> lines_of(const ops::DuReport& report) {
  std::vector<std::string> lines;
  for (const ops::DuRow& row : report.rows) {
    lines.push_back(name_of(row) + " " + std::to_string(row.bytes) + " " +
                    std::to_string(row.values) + " " + std::to_string(row.runs));
  }
  return lines;
}

inline std::uint64_t bytes_of(const ops::DuReport& report, const std::string& kind) {
  std::uint64_t bytes = 0;
  for (const ops::DuRow& row : report.rows) bytes += row.kind == kind ? row.bytes : 0;
  return bytes;
}

inline std::uint64_t sum_of(const ops::DuReport& report) {
  std::uint64_t bytes = 0;
  for (const ops::DuRow& row : report.rows) bytes += row.bytes;
  return bytes;
}

}  // namespace tfevents::test
