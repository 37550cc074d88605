#include "renderer/software/splat_gradients.hpp"

#include <cmath>

#include "renderer/software/sh_gradient.hpp"

namespace volpress::renderer {
namespace {

using Vec3 = std::array<double, 3>;

Vec3 operator+(const Vec3& a, const Vec3& b) { return {a[0] + b[0], a[1] + b[1], a[2] + b[2]}; }
Vec3 operator*(double k, const Vec3& a) { return {k * a[0], k * a[1], k * a[2]}; }
double dot(const Vec3& a, const Vec3& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
Vec3 cross(const Vec3& a, const Vec3& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

Vec3 rowOf(const std::array<float, 9>& m, std::size_t r) {
  return {static_cast<double>(m[3 * r]), static_cast<double>(m[3 * r + 1]),
          static_cast<double>(m[3 * r + 2])};
}

void add(float& sum, double value) { sum += static_cast<float>(value); }

/// The derivative of the 2-D footprint's rows (J W axes): their Gram matrix is the covariance.
struct SpreadGradient {
  Vec3 x, y;
};

SpreadGradient spreadGradient(const ProjectedSplat& splat, const ScreenSums& sums, const Vec3& x,
                              const Vec3& y, bool antialiased) {
  // d(loss)/d(covariance) = 1/2 sum of k q q^T with q = conic * d = c (s a, t a + w^2 dy).
  constexpr double kConic = 1.38629436111989061883;  // 2 ln 2
  const double s = kConic * static_cast<double>(splat.s);
  const double t = kConic * static_cast<double>(splat.t);
  const double w = kConic * static_cast<double>(splat.w) * static_cast<double>(splat.w);
  const auto kaa = static_cast<double>(sums.kaa);
  const auto kady = static_cast<double>(sums.kady);
  const auto kdydy = static_cast<double>(sums.kdydy);
  const double xx = s * s * kaa;
  const double xy = s * (t * kaa + w * kady);
  const double yy = t * t * kaa + 2 * t * w * kady + w * w * kdydy;
  SpreadGradient out{xx * x + xy * y, xy * x + yy * y};
  if (antialiased) {
    // Opacity is scaled by sqrt(before / after) of the determinants without and with the low-pass.
    constexpr auto kPass = static_cast<double>(kLowPass);
    const Vec3 normal = cross(x, y);
    const double before = dot(normal, normal);
    const double after = before + kPass * (dot(x, x) + dot(y, y)) + kPass * kPass;
    const auto k = static_cast<double>(sums.k);
    const double ofBefore = k * (1 / before - 1 / after);
    const double ofTrace = -k * kPass / after;
    out.x = out.x + ofBefore * cross(y, normal) + ofTrace * x;
    out.y = out.y + ofBefore * cross(normal, x) + ofTrace * y;
  }
  return out;
}

void addRotation(const float* stored, const std::array<Vec3, 3>& columns, float* gradient) {
  Vec3 d[3];  // rows of d(loss)/d(rotation matrix)
  for (std::size_t r = 0; r < 3; ++r) {
    d[r] = {columns[0][r], columns[1][r], columns[2][r]};
  }
  std::array<double, 4> q{};
  double length2 = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    q[c] = static_cast<double>(stored[c]);
    length2 += q[c] * q[c];
  }
  const double inverse = 1 / std::sqrt(length2);
  for (double& value : q) {
    value *= inverse;
  }
  const auto [w, x, y, z] = q;
  const std::array<double, 4> unit{
      2 * (z * (d[1][0] - d[0][1]) + y * (d[0][2] - d[2][0]) + x * (d[2][1] - d[1][2])),
      2 * (y * (d[0][1] + d[1][0]) + z * (d[0][2] + d[2][0]) + w * (d[2][1] - d[1][2]) -
           2 * x * (d[1][1] + d[2][2])),
      2 * (x * (d[0][1] + d[1][0]) + z * (d[1][2] + d[2][1]) + w * (d[0][2] - d[2][0]) -
           2 * y * (d[0][0] + d[2][2])),
      2 * (x * (d[0][2] + d[2][0]) + y * (d[1][2] + d[2][1]) + w * (d[1][0] - d[0][1]) -
           2 * z * (d[0][0] + d[1][1]))};
  double along = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    along += q[c] * unit[c];
  }
  for (std::size_t c = 0; c < 4; ++c) {
    add(gradient[c], (unit[c] - along * q[c]) * inverse);
  }
}

/// SH coefficients, and the part of the mean through which the direction turns.
Vec3 addColor(const SplatChain& chain, const ProjectedSplat& splat, const ScreenSums& sums,
              const Vec3& offset, CloudGradients& gradients) {
  const std::size_t i = splat.index;
  std::array<float, 3> color{};
  for (std::size_t c = 0; c < 3; ++c) {
    if (chain.directColors) {
      gradients.colors[3 * i + c] += sums.color[c];
    } else if (splat.color[c] > 0) {
      color[c] = sums.color[c];
      gradients.shDc[3 * i + c] += kSh0 * color[c];
    }
  }
  const std::size_t coefficients = chain.directColors ? 0 : shRestCount(chain.shDegree);
  const double length = std::sqrt(dot(offset, offset));
  if (coefficients == 0 || !(length > 0)) {
    return {};
  }
  const std::array<float, 3> direction{static_cast<float>(offset[0] / length),
                                       static_cast<float>(offset[1] / length),
                                       static_cast<float>(offset[2] / length)};
  std::array<float, kMaxShBasis> basis{};
  evaluateShBasis(chain.shDegree, direction, basis);
  const GaussianCloud& source = *chain.cloud.source;
  const std::size_t first = 3 * shRestCount(source.shDegree) * i;
  const float* rest = source.shRest.data() + first;
  float* gradient = gradients.shRest.data() + first;
  std::array<float, shRestCount(kMaxShDegree)> weights{};
  for (std::size_t k = 0; k < coefficients; ++k) {
    float weight = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      gradient[3 * k + c] += basis[k + 1] * color[c];
      weight += color[c] * rest[3 * k + c];
    }
    weights[k] = weight;
  }
  const std::array<float, 3> turn = shDirectionGradient(chain.shDegree, direction, weights);
  return {static_cast<double>(turn[0]) / length, static_cast<double>(turn[1]) / length,
          static_cast<double>(turn[2]) / length};
}

}  // namespace

void backpropagateSplat(const SplatChain& chain, const ProjectedSplat& splat,
                        const ScreenSums& sums, CloudGradients& gradients) {
  const SoftwareCloud& cloud = chain.cloud;
  const GaussianCloud& source = *cloud.source;
  const ProjectionCamera& camera = chain.camera;
  const std::size_t i = splat.index;

  Vec3 offset{};
  for (std::size_t c = 0; c < 3; ++c) {
    offset[c] = static_cast<double>(cloud.mean[c][i] - camera.position[c]);
  }
  const Vec3 right = rowOf(camera.rotation, 0);
  const Vec3 down = rowOf(camera.rotation, 1);
  const Vec3 forward = rowOf(camera.rotation, 2);
  const double inverseDepth = 1 / dot(forward, offset);
  const double tanX = dot(right, offset) * inverseDepth;
  const double tanY = dot(down, offset) * inverseDepth;
  const auto limitX = static_cast<double>(camera.limitX);
  const auto limitY = static_cast<double>(camera.limitY);
  const double clampedX = std::clamp(tanX, -limitX, limitX);
  const double clampedY = std::clamp(tanY, -limitY, limitY);
  const auto fx = static_cast<double>(camera.fx);
  const auto fy = static_cast<double>(camera.fy);
  const Vec3 rayX = right + -clampedX * forward;
  const Vec3 rayY = down + -clampedY * forward;
  const Vec3 jacobianX = fx * inverseDepth * rayX;
  const Vec3 jacobianY = fy * inverseDepth * rayY;
  std::array<Vec3, 3> axis{};
  Vec3 spreadX{};
  Vec3 spreadY{};
  for (std::size_t c = 0; c < 3; ++c) {
    axis[c] = {static_cast<double>(cloud.axes[c][i]), static_cast<double>(cloud.axes[3 + c][i]),
               static_cast<double>(cloud.axes[6 + c][i])};
    spreadX[c] = dot(jacobianX, axis[c]);
    spreadY[c] = dot(jacobianY, axis[c]);
  }
  const SpreadGradient spread =
      spreadGradient(splat, sums, spreadX, spreadY, source.filter == FilterMode::Antialiased);

  // Axes: scale and rotation.
  Vec3 ofJacobianX{};
  Vec3 ofJacobianY{};
  std::array<Vec3, 3> ofRotation{};
  for (std::size_t c = 0; c < 3; ++c) {
    const Vec3 ofAxis = spread.x[c] * jacobianX + spread.y[c] * jacobianY;
    ofJacobianX = ofJacobianX + spread.x[c] * axis[c];
    ofJacobianY = ofJacobianY + spread.y[c] * axis[c];
    if (source.logScales[3 * i + c] < kLargestLogScale) {
      add(gradients.logScales[3 * i + c], dot(ofAxis, axis[c]));
    }
    ofRotation[c] = std::sqrt(dot(axis[c], axis[c])) * ofAxis;
  }
  addRotation(source.rotations.data() + 4 * i, ofRotation, gradients.rotations.data() + 4 * i);

  // The projected centre: k q summed over pixels.
  constexpr double kConic = 1.38629436111989061883;  // 2 ln 2
  const auto s = static_cast<double>(splat.s);
  const auto t = static_cast<double>(splat.t);
  const auto w = static_cast<double>(splat.w);
  const auto ka = static_cast<double>(sums.ka);
  const double ofU = kConic * s * ka;
  const double ofV = kConic * (t * ka + w * w * static_cast<double>(sums.kdy));
  add(gradients.screenMeans[2 * i], ofU);
  add(gradients.screenMeans[2 * i + 1], ofV);

  // The mean, through the centre, the Jacobian and the view direction.
  double ofTanX = fx * ofU;
  double ofTanY = fy * ofV;
  if (std::abs(tanX) < limitX) {
    ofTanX -= fx * inverseDepth * dot(ofJacobianX, forward);
  }
  if (std::abs(tanY) < limitY) {
    ofTanY -= fy * inverseDepth * dot(ofJacobianY, forward);
  }
  const double ofInverseDepth = fx * dot(ofJacobianX, rayX) + fy * dot(ofJacobianY, rayY);
  const double ofDepth =
      -inverseDepth * (ofInverseDepth * inverseDepth + ofTanX * tanX + ofTanY * tanY);
  const Vec3 ofMean = (ofTanX * inverseDepth) * right + (ofTanY * inverseDepth) * down +
                      ofDepth * forward + addColor(chain, splat, sums, offset, gradients);
  for (std::size_t c = 0; c < 3; ++c) {
    add(gradients.means[3 * i + c], ofMean[c]);
  }
  const auto opacity = static_cast<double>(cloud.opacity[i]);
  add(gradients.opacityLogits[i], static_cast<double>(sums.k) * (1 - opacity));
}

}  // namespace volpress::renderer
