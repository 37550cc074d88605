// What reader and writer of `.dgs` share.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include <fmt/core.h>

namespace volpress::dgs {

inline constexpr std::size_t kBooks = 4;
/// Numbers of an entry of each codebook: coefficient outer, RGB inner.
inline constexpr std::array<std::size_t, kBooks> kNumbers{3, 9, 15, 21};
inline constexpr std::array<const char*, kBooks> kBookNames{
    "codebook_rgb.bytes", "codebook_sh_1.bytes", "codebook_sh_2.bytes", "codebook_sh_3.bytes"};
inline constexpr const char* kFirstName = "canonical_index.bytes";
inline constexpr const char* kChangesName = "index.bytes";
inline constexpr std::array<const char*, 11> kColumns{
    "x", "y", "z", "rot_0", "rot_1", "rot_2", "rot_3", "scale_0", "scale_1", "scale_2", "opacity"};
inline constexpr std::size_t kMostBlockFrames = 256;

[[nodiscard]] inline std::string plyName(std::size_t frame) {
  return fmt::format("point_cloud_{}.ply", frame);
}
[[nodiscard]] inline std::string blockName(std::size_t block) {
  return fmt::format("Block{}.dgsblk", block);
}

}  // namespace volpress::dgs
