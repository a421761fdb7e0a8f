#include "corpus/stored_values.hpp"

#include <cmath>
#include <span>
#include <stdexcept>
#include <utility>

#include "base/number.hpp"
#include "base/text.hpp"
#include "corpus/sha256.hpp"
#include "event/outline.hpp"
#include "event/tensor_writer.hpp"
#include "event/wire.hpp"
#include "logdir/point_reader.hpp"

namespace tfevents::test {
namespace {

using nlohmann::json;

json number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

// As the oracles write it: a float32 by the double that its shortest text is.
json number(const Scalar& value) {
  if (value.dtype == DType::kBool) return value.i64 != 0;
  switch (value.store()) {
    case Scalar::Store::kFloat:
      return std::isfinite(value.f32) ? json::parse(to_text(value.f32)) : number(value.as_double());
    case Scalar::Store::kDouble: return number(value.f64);
    case Scalar::Store::kSigned: return value.i64;
    case Scalar::Store::kUnsigned: return value.u64;
  }
  return {};
}

std::string read_part(const StoredValue& stored, const Part& part) {
  std::string bytes(static_cast<std::size_t>(part.size), '\0');
  const auto read = stored.read(part.offset, std::as_writable_bytes(std::span(bytes)));
  if (!read.ok() || *read != bytes.size()) throw std::runtime_error("a part cannot be read");
  return bytes;
}

std::string sha(const std::string& bytes) {
  Sha256 digest;
  digest.add(bytes);
  return digest.hex();
}

void put_parts(json& to, const StoredValue& stored, const std::vector<Part>& parts, bool mime) {
  to["size"] = to["sha256"] = json::array();
  if (mime) to["mime"] = json::array();
  for (const Part& part : parts) {
    const std::string bytes = read_part(stored, part);
    to["size"].push_back(bytes.size());
    to["sha256"].push_back(sha(bytes));
    if (mime) to["mime"].push_back(media_type(as_bytes(bytes)).mime);
  }
}

/// The bytes of an element in numpy's array of it.
std::size_t element_size(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
    case DType::kInt64:
    case DType::kUint64: return 8;
    case DType::kBool:
    case DType::kUint8:
    case DType::kInt8: return 1;
    case DType::kInt16:
    case DType::kUint16:
    case DType::kFloat16: return 2;
    default: return 4;
  }
}

json tensor_json(const Tensor& tensor) {
  json strings = json::array(), values = json::array();
  std::string raw;
  for (std::uint64_t i = 0; i < tensor.size(); ++i) {
    switch (tensor.element()) {
      case Tensor::Element::kText: strings.push_back(to_valid_utf8(tensor.text(i))); break;
      case Tensor::Element::kComplex:
        values.push_back(
            json::array({number(Scalar::of(static_cast<float>(tensor.complex(i).real()))),
                         number(Scalar::of(static_cast<float>(tensor.complex(i).imag())))}));
        break;
      case Tensor::Element::kNumber: {
        const Scalar value = tensor.number(i);
        values.push_back(number(value));
        char bits[8];
        store_le(bits, element_bits(value));
        raw.append(bits, element_size(tensor.dtype()));
        break;
      }
      case Tensor::Element::kNone: break;
    }
  }
  json out{
      {"shape", tensor.shape()}, {"elements", tensor.size()}, {"dtype", to_string(tensor.dtype())}};
  if (tensor.element() == Tensor::Element::kText) {
    out["strings"] = strings;
  } else {
    out["values"] = values;
    out["sha256"] = json::array({sha(raw)});
  }
  return out;
}

json histogram_json(const Histogram& histogram) {
  json rows = json::array();
  for (const HistogramBucket& row : tensorboard_rows(histogram))
    rows.push_back(json::array({number(row.left), number(row.right), number(row.count)}));
  json out{{"min", number(histogram.min)}, {"max", number(histogram.max)},
           {"num", number(histogram.num)}, {"total", number(histogram.num)},
           {"buckets", rows.size()},       {"rows", rows}};
  if (histogram.sum) out["sum"] = number(*histogram.sum);
  if (histogram.sum_squares) out["sum_squares"] = number(*histogram.sum_squares);
  return out;
}

/// Protobuf's JSON leaves defaults out.
void put(json& to, const char* key, const std::string& text) {
  if (!text.empty()) to[key] = to_valid_utf8(text);
}

json hparam(const HparamValue& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth;
  if (const auto* one = std::get_if<double>(&value)) return number(*one);
  if (const auto* text = std::get_if<std::string>(&value)) return to_valid_utf8(*text);
  return nullptr;
}

json hparams_json(const HparamsExperiment& experiment) {
  static constexpr const char* kTypes[] = {"", "DATA_TYPE_STRING", "DATA_TYPE_BOOL",
                                           "DATA_TYPE_FLOAT64"};
  json infos = json::array(), metrics = json::array();
  for (const HparamInfo& info : experiment.hparams) {
    json one = json::object();
    put(one, "name", info.name);
    put(one, "display_name", info.display_name);
    put(one, "type", kTypes[static_cast<int>(info.type)]);
    for (const HparamValue& choice : info.choices) one["domain_discrete"].push_back(hparam(choice));
    if (info.interval) {
      one["domain_interval"] = {{"min_value", number(info.interval->first)},
                                {"max_value", number(info.interval->second)}};
    }
    infos.push_back(one);
  }
  for (const HparamMetricInfo& info : experiment.metrics) {
    json one = json::object(), name = json::object();
    put(name, "group", info.group);
    put(name, "tag", info.tag);
    one["name"] = name;
    put(one, "display_name", info.display_name);
    metrics.push_back(one);
  }
  json out = json::object();
  if (!infos.empty()) out["hparam_infos"] = infos;
  if (!metrics.empty()) out["metric_infos"] = metrics;
  return {{"experiment", out}};
}

json hparams_json(const HparamsData& data) {
  if (const auto* experiment = std::get_if<HparamsExperiment>(&data))
    return hparams_json(*experiment);
  json out = json::object();
  if (const auto* start = std::get_if<HparamsSessionStart>(&data)) {
    for (const auto& [name, value] : start->values) out["hparams"][name] = hparam(value);
    put(out, "group_name", start->group_name);
    if (start->start_time != 0) out["start_time_secs"] = start->start_time;
    return {{"session_start_info", out}};
  }
  if (const auto* end = std::get_if<HparamsSessionEnd>(&data)) {
    static constexpr const char* kStatus[] = {"", "STATUS_SUCCESS", "STATUS_FAILURE",
                                              "STATUS_RUNNING"};
    put(out, "status", kStatus[static_cast<int>(end->status)]);
    if (end->end_time != 0) out["end_time_secs"] = end->end_time;
    return {{"session_end_info", out}};
  }
  return {};
}

json layout_json(const CustomScalarLayout& layout) {
  json categories = json::array();
  for (const auto& category : layout.categories) {
    json charts = json::array();
    for (const auto& chart : category.charts) {
      json one = json::object();
      put(one, "title", chart.title);
      if (!chart.multiline.empty()) one["multiline"] = {{"tag", chart.multiline}};
      for (const auto& margin : chart.margins) {
        one["margin"]["series"].push_back(
            {{"value", margin.value}, {"lower", margin.lower}, {"upper", margin.upper}});
      }
      charts.push_back(one);
    }
    json one{{"title", category.title}, {"chart", charts}};
    if (category.closed) one["closed"] = true;
    categories.push_back(one);
  }
  return {{"category", categories}};
}

/// The graph within a meta graph, which is what the oracles' readers look at.
Part inner_graph(const StoredValue& stored) {
  const std::string bytes = read_part(stored, {0, stored.size()});
  wire::SpanReader in(as_bytes(bytes));
  for (wire::Tag tag; !in.done() && wire::read_tag(in, tag);) {
    std::uint64_t size = 0;
    if (tag.type == wire::Type::kBytes && tag.field == 2 && wire::read_length(in, size))
      return {static_cast<std::uint64_t>(in.data() - as_bytes(bytes).data()), size};
    if (!wire::skip_field(in, tag, wire::kMaxDepth)) break;
  }
  return {};
}

json value_json(const StoredValue& stored, const DecodedValue& value) {
  json out = json::object();
  if (const auto* images = std::get_if<Images>(&value.what)) {
    out = {{"width", images->width}, {"height", images->height}};
    put_parts(out, stored, images->parts, true);
  } else if (const auto* clips = std::get_if<Clips>(&value.what)) {
    put_parts(out, stored, clips->parts, true);
    if (clips->sample_rate) out["sample_rate"] = *clips->sample_rate;
    if (clips->channels) out["channels"] = *clips->channels;
    if (clips->frames) out["frames"] = *clips->frames;
    if (!clips->labels.empty()) out["labels"] = clips->labels;
  } else if (const auto* text = std::get_if<Text>(&value.what)) {
    out = tensor_json(text->strings);
  } else if (const auto* tensor = std::get_if<Tensor>(&value.what)) {
    out = tensor_json(*tensor);
  } else if (const auto* curves = std::get_if<PrCurves>(&value.what)) {
    out = tensor_json(curves->table);
  } else if (const auto* mesh = std::get_if<Mesh>(&value.what)) {
    out = tensor_json(mesh->tensor);
    out["content"] = to_string(mesh->metadata.content);
  } else if (const auto* histogram = std::get_if<Histogram>(&value.what)) {
    out = histogram_json(*histogram);
  } else if (const auto* hparams = std::get_if<HparamsData>(&value.what)) {
    out = hparams_json(*hparams);
  } else if (const auto* layout = std::get_if<CustomScalarLayout>(&value.what)) {
    out = layout_json(*layout);
  } else if (const auto* graph = std::get_if<GraphSize>(&value.what)) {
    Part part{0, stored.size()};
    if (stored.form() == StoredForm::kValue) {
      const auto outline = outline_of(stored);
      part = outline->tensor.strings.empty() ? Part{} : outline->tensor.strings.front();
    }
    if (graph->bytes != part.size) throw std::runtime_error("a graph of another size");
    if (stored.form() == StoredForm::kMetaGraph) part = inner_graph(stored);
    put_parts(out, stored, {part}, false);
    if (graph->nodes) out["nodes"] = *graph->nodes;
  } else {
    return "elided";
  }
  return out;
}

struct ValueSink {
  const RunReading& reading;
  ValueSeries& series;

  void on_series(SeriesId) {}
  void on_float(SeriesId, std::int64_t, double, float, std::uint64_t) {}
  void on_scalar(SeriesId, std::int64_t, double, Scalar, std::uint64_t) {}
  void on_stored(SeriesId id, std::int64_t step, double, const StoredValue& stored) {
    const SeriesInfo& info = reading.tags.info(id);
    const std::string tag(reading.tags.name(info.tag));
    auto& points = series[{reading.input.run().name, tag, std::string(reading.tags.kind_name(id))}];
    const auto value = decode_value(stored, info.kind, tag, std::uint64_t{1} << 30);
    if (value.ok()) {
      points.push_back({step, value_json(stored, *value), value->problem});
    } else {
      points.push_back({step, {}, value.error().message});
    }
  }
  [[nodiscard]] static bool stopped() { return false; }
};

}  // namespace

ValueSeries read_values(const std::string& path) {
  Selection selection;
  selection.operands = {path};
  const StopFlag stop;
  auto found = discover(selection, real_sys(), 1, stop);
  if (!found.ok()) throw std::runtime_error(found.error().message);
  ValueSeries series;
  for (const Run& run : found->runs) {
    RunReading reading(real_sys(), run, {});
    ValueSink sink{reading, series};
    const Status read = PointReader(reading, sink, {}).read_all();
    if (!read.ok()) throw std::runtime_error(read.error().message);
  }
  return series;
}

std::string plain_text(const json& value) {
  if (value.is_number()) return to_text(value.get<double>());
  std::string out;
  if (value.is_array()) {
    for (const json& one : value) out += (out.empty() ? "" : ",") + plain_text(one);
    return "[" + out + "]";
  }
  if (value.is_object()) {
    for (const auto& [key, one] : value.items())
      out += (out.empty() ? "" : ",") + key + ":" + plain_text(one);
    return "{" + out + "}";
  }
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace tfevents::test
