#include "base/glob.hpp"

#include <atomic>
#include <optional>

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace tfevents {
namespace {

constexpr std::string_view kRegexPrefix = "re:";

RE2::Options quiet_options() {
  RE2::Options options;
  options.set_log_errors(
      false);  // A bad pattern is an Error, not a line on somebody's standard error.
  options.set_never_capture(true);
  return options;
}

/// The position people count: characters from 1.
std::size_t position(std::string_view text, std::size_t byte) {
  std::size_t characters = 1;
  for (std::size_t at = 0; at < byte; ++characters) at += next_utf8(text.substr(at)).size;
  return characters;
}

Error bad_pattern(std::string_view text, std::size_t byte, std::string_view what,
                  std::string hint = {}) {
  return {.code = ErrorCode::kUsage,
          .message = fmt::format("bad pattern '{}': {} at position {}", printable(text), what,
                                 position(text, byte)),
          .hint = std::move(hint)};
}

/// Turns one glob into the source of an RE2 expression for the whole name.
class GlobTranslator {
 public:
  explicit GlobTranslator(std::string_view text) : text_(text) {}

  Result<std::string> translate() {
    while (at_ < text_.size()) {
      switch (text_[at_]) {
        case '*': stars(); break;
        case '?':
          out_ += "[^/]";
          ++at_;
          break;
        case '[': TFEVENTS_CHECK(character_class()); break;
        default: literal(); break;
      }
    }
    return std::move(out_);
  }

 private:
  void stars() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] == '*') ++at_;
    out_ += at_ - begin >= 2 ? "(?s:.*)" : "[^/]*";
  }

  void literal() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != '*' && text_[at_] != '?' && text_[at_] != '[') ++at_;
    out_ += RE2::QuoteMeta(re2::StringPiece(text_.data() + begin, at_ - begin));
  }

  char32_t take() {
    const Utf8Step step = next_utf8(text_.substr(at_));
    at_ += step.size;
    return step.code;
  }

  /// `[…]` from the opening bracket on. As in POSIX, `]` right after it and `-` at either end stand
  /// for themselves.
  Status character_class() {
    const std::size_t open = at_++;
    if (at_ < text_.size() && (text_[at_] == '!' || text_[at_] == '^')) {
      // Taking the sign literally would select the opposite of what its writer means, perhaps in
      // `prune`.
      return bad_pattern(
          text_, at_, "a class cannot be negated",
          "exclude with -x, or write re:REGEX; a name that looks like this matches '?' there");
    }
    out_ += '[';
    for (bool first = true;; first = false) {
      if (at_ >= text_.size()) return bad_pattern(text_, open, "'[' without ']'");
      if (text_[at_] == ']' && !first) break;
      const std::size_t begin = at_;
      const char32_t low = take();
      char32_t high = low;
      if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
        ++at_;
        high = take();
      }
      if (high < low) return bad_pattern(text_, begin, "a range that runs backwards");
      out_ += fmt::format("\\x{{{:x}}}-\\x{{{:x}}}", static_cast<std::uint32_t>(low),
                          static_cast<std::uint32_t>(high));
    }
    ++at_;
    out_ += ']';
    return ok_status();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

Error bad_regex(std::string_view text, const RE2& regex) {
  const std::string& part = regex.error_arg();
  const std::size_t found =
      part.empty() ? std::string_view::npos : text.find(part, kRegexPrefix.size());
  if (found != std::string_view::npos) return bad_pattern(text, found, regex.error());
  return {
      .code = ErrorCode::kUsage,
      .message = fmt::format("bad pattern '{}': {}", printable(text), printable(regex.error()))};
}

using Regex = std::unique_ptr<const RE2>;

/// `name` with its prefix.
Result<Regex> compile_regex(std::string_view name) {
  const std::string_view source = name.substr(kRegexPrefix.size());
  auto regex =
      std::make_unique<RE2>(re2::StringPiece(source.data(), source.size()), quiet_options());
  if (!regex->ok()) return bad_regex(name, *regex);
  return Regex(std::move(regex));
}

/// Null where the literal comparison says all.
Result<Regex> compile_glob(std::string_view name) {
  if (name.find_first_of("*?[") == std::string_view::npos) return Regex();
  TFEVENTS_TRY(const std::string source, GlobTranslator(name).translate());
  auto regex = std::make_unique<RE2>(source, quiet_options());
  if (!regex->ok()) {
    // The translation is always well formed: only its size can be refused.
    return Error{.code = ErrorCode::kUsage,
                 .message = fmt::format("bad pattern '{}': {}", elide_middle(printable(name), 60),
                                        printable(regex->error()))};
  }
  return Regex(std::move(regex));
}

}  // namespace

struct Pattern::Impl {
  std::string text;             ///< As typed.
  std::string name;             ///< The name it matches literally, as printed.
  bool tree = false;            ///< A match covers what lies below, too.
  bool whole = false;           ///< `regex` is for the whole name; else it may match anywhere.
  Regex regex;                  ///< Null where the literal comparison says all.
  std::optional<Error> defect;  ///< Why there is none although it is more than a name.
  // Threads only ever write the same, so that no order is needed.
  mutable std::atomic<bool> named{false};    ///< A name equals it.
  mutable std::atomic<bool> literal{false};  ///< It means that name alone.

  [[nodiscard]] bool matches_exactly(std::string_view candidate) const {
    if (candidate == name) {
      if (defect || regex != nullptr) named.store(true, std::memory_order_relaxed);
      return true;
    }
    if (regex == nullptr || literal.load(std::memory_order_relaxed)) return false;
    const re2::StringPiece piece(candidate.data(), candidate.size());
    return regex->Match(piece, 0, piece.size(), whole ? RE2::ANCHOR_BOTH : RE2::UNANCHORED, nullptr,
                        0);
  }

  [[nodiscard]] bool matches_or_above(std::string_view candidate) const {
    if (matches_exactly(candidate)) return true;
    if (!tree) return false;
    for (std::size_t slash = candidate.find('/'); slash != std::string_view::npos;
         slash = candidate.find('/', slash + 1)) {
      if (matches_exactly(candidate.substr(0, slash))) return true;
    }
    return false;
  }
};

Pattern Pattern::parse_or_name(std::string_view text, Scope scope) {
  auto impl = std::make_shared<Impl>();
  impl->text = std::string(text);
  // Names are matched as printed: a raw control character or invalid byte means its escape.
  impl->name = printable(text);
  impl->tree = scope == Scope::kTree;
  impl->whole = !impl->name.starts_with(kRegexPrefix);
  // Shells complete directories with a slash; no run is named so.
  if (impl->whole && impl->tree && impl->name.size() > 1 && impl->name.back() == '/')
    impl->name.pop_back();
  Result<Regex> regex = impl->whole ? compile_glob(impl->name) : compile_regex(impl->name);
  if (regex.ok()) {
    impl->regex = std::move(regex).value();
  } else {
    impl->defect = std::move(regex).error();
  }
  return Pattern(std::move(impl));
}

Result<Pattern> Pattern::parse(std::string_view text, Scope scope) {
  Pattern pattern = parse_or_name(text, scope);
  if (const Error* defect = pattern.defect()) return *defect;
  return pattern;
}

const Error* Pattern::defect() const noexcept {
  if (!impl_->defect || impl_->named.load(std::memory_order_relaxed)) return nullptr;
  return &*impl_->defect;
}

bool Pattern::matches(std::string_view name) const {
  if (is_valid_utf8(name)) return impl_->matches_or_above(name);
  return impl_->matches_or_above(escape_invalid_utf8(name));
}

void Pattern::prefer_name(const std::vector<std::string_view>& names) const {
  if (impl_->regex == nullptr) return;
  for (const std::string_view name : names) static_cast<void>(matches(name));
  impl_->literal.store(impl_->named.load(std::memory_order_relaxed), std::memory_order_relaxed);
}

const std::string& Pattern::text() const noexcept {
  return impl_->text;
}

bool any_matches(const std::vector<Pattern>& patterns, std::string_view name) {
  bool any = false;
  for (const Pattern& pattern : patterns) {
    if (!any || pattern.defect() != nullptr) any = pattern.matches(name) || any;
  }
  return any;
}

void prefer_names(const std::vector<Pattern>& patterns,
                  const std::vector<std::string_view>& names) {
  for (const Pattern& pattern : patterns) pattern.prefer_name(names);
}

Status require_names(const std::vector<Pattern>& patterns, std::string_view option) {
  for (const Pattern& pattern : patterns) {
    const Error* defect = pattern.defect();
    if (defect == nullptr) continue;
    Error error = *defect;
    error.message = fmt::format("{}: {}", option, error.message);
    return error;
  }
  return ok_status();
}

}  // namespace tfevents
