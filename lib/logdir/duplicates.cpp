#include "logdir/duplicates.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <numeric>
#include <optional>
#include <string>

#include "base/text.hpp"

namespace tfevents {
namespace {

constexpr std::size_t kHead = 256;
constexpr std::size_t kCompareBlock = 64 * 1024;
// Files that begin alike but differ are rare; a tree made of them must not cost a comparison of all
// with all.
constexpr int kMaxComparisons = 8;

std::size_t read_all_at(OpenFile& file, std::uint64_t offset, std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const auto n = file.read_at(offset + done, into.subspan(done));
    if (!n.ok() || *n == 0) break;
    done += *n;
  }
  return done;
}

std::string head_of(const std::string& path, Sys& sys) {
  auto opened = sys.open_read(path);
  if (!opened.ok()) return {};
  std::string head(kHead, '\0');
  head.resize(read_all_at(**opened, 0, std::as_writable_bytes(std::span<char>(head))));
  return head;
}

// True when the first `bytes` bytes of both files are the same.
bool same_front(const std::string& a, const std::string& b, std::uint64_t bytes, Sys& sys) {
  auto first = sys.open_read(a);
  auto second = sys.open_read(b);
  if (!first.ok() || !second.ok()) return false;
  std::vector<std::byte> x(kCompareBlock), y(kCompareBlock);
  for (std::uint64_t at = 0; at < bytes;) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(kCompareBlock, bytes - at));
    if (read_all_at(**first, at, std::span(x).first(want)) != want) return false;
    if (read_all_at(**second, at, std::span(y).first(want)) != want) return false;
    if (std::memcmp(x.data(), y.data(), want) != 0) return false;
    at += want;
  }
  return true;
}

}  // namespace

std::vector<Problem> find_duplicates(const Run& run, Sys& sys) {
  std::vector<Problem> problems;
  if (run.files.size() < 2 || run.standard_input) return problems;
  std::vector<std::string> heads;
  for (std::size_t file = 0; file < run.files.size(); ++file) {
    heads.push_back(head_of(run.path_of(file), sys));
  }
  std::vector<std::size_t> by_size(run.files.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(), [&](std::size_t a, std::size_t b) {
    return run.files[a].size > run.files[b].size;
  });
  std::vector<std::optional<std::size_t>> copy_of(run.files.size());
  for (std::size_t i = 1; i < by_size.size(); ++i) {
    const EventFile& file = run.files[by_size[i]];
    // A version event alone is no copy of anything: writers started together begin alike.
    if (file.size <= 96) continue;
    int comparisons = 0;
    for (std::size_t j = 0; j < i && comparisons < kMaxComparisons; ++j) {
      const std::size_t other = by_size[j];
      if (copy_of[other] || !heads[other].starts_with(heads[by_size[i]])) continue;
      ++comparisons;
      if (!same_front(run.path_of(by_size[i]), run.path_of(other), file.size, sys)) continue;
      copy_of[by_size[i]] = other;
      break;
    }
  }
  for (std::size_t file = 0; file < run.files.size(); ++file) {
    if (!copy_of[file]) continue;
    const EventFile& original = run.files[*copy_of[file]];
    const bool whole = original.size == run.files[file].size;
    problems.push_back({.severity = Severity::kWarn,
                        .rule = "duplicate-copy",
                        .path = run.path_of(file),
                        .message = std::string(whole ? "a copy of " : "an older copy of ") +
                                   printable(original.name) + ": its points count twice",
                        .hint = "TensorBoard opens every name that contains tfevents"});
  }
  return problems;
}

}  // namespace tfevents
