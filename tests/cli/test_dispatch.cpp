#include <doctest/doctest.h>

#include "cli/command.hpp"
#include "cli/version.hpp"
#include "cli_helpers.hpp"

namespace tfevents::cli {
namespace {

using test::run_program;
using test::Words;

TEST_CASE("the command is found behind global options") {
  const auto program = declare(nullptr);
  const auto at = [&](const Words& words) {
    return find_command_word(words, program->options.options());
  };
  CHECK(at({"ls", "x"}) == 0);
  CHECK(at({"-q", "ls"}) == 1);
  CHECK(at({"-C", "ls", "fsck"}) == 2);
  CHECK(at({"--logdir=ls", "fsck"}) == 1);
  CHECK(at({"-qC", "ls", "fsck"}) == 2);
  CHECK(at({"-qCdir", "fsck"}) == 1);
  CHECK(at({"--color", "never", "--now", "@1", "ls"}) == 4);
  CHECK(at({"--", "ls"}) == 1);
  CHECK(at({"-q"}) == 1);
  CHECK(at({}) == 0);
}

TEST_CASE("no arguments: help on standard error, exit 2") {
  const auto said = run_program({});
  CHECK(said.exit == 2);
  CHECK(said.out.empty());
  CHECK(said.err.starts_with("Usage: tfevents COMMAND"));
  CHECK(run_program({"-q"}).exit == 2);
}

TEST_CASE("an unknown command is told to programs in their words") {
  for (const Words& words :
       {Words{"bogus", "--json"}, Words{"--json", "bogus"}, Words{"bogus", "-f", "csv"},
        Words{"bogus", "-fjsonl"}, Words{"bogus", "--format=json"}, Words{"--json"}}) {
    const auto said = run_program(words);
    CHECK(said.exit == 2);
    CHECK(said.err.starts_with("{\"schema\":\"tfevents.error/1\""));
    CHECK(said.err.find('\n') == said.err.size() - 1);
  }
  CHECK(run_program({"bogus", "-f", "md"}).err.starts_with("tfevents: "));
  CHECK(run_program({"bogus", "--", "--json"}).err.starts_with("tfevents: "));
}

TEST_CASE("help and version go to standard output, exit 0") {
  for (const Words& words : {Words{"-h"}, Words{"--help"}, Words{"help"}, Words{"-q", "-h"}}) {
    const auto said = run_program(words);
    CHECK(said.exit == 0);
    CHECK(said.err.empty());
    CHECK(said.out.starts_with("Usage: tfevents COMMAND"));
  }
  const auto version = run_program({"--version"});
  CHECK(version.exit == 0);
  CHECK(version.out == std::string("tfevents ") + version_number() + "\n");
  const auto verbose = run_program({"--version", "-v"});
  CHECK(verbose.out.find("crc-32c") != std::string::npos);
  CHECK(verbose.out.find("cli11") != std::string::npos);
  CHECK(run_program({"ls", "--version"}).out == version.out);
}

TEST_CASE("every command explains itself") {
  for (const CommandSpec& spec : command_table()) {
    if (spec.hidden) continue;
    const std::string name(spec.name);
    CAPTURE(name);
    for (const Words& words :
         {Words{name, "-h"}, Words{name, "--help"}, Words{"help", name}, Words{"-h", name}}) {
      const auto said = run_program(words);
      CHECK(said.exit == 0);
      CHECK(said.err.empty());
      CHECK(said.out.starts_with("Usage: tfevents " + name));
    }
  }
}

TEST_CASE("every command refuses an unknown option with 2") {
  for (const CommandSpec& spec : command_table()) {
    if (spec.hidden) continue;
    const auto said = run_program({std::string(spec.name), "--colr", "never"});
    CHECK(said.exit == 2);
    CHECK(said.out.empty());
    CHECK(said.err == "tfevents: unknown option '--colr' for " + std::string(spec.name) +
                          "\nhint: did you mean --color?\n");
  }
}

TEST_CASE("help wins over an error in the same line") {
  CHECK(run_program({"ls", "--bad", "-h"}).exit == 0);
}

TEST_CASE("an unknown command is named, with the nearest one") {
  const auto said = run_program({"fcsk", "runs"});
  CHECK(said.exit == 2);
  CHECK(said.err == "tfevents: unknown command 'fcsk'\nhint: did you mean fsck?\n");
  CHECK(run_program({"f"}).exit == 2);
  CHECK(run_program({"fsc"}).exit == 2);
  test::MemorySys sys;
  sys.directory("/experiments");
  CHECK(run_program({"/experiments"}, {}, &sys).err ==
        "tfevents: unknown command '/experiments'\nhint: did you mean tfevents ls /experiments?\n");
}

TEST_CASE("hidden commands are not suggested, and never complain") {
  CHECK(run_program({"__complet"}).err.find("__complete") == std::string::npos);
  for (const Words& words : {Words{"__complete"}, Words{"__complete", "--bad"},
                             Words{"__complete", "run", "", "--", "ls", "-r"},
                             Words{"__complete", "run", "x", "--", "nonsense", "--more"}}) {
    const auto said = run_program(words);
    CHECK(said.exit == 0);
    CHECK(said.out.empty());
    CHECK(said.err.empty());
  }
}

TEST_CASE("errors speak JSON where JSON was asked for") {
  const auto said = run_program({"ls", "--json", "--bad"});
  CHECK(said.exit == 2);
  CHECK(said.err.starts_with(
      R"({"schema":"tfevents.error/1","code":"usage","message":"unknown option '--bad' for ls",)"));
  CHECK(said.err.ends_with("\"exit\":2}\n"));
}

TEST_CASE("help of an unknown command") {
  const auto said = run_program({"help", "lss"});
  CHECK(said.exit == 2);
  CHECK(said.err == "tfevents: no command 'lss'\nhint: did you mean ls?\n");
  CHECK(run_program({"help", "ls", "fsck"})
            .err.starts_with("tfevents: 'fsck' is one argument too many\n"));
}

TEST_CASE("completion scripts") {
  for (const char* shell : {"bash", "zsh", "fish"})
    CHECK(run_program({"completion", shell}).out.find("__complete") != std::string::npos);
  CHECK(run_program({"completion"}).exit == 2);
  CHECK(run_program({"completion", "tcsh"}).exit == 2);
}

TEST_CASE("runs are completed from the tree") {
  test::MemorySys sys;
  for (const char* run :
       {"/logs/vit/seed10", "/logs/vit/seed2", "/logs/resnet", "/logs/.hidden/x"}) {
    sys.file(std::string(run) + "/events.out.tfevents.1.h", "");
  }
  sys.file("/logs/vit/notes.txt", "");
  sys.link("/logs/vit/loop", "/logs");
  const auto complete = [&](const Words& words) { return run_program(words, {}, &sys).out; };
  CHECK(complete({"__complete", "run", "res", "--", "ls", "-C", "/logs"}) == "resnet\n");
  CHECK(complete({"__complete", "run", "vit/s", "--", "ls", "/logs", "-r"}) ==
        "vit/seed2\nvit/seed10\n");
  CHECK(complete({"__complete", "run", "vit/seed1", "--", "ls", "--sort", "age", "/logs", "-r"}) ==
        "vit/seed10\n");
  CHECK(complete({"__complete", "operand", "vit/seed1", "--", "-C", "/logs", "fsck"}) ==
        "vit/seed10\n");
  CHECK(complete({"__complete", "operand", "vit", "--", "fsck"}).empty());
  CHECK(run_program({"__complete", "run", "resn", "--", "ls"}, {{"TFEVENTS_LOGDIR", "/logs"}}, &sys)
            .out == "resnet\n");
}

}  // namespace
}  // namespace tfevents::cli
