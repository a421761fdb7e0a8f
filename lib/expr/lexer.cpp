#include "expr/lexer.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/time.hpp"
#include "base/utf8.hpp"
#include "expr/nodes.hpp"

namespace tfevents::syntax {
namespace {

/// What people write who know it from other languages or word processors.
struct ForeignSign {
  std::string_view sign;
  std::string_view hint;
};
// The longer one first where one begins another. None is the beginning of something right.
constexpr ForeignSign kForeignSigns[] = {
    {"===", "write = or =="},
    {"=~", R"(write ~, as in hp.optimizer ~ "adam")"},
    {"!~", R"(write not before it: not hp.optimizer ~ "adam")"},
    {"<>", "write !="},
    {"=<", "write <="},
    {"=>", "write >="},
    {"**", "there are no powers: write x * x"},
    {"//", "write /"},
    {"&&", "write and"},
    {"&", "write and"},
    {"||", "write or"},
    {"|", "write or"},
    {"^", "there are no powers: write x * x"},
    {"%", "there is no modulo and no percent: write 0.05 for 5%"},
    {"'", "text stands in double quotes"},
    {"`", "text stands in double quotes"},
    {"\u201c", R"(write plain double quotes: ")"},
    {"\u201d", R"(write plain double quotes: ")"},
    {"\u201e", R"(write plain double quotes: ")"},
    {"\u2018", R"(write plain double quotes: ")"},
    {"\u2019", R"(write plain double quotes: ")"},
    {"\u2264", "write <="},
    {"\u2265", "write >="},
    {"\u2260", "write !="},
    {"\u2212", "write a plain -"},
    {"\u2013", "write a plain -"},
    {"\u00d7", "write *"},
    {"\u00f7", "write /"},
    {"\u00a0", "write a plain blank"},
};

bool in_word(char c) noexcept {
  return is_letter(c) || is_digit(c) || c == '.';
}

/// Suffixes as the manual writes them. parse_size takes any case; here `5m` is minutes and
/// `5M` bytes, so that case has to matter for all of them.
bool has_size_suffix(std::string_view number) noexcept {
  constexpr std::string_view kSuffixes[] = {"B",   "K",   "M",   "G",   "T",   "P",
                                            "KiB", "MiB", "GiB", "TiB", "PiB", "kB",
                                            "KB",  "MB",  "GB",  "TB",  "PB"};
  const std::string_view suffix =
      number.substr(std::min(number.find_first_not_of("0123456789."), number.size()));
  return std::find(std::begin(kSuffixes), std::end(kSuffixes), suffix) != std::end(kSuffixes);
}

/// Where the number without a unit ends that begins `text`: `digits[.digits][e[+-]digits]`.
std::size_t plain_number_end(std::string_view text) noexcept {
  std::size_t end = 0;
  const auto digits = [&] {
    while (end < text.size() && is_digit(text[end])) ++end;
  };
  digits();
  if (end < text.size() && text[end] == '.') {
    ++end;
    digits();
  }
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    std::size_t exponent = end + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    if (exponent < text.size() && is_digit(text[exponent])) {
      end = exponent;
      digits();
    }
  }
  return end;
}

std::string meaningless(std::string_view sign) {
  const char* const mark = sign == "'" ? "" : "'";
  return fmt::format("{0}{1}{0} means nothing here", mark, shown(sign));
}

bool ends_piece(char c) noexcept {
  return is_blank(c) || std::string_view("()[]{}\"',<>=!~").find(c) != std::string_view::npos;
}

}  // namespace

std::string_view piece_around(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kReach = 256;
  at = std::min(at, text.size());
  std::size_t begin = at;
  while (begin > 0 && at - begin < kReach && !ends_piece(text[begin - 1])) --begin;
  std::size_t end = at;
  while (end < text.size() && end - at < kReach && !ends_piece(text[end])) ++end;
  return text.substr(begin, end - begin);
}

std::string series_hint(std::string_view text, std::size_t at) {
  const std::string_view piece = piece_around(text, at);
  if (piece.find('/') == std::string_view::npos ||
      !std::any_of(piece.begin(), piece.end(), is_letter))
    return {};
  return fmt::format("a series stands inside a function: last({})", shown(piece));
}

void ExprLexer::skip_blanks() noexcept {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
}

bool ExprLexer::take(char c) noexcept {
  skip_blanks();
  if (peek() != c || at_end()) return false;
  ++at_;
  return true;
}

std::string_view ExprLexer::word() noexcept {
  const std::size_t begin = at_;
  if (is_letter(peek())) {
    while (at_ < text_.size() && in_word(text_[at_])) ++at_;
  }
  return text_.substr(begin, at_ - begin);
}

Result<double> ExprLexer::number() {
  const std::size_t begin = at_;
  const std::size_t plain = begin + plain_number_end(text_.substr(begin));
  std::size_t end = plain;
  while (end < text_.size() && in_word(text_[end])) ++end;
  const std::string_view typed = text_.substr(begin, end - begin);
  at_ = end;
  if (end == plain) {
    double value = 0;
    const auto [stop, error] = std::from_chars(typed.data(), typed.data() + typed.size(), value);
    if (error == std::errc() && stop == typed.data() + typed.size()) return value;
    return fail(begin, fmt::format("the number {} is out of range", shown(typed)));
  }
  if (const auto seconds = parse_duration(typed); seconds.ok()) return *seconds;
  if (has_size_suffix(typed)) {
    if (const auto bytes = parse_size(typed); bytes.ok()) return static_cast<double>(*bytes);
  }
  return fail(begin, fmt::format("{} is no number", shown(typed)),
              "units are s m h d w (as 1d12h), K M G T (powers of 1024), kB MB GB TB; a name of a "
              "series stands inside a function, as last(val/acc)");
}

Result<std::string> ExprLexer::quoted() {
  const std::size_t begin = at_++;
  std::string out;
  while (!at_end()) {
    char c = text_[at_++];
    if (c == '"') return out;
    if (c == '\\' && (peek() == '"' || peek() == '\\')) c = text_[at_++];
    out += c;
  }
  return fail(begin, "'\"' is not closed", R"(in double quotes, \" stands for the quote itself)");
}

std::optional<Comparison> ExprLexer::comparison() noexcept {
  const std::string_view rest = text_.substr(at_);
  const auto found = [&](std::size_t size, Comparison comparison) {
    at_ += size;
    return comparison;
  };
  if (rest.starts_with("<=")) return found(2, Comparison::kLessEqual);
  if (rest.starts_with(">=")) return found(2, Comparison::kGreaterEqual);
  if (rest.starts_with("==")) return found(2, Comparison::kEqual);
  if (rest.starts_with("!=")) return found(2, Comparison::kNotEqual);
  if (rest.starts_with("<")) return found(1, Comparison::kLess);
  if (rest.starts_with(">")) return found(1, Comparison::kGreater);
  if (rest.starts_with("=")) return found(1, Comparison::kEqual);
  return std::nullopt;
}

Status ExprLexer::refuse_foreign_sign() const {
  const std::string_view rest = text_.substr(at_);
  for (const ForeignSign& foreign : kForeignSigns) {
    if (rest.starts_with(foreign.sign))
      return fail(at_, meaningless(foreign.sign), std::string(foreign.hint));
  }
  if (rest.starts_with('!') && !rest.starts_with("!=")) {
    return fail(at_, meaningless("!"), "write not");
  }
  return ok_status();
}

Result<ExprToken> ExprLexer::next() {
  skip_blanks();
  ExprToken token;
  token.at = token.end = at_;
  if (at_end()) return token;
  TFEVENTS_CHECK(refuse_foreign_sign());
  const char c = peek();
  if (const auto comparison = this->comparison()) {
    token.kind = ExprToken::Kind::kComparison;
    token.comparison = *comparison;
  } else if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
    token.kind = ExprToken::Kind::kNumber;
    TFEVENTS_TRY(token.number, number());
  } else if (c == '"') {
    token.kind = ExprToken::Kind::kText;
    TFEVENTS_TRY(token.text, quoted());
  } else if (is_letter(c)) {
    token.kind = ExprToken::Kind::kWord;
    token.text = std::string(word());
  } else if (std::string_view("+-*/(),~").find(c) != std::string_view::npos) {
    token.kind = ExprToken::Kind::kSign;
    token.sign = c;
    ++at_;
  } else {
    const std::string_view character = text_.substr(at_, next_utf8(text_.substr(at_)).size);
    std::string hint = series_hint(text_, at_);
    if (hint.empty()) hint = R"(other names stand in double quotes: hp."weight-decay")";
    return fail(at_, meaningless(character), std::move(hint));
  }
  token.end = at_;
  return token;
}

Error ExprLexer::fail(std::size_t at, std::string_view what, std::string hint) const {
  return expression_error(text_, at, what, std::move(hint));
}

}  // namespace tfevents::syntax
