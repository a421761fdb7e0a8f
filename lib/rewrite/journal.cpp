#include "rewrite/journal.hpp"

#include "base/time.hpp"
#include "rewrite/trash_files.hpp"
#include "rewrite/trash_json.hpp"

namespace tfevents::rewrite {

Status append_journal(Trash& trash, const JournalEntry& entry) {
  TFEVENTS_TRY(LineFile lines, LineFile::open(trash.directory(), kJournalName));
  const Actor& who = trash.actor();
  TFEVENTS_CHECK(lines.append(JsonLine()
                                  .text("schema", "tfevents.journal/1")
                                  .number("time", entry.time)
                                  .text("utc", iso_time(entry.time))
                                  .text("act", entry.act)
                                  .text("batch", entry.batch)
                                  .text("policy", entry.policy)
                                  .number("files", entry.files)
                                  .number("bytes", entry.bytes)
                                  .text("result", entry.result)
                                  .number("uid", std::uint64_t{who.uid})
                                  .text("user", who.user)
                                  .text("host", who.host)
                                  .number("pid", who.pid)
                                  .text("command", who.command)
                                  .end()));
  return lines.sync();
}

}  // namespace tfevents::rewrite
