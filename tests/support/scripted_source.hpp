#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "io/source.hpp"

namespace tfevents::test {

/// A stream that arrives in pieces: `ScriptedSource().give("ab").end().give("c").fail(error)`.
/// Each `give` needs at least one read; `end` is one read that yields 0; `fail` one that yields the
/// Error. After the script every read yields 0, until it is continued.
class ScriptedSource final : public ByteSource {
 public:
  explicit ScriptedSource(std::string path = "scripted") : path_(std::move(path)) {}

  ScriptedSource& give(std::string_view bytes);
  ScriptedSource& end();
  ScriptedSource& fail(Error error);
  /// All pieces of `bytes` that have `size` bytes, an `end` after each: a file that grows.
  ScriptedSource& give_in_pieces(std::string_view bytes, std::size_t size);

  Result<std::size_t> read(std::span<std::byte> into) override;
  /// Nothing, as for a stream; what was read can be read again all the same.
  Result<std::optional<std::uint64_t>> size() override;
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override;
  [[nodiscard]] bool can_read_at() const noexcept override { return true; }
  [[nodiscard]] const std::string& path() const noexcept override { return path_; }

  /// True when the whole script was played.
  [[nodiscard]] bool finished() const noexcept { return steps_.empty(); }

 private:
  struct End {};
  std::deque<std::variant<std::string, End, Error>> steps_;
  std::string given_;
  std::string path_;
};

}  // namespace tfevents::test
