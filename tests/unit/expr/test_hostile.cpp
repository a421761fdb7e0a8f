#include <random>
#include <string>

#include <doctest/doctest.h>

#include "unit/expr/parsed.hpp"

using namespace tfevents;
using namespace tfevents::test;

namespace {

std::string repeated(std::string_view piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

/// Parses, and evaluates what is right; both must come to an end.
bool survives(std::string_view text) {
  const auto expression = Expression::parse(text);
  if (!expression.ok()) {
    CHECK_FALSE(expression.error().message.empty());
    CHECK(expression.error().message.size() < 1000);
    return false;
  }
  TableFacts facts(*expression);
  const Evaluation evaluation = expression->evaluate(facts);
  return evaluation.troubles.size() < 100000;
}

}  // namespace

TEST_CASE("nesting has a limit") {
  for (const auto& [open, close] : std::vector<std::pair<const char*, const char*>>{
           {"(", ")"}, {"abs(", ")"}, {"-", ""}, {"not ", ""}, {"- (", ")"}, {"not (", ")"}}) {
    CAPTURE(open);
    const bool two = std::string_view(open).size() > 1 &&
                     std::string_view(open).find_first_of("-n") == 0 && *close != '\0';
    const std::size_t most = two ? 100 : 200;
    CHECK(survives(repeated(open, most) + "x" + repeated(close, most)));
    CHECK(refused(repeated(open, most + 1) + "x" + repeated(close, most + 1))
              .message.find("more than 200 levels of nesting") != std::string::npos);
    CHECK_FALSE(survives(repeated(open, 65536 / std::string_view(open).size())));
  }
  CHECK(survives("last(" + repeated("(", 30000) + repeated(")", 30000) + ")"));  // One name.
  CHECK_FALSE(survives("last(" + repeated("([{", 20000)));
}

TEST_CASE("chains need no stack") {
  CHECK(survives("x" + repeated("+x", 32000)));
  CHECK(survives("x" + repeated(" or x", 13000)));
  CHECK(survives("x" + repeated(" and not x", 6000)));
  CHECK(survives("x in (1" + repeated(",1", 32000) + ")"));
  CHECK_FALSE(survives("1" + repeated("<1", 32000)));
  CHECK_FALSE(survives(repeated("1<2<(", 10000)));
}

TEST_CASE("length, calls, names and regular expressions have limits") {
  CHECK(survives(std::string(65535, ' ') + "1"));
  const Error error = refused(std::string(65536, ' ') + "1");
  CHECK(error.message.ends_with("it is longer than 65536 bytes"));
  CHECK(survives("last(x)" + repeated("+last(x)", 999)));
  CHECK(refused("last(x)" + repeated("+last(x)", 1000)).message.find("more than 1000 functions") !=
        std::string::npos);
  std::string many = "x";
  for (int i = 1; i < 1000; ++i) many += "+x" + std::to_string(i);
  CHECK(survives(many));
  CHECK(survives(many + "+x"));
  CHECK(refused(many + "+y").message.find("more than 1000 names") != std::string::npos);
  CHECK(survives("x" + repeated(" or x ~ \"a\"", 100)));
  CHECK_FALSE(survives("x" + repeated(" or x ~ \"a\"", 101)));
  CHECK_FALSE(survives("x ~ \"((a{1000}){1000}){1000}\""));
  CHECK_FALSE(survives("x ~ \"" + repeated("(", 2000) + "\""));
}

TEST_CASE("huge numbers") {
  CHECK(survives(std::string(300, '9')));
  CHECK_FALSE(survives(std::string(60000, '9')));
  CHECK(survives("0." + std::string(60000, '0') + "1") ==
        survives("0." + std::string(400, '0') + "1"));
  CHECK_FALSE(survives("1e99999999999999999999"));
  CHECK_FALSE(survives("99999999999999999999999999w"));
  CHECK_FALSE(survives("99999999999999999999999999P"));
  CHECK_FALSE(survives("at(x, " + std::string(60000, '9') + ")"));
  CHECK_FALSE(survives("p" + std::string(60000, '9') + "(x)"));
}

TEST_CASE("any bytes") {
  std::mt19937_64 random(20261127);
  static constexpr const char* kPieces[] = {"last(",
                                            "first_step(",
                                            "at_best(",
                                            "at(",
                                            "p99(",
                                            "abs(",
                                            "(",
                                            ")",
                                            ",",
                                            "\"",
                                            "\\",
                                            "=",
                                            "!=",
                                            "<",
                                            ">=",
                                            "~",
                                            "in",
                                            "not ",
                                            "and ",
                                            " or ",
                                            "hp.",
                                            "run.age",
                                            "layout.x",
                                            "x",
                                            "-",
                                            "+",
                                            "*",
                                            "/",
                                            "1e5",
                                            "7d",
                                            "2G",
                                            ":",
                                            "step=",
                                            "[",
                                            "}",
                                            "\xff",
                                            "\xe6\x97\xa5",
                                            "\n",
                                            "true",
                                            "max(",
                                            "\"a|b\"",
                                            "val/acc",
                                            "9223372036854775807",
                                            " "};
  std::size_t right = 0;
  for (int i = 0; i < 50000; ++i) {
    std::string text;
    for (std::uint64_t n = random() % 12; n > 0; --n) {
      text += random() % 8 == 0 ? std::string(1, static_cast<char>(random()))
                                : std::string(kPieces[random() % std::size(kPieces)]);
    }
    if (survives(text)) ++right;
    (void)split_items(text);
    (void)point_at(text, random() % (text.size() + 2));
  }
  CHECK(right > 100);  // Not all of it stops at the first character.
}

TEST_CASE("every beginning of an expression is right or refused at its end or before") {
  const std::string whole =
      R"(not (last("a\"b", -5:) * 1e-3 >= hp."x y" + -2G) and run.name ~ "a|b" or )"
      R"(first_step(f(x) < -0.3, step=5:) in (1, -2) and at_best(a, max(b)) != p99.9(c[0]))";
  CHECK(survives(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) survives(whole.substr(0, size));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x15);
    survives(damaged);
    survives(whole.substr(0, at) + whole.substr(at + 1));
  }
}
