#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "event/hparams.hpp"
#include "tensorboard/plugins/hparams.pb.h"

namespace tfevents::test {

// The same message as our reader and as libprotobuf see it, written down in the same words.

inline std::string describe(double number) {
  return std::to_string(std::bit_cast<std::uint64_t>(number));
}

inline std::string describe(const HparamValue& value) {
  if (const bool* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const double* number = std::get_if<double>(&value)) return describe(*number);
  if (const std::string* text = std::get_if<std::string>(&value)) return "'" + *text + "'";
  return "null";
}

inline std::string describe(const HparamsData& data) {
  std::string out;
  if (const auto* experiment = std::get_if<HparamsExperiment>(&data)) {
    out = "experiment";
    for (const HparamInfo& info : experiment->hparams) {
      out += " [" + info.name + "|" + info.display_name + "|" +
             std::to_string(static_cast<int>(info.type));
      for (const HparamValue& choice : info.choices) out += " " + describe(choice);
      if (info.interval)
        out += " " + describe(info.interval->first) + ".." + describe(info.interval->second);
      out += "]";
    }
    for (const HparamMetricInfo& metric : experiment->metrics)
      out += " (" + metric.group + "|" + metric.tag + "|" + metric.display_name + ")";
  } else if (const auto* start = std::get_if<HparamsSessionStart>(&data)) {
    out = "start " + start->group_name + " " + describe(start->start_time);
    for (const auto& [name, value] : start->values) out += " " + name + "=" + describe(value);
  } else if (const auto* end = std::get_if<HparamsSessionEnd>(&data)) {
    out = std::string("end ") + to_string(end->status) + " " + describe(end->end_time);
  }
  return out;
}

inline HparamValue to_value(const pb::HparamValue& value) {
  switch (value.kind_case()) {
    case pb::HparamValue::kNumberValue: return value.number_value();
    case pb::HparamValue::kStringValue: return value.string_value();
    case pb::HparamValue::kBoolValue: return value.bool_value();
    default: return std::monostate{};
  }
}

inline HparamsData to_data(const pb::HparamsPluginData& message) {
  if (message.has_experiment()) {
    HparamsExperiment experiment;
    for (const auto& info : message.experiment().hparam_infos()) {
      HparamInfo& one = experiment.hparams.emplace_back();
      one.name = info.name();
      one.display_name = info.display_name();
      if (info.type() >= 0 && info.type() <= 3) one.type = static_cast<HparamType>(info.type());
      for (const auto& choice : info.domain_discrete().values())
        one.choices.push_back(to_value(choice));
      if (info.has_domain_interval())
        one.interval.emplace(info.domain_interval().min_value(),
                             info.domain_interval().max_value());
    }
    for (const auto& metric : message.experiment().metric_infos())
      experiment.metrics.push_back(
          {metric.name().tag(), metric.name().group(), metric.display_name()});
    return experiment;
  }
  if (message.has_session_start_info()) {
    HparamsSessionStart start;
    for (const auto& entry : message.session_start_info().hparams())
      start.values.insert_or_assign(entry.key(), to_value(entry.value()));
    start.group_name = message.session_start_info().group_name();
    start.start_time = message.session_start_info().start_time_secs();
    return start;
  }
  if (message.has_session_end_info()) {
    const auto& info = message.session_end_info();
    HparamsSessionEnd end;
    if (info.status() >= 0 && info.status() <= 3)
      end.status = static_cast<HparamsStatus>(info.status());
    end.end_time = info.end_time_secs();
    return end;
  }
  return std::monostate{};
}

/// The same by libprotobuf.
inline std::string parsed_hparams(std::string_view bytes) {
  pb::HparamsPluginData message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return "kFormat";
  return message.version() != 0 ? "kUnsupported" : describe(to_data(message));
}

/// As our reader sees it: what it says, or the code of its error.
inline std::string seen_hparams(std::string_view bytes) {
  const auto data = parse_hparams(as_bytes(bytes));
  if (data.ok()) return describe(*data);
  return data.error().code == ErrorCode::kFormat ? "kFormat" : "kUnsupported";
}

}  // namespace tfevents::test
