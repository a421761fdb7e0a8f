#include "github.hpp"

#include <cstddef>

#include <fmt/format.h>

#include "assert.hpp"
#include "base/text.hpp"

namespace tfevents::render {
namespace {

constexpr std::size_t kMostOfAKind = 10;

std::string escaped(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) == std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace

std::string github_data(std::string_view text) {
  return escaped(text, "%\r\n");
}

std::string github_property(std::string_view text) {
  return escaped(text, "%\r\n:,");
}

std::string github_annotations(const ops::AssertReport& report) {
  std::string lines;
  std::size_t errors = 0, warnings = 0;
  for (const ops::CheckRow& row : report.rows) {
    if (row.status == ops::CheckStatus::kPass) continue;
    const bool warn = row.severity == Severity::kWarn;
    if (++(warn ? warnings : errors) > kMostOfAKind) continue;
    std::string title = label_of(row);
    if (!row.shown.empty()) title += " (" + printable(row.shown) + ")";
    lines += fmt::format("::{} title={}::{}\n", warn ? "warning" : "error", github_property(title),
                         github_data(message_of(row)));
  }
  return lines;
}

}  // namespace tfevents::render
