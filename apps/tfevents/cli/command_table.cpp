#include <array>

#include "command.hpp"
#include "commands/assert.hpp"
#include "commands/best.hpp"
#include "commands/compare.hpp"
#include "commands/complete.hpp"
#include "commands/completion.hpp"
#include "commands/du.hpp"
#include "commands/dump.hpp"
#include "commands/export.hpp"
#include "commands/fsck.hpp"
#include "commands/graph.hpp"
#include "commands/help.hpp"
#include "commands/hparams.hpp"
#include "commands/lint.hpp"
#include "commands/ls.hpp"
#include "commands/prune.hpp"
#include "commands/show.hpp"
#include "commands/trash.hpp"

namespace tfevents::cli {
namespace {

constexpr std::string_view kInspect = "Inspect";
constexpr std::string_view kCompare = "Compare";
constexpr std::string_view kConvert = "Convert";
constexpr std::string_view kCheck = "Check";
constexpr std::string_view kManage = "Manage";
constexpr std::string_view kMore = "More";

constexpr Example kLsExamples[] = {
    {"tfevents ls runs", "every run: how far, how old, how big"},
    {"tfevents ls runs --live -c +train/loss", "what is running, with its loss"},
    {"tfevents ls runs --tags -t 'val/*'", "last, least, greatest of some tags"},
    {"tfevents ls -p0 runs | xargs -0 du -sh", "paths for scripts"},
};
constexpr ExitNote kReadExits[] = {
    {ExitCode::kOk,
     "An answer was given from all of the selected input; runs without points count"},
    {ExitCode::kNo, "The selection matched nothing; standard error says what was looked for"},
    {ExitCode::kFailed},
    {ExitCode::kPartial},
    {ExitCode::kBug},
};

constexpr Example kShowExamples[] = {
    {"tfevents show runs/a", "one run in full"},
    {"tfevents show runs/a --text config", "a text that was logged"},
    {"tfevents show runs/a --hist layer1/weights@500", "a histogram at a step"},
    {"tfevents show runs/a --json | jq .rows[].hparams", "for scripts"},
};
constexpr ExitNote kShowExits[] = {
    {ExitCode::kOk, "An answer was given from all of the selected input"},
    {ExitCode::kNo,
     "The selection matched nothing, or there is no such text or histogram; standard error says "
     "what there is"},
    {ExitCode::kFailed,
     "Usage, an operand that is missing or unreadable, or a directory with several runs below it"},
    {ExitCode::kPartial},
    {ExitCode::kBug},
};

constexpr Example kDumpExamples[] = {
    {"tfevents dump runs/a -t 'val/*' --last 1", "the last points, as JSON lines"},
    {"tfevents dump a -t loss -f csv -o a.csv", "a curve for a spreadsheet"},
    {"tfevents dump runs/a --records", "offsets, checksums of each record"},
    {"zcat old.gz | tfevents dump -", "an event stream from a pipe"},
};

constexpr Example kBestExamples[] = {
    {"tfevents best val/acc runs", "the ranking, best first"},
    {"tfevents best val/loss runs -n 3 -c val/acc", "three, with the accuracy"},
    {"tfevents best val/acc runs --by optimizer", "best of each optimizer"},
    {"tfevents best val/acc -n1 -p --files '*{step}.pt'", "the best checkpoint"},
};
constexpr ExitNote kBestExits[] = {
    {ExitCode::kOk, "At least one trial is ranked"},
    {ExitCode::kNo,
     "No trial has a finite value of METRIC, --files found none, or the selection matched nothing"},
    {ExitCode::kFailed},
    {ExitCode::kPartial},
    {ExitCode::kBug},
};

constexpr Example kCompareExamples[] = {
    {"tfevents compare runs/a runs/b", "what changed between two"},
    {"tfevents compare runs --vs base --sort -val/acc", "all against one"},
    {"tfevents compare runs --by optimizer -c val/acc", "means over the seeds"},
    {"tfevents compare a b -c loss --changed --exit-code", "1 if they differ"},
};
constexpr ExitNote kCompareExits[] = {
    {ExitCode::kOk, "An answer was given; with --exit-code: and nothing differs"},
    {ExitCode::kNo, "The selection matched nothing; with --exit-code: or something differs"},
    {ExitCode::kFailed},
    {ExitCode::kPartial},
    {ExitCode::kBug},
};

constexpr Example kHparamsExamples[] = {
    {"tfevents hparams runs --sort -val/acc", "the most accurate first"},
    {"tfevents hparams runs --metric-by best -c val/acc", "by the best, not the last"},
    {"tfevents hparams runs --bars optimizer", "the metric by optimizer"},
    {"tfevents hparams runs --coords", "parallel coordinates"},
    {"tfevents hparams runs --space", "announced, and tried"},
};
constexpr ExitNote kHparamsExits[] = {
    {ExitCode::kOk, "At least one session is shown, with --space one hyperparameter"},
    {ExitCode::kNo, "No run holds a session, or the selection matched nothing"},
    {ExitCode::kFailed},
    {ExitCode::kPartial},
    {ExitCode::kBug},
};

constexpr Example kFsckExamples[] = {
    {"tfevents fsck runs", "verify every record of every run"},
    {"tfevents fsck runs --json | jq .summary", "for scripts"},
    {"tfevents fsck runs --newer-than 1d", "what was written lately"},
};
constexpr ExitNote kFsckExits[] = {
    {ExitCode::kOk, "Everything is sound; warnings and notes count as sound"},
    {ExitCode::kNo, "Errors were found, or the selection matched nothing"},
    {ExitCode::kFailed},
    {ExitCode::kPartial,
     "Part of the input could not be read, though nothing that was read is damaged"},
    {ExitCode::kBug},
};

constexpr Example kLintExamples[] = {
    {"tfevents lint runs", "what went wrong or is hidden"},
    {"tfevents lint runs --fail-on warn --json", "for a CI job"},
    {"tfevents lint runs --ignore 'loss-spike:gan/*'", "losses that alternate"},
    {"tfevents lint runs --rule nonfinite,divergence", "these only"},
};
constexpr ExitNote kLintExits[] = {
    {ExitCode::kOk, "Nothing was found at or above --fail-on"},
    {ExitCode::kNo, "Something was found at or above --fail-on, or the selection matched nothing"},
    {ExitCode::kFailed},
    {ExitCode::kPartial},
    {ExitCode::kBug},
};

constexpr Example kDuExamples[] = {
    {"tfevents du runs", "what eats the disk: bytes by kind"},
    {"tfevents du runs --by run,kind -n 10", "the ten biggest"},
    {"tfevents du runs --by tag --kind scalars", "which scalars"},
};

constexpr Example kGraphExamples[] = {
    {"tfevents graph runs/a", "operations and weights"},
    {"tfevents graph runs/a --dot --depth 2 -o a.dot", "its scopes, for Graphviz"},
    {"tfevents graph runs/a -t keras", "layers of a Keras model"},
    {"tfevents graph runs/a --pbtxt -o graph.pbtxt", "for other tools"},
};
constexpr ExitNote kGraphExits[] = {
    {ExitCode::kOk, "At least one graph is shown or written"},
    {ExitCode::kNo,
     "There is no graph, or none that was asked for; standard error says what is there instead"},
    {ExitCode::kFailed,
     "Usage, an operand that is missing or unreadable, a write that failed, or several runs for "
     "--dot or --pbtxt"},
    {ExitCode::kPartial},
    {ExitCode::kBug},
};

constexpr Example kPruneExamples[] = {
    {"tfevents prune runs --older-than 7d --dry-run", "what would go, and why"},
    {"tfevents prune runs --older-than 7d --yes", "for cron"},
    {"tfevents prune runs --older-than 30d --keep-last 9", "but not the newest"},
    {"tfevents prune runs --max-size 50G --what dir", "whole directories"},
};
constexpr ExitNote kPruneExits[] = {
    {ExitCode::kOk, "Done, also where there was nothing to do"},
    {ExitCode::kNo, "No trial matches --run and --exclude"},
    {ExitCode::kFailed,
     "Usage, an operand that is missing or unreadable, or something could not be moved or deleted; "
     "what could was, and nothing is lost"},
    {ExitCode::kPartial,
     "Done, but input was damaged or could not be read; what could not be read stays"},
    {ExitCode::kRefused,
     "Refused for safety, and nothing done: nobody to confirm, a link as operand, a policy that "
     "cannot be meant, another writer"},
    {ExitCode::kBug},
};

constexpr Example kTrashExamples[] = {
    {"tfevents trash ls runs", "what is in it, until when"},
    {"tfevents trash restore runs", "undo the last prune"},
    {"tfevents trash empty runs --dry-run", "what would be gone for good"},
    {"tfevents trash empty runs --older-than 7d --yes", "for cron"},
};
constexpr ExitNote kTrashExits[] = {
    {ExitCode::kOk,
     "Listed, or everything was restored or deleted; also where ls or empty find nothing"},
    {ExitCode::kNo, "There is nothing to restore, or no batch of that name"},
    {ExitCode::kFailed,
     "Usage, a DIR that is missing or unreadable, or something could not be restored or deleted, "
     "and is still in the trash"},
    {ExitCode::kPartial, "ls: a batch is damaged, and nobody knows what is in it"},
    {ExitCode::kRefused,
     "Refused for safety, and nothing done: nobody to confirm, a no, a link as DIR, a trash that "
     "is not ours, another writer"},
    {ExitCode::kBug},
};

constexpr Example kExportCsvExamples[] = {
    {"tfevents export-csv runs -o runs.csv.gz", "all scalars of all runs"},
    {"tfevents export-csv runs/a --wide -t 'val/*'", "a column for each tag"},
    {"tfevents export-csv runs --split-by run -o csv", "csv/RUN.csv for each"},
    {"tfevents export-csv a -t loss --dialect tensorboard", "the web page's download"},
};
constexpr Example kExportExamples[] = {
    {"tfevents export runs -t loss", "JSON lines, one a point"},
    {"tfevents export runs --wide -o steps.jsonl", "one a step"},
};
constexpr ExitNote kExportExits[] = {
    {ExitCode::kOk, "All that was selected was written"},
    {ExitCode::kNo, "The selection holds no scalars; standard error says what was looked for"},
    {ExitCode::kFailed},
    {ExitCode::kPartial},
    {ExitCode::kBug},
};

constexpr Example kAssertExamples[] = {
    {"tfevents assert runs/ci 'last(val/acc) >= 0.9'", "is it good enough?"},
    {"tfevents assert runs --checks ci.txt --junit r.xml", "for a CI service"},
    {"tfevents assert runs --any 'max(val/acc) > 0.95'", "is any of them?"},
};
constexpr ExitNote kAssertExits[] = {
    {ExitCode::kOk, "Every check passed; warnings count as passed"},
    {ExitCode::kNo,
     "A check failed or could not be evaluated: a missing tag, damaged input, NaN, no trial at "
     "all"},
    {ExitCode::kFailed,
     "Usage, an expression or a file of checks with an error, a PATH that is missing or "
     "unreadable, or a write that failed"},
    {ExitCode::kBug},
};

constexpr Example kHelpExamples[] = {
    {"tfevents help ls", "the manual of ls"},
    {"tfevents help output", "the fields of JSON and CSV"},
};
constexpr Example kCompletionExamples[] = {
    {"source <(tfevents completion bash)", "for this shell"},
    {"tfevents completion zsh > _tfevents", "a file for a directory in fpath"},
};
constexpr ExitNote kSimpleExits[] = {
    {ExitCode::kOk, "Done"}, {ExitCode::kFailed}, {ExitCode::kBug}};

constexpr std::array kCommands{
    CommandSpec{.name = "ls",
                .summary = "List runs: state, last step, age, duration, tags, size, damage",
                .group = kInspect,
                .description = "Lists the runs below each PATH, a line each: whether the run is "
                               "live, its last step, the time since its "
                               "last event, its duration, the number of its series, its size on "
                               "disk, and damage. Every record is read "
                               "and both of its checksums are verified.",
                .examples = kLsExamples,
                .exits = kReadExits,
                .reads_stdin = true,
                .setup = &make<Ls>},
    CommandSpec{.name = "show",
                .summary = "Show a run in full: files, hyperparameters, every series",
                .group = kInspect,
                .description = "Shows one run, or several: state and rhythm, files and restarts, "
                               "writer, hyperparameters, what lies beside the event files, and a "
                               "line for each series with its points, steps, last, least and "
                               "greatest value and a sparkline. --text prints a text that was "
                               "logged, --hist draws a histogram.",
                .examples = kShowExamples,
                .exits = kShowExits,
                .reads_stdin = true,
                .setup = &make<Show>},
    CommandSpec{.name = "dump",
                .summary = "Print points or records as they are, as JSON lines, CSV or bytes",
                .group = kInspect,
                .description = "Prints the points of the selected runs in the order in which they "
                               "were written, one JSON object a line. "
                               "--records prints the records themselves, damaged ones too, with "
                               "their offsets and the verdict on "
                               "their checksums. Values of every kind are decoded.",
                .examples = kDumpExamples,
                .exits = kReadExits,
                .reads_stdin = true,
                .setup = &make<Dump>},
    CommandSpec{.name = "fsck",
                .summary = "Verify every record and report each damaged range",
                .group = kInspect,
                .description = "Verifies both checksums and the contents of every record of the "
                               "selected runs. Each damaged range is a "
                               "finding with its file and byte offsets; reading goes on behind it. "
                               "Files are never changed.",
                .examples = kFsckExamples,
                .exits = kFsckExits,
                .reads_stdin = true,
                .setup = &make<Fsck>},
    CommandSpec{.name = "lint",
                .summary = "Find NaN, divergence, spikes, gaps, and what TensorBoard hides",
                .group = kInspect,
                .description = "Looks at every curve of the selected runs for signs that the "
                               "training went wrong, and at all values for what TensorBoard "
                               "does not show, or shows otherwise than it was written. Each "
                               "finding has a rule, a severity, and a tag and step where it has "
                               "any.",
                .examples = kLintExamples,
                .exits = kLintExits,
                .reads_stdin = true,
                .setup = &make<Lint>},
    CommandSpec{.name = "du",
                .summary = "Sum up bytes by run, kind and tag",
                .group = kInspect,
                .description = "Says what the bytes of the selected runs' event files are, the "
                               "greatest first: values by kind, tag or run, and what belongs to "
                               "none: framing, damage, unfinished ends. The lines sum exactly to "
                               "the sizes of the files. Other files beside them, and the trash, "
                               "are counted apart.",
                .examples = kDuExamples,
                .exits = kReadExits,
                .reads_stdin = true,
                .setup = &make<Du>},
    CommandSpec{.name = "graph",
                .summary = "Show graphs of models: operations, scopes, layers, parameters",
                .group = kInspect,
                .description = "Shows the graphs that the selected runs hold: how many nodes of "
                               "which operations, in which name scopes, with how many parameters "
                               "where the graph says so; and the layers of Keras models with "
                               "their shapes. --dot and --pbtxt write a graph for other tools.",
                .examples = kGraphExamples,
                .exits = kGraphExits,
                .reads_stdin = true,
                .setup = &make<GraphCommand>},
    CommandSpec{.name = "prune",
                .summary = "Remove old trials by rules, into a trash",
                .group = kManage,
                .description = "Removes the trials below DIR that the rules ask for and nothing "
                               "keeps: their event files go to a trash in DIR, and are deleted a "
                               "week later. Running trials stay, and so does everything that is "
                               "not certain. The plan is printed first.",
                .examples = kPruneExamples,
                .exits = kPruneExits,
                .setup = &make<Prune>},
    CommandSpec{.name = "trash",
                .summary = "List, restore or empty what prune has put into the trash",
                .group = kManage,
                .description = "What prune removes lies in a trash in the pruned directory until "
                               "a later prune empties it. ls lists it, restore puts it back under "
                               "its old names and never over anything, empty deletes it for good "
                               "and asks before. Objects that changed since they were trashed are "
                               "not deleted.",
                .examples = kTrashExamples,
                .exits = kTrashExits,
                .setup = &make<Trash>},
    CommandSpec{.name = "best",
                .summary = "Rank trials by the best value of a metric",
                .group = kCompare,
                .description = "Ranks the trials below each PATH by their best value of METRIC: "
                               "the value with its step, other metrics at that step, "
                               "hyperparameters. Values that are NaN or infinite are never the "
                               "best; of equal ones the earliest counts.",
                .examples = kBestExamples,
                .exits = kBestExits,
                .reads_stdin = true,
                .setup = &make<Best>},
    CommandSpec{.name = "compare",
                .summary = "Put metrics and hyperparameters of trials side by side",
                .group = kCompare,
                .description = "Shows the last values of the metrics of each trial below each "
                               "PATH, and the hyperparameters in which the trials differ: a line "
                               "a trial, or a column a trial where there are up to 3. --vs adds "
                               "the change from a baseline and says whether it is better or "
                               "worse; --by folds the seeds of a setting into their mean and "
                               "standard deviation.",
                .examples = kCompareExamples,
                .exits = kCompareExits,
                .reads_stdin = true,
                .setup = &make<Compare>},
    CommandSpec{.name = "hparams",
                .summary = "Show hyperparameters and metrics of a search",
                .group = kCompare,
                .description = "A line a session: its hyperparameters and metrics, whichever "
                               "framework wrote them (Keras, hp.hparams, add_hparams of PyTorch "
                               "and tensorboardX, Lightning). --space shows the space that was "
                               "searched, --bars a metric by the value of a hyperparameter, "
                               "--coords draws parallel coordinates.",
                .examples = kHparamsExamples,
                .exits = kHparamsExits,
                .reads_stdin = true,
                .setup = &make<Hparams>},
    CommandSpec{.name = "export-csv",
                .summary = "Write scalars as CSV: long, wide, or as TensorBoard does",
                .group = kConvert,
                .description = "Writes every scalar of the selected runs in full resolution, a "
                               "line each: run, tag, step, wall time and value. Restarted jobs "
                               "are resolved as TensorBoard does unless --view raw is given. "
                               "Lines are written as they are read, in constant memory, unless "
                               "they have to be sorted or put side by side.",
                .examples = kExportCsvExamples,
                .exits = kExportExits,
                .reads_stdin = true,
                .setup = &make<ExportCsv>},
    CommandSpec{.name = "export",
                .summary = "Write scalars as JSON lines or CSV",
                .group = kConvert,
                .description = "Writes what export-csv writes, as one JSON object a line.",
                .examples = kExportExamples,
                .exits = kExportExits,
                .reads_stdin = true,
                .setup = &make<Export>},
    CommandSpec{.name = "assert",
                .summary = "Check conditions on trials: a gate for CI",
                .group = kCheck,
                .description = "Evaluates each EXPR for each trial below PATH and ends with 0 only "
                               "if all of them are true. What cannot be evaluated never passes: a "
                               "tag that is missing, a damaged file, a NaN, no trial at all are "
                               "failures, each with its reason.",
                .examples = kAssertExamples,
                .exits = kAssertExits,
                .reads_stdin = true,
                .setup = &make<Assert>},
    CommandSpec{
        .name = "help",
        .summary = "Open the manual of a command",
        .group = kMore,
        .description =
            "Opens the manual page of a command on a terminal, and prints its full help elsewhere.",
        .examples = kHelpExamples,
        .exits = kSimpleExits,
        .manual = false,
        .setup = &make<Help>},
    CommandSpec{
        .name = "completion",
        .summary = "Print the completion script of a shell",
        .group = kMore,
        .description =
            "Prints a script that teaches a shell to complete commands, options, their values, "
            "files, and the runs "
            "and tags of the log tree. Packages install it; this is for other installations.",
        .examples = kCompletionExamples,
        .exits = kSimpleExits,
        .manual = false,
        .setup = &make<Completion>},
    CommandSpec{.name = "__complete",
                .summary = "Print candidates for completion scripts",
                .group = kMore,
                .description = {},
                .examples = {},
                .exits = kSimpleExits,
                .hidden = true,
                .manual = false,
                .setup = &make<Complete>},
};

}  // namespace

std::span<const CommandSpec> command_table() noexcept {
  return kCommands;
}

const CommandSpec* find_command(std::string_view name) noexcept {
  for (const CommandSpec& spec : kCommands) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

std::unique_ptr<DeclaredCommand> declare(const CommandSpec* spec) {
  auto declared = std::make_unique<DeclaredCommand>();
  if (spec != nullptr) declared->invocation = spec->setup(declared->options);
  add_global_options(declared->options, declared->global);
  return declared;
}

}  // namespace tfevents::cli
