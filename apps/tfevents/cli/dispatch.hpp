#pragma once

#include <span>
#include <string>

#include "env.hpp"

namespace tfevents::cli {

/// The whole program: finds the command, parses, runs, reports. Returns the exit status. `words`
/// are the arguments without the program's name. Ends the process itself only where a signal, or a
/// reader that has gone, is to be seen outside.
int dispatch(std::span<const std::string> words, Env& env);

/// Where the command stands among the words, behind global options and their values; `words.size()`
/// for none.
[[nodiscard]] std::size_t find_command_word(std::span<const std::string> words,
                                            std::span<const Option> global);

}  // namespace tfevents::cli
