#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/problem.hpp"
#include "base/stop.hpp"
#include "base/time.hpp"
#include "io/source.hpp"
#include "io/sys.hpp"

namespace tfevents::ops {

/// Told about long work, from any thread. Implementations must be cheap and thread-safe.
class Progress {
 public:
  virtual ~Progress() = default;
  /// How much there is to do, as soon as that is known.
  virtual void expect(std::uint64_t files, std::uint64_t bytes) = 0;
  /// Done since the last call.
  virtual void advance(std::uint64_t files, std::uint64_t bytes) = 0;
};

/// What an operation may touch, so that tests run without disk, clock or terminal.
struct OpContext {
  Sys& sys;
  const Clock& clock;
  const StopFlag& stop;
  Progress* progress = nullptr;         ///< May be null.
  unsigned jobs = 1;                    ///< Worker threads; answers are the same for any number.
  int standard_input = 0;               ///< The descriptor that the operand `-` reads.
  std::string temp_directory = "/tmp";  ///< For what must be read twice and cannot be: $TMPDIR.
  /// Standard input for operations that read runs in several goes; null: it is read in one.
  std::shared_ptr<SpooledInput> kept_input = nullptr;
};

}  // namespace tfevents::ops
