// gendocs ROOT [OUT]: writes OUT/man and OUT/completions (OUT is ROOT where it is not given) from
// the option table of the program and the prose in ROOT/man/src. Both are committed; tests/docs
// fails when they are behind.

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <system_error>

#include "cli/completion_scripts.hpp"
#include "pages.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tfevents;

Result<std::string> read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file) return Error{.code = ErrorCode::kIo, .message = "cannot read", .path = path.string()};
  return text;
}

Status write_text(const fs::path& path, const std::string& text) {
  std::error_code ignored;  // Opening the file says what is wrong.
  fs::create_directories(path.parent_path(), ignored);
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) return Error{.code = ErrorCode::kIo, .message = "cannot write", .path = path.string()};
  return ok_status();
}

Status write_pages(const fs::path& source, const fs::path& man) {
  const auto prose_of = [&](std::string_view name) { return source / (std::string(name) + ".md"); };
  const fs::path program = prose_of("tfevents");
  TFEVENTS_TRY(const std::string program_prose, read_text(program));
  TFEVENTS_TRY(const std::string program_text,
               gendocs::program_page(program_prose, program.string()));
  TFEVENTS_CHECK(write_text(man / "tfevents.1", program_text));
  for (const cli::CommandSpec& spec : cli::command_table()) {
    if (!spec.manual) continue;
    const fs::path path = prose_of(spec.name);
    TFEVENTS_TRY(const std::string prose, read_text(path));
    TFEVENTS_TRY(const std::string page, gendocs::command_page(spec, prose, path.string()));
    TFEVENTS_CHECK(write_text(man / ("tfevents-" + std::string(spec.name) + ".1"), page));
  }
  const fs::path output = prose_of("output");
  TFEVENTS_TRY(const std::string prose, read_text(output));
  TFEVENTS_TRY(const std::string page,
               gendocs::topic_page("tfevents-output", 5, "what tfevents writes for programs", prose,
                                   output.string()));
  return write_text(man / "tfevents-output.5", page);
}

Status write_completions(const fs::path& directory) {
  TFEVENTS_CHECK(
      write_text(directory / "tfevents.bash", cli::completion_script(cli::Shell::kBash)));
  TFEVENTS_CHECK(write_text(directory / "_tfevents", cli::completion_script(cli::Shell::kZsh)));
  return write_text(directory / "tfevents.fish", cli::completion_script(cli::Shell::kFish));
}

Status generate(const fs::path& root, const fs::path& out) {
  TFEVENTS_CHECK(gendocs::check_option_details());
  TFEVENTS_CHECK(write_pages(root / "man" / "src", out / "man"));
  return write_completions(out / "completions");
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2 || argc > 3) {
    std::cerr << "usage: gendocs ROOT [OUT]\n";
    return 2;
  }
  const Status done = generate(argv[1], argv[argc - 1]);
  if (done.ok()) return 0;
  std::cerr << "gendocs: " << done.error().path << ": " << done.error().message << '\n';
  return 1;
} catch (const std::exception& error) {
  std::cerr << "gendocs: " << error.what() << '\n';
  return 1;
}
