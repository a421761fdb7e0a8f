#pragma once

#include <optional>
#include <string_view>

#include "expr/lexer.hpp"
#include "series/call.hpp"

namespace tfevents::syntax {

/// Parses the arguments of one series function, from behind its `(` to behind its `)`: the only
/// place where names of series stand as they are.
///
///     first, mean, p95, …  '(' series [',' window] ')'
///     first_step, ratio    '(' series comparison ['-'|'+'] NUMBER [',' window] ')'
///     at                   '(' series ',' STEP ')'
///     at_best              '(' series ',' (series | ('max'|'min') '(' series ')') ')'
///     window  := [INTEGER] ':' [INTEGER] | 'step' '=' [STEP] ':' [STEP]
///
class CallParser {
 public:
  /// `name` is the function as written, at byte `at`; the lexer stands behind the `(`.
  CallParser(ExprLexer& lexer, std::string_view name, std::size_t at)
      : lexer_(lexer), name_(name), at_(at) {}

  /// Errors: kUsage, for an unknown function, too.
  Result<SeriesCall> parse();

 private:
  Status parse_function();
  Status parse_arguments();
  /// A series by its raw text up to `, < > = ! )` outside nested brackets, or in double quotes.
  Result<std::string> parse_name();
  Result<std::string> parse_raw_name();
  Status parse_threshold();
  Status parse_metric();
  Result<std::optional<Direction>> parse_direction();
  Status parse_window();
  Status parse_ends(bool steps);
  Result<std::optional<std::int64_t>> parse_end();
  Result<std::int64_t> parse_integer(std::string_view what);
  /// Takes the `)` of the function.
  Status close();

  ExprLexer& lexer_;
  std::string_view name_;
  std::size_t at_;
  SeriesCall call_;
};

}  // namespace tfevents::syntax
