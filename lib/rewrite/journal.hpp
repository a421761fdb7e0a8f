#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "rewrite/trash.hpp"

namespace tfevents::rewrite {

/// One act, for those who ask later who removed what.
struct JournalEntry {
  std::string act;    ///< `prune`, `restore`, `empty`.
  double time = 0;    ///< Epoch seconds.
  std::string batch;  ///< May be empty.
  std::string policy;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::string result;  ///< `done`, `partly`, `failed: …`.
};

/// Appends one line of JSON to `journal.jsonl` of the trash, in one write, and syncs it; who did it
/// is the trash's actor. A torn last line of an earlier crash is ended first. Call it under the
/// TreeLock. Errors: kRefused where the journal is a link or no regular file; kIo.
Status append_journal(Trash& trash, const JournalEntry& entry);

}  // namespace tfevents::rewrite
