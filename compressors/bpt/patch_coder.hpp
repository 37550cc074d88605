// Patches of tokens as adaptive binary decisions. Most vertices of a ring have been seen before,
// and lie where the triangles written so far have an open edge.
#pragma once

#include <cstdint>

#include "compressors/coding/value_coder.hpp"
#include "compressors/mesh/residual_coder.hpp"
#include "scene/formats/mesh_tokens.hpp"

namespace volpress::compressors::bpt {

/// What has been learnt so far; parts of one mesh share it.
struct PatchModels {
  coding::MixedBits<1> another{1, {2}};
  coding::MixedBits<2> ends{1, {32, 8}};
  coding::MixedBits<2> isCandidate{4, {36, 12}};
  coding::MixedBits<2> isRecent{1, {36, 4}};
  coding::MixedBits<1> recent{16, {4}};
  std::array<meshes::ResidualCoder<2>, 3> axes{meshes::ResidualCoder<2>({4, 36}),
                                               meshes::ResidualCoder<2>({4, 36}),
                                               meshes::ResidualCoder<2>({4, 36})};
};

/// Triangles that each byte of a stream may stand for, and that are free.
inline constexpr std::size_t kFacesPerByte = 64;
inline constexpr std::size_t kFreeFaces = 65536;

void writePatches(coding::BitWriteSide& side, PatchModels& models, const formats::TokenGrid& grid,
                  const formats::TokenPatches& patches);

/// CorruptData for cells outside the grid, patches without triangles, and more than `faces`
/// triangles, from which those of the result are taken.
[[nodiscard]] Result<formats::TokenPatches> readPatches(coding::BitReadSide& side,
                                                        PatchModels& models,
                                                        const formats::TokenGrid& grid,
                                                        std::size_t& faces);

}  // namespace volpress::compressors::bpt
