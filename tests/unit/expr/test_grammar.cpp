#include <string>

#include <doctest/doctest.h>

#include "unit/expr/parsed.hpp"

using namespace tfevents;
using namespace tfevents::test;

namespace {

/// The value where a, b, c are numbers and t, f are true and false.
Value value_of(std::string_view text) {
  const Expression expression = parsed(text);
  TableFacts facts(expression);
  facts.values = {{"a", 2.0}, {"b", 3.0}, {"c", 5.0}, {"t", true}, {"f", false}};
  return expression.evaluate(facts).value;
}

double number_of(std::string_view text) {
  const Value value = value_of(text);
  CAPTURE(text);
  REQUIRE(std::holds_alternative<double>(value));
  return std::get<double>(value);
}

bool holds(std::string_view text) {
  const Value value = value_of(text);
  CAPTURE(text);
  REQUIRE(std::holds_alternative<bool>(value));
  return std::get<bool>(value);
}

std::string name_of(std::string_view text) {
  const Expression expression = parsed(text);
  REQUIRE(expression.single_name() == 0);
  return std::to_string(static_cast<int>(expression.names()[0].scope)) + expression.names()[0].name;
}

}  // namespace

TEST_CASE("precedence") {
  CHECK(number_of("a + b * c") == 17);
  CHECK(number_of("(a + b) * c") == 25);
  CHECK(number_of("a - b - c") == -6);
  CHECK(number_of("a - (b - c)") == 4);
  CHECK(number_of("c / a / a") == 1.25);
  CHECK(number_of("-a * -b") == 6);
  CHECK(number_of("- - a") == 2);
  CHECK(number_of("2-3") == -1);
  CHECK(number_of("abs(a - c) * 2") == 6);
  CHECK(number_of("abs (-3)") == 3);
  CHECK(holds("t or f and f"));
  CHECK_FALSE(holds("(t or f) and f"));
  CHECK(holds("not f and t"));
  CHECK_FALSE(holds("not (t and t)"));
  CHECK(holds("not not t"));
  CHECK(holds("not a = b"));
  CHECK(holds("a + 1 = b and b < c or f"));
  CHECK(holds("(a < b) = t"));
}

TEST_CASE("comparisons") {
  CHECK(holds("a = 2"));
  CHECK(holds("a==2"));
  CHECK(holds("a!=3"));
  CHECK(holds("a<=2 and a>=2 and a<3 and a>1"));
  CHECK(holds("\"abc\" < \"abd\""));
  CHECK(holds("\"Z\" < \"a\""));
  CHECK(holds("\"z\" < \"\xc3\xa9\""));  // Bytes above 127 are greater.
  CHECK(holds("\"a\" = \"a\""));
  CHECK_FALSE(holds("\"a\" = \"A\""));
  CHECK(holds("t != f"));
  CHECK(holds("\"adamw\" ~ \"dam\""));
  CHECK_FALSE(holds("\"adamw\" ~ \"^dam\""));
  CHECK(holds(R"("a1" ~ "a\d")"));
  CHECK(holds(R"("a\\d" ~ "a\\\\d")"));
  CHECK(holds("a in (1, 2)"));
  CHECK(holds("a not in (1, -2)"));
  CHECK(holds("-a in (1, -2)"));
  CHECK(holds("\"x\" in (\"x\")"));
  CHECK(holds("t in (true)"));
  CHECK(holds("not a in (1)"));
}

TEST_CASE("numbers") {
  CHECK(number_of("1e3") == 1000);
  CHECK(number_of("1E-2") == 0.01);
  CHECK(number_of(".5") == 0.5);
  CHECK(number_of("2.") == 2);
  CHECK(number_of("0.1") == 0.1);
  CHECK(number_of("123456789012345678901234567890") == 123456789012345678901234567890.0);
  CHECK(number_of("7d") == 7 * 86400);
  CHECK(number_of("1d12h") == 36 * 3600);
  CHECK(number_of("5m") == 300);
  CHECK(number_of("1.5h") == 5400);
  CHECK(number_of("5M") == 5 * 1024 * 1024);
  CHECK(number_of("2G") == 2147483648.0);
  CHECK(number_of("1.5K") == 1536);
  CHECK(number_of("500MB") == 500e6);
  CHECK(number_of("3kB") == 3000);
  CHECK(number_of("3KiB") == 3072);
  CHECK(number_of("7B") == 7);
  CHECK(number_of("7d/1d") == 7);
}

TEST_CASE("names") {
  CHECK(name_of("lr") == "0lr");
  CHECK(name_of("model.lr") == "0model.lr");
  CHECK(name_of("hp.lr") == "1lr");
  CHECK(name_of("hp.model.lr") == "1model.lr");
  CHECK(name_of("hp.in") == "1in");
  CHECK(name_of("hp.not") == "1not");
  CHECK(name_of("hp.\"weight-decay\"") == "1weight-decay");
  CHECK(name_of(R"(hp."a\"b\\c\d")") == R"(1a"b\c\d)");
  CHECK(name_of("hp.\"\"") == "1");
  CHECK(name_of("(run.age)") == "2age");
  CHECK(name_of("layout.project") == "3project");
  CHECK(name_of("layout.\"a b\"") == "3a b");
  CHECK(name_of("last") == "0last");  // A function only with its bracket.
  CHECK(name_of("run") == "0run");
  CHECK(name_of("hp") == "0hp");
  CHECK(name_of("_x1") == "0_x1");
  CHECK(name_of("android") == "0android");
}

TEST_CASE("equal names are one, and know the word around them") {
  const Expression expression = parsed("hp.a + hp.b > hp.a and a=val/acc or hp.\"a\"=x");
  REQUIRE(expression.names().size() == 6);
  CHECK(expression.names()[0].at == 0);
  CHECK(expression.names()[1].name == "b");
  CHECK(expression.names()[1].at == 7);
  CHECK(expression.names()[2].word == "a");
  CHECK(expression.names()[3].word == "val/acc");
  CHECK(expression.names()[4].word == "val/acc");
  CHECK(expression.names()[4].at == 29);
  CHECK(parsed("val/mAP50-95 > 0.9").names()[0].word == "val/mAP50-95");
}

TEST_CASE("attributes have their types") {
  CHECK(run_attributes().size() == 9);
  for (const RunAttribute& attribute : run_attributes()) {
    const Expression expression = parsed("run." + std::string(attribute.name));
    CHECK(expression.type() == attribute.type);
  }
  CHECK(parsed("run.name").type() == ValueType::kText);
  CHECK(parsed("run.age").type() == ValueType::kNumber);
  CHECK(parsed("layout.x").type() == ValueType::kText);
  CHECK(parsed("hp.x").type() == ValueType::kUnknown);
  CHECK(parsed("x").type() == ValueType::kUnknown);
  CHECK(parsed("x + y").type() == ValueType::kNumber);
  CHECK(parsed("x or y").type() == ValueType::kBool);
  CHECK(parsed("\"a\"").type() == ValueType::kText);
  CHECK(parsed("true").type() == ValueType::kBool);
  CHECK(std::string(to_string(ValueType::kBool)) == "true or false");
}

TEST_CASE("what the top of an expression is") {
  CHECK(parsed("a >= b").comparison() == Comparison::kGreaterEqual);
  CHECK(parsed("((a) >= (b))").comparison() == Comparison::kGreaterEqual);
  CHECK_FALSE(parsed("a >= b and c").comparison());
  CHECK_FALSE(parsed("a ~ \"x\"").comparison());
  CHECK_FALSE(parsed("a in (1)").comparison());
  CHECK(parsed("(last(x))").single_call() == 0);
  CHECK_FALSE(parsed("-last(x)").single_call());
  CHECK_FALSE(parsed("x").single_call());
  CHECK_FALSE(parsed("last(x)").single_name());
  CHECK(parsed(" a = b ").text() == " a = b ");
}

TEST_CASE("items of a list") {
  const auto items = [](std::string_view text) {
    auto split = split_items(text);
    REQUIRE_MESSAGE(split.ok(), split.error().message);
    return std::move(split).value();
  };
  using Items = std::vector<std::string>;
  CHECK(items("a") == Items{"a"});
  CHECK(items(" a , val/acc ") == Items{"a", "val/acc"});
  CHECK(items("mean(x,-5:),last(a[1,2])") == Items{"mean(x,-5:)", "last(a[1,2])"});
  CHECK(items(R"("a,b\",c",d)") == Items{R"("a,b\",c")", "d"});
  CHECK(items(R"(last("(,"),d)") == Items{R"(last("(,"))", "d"});
  CHECK(items("last(5\"rim),last(é\"),d") == Items{"last(5\"rim)", "last(é\")", "d"});
  CHECK(items("hp.\"a,b\",c ~ \"x,y\"") == Items{"hp.\"a,b\"", "c ~ \"x,y\""});
  CHECK(items("a),b") == Items{"a)", "b"});
  CHECK(items("last(a,b") == Items{"last(a,b"});  // Expression::parse says what is wrong.
  for (const char* wrong : {"", " ", ",", "a,", ",a", "a,,b", "a, ,b", "\"a", "last(\"a\\\")"}) {
    CAPTURE(wrong);
    const auto split = split_items(wrong);
    REQUIRE_FALSE(split.ok());
    CHECK(split.error().code == ErrorCode::kUsage);
  }
}
