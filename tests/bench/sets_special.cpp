#include "bench/set_writer.hpp"
#include "bench/sets.hpp"
#include "record/crc32c.hpp"
#include "record/record.hpp"

namespace tfevents::bench {
// One tensor of 2^28 zeros, all of it a hole in the file, between a few scalars; the metadata
// behind it must be found too. 1 GiB at any scale: its point is the size.
Counts make_huge(const std::string& root, double) {
  constexpr std::uint64_t kZeros = std::uint64_t{1} << 30;
  Tags tags = twenty_tags();
  tags.resize(3);
  Tags all = tags;
  all.emplace_back("huge");
  Writer writer(root, 11);
  EventFile file(Writer::file_name(writer.run(all)), writer.counts);
  writer.scalars(file, tags, 0, 10);

  std::string proto_head, value_head, value_tail, head, payload_head;
  put_number(proto_head, 1, 1);
  put_bytes(proto_head, 2, std::string_view{"\x12\x06\x08\x80\x80\x80\x80\x01", 8});
  proto_head.push_back('\x22');
  put_varint(proto_head, kZeros);
  put_bytes(value_head, 1, "huge");
  value_head.push_back('\x42');
  put_varint(value_head, proto_head.size() + kZeros);
  value_head += proto_head;
  put_bytes(value_tail, 9, std::string_view{"\x0A\x09\x0A\x07tensors", 11});
  head.push_back('\x0A');
  put_varint(head, value_head.size() + kZeros + value_tail.size());
  head += value_head;
  put_event_head(payload_head, EventFile::kEpoch + 1, 10);
  payload_head.push_back('\x2A');
  put_varint(payload_head, head.size() + kZeros + value_tail.size());
  payload_head += head;

  std::string framing;
  put_fixed<std::uint64_t>(framing, payload_head.size() + kZeros + value_tail.size());
  put_fixed(framing, masked_crc32c(as_bytes(framing)));
  std::uint32_t crc = with_crc_kernel([&](auto kernel) {
    using K = decltype(kernel);
    const Bytes front = as_bytes(payload_head), back = as_bytes(value_tail);
    const std::uint32_t before = K::extend(crc::kInit, front.data(), front.size());
    return K::extend(crc::shift(before, kZeros), back.data(), back.size());
  });
  file.raw(framing + payload_head);
  file.hole(kZeros);
  file.raw(value_tail);
  std::string footer;
  put_fixed(footer, mask_crc(crc ^ crc::kInit));
  file.raw(footer);
  ++writer.counts.records;
  ++writer.counts.values;

  writer.scalars(file, tags, 11, 20);
  file.close();
  return writer.counts;
}

namespace {

// Two files a run; where `rewinds`, the second file of every other run begins a fifth before the
// first one's end, as a job that goes on from its last checkpoint. Equally many records either way.
Counts resumed(const std::string& root, double scale, bool rewinds) {
  const Tags tags = twenty_tags();
  const std::uint64_t half = scaled(30'000, scale);
  Writer writer(root, 12);
  for (int r = 0; r < 8; ++r) {
    const std::string directory = writer.run(tags);
    const std::uint64_t back = rewinds && r % 2 == 1 ? half / 5 : 0;
    EventFile first(Writer::file_name(directory, 0), writer.counts);
    writer.scalars(first, tags, 0, half);
    first.close();
    EventFile second(Writer::file_name(directory, 1), writer.counts);
    writer.scalars(second, tags, half - back, 2 * half - back);
    second.close();
    writer.counts.dropped += back * tags.size();
  }
  return writer.counts;
}

}  // namespace

Counts make_restart(const std::string& root, double scale) {
  return resumed(root, scale, true);
}
Counts make_restart_twin(const std::string& root, double scale) {
  return resumed(root, scale, false);
}

namespace {

// The last record of each run, which is no longer than it must be, is spoiled by `spoil(record,
// run)` or cut. Small at any scale: these are about right answers.
template <class Spoil>
Counts spoiled(const std::string& root, std::uint64_t seed, bool more_behind, Spoil&& spoil) {
  const Tags tags = twenty_tags();
  Writer writer(root, seed);
  for (int r = 0; r < 2; ++r) {
    EventFile file(Writer::file_name(writer.run(tags)), writer.counts);
    writer.scalars(file, tags, 0, 500);
    // Written by hand: it counts as a record of none of the totals.
    std::string summary, payload, record;
    put_scalar(summary, tags[0], 99, Form::kSimple, false);
    put_event_head(payload, EventFile::kEpoch, 500);
    put_bytes(payload, 5, summary);
    append_record(record, payload);
    spoil(record, r);
    file.raw(record);
    if (more_behind) writer.scalars(file, tags, 501, 600);
    file.close();
  }
  return writer.counts;
}

}  // namespace

Counts make_torn(const std::string& root, double) {
  return spoiled(root, 13, false, [](std::string& record, int r) {
    record.resize(r == 0 ? kHeaderBytes / 2 : record.size() - 7);
  });
}

Counts make_rot(const std::string& root, double) {
  Counts counts = spoiled(root, 14, true, [](std::string& record, int r) {
    char& victim = r == 0 ? record[kHeaderBytes + 20] : record[1];
    victim = static_cast<char>(victim ^ 0x10);
  });
  counts.errors = 2;
  return counts;
}

}  // namespace tfevents::bench
