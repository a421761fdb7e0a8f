#include "logdir/cuts.hpp"

#include <algorithm>
#include <span>

namespace tfevents {

Status CutPoints::add(SeriesId series, Cut cut) {
  Stack& stack = stacks_[series];
  while (true) {
    while (!stack.top.empty() && stack.top.back().step >= cut.step) {
      stack.top.pop_back();
      --in_memory_;
    }
    if (!stack.top.empty() || stack.segments.empty()) break;
    // The part in memory is used up: the newest part in the file may be superseded as well.
    const Segment newest = stack.segments.back();
    TFEVENTS_TRY(auto cuts, load(newest));
    stack.top = std::move(cuts);
    in_memory_ += stack.top.size();
    stack.segments.pop_back();
    if (newest.offset + newest.cuts * sizeof(Cut) == file_->size())
      TFEVENTS_CHECK(file_->truncate(newest.offset));
    if (stack.top.back().step < cut.step) break;
  }
  stack.top.push_back(cut);
  if (++in_memory_ > spill_above_) return spill();
  return ok_status();
}

// Moves the older halves of long stacks to the file. Of what stays as much must go, or as much must
// come, before a stack is read or written again: each cut moves a few times at most.
Status CutPoints::spill() {
  if (file_ == nullptr) {
    TFEVENTS_TRY(auto file, SpoolFile::create(temp_directory_));
    file_ = std::move(file);
  }
  const std::size_t enough = std::max<std::size_t>(4, kInMemory / 2 / stacks_.size());
  for (auto& [series, stack] : stacks_) {
    if (stack.top.size() < enough) continue;
    const std::span<const Cut> older(stack.top.data(), stack.top.size() / 2);
    for (std::size_t at = 0; at < older.size(); at += kSegment) {
      const auto part = older.subspan(at, std::min(kSegment, older.size() - at));
      stack.segments.push_back({file_->size(), static_cast<std::uint32_t>(part.size())});
      TFEVENTS_CHECK(file_->append(std::as_bytes(part)));
    }
    in_memory_ -= older.size();
    stack.top = std::vector<Cut>(stack.top.begin() + static_cast<std::ptrdiff_t>(older.size()),
                                 stack.top.end());
  }
  spill_above_ = std::max(kInMemory, in_memory_ * 2);
  return ok_status();
}

Result<std::vector<Cut>> CutPoints::load(const Segment& segment) const {
  std::vector<Cut> cuts(segment.cuts);
  const std::span<std::byte> into = std::as_writable_bytes(std::span<Cut>(cuts));
  for (std::size_t done = 0; done < into.size();) {
    TFEVENTS_TRY(const std::size_t n, file_->read_at(segment.offset + done, into.subspan(done)));
    if (n == 0) return Error{.code = ErrorCode::kIo, .message = "the temporary file ended early"};
    done += n;
  }
  return cuts;
}

CutPoints::Cursor CutPoints::cursor(SeriesId series) const {
  Cursor cursor;
  cursor.points_ = this;
  cursor.series_ = series;
  return cursor;
}

Result<bool> CutPoints::Cursor::survives(std::uint64_t ordinal, std::int64_t step) {
  const auto found = points_->stacks_.find(series_);
  if (found == points_->stacks_.end()) return true;
  const Stack& stack = found->second;
  while (true) {
    if (fresh_ && segment_ < stack.segments.size()) {
      TFEVENTS_TRY(auto cuts, points_->load(stack.segments[segment_]));
      loaded_ = std::move(cuts);
    }
    fresh_ = false;
    const std::vector<Cut>& part = segment_ < stack.segments.size() ? loaded_ : stack.top;
    while (at_ < part.size() && part[at_].ordinal <= ordinal) ++at_;
    if (at_ < part.size()) return step < part[at_].step;
    if (segment_ >= stack.segments.size()) return true;
    ++segment_;
    at_ = 0;
    fresh_ = true;
    loaded_ = {};
  }
}

}  // namespace tfevents
