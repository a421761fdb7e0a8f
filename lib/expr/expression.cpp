#include "expr/expression.hpp"

#include <fmt/format.h>

#include "expr/parser.hpp"

namespace tfevents {
namespace {

using Kind = syntax::ExprNode::Kind;

constexpr std::size_t kMaxBytes = std::size_t{64} * 1024;

}  // namespace

const char* to_string(ValueType type) noexcept {
  switch (type) {
    case ValueType::kUnknown: return "unknown";
    case ValueType::kBool: return "true or false";
    case ValueType::kNumber: return "number";
    case ValueType::kText: return "text";
  }
  return "unknown";
}

Result<Expression> Expression::parse(std::string_view text) {
  if (text.size() > kMaxBytes)
    return Error{.code = ErrorCode::kUsage,
                 .message = fmt::format("bad expression '{}': it is longer than {} bytes",
                                        syntax::shown(text.substr(0, 100)), kMaxBytes)};
  TFEVENTS_TRY(auto impl, syntax::ExprParser(text).parse());
  return Expression(std::move(impl));
}

const std::string& Expression::text() const noexcept {
  return impl_->text;
}

std::span<const SeriesCall> Expression::calls() const noexcept {
  return impl_->calls;
}

std::span<const NameRef> Expression::names() const noexcept {
  return impl_->names;
}

ValueType Expression::type() const noexcept {
  return impl_->nodes.back().type;
}

const std::optional<Error>& Expression::type_error() const noexcept {
  return impl_->type_error;
}

std::optional<Comparison> Expression::comparison() const noexcept {
  const syntax::ExprNode& top = impl_->nodes.back();
  return top.kind == Kind::kCompare ? std::optional(top.comparison) : std::nullopt;
}

std::optional<std::size_t> Expression::single_call() const noexcept {
  const syntax::ExprNode& top = impl_->nodes.back();
  return top.kind == Kind::kCall ? std::optional<std::size_t>(top.index) : std::nullopt;
}

std::optional<std::size_t> Expression::single_name() const noexcept {
  const syntax::ExprNode& top = impl_->nodes.back();
  return top.kind == Kind::kName ? std::optional<std::size_t>(top.index) : std::nullopt;
}

}  // namespace tfevents
