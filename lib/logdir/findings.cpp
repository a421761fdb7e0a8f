#include "logdir/findings.hpp"

#include <utility>

#include "base/number.hpp"
#include "base/time.hpp"

namespace tfevents {
namespace {

std::string message_for(const Damage& damage) {
  const std::string size = human_bytes(damage.end - damage.offset);
  switch (damage.kind) {
    case DamageKind::kDataCrc:
      if (damage.record_length) return "payload checksum mismatch: 1 record (" + size + ") skipped";
      return "payload checksum mismatch, and its end is no record boundary: " + size + " skipped";
    case DamageKind::kLengthCrc:
      return "no record header where one should be: " + size + " skipped";
    case DamageKind::kLength:
      return "a length beyond the end of the file, with intact records behind it: " + size +
             " skipped";
    case DamageKind::kCompressed: return "the compressed stream is broken from here on";
  }
  return "damaged";
}

}  // namespace

void Findings::add(Problem problem) {
  lost_data_ = lost_data_ || problem.lost_data;
  if (problems_.size() < cap_) {
    problem.run = run_.name;
    problems_.push_back(std::move(problem));
  } else {
    ++left_out_;
  }
}

void Findings::on_damage(std::size_t file, const Damage& damage) {
  ++damage_;
  lost_data_ = true;
  if (problems_.size() >= cap_) {
    ++left_out_;
    return;
  }
  add({.severity = Severity::kError,
       .rule = to_string(damage.kind),
       .path = run_.path_of(file),
       .offset = damage.offset,
       .end = damage.end,
       .message = message_for(damage),
       .lost_data = true});
}

void Findings::on_undecodable(std::size_t file, const RecordView& record) {
  ++damage_;
  lost_data_ = true;
  if (problems_.size() >= cap_) {
    ++left_out_;
    return;
  }
  add({.severity = Severity::kError,
       .rule = "undecodable",
       .path = run_.path_of(file),
       .offset = record.offset,
       .end = record.end(),
       .message = "the record is intact but holds no event: " +
                  human_bytes(record.end() - record.offset) + " skipped",
       .lost_data = true});
}

void Findings::on_unreadable(std::size_t file, const Error& error) {
  add({.severity = Severity::kError,
       .rule = "unreadable",
       .path = run_.path_of(file),
       .offset = error.offset,
       .message = error.message,
       .hint = error.hint.empty() ? std::nullopt : std::optional(error.hint),
       .lost_data = true});
}

void Findings::on_file_end(std::size_t file, const FileFindings& findings) {
  const bool nothing_intact = findings.records == 0 && findings.damaged == 1 &&
                              !problems_.empty() && problems_.back().offset == 0 &&
                              problems_.back().path == run_.path_of(file);
  if (!nothing_intact || findings.compression != Compression::kNone) return;
  Problem& problem = problems_.back();
  problem.rule = "not-an-event-file";
  problem.message = "no record in it: not an event file";
  if (findings.git_lfs_pointer) {
    problem.message = "a Git LFS pointer, not the event file itself";
    problem.hint = "git lfs pull fetches it";
  }
}

void Findings::on_changed(const Error& error, Changed when) {
  add({.severity = Severity::kError,
       .rule = "changed-while-reading",
       .path = error.path,
       .message = error.message + (when == Changed::kAtEveryTry ? ", three times while it was read"
                                                                : " while it was read"),
       .lost_data = true});
}

void Findings::on_limit(std::string message, std::string hint) {
  add({.severity = Severity::kError,
       .rule = "limit",
       .path = run_.path,
       .message = std::move(message),
       .hint = hint.empty() ? std::nullopt : std::optional(std::move(hint)),
       .lost_data = true});
}

}  // namespace tfevents
