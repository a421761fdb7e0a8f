#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/suggest.hpp"
#include "expr/call_parser.hpp"
#include "expr/parser.hpp"

namespace tfevents::syntax {
namespace {

constexpr RunAttribute kRunAttributes[] = {
    {"name", ValueType::kText},    {"parent", ValueType::kText},
    {"leaf", ValueType::kText},    {"state", ValueType::kText},
    {"age", ValueType::kNumber},   {"last_step", ValueType::kNumber},
    {"size", ValueType::kNumber},  {"duration", ValueType::kNumber},
    {"start", ValueType::kNumber},
};

}  // namespace

Result<NodeId> ExprParser::parse_match(NodeId left, std::size_t at) {
  TFEVENTS_CHECK(advance());
  if (token_.kind != ExprToken::Kind::kText)
    return lexer_.fail(token_.at, "a regular expression in double quotes is expected",
                       R"(as in hp.optimizer ~ "adam|sgd")");
  if (impl_->regexes.size() >= kMaxRegexes)
    return lexer_.fail(token_.at, fmt::format("more than {} regular expressions", kMaxRegexes));
  RE2::Options options;
  options.set_log_errors(false);  // A bad one is an Error, not a line on standard error.
  options.set_never_capture(true);
  auto regex = std::make_unique<RE2>(token_.text, options);
  if (!regex->ok()) {
    // The fragment's place, where the text stands in the expression as it is.
    const std::string& part = regex->error_arg();
    const bool plain = token_.end - token_.at == token_.text.size() + 2;
    const std::size_t found = plain && !part.empty() ? token_.text.find(part) : std::string::npos;
    return lexer_.fail(found == std::string::npos ? token_.at : token_.at + 1 + found,
                       fmt::format("bad regular expression: {}", shown(regex->error())));
  }
  impl_->regexes.push_back(std::move(regex));
  TFEVENTS_CHECK(advance());
  return add_operation(Kind::kMatch, at, left, 0, last_index(impl_->regexes));
}

Result<NodeId> ExprParser::parse_in(NodeId left, std::size_t at) {
  TFEVENTS_CHECK(advance());
  if (!token_.is_sign('('))
    return lexer_.fail(token_.at, "'(' is expected behind in", R"(as in hp.seed in (1, 2))");
  const std::size_t open = token_.at;
  std::vector<Value> items;
  do {
    TFEVENTS_CHECK(advance());
    TFEVENTS_TRY(Value item, parse_item());
    items.push_back(std::move(item));
    TFEVENTS_CHECK(advance());
  } while (token_.is_sign(','));
  if (!token_.is_sign(')')) {
    if (token_.kind == ExprToken::Kind::kEnd) return lexer_.fail(open, "'(' is not closed");
    return lexer_.fail(token_.at, "',' or ')' is expected");
  }
  TFEVENTS_CHECK(advance());
  impl_->lists.push_back(std::move(items));
  return add_operation(Kind::kIn, at, left, 0, last_index(impl_->lists));
}

Result<Value> ExprParser::parse_item() {
  const std::size_t at = token_.at;
  const bool negative = token_.is_sign('-');
  if (negative) TFEVENTS_CHECK(advance());
  if (token_.kind == ExprToken::Kind::kNumber)
    return Value(negative ? -token_.number : token_.number);
  if (!negative && token_.kind == ExprToken::Kind::kText) return Value(token_.text);
  if (!negative && (token_.is_word("true") || token_.is_word("false")))
    return Value(token_.is_word("true"));
  std::string hint;
  if (token_.kind == ExprToken::Kind::kWord)
    hint = fmt::format("text stands in double quotes: \"{}\"", shown(token_.text));
  return lexer_.fail(at, "a number, a text, true or false is expected", std::move(hint));
}

Result<NodeId> ExprParser::parse_primary() {
  const std::size_t at = token_.at;
  if (token_.kind == ExprToken::Kind::kNumber) {
    const NodeId node = add_literal(token_.number, at);
    TFEVENTS_CHECK(advance());
    return node;
  }
  if (token_.kind == ExprToken::Kind::kText) {
    const NodeId node = add_literal(std::move(token_.text), at);
    TFEVENTS_CHECK(advance());
    return node;
  }
  if (token_.is_sign('(')) return parse_bracketed();
  if (token_.kind == ExprToken::Kind::kWord) return parse_word();
  return value_expected();
}

Result<NodeId> ExprParser::parse_bracketed() {
  const std::size_t open = token_.at;
  TFEVENTS_CHECK(enter(open));
  const Level level(depth_);
  TFEVENTS_CHECK(advance());
  TFEVENTS_TRY(const NodeId node, parse_or());
  if (token_.kind == ExprToken::Kind::kEnd) return lexer_.fail(open, "'(' is not closed");
  if (!token_.is_sign(')')) return unexpected();
  TFEVENTS_CHECK(advance());
  return node;
}

Result<NodeId> ExprParser::parse_word() {
  const ExprToken word = token_;
  if (word.text == "true" || word.text == "false") {
    const NodeId node = add_literal(word.text == "true", word.at);
    TFEVENTS_CHECK(advance());
    return node;
  }
  if (word.text == "abs") {
    TFEVENTS_CHECK(advance());
    if (!token_.is_sign('('))
      return lexer_.fail(token_.at, "'(' is expected behind abs", "write abs(x)");
    TFEVENTS_TRY(const NodeId operand, parse_bracketed());
    return add_operation(Kind::kAbs, word.at, operand);
  }
  if (is_keyword(word.text)) return value_expected();
  lexer_.skip_blanks();
  if (lexer_.peek() == '(') return parse_call(word);
  if (is_keyword_in_other_case(word.text))
    return lexer_.fail(word.at, fmt::format("there is no {}", word.text),
                       fmt::format("write {}", lower_case(word.text)));
  return parse_name(word);
}

Result<NodeId> ExprParser::parse_call(const ExprToken& function) {
  if (++calls_written_ > kMaxCalls)
    return lexer_.fail(function.at, fmt::format("more than {} functions of series", kMaxCalls));
  lexer_.take('(');
  TFEVENTS_TRY(SeriesCall call, CallParser(lexer_, function.text, function.at).parse());
  token_.end = lexer_.position();
  TFEVENTS_CHECK(advance());
  auto& calls = impl_->calls;
  const auto found = std::find(calls.begin(), calls.end(), call);
  const auto index = static_cast<std::uint32_t>(found - calls.begin());
  if (found == calls.end()) {
    calls.push_back(std::move(call));
    impl_->call_at.push_back(function.at);
  }
  return add({.kind = Kind::kCall, .type = ValueType::kNumber, .index = index, .at = function.at});
}

Result<NodeId> ExprParser::parse_name(const ExprToken& word) {
  NameRef name{.name = word.text, .at = word.at};
  ValueType type = ValueType::kUnknown;
  const auto scoped = [&](std::string_view scope) {
    if (!std::string_view(word.text).starts_with(scope)) return false;
    name.name = word.text.substr(scope.size());
    return true;
  };
  if (scoped("hp.")) {
    name.scope = NameRef::Scope::kHparam;
  } else if (scoped("layout.")) {
    name.scope = NameRef::Scope::kLayout;
    type = ValueType::kText;
  } else if (scoped("run.")) {
    name.scope = NameRef::Scope::kRun;
    const auto* const found =
        std::find_if(std::begin(kRunAttributes), std::end(kRunAttributes),
                     [&](const RunAttribute& attribute) { return attribute.name == name.name; });
    if (found == std::end(kRunAttributes)) {
      std::vector<std::string> known;
      std::string all;
      for (const RunAttribute& attribute : kRunAttributes) {
        known.emplace_back(attribute.name);
        all += fmt::format(" run.{}", attribute.name);
      }
      const auto meant = nearest(name.name, known);
      return lexer_.fail(word.at, fmt::format("there is no attribute {}", shown(word.text)),
                         (meant ? fmt::format("did you mean run.{}? ", *meant) : std::string()) +
                             "attributes:" + all);
    }
    type = found->type;
  }
  if (name.name.empty()) {
    if (lexer_.peek() != '"' || lexer_.position() != word.end)
      return lexer_.fail(
          word.end, fmt::format("a name is missing behind {}", word.text),
          fmt::format("other names stand in double quotes: {}\"weight-decay\"", word.text));
    TFEVENTS_TRY(name.name, lexer_.quoted());
    token_.end = lexer_.position();
  }
  TFEVENTS_CHECK(advance());
  auto& names = impl_->names;
  const auto found = std::find_if(names.begin(), names.end(), [&](const NameRef& known) {
    return known.scope == name.scope && known.name == name.name;
  });
  const auto index = static_cast<std::uint32_t>(found - names.begin());
  if (found == names.end()) {
    if (names.size() >= kMaxNames)
      return lexer_.fail(word.at, fmt::format("more than {} names", kMaxNames));
    name.word = std::string(piece_around(lexer_.text(), word.at));
    names.push_back(std::move(name));
  }
  return add({.kind = Kind::kName, .type = type, .index = index, .at = word.at});
}

}  // namespace tfevents::syntax

namespace tfevents {

std::span<const RunAttribute> run_attributes() noexcept {
  return syntax::kRunAttributes;
}

}  // namespace tfevents
