#include "ops/export.hpp"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/file_name.hpp"
#include "base/number.hpp"
#include "base/text.hpp"
#include "io/source.hpp"
#include "ops/export_files.hpp"
#include "ops/export_writers.hpp"
#include "ops/runs.hpp"
#include "ops/survey.hpp"

namespace tfevents::ops {
namespace {

constexpr std::size_t kNamedSeries = 5;

/// Makes the writers of each run.
class Writers final : public DumpFormat {
 public:
  Writers(const ExportOptions& options, ExportFormat& format, std::vector<std::string> columns)
      : options_(options), format_(format), columns_(std::move(columns)) {}

  /// From now on into files, whose names are those of `runs`.
  void split(std::unique_ptr<SplitFiles> files, const std::vector<Run>& runs) {
    files_ = std::move(files);
    FileNames names;
    for (const Run& run : runs) names_.emplace(run.path, names.add(name_for_files(run)));
  }

  std::unique_ptr<PointWriter> points_of(const Run& run) override {
    std::unique_ptr<PointWriter> writer = options_.wide
                                              ? wide_points(columns_, format_.rows_of(run), counts_)
                                              : format_.points_of(run);
    if (options_.split == ExportOptions::Split::kSeries)
      writer = files_of_series(*files_, names_.at(run.path), std::move(writer));
    if (!options_.sort.empty()) writer = sorted_points(options_.sort, std::move(writer));
    if (options_.split == ExportOptions::Split::kRuns)
      writer = file_of_run(*files_, names_.at(run.path), std::move(writer));
    return writer;
  }
  std::unique_ptr<RecordWriter> records_of(const Run&) override { return nullptr; }

  [[nodiscard]] const SplitFiles* files() const noexcept { return files_.get(); }
  [[nodiscard]] const WideCounts& counts() const noexcept { return counts_; }

 private:
  const ExportOptions& options_;
  ExportFormat& format_;
  std::vector<std::string> columns_;
  WideCounts counts_;
  std::unique_ptr<SplitFiles> files_;
  std::unordered_map<std::string, std::string> names_;  // Path of a run to its file's name.
};

Status check_one_series(const Survey& survey) {
  if (survey.series <= 1) return ok_status();
  std::string names;
  std::size_t named = 0;
  for (const SurveyedRun& run : survey.runs) {
    for (const std::string& tag : run.tags) {
      if (named == kNamedSeries) break;
      names += (named++ == 0 ? "" : ", ") + printable(run.run) + " " + printable(tag);
    }
  }
  if (survey.series > named) names += ", …";
  return Error{.code = ErrorCode::kUsage,
               .message = "the format has room for one series, and the selection has " +
                          to_text(survey.series) + ": " + names,
               .hint = "choose one with -r and -t, or add --split-by series"};
}

}  // namespace

Result<ExportReport> export_points(const ExportOptions& options, ExportFormat& format,
                                   const OrderedOutput::Write& write, const OpContext& context) {
  TFEVENTS_TRY(Discovery found, discover(options.select, context.sys, context.jobs, context.stop));
  const bool goes = options.wide || options.one_series || options.where;
  const OpContext reading = goes ? keep_input(context, found) : context;
  TFEVENTS_CHECK(keep_where(found, options.select, options.where, reading));
  Survey survey;
  if (options.wide || options.one_series) {
    OpContext quiet = reading;
    quiet.progress = nullptr;
    TFEVENTS_TRY(survey, survey_series(found, options.select, options.wide, quiet));
    if (options.one_series) TFEVENTS_CHECK(check_one_series(survey));
  }
  std::string header = format.begin(survey.tags);
  Writers writers(options, format, std::move(survey.tags));
  const bool split = options.split != ExportOptions::Split::kNone;
  if (split) {
    TFEVENTS_TRY(NewDirectory directory, NewDirectory::create(options.directory));
    writers.split(std::make_unique<SplitFiles>(std::move(directory), options.extension,
                                               std::exchange(header, {})),
                  found.runs);
  }
  // Not before it is known that there will be an answer.
  const auto write_on = [&](std::string_view text) -> Status {
    if (!header.empty()) TFEVENTS_CHECK(write(std::exchange(header, {})));
    return write(text);
  };
  DumpOptions dump_options;
  dump_options.select = options.select;
  Result<DumpReport> dumped = dump_runs(std::move(found), dump_options, writers, write_on, reading);
  ExportReport report;
  if (split) {
    writers.files()->directory().remove_if_empty();
    TFEVENTS_CHECK(writers.files()->status());
    report.files = writers.files()->count();
  }
  if (!dumped.ok()) return std::move(dumped).error();
  report.dump = std::move(*dumped);
  if (!header.empty()) TFEVENTS_CHECK(write(header));
  report.overridden = writers.counts().overridden;
  report.late = writers.counts().late;
  return report;
}

}  // namespace tfevents::ops
