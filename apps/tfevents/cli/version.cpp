#include "version.hpp"

#include <fmt/format.h>

#include "parser.hpp"
#include "record/crc32c.hpp"

// TFEVENTS_VERSION and the *_BUILT_WITH texts come from CMake: the headers of those libraries are
// not for apps/.
namespace tfevents::cli {

const char* version_number() noexcept {
  return TFEVENTS_VERSION;
}

std::string version_text(bool verbose) {
  std::string text = fmt::format("tfevents {}\n", version_number());
  if (!verbose) return text;
  const auto row = [&](const char* name, auto value) {
    text += fmt::format("{:<10} {}\n", name, value);
  };
#if defined(__clang__)
  row("compiler", fmt::format("clang {}", __clang_version__));
#else
  row("compiler", fmt::format("g++ {}", __VERSION__));
#endif
  row("standard", fmt::format("C++ {}", __cplusplus));
  row("build", TFEVENTS_BUILD_TYPE);
  row("crc-32c", crc32c_path());
  row("protobuf", TFEVENTS_PROTOBUF_VERSION);
  row("boost", TFEVENTS_BOOST_VERSION);
  row("zlib", TFEVENTS_ZLIB_VERSION);
  row("utf8proc", TFEVENTS_UTF8PROC_VERSION);
  row("fmt",
      fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100));
  row("cli11", parser_version());
  return text;
}

}  // namespace tfevents::cli
