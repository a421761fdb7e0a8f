#pragma once

#include <string>
#include <string_view>

#include "ops/assert.hpp"

namespace tfevents::render {

/// `::error title=acc (ci)::0.89 at step 55000` for each check that did not pass, `::warning` for
/// warnings: workflow commands, which GitHub shows beside a run. Of each kind the first ten, as
/// many as it keeps of a step.
[[nodiscard]] std::string github_annotations(const ops::AssertReport& report);

/// A message, and the value of a property, as workflow commands spell them.
[[nodiscard]] std::string github_data(std::string_view text);
[[nodiscard]] std::string github_property(std::string_view text);

}  // namespace tfevents::render
