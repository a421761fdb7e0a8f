#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "hparams.hpp"
#include "lines.hpp"

namespace tfevents::render {
namespace {

constexpr std::size_t kRows = 13, kMostRows = 25;
// Between two axes, and before the first one.
constexpr std::size_t kNarrowestGap = 11, kUsualGap = 16, kWidestGap = 26, kFirstGap = 12;
// A braille character has this many dots.
constexpr std::size_t kDotsAcross = 2, kDotsDown = 4;
constexpr int kAxisDigits = 3;
constexpr std::size_t kNoBest = SIZE_MAX;

/// A character of the picture: dots of lines, or something that hides them.
struct Spot {
  std::uint8_t dots = 0;
  std::string over = {};  ///< One column wide.
  Role role = Role::kPlain;
};

/// Characters by row and column.
class Canvas {
 public:
  Canvas(std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), spots_(rows * columns) {}

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }

  void dot(std::size_t x, std::size_t y) {
    // Numbered as Unicode does: down the left, down the right, then the lowest two.
    static constexpr std::uint8_t kBits[kDotsDown][kDotsAcross] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    const std::size_t row = y / kDotsDown, column = x / kDotsAcross;
    if (row < rows_ && column < columns_)
      at(row, column).dots |= kBits[y % kDotsDown][x % kDotsAcross];
  }
  void put(std::size_t row, std::size_t column, std::string over, Role role) {
    if (row < rows_ && column < columns_) at(row, column) = {0, std::move(over), role};
  }
  /// Text of one-column characters that ends at `end`.
  void put_before(std::size_t row, std::size_t end, std::string_view text) {
    // A wide character would need two spots: it is the first spot's, and the second is empty.
    const std::size_t width = display_width(text);
    if (width > end || row >= rows_) return;
    std::size_t column = end - width;
    for (std::size_t i = 0; i < text.size();) {
      std::size_t next = i + 1;
      while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80U)
        ++next;
      const std::string_view one = text.substr(i, next - i);
      const std::size_t columns = display_width(one);
      if (columns == 0 && column > 0) {
        at(row, column - 1).over += one;
      } else {
        put(row, column, std::string(one), Role::kPlain);
        for (std::size_t more = 1; more < columns; ++more) hide(row, column + more);
        column += columns;
      }
      i = next;
    }
  }

  /// Each line without blanks at its end.
  [[nodiscard]] std::string text(bool color) const {
    std::string out;
    for (std::size_t row = 0; row < rows_; ++row) {
      std::size_t end = columns_;
      while (end > 0 && is_blank(spots_[row * columns_ + end - 1])) --end;
      std::string part;
      Role role = Role::kPlain;
      for (std::size_t column = 0; column < end; ++column) {
        const Spot& spot = spots_[row * columns_ + column];
        const Role own = spot.over.empty() && spot.dots != 0 ? Role::kDim : spot.role;
        if (own != role) {
          out += paint(part, role, color);
          part.clear();
          role = own;
        }
        part += character(spot);
      }
      out += paint(part, role, color);
      out += '\n';
    }
    return out;
  }

 private:
  // Under the second half of a wide character there is nothing.
  static constexpr std::string_view kHidden = "\x01";

  void hide(std::size_t row, std::size_t column) {
    put(row, column, std::string(kHidden), Role::kPlain);
  }
  static bool is_blank(const Spot& spot) {
    return spot.dots == 0 && (spot.over.empty() || spot.over == " ");
  }
  static std::string character(const Spot& spot) {
    if (spot.over == kHidden) return {};
    if (!spot.over.empty()) return spot.over;
    if (spot.dots == 0) return " ";
    // U+2800 and the dots.
    return {static_cast<char>(0xE2), static_cast<char>(0xA0 | (spot.dots >> 6U)),
            static_cast<char>(0x80 | (spot.dots & 0x3FU))};
  }
  Spot& at(std::size_t row, std::size_t column) { return spots_[row * columns_ + column]; }

  std::size_t rows_, columns_;
  std::vector<Spot> spots_;
};

/// Draws the axes that have room.
class Picture {
 public:
  Picture(const ops::HparamsReport& report, const ops::Coords& coords, const Screen& screen)
      : report_(report), coords_(coords), screen_(screen) {
    choose_axes();
  }

  std::string draw() {
    std::size_t rows = kRows;
    for (const std::size_t i : axes_) {
      const std::size_t texts = coords_.axes[i].texts.size();
      if (texts > 0 && texts <= kMostRows) rows = std::max(rows, 2 * texts - 1);
    }
    Canvas canvas(std::min(rows, kMostRows), width_);
    for (std::size_t line = 0; line < coords_.lines.size(); ++line) {
      if (line != coords_.best) draw_line(canvas, coords_.lines[line]);
    }
    for (std::size_t k = 0; k < axes_.size(); ++k) draw_axis(canvas, k);
    if (coords_.best) draw_best(canvas, coords_.lines[*coords_.best]);
    for (std::size_t k = 0; k < axes_.size(); ++k) draw_labels(canvas, k);
    return header() + canvas.text(screen_.color) + footer();
  }

 private:
  [[nodiscard]] std::size_t column(std::size_t k) const { return kFirstGap + k * gap_; }

  void choose_axes() {
    std::size_t hparams = 0;
    while (hparams < coords_.axes.size() && !coords_.axes[hparams].metric) ++hparams;
    const std::size_t metrics = coords_.axes.size() - hparams;
    const std::size_t narrowest = screen_.terminal ? kNarrowestGap : kUsualGap;
    std::size_t most = coords_.axes.size();
    if (screen_.terminal) {
      const std::size_t room = screen_.width > kFirstGap + 2 ? screen_.width - kFirstGap - 2 : 0;
      most = std::clamp<std::size_t>(1 + room / narrowest, 1, most);
      gap_ = most > 1 ? std::clamp(room / (most - 1), narrowest, kWidestGap) : narrowest;
    }
    // A picture without the metric says nothing, and one of metrics alone is none of the space.
    const std::size_t shown_metrics =
        std::min(metrics, most > hparams ? most - std::min(hparams, most - 1)
                                         : std::max<std::size_t>(1, most / 2));
    const std::size_t shown_hparams = std::min(hparams, most - std::min(most, shown_metrics));
    for (std::size_t i = 0; i < shown_hparams; ++i) axes_.push_back(i);
    for (std::size_t i = 0; i < shown_metrics; ++i) axes_.push_back(hparams + i);
    width_ = axes_.empty() ? 0 : column(axes_.size() - 1) + 1;
  }

  // Of a place on an axis: 1 is the first row, 0 the last.
  static double row_of(const Canvas& canvas, double place) {
    return (1 - place) * static_cast<double>(canvas.rows() - 1);
  }

  void draw_line(Canvas& canvas, const ops::CoordsLine& line) const {
    for (std::size_t k = 0; k + 1 < axes_.size(); ++k) {
      const auto from = line.at[axes_[k]], to = line.at[axes_[k + 1]];
      if (!from || !to) continue;
      const auto dots = [&](double place) {
        return row_of(canvas, place) * static_cast<double>(kDotsDown) + 1.5;
      };
      const double y0 = dots(*from), y1 = dots(*to);
      const auto x0 = static_cast<double>(column(k) * kDotsAcross);
      const auto across = static_cast<double>(gap_ * kDotsAcross);
      const auto steps = static_cast<std::size_t>(std::max(across, std::abs(y1 - y0))) + 1;
      for (std::size_t i = 0; i <= steps; ++i) {
        const double part = static_cast<double>(i) / static_cast<double>(steps);
        canvas.dot(static_cast<std::size_t>(x0 + part * across),
                   static_cast<std::size_t>(y0 + part * (y1 - y0)));
      }
    }
  }

  // In characters that look like no other line's, colour or not.
  void draw_best(Canvas& canvas, const ops::CoordsLine& line) const {
    for (std::size_t k = 0; k < axes_.size(); ++k) {
      const auto from = line.at[axes_[k]];
      if (!from) continue;
      const double row = row_of(canvas, *from);
      canvas.put(static_cast<std::size_t>(std::lround(row)), column(k), "●", Role::kGood);
      if (k + 1 == axes_.size() || !line.at[axes_[k + 1]]) continue;
      const double next = row_of(canvas, *line.at[axes_[k + 1]]);
      auto before = std::lround(row);
      for (std::size_t i = 1; i < gap_; ++i) {
        const double part = static_cast<double>(i) / static_cast<double>(gap_);
        const auto now = std::lround(row + part * (next - row));
        const char* const bend = now > before ? "╲" : now < before ? "╱" : "━";
        // Where it falls by several rows at once it stays one line.
        for (auto between = std::min(before, now) + 1; between < std::max(before, now); ++between)
          canvas.put(static_cast<std::size_t>(between), column(k) + i, bend, Role::kGood);
        canvas.put(static_cast<std::size_t>(now), column(k) + i, bend, Role::kGood);
        before = now;
      }
    }
  }

  void draw_axis(Canvas& canvas, std::size_t k) const {
    for (std::size_t row = 0; row < canvas.rows(); ++row) {
      const char* const piece = row == 0 ? "┬" : row + 1 == canvas.rows() ? "┴" : "│";
      canvas.put(row, column(k), piece, Role::kPlain);
    }
  }

  void draw_labels(Canvas& canvas, std::size_t k) const {
    const ops::CoordsAxis& axis = coords_.axes[axes_[k]];
    const std::size_t room = (k == 0 ? kFirstGap : gap_) - 3;
    // Apart from the lines that go by.
    const auto label = [&](std::size_t row, std::string_view text) {
      canvas.put_before(row, column(k), " " + elide_middle(printable(text), room) + " ");
    };
    const std::size_t last = canvas.rows() - 1;
    if (axis.texts.empty()) {
      const auto number = [](double value) { return Cell::real(value).human(kAxisDigits); };
      if (axis.min == axis.max) return label(last / 2, number(axis.max));
      label(0, number(axis.max));
      label(last, number(axis.min));
      return;
    }
    if (axis.texts.size() == 1) return label(last / 2, shown(axis.texts.front()));
    const auto steps = static_cast<double>(axis.texts.size() - 1);
    std::size_t taken = kNoBest;
    for (std::size_t i = 0; i < axis.texts.size(); ++i) {
      const auto row =
          static_cast<std::size_t>(std::lround(row_of(canvas, static_cast<double>(i) / steps)));
      if (row == taken) continue;
      taken = row;
      label(row, shown(axis.texts[i]));
    }
  }

  static std::string shown(const std::string& text) { return text.empty() ? "\"\"" : text; }

  [[nodiscard]] std::string name_of(const ops::CoordsAxis& axis) const {
    std::string name = axis.metric ? metric_header(report_.metrics[*axis.metric]) : axis.name;
    return printable(name) + (axis.log ? " (log)" : "");
  }

  // Names end above their axes.
  [[nodiscard]] std::string header() const {
    std::string line;
    std::size_t used = 0;
    for (std::size_t k = 0; k < axes_.size(); ++k) {
      const std::size_t end = column(k) + 1;
      const std::string name =
          elide_middle(name_of(coords_.axes[axes_[k]]), end - used - (k == 0 ? 0 : 2));
      line.append(end - used - display_width(name), ' ');
      line += name;
      used = end;
    }
    return line + '\n';
  }

  [[nodiscard]] std::string value_text(const ops::HparamSession& session,
                                       const ops::CoordsAxis& axis) const {
    if (axis.metric) return Cell::real(report_.number(session, *axis.metric)).human();
    const auto found = session.hparams.find(axis.name);
    return found == session.hparams.end() ? "-"
                                          : shown(printable(ops::text_of_hparam(found->second)));
  }

  [[nodiscard]] std::string footer() const {
    std::string text;
    if (coords_.best) {
      const ops::HparamSession& best = report_.sessions[coords_.lines[*coords_.best].session];
      std::string line = "●━ best: " + printable(best.shown);
      for (std::size_t k = axes_.size(); k-- > 0;) {
        const ops::CoordsAxis& axis = coords_.axes[axes_[k]];
        line += " · " + printable(axis.metric ? report_.metrics[*axis.metric].label : axis.name) +
                " " + value_text(best, axis);
      }
      text += wrap(line);
    }
    std::string line = count_of(coords_.lines.size(), "session", "sessions");
    if (coords_.not_drawn != 0)
      line += fmt::format(" · {} without {} not drawn", coords_.not_drawn,
                          printable(coords_.axes.back().name));
    const std::size_t more = coords_.axes.size() - axes_.size() + coords_.more_hparams;
    if (more != 0)
      line += fmt::format(" · {} without room", count_of(more, "more axis", "more axes"));
    return text + wrap(line);
  }

  [[nodiscard]] std::string wrap(const std::string& line) const {
    return screen_.terminal ? wrapped(line, screen_.width) : line + '\n';
  }

  const ops::HparamsReport& report_;
  const ops::Coords& coords_;
  const Screen& screen_;
  std::vector<std::size_t> axes_;
  std::size_t gap_ = kUsualGap, width_ = 0;
};

}  // namespace

std::string coords_picture(const ops::HparamsReport& report, const ops::Coords& coords,
                           const Screen& screen) {
  if (coords.axes.empty()) return {};
  return Picture(report, coords, screen).draw();
}

}  // namespace tfevents::render
