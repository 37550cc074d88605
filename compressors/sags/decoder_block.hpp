// Some rows' way through the heads, and what becomes of their outputs.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "compressors/sags/point_decoder.hpp"

namespace volpress::compressors::sags {

/// A point further than this many view distances is seen as if it were so far.
inline constexpr float kMostDistance = 10;

/// One head on the rows of a block.
struct HeadRun {
  FloatArray first, firstTape;  ///< of the first layer, a row of the block each
  FloatArray hidden;            ///< with the view's part, for each direction
  FloatArray out, tape, gradient;
};

struct PointDecoder::Block {
  std::vector<std::uint32_t> rows;
  std::size_t first = 0;                  ///< place of the block's first row among those pulled at
  std::size_t turns = 1, shapeTurns = 1;  ///< directions that a row is seen from
  bool viewsOfRows = false;
  FloatArray plain;  ///< x of the rows
  FloatArray views;  ///< of each direction; with an eye, of each row
  std::array<HeadRun, kParts - kDisplacement> heads;
  FloatArray xGradient, hiddenGradient, firstGradient, ofInput;

  /// What row i sees in a direction: kViewWidth numbers.
  [[nodiscard]] const float* view(std::size_t i, std::size_t turn) const {
    return views.data() + kViewWidth * (viewsOfRows ? i : turn);
  }

  /// Output c of row i, averaged over its directions.
  [[nodiscard]] float mean(Part part, std::size_t i, std::size_t c, std::size_t over) const {
    const FloatArray& out = heads[part - kDisplacement].out;
    const std::size_t width = out.size() / (rows.size() * over);
    float sum = 0;
    for (std::size_t turn = 0; turn < over; ++turn) {
      sum += out[(i * over + turn) * width + c];
    }
    return sum / static_cast<float>(over);
  }
};

/// Whether anything of a row has a gradient.
[[nodiscard]] bool pulled(const SplatGradients& gradients, std::size_t row, unsigned shDegree,
                          bool direct);

}  // namespace volpress::compressors::sags
