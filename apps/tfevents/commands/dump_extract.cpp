#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/answer.hpp"
#include "cli/env.hpp"
#include "cli/version.hpp"
#include "commands/dump.hpp"
#include "render/extract.hpp"

namespace tfevents::cli {

Result<ExitCode> extract_files(const DumpArguments& arguments, const Selection& selection,
                               std::optional<ops::Where> where, Env& env) {
  ops::ExtractOptions options;
  options.select = selection;
  options.where = std::move(where);
  options.directory = *arguments.extract;
  const auto index = render::extract_index(version_number(), selection.view);
  TFEVENTS_TRY(const ops::ExtractReport report, ops::extract(options, *index, env.context()));
  env.progress().finish();
  if (report.files > 0) {
    env.messages().say(fmt::format("wrote {} {}, {}, and index.json to {}", report.files,
                                   report.files == 1 ? "file" : "files", human_bytes(report.bytes),
                                   printable(options.directory)));
  }
  return report_outcome(report.outcome, arguments.strict, env);
}

}  // namespace tfevents::cli
