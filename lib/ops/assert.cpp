#include "ops/assert.hpp"

#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "base/number.hpp"
#include "base/text.hpp"
#include "ops/check_judge.hpp"
#include "ops/unseen.hpp"

namespace tfevents::ops {
namespace {

// Results are kept until the last is there, at half a kilobyte each.
constexpr std::size_t kMaxResults = 1'000'000;

/// How far a check that failed is from holding; infinite where that is no number.
double distance(const CheckRow& row) {
  const double* left = std::get_if<double>(&row.left);
  const double* right = std::get_if<double>(&row.right);
  if (left == nullptr || right == nullptr) return std::numeric_limits<double>::infinity();
  const double apart = std::abs(*left - *right);
  return std::isnan(apart) ? std::numeric_limits<double>::infinity() : apart;
}

/// Reads the trials and judges each of them, or each check.
class Assert {
 public:
  Assert(const AssertOptions& options, const OpContext& context)
      : options_(options), context_(context) {}

  Result<AssertReport> run() {
    TFEVENTS_CHECK(plan());
    auto read = TrialTable::read(query(), plan_, context_);
    if (!read.ok()) return with_order_hint(std::move(read).error());
    TrialTable table = std::move(read).value();
    report_.operands = table.operands();
    report_.now = table.now();
    report_.trials = table.rows().size();
    report_.outcome = std::move(table.outcome());
    TFEVENTS_CHECK(require_operand());
    find_unseen(table);
    const CheckJudge judge(table, report_.outcome, options_.allow_nonfinite);
    if (table.rows().empty()) {
      for (const PlannedCheck& check : checks_) add(empty_selection(check));
      add_unseen();
    } else if (options_.any) {
      for (const PlannedCheck& check : checks_) add(any(judge, check));
    } else {
      if (table.rows().size() > kMaxResults / checks_.size()) {
        return Error{.code = ErrorCode::kLimit,
                     .message = "more than 1,000,000 results: " + to_text(checks_.size()) +
                                " checks of " + to_text(table.rows().size()) + " trials",
                     .hint = "choose trials with --run, or take fewer checks at a time"};
      }
      report_.rows.reserve(table.rows().size() * checks_.size());
      for (std::size_t trial = 0; trial < table.rows().size(); ++trial) {
        for (const PlannedCheck& check : checks_) add(judge.judge(trial, check));
      }
      add_unseen();
    }
    return std::move(report_);
  }

 private:
  Status plan() {
    const auto add_limit = [this](PlannedCheck::Kind kind, std::string_view name,
                                  const std::string& text) -> Status {
      TFEVENTS_TRY(Expression expression, Expression::parse(text));
      checks_.push_back(
          {.kind = kind, .name = std::string(name), .planned = plan_.add(std::move(expression))});
      return ok_status();
    };
    if (options_.min_steps) {
      TFEVENTS_CHECK(add_limit(PlannedCheck::Kind::kMinSteps, kMinStepsCheck,
                               "run.last_step >= " + to_text(*options_.min_steps)));
    }
    if (options_.max_age) {
      TFEVENTS_CHECK(add_limit(PlannedCheck::Kind::kMaxAge, kMaxAgeCheck,
                               "run.age <= " + to_text(*options_.max_age)));
    }
    for (const Check& check : options_.checks) {
      checks_.push_back(
          {.name = check.name, .severity = check.severity, .planned = plan_.add(check.expression)});
    }
    if (options_.where) where_ = plan_.add(*options_.where);
    return ok_status();
  }

  [[nodiscard]] TrialQuery query() const {
    return {.select = options_.select,
            .fold = options_.fold,
            .layout = options_.layout,
            .where = where_};
  }

  // `assert 'last(val/acc) > 0.9' runs`: PATH comes first.
  [[nodiscard]] Error with_order_hint(Error error) const {
    if (error.code != ErrorCode::kNotFound || options_.select.operands.empty()) return error;
    const auto parsed = Expression::parse(options_.select.operands.front());
    if (parsed.ok() && !parsed->calls().empty()) error.hint = "PATH comes first, then EXPR";
    return error;
  }

  // A file that was named and cannot be read is an operand that is not there, and no trial to
  // judge.
  [[nodiscard]] Status require_operand() const {
    for (const Problem& problem : report_.outcome.problems) {
      if (problem.rule == "unreadable" && problem.path &&
          *problem.path == options_.select.operands.front()) {
        return Error{.code = ErrorCode::kIo,
                     .message = problem.message,
                     .path = *problem.path,
                     .offset = problem.offset,
                     .hint = problem.hint.value_or("")};
      }
    }
    return ok_status();
  }

  // Input that was lost and belongs to no trial that is judged: a directory that cannot be read may
  // hold the trial that fails. What cannot belong to the selection is nobody's business.
  void find_unseen(const TrialTable& table) {
    Outcome& outcome = report_.outcome;
    std::set<std::string_view> judged;
    bool lost = false, known = false;
    for (const TrialRow& trial : table.rows()) {
      if (!outcome.problems.empty()) judged.insert(trial.runs.begin(), trial.runs.end());
      lost = lost || trial.lost_data;
    }
    std::erase_if(outcome.problems, [&](const Problem& problem) {
      if (!problem.lost_data) return false;
      known = true;
      const bool of_trial = problem.run && judged.contains(*problem.run);
      lost = lost || of_trial;
      if (of_trial) return false;
      if (!may_be_selected(problem, options_.select)) return true;
      unseen_.push_back(problem);
      return false;
    });
    if (!known && !lost && !outcome.complete)
      unseen_.push_back({.rule = "unreadable", .message = "a part of the input cannot be read"});
    if (!lost && unseen_.empty() && outcome.more_problems == 0) outcome.complete = true;
  }

  [[nodiscard]] static CheckRow unseen(const PlannedCheck& check, const Problem& problem) {
    CheckRow row = CheckJudge::without_trial(check, "damaged", problem.message);
    if (problem.path) {
      row.message = printable(*problem.path) + ": " + problem.message;
      row.path = problem.path;
      row.look = {"fsck", *problem.path};
    }
    return row;
  }

  void add_unseen() {
    for (const Problem& problem : unseen_) {
      for (const PlannedCheck& check : checks_) add(unseen(check, problem));
    }
  }

  [[nodiscard]] CheckRow empty_selection(const PlannedCheck& check) const {
    const std::string& nothing = report_.outcome.nothing;
    CheckRow row =
        CheckJudge::without_trial(check, "empty-selection", nothing.empty() ? "no trial" : nothing);
    row.advice = report_.outcome.hint;
    return row;
  }

  // One trial that passes is enough. Where none does, a trial that could not be evaluated may be
  // the one that would have; what no warning may hide comes first.
  [[nodiscard]] CheckRow any(const CheckJudge& judge, const PlannedCheck& check) const {
    std::optional<CheckRow> nearest, error;
    for (std::size_t trial = 0; trial < report_.trials; ++trial) {
      CheckRow row = judge.judge(trial, check);
      if (row.status == CheckStatus::kPass) return row;
      if (row.status == CheckStatus::kError) {
        if (!error || row.severity > error->severity) error = std::move(row);
      } else if (!nearest || distance(row) < distance(*nearest)) {
        nearest = std::move(row);
      }
    }
    const bool counts = error && error->severity == Severity::kError;
    if (!counts && !unseen_.empty()) error = unseen(check, unseen_.front());
    if (error) {
      if (report_.trials > 1) error->message += " (and no other trial passes)";
      return *std::move(error);
    }
    if (report_.trials > 1)
      nearest->message += " (the nearest of " + to_text(report_.trials) + " trials)";
    return *std::move(nearest);
  }

  void add(CheckRow row) {
    const bool warn = row.severity == Severity::kWarn;
    switch (row.status) {
      case CheckStatus::kPass: ++report_.passed; break;
      case CheckStatus::kFail: ++(warn ? report_.warnings : report_.failed); break;
      case CheckStatus::kError: ++(warn ? report_.warnings : report_.errors); break;
    }
    report_.rows.push_back(std::move(row));
  }

  const AssertOptions& options_;
  const OpContext& context_;
  CallPlan plan_;
  std::vector<PlannedCheck> checks_;
  std::optional<PlannedExpression> where_;
  std::vector<Problem> unseen_;
  AssertReport report_;
};

}  // namespace

const char* to_string(CheckStatus status) noexcept {
  switch (status) {
    case CheckStatus::kPass: return "pass";
    case CheckStatus::kFail: return "fail";
    case CheckStatus::kError: return "error";
  }
  return "error";
}

Result<AssertReport> assert_trials(const AssertOptions& options, const OpContext& context) {
  return Assert(options, context).run();
}

}  // namespace tfevents::ops
