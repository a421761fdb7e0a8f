#pragma once

#include <string>
#include <vector>

#include "event/hparams.hpp"
#include "ops/trial_table.hpp"

namespace tfevents::ops {

/// Names of the hyperparameters in which these trials are not all alike, in natural order: raw
/// bytes. One that is not given is unlike any value, but like one that was given as null. NaN is
/// like NaN. The maps must not be null.
[[nodiscard]] std::vector<std::string> differing_hparams(
    const std::vector<const HparamMap*>& trials);

/// Why an item has no value, or none that is a finite number: `missing-tag`, `non-finite`, `type`,
/// …
[[nodiscard]] const char* missing_reason(const ItemValue& item) noexcept;

}  // namespace tfevents::ops
