#include "completion_scripts.hpp"

namespace tfevents::cli {

std::string completion_script(Shell shell) {
  switch (shell) {
    case Shell::kBash: return bash_completion();
    case Shell::kZsh: return zsh_completion();
    case Shell::kFish: return fish_completion();
  }
  return {};
}

std::vector<const CommandSpec*> visible_commands() {
  std::vector<const CommandSpec*> commands;
  for (const CommandSpec& spec : command_table()) {
    if (!spec.hidden) commands.push_back(&spec);
  }
  return commands;
}

const Option* positional_of(const std::vector<Option>& options) {
  for (const Option& option : options) {
    if (option.arity == Option::Arity::kPositional) return &option;
  }
  return nullptr;
}

std::vector<std::string_view> global_value_names() {
  std::vector<std::string_view> names;
  const auto program = declare(nullptr);
  for (const Option& option : program->options.options()) {
    if (option.arity == Option::Arity::kFlag) continue;
    for (const auto name : {option.spec.short_name(), option.spec.long_name()}) {
      // The views point into the option table, which is constant.
      if (!name.empty()) names.push_back(name);
    }
  }
  return names;
}

}  // namespace tfevents::cli
