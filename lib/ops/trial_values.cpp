// What a TrialTable says about its trials once everything has been read.
#include <algorithm>
#include <set>
#include <utility>

#include "base/number.hpp"
#include "base/parallel.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "ops/trial_table.hpp"
#include "ops/trial_table_impl.hpp"

namespace tfevents::ops {
namespace {

Value number(std::optional<double> value) {
  return value ? Value(*value) : Value();
}

std::string joined(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 8;
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i)
    out += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kShown) out += ", …";
  return out;
}

/// One trial, as an expression sees it.
class TrialFacts final : public Facts {
 public:
  TrialFacts(const TrialRow& row, const Expression& expression, std::span<const SeriesValue> calls)
      : row_(row), expression_(expression), calls_(calls) {}

  [[nodiscard]] SeriesValue series(std::size_t index) const override { return calls_[index]; }
  [[nodiscard]] Value name(std::size_t index) const override {
    const NameRef& ref = expression_.names()[index];
    switch (ref.scope) {
      case NameRef::Scope::kRun: return attribute(ref.name);
      case NameRef::Scope::kHparam: return hparam(ref.name);
      case NameRef::Scope::kLayout: return level(ref.name);
      case NameRef::Scope::kBare: break;
    }
    Value value = hparam(ref.name);
    return is_null(value) ? level(ref.name) : value;
  }

 private:
  [[nodiscard]] Value hparam(const std::string& name) const {
    const auto found = row_.hparams.find(name);
    if (found != row_.hparams.end()) return found->second;
    for (const auto& [key, value] : row_.hparams) {
      if (printable(key) == name) return value;  // Odd names are typed as printed.
    }
    return {};
  }
  [[nodiscard]] Value level(const std::string& name) const {
    for (const auto& [key, value] : row_.layout) {
      if (key == name) return value;
    }
    return {};
  }
  [[nodiscard]] Value attribute(const std::string& name) const {
    const TrialRow& trial = row_;
    const std::string& people = trial.people_name();
    const std::size_t slash = people.rfind('/');
    if (name == "name") return people;
    if (name == "parent" && slash == 0) return std::string("/");
    if (name == "parent") return slash == std::string::npos ? "." : people.substr(0, slash);
    if (name == "leaf") return slash == std::string::npos ? people : people.substr(slash + 1);
    if (name == "state") return std::string(to_string(trial.state));
    if (name == "age") return number(trial.age_seconds);
    if (name == "size") return static_cast<double>(trial.bytes);
    if (name == "start") return number(trial.first_time);
    if (name == "duration") {
      if (!trial.first_time || !trial.last_time) return {};
      return *trial.last_time - *trial.first_time;
    }
    if (name == "last_step" && trial.last_step) return static_cast<double>(*trial.last_step);
    return {};
  }

  const TrialRow& row_;
  const Expression& expression_;
  std::span<const SeriesValue> calls_;
};

std::vector<std::string> trial_tags(const std::vector<TagPlace>& places) {
  std::vector<std::string> tags;
  tags.reserve(places.size());
  for (const TagPlace& place : places) tags.push_back(place.trial_tag);
  return tags;
}

}  // namespace

const char* reason_of(Trouble::Kind kind) noexcept {
  switch (kind) {
    case Trouble::Kind::kMissingTag: return "missing-tag";
    case Trouble::Kind::kAmbiguousTag: return "ambiguous-tag";
    case Trouble::Kind::kMissingName: return "missing-hparam";
    case Trouble::Kind::kEmptyWindow: return "empty-window";
    case Trouble::Kind::kNonFinite: return "non-finite";
    case Trouble::Kind::kType: return "type";
  }
  return "type";
}

std::string key_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return "s:" + *text;
  if (const auto* number = std::get_if<double>(&value)) return "n:" + to_text(*number);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "b:true" : "b:false";
  return "";
}

std::optional<std::size_t> TrialTable::Impl::index_of(std::size_t run, std::string_view tag) const {
  const TagList& tags = *runs[run].tags;
  const auto place = std::lower_bound(tags.begin(), tags.end(), tag);
  if (place == tags.end() || *place != tag) return std::nullopt;
  return static_cast<std::size_t>(place - tags.begin());
}

bool TrialTable::Impl::keeps(std::string_view tag) const {
  return query.select.tags.empty() || any_matches(query.select.tags, tag);
}

TagMatch TrialTable::Impl::match(std::size_t row, std::string_view tag) const {
  TagMatch match = resolve(trials[row], tag, [&](std::size_t run, std::string_view local) {
    return index_of(run, local).has_value();
  });
  if (match.found && !keeps(match.found->trial_tag)) match.found.reset();
  std::erase_if(match.ambiguous, [&](const TagPlace& place) { return !keeps(place.trial_tag); });
  if (match.ambiguous.size() == 1) {
    match.found = match.ambiguous.front();
    match.ambiguous.clear();
  }
  return match;
}

const RunAnswer* TrialTable::Impl::answer(std::size_t call, const TagPlace& place) const {
  const auto tag = index_of(place.run, place.local_tag);
  for (const RunAnswer& answer : runs[place.run].answers) {
    if (answer.call == call && tag && answer.tag == *tag) return &answer;
  }
  return nullptr;
}

SeriesValue TrialTable::value(std::size_t row, std::size_t call) const {
  const SeriesCall& asked = impl_->plan.calls()[call];
  const TagMatch match = impl_->match(row, asked.tag);
  if (!match.ambiguous.empty()) {
    SeriesValue value = SeriesValue::missing(Absence::kAmbiguousTag);
    value.candidates = trial_tags(match.ambiguous);
    return value;
  }
  if (!match.found) return SeriesValue::missing(Absence::kMissingTag);
  if (asked.function == SeriesFunction::kAtBest) {
    const auto late = impl_->late.find({row, call});
    if (late != impl_->late.end()) return late->second;
    return SeriesValue::missing(Absence::kEmptyWindow);
  }
  const RunAnswer* answer = impl_->answer(call, *match.found);
  return answer == nullptr ? SeriesValue::missing(Absence::kMissingTag) : answer->value;
}

SeriesValue TrialTable::last(std::size_t row, std::string_view tag) const {
  const TagMatch match = impl_->match(row, tag);
  if (!match.found) return SeriesValue::missing(Absence::kMissingTag);
  const auto index = impl_->index_of(match.found->run, match.found->local_tag);
  const auto& lasts = impl_->runs[match.found->run].lasts;
  if (!index || *index >= lasts.size() || !lasts[*index])
    return SeriesValue::missing(Absence::kEmptyWindow);
  return *lasts[*index];
}

std::vector<SeriesValue> TrialTable::values(std::size_t row,
                                            const PlannedExpression& planned) const {
  std::vector<SeriesValue> values;
  values.reserve(planned.calls.size());
  for (const std::size_t call : planned.calls) values.push_back(value(row, call));
  return values;
}

Evaluation TrialTable::evaluate(std::size_t row, const PlannedExpression& planned,
                                std::span<const SeriesValue> values) const {
  return planned.expression.evaluate(TrialFacts(rows()[row], planned.expression, values));
}

Evaluation TrialTable::evaluate(std::size_t row, const PlannedExpression& planned) const {
  return evaluate(row, planned, values(row, planned));
}

ItemValue TrialTable::value(std::size_t row, const PlannedItem& item, bool as_tag) const {
  ItemValue result;
  if (as_tag) {
    if (item.call) result.series = value(row, *item.call);
    result.value = number(result.series.value);
    return result;
  }
  if (!item.expression) return result;
  std::vector<SeriesValue> calls = values(row, *item.expression);
  Evaluation evaluation = evaluate(row, *item.expression, calls);
  result.value = std::move(evaluation.value);
  result.troubles = std::move(evaluation.troubles);
  if (const auto call = item.expression->expression.single_call())
    result.series = std::move(calls[*call]);
  return result;
}

std::vector<std::string> TrialTable::tags(std::size_t row) const {
  const auto tags_of_run = [&](std::size_t run) { return *impl_->runs[run].tags; };
  std::vector<std::string> tags = trial_tags(tags_of(impl_->trials[row], tags_of_run));
  std::erase_if(tags, [&](const std::string& tag) { return !impl_->keeps(tag); });
  std::sort(tags.begin(), tags.end(),
            [](const std::string& a, const std::string& b) { return natural_compare(a, b) < 0; });
  return tags;
}

bool TrialTable::is_tag(std::string_view name) const {
  if (std::binary_search(all_tags().begin(), all_tags().end(), name)) return true;
  for (std::size_t row = 0; row < rows().size(); ++row) {
    const TagMatch match = impl_->match(row, name);
    if (match.found || !match.ambiguous.empty()) return true;
  }
  return false;
}

Result<std::vector<SeriesValue>> TrialTable::at_steps(
    std::span<const StepQuestion> questions) const {
  std::vector<SeriesValue> values(questions.size());
  struct OfRun {
    CallPlan plan;
    std::vector<std::size_t> questions, calls;
  };
  std::map<std::size_t, OfRun> by_run;
  std::vector<TagPlace> places(questions.size());
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const TagMatch match = impl_->match(questions[i].row, questions[i].tag);
    if (!match.found) {
      values[i] = SeriesValue::missing(match.ambiguous.empty() ? Absence::kMissingTag
                                                               : Absence::kAmbiguousTag);
      values[i].candidates = trial_tags(match.ambiguous);
      continue;
    }
    places[i] = *match.found;
    OfRun& run = by_run[match.found->run];
    run.questions.push_back(i);
    // The last point up to the step.
    run.calls.push_back(run.plan.add(
        {.function = SeriesFunction::kLast,
         .tag = match.found->local_tag,
         .window = {.by = Window::By::kSteps, .from = std::nullopt, .to = questions[i].step}}));
  }
  std::vector<std::pair<const std::size_t, OfRun>*> work;
  work.reserve(by_run.size());
  for (auto& entry : by_run) work.push_back(&entry);
  std::vector<std::unique_ptr<Error>> errors(work.size());
  TagPool pool;
  for_each_parallel(
      work.size(), impl_->context.jobs, impl_->context.stop,
      [&](std::size_t i) { return impl_->found.runs[work[i]->first].bytes(); },
      [&](std::size_t i) {
        const OfRun& run = work[i]->second;
        auto read = read_answers(impl_->found.runs[work[i]->first], run.plan, impl_->query.select,
                                 pool, impl_->context);
        if (!read.ok()) {
          errors[i] = std::make_unique<Error>(std::move(read).error());
          return;
        }
        for (std::size_t k = 0; k < run.questions.size(); ++k) {
          const std::string& tag = places[run.questions[k]].local_tag;
          for (RunAnswer& answer : read->answers) {
            if (answer.call == run.calls[k] && (*read->tags)[answer.tag] == tag)
              values[run.questions[k]] = answer.value;
          }
        }
      });
  if (impl_->context.stop.requested())
    return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
  for (const auto& error : errors) {
    if (error) return std::move(*error);
  }
  return values;
}

// What a member's tag of the same full name loses to the trial's own is said once.
void TrialTable::report_hidden() {
  std::set<std::pair<std::size_t, std::string>> told;
  for (std::size_t row = 0; row < rows().size(); ++row) {
    if (impl_->trials[row].members.size() < 2) continue;
    for (const SeriesCall& call : impl_->plan.calls()) {
      const TagMatch match = impl_->match(row, call.tag);
      if (match.hidden.empty() || !told.emplace(row, call.tag).second) continue;
      const std::string& hidden = impl_->found.runs[match.hidden.front().run].people_name();
      impl_->outcome.problems.push_back(
          {.severity = Severity::kWarn,
           .rule = "hidden-tag",
           .run = rows()[row].name,
           .path = rows()[row].path,
           .tag = call.tag,
           .message = "its own " + call.tag + " hides that of " + printable(hidden),
           .hint = "--no-fold takes every run for itself"});
    }
  }
}

// Tag and metric of a kAtBest call may be of two members, or several series may be meant: then the
// run of the tag is read again, once the best step is known.
Status TrialTable::finish_at_best() {
  const std::span<const SeriesCall> calls = impl_->plan.calls();
  std::vector<StepQuestion> questions;
  std::vector<std::pair<std::size_t, std::size_t>> asked;
  for (std::size_t call = 0; call < calls.size(); ++call) {
    if (calls[call].function != SeriesFunction::kAtBest) continue;
    const auto best_call = static_cast<std::size_t>(
        std::find(calls.begin(), calls.end(), best_of_metric(calls[call])) - calls.begin());
    for (std::size_t row = 0; row < rows().size(); ++row) {
      const TagMatch tag = impl_->match(row, calls[call].tag);
      const TagMatch metric = impl_->match(row, calls[call].metric);
      if (!tag.found) continue;
      SeriesValue& late = impl_->late[{row, call}];
      if (!metric.found) {
        late = SeriesValue::missing(metric.ambiguous.empty() ? Absence::kMissingTag
                                                             : Absence::kAmbiguousTag);
        late.candidates = trial_tags(metric.ambiguous);
        continue;
      }
      const RunAnswer* answer = impl_->answer(call, *tag.found);
      if (answer != nullptr && tag.found->run == metric.found->run &&
          impl_->index_of(metric.found->run, metric.found->local_tag) == answer->metric) {
        late = answer->value;
        continue;
      }
      const SeriesValue best = value(row, best_call);
      if (!best.step) {
        late = SeriesValue::missing(Absence::kEmptyWindow);
        continue;
      }
      questions.push_back({row, calls[call].tag, *best.step});
      asked.emplace_back(row, call);
    }
  }
  if (questions.empty()) return ok_status();
  TFEVENTS_TRY(std::vector<SeriesValue> values, at_steps(questions));
  for (std::size_t i = 0; i < values.size(); ++i) impl_->late[asked[i]] = std::move(values[i]);
  return ok_status();
}

Status TrialTable::apply_where() {
  if (!impl_->query.where || impl_->rows.empty()) return ok_status();
  const PlannedExpression& where = *impl_->query.where;
  std::vector<char> keep(impl_->rows.size());
  std::optional<std::pair<std::size_t, Trouble>> trouble;  // And its row.
  bool any = false, known = false;
  for (std::size_t row = 0; row < keep.size(); ++row) {
    const Evaluation evaluation = evaluate(row, where);
    known = known || !is_null(evaluation.value);
    keep[row] = is_true(evaluation.value) ? 1 : 0;
    any = any || keep[row] != 0;
    if (!trouble && !evaluation.troubles.empty()) trouble.emplace(row, evaluation.troubles.front());
  }
  if (!any) {
    impl_->outcome.matched_nothing = true;
    impl_->outcome.nothing =
        std::string("no ") + noun() + " satisfies " + printable(where.expression.text());
    impl_->outcome.hint.clear();
    if (trouble && !known) {
      auto [message, hint] = explain(trouble->first, where, trouble->second);
      impl_->outcome.nothing += ": " + message;
      impl_->outcome.hint = std::move(hint);
    }
  }
  std::size_t kept = 0;
  std::map<std::pair<std::size_t, std::size_t>, SeriesValue> late;
  for (std::size_t row = 0; row < keep.size(); ++row) {
    if (keep[row] == 0) continue;
    for (std::size_t call = 0; call < impl_->plan.calls().size() && !impl_->late.empty(); ++call) {
      if (auto found = impl_->late.extract({row, call}))
        late.emplace(std::pair(kept, call), std::move(found.mapped()));
    }
    if (kept != row) {
      impl_->rows[kept] = std::move(impl_->rows[row]);
      impl_->trials[kept] = std::move(impl_->trials[row]);
    }
    ++kept;
  }
  impl_->late = std::move(late);
  impl_->rows.resize(kept);
  impl_->trials.resize(kept);
  return ok_status();
}

std::pair<std::string, std::string> TrialTable::explain(std::size_t row,
                                                        const PlannedExpression& planned,
                                                        const Trouble& trouble) const {
  const auto near = [](std::string_view name, const std::vector<std::string>& names) {
    const auto found = nearest(name, names);
    return found && *found != name ? "did you mean " + *found + "?" : std::string();
  };
  if (trouble.kind == Trouble::Kind::kMissingTag) {
    const std::string& tag = planned.expression.calls()[trouble.index].tag;
    std::vector<std::string> known = row < rows().size() ? tags(row) : all_tags();
    std::string hint = near(tag, known);
    if (hint.empty()) hint = near(tag, all_tags());
    if (hint.empty() && !known.empty() && known.size() <= 8) hint = "there are " + joined(known);
    return {trouble.message, hint};
  }
  if (trouble.kind == Trouble::Kind::kMissingName) {
    const NameRef& name = planned.expression.names()[trouble.index];
    if (is_tag(name.word)) return {trouble.message, "of a tag say what: last(" + name.word + ")"};
    std::string hint = near(name.name, all_names());
    if (hint.empty()) {
      // A tag without a function around it, or of an item, which is nothing but the tag.
      const auto tag = nearest(name.word, all_tags());
      if (tag) hint = "did you mean the tag " + *tag + "?";
    }
    return {trouble.message, hint};
  }
  return {trouble.message, ""};
}

}  // namespace tfevents::ops
