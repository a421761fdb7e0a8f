#include "commands/completion.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/answer.hpp"
#include "cli/completion_scripts.hpp"
#include "cli/env.hpp"

namespace tfevents::cli {
namespace {

constexpr std::string_view kShells[] = {"bash", "zsh", "fish"};

}  // namespace

Completion::Completion(OptionAdder& add) {
  add.positionals({"SHELL", "", "Arguments", "bash, zsh or fish", "", ValueKind::kChoice, kShells},
                  shells_, 1);
}

Result<ExitCode> Completion::run(Env& env) {
  const std::string name = shells_.empty() ? "" : shells_.front();
  const auto* const found = std::find(std::begin(kShells), std::end(kShells), name);
  if (found == std::end(kShells)) {
    return Error{.code = ErrorCode::kUsage,
                 .message = name.empty() ? "completion needs the name of a shell"
                                         : fmt::format("no completion for '{}'", printable(name)),
                 .hint = "tfevents completion bash, zsh or fish"};
  }
  TFEVENTS_TRY(const auto output, open_output({}, env));
  output->buffer() += completion_script(static_cast<Shell>(found - std::begin(kShells)));
  TFEVENTS_CHECK(output->finish());
  return ExitCode::kOk;
}

}  // namespace tfevents::cli
