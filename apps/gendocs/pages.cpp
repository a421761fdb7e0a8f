#include "pages.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/help.hpp"
#include "cli/version.hpp"
#include "prose.hpp"

namespace tfevents::gendocs {
namespace {

using cli::CommandSpec;
using cli::Option;

Error problem(std::string_view path, std::string message) {
  return {.code = ErrorCode::kFormat, .message = std::move(message), .path = std::string(path)};
}

std::string upper(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::set<std::string, std::less<>> known_flags(const CommandSpec* only) {
  std::set<std::string, std::less<>> known;
  const auto add = [&](const CommandSpec* spec) {
    const auto declared = cli::declare(spec);
    for (const Option& option : declared->options.options()) known.emplace(option.spec.long_name());
  };
  add(only);
  if (only == nullptr) {
    for (const CommandSpec& spec : cli::command_table()) add(&spec);
  }
  return known;
}

Status check_flags(std::string_view text, std::string_view path, const CommandSpec* only) {
  const auto known = known_flags(only);
  for (const std::string& flag : mentioned_flags(text)) {
    if (!known.contains(flag))
      return problem(path, fmt::format("mentions {}, which does not exist", flag));
  }
  return ok_status();
}

const Section* find(const std::vector<Section>& sections, std::string_view heading) {
  const auto found = std::find_if(sections.begin(), sections.end(), [&](const Section& section) {
    return section.heading == heading;
  });
  return found == sections.end() ? nullptr : &*found;
}

Result<std::vector<Section>> read_sections(std::string_view prose, std::string_view path,
                                           std::span<const std::string_view> required) {
  TFEVENTS_TRY(auto sections, parse_prose(prose, path));
  for (const std::string_view heading : required) {
    if (find(sections, heading) == nullptr)
      return problem(path, fmt::format("has no section # {}", heading));
  }
  return sections;
}

std::string section(const Section& source) {
  return fmt::format(".SH {}\n{}", literal_roff(source.heading), to_roff(source.body));
}

std::string head(std::string_view name, int number, std::string_view summary) {
  // apropos lists lower-case phrases.
  std::string phrase(summary);
  phrase.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(phrase.front())));
  const std::string_view manual = number == 1 ? "User Commands" : "File Formats";
  // No date: the page of a version is the same whenever it is made.
  return fmt::format(
      ".\\\" Made from the option table and man/src by gendocs: edit those, not this.\n"
      ".TH {} {} \"\" \"tfevents {}\" \"{}\"\n.SH NAME\n{} \\- {}\n",
      literal_roff(upper(name)), number, cli::version_number(), manual, literal_roff(name),
      literal_roff(phrase));
}

std::string option_entry(const Option& option) {
  const auto& spec = option.spec;
  std::string names;
  for (const auto name : {spec.short_name(), spec.long_name()}) {
    if (name.empty()) continue;
    if (!names.empty()) names += ", ";
    names += fmt::format("\\fB{}\\fR", literal_roff(name));
  }
  if (option.arity == Option::Arity::kPositional)
    names = fmt::format("\\fI{}\\fR", literal_roff(spec.names));
  if (!spec.metavar.empty()) names += fmt::format(" \\fI{}\\fR", literal_roff(spec.metavar));
  std::string entry = fmt::format(".TP\n{}\n{}.\n", names, literal_roff(spec.summary));
  if (!spec.details.empty()) entry += literal_roff(spec.details) + '\n';
  return entry;
}

std::string options_sections(const std::vector<Option>& options, bool general) {
  std::string out;
  for (const std::string_view group : cli::kGroups) {
    if ((group == "General") != general) continue;
    std::string entries;
    for (const Option& option : options) {
      if (option.spec.group == group) entries += option_entry(option);
    }
    if (!entries.empty()) out += fmt::format(".SS {}\n{}", literal_roff(group), entries);
  }
  return out;
}

std::string exit_section(std::span<const cli::ExitNote> exits) {
  std::string out = ".SH EXIT STATUS\n";
  for (const cli::ExitCodeInfo& info : cli::kExitCodes) {
    const auto note = std::find_if(exits.begin(), exits.end(),
                                   [&](const auto& exit) { return exit.code == info.code; });
    if (note == exits.end()) continue;
    const auto meaning = note->meaning.empty() ? info.meaning : note->meaning;
    out += fmt::format(".TP\n\\fB{}\\fR\n{}.\n", cli::to_int(info.code), literal_roff(meaning));
  }
  out += ".TP\n\\fB128\\fR+\\fIn\\fR\nEnded by signal \\fIn\\fR.\n";
  return out + ".PP\nWhen several apply, the first of 2, 4, 1, 3, 0 counts.\n";
}

std::string see_also(std::string_view self) {
  std::vector<std::string> pages;
  if (self != "tfevents") pages.emplace_back("tfevents(1)");
  for (const CommandSpec& spec : cli::command_table()) {
    if (spec.manual && fmt::format("tfevents-{}", spec.name) != self) {
      pages.push_back(fmt::format("tfevents-{}(1)", spec.name));
    }
  }
  if (self != "tfevents-output") pages.emplace_back("tfevents-output(5)");
  std::string out = ".SH SEE ALSO\n";
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const std::size_t bracket = pages[i].find('(');
    out += fmt::format(".BR {} {}{}\n", literal_roff(pages[i].substr(0, bracket)),
                       pages[i].substr(bracket), i + 1 < pages.size() ? "," : "");
  }
  return out;
}

// Sections that stand at no fixed place, in the order of the file.
std::string other_sections(const std::vector<Section>& sections) {
  std::string out;
  for (const Section& one : sections) {
    const bool placed =
        one.heading == "DESCRIPTION" || one.heading == "EXAMPLES" || one.heading == "MEMORY";
    if (!placed) out += section(one);
  }
  return out;
}

}  // namespace

Result<std::string> program_page(std::string_view prose, std::string_view path) {
  constexpr std::string_view kRequired[] = {"DESCRIPTION", "EXAMPLES", "ENVIRONMENT"};
  TFEVENTS_TRY(const auto sections, read_sections(prose, path, kRequired));
  TFEVENTS_CHECK(check_flags(prose, path, nullptr));
  std::string page = head("tfevents", 1, "inspect TensorBoard event files");
  page += ".SH SYNOPSIS\n\\fBtfevents\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIPATH\\fR ...]\n";
  page += section(*find(sections, "DESCRIPTION"));
  page += ".SH COMMANDS\n";
  for (const CommandSpec& spec : cli::command_table()) {
    if (spec.hidden) continue;
    page +=
        fmt::format(".TP\n\\fB{}\\fR\n{}.\n", literal_roff(spec.name), literal_roff(spec.summary));
  }
  page += ".SH OPTIONS\nAccepted before and after the command.\n" +
          options_sections(cli::declare(nullptr)->options.options(), true);
  page += other_sections(sections);
  std::vector<cli::ExitNote> exits;
  for (const cli::ExitCodeInfo& info : cli::kExitCodes) exits.push_back({info.code});
  page += exit_section(exits) + section(*find(sections, "EXAMPLES")) + see_also("tfevents");
  return page;
}

Result<std::string> command_page(const CommandSpec& spec, std::string_view prose,
                                 std::string_view path) {
  constexpr std::string_view kRequired[] = {"DESCRIPTION", "EXAMPLES", "MEMORY"};
  TFEVENTS_TRY(const auto sections, read_sections(prose, path, kRequired));
  TFEVENTS_CHECK(check_flags(prose, path, &spec));
  const auto declared = cli::declare(&spec);
  const auto& options = declared->options.options();
  const std::string name = fmt::format("tfevents-{}", spec.name);
  std::string page = head(name, 1, spec.summary);
  page += fmt::format(".SH SYNOPSIS\n\\fBtfevents {}\\fR {}\n", literal_roff(spec.name),
                      literal_roff(cli::synopsis(options)));
  page += section(*find(sections, "DESCRIPTION"));
  page += ".SH OPTIONS\n" + options_sections(options, false) + options_sections(options, true);
  page += other_sections(sections);
  page += fmt::format(".SH STANDARD INPUT\n{}\n",
                      spec.reads_stdin
                          ? "Read where an operand is \\fB\\-\\fR: one event stream, whose "
                            "run is named \\fB\\-\\fR. Otherwise not read."
                          : "Not read.");
  page += section(*find(sections, "MEMORY")) + exit_section(spec.exits);
  page += section(*find(sections, "EXAMPLES")) + see_also(name);
  return page;
}

Result<std::string> topic_page(std::string_view name, int section_number, std::string_view summary,
                               std::string_view prose, std::string_view path) {
  constexpr std::string_view kRequired[] = {"DESCRIPTION"};
  TFEVENTS_TRY(const auto sections, read_sections(prose, path, kRequired));
  TFEVENTS_CHECK(check_flags(prose, path, nullptr));
  std::string page = head(name, section_number, summary);
  for (const Section& one : sections) page += section(one);
  return page + see_also(name);
}

Status check_option_details() {
  for (const CommandSpec& spec : cli::command_table()) {
    const auto declared = cli::declare(&spec);
    for (const Option& option : declared->options.options()) {
      const std::string place = fmt::format("option table: {} {}", spec.name, option.spec.names);
      TFEVENTS_CHECK(check_flags(option.spec.summary, place, &spec));
      TFEVENTS_CHECK(check_flags(option.spec.details, place, &spec));
    }
    TFEVENTS_CHECK(
        check_flags(spec.description, fmt::format("command table: {}", spec.name), &spec));
  }
  return ok_status();
}

}  // namespace tfevents::gendocs
