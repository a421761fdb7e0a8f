#include "prose.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

namespace tfevents::gendocs {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return lines;
}

// Decodes one character of valid UTF-8 and moves past it.
std::uint32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t code = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < std::min(size, text.size()); ++i) {
    code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(std::min(size, text.size()));
  return code;
}

std::string escape(std::string_view text, bool literal) {
  std::string out;
  while (!text.empty()) {
    const std::uint32_t code = take_character(text);
    if (code == '\\') {
      out += "\\e";
    } else if (literal && code == '-') {
      out += "\\-";
    } else if (literal && code == '\'') {
      out += "\\(aq";
    } else if (literal && code == '`') {
      out += "\\(ga";
    } else if (literal && code == '^') {
      out += "\\(ha";
    } else if (literal && code == '~') {
      out += "\\(ti";
    } else if (code >= 0x80) {
      out += fmt::format("\\[u{:04X}]", code);
    } else {
      out += static_cast<char>(code);
    }
  }
  return out;
}

// A line that begins with a dot or a quote would be a request.
std::string guarded(std::string line) {
  if (line.starts_with('.') || line.starts_with('\'')) line.insert(0, "\\&");
  return line;
}

// Turns the lines of one section into roff, block by block.
class Blocks {
 public:
  explicit Blocks(std::string_view body) : lines_(lines_of(body)) {}

  std::string run() {
    while (at_ < lines_.size()) block();
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string_view line() const {
    return at_ < lines_.size() ? lines_[at_] : std::string_view{};
  }
  [[nodiscard]] std::string_view next_line() const {
    return at_ + 1 < lines_.size() ? lines_[at_ + 1] : std::string_view{};
  }

  void block() {
    if (line().empty()) {
      ++at_;
    } else if (line().starts_with("```")) {
      code();
    } else if (line().starts_with("## ")) {
      out_ += fmt::format(".SS {}\n", inline_roff(line().substr(3)));
      ++at_;
    } else if (line().starts_with("- ")) {
      const std::string text = paragraph(2);
      out_ += ".IP \\(bu 2\n" + text;
    } else if (next_line().starts_with(": ")) {
      const std::string term = guarded(inline_roff(line()));
      ++at_;
      out_ += fmt::format(".TP\n{}\n", term) + paragraph(2);
    } else {
      out_ += ".PP\n" + paragraph(0);
    }
  }

  void code() {
    ++at_;
    out_ += ".PP\n.RS 4\n.nf\n";
    for (; at_ < lines_.size() && !lines_[at_].starts_with("```"); ++at_) {
      out_ += guarded(literal_roff(lines_[at_])) + '\n';
    }
    ++at_;
    out_ += ".fi\n.RE\n";
  }

  // Joins the lines up to the next block. The first one loses `skip` characters, others their
  // indentation.
  std::string paragraph(std::size_t skip) {
    std::string text;
    for (bool first = true; at_ < lines_.size(); ++at_, first = false) {
      std::string_view part = line();
      if (part.empty() || (!first && starts_block(part))) break;
      if (first) part.remove_prefix(skip);
      part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
      if (!text.empty()) text += ' ';
      text += part;
    }
    return guarded(inline_roff(text)) + '\n';
  }

  [[nodiscard]] bool starts_block(std::string_view part) const {
    return part.starts_with("- ") || part.starts_with("```") || part.starts_with("## ") ||
           next_line().starts_with(": ");
  }

  std::vector<std::string_view> lines_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

Result<std::vector<Section>> parse_prose(std::string_view text, std::string_view path) {
  std::vector<Section> sections;
  bool fenced = false;
  for (const std::string_view line : lines_of(text)) {
    if (line.starts_with("```")) fenced = !fenced;
    if (!fenced && line.starts_with("# ")) {
      sections.push_back({.heading = std::string(line.substr(2)), .body = {}});
    } else if (!sections.empty()) {
      sections.back().body += std::string(line) + '\n';
    } else if (!line.empty()) {
      return Error{.code = ErrorCode::kFormat,
                   .message = "text before the first # HEADING",
                   .path = std::string(path)};
    }
  }
  if (fenced)
    return Error{
        .code = ErrorCode::kFormat, .message = "a ``` block has no end", .path = std::string(path)};
  return sections;
}

std::string to_roff(std::string_view body) {
  return Blocks(body).run();
}

std::string inline_roff(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char mark = text.front();
    const auto end = mark == '`' || mark == '*' ? text.find(mark, 1) : std::string_view::npos;
    if (end != std::string_view::npos && end > 1) {
      const auto inner = text.substr(1, end - 1);
      out += mark == '`' ? fmt::format("\\fB{}\\fR", literal_roff(inner))
                         : fmt::format("\\fI{}\\fR", escape(inner, false));
      text.remove_prefix(end + 1);
      continue;
    }
    const auto next = std::min(text.find_first_of("`*", 1), text.size());
    out += escape(text.substr(0, next), false);
    text.remove_prefix(next);
  }
  return out;
}

std::string literal_roff(std::string_view text) {
  return escape(text, true);
}

std::vector<std::string> mentioned_flags(std::string_view text) {
  std::vector<std::string> flags;
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-';
  };
  for (std::size_t at = text.find("--"); at != std::string_view::npos; at = text.find("--", at)) {
    std::size_t end = at + 2;
    while (end < text.size() && is_word(text[end])) ++end;
    const bool inside_word = at > 0 && is_word(text[at - 1]);
    // A bare `--` ends options; it is no flag.
    if (!inside_word && end > at + 2 && text[at + 2] != '-')
      flags.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return flags;
}

}  // namespace tfevents::gendocs
