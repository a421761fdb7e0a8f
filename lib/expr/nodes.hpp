#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <re2/re2.h>

#include "expr/expression.hpp"

namespace tfevents::syntax {

/// Index of a node; operands always have smaller ones.
using NodeId = std::uint32_t;

/// One value or operation of an expression.
struct ExprNode {
  enum class Kind : std::uint8_t {
    kLiteral,  ///< `literals[index]`.
    kCall,     ///< `calls[index]`.
    kName,     ///< `names[index]`.
    // One operand.
    kNegate,
    kAbs,
    kNot,
    kMatch,  ///< `left ~ regexes[index]`.
    kIn,     ///< `left in lists[index]`; `not in` is kNot of it.
    // Two operands.
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kCompare,
    kAnd,
    kOr,
  };
  Kind kind = Kind::kLiteral;
  ValueType type = ValueType::kUnknown;
  Comparison comparison = Comparison::kEqual;  ///< kCompare.
  NodeId left = 0;
  NodeId right = 0;
  std::uint32_t index = 0;
  std::size_t at = 0;  ///< Byte offset of the operator, or of the value itself.
};

/// True for the operations that compute a number: what they give may be infinite or NaN.
[[nodiscard]] bool is_arithmetic(ExprNode::Kind kind) noexcept;
[[nodiscard]] constexpr bool has_two_operands(ExprNode::Kind kind) noexcept {
  return kind >= ExprNode::Kind::kAdd;
}
[[nodiscard]] constexpr bool has_operand(ExprNode::Kind kind) noexcept {
  return kind >= ExprNode::Kind::kNegate;
}

}  // namespace tfevents::syntax

namespace tfevents {

/// A parsed expression. Operands stand before their operations, so that checking and evaluating are
/// loops: a chain of 30,000 additions needs no stack.
struct Expression::Impl {
  std::string text;
  std::vector<syntax::ExprNode> nodes;  ///< The last one is the whole.
  std::vector<Value> literals;
  std::vector<std::vector<Value>> lists;
  std::vector<std::unique_ptr<const RE2>> regexes;
  std::vector<SeriesCall> calls;
  std::vector<std::size_t> call_at;  ///< Where each call is written first.
  std::vector<NameRef> names;
  std::optional<Error> type_error;
};

}  // namespace tfevents

namespace tfevents::syntax {

[[nodiscard]] ValueType type_of(const Value& value) noexcept;
/// The type of what an operation gives.
[[nodiscard]] ValueType result_type(ExprNode::Kind kind) noexcept;
/// Why the operation has no value for operands of these types, as `number against text`; empty
/// where it has one or where an operand's type is kUnknown. For kIn, `right` is an item's type.
[[nodiscard]] std::string mismatch(ExprNode::Kind kind, Comparison comparison, ValueType left,
                                   ValueType right);
/// What is wrong with the last node in view of the types known before any evaluation; empty where
/// nothing is.
[[nodiscard]] std::string static_mismatch(const Expression::Impl& impl);

/// The error at byte `at` of an expression: the message has the text and the place, the excerpt a
/// caret.
[[nodiscard]] Error expression_error(std::string_view text, std::size_t at, std::string_view what,
                                     std::string hint = {});
/// Something typed, safe and short enough to stand in a message.
[[nodiscard]] std::string shown(std::string_view typed);

}  // namespace tfevents::syntax
