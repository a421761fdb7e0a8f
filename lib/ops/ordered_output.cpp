#include "ops/ordered_output.hpp"

#include <utility>

namespace tfevents::ops {

// With the mutex held: the stream belongs to one thread at a time.
void OrderedOutput::write(std::string_view text) {
  if (text.empty() || !status_.ok()) return;
  if (auto written = write_(text); !written.ok()) status_ = std::move(written);
}

void OrderedOutput::append(std::size_t slot, std::string&& text) {
  std::unique_lock lock(mutex_);
  moved_.wait(lock, [&] { return slot == head_ || waiting_ < kMaxWaiting || !status_.ok(); });
  if (!status_.ok()) return;
  if (slot == head_) return write(text);
  // What waits counts with all of its memory, and short texts are many: those of a slot each.
  if (text.capacity() > text.size() + text.size() / 2) text.shrink_to_fit();
  waiting_ += text.capacity();
  slots_[slot].waiting.push_back(std::move(text));
}

void OrderedOutput::finish(std::size_t slot) {
  const std::lock_guard lock(mutex_);
  slots_[slot].finished = true;
  while (head_ < slots_.size() && slots_[head_].finished) {
    if (++head_ == slots_.size()) break;
    for (const std::string& text : slots_[head_].waiting) {
      waiting_ -= text.capacity();
      write(text);
    }
    slots_[head_].waiting = {};
  }
  moved_.notify_all();
}

bool OrderedOutput::failed() const {
  const std::lock_guard lock(mutex_);
  return !status_.ok();
}

Status OrderedOutput::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace tfevents::ops
