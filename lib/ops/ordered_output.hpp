#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tfevents::ops {

/// Puts the text of many workers into one stream, slot by slot, so that the bytes are the same for
/// any number of workers.
///
/// The worker of the first unfinished slot writes through; workers ahead of it are kept in memory
/// up to a limit and then wait. Slots must be begun in order, or the first one could wait for a
/// worker that waits for it. Thread-safe.
class OrderedOutput {
 public:
  using Write = std::function<Status(std::string_view)>;

  OrderedOutput(std::size_t slots, Write write) : slots_(slots), write_(std::move(write)) {}

  /// Adds text to a slot. May wait. After an error of the stream nothing is kept and `failed()` is
  /// true.
  void append(std::size_t slot, std::string&& text);
  /// No more text will come for a slot.
  void finish(std::size_t slot);

  /// Polled by workers: the stream is broken, more work is in vain.
  [[nodiscard]] bool failed() const;
  [[nodiscard]] Status status() const;

 private:
  static constexpr std::size_t kMaxWaiting = std::size_t{2} << 20;

  struct Slot {
    std::vector<std::string> waiting;  // A deque would cost 600 bytes where nothing waits.
    bool finished = false;
  };

  void write(std::string_view text);

  mutable std::mutex mutex_;
  std::condition_variable moved_;
  std::vector<Slot> slots_;
  Write write_;
  std::size_t head_ = 0;
  std::size_t waiting_ = 0;
  Status status_ = ok_status();
};

/// Others wait for a slot: it ends however its worker ends.
struct FinishSlot {
  OrderedOutput& output;
  std::size_t slot;
  ~FinishSlot() { output.finish(slot); }
};

}  // namespace tfevents::ops
