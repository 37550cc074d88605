#include "compressors/gaussianimage/color_solve.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

namespace volpress::gaussianimage {
namespace {

using renderer::PicturePlanes;
using Sums = std::array<double, 3>;  // of each channel, which is a problem of its own

Sums dot(const FloatArray& a, const FloatArray& b) {
  Sums sums{};
  for (std::size_t i = 0; i < a.size(); ++i) {
    sums[i % 3] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  return sums;
}

/// Conjugate gradients on A x = b, given b - A x. `normal` is A.
void descend(const std::function<void(const FloatArray&, FloatArray&)>& normal, FloatArray residual,
             unsigned iterations, FloatArray& x, const std::stop_token& stop) {
  FloatArray direction = residual;
  FloatArray image;
  Sums squared = dot(residual, residual);
  for (unsigned i = 0; i < iterations && !stop.stop_requested(); ++i) {
    normal(direction, image);
    const Sums curvature = dot(direction, image);
    Sums length{};
    for (std::size_t c = 0; c < 3; ++c) {
      length[c] = curvature[c] > 0 ? squared[c] / curvature[c] : 0;
    }
    for (std::size_t k = 0; k < x.size(); ++k) {
      x[k] += static_cast<float>(length[k % 3]) * direction[k];
      residual[k] -= static_cast<float>(length[k % 3]) * image[k];
    }
    const Sums next = dot(residual, residual);
    for (std::size_t k = 0; k < x.size(); ++k) {
      const std::size_t c = k % 3;
      const double keep = squared[c] > 0 ? next[c] / squared[c] : 0;
      direction[k] = residual[k] + static_cast<float>(keep) * direction[k];
    }
    squared = next;
  }
}

/// The normal equations of the colours.
class Normal {
public:
  Normal(const ColorProblem& problem, const std::stop_token& stop)
      : m_problem(problem), m_stop(stop), m_planes(problem.target.width, problem.target.height) {}

  /// V^T V colors + decay * colors
  void apply(const FloatArray& colors, FloatArray& result) {
    m_problem.placed.draw(colors, m_planes, m_stop);
    clearPadding();
    m_problem.placed.pullBackColors(m_planes, result);
    const auto decay = static_cast<float>(m_problem.decay);
    for (std::size_t k = 0; k < colors.size(); ++k) {
      result[k] += decay * colors[k];
    }
  }

  /// V^T (target - V colors) - decay * colors
  [[nodiscard]] FloatArray residual(const FloatArray& colors) {
    m_problem.placed.draw(colors, m_planes, m_stop);
    for (std::size_t k = 0; k < m_planes.values.size(); ++k) {
      m_planes.values[k] = m_problem.target.values[k] - m_planes.values[k];
    }
    clearPadding();
    FloatArray result;
    m_problem.placed.pullBackColors(m_planes, result);
    const auto decay = static_cast<float>(m_problem.decay);
    for (std::size_t k = 0; k < colors.size(); ++k) {
      result[k] -= decay * colors[k];
    }
    return result;
  }

private:
  void clearPadding() {
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t y = 0; y < m_planes.height; ++y) {
        float* const row = m_planes.row(c, y);
        std::fill(row + m_planes.width, row + m_planes.stride, 0.0F);
      }
    }
  }

  const ColorProblem& m_problem;
  const std::stop_token& m_stop;
  PicturePlanes m_planes;
};

}  // namespace

void solveColors(const ColorProblem& problem, unsigned iterations, FloatArray& colors,
                 const std::stop_token& stop) {
  Normal normal(problem, stop);
  FloatArray scale(
      colors.size());  // about one over the root of the diagonal: of v^2 over the plane
  for (std::size_t k = 0; k < scale.size(); ++k) {
    const float* const shape = problem.shapes.shapes.data() + k / 3 * 3;
    scale[k] = 1 / std::sqrt(std::numbers::pi_v<float> * std::abs(shape[0] * shape[2]) + 0.1F);
  }
  const auto scaled = [&](FloatArray& values) {
    for (std::size_t k = 0; k < values.size(); ++k) {
      values[k] *= scale[k];
    }
  };
  FloatArray residual = normal.residual(colors);
  scaled(residual);
  FloatArray moved;
  moved.assign(colors.size(), 0.0F);
  FloatArray plain;
  descend(
      [&](const FloatArray& values, FloatArray& result) {
        plain = values;
        scaled(plain);
        normal.apply(plain, result);
        scaled(result);
      },
      std::move(residual), iterations, moved, stop);
  for (std::size_t k = 0; k < colors.size(); ++k) {
    colors[k] += scale[k] * moved[k];
  }
}

void solveBooks(const ColorProblem& problem, std::span<const std::uint8_t> entries,
                unsigned iterations, std::array<FloatArray, 2>& books,
                const std::stop_token& stop) {
  Normal normal(problem, stop);
  const std::size_t count = entries.size() / 2;
  const std::size_t first = books[0].size();
  const auto place = [&](std::size_t i, std::size_t stage) {
    return stage * first + 3 * std::size_t{entries[2 * i + stage]};
  };
  FloatArray colors(3 * count);
  const auto spread = [&](const FloatArray& both) {
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        colors[3 * i + c] = both[place(i, 0) + c] + both[place(i, 1) + c];
      }
    }
  };
  const auto gather = [&](const FloatArray& ofColors, FloatArray& both) {
    both.assign(first + books[1].size(), 0.0F);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        both[place(i, 0) + c] += ofColors[3 * i + c];
        both[place(i, 1) + c] += ofColors[3 * i + c];
      }
    }
  };
  FloatArray both = books[0];
  both.insert(both.end(), books[1].begin(), books[1].end());
  spread(both);
  FloatArray residual;
  gather(normal.residual(colors), residual);
  FloatArray ofColors;
  descend(
      [&](const FloatArray& values, FloatArray& result) {
        spread(values);
        normal.apply(colors, ofColors);
        gather(ofColors, result);
      },
      std::move(residual), iterations, both, stop);
  std::copy_n(both.begin(), first, books[0].begin());
  std::copy(both.begin() + static_cast<std::ptrdiff_t>(first), both.end(), books[1].begin());
}

}  // namespace volpress::gaussianimage
