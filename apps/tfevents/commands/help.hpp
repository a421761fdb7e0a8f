#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace tfevents::cli {

/// `help [COMMAND]`: the manual page where there is a terminal and a `man` that finds it, else the
/// text of `--help`.
class Help final : public Invocation {
 public:
  explicit Help(OptionAdder& add);
  Result<ExitCode> run(Env& env) override;

 private:
  std::vector<std::string> names_;
};

}  // namespace tfevents::cli
