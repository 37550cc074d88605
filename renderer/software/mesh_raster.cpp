#include "renderer/software/mesh_raster.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::renderer {
namespace {

struct Corner {
  std::array<float, 3> view{};     ///< camera space
  std::array<float, 3> weights{};  ///< of the source's corners
};

Corner between(const Corner& a, const Corner& b, float t) {
  Corner corner;
  for (std::size_t c = 0; c < 3; ++c) {
    corner.view[c] = a.view[c] + (b.view[c] - a.view[c]) * t;
    corner.weights[c] = a.weights[c] + (b.weights[c] - a.weights[c]) * t;
  }
  return corner;
}

/// The part of a triangle in front of the near plane: up to four corners.
std::size_t clipNear(const std::array<Corner, 3>& source, float nearPlane,
                     std::array<Corner, 4>& clipped) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const Corner& a = source[i];
    const Corner& b = source[(i + 1) % 3];
    const bool aIn = a.view[2] >= nearPlane;
    const bool bIn = b.view[2] >= nearPlane;
    if (aIn) {
      clipped[count++] = a;
    }
    if (aIn != bIn) {
      clipped[count] = between(a, b, (nearPlane - a.view[2]) / (b.view[2] - a.view[2]));
      clipped[count++].view[2] = nearPlane;
    }
  }
  return count;
}

std::int64_t snapped(float pixels) {
  constexpr float kFar = 4'000'000;  // pixels; products of edges stay far below 2^63
  return std::llround(static_cast<double>(std::clamp(pixels, -kFar, kFar)) * 256);
}

}  // namespace

Coverage::Coverage(const ScreenTriangle& triangle) {
  std::int64_t area = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t a = (i + 1) % 3;  // the edge opposite corner i
    const std::size_t b = (i + 2) % 3;
    m_x[i] = triangle.x[a];
    m_y[i] = triangle.y[a];
    m_dx[i] = triangle.x[b] - triangle.x[a];
    m_dy[i] = triangle.y[b] - triangle.y[a];
    const bool topLeft = m_dy[i] < 0 || (m_dy[i] == 0 && m_dx[i] > 0);
    m_bias[i] = topLeft ? 0 : -1;
  }
  area = (triangle.x[1] - triangle.x[0]) * (triangle.y[2] - triangle.y[0]) -
         (triangle.y[1] - triangle.y[0]) * (triangle.x[2] - triangle.x[0]);
  m_inverseArea = 1 / static_cast<float>(area);
}

bool Coverage::at(std::int64_t x, std::int64_t y, std::array<float, 3>& weights) const {
  std::array<std::int64_t, 3> edges{};
  for (std::size_t i = 0; i < 3; ++i) {
    edges[i] = m_dx[i] * (y - m_y[i]) - m_dy[i] * (x - m_x[i]);
    if (edges[i] + m_bias[i] < 0) {
      return false;
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    weights[i] = static_cast<float>(edges[i]) * m_inverseArea;
  }
  return true;
}

std::array<float, 3> Coverage::weightsAt(std::int64_t x, std::int64_t y) const {
  std::array<float, 3> weights{};
  for (std::size_t i = 0; i < 3; ++i) {
    weights[i] =
        static_cast<float>(m_dx[i] * (y - m_y[i]) - m_dy[i] * (x - m_x[i])) * m_inverseArea;
  }
  return weights;
}

std::array<float, 3> sourceWeights(const ScreenTriangle& triangle,
                                   const std::array<float, 3>& screen) {
  std::array<float, 3> sum{};
  float total = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const float share = screen[i] * triangle.inverseZ[i];
    total += share;
    for (std::size_t k = 0; k < 3; ++k) {
      sum[k] += share * triangle.weights[i][k];
    }
  }
  const float scale = total != 0 ? 1 / total : 0;
  return {sum[0] * scale, sum[1] * scale, sum[2] * scale};
}

void projectPart(const PosedPart& posed, std::uint32_t partIndex, const Camera& camera,
                 bool cullsBacks, std::vector<ScreenTriangle>& triangles) {
  const MeshPart& part = *posed.part;
  FloatArray view(posed.positions.size());
  for (std::size_t v = 0; v < posed.positions.size(); v += 3) {
    std::array<float, 3> away{};
    for (std::size_t c = 0; c < 3; ++c) {
      away[c] = posed.positions[v + c] - camera.position[c];
    }
    for (std::size_t row = 0; row < 3; ++row) {
      view[v + row] = camera.rotation[3 * row] * away[0] + camera.rotation[3 * row + 1] * away[1] +
                      camera.rotation[3 * row + 2] * away[2];
    }
  }
  const auto width = static_cast<std::int64_t>(camera.width) * 256;
  const auto height = static_cast<std::int64_t>(camera.height) * 256;
  for (std::size_t t = 0; t < part.triangleCount(); ++t) {
    std::array<Corner, 3> source;
    for (std::size_t c = 0; c < 3; ++c) {
      std::copy_n(&view[3 * std::size_t{part.indices[3 * t + c]}], 3, source[c].view.begin());
      source[c].weights[c] = 1;
    }
    std::array<Corner, 4> clipped;
    const std::size_t corners = clipNear(source, camera.nearPlane, clipped);
    for (std::size_t k = 2; k < corners; ++k) {
      ScreenTriangle triangle;
      const std::array<const Corner*, 3> fan{&clipped[0], &clipped[k - 1], &clipped[k]};
      for (std::size_t c = 0; c < 3; ++c) {
        const std::array<float, 3>& place = fan[c]->view;
        triangle.inverseZ[c] = 1 / place[2];
        triangle.x[c] = snapped(camera.fx * place[0] * triangle.inverseZ[c] + camera.cx);
        triangle.y[c] = snapped(camera.fy * place[1] * triangle.inverseZ[c] + camera.cy);
        triangle.weights[c] = fan[c]->weights;
        triangle.meanZ += place[2] / 3;
      }
      const std::int64_t area = (triangle.x[1] - triangle.x[0]) * (triangle.y[2] - triangle.y[0]) -
                                (triangle.y[1] - triangle.y[0]) * (triangle.x[2] - triangle.x[0]);
      // Counter-clockwise from outside is clockwise in numbers where y points down.
      triangle.back = (area > 0) != posed.mirrored;
      const auto [left, right] = std::minmax_element(triangle.x.begin(), triangle.x.end());
      const auto [top, bottom] = std::minmax_element(triangle.y.begin(), triangle.y.end());
      if (area == 0 || *right < 0 || *left >= width || *bottom < 0 || *top >= height ||
          (cullsBacks && triangle.back)) {
        continue;
      }
      if (area < 0) {
        std::swap(triangle.x[1], triangle.x[2]);
        std::swap(triangle.y[1], triangle.y[2]);
        std::swap(triangle.inverseZ[1], triangle.inverseZ[2]);
        std::swap(triangle.weights[1], triangle.weights[2]);
      }
      triangle.part = partIndex;
      triangle.triangle = static_cast<std::uint32_t>(t);
      triangles.push_back(triangle);
    }
  }
}

std::vector<std::vector<std::uint32_t>> binTriangles(const std::vector<ScreenTriangle>& triangles,
                                                     std::size_t width, std::size_t height) {
  const std::size_t columns = (width + kMeshTile - 1) / kMeshTile;
  const std::size_t rows = (height + kMeshTile - 1) / kMeshTile;
  std::vector<std::vector<std::uint32_t>> tiles(columns * rows);
  constexpr std::int64_t kSide = static_cast<std::int64_t>(kMeshTile) * 256;
  const auto tileOf = [](std::int64_t place, std::size_t count) {
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(place / kSide, 0, static_cast<std::int64_t>(count) - 1));
  };
  for (std::uint32_t i = 0; i < triangles.size(); ++i) {
    const ScreenTriangle& triangle = triangles[i];
    const auto [left, right] = std::minmax_element(triangle.x.begin(), triangle.x.end());
    const auto [top, bottom] = std::minmax_element(triangle.y.begin(), triangle.y.end());
    for (std::size_t row = tileOf(*top, rows); row <= tileOf(*bottom, rows); ++row) {
      for (std::size_t column = tileOf(*left, columns); column <= tileOf(*right, columns);
           ++column) {
        tiles[row * columns + column].push_back(i);
      }
    }
  }
  return tiles;
}

}  // namespace volpress::renderer
