#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tfevents::cli {

/// What a value is, for completion. Parsing follows from the target's type instead.
enum class ValueKind : std::uint8_t {
  kNone,  ///< A flag.
  kText,  ///< Nothing to complete.
  kPath,  ///< A file or directory.
  kFile,  ///< A file to write.
  kDirectory,
  kRun,          ///< A run name, completed from the tree.
  kTag,          ///< A tag, completed from the tree.
  kSummaryKind,  ///< `scalars`, `images`, …; plugin names are accepted beyond the choices.
  kDuration,
  kTime,
  kSize,
  kCount,    ///< A number.
  kChoice,   ///< One of `choices`.
  kCommand,  ///< The name of a command.
};

/// One option or positional, written once: parsing, help, manual pages and completions all come
/// from it.
struct OptionSpec {
  std::string_view names;    ///< `-t,--tag`, or the name of a positional: `PATH`.
  std::string_view metavar;  ///< `PATTERN`; empty for flags and positionals.
  std::string_view group;    ///< Heading it stands under: one of kGroups.
  std::string_view summary;  ///< One line: imperative, at most 79 columns, no full stop.
  std::string_view
      details;  ///< Paragraphs for `--help` and the manual, blank lines between them; may be empty.
  ValueKind kind = ValueKind::kNone;
  std::span<const std::string_view> choices = {};

  /// `-t`, `--tag`; empty where there is none.
  [[nodiscard]] std::string_view short_name() const noexcept;
  [[nodiscard]] std::string_view long_name() const noexcept;
  /// The long name where there is one: how messages call the option.
  [[nodiscard]] std::string_view name() const noexcept;
};

/// Headings of options, in the order in which help shows them.
inline constexpr std::string_view kGroups[] = {"Arguments", "Checks",  "Removing", "Keeping",
                                               "Doing",     "Listing", "Records",  "Runs",
                                               "Points",    "Output",  "General"};

/// A length of time, as `7d`.
struct Duration {
  double seconds = 0;
};

/// A point in time as it was typed: "3d ago" has a value only once `--now` is known, which may
/// stand behind it.
struct TimePoint {
  std::string text;
  /// Epoch seconds. Errors: none after parsing, which has tried it.
  [[nodiscard]] Result<double> at(double now) const;
};

struct ByteSize {
  std::uint64_t bytes = 0;
};

/// One entry of a command's option table, bound to the variable that it fills.
struct Option {
  enum class Arity : std::uint8_t { kFlag, kValue, kList, kPositional };
  OptionSpec spec;
  Arity arity = Arity::kFlag;
  std::size_t max_count = SIZE_MAX;  ///< Positionals: how many at most.
  /// Stores one value as typed (empty for flags), called once for each time the option was given,
  /// in order. The message of its Error completes "--tag: ".
  std::function<Status(std::string_view text)> apply;
};

/// Declares options and binds them to variables, which must outlive parsing. The set of target
/// types is closed, so that a duration or a size is spelled one way in the whole program. Only
/// scalar values repeat harmlessly: the last one wins.
class OptionAdder {
 public:
  void flag(const OptionSpec& spec, bool& target);
  /// A flag that is short for a value: sets `target` to `value`.
  template <class T>
  void flag(const OptionSpec& spec, T& target, T value) {
    add(spec, Option::Arity::kFlag, [&target, value](std::string_view) {
      target = value;
      return ok_status();
    });
  }

  template <class T>
  void value(const OptionSpec& spec, T& target) {
    add(spec, Option::Arity::kValue, [&target](std::string_view text) -> Status {
      TFEVENTS_TRY(target, parse(text, static_cast<const T*>(nullptr)));
      return ok_status();
    });
  }
  template <class T>
  void value(const OptionSpec& spec, std::optional<T>& target) {
    add(spec, Option::Arity::kValue, [&target](std::string_view text) -> Status {
      TFEVENTS_TRY(target, parse(text, static_cast<const T*>(nullptr)));
      return ok_status();
    });
  }

  /// One of `spec.choices`; the enumerators of E are numbered as the choices are listed.
  template <class E>
  void choice(const OptionSpec& spec, E& target) {
    const auto choices = spec.choices;
    add(spec, Option::Arity::kValue, [&target, choices](std::string_view text) -> Status {
      TFEVENTS_TRY(const std::size_t index, choice_index(text, choices));
      target = static_cast<E>(index);
      return ok_status();
    });
  }
  template <class E>
  void choice(const OptionSpec& spec, std::optional<E>& target) {
    const auto choices = spec.choices;
    add(spec, Option::Arity::kValue, [&target, choices](std::string_view text) -> Status {
      TFEVENTS_TRY(const std::size_t index, choice_index(text, choices));
      target = static_cast<E>(index);
      return ok_status();
    });
  }

  /// An option that may be repeated; each use takes exactly one word.
  void list(const OptionSpec& spec, std::vector<std::string>& target);
  /// The words that belong to no option.
  void positionals(const OptionSpec& spec, std::vector<std::string>& target,
                   std::size_t max_count = SIZE_MAX);

  [[nodiscard]] const std::vector<Option>& options() const noexcept { return options_; }

 private:
  static Result<std::string> parse(std::string_view text, const std::string*);
  static Result<std::int64_t> parse(std::string_view text, const std::int64_t*);
  static Result<std::uint64_t> parse(std::string_view text, const std::uint64_t*);
  static Result<double> parse(std::string_view text, const double*);
  static Result<Duration> parse(std::string_view text, const Duration*);
  static Result<TimePoint> parse(std::string_view text, const TimePoint*);
  static Result<ByteSize> parse(std::string_view text, const ByteSize*);
  static Result<std::size_t> choice_index(std::string_view text,
                                          std::span<const std::string_view> choices);

  void add(const OptionSpec& spec, Option::Arity arity,
           std::function<Status(std::string_view)> apply);

  std::vector<Option> options_;
};

}  // namespace tfevents::cli
