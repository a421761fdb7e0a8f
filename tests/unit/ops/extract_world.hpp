#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "ops/extract.hpp"
#include "support/logdir_builder.hpp"
#include "support/temp_dir.hpp"

namespace tfevents::test {

/// An index that says a line a file: `run|tag|kind|step|index|file|mime|bytes`.
class LineIndex final : public ops::ExtractFormat {
 public:
  std::string begin(const ops::ExtractReport&) override { return "begin\n"; }
  void row(std::string& out, const Run& run, const ops::ExtractedFile& file) override {
    out += "," + run.name + "|" + file.tag + "|" + file.kind + "|" + std::to_string(file.step) +
           "|" + std::to_string(file.index) + "|" + file.file + "|" + file.mime + "|" +
           std::to_string(file.bytes) + "\n";
  }
  std::string end(const ops::ExtractReport& report) override {
    return "end " + std::to_string(report.files) + "\n";
  }
};

/// Trees below `logs`, extracted to `out`.
class ExtractWorld {
 public:
  TempDir temp;
  Sys* sys = &real_sys();
  unsigned jobs = 1;
  StopFlag stop;
  ops::ExtractOptions options;

  ExtractWorld() { options.select.view = View::kRaw; }

  ExtractWorld& run(const std::string& name, const std::function<void(RunBuilder&)>& fill) {
    LogdirBuilder().run(name, fill).write(temp / "logs");
    return *this;
  }

  Result<ops::ExtractReport> extract() {
    if (options.select.operands.empty()) options.select.operands = {temp / "logs"};
    if (options.directory.empty()) options.directory = temp / "out";
    const FixedClock clock(RunBuilder::kStart + 86400);
    LineIndex index;
    return ops::extract(
        options, index,
        {.sys = *sys, .clock = clock, .stop = stop, .jobs = jobs, .temp_directory = temp.path()});
  }
  ops::ExtractReport extracted() {
    auto report = extract();
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(*report);
  }

  /// Files below `out`, sorted, without the index.
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    const std::filesystem::path root(options.directory.empty() ? temp / "out" : options.directory);
    if (!std::filesystem::exists(root)) return names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      const std::string name = entry.path().lexically_relative(root);
      if (!entry.is_directory() && name != "index.json") names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  [[nodiscard]] std::string bytes(const std::string& name) const {
    std::ifstream file(temp / ("out/" + name), std::ios::binary);
    REQUIRE(file.good());
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
  }
};

}  // namespace tfevents::test
