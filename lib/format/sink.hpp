#pragma once

#include <cassert>
#include <functional>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace tfevents {

/// Where a renderer puts its text: a buffer, and what takes the text out of it once there is much.
///
/// Renderers append to `out()` and call `drain()` wherever the answer may be parted (at the end of
/// a line, between elements of a JSON array), so that no answer is ever held whole. The first error
/// ends the rendering. Not thread-safe.
class Sink {
 public:
  using Drain = std::function<Status()>;

  /// `out` must outlive the sink. Without a drain all text stays in it.
  explicit Sink(std::string& out, Drain drain = {}) : out_(&out), drain_(std::move(drain)) {}

  [[nodiscard]] std::string& out() noexcept { return *out_; }
  Status drain() { return drain_ ? drain_() : ok_status(); }

 private:
  std::string* out_;
  Drain drain_;
};

/// All that `render(sink)` writes, for short answers.
template <class Render>
[[nodiscard]] std::string text_of(Render render) {
  std::string out;
  Sink sink(out);
  [[maybe_unused]] const Status status = render(sink);
  assert(status.ok());
  return out;
}

}  // namespace tfevents
