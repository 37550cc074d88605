// What a point looks like: heads over its place, its neighbourhood and the scene (sections 3.2 and
// 3.3 of the paper).
//
// A point's row x is what a hash grid says of its place, its local feature and the largest feature
// of the whole scene, scaled and shifted number by number. One head moves the point, and three give
// its opacity, colour and ellipsoid; those also see the view: direction and distance.
//
// Graph and maximum are the whole scene's, not what a camera sees of it: nothing changes when a
// point enters the picture, and features are computed once.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "compressors/learning/hash_grid.hpp"
#include "compressors/learning/network.hpp"
#include "compressors/learning/scene_cube.hpp"
#include "compressors/learning/sh_baking.hpp"
#include "compressors/sags/points.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::sags {

/// Arrays that are learnt and stored.
enum Part : std::size_t {
  kFeatures,      ///< of each key point
  kSizes,         ///< of each key point: 3 logarithms of how far it may move, 3 of its axes
  kGrid,          ///< the hash grid
  kAffine,        ///< scales, then shifts, of x
  kDisplacement,  ///< heads
  kOpacity,
  kColor,
  kShape,
  kParts
};
using Weights = std::array<FloatArray, kParts>;
inline constexpr std::size_t kSizeWidth = 6;
inline constexpr std::size_t kMaxFeatures = 64;
inline constexpr unsigned kLeastTableBits = 4;
inline constexpr unsigned kMostTableBits = 15;

struct DecoderShape {
  std::size_t features = 32;   ///< of a key point
  unsigned tableBits = 12;     ///< of the hash grid
  unsigned shDegree = 0;       ///< of what is baked
  bool shapesSeeView = false;  ///< opacity and ellipsoid depend on the view, as in the paper
  float viewDistance = 1;      ///< what counts as a distance of 1
  learning::FieldPlace place;  ///< of the hash grid's cube
};

/// What `decode` leaves for `pullBack`.
struct Tape {
  /// The points that the rows are of; empty: all.
  std::vector<std::uint32_t> rows;
  /// Where the camera is; null: seen from all around, which is what a file decodes to.
  const std::array<float, 3>* eye = nullptr;
  FloatArray features, sizes;  ///< of all points
  FloatArray local;            ///< of all points
  std::vector<std::uint32_t> source;
  FloatArray widest;  ///< largest feature of the scene, and which point has it
  std::vector<std::uint32_t> widestAt;
  FloatArray cube, hash, x;  ///< of the rows
  FloatArray opacityOut;     ///< of the rows: what the head said, before its activation
  FloatArray spare;
};

/// d(loss)/d(what `decode` made), of rows.
struct SplatGradients {
  renderer::CloudGradients& cloud;
  std::span<const float> opacityOut;  ///< of Tape::opacityOut, or empty
};

class PointDecoder {
public:
  explicit PointDecoder(const DecoderShape& shape);

  [[nodiscard]] const DecoderShape& shape() const noexcept { return m_shape; }
  [[nodiscard]] const learning::HashGrid& grid() const noexcept { return m_grid; }
  /// Inputs of the heads' first layers, without the view.
  [[nodiscard]] std::size_t xWidth() const { return m_grid.outputs() + 2 * m_shape.features; }
  /// Numbers of a part for so many key points.
  [[nodiscard]] std::size_t sizeOf(Part part, std::size_t keys) const;
  /// Features near zero, a grid near zero, fresh heads; sizes are left to the caller.
  [[nodiscard]] Weights freshWeights(std::size_t keys, std::uint64_t seed) const;

  /// Fills `cloud` with the rows' splats. With `tape.eye`, colours go to `directColors` (3 a row)
  /// and the cloud's own are 0.
  void decode(const Points& points, const Weights& weights, Tape& tape, GaussianCloud& cloud,
              FloatArray& directColors, TaskRunner& runner) const;

  /// What the first layer of a head makes of the rows of `tape.x`, whatever the view: firstWidth()
  /// numbers a row. The heads whose answers depend on the view are seesView().
  [[nodiscard]] FloatArray firstRows(Part part, const Weights& weights, const Tape& tape,
                                     TaskRunner& runner) const;
  [[nodiscard]] bool seesView(Part part) const { return head(part).seesView; }
  [[nodiscard]] std::size_t firstWidth(Part part) const { return head(part).first.outputs(); }
  /// Fills `out` with a head's answers, before their activation, for some `points`: `first` has
  /// rows of all, `views` kViewWidth numbers of each of these.
  void answer(Part part, const Weights& weights, const FloatArray& first,
              std::span<const std::uint32_t> points, const FloatArray& views, FloatArray& out,
              learning::RowBlocks& blocks, TaskRunner& runner) const;

  /// Adds to d(loss)/d(weights). The same bits on any number of threads.
  void pullBack(const Points& points, const Weights& weights, Tape& tape,
                const SplatGradients& gradients, Weights& to, TaskRunner& runner) const;

private:
  struct Block;
  /// A head: a first layer over x, to which what the view says is added, and the rest. The first
  /// layer is the same for all views, and what a view says the same for all points.
  struct Head {
    learning::Network first, rest;
    bool seesView;
    [[nodiscard]] std::size_t viewAt() const { return first.layer().parameters(); }
    [[nodiscard]] std::size_t restAt() const;
    [[nodiscard]] std::size_t parameters() const { return restAt() + rest.layer().parameters(); }
  };
  [[nodiscard]] const Head& head(Part part) const { return m_heads[part - kDisplacement]; }
  void addView(Part part, const Weights& weights, const float* view, float* hidden) const;
  void runHead(Part part, const Weights& weights, Block& block, TaskRunner& runner) const;
  void pullHead(Part part, const Weights& weights, Block& block, Weights& to,
                TaskRunner& runner) const;
  void gather(const Points& points, const Weights& weights, Tape& tape, TaskRunner& runner) const;
  void fill(const Points& points, const Weights& weights, Tape& tape, TaskRunner& runner) const;
  void runHeads(const Points& points, const Weights& weights, const Tape& tape, Block& block,
                TaskRunner& runner) const;
  void emit(const Points& points, const Tape& tape, const Block& block, GaussianCloud& cloud,
            FloatArray& directColors, TaskRunner& runner) const;
  void pullEmitted(const Tape& tape, const SplatGradients& gradients, Block& block,
                   FloatArray& sizeGradient, TaskRunner& runner) const;
  void pullFeatures(const Points& points, const Weights& weights, Tape& tape,
                    std::span<const std::uint32_t> active, const FloatArray& xGradient,
                    const FloatArray& sizeGradient, Weights& to, TaskRunner& runner) const;

  DecoderShape m_shape;
  learning::HashGrid m_grid;
  learning::ShBaking m_baking;
  std::vector<Head> m_heads;  ///< from kDisplacement on
};

inline constexpr std::size_t kViewWidth = 4;   ///< direction and distance
inline constexpr std::size_t kShapeWidth = 7;  ///< three axes and a quaternion

/// What a head sees of the view of a point: where from, and how far in view distances.
[[nodiscard]] std::array<float, kViewWidth> viewOf(const float* point,
                                                   const std::array<float, 3>& eye,
                                                   float viewDistance);

/// Three log-scales and a quaternion (not zero) of what the shape head said and a point's sizes.
void shapeOf(const float* said, const float* sizes, float* logScales, float* rotation);

/// The opacity logit that a head's output stands for: the opacity is its tanh, and what is not
/// above 0 is not drawn.
[[nodiscard]] float logitOf(float opacityOut) noexcept;
/// The output that stands for an opacity.
[[nodiscard]] float opacityOutOf(float logit) noexcept;

}  // namespace volpress::compressors::sags
