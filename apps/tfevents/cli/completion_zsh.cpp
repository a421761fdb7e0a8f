#include <fmt/format.h>

#include "completion_scripts.hpp"

namespace tfevents::cli {
namespace {

// Text inside '…[text]:text:…' of _arguments.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// Actions that begin with a blank are called as they are, without options for compadd in front of
// their arguments.
std::string zsh_action(const OptionSpec& spec) {
  if (!spec.choices.empty()) return fmt::format("({})", fmt::join(spec.choices, " "));
  switch (spec.kind) {
    case ValueKind::kPath: return " _tfevents_operand";
    case ValueKind::kFile: return "_files";
    case ValueKind::kDirectory: return "_files -/";
    case ValueKind::kRun: return " _tfevents_ask run";
    case ValueKind::kTag: return " _tfevents_ask tag";
    case ValueKind::kCommand: return " _tfevents_commands";
    default: return " ";
  }
}

std::string metavar_of(const OptionSpec& spec) {
  return escaped(spec.metavar.empty() ? spec.names : spec.metavar);
}

// One or two lines for _arguments: a name each, which exclude each other unless they may be
// repeated.
std::string argument_lines(const Option& option, std::string_view indent) {
  const OptionSpec& spec = option.spec;
  if (option.arity == Option::Arity::kPositional) {
    // Without a number it is the next one: a command may take several of one word each.
    const std::string_view count = option.max_count == 1 ? "" : "*";
    return fmt::format("{}'{}:{}:{}'\n", indent, count, metavar_of(spec), zsh_action(spec));
  }
  const bool repeats = option.arity == Option::Arity::kList;
  const bool two = !spec.short_name().empty() && !spec.long_name().empty();
  const std::string exclusive = repeats ? "*"
                                : two ? fmt::format("({} {})", spec.short_name(), spec.long_name())
                                      : "";
  std::string lines;
  for (const auto name : {spec.short_name(), spec.long_name()}) {
    if (name.empty()) continue;
    lines += fmt::format("{}'{}{}", indent, exclusive, name);
    if (option.arity != Option::Arity::kFlag) lines += name.starts_with("--") ? "=" : "+";
    lines += fmt::format("[{}]", escaped(spec.summary));
    if (option.arity != Option::Arity::kFlag)
      lines += fmt::format(":{}:{}", metavar_of(spec), zsh_action(spec));
    lines += "'\n";
  }
  return lines;
}

// The arguments of _arguments, a line each; `tail` holds further ones.
std::string arguments(const std::vector<Option>& options, std::string_view indent,
                      std::span<const std::string_view> tail = {}) {
  std::string lines;
  for (const Option& option : options) lines += argument_lines(option, indent);
  for (const std::string_view argument : tail) lines += fmt::format("{}{}\n", indent, argument);
  lines.pop_back();
  std::string joined;
  for (const char c : lines) joined += c == '\n' ? " \\\n" : std::string(1, c);
  return joined;
}

}  // namespace

std::string zsh_completion() {
  std::string commands;
  std::string cases;
  for (const CommandSpec* spec : visible_commands()) {
    const auto command = declare(spec);
    commands += fmt::format("    '{}:{}'\n", spec->name, escaped(spec->summary));
    cases += fmt::format("    {})\n      _arguments -s -S : \\\n{}\n      ;;\n", spec->name,
                         arguments(command->options.options(), "        "));
  }
  const auto program = declare(nullptr);
  constexpr std::string_view kRest[] = {"'(-): :->command'", "'(-)*:: :->rest'"};
  return fmt::format(R"(#compdef tfevents
# zsh completion for tfevents. {}

_tfevents_commands() {{
  local -a commands=(
{}  )
  _describe command commands
}}

# Adds files, and the runs that a name without a file means.
_tfevents_operand() {{
  _files
  _tfevents_ask operand
}}

# Adds what the log tree holds of kind $1: runs or tags.
_tfevents_ask() {{
  local -a values
  values=("${{(@f)$(_call_program $1 tfevents __complete $1 ${{(q)PREFIX}} -- ${{(q)tfevents_line}} 2>/dev/null)}}")
  values=("${{(@)values%%$'\t'*}}")
  values=("${{(@)values:#}}")
  local expl
  (( $#values )) && _wanted $1 expl $1 compadd -Q -- "${{(@q)values}}"
}}

_tfevents() {{
  local curcontext=$curcontext state line
  # What stands before the word being completed: _arguments takes the front of it away.
  local -a tfevents_line=("${{(@)words[2,CURRENT-1]}}")
  _arguments -s -S -C : \
{} && return
  local command=$line[1]
  [[ $state == command ]] && {{ _tfevents_commands; return }}
  [[ $state == rest ]] || return
  case $command in
{}  esac
}}

_tfevents "$@"
)",
                     kGeneratedNote, commands, arguments(program->options.options(), "    ", kRest),
                     cases);
}

}  // namespace tfevents::cli
