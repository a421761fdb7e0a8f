#include "ops/tags.hpp"

#include <utility>

#include "event/scanner.hpp"
#include "record/reader.hpp"

namespace tfevents::ops {

void collect_tags(Sys& sys, const std::string& path, std::uint64_t max_bytes,
                  const std::function<bool()>& enough, std::set<std::string>& tags) {
  auto file = sys.open_read(path);
  if (!file.ok()) return;
  const auto info = (*file)->info();
  if (!info.ok() || info->type != FileType::kRegular) return;
  // As if the file still grew: what the limit cuts off is not searched for.
  RecordReader records(file_source(std::move(*file), path, max_bytes), {.growing = true});
  EventScanner scanner;
  for (std::uint64_t count = 1;; ++count) {
    const RecordStep step = records.next();
    if (step == RecordStep::kEnd || step == RecordStep::kError) return;
    if ((count & 63U) == 0 && enough()) return;
    if (step != RecordStep::kRecord) continue;
    const RecordView& record = records.record();
    if (!scanner.scan({record.payload, static_cast<std::size_t>(record.length)})) continue;
    for (const FastValue& value : scanner.event().fast) tags.emplace(value.tag_view());
    for (const ValueView& value : scanner.event().values) tags.emplace(value.tag);
  }
}

}  // namespace tfevents::ops
