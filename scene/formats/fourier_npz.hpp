// Fourier PlenOctrees as FPO++ saves them (code SaskiaRabich/FPOplusplus): the .npz of a PlenOctree
// with data_format "LFC31_5_9" (or "FC..." without the logarithm), time_steps, extra_data (f32
// [1,3T], the middle of each frame's box) and augmented_time.
#pragma once

#include "scene/base/bytes.hpp"
#include "scene/formats/zip_archive.hpp"
#include "scene/types/fourier_tree.hpp"

namespace volpress::formats {

[[nodiscard]] bool isFourierFile(ByteView file);
/// CorruptData for terms, lengths or branches that do not fit. The result passes `validate`.
[[nodiscard]] Result<FourierTree> readFourierFile(ByteView file);
/// Terms become binary16, clipped to +-65,504.
[[nodiscard]] Result<Bytes> writeFourierFile(const FourierTree& tree,
                                             ZipPacking packing = ZipPacking::Stored);

}  // namespace volpress::formats
