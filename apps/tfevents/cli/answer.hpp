#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "exit_code.hpp"
#include "format/sink.hpp"
#include "io/sys.hpp"
#include "ops/outcome.hpp"
#include "output.hpp"
#include "render/people.hpp"
#include "shared_options.hpp"

namespace tfevents::cli {

class Env;

// What commands do alike between the report and the exit status.

/// What an answer is made of, as far as the place that it goes to must know.
struct AnswerKind {
  std::span<const std::string> inputs = {};  ///< Paths that are read.
  Format format = Format::kTable;
  bool records = false;                  ///< An event file, and not a text about one.
  std::string_view option = "--output";  ///< Who names the file; begins messages.
};

/// Opens standard output or the file of `-o`. Errors: kUsage where the file is an input or an event
/// file, or would be taken for one: reading never damages a log tree.
[[nodiscard]] Result<std::unique_ptr<Output>> open_output(const OutputOptions& options, Env& env,
                                                          const AnswerKind& kind = {});

/// Errors: kUsage where a file that is to be written is an input or an event file, or would be
/// taken for one.
Status check_target(const std::string& file, const AnswerKind& kind, Sys& sys);

/// True where two names are those of one file, that need not be there yet.
[[nodiscard]] bool same_file(const std::string& a, const std::string& b, Sys& sys);

/// Lets renderers write to this output as they go. In pieces on a terminal too: what a report holds
/// is known by then, and nobody waits for its next line.
[[nodiscard]] Sink sink_of(Output& output);

/// How to lay out an answer for people on this output.
[[nodiscard]] render::Screen screen_of(const Output& output, const Env& env);

/// Ends the output. A file of `-o` is written only where there is an answer: where the selection
/// matched nothing, or with `strict` input was skipped, an earlier file stays as it was, and
/// standard error says so.
Status finish_output(Output& output, const ops::Outcome& outcome, bool strict, Env& env);

/// Says on standard error what the answer leaves out (problems, points dropped by the view, that
/// nothing matched), and returns the exit status that this asks for: 1 for nothing matched, 3 (with
/// `strict` 2) for input that was skipped.
[[nodiscard]] ExitCode report_outcome(const ops::Outcome& outcome, bool strict, Env& env);

}  // namespace tfevents::cli
