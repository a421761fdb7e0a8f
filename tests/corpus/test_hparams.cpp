// What `hparams` answers about real searches, against what TensorBoard's own server answers:
// sessions, their groups, times, hyperparameters and metrics, and the space. Differences are in
// differences.json with their reasons.

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <set>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "base/number.hpp"
#include "base/time.hpp"
#include "corpus/differences.hpp"
#include "corpus/places.hpp"
#include "ops/hparams.hpp"

namespace tfevents::test {
namespace {

using nlohmann::json;

ops::HparamsReport list(const std::string& path, const std::string& columns = "") {
  const FixedClock clock(1800000000);
  const StopFlag stop;
  const ops::OpContext context{.sys = real_sys(), .clock = clock, .stop = stop, .jobs = 2};
  ops::HparamsOptions options;
  options.select.operands = {path};
  options.columns = columns;
  auto report = ops::list_hparams(options, context);
  REQUIRE_MESSAGE(report.ok(), report.error().message);
  return std::move(*report);
}

// Both sides are float32 at bottom: here as its shortest text, there widened to a double.
std::string float_text(double value) {
  return to_text(static_cast<float>(value));
}
double number_of(const json& value) {
  return value.is_string() ? std::nan("") : value.get<double>();
}

std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  return to_text(value.get<double>());
}

/// One tree, and what the server says about it.
class Search {
 public:
  Search(std::string name, const std::string& path, Differences& differences)
      : name_(std::move(name)), report_(list(path)), differences_(differences) {
    for (const ops::HparamSession& session : report_.sessions)
      sessions_.emplace(session.session, &session);
  }

  void compare_groups(const json& groups) {
    std::set<std::string> met;
    for (const json& group : groups) {
      bool same = false;  // The server shows the hparams of one of the sessions.
      for (const json& session : group.at("sessions")) {
        std::string run = session.at("name");
        if (run.empty()) run = ".";
        met.insert(run);
        const auto ours = sessions_.find(run);
        differences_.compare(name_ + " " + run, ours == sessions_.end() ? "not there" : "there",
                             "there");
        if (ours == sessions_.end()) continue;
        compare_session(*ours->second, group.at("name"), session);
        same = same || hparams_text(ours->second->hparams) == hparams_text(group.at("hparams"));
      }
      if (!group.at("sessions").empty())
        differences_.compare(name_ + " " + group.at("name").get<std::string>() + ": hparams",
                             same ? "same" : "other", "same");
    }
    for (const auto& [run, session] : sessions_)
      differences_.compare(name_ + " " + run + ": listed", "yes", met.contains(run) ? "yes" : "no");
  }

  void compare_space(const json& infos) {
    std::set<std::string> met;
    for (const json& info : infos) {
      const std::string name = info.at("name");
      met.insert(name);
      const ops::SpaceEntry* const ours = ops::find_hparam(report_.space, name);
      const std::string where = name_ + " hp." + name;
      if (ours == nullptr) {
        differences_.compare(where, "not there", "there");
        continue;
      }
      differences_.compare(where + ": type", type_text(*ours), info.at("type").get<std::string>());
      differences_.compare(where + ": domain", domain_text(*ours), domain_text(info));
    }
    for (const ops::SpaceEntry& entry : report_.space)
      differences_.compare(name_ + " hp." + entry.name + ": listed", "yes",
                           met.contains(entry.name) ? "yes" : "no");
  }

 private:
  void compare_session(const ops::HparamSession& ours, const std::string& group,
                       const json& theirs) {
    const std::string where = name_ + " " + ours.session;
    // An empty name, the root of a log tree, is a dot here.
    differences_.compare(where + ": group", ours.group, group.empty() ? "." : group);
    std::string status = theirs.at("status");
    std::transform(status.begin(), status.end(), status.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    differences_.compare(where + ": status", std::string("status_") + to_string(ours.status),
                         status);
    differences_.compare(where + ": start", to_text(ours.start_time.value_or(0)),
                         to_text(theirs.at("startTimeSecs").get<double>()));
    differences_.compare(where + ": end", to_text(ours.end_time.value_or(0)),
                         to_text(theirs.at("endTimeSecs").get<double>()));
    std::set<std::string> met;
    for (const json& metric : theirs.at("metricValues")) {
      const std::string in_group = metric.at("name").at("group");
      const std::string tag = metric.at("name").at("tag");
      const std::string label = in_group.empty() ? tag : in_group + "/" + tag;
      met.insert(label);
      differences_.compare(where + " " + label, metric_text(ours, label),
                           float_text(number_of(metric.at("value"))) + "@" +
                               to_text(metric.at("trainingStep").get<std::int64_t>()) + " " +
                               to_text(metric.at("wallTimeSecs").get<double>()));
    }
    for (std::size_t i = 0; i < report_.metrics.size(); ++i) {
      const std::string& label = report_.metrics[i].label;
      if (!report_.value(ours, i).series.value) continue;
      differences_.compare(where + " " + label + ": listed", "yes",
                           met.contains(label) ? "yes" : "no");
    }
  }

  [[nodiscard]] std::string metric_text(const ops::HparamSession& ours,
                                        const std::string& label) const {
    for (std::size_t i = 0; i < report_.metrics.size(); ++i) {
      if (report_.metrics[i].label != label) continue;
      const ops::ItemValue item = report_.value(ours, i);
      if (!item.series.value) return "none";
      return float_text(*item.series.value) + "@" + to_text(item.series.step.value_or(-1)) + " " +
             to_text(item.series.wall_time.value_or(0));
    }
    return "no column";
  }

  // As the server: what is no number, text or truth is unset, and so is NaN.
  static std::string hparams_text(const HparamMap& values) {
    std::string text;
    for (const auto& [name, value] : values) {
      const auto* number = std::get_if<double>(&value);
      if (std::holds_alternative<std::monostate>(value) ||
          (number != nullptr && !std::isfinite(*number)))
        continue;
      text += name + "=" + ops::text_of_hparam(value) + ";";
    }
    return text;
  }
  static std::string hparams_text(const json& values) {
    std::string text;
    for (const auto& [name, value] : values.items()) text += name + "=" + text_of(value) + ";";
    return text;
  }

  static std::string type_text(const ops::SpaceEntry& entry) {
    if (!entry.type) return "DATA_TYPE_UNSET";
    switch (*entry.type) {
      case HparamType::kFloat64: return "DATA_TYPE_FLOAT64";
      case HparamType::kBool: return "DATA_TYPE_BOOL";
      default: return "DATA_TYPE_STRING";
    }
  }
  static std::string joined(std::set<std::string> texts) {
    std::string out;
    for (const std::string& text : texts) out += text + "|";
    return out;
  }
  // Announced domains as they are; the order of inferred ones is random there. What is announced
  // without a domain has none there, and here that of the values.
  static std::string domain_text(const ops::SpaceEntry& entry) {
    if (entry.declared && !entry.domain_declared) return "";
    if (entry.interval)
      return to_text(entry.interval->first) + ".." + to_text(entry.interval->second);
    std::set<std::string> texts;
    for (const HparamValue& choice : entry.choices) texts.insert(ops::text_of_hparam(choice));
    return joined(std::move(texts));
  }
  static std::string domain_text(const json& info) {
    if (info.contains("domainInterval")) {
      const json& interval = info.at("domainInterval");
      const auto end = [&](const char* key) {
        return interval.contains(key) ? text_of(interval.at(key)) : std::string("0");
      };
      return end("minValue") + ".." + end("maxValue");
    }
    std::set<std::string> texts;
    if (info.contains("domainDiscrete")) {
      for (const json& value : info.at("domainDiscrete")) texts.insert(text_of(value));
    }
    return joined(std::move(texts));
  }

  std::string name_;
  ops::HparamsReport report_;
  Differences& differences_;
  std::map<std::string, const ops::HparamSession*> sessions_;
};

TEST_SUITE("hparams") {
  TEST_CASE("hparams of trees by real frameworks, against a TensorBoard server") {
    const std::string writers = outside_logs("TFEVENTS_WRITERS", "writers");
    if (writers.empty()) return;
    Differences differences("hparams-writers");
    std::size_t answers = 0;
    for (const char* name :
         {"flax", "hparams-plain", "keras-hparams", "lightning", "sb3", "tbx", "torch"}) {
      Search search(name, writers + "/" + name, differences);
      std::ifstream lines(writers + "/" + name + ".oracle.jsonl");
      for (std::string line; std::getline(lines, line);) {
        if (line.find("\"hparams_http\"") == std::string::npos) continue;
        const json one = json::parse(line);
        if (!one.at("answer").is_object() || one.at("server") != "rust") continue;
        if (one.at("page") == "session_groups")
          search.compare_groups(one.at("answer").at("sessionGroups"));
        if (one.at("page") == "experiment")
          search.compare_space(one.at("answer").at("hparamInfos"));
        ++answers;
      }
    }
    CHECK(answers >= 14);
    CHECK(differences.compared() >= 300);
    MESSAGE("compared: " << differences.compared());
  }

  TEST_CASE("hparams of trees by strangers, against a TensorBoard server") {
    const std::string corpus = outside_logs("TFEVENTS_CORPUS", "corpus");
    if (corpus.empty()) return;
    Differences differences("hparams-corpus");
    const std::string answers = corpus + "/oracle/hparams/";
    std::size_t count = 0;
    for (const json& one : json::parse(std::ifstream(answers + "index.json"))) {
      const std::string folder = one.at("folder");
      const json answer = json::parse(std::ifstream(answers + one.at("file").get<std::string>()));
      Search search(folder, corpus + "/" + folder, differences);
      if (one.at("what") == "session_groups") {
        search.compare_groups(answer.at("sessionGroups"));
      } else {
        search.compare_space(answer.at("hparamInfos"));
      }
      ++count;
    }
    CHECK(count >= 16);
    CHECK(differences.compared() >= 300);
    MESSAGE("compared: " << differences.compared());
  }
}

}  // namespace
}  // namespace tfevents::test
