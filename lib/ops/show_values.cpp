#include "ops/show_values.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <tuple>
#include <utility>

namespace tfevents::ops {
namespace {

constexpr std::size_t kSketchedText = 160;
constexpr std::size_t kSketchedType = 64;
constexpr std::size_t kSketchedRank = 8;

Error not_there(const ValueToRead& wanted, const std::string& path) {
  return {.code = ErrorCode::kChanged,
          .message = "the value is not there any more",
          .path = path,
          .offset = wanted.place.offset};
}

/// Finds values in the record that a reader stands at.
class RecordValues {
 public:
  RecordValues(RecordReader& records, std::uint32_t file) : records_(records), file_(file) {}

  bool scan() {
    const RecordView& record = records_.record();
    payload_ = {record.payload, static_cast<std::size_t>(record.length)};
    return in_memory() ? scanner_.scan(payload_)
                       : scanner_.scan_stream(record.length, records_.payload_fetcher());
  }

  /// The value of this tag; of several in one event the last, as the reading has it.
  Result<DecodedValue> find(const ValueToRead& wanted, const std::string& path) {
    const EventView& event = scanner_.event();
    Result<DecodedValue> found = not_there(wanted, path);
    const auto decode = [&](StoredForm form, const BytesPlace& place) {
      found = decode_value(
          StoredValue(form, place, in_memory() ? nullptr : &records_, file_, wanted.place.offset),
          wanted.kind, wanted.tag, wanted.limit);
    };
    switch (event.kind) {
      case EventKind::kGraphDef: decode(StoredForm::kGraph, event.blob); return found;
      case EventKind::kMetaGraphDef: decode(StoredForm::kMetaGraph, event.blob); return found;
      case EventKind::kTaggedRunMetadata:
        decode(StoredForm::kRunMetadata, event.blob);
        return found;
      default: break;
    }
    const auto look = [&](const ValueView& value) {
      const bool scalar = value.payload == Payload::kSimpleValue;
      if (!scalar && !value.tag_too_long && value.tag == wanted.tag)
        decode(StoredForm::kValue, value.place);
    };
    for (const FastValue& value : event.fast) {
      if (value.form != FastForm::kSimple && value.tag_view() == wanted.tag)
        decode(StoredForm::kValue, value.place());
    }
    for (const ValueView& value : event.values) look(value);
    if (scanner_.overflowed()) {
      if (in_memory()) {
        scanner_.for_each_value(payload_, look);
      } else {
        scanner_.for_each_value(records_.record().length, records_.payload_fetcher(), look);
      }
    }
    return found;
  }

 private:
  [[nodiscard]] bool in_memory() const noexcept { return records_.record().payload != nullptr; }

  RecordReader& records_;
  std::uint32_t file_;
  Bytes payload_;
  EventScanner scanner_;
};

/// Goes to the record at an offset. False: there is none.
bool go_to(RecordReader& records, std::uint64_t offset, bool seekable) {
  if (seekable && records.offset() != offset && !records.seek(offset).ok()) return false;
  for (;;) {
    switch (records.next()) {
      case RecordStep::kRecord:
      case RecordStep::kBigRecord:
        if (records.record().offset == offset) return true;
        if (records.record().offset > offset || seekable) return false;
        break;
      case RecordStep::kDamage: break;
      case RecordStep::kEnd:
      case RecordStep::kError: return false;
    }
  }
}

std::uint64_t bytes_of(const std::vector<Part>& parts) {
  return std::accumulate(parts.begin(), parts.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Part& part) { return sum + part.size; });
}

struct Sketcher {
  ValueSketch& sketch;
  using What = ValueSketch::What;

  void shape(const Shape& whole) const {
    sketch.shape.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(
                                                           std::min(whole.size(), kSketchedRank)));
  }
  void operator()(const Elided& value) const {
    sketch.bytes = value.bytes;
    if (!value.dtype) return;
    sketch.what = What::kTensor;
    sketch.type = to_string(*value.dtype);
    shape(value.shape);
  }
  void operator()(const Histogram& value) const {
    sketch.what = What::kHistogram;
    sketch.from = value.min;
    sketch.to = value.max;
    sketch.number = value.num;
    sketch.count = value.buckets.size();
  }
  void operator()(const Images& value) const {
    sketch.what = What::kImages;
    sketch.count = value.parts.size();
    sketch.bytes = bytes_of(value.parts);
    sketch.width = value.width;
    sketch.height = value.height;
    sketch.type = value.type.extension;
  }
  void operator()(const Clips& value) const {
    sketch.what = What::kAudio;
    sketch.count = value.parts.size();
    sketch.bytes = bytes_of(value.parts);
    sketch.type =
        value.type.extension == "bin" ? value.mime.substr(0, kSketchedType) : value.type.extension;
    if (value.sample_rate && value.frames && *value.sample_rate > 0)
      sketch.seconds = static_cast<double>(*value.frames) / *value.sample_rate;
  }
  void operator()(const Text& value) const {
    sketch.what = What::kText;
    sketch.count = value.strings.size();
    if (value.strings.size() != 0) sketch.text = value.strings.text(0).substr(0, kSketchedText);
  }
  void operator()(const Tensor& value) const {
    sketch.what = What::kTensor;
    sketch.type = to_string(value.dtype());
    shape(value.shape());
  }
  void operator()(const PrCurves& value) const {
    sketch.what = What::kCurves;
    sketch.count = value.thresholds;
  }
  void operator()(const Mesh& value) const {
    sketch.what = What::kMesh;
    sketch.type = to_string(value.metadata.content);
    shape(value.tensor.shape());
  }
  void operator()(const GraphSize& value) const {
    sketch.what = What::kGraph;
    sketch.count = value.nodes;
    sketch.bytes = value.bytes;
  }
  void operator()(const HparamsData& value) const {
    sketch.what = What::kHparams;
    if (const auto* experiment = std::get_if<HparamsExperiment>(&value)) {
      sketch.count = experiment->hparams.size();
    } else if (const auto* start = std::get_if<HparamsSessionStart>(&value)) {
      sketch.count = start->values.size();
    } else if (const auto* end = std::get_if<HparamsSessionEnd>(&value)) {
      sketch.text = to_string(end->status);
    }
  }
  void operator()(const CustomScalarLayout& value) const {
    sketch.what = What::kCharts;
    std::uint64_t charts = 0;
    for (const auto& category : value.categories) charts += category.charts.size();
    sketch.count = charts;
  }
};

}  // namespace

void read_values(RunReading& state, const std::vector<ValueToRead>& wanted, const StopFlag& stop,
                 const std::function<void(std::size_t, Result<DecodedValue>)>& on_value) {
  std::vector<std::size_t> order;
  order.reserve(wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].place.there) order.push_back(i);
  }
  const auto key = [&](std::size_t i) {
    return std::tuple(wanted[i].place.file, wanted[i].place.offset);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  for (std::size_t at = 0; at < order.size() && !stop.requested();) {
    const std::uint32_t file = wanted[order[at]].place.file;
    const std::string path = state.input.run().path_of(file);
    auto source = state.input.open(file);
    std::optional<RecordReader> records;
    if (source.ok()) {
      records.emplace(std::move(*source),
                      RecordReaderOptions{.temp_directory = state.input.temp_directory()});
    }
    const bool seekable =
        state.files[file].compression == Compression::kNone && !state.input.run().standard_input;
    // Several values of one record are found in it one after the other.
    while (at < order.size() && wanted[order[at]].place.file == file && !stop.requested()) {
      const std::uint64_t offset = wanted[order[at]].place.offset;
      const bool there = records && go_to(*records, offset, seekable);
      std::optional<RecordValues> values;
      bool scanned = false;
      if (there) {
        values.emplace(*records, file);
        scanned = values->scan();
      }
      for (; at < order.size() && key(order[at]) == std::tuple(file, offset); ++at) {
        const ValueToRead& one = wanted[order[at]];
        if (scanned) {
          on_value(order[at], values->find(one, path));
        } else {
          on_value(order[at], not_there(one, path));
        }
      }
    }
  }
}

ValueSketch sketch_of(const DecodedValue& value, std::uint64_t bytes) {
  ValueSketch sketch{.bytes = bytes};
  std::visit(Sketcher{sketch}, value.what);
  return sketch;
}

}  // namespace tfevents::ops
