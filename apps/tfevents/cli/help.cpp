#include "help.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "format/paint.hpp"

namespace tfevents::cli {
namespace {

constexpr std::size_t kSummaryColumn = 29;  // Longer headings push their summary to the next line.
constexpr std::size_t kDetailIndent = 8;

std::string pad(std::string text, std::size_t columns) {
  const std::size_t width = display_width(text);
  if (width < columns) text.append(columns - width, ' ');
  return text;
}

class HelpText {
 public:
  HelpText(HelpForm form, bool color) : form_(form), color_(color) {}

  void usage(std::string_view words) {
    out_ += fmt::format("{} tfevents {}\n", paint("Usage:", Role::kStrong, color_), words);
  }
  void heading(std::string_view text) {
    out_ += '\n' + paint(fmt::format("{}:", text), Role::kStrong, color_) + '\n';
  }
  void paragraph(std::string_view text) { out_ += '\n' + wrap(text, 0); }
  void row(std::string_view name, std::string_view summary, std::size_t column) {
    std::string line = pad(fmt::format("  {}", name), column);
    if (display_width(line) > column) {
      out_ += line + '\n';
      line = std::string(kDetailIndent, ' ');
    }
    out_ += line + std::string(summary) + '\n';
  }

  void options(const std::vector<Option>& options, bool general) {
    for (const std::string_view group : kGroups) {
      if ((group == "General") != general) continue;
      options_of(group, options);
    }
  }

  void examples(std::span<const Example> examples) {
    if (examples.empty()) return;
    heading("Examples");
    std::size_t column = 0;
    for (const Example& example : examples) column = std::max(column, example.command.size() + 5);
    for (const Example& example : examples) {
      out_ +=
          pad(fmt::format("  {}", example.command), column) + std::string(example.meaning) + '\n';
    }
  }

  void exits(std::span<const ExitNote> exits) {
    heading("Exit status");
    for (const ExitCodeInfo& info : kExitCodes) {
      const auto note = std::find_if(exits.begin(), exits.end(),
                                     [&](const ExitNote& exit) { return exit.code == info.code; });
      if (note == exits.end()) continue;
      const std::string text = wrap(note->meaning.empty() ? info.meaning : note->meaning, 6);
      std::string number = pad(fmt::format("  {}", to_int(info.code)), 6);
      out_ += number + text.substr(6);
    }
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void options_of(std::string_view group, const std::vector<Option>& options) {
    bool first = true;
    for (const Option& option : options) {
      if (option.spec.group != group) continue;
      if (first) heading(group);
      if (!first && form_ == HelpForm::kLong) out_ += '\n';
      first = false;
      row(option_heading(option.spec), option.spec.summary, kSummaryColumn);
      if (form_ == HelpForm::kLong && !option.spec.details.empty()) {
        out_ += wrap(option.spec.details, kDetailIndent);
      }
    }
  }

  HelpForm form_;
  bool color_;
  std::string out_;
};

}  // namespace

std::string wrap(std::string_view text, std::size_t indent) {
  std::string out;
  std::string line(indent, ' ');
  bool blank = true;  // Nothing on the line yet.
  const auto end_line = [&] {
    if (!blank) out += line + '\n';
    line.assign(indent, ' ');
    blank = true;
  };
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with("\n\n")) {
      end_line();
      out += '\n';
      at += 2;
      continue;
    }
    const auto end = std::min(text.find_first_of(" \n", at), text.size());
    const auto word = text.substr(at, end - at);
    if (!blank && display_width(line) + 1 + display_width(word) > kHelpWidth) end_line();
    if (!word.empty()) {
      if (!blank) line += ' ';
      line += word;
      blank = false;
    }
    at = text.substr(end).starts_with("\n\n") ? end : end + 1;
  }
  end_line();
  return out;
}

std::string option_heading(const OptionSpec& spec) {
  if (!spec.names.starts_with('-')) return std::string(spec.names);
  const auto short_name = spec.short_name();
  const auto long_name = spec.long_name();
  std::string text = short_name.empty() ? "    " : std::string(short_name);
  if (!short_name.empty() && !long_name.empty()) text += ", ";
  text += long_name;
  if (!spec.metavar.empty()) text += fmt::format(" {}", spec.metavar);
  return text;
}

std::string synopsis(const std::vector<Option>& options) {
  std::string text = "[OPTIONS]";
  for (const Option& option : options) {
    if (option.arity != Option::Arity::kPositional) continue;
    text += fmt::format(" [{}{}]", option.spec.names, option.max_count == 1 ? "" : " ...");
  }
  return text;
}

std::string program_help(HelpForm form, bool color) {
  HelpText help(form, color);
  help.usage("COMMAND [OPTIONS] [PATH ...]");
  help.paragraph("Inspects TensorBoard event files: every record, both checksums, exact numbers.");
  std::vector<std::string_view> groups;
  for (const CommandSpec& spec : command_table()) {
    if (spec.hidden || std::find(groups.begin(), groups.end(), spec.group) != groups.end())
      continue;
    groups.push_back(spec.group);
  }
  for (const std::string_view group : groups) {
    help.heading(group);
    for (const CommandSpec& spec : command_table()) {
      if (!spec.hidden && spec.group == group) help.row(spec.name, spec.summary, 14);
    }
  }
  constexpr Example kExamples[] = {
      {"tfevents ls runs", "what ran, how far, how long ago"},
      {"tfevents ls runs --tags -r 'vision/*'", "what they logged"},
      {"tfevents fsck runs", "is every record intact?"},
  };
  help.examples(kExamples);
  help.options(declare(nullptr)->options.options(), true);
  if (form == HelpForm::kLong) {
    std::vector<ExitNote> exits;
    for (const ExitCodeInfo& info : kExitCodes) exits.push_back({info.code});
    help.exits(exits);
  }
  help.paragraph("tfevents COMMAND -h explains a command, tfevents help COMMAND opens its manual.");
  return help.take();
}

std::string command_help(const CommandSpec& spec, HelpForm form, bool color) {
  const auto command = declare(&spec);
  const auto& options = command->options.options();
  HelpText help(form, color);
  help.usage(fmt::format("{} {}", spec.name, synopsis(options)));
  help.paragraph(form == HelpForm::kLong && !spec.description.empty() ? spec.description
                                                                      : spec.summary);
  help.examples(spec.examples);
  help.options(options, false);
  help.options(options, true);
  if (form == HelpForm::kLong) {
    help.exits(spec.exits);
    help.paragraph(fmt::format("tfevents help {} opens the manual.", spec.name));
  } else {
    help.paragraph(fmt::format("tfevents {} --help says more.", spec.name));
  }
  return help.take();
}

}  // namespace tfevents::cli
