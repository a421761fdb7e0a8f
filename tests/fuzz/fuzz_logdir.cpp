#include <algorithm>
#include <cstdlib>

#include "support/damage.hpp"
#include "support/memory_sys.hpp"
#include "unit/ops/tree_facts.hpp"

// A small tree of records with right checksums and of plain bytes: all jobs give the same, clean is
// part of raw, ls counts what dump writes, fsck loses what ls calls damage.

using namespace tfevents::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr const char* kFiles[] = {"/a/1.tfevents", "/a/2.tfevents", "/b/c/1.tfevents",
                                           "/1.tfevents"};
  MemorySys sys;
  for (const char* file : kFiles) sys.file(file, "");
  // Pieces: which file, and whether as a record (0-3) or as it is; how many bytes; the bytes.
  while (size >= 2) {
    const std::size_t count = std::min<std::size_t>(data[1], size - 2);
    const std::string piece(reinterpret_cast<const char*>(data + 2), count);
    sys.append(kFiles[data[0] % 4], data[0] % 32 < 4 ? framed(piece) : piece);
    data += 2 + count;
    size -= 2 + count;
  }
  const TreeFacts clean = facts_of(sys, tfevents::View::kClean, 1);
  const TreeFacts raw = facts_of(sys, tfevents::View::kRaw, 1);
  if (clean != facts_of(sys, tfevents::View::kClean, 4)) std::abort();
  if (raw != facts_of(sys, tfevents::View::kRaw, 4)) std::abort();
  std::vector<std::string> less = clean.points, more = raw.points;
  std::sort(less.begin(), less.end());
  std::sort(more.begin(), more.end());
  if (!std::includes(more.begin(), more.end(), less.begin(), less.end())) std::abort();
  if (clean.listed != clean.points.size() || raw.listed != raw.points.size()) std::abort();
  if (clean.damage != raw.damage || raw.lost != raw.damage) std::abort();
  return 0;
}
