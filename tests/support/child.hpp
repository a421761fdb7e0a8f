#pragma once

#include <functional>
#include <string>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tfevents::test {

/// Whose rights are those of anybody.
inline constexpr uid_t kPlainUser = 65534;

/// Gives up root, for good. True too for who never had it.
inline bool become_nobody() {
  return ::geteuid() != 0 || (::setgid(kPlainUser) == 0 && ::setuid(kPlainUser) == 0);
}

/// What `act` returns, done in a process of its own: that may drop its rights, mount, or die.
inline std::string in_child(const std::function<std::string()>& act) {
  int ends[2] = {-1, -1};
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const std::string said = act();
    const bool written =
        ::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
    ::_exit(written ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  char buffer[4096];
  while (true) {
    const ssize_t count = ::read(ends[0], buffer, sizeof(buffer));
    if (count <= 0) break;
    said.append(buffer, static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) said += " (died)";
  return said;
}

}  // namespace tfevents::test
