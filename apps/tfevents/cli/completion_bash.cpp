#include <algorithm>

#include <fmt/format.h>

#include "completion_scripts.hpp"

namespace tfevents::cli {
namespace {

// The shell code that fills COMPREPLY with values of one kind.
std::string bash_action(const OptionSpec& spec) {
  if (!spec.choices.empty())
    return fmt::format("_tfevents_words '{}'", fmt::join(spec.choices, " "));
  switch (spec.kind) {
    case ValueKind::kPath: return "_tfevents_operand";
    case ValueKind::kFile: return "_tfevents_files -f";
    case ValueKind::kDirectory: return "_tfevents_files -d";
    case ValueKind::kRun: return "_tfevents_ask run";
    case ValueKind::kTag: return "_tfevents_ask tag";
    case ValueKind::kCommand: {
      std::string names;
      for (const CommandSpec* command : visible_commands())
        names += fmt::format(" {}", command->name);
      return fmt::format("_tfevents_words '{}'", names.substr(1));
    }
    default: return ":";
  }
}

std::string case_labels(const OptionSpec& spec, std::string_view command) {
  std::string labels;
  for (const auto name : {spec.short_name(), spec.long_name()}) {
    if (name.empty()) continue;
    if (!labels.empty()) labels += " | ";
    labels += fmt::format("{}:{}", command, name);
  }
  return labels;
}

std::string value_cases(const std::vector<Option>& options, std::string_view command,
                        bool general) {
  std::string text;
  for (const Option& option : options) {
    const bool takes_value =
        option.arity == Option::Arity::kValue || option.arity == Option::Arity::kList;
    if (!takes_value || (option.spec.group == "General") != general) continue;
    text += fmt::format("    {})\n      {}\n      return\n      ;;\n",
                        case_labels(option.spec, command), bash_action(option.spec));
  }
  return text;
}

std::string option_words(const std::vector<Option>& options) {
  std::string words;
  for (const Option& option : options) {
    if (option.arity == Option::Arity::kPositional) continue;
    for (const auto name : {option.spec.short_name(), option.spec.long_name()}) {
      if (!name.empty()) words += fmt::format("{}{}", words.empty() ? "" : " ", name);
    }
  }
  return words;
}

// What completes the operands. One of a few words is offered behind the command alone: what comes
// then is another operand.
std::string operand_action(const std::vector<Option>& options, std::string_view command) {
  const Option* first = positional_of(options);
  const auto second = std::find_if(options.begin(), options.end(), [&](const Option& option) {
    return &option != first && option.arity == Option::Arity::kPositional;
  });
  const std::string action = bash_action(first->spec);
  if (first->spec.kind != ValueKind::kChoice || second == options.end()) return action;
  return fmt::format("if [[ $prev == {} ]]; then {}; else {}; fi", command, action,
                     bash_action(second->spec));
}

constexpr std::string_view kFunctions = R"(
# Adds the words of $1 that begin with $cur.
_tfevents_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

# Adds files (-f) or directories (-d).
_tfevents_files() {
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
}

# Adds files, and the runs that a name without a file means.
_tfevents_operand() {
  _tfevents_files -f
  _tfevents_ask operand
}

# Adds what the log tree holds of kind $1: runs or tags. Names are quoted where the shell needs it; operands
# are quoted by readline, like files.
_tfevents_ask() {
  local value
  while IFS=$'\t' read -r value _; do
    [[ $1 == operand ]] || printf -v value '%q' "$value"
    COMPREPLY+=("$value")
  done < <("${COMP_WORDS[0]}" __complete "$1" "$cur" -- "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
}
)";

}  // namespace

std::string bash_completion() {
  std::string global_cases;
  std::string command_cases;
  std::string option_cases;
  std::string positional_cases;
  std::string command_names;
  const auto program = declare(nullptr);
  global_cases = value_cases(program->options.options(), "*", true);
  for (const CommandSpec* spec : visible_commands()) {
    const auto command = declare(spec);
    const auto& options = command->options.options();
    command_names += fmt::format("{}{}", command_names.empty() ? "" : " ", spec->name);
    command_cases += value_cases(options, spec->name, false);
    option_cases +=
        fmt::format("      {}) _tfevents_words '{}' ;;\n", spec->name, option_words(options));
    if (positional_of(options) != nullptr) {
      positional_cases +=
          fmt::format("    {}) {} ;;\n", spec->name, operand_action(options, spec->name));
    }
  }
  std::string text = fmt::format("# bash completion for tfevents. {}\n", kGeneratedNote);
  text += kFunctions;
  text +=
      fmt::format(R"(
_tfevents() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}} command='' i
  COMPREPLY=()
  # Bash makes --format=json three words.
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $prev == '=' ]]; then
    prev=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${{COMP_WORDS[i]}} in
      {}) ((i++)) ;;
      -*) ;;
      *)
        command=${{COMP_WORDS[i]}}
        break
        ;;
    esac
  done
  case $command:$prev in
{}{}  esac
  if [[ $cur == -* ]]; then
    case $command in
{}      *) _tfevents_words '{}' ;;
    esac
    return
  fi
  case $command in
    '') _tfevents_words '{}' ;;
{}  esac
}}
complete -F _tfevents tfevents
)",
                  fmt::join(global_value_names(), " | "), global_cases, command_cases, option_cases,
                  option_words(program->options.options()), command_names, positional_cases);
  return text;
}

}  // namespace tfevents::cli
