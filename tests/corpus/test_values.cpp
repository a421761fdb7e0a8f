// Values that are no scalars, decoded, against the oracles: media and graphs by their SHA-256, text
// by its strings, histograms by their numbers and by the rows that TensorBoard draws, tensors by
// shape and elements, hparams and layouts in full.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "corpus/differences.hpp"
#include "corpus/places.hpp"
#include "corpus/stored_values.hpp"

namespace tfevents::test {
namespace {

using nlohmann::json;

/// What the oracles know and a value of ours does not say.
bool is_left_out(const std::string& key) {
  static const std::set<std::string> kKeys{"colorspace", "content_type", "ops",    "functions",
                                           "devices",    "layers",       "limits", "counts"};
  return kKeys.contains(key);
}

json without(json object, std::initializer_list<const char*> keys) {
  for (const char* key : keys) object.erase(key);
  return object;
}

// Of hparams what is not kept: words for people, and what nobody reads.
json hparams_kept(json theirs) {
  if (!theirs.contains("experiment")) {
    for (auto& [key, value] : theirs.items()) value = without(value, {"model_uri", "monitor_url"});
    return theirs;
  }
  json& experiment = theirs["experiment"];
  experiment = without(experiment, {"description", "user", "time_created_secs", "name"});
  for (const char* list : {"hparam_infos", "metric_infos"}) {
    if (!experiment.contains(list)) continue;
    for (json& info : experiment[list])
      info = without(info, {"description", "differs", "dataset_type"});
  }
  return theirs;
}

json as_list(const json& value) {
  return value.is_array() ? value : json::array({value});
}

/// A float32 of TensorBoard's rows, from the double of ours.
json narrowed(const json& rows) {
  json out = json::array();
  for (const json& row : rows) {
    json narrow_row = json::array();
    for (const json& number : row)
      narrow_row.push_back(number.is_number() ? json(static_cast<float>(number.get<double>()))
                                              : number);
    out.push_back(narrow_row);
  }
  return out;
}

class Values {
 public:
  Values(const std::string& path, std::string name, Differences& differences)
      : path_(path), name_(std::move(name)), differences_(differences), ours_(read_values(path)) {}

  void compare() {
    std::ifstream lines(path_ + ".oracle.jsonl");
    REQUIRE(lines.good());
    for (std::string line; std::getline(lines, line);) {
      const json one = json::parse(line);
      if (one.at("type") == "series") compare_series(one);
    }
  }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& values() const { return values_; }

 private:
  void compare_series(const json& theirs) {
    const std::string run = theirs.at("run");
    std::string tag = theirs.at("tag");
    if (theirs.at("namespace") == "graph_def") tag = "__run_graph__";
    if (theirs.at("namespace") == "meta_graph_def") tag = "__meta_graph__";
    const std::vector<ValuePoint>* ours = nullptr;
    for (const auto& [name, points] : ours_) {
      if (std::get<0>(name) == run && std::get<1>(name) == tag) ours = &points;
    }
    if (ours == nullptr) {
      // Scalars are not our matter; anything else must be there.
      const bool scalars = theirs.at("kind") == "scalar" || theirs.at("kind") == "novalue";
      if (!scalars)
        differences_.compare(name_ + "/" + run + " " + tag, "not there", theirs["kind"]);
      return;
    }
    where_ = name_ + "/" + run + " " + tag;
    compare_points(*ours, theirs);
  }

  void compare_points(const std::vector<ValuePoint>& ours, const json& theirs) {
    const std::string kind = theirs.at("kind");
    differences_.compare(where_ + ": points", ours.size(), theirs.at("count").get<std::uint64_t>());
    for (const ValuePoint& point : ours)
      differences_.compare(where_ + ": problem", point.problem, "");
    if (ours.empty()) return;
    if (theirs.contains("first")) compare_value("first", ours.front(), theirs.at("first"), kind);
    if (theirs.contains("last")) compare_value("last", ours.back(), theirs.at("last"), kind);
    const json points = theirs.value("points", json::array());
    if (points.size() == ours.size()) {
      for (std::size_t i = 0; i < ours.size(); ++i)
        compare_value("point " + std::to_string(i), ours[i], points[i].at(2), kind);
    }
    if (kind != "histogram" || !theirs.contains("py") || theirs.at("py").is_null()) return;
    for (const char* end : {"first", "last"}) {
      if (!theirs.at("py").contains(end) || !theirs.at("py").at(end).contains("rows")) continue;
      const json& rows = (end == std::string("first") ? ours.front() : ours.back()).value["rows"];
      differences_.compare(where_ + ": TensorBoard's rows, " + end, plain_text(narrowed(rows)),
                           plain_text(narrowed(theirs.at("py").at(end).at("rows"))));
      ++values_["rows"];
    }
  }

  void compare_value(const std::string& which, const ValuePoint& ours, json theirs,
                     const std::string& kind) {
    const std::string where = where_ + ", " + which;
    ++values_[kind];
    if (!theirs.is_object()) {
      // A tensor of one element that is no number.
      const json& list =
          ours.value.contains("strings") ? ours.value["strings"] : ours.value["values"];
      differences_.compare(where, plain_text(list),
                           plain_text(kind == "scalar" ? json::array({theirs}) : theirs));
      return;
    }
    if (kind == "hparams") {
      differences_.compare(where, plain_text(ours.value), plain_text(hparams_kept(theirs)));
      return;
    }
    if (theirs.contains("functions") && theirs["functions"].is_array()) {
      std::uint64_t nodes = 0;
      for (const json& function : theirs["functions"])
        nodes += function.at("nodes").get<std::uint64_t>();
      theirs["nodes"] = nodes;
    }
    // Of a meta graph the oracle has the graph as protobuf writes it again, maps in another order.
    if (kind == "meta_graph_def") theirs.erase("sha256");
    for (const auto& [key, value] : theirs.items()) {
      if (is_left_out(key) || (kind == "audio" && key == "shape")) continue;
      const bool listed = key == "size" || key == "sha256" || key == "mime";
      const json mine = ours.value.value(key, json());
      differences_.compare(where + ": " + key, plain_text(mine),
                           plain_text(listed ? as_list(value) : value));
    }
  }

  std::string path_, name_, where_;
  Differences& differences_;
  ValueSeries ours_;
  std::map<std::string, std::uint64_t> values_;
};

void compare_all_values(const std::string& root, const std::string& group, std::size_t trees) {
  Differences differences(group);
  std::map<std::string, std::uint64_t> values;
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    const std::string name = entry.path().filename();
    if (!name.ends_with(".oracle.jsonl")) continue;
    const std::string tree = name.substr(0, name.find('.'));
    Values one(root + "/" + tree, tree, differences);
    one.compare();
    ++seen;
    for (const auto& [kind, count] : one.values()) values[kind] += count;
  }
  CHECK(seen == trees);
  std::string said;
  for (const auto& [kind, count] : values)
    said += (said.empty() ? "" : ", ") + std::to_string(count) + " " + kind;
  MESSAGE(seen, " trees, ", differences.compared(), " comparisons: ", said);
}

TEST_SUITE("values") {
  TEST_CASE("values of real frameworks are what independent readers decode") {
    const std::string writers = outside_logs("TFEVENTS_WRITERS", "writers");
    if (!writers.empty()) compare_all_values(writers, "values", 16);
  }

  TEST_CASE("every value of the corpus can be decoded") {
    const std::string corpus = outside_logs("TFEVENTS_CORPUS", "corpus");
    if (corpus.empty()) return;
    std::map<std::string, std::uint64_t> values;
    for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
      if (!entry.is_directory() || entry.path().filename() == "oracle") continue;
      for (const auto& [name, points] : read_values(entry.path())) {
        for (const ValuePoint& point : points) {
          ++values[std::get<2>(name)];
          CHECK_MESSAGE(point.problem.empty(), entry.path().filename().string(), "/",
                        std::get<0>(name), " ", std::get<1>(name), " ", point.step, ": ",
                        point.problem);
        }
      }
    }
    std::string said;
    for (const auto& [kind, count] : values)
      said += (said.empty() ? "" : ", ") + std::to_string(count) + " " + kind;
    CHECK(values.size() > 3);
    MESSAGE(said);
  }
}

}  // namespace
}  // namespace tfevents::test
