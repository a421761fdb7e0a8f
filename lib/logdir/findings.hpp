#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "io/source.hpp"
#include "logdir/run.hpp"
#include "record/record.hpp"

namespace tfevents {

/// What one file turned out to be, besides its points.
struct FileFindings {
  std::uint64_t records = 0;      ///< Intact ones, those that are no events among them.
  std::uint64_t undecodable = 0;  ///< Intact records that are no events.
  std::uint64_t damaged = 0;      ///< Damaged ranges.
  std::uint64_t bytes_lost = 0;   ///< In damaged ranges and undecodable records.
  Tail tail;
  Compression compression = Compression::kNone;
  bool unreadable = false;       ///< The system refused it, or a part of it.
  bool git_lfs_pointer = false;  ///< The text that Git LFS leaves in place of a file.
};

/// Problems of one run in order of file and offset: counted always, kept up to a cap.
class Findings {
 public:
  /// `cap` problems are kept a run.
  explicit Findings(const Run& run, std::size_t cap = 100) : run_(run), cap_(cap) {}

  void on_damage(std::size_t file, const Damage& damage);
  void on_undecodable(std::size_t file, const RecordView& record);
  /// The system refused a file, or a part of it.
  void on_unreadable(std::size_t file, const Error& error);
  enum class Changed : std::uint8_t {
    kWhileRead,   ///< After a part of it had been given.
    kAtEveryTry,  ///< It was tried three times.
  };
  /// A file changed under the reader, so that what follows is missing.
  void on_changed(const Error& error, Changed when);
  /// Called once a file; `whole_file_is_no_event_file` judgements are made here.
  void on_file_end(std::size_t file, const FileFindings& findings);
  /// A documented limit was reached: `what` says which, with the tag where one is concerned.
  void on_limit(std::string message, std::string hint);

  void add(Problem problem);

  [[nodiscard]] const std::vector<Problem>& problems() const noexcept { return problems_; }
  [[nodiscard]] std::vector<Problem> take() noexcept { return std::move(problems_); }
  [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }
  /// Damaged ranges and undecodable records.
  [[nodiscard]] std::uint64_t damage() const noexcept { return damage_; }
  [[nodiscard]] bool lost_data() const noexcept { return lost_data_; }

 private:
  const Run& run_;
  std::size_t cap_;
  std::vector<Problem> problems_;
  std::uint64_t left_out_ = 0;
  std::uint64_t damage_ = 0;
  bool lost_data_ = false;
};

}  // namespace tfevents
