#pragma once

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "record/writer.hpp"

namespace tfevents::bench {

// What the generator writes, byte for byte as the frameworks do, without the project's own event
// writer: a mistake of ours in both directions would otherwise go unnoticed. Field numbers:
// tensorboard/compat/proto/{event,summary,tensor}.proto.

inline void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

template <class T>
void put_fixed(std::string& out, T value) {
  char raw[sizeof(T)];
  store_le(raw, value);
  out.append(raw, sizeof raw);
}

/// A varint field. Fields above 15, whose tags take two bytes, do not occur here.
inline void put_number(std::string& out, int field, std::uint64_t value) {
  out.push_back(static_cast<char>(field << 3));
  put_varint(out, value);
}

inline void put_double(std::string& out, int field, double value) {
  out.push_back(static_cast<char>(field << 3 | 1));
  put_fixed(out, value);
}

/// A length-delimited field.
inline void put_bytes(std::string& out, int field, std::string_view bytes) {
  out.push_back(static_cast<char>(field << 3 | 2));
  put_varint(out, bytes.size());
  out.append(bytes);
}

/// The front of an event; a step of 0 is left out, as proto3 does.
inline void put_event_head(std::string& out, double wall_time, std::uint64_t step) {
  put_double(out, 1, wall_time);
  if (step != 0) put_number(out, 2, step);
}

/// How a scalar is stored.
enum class Form : std::uint8_t {
  kSimple,  ///< TF1: `simple_value`.
  kTensor,  ///< TF2: a float32 tensor of rank 0 in `tensor_content`.
};

/// `SummaryMetadata` that names the scalars plugin.
inline constexpr std::string_view kScalarMetadata{"\x0A\x09\x0A\x07scalars", 11};

/// A `Summary.value` field that holds one scalar.
inline void put_scalar(std::string& out, std::string_view tag, float value, Form form,
                       bool metadata) {
  constexpr std::string_view kTensorHead{"\x42\x0A\x08\x01\x12\x00\x22\x04", 8};
  const std::size_t size = 2 + tag.size() + (form == Form::kSimple ? 5 : 12) +
                           (metadata ? 2 + kScalarMetadata.size() : 0);
  out.push_back('\x0A');
  put_varint(out, size);
  put_bytes(out, 1, tag);
  if (form == Form::kSimple) {
    out.push_back('\x15');
  } else {
    out.append(kTensorHead);
  }
  put_fixed(out, value);
  if (metadata) put_bytes(out, 9, kScalarMetadata);
}

/// What a set holds, and so what a reader must find in it.
struct Counts {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t runs = 0;
  std::uint64_t records = 0;  ///< Intact ones, the version records among them.
  std::uint64_t points = 0;   ///< Scalars in intact records.
  std::uint64_t dropped = 0;  ///< Of these, what the clean view leaves out.
  std::uint64_t values = 0;   ///< Summary values of any kind: lines of `dump`.
  std::uint64_t series = 0;
  std::uint64_t name_bytes = 0;  ///< Of paths and of the tags of each run.
  std::uint64_t errors = 0;      ///< Findings of `fsck`.
  double value_sum = 0;          ///< Of the points.
};

/// An event file being written. Throws std::runtime_error where the disk is full.
class EventFile {
 public:
  EventFile(const std::string& path, Counts& counts)
      : path_(path), counts_(counts), out_(path, std::ios::binary | std::ios::trunc) {
    ++counts_.files;
    counts_.name_bytes += path.size();
    std::string version;
    put_event_head(version, kEpoch, 0);
    put_bytes(version, 3, "brain.Event:2");
    record(version);
  }
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;

  void record(std::string_view payload) {
    append_record(buffer_, payload);
    ++counts_.records;
    if (buffer_.size() >= kFlushAt) flush();
  }

  /// An event with the values that stand in `summary`.
  void event(double wall_time, std::uint64_t step, std::string_view summary) {
    payload_.clear();
    put_event_head(payload_, wall_time, step);
    put_bytes(payload_, 5, summary);
    record(payload_);
  }

  void raw(std::string_view bytes) { buffer_.append(bytes); }

  /// Leaves `bytes` zero bytes out: a hole.
  void hole(std::uint64_t bytes) {
    flush();
    out_.seekp(static_cast<std::streamoff>(bytes), std::ios::cur);
    counts_.bytes += bytes;
  }

  /// Bytes that are not on their way to the disk yet: what damage is done to.
  [[nodiscard]] std::string& pending() noexcept { return buffer_; }

  void close() {
    flush();
    out_.close();
    if (!out_) throw std::runtime_error("cannot write " + path_);
  }

  /// The wall time of step 0.
  static constexpr double kEpoch = 1'700'000'000;

 private:
  static constexpr std::size_t kFlushAt = std::size_t{1} << 20;

  void flush() {
    out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    counts_.bytes += buffer_.size();
    buffer_.clear();
  }

  std::string path_;
  Counts& counts_;
  std::ofstream out_;
  std::string buffer_, payload_;
};

}  // namespace tfevents::bench
