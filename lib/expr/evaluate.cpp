#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "expr/nodes.hpp"

namespace tfevents {
namespace syntax {
namespace {

using Kind = ExprNode::Kind;

const double* number_of(const Value& value) noexcept {
  return std::get_if<double>(&value);
}

std::string no_points(const SeriesCall& call, const SeriesValue& value) {
  if (call.function == SeriesFunction::kAt) return fmt::format("no point at step {}", call.step);
  const bool whole = call.window.by == Window::By::kAll;
  const char* const where = whole ? "" : " in the window";
  if (value.n > 0) return fmt::format("too few points{}", where);
  return fmt::format("no {}point{}", value.nonfinite > 0 ? "finite " : "", where);
}

std::string ambiguous(const SeriesCall& call, const SeriesValue& value) {
  constexpr std::size_t kShown = 5;
  std::string text = fmt::format("several series {}:", call.tag);
  for (std::size_t i = 0; i < std::min(value.candidates.size(), kShown); ++i)
    text += fmt::format("{} {}", i == 0 ? "" : ",", value.candidates[i]);
  if (value.candidates.size() > kShown)
    text += fmt::format(" and {} more", value.candidates.size() - kShown);
  return text;
}

std::string non_finite(const SeriesValue& value) {
  const std::string step =
      value.nonfinite_step ? fmt::format(" at step {}", *value.nonfinite_step) : std::string();
  if (value.nonfinite == 1 && value.value && !std::isfinite(*value.value))
    return to_text(*value.value) + step;
  if (value.nonfinite == 1) return "1 non-finite point," + step;
  return fmt::format("{} non-finite points, the first{}", value.nonfinite, step);
}

/// A value that was given as it is, and is not finite.
std::string non_finite(const NameRef& name, double value) {
  const bool attribute = name.scope == NameRef::Scope::kRun;
  return fmt::format("{}{} is {}", attribute ? "run." : "hyperparameter ", name.name,
                     to_text(value));
}

std::string missing(const NameRef& name) {
  switch (name.scope) {
    case NameRef::Scope::kHparam: return "no hyperparameter " + name.name;
    case NameRef::Scope::kLayout: return "no layout level " + name.name;
    case NameRef::Scope::kBare: return "no hyperparameter or layout level " + name.name;
    case NameRef::Scope::kRun: break;
  }
  return {};
}

/// One pass over the nodes of an expression; every part is computed, so that every trouble is seen.
class Evaluator {
 public:
  Evaluator(const Expression::Impl& impl, const Facts& facts) : impl_(impl), facts_(facts) {}

  Evaluation run() {
    ask_calls();
    ask_names();
    values_.resize(impl_.nodes.size());
    for (std::size_t i = 0; i < impl_.nodes.size(); ++i) {
      const ExprNode& node = impl_.nodes[i];
      if (has_operand(node.kind)) values_[i] = operation(node);
    }
    const ExprNode& top = impl_.nodes.back();
    evaluation_.value = value(static_cast<NodeId>(impl_.nodes.size() - 1));
    if (top.kind == Kind::kCompare) {
      evaluation_.left = value(top.left);
      evaluation_.right = value(top.right);
    }
    std::stable_sort(evaluation_.troubles.begin(), evaluation_.troubles.end(),
                     [](const Trouble& a, const Trouble& b) { return a.at < b.at; });
    return std::move(evaluation_);
  }

 private:
  void trouble(Trouble::Kind kind, std::size_t at, std::size_t index, std::string message) {
    evaluation_.troubles.push_back(
        {.kind = kind, .at = at, .index = index, .message = std::move(message)});
  }

  void ask_calls() {
    calls_.resize(impl_.calls.size());
    for (std::size_t i = 0; i < impl_.calls.size(); ++i) {
      const SeriesCall& call = impl_.calls[i];
      const SeriesValue value = facts_.series(i);
      const std::size_t at = impl_.call_at[i];
      // nan(tag) is there to count them.
      if (value.nonfinite > 0 && call.function != SeriesFunction::kNan) {
        trouble(Trouble::Kind::kNonFinite, at, i, non_finite(value));
      } else if (value.value && !std::isfinite(*value.value)) {
        // The sum of great numbers.
        trouble(Trouble::Kind::kNonFinite, at, i, "the result is " + to_text(*value.value));
      }
      if (value.absence == Absence::kMissingTag) {
        const bool two = call.function == SeriesFunction::kAtBest;
        trouble(Trouble::Kind::kMissingTag, at, i,
                two ? fmt::format("no tag {} or {}", call.tag, call.metric) : "no tag " + call.tag);
      } else if (value.absence == Absence::kAmbiguousTag) {
        trouble(Trouble::Kind::kAmbiguousTag, at, i, ambiguous(call, value));
      } else if (value.absence == Absence::kEmptyWindow) {
        trouble(Trouble::Kind::kEmptyWindow, at, i, no_points(call, value));
      }
      if (value.value) calls_[i] = *value.value;
    }
  }

  void ask_names() {
    names_.reserve(impl_.names.size());
    odd_names_.resize(impl_.names.size());
    for (std::size_t i = 0; i < impl_.names.size(); ++i) {
      const NameRef& name = impl_.names[i];
      names_.push_back(facts_.name(i));
      // An attribute that is not known, as the age of a run without events, is nobody's mistake.
      if (is_null(names_.back()) && name.scope != NameRef::Scope::kRun)
        trouble(Trouble::Kind::kMissingName, name.at, i, missing(name));
    }
  }

  [[nodiscard]] const Value& value(NodeId id) const {
    const ExprNode& node = impl_.nodes[id];
    switch (node.kind) {
      case Kind::kLiteral: return impl_.literals[node.index];
      case Kind::kCall: return calls_[node.index];
      case Kind::kName: return names_[node.index];
      default: return values_[id];
    }
  }

  Value operation(const ExprNode& node) {
    const Value& left = value(node.left);
    const Value& right = has_two_operands(node.kind) ? value(node.right) : left;
    if (node.kind == Kind::kIn) return contained(node, left);
    if (std::string what = mismatch(node.kind, node.comparison, type_of(left), type_of(right));
        !what.empty()) {
      trouble(Trouble::Kind::kType, node.at, 0, std::move(what));
    }
    switch (node.kind) {
      case Kind::kNot: return negation(left);
      case Kind::kAnd: return junction(left, right, false);
      case Kind::kOr: return junction(left, right, true);
      case Kind::kMatch: return match(node, left);
      case Kind::kCompare:
        check_finite(node.left);
        check_finite(node.right);
        return comparison(node.comparison, left, right);
      default: return arithmetic(node.kind, left, right);
    }
  }

  static Value negation(const Value& operand) {
    const bool* const truth = std::get_if<bool>(&operand);
    return truth == nullptr ? Value() : Value(!*truth);
  }

  /// `or` where `decisive` is true, else `and`: one side that is `decisive` decides; else both have
  /// to be known.
  static Value junction(const Value& left, const Value& right, bool decisive) {
    const bool* const a = std::get_if<bool>(&left);
    const bool* const b = std::get_if<bool>(&right);
    if ((a != nullptr && *a == decisive) || (b != nullptr && *b == decisive)) return decisive;
    return a == nullptr || b == nullptr ? Value() : Value(!decisive);
  }

  [[nodiscard]] Value match(const ExprNode& node, const Value& operand) const {
    const auto* const text = std::get_if<std::string>(&operand);
    if (text == nullptr) return {};
    return RE2::PartialMatch(*text, *impl_.regexes[node.index]);
  }

  static Value comparison(Comparison comparison, const Value& left, const Value& right) {
    if (left.index() != right.index()) return {};
    if (const double* const a = number_of(left)) return holds(*a, comparison, *number_of(right));
    if (const auto* const a = std::get_if<std::string>(&left))
      return holds(a->compare(std::get<std::string>(right)), comparison, 0);
    if (const bool* const a = std::get_if<bool>(&left)) {
      const bool equal = *a == std::get<bool>(right);
      if (comparison == Comparison::kEqual) return equal;
      if (comparison == Comparison::kNotEqual) return !equal;
    }
    return {};
  }

  Value contained(const ExprNode& node, const Value& operand) {
    check_finite(node.left);
    if (is_null(operand)) return {};
    const std::vector<Value>& items = impl_.lists[node.index];
    // Items of other types are no mistake where one fits: `in ("auto", 4)`.
    const bool fits = std::any_of(items.begin(), items.end(), [&](const Value& item) {
      return item.index() == operand.index();
    });
    if (!fits) {
      trouble(Trouble::Kind::kType, node.at, 0,
              mismatch(node.kind, node.comparison, type_of(operand), type_of(items.front())));
      return {};
    }
    return std::find(items.begin(), items.end(), operand) != items.end();
  }

  static Value arithmetic(Kind kind, const Value& left, const Value& right) {
    const double* const a = number_of(left);
    const double* const b = number_of(right);
    if (a == nullptr || b == nullptr) return {};
    switch (kind) {
      case Kind::kNegate: return -*a;
      case Kind::kAbs: return std::abs(*a);
      case Kind::kAdd: return *a + *b;
      case Kind::kSubtract: return *a - *b;
      case Kind::kMultiply: return *a * *b;
      case Kind::kDivide: return *a / *b;
      default: return {};
    }
  }

  /// A side of a comparison that was computed or is a name; points that are not finite have their
  /// own trouble.
  void check_finite(NodeId side) {
    const ExprNode& node = impl_.nodes[side];
    if (node.kind != Kind::kName && !is_arithmetic(node.kind)) return;
    const double* const number = number_of(value(side));
    if (number == nullptr || std::isfinite(*number)) return;
    if (node.kind != Kind::kName)
      return trouble(Trouble::Kind::kNonFinite, node.at, 0, "the result is " + to_text(*number));
    if (std::exchange(odd_names_[node.index], char{1}) != 0) return;
    const NameRef& name = impl_.names[node.index];
    trouble(Trouble::Kind::kNonFinite, name.at, node.index, non_finite(name, *number));
  }

  const Expression::Impl& impl_;
  const Facts& facts_;
  std::vector<Value> calls_;
  std::vector<Value> names_;
  std::vector<char> odd_names_;  ///< Those that have their trouble for not being finite.
  std::vector<Value> values_;    ///< Of operations; the others have theirs elsewhere.
  Evaluation evaluation_;
};

}  // namespace

}  // namespace syntax

Evaluation Expression::evaluate(const Facts& facts) const {
  return syntax::Evaluator(*impl_, facts).run();
}

}  // namespace tfevents
