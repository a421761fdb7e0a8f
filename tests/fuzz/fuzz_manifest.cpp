#include <algorithm>
#include <cstdlib>

#include "base/bytes.hpp"
#include "rewrite/manifest.hpp"

// Any bytes: a manifest is read to its end or refused; every line that is accepted obeys the rules
// and comes back as it was when it is written again.

using namespace tfevents;
using namespace tfevents::rewrite;

namespace {

class InputFile final : public OpenFile {
 public:
  explicit InputFile(Bytes bytes) : rest_(bytes) {}
  Result<std::size_t> read(std::span<std::byte> into) override {
    const Bytes part = rest_.first(std::min(into.size(), rest_.size()));
    std::copy(part.begin(), part.end(), into.begin());
    rest_ = rest_.subspan(part.size());
    return part.size();
  }
  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) override { std::abort(); }
  Result<FileInfo> info() override { std::abort(); }

 private:
  Bytes rest_;
};

void expect(bool holds) {
  if (!holds) std::abort();
}

void check(const ManifestLine& line) {
  std::string text = to_manifest_line(line);
  expect(text.size() <= kMaxManifestLine && text.ends_with('\n'));
  text.pop_back();
  const auto again = parse_manifest_line(text);
  expect(again.ok() && to_manifest_line(*again) == text + '\n');
  if (const auto* file = std::get_if<ManifestFile>(&line)) {
    expect(file->number > 0 && ('/' + file->file.path + '/').find("/../") == std::string::npos);
    expect(file->file.path.front() != '/' && is_manifest_path(file->file.path));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  InputFile file(std::as_bytes(std::span(data, size)));
  ManifestReader reader(file, "");
  for (auto line = reader.next(); line.ok() && *line; line = reader.next()) check(**line);
  return 0;
}
