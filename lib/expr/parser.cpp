#include "expr/parser.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace tfevents::syntax {
std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return out;
}

bool is_keyword(std::string_view word) noexcept {
  constexpr std::string_view kKeywords[] = {"and", "or", "not", "in", "true", "false", "abs"};
  return std::find(std::begin(kKeywords), std::end(kKeywords), word) != std::end(kKeywords);
}

bool is_keyword_in_other_case(std::string_view word) {
  return !is_keyword(word) && is_keyword(lower_case(word)) && lower_case(word) != "abs";
}

ExprParser::ExprParser(std::string_view text)
    : lexer_(text), impl_(std::make_shared<Expression::Impl>()) {
  impl_->text = std::string(text);
}

Result<std::shared_ptr<const Expression::Impl>> ExprParser::parse() {
  TFEVENTS_CHECK(advance());
  TFEVENTS_CHECK(parse_or());
  if (token_.kind != ExprToken::Kind::kEnd) return unexpected();
  return std::shared_ptr<const Expression::Impl>(std::move(impl_));
}

NodeId ExprParser::add(ExprNode node) {
  impl_->nodes.push_back(node);
  if (!impl_->type_error) {
    if (const std::string what = static_mismatch(*impl_); !what.empty()) {
      const bool compared = node.kind == Kind::kCompare || node.kind == Kind::kIn;
      impl_->type_error =
          lexer_.fail(node.at, what,
                      compared ? "text stands in double quotes, numbers without" : std::string());
    }
  }
  return last_index(impl_->nodes);
}

Error ExprParser::unexpected() const {
  const std::string_view typed = lexer_.text().substr(token_.at, token_.end - token_.at);
  if (token_.is_sign(')')) return lexer_.fail(token_.at, "')' has no '('");
  if (token_.kind == ExprToken::Kind::kWord && is_keyword_in_other_case(token_.text))
    return lexer_.fail(token_.at, "an operator is expected",
                       fmt::format("write {}", lower_case(token_.text)));
  if (token_.is_word("not"))
    return lexer_.fail(token_.at, "an operator is expected, not 'not'",
                       "not stands before a condition, or before in: hp.seed not in (1, 2)");
  // A bracket ends a piece, though a name may go on behind it.
  return lexer_.fail(token_.at, fmt::format("an operator is expected, not '{}'", shown(typed)),
                     token_.is_sign('(') ? "a series stands inside a function, as last(val/acc)"
                                         : series_hint(lexer_.text(), token_.at));
}

Error ExprParser::value_expected() const {
  if (token_.kind == ExprToken::Kind::kEnd) {
    return lexer_.fail(token_.at,
                       lexer_.text().find_first_not_of(" \t\n\v\f\r") == std::string_view::npos
                           ? "nothing is written"
                           : "something is missing");
  }
  const std::string_view typed = lexer_.text().substr(token_.at, token_.end - token_.at);
  if (token_.is_word("not"))
    return lexer_.fail(token_.at, "a value is expected, not 'not'",
                       "put brackets around the condition");
  return lexer_.fail(token_.at, fmt::format("a value is expected, not '{}'", shown(typed)));
}

Result<NodeId> ExprParser::parse_or() {
  TFEVENTS_TRY(NodeId left, parse_and());
  while (token_.is_word("or")) {
    const std::size_t at = token_.at;
    TFEVENTS_CHECK(advance());
    TFEVENTS_TRY(const NodeId right, parse_and());
    left = add_operation(Kind::kOr, at, left, right);
  }
  return left;
}

Result<NodeId> ExprParser::parse_and() {
  TFEVENTS_TRY(NodeId left, parse_not());
  while (token_.is_word("and")) {
    const std::size_t at = token_.at;
    TFEVENTS_CHECK(advance());
    TFEVENTS_TRY(const NodeId right, parse_not());
    left = add_operation(Kind::kAnd, at, left, right);
  }
  return left;
}

Result<NodeId> ExprParser::parse_not() {
  if (!token_.is_word("not")) return parse_comparison();
  const std::size_t at = token_.at;
  TFEVENTS_CHECK(enter(at));
  const Level level(depth_);
  TFEVENTS_CHECK(advance());
  TFEVENTS_TRY(const NodeId operand, parse_not());
  return add_operation(Kind::kNot, at, operand);
}

Result<NodeId> ExprParser::parse_comparison() {
  const std::size_t begin = token_.at;
  TFEVENTS_TRY(NodeId node, parse_sum());
  const ExprToken op = token_;
  if (op.kind == ExprToken::Kind::kComparison) {
    TFEVENTS_CHECK(advance());
    TFEVENTS_TRY(const NodeId right, parse_sum());
    node = add_operation(Kind::kCompare, op.at, node, right, 0, op.comparison);
  } else if (op.is_sign('~')) {
    TFEVENTS_TRY(node, parse_match(node, op.at));
  } else if (op.is_word("in")) {
    TFEVENTS_TRY(node, parse_in(node, op.at));
  } else if (op.is_word("not")) {
    TFEVENTS_CHECK(advance());
    if (!token_.is_word("in")) {
      token_ = op;
      return unexpected();
    }
    TFEVENTS_TRY(const NodeId in, parse_in(node, op.at));
    node = add_operation(Kind::kNot, op.at, in);
  } else {
    return node;
  }
  if (at_comparison()) return chained(begin, op.end);
  return node;
}

Error ExprParser::chained(std::size_t begin, std::size_t behind_operator) {
  const ExprToken op = token_;
  const std::string_view text = lexer_.text();
  const std::string_view first = text.substr(begin, behind_ - begin);
  std::string_view middle = text.substr(behind_operator, behind_ - behind_operator);
  while (!middle.empty() && is_blank(middle.front())) middle.remove_prefix(1);
  std::string hint = "write a < b and b < c";
  constexpr std::size_t kLongest = 60;
  if (op.kind == ExprToken::Kind::kComparison && first.size() <= kLongest) {
    if (advance().ok() && parse_sum().ok() && behind_ - op.at <= kLongest)
      hint = fmt::format("write {} and {} {}", first, middle, text.substr(op.at, behind_ - op.at));
  }
  return lexer_.fail(op.at, "comparisons do not chain", std::move(hint));
}

Result<NodeId> ExprParser::parse_sum() {
  TFEVENTS_TRY(NodeId left, parse_product());
  while (token_.is_sign('+') || token_.is_sign('-')) {
    const ExprToken op = token_;
    TFEVENTS_CHECK(advance());
    TFEVENTS_TRY(const NodeId right, parse_product());
    left = add_operation(op.sign == '+' ? Kind::kAdd : Kind::kSubtract, op.at, left, right);
  }
  return left;
}

Result<NodeId> ExprParser::parse_product() {
  TFEVENTS_TRY(NodeId left, parse_unary());
  while (token_.is_sign('*') || token_.is_sign('/')) {
    const ExprToken op = token_;
    TFEVENTS_CHECK(advance());
    TFEVENTS_TRY(const NodeId right, parse_unary());
    left = add_operation(op.sign == '*' ? Kind::kMultiply : Kind::kDivide, op.at, left, right);
  }
  return left;
}

Result<NodeId> ExprParser::parse_unary() {
  if (!token_.is_sign('-')) return parse_primary();
  const std::size_t at = token_.at;
  TFEVENTS_CHECK(enter(at));
  const Level level(depth_);
  TFEVENTS_CHECK(advance());
  TFEVENTS_TRY(const NodeId operand, parse_unary());
  return add_operation(Kind::kNegate, at, operand);
}

}  // namespace tfevents::syntax
