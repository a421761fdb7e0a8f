// What `assert` shows on a terminal: nothing that says what to do next is cut off.
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "assert.hpp"
#include "base/text.hpp"
#include "format/paint.hpp"
#include "lines.hpp"

namespace tfevents::render {
namespace {

using ops::CheckRow;
using ops::CheckStatus;

constexpr std::size_t kCheckGap = 2;
// Down to these columns names are shortened before results go to lines of their own.
constexpr std::size_t kCheckWidth = 30, kCheckRunWidth = 24;
// `0.76591617 at step 1990`: what a result beside the names takes.
constexpr std::size_t kResultWidth = 22;
// More that pass are only counted.
constexpr std::size_t kMostPassed = 30;

std::string left_aligned(const std::string& text, std::size_t width) {
  const std::size_t used = display_width(text);
  return used < width ? text + std::string(width - used, ' ') : text;
}

std::string without_blanks_at_end(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

/// Rows under each other, a line each as far as they fit: what does not stands below, indented.
class CheckLines {
 public:
  CheckLines(const ops::AssertReport& report, const Screen& screen, bool all)
      : report_(report), screen_(screen), passed_too_(all || report.passed <= kMostPassed) {
    for (const CheckRow& row : report.rows) {
      if (!shows(row)) continue;
      indent_ = std::max(indent_, std::string_view(word_of(row).text).size() + kCheckGap);
      check_ = std::max(check_, display_width(label_of(row)));
      if (names_trials(report)) run_ = std::max(run_, display_width(printable(row.shown)));
      const std::size_t message = display_width(printable(row.message));
      result_ = std::max(result_, std::min(message, kResultWidth));
    }
    fit();
  }

  [[nodiscard]] bool shows(const CheckRow& row) const noexcept {
    return passed_too_ || row.status != CheckStatus::kPass;
  }
  [[nodiscard]] bool passed_too() const noexcept { return passed_too_; }

  [[nodiscard]] std::string text(const CheckRow& row) const {
    return stacked_ ? stacked(row) : beside(row);
  }

 private:
  void fit() {
    const auto names = [&] { return check_ + kCheckGap + (run_ == 0 ? 0 : run_ + kCheckGap); };
    const std::size_t room = screen_.width > indent_ ? screen_.width - indent_ : 0;
    const auto shrink = [&](std::size_t& width, std::size_t least) {
      const std::size_t over = std::max(names() + result_, room) - room;
      if (width > least) width -= std::min(over, width - least);
    };
    shrink(check_, kCheckWidth);
    shrink(run_, kCheckRunWidth);
    stacked_ = names() + result_ > room;
    if (!stacked_) result_ = room - names();
    below_ = std::max<std::size_t>(room, 1);
  }

  [[nodiscard]] std::string status(const CheckRow& row) const {
    const StatusWord word = word_of(row);
    return paint(word.text, word.role, screen_.color) +
           std::string(indent_ - std::string_view(word.text).size(), ' ');
  }

  void add_below(std::string& out, std::string_view text) const {
    for (const std::string& line : broken_into_lines(text, below_))
      out += std::string(indent_, ' ') + line + '\n';
  }

  // In a line, else the advice on one of its own, where a command in it can be copied.
  void add_result(std::string& out, const std::string& message, const std::string& advice) const {
    const std::string whole = advice.empty() ? message : message + "; " + advice;
    if (advice.empty() || display_width(whole) <= below_) return add_below(out, whole);
    add_below(out, message);
    add_below(out, advice);
  }

  [[nodiscard]] std::string beside(const CheckRow& row) const {
    std::string line = left_aligned(elide_middle(label_of(row), check_), check_ + kCheckGap);
    if (run_ != 0) line += left_aligned(elide_middle(printable(row.shown), run_), run_ + kCheckGap);
    const std::string message = printable(row.message), advice = advice_of(row);
    const std::string whole = message_of(row);
    const bool all = display_width(whole) <= result_;
    const bool some = display_width(message) <= result_;
    line += all ? whole : some ? message : "";
    std::string out = status(row) + without_blanks_at_end(std::move(line)) + '\n';
    if (all) return out;
    if (some) {
      add_below(out, advice);
    } else {
      add_result(out, message, advice);
    }
    return out;
  }

  // Without room for names beside each other they stand under each other, as long as they are.
  [[nodiscard]] std::string stacked(const CheckRow& row) const {
    std::string out;
    add_below(out, label_of(row));
    out.replace(0, indent_, status(row));
    const bool named = run_ != 0 && !row.shown.empty();
    const std::string name = named ? printable(row.shown) + ": " : "";
    add_result(out, name + printable(row.message), advice_of(row));
    return out;
  }

  const ops::AssertReport& report_;
  const Screen& screen_;
  bool passed_too_;
  bool stacked_ = false;
  std::size_t indent_ = 0;  ///< Of all lines but the first: the widest status word and its gap.
  std::size_t check_ = 0, run_ = 0, result_ = 0;  ///< Columns; `run_` is 0 where none is named.
  std::size_t below_ = 0;                         ///< Columns of a line below.
};

// In a line, or a part a line where that is too wide.
std::string verdict_lines(std::string verdict, Role role, const Screen& screen) {
  const bool fits = verdict.size() <= screen.width;
  std::string out;
  while (!verdict.empty()) {
    const std::size_t comma = fits ? std::string::npos : verdict.find(", ");
    const std::size_t end = comma == std::string::npos ? verdict.size() : comma + 1;
    for (const std::string& line :
         broken_into_lines(std::string_view(verdict).substr(0, end), screen.width))
      out += paint(line, role, screen.color) + '\n';
    verdict.erase(0, comma == std::string::npos ? verdict.size() : comma + 2);
  }
  return out;
}

}  // namespace

Status assert_screen(const ops::AssertReport& report, const Screen& screen, bool all, Sink& sink) {
  Role role = report.warnings > 0 ? Role::kWarn : Role::kGood;
  if (!report.ok()) role = Role::kBad;
  std::string verdict = assert_verdict(report);
  if (!screen.terminal) {
    TableStyle style = screen.table_style();
    style.header = false;
    TFEVENTS_CHECK(render_table(assert_table(report), style, sink));
    sink.out() += paint(verdict, role, screen.color) + '\n';
    return sink.drain();
  }
  const CheckLines lines(report, screen, all);
  for (const CheckRow& row : report.rows) {
    if (!lines.shows(row)) continue;
    sink.out() += lines.text(row);
    TFEVENTS_CHECK(sink.drain());
  }
  if (!lines.passed_too()) {
    const std::size_t end = std::min(verdict.find(", "), verdict.size());
    verdict.insert(end, " (-v lists them)");
  }
  sink.out() += verdict_lines(std::move(verdict), role, screen);
  return sink.drain();
}

}  // namespace tfevents::render
