#include "people.hpp"

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"

namespace tfevents::render {
namespace {

constexpr std::size_t kMostOperands = 3;

std::string shell_quoted(std::string_view word) {
  const std::string text = printable(word);
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+,:@%=";
  if (!text.empty() && text.find_first_not_of(kSafe) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string whole(std::uint64_t n) {
  return human_integer(static_cast<std::int64_t>(n));
}

std::string count_of(std::uint64_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", whole(n), n == 1 ? one : many);
}

Cell scalar_cell(const std::optional<Scalar>& scalar) {
  if (!scalar) return {};
  switch (scalar->store()) {
    case Scalar::Store::kFloat: return Cell::real(scalar->f32);
    case Scalar::Store::kDouble: return Cell::real(scalar->f64);
    case Scalar::Store::kSigned: return Cell::integer(scalar->i64);
    case Scalar::Store::kUnsigned: return Cell::count(scalar->u64);
  }
  return {};
}

std::string more_columns(std::size_t dropped, bool choose) {
  if (dropped == 0) return {};
  return fmt::format("{}: widen{}\n", count_of(dropped, "more column", "more columns"),
                     choose ? ", or choose with -c" : " the terminal");
}

std::string command_line(std::string_view command, std::span<const std::string> operands) {
  std::string line = fmt::format("tfevents {}", command);
  if (operands.size() > kMostOperands) return line;
  for (const std::string& operand : operands) line += ' ' + shell_quoted(operand);
  return line;
}

}  // namespace tfevents::render
