#pragma once

#include <string>

#include "rewrite/manifest.hpp"

namespace tfevents::cli {

class Env;

/// On whose behalf this process writes in a tree, for manifests, journals and the message of its
/// lock. The name is $LOGNAME, else the effective user id as text: looking a name up may ask a
/// network, which is no thing to wait for while a tree is locked. It is for people and decides
/// nothing; the id beside it is what counts. `command`: as people read it, `tfevents prune runs`.
[[nodiscard]] rewrite::Actor current_actor(const Env& env, std::string command);

}  // namespace tfevents::cli
