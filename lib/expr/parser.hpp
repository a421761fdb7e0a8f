#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "expr/lexer.hpp"
#include "expr/nodes.hpp"

namespace tfevents::syntax {

// Nobody writes as much by hand; what generates more can as well write several expressions.
inline constexpr std::size_t kMaxDepth = 200;
inline constexpr std::size_t kMaxCalls = 1000;
inline constexpr std::size_t kMaxNames = 1000;
inline constexpr std::size_t kMaxRegexes = 100;  // Up to some MiB each.

/// Recursive descent, one method a level of precedence:
///
///     or      := and {'or' and}
///     and     := not {'and' not}
///     not     := 'not' not | comparison
///     comparison := sum [('='|'=='|'!='|'<'|'<='|'>'|'>=') sum | '~' TEXT
///                        | ['not'] 'in' '(' item {',' item} ')']       (no chains)
///     sum     := product {('+'|'-') product}
///     product := unary {('*'|'/') unary}
///     unary   := '-' unary | primary
///     primary := NUMBER | TEXT | 'true' | 'false' | '(' or ')' | 'abs' '(' or ')' | call | name
///     item    := ['-'] NUMBER | TEXT | 'true' | 'false'
///     name    := WORD | ('hp.'|'layout.') (WORD | TEXT) | 'run.' WORD
///
/// Recursion is bounded by kMaxDepth: only brackets, `not` and unary minus nest.
class ExprParser {
 public:
  explicit ExprParser(std::string_view text);

  /// Errors: kUsage.
  Result<std::shared_ptr<const Expression::Impl>> parse();

 private:
  using Kind = ExprNode::Kind;

  // One more level of nesting while it lives.
  struct Level {
    explicit Level(std::size_t& depth) : depth_(depth) { ++depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --depth_; }
    std::size_t& depth_;
  };

  Result<NodeId> parse_or();
  Result<NodeId> parse_and();
  Result<NodeId> parse_not();
  Result<NodeId> parse_comparison();
  Result<NodeId> parse_sum();
  Result<NodeId> parse_product();
  Result<NodeId> parse_unary();
  Result<NodeId> parse_primary();
  Result<NodeId> parse_bracketed();
  Result<NodeId> parse_word();
  Result<NodeId> parse_call(const ExprToken& function);
  Result<NodeId> parse_name(const ExprToken& word);
  Result<NodeId> parse_match(NodeId left, std::size_t at);
  Result<NodeId> parse_in(NodeId left, std::size_t at);
  Result<Value> parse_item();
  /// The error of a second comparison behind the one that began at `begin` and whose operator ends
  /// at `behind_operator`.
  Error chained(std::size_t begin, std::size_t behind_operator);

  Status advance() {
    behind_ = token_.end;
    TFEVENTS_TRY(token_, lexer_.next());
    return ok_status();
  }
  Status enter(std::size_t at) const {
    if (depth_ < kMaxDepth) return ok_status();
    return lexer_.fail(at, fmt::format("more than {} levels of nesting", kMaxDepth));
  }
  [[nodiscard]] bool at_comparison() const {
    return token_.kind == ExprToken::Kind::kComparison || token_.is_sign('~') ||
           token_.is_word("in");
  }
  Error unexpected() const;
  Error value_expected() const;

  NodeId add(ExprNode node);
  NodeId add_operation(Kind kind, std::size_t at, NodeId left, NodeId right = 0,
                       std::uint32_t index = 0, Comparison comparison = Comparison::kEqual) {
    return add({.kind = kind,
                .type = result_type(kind),
                .comparison = comparison,
                .left = left,
                .right = right,
                .index = index,
                .at = at});
  }
  NodeId add_literal(Value value, std::size_t at) {
    const ValueType type = type_of(value);
    impl_->literals.push_back(std::move(value));
    return add({.type = type, .index = last_index(impl_->literals), .at = at});
  }
  template <class T>
  static std::uint32_t last_index(const std::vector<T>& all) noexcept {
    return static_cast<std::uint32_t>(all.size() - 1);
  }

  ExprLexer lexer_;
  std::shared_ptr<Expression::Impl> impl_;
  ExprToken token_;
  std::size_t behind_ = 0;  ///< Where the token before `token_` ends.
  std::size_t depth_ = 0;
  std::size_t calls_written_ = 0;
};

/// `and`, `or`, `not`, `in`, `true`, `false`, `abs`: no names.
[[nodiscard]] bool is_keyword(std::string_view word) noexcept;
/// `AND` and `True`: written as in another language.
[[nodiscard]] bool is_keyword_in_other_case(std::string_view word);
/// ASCII letters in lower case.
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace tfevents::syntax
