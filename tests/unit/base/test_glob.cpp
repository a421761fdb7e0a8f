#include <random>
#include <string>

#include <doctest/doctest.h>

#include "base/glob.hpp"

using tfevents::Pattern;
using tfevents::prefer_names;

namespace {

bool name_matches(std::string_view pattern, std::string_view name) {
  auto parsed = Pattern::parse(pattern, Pattern::Scope::kName);
  REQUIRE(parsed.ok());
  return parsed->matches(name);
}

bool tree_matches(std::string_view pattern, std::string_view name) {
  auto parsed = Pattern::parse(pattern, Pattern::Scope::kTree);
  REQUIRE(parsed.ok());
  return parsed->matches(name);
}

std::string error_of(std::string_view pattern) {
  auto parsed = Pattern::parse(pattern, Pattern::Scope::kName);
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().code == tfevents::ErrorCode::kUsage);
  return parsed.error().message;
}

/// The same language by naive backtracking over ASCII, written without a look at the translation.
bool naive(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.starts_with("**")) {
    std::string_view rest = pattern;
    while (rest.starts_with('*')) rest.remove_prefix(1);
    for (std::size_t skip = 0; skip <= name.size(); ++skip) {
      if (naive(rest, name.substr(skip))) return true;
    }
    return false;
  }
  if (pattern.front() == '*') {
    for (std::size_t skip = 0;; ++skip) {
      if (naive(pattern.substr(1), name.substr(skip))) return true;
      if (skip == name.size() || name[skip] == '/') return false;
    }
  }
  if (name.empty()) return false;
  if (pattern.front() == '?')
    return name.front() != '/' && naive(pattern.substr(1), name.substr(1));
  if (pattern.front() != '[') {
    return pattern.front() == name.front() && naive(pattern.substr(1), name.substr(1));
  }
  const std::size_t close = pattern.find(']', 2);
  const std::string_view set = pattern.substr(1, close - 1);
  bool in = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      in = in || (set[i] <= name.front() && name.front() <= set[i + 2]);
      i += 2;
    } else {
      in = in || set[i] == name.front();
    }
  }
  return in && naive(pattern.substr(close + 1), name.substr(1));
}

TEST_CASE("a pattern that equals a name means that name alone, once names are known") {
  const Pattern star = Pattern::parse("a*", Pattern::Scope::kTree).value();
  const std::vector<Pattern> patterns{star};
  CHECK(star.matches("ab"));
  prefer_names(patterns, {"ab", "b"});
  CHECK(star.matches("ab"));
  prefer_names(patterns, {"ab", "x/a*", "a*/run"});
  CHECK_FALSE(star.matches("ab"));
  CHECK(star.matches("a*"));
  CHECK(star.matches("a*/run"));
  CHECK_FALSE(star.matches("x/a*"));
  const Pattern regex = Pattern::parse("re:x", Pattern::Scope::kName).value();
  prefer_names({regex}, {"re:x", "axb"});
  CHECK_FALSE(regex.matches("axb"));
  CHECK(regex.matches("re:x"));
}

TEST_CASE("raw control characters in a pattern mean their escapes") {
  const Pattern tab = Pattern::parse("a\tb*", Pattern::Scope::kName).value();
  CHECK(tab.matches("a\\tb"));
  CHECK(tab.matches("a\\tbc"));
  CHECK_FALSE(tab.matches("atb"));
}

}  // namespace

TEST_CASE("a glob is over the whole name and stars stop at slashes") {
  CHECK(name_matches("train/*", "train/loss"));
  CHECK_FALSE(name_matches("train/*", "train/loss/x"));
  CHECK_FALSE(name_matches("train/*", "xtrain/loss"));
  CHECK(name_matches("train/**", "train/loss/x"));
  CHECK(name_matches("**", ""));
  CHECK(name_matches("**/loss", "a/b/loss"));
  CHECK(name_matches("l?ss", "loss"));
  CHECK_FALSE(name_matches("a?b", "a/b"));
  CHECK(name_matches("*", "loss"));
  CHECK_FALSE(name_matches("loss", "loss/x"));
}

TEST_CASE("classes list characters") {
  CHECK(name_matches("seed[0-4]", "seed3"));
  CHECK_FALSE(name_matches("seed[0-4]", "seed5"));
  CHECK(name_matches("x[]a]", "x]"));
  CHECK(name_matches("x[a-]", "x-"));
  CHECK(name_matches("x[\\d]", "x\\"));
  CHECK(name_matches("[ä-ü]*", "ös"));
  CHECK_FALSE(name_matches("[ä-ü]*", "os"));
}

TEST_CASE("a pattern that equals a name matches it, whatever it holds") {
  CHECK(name_matches("metrics/mAP50-95(B)", "metrics/mAP50-95(B)"));
  CHECK(name_matches("w[0]", "w[0]"));
  CHECK(name_matches("w[0]", "w0"));
  CHECK(name_matches("re:x", "re:x"));
  CHECK(name_matches("a.b", "a.b"));
  CHECK_FALSE(name_matches("a.b", "axb"));
  CHECK(name_matches("a\\*", "a\\b"));
}

TEST_CASE("characters are Unicode characters, invalid bytes are what is printed for them") {
  CHECK(name_matches("caf?", "café"));
  CHECK(name_matches("caf\xe9", "caf\\xe9"));
  CHECK(name_matches("caf*", "caf\xe9"));
  CHECK(name_matches("caf\xe9*", "caf\xe9/x") == false);
  CHECK(name_matches("caf\xe9*", "caf\xe9x"));
  CHECK(name_matches("*", std::string_view("a\0b", 3)));
}

TEST_CASE("regular expressions are not anchored") {
  CHECK(name_matches("re:lo+s", "train/looss"));
  CHECK_FALSE(name_matches("re:^loss", "train/loss"));
  CHECK(name_matches("re:", "anything"));
}

TEST_CASE("for runs a match covers what lies below") {
  CHECK(tree_matches("vision", "vision/vit/seed0"));
  CHECK(tree_matches("vision/", "vision/vit/seed0"));
  CHECK(tree_matches("vision/", "vision"));
  CHECK(tree_matches("vis*", "vision/vit/seed0"));
  CHECK(tree_matches("*/v?t", "vision/vit/seed0"));
  CHECK(tree_matches("re:vit$", "vision/vit/seed0"));
  CHECK_FALSE(tree_matches("vision", "visions/vit"));
  CHECK_FALSE(tree_matches("vit", "vision/vit"));
  CHECK_FALSE(tree_matches("re:vit$", "vision/vits/seed0"));
}

TEST_CASE("what is no pattern is refused with its position") {
  CHECK(error_of("a[b") == "bad pattern 'a[b': '[' without ']' at position 2");
  CHECK(error_of("ä[]") == "bad pattern 'ä[]': '[' without ']' at position 2");
  CHECK(error_of("[!a]").find("cannot be negated at position 2") != std::string::npos);
  CHECK(error_of("[^a]").find("cannot be negated") != std::string::npos);
  CHECK(error_of("x[z-a]").find("backwards at position 3") != std::string::npos);
  CHECK(error_of("re:a(b").find("position") != std::string::npos);
  CHECK(error_of("re:(?=a)").find("bad pattern") != std::string::npos);
  CHECK(error_of("re:\x1b[").find('\x1b') == std::string::npos);
}

TEST_CASE("what is no pattern can be a name, and is nothing else") {
  for (const std::string text : {"a[b", "x[!y]", "re:(", "x[z-a]", "caf\xe9["}) {
    CAPTURE(text);
    CHECK_FALSE(Pattern::parse(text, Pattern::Scope::kName).ok());
    const Pattern pattern = Pattern::parse_or_name(text, Pattern::Scope::kName);
    const std::vector<Pattern> patterns{pattern};
    CHECK(pattern.text() == text);
    CHECK_FALSE(pattern.matches("a"));
    CHECK_FALSE(pattern.matches(text + "/below"));
    REQUIRE(pattern.defect() != nullptr);
    CHECK(pattern.defect()->message == error_of(text));
    const auto refused = tfevents::require_names(patterns, "--tag");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == tfevents::ErrorCode::kUsage);
    CHECK(refused.error().message == "--tag: " + error_of(text));
    CHECK(pattern.matches(text));
    CHECK(pattern.defect() == nullptr);
    CHECK(tfevents::require_names(patterns, "--tag").ok());  // A copy is the same pattern.
  }
}

TEST_CASE("a name that is no pattern can be a directory above runs") {
  const Pattern pattern = Pattern::parse_or_name("a[b/", Pattern::Scope::kTree);
  CHECK_FALSE(pattern.matches("x/a[b/c"));
  CHECK(pattern.defect() != nullptr);
  CHECK(pattern.matches("a[b/c"));
  CHECK(pattern.defect() == nullptr);
}

TEST_CASE("a pattern without a defect never has one") {
  for (const char* text : {"a", "?", "a[b]", "re:x"}) {
    const Pattern pattern = Pattern::parse_or_name(text, Pattern::Scope::kTree);
    CHECK(pattern.defect() == nullptr);
    CHECK_FALSE(pattern.matches("no/such"));
    CHECK(tfevents::require_names({pattern}, "--run").ok());
  }
  CHECK(Pattern::parse_or_name("re:[0-9]+", Pattern::Scope::kName).matches("seed12"));
}

TEST_CASE("any_matches shows a name to bad patterns behind one that matches it") {
  const std::vector<Pattern> patterns{Pattern::parse_or_name("*", Pattern::Scope::kName),
                                      Pattern::parse_or_name("a[b", Pattern::Scope::kName),
                                      Pattern::parse_or_name("re:(", Pattern::Scope::kName)};
  CHECK(tfevents::any_matches(patterns, "a[b"));
  const auto refused = tfevents::require_names(patterns, "--tag");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("'re:('") != std::string::npos);
  CHECK(tfevents::any_matches(patterns, "re:("));
  CHECK(tfevents::require_names(patterns, "--tag").ok());
}

TEST_CASE("any_matches") {
  std::vector<Pattern> patterns;
  CHECK_FALSE(tfevents::any_matches(patterns, "a"));
  patterns.push_back(Pattern::parse("b", Pattern::Scope::kName).value());
  patterns.push_back(Pattern::parse("a*", Pattern::Scope::kName).value());
  CHECK(tfevents::any_matches(patterns, "ab"));
  CHECK_FALSE(tfevents::any_matches(patterns, "c"));
}

TEST_CASE("agrees with a naive matcher on random patterns and names") {
  std::mt19937 random(20240601);
  const auto pick = [&](std::size_t n) { return random() % n; };
  const std::string name_letters = "ab/-c.";
  std::size_t matched = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string pattern;
    for (std::size_t i = pick(6); i > 0; --i) {
      switch (pick(7)) {
        case 0: pattern += '*'; break;
        case 1: pattern += "**"; break;
        case 2: pattern += '?'; break;
        case 3: pattern += "[a-b]"; break;
        case 4: pattern += "[/c-]"; break;
        default: pattern += name_letters[pick(name_letters.size())]; break;
      }
    }
    auto parsed = Pattern::parse(pattern, Pattern::Scope::kName);
    REQUIRE(parsed.ok());
    for (int names = 0; names < 5; ++names) {
      std::string name;
      for (std::size_t i = pick(7); i > 0; --i) name += name_letters[pick(name_letters.size())];
      const bool expected = pattern == name || naive(pattern, name);
      if (parsed->matches(name) != expected) FAIL_CHECK(pattern << " against " << name);
      matched += expected ? 1U : 0U;
    }
  }
  CHECK(matched > 1000);
}

TEST_CASE("random bytes never crash a pattern") {
  std::mt19937 random(7);
  for (int round = 0; round < 5000; ++round) {
    std::string pattern = round % 2 == 0 ? "re:" : "";
    std::string name;
    for (std::size_t i = random() % 12; i > 0; --i) pattern += static_cast<char>(random() & 0xFFU);
    for (std::size_t i = random() % 12; i > 0; --i) name += static_cast<char>(random() & 0xFFU);
    auto parsed = Pattern::parse(pattern, Pattern::Scope::kTree);
    if (parsed.ok()) {
      (void)parsed->matches(name);
      CHECK(parsed->text() == pattern);
    }
  }
}
