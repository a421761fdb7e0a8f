#include "event/hparams.hpp"

#include <utility>

#include "event/wire.hpp"

namespace tfevents {
namespace {

using wire::Tag;
using wire::Type;

HparamType to_type(std::uint64_t raw) noexcept {
  const auto value = static_cast<std::int32_t>(raw);
  return value < 0 || value > 3 ? HparamType::kUnset : static_cast<HparamType>(value);
}

HparamsStatus to_status(std::uint64_t raw) noexcept {
  const auto value = static_cast<std::int32_t>(raw);
  return value < 0 || value > 3 ? HparamsStatus::kUnknown : static_cast<HparamsStatus>(value);
}

/// Reads one HParamsPluginData. As with events, every known message is walked to its end and fields
/// are merged as protobuf merges them. Lists and structs as values are not looked into, so that
/// nothing nests deeper than the messages named here.
class HparamsParser {
 public:
  explicit HparamsParser(Bytes content) : in_(content) {}

  bool parse() {
    return fields(wire::kMaxDepth, [this](Tag tag, int depth) { return data_field(tag, depth); });
  }
  [[nodiscard]] bool too_many() const noexcept { return entries_ > kMaxHparamsEntries; }
  [[nodiscard]] std::int32_t version() const noexcept { return version_; }
  HparamsData take() { return std::move(data_); }

 private:
  template <class Field>
  bool fields(int depth, Field&& field) {
    if (depth < 0) return false;
    while (!in_.done()) {
      Tag tag;
      if (!wire::read_tag(in_, tag) || !field(tag, depth)) return false;
    }
    return true;
  }

  template <class Field>
  bool message(int depth, Field&& field) {
    std::uint64_t length = 0;
    wire::SpanReader::Limit outer{};
    if (!wire::read_length(in_, length) || !in_.enter(length, outer)) return false;
    if (!fields(depth - 1, field)) return false;
    in_.leave(outer);
    return true;
  }

  bool skip(Tag tag, int depth) { return wire::skip_field(in_, tag, depth); }

  bool text(std::string& out) {
    std::string_view view;
    std::uint64_t length = 0;
    if (!wire::read_length(in_, length) || !in_.view(length, length, view)) return false;
    out = view;
    return true;
  }

  // Counts what is kept one by one; bytes of text are bounded by the message.
  bool one_more() noexcept { return ++entries_ <= kMaxHparamsEntries; }

  // The member of the oneof, empty where it was another one before.
  template <class T>
  T& become() {
    if (!std::holds_alternative<T>(data_)) data_.emplace<T>();
    return *std::get_if<T>(&data_);
  }

  bool data_field(Tag tag, int depth) {
    if (tag.field == 1 && tag.type == Type::kVarint) {
      std::uint64_t raw = 0;
      if (!in_.varint(raw)) return false;
      version_ = static_cast<std::int32_t>(raw);
      return true;
    }
    if (tag.type != Type::kBytes) return skip(tag, depth);
    switch (tag.field) {
      case 2: {
        auto& experiment = become<HparamsExperiment>();
        return message(depth, [&](Tag t, int d) { return experiment_field(t, d, experiment); });
      }
      case 3: {
        auto& start = become<HparamsSessionStart>();
        return message(depth, [&](Tag t, int d) { return start_field(t, d, start); });
      }
      case 4: {
        auto& end = become<HparamsSessionEnd>();
        return message(depth, [&](Tag t, int d) { return end_field(t, d, end); });
      }
      default: return skip(tag, depth);
    }
  }

  bool experiment_field(Tag tag, int depth, HparamsExperiment& experiment) {
    if ((tag.field != 4 && tag.field != 5) || tag.type != Type::kBytes) return skip(tag, depth);
    if (!one_more()) return false;
    if (tag.field == 4) {
      HparamInfo& info = experiment.hparams.emplace_back();
      return message(depth, [&](Tag t, int d) { return info_field(t, d, info); });
    }
    HparamMetricInfo& metric = experiment.metrics.emplace_back();
    return message(depth, [&](Tag t, int d) { return metric_field(t, d, metric); });
  }

  bool info_field(Tag tag, int depth, HparamInfo& info) {
    if (tag.field == 4 && tag.type == Type::kVarint) {
      std::uint64_t raw = 0;
      if (!in_.varint(raw)) return false;
      info.type = to_type(raw);
      return true;
    }
    if (tag.type != Type::kBytes) return skip(tag, depth);
    switch (tag.field) {
      case 1: return text(info.name);
      case 2: return text(info.display_name);
      case 5:
        info.interval.reset();
        return message(depth, [&](Tag t, int d) { return choice_field(t, d, info); });
      case 6:
        info.choices.clear();
        if (!info.interval) info.interval.emplace(0.0, 0.0);
        return message(depth, [&](Tag t, int d) { return interval_field(t, d, *info.interval); });
      default: return skip(tag, depth);
    }
  }

  bool choice_field(Tag tag, int depth, HparamInfo& info) {
    if (tag.field != 1 || tag.type != Type::kBytes) return skip(tag, depth);
    if (!one_more()) return false;
    HparamValue& choice = info.choices.emplace_back();
    return message(depth, [&](Tag t, int d) { return value_field(t, d, choice); });
  }

  bool interval_field(Tag tag, int depth, std::pair<double, double>& interval) {
    if (tag.type != Type::kFixed64 || (tag.field != 1 && tag.field != 2)) return skip(tag, depth);
    return in_.fixed(tag.field == 1 ? interval.first : interval.second);
  }

  bool metric_field(Tag tag, int depth, HparamMetricInfo& metric) {
    if (tag.type != Type::kBytes) return skip(tag, depth);
    if (tag.field == 3) return text(metric.display_name);
    if (tag.field != 1) return skip(tag, depth);
    return message(depth, [&](Tag t, int d) {
      if (t.type != Type::kBytes || (t.field != 1 && t.field != 2)) return skip(t, d);
      return text(t.field == 1 ? metric.group : metric.tag);
    });
  }

  bool start_field(Tag tag, int depth, HparamsSessionStart& start) {
    if (tag.field == 5 && tag.type == Type::kFixed64) return in_.fixed(start.start_time);
    if (tag.type != Type::kBytes) return skip(tag, depth);
    if (tag.field == 4) return text(start.group_name);
    if (tag.field != 1) return skip(tag, depth);
    if (!one_more()) return false;
    // A map is a list of entries; a key given again replaces the one before.
    std::string key;
    HparamValue value;
    const bool ok = message(depth, [&](Tag t, int d) {
      if (t.type != Type::kBytes) return skip(t, d);
      if (t.field == 1) return text(key);
      if (t.field != 2) return skip(t, d);
      return message(d, [&](Tag t2, int d2) { return value_field(t2, d2, value); });
    });
    if (ok) start.values.insert_or_assign(std::move(key), std::move(value));
    return ok;
  }

  bool value_field(Tag tag, int depth, HparamValue& value) {
    std::uint64_t raw = 0;
    if (tag.field == 1 && tag.type == Type::kVarint) {
      value = std::monostate{};
      return in_.varint(raw);
    }
    if (tag.field == 2 && tag.type == Type::kFixed64) {
      double number = 0;
      if (!in_.fixed(number)) return false;
      value = number;
      return true;
    }
    if (tag.field == 4 && tag.type == Type::kVarint) {
      if (!in_.varint(raw)) return false;
      value = raw != 0;
      return true;
    }
    if (tag.type != Type::kBytes || (tag.field != 3 && tag.field != 5 && tag.field != 6))
      return skip(tag, depth);
    if (tag.field == 3) return text(value.emplace<std::string>());
    value = std::monostate{};
    return skip(tag, depth);
  }

  bool end_field(Tag tag, int depth, HparamsSessionEnd& end) {
    if (tag.field == 2 && tag.type == Type::kFixed64) return in_.fixed(end.end_time);
    if (tag.field != 1 || tag.type != Type::kVarint) return skip(tag, depth);
    std::uint64_t raw = 0;
    if (!in_.varint(raw)) return false;
    end.status = to_status(raw);
    return true;
  }

  wire::SpanReader in_;
  HparamsData data_;
  std::int32_t version_ = 0;
  std::size_t entries_ = 0;
};

}  // namespace

const char* to_string(HparamsStatus status) noexcept {
  switch (status) {
    case HparamsStatus::kUnknown: return "unknown";
    case HparamsStatus::kSuccess: return "success";
    case HparamsStatus::kFailure: return "failure";
    case HparamsStatus::kRunning: return "running";
  }
  return "unknown";
}

Result<HparamsData> parse_hparams(Bytes content) {
  if (content.size() > kMaxHparamsBytes)
    return Error{.code = ErrorCode::kLimit, .message = "hparams above 4 MiB"};
  HparamsParser parser(content);
  const bool ok = parser.parse();
  if (parser.too_many())
    return Error{.code = ErrorCode::kLimit, .message = "more than 65,536 hparams"};
  if (!ok) return Error{.code = ErrorCode::kFormat, .message = "no hparams message"};
  if (parser.version() != 0)
    return Error{.code = ErrorCode::kUnsupported,
                 .message = "hparams of version " + std::to_string(parser.version())};
  return parser.take();
}

}  // namespace tfevents
