#include "expr/expression.hpp"

#include <fmt/format.h>

#include "expr/parser.hpp"

namespace tfevents {
namespace {

using Kind = ExprNode::Kind;

constexpr std::size_t kMaxBytes = std::size_t{64} * 1024;

}  // namespace

Result<Expression> Expression::parse(std::string_view text) {
  if (text.size() > kMaxBytes)
    return Error{.code = ErrorCode::kUsage,
                 .message = fmt::format("bad expression '{}': it is longer than {} bytes",
                                        shown(text.substr(0, 100)), kMaxBytes)};
  TFEVENTS_TRY(auto impl, ExprParser(text).parse());
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
  const ExprNode& top = impl_->nodes.back();
  return top.kind == Kind::kCompare ? std::optional(top.comparison) : std::nullopt;
}

std::optional<std::size_t> Expression::single_call() const noexcept {
  const ExprNode& top = impl_->nodes.back();
  return top.kind == Kind::kCall ? std::optional<std::size_t>(top.index) : std::nullopt;
}

std::optional<std::size_t> Expression::single_name() const noexcept {
  const ExprNode& top = impl_->nodes.back();
  return top.kind == Kind::kName ? std::optional<std::size_t>(top.index) : std::nullopt;
}

}  // namespace tfevents
