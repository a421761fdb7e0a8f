// ORACLE.jsonl.gz: every series of the corpus as TensorBoard's own readers and an independent one
// see it, points named by SHA-256 (its README has the rules).

#include <bit>
#include <cmath>
#include <set>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include "base/number.hpp"
#include "corpus/differences.hpp"
#include "corpus/file_scan.hpp"
#include "corpus/places.hpp"
#include "corpus/sha256.hpp"
#include "corpus/tree.hpp"

namespace tfevents::test {
namespace {

using nlohmann::json;

std::vector<json> read_lines(const std::string& path) {
  std::vector<json> lines;
  const gzFile file = gzopen(path.c_str(), "rb");
  REQUIRE(file != nullptr);
  std::string text(1 << 20, '\0'), line;
  for (int n = gzread(file, text.data(), 1 << 20); n > 0; n = gzread(file, text.data(), 1 << 20)) {
    for (const char c : std::string_view(text).substr(0, static_cast<std::size_t>(n))) {
      if (c != '\n') {
        line += c;
        continue;
      }
      lines.push_back(json::parse(line));
      line.clear();
    }
  }
  gzclose(file);
  return lines;
}

std::string word(double number) {
  const std::uint64_t bits =
      std::isnan(number) ? 0x7ff8000000000000U : std::bit_cast<std::uint64_t>(number);
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(bits));
  return text;
}

std::string digest(const std::vector<PointRow>& points) {
  Sha256 sha;
  for (const PointRow& point : points) {
    sha.add(std::to_string(point.step) + "," + word(point.wall));
    if (!point.blob) sha.add("," + word(point.value.as_double()));
    sha.add("\n");
  }
  return sha.hex();
}

std::string describe(const std::vector<PointRow>& points) {
  return outline(points) + " " + (points.empty() ? "" : digest(points));
}

std::string describe(const json& view) {
  if (view.is_null()) return "not served";
  const std::int64_t first = view.at("first_step"), last = view.at("last_step");
  return outline(view.at("n"), first, last, view.value("min_step", std::min(first, last)),
                 view.value("max_step", std::max(first, last))) +
         " " + view.at("sha256").get<std::string>();
}

// `"=raw"` and `"=clean"` stand for the same object.
const json& resolve(const json& row, const char* view) {
  const json& value = row.at(view);
  if (!value.is_string()) return value;
  return resolve(row, value == "=raw" ? "raw" : "clean");
}

std::string scalar_text(const std::optional<Scalar>& value) {
  if (!value) return "none";
  const double number = value->as_double();
  if (std::isnan(number)) return "NaN";
  return to_text(number);
}

std::string scalar_text(const json& view, const char* key) {
  if (!view.contains(key)) return "none";
  const json& value = view.at(key);
  return value.is_string() ? value.get<std::string>() : to_text(value.get<double>());
}

/// One top folder and the oracle's lines for it.
class Folder {
 public:
  Folder(std::string path, std::string name, Differences& differences)
      : tree_(path), name_(std::move(name)), differences_(differences) {
    raw_ = tree_.points(View::kRaw);
    clean_ = tree_.points(View::kClean);
    rows_ = tree_.rows(View::kRaw);
    clean_rows_ = tree_.rows(View::kClean);
  }

  void compare(const json& row) {
    const std::string kind = row.at("class");
    if (kind == "run") return compare_run(row);
    if (kind == "top") return compare_top(row);
    const std::string run = row.at("run"), tag = row.at("tag");
    const auto name = find(run, tag, kind == "scalar");
    const std::string where = name_ + "/" + run + " " + tag;
    if (!name) return differences_.compare(where, "not there", kind);
    CHECK_MESSAGE(seen_.insert(*name).second, where);
    differences_.compare(where + ": raw", describe(raw_[*name]), describe(row.at("raw")));
    differences_.compare(where + ": clean", describe(clean_[*name]),
                         describe(resolve(row, "clean")));
    // The reader that browsers show by default, where it shows the series.
    if (!resolve(row, "rust").is_null())
      differences_.compare(where + ": served", describe(clean_[*name]),
                           describe(resolve(row, "rust")));
    if (kind == "scalar") compare_numbers(where, *name, row.at("raw"));
    differences_.compare(where + ": clean, listed", std::to_string(points_listed(*name)),
                         std::to_string(clean_[*name].size()));
  }

  /// Series of ours that the oracle does not have.
  void compare_rest() {
    for (const auto& [name, points] : raw_) {
      if (seen_.contains(name)) continue;
      const auto& [run, tag, kind] = name;
      differences_.compare(name_ + "/" + run + " " + tag, kind + ", " + outline(points),
                           "not there");
    }
  }

 private:
  [[nodiscard]] std::optional<SeriesName> find(const std::string& run, const std::string& tag,
                                               bool scalar) const {
    for (const auto& [name, points] : raw_) {
      const auto& [our_run, our_tag, kind] = name;
      if (our_run == run && our_tag == tag && (kind == "scalars") == scalar) return name;
    }
    return std::nullopt;
  }

  std::optional<ops::SeriesRow> listed(const std::map<std::string, ops::LsRow>& rows,
                                       const SeriesName& name) const {
    const auto& [run, tag, kind] = name;
    for (const ops::SeriesRow& series : rows.at(run).series) {
      if (series.tag == tag && series.kind == kind) return series;
    }
    return std::nullopt;
  }
  std::uint64_t points_listed(const SeriesName& name) const {
    const std::optional<ops::SeriesRow> series = listed(clean_rows_, name);
    REQUIRE(series.has_value());
    CHECK(series->points + series->dropped == listed(rows_, name)->points);
    return series->points;
  }

  void compare_numbers(const std::string& where, const SeriesName& name, const json& raw) {
    const std::optional<ops::SeriesRow> ours = listed(rows_, name);
    REQUIRE(ours.has_value());
    differences_.compare(where + ": first", scalar_text(ours->first), scalar_text(raw, "first"));
    differences_.compare(where + ": last", scalar_text(ours->last), scalar_text(raw, "last"));
    differences_.compare(where + ": min", scalar_text(ours->min), scalar_text(raw, "min"));
    differences_.compare(where + ": max", scalar_text(ours->max), scalar_text(raw, "max"));
    differences_.compare(where + ": nonfinite", ours->nonfinite,
                         raw.value("nan", 0U) + raw.value("inf", 0U));
  }

  void compare_run(const json& row) {
    const std::string run = row.at("run"), where = name_ + "/" + run;
    const auto found = rows_.find(run);
    if (found == rows_.end()) return differences_.compare(where, "no run", "a run");
    const ops::LsRow& ours = found->second;
    differences_.compare(where + ": files", ours.files, row.at("files").get<std::uint64_t>());
    const double start = row.at("start_time").is_null() ? -1 : row.at("start_time").get<double>();
    differences_.compare(where + ": start time",
                         ours.first_time ? to_text(*ours.first_time) : "none",
                         row.at("start_time").is_null() ? "none" : to_text(start));
    compare_files(where, ours, row);
  }

  void compare_files(const std::string& where, const ops::LsRow& ours, const json& row) {
    std::uint64_t records = 0, undecodable = 0;
    std::map<std::string, std::uint64_t> events;
    std::string damage, theirs;
    Selection select;
    select.operands = {ours.path};
    StopFlag stop;
    const auto found = discover(select, real_sys(), 1, stop);
    REQUIRE(found.ok());
    const Run& run = found->runs.front();
    for (std::size_t file = 0; file < run.files.size(); ++file) {
      const FileScan scan = scan_file(run.path_of(file));
      records += scan.records;
      undecodable += scan.undecodable;
      for (const auto& [event, count] : scan.events) {
        if (event != "source_metadata") events[event] += count;
      }
      if (!scan.damage.empty())
        damage += run.files[file].name + " " + scan.damage.substr(0, scan.damage.rfind('+')) + "; ";
    }
    for (const json& one : row.at("damage")) {
      theirs += one.at(0).get<std::string>() + " " + one.at(1).get<std::string>() + "@" +
                std::to_string(one.at(2).get<std::uint64_t>()) + "; ";
    }
    std::map<std::string, std::uint64_t> their_events;
    for (const auto& [event, count] : row.at("events").items()) their_events[event] = count;
    differences_.compare(where + ": records", records, row.at("records").get<std::uint64_t>());
    differences_.compare(where + ": undecodable", undecodable,
                         row.at("undecodable").get<std::uint64_t>());
    differences_.compare(where + ": events", to_words(events), to_words(their_events));
    differences_.compare(where + ": damage", damage, theirs);
  }

  void compare_top(const json& row) {
    differences_.compare(name_ + ": runs", rows_.size(), row.at("runs").get<std::uint64_t>());
    // fsck counts the same records as all runs together, and no damage but what `damage` says.
    const ops::FsckReport report = tree_.fsck();
    std::uint64_t damaged = 0;
    for (const auto& [run, ours] : rows_) damaged += ours.damage;
    CHECK(report.records_lost == damaged);
  }

  Tree tree_;
  std::string name_;
  Differences& differences_;
  SeriesPoints raw_, clean_;
  std::map<std::string, ops::LsRow> rows_, clean_rows_;
  std::set<SeriesName> seen_;
};

TEST_SUITE("oracle") {
  TEST_CASE("SHA-256 of its standard's examples") {
    CHECK(Sha256().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    Sha256 sha;
    sha.add("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
    CHECK(sha.hex() == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  }

  TEST_CASE("every series of the corpus, both views, point by point") {
    const std::string corpus = outside_logs("TFEVENTS_CORPUS", "corpus");
    if (corpus.empty()) return;
    Differences differences("oracle");
    std::map<std::string, std::vector<json>> tops;
    for (json& line : read_lines(corpus + "/oracle/ORACLE.jsonl.gz"))
      tops[line.at("top")].push_back(std::move(line));
    std::size_t scalars = 0;
    for (const auto& [top, lines] : tops) {
      Folder folder(corpus + "/" + top, top, differences);
      for (const json& line : lines) {
        folder.compare(line);
        scalars += line.at("class") == "scalar" ? 1U : 0U;
      }
      folder.compare_rest();
    }
    CHECK(tops.size() == 21);
    CHECK(scalars == 343);
    MESSAGE(tops.size(), " folders, ", scalars, " scalar series, ", differences.compared(),
            " comparisons");
  }
}

}  // namespace
}  // namespace tfevents::test
