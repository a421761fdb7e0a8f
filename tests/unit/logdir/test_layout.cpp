#include <doctest/doctest.h>

#include "logdir/layout.hpp"

namespace tfevents {
namespace {

/// `project=vision run=seed0`, or `no`.
std::string matched(std::string_view layout, std::string_view name) {
  const auto parsed = Layout::parse(layout);
  REQUIRE_MESSAGE(parsed.ok(), parsed.error().message);
  const auto values = parsed->match(name);
  if (!values) return "no";
  REQUIRE(values->size() == parsed->names().size());
  std::string out;
  for (std::size_t i = 0; i < values->size(); ++i)
    out += (i == 0 ? "" : " ") + parsed->names()[i] + "=" + (*values)[i];
  return out;
}

std::string refused(std::string_view layout) {
  const auto parsed = Layout::parse(layout);
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().code == ErrorCode::kUsage);
  return parsed.error().message;
}

TEST_CASE("layout: a name for each level") {
  const char* const layout = "{project}/{experiment}/{run}";
  CHECK(matched(layout, "vision/vit/seed0") == "project=vision experiment=vit run=seed0");
  CHECK(matched(layout, "vision/vit") == "no");
  CHECK(matched(layout, "vision/vit/long/seed0") == "no");
  CHECK(matched(layout, "vision//seed0") == "no");
  CHECK(matched(layout, ".") == "no");
  CHECK(matched("{run}", ".") == "no");
  CHECK(matched("{run}", "") == "no");
}

TEST_CASE("layout: text, unnamed levels, and the rest") {
  CHECK(matched("runs/*/{run}", "runs/a/b") == "run=b");
  CHECK(matched("runs/*/{run}", "logs/a/b") == "no");
  CHECK(matched("*/{run...}", "a/b/c/d") == "run=b/c/d");
  CHECK(matched("*/{run...}", "a/b") == "run=b");
  CHECK(matched("*/{run...}", "a") == "no");
  CHECK(matched("{p}/v_{run...}", "a/v_b/c") == "p=a run=b/c");
  CHECK(matched("{p}/v_{run...}", "a/w_b/c") == "no");
}

TEST_CASE("layout: several fields in one level take as little as possible, at least a character") {
  CHECK(matched("{model}_s{seed}", "vit_s3") == "model=vit seed=3");
  CHECK(matched("{model}_s{seed}", "vit_small_s3") == "model=vit seed=mall_s3");
  CHECK(matched("{model}_lr{lr}_s{seed}", "vit_lr0.1_s3") == "model=vit lr=0.1 seed=3");
  CHECK(matched("{model}_s{seed}", "_s3") == "no");
  CHECK(matched("{model}_s{seed}", "_s_s3") == "model=_s seed=3");
  CHECK(matched("{model}_s{seed}", "vit_s") == "no");
  CHECK(matched("{model}-*-end", "a-b-end") == "model=a");
  CHECK(matched("{model}-*-end", "a-end-end") == "model=a");
  CHECK(matched("{model}-*-end", "a-end") == "no");
  CHECK(matched("x{a}x", "xx") == "no");
  CHECK(matched("x{a}x", "xxx") == "a=x");
}

TEST_CASE("layout: errors point at the character") {
  const auto at = [](int character) { return "(character " + std::to_string(character) + ")"; };
  CHECK(refused("") == "bad layout '': an empty level (character 1)");
  CHECK(refused("{a}//{b}").ends_with("an empty level " + at(5)));
  CHECK(refused("/{a}").ends_with("an empty level " + at(1)));
  CHECK(refused("{a}/").ends_with("an empty level " + at(5)));
  CHECK(refused("{a").ends_with("a '{' without '}' " + at(1)));
  CHECK(refused("é{a").ends_with("a '{' without '}' " + at(2)));
  CHECK(refused("a}").ends_with("a '}' without '{' " + at(2)));
  CHECK(refused("{}").ends_with("a name is made of letters, digits and _ " + at(2)));
  CHECK(refused("{1a}").ends_with("a name is made of letters, digits and _ " + at(2)));
  CHECK(refused("{a-b}").ends_with("a name is made of letters, digits and _ " + at(2)));
  CHECK(refused("{a}{b}").ends_with("two fields without text between them " + at(4)));
  CHECK(refused("{a}*").ends_with("two fields without text between them " + at(4)));
  CHECK(refused("{a}/{a}").ends_with("the name 'a' a second time " + at(5)));
  CHECK(refused("{a...}/{b}").ends_with("nothing can follow a field that takes the rest " + at(7)));
  CHECK(refused("a/*").ends_with("no level has a name, as in '{project}/{run}' " + at(4)));
  CHECK(refused("\x1b{").starts_with("bad layout '\\x1b{'"));
}

}  // namespace
}  // namespace tfevents
