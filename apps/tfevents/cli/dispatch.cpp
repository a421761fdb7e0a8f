#include "dispatch.hpp"

#include <csignal>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "command.hpp"
#include "help.hpp"
#include "output.hpp"
#include "parser.hpp"
#include "signals.hpp"
#include "version.hpp"

namespace tfevents::cli {
namespace {

const Option* find_option(std::span<const Option> options, std::string_view name) {
  for (const Option& option : options) {
    if (option.spec.short_name() == name || option.spec.long_name() == name) return &option;
  }
  return nullptr;
}

// Whether the word ends in a global option that takes the next word as its value.
bool takes_next_word(std::string_view word, std::span<const Option> global) {
  if (word.starts_with("--")) {
    const Option* option = find_option(global, word);
    return option != nullptr && option->arity != Option::Arity::kFlag;
  }
  for (std::size_t i = 1; i < word.size(); ++i) {
    const char name[] = {'-', word[i]};
    const Option* option = find_option(global, std::string_view(name, 2));
    if (option == nullptr || option->arity != Option::Arity::kFlag) {
      return option != nullptr && i + 1 == word.size();
    }
  }
  return false;
}

// Whether a program reads the answer, as far as that shows where no command says which options it
// takes.
bool asks_for_machine_format(std::span<const std::string> words) {
  const auto machine = [](std::string_view format) {
    return format == "json" || format == "jsonl" || format == "csv";
  };
  bool value_next = false;
  for (const std::string_view word : words) {
    if (value_next && machine(word)) return true;
    value_next = word == "-f" || word == "--format";
    if (word == "--") return false;
    if (word == "--json") return true;
    for (const std::string_view name : {"--format=", "-f=", "-f"}) {
      if (word.starts_with(name) && machine(word.substr(name.size()))) return true;
    }
  }
  return false;
}

int fail(Env& env, const Error& error) {
  const ExitCode exit = exit_code_of(error.code);
  env.messages().fatal(error, exit);
  return to_int(exit);
}

Status print_text(Env& env, std::string_view text, int descriptor) {
  const auto& surroundings = env.surroundings();
  TFEVENTS_TRY(auto output, Output::open({.file = {},
                                          .descriptor = descriptor,
                                          .tty = surroundings.out_tty,
                                          .progress = &env.progress()}));
  output->buffer() += text;
  return output->finish();
}

// Errors end here: the one place that turns them into an exit status, or into the signal that
// caused them.
int conclude(Env& env, Result<ExitCode> result) {
  env.progress().finish();
  if (const int signal = stop_signal(); signal != 0) die_by_signal(signal);
  if (result.ok()) return to_int(*result);
  // Without a signal only a reader that left its pipe cancels a command.
  if (result.error().code == ErrorCode::kCancelled) die_by_signal(SIGPIPE);
  return fail(env, result.error());
}

int conclude(Env& env, Status status) {
  if (status.ok()) return conclude(env, Result<ExitCode>(ExitCode::kOk));
  return conclude(env, Result<ExitCode>(std::move(status).error()));
}

int print_help(Env& env, const CommandSpec* spec, const GlobalOptions& global) {
  const HelpForm form = global.long_help ? HelpForm::kLong : HelpForm::kShort;
  const std::string text = spec == nullptr ? program_help(form, env.color_out())
                                           : command_help(*spec, form, env.color_out());
  return conclude(env, print_text(env, text, env.surroundings().out));
}

int print_version(Env& env, bool verbose) {
  return conclude(env, print_text(env, version_text(verbose), env.surroundings().out));
}

int run_without_command(std::span<const std::string> words, Env& env) {
  const auto program = declare(nullptr);
  const Status parsed = parse_words(program->options.options(), words, {});
  Status applied = env.apply(program->global);
  env.messages().use_json(asks_for_machine_format(words));
  if (program->global.short_help || program->global.long_help) {
    return print_help(env, nullptr, program->global);
  }
  if (program->global.version) return print_version(env, program->global.verbose);
  if (!parsed.ok()) return fail(env, parsed.error());
  if (!applied.ok()) return fail(env, applied.error());
  // An answer to nothing is no answer: it goes to standard error.
  const Status printed =
      print_text(env, program_help(HelpForm::kShort, false), env.surroundings().err);
  return to_int(printed.ok() ? ExitCode::kFailed : exit_code_of(printed.error().code));
}

Error unknown_command(const std::string& word, Env& env) {
  std::vector<std::string> names;
  for (const CommandSpec& spec : command_table()) {
    if (!spec.hidden) names.emplace_back(spec.name);
  }
  Error error{.code = ErrorCode::kUsage,
              .message = fmt::format("unknown command '{}'", printable(word))};
  if (const auto meant = nearest(word, names)) {
    error.hint = fmt::format("did you mean {}?", *meant);
  } else if (env.sys().stat(word).ok()) {
    error.hint = fmt::format("did you mean tfevents ls {}?", printable(word));
  } else {
    error.hint = "tfevents -h lists the commands; the options of a command stand behind it";
  }
  return error;
}

int run_command(const CommandSpec& spec, std::span<const std::string> words, Env& env) {
  const auto command = declare(&spec);
  const Status parsed = parse_words(command->options.options(), words, spec.name);
  const Status applied = env.apply(command->global);
  if (spec.hidden) {
    // Machinery of completion scripts, which has nobody to complain to.
    if (parsed.ok() && applied.ok()) (void)command->invocation->run(env);
    return to_int(ExitCode::kOk);
  }
  env.messages().use_json(is_machine(command->invocation->asked_format()));
  const GlobalOptions& global = command->global;
  if (global.short_help || global.long_help) return print_help(env, &spec, global);
  if (global.version) return print_version(env, global.verbose);
  if (!parsed.ok()) return fail(env, parsed.error());
  if (!applied.ok()) return fail(env, applied.error());
  return conclude(env, command->invocation->run(env));
}

}  // namespace

std::size_t find_command_word(std::span<const std::string> words, std::span<const Option> global) {
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (words[at] == "--") return at + 1;
    if (!words[at].starts_with('-') || words[at] == "-") return at;
    if (takes_next_word(words[at], global)) ++at;
  }
  return words.size();
}

int dispatch(std::span<const std::string> words, Env& env) {
  const auto program = declare(nullptr);
  const std::size_t at = find_command_word(words, program->options.options());
  if (at >= words.size()) return run_without_command(words, env);
  const CommandSpec* spec = find_command(words[at]);
  if (spec == nullptr) {
    env.messages().use_json(asks_for_machine_format(words));
    return fail(env, unknown_command(words[at], env));
  }
  std::vector<std::string> rest(words.begin(), words.end());
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(at));
  return run_command(*spec, rest, env);
}

}  // namespace tfevents::cli
