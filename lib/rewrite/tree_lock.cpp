#include "rewrite/tree_lock.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/bytes.hpp"
#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "rewrite/trash_files.hpp"
#include "rewrite/trash_json.hpp"

namespace tfevents::rewrite {
namespace {

using nlohmann::json;

constexpr std::uint32_t kLockMode = 0600;
constexpr std::size_t kMostBytes = 4096;
constexpr std::size_t kMostColumns = 120;
/// Bytes: three of them, with every one escaped, stay below kMostBytes.
constexpr std::size_t kMostWord = 160;
constexpr double kBetweenTries = 0.25;
constexpr double kMostApart = 600;

/// A word of the lock file, for a message.
std::optional<std::string> word(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return {};
  std::string text = elide_middle(printable(found->get_ref<const std::string&>()), kMostColumns);
  if (text.empty()) return {};
  return text;
}

/// What is in the lock file; it may be anything.
std::string read_holder(Directory& trash) {
  const auto file = trash.open_read(kLockName);
  if (!file.ok()) return {};
  std::string text(kMostBytes, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto count =
        (*file)->read_at(size, std::as_writable_bytes(std::span(text).subspan(size)));
    if (!count.ok() || *count == 0) break;
    size += *count;
  }
  text.resize(size);
  return text;
}

/// `locked by process 4711 (root@node: tfevents prune runs), since 2026-11-27T05:00:00Z`.
Error held(Trash& trash) {
  std::string message = "locked by another process";
  const std::string text = read_holder(trash.directory());
  const json object = json::parse(text, nullptr, false);
  if (object.is_object()) {
    const auto pid = object.find("pid");
    if (pid != object.end() && pid->is_number_unsigned()) {
      message = "locked by process " + to_text(pid->get<std::uint64_t>());
    }
    std::string who = word(object, "user").value_or("?");
    if (const auto host = word(object, "host")) who += "@" + *host;
    if (const auto command = word(object, "command")) who += ": " + *command;
    message += " (" + who + ")";
    const auto since = object.find("since");
    if (since != object.end() && since->is_number() && std::isfinite(since->get<double>())) {
      message += ", since " + iso_time(since->get<double>());
    }
  }
  return {.code = ErrorCode::kRefused,
          .message = std::move(message),
          .path = trash.operand().path(),
          .hint = "wait for it with --lock-wait"};
}

Result<bool> wait_for(WritableFile& file, const LockOptions& options) {
  double waited = 0;
  while (true) {
    if (options.stop != nullptr && options.stop->requested()) {
      return Error{.code = ErrorCode::kCancelled, .message = "interrupted"};
    }
    TFEVENTS_TRY(const bool locked, file.try_lock());
    if (locked) return true;
    const double left = options.wait_seconds - waited;
    if (!(left > 0) || !options.wait) return false;
    const double step = std::min(left, kBetweenTries);
    options.wait(step);
    waited += step;
  }
}

/// The times of files are the file server's; ages are by this machine's clock.
Status compare_clocks(const EntryInfo& lock, double now, const std::string& path) {
  const double ahead = static_cast<double>(lock.file.mtime_ns) / 1e9 - now;
  if (std::abs(ahead) <= kMostApart) return ok_status();
  return Error{.code = ErrorCode::kRefused,
               .message = "the file server's clock is " + human_duration(std::abs(ahead)) +
                          (ahead > 0 ? " ahead of" : " behind") + " this machine's",
               .path = path,
               .hint = "set the clocks: no age can be told before"};
}

}  // namespace

Result<TreeLock> TreeLock::take(Trash& trash, const LockOptions& options) {
  Directory& directory = trash.directory();
  TFEVENTS_TRY(std::unique_ptr<WritableFile> file, directory.open_append(kLockName, kLockMode));
  TFEVENTS_TRY(const bool locked, wait_for(*file, options));
  if (!locked) return held(trash);
  TreeLock lock(std::move(file));
  // Somebody may have removed the file that is locked now: then the lock keeps nobody out.
  TFEVENTS_TRY(const EntryInfo open, lock.file_->info());
  TFEVENTS_TRY(const EntryInfo named, directory.info_of(kLockName));
  if (open.file.id != named.file.id) {
    return Error{.code = ErrorCode::kRefused,
                 .message = "was replaced while it was being locked",
                 .path = join_path(directory.path(), kLockName),
                 .hint = "try again"};
  }
  TFEVENTS_CHECK(lock.file_->clear());
  const Actor& who = trash.actor();
  // For people. On a full disk it is missing, and emptying the trash still has to work.
  static_cast<void>(
      lock.file_->write(as_bytes(JsonLine()
                                     .number("pid", who.pid)
                                     .text("host", who.host.substr(0, kMostWord))
                                     .text("user", who.user.substr(0, kMostWord))
                                     .text("command", who.command.substr(0, kMostWord))
                                     .number("since", options.now)
                                     .end())));
  TFEVENTS_TRY(const EntryInfo written, lock.file_->info());
  TFEVENTS_CHECK(compare_clocks(written, options.now, trash.operand().path()));
  return lock;
}

TreeLock::~TreeLock() {
  // Closing unlocks; nobody shall be taken for the holder afterwards.
  if (file_) static_cast<void>(file_->clear());
}

}  // namespace tfevents::rewrite
