// SPZ, Niantic's packed splats: reads versions 1 to 4, writes 2 to 4.
#pragma once

#include "scene/formats/format.hpp"

namespace volpress::formats {

/// Axes: the numbers in a file are right-up-back, as its library writes them, unless a
/// coordinate-system record says otherwise. They are converted to the INRIA frame on reading and
/// back on writing, as current tools do. Write parameters: "version", "sh1_bits",
/// "sh_bits", "position_bits", "zstd_level".
[[nodiscard]] const Format& spzFormat();

/// As the format's decode, for files that follow another convention (inside glTF): `unsaid` are
/// the axes of a file that has no coordinate-system record.
[[nodiscard]] Result<GaussianCloud> decodeSpz(ByteView file, AxisFrame unsaid, IoContext& context);
/// As the format's encode, with the numbers in another frame. No record says so.
[[nodiscard]] Result<Bytes> encodeSpz(const GaussianCloud& cloud, const ParamSet& params,
                                      AxisFrame frame, IoContext& context);

}  // namespace volpress::formats
