// `prune`: what is typed, what contradicts itself, and what people read of a plan.
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "cli_helpers.hpp"
#include "commands/prune.hpp"
#include "render/prune.hpp"

namespace tfevents::test {
namespace {

using cli::Prune;
using cli::PruneArguments;
using ops::PruneReport;
using ops::PruneResult;
using ops::PruneRow;
using rewrite::Action;
using rewrite::Reason;
using rewrite::Rule;

constexpr double kNow = 1'790'000'000;
constexpr double kDay = 86400;

/// What a prune of these words is refused for; the words of a directory and a rule come first.
std::string complaint(Words words) {
  words.insert(words.begin(), {"prune", "runs", "--older-than", "7d"});
  const Said said = run_program(words);
  CHECK(said.exit == 2);
  CHECK(said.out.empty());
  return said.err;
}

TEST_CASE("prune: every rule is taken as typed") {
  Typed<Prune> typed({"runs",
                      "--older-than",
                      "1d12h",
                      "--min-steps=100",
                      "--empty",
                      "--max-size",
                      "50G",
                      "--remove-if",
                      "nan(loss) > 0",
                      "--keep-last",
                      "2",
                      "--keep-within",
                      "30d",
                      "--keep-best",
                      "2:min(a:b)",
                      "--keep-best=1:acc",
                      "--keep",
                      "a/**",
                      "--keep",
                      "b",
                      "--keep-if",
                      "hp.lr = 1",
                      "--by",
                      "parent",
                      "--age",
                      "event",
                      "--what",
                      "dir",
                      "--trash-keep",
                      "0",
                      "--lock-wait",
                      "1h",
                      "--allow-empty",
                      "--yes",
                      "--no-fold",
                      "-r",
                      "x",
                      "-x",
                      "y"});
  REQUIRE(typed.parsed.ok());
  const PruneArguments& a = typed.command.arguments;
  CHECK(a.operands == Words{"runs"});
  CHECK(a.older_than->seconds == 1.5 * kDay);
  CHECK(a.min_steps == 100);
  CHECK(a.empty);
  CHECK(a.max_size->bytes == 50ULL << 30U);
  CHECK(a.remove_if == "nan(loss) > 0");
  CHECK(a.keep_last == 2);
  CHECK(a.keep_within->seconds == 30 * kDay);
  CHECK(a.keep_best == Words{"2:min(a:b)", "1:acc"});
  CHECK(a.keep == Words{"a/**", "b"});
  CHECK(a.keep_if == Words{"hp.lr = 1"});
  CHECK(a.by == "parent");
  CHECK(a.age == cli::Age::kEvent);
  CHECK(a.what == PruneArguments::What::kDirectory);
  CHECK(a.trash_keep->seconds == 0);
  CHECK(a.lock_wait->seconds == 3600);
  CHECK(a.allow_empty);
  CHECK(a.yes);
  CHECK_FALSE(a.fold);
  CHECK(a.runs == Words{"x"});
  CHECK(a.exclude == Words{"y"});
  CHECK_FALSE(a.dry_run);
}

TEST_CASE("prune: what contradicts itself or has no meaning is refused before anything is read") {
  const auto has = [](const std::string& text, const char* part) {
    CAPTURE(text);
    return text.find(part) != std::string::npos;
  };
  CHECK(has(complaint({"more"}), "one directory at a time"));
  CHECK(has(complaint({"--dry-run", "--yes"}), "--dry-run and --yes exclude each other"));
  CHECK(has(complaint({"--now", "2026-01-01", "--yes"}), "--now is for --dry-run and --plan"));
  CHECK(has(complaint({"--now", "2026-01-01"}), "--now is for --dry-run and --plan"));
  CHECK(has(complaint({"--plan", "p", "--yes"}), "--plan writes the plan and does nothing"));
  CHECK(has(complaint({"--apply", "p"}), "no rules, patterns or --what"));
  CHECK(has(complaint({"--min-steps", "-1"}), "--min-steps"));
  CHECK(has(complaint({"--keep-best", "acc"}), "a number from 1, a colon and a metric"));
  CHECK(has(complaint({"--keep-best", "0:acc"}), "a number from 1"));
  CHECK(has(complaint({"--keep-best", "-1:acc"}), "a number from 1"));
  CHECK(has(complaint({"--keep-best", "2x:acc"}), "a number from 1"));
  CHECK(has(complaint({"--keep-best", ":acc"}), "a number from 1"));
  CHECK(has(complaint({"--keep-best", "99999999999999999999:acc"}), "a number from 1"));
  CHECK(has(complaint({"--keep-best", "2:"}), "no metric behind the colon"));
  CHECK(has(complaint({"--keep-if", "last(acc)"}), "--keep-if: no condition"));
  CHECK(has(complaint({"--remove-if", "last(acc) >"}), "--remove-if: "));
  CHECK(has(complaint({"--layout", "{"}), "layout"));
  for (const char* option : {"--newer-than", "--since", "--until", "--live", "--finished", "-w"})
    CHECK(has(complaint({option, "7d"}), "unknown option"));
  CHECK(has(run_program({"prune", "-", "--older-than", "7d"}).err, "standard input"));
  CHECK(has(run_program({"prune", "--older-than", "7d"}, {{"TFEVENTS_LOGDIR", "runs"}}).err,
            "which directory?"));
  const Said both = run_program({"prune", "runs", "--plan", "p", "--apply", "p"});
  CHECK(both.exit == 2);
  CHECK(has(both.err, "--plan and --apply exclude each other"));
  for (const char* rule : {"-r", "-x", "--keep", "--by", "--what=dir", "--empty", "--layout"}) {
    Words words{"prune", "runs", "--apply", "p", rule};
    if (std::string_view(rule) != "--empty" && std::string_view(rule) != "--what=dir")
      words.emplace_back("x");
    CHECK(has(run_program(words).err, "no rules, patterns or --what"));
  }
}

TEST_CASE("an option that means the opposite is no misspelling of one that removes") {
  const auto hint = [](const char* option) {
    const std::string err = run_program({"prune", "runs", option, "7d"}).err;
    const std::size_t at = err.find("did you mean ");
    return at == std::string::npos ? std::string()
                                   : err.substr(at + 13, err.find('?', at) - at - 13);
  };
  CHECK(hint("--newer-than") == "");
  CHECK(hint("--newer-then") == "");
  CHECK(hint("--older-then") == "--older-than");
  CHECK(hint("--olderthan") == "--older-than");
  CHECK(hint("--older") == "--older-than");
  CHECK(hint("--older-") == "--older-than");
  CHECK(hint("--keep-bset") == "--keep-best");
  CHECK(hint("--allow-emtpy") == "--allow-empty");
  CHECK(hint("--dryrun") == "--dry-run");
}

/// A plan of one trial more for each call.
struct Plan {
  PruneReport report;
  Plan() {
    report.operand = "runs";
    report.plan = "20260921-061320";
    report.trash = "runs/.tfe-trash";
    report.trash_keep_seconds = 7 * kDay;
    report.now = kNow;
    report.rules.older_than_seconds = 7 * kDay;
  }
  PruneRow& add(const std::string& name, Action action, std::vector<Reason> reasons) {
    PruneRow& row = report.rows.emplace_back();
    row.trial = name;
    row.path = "runs/" + name;
    row.runs = {name};
    row.decision = {action, std::move(reasons)};
    row.last_event_time = kNow - 9 * kDay;
    row.age_seconds = 9 * kDay;
    row.bytes = 2048;
    return row;
  }
  /// What people read of one reason.
  std::string why(Reason reason) {
    PruneRow& row = add("a", Action::kKeep, {std::move(reason)});
    return render::why_text(row, report);
  }
};

std::string table_of(const PruneReport& report, render::Folding folding) {
  std::string out;
  Sink sink(out);
  REQUIRE(render_table(render::prune_table(report, folding), {}, sink).ok());
  return out;
}

TEST_CASE("prune: every reason has words of its own") {
  Plan plan;
  plan.report.rules.min_steps = 50;
  plan.report.rules.max_bytes = 1024;
  plan.report.rules.keep_within_seconds = 3 * kDay;
  CHECK(plan.why({.rule = Rule::kOlderThan, .seconds = 9 * kDay}) == "older than 7d");
  CHECK(plan.why({.rule = Rule::kMinSteps, .count = 9}) == "ends at step 9, below 50");
  CHECK(plan.why({.rule = Rule::kEmpty}) == "holds no value");
  CHECK(plan.why({.rule = Rule::kMaxSize, .count = 1}) == "over 1.0 KiB, oldest first");
  CHECK(plan.why({.rule = Rule::kRemoveIf, .text = "x > 1"}) == "x > 1");
  CHECK(plan.why({.rule = Rule::kNotKept}) == "no rule keeps it");
  CHECK(plan.why({.rule = Rule::kKeepLast, .count = 2}) == "newest 2");
  CHECK(plan.why({.rule = Rule::kKeepWithin}) == "within 3d");
  CHECK(plan.why({.rule = Rule::kKeepBest, .count = 1, .text = "acc"}) == "best 1 of acc");
  CHECK(plan.why({.rule = Rule::kKeep, .text = "a*"}) == "matches a*");
  CHECK(plan.why({.rule = Rule::kLive, .seconds = 30}) == "live (every 30s)");
  CHECK(plan.why({.rule = Rule::kLive, .seconds = 0.4}) == "live (every 0.4s)");
  CHECK(plan.why({.rule = Rule::kLive}) == "live");
  CHECK(plan.why({.rule = Rule::kOpen, .count = 47}) == "open in process 47");
  CHECK(plan.why({.rule = Rule::kRecent, .seconds = 60}) == "active 1m ago");
  CHECK(plan.why({.rule = Rule::kNotVisible, .seconds = 7200}) ==
        "active 2h ago, open files not visible");
  CHECK(plan.why({.rule = Rule::kFileChanged, .seconds = 60}) ==
        "last event 9d ago, file changed 1m ago");
  CHECK(plan.why({.rule = Rule::kBelow, .text = "a/b"}) == "a/b below it stays");
  CHECK(plan.why({.rule = Rule::kFuture, .seconds = 2 * kDay}) ==
        "change of a file lies 2d in the future");
  CHECK(plan.why({.rule = Rule::kNoTime}) == "no usable time");
  CHECK(plan.why({.rule = Rule::kTrouble, .text = "a: no"}) == "a: no");
  CHECK(plan.why({.rule = Rule::kNotNominated, .seconds = kDay}) == "younger than 7d");
  CHECK(plan.why({.rule = Rule::kNotNominated, .seconds = 9 * kDay}) == "no rule asks for it");
  plan.add("b", Action::kKeep,
           {{.rule = Rule::kLive, .seconds = 0.4}, {.rule = Rule::kOpen, .count = 47}});
  CHECK(render::why_text(plan.report.rows.back(), plan.report) ==
        "live (open in process 47, every 0.4s)");
}

TEST_CASE("prune: what stays stands before what goes, and many of a kind are folded") {
  Plan plan;
  for (int i = 0; i < 13; ++i)
    plan.add("old" + std::to_string(i), Action::kRemove, {{.rule = Rule::kOlderThan}});
  plan.add("odd", Action::kSkip, {{.rule = Rule::kNoTime}}).age_seconds.reset();
  plan.add("young", Action::kKeep, {{.rule = Rule::kNotNominated}});
  plan.add("best", Action::kKeep, {{.rule = Rule::kKeepBest, .count = 1, .text = "acc"}});
  const std::string folded = table_of(plan.report, render::Folding::kAll);
  CHECK(folded.find("best") < folded.find("young"));
  CHECK(folded.find("young") < folded.find("skip  odd"));
  CHECK(folded.find("skip  odd") < folded.find("drop  old0"));
  CHECK(folded.find("old9 ") != std::string::npos);
  CHECK(folded.find("old10") == std::string::npos);
  CHECK(folded.find("3 more, 6.0 KiB (--all)") != std::string::npos);
  const std::string all = table_of(plan.report, render::Folding::kNothing);
  CHECK(all.find("old12") != std::string::npos);
  CHECK(all.find("--all") == std::string::npos);
}

TEST_CASE("prune: in a mail everything but what no rule asks for is shown") {
  Plan plan;
  for (int i = 0; i < 30; ++i) {
    plan.add("old" + std::to_string(i), Action::kRemove, {{.rule = Rule::kOlderThan}});
    plan.add("young" + std::to_string(i), Action::kKeep, {{.rule = Rule::kNotNominated}});
    plan.add("good" + std::to_string(i), Action::kKeep, {{.rule = Rule::kKeep, .text = "g*"}});
  }
  const std::string mail = table_of(plan.report, render::Folding::kPlain);
  CHECK(mail.find("old29 ") != std::string::npos);
  CHECK(mail.find("good29 ") != std::string::npos);
  CHECK(mail.find("young9 ") != std::string::npos);
  CHECK(mail.find("young10 ") == std::string::npos);
  CHECK(mail.find("20 more, ") != std::string::npos);
}

TEST_CASE("prune: one row more than is shown is shown") {
  Plan plan;
  for (int i = 0; i < 11; ++i)
    plan.add("old" + std::to_string(i), Action::kRemove, {{.rule = Rule::kOlderThan}});
  CHECK(table_of(plan.report, render::Folding::kAll).find("old10") != std::string::npos);
}

TEST_CASE("prune: the other files of what goes are named, with what becomes of them") {
  Plan plan;
  PruneRow& row = plan.add("a", Action::kRemove, {{.rule = Rule::kOlderThan}});
  row.foreign_files = 1;
  row.foreign_bytes = 4096;
  row.foreign_names = {"model.pt"};
  CHECK(table_of(plan.report, render::Folding::kNothing).find("(+ model.pt, 4.0 KiB, stays)") !=
        std::string::npos);
  row.foreign_files = 3;
  CHECK(table_of(plan.report, render::Folding::kNothing).find("(+ 3 other files, 4.0 KiB, stay)") !=
        std::string::npos);
  plan.report.what = rewrite::What::kDirectory;
  CHECK(table_of(plan.report, render::Folding::kNothing).find("(with 3 other files, 4.0 KiB)") !=
        std::string::npos);
  row.decision = {Action::kKeep, {{.rule = Rule::kKeep, .text = "a"}}};
  CHECK(table_of(plan.report, render::Folding::kNothing).find("other") == std::string::npos);
}

TEST_CASE("prune: the last line says what would happen, and what has") {
  Plan plan;
  CHECK(render::prune_summary(plan.report, false) == "nothing to remove: 0 trials stay");
  plan.add("a", Action::kRemove, {{.rule = Rule::kOlderThan}});
  plan.add("b", Action::kSkip, {{.rule = Rule::kNoTime}});
  const std::string would = render::prune_summary(plan.report, false);
  CHECK(would.starts_with(
      "would move 1 trial, 2.0 KiB to runs/.tfe-trash/20260921-061320, freed on"));
  CHECK(would.ends_with("undo: tfevents trash restore runs"));
  CHECK(render::prune_question(plan.report) == "move 1 trial, 2.0 KiB to the trash?");
  plan.report.batches_to_empty = 2;
  CHECK(render::prune_summary(plan.report, false)
            .ends_with("\nwould free the oldest 2 batches of the trash before their time, "
                       "for --max-size"));

  plan.report.batch = "20260921-061325";
  plan.report.bytes_trashed = 2048;
  plan.report.rows[0].result = PruneResult::kTrashed;
  CHECK(render::prune_summary(plan.report, true)
            .starts_with("moved 1 trial, 2.0 KiB to runs/.tfe-trash/20260921-061325, freed on "));
  plan.report.rows[0].result = PruneResult::kFailed;
  plan.report.bytes_trashed = 0;
  CHECK(render::prune_summary(plan.report, true) == "removed nothing");
  plan.report.bytes_freed = 4096;
  CHECK(render::prune_summary(plan.report, true) == "removed nothing\nfreed 4.0 KiB of the trash");
}

TEST_CASE("prune: without a trash nobody is promised an undo") {
  Plan plan;
  plan.report.trash_keep_seconds = 0;
  plan.add("a", Action::kRemove, {{.rule = Rule::kOlderThan}}).result = PruneResult::kDeleted;
  CHECK(render::prune_summary(plan.report, false) ==
        "would delete 1 trial, 2.0 KiB, at once and for good");
  CHECK(render::prune_question(plan.report) == "delete 1 trial, 2.0 KiB, for good?");
  plan.report.bytes_freed = 2048;
  CHECK(render::prune_summary(plan.report, true) == "deleted 1 trial, 2.0 KiB");
}

TEST_CASE("prune: an operand of any name is quoted in the command that undoes it") {
  Plan plan;
  plan.report.operand = "my runs";
  plan.add("a", Action::kRemove, {{.rule = Rule::kOlderThan}});
  CHECK(render::prune_summary(plan.report, false).ends_with("tfevents trash restore 'my runs'"));
}

TEST_CASE("prune: the document has the rules that were given, and no others") {
  Plan plan;
  plan.report.rules.keep_best = {{.count = 2, .metric = "val/acc", .greatest = true}};
  plan.add("a\xff", Action::kRemove, {{.rule = Rule::kOlderThan, .seconds = 9 * kDay}}).files = {};
  std::string out;
  Sink sink(out);
  REQUIRE(render::prune_json(plan.report, true, "0.1.0", sink).ok());
  const auto json = nlohmann::json::parse(out);
  CHECK(json["policy"].dump() ==
        R"({"age":"newest","keep_best":[{"count":2,"direction":"max","metric":"val/acc"}],)"
        R"("older_than_seconds":604800})");
  CHECK(json["dry_run"] == true);
  CHECK(json["rows"][0]["trial_base64"] == "Yf8=");
  CHECK(json["rows"][0]["reasons"].dump() ==
        R"([{"detail":"last activity 9d ago","rule":"older-than"}])");
  CHECK(json["rows"][0]["result"].is_null());
  CHECK(json["summary"].dump() ==
        R"({"bytes_freed":0,"bytes_to_trash":2048,"keep":0,"remove":1,"skip":0})");
}

}  // namespace
}  // namespace tfevents::test
