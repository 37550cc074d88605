#include "compressors/volpress/layer_build.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include <Eigen/Dense>

#include "compressors/coding/luma_chroma.hpp"
#include "compressors/coding/quantise.hpp"
#include "compressors/volpress/palette_fit.hpp"
#include "scene/base/morton.hpp"

namespace volpress::compressors::own {
namespace {

/// At a slope of lambda, a uniform quantiser of step d errs by h d^2 / 12 and saves a bit for
/// 2 ln 2 times that: d = sqrt(12 lambda / (2 ln 2 h)).
double stepFor(double slope, double sensitivity) noexcept {
  return std::sqrt(6 * slope / (std::numbers::ln2 * std::max(sensitivity, 1e-30)));
}

std::int32_t fixedOf(double value) noexcept {
  return static_cast<std::int32_t>(
      std::clamp(std::round(value * kUnit), -double{kMaxFixed}, double{kMaxFixed}));
}

double opacityOf(float logit) noexcept { return 1 / (1 + std::exp(-static_cast<double>(logit))); }

std::int16_t weightOf(double value, double unit) noexcept {
  return static_cast<std::int16_t>(std::clamp(std::round(value * unit), -32767.0, 32767.0));
}

/// Least squares with a little ridge: `row(i, features)` fills the features of row i (the first is
/// 1), `wanted(i)` is what they should add up to.
Eigen::VectorXd leastSquares(std::size_t rows, std::size_t features,
                             const std::function<void(std::size_t, double*)>& row,
                             const std::function<double(std::size_t)>& wanted) {
  constexpr std::size_t kMostRows = 60000;
  const auto size = static_cast<Eigen::Index>(features);
  Eigen::MatrixXd squares = Eigen::MatrixXd::Zero(size, size);
  Eigen::VectorXd products = Eigen::VectorXd::Zero(size);
  Eigen::VectorXd values(size);
  const std::size_t stride = std::max<std::size_t>(1, rows / kMostRows);
  double used = 0;
  for (std::size_t i = stride - 1; i < rows; i += stride) {
    row(i, values.data());
    squares.noalias() += values * values.transpose();
    products += values * wanted(i);
    used += 1;
  }
  for (Eigen::Index k = 1; k < size; ++k) {
    squares(k, k) += used * 1e-3 + 1e-9;
  }
  squares(0, 0) += 1e-9;
  return squares.ldlt().solve(products);
}

/// log2 of the wanted step of a kind of number, in its fixed-point unit, for every row.
struct WantedSteps {
  std::array<std::vector<float>, kPrecisions> log2;
};

class Builder {
public:
  Builder(const GaussianCloud& cloud, const Sensitivities& sensitivities, const LayerTarget& target,
          TaskRunner& runner)
      : m_cloud(cloud), m_show(sensitivities), m_target(target), m_runner(runner) {}

  Result<Layer> build(std::span<const std::uint32_t> chosen, std::vector<std::uint32_t>& order) {
    m_layer.shDegree = m_cloud.shDegree;
    m_layer.smoothing = m_target.smoothing;
    order = arrange(chosen);
    fillPlanes(order);
    const std::vector<RowRange> blocks = blocksOf(order.size());
    m_near = findNearRows(m_layer.points, blocks, m_runner);
    for (std::size_t plane = 0; plane < kPlanes; ++plane) {
      fitPrediction(plane);
    }
    for (std::size_t kind = 0; kind < kPrecisions; ++kind) {
      fitPrecision(kind);
    }
    fitBands(order);
    findPalette(blocks);
    return std::move(m_layer);
  }

private:
  /// Grid, points and order.
  std::vector<std::uint32_t> arrange(std::span<const std::uint32_t> chosen) {
    FloatArray positions(3 * chosen.size());
    std::vector<float> steps(chosen.size());
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        positions[3 * i + c] = m_cloud.means[3 * chosen[i] + c];
      }
      steps[i] = static_cast<float>(positionStep(chosen[i]));
    }
    // Cells as coarse as all but the largest steps: what is finer is stored splat by splat.
    const auto coarse = steps.begin() + static_cast<std::ptrdiff_t>((steps.size() - 1) * 8 / 10);
    std::nth_element(steps.begin(), coarse, steps.end());
    constexpr unsigned kLeastBits = 9;
    const float widest = coding::PositionGrid::over(positions, kLeastBits).cell;
    unsigned bits = kLeastBits;
    while (bits < coding::kMaxGridBits &&
           std::ldexp(widest, static_cast<int>(kLeastBits) - static_cast<int>(bits)) >
               *coarse * 1.4F) {
      ++bits;
    }
    m_layer.grid = coding::PositionGrid::over(positions, bits);
    std::vector<std::uint64_t> keys(chosen.size());
    std::vector<coding::GridPoint> points(chosen.size());
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      points[i] = m_layer.grid.quantise(&positions[3 * i]);
      keys[i] = mortonCode(points[i].x, points[i].y, points[i].z);
    }
    const std::vector<std::uint32_t> sorted = sortedOrder(keys);
    std::vector<std::uint32_t> order(chosen.size());
    m_layer.points.resize(chosen.size());
    m_layer.offsets.resize(3 * chosen.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      order[i] = chosen[sorted[i]];
      m_layer.points[i] = points[sorted[i]];
      const std::array<float, 3> centre = m_layer.grid.position(m_layer.points[i]);
      for (std::size_t c = 0; c < 3; ++c) {
        const double place =
            (static_cast<double>(positions[3 * sorted[i] + c]) - static_cast<double>(centre[c])) /
                static_cast<double>(m_layer.grid.cell) +
            0.5;
        m_layer.offsets[3 * i + c] = static_cast<std::int32_t>(
            std::clamp(std::floor(place * kOffsetUnit), 0.0, kOffsetUnit - 1.0));
      }
    }
    return order;
  }

  [[nodiscard]] double positionStep(std::size_t splat) const {
    const float* show = &m_show.positions[3 * splat];
    return stepFor(m_target.slope, (static_cast<double>(show[0]) + static_cast<double>(show[1]) +
                                    static_cast<double>(show[2])) /
                                       3);
  }

  void fillPlanes(std::span<const std::uint32_t> order) {
    const std::size_t count = order.size();
    for (SymbolArray& plane : m_layer.planes) {
      plane.resize(count);
    }
    for (auto& steps : m_steps.log2) {
      steps.resize(count);
    }
    m_layer.axes.resize(count);
    m_isDisc.resize(count);
    m_layer.bands.resize(3 * shRestCount(m_cloud.shDegree) * count);
    m_runner.parallelFor(count, 4096, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        fillRow(i, order[i]);
      }
    });
  }

  void fillRow(std::size_t i, std::size_t splat) {
    const auto smoothing = static_cast<double>(m_target.smoothing);
    const auto want = [&](std::size_t kind, double step) {
      m_steps.log2[kind][i] = static_cast<float>(std::log2(std::max(step * kUnit, 1e-12)));
    };
    const double opacity = std::max(opacityOf(m_cloud.opacityLogits[splat]), 1e-6);
    m_layer.planes[kOpacity][i] = fixedOf(-std::log2(opacity));
    want(kOpacity,
         stepFor(m_target.slope, at(m_show.opacities, splat)) / (opacity * std::numbers::ln2));
    std::array<double, 3> shares{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double scale = std::exp(static_cast<double>(m_cloud.logScales[3 * splat + axis]));
      const double square = scale * scale + smoothing * smoothing;
      m_layer.planes[kScale1 + axis][i] = fixedOf(std::log2(std::max(square, 1e-30)) / 2);
      shares[axis] = square > 0 ? scale * scale / square : 1;
      want(kScale1 + axis, stepFor(m_target.slope, at(m_show.logScales, 3 * splat + axis)) *
                               shares[axis] / std::numbers::ln2);
    }
    std::array<float, 3> color{};
    coding::toLumaChroma(&m_cloud.shDc[3 * splat], color.data());
    for (std::size_t c = 0; c < 3; ++c) {
      m_layer.planes[kLuma + c][i] = fixedOf(static_cast<double>(color[c]));
      want(kLuma + c, stepFor(m_target.slope, at(m_show.colors, 3 * splat + c)));
    }
    fillRotation(i, splat, want);
    want(kPositions, positionStep(splat) / static_cast<double>(m_layer.grid.cell));
    const std::size_t coefficients = shRestCount(m_cloud.shDegree);
    double bands = 0;
    for (std::size_t k = 0; k < coefficients; ++k) {
      std::array<float, 3> band{};
      coding::toLumaChroma(&m_cloud.shRest[3 * (coefficients * splat + k)], band.data());
      for (std::size_t c = 0; c < 3; ++c) {
        m_layer.bands[3 * (coefficients * i + k) + c] = fixedOf(static_cast<double>(band[c]));
      }
      bands +=
          std::log2(stepFor(m_target.slope, at(m_show.bands, coefficients * splat + k)) * kUnit);
    }
    m_steps.log2[kBands][i] =
        coefficients == 0 ? 0.0F : static_cast<float>(bands / static_cast<double>(coefficients));
    // The grade: what opacity, the largest scale, position and luma agree on.
    const double size = static_cast<double>(m_layer.planes[kScale1][i]) / kUnit;
    const double grade = (static_cast<double>(m_steps.log2[kOpacity][i]) +
                          static_cast<double>(m_steps.log2[kScale1][i]) +
                          static_cast<double>(m_steps.log2[kLuma][i]) +
                          static_cast<double>(m_steps.log2[kPositions][i]) +
                          std::log2(static_cast<double>(m_layer.grid.cell)) - size) /
                         4;
    m_layer.planes[kGrade][i] = fixedOf(std::clamp(8 - grade, -30.0, 30.0));
  }

  template <typename Want>
  void fillRotation(std::size_t i, std::size_t splat, const Want& want) {
    std::array<double, 4> q{};
    for (std::size_t c = 0; c < 4; ++c) {
      q[c] = static_cast<double>(m_cloud.rotations[4 * splat + c]);
    }
    m_layer.axes[i] = axesOfQuaternion(q);
    const unsigned distinct = distinctAxis(m_layer.planes[kScale1][i], m_layer.planes[kScale2][i],
                                           m_layer.planes[kScale3][i]);
    double across = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      across += axis == distinct ? 0 : at(m_show.turns, 3 * splat + axis) / 2;
    }
    // A coordinate of the direction spans about 2.2 radians, a turn pi.
    m_isDisc[i] = distinct == 0 ? 0 : 1;
    want(kDirections, stepFor(m_target.slope, across) / 2.2);
    want(kTurns,
         stepFor(m_target.slope, at(m_show.turns, 3 * splat + distinct)) / std::numbers::pi);
  }

  static double at(const FloatArray& values, std::size_t index) {
    return static_cast<double>(values[index]);
  }

  void fitPrediction(std::size_t plane) {
    std::vector<std::size_t> known;
    for (std::size_t k = 0; k < plane; ++k) {
      if (plane < kLuma || k >= kLuma || k < kScale2) {
        known.push_back(k);
      }
    }
    const SymbolArray& values = m_layer.planes[plane];
    const std::size_t features = 3 + 2 * known.size();
    const Eigen::VectorXd weights = leastSquares(
        values.size(), features,
        [&](std::size_t i, double* row) {
          row[0] = 1;
          row[1] = static_cast<double>(values[m_near.rows[kNeighbours * i]]) / kUnit;
          row[2] = static_cast<double>(nearMean(values, m_near, i)) / kUnit;
          for (std::size_t k = 0; k < known.size(); ++k) {
            const SymbolArray& other = m_layer.planes[known[k]];
            row[3 + 2 * k] = static_cast<double>(other[i]) / kUnit;
            row[4 + 2 * k] = static_cast<double>(nearMean(other, m_near, i)) / kUnit;
          }
        },
        [&](std::size_t i) { return static_cast<double>(values[i]) / kUnit; });
    PredictionModel& model = m_layer.models.prediction[plane];
    model.offset = fixedOf(weights[0]);
    model.nearest = weightOf(weights[1], 4096);
    model.mean = weightOf(weights[2], 4096);
    for (std::size_t k = 0; k < known.size(); ++k) {
      const auto index = static_cast<Eigen::Index>(3 + 2 * k);
      model.here[k] = weightOf(weights[index], 4096);
      model.near[k] = weightOf(weights[index + 1], 4096);
    }
  }

  void fitPrecision(std::size_t kind) {
    PrecisionModel& model = m_layer.models.precision[kind];
    if (kind == kGrade) {
      model.offset = kUnit * 10;  // a whole grade: kUnit in fixed point
      return;
    }
    // Rows of needles or of discs, where the two differ.
    const bool ofDiscs = kind == kDiscDirections || kind == kDiscTurns;
    const std::size_t steps = kind == kDiscDirections ? kDirections
                              : kind == kDiscTurns    ? kTurns
                                                      : kind;
    std::vector<std::uint32_t> rows;
    for (std::uint32_t i = 0; i < m_layer.points.size(); ++i) {
      if ((steps != kDirections && steps != kTurns) || (m_isDisc[i] != 0) == ofDiscs) {
        rows.push_back(i);
      }
    }
    const std::size_t known = std::min<std::size_t>(kind, PrecisionModel::kFeatures);
    const Eigen::VectorXd weights = leastSquares(
        rows.size(), 1 + known,
        [&](std::size_t i, double* row) {
          row[0] = 1;
          for (std::size_t k = 0; k < known; ++k) {
            row[1 + k] = static_cast<double>(m_layer.planes[k][rows[i]]) / kUnit;
          }
        },
        [&](std::size_t i) { return static_cast<double>(m_steps.log2[steps][rows[i]]); });
    model.offset = fixedOf(weights[0] + m_target.longer[steps]);
    for (std::size_t k = 0; k < known; ++k) {
      model.slopes[k] = weightOf(weights[static_cast<Eigen::Index>(1 + k)], 256);
    }
  }

  /// How much finer or coarser each coefficient is than their mean, in quarter octaves.
  void fitBands(std::span<const std::uint32_t> order) {
    const std::size_t coefficients = shRestCount(m_cloud.shDegree);
    for (std::size_t k = 0; k < coefficients; ++k) {
      double sum = 0;
      for (std::size_t i = 0; i < order.size(); ++i) {
        sum += std::log2(stepFor(m_target.slope, at(m_show.bands, coefficients * order[i] + k)) *
                         kUnit) -
               static_cast<double>(m_steps.log2[kBands][i]);
      }
      m_layer.models.bandFineness[k] = static_cast<std::int8_t>(
          std::clamp(std::round(4 * sum / static_cast<double>(order.size())), -40.0, 40.0));
    }
  }

  void findPalette(std::span<const RowRange> blocks) {
    if (m_layer.shDegree == 0) {
      return;
    }
    const FeaturePlanes features = featuresOf(m_layer);
    std::vector<std::uint8_t> fineness(m_layer.points.size());
    for (std::size_t i = 0; i < fineness.size(); ++i) {
      fineness[i] =
          static_cast<std::uint8_t>(finenessOf(m_layer.models.precision[kBands], features, i));
    }
    auto palette = fitPalette({m_layer.shDegree, m_layer.bands, fineness,
                               m_layer.models.bandFineness, &m_near, blocks[blocks.size() / 2]});
    if (palette) {
      m_layer.palette = *std::move(palette);
    }
  }

  const GaussianCloud& m_cloud;
  const Sensitivities& m_show;
  const LayerTarget& m_target;
  TaskRunner& m_runner;
  Layer m_layer;
  NearRows m_near;
  WantedSteps m_steps;
  std::vector<std::uint8_t> m_isDisc;  ///< of rows: whether the distinct axis is the shortest
};

}  // namespace

Result<Layer> buildLayer(const GaussianCloud& cloud, const Sensitivities& sensitivities,
                         std::span<const std::uint32_t> chosen, const LayerTarget& target,
                         TaskRunner& runner, const std::stop_token& stop,
                         std::vector<std::uint32_t>& order) {
  if (stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  return Builder(cloud, sensitivities, target, runner).build(chosen, order);
}

}  // namespace volpress::compressors::own
