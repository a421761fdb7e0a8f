// make_logdir SET DIR [--scale S]: writes a set of the benchmark into the new directory DIR, and
// what is in it to DIR.expected, as `key=value` lines for a shell. The same bytes every time.

#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <ostream>
#include <string>

#include "bench/sets.hpp"

namespace {

using tfevents::bench::all_sets;
using tfevents::bench::Counts;
using tfevents::bench::Set;

void usage() {
  std::fputs("usage: bench_make_logdir SET DIR [--scale S]\n\nsets:\n", stderr);
  for (const Set& set : all_sets()) {
    std::fprintf(stderr, "  %-14s%s\n", set.name.data(), set.summary.data());
  }
}

void print(std::ostream& out, const Counts& counts) {
  out << "files=" << counts.files << "\nbytes=" << counts.bytes << "\nruns=" << counts.runs
      << "\nrecords=" << counts.records << "\npoints=" << counts.points
      << "\ndropped=" << counts.dropped << "\nvalues=" << counts.values
      << "\nseries=" << counts.series << "\nname_bytes=" << counts.name_bytes
      << "\nerrors=" << counts.errors << "\nvalue_sum=" << std::setprecision(12) << counts.value_sum
      << '\n';
}

bool parse_scale(const char* text, double& scale) {
  const char* const end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, scale);
  return error == std::errc() && stop == end && scale > 0 && scale <= 100;
}

int write(const Set& set, const std::string& directory, double scale) {
  if (std::filesystem::exists(directory)) {
    std::fprintf(stderr, "bench_make_logdir: %s exists\n", directory.c_str());
    return 2;
  }
  std::filesystem::create_directories(directory);
  const Counts counts = set.write(directory, scale);
  std::ofstream expected(directory + ".expected");
  print(expected, counts);
  expected.close();
  std::printf("%-13s %11llu bytes %9llu records %9llu points\n", set.name.data(),
              static_cast<unsigned long long>(counts.bytes),
              static_cast<unsigned long long>(counts.records),
              static_cast<unsigned long long>(counts.points));
  return expected ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  double scale = 1;
  const bool scaled = argc == 5 && std::strcmp(argv[3], "--scale") == 0;
  if ((argc != 3 && !scaled) || (scaled && !parse_scale(argv[4], scale))) {
    usage();
    return 2;
  }
  for (const Set& set : all_sets()) {
    if (set.name != argv[1]) continue;
    try {
      return write(set, argv[2], scale);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "bench_make_logdir: %s\n", error.what());
      return 1;
    }
  }
  usage();
  return 2;
}
