#include <fmt/format.h>

#include "expr/nodes.hpp"

namespace tfevents::syntax {
namespace {

using Kind = ExprNode::Kind;

bool both_known(ValueType left, ValueType right) noexcept {
  return left != ValueType::kUnknown && right != ValueType::kUnknown;
}

bool orders(Comparison comparison) noexcept {
  return comparison != Comparison::kEqual && comparison != Comparison::kNotEqual;
}

/// Where every operand has to be of one type.
std::string operand_mismatch(ValueType wanted, ValueType left, ValueType right) {
  for (const ValueType type : {left, right}) {
    if (type != ValueType::kUnknown && type != wanted)
      return fmt::format("{} where {} is needed", to_string(type),
                         wanted == ValueType::kNumber ? "a number" : to_string(wanted));
  }
  return {};
}

}  // namespace

bool is_arithmetic(Kind kind) noexcept {
  return kind != Kind::kLiteral && result_type(kind) == ValueType::kNumber;
}

ValueType type_of(const Value& value) noexcept {
  switch (value.index()) {
    case 1: return ValueType::kBool;
    case 2: return ValueType::kNumber;
    case 3: return ValueType::kText;
    default: return ValueType::kUnknown;
  }
}

ValueType result_type(Kind kind) noexcept {
  switch (kind) {
    case Kind::kLiteral:
    case Kind::kCall:
    case Kind::kName: return ValueType::kUnknown;  // They have types of their own.
    case Kind::kNegate:
    case Kind::kAbs:
    case Kind::kAdd:
    case Kind::kSubtract:
    case Kind::kMultiply:
    case Kind::kDivide: return ValueType::kNumber;
    case Kind::kNot:
    case Kind::kMatch:
    case Kind::kIn:
    case Kind::kCompare:
    case Kind::kAnd:
    case Kind::kOr: return ValueType::kBool;
  }
  return ValueType::kUnknown;
}

std::string mismatch(Kind kind, Comparison comparison, ValueType left, ValueType right) {
  switch (kind) {
    case Kind::kLiteral:
    case Kind::kCall:
    case Kind::kName: return {};
    case Kind::kNegate:
    case Kind::kAbs:
    case Kind::kAdd:
    case Kind::kSubtract:
    case Kind::kMultiply:
    case Kind::kDivide: return operand_mismatch(ValueType::kNumber, left, right);
    case Kind::kNot:
    case Kind::kAnd:
    case Kind::kOr: return operand_mismatch(ValueType::kBool, left, right);
    case Kind::kMatch:
      if (left == ValueType::kUnknown || left == ValueType::kText) return {};
      return fmt::format("{} against a regular expression", to_string(left));
    case Kind::kIn:
    case Kind::kCompare: break;
  }
  if (both_known(left, right) && left != right)
    return fmt::format("{} against {}", to_string(left), to_string(right));
  if (kind == Kind::kCompare && orders(comparison) &&
      (left == ValueType::kBool || right == ValueType::kBool))
    return "true and false have no order";
  return {};
}

std::string static_mismatch(const Expression::Impl& impl) {
  const ExprNode& node = impl.nodes.back();
  if (!has_operand(node.kind)) return {};
  const ValueType left = impl.nodes[node.left].type;
  if (node.kind == Kind::kIn) {
    for (const Value& item : impl.lists[node.index]) {
      if (std::string what = mismatch(node.kind, node.comparison, left, type_of(item));
          !what.empty())
        return what;
    }
    return {};
  }
  const ValueType right =
      has_two_operands(node.kind) ? impl.nodes[node.right].type : ValueType::kUnknown;
  return mismatch(node.kind, node.comparison, left, right);
}

}  // namespace tfevents::syntax
