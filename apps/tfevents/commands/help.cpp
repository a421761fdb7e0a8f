#include "commands/help.hpp"

#include <cerrno>
#include <csignal>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "cli/answer.hpp"
#include "cli/env.hpp"
#include "cli/help.hpp"

namespace tfevents::cli {
namespace {

// The one topic beside the commands.
constexpr std::string_view kOutputTopic = "output";

// Runs `man ARGUMENT`s and returns its exit status, nothing where it cannot be run. `silent`
// discards what it prints.
std::optional<int> run_man(std::vector<std::string> arguments, bool silent) {
  arguments.insert(arguments.begin(), "man");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) return std::nullopt;
  if (child == 0) {
    // Ignored signals are inherited, and a pager must notice that its reader has gone.
    std::signal(SIGPIPE, SIG_DFL);
    if (silent) {
      const int null = open("/dev/null", O_WRONLY);
      dup2(null, STDOUT_FILENO);
      dup2(null, STDERR_FILENO);
    }
    execvp(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return std::nullopt;
  }
  return WIFEXITED(status) ? std::optional(WEXITSTATUS(status)) : std::nullopt;
}

bool open_manual(const std::string& page) {
  if (run_man({"-w", page}, true) != 0) return false;
  return run_man({page}, false) == 0;
}

Error unknown_topic(const std::string& name) {
  std::vector<std::string> known{std::string(kOutputTopic)};
  for (const CommandSpec& spec : command_table()) {
    if (!spec.hidden) known.emplace_back(spec.name);
  }
  const auto meant = nearest(name, known);
  return {
      .code = ErrorCode::kUsage,
      .message = fmt::format("no command '{}'", printable(name)),
      .hint = meant ? fmt::format("did you mean {}?", *meant) : "tfevents help lists the commands"};
}

}  // namespace

Help::Help(OptionAdder& add) {
  add.positionals({"COMMAND", "", "Arguments", "A command, or output for tfevents-output(5)", "",
                   ValueKind::kCommand},
                  names_, 1);
}

Result<ExitCode> Help::run(Env& env) {
  const CommandSpec* spec = names_.empty() ? nullptr : find_command(names_.front());
  const bool topic = !names_.empty() && names_.front() == kOutputTopic;
  if (!names_.empty() && !topic && (spec == nullptr || spec->hidden))
    return unknown_topic(names_.front());
  const bool has_page = topic || (spec != nullptr && spec->manual);
  if (has_page && env.surroundings().out_tty && open_manual("tfevents-" + names_.front()))
    return ExitCode::kOk;
  if (topic) {
    return Error{.code = ErrorCode::kNotFound,
                 .message =
                     "the manual page tfevents-output(5) is not installed, or standard output is "
                     "no terminal",
                 .hint = "man 5 tfevents-output"};
  }
  TFEVENTS_TRY(const auto output, open_output({}, env));
  output->buffer() += spec == nullptr ? program_help(HelpForm::kLong, env.color_out())
                                      : command_help(*spec, HelpForm::kLong, env.color_out());
  TFEVENTS_CHECK(output->finish());
  return ExitCode::kOk;
}

}  // namespace tfevents::cli
