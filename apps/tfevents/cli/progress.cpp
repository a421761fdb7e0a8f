#include "progress.hpp"

#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include "base/number.hpp"
#include "base/time.hpp"

namespace tfevents::cli {
namespace {

constexpr std::chrono::milliseconds kFirst{500};  // Work below this needs no explanation.
constexpr std::chrono::milliseconds kEvery{100};
constexpr std::string_view kErase = "\r\x1b[K";

std::int64_t to_ns(std::chrono::steady_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

// Progress is a courtesy: a terminal that does not take it is no reason to fail.
void put(int descriptor, std::string_view text) {
  [[maybe_unused]] const auto written = ::write(descriptor, text.data(), text.size());
}

std::string count(std::uint64_t value) {
  return human_integer(static_cast<std::int64_t>(value));
}

}  // namespace

TerminalProgress::TerminalProgress(int descriptor) : descriptor_(descriptor) {}

TerminalProgress::~TerminalProgress() {
  finish();
}

void TerminalProgress::enable(bool wanted) {
  start_ = SteadyClock::now();
  next_draw_ns_.store(to_ns(start_ + kFirst), std::memory_order_relaxed);
  enabled_.store(wanted, std::memory_order_release);
}

void TerminalProgress::expect(std::uint64_t files, std::uint64_t bytes) {
  expected_files_.store(files, std::memory_order_relaxed);
  expected_bytes_.store(bytes, std::memory_order_relaxed);
}

void TerminalProgress::advance(std::uint64_t files, std::uint64_t bytes) {
  files_.fetch_add(files, std::memory_order_relaxed);
  bytes_.fetch_add(bytes, std::memory_order_relaxed);
  if (!enabled_.load(std::memory_order_acquire)) return;
  const auto now = SteadyClock::now();
  auto due = next_draw_ns_.load(std::memory_order_relaxed);
  if (to_ns(now) < due) return;
  // One of the threads that come by wins the turn, the others go on working.
  if (next_draw_ns_.compare_exchange_strong(due, to_ns(now + kEvery))) draw(now);
}

void TerminalProgress::draw(SteadyClock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (!enabled_.load(std::memory_order_relaxed)) return;
  const Numbers numbers{.files = files_.load(std::memory_order_relaxed),
                        .bytes = bytes_.load(std::memory_order_relaxed),
                        .expected_files = expected_files_.load(std::memory_order_relaxed),
                        .expected_bytes = expected_bytes_.load(std::memory_order_relaxed),
                        .seconds = std::chrono::duration<double>(now - start_).count()};
  // One write, so that the line never flickers half drawn.
  put(descriptor_, fmt::format("{}{}", kErase, line(numbers)));
  drawn_ = true;
}

void TerminalProgress::erase() {
  const std::lock_guard lock(mutex_);
  if (drawn_) put(descriptor_, kErase);
  drawn_ = false;
}

void TerminalProgress::finish() {
  enabled_.store(false, std::memory_order_release);
  erase();
}

std::string TerminalProgress::line(const Numbers& numbers) {
  std::string text = count(numbers.files);
  if (numbers.expected_files > 0) text += fmt::format(" of {}", count(numbers.expected_files));
  text += fmt::format(" files · {}", human_bytes(numbers.bytes));
  if (numbers.expected_bytes > 0)
    text += fmt::format(" of {}", human_bytes(numbers.expected_bytes));
  if (numbers.seconds > 0) {
    const double rate = static_cast<double>(numbers.bytes) / numbers.seconds;
    text += fmt::format(" · {}/s", human_bytes(static_cast<std::uint64_t>(rate)));
  }
  return text;
}

}  // namespace tfevents::cli
