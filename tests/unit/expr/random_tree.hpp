#pragma once

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expr/expression.hpp"

namespace tfevents::test {

/// An expression as a tree of plain words, made at random, and printed as a person might.
struct Tree {
  /// `number text bool call name`; `- abs not ~ in not-in`; `+ * / and or`, `minus`, `< <= …`.
  std::string op;
  Value literal = {};
  SeriesCall call = {};
  NameRef name = {};
  std::string regex = {};
  std::vector<Value> items = {};
  std::vector<Tree> parts = {};
};

/// What trees are made of; some of it is missing where they are evaluated.
inline const std::vector<std::string> kTags = {
    "loss",  "val/acc", "m(B)", "a b",   "a,b",    "x=1",  "q\"uote", "\"", "b\\s", "(",
    " lead", "x]",      "5",    "größe", "f(a,b)", "gone", "[ab",     "",   "and",  "step=1:2"};
inline const std::vector<NameRef> kNames = {
    {.scope = NameRef::Scope::kBare, .name = "lr"},
    {.scope = NameRef::Scope::kBare, .name = "exp_name.x"},
    {.scope = NameRef::Scope::kHparam, .name = "lr"},
    {.scope = NameRef::Scope::kHparam, .name = "weight-decay"},
    {.scope = NameRef::Scope::kHparam, .name = "q\"\\"},
    {.scope = NameRef::Scope::kHparam, .name = "in"},
    {.scope = NameRef::Scope::kHparam, .name = "gone"},
    {.scope = NameRef::Scope::kRun, .name = "age"},
    {.scope = NameRef::Scope::kRun, .name = "state"},
    {.scope = NameRef::Scope::kLayout, .name = "project"},
    {.scope = NameRef::Scope::kLayout, .name = "a b"}};
inline const std::vector<std::string> kTexts = {"", "a", "adam", "ADAM", "a\"b\\", "é"};
inline const std::vector<std::string> kRegexes = {"a", "^A", "d.m$", "a\"b", R"(\\$)", "", "x|é"};

class RandomTree {
 public:
  explicit RandomTree(std::uint64_t seed) : random_(seed) {}

  /// A tree of at most `depth` levels.
  Tree make(int depth);
  /// Its text: brackets where they have to be and some more, blanks and quotes as it comes.
  std::string print(const Tree& tree) { return print_at(tree, 1); }

  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool once_in(std::size_t times) { return below(times) == 0; }
  double number();

 private:
  Tree leaf();
  SeriesCall random_call();
  Window window();
  std::string print_at(const Tree& tree, int level);
  std::string print_bare(const Tree& tree);
  std::string print_leaf(const Tree& tree);
  std::string print_call(const SeriesCall& call);
  std::string print_window(const Window& window);
  std::string print_tag(const std::string& tag);
  std::string print_value(const Value& value);
  std::string gap() { return std::string(once_in(3) ? 1 + below(2) : 0, once_in(9) ? '\t' : ' '); }
  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all[below(all.size())];
  }

  std::mt19937_64 random_;
};

/// How tightly an operation binds; an operand of a lower level needs brackets.
int level_of(const Tree& tree);

}  // namespace tfevents::test
