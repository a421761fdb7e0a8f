#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tfevents {

/// Why a unit of work could not go on. Each code has one exit status (see cli/exit_code.hpp).
enum class ErrorCode : std::uint8_t {
  kUsage,        ///< The request itself makes no sense.
  kNotFound,     ///< An operand does not exist.
  kIo,           ///< The operating system said no.
  kFormat,       ///< The input is not what it should be, and nothing of it can be used.
  kUnsupported,  ///< Understood, but this program does not do it.
  kLimit,        ///< A documented limit was reached.
  kChanged,      ///< A file changed under the reader more often than it may.
  kCancelled,    ///< Someone asked to stop.
  kExists,       ///< The name is taken; or a directory to be removed is not empty.
  kRefused,      ///< It could be done, and is not safe: a guard, a lock, a link.
  kInternal,     ///< A bug.
};

/// The word for a code in machine output (`"code"` of `tfevents.error/1`), as `io` or `not-found`.
const char* to_string(ErrorCode code) noexcept;

/// Cannot continue. Built once, at the place that knows what happened; travels in `Result`.
///
/// Damage in a file is never an Error: it is a value in the record stream (record/reader.hpp).
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;                       ///< One line, lower case, no full stop.
  std::string path = {};                     ///< Empty when no file is involved.
  std::optional<std::uint64_t> offset = {};  ///< Byte offset in `path`.
  std::string hint = {};                     ///< One thing the reader can do; may be empty.
  std::string excerpt = {};  ///< For people: what was typed and, on a second line, a caret under
                             ///< the place; safe to print. Empty where there is no such place.
};

/// Of a request that makes no sense: kUsage.
[[nodiscard]] Error usage(std::string message, std::string hint = {});

}  // namespace tfevents
