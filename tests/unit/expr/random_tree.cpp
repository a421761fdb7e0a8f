#include "unit/expr/random_tree.hpp"

#include <cstdio>

#include "series/direction.hpp"
#include "unit/expr/raw_names.hpp"

namespace tfevents::test {
namespace {

constexpr std::pair<SeriesFunction, const char*> kPlain[] = {
    {SeriesFunction::kLast, "last"},     {SeriesFunction::kFirst, "first"},
    {SeriesFunction::kMin, "min"},       {SeriesFunction::kMax, "max"},
    {SeriesFunction::kMean, "mean"},     {SeriesFunction::kMedian, "median"},
    {SeriesFunction::kStd, "std"},       {SeriesFunction::kCount, "count"},
    {SeriesFunction::kNan, "nan"},       {SeriesFunction::kSum, "sum"},
    {SeriesFunction::kArgmin, "argmin"}, {SeriesFunction::kArgmax, "argmax"},
    {SeriesFunction::kSlope, "slope"},   {SeriesFunction::kAuc, "auc"}};
constexpr std::pair<double, const char*> kPercentiles[] = {
    {0.5, "p50"}, {0.95, "p95"}, {0.999, "p99.9"}, {0, "p0"}, {1, "p100"}};
constexpr std::pair<Comparison, const char*> kComparisons[] = {
    {Comparison::kLess, "<"},    {Comparison::kLessEqual, "<="},
    {Comparison::kGreater, ">"}, {Comparison::kGreaterEqual, ">="},
    {Comparison::kEqual, "="},   {Comparison::kNotEqual, "!="}};

std::string sign_of(Comparison comparison) {
  for (const auto& [known, sign] : kComparisons) {
    if (known == comparison) return sign;
  }
  return {};
}

std::string digits(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

}  // namespace

int level_of(const Tree& tree) {
  const std::string& op = tree.op;
  if (op == "or") return 1;
  if (op == "and") return 2;
  if (op == "not") return 3;
  if (op == "~" || op == "in" || op == "not-in") return 4;
  for (const auto& [comparison, sign] : kComparisons) {
    if (op == sign) return 4;
  }
  if (op == "+" || op == "minus") return 5;
  if (op == "*" || op == "/") return 6;
  if (op == "-") return 7;
  return 8;
}

double RandomTree::number() {
  static constexpr double kNumbers[] = {0, 1, 2, 3, -1, 0.5, 0.1, 0.9, 1e-3, 1e300, 1024, 60};
  return once_in(3) ? static_cast<double>(below(7)) - 3 : kNumbers[below(std::size(kNumbers))];
}

Window RandomTree::window() {
  Window out;
  if (once_in(2)) return out;
  const bool steps = once_in(2);
  const auto end = [&] { return static_cast<std::int64_t>(below(20)) - (steps ? 4 : 9); };
  if (!once_in(3)) out.from = end();
  if (!out.from || once_in(2)) out.to = end();
  out.by = steps ? Window::By::kSteps : Window::By::kPoints;
  return out;
}

SeriesCall RandomTree::random_call() {
  SeriesCall call;
  call.tag = one_of(kTags);
  switch (below(6)) {
    case 0:
      call.function = SeriesFunction::kAt;
      call.step = static_cast<std::int64_t>(below(16)) - 3;
      return call;
    case 1:
      call.function = SeriesFunction::kAtBest;
      call.metric = one_of(kTags);
      call.direction = once_in(2) ? Direction::kMax : Direction::kMin;
      return call;
    case 2:
      call.function = once_in(2) ? SeriesFunction::kRatio : SeriesFunction::kFirstStep;
      call.comparison = kComparisons[below(6)].first;
      call.threshold = number();
      break;
    case 3:
      call.function = SeriesFunction::kQuantile;
      call.quantile = kPercentiles[below(std::size(kPercentiles))].first;
      break;
    default: call.function = kPlain[below(std::size(kPlain))].first; break;
  }
  call.window = window();
  return call;
}

Tree RandomTree::leaf() {
  Tree tree;
  switch (below(8)) {
    case 0:
    case 1:
      tree.op = "number";
      tree.literal = std::abs(number());
      break;
    case 2:
      tree.op = "text";
      tree.literal = one_of(kTexts);
      break;
    case 3:
      tree.op = "bool";
      tree.literal = once_in(2);
      break;
    case 4:
    case 5:
      tree.op = "name";
      tree.name = one_of(kNames);
      break;
    default:
      tree.op = "call";
      tree.call = random_call();
      break;
  }
  return tree;
}

Tree RandomTree::make(int depth) {
  static constexpr const char* kOps[] = {"or", "and", "not", "~",   "in", "not-in", "<",
                                         "<=", ">",   ">=",  "=",   "!=", "+",      "minus",
                                         "*",  "/",   "-",   "abs", "or", "and",    "="};
  if (depth <= 1 || once_in(6)) return leaf();
  Tree tree;
  tree.op = kOps[below(std::size(kOps))];
  const int level = level_of(tree);
  const bool one = level == 3 || level >= 7 || tree.op == "~" || tree.op.ends_with("in");
  tree.parts.push_back(make(depth - 1));
  if (!one) tree.parts.push_back(make(depth - 1));
  if (tree.op == "~") tree.regex = one_of(kRegexes);
  if (tree.op.ends_with("in")) {
    for (std::size_t i = below(4) + 1; i > 0; --i) {
      if (once_in(2)) {
        tree.items.emplace_back(number());
      } else {
        tree.items.push_back(once_in(4) ? Value(once_in(2)) : Value(one_of(kTexts)));
      }
    }
  }
  return tree;
}

std::string RandomTree::print_tag(const std::string& tag) {
  const bool raw = raw_possible(tag) && !once_in(4);
  return gap() + (raw ? tag : in_quotes(tag)) + gap();
}

std::string RandomTree::print_value(const Value& value) {
  if (const bool* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&value)) return in_quotes(*text);
  const double number = std::get<double>(value);
  if (number == 1024 && once_in(2)) return once_in(2) ? "1K" : "1KiB";
  if (number == 60 && once_in(2)) return once_in(2) ? "1m" : "60s";
  return digits(number);
}

std::string RandomTree::print_window(const Window& window) {
  if (window.by == Window::By::kAll) return once_in(6) ? "," + gap() + ":" : "";
  std::string out = "," + gap();
  if (window.by == Window::By::kSteps) out += "step" + gap() + "=" + gap();
  if (window.from) out += std::to_string(*window.from);
  out += gap() + ":" + gap();
  if (window.to) out += std::to_string(*window.to);
  return out + gap();
}

std::string RandomTree::print_call(const SeriesCall& call) {
  std::string name;
  std::string rest;
  switch (call.function) {
    case SeriesFunction::kAt:
      name = "at";
      rest = "," + gap() + std::to_string(call.step);
      break;
    case SeriesFunction::kAtBest: {
      name = "at_best";
      std::string metric = print_tag(call.metric);
      // Where the name says it itself, it may.
      if (infer_direction(call.metric) != call.direction || once_in(2))
        metric =
            gap() + (call.direction == Direction::kMax ? "max(" : "min(") + metric + ")" + gap();
      rest = "," + metric;
      break;
    }
    case SeriesFunction::kRatio:
    case SeriesFunction::kFirstStep:
      name = call.function == SeriesFunction::kRatio ? "ratio" : "first_step";
      rest = sign_of(call.comparison) + gap() + digits(call.threshold) + gap();
      break;
    case SeriesFunction::kQuantile:
      for (const auto& [share, known] : kPercentiles) {
        if (share == call.quantile) name = known;
      }
      break;
    default:
      for (const auto& [function, known] : kPlain) {
        if (function == call.function) name = known;
      }
  }
  if (call.function != SeriesFunction::kAt && call.function != SeriesFunction::kAtBest)
    rest += print_window(call.window);
  return name + gap() + "(" + print_tag(call.tag) + rest + ")";
}

std::string RandomTree::print_leaf(const Tree& tree) {
  if (tree.op == "call") return print_call(tree.call);
  if (tree.op != "name") return print_value(tree.literal);
  static constexpr const char* kScopes[] = {"", "hp.", "run.", "layout."};
  const NameRef& name = tree.name;
  const bool plain = name.name.find_first_of(" -\"\\") == std::string::npos;
  const bool quotable =
      name.scope == NameRef::Scope::kHparam || name.scope == NameRef::Scope::kLayout;
  return kScopes[static_cast<std::size_t>(name.scope)] +
         (plain && !(quotable && once_in(4)) ? name.name : in_quotes(name.name));
}

std::string RandomTree::print_bare(const Tree& tree) {
  const int level = level_of(tree);
  if (tree.parts.empty()) return print_leaf(tree);
  if (tree.op == "abs") return "abs" + gap() + "(" + gap() + print_at(tree.parts[0], 1) + ")";
  if (tree.op == "-") return "-" + gap() + print_at(tree.parts[0], 7);
  if (tree.op == "not") return "not " + print_at(tree.parts[0], 3);
  // Of equal levels only the left one goes without brackets, and comparisons never.
  const std::string left = print_at(tree.parts[0], level == 4 ? 5 : level);
  if (tree.op == "~") return left + gap() + "~" + gap() + in_quotes(tree.regex);
  if (tree.op.ends_with("in")) {
    std::string out = left + (tree.op == "in" ? " in" : " not  in") + gap() + "(";
    for (std::size_t i = 0; i < tree.items.size(); ++i)
      out += (i == 0 ? "" : ",") + gap() + print_value(tree.items[i]) + gap();
    return out + ")";
  }
  const std::string right = print_at(tree.parts[1], level + 1);
  if (tree.op == "and" || tree.op == "or") return left + " " + tree.op + " " + right;
  const std::string sign = tree.op == "minus" ? "-" : tree.op == "=" && once_in(2) ? "==" : tree.op;
  return left + gap() + sign + gap() + right;
}

std::string RandomTree::print_at(const Tree& tree, int level) {
  const std::string text = print_bare(tree);
  if (level_of(tree) >= level && !once_in(8)) return text;
  return "(" + gap() + text + gap() + ")";
}

}  // namespace tfevents::test
