#include "tests/software/reference_renderer.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace volpress::testing {
namespace {

struct Footprint {
  double depth = 0, u = 0, v = 0;
  double conicA = 0, conicB = 0, conicC = 0;
  double opacity = 0;
  std::array<double, 3> color{};
  std::size_t index = 0;
};

using Matrix = std::array<std::array<double, 3>, 3>;

Matrix quaternionMatrix(double w, double x, double y, double z) {
  const double length = std::sqrt(w * w + x * x + y * y + z * z);
  w /= length;
  x /= length;
  y /= length;
  z /= length;
  return {{{w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)},
           {2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)},
           {2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z}}};
}

/// Bands 0 to 4 at a unit direction.
std::array<double, 25> harmonics(double x, double y, double z) {
  const double xx = x * x;
  const double yy = y * y;
  const double zz = z * z;
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
bool project(const GaussianCloud& cloud, const Camera& camera, std::size_t i, unsigned maxShDegree,
             Footprint& out) {
  std::array<double, 3> offset{};
  for (std::size_t c = 0; c < 3; ++c) {
    offset[c] =
        static_cast<double>(cloud.means[3 * i + c]) - static_cast<double>(camera.position[c]);
  }
  Matrix view{};
  std::array<double, 3> p{};
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t c = 0; c < 3; ++c) {
      view[r][c] = static_cast<double>(camera.rotation[3 * r + c]);
      p[r] += view[r][c] * offset[c];
    }
  }
  if (p[2] < static_cast<double>(camera.nearPlane)) {
    return false;
  }
  const double fx = static_cast<double>(camera.fx);
  const double fy = static_cast<double>(camera.fy);
  out.index = i;
  out.depth = p[2];
  out.u = fx * p[0] / p[2] + static_cast<double>(camera.cx);
  out.v = fy * p[1] / p[2] + static_cast<double>(camera.cy);

  const Matrix rotation = quaternionMatrix(static_cast<double>(cloud.rotations[4 * i]),
                                           static_cast<double>(cloud.rotations[4 * i + 1]),
                                           static_cast<double>(cloud.rotations[4 * i + 2]),
                                           static_cast<double>(cloud.rotations[4 * i + 3]));
  Matrix covariance{};
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t k = 0; k < 3; ++k) {
        const double variance = std::exp(2 * static_cast<double>(cloud.logScales[3 * i + k]));
        covariance[r][c] += rotation[r][k] * variance * rotation[c][k];
      }
    }
  }
  const double limitX = 1.3 * static_cast<double>(camera.width) / (2 * fx);
  const double limitY = 1.3 * static_cast<double>(camera.height) / (2 * fy);
  const double tx = std::clamp(p[0] / p[2], -limitX, limitX) * p[2];
  const double ty = std::clamp(p[1] / p[2], -limitY, limitY) * p[2];
  const double jacobian[2][3] = {{fx / p[2], 0, -fx * tx / (p[2] * p[2])},
                                 {0, fy / p[2], -fy * ty / (p[2] * p[2])}};
  double jw[2][3] = {};
  for (std::size_t r = 0; r < 2; ++r) {
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t k = 0; k < 3; ++k) {
        jw[r][c] += jacobian[r][k] * view[k][c];
      }
    }
  }
  double plane[2][2] = {};
  for (std::size_t r = 0; r < 2; ++r) {
    for (std::size_t c = 0; c < 2; ++c) {
      for (std::size_t k = 0; k < 3; ++k) {
        for (std::size_t l = 0; l < 3; ++l) {
          plane[r][c] += jw[r][k] * covariance[k][l] * jw[c][l];
        }
      }
    }
  }
  const double before = plane[0][0] * plane[1][1] - plane[0][1] * plane[0][1];
  const double a = plane[0][0] + 0.3;
  const double c = plane[1][1] + 0.3;
  const double after = a * c - plane[0][1] * plane[0][1];
  out.conicA = c / after;
  out.conicB = -plane[0][1] / after;
  out.conicC = a / after;
  out.opacity = 1 / (1 + std::exp(-static_cast<double>(cloud.opacityLogits[i])));
  if (cloud.filter == FilterMode::Antialiased) {
    out.opacity *= std::sqrt(std::max(0.0, before / after));
  }

  const double length =
      std::sqrt(offset[0] * offset[0] + offset[1] * offset[1] + offset[2] * offset[2]);
  const std::array<double, 25> basis =
      harmonics(offset[0] / length, offset[1] / length, offset[2] / length);
  const std::size_t stored = shRestCount(cloud.shDegree);
  const std::size_t used = shRestCount(std::min(cloud.shDegree, maxShDegree));
  for (std::size_t channel = 0; channel < 3; ++channel) {
    double value = 0.5 + basis[0] * static_cast<double>(cloud.shDc[3 * i + channel]);
    for (std::size_t k = 0; k < used; ++k) {
      value += basis[k + 1] * static_cast<double>(cloud.shRest[(i * stored + k) * 3 + channel]);
    }
    out.color[channel] = std::max(0.0, value);
  }
  return true;
}

}  // namespace

ReferenceResult renderReference(const GaussianCloud& cloud, const Camera& camera,
                                std::array<double, 3> background, unsigned maxShDegree) {
  std::vector<Footprint> footprints;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    Footprint footprint;
    if (project(cloud, camera, i, maxShDegree, footprint)) {
      footprints.push_back(footprint);
    }
  }
  std::stable_sort(footprints.begin(), footprints.end(),
                   [](const Footprint& a, const Footprint& b) { return a.depth < b.depth; });
  ReferenceResult result;
  result.hits.resize(cloud.count);
  result.opacityTransmittance.resize(cloud.count);
  result.alphaTransmittance.resize(cloud.count);
  for (std::size_t y = 0; y < camera.height; ++y) {
    for (std::size_t x = 0; x < camera.width; ++x) {
      double transmittance = 1;
      std::array<double, 3> sum{};
      for (const Footprint& splat : footprints) {
        const double dx = splat.u - (static_cast<double>(x) + 0.5);
        const double dy = splat.v - (static_cast<double>(y) + 0.5);
        const double power =
            -0.5 * (splat.conicA * dx * dx + splat.conicC * dy * dy) - splat.conicB * dx * dy;
        const double alpha = std::min(0.99, splat.opacity * std::exp(power));
        if (power > 0 || alpha < 1.0 / 255) {
          continue;
        }
        const double next = transmittance * (1 - alpha);
        if (next < 1e-4) {
          break;
        }
        result.hits[splat.index] += 1;
        result.opacityTransmittance[splat.index] += splat.opacity * transmittance;
        result.alphaTransmittance[splat.index] += alpha * transmittance;
        for (std::size_t c = 0; c < 3; ++c) {
          sum[c] += splat.color[c] * alpha * transmittance;
        }
        transmittance = next;
      }
      for (std::size_t c = 0; c < 3; ++c) {
        result.color.push_back(sum[c] + transmittance * background[c]);
      }
      result.alpha.push_back(1 - transmittance);
    }
  }
  return result;
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
