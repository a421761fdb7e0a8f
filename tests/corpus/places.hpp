#pragma once

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

namespace tfevents::test {

/// Where a set of logs that is no part of the project lies: $`variable`, else beside the checkout.
/// Empty where there is none; CTest takes the line printed then as its reason to call the test
/// skipped.
inline std::string outside_logs(const char* variable, const char* name) {
  const char* const set = std::getenv(variable);
  const std::string path =
      set != nullptr ? std::string(set) : std::string(TFEVENTS_SOURCE_DIR "/../shared/") + name;
  if (std::filesystem::is_directory(path)) return path;
  std::cout << "Skipped: no directory " << path << " ($" << variable << " names another)\n";
  return {};
}

}  // namespace tfevents::test
