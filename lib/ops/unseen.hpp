#pragma once

#include <string>

#include "base/problem.hpp"
#include "logdir/selection.hpp"

namespace tfevents::ops {

/// Whether input that was lost may belong to a trial that `-r` and `-x` choose, judged by names
/// alone: a run by its own name, a directory that cannot be read by what may lie below it. True
/// where that is not known. Of selections with one operand.
[[nodiscard]] bool may_be_selected(const Problem& problem, const Selection& select);

}  // namespace tfevents::ops
