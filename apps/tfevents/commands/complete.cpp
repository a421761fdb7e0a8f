#include "commands/complete.hpp"

#include <span>

#include "cli/answer.hpp"
#include "cli/dispatch.hpp"
#include "cli/env.hpp"
#include "cli/parser.hpp"
#include "complete/candidates.hpp"

namespace tfevents::cli {
namespace {

// Where the line looks for runs: its operands that are directories, else its log directory.
struct Place {
  std::vector<std::string> roots;
  bool own_logdir = false;  // Not just the working directory, where runs are also paths.
};

Place place_of(std::span<const std::string> words, Env& env) {
  Place place;
  const auto program = declare(nullptr);
  const std::size_t at = find_command_word(words, program->options.options());
  const CommandSpec* spec = at < words.size() ? find_command(words[at]) : nullptr;
  const auto command = declare(spec);
  std::vector<std::string> rest(words.begin(), words.end());
  if (spec != nullptr) rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(at));
  // The line is unfinished, so errors are expected; what could be understood has been stored.
  (void)parse_words(command->options.options(), rest, {});
  (void)env.apply(command->global);
  const RunOptions* runs = command->invocation ? command->invocation->run_options() : nullptr;
  if (runs != nullptr) {
    for (const std::string& operand : runs->operands) {
      const auto info = env.sys().stat(operand);
      if (info.ok() && info->type == FileType::kDirectory) place.roots.push_back(operand);
    }
  }
  if (place.roots.empty()) place.roots.push_back(env.logdir());
  place.own_logdir = env.logdir() != ".";
  return place;
}

std::vector<std::string> candidates(const std::string& kind, const std::string& prefix,
                                    const Place& place, Env& env) {
  const complete::Budget budget;
  if (kind == "run") return complete::runs_below(env.sys(), place.roots, prefix, budget);
  if (kind == "tag") return complete::tags_below(env.sys(), place.roots, prefix, budget);
  if (kind == "operand" && place.own_logdir) {
    return complete::runs_below(env.sys(), {env.logdir()}, prefix, budget);
  }
  return {};
}

}  // namespace

Complete::Complete(OptionAdder& add) {
  add.positionals({"WORD", "", "Arguments", "Kind, prefix, and the words before it", ""}, words_);
}

Result<ExitCode> Complete::run(Env& env) {
  if (words_.size() < 2) return ExitCode::kOk;
  const Place place = place_of(std::span<const std::string>(words_).subspan(2), env);
  TFEVENTS_TRY(const auto output, open_output({}, env));
  for (const std::string& candidate : candidates(words_[0], words_[1], place, env)) {
    // A line end or a tab in a name would end the candidate early: such names are typed by hand.
    if (candidate.find_first_of("\n\t") == std::string::npos) output->buffer() += candidate + '\n';
  }
  TFEVENTS_CHECK(output->finish());
  return ExitCode::kOk;
}

}  // namespace tfevents::cli
