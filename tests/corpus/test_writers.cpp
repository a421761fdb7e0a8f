// Trees that the frameworks themselves wrote, each with an oracle beside it: what is in them by an
// independent reader, and what TensorBoard's data server shows of it.

#include <cmath>
#include <fstream>
#include <set>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "base/number.hpp"
#include "corpus/differences.hpp"
#include "corpus/file_scan.hpp"
#include "corpus/places.hpp"
#include "corpus/tree.hpp"

namespace tfevents::test {
namespace {

using nlohmann::json;

// The oracle's words for kinds are of its reader; other tensors go by their plugin.
std::string kind_of(const json& series) {
  static const std::map<std::string, std::string> kKinds{
      {"scalar", "scalars"},        {"histogram", "histograms"},
      {"image", "images"},          {"graph_def", "graphs"},
      {"meta_graph_def", "graphs"}, {"keras_model", "graphs"},
      {"layout", "custom_scalars"}, {"tagged_run_metadata", "run_metadata"},
  };
  const std::string kind = series.at("kind");
  if (const auto found = kKinds.find(kind); found != kKinds.end()) return found->second;
  if (kind != "tensor") return kind;
  const std::string plugin = series.at("plugin").is_null() ? "" : series.at("plugin");
  return plugin.empty() || plugin == "scalars" ? "tensors" : plugin;
}

// Graphs have no tag in the file; TensorBoard gives them one.
std::string tag_of(const json& series) {
  if (series.at("namespace") == "graph_def") return "__run_graph__";
  if (series.at("namespace") == "meta_graph_def") return "__meta_graph__";
  return series.at("tag");
}

// A stored number as the oracles write it: NaN and infinities as text, bool as a number.
std::string stored_text(const Scalar& value) {
  const double number = value.as_double();
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  switch (value.store()) {
    case Scalar::Store::kFloat: return to_text(value.f32);
    case Scalar::Store::kDouble: return to_text(value.f64);
    case Scalar::Store::kSigned: return to_text(value.i64);
    case Scalar::Store::kUnsigned: return to_text(value.u64);
  }
  return "";
}

// `like` tells how the number was stored: a float32's text is read as the float32 it came from.
std::string stored_text(const json& number, const Scalar& like) {
  if (number.is_string()) return number;
  if (number.is_boolean()) return number.get<bool>() ? "1" : "0";
  if (number.is_number_unsigned() && like.store() == Scalar::Store::kUnsigned)
    return to_text(number.get<std::uint64_t>());
  if (number.is_number_integer() && like.store() == Scalar::Store::kSigned)
    return to_text(number.get<std::int64_t>());
  if (like.store() == Scalar::Store::kFloat)
    return to_text(static_cast<float>(number.get<double>()));
  return to_text(number.get<double>());
}

std::string time_text(const json& wall) {
  if (wall.is_string()) return wall;
  return to_text(wall.get<double>());
}

std::string time_text(double wall) {
  return stored_text(Scalar::of(wall));
}

/// One tree and its oracle.
class Written {
 public:
  Written(std::string path, std::string name, Differences& differences)
      : tree_(path), name_(std::move(name)), differences_(differences) {
    raw_ = tree_.points(View::kRaw);
    clean_ = tree_.points(View::kClean);
    rows_ = tree_.rows(View::kRaw);
    clean_rows_ = tree_.rows(View::kClean);
  }

  void compare() {
    std::ifstream lines(tree_.path() + ".oracle.jsonl");
    REQUIRE(lines.good());
    std::uint64_t files = 0, records = 0, bytes = 0;
    for (std::string line; std::getline(lines, line);) {
      const json one = json::parse(line);
      const std::string type = one.at("type");
      if (type == "series") compare_series(one);
      if (type == "run") compare_run(one);
      if (type != "file") continue;
      compare_file(one);
      ++files;
      records += one.at("records").get<std::uint64_t>();
      bytes += one.at("size").get<std::uint64_t>();
    }
    compare_rest();
    const ops::FsckReport report = tree_.fsck();
    differences_.compare(name_ + ": files", report.files, files);
    differences_.compare(name_ + ": bytes", report.bytes, bytes);
    std::uint64_t undecodable = 0;
    for (const Problem& row : report.rows) undecodable += row.rule == "undecodable" ? 1U : 0U;
    differences_.compare(name_ + ": records", report.records + undecodable, records);
  }

 private:
  void compare_series(const json& theirs) {
    const std::string run = theirs.at("run"), tag = tag_of(theirs);
    SeriesName name{run, tag, kind_of(theirs)};
    const std::string where = name_ + "/" + run + " " + tag.substr(0, 60);
    if (!raw_.contains(name)) {
      std::string kinds;
      for (const auto& [other, points] : raw_) {
        if (std::get<0>(other) != run || std::get<1>(other) != tag) continue;
        kinds = std::get<2>(other);
        name = other;
      }
      differences_.compare(where + ": kind", kinds, kind_of(theirs));
      if (kinds.empty()) return;
    }
    CHECK_MESSAGE(seen_.insert(name).second, where);
    compare_points(where + ": raw", raw_[name], theirs);
    compare_listed(where, name, theirs);
    compare_shown(where + ": shown", clean_[name], raw_[name], theirs);
  }

  void compare_points(const std::string& where, const std::vector<PointRow>& ours,
                      const json& theirs) {
    differences_.compare(
        where, outline(ours),
        outline(theirs.at("count"), theirs.at("first_step"), theirs.at("last_step"),
                theirs.at("min_step"), theirs.at("max_step")));
    if (theirs.contains("points")) compare_each(where, ours, theirs.at("points"));
  }

  void compare_each(const std::string& where, const std::vector<PointRow>& ours,
                    const json& theirs) {
    if (ours.size() != theirs.size()) return;  // Said already.
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const json& point = theirs.at(i);
      const PointRow& mine = ours[i];
      std::string left = std::to_string(mine.step) + " " + time_text(mine.wall);
      std::string right =
          std::to_string(point.at(0).get<std::int64_t>()) + " " + time_text(point.at(1));
      if (!mine.blob) {
        left += " " + stored_text(mine.value);
        right += " " + stored_text(point.at(2), mine.value);
      }
      differences_.compare(where + ", point " + std::to_string(i), left, right);
    }
  }

  void compare_listed(const std::string& where, const SeriesName& name, const json& theirs) {
    const std::optional<ops::SeriesRow> ours = listed(rows_, name);
    REQUIRE(ours.has_value());
    CHECK(ours->points == raw_[name].size());
    if (std::get<2>(name) != "scalars") return;
    const std::pair<const char*, std::optional<Scalar>> numbers[] = {
        {"first", ours->first}, {"last", ours->last}, {"min", ours->min}, {"max", ours->max}};
    for (const auto& [key, value] : numbers) {
      if (!theirs.contains(key)) continue;
      differences_.compare(where + ": " + key, value ? stored_text(*value) : "none",
                           theirs.at(key).is_null()
                               ? "none"
                               : stored_text(theirs.at(key), value.value_or(Scalar{})));
    }
    differences_.compare(where + ": dtype", ours->dtype, theirs.at("dtype").get<std::string>());
    if (theirs.contains("nan"))
      differences_.compare(
          where + ": nonfinite", ours->nonfinite,
          theirs.at("nan").get<std::uint64_t>() + theirs.at("inf").get<std::uint64_t>());
  }

  // Our clean view is what the data server shows, where it shows the series at all.
  void compare_shown(const std::string& where, const std::vector<PointRow>& clean,
                     const std::vector<PointRow>& raw, const json& theirs) {
    if (theirs.contains("shown")) {
      if (!theirs.at("shown").is_null())
        differences_.compare(where, clean.size(), theirs.at("shown").get<std::uint64_t>());
      return;
    }
    const json& rust = theirs.at("rust");
    if (rust.is_null()) return;
    if (rust.contains("error")) return differences_.compare(where, outline(clean), "error");
    if (rust.value("same", false)) {
      differences_.compare(where, outline(clean), outline(raw));
      return;
    }
    differences_.compare(where, outline(clean),
                         outline(rust.at("count"), rust.at("first_step"), rust.at("last_step"),
                                 rust.at("min_step"), rust.at("max_step")));
    if (rust.contains("points")) compare_each(where, clean, rust.at("points"));
  }

  void compare_run(const json& theirs) {
    const std::string run = theirs.at("run"), where = name_ + "/" + run;
    const auto found = rows_.find(run);
    if (found == rows_.end()) return differences_.compare(where, "no run", "a run");
    differences_.compare(where + ": files", found->second.files, theirs.at("files").size());
    const json& least = theirs.at("min_wall_time");
    differences_.compare(where + ": start time",
                         found->second.first_time ? to_text(*found->second.first_time) : "none",
                         least.is_null() ? "none" : time_text(least));
  }

  void compare_file(const json& theirs) {
    const std::string file = theirs.at("file"), where = name_ + "/" + file;
    const FileScan ours = scan_file(tree_.path() + "/" + file);
    differences_.compare(where + ": records", ours.records,
                         theirs.at("records").get<std::uint64_t>());
    std::string damage;
    for (const json& one : theirs.at("damage")) {
      damage += (damage.empty() ? "" : " ") + one.at("outcome").get<std::string>() + "@" +
                std::to_string(one.at("offset").get<std::uint64_t>()) + "+" +
                std::to_string(one.at("bytes").get<std::uint64_t>());
    }
    differences_.compare(where + ": damage", ours.damage, damage);
    if (!theirs.contains("events")) return;  // The lines of tests/data are shorter.
    differences_.compare(where + ": compression", to_string(ours.compression),
                         theirs.value("compression", "none"));
    std::map<std::string, std::uint64_t> events = ours.events, their_events;
    events.erase("source_metadata");
    if (auto empty = events.extract("none"); !empty.empty()) events["nothing"] = empty.mapped();
    for (const auto& [event, count] : theirs.at("events").items()) their_events[event] = count;
    differences_.compare(where + ": events", to_words(events), to_words(their_events));
    const json& versions = theirs.at("file_version");
    differences_.compare(where + ": version", ours.version,
                         versions.empty() ? "" : versions.at(0).at(2).get<std::string>());
    const json& writers = theirs.at("writer");
    differences_.compare(where + ": writer", ours.writer,
                         writers.empty() ? "" : writers.at(0).get<std::string>());
    const std::pair<const char*, std::optional<double>> times[] = {
        {"first_wall_time", ours.first_wall},
        {"min_wall_time", ours.min_wall},
        {"max_wall_time", ours.max_wall}};
    for (const auto& [key, value] : times) {
      differences_.compare(where + ": " + key, value ? to_text(*value) : "none",
                           theirs.at(key).is_null() ? "none" : time_text(theirs.at(key)));
    }
  }

  void compare_rest() {
    for (const auto& [name, points] : raw_) {
      if (seen_.contains(name)) continue;
      const auto& [run, tag, kind] = name;
      differences_.compare(name_ + "/" + run + " " + tag.substr(0, 60),
                           kind + ", " + outline(points), "not there");
    }
    for (const auto& [name, points] : clean_) {
      const std::optional<ops::SeriesRow> series = listed(clean_rows_, name);
      REQUIRE(series.has_value());
      CHECK(series->points == points.size());
      CHECK(series->dropped == raw_[name].size() - points.size());
    }
  }

  static std::optional<ops::SeriesRow> listed(const std::map<std::string, ops::LsRow>& rows,
                                              const SeriesName& name) {
    const auto& [run, tag, kind] = name;
    for (const ops::SeriesRow& series : rows.at(run).series) {
      if (series.tag == tag && series.kind == kind) return series;
    }
    return std::nullopt;
  }

  Tree tree_;
  std::string name_;
  Differences& differences_;
  SeriesPoints raw_, clean_;
  std::map<std::string, ops::LsRow> rows_, clean_rows_;
  std::set<SeriesName> seen_;
};

std::vector<std::string> trees_with_oracle(const std::string& root) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    const std::string name = entry.path().filename();
    if (name.ends_with(".oracle.jsonl")) names.push_back(name.substr(0, name.find('.')));
  }
  std::sort(names.begin(), names.end());
  return names;
}

void compare_all(const std::string& root, const std::string& group, std::size_t trees) {
  Differences differences(group);
  const std::vector<std::string> names = trees_with_oracle(root);
  CHECK(names.size() == trees);
  for (const std::string& name : names) Written(root + "/" + name, name, differences).compare();
  MESSAGE(names.size(), " trees, ", differences.compared(), " comparisons");
}

TEST_SUITE("writers") {
  TEST_CASE("trees by real frameworks hold what independent readers see") {
    const std::string writers = outside_logs("TFEVENTS_WRITERS", "writers");
    if (!writers.empty()) compare_all(writers, "writers", 16);
  }
}

TEST_SUITE("data") {
  TEST_CASE("the trees of tests/data hold what independent readers see") {
    compare_all(TFEVENTS_SOURCE_DIR "/tests/data", "data", 8);
  }
}

}  // namespace
}  // namespace tfevents::test
