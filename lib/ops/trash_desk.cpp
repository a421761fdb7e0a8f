#include "ops/trash_desk.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "base/time.hpp"
#include "io/directory.hpp"
#include "rewrite/manifest.hpp"

namespace tfevents::ops {
namespace {

constexpr std::size_t kMostProblems = 10'000;

// What the name of a batch says of its beginning: `20261123-030001`, UTC, in whole seconds.
std::optional<double> time_of_id(const std::string& id) {
  constexpr std::size_t kDigits = 15;
  if (id.size() < kDigits) return std::nullopt;
  const auto part = [&id](std::size_t at, std::size_t size) { return id.substr(at, size); };
  const auto time = parse_time(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" + part(9, 2) +
                                   ":" + part(11, 2) + ":" + part(13, 2) + "Z",
                               0);
  if (!time.ok()) return std::nullopt;
  return *time;
}

}  // namespace

TrashDesk::TrashDesk(const TrashOptions& options, const OpContext& context)
    : options_(options), context_(context) {
  report_.action = options.action;
  report_.operand = without_trailing_slashes(options.operand);
  report_.trash = join_path(report_.operand, ".tfe-trash");
  report_.now = context.clock.now();
}

Result<bool> TrashDesk::open() {
  for (const std::string& id : options_.batches) {
    if (id == "all" || rewrite::is_batch_id(id)) continue;
    return Error{.code = ErrorCode::kUsage,
                 .message = "--batch: '" + printable(id) + "' is no batch",
                 .hint = "a batch is named like 20261123-030001; tfevents trash ls shows them"};
  }
  TFEVENTS_TRY(const FileInfo info, context_.sys.lstat(report_.operand));
  if (info.type != FileType::kDirectory && info.type != FileType::kSymlink) {
    return Error{.code = ErrorCode::kUsage,
                 .message = "is no directory",
                 .path = report_.operand,
                 .hint = "name the log directory that was pruned"};
  }
  // Apart from the trash, so that it is known which of both does not exist.
  TFEVENTS_TRY(const auto operand, context_.sys.open_directory(report_.operand));
  auto trash = rewrite::Trash::open(context_.sys, report_.operand, options_.actor);
  if (!trash.ok() && trash.error().code == ErrorCode::kNotFound) return false;
  if (!trash.ok()) return std::move(trash).error();
  trash_ = std::move(trash).value();
  return true;
}

bool TrashDesk::asks_for(std::string_view batch) const {
  const auto& ids = options_.batches;
  return std::find(ids.begin(), ids.end(), batch) != ids.end();
}

void TrashDesk::set_nothing(std::string text, std::string hint) {
  report_.outcome.nothing = std::move(text);
  report_.outcome.hint = std::move(hint);
  // An empty trash is what a listing may find and an emptying wants; a restore wanted something.
  const bool named = !options_.batches.empty() && !asks_for_all();
  report_.outcome.matched_nothing = options_.action == TrashAction::kRestore || named;
}

void TrashDesk::set_trash_empty(bool others) {
  std::string text = "nothing in the trash of " + printable(report_.operand);
  if (others && options_.older_than_seconds)
    text += " is older than " + human_duration(*options_.older_than_seconds);
  set_nothing(std::move(text));
}

void TrashDesk::set_unknown(const std::string& id) {
  set_nothing("there is no batch " + id + " in " + printable(report_.trash),
              "tfevents trash ls shows what there is");
}

TrashRow TrashDesk::row_of(const std::string& batch) const {
  TrashRow row{.batch = batch, .run = {}, .path = join_path(report_.trash, batch)};
  row.trashed_time = time_of_id(batch);
  return row;
}

std::string TrashDesk::run_path(const std::string& run, std::string_view directory) const {
  if (run != "." && rewrite::is_manifest_path(run)) return join_path(report_.operand, run);
  if (run == "." || directory.empty() || directory == ".") return report_.operand;
  return join_path(report_.operand, directory);
}

void TrashDesk::add_problem(Problem problem) {
  if (problem.lost_data) report_.outcome.complete = false;
  if (report_.outcome.problems.size() < kMostProblems) {
    report_.outcome.problems.push_back(std::move(problem));
  } else {
    ++report_.outcome.more_problems;
  }
}

}  // namespace tfevents::ops
