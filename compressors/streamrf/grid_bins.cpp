#include "compressors/streamrf/grid_bins.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace volpress::compressors::streamrf {
namespace {

constexpr std::int32_t kMostBin = 1 << 24;
constexpr std::size_t kNoRow = ~std::size_t{0};

using Triple = std::array<std::int32_t, 3>;

/// Red, green, blue into luma and two differences, and back (Malvar and Sullivan 2003, YCoCg-R).
Triple lift(const std::int32_t* rgb) {
  const std::int32_t orange = rgb[0] - rgb[2];
  const std::int32_t half = rgb[2] + (orange >> 1);
  const std::int32_t green = rgb[1] - half;
  return {half + (green >> 1), orange, green};
}

void unlift(const Triple& lifted, std::int32_t* rgb) {
  const std::int32_t half = lifted[0] - (lifted[2] >> 1);
  rgb[1] = lifted[2] + half;
  rgb[2] = half - (lifted[1] >> 1);
  rgb[0] = rgb[2] + lifted[1];
}

std::int32_t held(std::int64_t value) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, -kMostBin, kMostBin));
}

/// Codes a group of one row, given its prediction.
class RowCoder {
public:
  RowCoder(std::size_t first, std::size_t end, const CodeResidual& code)
      : m_first(first), m_end(end), m_code(code) {}

  void operator()(bool isNew, const std::int32_t* predicted, std::int32_t* row) const {
    const unsigned base = isNew ? kContexts / 2 : 0;
    unsigned activity = 0;
    std::size_t channel = m_first;
    if (channel == 0) {
      const std::int32_t residual = m_code(static_cast<std::uint8_t>(base), row[0] - predicted[0]);
      row[0] = held(std::int64_t{predicted[0]} + residual);
      activity = residual != 0 ? 1 : 0;
      ++channel;
    }
    unsigned colorful = 0;
    for (; channel + 3 <= m_end; channel += 3) {
      const Triple expected = lift(&predicted[channel]);
      Triple lifted = lift(&row[channel]);
      for (std::size_t part = 0; part < 3; ++part) {
        unsigned& seen = part == 0 ? activity : colorful;
        const unsigned context = base + 1 + (part == 0 ? 0 : 3) + std::min(seen, 2U);
        const std::int32_t residual =
            m_code(static_cast<std::uint8_t>(context), lifted[part] - expected[part]);
        lifted[part] = held(std::int64_t{expected[part]} + residual);
        seen = (seen + static_cast<unsigned>(std::min(std::abs(residual), 3)) + 1) / 2;
      }
      unlift(lifted, &row[channel]);
      for (std::size_t part = 0; part < 3; ++part) {
        row[channel + part] = held(row[channel + part]);
      }
    }
  }

private:
  std::size_t m_first, m_end;
  const CodeResidual& m_code;
};

}  // namespace

std::vector<float> valuesOf(const VoxelGrid& grid) {
  const std::size_t channels = channelsOf(grid.basis);
  std::vector<float> values(grid.density.size() * channels);
  for (std::size_t row = 0; row < grid.density.size(); ++row) {
    float* to = &values[row * channels];
    *to++ = std::asinh(grid.density[row]);
    const float* sh = &grid.sh[row * 3 * grid.basis];
    for (std::size_t k = 0; k < grid.basis; ++k) {
      for (std::size_t color = 0; color < 3; ++color) {
        *to++ = sh[color * grid.basis + k];
      }
    }
  }
  return values;
}

Result<VoxelGrid> gridOf(const BinnedGrid& binned, const BinSteps& steps, const VoxelGrid& like) {
  constexpr float kMostAsinh = 60;  // a density of 5e25
  VoxelGrid grid;
  grid.resolution = like.resolution;
  grid.radius = like.radius;
  grid.center = like.center;
  grid.basis = like.basis;
  grid.mask = binned.mask;
  const std::size_t rows = grid.mask.count();
  const std::size_t channels = channelsOf(grid.basis);
  grid.density.resize(rows);
  grid.sh.resize(3 * grid.basis * rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::int32_t* from = &binned.bins[row * channels];
    const float logarithm = static_cast<float>(*from++) * steps.step[0];
    if (!(std::abs(logarithm) < kMostAsinh)) {
      return fail(ErrorCode::CorruptData,
                  "a density of sinh({}), allowed are sinh(-60) to sinh(60)", logarithm);
    }
    grid.density[row] = std::sinh(logarithm);
    float* sh = &grid.sh[row * 3 * grid.basis];
    for (std::size_t k = 0; k < grid.basis; ++k) {
      for (std::size_t color = 0; color < 3; ++color) {
        sh[color * grid.basis + k] = static_cast<float>(*from++) * steps.of(1 + 3 * k + color);
      }
    }
  }
  return grid;
}

void codeGroup(std::size_t group, const VoxelGrid& shape, const BinnedGrid& before,
               const VertexFlags& changed, BinnedGrid& next, const CodeResidual& code) {
  const std::size_t channels = channelsOf(shape.basis);
  const std::size_t first = groupFirst(group, shape.basis);
  const std::size_t end = groupFirst(group + 1, shape.basis);
  if (first == end) {
    return;
  }
  const RowCoder coder(first, end, code);
  const std::vector<std::uint32_t> vertices = next.mask.vertices();
  const bool isKey = before.mask.count() == 0;
  std::vector<std::uint32_t> added;
  for (std::size_t row = 0; row < vertices.size(); ++row) {
    const std::size_t vertex = vertices[row];
    if (isKey || !before.mask.test(vertex)) {
      added.push_back(static_cast<std::uint32_t>(row));
      continue;
    }
    const std::int32_t* old = &before.bins[before.mask.row(vertex) * channels];
    std::int32_t* now = &next.bins[row * channels];
    if (changed[vertex] != 0) {
      coder(false, old, now);
    } else {
      std::copy(old + first, old + end, now + first);
    }
  }
  const auto [rx, ry, rz] = shape.resolution;
  std::vector<std::int32_t> predicted(channels);
  std::vector<std::int64_t> sums(channels);
  for (const std::uint32_t row : added) {
    const std::size_t vertex = vertices[row];
    const std::size_t z = vertex % rz;
    const std::size_t y = vertex / rz % ry;
    const std::size_t x = vertex / rz / ry;
    const std::size_t plane = std::size_t{ry} * rz;
    // Behind a vertex all is known; ahead of it what stays from the frame before.
    const std::array<std::size_t, 6> around{
        x > 0 ? vertex - plane : kNoRow,   y > 0 ? vertex - rz : kNoRow,
        z > 0 ? vertex - 1 : kNoRow,       x + 1 < rx ? vertex + plane : kNoRow,
        y + 1 < ry ? vertex + rz : kNoRow, z + 1 < rz ? vertex + 1 : kNoRow};
    std::fill(sums.begin(), sums.end(), 0);
    std::int64_t count = 0;
    for (std::size_t side = 0; side < around.size(); ++side) {
      const std::size_t other = around[side];
      if (other == kNoRow || !next.mask.test(other) ||
          (side >= 3 && (isKey || !before.mask.test(other)))) {
        continue;
      }
      const std::int32_t* bins = &next.bins[next.mask.row(other) * channels];
      for (std::size_t channel = first; channel < end; ++channel) {
        sums[channel] += bins[channel];
      }
      ++count;
    }
    for (std::size_t channel = first; channel < end; ++channel) {
      predicted[channel] = count == 0 ? 0 : static_cast<std::int32_t>(sums[channel] / count);
    }
    coder(true, predicted.data(), &next.bins[row * channels]);
  }
}

}  // namespace volpress::compressors::streamrf
