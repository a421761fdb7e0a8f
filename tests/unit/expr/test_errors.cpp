#include <string>

#include <doctest/doctest.h>

#include "base/text.hpp"
#include "unit/expr/parsed.hpp"

using namespace tfevents;
using namespace tfevents::test;

namespace {

struct Wrong {
  const char* text;
  int character;     ///< Where the message and the caret point, from 1.
  const char* what;  ///< In the message.
  const char* hint;  ///< In the hint.
};

// Every row is one thing that people write.
constexpr Wrong kWrong[] = {
    {"", 1, "nothing is written", ""},
    {"  ", 3, "nothing is written", ""},
    {"a >", 4, "something is missing", ""},
    {"a b", 3, "an operator is expected, not 'b'", ""},
    {"(a", 1, "'(' is not closed", ""},
    {"a)", 2, "')' has no '('", ""},
    {"()", 2, "a value is expected, not ')'", ""},
    {"and", 1, "a value is expected, not 'and'", ""},
    {"abs 3", 5, "'(' is expected behind abs", "abs(x)"},
    // Other languages.
    {"a && b", 3, "'&&' means nothing here", "write and"},
    {"a || b", 3, "'||' means nothing here", "write or"},
    {"!a", 1, "'!' means nothing here", "write not"},
    {"a <> b", 3, "'<>' means nothing here", "write !="},
    {"a =~ \"x\"", 3, "'=~' means nothing here", "write ~"},
    {"a !~ \"x\"", 3, "'!~' means nothing here", "write not"},
    {"a === b", 3, "'===' means nothing here", "write ="},
    {"a => b", 3, "'=>' means nothing here", "write >="},
    {"a ** 2", 3, "'**' means nothing here", "x * x"},
    {"a > 5%", 6, "'%' means nothing here", "0.05"},
    {"a ≥ 5", 3, "'≥' means nothing here", "write >="},
    {"hp.x = 'adam'", 8, "' means nothing here", "text stands in double quotes"},
    {"hp.x = “adam”", 8, "'“' means nothing here", "plain double quotes"},
    {"a AND b", 3, "an operator is expected", "write and"},
    {"a = True", 5, "there is no True", "write true"},
    {"NOT a", 1, "there is no NOT", "write not"},
    // Comparisons.
    {"a < b < c", 7, "comparisons do not chain", "write a < b and b < c"},
    {"1e-4 <= hp.lr<0.1 or x", 14, "comparisons do not chain",
     "write 1e-4 <= hp.lr and hp.lr <0.1"},
    {"a = b ~ \"x\"", 7, "comparisons do not chain", "and"},
    {"a not b", 3, "an operator is expected, not 'not'", "not in"},
    {"1 + not a", 5, "a value is expected, not 'not'", "brackets"},
    {"a in 5", 6, "'(' is expected behind in", "hp.seed in (1, 2)"},
    {"hp.x in (adam, 1)", 10, "a number, a text, true or false is expected", "\"adam\""},
    {"hp.x in ()", 10, "a number, a text, true or false is expected", ""},
    {"hp.x in (1, -\"a\")", 13, "a number, a text, true or false is expected", ""},
    {"hp.x in (1 2)", 12, "',' or ')' is expected", ""},
    {"hp.x in (1, 2", 9, "'(' is not closed", ""},
    {"a ~ b", 5, "a regular expression in double quotes", "adam|sgd"},
    {"a ~ \"x(y\"", 6, "bad regular expression: missing )", ""},
    {"a ~ \"xy[z-a]\"", 9, "bad regular expression: invalid character class range", ""},
    {"a ~ \"\\\"(\"", 5, "bad regular expression", ""},
    // Names and numbers.
    {"run.agee > 7d", 1, "there is no attribute run.agee", "did you mean run.age?"},
    {"run.", 1, "there is no attribute run.", "run.name"},
    {"hp. \"x\"", 4, "a name is missing behind hp.", "hp.\"weight-decay\""},
    {"hp.\"x", 4, "'\"' is not closed", "\\\""},
    {"größe > 1", 3, "'ö' means nothing here", "hp.\"weight-decay\""},
    {"run.age > 7x", 11, "7x is no number", "1d12h"},
    {"run.size > 5mb", 12, "5mb is no number", "MB"},
    {"1..5", 1, "1..5 is no number", ""},
    {"0x10", 1, "0x10 is no number", ""},
    {"1e999", 1, "1e999 is out of range", ""},
    {"x > \x01", 5, "'\\x01' means nothing here", ""},
    // Tags outside functions.
    {"val/acc:0 > 1", 8, "':' means nothing here", "last(val/acc:0)"},
    {"metrics/mAP50-95(B) > 0.5", 17, "an operator is expected, not '('", "last(val/acc)"},
    {"val/acc last > 1", 9, "an operator is expected, not 'last'", ""},
    // Functions of series.
    {"lst(x)", 1, "there is no function lst", "did you mean last?"},
    {"avg(x)", 1, "there is no function avg", "mean median"},
    {"p101(x)", 1, "there is no function p101", "p0 to p100"},
    {"p9.9.9(x)", 1, "there is no function p9.9.9", ""},
    {"hp.lr(x)", 1, "there is no function hp.lr", ""},
    {"last(val/acc >= 0.9", 14, "')' is missing before >=", "last(val/acc) >="},
    {"last(val/acc = 0.9)", 14, "')' is missing before =", "double quotes"},
    {"last(val/acc", 13, "')' is missing", ""},
    {"last(a(b)", 10, "')' is missing", "a(b)"},
    {"last(a(b > 0.5", 7, "'(' is not closed", "double quotes"},
    {"last(a[b)", 7, "'[' is not closed", "double quotes"},
    {"last(a{b[c}d])", 9, "'[' is not closed", "double quotes"},
    {"last()", 6, "the name of a series is missing", "last(val/acc)"},
    {"last( , 5:)", 7, "the name of a series is missing", ""},
    {"last(\"a", 6, "'\"' is not closed", ""},
    {"last(\"a\"b)", 9, "')' is expected in last", "double quotes"},
    {"last(a!b)", 7, "')' is expected in last", "double quotes"},
    {"mean(x, -1)", 9, "a window has a colon", "-1:"},
    {"mean(x, step=5)", 14, "a window has a colon", "step=5:5"},
    {"mean(x, foo)", 9, "a window is expected", "step=1000:2000"},
    {"mean(x,)", 8, "a window is expected", ""},
    {"mean(x, step=)", 14, "a window is expected", ""},
    {"mean(x, steps=1:2)", 9, "a window is expected", "step=1000:2000"},
    {"mean(x, 1:2:3)", 12, "')' is expected in mean", ""},
    {"mean(x, 1.5:)", 9, "an end of a window is a whole number", ""},
    {"mean(x, -:)", 9, "an end of a window is a whole number", ""},
    {"mean(x, 9223372036854775808:)", 9, "an end of a window fits into 64 bits", ""},
    {"mean(x, 1:-9223372036854775809)", 11, "an end of a window fits into 64 bits", ""},
    {"at(x)", 5, "the step is missing", "at(x, 1000)"},
    {"at(x, 1k)", 7, "a step is a whole number", ""},
    {"at(x, 99999999999999999999)", 7, "a step fits into 64 bits", ""},
    {"at(x, 5, 5:)", 8, "')' is expected in at", ""},
    {"first_step(x)", 13, "a comparison is missing", "first_step(x < 0.3)"},
    {"first_step(x, 5:)", 13, "a comparison is missing", ""},
    {"ratio(x > a)", 11, "a number is expected", ""},
    {"ratio(lr=0.1/x > 3)", 13, "')' is expected in ratio", "double quotes"},
    {"at_best(x)", 10, "the metric is missing", "at_best(x, val/acc)"},
    {"at_best(val/loss, time/fps)", 19, "time/fps does not say which way is better",
     "at_best(val/loss, max(time/fps))"},
    {"at_best(val/loss, \"fps\")", 19, "fps does not say which way is better", "min(\"fps\")"},
    {"at_best(val/loss, max(fps)", 27, "')' is missing", ""},
};

}  // namespace

TEST_CASE("what is wrong, where, and what to write instead") {
  for (const Wrong& wrong : kWrong) {
    CAPTURE(wrong.text);
    const Error error = refused(wrong.text);
    CAPTURE(error.message);
    CAPTURE(error.hint);
    CHECK(error.code == ErrorCode::kUsage);
    CHECK(error.message.find(wrong.what) != std::string::npos);
    CHECK(error.message.ends_with(" at character " + std::to_string(wrong.character)));
    CHECK(error.hint.find(wrong.hint) != std::string::npos);
    if (std::string_view(wrong.text).empty()) continue;
    // The lines are safe to print, and the caret stands under the character.
    const std::size_t end = error.excerpt.find('\n');
    REQUIRE(end != std::string::npos);
    CHECK(error.excerpt.substr(0, end) == printable(wrong.text));
    if (std::string_view(wrong.text).find('\x01') == std::string_view::npos) {
      CHECK(error.excerpt.substr(end + 1) ==
            std::string(static_cast<std::size_t>(wrong.character - 1), ' ') + '^');
    }
  }
}

TEST_CASE("hints can be followed") {
  for (const char* text :
       {"last(val/acc) >= 0.9", "a < b and b < c", "1e-4 <= hp.lr and hp.lr <0.1", "at(x, 1000)",
        "mean(x, -1:)", "mean(x, step=5:5)", "at_best(val/loss, max(time/fps))",
        "at_best(val/loss, min(\"fps\"))", "first_step(x < 0.3)", "hp.seed not in (1, 2)",
        "not hp.optimizer ~ \"adam\"", "last(val/acc:0) > 1"}) {
    CAPTURE(text);
    CHECK(Expression::parse(text).ok());
  }
}

TEST_CASE("a place is shown with what stands around it") {
  CHECK(point_at("a < b", 2) == "a < b\n  ^");
  CHECK(point_at("a", 1) == "a\n ^");
  CHECK(point_at("a", 100) == "a\n ^");
  // Wide characters take two columns, escapes as many as they show.
  CHECK(point_at("日本 x", 7) == "日本 x\n     ^");
  CHECK(point_at("a\nb\x1b c", 4) == "a\\nb\\x1b c\n        ^");
  CHECK(point_at("\xff x", 2) == "\\xff x\n     ^");
}

TEST_CASE("long text is cut around the place") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "日b ";
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if ((static_cast<unsigned char>(at < text.size() ? text[at] : 'x') & 0xC0U) == 0x80U) continue;
    const std::string shown = point_at(text, at);
    const std::size_t end = shown.find('\n');
    const std::string line = shown.substr(0, end);
    CHECK(display_width(line) <= 72);
    CHECK(display_width(line) >= 69);
    // The caret's column holds the character that was meant.
    const std::size_t column = shown.size() - end - 2;
    std::size_t byte = 0;
    while (byte < line.size() && display_width(line.substr(0, byte)) < column) ++byte;
    while (byte < line.size() && display_width(line.substr(0, byte)) > column) --byte;
    if (at < text.size()) {
      CHECK(line[byte] == text[at]);
    } else {
      CHECK(column == display_width(line));
    }
  }
}

TEST_CASE("messages stay short for long expressions") {
  const Error error = refused(std::string(60000, 'a') + " = ");
  CHECK(error.message.size() < 200);
  CHECK(error.excerpt.size() < 200);
  CHECK(error.message.ends_with("something is missing at character 60004"));
}

TEST_CASE("types that never have a value") {
  const auto wrong_type = [](const char* text) {
    const Expression expression = parsed(text);
    return expression.type_error() ? expression.type_error()->message : "";
  };
  const auto ends = [&](const char* text, const char* end) {
    CAPTURE(text);
    CHECK_MESSAGE(wrong_type(text).ends_with(end), wrong_type(text));
  };
  ends("\"a\" + 1", "text where a number is needed at character 5");
  ends("-\"a\"", "text where a number is needed at character 1");
  ends("abs(run.name)", "text where a number is needed at character 1");
  ends("1 * (2 < 3)", "true or false where a number is needed at character 3");
  ends("not 5", "number where true or false is needed at character 1");
  ends("true and \"a\"", "text where true or false is needed at character 6");
  ends("last(x) or true", "number where true or false is needed at character 9");
  ends("last(x) = \"a\"", "number against text at character 9");
  ends("run.name < 5", "text against number at character 10");
  ends("true = 1", "true or false against number at character 6");
  ends("true < false", "true and false have no order at character 6");
  ends("hp.x < true", "true and false have no order at character 6");
  ends("last(x) ~ \"a\"", "number against a regular expression at character 9");
  ends("run.age in (1, \"a\")", "number against text at character 9");
  ends("layout.seed not in (1)", "text against number at character 13");
  // The first one is told.
  ends("(1 + \"a\") and (2 < true)", "text where a number is needed at character 4");
  for (const char* text : {"hp.x = 1", "hp.x = \"a\"", "hp.x in (1, \"a\", true)", "hp.x", "-hp.x",
                           "hp.x and bare", "true != (1 < 2)", "\"a\" < \"b\"", "hp.x ~ \"a\"",
                           "run.state = \"done\"", "run.age > 7d"}) {
    CHECK_MESSAGE(wrong_type(text).empty(), wrong_type(text));
  }
}
