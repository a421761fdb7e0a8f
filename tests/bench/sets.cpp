#include "bench/sets.hpp"

#include <array>

#include "bench/set_writer.hpp"

namespace tfevents::bench {
namespace {

// Runs of one file that hold scalars and nothing else.
Counts scalar_runs(const std::string& root, std::uint64_t seed, std::uint64_t runs,
                   std::uint64_t steps, const Tags& tags, Form form = Form::kSimple,
                   Writer::Metadata metadata = Writer::Metadata::kNone) {
  Writer writer(root, seed);
  for (std::uint64_t r = 0; r < runs; ++r) {
    EventFile file(Writer::file_name(writer.run(tags)), writer.counts);
    writer.scalars(file, tags, 0, steps, form, metadata);
    file.close();
  }
  return writer.counts;
}

Counts simple(const std::string& root, double scale) {
  return scalar_runs(root, 1, 8, scaled(121'500, scale), twenty_tags());
}

Counts tensor(const std::string& root, double scale) {
  return scalar_runs(root, 2, 8, scaled(107'000, scale), twenty_tags(), Form::kTensor,
                     Writer::Metadata::kFirst);
}

Counts tensor_md(const std::string& root, double scale) {
  return scalar_runs(root, 3, 8, scaled(44'000, scale), twenty_tags(), Form::kTensor,
                     Writer::Metadata::kAlways);
}

Counts one(const std::string& root, double scale) {
  return scalar_runs(root, 4, 1, scaled(972'000, scale), twenty_tags());
}

Counts tree(const std::string& root, double scale) {
  return scalar_runs(root, 5, scaled(5'000, scale), 200, twenty_tags());
}

Counts tiny(const std::string& root, double scale) {
  Tags tags = twenty_tags();
  tags.resize(5);
  return scalar_runs(root, 6, scaled(50'000, scale), 20, tags);
}

Counts manytags(const std::string& root, double scale) {
  return scalar_runs(root, 7, 4, scaled(300, scale), numbered_tags(3'000, "blocks/", "/w"));
}

// Three steps, so that nearly all memory is that of the series.
Counts wide(const std::string& root, double scale) {
  return scalar_runs(root, 14, 1, 3,
                     numbered_tags(scaled(200'000, scale), "params/layer/", "/norm"));
}

// 20 to 50 values an event, always the first ones of the list: loggers leave out what they do not
// have.
Counts multi(const std::string& root, double scale) {
  const Tags tags = numbered_tags(50, "layers/", "/norm");
  Writer writer(root, 8);
  for (int r = 0; r < 8; ++r) {
    EventFile file(Writer::file_name(writer.run(tags)), writer.counts);
    const std::uint64_t steps = scaled(93'000, scale);
    for (std::uint64_t step = 0; step < steps; ++step) {
      // The first event has them all, so that the number of series is known.
      const std::size_t n = step == 0 ? 50 : 20 + writer.random().below(31);
      for (std::size_t k = 0; k < n; ++k) writer.scalar(tags, k, step, Form::kSimple, false);
      writer.event(file, step);
    }
    file.close();
  }
  return writer.counts;
}

constexpr std::array kSets{
    Set{"simple", "TF1 scalars, one an event", simple},
    Set{"tensor", "TF2 scalars, metadata on the first of each tag", tensor},
    Set{"tensor_md", "TF2 scalars, metadata on every event", tensor_md},
    Set{"multi", "20 to 50 scalars an event", multi},
    Set{"histo", "histograms of both kinds, and scalars", make_histo},
    Set{"image", "images of 60 to 240 KB, and scalars", make_image},
    Set{"tree", "many runs", tree},
    Set{"one", "one big file", one},
    Set{"tiny", "very many small files", tiny},
    Set{"manytags", "3,000 tags a run", manytags},
    Set{"wide", "200,000 tags in one run", wide},
    Set{"huge", "one record of 1 GiB", make_huge},
    Set{"restart", "half of the runs resume a fifth before their end", make_restart},
    Set{"restart_twin", "the same without a rewind", make_restart_twin},
    Set{"torn", "files that end within a record", make_torn},
    Set{"rot", "a flipped bit in a payload, one in a length", make_rot},
};

}  // namespace

std::span<const Set> all_sets() {
  return kSets;
}

}  // namespace tfevents::bench
