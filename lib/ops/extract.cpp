#include "ops/extract.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "io/new_directory.hpp"
#include "logdir/view.hpp"
#include "ops/extract_run.hpp"
#include "ops/ordered_output.hpp"

namespace tfevents::ops {
namespace {

constexpr const char* kIndex = "index.json";
constexpr const char* kUnfinishedIndex = ".tfe-index";

std::string parent_of(std::string path) {
  path = without_trailing_slashes(std::move(path));
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Reading writes nothing into a run: what lies there belongs to it, and goes with it.
Status check_place(const std::string& path, const Discovery& found, Sys& sys) {
  std::set<FileId> above;
  const auto itself = sys.stat(path);
  std::string place = itself.ok() ? path : parent_of(path);
  if (!itself.ok()) TFEVENTS_CHECK(sys.stat(place));
  TFEVENTS_TRY(place, sys.real_path(place));
  for (;; place = parent_of(place)) {
    TFEVENTS_TRY(const FileInfo info, sys.stat(place));
    above.insert(info.id);
    if (place == "/") break;
  }
  for (const Run& run : found.runs) {
    if (run.standard_input) continue;
    const auto info = sys.stat(run.is_file ? parent_of(run.path) : run.path);
    if (!info.ok() || !above.contains(info->id)) continue;
    return Error{.code = ErrorCode::kUsage,
                 .message = "the directory for the files lies in the run " + run.people_name(),
                 .path = path,
                 .hint = "name one outside of it: what is in a run's directory belongs to the run"};
  }
  return ok_status();
}

/// index.json, which has its name when it is complete.
class Index {
 public:
  explicit Index(ExtractTarget& target) : target_(target) {}

  Status write(std::string_view text) {
    if (file_ == nullptr) {
      TFEVENTS_TRY(file_, target_.directory().create_file(kUnfinishedIndex, target_.file_mode()));
    }
    return file_->write(as_bytes(text));
  }
  Status commit() {
    file_.reset();
    return target_.directory().move(kUnfinishedIndex, target_.directory(), kIndex);
  }
  void discard() {
    if (std::exchange(file_, nullptr) != nullptr)
      static_cast<void>(target_.directory().remove_file(kUnfinishedIndex));
  }

 private:
  ExtractTarget& target_;
  std::unique_ptr<WritableFile> file_;
};

Result<ExtractReport> extract_runs(Discovery found, const ExtractOptions& options,
                                   ExtractTarget& target, ExtractFormat& format,
                                   const OpContext& context) {
  ExtractReport report;
  report.now = context.clock.now();
  report.operands = found.operands;
  expect(context, found);
  const SeriesSelector selector(options.select);
  Index index(target);
  bool first = true;
  OrderedOutput output(found.runs.size(), [&](std::string_view rows) -> Status {
    const bool drop_comma = std::exchange(first, false);
    if (drop_comma) TFEVENTS_CHECK(index.write(format.begin(report)));
    Status written = index.write(rows.substr(drop_comma ? 1 : 0));
    if (!written.ok()) target.on_error(written.error());
    return written;
  });
  FileNames names;
  static_cast<void>(names.add(kIndex));  // Taken.
  std::vector<std::string> directories;
  for (const Run& run : found.runs) directories.push_back(names.add(name_for_files(run)));
  std::vector<std::optional<Result<ExtractedRun>>> runs(found.runs.size());
  for_each_parallel(
      found.runs.size(), context.jobs, context.stop, [](std::size_t) { return 0; },
      [&](std::size_t i) {
        const FinishSlot finish{output, i};
        if (target.failed()) return;
        const auto on_rows = [&](std::string&& rows) { output.append(i, std::move(rows)); };
        RunFiles files(target, directories[i]);
        runs[i] = extract_run(found.runs[i], options.select, selector, files, target, format,
                              on_rows, context);
      });
  const Status status = target.failed() ? target.status() : output.status();
  if (!status.ok() || context.stop.requested()) {
    index.discard();
    if (!status.ok()) return status.error();
    return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
  }
  OutcomeBuilder outcome(options.select, found);
  for (auto& run : runs) {
    if (!run->ok()) {
      index.discard();
      return std::move(*run).error();
    }
    report.others += (*run)->others;
    if (outcome.add(std::move((*run)->outcome))) ++report.runs;
  }
  std::tie(report.files, report.bytes) = target.written();
  TFEVENTS_TRY(report.outcome, outcome.finish(report.files + report.others != 0));
  if (report.files == 0) {
    if (report.others != 0) {
      report.outcome.matched_nothing = true;
      report.outcome.nothing =
          fmt::format("{} selected {} of kinds that become no files", report.others,
                      report.others == 1 ? "point is" : "points are");
      report.outcome.hint = "dump without --extract prints numbers, histograms and hyperparameters";
    }
    return report;
  }
  Status ended = index.write(format.end(report));
  if (ended.ok()) ended = index.commit();
  if (!ended.ok()) {
    index.discard();
    target.on_error(ended.error());
    return target.status().error();
  }
  return report;
}

}  // namespace

Result<ExtractReport> extract(const ExtractOptions& options, ExtractFormat& format,
                              const OpContext& context) {
  TFEVENTS_TRY(Discovery found, discover(options.select, context.sys, context.jobs, context.stop));
  const OpContext reading = options.where ? keep_input(context, found) : context;
  TFEVENTS_CHECK(keep_where(found, options.select, options.where, reading));
  TFEVENTS_CHECK(check_place(options.directory, found, context.sys));
  TFEVENTS_TRY(const NewDirectory made, NewDirectory::create(options.directory));
  const auto extract_into = [&]() -> Result<ExtractReport> {
    TFEVENTS_TRY(auto directory, context.sys.open_directory(options.directory));
    TFEVENTS_TRY(const EntryInfo info, directory->info());
    ExtractTarget target(std::move(directory), info.mode);
    return extract_runs(std::move(found), options, target, format, reading);
  };
  Result<ExtractReport> report = extract_into();
  made.remove_if_empty();
  return report;
}

}  // namespace tfevents::ops
