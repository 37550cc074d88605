// The attributes of splats as columns of coefficients: Euler angles, then RAHT over the octree
// (paper section 3.3).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/raht.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::mesongs {

/// Columns: opacity logit; roll, pitch, yaw; SH band 0 (3); log scales (3), see TransformStyle.
inline constexpr std::size_t kChannels = 10;
enum Channel : std::size_t { kOpacity = 0, kAngles = 1, kColors = 4, kScales = 7 };

/// In which order the coefficients follow each other.
enum class RowOrder : std::uint8_t {
  Level,   ///< from the tree's root to its leaves: neighbours are of like size
  Morton,  ///< as the splats do: the released code
};

struct TransformStyle {
  RowOrder order = RowOrder::Level;
  bool lumaChroma = true;        ///< band 0 as luma and two chromas
  bool scaleFalls = true;        ///< the first log scale, then how far each next one lies from the
                                 ///< one before: coarse steps then keep splats of equal axes round
  bool transformScales = false;  ///< whether the scales go through RAHT too
};

/// A splat's row of columns before RAHT, and the way back. The way back is exact in double with one
/// rounding, or in integers.
[[nodiscard]] std::array<float, kChannels> attributeRow(const GaussianCloud& cloud,
                                                        std::size_t splat,
                                                        const TransformStyle& style);
void writeAttributeRow(const std::array<float, kChannels>& row, const TransformStyle& style,
                       GaussianCloud& cloud, std::size_t splat);

/// What a cloud becomes. Of a column that went through RAHT the coarsest coefficient stands apart.
struct Coefficients {
  std::array<std::vector<float>, kChannels> columns;
  std::array<float, kChannels> roots{};
};

/// The way between a cloud whose splats stand in Morton order on a grid and its coefficients.
class AttributeTransform {
public:
  /// `points`: of the n splats, in Morton order, n >= 1.
  AttributeTransform(std::span<const coding::GridPoint> points, const TransformStyle& style);

  [[nodiscard]] std::size_t rows() const noexcept { return m_raht.rows(); }
  [[nodiscard]] bool transforms(std::size_t channel) const noexcept {
    return channel < kScales || m_style.transformScales;
  }
  /// n, or n - 1 where the coarsest coefficient stands apart.
  [[nodiscard]] std::size_t length(std::size_t channel) const noexcept {
    return rows() - (transforms(channel) ? 1 : 0);
  }

  /// Numbers beyond +-1e6 are cut to that.
  [[nodiscard]] Coefficients forward(const GaussianCloud& cloud, TaskRunner& runner) const;

  /// Writes opacities, rotations, band 0 and scales of `cloud`, which is sized to n. The decoder's
  /// own arithmetic: the same bits on every machine.
  void inverse(const Coefficients& coefficients, GaussianCloud& cloud, TaskRunner& runner) const;

private:
  coding::Raht m_raht;
  TransformStyle m_style;
};

}  // namespace volpress::compressors::mesongs
