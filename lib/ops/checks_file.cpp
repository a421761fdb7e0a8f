#include "ops/checks_file.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/number.hpp"
#include "base/text.hpp"

namespace tfevents::ops {
namespace {

constexpr std::string_view kBlanks = " \t\r\v\f";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr const char* kShape = "a line is NAME: EXPR, or NAME warn: EXPR";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// What stands before the colon.
struct Head {
  std::string_view name;
  std::optional<Severity> severity;  ///< None: a word that is no severity.
};

Head split_head(std::string_view head) {
  const std::size_t blank = head.find_first_of(kBlanks);
  if (blank == std::string_view::npos) return {head, Severity::kError};
  const std::string_view word = trimmed(head.substr(blank));
  if (word == "error") return {head.substr(0, blank), Severity::kError};
  if (word == "warn") return {head.substr(0, blank), Severity::kWarn};
  return {head.substr(0, blank), std::nullopt};
}

// A regular expression can cost 100 KiB and two milliseconds.
constexpr std::size_t kMaxChecks = 1000;

class ChecksParser {
 public:
  explicit ChecksParser(std::string_view file)
      : file_(file == "-" ? "standard input" : printable(file)) {}

  Result<std::vector<Check>> run(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      const std::string_view line = trimmed(text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      ++line_;
      if (!line.empty() && line.front() != '#') TFEVENTS_CHECK(add(line));
    }
    return std::move(checks_);
  }

 private:
  Status add(std::string_view line) {
    if (checks_.size() == kMaxChecks) return error("more than 1,000 checks");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return error("no colon behind the name of a check");
    const Head head = split_head(trimmed(line.substr(0, colon)));
    const std::string_view expression = trimmed(line.substr(colon + 1));
    if (head.name.empty()) return error("a check without a name");
    if (!head.severity) {
      return error("'" +
                   printable(trimmed(line.substr(head.name.size(), colon - head.name.size()))) +
                   "' between name and colon is neither error nor warn");
    }
    if (expression.empty()) return error("check " + printable(head.name) + " has no expression");
    const auto [known, added] = lines_.emplace(head.name, line_);
    if (!added) {
      return error("check " + printable(head.name) + " is already in line " +
                       to_text(std::uint64_t{known->second}),
                   "names tell checks apart in reports: give each one of its own");
    }
    auto parsed = Expression::parse(expression);
    if (!parsed.ok()) return in_line(std::move(parsed).error(), expression);
    checks_.push_back({std::string(head.name), std::move(parsed).value(), *head.severity});
    return ok_status();
  }

  [[nodiscard]] std::string place() const {
    return file_ + ":" + to_text(std::uint64_t{line_}) + ": ";
  }

  [[nodiscard]] Error error(const std::string& message, std::string hint = kShape) const {
    return {.code = ErrorCode::kUsage, .message = place() + message, .hint = std::move(hint)};
  }

  [[nodiscard]] Error in_line(Error error, std::string_view expression) const {
    error.message.insert(0, place());
    if (expression.find(" #") != std::string_view::npos)
      error.hint = "a comment stands on a line of its own";
    return error;
  }

  std::string file_;
  std::size_t line_ = 0;
  std::vector<Check> checks_;
  std::map<std::string, std::size_t, std::less<>> lines_;
};

}  // namespace

Result<std::vector<Check>> parse_checks(std::string_view text, std::string_view file) {
  return ChecksParser(file).run(text);
}

}  // namespace tfevents::ops
