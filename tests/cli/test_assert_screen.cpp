// `assert` on terminals of any width: nothing that says what is wrong or what to do is cut off, and
// what passes does not bury what does not.
#include <string>

#include <doctest/doctest.h>

#include "base/text.hpp"
#include "cli_helpers.hpp"
#include "render/lines.hpp"
#include "support/logdir_builder.hpp"

namespace tfevents::test {
namespace {

struct Screens {
  MemorySys memory;

  /// A run `NAME` whose `val/accuracy` ends with 0.95.
  Screens& run(const std::string& name) {
    LogdirBuilder()
        .run(name,
             [](RunBuilder& r) {
               r.scalar("val/accuracy", {{0, 0.1F}, {1200, 0.95F}});
             })
        .write(memory, "/logs");
    return *this;
  }
  Said show(std::size_t width, Words words) {
    words.insert(words.begin(), {"assert", "/logs", "--color", "never", "--now", "@1767610800"});
    return run_program(words, {{"COLUMNS", std::to_string(width)}}, &memory, true);
  }
};

std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    most = std::max(most, display_width(std::string_view(text).substr(at, end - at)));
    at = end + 1;
  }
  return most;
}

/// The text without blanks and line ends: what it says, however it is laid out.
std::string words_of(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

TEST_CASE("lines are broken at blanks, and words that are wider are cut") {
  using Lines = std::vector<std::string>;
  CHECK(render::broken_into_lines("one two three", 7) == Lines{"one two", "three"});
  CHECK(render::broken_into_lines("one two three", 100) == Lines{"one two three"});
  CHECK(render::broken_into_lines("a 123456789 b", 4) == Lines{"a", "1234", "5678", "9 b"});
  CHECK(render::broken_into_lines("größe größe", 5) == Lines{"größe", "größe"});
  CHECK(render::broken_into_lines("日本語", 4) == Lines{"日本", "語"});
  CHECK(render::broken_into_lines("日本", 1) == Lines{"日", "本"});
  CHECK(render::broken_into_lines("", 9) == Lines{""});
  for (std::size_t width = 1; width < 30; ++width) {
    for (const std::string& line : render::broken_into_lines("a bc def ghij klmno", width))
      CHECK(line.size() <= width);
  }
}

TEST_CASE("assert: the suggestion is whole on every terminal") {
  for (const std::size_t runs : {std::size_t{1}, std::size_t{3}}) {
    Screens screens;
    for (std::size_t i = 0; i < runs; ++i)
      screens.run("vision/resnet/with/a/long/name/seed" + std::to_string(i));
    for (std::size_t width = 20; width <= 200; ++width) {
      CAPTURE(runs);
      CAPTURE(width);
      const Said said = screens.show(width, {"last(val/accuracy) > 0.9", "last(val/acuracy)>0"});
      CHECK(said.exit == 1);
      CHECK(widest(said.out) <= std::max<std::size_t>(width, 24));
      CHECK(count(words_of(said.out), "didyoumeanval/accuracy?") == runs);
      CHECK(count(words_of(said.out), "notagval/acuracy") == runs);
      CHECK(count(words_of(said.out), "0.95atstep1200") == runs);
    }
  }
}

TEST_CASE("assert: a line where there is room, and what does not fit below it") {
  Screens screens;
  screens.run("ci");
  const Words checks{"last(val/accuracy) > 0.9", "last(val/acuracy)>0"};
  CHECK(screens.show(100, checks).out ==
        "PASS   last(val/accuracy) > 0.9  0.95 at step 1200\n"
        "ERROR  last(val/acuracy)>0       no tag val/acuracy in ci; did you mean val/accuracy?\n"
        "1 passed, 1 could not be evaluated\n");
  CHECK(screens.show(80, checks).out ==
        "PASS   last(val/accuracy) > 0.9  0.95 at step 1200\n"
        "ERROR  last(val/acuracy)>0       no tag val/acuracy in ci\n"
        "       did you mean val/accuracy?\n"
        "1 passed, 1 could not be evaluated\n");
  CHECK(screens.show(40, checks).out ==
        "PASS   last(val/accuracy) > 0.9\n"
        "       0.95 at step 1200\n"
        "ERROR  last(val/acuracy)>0\n"
        "       no tag val/acuracy in ci\n"
        "       did you mean val/accuracy?\n"
        "1 passed, 1 could not be evaluated\n");
  screens.run("b");
  CHECK(screens.show(60, checks).out ==
        "PASS   last(val/accuracy) > 0.9  b   0.95 at step 1200\n"
        "ERROR  last(val/acuracy)>0       b   no tag val/acuracy\n"
        "       did you mean val/accuracy?\n"
        "PASS   last(val/accuracy) > 0.9  ci  0.95 at step 1200\n"
        "ERROR  last(val/acuracy)>0       ci  no tag val/acuracy\n"
        "       did you mean val/accuracy?\n"
        "2 passed, 2 could not be evaluated\n");
}

TEST_CASE("assert: many checks that pass are only counted, unless they are asked for") {
  Screens screens;
  for (int i = 0; i < 40; ++i) screens.run("seed" + std::to_string(i));
  const Words checks{"last(val/accuracy) > 0.9", "count(val/accuracy) > 2"};
  const Said folded = screens.show(80, checks);
  CHECK(count(folded.out, "PASS") == 0);
  CHECK(count(folded.out, "FAIL  count(val/accuracy) > 2") == 40);
  CHECK(folded.out.ends_with("\n40 passed (-v lists them), 40 failed\n"));
  CHECK(screens.show(80, {checks[0]}).out == "40 passed (-v lists them)\n");
  const Said all = screens.show(80, {checks[0], checks[1], "-v"});
  CHECK(count(all.out, "PASS") == 40);
  CHECK(all.out.ends_with("\n40 passed, 40 failed\n"));
  // A pipe gets everything.
  const Said piped = run_program({"assert", "/logs", checks[0]}, {}, &screens.memory);
  CHECK(count(piped.out, "PASS") == 40);
  CHECK(piped.out.ends_with("\n40 passed\n"));
}

}  // namespace
}  // namespace tfevents::test
