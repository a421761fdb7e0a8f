#include "logdir/layout.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace tfevents {
namespace {

bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name(std::string_view text) noexcept {
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

/// Reads a layout from its beginning to its end.
class LayoutParser {
 public:
  explicit LayoutParser(std::string_view text) : text_(text) {}

  Result<Layout> parse() {
    begin_level();
    while (at_ < text_.size()) {
      if (rest_ended_) return wrong("nothing can follow a field that takes the rest");
      const char c = text_[at_];
      if (c == '/') {
        TFEVENTS_CHECK(end_level());
        begin_level();
        ++at_;
      } else if (c == '{') {
        TFEVENTS_CHECK(field());
      } else if (c == '}') {
        return wrong("a '}' without '{'");
      } else if (c == '*') {
        TFEVENTS_CHECK(add_field(Layout::kUnnamed));
        ++at_;
      } else {
        layout_.levels_.back().texts.back() += c;
        ++at_;
      }
    }
    TFEVENTS_CHECK(end_level());
    if (layout_.names_.empty()) return wrong("no level has a name, as in '{project}/{run}'");
    return std::move(layout_);
  }

 private:
  // Points at a character; the position counts characters, not bytes.
  [[nodiscard]] Error wrong(std::string_view what) const {
    const auto before = text_.substr(0, at_);
    const auto characters = std::count_if(before.begin(), before.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    });
    std::string message = "bad layout '" + elide_middle(printable(text_), 60) + "': ";
    message.append(what).append(" (character ").append(std::to_string(characters + 1)).append(")");
    return Error{.code = ErrorCode::kUsage, .message = std::move(message)};
  }

  void begin_level() { layout_.levels_.push_back({.texts = {""}, .fields = {}}); }

  Status end_level() {
    const Layout::Level& level = layout_.levels_.back();
    if (level.fields.empty() && level.texts.back().empty()) return wrong("an empty level");
    return ok_status();
  }

  Status add_field(std::size_t name) {
    Layout::Level& level = layout_.levels_.back();
    if (!level.fields.empty() && level.texts.back().empty())
      return wrong("two fields without text between them");
    level.fields.push_back(name);
    level.texts.emplace_back();
    return ok_status();
  }

  Status field() {
    const std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) return wrong("a '{' without '}'");
    std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
    const bool rest = name.ends_with("...");
    if (rest) name.remove_suffix(3);
    std::vector<std::string>& names = layout_.names_;
    if (!is_name(name)) {
      ++at_;
      return wrong("a name is made of letters, digits and _");
    }
    if (std::find(names.begin(), names.end(), name) != names.end())
      return wrong("the name '" + std::string(name) + "' a second time");
    TFEVENTS_CHECK(add_field(names.size()));
    names.emplace_back(name);
    layout_.levels_.back().takes_rest = rest_ended_ = rest;
    at_ = end + 1;
    return ok_status();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool rest_ended_ = false;
  Layout layout_;
};

Result<Layout> Layout::parse(std::string_view text) {
  return LayoutParser(text).parse();
}

// Each text is looked for from the left, at least one character behind the one before; the last one
// has to end the part. If there is any way to match this finds one.
bool Layout::match_level(const Level& level, std::string_view part,
                         std::vector<std::string>& values) {
  if (!part.starts_with(level.texts.front())) return false;
  if (level.fields.empty()) return part == level.texts.front();
  std::size_t begin = level.texts.front().size();
  for (std::size_t i = 0; i < level.fields.size(); ++i) {
    const std::string& text = level.texts[i + 1];
    const bool last = i + 1 == level.fields.size();
    if (begin >= part.size()) return false;
    const std::size_t end =
        !last ? part.find(text, begin + 1)
              : (part.ends_with(text) ? part.size() - text.size() : std::string_view::npos);
    if (end == std::string_view::npos || end <= begin) return false;
    if (level.fields[i] != kUnnamed)
      values[level.fields[i]] = std::string(part.substr(begin, end - begin));
    begin = end + text.size();
  }
  return true;
}

std::optional<std::vector<std::string>> Layout::match(std::string_view trial_name) const {
  if (trial_name.empty() || trial_name == ".") return std::nullopt;
  std::vector<std::string> values(names_.size());
  for (const Level& level : levels_) {
    const bool last = &level == &levels_.back();
    const std::size_t slash = level.takes_rest ? std::string_view::npos : trial_name.find('/');
    if (last != (slash == std::string_view::npos)) return std::nullopt;
    if (!match_level(level, trial_name.substr(0, slash), values)) return std::nullopt;
    if (!last) trial_name.remove_prefix(slash + 1);
  }
  return values;
}

}  // namespace tfevents
