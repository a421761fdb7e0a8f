#include "ops/lint_forms.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "event/wire.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {
namespace {

constexpr std::string_view kVersion = "brain.Event:2";
constexpr std::size_t kLongestVersion = 64;

// True when a serialized Summary.Value has a tag that is not empty. Field 1 of
// tensorboard/compat/proto/summary.proto.
bool has_tag(const BytesPlace& place) {
  if (place.data == nullptr) return true;  // It is not in memory; nobody writes that big a nothing.
  wire::SpanReader in({place.data, static_cast<std::size_t>(place.size)});
  while (!in.done()) {
    wire::Tag tag;
    std::uint64_t length = 0;
    if (!wire::read_tag(in, tag)) return true;
    if (tag.field == 1 && tag.type == wire::Type::kBytes) {
      if (!wire::read_length(in, length) || length != 0) return true;
      continue;
    }
    if (!wire::skip_field(in, tag, wire::kMaxDepth)) return true;
  }
  return false;
}

// A plugin whose tensors TensorBoard knows the class of.
bool known_plugin(std::string_view plugin) {
  const auto kind = kind_of_plugin(plugin);
  return kind && *kind != Kind::kTensors;
}

}  // namespace

FormReader::FormReader(RunReading& reading, const LintSink& points, const OpContext& context)
    : reading_(reading), points_(points), context_(context) {
  const TagTable& tags = reading_.tags;
  forms_.resize(tags.tag_count() + 1);
  first_of_.resize(tags.tag_count() + 1, kNoId);
  next_of_.resize(points_.size(), kNoId);
  wanted_.resize(points_.size());
  all_ = reading_.late_metadata_loaded;
  for (SeriesId id = 0; id < wanted_.size(); ++id) {
    const SeriesInfo& info = tags.info(id);
    next_of_[id] = std::exchange(first_of_[info.tag], id);
    Wanted& wanted = wanted_[id];
    if (info.kind == Kind::kGraphs || info.kind == Kind::kRunMetadata) continue;  // Events, mostly.
    if (info.kind != Kind::kScalars || points_[id].sizes.bytes[0] == 0) {
      wanted.any = true;
      ++left_;
      continue;
    }
    wanted.sizes = points_[id].sizes;
    all_ = all_ || wanted.sizes.more;
    for (const std::uint32_t size : wanted.sizes.bytes) left_ += size != 0 ? 1 : 0;
  }
}

Status FormReader::read() {
  versions_.resize(reading_.input.file_count());
  for (std::size_t file = 0; file < versions_.size() && !context_.stop.requested(); ++file) {
    if (reading_.files[file].unreadable) continue;
    TFEVENTS_CHECK(read_file(file));
  }
  return ok_status();
}

Status FormReader::read_file(std::size_t file) {
  auto source = reading_.input.open(file);
  if (!source.ok()) {
    if (source.error().code == ErrorCode::kChanged) return std::move(source).error();
    return ok_status();  // It was readable a moment ago: what it holds is known from then.
  }
  RecordReader records(std::move(*source), {.temp_directory = context_.temp_directory});
  bool first = true;
  for (std::uint64_t count = 1;; ++count) {
    const RecordStep step = records.next();
    if (step == RecordStep::kEnd || step == RecordStep::kError) break;
    if (step == RecordStep::kDamage) continue;
    const bool event = look_at(records);
    if (first) first = !note_version(file, records, event);
    if (!first && !all_ && left_ == 0) break;
    if ((count & 1023U) == 0 && context_.stop.requested()) break;
  }
  return ok_status();
}

// True when it is known: an empty record in front of it says nothing.
bool FormReader::note_version(std::size_t file, const RecordReader& records, bool event) {
  Version& version = versions_[file];
  if (records.record().length == 0) {
    version.empty_record = true;
    return false;
  }
  version.records = true;
  if (event && scanner_.event().kind == EventKind::kFileVersion)
    version.text = scanner_.event().file_version.substr(0, kLongestVersion);
  return true;
}

bool FormReader::look_at(RecordReader& records) {
  const RecordView& record = records.record();
  const Bytes payload{record.payload, static_cast<std::size_t>(record.length)};
  const bool big = record.payload == nullptr;
  if (!(big ? scanner_.scan_stream(record.length, records.payload_fetcher())
            : scanner_.scan(payload)))
    return false;
  const EventView& event = scanner_.event();
  const std::int64_t step = event.step;
  for (const FastValue& value : event.fast) {
    ValueView view = to_value_view(value);
    view.place = value.place();
    on_value(view, step);
  }
  for (const ValueView& value : event.values) on_value(value, step);
  if (!scanner_.overflowed()) return true;
  const auto deliver = [&](const ValueView& value) { on_value(value, step); };
  if (big) {
    scanner_.for_each_value(record.length, records.payload_fetcher(), deliver);
  } else {
    scanner_.for_each_value(payload, deliver);
  }
  return true;
}

// Strikes off what this value shows.
void FormReader::mark_seen(TagId tag, const ValueView& value) {
  for (SeriesId id = first_of_[tag]; id != kNoId; id = next_of_[id]) {
    Wanted& wanted = wanted_[id];
    for (std::uint32_t& size : wanted.sizes.bytes) {
      if (size == 0 || size != static_cast<std::uint32_t>(value.place.size)) continue;
      size = 0;
      --left_;
    }
    if (std::exchange(wanted.any, false)) --left_;
  }
}

void FormReader::on_value(const ValueView& value, std::int64_t step) {
  if (value.tag_too_long) return;
  const TagId tag = reading_.tags.intern(value.tag);
  if (tag == kNoId || tag >= forms_.size()) return;
  mark_seen(tag, value);
  TagForm& form = forms_[tag];
  if (!std::exchange(form.seen, true)) {
    form.bare_tensor = value.payload == Payload::kTensor && !value.has_metadata;
    form.implied = value.payload != Payload::kTensor && value.payload != Payload::kNone;
    form.step = step;
  }
  if (value.has_metadata && !std::exchange(form.has_metadata, true))
    form.data_class = value.metadata.data_class;
  const std::string_view plugin = reading_.tags.plugin(tag);
  if (value.has_metadata && value.metadata.plugin != plugin && !odd_[tag].conflict_step) {
    odd_[tag].conflict_step = step;
    odd_[tag].conflict = value.metadata.plugin;
  }
  if (value.payload == Payload::kSimpleValue && value.has_metadata &&
      !value.metadata.plugin.empty() && value.metadata.plugin != "scalars" &&
      !odd_[tag].ignored_step)
    odd_[tag].ignored_step = step;
  if (value.payload == Payload::kTensor && (value.tensor.rank != 0 || value.tensor.unknown_rank) &&
      kind_of_plugin(plugin) == Kind::kScalars) {
    const auto scalar = to_scalar(value.tensor);
    if (scalar && scalar->dtype == DType::kFloat32 && !odd_[tag].shaped_step)
      odd_[tag].shaped_step = step;
  }
  if (!has_tag(value.place)) odd_[tag].unnamed = true;
}

bool FormReader::selected(TagId tag) const {
  for (SeriesId id = first_of_[tag]; id != kNoId; id = next_of_[id]) {
    if (reading_.tags.info(id).selected) return true;
  }
  return false;
}

void FormReader::judge(LintFindings& findings, bool whole) const {
  if (whole) judge_versions(findings);
  for (TagId tag = 1; tag < forms_.size(); ++tag) {
    if (has_series(tag) ? selected(tag) : whole) judge_tag(tag, findings);
  }
}

void FormReader::judge_tag(TagId tag, LintFindings& findings) const {
  const TagForm& form = forms_[tag];
  const std::string_view name = reading_.tags.name(tag);
  const std::string_view plugin = reading_.tags.plugin(tag);
  const auto at = [&](std::optional<std::int64_t> step, std::string_view hint = {}) {
    return LintPlace{.tag = name, .step = step, .hint = hint};
  };
  if (!has_series(tag) && reading_.tags.has_metadata(tag)) {
    findings.add(
        LintRule::kNoValue, at({}),
        fmt::format("metadata of plugin {} without any value: TensorBoard shows nothing, or "
                    "fails to list the plugin",
                    printable(plugin)));
  }
  if (!form.seen || !has_series(tag)) return;
  if (form.bare_tensor && reading_.tags.has_metadata(tag)) {
    findings.add(LintRule::kLateMetadata, at(form.step),
                 "the first value has no metadata, which later ones have: TensorBoard never shows "
                 "the tag");
  } else if (form.bare_tensor || (form.has_metadata && plugin.empty() && !form.implied)) {
    findings.add(LintRule::kNoMetadata, at(form.step),
                 fmt::format("tensors {}: TensorBoard does not show them",
                             form.bare_tensor ? "without metadata" : "of no plugin"));
  } else if (!form.implied && !known_plugin(plugin) && form.data_class == 0) {
    findings.add(LintRule::kUnknownPlugin, at(form.step),
                 fmt::format("values of plugin {}, of no class: TensorBoard does not keep them",
                             printable(plugin)));
  }
  if (const auto odd = odd_.find(tag); odd != odd_.end()) judge_odd(tag, odd->second, findings);
}

void FormReader::judge_odd(TagId tag, const OddForm& odd, LintFindings& findings) const {
  const std::string_view name = reading_.tags.name(tag);
  const std::string plugin = printable(reading_.tags.plugin(tag));
  if (odd.conflict_step) {
    findings.add(LintRule::kPluginConflict, {.tag = name, .step = odd.conflict_step},
                 fmt::format("plugin {} after {}: the first one counts for all values",
                             printable(odd.conflict), plugin));
  }
  if (odd.ignored_step) {
    findings.add(LintRule::kPluginIgnored, {.tag = name, .step = odd.ignored_step},
                 fmt::format("plain numbers under plugin {}: TensorBoard shows scalars", plugin));
  }
  if (odd.shaped_step) {
    findings.add(
        LintRule::kScalarShape,
        {.tag = name, .step = odd.shaped_step, .hint = "log a number, not an array of one"},
        "numbers in tensors with dimensions, as [1]: TensorBoard drops them on reading");
  }
  if (odd.unnamed) {
    findings.add(LintRule::kNoTag, {.tag = name, .step = forms_[tag].step},
                 name.empty() ? "values without a tag: TensorBoard fails to list them"
                              : "values without a tag, only with a node name: TensorBoard fails to "
                                "list them, or shows them without a name");
  }
}

void FormReader::judge_versions(LintFindings& findings) const {
  std::optional<std::size_t> first, without;
  std::size_t files = 0, missing = 0;
  for (std::size_t file = 0; file < versions_.size(); ++file) {
    const Version& version = versions_[file];
    if (version.empty_record) {
      findings.add(LintRule::kEmptyRecord, {.file = file},
                   "begins with an empty record: TensorBoard dates the run 1970");
    }
    if (!version.records) continue;
    ++files;
    if (!version.text) {
      if (missing++ == 0) without = file;
      continue;
    }
    if (*version.text != kVersion) {
      findings.add(LintRule::kOddVersion, {.file = file},
                   fmt::format("version {} and not {}: TensorBoard without its data server drops "
                               "points by older rules",
                               printable(*version.text), kVersion));
    }
    if (!first) {
      first = file;
    } else if (*version.text != *versions_[*first].text) {
      findings.add(LintRule::kMixedVersions, {.file = file},
                   fmt::format("version {}, where an earlier file of the run has {}",
                               printable(*version.text), printable(*versions_[*first].text)));
    }
  }
  if (missing == 0) return;
  findings.add(LintRule::kNoVersion, {.file = without},
               files == 1 ? std::string("no version record: where steps go back, TensorBoard "
                                        "without its data server drops points of all tags")
                          : fmt::format("no version record in {} of {} files: where steps go back, "
                                        "TensorBoard without its data server drops points of all "
                                        "tags",
                                        missing, files));
}

}  // namespace tfevents::ops
