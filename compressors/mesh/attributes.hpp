// Attributes of corners as whole numbers, predicted from the shape and from their neighbours.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/mesh/residual_coder.hpp"
#include "compressors/mesh/wedges.hpp"

namespace volpress::compressors::meshes {

enum class AttributeKind : std::uint8_t {
  Normal,   ///< 2 numbers: octahedral, from -radius to radius
  Tangent,  ///< 3: as a normal, and 0 or 1 for a bitangent of sign -1 or 1
  Uv,       ///< 2: on the part's grid
  Color,    ///< 4: luma, two chromas, alpha
  Skin,     ///< 8: joints by falling weight, then the weights
  Morph,    ///< 3: differences on the grid of the positions, or of normals
};
inline constexpr std::size_t kAttributeKinds = 6;

[[nodiscard]] constexpr std::size_t widthOf(AttributeKind kind) noexcept {
  constexpr std::size_t kWidths[] = {2, 3, 2, 4, 8, 3};
  return kWidths[static_cast<std::size_t>(kind)];
}

/// Numbers of attributes stay below this, either side of zero.
inline constexpr std::int32_t kMostLevel = 1 << 23;

/// For the streams of a side.
template <typename Side>
struct AttributeModels {
  static constexpr bool kMixesThree = !kIsRans<Side>;
  using Residuals = ResidualsOf<Side, kMixesThree ? 3 : 2>;
  using Contexts = typename Residuals::Contexts;
  /// `a` below 20, `b` below 80, `c` below 64. Mixing two is faster, and no worse.
  [[nodiscard]] static Contexts contextsOf(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    if constexpr (kMixesThree) {
      return {a, b, c};
    } else {
      return {a * 8 + c % 8, b};
    }
  }
  [[nodiscard]] static Residuals makeResiduals() {
    if constexpr (kMixesThree) {
      return Residuals({20, 80, 64});
    } else {
      return Residuals({160, 80});
    }
  }
  SeamModels<Side> seams;
  coding::MixedBits<1> same{1, {256}};
  std::vector<Residuals> components{4, makeResiduals()};
  // Skins:
  coding::MixedBits<2> joint{16, {64, 16}};
  coding::MixedBits<1> rawJoint{256, {1}};
};

struct AttributeValues {
  Wedges wedges;
  std::vector<std::int32_t> values;  ///< widthOf a wedge
};

/// `values`: widthOf(kind) for each of the part's vertices; `vertexOf`: of the source's corners.
struct AttributeSource {
  std::span<const std::int32_t> values;
  std::span<const std::uint32_t> vertexOf;
};

template <typename WriteSide>
void writeAttribute(WriteSide& side, AttributeModels<WriteSide>& models, const Shape& shape,
                    AttributeKind kind, std::int32_t radius, const AttributeSource& source);

/// CorruptData for numbers that the kind does not allow. `radius`: of octahedral numbers.
template <typename ReadSide>
[[nodiscard]] Result<AttributeValues> readAttribute(ReadSide& side,
                                                    AttributeModels<ReadSide>& models,
                                                    const Shape& shape, AttributeKind kind,
                                                    std::int32_t radius);

/// A direction as two numbers on the unfolded octahedron, and back. `radius` is where x, y or z
/// is 1.
[[nodiscard]] std::array<std::int32_t, 2> toOctahedron(const std::array<double, 3>& direction,
                                                       std::int32_t radius);
[[nodiscard]] std::array<float, 3> fromOctahedron(std::int32_t u, std::int32_t v,
                                                  std::int32_t radius);

}  // namespace volpress::compressors::meshes
