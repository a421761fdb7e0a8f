#include "actor.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "env.hpp"

namespace tfevents::cli {
namespace {

constexpr std::size_t kMaxHostName = 255;  // RFC 1123 section 2.1.

std::string host_name() {
  std::array<char, kMaxHostName + 2> name{};
  // What is cut need not be ended: the last byte stays 0.
  if (gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

}  // namespace

rewrite::Actor current_actor(const Env& env, std::string command) {
  const uid_t uid = geteuid();
  const Variables& variables = env.surroundings().variables;
  const auto named = variables.find("LOGNAME");
  return {.uid = uid,
          .user = named == variables.end() || named->second.empty() ? fmt::format("{}", uid)
                                                                    : named->second,
          .host = host_name(),
          .pid = getpid(),
          .command = std::move(command)};
}

}  // namespace tfevents::cli
