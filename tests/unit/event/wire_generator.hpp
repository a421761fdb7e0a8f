#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "event/encode.hpp"

namespace tfevents::test {

/// Random serialized events: valid, but as no writer makes them. Fields come in any order, again
/// and again, with wrong wire types, packed and not; unknown fields and groups stand between them.
class WireGenerator {
 public:
  explicit WireGenerator(std::uint64_t seed) : random_(seed) {}

  std::string event() { return message(kEvent, 12); }
  std::string value() { return message(kValue, 12); }

  /// A few bytes changed, put in or taken out.
  std::string mutate(std::string bytes) {
    for (std::uint64_t i = 0, n = 1 + below(3); i < n && !bytes.empty(); ++i) {
      const std::size_t at = below(bytes.size());
      switch (below(5)) {
        case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8))); break;
        case 1: bytes[at] = static_cast<char>(below(256)); break;
        case 2: bytes.insert(at, 1 + below(3), static_cast<char>(below(256))); break;
        case 3: bytes.erase(at, 1 + below(3)); break;
        default: bytes.resize(at); break;
      }
    }
    return bytes;
  }

  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

 private:
  enum Message : std::uint8_t {
    kEvent,
    kSummary,
    kValue,
    kImage,
    kAudio,
    kHistogram,
    kTensor,
    kShape,
    kDim,
    kResource,
    kDtypeAndShape,
    kVariant,
    kMetadata,
    kPlugin,
    kLog,
    kSession,
    kRunMetadata,
    kSource
  };
  /// Kinds: v varint, V varints, f float, F floats, d double, D doubles, b bytes, n a name, m
  /// message.
  struct Field {
    std::uint32_t number;
    char kind;
    Message message = kEvent;
  };

  static const std::vector<Field>& fields_of(Message message) {
    static const std::vector<std::vector<Field>> kFields{
        {{1, 'd'},
         {2, 'v'},
         {3, 'b'},
         {4, 'b'},
         {5, 'm', kSummary},
         {5, 'm', kSummary},
         {5, 'm', kSummary},
         {6, 'm', kLog},
         {7, 'm', kSession},
         {8, 'm', kRunMetadata},
         {9, 'b'},
         {10, 'm', kSource}},
        {{1, 'm', kValue}},
        {{1, 'n'},
         {2, 'f'},
         {3, 'b'},
         {4, 'm', kImage},
         {5, 'm', kHistogram},
         {6, 'm', kAudio},
         {7, 'n'},
         {8, 'm', kTensor},
         {8, 'm', kTensor},
         {8, 'm', kTensor},
         {9, 'm', kMetadata}},
        {{1, 'v'}, {2, 'v'}, {3, 'v'}, {4, 'b'}},
        {{1, 'f'}, {2, 'v'}, {3, 'v'}, {4, 'b'}, {5, 'b'}},
        {{1, 'd'}, {2, 'd'}, {3, 'd'}, {4, 'd'}, {5, 'd'}, {6, 'D'}, {7, 'D'}},
        {{1, 'v'},
         {1, 'v'},
         {1, 'v'},
         {2, 'm', kShape},
         {3, 'v'},
         {4, 'b'},
         {5, 'F'},
         {6, 'D'},
         {7, 'V'},
         {8, 'b'},
         {9, 'F'},
         {10, 'V'},
         {11, 'V'},
         {12, 'D'},
         {13, 'V'},
         {14, 'm', kResource},
         {15, 'm', kVariant},
         {16, 'V'},
         {17, 'V'},
         {18, 'b'}},
        {{2, 'm', kDim}, {3, 'v'}},
        {{1, 'v'}, {2, 'b'}},
        {{1, 'b'}, {2, 'b'}, {3, 'b'}, {4, 'v'}, {5, 'b'}, {6, 'm', kDtypeAndShape}},
        {{1, 'v'}, {2, 'm', kShape}},
        {{1, 'b'}, {2, 'b'}, {3, 'm', kTensor}},
        {{1, 'm', kPlugin}, {2, 'b'}, {3, 'b'}, {4, 'v'}},
        {{1, 'n'}, {2, 'b'}},
        {{1, 'v'}, {2, 'b'}},
        {{1, 'v'}, {2, 'b'}, {3, 'b'}},
        {{1, 'n'}, {2, 'b'}},
        {{1, 'n'}}};
    return kFields[message];
  }

  std::string message(Message which, int depth) {
    std::string out;
    wire::Encoder to(out);
    const std::vector<Field>& fields = fields_of(which);
    for (std::uint64_t i = 0, n = below(which == kEvent ? 5 : 4); i < n; ++i) {
      if (below(12) == 0) unknown(to, 3);
      field(to, fields[below(fields.size())], depth);
    }
    return out;
  }

  void field(wire::Encoder& to, Field field, int depth) {
    if (below(25) == 0) field.kind = "vfdbV"[below(5)];  // not the type it should have
    const std::uint32_t number = field.number;
    const auto repeated = [&](auto one, wire::Type type) {
      if (below(2) == 0) {
        to.tag(number, type);
        one();
        return;
      }
      to.message(number, [&] {
        for (std::uint64_t i = 0, n = below(3); i < n; ++i) one();
      });
    };
    switch (field.kind) {
      case 'v': to.varint(number, varint()); break;
      case 'f': to.fixed(number, static_cast<std::uint32_t>(random_())); break;
      case 'd': to.fixed(number, random_()); break;
      case 'b': to.bytes(number, bytes()); break;
      case 'n': to.bytes(number, name()); break;
      case 'V': repeated([&] { to.raw_varint(varint()); }, wire::Type::kVarint); break;
      case 'F':
        repeated([&] { to.raw_fixed(static_cast<std::uint32_t>(random_())); },
                 wire::Type::kFixed32);
        break;
      case 'D': repeated([&] { to.raw_fixed(random_()); }, wire::Type::kFixed64); break;
      default:
        if (depth > 0) to.bytes(number, message(field.message, depth - 1));
    }
  }

  void unknown(wire::Encoder& to, int depth) {
    const auto number = static_cast<std::uint32_t>(19 + below(600));
    switch (below(5)) {
      case 0: to.varint(number, varint()); break;
      case 1: to.fixed(number, static_cast<std::uint32_t>(random_())); break;
      case 2: to.fixed(number, random_()); break;
      case 3: to.bytes(number, bytes()); break;
      default:
        to.tag(number, wire::Type::kStartGroup);
        for (std::uint64_t i = 0, n = below(3); i < n && depth > 0; ++i) unknown(to, depth - 1);
        to.tag(number, wire::Type::kEndGroup);
    }
  }

  std::uint64_t varint() {
    switch (below(5)) {
      case 0: return below(2);
      case 1: return below(34);
      case 2: return 100 + below(34);
      case 3: return random_() >> below(64);
      default: return ~(random_() >> (30 + below(34)));
    }
  }
  std::string bytes() {
    std::string out(below(2) == 0 ? std::uint64_t{1} << below(5) : below(20), '\0');
    for (char& c : out) c = static_cast<char>(random_());
    return out;
  }
  std::string name() {
    static constexpr std::string_view kNames[] = {"", "loss", "acc", "\xFF\xFE", "a/b", "scalars"};
    return std::string(kNames[below(std::size(kNames))]);
  }

  std::mt19937_64 random_;
};

}  // namespace tfevents::test
