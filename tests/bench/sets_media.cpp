#include "bench/set_writer.hpp"
#include "bench/sets.hpp"

namespace tfevents::bench {
namespace {

// A legacy HistogramProto of 100 to 400 buckets.
void put_histogram(std::string& out, Random& random, std::string_view tag) {
  const std::size_t buckets = 100 + random.below(301);
  std::string limits, counts, histogram, value;
  double limit = -1, total = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    limit += 0.001 + 0.01 * random.unit();
    const double count = static_cast<double>(random.below(1000));
    put_fixed(limits, limit);
    put_fixed(counts, count);
    total += count;
  }
  put_double(histogram, 1, -1);
  put_double(histogram, 2, limit);
  put_double(histogram, 3, total);
  put_double(histogram, 4, total * 0.1);
  put_double(histogram, 5, total * 0.3);
  put_bytes(histogram, 6, limits);
  put_bytes(histogram, 7, counts);
  put_bytes(value, 1, tag);
  put_bytes(value, 5, histogram);
  put_bytes(out, 1, value);
}

// What tf.summary.histogram writes: a float64 tensor [30, 3] of (left, right, count).
void put_histogram_tensor(std::string& out, Random& random, std::string_view tag) {
  constexpr std::string_view kShape{"\x12\x02\x08\x1E\x12\x02\x08\x03", 8};
  std::string content, proto, value;
  double left = -1;
  for (int i = 0; i < 30; ++i) {
    const double right = left + 0.05;
    put_fixed(content, left);
    put_fixed(content, right);
    put_fixed(content, static_cast<double>(random.below(1000)));
    left = right;
  }
  put_number(proto, 1, 2);
  put_bytes(proto, 2, kShape);
  put_bytes(proto, 4, content);
  put_bytes(value, 1, tag);
  put_bytes(value, 8, proto);
  put_bytes(value, 9, std::string_view{"\x0A\x0C\x0A\x0Ahistograms", 14});
  put_bytes(out, 1, value);
}

}  // namespace

Counts make_histo(const std::string& root, double scale) {
  Tags scalar_tags = twenty_tags();
  scalar_tags.resize(10);
  const Tags old_tags = numbered_tags(8, "weights/layer");
  const Tags new_tags = numbered_tags(8, "activations/layer");
  Tags tags = scalar_tags;
  tags.insert(tags.end(), old_tags.begin(), old_tags.end());
  tags.insert(tags.end(), new_tags.begin(), new_tags.end());
  Writer writer(root, 9);
  for (int r = 0; r < 8; ++r) {
    EventFile file(Writer::file_name(writer.run(tags)), writer.counts);
    const std::uint64_t steps = scaled(2'500, scale);
    for (std::uint64_t step = 0; step < steps; ++step) {
      writer.scalars(file, scalar_tags, step, step + 1);
      for (std::size_t k = 0; k < 8; ++k) {
        put_histogram(writer.summary(), writer.random(), old_tags[k]);
        writer.event(file, step);
        put_histogram_tensor(writer.summary(), writer.random(), new_tags[k]);
        writer.event(file, step);
        writer.counts.values += 2;
      }
    }
    file.close();
  }
  return writer.counts;
}

// Legacy images whose bytes are noise, as compressed pictures are.
Counts make_image(const std::string& root, double scale) {
  Tags tags = twenty_tags();
  tags.resize(10);
  const Tags scalar_tags = tags;
  const Tags image_tags = {"samples/0", "samples/1"};
  tags.insert(tags.end(), image_tags.begin(), image_tags.end());
  Writer writer(root, 10);
  Random& random = writer.random();
  for (int r = 0; r < 8; ++r) {
    EventFile file(Writer::file_name(writer.run(tags)), writer.counts);
    const std::uint64_t steps = scaled(333, scale);
    for (std::uint64_t step = 0; step < steps; ++step) {
      writer.scalars(file, scalar_tags, step, step + 1);
      for (const std::string& tag : image_tags) {
        std::string picture = "\x89PNG\r\n\x1A\n", proto, value;
        const std::size_t size = 60'000 + random.below(180'000);
        while (picture.size() < size) put_fixed(picture, random.next());
        put_number(proto, 1, 256);
        put_number(proto, 2, 256);
        put_number(proto, 3, 3);
        put_bytes(proto, 4, picture);
        put_bytes(value, 1, tag);
        put_bytes(value, 4, proto);
        put_bytes(writer.summary(), 1, value);
        writer.event(file, step);
        ++writer.counts.values;
      }
    }
    file.close();
  }
  return writer.counts;
}

}  // namespace tfevents::bench
