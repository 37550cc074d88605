// Which step each block of each column takes, so that the pictures suffer least for the bits
// (after MesonGS++: bit widths per block as an integer programme, here over steps instead of
// widths, since symbols are entropy coded).
#pragma once

#include <array>
#include <vector>

#include "compressors/mesongs/attribute_transform.hpp"
#include "compressors/mesongs/block_quantiser.hpp"
#include "compressors/mesongs/channel_weights.hpp"

namespace volpress::compressors::mesongs {

/// For every column its blocks' steps, as levels of `blockOfStep`.
using StepLevels = std::array<std::vector<std::int32_t>, kChannels>;

/// The share of a quantiser step around zero whose coefficients become zero, to each side.
inline constexpr double kDeadZone = 0.6;

/// Costs of all candidate steps, from which the best choice for any price of a bit follows.
class BitAllocation {
public:
  /// `blocks` >= 1: how many a column is cut into, at most its length.
  BitAllocation(const AttributeTransform& transform, const Coefficients& coefficients,
                const ChannelWeights& weights, std::size_t blocks, TaskRunner& runner);

  /// Minimises (error of the pictures) + price * (bits a splat): each block on its own, since the
  /// transform is orthonormal and errors add up.
  [[nodiscard]] StepLevels choose(double price) const;

private:
  static constexpr std::size_t kSteps{kMaxStepLevel - kMinStepLevel + 1};
  struct Cost {
    double error = 0;  ///< of the pictures
    double bits = 0;   ///< a splat
  };
  std::array<std::vector<std::array<Cost, kSteps>>, kChannels> m_costs;  ///< per block and step
};

/// Blocks of a column of `length` when `blocks` are asked for.
[[nodiscard]] std::size_t blockCount(std::size_t length, std::size_t blocks);

}  // namespace volpress::compressors::mesongs
