#include "junit.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "assert.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace tfevents::render {
namespace {

using ops::CheckRow;
using ops::CheckStatus;

/// Rows of one trial, which follow each other.
using Suite = std::span<const CheckRow>;

Suite first_suite(std::span<const CheckRow> rows) {
  std::size_t size = 1;
  while (size < rows.size() && rows[size].run == rows[0].run && rows[size].path == rows[0].path)
    ++size;
  return rows.first(size);
}

struct Counts {
  std::size_t failures = 0, errors = 0, skipped = 0;
};

Counts count(Suite suite) {
  Counts counts;
  for (const CheckRow& row : suite) {
    if (row.status == CheckStatus::kPass) continue;
    if (row.severity == Severity::kWarn) {
      ++counts.skipped;
    } else {
      ++(row.status == CheckStatus::kFail ? counts.failures : counts.errors);
    }
  }
  return counts;
}

// The schema wants a time without a zone.
std::string timestamp(double now) {
  std::string time = iso_time(now);
  if (!time.ends_with('Z')) return "1970-01-01T00:00:00";
  time.pop_back();
  return time;
}

std::string name_of(const CheckRow& row, const ops::AssertReport& report) {
  if (!row.shown.empty()) return row.shown;
  if (row.path) return *row.path;
  return report.operands.empty() ? "tfevents" : report.operands.front();
}

void write_case(std::string& out, const CheckRow& row, const std::string& trial) {
  out += fmt::format(R"(    <testcase name="{}" classname="{}" time="0")", xml_text(row.check),
                     xml_text(trial));
  if (row.status == CheckStatus::kPass) {
    out += "/>\n";
    return;
  }
  const std::string message = xml_text(message_of(row));
  if (row.severity == Severity::kWarn) {
    out += fmt::format(">\n      <skipped message=\"warning: {}\"/>\n    </testcase>\n", message);
    return;
  }
  const char* element = row.status == CheckStatus::kFail ? "failure" : "error";
  const std::string type = row.reason.empty() ? "failed" : row.reason;
  out += fmt::format(">\n      <{} type=\"{}\" message=\"{}\">{}: {}</{}>\n    </testcase>\n",
                     element, xml_text(type), message, xml_text(row.expr), message, element);
}

}  // namespace

std::string xml_text(std::string_view text) {
  // What people cannot see is spelled out, and that leaves of what XML forbids two characters that
  // are none.
  const std::string safe = printable(text);
  std::string out;
  for (std::size_t at = 0; at < safe.size(); ++at) {
    const std::string_view rest = std::string_view(safe).substr(at);
    if (rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {
      out += "\xEF\xBF\xBD";
      at += 2;
      continue;
    }
    switch (safe[at]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;
      default: out += safe[at];
    }
  }
  return out;
}

Status assert_junit(const ops::AssertReport& report, Sink& sink) {
  std::string& out = sink.out();
  out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  std::span<const CheckRow> rows = report.rows;
  for (std::size_t id = 0; !rows.empty(); ++id) {
    const Suite suite = first_suite(rows);
    rows = rows.subspan(suite.size());
    const Counts counts = count(suite);
    const std::string trial = name_of(suite.front(), report);
    out += fmt::format(
        "  <testsuite name=\"{}\" package=\"tfevents\" id=\"{}\" timestamp=\"{}\" "
        "hostname=\"localhost\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
        "time=\"0\">\n    <properties>\n",
        xml_text(trial), id, timestamp(report.now), suite.size(), counts.failures, counts.errors,
        counts.skipped);
    if (suite.front().path) {
      out += fmt::format("      <property name=\"path\" value=\"{}\"/>\n",
                         xml_text(*suite.front().path));
    }
    out += "    </properties>\n";
    for (const CheckRow& row : suite) {
      write_case(out, row, trial);
      TFEVENTS_CHECK(sink.drain());
    }
    out += "    <system-out/>\n    <system-err/>\n  </testsuite>\n";
  }
  out += "</testsuites>\n";
  return sink.drain();
}

}  // namespace tfevents::render
