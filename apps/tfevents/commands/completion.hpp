#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace tfevents::cli {

/// `completion bash|zsh|fish`: prints the script, for those who installed the program without it.
class Completion final : public Invocation {
 public:
  explicit Completion(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;

 private:
  std::vector<std::string> shells_;
};

}  // namespace tfevents::cli
