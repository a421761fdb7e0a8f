#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/help.hpp"

namespace tfevents::cli {
namespace {

constexpr std::size_t kSummaryWidth = 79;

std::vector<const CommandSpec*> all_and_none() {
  std::vector<const CommandSpec*> specs{nullptr};
  for (const CommandSpec& spec : command_table()) specs.push_back(&spec);
  return specs;
}

// Calls `check` for every option of every command, and of the program itself.
template <class Check>
void for_each_option(Check check) {
  for (const CommandSpec* spec : all_and_none()) {
    const auto declared = declare(spec);
    for (const Option& option : declared->options.options()) {
      CAPTURE(spec == nullptr ? "tfevents" : std::string(spec->name));
      CAPTURE(std::string(option.spec.names));
      check(option);
    }
  }
}

bool one_line_of_prose(std::string_view text) {
  return !text.empty() && !text.ends_with('.') && text.find('\n') == std::string_view::npos &&
         display_width(text) <= kSummaryWidth;
}

TEST_CASE("option names are unique within a command") {
  for (const CommandSpec* spec : all_and_none()) {
    std::set<std::string_view> names;
    const auto declared = declare(spec);
    for (const Option& option : declared->options.options()) {
      CAPTURE(std::string(option.spec.names));
      for (const auto name : {option.spec.short_name(), option.spec.long_name()}) {
        if (!name.empty()) CHECK(names.insert(name).second);
      }
    }
  }
}

TEST_CASE("option names have one shape") {
  for_each_option([](const Option& option) {
    const OptionSpec& spec = option.spec;
    if (option.arity == Option::Arity::kPositional) {
      CHECK(spec.names.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string_view::npos);
      return;
    }
    CHECK((!spec.short_name().empty() || !spec.long_name().empty()));
    CHECK(spec.long_name().find_first_not_of("abcdefghijklmnopqrstuvwxyz-") ==
          std::string_view::npos);
    const bool both = !spec.short_name().empty() && !spec.long_name().empty();
    CHECK(spec.names.size() == spec.short_name().size() + spec.long_name().size() + (both ? 1 : 0));
  });
}

TEST_CASE("every option has a summary of one line without a full stop") {
  for_each_option([](const Option& option) { CHECK(one_line_of_prose(option.spec.summary)); });
}

TEST_CASE("option groups are known") {
  for_each_option([](const Option& option) {
    CHECK(std::find(std::begin(kGroups), std::end(kGroups), option.spec.group) !=
          std::end(kGroups));
  });
}

TEST_CASE("values have a metavar and a kind, flags have neither, nor choices") {
  for_each_option([](const Option& option) {
    const OptionSpec& spec = option.spec;
    if (option.arity == Option::Arity::kFlag) {
      CHECK(spec.metavar.empty());
      CHECK(spec.kind == ValueKind::kNone);
      CHECK(spec.choices.empty());
    } else if (option.arity != Option::Arity::kPositional) {
      CHECK_FALSE(spec.metavar.empty());
      CHECK(spec.kind != ValueKind::kNone);
    }
    if (spec.kind == ValueKind::kChoice) CHECK_FALSE(spec.choices.empty());
  });
}

TEST_CASE("an option of several commands is the same option") {
  std::vector<OptionSpec> seen;
  for_each_option([&](const Option& option) {
    const auto same = std::find_if(seen.begin(), seen.end(), [&](const OptionSpec& spec) {
      return spec.name() == option.spec.name() && spec.group == option.spec.group;
    });
    if (same == seen.end()) {
      seen.push_back(option.spec);
      return;
    }
    // --all folds different things in different commands; its other properties agree.
    CHECK(same->names == option.spec.names);
    CHECK(same->metavar == option.spec.metavar);
    CHECK(same->kind == option.spec.kind);
  });
}

TEST_CASE("commands are complete") {
  std::set<std::string_view> names;
  for (const CommandSpec& spec : command_table()) {
    CAPTURE(std::string(spec.name));
    CHECK(names.insert(spec.name).second);
    CHECK(one_line_of_prose(spec.summary));
    CHECK(find_command(spec.name) == &spec);
    REQUIRE((spec.setup != nullptr));
    CHECK_FALSE(spec.exits.empty());
    if (spec.hidden) continue;
    CHECK_FALSE(spec.description.empty());
    CHECK(spec.examples.size() >= 2);
    for (const Example& example : spec.examples) {
      CHECK(example.command.find("tfevents " + std::string(spec.name)) != std::string_view::npos);
    }
  }
}

TEST_CASE("help fits into 79 columns") {
  std::vector<std::string> texts{program_help(HelpForm::kShort, false),
                                 program_help(HelpForm::kLong, false)};
  for (const CommandSpec& spec : command_table()) {
    texts.push_back(command_help(spec, HelpForm::kShort, false));
    texts.push_back(command_help(spec, HelpForm::kLong, false));
  }
  for (const std::string& text : texts) {
    for (std::size_t at = 0; at < text.size();) {
      const auto end = text.find('\n', at);
      const std::string line = text.substr(at, end - at);
      CAPTURE(line);
      CHECK(display_width(line) <= kHelpWidth);
      CHECK_FALSE(line.ends_with(' '));
      at = end + 1;
    }
  }
}

TEST_CASE("short help names every option once, long help says more") {
  const CommandSpec* ls = find_command("ls");
  REQUIRE(ls != nullptr);
  const std::string text = command_help(*ls, HelpForm::kShort, false);
  CHECK(text.find("--exclude PATTERN") != std::string::npos);
  CHECK(text.find("[PATH ...]") != std::string::npos);
  CHECK(text.find("--help") != std::string::npos);
  const std::string long_text = command_help(*ls, HelpForm::kLong, false);
  CHECK(long_text.size() > text.size());
  CHECK(long_text.find("Exit status:") != std::string::npos);
}

TEST_CASE("wrap breaks at blanks and keeps paragraphs apart") {
  CHECK(wrap("one two", 2) == "  one two\n");
  CHECK(wrap("one\n\ntwo", 0) == "one\n\ntwo\n");
  const std::string word(78, 'x');
  CHECK(wrap(word + " y z", 0) == word + "\ny z\n");
  CHECK(wrap("", 4).empty());
}

}  // namespace
}  // namespace tfevents::cli
