#include <cstdlib>
#include <ctime>
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "base/time.hpp"

namespace {

/// Local time of one zone for the length of a test.
class ZoneGuard {
 public:
  explicit ZoneGuard(const char* zone) { set(zone); }
  ~ZoneGuard() { set("UTC"); }
  ZoneGuard(const ZoneGuard&) = delete;
  ZoneGuard& operator=(const ZoneGuard&) = delete;

 private:
  static void set(const char* zone) {
    setenv("TZ", zone, 1);  // NOLINT(concurrency-mt-unsafe)
    tzset();
  }
};

double duration(std::string_view text) {
  auto parsed = tfevents::parse_duration(text);
  REQUIRE_MESSAGE(parsed.ok(), text);
  return *parsed;
}
double time_of(std::string_view text, double now = 1000) {
  auto parsed = tfevents::parse_time(text, now);
  REQUIRE_MESSAGE(parsed.ok(), text);
  return *parsed;
}
std::uint64_t size(std::string_view text) {
  auto parsed = tfevents::parse_size(text);
  REQUIRE_MESSAGE(parsed.ok(), text);
  return *parsed;
}

}  // namespace

TEST_CASE("durations") {
  CHECK(duration("90s") == 90);
  CHECK(duration("30m") == 1800);
  CHECK(duration("12h") == 43200);
  CHECK(duration("7d") == 604800);
  CHECK(duration("2w") == 1209600);
  CHECK(duration("1d12h") == 129600);
  CHECK(duration("1.5h") == 5400);
  CHECK(duration("0.5s") == 0.5);
  CHECK(duration("0") == 0);
  CHECK(duration("0d") == 0);
  for (const char* bad : {"", "7", "7x", "d", "7 d", " 7d", "7d ", "-7d", "+7d", "1.d", ".5h",
                          "1e3s", "infs", "7d3", "7D", "1,5h", "7dd", "0x1s", "nan"}) {
    const auto parsed = tfevents::parse_duration(bad);
    CHECK_FALSE_MESSAGE(parsed.ok(), bad);
    if (!parsed.ok()) CHECK(parsed.error().code == tfevents::ErrorCode::kUsage);
  }
  CHECK(tfevents::parse_duration("7x").error().message ==
        "'7x' is no duration; write 90s, 30m, 12h, 7d, 2w or sums such as 1d12h");
  CHECK(tfevents::parse_duration(std::string(400, '9') + "w").error().message.find("too long") !=
        std::string::npos);
  CHECK(tfevents::parse_duration("99999999999w").error().message.find("too long") !=
        std::string::npos);
  CHECK(tfevents::parse_duration("7\x1b[2J").error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("times in UTC and with a zone") {
  const ZoneGuard utc("UTC");
  CHECK(time_of("1970-01-01") == 0);
  CHECK(time_of("2026-11-20") == 1795132800);
  CHECK(time_of("2026-11-20T09:14") == 1795166040);
  CHECK(time_of("2026-11-20 09:14:05") == 1795166045);
  CHECK(time_of("2026-11-20T09:14:05.5") == 1795166045.5);
  CHECK(time_of("2026-11-20T09:14:05Z") == 1795166045);
  CHECK(time_of("2026-11-20T11:14:05+02:00") == 1795166045);
  CHECK(time_of("2026-11-20T03:44:05-0530") == 1795166045);
  CHECK(time_of("2026-11-20T10:14:05+01") == 1795166045);
  CHECK(time_of("2024-02-29") == 1709164800);
  CHECK(time_of("1969-12-31T23:59:59Z") == -1);
  CHECK(time_of("@1700000000.5") == 1700000000.5);
  CHECK(time_of("@-5") == -5);
  CHECK(time_of("3d", 1e6) == 1e6 - 259200);
  CHECK(time_of("0", 7) == 7);
}

TEST_CASE("times without a zone are local") {
  const ZoneGuard berlin("CET-1CEST,M3.5.0,M10.5.0/3");
  CHECK(time_of("2026-11-20T10:14:05") == 1795166045);
  CHECK(time_of("2026-07-01") == 1782856800);
  CHECK(time_of("2026-11-20T09:14:05Z") == 1795166045);
  CHECK(tfevents::human_time(1795166045.9, false) == "2026-11-20 10:14");
  CHECK(tfevents::human_time(1795166045.9, true) == "2026-11-20 10:14:05+01:00");
}

TEST_CASE("what is no time") {
  for (const char* bad : {"",
                          "@",
                          "@x",
                          "@1e9",
                          "@ 1",
                          "2026",
                          "2026-1-2",
                          "2026-13-01",
                          "2026-02-29",
                          "2026-00-10",
                          "2026-11-20T",
                          "2026-11-20T9:14",
                          "2026-11-20T24:00",
                          "2026-11-20T09:60",
                          "2026-11-20T09:14:60",
                          "2026-11-20T09:14:05.",
                          "2026-11-20T09:14x",
                          "2026-11-20Z",
                          "2026-11-20T09:14+2",
                          "2026-11-20T09:14+24:00",
                          "2026-11-20T09:14+02:",
                          "2026-11-20T09:14Z ",
                          "20261120",
                          "-3d",
                          "now",
                          "2026-11-20  09:14"}) {
    const auto parsed = tfevents::parse_time(bad, 0);
    CHECK_FALSE_MESSAGE(parsed.ok(), bad);
    if (!parsed.ok()) CHECK(parsed.error().code == tfevents::ErrorCode::kUsage);
  }
  CHECK(tfevents::parse_time("2026-02-30", 0).error().message.find("no such day") !=
        std::string::npos);
}

TEST_CASE("sizes") {
  CHECK(size("0") == 0);
  CHECK(size("512") == 512);
  CHECK(size("512B") == 512);
  CHECK(size("1K") == 1024);
  CHECK(size("10k") == 10240);
  CHECK(size("20MiB") == 20971520);
  CHECK(size("1.5G") == 1610612736);
  CHECK(size("50GB") == 50000000000);
  CHECK(size("1kB") == 1000);
  CHECK(size("1.1G") == 1181116006);
  CHECK(size("2TiB") == 2199023255552);
  CHECK(size("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  CHECK(size("16383P") == 16383ULL << 50U);
  for (const char* bad : {"",       "K",
                          "-1",     "+1",
                          "1.5",    "1.5B",
                          " 1",     "1 ",
                          "1 K",    "1.K",
                          "1X",     "1Ki",
                          "1KiBs",  "0x10",
                          "1e3",    "18446744073709551616",
                          "16384P", "99999999999999999999G",
                          "1.5.5G", "inf"}) {
    const auto parsed = tfevents::parse_size(bad);
    CHECK_FALSE_MESSAGE(parsed.ok(), bad);
    if (!parsed.ok()) CHECK(parsed.error().code == tfevents::ErrorCode::kUsage);
  }
}

TEST_CASE("durations for people") {
  using tfevents::human_duration;
  CHECK(human_duration(0) == "0s");
  CHECK(human_duration(0.4) == "0.4s");
  CHECK(human_duration(0.97) == "1s");
  CHECK(human_duration(8.9) == "8s");
  CHECK(human_duration(59.99) == "59s");
  CHECK(human_duration(60) == "1m");
  CHECK(human_duration(90) == "1m30s");
  CHECK(human_duration(300) == "5m");
  CHECK(human_duration(3599) == "59m");
  CHECK(human_duration(31260) == "8h41m");
  CHECK(human_duration(7200) == "2h");
  CHECK(human_duration(86400) == "1d");
  CHECK(human_duration(129600) == "1d12h");
  CHECK(human_duration(172800) == "2d");
  CHECK(human_duration(9 * 86400.0) == "9d");
  CHECK(human_duration(84 * 86400.0) == "12w");
  CHECK(human_duration(1e12) == ">999y");
  CHECK(human_duration(-120) == "-2m");
  CHECK(human_duration(-0.01) == "0s");
  CHECK(human_duration(std::numeric_limits<double>::quiet_NaN()) == "?");
  CHECK(human_duration(std::numeric_limits<double>::infinity()) == "?");
}

TEST_CASE("sizes for people have three digits at most") {
  using tfevents::human_bytes;
  CHECK(human_bytes(0) == "0 B");
  CHECK(human_bytes(912) == "912 B");
  CHECK(human_bytes(999) == "999 B");
  CHECK(human_bytes(1000) == "1.0 KiB");
  CHECK(human_bytes(23456) == "23 KiB");
  CHECK(human_bytes(1258291) == "1.2 MiB");
  CHECK(human_bytes(19327352832) == "18 GiB");
  CHECK(human_bytes(1023 * 1024) == "1.0 MiB");
  CHECK(human_bytes(10188) == "9.9 KiB");
  CHECK(human_bytes(10239) == "10 KiB");
  CHECK(human_bytes(std::numeric_limits<std::uint64_t>::max()) == "16 EiB");
}

TEST_CASE("times for machines and people") {
  const ZoneGuard utc("UTC");
  CHECK(tfevents::iso_time(1795166045.9) == "2026-11-20T09:14:05Z");
  CHECK(tfevents::iso_time(-0.5) == "1969-12-31T23:59:59Z");
  CHECK(tfevents::human_time(1795166045.9, true) == "2026-11-20 09:14:05+00:00");
  CHECK(tfevents::iso_time(1e300) == "@1e+300");
  CHECK(tfevents::human_time(std::numeric_limits<double>::quiet_NaN(), false) == "@nan");
  CHECK(tfevents::FixedClock(5).now() == 5);
  CHECK(tfevents::SystemClock().now() > 1.7e9);
}
