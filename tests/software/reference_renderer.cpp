#include "tests/software/reference_renderer.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "tests/software/dual_number.hpp"

namespace volpress::testing {
namespace {

using std::exp;
using std::sqrt;

/// Reads parameters as numbers; the one that is differentiated by has slope 1.
template <typename Number>
struct Source {
  const GaussianCloud& cloud;
  const std::vector<float>* directColors = nullptr;
  const float* seed = nullptr;

  template <typename Array>
  [[nodiscard]] Number get(const Array& values, std::size_t at) const {
    const auto value = static_cast<double>(values[at]);
    if constexpr (std::is_same_v<Number, Dual>) {
      return {value, &values[at] == seed ? 1.0 : 0.0};
    } else {
      return value;
    }
  }
};

template <typename Number>
struct Footprint {
  Number depth = 0, u = 0, v = 0;
  Number conicA = 0, conicB = 0, conicC = 0;
  Number opacity = 0;
  std::array<Number, 3> color{};
  std::size_t index = 0;
};

template <typename Number>
using Matrix = std::array<std::array<Number, 3>, 3>;

template <typename Number>
Matrix<Number> quaternionMatrix(Number w, Number x, Number y, Number z) {
  const Number length = sqrt(w * w + x * x + y * y + z * z);
  w /= length;
  x /= length;
  y /= length;
  z /= length;
  return {{{w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)},
           {2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)},
           {2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z}}};
}

/// Bands 0 to 4 at a unit direction.
template <typename Number>
std::array<Number, 25> harmonics(const Number& x, const Number& y, const Number& z) {
  const Number xx = x * x;
  const Number yy = y * y;
  const Number zz = z * z;
  return {0.28209479177387814,
          -0.4886025119029199 * y,
          0.4886025119029199 * z,
          -0.4886025119029199 * x,
          1.0925484305920792 * x * y,
          -1.0925484305920792 * y * z,
          0.31539156525252005 * (3 * zz - 1),
          -1.0925484305920792 * x * z,
          0.5462742152960396 * (xx - yy),
          -0.5900435899266435 * y * (3 * xx - yy),
          2.890611442640554 * x * y * z,
          -0.4570457994644658 * y * (5 * zz - 1),
          0.3731763325901154 * z * (5 * zz - 3),
          -0.4570457994644658 * x * (5 * zz - 1),
          1.445305721320277 * z * (xx - yy),
          -0.5900435899266435 * x * (xx - 3 * yy),
          2.5033429417967046 * x * y * (xx - yy),
          -1.7701307697799304 * y * z * (3 * xx - yy),
          0.9461746957575601 * x * y * (7 * zz - 1),
          -0.6690465435572892 * y * z * (7 * zz - 3),
          0.10578554691520431 * (35 * zz * zz - 30 * zz + 3),
          -0.6690465435572892 * x * z * (7 * zz - 3),
          0.47308734787878004 * (xx - yy) * (7 * zz - 1),
          -1.7701307697799304 * x * z * (xx - 3 * yy),
          0.6258357354491761 * (xx * (xx - 3 * yy) - yy * (3 * xx - yy))};
}

/// False when the splat lies in front of the near plane.
template <typename Number>
bool project(const Source<Number>& source, const Camera& camera, std::size_t i,
             unsigned maxShDegree, Footprint<Number>& out) {
  const GaussianCloud& cloud = source.cloud;
  std::array<Number, 3> offset{};
  for (std::size_t c = 0; c < 3; ++c) {
    offset[c] = source.get(cloud.means, 3 * i + c) - static_cast<double>(camera.position[c]);
  }
  Matrix<double> view{};
  std::array<Number, 3> p{};
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t c = 0; c < 3; ++c) {
      view[r][c] = static_cast<double>(camera.rotation[3 * r + c]);
      p[r] += view[r][c] * offset[c];
    }
  }
  if (valueOf(p[2]) < static_cast<double>(camera.nearPlane)) {
    return false;
  }
  const double fx = static_cast<double>(camera.fx);
  const double fy = static_cast<double>(camera.fy);
  out.index = i;
  out.depth = p[2];
  out.u = fx * p[0] / p[2] + static_cast<double>(camera.cx);
  out.v = fy * p[1] / p[2] + static_cast<double>(camera.cy);

  const Matrix<Number> rotation = quaternionMatrix(
      source.get(cloud.rotations, 4 * i), source.get(cloud.rotations, 4 * i + 1),
      source.get(cloud.rotations, 4 * i + 2), source.get(cloud.rotations, 4 * i + 3));
  Matrix<Number> covariance{};
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t k = 0; k < 3; ++k) {
        const Number variance = exp(2.0 * source.get(cloud.logScales, 3 * i + k));
        covariance[r][c] += rotation[r][k] * variance * rotation[c][k];
      }
    }
  }
  const double limitX = 1.3 * static_cast<double>(camera.width) / (2 * fx);
  const double limitY = 1.3 * static_cast<double>(camera.height) / (2 * fy);
  const Number tx = atMost(atLeast(p[0] / p[2], -limitX), limitX) * p[2];
  const Number ty = atMost(atLeast(p[1] / p[2], -limitY), limitY) * p[2];
  const Number zero = 0.0;
  const Number jacobian[2][3] = {{fx / p[2], zero, -fx * tx / (p[2] * p[2])},
                                 {zero, fy / p[2], -fy * ty / (p[2] * p[2])}};
  Number jw[2][3] = {};
  for (std::size_t r = 0; r < 2; ++r) {
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t k = 0; k < 3; ++k) {
        jw[r][c] += jacobian[r][k] * view[k][c];
      }
    }
  }
  Number plane[2][2] = {};
  for (std::size_t r = 0; r < 2; ++r) {
    for (std::size_t c = 0; c < 2; ++c) {
      for (std::size_t k = 0; k < 3; ++k) {
        for (std::size_t l = 0; l < 3; ++l) {
          plane[r][c] += jw[r][k] * covariance[k][l] * jw[c][l];
        }
      }
    }
  }
  const Number before = plane[0][0] * plane[1][1] - plane[0][1] * plane[0][1];
  const Number a = plane[0][0] + 0.3;
  const Number c = plane[1][1] + 0.3;
  const Number after = a * c - plane[0][1] * plane[0][1];
  out.conicA = c / after;
  out.conicB = -plane[0][1] / after;
  out.conicC = a / after;
  out.opacity = 1.0 / (1.0 + exp(-source.get(cloud.opacityLogits, i)));
  if (cloud.filter == FilterMode::Antialiased) {
    out.opacity *= sqrt(atLeast(before / after, 0.0));
  }

  const Number length = sqrt(offset[0] * offset[0] + offset[1] * offset[1] + offset[2] * offset[2]);
  const std::array<Number, 25> basis =
      harmonics(offset[0] / length, offset[1] / length, offset[2] / length);
  const std::size_t stored = shRestCount(cloud.shDegree);
  const std::size_t used = shRestCount(std::min(cloud.shDegree, maxShDegree));
  for (std::size_t channel = 0; channel < 3; ++channel) {
    if (source.directColors != nullptr) {
      out.color[channel] = source.get(*source.directColors, 3 * i + channel);
      continue;
    }
    Number value = 0.5 + basis[0] * source.get(cloud.shDc, 3 * i + channel);
    for (std::size_t k = 0; k < used; ++k) {
      value += basis[k + 1] * source.get(cloud.shRest, (i * stored + k) * 3 + channel);
    }
    out.color[channel] = atLeast(value, 0.0);
  }
  return true;
}

template <typename Number>
std::vector<Footprint<Number>> projectAll(const Source<Number>& source, const Camera& camera,
                                          unsigned maxShDegree) {
  std::vector<Footprint<Number>> footprints;
  for (std::size_t i = 0; i < source.cloud.count; ++i) {
    Footprint<Number> footprint;
    if (project(source, camera, i, maxShDegree, footprint)) {
      footprints.push_back(footprint);
    }
  }
  std::stable_sort(footprints.begin(), footprints.end(),
                   [](const Footprint<Number>& a, const Footprint<Number>& b) {
                     return valueOf(a.depth) < valueOf(b.depth);
                   });
  return footprints;
}

/// One pixel: the colour, and `visit(splat, alpha, transmittance)` for every contribution. Returns
/// what is left of the transmittance.
template <typename Number, typename Visit>
Number blendPixel(const std::vector<Footprint<Number>>& footprints, std::size_t x, std::size_t y,
                  std::array<double, 3> background, std::array<Number, 3>& color,
                  const Visit& visit) {
  Number transmittance = 1.0;
  for (const Footprint<Number>& splat : footprints) {
    const Number dx = splat.u - (static_cast<double>(x) + 0.5);
    const Number dy = splat.v - (static_cast<double>(y) + 0.5);
    const Number power =
        -0.5 * (splat.conicA * dx * dx + splat.conicC * dy * dy) - splat.conicB * dx * dy;
    const Number alpha = atMost(splat.opacity * exp(power), 0.99);
    if (valueOf(power) > 0 || valueOf(alpha) < 1.0 / 255) {
      continue;
    }
    const Number next = transmittance * (1.0 - alpha);
    if (valueOf(next) < 1e-4) {
      break;
    }
    visit(splat, alpha, transmittance);
    for (std::size_t c = 0; c < 3; ++c) {
      color[c] += splat.color[c] * alpha * transmittance;
    }
    transmittance = next;
  }
  for (std::size_t c = 0; c < 3; ++c) {
    color[c] += transmittance * background[c];
  }
  return transmittance;
}

}  // namespace

ReferenceResult renderReference(const GaussianCloud& cloud, const Camera& camera,
                                std::array<double, 3> background, unsigned maxShDegree) {
  const auto footprints = projectAll(Source<double>{cloud}, camera, maxShDegree);
  ReferenceResult result;
  result.hits.resize(cloud.count);
  result.opacityTransmittance.resize(cloud.count);
  result.alphaTransmittance.resize(cloud.count);
  for (std::size_t y = 0; y < camera.height; ++y) {
    for (std::size_t x = 0; x < camera.width; ++x) {
      std::array<double, 3> color{};
      const double transmittance =
          blendPixel(footprints, x, y, background, color,
                     [&](const Footprint<double>& splat, double alpha, double before) {
                       result.hits[splat.index] += 1;
                       result.opacityTransmittance[splat.index] += splat.opacity * before;
                       result.alphaTransmittance[splat.index] += alpha * before;
                     });
      result.color.insert(result.color.end(), color.begin(), color.end());
      result.alpha.push_back(1 - transmittance);
    }
  }
  return result;
}

double referenceDerivative(const GaussianCloud& cloud, const Camera& camera,
                           std::array<double, 3> background, unsigned maxShDegree,
                           const std::vector<float>* directColors, const Image& lossGradient,
                           const float* parameter) {
  const auto footprints =
      projectAll(Source<Dual>{cloud, directColors, parameter}, camera, maxShDegree);
  double derivative = 0;
  for (std::size_t y = 0; y < camera.height; ++y) {
    for (std::size_t x = 0; x < camera.width; ++x) {
      std::array<Dual, 3> color{};
      blendPixel(footprints, x, y, background, color,
                 [](const Footprint<Dual>&, const Dual&, const Dual&) {});
      for (std::size_t c = 0; c < 3; ++c) {
        derivative += color[c].slope *
                      static_cast<double>(lossGradient.pixels[3 * (y * camera.width + x) + c]);
      }
    }
  }
  return derivative;
}

double referencePsnr(const ReferenceResult& reference, const Image& color) {
  double sum = 0;
  for (std::size_t i = 0; i < reference.color.size(); ++i) {
    const double difference = reference.color[i] - static_cast<double>(color.pixels[i]);
    sum += difference * difference;
  }
  return 10 * std::log10(static_cast<double>(reference.color.size()) / sum);
}

}  // namespace volpress::testing
