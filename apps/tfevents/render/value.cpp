#include "value.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "format/json_writer.hpp"
#include "people.hpp"
#include "trial_cells.hpp"

namespace tfevents::render {
namespace {

std::uint64_t total_bytes(const std::vector<Part>& parts) {
  return std::accumulate(parts.begin(), parts.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Part& part) { return sum + part.size; });
}

void write_scalar(JsonWriter& json, Scalar value) {
  switch (value.store()) {
    case Scalar::Store::kFloat: json.number(value.f32); return;
    case Scalar::Store::kDouble: json.number(value.f64); return;
    case Scalar::Store::kSigned: json.number(value.i64); return;
    case Scalar::Store::kUnsigned: json.number(value.u64); return;
  }
}

void write_shape(JsonWriter& json, const Shape& shape) {
  json.key("shape").begin_array();
  for (const std::int64_t size : shape) json.number(size);
  json.end_array();
}

void write_element(JsonWriter& json, const Tensor& tensor, std::uint64_t i) {
  switch (tensor.element()) {
    case Tensor::Element::kNumber: write_scalar(json, tensor.number(i)); return;
    case Tensor::Element::kText: json.string(tensor.text(i)); return;
    case Tensor::Element::kComplex: {
      const std::complex<double> value = tensor.complex(i);
      json.begin_array();
      for (const double part : {value.real(), value.imag()}) {
        if (tensor.narrow_complex())
          json.number(static_cast<float>(part));
        else
          json.number(part);
      }
      json.end_array();
      return;
    }
    case Tensor::Element::kNone: json.null(); return;
  }
}

void write_elements(JsonWriter& json, const Tensor& tensor) {
  json.begin_array();
  // Of dtypes that hold no plain elements there is nothing to say.
  const std::uint64_t elements = tensor.element() == Tensor::Element::kNone ? 0 : tensor.size();
  for (std::uint64_t i = 0; i < elements; ++i) write_element(json, tensor, i);
  json.end_array();
}

/// The objects of OUTPUT.md.
class JsonValue {
 public:
  explicit JsonValue(JsonWriter& json) : json_(json) {}

  void operator()(const Elided& value) {
    json_.begin_object();
    if (value.dtype) {
      json_.field("dtype", std::string_view(to_string(*value.dtype)));
      write_shape(json_, value.shape);
    }
    json_.field("bytes", value.bytes).field("elided", true).end_object();
  }

  void operator()(const Histogram& value) {
    // In the width they are stored in.
    const auto number = [&](double x) {
      if (value.dtype == DType::kFloat32)
        json_.number(static_cast<float>(x));
      else
        json_.number(x);
    };
    json_.begin_object().key("buckets").begin_array();
    for (const HistogramBucket& bucket : value.buckets) {
      json_.begin_array();
      for (const double x : {bucket.left, bucket.right, bucket.count}) number(x);
      json_.end_array();
    }
    json_.end_array().key("min");
    number(value.min);
    json_.key("max");
    number(value.max);
    json_.field("num", value.num)
        .field("sum", value.sum)
        .field("sum_squares", value.sum_squares)
        .end_object();
  }

  void operator()(const Images& value) {
    json_.begin_object().field("width", value.width).field("height", value.height);
    json_.field("mime", value.type.mime);
    write_sizes(value.parts);
    json_.end_object();
  }

  void operator()(const Clips& value) {
    json_.begin_object().field("mime", to_valid_utf8(value.mime));
    json_.field("sample_rate", value.sample_rate).field("frames", value.frames);
    write_sizes(value.parts);
    const auto says_something = [](const std::string& label) { return !label.empty(); };
    if (std::any_of(value.labels.begin(), value.labels.end(), says_something)) {
      json_.key("labels").begin_array();
      for (const std::string& label : value.labels) json_.string(label);
      json_.end_array();
    }
    json_.end_object();
  }

  // A list, one of rank 0 as well; higher ranks nest.
  void operator()(const Text& value) {
    const Tensor& strings = value.strings;
    const Shape& shape = strings.shape();
    if (shape.size() < 2 || strings.size() == 0) return write_elements(json_, strings);
    // Elements of the whole, of a row of the first dimension, and so on: a bracket opens in front
    // of an element, and closes behind one, that begins or ends one of them.
    std::vector<std::uint64_t> rows(shape.size(), strings.size());
    std::uint64_t row = 1;
    for (std::size_t i = shape.size() - 1; i != 0; --i) {
      const auto size = static_cast<std::uint64_t>(std::max<std::int64_t>(shape[i], 1));
      row = size > strings.size() / row ? strings.size() : row * size;
      rows[i] = row;
    }
    for (std::uint64_t i = 0; i < strings.size(); ++i) {
      for (const std::uint64_t elements : rows) {
        if (i % elements == 0) json_.begin_array();
      }
      json_.string(strings.text(i));
      for (const std::uint64_t elements : rows) {
        if ((i + 1) % elements == 0) json_.end_array();
      }
    }
    // What is torn ends in the middle of a row.
    for (const std::uint64_t elements : rows) {
      if (strings.size() % elements != 0) json_.end_array();
    }
  }

  void operator()(const Tensor& value) {
    json_.begin_object().field("dtype", std::string_view(to_string(value.dtype())));
    write_shape(json_, value.shape());
    json_.key("values");
    write_elements(json_, value);
    json_.end_object();
  }

  void operator()(const PrCurves& value) {
    json_.begin_object().key("thresholds").begin_array();
    for (std::uint64_t i = 0; i < value.thresholds; ++i) json_.number(value.threshold(i));
    json_.end_array();
    constexpr std::array<std::string_view, PrCurves::kRows> kNames{"tp", "fp",        "tn",
                                                                   "fn", "precision", "recall"};
    for (std::size_t row = 0; row < kNames.size(); ++row) {
      json_.key(kNames[row]).begin_array();
      for (std::uint64_t i = 0; i < value.thresholds; ++i)
        write_scalar(json_, value.at(static_cast<PrCurves::Row>(row), i));
      json_.end_array();
    }
    json_.end_object();
  }

  void operator()(const Mesh& value) {
    json_.begin_object().field("content", std::string_view(to_string(value.metadata.content)));
    write_shape(json_, value.tensor.shape());
    json_.key("values");
    write_elements(json_, value.tensor);
    json_.end_object();
  }

  void operator()(const GraphSize& value) {
    json_.begin_object().field("bytes", value.bytes).field("nodes", value.nodes).end_object();
  }

  void operator()(const HparamsData& value) {
    json_.begin_object();
    if (const auto* experiment = std::get_if<HparamsExperiment>(&value)) {
      json_.key("experiment");
      write_experiment(*experiment);
    } else if (const auto* start = std::get_if<HparamsSessionStart>(&value)) {
      json_.key("session_start").begin_object().key("hparams");
      write_hparams(json_, start->values);
      write_name("group_name", start->group_name);
      json_.field("start_time", time_of(start->start_time)).end_object();
    } else if (const auto* end = std::get_if<HparamsSessionEnd>(&value)) {
      json_.key("session_end").begin_object();
      json_.field("status", std::string_view(to_string(end->status)));
      json_.field("end_time", time_of(end->end_time)).end_object();
    }
    json_.end_object();
  }

  void operator()(const CustomScalarLayout& value) {
    json_.begin_object().key("layout").begin_object().key("categories").begin_array();
    for (const CustomScalarLayout::Category& category : value.categories) {
      json_.begin_object();
      write_name("title", category.title);
      json_.field("closed", category.closed).key("charts").begin_array();
      for (const CustomScalarLayout::Chart& chart : category.charts) write_chart(chart);
      json_.end_array().end_object();
    }
    json_.end_array().end_object().end_object();
  }

 private:
  void write_name(std::string_view name, std::string_view bytes) {
    name_fields(json_, name, bytes);
  }
  static std::optional<double> time_of(double seconds) {
    return seconds == 0 ? std::nullopt : std::optional(seconds);
  }

  void write_sizes(const std::vector<Part>& parts) {
    json_.key("bytes").begin_array();
    for (const Part& part : parts) json_.number(part.size);
    json_.end_array();
  }

  void write_experiment(const HparamsExperiment& experiment) {
    json_.begin_object().key("hparams").begin_array();
    for (const HparamInfo& info : experiment.hparams) {
      json_.begin_object();
      write_name("name", info.name);
      write_name("display_name", info.display_name);
      constexpr std::array<std::string_view, 4> kTypes{"", "string", "bool", "float64"};
      json_.key("type");
      if (info.type == HparamType::kUnset)
        json_.null();
      else
        json_.string(kTypes[static_cast<std::size_t>(info.type)]);
      json_.key("domain");
      write_domain(info);
      json_.end_object();
    }
    json_.end_array().key("metrics").begin_array();
    for (const HparamMetricInfo& info : experiment.metrics) {
      json_.begin_object();
      write_name("tag", info.tag);
      write_name("group", info.group);
      write_name("display_name", info.display_name);
      json_.end_object();
    }
    json_.end_array().end_object();
  }

  void write_domain(const HparamInfo& info) {
    if (info.interval) {
      json_.begin_object().field("min", info.interval->first);
      json_.field("max", info.interval->second).end_object();
      return;
    }
    if (info.choices.empty()) {
      json_.null();
      return;
    }
    json_.begin_array();
    for (const HparamValue& choice : info.choices) {
      if (const bool* yes = std::get_if<bool>(&choice))
        json_.boolean(*yes);
      else if (const double* number = std::get_if<double>(&choice))
        json_.number(*number);
      else if (const std::string* text = std::get_if<std::string>(&choice))
        json_.string(*text);
      else
        json_.null();
    }
    json_.end_array();
  }

  void write_chart(const CustomScalarLayout::Chart& chart) {
    json_.begin_object();
    write_name("title", chart.title);
    if (!chart.margins.empty()) {
      json_.key("margin").begin_array();
      for (const CustomScalarLayout::Margin& margin : chart.margins) {
        json_.begin_object();
        write_name("value", margin.value);
        write_name("lower", margin.lower);
        write_name("upper", margin.upper);
        json_.end_object();
      }
    } else {
      json_.key("multiline").begin_array();
      for (const std::string& tag : chart.multiline) json_.string(tag);
    }
    json_.end_array().end_object();
  }

  JsonWriter& json_;
};

/// A few words.
struct Describe {
  static constexpr std::size_t kTextColumns = 60;

  std::string operator()(const Elided& value) const {
    if (!value.dtype) return human_bytes(value.bytes);
    return fmt::format("{} {}, {}", to_string(*value.dtype), tensor_shape_text(value.shape),
                       human_bytes(value.bytes));
  }
  std::string operator()(const Histogram& value) const {
    return value.buckets.empty() ? "no values"
                                 : fmt::format("{} values from {} to {}", to_text(value.num),
                                               to_text(value.min), to_text(value.max));
  }
  std::string operator()(const Images& value) const {
    const std::string each =
        fmt::format("{}×{} {}", value.width, value.height, value.type.extension);
    const std::string size = human_bytes(total_bytes(value.parts));
    if (value.parts.size() == 1) return each + ", " + size;
    return fmt::format("{} of {}, {}", count_of(value.parts.size(), "image", "images"), each, size);
  }
  std::string operator()(const Clips& value) const {
    std::string text =
        value.type.extension == "bin" ? printable(value.mime) : std::string(value.type.extension);
    if (value.sample_rate && value.frames && *value.sample_rate > 0) {
      const double seconds = static_cast<double>(*value.frames) / *value.sample_rate;
      text += fmt::format(" of {:.3g} s at {} Hz", seconds, to_text(*value.sample_rate));
    }
    if (value.parts.size() != 1)
      text = count_of(value.parts.size(), "clip", "clips") + " of " + text;
    return text + ", " + human_bytes(total_bytes(value.parts));
  }
  std::string operator()(const Text& value) const {
    const Tensor& strings = value.strings;
    if (strings.size() == 0) return "no text";
    const std::string first = elide_middle(printable(strings.text(0)), kTextColumns);
    if (strings.size() == 1) return first;
    return fmt::format("{} (and {} more)", first, strings.size() - 1);
  }
  std::string operator()(const Tensor& value) const {
    return fmt::format("{} {}", to_string(value.dtype()), tensor_shape_text(value.shape()));
  }
  std::string operator()(const PrCurves& value) const {
    return count_of(value.thresholds, "threshold", "thresholds");
  }
  std::string operator()(const Mesh& value) const {
    return fmt::format("{} {}", to_string(value.metadata.content),
                       tensor_shape_text(value.tensor.shape()));
  }
  std::string operator()(const GraphSize& value) const {
    const std::string size = human_bytes(value.bytes);
    return value.nodes ? count_of(*value.nodes, "node", "nodes") + ", " + size : size;
  }
  std::string operator()(const HparamsData& value) const {
    if (const auto* experiment = std::get_if<HparamsExperiment>(&value))
      return count_of(experiment->hparams.size(), "hyperparameter", "hyperparameters") + ", " +
             count_of(experiment->metrics.size(), "metric", "metrics");
    if (const auto* start = std::get_if<HparamsSessionStart>(&value))
      return count_of(start->values.size(), "hyperparameter", "hyperparameters");
    if (const auto* end = std::get_if<HparamsSessionEnd>(&value)) return to_string(end->status);
    return "nothing";
  }
  std::string operator()(const CustomScalarLayout& value) const {
    std::size_t charts = 0;
    for (const auto& category : value.categories) charts += category.charts.size();
    return count_of(charts, "chart", "charts");
  }
};

}  // namespace

std::string tensor_shape_text(const Shape& shape) {
  std::string text = "[";
  for (const std::int64_t size : shape) text += (text.size() > 1 ? ", " : "") + to_text(size);
  return text + "]";
}

void append_json_value(std::string& out, const DecodedValue& value) {
  JsonWriter json(out);
  std::visit(JsonValue(json), value.what);
}

std::optional<std::string_view> only_text(const DecodedValue& value) {
  const Text* const text = std::get_if<Text>(&value.what);
  if (text == nullptr || text->strings.size() != 1) return std::nullopt;
  return text->strings.text(0);
}

std::string describe_value(const DecodedValue& value) {
  return std::visit(Describe{}, value.what);
}

}  // namespace tfevents::render
