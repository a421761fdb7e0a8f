#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "bench/encode.hpp"

namespace tfevents::bench {

/// Vigna's splitmix64: the same numbers everywhere, unlike the standard distributions.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

 private:
  std::uint64_t state_;
};

using Tags = std::vector<std::string>;

// Twenty names of 11 bytes on average, which makes the scalar records of a long TF1 run 51 bytes.
inline Tags twenty_tags() {
  return {"total_loss",   "optim/lr",    "train/loss",    "train/top1",    "train/top5",
          "val/loss_ce",  "val/top1",    "val/top5",      "grad/norm_l2",  "grad/clipped",
          "time/data_s",  "time/step_s", "time/images_s", "mem/allocated", "mem/reserved",
          "ema/val_loss", "ema/val_acc", "weights/norm",  "scale/loss",    "epoch/fraction"};
}

inline Tags numbered_tags(std::size_t count, const std::string& prefix,
                          const std::string& suffix = "") {
  const std::size_t digits = std::to_string(count - 1).size();
  Tags tags;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    tags.push_back(prefix + std::string(digits - number.size(), '0') + number + suffix);
  }
  return tags;
}

inline std::uint64_t scaled(double at_scale_1, double scale) {
  return std::max<std::uint64_t>(2, static_cast<std::uint64_t>(std::llround(at_scale_1 * scale)));
}

/// A set being written: its random numbers, its counts, and the state of the present run.
class Writer {
 public:
  Writer(std::string root, std::uint64_t seed) : root_(std::move(root)), random_(seed) {}

  Counts counts;

  Random& random() { return random_; }

  /// Starts a run of these tags; returns its directory.
  std::string run(const Tags& tags) {
    char name[32];
    std::snprintf(name, sizeof name, "/run%05d", static_cast<int>(counts.runs++));
    const std::string directory = root_ + name;
    std::filesystem::create_directories(directory);
    counts.series += tags.size();
    for (const std::string& tag : tags) counts.name_bytes += tag.size();
    described_ = false;
    return directory;
  }

  /// The path of the run's event file of a number; readers take them in this order.
  static std::string file_name(const std::string& directory, int number = 0) {
    return directory + "/events.out.tfevents." + std::to_string(1'700'000'000 + number) + ".bench";
  }

  /// Adds the scalar of tag `k` at `step` to summary(): a decaying curve with noise.
  void scalar(const Tags& tags, std::size_t k, std::uint64_t step, Form form, bool metadata) {
    const double decay = 2 / (1 + static_cast<double>(step * (k + 1)) * 0.001);
    const float value = static_cast<float>(decay + 0.05 * random_.unit());
    put_scalar(summary_, tags[k], value, form, metadata);
    counts.value_sum += static_cast<double>(value);
    ++counts.points;
    ++counts.values;
  }

  /// Writes summary() as the event of a step, and empties it.
  void event(EventFile& file, std::uint64_t step) {
    wall_ += 0.001 + 0.0005 * random_.unit();
    file.event(wall_, step, summary_);
    summary_.clear();
  }
  std::string& summary() { return summary_; }

  enum class Metadata { kNone, kFirst, kAlways };

  /// Steps [first, last), an event for each tag, as the summary writers of TensorFlow do.
  void scalars(EventFile& file, const Tags& tags, std::uint64_t first, std::uint64_t last,
               Form form = Form::kSimple, Metadata metadata = Metadata::kNone) {
    for (std::uint64_t step = first; step < last; ++step) {
      for (std::size_t k = 0; k < tags.size(); ++k) {
        const bool describe =
            metadata == Metadata::kAlways || (metadata == Metadata::kFirst && !described_);
        scalar(tags, k, step, form, describe);
        event(file, step);
      }
      described_ = true;
    }
  }

 private:
  std::string root_;
  Random random_;
  double wall_ = EventFile::kEpoch;
  std::string summary_;
  bool described_ = false;
};

}  // namespace tfevents::bench
