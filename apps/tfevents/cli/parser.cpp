#include "parser.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/suggest.hpp"
#include "base/text.hpp"

// CLI11 serves as a tokenizer only: it says which word belongs to which option. Conversions,
// checks, help, exit codes and suggestions are ours. What its version 2.1.2 does and we do not want
// is handled here, once:
//
// - Options with several values swallow the words behind them: `allow_extra_args(false)`.
// - A positional `[a,b]` is unwrapped and split at the comma: such words are guarded (see Guard).
// - Subcommands have no place in it: a path named like a command would run it, `++` would end one,
// options of all
//   commands would have to be built, and an unknown command would be "A subcommand is required".
//   The caller takes the command's name out of the words, so there is one flat set of options.
// - `-x=-1` is read as the value `=-1`, and `--tag=` takes the next word: see strip_equals and
// empty_value.
// - Its exceptions know exit codes of their own: they are converted here.
namespace tfevents::cli {
namespace {

std::vector<std::string> words_of(std::string_view option) {
  std::vector<std::string> words(1);
  for (const char c : option.substr(std::min(option.find_first_not_of('-'), option.size()))) {
    if (c == '-') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

// Whether a misspelling can lie between two names of several words: each word is judged by itself,
// for --newer-than is no --older-than gone wrong, but its opposite.
bool may_be_meant(std::string_view typed, std::string_view option) {
  const std::vector<std::string> from = words_of(typed), to = words_of(option);
  if (from.size() == 1 || from.size() != to.size()) return true;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (!from[i].empty() && !nearest(from[i], std::span(&to[i], 1))) return false;
  }
  return true;
}

// Hides the leading `[` of a word from CLI11 behind a prefix that no word contains, so that taking
// it off again restores exactly what was typed.
class Guard {
 public:
  explicit Guard(std::span<const std::string> words) {
    const auto used = [&] {
      return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return word.find(prefix_) != std::string::npos;
      });
    };
    while (used()) prefix_ += '\x01';
  }
  [[nodiscard]] std::string on(const std::string& word) const {
    return word.starts_with('[') ? prefix_ + word : word;
  }
  [[nodiscard]] std::string off(const std::string& word) const {
    return word.starts_with(prefix_) ? word.substr(prefix_.size()) : word;
  }

 private:
  std::string prefix_ = "\x01";
};

class Parse {
 public:
  Parse(std::span<const Option> options, std::span<const std::string> words,
        std::string_view command)
      : options_(options), words_(words), command_(command), guard_(words) {}

  Status run() {
    add_options();
    std::optional<Error> first = empty_value();
    if (!first) first = tokenize();
    if (!first) first = unknown_word();
    // Also after an error: the caller wants to know the error format.
    Status stored = store();
    if (first) return *std::move(first);
    return stored;
  }

 private:
  void add_options() {
    app_.set_help_flag("");
    app_.allow_extras();  // Unknown words are reported by us, with suggestions.
    for (const Option& option : options_) {
      const std::string names(option.spec.names);
      CLI::Option* added = nullptr;
      if (option.arity == Option::Arity::kFlag) {
        added = app_.add_flag(names)->disable_flag_override();
      } else if (option.arity == Option::Arity::kPositional) {
        // One that takes one word leaves the others to the next.
        added = app_.add_option(names)->allow_extra_args(option.max_count > 1);
      } else {
        added = app_.add_option(names)->allow_extra_args(false);
      }
      added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
      bound_.emplace(added, &option);
    }
  }

  // CLI11 wants the words last to first, and takes them from the end.
  std::optional<Error> tokenize() {
    std::vector<std::string> reversed;
    reversed.reserve(words_.size());
    for (auto word = words_.rbegin(); word != words_.rend(); ++word)
      reversed.push_back(guard_.on(*word));
    try {
      app_.parse(reversed);
    } catch (const CLI::ArgumentMismatch&) {
      return missing_value();
    } catch (const CLI::Error& error) {
      return usage(error.what());
    }
    return std::nullopt;
  }

  // The words ran out where an option wanted one, or a flag was given a value.
  [[nodiscard]] Error missing_value() const {
    for (const std::string& word : words_) {
      const auto equals = word.find('=');
      if (!word.starts_with("--") || equals == std::string::npos) continue;
      const Option* option = find(word.substr(0, equals));
      if (option != nullptr && option->arity == Option::Arity::kFlag) {
        return usage(fmt::format("{} takes no value", option->spec.name()));
      }
    }
    const std::string& last = words_.back();
    const Option* option = find(last.starts_with("--") ? last : std::string{'-', last.back()});
    if (option == nullptr) return usage("the last option needs a value");
    return needs_value(option->spec);
  }

  static Error needs_value(const OptionSpec& spec) {
    return usage(fmt::format("{} needs a value: {} {}", spec.name(), spec.name(), spec.metavar));
  }

  [[nodiscard]] std::optional<Error> empty_value() const {
    for (const std::string& word : words_) {
      if (word == "--") break;
      if (!word.starts_with("--") || !word.ends_with('=')) continue;
      const Option* option = find(std::string_view(word).substr(0, word.size() - 1));
      if (option != nullptr && option->arity != Option::Arity::kFlag)
        return needs_value(option->spec);
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Error> unknown_word() const {
    for (const std::string& guarded : app_.remaining()) {
      const std::string word = guard_.off(guarded);
      if (word == "--") continue;
      if (!word.starts_with('-') || word == "-") return unexpected(word);
      return unknown_option(word);
    }
    return std::nullopt;
  }

  [[nodiscard]] Error unexpected(std::string_view word) const {
    return usage(fmt::format("'{}' is one argument too many", printable(word)), help_hint());
  }

  [[nodiscard]] Error unknown_option(std::string_view word) const {
    const std::string name(word.substr(0, word.find('=')));
    // Dashes are right already: of a short word they would leave half to be wrong.
    constexpr std::size_t kDashes = 2, kShort = 4;
    const std::size_t skipped = name.size() <= kDashes + kShort ? kDashes : 0;
    std::vector<std::string> known;
    for (const Option& option : options_) {
      if (option.arity == Option::Arity::kPositional) continue;
      const auto text = option.spec.long_name();
      if (!text.empty() && may_be_meant(name, text)) known.emplace_back(text.substr(skipped));
    }
    const auto meant = name.size() > kDashes ? nearest(name.substr(skipped), known) : std::nullopt;
    return usage(
        fmt::format("unknown option '{}'{}{}", printable(name), command_.empty() ? "" : " for ",
                    command_),
        meant ? fmt::format("did you mean {}{}?", std::string_view("--").substr(0, skipped), *meant)
              : help_hint());
  }

  [[nodiscard]] std::string help_hint() const {
    if (command_.empty()) return "tfevents -h lists the commands and options";
    return fmt::format(
        "tfevents {} -h lists the options; a path that begins with '-' is written ./-…", command_);
  }

  // Hands each value to its variable in the order of the words: of contradicting options the last
  // wins.
  Status store() {
    std::map<const CLI::Option*, std::size_t> next;
    std::optional<Error> first;
    for (const CLI::Option* added : app_.parse_order()) {
      const std::size_t index = next[added]++;
      if (index >= added->results().size()) continue;
      Status stored = store_one(*bound_.at(added), index, guard_.off(added->results()[index]));
      if (!stored.ok() && !first) first = std::move(stored).error();
    }
    if (first) return *std::move(first);
    return ok_status();
  }

  Status store_one(const Option& option, std::size_t index, const std::string& value) const {
    if (option.arity == Option::Arity::kPositional && index >= option.max_count)
      return unexpected(value);
    if (option.arity == Option::Arity::kFlag) return option.apply({});
    const std::string text = strip_equals(option.spec, value);
    Status stored = option.apply(text);
    if (stored.ok() || option.arity == Option::Arity::kPositional) return stored;
    Error error = std::move(stored).error();
    error.message = fmt::format("{}: {}", option.spec.name(), error.message);
    return error;
  }

  // `-x=V`: getopt would say "=V", everybody else says V. Told apart from a typed `-x =V` by the
  // word itself.
  [[nodiscard]] std::string strip_equals(const OptionSpec& spec, const std::string& value) const {
    const auto name = spec.short_name();
    if (name.empty() || !value.starts_with('=')) return value;
    const std::string word = std::string(name) + value;
    const bool attached = std::find(words_.begin(), words_.end(), word) != words_.end();
    return attached ? value.substr(1) : value;
  }

  [[nodiscard]] const Option* find(std::string_view name) const {
    for (const Option& option : options_) {
      if (option.arity == Option::Arity::kPositional) continue;
      if (option.spec.short_name() == name || option.spec.long_name() == name) return &option;
    }
    return nullptr;
  }

  std::span<const Option> options_;
  std::span<const std::string> words_;
  std::string_view command_;
  Guard guard_;
  CLI::App app_;
  std::map<const CLI::Option*, const Option*> bound_;
};

}  // namespace

Status parse_words(std::span<const Option> options, std::span<const std::string> words,
                   std::string_view command) {
  return Parse(options, words, command).run();
}

std::string_view parser_version() noexcept {
  return CLI11_VERSION;
}

}  // namespace tfevents::cli
