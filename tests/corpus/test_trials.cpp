// Which trials the trees by real frameworks and by strangers fold into, tags and hparams and all:
// tables that a person has read, beside this file. TFEVENTS_UPDATE_GOLDEN=1 writes them anew; then
// read the diff.

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "base/number.hpp"
#include "base/text.hpp"
#include "corpus/places.hpp"
#include "logdir/point_reader.hpp"
#include "logdir/trials.hpp"
#include "unit/logdir/ignore.hpp"

namespace tfevents::test {
namespace {

using nlohmann::json;

// Short enough for a table.
std::string list(const std::vector<std::string>& words, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < std::min(words.size(), most); ++i)
    out += (i == 0 ? "" : ", ") + elide_middle(printable(words[i]), 48);
  if (words.size() > most) out += ", +" + std::to_string(words.size() - most);
  return out;
}

std::string hparam_text(const HparamValue& value) {
  if (const bool* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const double* number = std::get_if<double>(&value)) return tfevents::to_text(*number);
  if (const auto* text = std::get_if<std::string>(&value))
    return "'" + elide_middle(printable(*text), 16) + "'";
  return "null";
}

/// The runs of one tree, read.
class ReadTree {
 public:
  explicit ReadTree(const std::string& path) {
    Selection select;
    select.operands = {path};
    StopFlag stop;
    auto found = discover(select, real_sys(), 1, stop);
    REQUIRE(found.ok());
    for (const Run& run : found->runs) read(run);
  }

  /// A paragraph.
  [[nodiscard]] std::string table() const {
    const Trials trials = fold_trials(facts_, {.root_people_name = "(the tree)"});
    std::string out;
    for (const Trial& trial : trials.trials) out += lines_of(trial);
    for (const LeftOut& run : trials.left_out)
      out += printable(facts_[run.run].name) + ": no trial, " + to_string(run.reason) + "\n";
    return out;
  }

  /// Sessions by run name.
  [[nodiscard]] const HparamsFound* hparams_of(const std::string& run) const {
    for (std::size_t i = 0; i < facts_.size(); ++i) {
      if (facts_[i].name == run) return &hparams_[i];
    }
    return nullptr;
  }
  [[nodiscard]] std::size_t sessions() const {
    return static_cast<std::size_t>(
        std::count_if(hparams_.begin(), hparams_.end(),
                      [](const HparamsFound& found) { return found.session_start.has_value(); }));
  }

 private:
  void read(const Run& run) {
    RunReading reading(real_sys(), run, RunInput::Options{});
    Ignore sink;
    REQUIRE(PointReader(reading, sink, {}).read_all().ok());
    facts_.push_back(to_facts(run, reading));
    tags_.emplace_back();
    for (SeriesId id = 0; id < reading.tags.series_count(); ++id) {
      const SeriesInfo& series = reading.tags.info(id);
      if (series.kind == Kind::kScalars) tags_.back().emplace_back(reading.tags.name(series.tag));
    }
    CHECK(reading.hparams.unreadable == 0);
    hparams_.push_back(std::move(reading.hparams));
  }

  [[nodiscard]] std::string lines_of(const Trial& trial) const {
    std::string out = printable(trial.name) + ":";
    for (const Member& member : trial.members) {
      out += std::string(" ") + to_string(member.how);
      if (member.how != Membership::kOwn)
        out += "(" +
               printable(std::string_view(facts_[member.run].name)
                             .substr(trial.name == "." ? 0 : trial.name.size() + 1)) +
               ")";
    }
    std::vector<std::string> tags;
    for (const TagPlace& tag : tags_of(trial, [this](std::size_t run) { return tags_[run]; }))
      tags.push_back(tag.trial_tag);
    out += "\n  tags: " + (tags.empty() ? "none" : list(tags, 12)) + "\n";
    if (!trial.hparams_run) return out;
    const auto& start = hparams_[*trial.hparams_run].session_start;
    REQUIRE(start);
    std::vector<std::string> values;
    for (const auto& [name, value] : start->values)
      values.push_back(name + "=" + hparam_text(value));
    return out + "  hparams: " + (values.empty() ? "none" : list(values, 10)) + "\n";
  }

  std::vector<RunFacts> facts_;
  std::vector<std::vector<std::string>> tags_;
  std::vector<HparamsFound> hparams_;
};

std::vector<std::string> trees_below(const std::string& root) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    const std::string name = entry.path().filename();
    if (entry.is_directory() && name != "oracle" && name != "generate") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

void compare_tables(const std::string& root, const std::string& golden, std::size_t trees) {
  std::string ours;
  const std::vector<std::string> names = trees_below(root);
  CHECK(names.size() == trees);
  for (const std::string& name : names)
    ours += "# " + name + "\n\n" + ReadTree(root + "/" + name).table() + "\n";
  const std::string path = TFEVENTS_SOURCE_DIR "/tests/corpus/" + golden;
  if (std::getenv("TFEVENTS_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << ours;
  std::stringstream theirs, mine(ours);
  theirs << std::ifstream(path).rdbuf();
  std::size_t number = 0;
  for (std::string left, right; ++number;) {
    const bool more = static_cast<bool>(std::getline(mine, left));
    const bool more_of_theirs = static_cast<bool>(std::getline(theirs, right));
    if (!more && !more_of_theirs) break;
    if (more == more_of_theirs && left == right) continue;
    FAIL_CHECK(golden << ":" << number << "\nours:   " << (more ? left : "(ends)")
                      << "\ngolden: " << (more_of_theirs ? right : "(ends)"));
    break;
  }
}

/// What a TensorBoard server answers of the sessions of a tree, against what we read.
class Sessions {
 public:
  explicit Sessions(const std::string& path) : tree_(path) {}

  void compare(const json& groups) {
    for (const json& group : groups) {
      bool same = false;  // The server shows the hparams of one of the sessions.
      for (const json& session : group.at("sessions"))
        same = compare_session(session, group.at("hparams")) || same;
      CHECK_MESSAGE(same, group.dump());
    }
    CHECK(seen_.size() == tree_.sessions());
  }

 private:
  bool compare_session(const json& theirs, const json& values) {
    const std::string name = theirs.at("name");
    const HparamsFound* const ours = tree_.hparams_of(name.empty() ? "." : name);
    REQUIRE_MESSAGE(ours != nullptr, name);
    REQUIRE_MESSAGE(ours->session_start, name);
    seen_.insert(name);
    CHECK(ours->session_start->start_time == theirs.at("startTimeSecs").get<double>());
    const HparamsSessionEnd end = ours->session_end.value_or(HparamsSessionEnd{});
    CHECK(end.end_time == theirs.at("endTimeSecs").get<double>());
    std::string status = theirs.at("status");
    std::transform(status.begin(), status.end(), status.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    CHECK(std::string("status_") + to_string(end.status) == status);
    json mine = json::object();
    for (const auto& [key, value] : ours->session_start->values) add(mine, key, value);
    return mine == values;
  }

  // As the server: what is no number, text or truth is unset.
  static void add(json& out, const std::string& name, const HparamValue& value) {
    if (const bool* truth = std::get_if<bool>(&value)) out[name] = *truth;
    if (const auto* text = std::get_if<std::string>(&value)) out[name] = *text;
    if (const double* number = std::get_if<double>(&value); number && std::isfinite(*number))
      out[name] = *number;
  }

  ReadTree tree_;
  std::set<std::string> seen_;
};

TEST_SUITE("data") {
  TEST_CASE("trials of the trees of tests/data") {
    compare_tables(TFEVENTS_SOURCE_DIR "/tests/data", "trials.data.golden", 8);
  }
}

TEST_SUITE("trials") {
  TEST_CASE("trials of trees by real frameworks") {
    const std::string writers = outside_logs("TFEVENTS_WRITERS", "writers");
    if (!writers.empty()) compare_tables(writers, "trials.writers.golden", 16);
  }

  TEST_CASE("trials of trees by strangers") {
    const std::string corpus = outside_logs("TFEVENTS_CORPUS", "corpus");
    if (!corpus.empty()) compare_tables(corpus, "trials.corpus.golden", 21);
  }

  TEST_CASE("hparams as a TensorBoard server tells them, of trees by real frameworks") {
    const std::string writers = outside_logs("TFEVENTS_WRITERS", "writers");
    if (writers.empty()) return;
    std::size_t compared = 0;
    for (const std::string& name : trees_below(writers)) {
      std::ifstream lines(writers + "/" + name + ".oracle.jsonl");
      for (std::string line; std::getline(lines, line);) {
        if (line.find("\"hparams_http\"") == std::string::npos) continue;
        const json one = json::parse(line);
        if (one.at("page") != "session_groups" || !one.at("answer").is_object()) continue;
        INFO(name);
        Sessions(writers + "/" + name).compare(one.at("answer").at("sessionGroups"));
        ++compared;
      }
    }
    CHECK(compared >= 10);
  }

  TEST_CASE("hparams as a TensorBoard server tells them, of trees by strangers") {
    const std::string corpus = outside_logs("TFEVENTS_CORPUS", "corpus");
    if (corpus.empty()) return;
    const std::string answers = corpus + "/oracle/hparams/";
    std::size_t compared = 0;
    for (const json& one : json::parse(std::ifstream(answers + "index.json"))) {
      if (one.at("what") != "session_groups") continue;
      const json answer = json::parse(std::ifstream(answers + one.at("file").get<std::string>()));
      INFO(one.at("folder").get<std::string>());
      Sessions(corpus + "/" + one.at("folder").get<std::string>())
          .compare(answer.at("sessionGroups"));
      ++compared;
    }
    CHECK(compared >= 5);
  }
}

}  // namespace
}  // namespace tfevents::test
