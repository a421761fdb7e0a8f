#pragma once

#include <cassert>
#include <utility>
#include <variant>

#include "base/error.hpp"

namespace tfevents {

/// Nothing, successfully.
struct Unit {
  friend bool operator==(const Unit&, const Unit&) = default;
};

/// A value or the Error that prevented it. g++ 12 has no std::expected in C++20.
///
/// `value()` and `error()` assert that the right one is there.
template <class T>
class [[nodiscard]] Result {
 public:
  // NOLINTBEGIN(google-explicit-constructor)
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  T& value() & {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    assert(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const& {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    assert(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

using Status = Result<Unit>;

/// The Status of work that went well.
inline Status ok_status() {
  return Unit{};
}

}  // namespace tfevents

#define TFEVENTS_CONCAT_INNER(a, b) a##b
#define TFEVENTS_CONCAT(a, b) TFEVENTS_CONCAT_INNER(a, b)

/// `TFEVENTS_TRY(const int n, parse(s));` declares n, or returns the Error to the caller.
#define TFEVENTS_TRY(decl, expr)                                        \
  auto TFEVENTS_CONCAT(tfevents_try_, __LINE__) = (expr);               \
  if (!TFEVENTS_CONCAT(tfevents_try_, __LINE__).ok())                   \
    return std::move(TFEVENTS_CONCAT(tfevents_try_, __LINE__)).error(); \
  decl = std::move(TFEVENTS_CONCAT(tfevents_try_, __LINE__)).value()

/// Runs an expression that yields a Status, or returns its Error to the caller.
#define TFEVENTS_CHECK(expr)                                  \
  do {                                                        \
    if (auto tfevents_status = (expr); !tfevents_status.ok()) \
      return std::move(tfevents_status).error();              \
  } while (false)
