// Files of checks: what a line may be, and what is said of lines that are none.
#include <doctest/doctest.h>

#include "ops/checks_file.hpp"

namespace tfevents::test {
namespace {

std::string message_of(std::string_view text) {
  const auto parsed = ops::parse_checks(text, "ci.txt");
  return parsed.ok() ? std::string("ok") : parsed.error().message;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a check a line, with comments, blank lines and severities") {
  const auto parsed = ops::parse_checks(
      "\xEF\xBB\xBF# what must hold\r\n"
      "acc: last(val/acc) >= 0.9\r\n"
      "\n"
      "  # more\n"
      "\tloss warn :last(\"a:b #1\") < 1 \n"
      "x-1/y.z error:   count(loss) > 0",
      "ci.txt");
  REQUIRE_MESSAGE(parsed.ok(), parsed.error().message);
  REQUIRE(parsed->size() == 3);
  CHECK((*parsed)[0].name == "acc");
  CHECK((*parsed)[0].expression.text() == "last(val/acc) >= 0.9");
  CHECK((*parsed)[0].severity == Severity::kError);
  CHECK((*parsed)[1].name == "loss");
  CHECK((*parsed)[1].expression.calls()[0].tag == "a:b #1");
  CHECK((*parsed)[1].severity == Severity::kWarn);
  CHECK((*parsed)[2].name == "x-1/y.z");
  CHECK((*parsed)[2].severity == Severity::kError);
}

TEST_CASE("a file may be empty, or hold comments alone") {
  for (const char* text : {"", "\n\n", "# nothing\n", "\xEF\xBB\xBF"}) {
    const auto parsed = ops::parse_checks(text, "ci.txt");
    REQUIRE(parsed.ok());
    CHECK(parsed->empty());
  }
}

TEST_CASE("what is no check is refused with its line") {
  CHECK(has(message_of("# x\nlast(acc) > 0.9"), "ci.txt:2: no colon"));
  CHECK(has(message_of(": last(acc) > 0.9"), "ci.txt:1: a check without a name"));
  CHECK(has(message_of("acc:"), "ci.txt:1: check acc has no expression"));
  CHECK(has(message_of("acc fatal: last(acc) > 0.9"), "'fatal' between name and colon"));
  CHECK(has(message_of("acc warn error: last(acc) > 0.9"), "'warn error' between"));
  CHECK(has(message_of("\n\nacc: last(acc > 0.9"), "ci.txt:3: bad expression"));
  CHECK(has(message_of("a: 1 < 2\nb: 1 < 2\na: 2 < 3"), "ci.txt:3: check a is already in line 1"));
}

TEST_CASE("an error in an expression shows the place, and comments behind it are explained") {
  const auto parsed = ops::parse_checks("acc: last(acc) > 0.9 # good", "ci.txt");
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().code == ErrorCode::kUsage);
  CHECK(has(parsed.error().excerpt, "^"));
  CHECK(parsed.error().hint == "a comment stands on a line of its own");
}

TEST_CASE("hostile text is refused in one safe line") {
  for (const std::string& text :
       {std::string("a\x1b[31m: 1 <"), std::string("a\0b c d: 1 < 2", 14),
        "\xff\xfe: last(" + std::string(100000, '('), std::string(1 << 20, 'x')}) {
    const std::string message = message_of(text);
    CHECK(message != "ok");
    CHECK(message.find('\x1b') == std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
    CHECK(message.find('\0') == std::string::npos);
  }
}

}  // namespace
}  // namespace tfevents::test
