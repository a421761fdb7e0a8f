#include "ops/check_judge.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "base/number.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace tfevents::ops {
namespace {

// Clocks of machines differ a little. What lies further ahead has no age that means anything.
constexpr double kClockSkew = 300;
constexpr std::size_t kShownNames = 8;
constexpr std::size_t kShownCalls = 3;

/// One side of a check, as messages show it.
std::string side_text(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return to_text(*number);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&value)) return "\"" + printable(*text) + "\"";
  return "nothing";
}

/// A value of a series with what it comes from: `0.9214 at step 55000`.
std::string side_text(const SeriesCall& call, const SeriesValue& value) {
  if (value.absence == Absence::kNever) {
    return "never: no point of " + printable(call.tag) + " is " + to_string(call.comparison) + " " +
           to_text(call.threshold);
  }
  if (!value.value) return "nothing";
  const std::string number = to_text(*value.value);
  switch (call.function) {
    case SeriesFunction::kLast:
    case SeriesFunction::kFirst:
    case SeriesFunction::kMin:
    case SeriesFunction::kMax:
    case SeriesFunction::kAt:
    case SeriesFunction::kAtBest:
      return value.step ? number + " at step " + to_text(*value.step) : number;
    case SeriesFunction::kArgmin:
    case SeriesFunction::kArgmax:
    case SeriesFunction::kFirstStep: return "step " + number;
    case SeriesFunction::kCount: return number + (*value.value == 1 ? " point" : " points");
    case SeriesFunction::kNan:
      return number + (*value.value == 1 ? " non-finite point" : " non-finite points");
    case SeriesFunction::kMean:
    case SeriesFunction::kMedian:
    case SeriesFunction::kStd:
    case SeriesFunction::kSum:
    case SeriesFunction::kQuantile:
    case SeriesFunction::kSlope:
    case SeriesFunction::kAuc:
    case SeriesFunction::kRatio: break;
  }
  return number + " over " + counted(value.n, "point", "points");
}

/// A number as people read the attribute: an age as `66d`.
std::string side_text(const NameRef& attribute, double number) {
  // What an attribute is compared with may be any number.
  if (attribute.name == "size")
    return human_bytes(number > 0 ? static_cast<std::uint64_t>(std::min(number, 1e18)) : 0);
  if (attribute.name == "start") return human_time(number, true);
  if (!(number < 0)) return human_duration(number);
  return human_duration(-number) + (attribute.name == "age" ? " in the future" : " backwards");
}

/// True where a side of a comparison is this attribute alone, a size or a time of the trial.
bool is_quantity(const NameRef& name, const TrialRow& trial, const Value& side) {
  const double* number = std::get_if<double>(&side);
  if (name.scope != NameRef::Scope::kRun || number == nullptr) return false;
  if (name.name == "age") return trial.age_seconds == *number;
  if (name.name == "size") return static_cast<double>(trial.bytes) == *number;
  if (name.name == "start") return trial.first_time == *number;
  return name.name == "duration" && trial.first_time && trial.last_time &&
         *trial.last_time - *trial.first_time == *number;
}

std::string side_text(const Value& side, const TrialRow& trial, std::span<const NameRef> names) {
  for (const NameRef& name : names) {
    if (is_quantity(name, trial, side)) return side_text(name, std::get<double>(side));
  }
  return side_text(side);
}

/// The value of the only name that is compared. Where it reads like the other side, exactly.
std::string name_text(const CheckRow& row, const TrialRow& trial, std::span<const NameRef> names) {
  for (const NameRef& name : names) {
    const bool left = is_quantity(name, trial, row.left);
    if (!left && !is_quantity(name, trial, row.right)) continue;
    const double own = std::get<double>(left ? row.left : row.right);
    const auto* other = std::get_if<double>(left ? &row.right : &row.left);
    const std::string text = side_text(name, own);
    const bool alike = other != nullptr && *other != own && side_text(name, *other) == text;
    return alike ? text + " (" + to_text(own) + ")" : text;
  }
  return side_text(row.left);
}

bool same_number(const Value& side, const SeriesValue& value) {
  const double* number = std::get_if<double>(&side);
  return number != nullptr && value.value &&
         (*number == *value.value || (std::isnan(*number) && std::isnan(*value.value)));
}

bool picks_never(const SeriesValue& value) {
  return value.absence == Absence::kNever;
}

const Trouble* first_of(const std::vector<Trouble>& troubles, bool allow_nonfinite) {
  for (const Trouble& trouble : troubles) {
    if (trouble.kind != Trouble::Kind::kNonFinite || !allow_nonfinite) return &trouble;
  }
  return nullptr;
}

std::string there_are(const std::vector<std::string>& names) {
  std::string text = "there are";
  for (std::size_t i = 0; i < std::min(names.size(), kShownNames); ++i)
    text += (i == 0 ? " " : ", ") + printable(names[i]);
  return names.size() > kShownNames ? text + ", …" : text;
}

void not_a_condition(CheckRow& row, const std::string& kind) {
  row.reason = "type";
  row.message = "a " + kind + ", and not a condition";
  row.suggestion = row.expr + " >= VALUE";
  row.advice = "compare it: " + printable(row.suggestion);
}

}  // namespace

CheckJudge::CheckJudge(const TrialTable& table, const Outcome& outcome, bool allow_nonfinite)
    : table_(table), allow_nonfinite_(allow_nonfinite) {
  for (const Problem& problem : outcome.problems) {
    if (problem.lost_data && problem.run) damage_.emplace(*problem.run, &problem);
  }
}

CheckRow CheckJudge::without_trial(const PlannedCheck& check, const char* reason,
                                   std::string message) {
  CheckRow row{.check = check.name,
               .expr = check.planned.expression.text(),
               .severity = Severity::kError,
               .op = check.planned.expression.comparison()};
  row.reason = reason;
  row.message = std::move(message);
  return row;
}

CheckRow CheckJudge::judge(std::size_t trial, const PlannedCheck& check) const {
  const TrialRow& about = table_.rows()[trial];
  const Expression& expression = check.planned.expression;
  CheckRow row{.check = check.name,
               .expr = expression.text(),
               .run = about.name,
               .shown = about.people_name(),
               .path = about.path,
               .severity = check.severity,
               .op = expression.comparison()};
  // Of damaged input nobody knows what the lost records said: the real last value may be gone.
  if (about.lost_data || damage_of(about) != nullptr) {
    explain_damage(row, about);
    return row;
  }
  if (expression.type_error()) {
    row.reason = "type";
    row.message = expression.type_error()->message;
    row.advice = expression.type_error()->hint;
    return row;
  }
  if (expression.type() == ValueType::kNumber || expression.type() == ValueType::kText) {
    not_a_condition(row, to_string(expression.type()));
    return row;
  }
  const std::vector<SeriesValue> values = table_.values(trial, check.planned);
  const Evaluation evaluation = table_.evaluate(trial, check.planned, values);
  row.left = evaluation.left;
  row.right = evaluation.right;
  // With several calls the one that is the left side; an expression of it has its step as well.
  if (values.size() == 1 || (!values.empty() && same_number(row.left, values.front())))
    row.step = values.front().step;
  if (const Trouble* trouble = first_of(evaluation.troubles, allow_nonfinite_)) {
    explain_trouble(row, trial, check, *trouble);
  } else {
    decide(row, about, check, evaluation.value, values);
  }
  return row;
}

const Problem* CheckJudge::damage_of(const TrialRow& trial) const {
  for (const std::string& run : trial.runs) {
    if (const auto found = damage_.find(run); found != damage_.end()) return found->second;
  }
  return nullptr;
}

void CheckJudge::explain_damage(CheckRow& row, const TrialRow& trial) const {
  row.reason = "damaged";
  row.severity = Severity::kError;
  row.look = {"fsck", trial.path};
  const Problem* problem = damage_of(trial);
  if (problem == nullptr) {
    row.message = "a part of its input is damaged or cannot be read";
    return;
  }
  row.message = problem->message;
  if (problem->path) {
    row.message += " (" + printable(*problem->path);
    if (problem->offset) row.message += "@" + to_text(*problem->offset);
    row.message += ")";
  }
  if (trial.damage > 1) row.message += " and " + to_text(trial.damage - 1) + " more";
}

void CheckJudge::explain_trouble(CheckRow& row, std::size_t trial, const PlannedCheck& check,
                                 const Trouble& trouble) const {
  const Expression& expression = check.planned.expression;
  row.reason = reason_of(trouble.kind);
  row.message = printable(trouble.message);
  switch (trouble.kind) {
    case Trouble::Kind::kMissingTag:
      return explain_missing_tag(row, trial, expression.calls()[trouble.index]);
    case Trouble::Kind::kMissingName:
      return explain_missing_name(row, expression.names()[trouble.index]);
    case Trouble::Kind::kAmbiguousTag: {
      const SeriesValue value = table_.value(trial, check.planned.calls[trouble.index]);
      if (value.candidates.empty()) return;
      row.suggestion = value.candidates.front();
      row.advice = "say which, as " + printable(row.suggestion);
      return;
    }
    case Trouble::Kind::kEmptyWindow:
      row.message += " of " + printable(expression.calls()[trouble.index].tag);
      row.look = {"dump", *row.path, "-t", expression.calls()[trouble.index].tag};
      return;
    case Trouble::Kind::kNonFinite:
      row.suggestion = "--allow-nonfinite";
      row.advice = "--allow-nonfinite compares all the same";
      return;
    case Trouble::Kind::kType:
      if (!is_null(row.left) && !is_null(row.right))
        row.message += " (" + side_text(row.left) + " against " + side_text(row.right) + ")";
      return;
  }
}

void CheckJudge::explain_missing_tag(CheckRow& row, std::size_t trial,
                                     const SeriesCall& call) const {
  const std::vector<std::string> known = table_.tags(trial);
  const auto has = [&](const std::string& tag) {
    return std::find(known.begin(), known.end(), tag) != known.end();
  };
  // at_best names two tags.
  const std::string& tag = !call.metric.empty() && has(call.tag) ? call.metric : call.tag;
  row.message = "no tag " + printable(tag);
  // Among several the name of the trial stands beside the message.
  if (table_.rows().size() == 1) row.message += " in " + printable(row.shown);
  auto near = nearest(tag, known);
  if (!near) near = nearest(tag, table_.all_tags());
  if (near && *near != tag) {
    row.suggestion = *near;
    row.advice = "did you mean " + printable(*near) + "?";
    return;
  }
  if (known.empty()) {
    row.message += ": it has no scalar";
    return;
  }
  row.advice = there_are(known);
}

void CheckJudge::explain_missing_name(CheckRow& row, const NameRef& name) const {
  if (table_.is_tag(name.word)) {
    row.reason = "type";
    row.message = printable(name.word) + " is a tag, and a tag stands inside a function";
    row.suggestion = "last(" + name.word + ")";
    row.advice = "for instance " + printable(row.suggestion);
    return;
  }
  if (const auto near = nearest(name.name, table_.all_names()); near && *near != name.name) {
    row.suggestion = *near;
    row.advice = "did you mean " + printable(*near) + "?";
  } else if (!table_.all_names().empty()) {
    row.advice = there_are(table_.all_names());
  }
}

void CheckJudge::decide(CheckRow& row, const TrialRow& trial, const PlannedCheck& check,
                        const Value& value, const std::vector<SeriesValue>& values) {
  const bool never = std::any_of(values.begin(), values.end(), picks_never);
  const bool* truth = std::get_if<bool>(&value);
  row.status = truth != nullptr && *truth ? CheckStatus::kPass : CheckStatus::kFail;
  if (check.kind == PlannedCheck::Kind::kMinSteps) return decide_steps(row);
  if (check.kind == PlannedCheck::Kind::kMaxAge) return decide_age(row);
  if (truth == nullptr && !is_null(value)) {
    row.status = CheckStatus::kError;
    return not_a_condition(row, std::holds_alternative<double>(value) ? "number" : "text");
  }
  if (truth == nullptr && !never) {
    // Only attributes of trials that hold no event are absent without a trouble.
    row.status = CheckStatus::kError;
    row.reason = "empty-window";
    row.message = "there is no event that tells it";
    return;
  }
  row.message = evidence(row, trial, values, check.planned.expression);
}

void CheckJudge::decide_steps(CheckRow& row) {
  row.message = is_null(row.left) ? "no step" : "last step " + side_text(row.left);
  if (row.status != CheckStatus::kPass) row.reason = "too-few-steps";
}

void CheckJudge::decide_age(CheckRow& row) {
  const double* age = std::get_if<double>(&row.left);
  if (age == nullptr) {
    row.status = CheckStatus::kError;
    row.message = "nothing tells when it was last active";
  } else if (*age < -kClockSkew) {
    row.status = CheckStatus::kError;
    row.message = "last event " + human_duration(-*age) + " in the future";
  } else {
    row.message = "last event " + human_duration(std::max(*age, 0.0)) + " ago";
  }
  if (row.status != CheckStatus::kPass) row.reason = "stale";
}

std::string CheckJudge::evidence(const CheckRow& row, const TrialRow& trial,
                                 const std::vector<SeriesValue>& values,
                                 const Expression& expression) {
  const auto calls = expression.calls();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (picks_never(values[i])) return side_text(calls[i], values[i]);
  }
  const std::size_t operands = calls.size() + expression.names().size();
  if (row.op && operands > 1) {
    return side_text(row.left, trial, expression.names()) + " against " +
           side_text(row.right, trial, expression.names());
  }
  if (row.op && values.size() == 1) {
    std::string value = side_text(calls[0], values[0]);
    if (same_number(row.left, values[0]) || same_number(row.right, values[0])) return value;
    return side_text(row.left) + " against " + side_text(row.right) + ", from " + value;
  }
  if (row.op) return name_text(row, trial, expression.names());
  std::string text;
  for (std::size_t i = 0; i < std::min(values.size(), kShownCalls); ++i) {
    text += (i == 0 ? "" : ", ") + std::string(to_string(calls[i].function)) + "(" +
            printable(calls[i].tag) + ") " + side_text(calls[i], values[i]);
  }
  if (values.size() > kShownCalls) text += ", …";
  if (text.empty()) text = row.status == CheckStatus::kPass ? "true" : "false";
  return text;
}

}  // namespace tfevents::ops
