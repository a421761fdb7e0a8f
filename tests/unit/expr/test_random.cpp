#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include <doctest/doctest.h>
#include <re2/re2.h>

#include "support/slow_series.hpp"
#include "unit/expr/parsed.hpp"
#include "unit/expr/random_tree.hpp"

using namespace tfevents;
using namespace tfevents::test;

// Random expressions against an evaluator that walks the tree they were printed from, knows nothing
// of tokens and nodes, and says in the plainest words what the manual does.

namespace {

/// A world: series by tag, names by scope and name; what is not there is missing.
struct World {
  std::map<std::string, Samples> series;
  std::map<std::string, Value> names;
};

std::string key_of(const NameRef& name) {
  return std::to_string(static_cast<int>(name.scope)) + name.name;
}

SeriesValue slow_value(const World& world, const SeriesCall& call) {
  const auto points = world.series.find(call.tag);
  const auto metric = world.series.find(call.metric);
  const bool two = call.function == SeriesFunction::kAtBest;
  if (points == world.series.end() || (two && metric == world.series.end()))
    return SeriesValue::missing(Absence::kMissingTag);
  return slow_series(call, points->second, two ? metric->second : Samples());
}

/// As the program has it.
SeriesValue fast_value(const World& world, const SeriesCall& call) {
  const auto points = world.series.find(call.tag);
  const auto metric = world.series.find(call.metric);
  const bool two = call.function == SeriesFunction::kAtBest;
  if (points == world.series.end() || (two && metric == world.series.end()))
    return SeriesValue::missing(Absence::kMissingTag);
  SeriesAccumulator accumulator(call);
  for (const Sample& sample : points->second) accumulator.add(sample);
  if (two) {
    for (const Sample& sample : metric->second) accumulator.add_metric(sample);
  }
  return accumulator.result();
}

Value slow_call(const World& world, const SeriesCall& call) {
  const std::optional<double> value = slow_value(world, call).value;
  return value ? Value(*value) : Value();
}

template <class T>
bool compare(const std::string& op, const T& a, const T& b) {
  if (op == "<") return a < b;
  if (op == "<=") return a <= b;
  if (op == ">") return a > b;
  if (op == ">=") return a >= b;
  if (op == "=") return a == b;
  return a != b;
}

Value slow(const World& world, const Tree& tree);

Value slow_comparison(const std::string& op, const Value& a, const Value& b) {
  if (is_null(a) || a.index() != b.index()) return {};
  if (std::holds_alternative<double>(a))
    return compare(op, std::get<double>(a), std::get<double>(b));
  if (std::holds_alternative<std::string>(a)) {
    const auto& x = std::get<std::string>(a);
    const auto& y = std::get<std::string>(b);
    return compare(op, std::vector<unsigned char>(x.begin(), x.end()),
                   std::vector<unsigned char>(y.begin(), y.end()));
  }
  if (op != "=" && op != "!=") return {};
  return compare(op, std::get<bool>(a), std::get<bool>(b));
}

Value slow_in(const Value& value, const std::vector<Value>& items) {
  bool comparable = false;
  for (const Value& item : items) {
    if (item.index() != value.index()) continue;
    if (item == value) return true;
    comparable = true;
  }
  return comparable ? Value(false) : Value();
}

Value slow_not(const Value& value) {
  return std::holds_alternative<bool>(value) ? Value(!std::get<bool>(value)) : Value();
}

Value slow_arithmetic(const std::string& op, const Value& a, const Value& b) {
  if (!std::holds_alternative<double>(a) || !std::holds_alternative<double>(b)) return {};
  const double x = std::get<double>(a);
  const double y = std::get<double>(b);
  if (op == "-") return -x;
  if (op == "abs") return std::fabs(x);
  if (op == "+") return x + y;
  if (op == "minus") return x - y;
  if (op == "*") return x * y;
  return x / y;
}

Value slow(const World& world, const Tree& tree) {
  if (tree.op == "call") return slow_call(world, tree.call);
  if (tree.op == "name") {
    const auto found = world.names.find(key_of(tree.name));
    return found == world.names.end() ? Value() : found->second;
  }
  if (tree.parts.empty()) return tree.literal;
  const Value a = slow(world, tree.parts[0]);
  if (tree.op == "not") return slow_not(a);
  if (tree.op == "in") return slow_in(a, tree.items);
  if (tree.op == "not-in") return slow_not(slow_in(a, tree.items));
  if (tree.op == "~") {
    if (!std::holds_alternative<std::string>(a)) return {};
    return RE2::PartialMatch(std::get<std::string>(a), tree.regex);
  }
  const Value b = tree.parts.size() > 1 ? slow(world, tree.parts[1]) : a;
  if (tree.op == "and" || tree.op == "or") {
    const Value decides = tree.op == "or";
    if (a == decides || b == decides) return decides;
    const Value other = tree.op != "or";
    return a == other && b == other ? other : Value();
  }
  return level_of(tree) == 4 ? slow_comparison(tree.op, a, b) : slow_arithmetic(tree.op, a, b);
}

/// True where a function looks at a point that is not finite, or a comparison at such a number.
bool looks_at_nonfinite(const World& world, const Tree& tree) {
  if (tree.op == "call")
    return tree.call.function != SeriesFunction::kNan && slow_value(world, tree.call).nonfinite > 0;
  if (level_of(tree) == 4 && tree.op != "~") {
    for (const Tree& part : tree.parts) {
      const Value side = part.op == "call" ? Value() : slow(world, part);
      if (const auto* number = std::get_if<double>(&side); number && !std::isfinite(*number))
        return true;
    }
  }
  return std::any_of(tree.parts.begin(), tree.parts.end(),
                     [&](const Tree& part) { return looks_at_nonfinite(world, part); });
}

/// Calls in the order in which they are written, equal ones once.
void collect(const Tree& tree, std::vector<SeriesCall>& calls) {
  if (tree.op == "call" && std::find(calls.begin(), calls.end(), tree.call) == calls.end())
    calls.push_back(tree.call);
  for (const Tree& part : tree.parts) collect(part, calls);
}

World random_world(RandomTree& random) {
  World world;
  for (const std::string& tag : kTags) {
    if (tag == "gone" || random.once_in(5)) continue;
    Samples points;
    auto step = static_cast<std::int64_t>(random.below(5)) - 3;
    for (std::size_t i = random.below(9); i > 0; --i) {
      double value = random.once_in(6) ? std::nan("") : random.number() * 0.3;
      if (std::abs(value) > 1e9) value = 7;
      if (random.once_in(12)) value = INFINITY;
      const bool narrow = !random.once_in(3);
      if (narrow) value = static_cast<double>(static_cast<float>(value));
      points.push_back({.step = step,
                        .wall_time = static_cast<double>(1000 + step),
                        .value = value,
                        .float32 = narrow});
      step += static_cast<std::int64_t>(random.below(3)) + 1;
    }
    world.series[tag] = points;
  }
  for (const NameRef& name : kNames) {
    if (name.name == "gone" || random.once_in(5)) continue;
    // Attributes and levels are of their types; a hyperparameter may be anything.
    const bool text = name.scope == NameRef::Scope::kLayout || name.name == "state";
    const std::size_t type = text ? 2 : name.scope == NameRef::Scope::kRun ? 0 : random.below(3);
    Value& value = world.names[key_of(name)];
    if (type == 0) value = random.once_in(4) ? std::nan("") : random.number();
    if (type == 0 && random.once_in(9)) value = -INFINITY;
    if (type == 1) value = random.once_in(2);
    if (type == 2) value = kTexts[random.below(kTexts.size())];
  }
  return world;
}

class WorldFacts final : public Facts {
 public:
  WorldFacts(const World& world, const Expression& expression)
      : world_(world), expression_(expression) {}
  [[nodiscard]] SeriesValue series(std::size_t index) const override {
    return fast_value(world_, expression_.calls()[index]);
  }
  [[nodiscard]] Value name(std::size_t index) const override {
    const auto found = world_.names.find(key_of(expression_.names()[index]));
    return found == world_.names.end() ? Value() : found->second;
  }

 private:
  const World& world_;
  const Expression& expression_;
};

bool same(const Value& a, const Value& b) {
  const double* const x = std::get_if<double>(&a);
  const double* const y = std::get_if<double>(&b);
  if (x != nullptr && y != nullptr && std::isnan(*x) && std::isnan(*y)) return true;
  return a == b;
}

bool is_trouble(const Trouble& trouble) {
  return trouble.kind != Trouble::Kind::kNonFinite;
}

}  // namespace

TEST_CASE("random expressions mean what a slow evaluation of their trees says") {
  RandomTree random(20261127);
  std::map<std::string, int> seen;
  for (int i = 0; i < 10000; ++i) {
    const Tree tree = random.make(1 + static_cast<int>(random.below(5)));
    const std::string text = random.print(tree);
    CAPTURE(text);
    const auto expression = Expression::parse(text);
    REQUIRE_MESSAGE(expression.ok(), expression.error().message);

    std::vector<SeriesCall> calls;
    collect(tree, calls);
    REQUIRE(std::equal(calls.begin(), calls.end(), expression->calls().begin(),
                       expression->calls().end()));

    const World world = random_world(random);
    const Evaluation evaluation = expression->evaluate(WorldFacts(world, *expression));
    const Value right = slow(world, tree);
    REQUIRE(same(evaluation.value, right));
    // What is null has a reason, but for what may be unknown; a wrong type is always null there.
    if (is_null(right) && text.find("first_step") == std::string::npos &&
        text.find("run.") == std::string::npos) {
      CHECK(std::any_of(evaluation.troubles.begin(), evaluation.troubles.end(), is_trouble));
    }
    const bool nonfinite = std::any_of(
        evaluation.troubles.begin(), evaluation.troubles.end(),
        [](const Trouble& trouble) { return trouble.kind == Trouble::Kind::kNonFinite; });
    REQUIRE(nonfinite == looks_at_nonfinite(world, tree));
    if (nonfinite) ++seen["non-finite"];
    if (expression->type_error()) {
      ++seen["type error"];
    } else if (expression->type() != ValueType::kUnknown && !is_null(right)) {
      CHECK(right.index() == static_cast<std::size_t>(expression->type()));
    }
    if (expression->comparison()) {
      CHECK(same(evaluation.left, slow(world, tree.parts.at(0))));
      CHECK(same(evaluation.right, slow(world, tree.parts.at(1))));
    }
    ++seen[is_null(right) ? "null" : std::to_string(right.index())];
  }
  // Every kind of answer comes up, or the test tests less than it says.
  for (const char* kind : {"null", "1", "2", "3", "type error", "non-finite"}) {
    CAPTURE(kind);
    CHECK(seen[kind] > 300);
  }
}
