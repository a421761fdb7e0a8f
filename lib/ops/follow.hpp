#pragma once

#include "ops/dump.hpp"

namespace tfevents::ops {

/// `dump --follow`: writes what the selected runs hold, then what is added to them, until
/// `options.wait` says stop.
///
/// All files of a run are followed, and new files and new runs as they appear. A file that was
/// replaced (another inode) or became shorter is read again from its start, and a note says so. A
/// half-written last record is left for later. Raw view; files are opened only while they are read,
/// so descriptors do not grow with the tree.
Result<DumpReport> follow(const DumpOptions& options, DumpFormat& format,
                          const OrderedOutput::Write& write, const OpContext& context);

}  // namespace tfevents::ops
