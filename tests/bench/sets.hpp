#pragma once

#include <span>
#include <string>
#include <string_view>

#include "bench/encode.hpp"

namespace tfevents::bench {

/// A set of the benchmark: how to write it, and what it is for.
struct Set {
  std::string_view name;
  std::string_view summary;
  /// Writes it into the existing, empty directory `root`. The same bytes for the same scale, on any
  /// machine; 1 makes about 1 GB of the big sets.
  Counts (*write)(const std::string& root, double scale);
};

// The writers that do not stand beside the table.
Counts make_histo(const std::string& root, double scale);
Counts make_image(const std::string& root, double scale);
Counts make_huge(const std::string& root, double scale);
Counts make_restart(const std::string& root, double scale);
Counts make_restart_twin(const std::string& root, double scale);
Counts make_torn(const std::string& root, double scale);
Counts make_rot(const std::string& root, double scale);

[[nodiscard]] std::span<const Set> all_sets();

}  // namespace tfevents::bench
