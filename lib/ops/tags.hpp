#pragma once

#include <functional>
#include <set>
#include <string>

#include "io/sys.hpp"

namespace tfevents::ops {

/// Adds the tags in the first `max_bytes` of an event file to `tags`; for completion, which wants
/// many names soon rather than all. `enough` is asked every few records and ends it. What cannot be
/// read has no tags.
void collect_tags(Sys& sys, const std::string& path, std::uint64_t max_bytes,
                  const std::function<bool()>& enough, std::set<std::string>& tags);

}  // namespace tfevents::ops
