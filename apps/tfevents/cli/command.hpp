#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "shared_options.hpp"

namespace tfevents::cli {

// Adding a command `x`. The tests named in brackets fail until it is complete.
//
//  1. lib/ops/x.{hpp,cpp}: Options, Report, one function; tests/unit/ops/test_x.cpp.
//  2. apps/tfevents/render/x.{hpp,cpp}: Report to Table and to JSON rows; for every format, not for
//  every pair.
//  3. apps/tfevents/commands/x.{hpp,cpp}: an Invocation that declares its options and calls the
//  operation.
//  4. One entry in command_table.cpp: summary, examples, exit codes                    [cli: option
//  table]
//  5. man/src/x.md with DESCRIPTION, EXAMPLES, MEMORY; fields in man/src/output.md     [docs:
//  in_sync]
//  6. Run gendocs (cmake --build build/release --target docs) and commit man/ and completions/
//  [docs: in_sync]
//  7. tests/cases/x/: happy, empty selection, damaged file, bad flag; a schema in tests/schemas/
//  [cases]
//  8. CHANGELOG.md, "Unreleased", in the user's words.

class Env;

/// One command with its options: constructed, filled by the parser, then run. The constructor
/// declares options and does nothing else, so help, completion and errors never touch the disk.
class Invocation {
 public:
  virtual ~Invocation() = default;

  /// Does the work and writes the answer. The ExitCode says how it went; an Error is fatal and
  /// reported by the caller.
  virtual Result<ExitCode> run(Env& env) = 0;

  /// The format that was asked for by name; decides how fatal errors look.
  [[nodiscard]] virtual Format asked_format() const { return Format::kTable; }

  /// The selection of runs as typed, for completion; null where the command has none.
  [[nodiscard]] virtual const RunOptions* run_options() const { return nullptr; }
};

struct Example {
  std::string_view command;
  std::string_view meaning;  ///< A few words.
};

/// A status that a command can end with, and what it means there (empty: what it means everywhere).
struct ExitNote {
  ExitCode code;
  std::string_view meaning = {};
};

using Setup = std::unique_ptr<Invocation> (*)(OptionAdder& add);

struct CommandSpec {
  std::string_view name;
  std::string_view summary;      ///< One line, imperative, no full stop.
  std::string_view group;        ///< Heading in `tfevents help`.
  std::string_view description;  ///< A paragraph or two for `--help`.
  std::span<const Example> examples;
  std::span<const ExitNote> exits;
  bool reads_stdin = false;  ///< Takes `-` as an operand.
  bool hidden = false;       ///< Not for people: no help, no manual page.
  bool manual = true;        ///< Has a page of its own; others are explained by --help.
  Setup setup = nullptr;
};

/// The usual Setup: T's constructor takes the OptionAdder.
template <class T>
std::unique_ptr<Invocation> make(OptionAdder& add) {
  return std::make_unique<T>(add);
}

/// All commands, in the order in which help lists them.
[[nodiscard]] std::span<const CommandSpec> command_table() noexcept;

/// Null where there is none of this name.
[[nodiscard]] const CommandSpec* find_command(std::string_view name) noexcept;

/// A command's options as declared (its own and the global ones), with the variables they fill.
struct DeclaredCommand {
  GlobalOptions global;
  OptionAdder options;
  std::unique_ptr<Invocation> invocation;  ///< Null for the program itself.
};
/// On the heap: options point into it. `spec` null declares the options of the program itself.
[[nodiscard]] std::unique_ptr<DeclaredCommand> declare(const CommandSpec* spec);

}  // namespace tfevents::cli
