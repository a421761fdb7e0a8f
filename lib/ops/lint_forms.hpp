#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "logdir/point_reader.hpp"
#include "ops/context.hpp"
#include "ops/lint_findings.hpp"
#include "ops/lint_points.hpp"

namespace tfevents::ops {

/// How a tag's values are written, as far as the readers of TensorBoard care. 16 bytes.
struct TagForm {
  std::int64_t step = 0;         ///< Of the first value.
  std::uint32_t data_class = 0;  ///< Of the first metadata.
  bool seen = false;
  bool has_metadata = false;
  bool bare_tensor = false;  ///< The first value is a tensor without metadata.
  bool implied = false;      ///< The first value is of a kind that says its class by itself.
};

/// What few tags have. Steps are those of the first value of the kind.
struct OddForm {
  bool unnamed = false;                            ///< No tag, but a node name, or nothing.
  std::optional<std::int64_t> shaped_step = {};    ///< A float32 in a tensor with dimensions.
  std::optional<std::int64_t> ignored_step = {};   ///< A simple_value under another plugin.
  std::optional<std::int64_t> conflict_step = {};  ///< Metadata of another plugin than the first.
  std::string conflict = {};                       ///< That plugin.
};

/// Looks at the forms of a run's values: at one of each form that the first reading has met, which
/// is a few records of each run where writers are consistent, and all of them where not.
class FormReader {
 public:
  /// `reading` and `points` are those of a first reading that has ended.
  FormReader(RunReading& reading, const LintSink& points, const OpContext& context);

  /// Errors: kChanged.
  Status read();

  /// Adds what was found. `whole`: also what is about files rather than selected tags.
  void judge(LintFindings& findings, bool whole) const;

 private:
  struct Wanted {
    ValueSizes sizes;
    bool any = false;
  };

  Status read_file(std::size_t file);
  bool look_at(RecordReader& records);
  void on_value(const ValueView& value, std::int64_t step);
  void mark_seen(TagId tag, const ValueView& value);
  bool note_version(std::size_t file, const RecordReader& records, bool event);
  void judge_tag(TagId tag, LintFindings& findings) const;
  void judge_versions(LintFindings& findings) const;
  void judge_odd(TagId tag, const OddForm& odd, LintFindings& findings) const;
  [[nodiscard]] bool has_series(TagId tag) const { return first_of_[tag] != kNoId; }
  [[nodiscard]] bool selected(TagId tag) const;

  RunReading& reading_;
  const LintSink& points_;
  const OpContext& context_;
  EventScanner scanner_;
  std::vector<Wanted> wanted_;  // By series.
  std::uint64_t left_ = 0;      // What is wanted and was not seen yet.
  bool all_ = false;            // Nothing less than every value will do.
  std::vector<TagForm> forms_;  // By tag.
  std::map<TagId, OddForm> odd_;
  std::vector<SeriesId> first_of_, next_of_;  // The series of a tag, as chains.
  // Of each file: its version (none: another event comes first), and whether its first record is
  // empty.
  struct Version {
    std::optional<std::string> text;
    bool empty_record = false;
    bool records = false;
  };
  std::vector<Version> versions_;
};

}  // namespace tfevents::ops
