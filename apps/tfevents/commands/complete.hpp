#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace tfevents::cli {

/// Hidden: `__complete run|tag|operand PREFIX -- WORDS…` prints the candidates for the word being
/// completed, one a line. WORDS is the command line before it, the program's name left out. Called
/// by the completion scripts; never fails.
class Complete final : public Invocation {
 public:
  explicit Complete(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;

 private:
  std::vector<std::string> words_;
};

}  // namespace tfevents::cli
