#include "show_values.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "lines.hpp"
#include "value.hpp"

namespace tfevents::render {
namespace {

/// TensorBoard's, and more than a screen has lines for is no picture.
constexpr std::size_t kBins = 30;
constexpr std::size_t kBarColumns = 40, kFewestBarColumns = 8;
constexpr std::size_t kTab = 4;

// Line ends stay, tabs become blanks, all else that would act on a terminal is escaped.
std::string safe_lines(std::string_view text, std::string_view indent) {
  std::string out;
  bool first = true;
  while (first || !text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!first) out += indent;
    first = false;
    for (;;) {
      const std::size_t tab = line.find('\t');
      out += printable(line.substr(0, tab));
      if (tab == std::string_view::npos) break;
      out.append(kTab, ' ');
      line.remove_prefix(tab + 1);
    }
    out += '\n';
  }
  return out;
}

// Rows of a table of strings, the columns under each other.
Status write_grid(const Tensor& strings, std::size_t columns, const Screen& screen, Sink& sink) {
  std::vector<Column> all(columns, Column{.elide = Elide::kEnd, .min_width = 8});
  const LazyTable table(all, [&](const RowSource::Visit& visit) -> Status {
    for (std::uint64_t at = 0; at < strings.size();) {
      std::vector<Cell> cells;
      for (std::size_t i = 0; i < columns && at < strings.size(); ++i)
        cells.push_back(Cell::text(strings.text(at++)));
      TFEVENTS_CHECK(visit(cells));
    }
    return ok_status();
  });
  TFEVENTS_TRY([[maybe_unused]] const std::size_t dropped,
               render_table(table, screen.table_style(), sink));
  sink.out() += more_columns(dropped, false);
  return ok_status();
}

Status write_strings(const Tensor& strings, const Screen& screen, Sink& sink) {
  const Shape& shape = strings.shape();
  // A table wider than this is none for people.
  constexpr std::int64_t kMostColumns = 64;
  if (shape.size() == 2 && shape[1] > 0 && shape[1] <= kMostColumns)
    return write_grid(strings, static_cast<std::size_t>(shape[1]), screen, sink);
  for (std::uint64_t i = 0; i < strings.size(); ++i) {
    const bool item = !shape.empty();
    if (item) sink.out() += "- ";
    sink.out() += safe_lines(strings.text(i), item ? "  " : "");
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

std::string shortened(double value) {
  return Cell::real(value).human(kSignificant);
}

Status write_histogram(const Histogram& histogram, const Screen& screen, bool all, Sink& sink) {
  std::vector<DistributionBucket> rows = drawn_rows(histogram);
  const auto percentiles = percentiles_of(rows);
  std::string caption = rows.empty()
                            ? "no values"
                            : fmt::format("{} values from {} to {}", to_text(histogram.num),
                                          shortened(histogram.min), shortened(histogram.max));
  const std::size_t stored = rows.size();
  if (stored > kBins && !all) {
    std::vector<DistributionBucket> bins = rebinned(rows, kBins);
    if (!bins.empty()) {
      rows = std::move(bins);
      caption +=
          fmt::format(", {} rows in {} bins of equal width (--all: as stored)", stored, kBins);
    }
  }
  sink.out() += screen.terminal ? wrapped(caption, screen.width) : caption + '\n';
  double most = 0;
  for (const DistributionBucket& row : rows) {
    if (std::isfinite(row.count)) most = std::max(most, row.count);
  }
  const std::size_t columns =
      screen.terminal ? std::clamp<std::size_t>(screen.width > 40 ? screen.width - 36 : 0,
                                                kFewestBarColumns, kBarColumns)
                      : kBarColumns;
  const auto number = [](std::string_view header) {
    return Column{.header = std::string(header),
                  .align = Align::kPoint,
                  .minor = header == "TO",
                  .significant = kSignificant};
  };
  Table table({number("FROM"), number("TO"), number("COUNT"), Column{}});
  for (const DistributionBucket& row : rows) {
    const double share = most > 0 && std::isfinite(row.count) ? row.count / most : 0;
    table.add({Cell::real(row.left), Cell::real(row.right), Cell::real(row.count),
               Cell::text(bar(share, columns))});
  }
  TFEVENTS_TRY([[maybe_unused]] const std::size_t dropped,
               render_table(table, screen.table_style(), sink));
  if (rows.empty()) return ok_status();
  std::string line = "percentiles";
  for (std::size_t i = 0; i < percentiles.size(); ++i) {
    line += fmt::format("{} {}% {}", i == 0 ? "" : " ·", to_text(kBasisPoints[i] / 100),
                        shortened(percentiles[i]));
  }
  sink.out() += screen.terminal ? wrapped(line, screen.width) : line + '\n';
  return ok_status();
}

Status write_value(const ops::ShownValue& value, const Screen& screen, bool all, Sink& sink) {
  if (!value.value.problem.empty()) sink.out() += "(" + printable(value.value.problem) + ")\n";
  if (const auto* histogram = std::get_if<Histogram>(&value.value.what))
    return write_histogram(*histogram, screen, all, sink);
  const Tensor* strings = nullptr;
  if (const auto* text = std::get_if<Text>(&value.value.what)) strings = &text->strings;
  if (const auto* tensor = std::get_if<Tensor>(&value.value.what)) strings = tensor;
  if (strings != nullptr && strings->element() == Tensor::Element::kText)
    return write_strings(*strings, screen, sink);
  sink.out() += "no text: " + describe_value(value.value) + '\n';
  return ok_status();
}

}  // namespace

std::vector<DistributionBucket> drawn_rows(const Histogram& histogram) {
  std::vector<DistributionBucket> rows;
  for (const HistogramBucket& bucket : tensorboard_rows(histogram))
    rows.push_back({bucket.left, bucket.right, bucket.count});
  return rows;
}

std::string bar(double share, std::size_t columns) {
  static constexpr std::string_view kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (!(share > 0) || columns == 0) return "";
  const double eighths = std::min(share, 1.0) * static_cast<double>(8 * columns);
  const auto whole = std::max<std::size_t>(static_cast<std::size_t>(std::lround(eighths)), 1);
  std::string out;
  for (std::size_t i = 0; i < whole / 8; ++i) out += "█";
  return out += kEighths[whole % 8];
}

Status show_values(const ops::ShowReport& report, const Screen& screen, bool all, Sink& sink) {
  std::size_t count = 0;
  for (const ops::ShownRun& run : report.runs) count += run.values.size();
  bool first = true;
  for (const ops::ShownRun& run : report.runs) {
    for (const ops::ShownValue& value : run.values) {
      const bool alone = count == 1 && !screen.terminal && !value.histogram;
      if (!alone) {
        if (!std::exchange(first, false)) sink.out() += '\n';
        std::string heading = printable(value.tag);
        if (report.runs.size() > 1) heading = printable(run.row.people_name()) + "  " + heading;
        heading += "  step " + human_integer(value.step);
        if (std::isfinite(value.wall_time) && value.wall_time > 0)
          heading += "  " + human_time(value.wall_time, false);
        sink.out() += screen.terminal ? wrapped(heading, screen.width) : heading + '\n';
      }
      TFEVENTS_CHECK(write_value(value, screen, all, sink));
      TFEVENTS_CHECK(sink.drain());
    }
  }
  return ok_status();
}

}  // namespace tfevents::render
