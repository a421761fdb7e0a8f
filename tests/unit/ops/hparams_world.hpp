#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ops/hparams.hpp"
#include "ops/hparams_bars.hpp"
#include "ops/hparams_coords.hpp"
#include "support/hparams_content.hpp"
#include "unit/ops/compare_world.hpp"

namespace tfevents::test {

inline const std::string kExperiment(kHparamsExperimentTag);

using HparamList = std::vector<std::pair<std::string, HparamValue>>;

/// A serialized session start with all there is to it.
inline std::string full_start(const HparamList& values, const std::string& group,
                              double start_time = 0) {
  const std::string plain = session_start(values);
  // Its one field is the session; what is encoded again is merged into it.
  std::string more, content = plain;
  wire::Encoder(more).bytes(4, group).fixed(5, start_time);
  wire::Encoder(content).bytes(3, more);
  return content;
}

inline std::string session_end(HparamsStatus status, double end_time = 0) {
  std::string end, content;
  wire::Encoder(end).varint(1, static_cast<std::uint64_t>(status)).fixed(2, end_time);
  wire::Encoder(content).bytes(4, end);
  return content;
}

/// What an experiment announces: hyperparameters of any type, and metrics (group, tag).
struct Announced {
  std::string name;
  HparamType type = HparamType::kUnset;
  std::vector<std::string> choices = {};
  std::optional<std::pair<double, double>> interval = {};
};
inline std::string experiment(const std::vector<Announced>& hparams,
                              const std::vector<std::pair<std::string, std::string>>& metrics) {
  std::string body, content;
  for (const Announced& one : hparams) {
    std::string info;
    wire::Encoder out(info);
    out.bytes(1, one.name).varint(4, static_cast<std::uint64_t>(one.type));
    if (!one.choices.empty()) {
      std::string list;
      for (const std::string& choice : one.choices) {
        std::string value;
        wire::Encoder(value).bytes(3, choice);
        wire::Encoder(list).bytes(1, value);
      }
      out.bytes(5, list);
    }
    if (one.interval) {
      std::string interval;
      wire::Encoder(interval).fixed(1, one.interval->first).fixed(2, one.interval->second);
      out.bytes(6, interval);
    }
    wire::Encoder(body).bytes(4, info);
  }
  for (const auto& [group, tag] : metrics) {
    std::string name, info;
    wire::Encoder(name).bytes(1, group).bytes(2, tag);
    wire::Encoder(info).bytes(1, name);
    wire::Encoder(body).bytes(5, info);
  }
  wire::Encoder(content).bytes(2, body);
  return content;
}

/// A tree and what `hparams` says about it.
struct HparamsWorld : World {
  ops::HparamsOptions options;
  std::optional<ops::HparamsReport> last;  ///< What `list` gave.

  Result<ops::HparamsReport> try_list() {
    options.select = selection();
    return with_context([&](const ops::OpContext& c) { return ops::list_hparams(options, c); });
  }
  const ops::HparamsReport& list() {
    auto report = try_list();
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    last = std::move(*report);
    return *last;
  }

  /// A session of its own run, with `acc`.
  void session(const std::string& name, const HparamList& values, float acc) {
    run(name, [&](RunBuilder& r) {
      with_hparams(r, values).scalar("acc", {{0, acc / 2}, {1, acc}});
    });
  }

  // Of the report that `list` gave last.

  [[nodiscard]] Lines sessions() const {
    Lines lines;
    for (const ops::HparamSession& one : last->sessions) lines.push_back(one.session);
    return lines;
  }
  [[nodiscard]] Lines labels() const {
    Lines lines;
    for (const ops::HparamMetric& one : last->metrics) lines.push_back(one.label);
    return lines;
  }
  [[nodiscard]] const ops::HparamSession& of(const std::string& name) const {
    for (const ops::HparamSession& one : last->sessions) {
      if (one.session == name) return one;
    }
    FAIL("no session " << name);
    return last->sessions.front();
  }
  /// The values of a session's metrics, or why there is none.
  [[nodiscard]] Lines cells(const std::string& name) const {
    Lines cells;
    for (std::size_t i = 0; i < last->metrics.size(); ++i) {
      const ops::ItemValue item = last->value(of(name), i);
      cells.push_back(is_null(item.value) ? ops::missing_reason(item) : ops::text_of(item.value));
    }
    return cells;
  }
  [[nodiscard]] const ops::SpaceEntry& entry(const std::string& name) const {
    const ops::SpaceEntry* const found = ops::find_hparam(last->space, name);
    REQUIRE_MESSAGE(found != nullptr, name);
    return *found;
  }
  /// `float64 0.1..0.5`, `string a|b`, `- -`; then `differs` where it does.
  [[nodiscard]] std::string space(const std::string& name) const {
    const ops::SpaceEntry& one = entry(name);
    std::string text = "-";
    if (one.type) {
      text = *one.type == HparamType::kFloat64 ? "float64"
             : *one.type == HparamType::kBool  ? "bool"
                                               : "string";
    }
    text += ' ';
    if (one.interval) {
      text += to_text(one.interval->first) + ".." + to_text(one.interval->second);
    } else if (one.choices.empty()) {
      text += '-';
    }
    for (std::size_t i = 0; i < one.choices.size() && !one.interval; ++i)
      text += (i == 0 ? "" : "|") + ops::text_of_hparam(one.choices[i]);
    return text + (one.differs ? " differs" : "");
  }
};

}  // namespace tfevents::test
