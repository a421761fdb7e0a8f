// `assert` as CI sees it: the exit status, JUnit XML, GitHub's annotations and job summaries.
#include <cerrno>

#include <doctest/doctest.h>

#include "cli_helpers.hpp"
#include "render/github.hpp"
#include "render/junit.hpp"
#include "support/damage.hpp"
#include "support/fault_sys.hpp"
#include "support/logdir_builder.hpp"
#include "support/temp_dir.hpp"

namespace tfevents::test {
namespace {

/// `/logs/a` and `/logs/b`: `acc` ends with 0.5 and with 0.9.
struct Runs {
  MemorySys memory;
  FaultSys sys{memory};
  cli::Variables variables;
  bool terminal = false;

  Runs() {
    LogdirBuilder()
        .run("a",
             [](RunBuilder& r) {
               r.scalar("acc", {{0, 0.1F}, {9, 0.5F}});
             })
        .run("b",
             [](RunBuilder& r) {
               r.scalar("acc", {{0, 0.1F}, {9, 0.9F}});
             })
        .write(memory, "/logs");
  }
  Said run(Words words) {
    words.insert(words.begin(), {"assert", "--now", "@1767610800"});
    return run_program(words, variables, &sys, terminal);
  }
  /// The checks of a file.
  Said checks(const std::string& text, Words words = {}) {
    memory.file("/ci/checks.txt", text);
    words.insert(words.begin(), {"/logs", "--checks", "/ci/checks.txt"});
    return run(words);
  }
};

TEST_CASE("assert: 0 only where everything passes, 1 for every no, 2 for what was asked wrongly") {
  CHECK(Runs().run({"/logs", "last(acc) > 0.4"}).exit == 0);
  CHECK(Runs().run({"/logs", "last(acc) > 0.4", "last(acc) > 0.6"}).exit == 1);
  CHECK(Runs().run({"/logs", "--any", "last(acc) > 0.6"}).exit == 0);
  CHECK(Runs().run({"/logs", "--any", "--each", "last(acc) > 0.6"}).exit == 1);
  CHECK(Runs().run({"/logs", "last(acc)"}).exit == 1);
  CHECK(Runs().run({"/logs", "last(loss) < 1"}).exit == 1);
  CHECK(Runs().run({"/logs", "-r", "c", "last(acc) > 0"}).exit == 1);
  CHECK(Runs().run({"/logs", "--min-steps", "9"}).exit == 0);
  CHECK(Runs().run({"/logs", "--min-steps", "10"}).exit == 1);
  CHECK(Runs().run({"/logs", "--max-age", "1h"}).exit == 0);
  CHECK(Runs().run({"/logs", "--max-age", "1m"}).exit == 1);
  CHECK(Runs().checks("acc warn: last(acc) > 1").exit == 0);
  CHECK(Runs().checks("acc error: last(acc) > 1").exit == 1);
  for (const Words& words :
       {Words{}, Words{"/logs"}, Words{"/nowhere", "last(acc) > 0"}, Words{"last(acc) > 0"},
        Words{"/logs", "last(acc > 0"}, Words{"/logs", "acc > 0 >"},
        Words{"/logs", "--min-steps", "many"}, Words{"/logs", "--max-age", "soon"},
        Words{"/logs", "--checks", "/no"}, Words{"/logs", "-w", "last(acc) >", "last(acc) > 0"},
        Words{"-", "--checks", "-"}, Words{"/logs", "x = 1", "--junit", "-"}}) {
    const Said said = Runs().run(words);
    CAPTURE(said.err);
    CHECK(said.exit == 2);
    CHECK(said.out.empty());
    CHECK(has(said.err, "tfevents: "));
  }
}

TEST_CASE("assert: a warning does not hide that there was nothing to look at") {
  Runs runs;
  runs.memory.file("/empty/notes.txt", "");
  runs.memory.file("/ci/warn.txt", "acc warn: last(acc) > 0\n");
  for (const Words& words :
       {Words{"/empty", "--checks", "/ci/warn.txt"},
        Words{"/logs", "-r", "nosuch", "--checks", "/ci/warn.txt"},
        Words{"/logs", "-w", "hp.nosuch > 5", "--any", "--checks", "/ci/warn.txt"}}) {
    const Said said = runs.run(words);
    CHECK(said.exit == 1);
    CHECK(has(said.out, "ERROR  acc: last(acc) > 0  "));
    CHECK(has(said.out, "\n1 could not be evaluated\n"));
    Words json = words;
    json.emplace_back("--json");
    CHECK(has(runs.run(json).out, R"("status":"error","severity":"error")"));
  }
  CHECK(has(runs.run({"/logs", "-w", "hp.nosuch > 5", "last(acc) > 0"}).out,
            "no trial satisfies hp.nosuch > 5: no hyperparameter nosuch"));
}

TEST_CASE("assert: the paths of a shell's pattern are no expressions") {
  Runs runs;
  runs.memory.file("/logs/lr=0.1/notes.txt", "");
  for (const Words& words : {Words{"/logs/a", "/logs/b", "last(acc) > 0.4"},
                             Words{"/logs/a", "last(acc) > 0.4", "/logs/b"},
                             Words{"/logs/a", "/logs/lr=0.1"},  // It would be a condition.
                             Words{"-C", "/logs", "a", "b", "last(acc) > 0.4"}}) {
    const Said said = runs.run(words);
    CHECK(said.exit == 2);
    CHECK(said.out.empty());
    CHECK(has(said.err, "assert takes one PATH, and "));
    CHECK(has(said.err, "hint: name the directory above; -r PATTERN chooses"));
  }
  CHECK(has(runs.run({"last(acc) > 0.4", "/logs"}).err, "hint: PATH comes first, then EXPR"));
  CHECK(runs.run({"-C", "/logs", "a", "last(acc) > 0.4"}).exit == 0);
}

TEST_CASE("commands on trials refuse --kind: they look at scalars alone") {
  for (const Words& words : {Words{"assert", "/logs", "last(acc) > 0"},
                             Words{"best", "acc", "/logs"}, Words{"compare", "/logs"}}) {
    Runs runs;
    Words with = words;
    with.insert(with.end(), {"--kind", "images"});
    const Said said = run_program(with, {}, &runs.sys);
    CHECK(said.exit == 2);
    CHECK(has(said.err, "unknown option '--kind'"));
    CHECK(run_program(words, {}, &runs.sys).exit == 0);
  }
}

TEST_CASE("assert: damaged input is 1, and an operand that cannot be read is 2") {
  Runs runs;
  const auto listing = runs.memory.list("/logs/b");
  const std::string path = "/logs/b/" + listing.value().entries.front().name;
  SUBCASE("damage") {
    const std::string file = event_file([](RunBuilder& r) { r.scalar("acc", {{0, 0.9F}}); });
    runs.memory.file(path, flip_byte(file, file.size() - 6));
    const Said said = runs.run({"/logs", "last(acc) > 0.4"});
    CHECK(said.exit == 1);
    CHECK(has(said.out, "ERROR  last(acc) > 0.4  b  payload checksum mismatch"));
    CHECK(has(said.out, "tfevents fsck /logs/b"));
    CHECK(has(said.err, path + "@"));
    CHECK(has(runs.run({"/logs", "last(acc) > 0.4", "--json"}).out, "\"complete\":false"));
  }
  SUBCASE("a file that cannot be read") {
    runs.sys.fail_path(path, EACCES);
    CHECK(runs.run({"/logs", "last(acc) > 0.4"}).exit == 1);
  }
  SUBCASE("the operand") {
    runs.sys.fail_path("/logs", EACCES);
    CHECK(runs.run({"/logs", "last(acc) > 0.4"}).exit == 2);
  }
}

TEST_CASE("assert: checks are read before anything else, and their errors say file and line") {
  const Said said = Runs().checks("ok: 1 < 2\nbad: last(acc > 1");
  CHECK(said.exit == 2);
  CHECK(has(said.err, "tfevents: /ci/checks.txt:2: bad expression"));
  CHECK(has(said.err, "^\n"));
  CHECK(Runs().checks("# none\n").exit == 2);
  CHECK(Runs().checks("min-steps: last(acc) > 0").exit == 0);
  CHECK(Runs().checks("min-steps: last(acc) > 0", {"--min-steps", "1"}).exit == 2);
  CHECK(Runs().checks("a: 1 < 2", {"--checks", "/ci/checks.txt"}).exit == 2);
  const Said large = Runs().checks("a: 1 < 2\n" + std::string(2 << 20, '#'));
  CHECK(large.exit == 2);
  CHECK(has(large.err, "more than 1 MiB"));
}

TEST_CASE("assert: the words, and colour only besides them") {
  Runs runs;
  const Said plain = runs.checks("low: last(acc) > 0.6\nhigh warn: last(acc) > 0.6\nno: last(x)=1");
  CHECK(has(plain.out, "FAIL   low: last(acc) > 0.6   a  0.5 at step 9\n"));
  CHECK(has(plain.out, "WARN   high: last(acc) > 0.6  a  0.5 at step 9\n"));
  CHECK(has(plain.out, "ERROR  no: last(x)=1          a  no tag x; there are acc\n"));
  CHECK(has(plain.out, "PASS   low: last(acc) > 0.6   b  0.9 at step 9\n"));
  CHECK(has(plain.out, "\n2 passed, 1 failed, 2 could not be evaluated, 1 warning\n"));
  CHECK_FALSE(has(plain.out, "\x1b"));
  runs.terminal = true;
  const Said coloured = runs.run({"/logs/a", "last(acc) > 0.6"});
  CHECK(has(coloured.out, "\x1b[31mFAIL\x1b[0m"));
  CHECK(has(coloured.out, "\x1b[31m1 failed\x1b[0m\n"));
}

TEST_CASE("assert: --junit writes besides the answer, and never an event file") {
  const TempDir directory;
  Runs runs;
  const std::string file = directory / "report.xml";
  const Said said = runs.run({"/logs", "last(acc) > 0.6", "--junit", file});
  CHECK(said.exit == 1);
  CHECK(has(said.out, "1 passed, 1 failed"));
  const std::string xml = directory.read("report.xml");
  CHECK(count(xml, "<testsuite ") == 2);
  CHECK(count(xml, "<testcase ") == 2);
  CHECK(count(xml, "<failure ") == 1);
  CHECK(has(xml, "timestamp=\"2026-01-05T11:00:00\""));
  CHECK(runs.run({"/logs", "1<2", "--junit", directory / "a.tfevents.xml"}).exit == 2);
  CHECK(runs.run({"/logs", "1<2", "--junit", file, "-o", file}).exit == 2);
  const Said full = runs.run({"/logs", "1<2", "--junit", "/dev/full"});
  CHECK(full.exit == 2);
  CHECK(has(full.out, "2 passed"));  // The verdict is not lost with the report.
  CHECK(has(full.err, "/dev/full"));
}

TEST_CASE("JUnit: what XML cannot hold is replaced") {
  CHECK(render::xml_text("a<b>&\"c'") == "a&lt;b&gt;&amp;&quot;c&apos;");
  CHECK(render::xml_text("a\x01\n\x1b") == "a\\x01\\n\\x1b");
  CHECK(render::xml_text("\xff") == "\\xff");
  const std::string no_character = render::xml_text("\xEF\xBF\xBE\xEF\xBF\xBF.");
  CHECK_FALSE(has(no_character, "\xEF\xBF\xBE"));
  CHECK_FALSE(has(no_character, "\xEF\xBF\xBF"));
}

TEST_CASE("GitHub: annotations escape what workflow commands take apart") {
  CHECK(render::github_data("50%: a,b\r\n::error::x") == "50%25: a,b%0D%0A::error::x");
  CHECK(render::github_property("50%: a,b\n") == "50%25%3A a%2Cb%0A");
}

TEST_CASE("GitHub: annotations on standard error for tables only, and not with -q") {
  Runs runs;
  runs.variables = {{"GITHUB_ACTIONS", "true"}};
  const Words words{"/logs", "last(acc) > 0.6", "count(acc) = 2"};
  const Said said = runs.run(words);
  CHECK(said.exit == 1);
  CHECK(said.err == "::error title=last(acc) > 0.6 (a)::0.5 at step 9\n");
  for (const char* format : {"json", "jsonl", "csv", "md"}) {
    Words with = words;
    with.insert(with.end(), {"-f", format});
    CHECK(runs.run(with).err.empty());
  }
  Words quiet = words;
  quiet.emplace_back("-q");
  CHECK(runs.run(quiet).err.empty());
  runs.variables = {{"GITHUB_ACTIONS", "false"}};
  CHECK(runs.run(words).err.empty());
}

TEST_CASE("GitHub: ten annotations of each kind at most") {
  Runs runs;
  runs.variables = {{"GITHUB_ACTIONS", "true"}};
  std::string checks;
  for (int i = 0; i < 30; ++i) {
    checks += "e" + std::to_string(i) + ": last(acc) > 2\n";
    checks += "w" + std::to_string(i) + " warn: last(acc) > 2\n";
  }
  const Said said = runs.checks(checks);
  CHECK(count(said.err, "::error ") == 10);
  CHECK(count(said.err, "::warning ") == 10);
}

TEST_CASE("GitHub: the summary is appended, and where that fails only said") {
  const TempDir directory;
  Runs runs;
  const std::string file = directory.write("summary.md", "before\n");
  runs.variables = {{"GITHUB_ACTIONS", "true"}, {"GITHUB_STEP_SUMMARY", file}};
  CHECK(runs.run({"/logs/b", "last(acc) > 0.6"}).exit == 0);
  CHECK(runs.run({"/logs", "last(acc) > 0.6", "--json"}).exit == 1);
  const std::string text = directory.read("summary.md");
  CHECK(text.starts_with("before\n### "));
  CHECK(count(text, "`tfevents assert /logs/b`: 1 passed") == 1);
  CHECK(count(text, "`tfevents assert /logs`: 1 passed, 1 failed") == 1);
  runs.variables["GITHUB_STEP_SUMMARY"] = directory / "none/summary.md";
  const Said said = runs.run({"/logs/b", "last(acc) > 0.6"});
  CHECK(said.exit == 0);
  CHECK(has(said.err, "GITHUB_STEP_SUMMARY: cannot append"));
  runs.variables.erase("GITHUB_ACTIONS");
  CHECK(runs.run({"/logs/b", "last(acc) > 0.6"}).err.empty());
}

TEST_CASE("GitHub: a long summary shows what did not pass first, and ends") {
  const TempDir directory;
  Runs runs;
  runs.variables = {{"GITHUB_ACTIONS", "true"}, {"GITHUB_STEP_SUMMARY", directory / "summary.md"}};
  std::string checks;
  for (int i = 0; i < 600; ++i) checks += "c" + std::to_string(i) + ": last(acc) > 0.6\n";
  CHECK(runs.checks(checks).exit == 1);
  const std::string text = directory.read("summary.md");
  CHECK(count(text, "| FAIL |") == 500);
  CHECK_FALSE(has(text, "| PASS |"));
  CHECK(has(text, "… and 700 more"));
}

TEST_CASE("assert: hostile names reach no format raw but the machine ones, escaped") {
  const TempDir directory;
  Runs runs;
  const std::string name = "x\x1b[31m]]>\n::error::<&\"\xff\xe2\x80\xae";
  LogdirBuilder()
      .run(name,
           [](RunBuilder& r) {
             r.scalar("acc", {{0, 0.1F}});
           })
      .write(runs.memory, "/odd");
  runs.variables = {{"GITHUB_ACTIONS", "true"}, {"GITHUB_STEP_SUMMARY", directory / "summary.md"}};
  const Said said = runs.run({"/odd", "last(acc) > 1", "--junit", directory / "report.xml"});
  CHECK(said.exit == 1);
  const std::string xml = directory.read("report.xml");
  for (const std::string& text : {said.out, said.err, xml, directory.read("summary.md")}) {
    CHECK_FALSE(has(text, "\x1b"));
    CHECK_FALSE(has(text, "\xff"));
    CHECK_FALSE(has(text, "\xe2\x80\xae"));
    CHECK_FALSE(has(text, "\n::error::"));
  }
  CHECK(has(xml, "]]&gt;\\n::error::&lt;&amp;&quot;\\xff"));
  CHECK(has(runs.run({"/odd", "last(acc) > 1", "--json"}).out, "\"run_base64\":\""));
}

}  // namespace
}  // namespace tfevents::test
