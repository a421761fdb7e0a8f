#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "event/encode.hpp"
#include "event/hparams.hpp"
#include "support/logdir_builder.hpp"

namespace tfevents::test {

/// A serialized HParamsPluginData with a session start:
/// `session_start({{"lr", 0.1}, {"optimizer", std::string("adam")}, {"bn", true}})`.
inline std::string session_start(const std::vector<std::pair<std::string, HparamValue>>& values) {
  std::string session;
  for (const auto& [name, value] : values) {
    std::string encoded, entry;
    wire::Encoder out(encoded);  // google.protobuf.Value
    if (const auto* number = std::get_if<double>(&value)) {
      out.fixed(2, *number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      out.bytes(3, *text);
    } else if (const auto* truth = std::get_if<bool>(&value)) {
      out.varint(4, std::uint64_t{*truth});
    } else {
      out.varint(1, std::uint64_t{0});
    }
    wire::Encoder(entry).bytes(1, name).bytes(2, encoded);
    wire::Encoder(session).bytes(1, entry);
  }
  std::string content;
  wire::Encoder(content).bytes(3, session);
  return content;
}

/// Writes hyperparameters into a run, as `hp.hparams` of TensorFlow does.
inline RunBuilder& with_hparams(RunBuilder& run,
                                const std::vector<std::pair<std::string, HparamValue>>& values) {
  return run.hparams(std::string(kHparamsSessionStartTag), session_start(values));
}

}  // namespace tfevents::test
