#include "event/keras_shapes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace tfevents {
namespace {

using Shape = LayerShape;
using MaybeShape = std::optional<Shape>;
using Count = std::optional<std::uint64_t>;

// Sizes of a stranger's model may be anything: what no machine could hold is not known.
constexpr std::int64_t kMostSize = std::int64_t{1} << 40;
constexpr std::uint64_t kMostParameters = std::uint64_t{1} << 60;

/// A product or a sum that has not left what is possible.
class Checked {
 public:
  Checked(std::int64_t value)  // NOLINT(google-explicit-constructor): a number is one.
      : value_(static_cast<std::uint64_t>(value)), known_(value >= 0 && value <= kMostSize) {}
  Checked(std::optional<std::int64_t> value)  // NOLINT(google-explicit-constructor)
      : Checked(value ? *value : -1) {}
  friend Checked operator*(Checked a, Checked b) {
    if (!a.known_ || !b.known_) return {-1};
    if (a.value_ != 0 && b.value_ > kMostParameters / a.value_) return {-1};
    a.value_ *= b.value_;
    return a;
  }
  friend Checked operator+(Checked a, Checked b) {
    if (!a.known_ || !b.known_ || a.value_ + b.value_ > kMostParameters) return {-1};
    a.value_ += b.value_;
    return a;
  }
  [[nodiscard]] Count count() const { return known_ ? Count(value_) : std::nullopt; }
  [[nodiscard]] std::int64_t size() const {
    return known_ && value_ <= static_cast<std::uint64_t>(kMostSize)
               ? static_cast<std::int64_t>(value_)
               : -1;
  }

 private:
  std::uint64_t value_;
  bool known_;
};

bool one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// `Conv2D` is 2.
std::size_t rank_in(std::string_view name) {
  for (std::size_t i = 0; i + 1 < name.size(); ++i) {
    if (name[i] >= '1' && name[i] <= '3' && name[i + 1] == 'D')
      return static_cast<std::size_t>(name[i] - '0');
  }
  return 0;
}

bool channels_first(const LayerSettings& layer) {
  return layer.text("data_format") == "channels_first";
}

std::int64_t product(const Shape& shape, std::size_t from) {
  Checked all = 1;
  for (std::size_t i = from; i < shape.size(); ++i) all = all * Checked(shape[i]);
  return all.size();
}

// The size of an axis that may be counted from the end, -1 where it is none.
std::int64_t axis_size(const Shape& shape, std::int64_t axis) {
  if (axis < 0) axis += static_cast<std::int64_t>(shape.size());
  if (axis < 0 || axis >= static_cast<std::int64_t>(shape.size())) return -1;
  return shape[static_cast<std::size_t>(axis)];
}

// The spatial sizes and channels of what a convolution reads.
struct Image {
  Shape spatial;
  std::int64_t channels;
};
std::optional<Image> image_of(const LayerSettings& layer, const Shape& input, std::size_t rank) {
  if (input.size() != rank + 2) return std::nullopt;
  const std::size_t first = channels_first(layer) ? 2 : 1;
  const auto begin = input.begin() + static_cast<std::ptrdiff_t>(first);
  return Image{Shape(begin, begin + static_cast<std::ptrdiff_t>(rank)),
               channels_first(layer) ? input[1] : input.back()};
}
Shape shape_of(const LayerSettings& layer, const Shape& input, const Image& image) {
  Shape shape{input.front()};
  if (channels_first(layer)) shape.push_back(image.channels);
  shape.insert(shape.end(), image.spatial.begin(), image.spatial.end());
  if (!channels_first(layer)) shape.push_back(image.channels);
  return shape;
}

// How far a window goes over an axis.
std::int64_t window_size(std::int64_t size, std::int64_t window, std::int64_t stride,
                         std::string_view padding) {
  if (size < 0 || window < 1 || stride < 1 || window > kMostSize || stride > kMostSize) return -1;
  if (padding == "same" || padding == "causal") return (size + stride - 1) / stride;
  return size < window ? 0 : (size - window) / stride + 1;
}

// Strides left out are those of one, or for pooling the window's.
LayerSizes convolution(const LayerSettings& layer, const Shape& input) {
  const std::size_t rank = rank_in(layer.class_name);
  const auto image = image_of(layer, input, rank);
  const auto kernel = layer.list("kernel_size", rank);
  if (!image || !kernel) return {};
  const Shape strides = layer.list("strides", rank).value_or(Shape(rank, 1));
  const Shape dilation = layer.list("dilation_rate", rank).value_or(Shape(rank, 1));
  const bool transposed = layer.class_name.ends_with("Transpose");
  const bool depthwise = layer.class_name.starts_with("Depthwise");
  const bool separable = layer.class_name.starts_with("Separable");
  const Checked area(product(*kernel, 0));
  const Checked channels(image->channels);
  const Checked multiplier(layer.number("depth_multiplier").value_or(1));
  Checked filters(layer.number("filters"));
  Checked weights(-1);
  if (depthwise) {
    filters = channels * multiplier;
    weights = area * filters;
  } else if (separable) {
    weights = area * channels * multiplier + channels * multiplier * filters;
  } else {
    const std::int64_t groups = std::max<std::int64_t>(layer.number("groups").value_or(1), 1);
    weights = area * Checked(image->channels < 0 ? -1 : image->channels / groups) * filters;
  }
  if (layer.flag("use_bias", true)) weights = weights + filters;
  Image out{image->spatial, filters.size()};
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t window = (Checked((*kernel)[i] - 1) * Checked(dilation[i]) + 1).size();
    if (!transposed) {
      out.spatial[i] = window_size(out.spatial[i], window, strides[i], layer.text("padding"));
    } else if (layer.lists.contains("output_padding") || window < 0 || out.spatial[i] < 0) {
      out.spatial[i] = -1;
    } else {
      const bool same = layer.text("padding") == "same";
      const std::int64_t more = same ? 0 : std::max<std::int64_t>(window - strides[i], 0);
      out.spatial[i] = (Checked(out.spatial[i]) * Checked(strides[i]) + Checked(more)).size();
    }
  }
  return {shape_of(layer, input, out), weights.count()};
}

MaybeShape pooled(const LayerSettings& layer, const Shape& input) {
  const std::size_t rank = rank_in(layer.class_name);
  const auto image = image_of(layer, input, rank);
  if (!image) return std::nullopt;
  if (layer.class_name.starts_with("Global")) {
    if (layer.flag("keepdims", false))
      return shape_of(layer, input, {Shape(rank, 1), image->channels});
    return Shape{input.front(), image->channels};
  }
  const auto window = layer.list("pool_size", rank);
  if (!window) return std::nullopt;
  const Shape strides = layer.list("strides", rank).value_or(*window);
  Image out = *image;
  for (std::size_t i = 0; i < rank; ++i)
    out.spatial[i] = window_size(out.spatial[i], (*window)[i], strides[i], layer.text("padding"));
  return shape_of(layer, input, out);
}

LayerSizes recurrent(const LayerSettings& layer, const Shape& input) {
  const auto units_set = layer.number("units");
  if (!units_set || input.size() != 3) return {};
  const std::int64_t gates = layer.class_name.ends_with("LSTM")  ? 4
                             : layer.class_name.ends_with("GRU") ? 3
                                                                 : 1;
  const Checked units(units_set);
  Checked weights = units * (Checked(input.back()) + units);
  if (layer.flag("use_bias", true)) {
    const bool twice = gates == 3 && layer.flag("reset_after", true);
    weights = weights + units * Checked(twice ? 2 : 1);
  }
  Shape output = layer.flag("return_sequences", false) ? Shape{input[0], input[1], units.size()}
                                                       : Shape{input[0], units.size()};
  return {std::move(output), (weights * Checked(gates)).count()};
}

LayerSizes normalization(const LayerSettings& layer, const Shape& input) {
  const bool batch = layer.class_name == "BatchNormalization";
  Checked size(-1);
  if (const auto axis = layer.number("axis")) {
    size = axis_size(input, *axis);
  } else if (const auto axes = layer.lists.find("axis"); axes != layer.lists.end()) {
    size = 1;
    for (const std::int64_t one : axes->second) size = size * Checked(axis_size(input, one));
  } else {
    size = axis_size(input, -1);
  }
  const std::int64_t each =
      (layer.flag("scale", true) ? 1 : 0) + (layer.flag("center", true) ? 1 : 0) + (batch ? 2 : 0);
  return {input, (size * Checked(each)).count()};
}

LayerSizes wrapped(const LayerSettings& layer, const Shape& input) {
  if (layer.inner == nullptr) return {};
  if (layer.class_name == "TimeDistributed") {
    if (input.size() < 3) return {};
    Shape one = input;
    one.erase(one.begin() + 1);
    LayerSizes sizes = sizes_of(*layer.inner, {one});
    if (sizes.output && !sizes.output->empty())
      sizes.output->insert(sizes.output->begin() + 1, input[1]);
    return sizes;
  }
  LayerSizes sizes = sizes_of(*layer.inner, {input});
  if (sizes.parameters) *sizes.parameters *= 2;  // One layer forwards, one backwards.
  if (sizes.output && !sizes.output->empty()) {
    const std::string_view merge = layer.text("merge_mode");
    if (merge == "concat") {
      sizes.output->back() = (Checked(sizes.output->back()) * 2).size();
    } else if (merge.empty()) {
      sizes.output.reset();  // Two outputs.
    }
  }
  return sizes;
}

MaybeShape reshaped(const LayerSettings& layer, const Shape& input) {
  const auto target = layer.lists.find("target_shape");
  if (target == layer.lists.end()) return std::nullopt;
  Shape shape = target->second;
  const auto open = std::find(shape.begin(), shape.end(), -1);
  if (open != shape.end()) {
    *open = 1;
    const std::int64_t all = product(input, 1), rest = product(shape, 0);
    *open = all >= 0 && rest > 0 ? all / rest : -1;
  }
  shape.insert(shape.begin(), input.front());
  return shape;
}

MaybeShape joined(const LayerSettings& layer, const std::vector<MaybeShape>& inputs) {
  if (!inputs.front()) return std::nullopt;
  Shape shape = *inputs.front();
  std::int64_t axis = layer.number("axis").value_or(-1);
  if (axis < 0) axis += static_cast<std::int64_t>(shape.size());
  if (axis < 0 || axis >= static_cast<std::int64_t>(shape.size())) return std::nullopt;
  Checked size = 0;
  for (const MaybeShape& input : inputs) {
    if (!input || input->size() != shape.size()) return std::nullopt;
    size = size + Checked((*input)[static_cast<std::size_t>(axis)]);
  }
  shape[static_cast<std::size_t>(axis)] = size.size();
  return shape;
}

LayerSizes attention(const LayerSettings& layer, const std::vector<MaybeShape>& inputs) {
  const Shape& query = *inputs.front();
  const MaybeShape& value = inputs.size() > 1 ? inputs[1] : inputs.front();
  const MaybeShape& key = inputs.size() > 2 ? inputs[2] : value;
  if (!value || value->empty() || !key || key->empty()) return {query, std::nullopt};
  const Checked heads(layer.number("num_heads")), size(layer.number("key_dim"));
  const auto value_dim = layer.number("value_dim");
  const Checked values = value_dim ? Checked(value_dim) : size;
  const Checked from(query.back()), of_key(key->back()), of_value(value->back());
  Checked weights = heads * size * (from + of_key) + heads * values * (of_value + from);
  if (layer.flag("use_bias", true)) weights = weights + heads * (size + size + values) + from;
  return {query, layer.lists.contains("output_shape") ? std::nullopt : weights.count()};
}

// Layers that give what they take, and hold nothing.
constexpr std::array<std::string_view, 24> kPlain{"Activation",
                                                  "ActivityRegularization",
                                                  "AlphaDropout",
                                                  "Average",
                                                  "Add",
                                                  "Dropout",
                                                  "ELU",
                                                  "GaussianDropout",
                                                  "GaussianNoise",
                                                  "LeakyReLU",
                                                  "Masking",
                                                  "Maximum",
                                                  "Minimum",
                                                  "Multiply",
                                                  "RandomFlip",
                                                  "RandomRotation",
                                                  "ReLU",
                                                  "Rescaling",
                                                  "Softmax",
                                                  "SpatialDropout1D",
                                                  "SpatialDropout2D",
                                                  "SpatialDropout3D",
                                                  "Subtract",
                                                  "ThresholdedReLU"};

// A layer that holds no weights, and whose shape is not worked out.
constexpr std::array<std::string_view, 14> kWeightless{
    "CenterCrop",   "Cropping1D",   "Cropping2D",   "Cropping3D",   "Dot",
    "Lambda",       "Permute",      "RandomCrop",   "RandomZoom",   "Resizing",
    "UpSampling1D", "UpSampling2D", "UpSampling3D", "ZeroPadding2D"};

LayerSizes of_one_input(const LayerSettings& layer, const Shape& input) {
  const std::string_view name = layer.class_name;
  if (name == "Dense") {
    const Checked units(layer.number("units"));
    Checked weights = Checked(input.back()) * units;
    if (layer.flag("use_bias", true)) weights = weights + units;
    Shape output = input;
    output.back() = units.size();
    return {std::move(output), weights.count()};
  }
  if (name == "Flatten") return {Shape{input.front(), product(input, 1)}, 0};
  if (name == "Reshape") return {reshaped(layer, input), 0};
  if (name == "RepeatVector" && input.size() == 2)
    return {Shape{input[0], layer.number("n").value_or(-1), input[1]}, 0};
  if (name.ends_with("Pooling1D") || name.ends_with("Pooling2D") || name.ends_with("Pooling3D"))
    return {pooled(layer, input), 0};
  if (name.find("Conv") != std::string_view::npos && rank_in(name) != 0 &&
      name.find("LSTM") == std::string_view::npos)
    return convolution(layer, input);
  if (name == "LSTM" || name == "GRU" || name == "SimpleRNN") return recurrent(layer, input);
  if (name == "BatchNormalization" || name == "LayerNormalization" || name == "GroupNormalization")
    return normalization(layer, input);
  if (name == "Bidirectional" || name == "TimeDistributed") return wrapped(layer, input);
  if (name == "PReLU") {
    const bool shared = layer.lists.contains("shared_axes");
    return {input, shared ? std::nullopt : Checked(product(input, 1)).count()};
  }
  return {};
}

}  // namespace

std::optional<std::int64_t> LayerSettings::number(std::string_view key) const {
  const auto found = numbers.find(key);
  if (found == numbers.end()) return std::nullopt;
  return found->second;
}

bool LayerSettings::flag(std::string_view key, bool otherwise) const {
  const auto found = flags.find(key);
  return found == flags.end() ? otherwise : found->second;
}

std::string_view LayerSettings::text(std::string_view key) const {
  const auto found = texts.find(key);
  return found == texts.end() ? std::string_view{} : std::string_view(found->second);
}

std::optional<LayerShape> LayerSettings::list(std::string_view key, std::size_t count) const {
  if (const auto one = number(key)) return Shape(count, *one);
  const auto found = lists.find(key);
  if (found == lists.end() || found->second.size() != count) return std::nullopt;
  return found->second;
}

LayerSizes sizes_of(const LayerSettings& layer,
                    const std::vector<std::optional<LayerShape>>& inputs) {
  const std::string_view name = layer.class_name;
  const bool known = !inputs.empty() && inputs.front() && !inputs.front()->empty();
  if (name == "Embedding") {
    MaybeShape output;
    if (known) {
      output = *inputs.front();
      output->push_back(layer.number("output_dim").value_or(-1));
    }
    return {std::move(output),
            (Checked(layer.number("input_dim")) * Checked(layer.number("output_dim"))).count()};
  }
  if (one_of(name, kWeightless)) return {std::nullopt, 0};
  if (one_of(name, kPlain)) return {known ? inputs.front() : std::nullopt, 0};
  if (name == "Concatenate") return {inputs.empty() ? std::nullopt : joined(layer, inputs), 0};
  if (!known) {
    const bool weightless = name == "Flatten" || name == "Reshape" || name == "RepeatVector" ||
                            name.find("Pooling") != std::string_view::npos;
    return {std::nullopt, weightless ? Count(0) : std::nullopt};
  }
  if (name == "MultiHeadAttention") return attention(layer, inputs);
  return of_one_input(layer, *inputs.front());
}

}  // namespace tfevents
