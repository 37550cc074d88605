// A radiance field of a multiresolution hash grid and two small networks: what an Instant-NGP
// snapshot of mode "nerf" holds (Müller et al. 2022, "Instant Neural Graphics Primitives with a
// Multiresolution Hash Encoding").
//
// Coordinates are instant-ngp's: the scene's cube is [0,1]^3, the box of the whole field is
// 0.5 +- aabbScale/2. Cameras in this frame follow `Camera` (x right, y down, z forward).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/camera.hpp"

namespace volpress {

enum class GridKind : std::uint8_t { Hash, Dense, Tiled };
enum class GridInterpolation : std::uint8_t { Linear, Smoothstep, Nearest };

/// The encoding of places. Section 3 of the paper.
struct GridEncoding {
  GridKind kind = GridKind::Hash;
  GridInterpolation interpolation = GridInterpolation::Linear;
  unsigned levels = 8;      ///< L, 1..32
  unsigned features = 4;    ///< F of an entry: 1, 2, 4 or 8
  unsigned tableBits = 15;  ///< entries of a level are at most 2^tableBits; 1..24
  unsigned base = 16;       ///< resolution of the coarsest level, 1..1024
  float growth = 2;         ///< of the resolution from level to level (per_level_scale), 1..4096
  bool growthIsStored = false;  ///< the snapshot names it; else it follows from `usualGrowth`
};

/// b of tiny-cuda-nn: reaches resolution 2048 * aabbScale at the last level.
[[nodiscard]] float usualGrowth(unsigned base, unsigned levels, unsigned aabbScale) noexcept;

/// How one level finds its entries.
struct GridLevel {
  float scale = 0;               ///< of a coordinate 0..1; vertices lie at (v - 0.5) / scale
  std::uint32_t resolution = 1;  ///< vertices along an edge
  std::size_t entries = 0;
  std::size_t first = 0;  ///< entries of all levels before it
  bool hashed = false;    ///< else the index is x + y*resolution + z*resolution^2 modulo entries
};

/// The levels of an encoding, computed in binary32 as tiny-cuda-nn does.
[[nodiscard]] std::vector<GridLevel> gridLevels(const GridEncoding& encoding);
/// The entry of a vertex within its level; coordinates wrap at 32 bits.
[[nodiscard]] std::uint32_t gridIndex(const GridLevel& level, std::uint32_t x, std::uint32_t y,
                                      std::uint32_t z) noexcept;
/// All features of all levels.
[[nodiscard]] std::size_t gridParameters(const GridEncoding& encoding);

/// Matrices without biases, row-major [out][in], ReLU between them: neurons x inputs, then
/// hiddenLayers - 1 times neurons x neurons, then paddedOutputs x neurons; with hiddenLayers == 0
/// one of paddedOutputs x inputs.
struct FieldNetwork {
  unsigned inputs = 32;   ///< padded
  unsigned neurons = 64;  ///< multiple of 8, at most 128
  unsigned hiddenLayers = 1;
  unsigned outputs = 16;
  unsigned paddedOutputs = 16;

  [[nodiscard]] std::size_t parameters() const noexcept;
  /// Columns and rows of matrix `index`, 0..hiddenLayers.
  [[nodiscard]] std::size_t columns(unsigned index) const noexcept {
    return index == 0 ? inputs : neurons;
  }
  [[nodiscard]] std::size_t rows(unsigned index) const noexcept {
    return index == hiddenLayers ? paddedOutputs : neurons;
  }
};

inline constexpr unsigned kDirectionTerms = 16;  ///< spherical harmonics of degree 4
inline constexpr unsigned kOccupancyBits = 7;    ///< cells along an edge: 2^7
inline constexpr std::size_t kOccupancySide = std::size_t{1} << kOccupancyBits;
inline constexpr std::size_t kCascadeCells = kOccupancySide * kOccupancySide * kOccupancySide;

struct HashGridField {
  GridEncoding grid;
  FieldNetwork density;      ///< output 0 is the logarithm of the density; all feed `color`
  FieldNetwork color;        ///< inputs: the density's outputs, 16 SH terms of the direction, rest
  unsigned extraInputs = 0;  ///< learnt per-image inputs behind the direction, taken as 0
  unsigned aabbScale = 1;    ///< power of two, 1..128
  bool isHdr = false;        ///< colours are exp(raw), else logistic(raw)
  /// Density network, colour network, grid (level after level, entry after entry).
  FloatArray parameters;
  bool storesHalf = true;  ///< the snapshot's type of `parameters`, else binary32

  /// Bit j of byte i is cell 8i+j in Morton order (x lowest) of cascade 0, then of cascade 1, ...
  /// Cascade c is the cube of side 2^c around 0.5. Empty: unknown, to be found from the field.
  std::vector<std::uint8_t> occupancy;
  /// As the snapshot stores it (binary16, the optical thickness of the smallest step), for writing
  /// it back; empty: `occupancy` says it all.
  std::vector<std::uint16_t> densityGrid;

  std::array<float, 4> background{0, 0, 0, 1};  ///< sRGB code values and opacity
  float exposure = 0;                           ///< stops
  /// How the data set's coordinates became the field's.
  float sceneScale = 0.33F;
  std::array<float, 3> sceneOffset{0.5F, 0.5F, 0.5F};
  bool fromMitsuba = false;
  std::vector<View> views;       ///< the training cameras, if the snapshot knows them
  std::optional<Camera> camera;  ///< the snapshot's own view, of 1920 x 1080 pixels
  std::uint64_t trainingStep = 0;
  float loss = 0;
  /// MessagePack of the snapshot without its binaries: configuration, optimiser state, what this
  /// program does not know. Empty for fields that were made here.
  Bytes document;

  [[nodiscard]] unsigned cascades() const noexcept;  ///< 1 + log2(aabbScale)
  [[nodiscard]] std::size_t densityFirst() const noexcept { return 0; }
  [[nodiscard]] std::size_t colorFirst() const noexcept { return density.parameters(); }
  [[nodiscard]] std::size_t gridFirst() const noexcept {
    return density.parameters() + color.parameters();
  }
};

/// A field of the given encoding with networks as instant-ngp configures them (64 neurons, 1 and 2
/// hidden layers, 16 density outputs), all parameters zero, nothing occupied.
[[nodiscard]] HashGridField makeField(const GridEncoding& encoding, unsigned aabbScale);

/// Encoding and networks are within the limits stated above and fit each other, arrays have their
/// lengths, numbers are finite. CorruptData names what is not.
[[nodiscard]] Result<void> validate(const HashGridField& field);
/// The same without the arrays: the shape that a file states, before anything is allocated.
[[nodiscard]] Result<void> checkShape(const HashGridField& field);

/// The optical thickness above which instant-ngp takes a cell for occupied: the smaller of 0.01
/// and the mean of cascade 0 (negative cells count as 0).
[[nodiscard]] float occupancyThreshold(std::span<const float> thickness) noexcept;
/// The bits of `thickness` (cascades * 128^3, Morton order): above the threshold, or covering an
/// occupied cell of a finer cascade.
[[nodiscard]] std::vector<std::uint8_t> occupancyOf(std::span<const float> thickness);
/// `occupancyOf` of the snapshot's halves. NaN counts as empty.
[[nodiscard]] std::vector<std::uint8_t> occupancyOfHalves(std::span<const std::uint16_t> halves);

/// Which features a render can read: one flag an entry of all levels, set where a corner of a grid
/// cell lies that an occupied cell of any cascade touches. Independent of the field's parameters.
[[nodiscard]] std::vector<std::uint8_t> touchedEntries(const HashGridField& field,
                                                       TaskRunner& runner);

/// A ball around the occupied cells of the finest cascade that has any; without any, around the
/// cube.
struct OccupiedBall {
  std::array<float, 3> centre{0.5F, 0.5F, 0.5F};
  float radius = 0.5F;
};
[[nodiscard]] OccupiedBall occupiedBall(const HashGridField& field);

/// A camera of the data set's frame (COLMAP convention, as our readers give it) in the field's.
[[nodiscard]] Camera toFieldFrame(const Camera& camera, const HashGridField& field);
/// The inverse of that.
[[nodiscard]] Camera fromFieldFrame(const Camera& camera, const HashGridField& field);

}  // namespace volpress
