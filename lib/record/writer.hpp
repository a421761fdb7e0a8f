#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace tfevents {

/// Appends one framed record to `out`: length, masked checksum of the length, payload, masked
/// checksum of the payload. Source: tensorboard/summary/writer/record_writer.py.
void append_record(std::string& out, std::string_view payload);

}  // namespace tfevents
