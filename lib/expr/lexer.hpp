#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/text.hpp"
#include "expr/expression.hpp"

namespace tfevents::syntax {

[[nodiscard]] constexpr bool is_blank(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
[[nodiscard]] constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// One word, number, text or sign of an expression.
struct ExprToken {
  enum class Kind : std::uint8_t { kEnd, kNumber, kText, kWord, kComparison, kSign };
  Kind kind = Kind::kEnd;
  std::size_t at = 0;   ///< Byte offset.
  std::size_t end = 0;  ///< Behind it.
  double number = 0;
  std::string text;  ///< kText: without quotes and escapes; kWord: as it stands.
  Comparison comparison = Comparison::kEqual;
  char sign = 0;  ///< kSign: one of `+ - * / ( ) , ~`.

  [[nodiscard]] bool is_word(std::string_view word) const noexcept {
    return kind == Kind::kWord && text == word;
  }
  [[nodiscard]] bool is_sign(char wanted) const noexcept {
    return kind == Kind::kSign && sign == wanted;
  }
};

/// Cuts an expression into tokens, and hands out the raw text where names of series stand.
class ExprLexer {
 public:
  explicit ExprLexer(std::string_view text) : text_(text) {}

  /// The next token; kEnd at the end. Errors: kUsage, for what can begin none.
  Result<ExprToken> next();

  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  void seek(std::size_t position) noexcept { at_ = position; }
  void skip_blanks() noexcept;
  /// The character at the position, 0 at the end.
  [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  [[nodiscard]] bool at_end() const noexcept { return at_ >= text_.size(); }
  /// Takes `c`, after blanks.
  bool take(char c) noexcept;

  /// `[A-Za-z_][A-Za-z0-9_.]*` at the position; empty where there is none.
  std::string_view word() noexcept;
  /// A number without a sign, perhaps with the unit of a duration or size.
  Result<double> number();
  /// A text in double quotes: `\"` and `\\` stand for `"` and `\`; any other backslash for itself.
  Result<std::string> quoted();
  /// A comparison at the position; advances only where there is one.
  [[nodiscard]] std::optional<Comparison> comparison() noexcept;

  [[nodiscard]] Error fail(std::size_t at, std::string_view what, std::string hint = {}) const;

 private:
  Status refuse_foreign_sign() const;

  std::string_view text_;
  std::size_t at_ = 0;
};

/// The longest piece around byte `at` without blanks, brackets, quotes, commas and comparisons, at
/// most some hundred bytes.
[[nodiscard]] std::string_view piece_around(std::string_view text, std::size_t at) noexcept;
/// What to say where the piece around byte `at` looks like the name of a series outside a function;
/// empty where it does not.
[[nodiscard]] std::string series_hint(std::string_view text, std::size_t at);

}  // namespace tfevents::syntax
