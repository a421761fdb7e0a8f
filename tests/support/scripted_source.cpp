#include "support/scripted_source.hpp"

#include <algorithm>
#include <utility>

namespace tfevents::test {

ScriptedSource& ScriptedSource::give(std::string_view bytes) {
  if (!bytes.empty()) steps_.emplace_back(std::string(bytes));
  return *this;
}

ScriptedSource& ScriptedSource::end() {
  steps_.emplace_back(End{});
  return *this;
}

ScriptedSource& ScriptedSource::fail(Error error) {
  steps_.emplace_back(std::move(error));
  return *this;
}

ScriptedSource& ScriptedSource::give_in_pieces(std::string_view bytes, std::size_t size) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
    give(bytes.substr(0, size)).end();
  }
  return *this;
}

Result<std::size_t> ScriptedSource::read(std::span<std::byte> into) {
  if (steps_.empty()) return std::size_t{0};
  if (auto* bytes = std::get_if<std::string>(&steps_.front())) {
    const std::size_t count = std::min(into.size(), bytes->size());
    std::copy_n(reinterpret_cast<const std::byte*>(bytes->data()), count, into.data());
    given_.append(*bytes, 0, count);
    bytes->erase(0, count);
    if (bytes->empty()) steps_.pop_front();
    return count;
  }
  const auto step = std::move(steps_.front());
  steps_.pop_front();
  if (const auto* error = std::get_if<Error>(&step)) return *error;
  return std::size_t{0};
}

Result<std::optional<std::uint64_t>> ScriptedSource::size() {
  return std::optional<std::uint64_t>();
}

Result<std::size_t> ScriptedSource::read_at(std::uint64_t offset, std::span<std::byte> into) {
  if (offset >= given_.size()) return std::size_t{0};
  const std::size_t count = std::min(into.size(), given_.size() - static_cast<std::size_t>(offset));
  std::copy_n(reinterpret_cast<const std::byte*>(given_.data()) + offset, count, into.data());
  return count;
}

}  // namespace tfevents::test
