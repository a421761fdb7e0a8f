#include "expr/call_parser.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/suggest.hpp"
#include "expr/nodes.hpp"
#include "series/direction.hpp"

namespace tfevents::syntax {
namespace {

struct FunctionName {
  std::string_view name;
  SeriesFunction function;
};
constexpr FunctionName kFunctions[] = {
    {"last", SeriesFunction::kLast},     {"first", SeriesFunction::kFirst},
    {"min", SeriesFunction::kMin},       {"max", SeriesFunction::kMax},
    {"mean", SeriesFunction::kMean},     {"median", SeriesFunction::kMedian},
    {"std", SeriesFunction::kStd},       {"count", SeriesFunction::kCount},
    {"nan", SeriesFunction::kNan},       {"sum", SeriesFunction::kSum},
    {"at", SeriesFunction::kAt},         {"argmin", SeriesFunction::kArgmin},
    {"argmax", SeriesFunction::kArgmax}, {"slope", SeriesFunction::kSlope},
    {"auc", SeriesFunction::kAuc},       {"first_step", SeriesFunction::kFirstStep},
    {"ratio", SeriesFunction::kRatio},   {"at_best", SeriesFunction::kAtBest},
};
constexpr const char* kFunctionsHint =
    "functions: last first min max mean median std count nan sum p95 at argmin argmax slope auc "
    "first_step ratio at_best abs";
constexpr const char* kQuotesHint =
    R"(a name that holds , < > = ! or lone brackets stands in double quotes: last("lr(0"))";

bool has_threshold(SeriesFunction function) noexcept {
  return function == SeriesFunction::kFirstStep || function == SeriesFunction::kRatio;
}

/// The digits of `p95`, `p99.9`; empty where `name` is no such function.
std::string_view percentile_digits(std::string_view name) noexcept {
  if (name.size() < 2 || name.front() != 'p') return {};
  const std::string_view digits = name.substr(1);
  const bool good = digits.find_first_not_of("0123456789.") == std::string_view::npos &&
                    std::count(digits.begin(), digits.end(), '.') <= 1 &&
                    is_digit(digits.front()) && is_digit(digits.back());
  return good ? digits : std::string_view{};
}

std::string function_hint(std::string_view name) {
  std::vector<std::string> known = {"abs", "p95"};
  for (const FunctionName& function : kFunctions) known.emplace_back(function.name);
  const auto meant = nearest(name, known);
  return meant ? fmt::format("did you mean {}?", *meant) : std::string(kFunctionsHint);
}

}  // namespace

Result<SeriesCall> CallParser::parse() {
  TFEVENTS_CHECK(parse_function());
  TFEVENTS_TRY(call_.tag, parse_name());
  TFEVENTS_CHECK(parse_arguments());
  TFEVENTS_CHECK(close());
  return std::move(call_);
}

Status CallParser::parse_function() {
  const auto* const found =
      std::find_if(std::begin(kFunctions), std::end(kFunctions),
                   [this](const FunctionName& function) { return function.name == name_; });
  if (found != std::end(kFunctions)) {
    call_.function = found->function;
    return ok_status();
  }
  const std::string_view digits = percentile_digits(name_);
  if (digits.empty())
    return lexer_.fail(at_, fmt::format("there is no function {}", shown(name_)),
                       function_hint(name_));
  // With the exponent in the text the nearest number to 0.999 comes out; 99.9 / 100 would round
  // twice.
  const std::string scaled = std::string(digits) + "e-2";
  const auto parsed = std::from_chars(scaled.data(), scaled.data() + scaled.size(), call_.quantile);
  if (parsed.ec != std::errc() || call_.quantile > 1)
    return lexer_.fail(at_, fmt::format("there is no function {}", shown(name_)),
                       "percentiles reach from p0 to p100");
  call_.function = SeriesFunction::kQuantile;
  return ok_status();
}

Status CallParser::parse_arguments() {
  const std::size_t at = lexer_.position();
  if (has_threshold(call_.function)) {
    TFEVENTS_CHECK(parse_threshold());
  } else if (const auto comparison = lexer_.comparison()) {
    const std::string_view sign = lexer_.text().substr(at, lexer_.position() - at);
    return lexer_.fail(
        at, fmt::format("')' is missing before {}", sign),
        fmt::format("write {}({}) {} …; a name that holds {} stands in double quotes", name_,
                    shown(call_.tag), sign, sign));
  }
  if (call_.function == SeriesFunction::kAt) {
    if (!lexer_.take(','))
      return lexer_.fail(lexer_.position(), "the step is missing",
                         fmt::format("write at({}, 1000)", shown(call_.tag)));
    lexer_.skip_blanks();
    TFEVENTS_TRY(call_.step, parse_integer("a step"));
    return ok_status();
  }
  if (call_.function == SeriesFunction::kAtBest) {
    if (!lexer_.take(','))
      return lexer_.fail(lexer_.position(), "the metric is missing",
                         fmt::format("write at_best({}, val/acc)", shown(call_.tag)));
    return parse_metric();
  }
  if (lexer_.take(',')) return parse_window();
  return ok_status();
}

Result<std::string> CallParser::parse_name() {
  lexer_.skip_blanks();
  const std::size_t begin = lexer_.position();
  const bool in_double_quotes = lexer_.peek() == '"';
  TFEVENTS_TRY(std::string name, in_double_quotes ? lexer_.quoted() : parse_raw_name());
  if (name.empty()) {
    // `""` is right: there are series without a name.
    if (!in_double_quotes)
      return lexer_.fail(begin, "the name of a series is missing",
                         fmt::format("write {}(val/acc)", name_));
  }
  lexer_.skip_blanks();
  return name;
}

Result<std::string> CallParser::parse_raw_name() {
  const std::string_view text = lexer_.text();
  const std::size_t begin = lexer_.position();
  std::vector<std::size_t> open;
  std::size_t at = begin;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (open.empty() && std::string_view(",<>=!)").find(c) != std::string_view::npos) break;
    if (c == '(' || c == '[' || c == '{') open.push_back(at);
    if (!open.empty() && (c == ')' || c == ']' || c == '}')) {
      const char opened = text[open.back()];
      if ((opened == '(') != (c == ')') || (opened == '[') != (c == ']')) break;
      open.pop_back();
    }
  }
  if (!open.empty())
    return lexer_.fail(open.back(), fmt::format("'{}' is not closed", text[open.back()]),
                       kQuotesHint);
  lexer_.seek(at);
  std::string_view name = text.substr(begin, at - begin);
  while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
  return std::string(name);
}

Status CallParser::parse_threshold() {
  const std::size_t at = lexer_.position();
  const auto comparison = lexer_.comparison();
  if (!comparison)
    return lexer_.fail(at, "a comparison is missing",
                       fmt::format("write {}({} < 0.3)", name_, shown(call_.tag)));
  call_.comparison = *comparison;
  lexer_.skip_blanks();
  const bool negative = lexer_.peek() == '-';
  if (negative || lexer_.peek() == '+') lexer_.seek(lexer_.position() + 1);
  if (!is_digit(lexer_.peek()) && lexer_.peek() != '.')
    return lexer_.fail(lexer_.position(), "a number is expected",
                       fmt::format("write {}({} < 0.3); a name that holds < > = ! stands in double "
                                   "quotes",
                                   name_, shown(call_.tag)));
  TFEVENTS_TRY(const double number, lexer_.number());
  call_.threshold = negative ? -number : number;
  return ok_status();
}

Result<std::optional<Direction>> CallParser::parse_direction() {
  lexer_.skip_blanks();
  const std::size_t begin = lexer_.position();
  const std::string_view word = lexer_.word();
  if ((word == "max" || word == "min") && lexer_.take('('))
    return std::optional(word == "max" ? Direction::kMax : Direction::kMin);
  lexer_.seek(begin);
  return std::optional<Direction>();
}

Status CallParser::parse_metric() {
  TFEVENTS_TRY(const std::optional<Direction> direction, parse_direction());
  const std::size_t at = lexer_.position();
  TFEVENTS_TRY(call_.metric, parse_name());
  if (direction) {
    call_.direction = *direction;
    return close();
  }
  const std::optional<Direction> inferred = infer_direction(call_.metric);
  if (!inferred) {
    const std::string written = std::string(lexer_.text().substr(at, lexer_.position() - at));
    return lexer_.fail(at, fmt::format("{} does not say which way is better", shown(call_.metric)),
                       fmt::format("write at_best({0}, max({1})) or at_best({0}, min({1}))",
                                   shown(call_.tag), shown(written)));
  }
  call_.direction = *inferred;
  return ok_status();
}

Status CallParser::parse_window() {
  lexer_.skip_blanks();
  const std::size_t begin = lexer_.position();
  if (lexer_.word() == "step" && lexer_.take('=')) return parse_ends(true);
  lexer_.seek(begin);
  return parse_ends(false);
}

Status CallParser::parse_ends(bool steps) {
  lexer_.skip_blanks();
  const std::size_t begin = lexer_.position();
  TFEVENTS_TRY(call_.window.from, parse_end());
  if (!lexer_.take(':')) {
    if (call_.window.from) {
      const std::int64_t one = *call_.window.from;
      if (steps)
        return lexer_.fail(
            begin, "a window has a colon",
            fmt::format("write step={0}:{0}, or at({1}, {0})", one, shown(call_.tag)));
      return lexer_.fail(
          begin, "a window has a colon",
          fmt::format("write {}: for the points from there on, :{} for those before", one, one));
    }
    return lexer_.fail(lexer_.position(), "a window is expected",
                       "write -5: for the last five points, 0:10 for the first ten, "
                       "step=1000:2000 for steps");
  }
  lexer_.skip_blanks();
  TFEVENTS_TRY(call_.window.to, parse_end());
  // Open at both ends is no window: the call is then equal to the one without.
  if (call_.window.from || call_.window.to)
    call_.window.by = steps ? Window::By::kSteps : Window::By::kPoints;
  return ok_status();
}

Result<std::optional<std::int64_t>> CallParser::parse_end() {
  const char c = lexer_.peek();
  if (c != '-' && c != '+' && !is_digit(c)) return std::optional<std::int64_t>();
  TFEVENTS_TRY(const std::int64_t value, parse_integer("an end of a window"));
  return std::optional(value);
}

Result<std::int64_t> CallParser::parse_integer(std::string_view what) {
  const std::size_t begin = lexer_.position();
  if (lexer_.peek() == '-' || lexer_.peek() == '+') lexer_.seek(begin + 1);
  const std::size_t digits = lexer_.position();
  while (is_digit(lexer_.peek())) lexer_.seek(lexer_.position() + 1);
  const std::size_t end = lexer_.position();
  const char next = lexer_.peek();
  if (end == digits || is_letter(next) || next == '.')
    return lexer_.fail(begin, fmt::format("{} is a whole number", what));
  const std::size_t first = lexer_.text()[begin] == '+' ? digits : begin;
  const std::string_view typed = lexer_.text().substr(first, end - first);
  std::int64_t value = 0;
  const auto parsed = std::from_chars(typed.data(), typed.data() + typed.size(), value);
  if (parsed.ec != std::errc())
    return lexer_.fail(begin, fmt::format("{} fits into 64 bits", what));
  return value;
}

Status CallParser::close() {
  if (lexer_.take(')')) return ok_status();
  const std::size_t at = lexer_.position();
  if (lexer_.at_end()) {
    const bool bracket = call_.tag.find_first_of("([{") != std::string::npos;
    return lexer_.fail(at, "')' is missing",
                       bracket ? fmt::format("the name so far is {}: one without the partner of a "
                                             "bracket stands in double quotes",
                                             shown(call_.tag))
                               : std::string());
  }
  return lexer_.fail(at, fmt::format("')' is expected in {}(…)", name_),
                     fmt::format("a name that holds , < > = ! or lone brackets stands in double "
                                 "quotes: {}(\"…\")",
                                 name_));
}

}  // namespace tfevents::syntax
