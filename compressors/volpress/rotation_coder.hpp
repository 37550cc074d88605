// Rotations by what they show: the direction of the axis that stands out, finely, and the turn
// about it, as finely as the other two axes differ.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "compressors/volpress/near_rows.hpp"

namespace volpress::compressors::own {

/// Bits of the two coordinates of the direction and of the turn, 0..kMaxTurnBits each.
struct TurnBits {
  std::uint8_t direction = 0;
  std::uint8_t turn = 0;
};
inline constexpr unsigned kMaxTurnBits = 12;

/// A rotation as stored: cells of the direction's two coordinates and of the turn.
struct TurnCode {
  std::array<std::uint16_t, 2> direction{};
  std::uint16_t turn = 0;
};

/// The columns of a rotation matrix: where the splat's axes point.
using Axes = std::array<std::array<double, 3>, 3>;

/// Which axis stands out, of log scales in falling order: the longest of a needle, the shortest of
/// a disc.
[[nodiscard]] unsigned distinctAxis(std::int32_t largest, std::int32_t middle,
                                    std::int32_t smallest) noexcept;

/// To the nearest code and back. Only products, sums, quotients and square roots steer what is
/// decoded: the same on every IEEE machine. (The turn's sine and cosine come from a table made by
/// halving angles.)
[[nodiscard]] TurnCode turnCodeOf(const Axes& axes, unsigned distinct, TurnBits bits) noexcept;
[[nodiscard]] Axes axesOf(const TurnCode& code, unsigned distinct, TurnBits bits) noexcept;

/// Axes of a unit quaternion w,x,y,z, and a unit quaternion of right-handed axes.
[[nodiscard]] Axes axesOfQuaternion(const std::array<double, 4>& q) noexcept;
[[nodiscard]] std::array<float, 4> quaternionOf(const Axes& axes) noexcept;

/// Codes the rows of one block. `distinct` and `bits` are known. Writing, `axes` are the wanted
/// ones and become the decoded ones. BitReadSide reads version 1, the others code version 2.
template <typename Side>
void codeTurns(Side& side, const NearRows& near, RowRange rows,
               std::span<const std::uint8_t> distinct, std::span<const TurnBits> bits,
               std::span<Axes> axes);

extern template void codeTurns(coding::BitReadSide&, const NearRows&, RowRange,
                               std::span<const std::uint8_t>, std::span<const TurnBits>,
                               std::span<Axes>);
extern template void codeTurns(coding::RansReadSide&, const NearRows&, RowRange,
                               std::span<const std::uint8_t>, std::span<const TurnBits>,
                               std::span<Axes>);
extern template void codeTurns(coding::RansWriteSide&, const NearRows&, RowRange,
                               std::span<const std::uint8_t>, std::span<const TurnBits>,
                               std::span<Axes>);

}  // namespace volpress::compressors::own
