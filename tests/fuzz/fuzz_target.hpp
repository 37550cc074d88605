// What a fuzz target defines. The same source becomes a libFuzzer program and a replay test.
#pragma once

#include <vector>

#include "scene/base/bytes.hpp"

namespace volpress::fuzz {

/// Small valid inputs, made by our own writers: the corpus that mutations start from. The first
/// should be small (a few hundred bytes): every truncation of it is tried.
[[nodiscard]] std::vector<Bytes> seedInputs();

/// Feeds one untrusted input to the reader. Must return; must abort() when a promise is broken (for
/// instance when a reader accepts what `validate` refuses).
void runInput(ByteView input);

}  // namespace volpress::fuzz
