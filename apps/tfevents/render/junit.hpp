#pragma once

#include <string>
#include <string_view>

#include "format/sink.hpp"
#include "ops/assert.hpp"

namespace tfevents::render {

/// The checks as JUnit XML, in the form that Ant made common and that CI services read: a test
/// suite for each trial, a test case for each check. What fails is a `failure`, what could not be
/// evaluated an `error`, of type `reason`; warnings are `skipped`, so that they are seen and turn
/// nothing red.
Status assert_junit(const ops::AssertReport& report, Sink& sink);

/// `text` as the value of an XML 1.0 attribute or as character data: on one line, and what XML
/// cannot hold replaced.
[[nodiscard]] std::string xml_text(std::string_view text);

}  // namespace tfevents::render
