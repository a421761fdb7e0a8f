#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "logdir/trials.hpp"

namespace tfevents::test {

using Lines = std::vector<std::string>;

/// Runs by name, each with its scalar tags.
class Forest {
 public:
  /// A run with these scalars; without any it holds nothing at all.
  Forest& run(const std::string& name, std::vector<std::string> tags = {"loss", "acc"}) {
    RunFacts& facts = add(name);
    facts.has_scalars = !tags.empty();
    if (tags.size() == 1) facts.only_tag = tags.front();
    tags_.back() = std::move(tags);
    return *this;
  }
  Forest& empty(const std::string& name) { return run(name, {}); }
  Forest& graph(const std::string& name) {
    add(name).has_other_values = true;
    return *this;
  }
  Forest& experiment(const std::string& name) {
    add(name).has_experiment = true;
    return *this;
  }
  Forest& session(const std::string& name, std::vector<std::string> tags = {"loss", "acc"}) {
    run(name, std::move(tags));
    facts_.back().has_session = true;
    facts_.back().only_tag.reset();
    return *this;
  }
  Forest& add_hparams(const std::string& name, std::vector<std::string> tags = {"hparam/acc"},
                      double time = 0) {
    session(name, std::move(tags));
    facts_.back().has_experiment = true;
    facts_.back().active_time = time;
    return *this;
  }
  /// The run added last lies below this operand.
  Forest& root(std::string name) {
    facts_.back().root = std::move(name);
    return *this;
  }

  [[nodiscard]] Trials fold(bool fold = true) const { return fold_trials(facts_, {.fold = fold}); }
  /// `name: own, role train/T, add_hparams x T, add_scalars y T/key` and `- name: why`.
  [[nodiscard]] Lines lines(bool fold = true) const {
    const Trials trials = this->fold(fold);
    Lines lines;
    for (const Trial& trial : trials.trials) {
      std::string line = trial.name + ":";
      for (const Member& member : trial.members) {
        line += std::string(line.back() == ':' ? " " : ", ") + to_string(member.how);
        if (member.how != Membership::kOwn)
          line += " " + facts_[member.run].name + " " + member.trial_tag("T");
      }
      lines.push_back(line);
    }
    for (const LeftOut& out : trials.left_out)
      lines.push_back("- " + facts_[out.run].name + ": " + to_string(out.reason));
    return lines;
  }
  [[nodiscard]] HasTag has() const {
    return [this](std::size_t run, std::string_view tag) {
      return std::find(tags_[run].begin(), tags_[run].end(), tag) != tags_[run].end();
    };
  }
  /// `run local`, `missing`, or `ambiguous: tag, tag`; what is hidden behind it.
  [[nodiscard]] std::string place(const std::string& trial_name, std::string_view tag) const {
    for (const Trial& trial : fold().trials) {
      if (trial.name != trial_name) continue;
      const TagMatch match = resolve(trial, tag, has());
      std::string out = "missing";
      if (match.found) out = facts_[match.found->run].name + " " + match.found->local_tag;
      if (match.found && match.found->trial_tag != tag) out += " = " + match.found->trial_tag;
      for (std::size_t i = 0; i < match.ambiguous.size(); ++i)
        out = (i == 0 ? "ambiguous: " : out + ", ") + match.ambiguous[i].trial_tag;
      for (const TagPlace& hidden : match.hidden)
        out += " hides " + facts_[hidden.run].name + " " + hidden.local_tag;
      return out;
    }
    return "no trial";
  }
  [[nodiscard]] std::string tags(const std::string& trial_name) const {
    std::string out;
    for (const Trial& trial : fold().trials) {
      if (trial.name != trial_name) continue;
      for (const TagPlace& tag : tags_of(trial, [this](std::size_t run) { return tags_[run]; }))
        out += (out.empty() ? "" : " ") + tag.trial_tag;
    }
    return out;
  }
  [[nodiscard]] const std::vector<RunFacts>& facts() const { return facts_; }
  [[nodiscard]] const std::vector<std::string>& tags_in(std::size_t run) const {
    return tags_[run];
  }

 private:
  RunFacts& add(const std::string& name) {
    tags_.emplace_back();
    return facts_.emplace_back(RunFacts{.name = name, .people_name = {}});
  }

  std::vector<RunFacts> facts_;
  std::vector<std::vector<std::string>> tags_;
};

}  // namespace tfevents::test
