#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "io/source.hpp"

namespace tfevents::test {

inline constexpr std::size_t kKiB = 1024, kMiB = 1024 * kKiB;

/// What a TestSource does and has done; shared with the test, since the reader owns the source.
struct SourceControl {
  std::uint64_t bytes_read = 0;
  std::uint64_t calls = 0;
  std::uint64_t visible = UINT64_MAX;  ///< The file ends here at present.
  std::uint64_t fail_at_call = UINT64_MAX;
};

/// A file whose bytes come from a function, so that it may be of any size: counted, seekable or
/// not, read whole or in random small pieces, growing, shrinking or failing as its control says.
class TestSource final : public ByteSource {
 public:
  using Content = std::function<void(std::uint64_t offset, std::span<std::byte> into)>;

  TestSource(std::uint64_t size, Content content, bool seekable,
             std::shared_ptr<SourceControl> control = std::make_shared<SourceControl>())
      : size_(size),
        content_(std::move(content)),
        seekable_(seekable),
        control_(std::move(control)) {}
  TestSource(std::string bytes, bool seekable,
             std::shared_ptr<SourceControl> control = std::make_shared<SourceControl>())
      : size_(bytes.size()), seekable_(seekable), control_(std::move(control)) {
    content_ = [bytes = std::move(bytes)](std::uint64_t offset, std::span<std::byte> into) {
      std::memcpy(into.data(), bytes.data() + offset, into.size());
    };
  }

  /// Every read gives 1 to `most` bytes from now on.
  TestSource& in_cuts(std::size_t most, std::uint32_t seed) {
    most_ = most;
    random_.seed(seed);
    return *this;
  }

  Result<std::size_t> read(std::span<std::byte> into) override {
    auto n = read_from(at_, into);
    if (n.ok()) at_ += *n;
    return n;
  }
  Result<std::optional<std::uint64_t>> size() override {
    if (!seekable_) return std::optional<std::uint64_t>{};
    return std::optional<std::uint64_t>{end()};
  }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    if (!seekable_) return Error{.code = ErrorCode::kUnsupported, .message = "not seekable"};
    return read_from(offset, into);
  }
  [[nodiscard]] bool can_read_at() const noexcept override { return seekable_; }
  [[nodiscard]] const std::string& path() const noexcept override { return path_; }

 private:
  [[nodiscard]] std::uint64_t end() const { return std::min(size_, control_->visible); }
  Result<std::size_t> read_from(std::uint64_t offset, std::span<std::byte> into) {
    if (control_->calls++ == control_->fail_at_call)
      return Error{.code = ErrorCode::kIo, .message = "read failed", .path = path_};
    std::uint64_t n = std::min<std::uint64_t>(into.size(), end() - std::min(end(), offset));
    if (most_ != 0 && n > 1) n = std::min<std::uint64_t>(n, 1 + random_() % most_);
    if (n != 0) content_(offset, into.first(static_cast<std::size_t>(n)));
    control_->bytes_read += n;
    return static_cast<std::size_t>(n);
  }

  std::uint64_t size_;
  Content content_;
  bool seekable_;
  std::shared_ptr<SourceControl> control_;
  std::string path_ = "test";
  std::uint64_t at_ = 0;
  std::size_t most_ = 0;  // 0: no cuts.
  std::mt19937 random_;
};

}  // namespace tfevents::test
