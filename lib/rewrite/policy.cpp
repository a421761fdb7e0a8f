#include "rewrite/policy.hpp"

namespace tfevents::rewrite {
}  // namespace tfevents::rewrite
