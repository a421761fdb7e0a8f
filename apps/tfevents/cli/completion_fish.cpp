#include <fmt/format.h>

#include "completion_scripts.hpp"

namespace tfevents::cli {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// Flags of `complete` for the value of an option.
std::string value_flags(const OptionSpec& spec) {
  if (!spec.choices.empty())
    return fmt::format(" -x -a {}", quoted(fmt::format("{}", fmt::join(spec.choices, " "))));
  switch (spec.kind) {
    case ValueKind::kPath:
    case ValueKind::kFile: return " -r -F";
    case ValueKind::kDirectory: return " -x -a '(__fish_complete_directories)'";
    case ValueKind::kRun: return " -x -a '(__tfevents_ask run)'";
    case ValueKind::kTag: return " -x -a '(__tfevents_ask tag)'";
    case ValueKind::kCommand: return " -x -a '(__tfevents_commands)'";
    default: return " -x";
  }
}

std::string option_line(const Option& option, std::string_view condition) {
  const OptionSpec& spec = option.spec;
  std::string line = "complete -c tfevents";
  if (!condition.empty()) line += fmt::format(" -n {}", quoted(condition));
  if (option.arity == Option::Arity::kPositional) {
    const bool files = spec.choices.empty() && spec.kind == ValueKind::kPath;
    return line + (files ? " -F -a '(__tfevents_ask operand)'" : value_flags(spec)) + '\n';
  }
  if (const auto name = spec.short_name(); !name.empty())
    line += fmt::format(" -s {}", quoted(name.substr(1)));
  if (const auto name = spec.long_name(); !name.empty())
    line += fmt::format(" -l {}", name.substr(2));
  if (option.arity != Option::Arity::kFlag) line += value_flags(spec);
  return line + fmt::format(" -d {}\n", quoted(spec.summary));
}

}  // namespace

std::string fish_completion() {
  std::string lines;
  std::string names;
  for (const CommandSpec* spec : visible_commands()) {
    names += fmt::format("    printf '%s\\t%s\\n' {} {}\n", spec->name, quoted(spec->summary));
  }
  const auto program = declare(nullptr);
  for (const Option& option : program->options.options()) lines += option_line(option, "");
  for (const CommandSpec* spec : visible_commands()) {
    const auto command = declare(spec);
    const std::string condition = fmt::format("__tfevents_command {}", spec->name);
    lines += '\n';
    for (const Option& option : command->options.options()) {
      if (option.spec.group != "General") lines += option_line(option, condition);
    }
  }
  return fmt::format(R"(# fish completion for tfevents. {}

# Succeeds when the command on the line is $argv[1], or when there is none yet and $argv is empty.
function __tfevents_command
    set -l words (commandline -opc)
    set -e words[1]
    set -l skip 0
    for word in $words
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case {}
                set skip 1
            case '-*'
            case '*'
                test (count $argv) -gt 0; and test $word = $argv[1]
                return
        end
    end
    test (count $argv) -eq 0
end

function __tfevents_commands
{}end

# What the log tree holds of kind $argv[1]: runs or tags.
function __tfevents_ask
    set -l words (commandline -opc)
    tfevents __complete $argv[1] (commandline -ct) -- $words[2..-1] 2>/dev/null
end

complete -c tfevents -f
complete -c tfevents -n __tfevents_command -a '(__tfevents_commands)'
{})",
                     kGeneratedNote, fmt::join(global_value_names(), " "), names, lines);
}

}  // namespace tfevents::cli
