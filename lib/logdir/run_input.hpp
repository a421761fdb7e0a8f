#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "io/source.hpp"
#include "io/sys.hpp"
#include "logdir/run.hpp"

namespace tfevents {

/// The bytes of one run, the same for every pass: each file up to the size it had when the first
/// pass opened it.
///
/// Standard input is one file; it can be read again when it is spooled (`reread`). Not thread-safe.
/// One descriptor at a time.
class RunInput {
 public:
  struct Options {
    int standard_input = 0;
    bool reread = false;  ///< Keep standard input for another pass.
    std::string temp_directory = "/tmp";
    /// Where another RunInput has read or will read the same standard input. Needs `reread`.
    std::shared_ptr<SpooledInput> kept = nullptr;
  };
  RunInput(Sys& sys, const Run& run, Options options);

  [[nodiscard]] const Run& run() const noexcept { return run_; }
  [[nodiscard]] std::size_t file_count() const noexcept { return run_.files.size(); }
  [[nodiscard]] const std::string& temp_directory() const noexcept {
    return options_.temp_directory;
  }
  [[nodiscard]] bool can_reread() const noexcept { return !run_.standard_input || options_.reread; }

  /// Opens a file of the run. Errors: kNotFound and kIo from the system; kChanged when a file that
  /// was opened before is another one now, or shorter.
  Result<std::unique_ptr<ByteSource>> open(std::size_t file);

  /// kChanged when some file that was opened before is another one now, or shorter.
  Status verify();

  /// Forgets sizes and identities: the next pass is a first one.
  void start_again();

 private:
  struct Seen {
    FileId id;
    std::uint64_t size = 0;
    bool missing = false;  // It could not be opened: no later pass opens it either.
  };

  Sys& sys_;
  const Run& run_;
  Options options_;
  std::vector<std::optional<Seen>> seen_;
  std::shared_ptr<SpooledInput> spool_;
};

/// True when a file of the run is the short text that Git LFS leaves in place of a file.
[[nodiscard]] bool is_git_lfs_pointer(RunInput& input, std::size_t file);

}  // namespace tfevents
