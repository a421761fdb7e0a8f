#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "expr/value.hpp"
#include "series/accumulator.hpp"
#include "series/call.hpp"

namespace tfevents {

/// A name in an expression: `hp.lr`, `hp."weight-decay"`, `run.age`, `layout.project`, `lr`.
struct NameRef {
  enum class Scope : std::uint8_t {
    kBare,    ///< A layout level or a hyperparameter, whichever is there.
    kHparam,  ///< `hp.`
    kRun,     ///< `run.`: one of kRunAttributes.
    kLayout,  ///< `layout.`
  };
  Scope scope = Scope::kBare;
  std::string name = {};  ///< Without the scope: `weight-decay`.
  std::size_t at = 0;     ///< Byte offset in the expression.
  std::string word = {};  ///< The longest piece around it without blanks, brackets, quotes, commas
                          ///< or comparisons: `val/acc` for the name `val` of `val/acc > 0.9`. A
                          ///< tag there wants a function around it.
};

/// One `run.` attribute.
struct RunAttribute {
  std::string_view name;  ///< `name`, `age`, …
  ValueType type;
};
/// name parent leaf state (text); age last_step size duration start (numbers: seconds, bytes, epoch
/// seconds).
[[nodiscard]] std::span<const RunAttribute> run_attributes() noexcept;

/// What an expression asks of one run or trial.
class Facts {
 public:
  virtual ~Facts() = default;
  /// The value of `calls()[index]`.
  [[nodiscard]] virtual SeriesValue series(std::size_t index) const = 0;
  /// The value of `names()[index]`; null where it is missing.
  [[nodiscard]] virtual Value name(std::size_t index) const = 0;
};

/// Something that kept an expression, or a part of it, from having a value.
struct Trouble {
  enum class Kind : std::uint8_t {
    kMissingTag,
    kAmbiguousTag,
    kMissingName,  ///< Hyperparameter, layout level or attribute.
    kEmptyWindow,
    kNonFinite,  ///< A window holds a non-finite point, a picked point or a name that is compared
                 ///< is not finite, or arithmetic has given such a number. The value is there all
                 ///< the same.
    kType,       ///< Number against text, and the like.
  };
  Kind kind = Kind::kType;
  std::size_t at = 0;     ///< Byte offset in the expression.
  std::size_t index = 0;  ///< Of the call (tags, windows, numbers of a series) or of the name.
  std::string message;    ///< `no tag val/acuracy`, `number against text`: what is wrong, alone.
};

/// The value of an expression for one run or trial.
struct Evaluation {
  Value value = {};
  /// In order of position; a null value has at least one, but where it stems from `first_step` or
  /// an attribute that is not known.
  std::vector<Trouble> troubles = {};
  // The two sides where the top of the expression is one comparison.
  Value left = {};
  Value right = {};
};

/// One expression, as tfevents(1) "EXPRESSIONS" describes it: parsed, type-checked, immutable,
/// thread-safe.
///
/// `x in (…)` looks at the items of the type of x; no such item is a trouble of kType.
///
/// Null means absent: arithmetic and comparisons with null are null, `and`, `or` and `not` follow
/// Kleene's three-valued logic, and a condition counts only where it is true.
class Expression {
 public:
  /// Errors: kUsage; the message holds the text and the character, the excerpt a caret under it,
  /// the hint what to write. Limits: 64 KiB, 200 levels of nesting, 1,000 calls, 1,000 names, 100
  /// regular expressions.
  static Result<Expression> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const noexcept;
  /// Series calls, equal ones once, in order of first appearance.
  [[nodiscard]] std::span<const SeriesCall> calls() const noexcept;
  /// Names, equal ones once, in order of first appearance.
  [[nodiscard]] std::span<const NameRef> names() const noexcept;
  [[nodiscard]] ValueType type() const noexcept;
  /// Set where no value can ever come out: text added to a number, `not` of a number. `-w` and
  /// columns refuse it as it is; `assert` reports it as the reason `type`.
  [[nodiscard]] const std::optional<Error>& type_error() const noexcept;
  /// The operator where the top of the expression is one comparison of values.
  [[nodiscard]] std::optional<Comparison> comparison() const noexcept;
  /// The call where the whole expression is one series call.
  [[nodiscard]] std::optional<std::size_t> single_call() const noexcept;
  /// The name where the whole expression is one name.
  [[nodiscard]] std::optional<std::size_t> single_name() const noexcept;

  /// Asks `facts` once for each call and each name. Every part is computed: troubles do not depend
  /// on what the other side of an `or` says. The same call or name has each trouble once.
  [[nodiscard]] Evaluation evaluate(const Facts& facts) const;

  struct Impl;

 private:
  explicit Expression(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

/// The items of `-c`: split at commas outside brackets and double quotes (but a quote right behind
/// a letter or digit is part of a name), blanks trimmed. Errors: kUsage for an unclosed quote or an
/// empty item.
Result<std::vector<std::string>> split_items(std::string_view text);

/// Two lines: the text, safe to print and cut around the place where it is long, and a caret under
/// byte `at`; the excerpt of an Error. For troubles and parse errors alike.
[[nodiscard]] std::string point_at(std::string_view text, std::size_t at);

}  // namespace tfevents
