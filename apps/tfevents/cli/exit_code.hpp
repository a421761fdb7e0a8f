#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/error.hpp"

namespace tfevents::cli {

/// Every exit status of the program, apart from 128+n after a signal. The numbers are a contract
/// with scripts.
enum class ExitCode : std::uint8_t {
  kOk = 0,       ///< Yes, done, sound.
  kNo = 1,       ///< A clean no.
  kFailed = 2,   ///< Could not do it.
  kPartial = 3,  ///< Answered, but not from all of the input.
  kRefused = 4,  ///< Could have done it, and did not.
  kBug = 70,     ///< A fault of the program (EX_SOFTWARE of sysexits.h).
};

struct ExitCodeInfo {
  ExitCode code;
  std::string_view meaning;  ///< One sentence without a full stop, for EXIT STATUS.
};

/// In the order in which manual pages list them.
inline constexpr std::array kExitCodes{
    ExitCodeInfo{ExitCode::kOk, "The answer is yes, the work is done, or everything is sound"},
    ExitCodeInfo{
        ExitCode::kNo,
        "A clean no: the selection matched nothing, a check failed or could not be evaluated, "
        "or differences or errors were found"},
    ExitCodeInfo{
        ExitCode::kFailed,
        "Usage, an operand that is missing or unreadable, or a write or an action that failed"},
    ExitCodeInfo{
        ExitCode::kPartial,
        "An answer was given, but damaged or unreadable input inside the selected runs was "
        "skipped; a truncated tail, the normal end of a live file, does not count"},
    ExitCodeInfo{ExitCode::kRefused, "Refused for safety"},
    ExitCodeInfo{ExitCode::kBug, "A bug in tfevents; please report it"},
};

/// The status when both `a` and `b` apply. Precedence: bug, 2, 4, 1, 3, 0: what could not be done
/// outweighs what was refused, that outweighs a no, and a no outweighs the doubt about it.
[[nodiscard]] constexpr ExitCode worse(ExitCode a, ExitCode b) noexcept {
  constexpr auto kRank = [](ExitCode code) {
    switch (code) {
      case ExitCode::kOk: return 0;
      case ExitCode::kPartial: return 1;
      case ExitCode::kNo: return 2;
      case ExitCode::kRefused: return 3;
      case ExitCode::kFailed: return 4;
      case ExitCode::kBug: return 5;
    }
    return 5;
  };
  return kRank(a) >= kRank(b) ? a : b;
}

/// What a fatal error exits with. A cancelled command ends by its signal; only where there was none
/// is it a failure.
[[nodiscard]] constexpr ExitCode exit_code_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::kInternal: return ExitCode::kBug;
    case ErrorCode::kRefused: return ExitCode::kRefused;
    default: return ExitCode::kFailed;
  }
}

[[nodiscard]] constexpr int to_int(ExitCode code) noexcept {
  return static_cast<int>(code);
}

}  // namespace tfevents::cli
