#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/hparams.hpp"

namespace tfevents::ops {

/// A value that sessions have, and how many.
struct SpaceValue {
  HparamValue value;
  std::uint64_t sessions = 0;
};

/// One hyperparameter: what experiments announce of it, and what sessions have.
struct SpaceEntry {
  std::string name;  ///< Raw bytes.
  /// Announced, else of the values. Nothing where there is neither; kString where they do not
  /// agree, and then numbers are compared as texts.
  std::optional<HparamType> type = {};
  bool declared = false;  ///< An experiment announces it.
  /// The domain: announced, else of the values. Neither: nothing is known.
  std::vector<HparamValue> choices = {};
  std::optional<std::pair<double, double>> interval = {};
  bool domain_declared = false;
  /// Sessions are not all alike in it. One that does not have it is unlike any that does.
  bool differs = false;
  std::uint64_t sessions = 0;                          ///< That have a value.
  std::uint64_t distinct = 0;                          ///< Values.
  std::vector<SpaceValue> values = {};                 ///< Numbers by size, texts in natural order;
                                                       ///< kMaxSpaceValues at most.
  std::optional<std::pair<double, double>> seen = {};  ///< Least and greatest finite number.
};

inline constexpr std::size_t kMaxSpaceValues = 1000;

/// The space of sessions with these hyperparameters, under these experiments: those that differ
/// first, then by name. Not null.
[[nodiscard]] std::vector<SpaceEntry> space_of(
    const std::vector<const HparamMap*>& sessions,
    const std::vector<std::shared_ptr<const HparamsExperiment>>& experiments);

/// The hyperparameter that a person means by `lr` or `hp.lr`: of this name, or of one that is
/// printed so. Null: none.
[[nodiscard]] const SpaceEntry* find_hparam(const std::vector<SpaceEntry>& space,
                                            std::string_view typed);

/// `adam`, `0.001`, `true`: how people and axes name a value; empty for null.
[[nodiscard]] std::string text_of_hparam(const HparamValue& value);

}  // namespace tfevents::ops
