#include "ops/fsck.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "logdir/duplicates.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {
namespace {

// Rows of one run, and of all together: what is beyond is counted, so that a file made of damage
// costs no memory.
constexpr std::size_t kMaxRowsOfRun = 10'000;
constexpr std::size_t kMaxFsckRows = 50'000;
constexpr double kFreshSeconds = 300;

/// What verifying one run gives.
struct CheckedRun {
  RunOutcome outcome;
  std::vector<Problem> rows;
  std::optional<Error> input_error;  // Of standard input, which is all that was asked for.
  std::uint64_t left_out = 0;
  std::uint64_t files = 0, bytes = 0, records = 0, records_lost = 0, bytes_lost = 0;
  std::uint64_t unreadable = 0, bad_files = 0;
};

/// Verifies the files of one run.
class Checker {
 public:
  Checker(const Run& run, const OpContext& context)
      : run_(run),
        context_(context),
        reading_(context.sys, run, input_options(context, false), kMaxRowsOfRun) {}

  CheckedRun check() {
    reading_.files.assign(run_.files.size(), {});
    for (std::size_t file = 0; file < run_.files.size() && !context_.stop.requested(); ++file)
      read_file(file);
    const RunLife life = judge_life(run_, reading_, context_.clock.now());
    for (std::size_t file = 0; file < run_.files.size(); ++file) judge_end(file, life);
    for (Problem& problem : find_duplicates(run_, context_.sys))
      reading_.findings.add(std::move(problem));
    checked_.left_out = reading_.findings.left_out();
    checked_.outcome.take(run_, reading_);
    checked_.outcome.life = life;
    checked_.rows = std::move(checked_.outcome.problems);
    checked_.outcome.problems.clear();
    checked_.outcome.more_problems = 0;
    sort_rows();
    return std::move(checked_);
  }

 private:
  void read_file(std::size_t file) {
    ++checked_.files;
    auto source = reading_.input.open(file);
    if (!source.ok()) {
      ++checked_.bad_files;
      return on_unreadable(file, source.error());
    }
    RecordReader records(std::move(*source), {.temp_directory = context_.temp_directory});
    FileFindings& found = reading_.files[file];
    with_crc_kernel([&](auto kernel) { verify<decltype(kernel)>(file, records, found); });
    found.tail = records.tail();
    checked_.bytes += bytes_read(file, records.offset());
    found.compression = records.compression();
    found.git_lfs_pointer =
        found.records == 0 && found.damaged != 0 && is_git_lfs_pointer(reading_.input, file);
    reading_.findings.on_file_end(file, found);
    checked_.records += found.records - found.undecodable;
    checked_.records_lost += found.damaged + found.undecodable;
    checked_.bytes_lost += found.bytes_lost;
    if (found.damaged + found.undecodable != 0 || found.unreadable) ++checked_.bad_files;
  }

  // `offset`: where reading ended. Of a file that was read whole its size counts, be it compressed
  // or not.
  [[nodiscard]] std::uint64_t bytes_read(std::size_t file, std::uint64_t offset) const {
    const FileFindings& found = reading_.files[file];
    const std::uint64_t size = run_.files[file].size;
    if (run_.standard_input) return found.tail.offset + found.tail.have;
    return found.unreadable ? std::min(offset, size) : size;
  }

  void on_unreadable(std::size_t file, const Error& error) {
    ++checked_.unreadable;
    reading_.files[file].unreadable = true;
    reading_.findings.on_unreadable(file, error);
    if (run_.standard_input) checked_.input_error = error;
  }

  template <class K>
  void verify(std::size_t file, RecordReader& records, FileFindings& found) {
    const auto fetch = records.payload_fetcher();
    std::uint64_t reported = 0;
    for (std::uint64_t count = 1;; ++count) {
      bool decoded = true;
      switch (records.next<K>()) {
        case RecordStep::kRecord:
          decoded = scanner_.scan(
              {records.record().payload, static_cast<std::size_t>(records.record().length)});
          break;
        case RecordStep::kBigRecord:
          decoded = scanner_.scan_stream(records.record().length, fetch);
          break;
        case RecordStep::kDamage:
          ++found.damaged;
          found.bytes_lost += records.damage().end - records.damage().offset;
          reading_.findings.on_damage(file, records.damage());
          continue;
        case RecordStep::kEnd: report(records, reported); return;
        case RecordStep::kError: return on_unreadable(file, records.error());
      }
      ++found.records;
      if (decoded) [[likely]] {
        note_event();
      } else {
        ++found.undecodable;
        found.bytes_lost += records.record().end() - records.record().offset;
        reading_.findings.on_undecodable(file, records.record());
      }
      if ((count & 1023U) == 0) {
        report(records, reported);
        if (context_.stop.requested()) return;
      }
    }
  }

  void note_event() {
    const EventView& event = scanner_.event();
    reading_.activity.on_event(event.wall_time);
    if (event.kind == EventKind::kSessionLog && event.session_status == SessionStatus::kStop) {
      reading_.activity.on_end_mark(event.wall_time);
    }
  }

  void report(const RecordReader& records, std::uint64_t& reported) {
    if (context_.progress != nullptr)
      context_.progress->advance(0, records.offset() - std::min(reported, records.offset()));
    reported = records.offset();
  }

  void judge_end(std::size_t file, const RunLife& life) {
    const EventFile& event_file = run_.files[file];
    const FileFindings& found = reading_.files[file];
    const Tail& tail = found.tail;
    Problem problem{
        .severity = Severity::kWarn, .rule = "", .path = run_.path_of(file), .message = ""};
    if (event_file.size == 0 && !run_.standard_input && found.records == 0) {
      problem.severity = Severity::kNote;
      problem.rule = "empty-file";
      problem.message = "0 bytes: nothing was flushed to it yet, or ever";
    } else if (tail.kind == Tail::Kind::kNul) {
      problem.rule = "nul-tail";
      problem.message =
          "only NUL bytes from here to the end (" + human_bytes(tail.have) + "), as after a crash";
    } else if (tail.kind == Tail::Kind::kTruncated) {
      const bool fresh =
          context_.clock.now() - static_cast<double>(event_file.mtime_ns) / 1e9 < kFreshSeconds;
      const bool growing =
          !run_.standard_input && (fresh || (life.state == RunState::kLive && is_newest(file)));
      problem.severity = growing ? Severity::kNote : Severity::kWarn;
      problem.rule = growing ? "live-tail" : "truncated-tail";
      problem.message = to_text(tail.have) + " of " +
                        (tail.need == UINT64_MAX ? "2^62 or more" : to_text(tail.need)) +
                        " bytes of the last record are there" +
                        (growing ? "; it may still be growing" : "");
    } else {
      return;
    }
    if (tail.kind != Tail::Kind::kClean) {
      problem.offset = tail.offset;
      problem.end = tail.offset + tail.have;
    }
    reading_.findings.add(std::move(problem));
  }

  // A job that goes on writes its newest file.
  [[nodiscard]] bool is_newest(std::size_t file) const {
    return std::none_of(run_.files.begin(), run_.files.end(), [&](const EventFile& other) {
      return other.mtime_ns > run_.files[file].mtime_ns;
    });
  }

  // By file, then offset: findings came file by file, those on ends and copies behind them.
  void sort_rows() {
    std::map<std::string, std::size_t, std::less<>> places;
    for (std::size_t file = 0; file < run_.files.size(); ++file) places[run_.path_of(file)] = file;
    const auto place = [&](const Problem& row) {
      const auto found = places.find(row.path.value_or(""));
      return found == places.end() ? places.size() : found->second;
    };
    std::stable_sort(checked_.rows.begin(), checked_.rows.end(),
                     [&](const Problem& a, const Problem& b) {
                       if (a.path != b.path) return place(a) < place(b);
                       return a.offset.value_or(0) < b.offset.value_or(0);
                     });
  }

  const Run& run_;
  const OpContext& context_;
  RunReading reading_;
  EventScanner scanner_;
  CheckedRun checked_;
};

void add_rows(FsckReport& report, std::vector<Problem> rows) {
  for (Problem& row : rows) {
    switch (row.severity) {
      case Severity::kError: ++report.errors; break;
      case Severity::kWarn: ++report.warnings; break;
      case Severity::kNote: ++report.notes; break;
    }
    if (report.rows.size() < kMaxFsckRows) {
      report.rows.push_back(std::move(row));
    } else {
      ++report.rows_left_out;
    }
  }
}

void add_run(FsckReport& report, CheckedRun&& run) {
  report.files += run.files;
  report.bytes += run.bytes;
  report.records += run.records;
  report.records_lost += run.records_lost;
  report.bytes_lost += run.bytes_lost;
  report.unreadable += run.unreadable;
  report.bad_files += run.bad_files;
  report.rows_left_out += run.left_out;
  report.errors += run.left_out;  // Tails and copies are few: what is past the cap is damage.
  add_rows(report, std::move(run.rows));
}

}  // namespace

Result<FsckReport> fsck(const FsckOptions& options, const OpContext& given) {
  FsckReport report;
  report.now = given.clock.now();
  TFEVENTS_TRY(Discovery found, discover(options.select, given.sys, given.jobs, given.stop));
  const OpContext context = options.where ? keep_input(given, found) : given;
  const auto problems = static_cast<std::ptrdiff_t>(found.problems.size());
  TFEVENTS_CHECK(keep_where(found, options.select, options.where, context));
  // Findings are about the files that are verified.
  found.problems.erase(found.problems.begin() + problems, found.problems.end());
  report.operands = found.operands;
  expect(context, found);
  // A tree can hold very many runs: of those with nothing to tell only the numbers are kept.
  std::vector<std::unique_ptr<CheckedRun>> checked(found.runs.size());
  std::mutex sums;
  for_each_parallel(
      found.runs.size(), context.jobs, context.stop,
      [&](std::size_t i) { return found.runs[i].bytes(); },
      [&](std::size_t i) {
        const Run run = std::move(found.runs[i]);
        auto result = std::make_unique<CheckedRun>(Checker(run, context).check());
        const bool plain = result->rows.empty() && result->left_out == 0 && !result->input_error &&
                           result->outcome.plain(options.select);
        if (!plain) {
          checked[i] = std::move(result);
          return;
        }
        const std::lock_guard lock(sums);
        add_run(report, std::move(*result));
      });
  if (context.stop.requested()) {
    return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
  }
  OutcomeBuilder outcome(options.select, found);
  for (auto& slot : checked) {
    const std::unique_ptr<CheckedRun> run = std::move(slot);
    if (run == nullptr) {
      outcome.add_plain();
      continue;
    }
    if (run->input_error) return *run->input_error;
    if (outcome.add(std::move(run->outcome))) add_run(report, std::move(*run));
  }
  TFEVENTS_TRY(report.outcome, outcome.finish(true));
  // What the walk met is a finding here as well. Its errors are what it could not read.
  const std::uint64_t errors_in_files = report.errors;
  add_rows(report, std::exchange(report.outcome.problems, {}));
  report.bad_paths = report.errors - errors_in_files;
  report.unreadable += report.bad_paths;
  return report;
}

}  // namespace tfevents::ops
