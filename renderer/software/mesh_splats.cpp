#include "renderer/software/mesh_splats.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include <Eigen/Dense>

#include "scene/types/spherical_harmonics.hpp"

namespace volpress::renderer {
namespace {

using Vec = std::array<float, 3>;

constexpr float kSigma = 0.85F;     ///< of the distance between samples
constexpr float kFlatness = 0.05F;  ///< across the surface, of the width along it
constexpr float kOpacity = 0.995F;
constexpr unsigned kMostDegree = 3;
constexpr std::size_t kDirections = 13;

Vec cross(const Vec& a, const Vec& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
float dot(const Vec& a, const Vec& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
Vec scaled(const Vec& a, float s) { return {a[0] * s, a[1] * s, a[2] * s}; }

struct Triangle {
  std::uint32_t part = 0;
  std::uint32_t triangle = 0;
  double areaBefore = 0;  ///< of all triangles before this one
};

std::array<Vec, 3> cornersOf(const PosedPart& part, std::uint32_t triangle) {
  std::array<Vec, 3> corners{};
  for (std::size_t k = 0; k < 3; ++k) {
    const std::size_t vertex = part.part->indices[3 * std::size_t{triangle} + k];
    std::copy_n(&part.positions[3 * vertex], 3, corners.at(k).begin());
  }
  return corners;
}

/// Twice the area long.
Vec normalOf(const PosedPart& part, std::uint32_t triangle) {
  const auto [a, b, c] = cornersOf(part, triangle);
  const Vec normal =
      cross({b[0] - a[0], b[1] - a[1], b[2] - a[2]}, {c[0] - a[0], c[1] - a[1], c[2] - a[2]});
  return part.mirrored ? scaled(normal, -1) : normal;
}

/// Which side of a part's triangles is looked at: 1 the front, -1 the back, 0 both. Where a
/// material shows both, the part's volume tells: shells are seen from without, sheets from both
/// sides.
int seenSide(const PreparedMesh& mesh, std::uint32_t index) {
  if (!mesh.isDoubleSided(index)) {
    return 1;
  }
  constexpr double kShell = 0.005;  // of the volume of a cube with an area's square as side
  const PosedPart& part = mesh.parts()[index];
  double volume = 0;
  double area = 0;
  Vec origin{};
  for (std::uint32_t t = 0; t < part.part->triangleCount(); ++t) {
    const Vec normal = normalOf(part, t);
    const std::array<Vec, 3> corners = cornersOf(part, t);
    if (t == 0) {
      origin = corners[0];
    }
    const Vec from{corners[0][0] - origin[0], corners[0][1] - origin[1], corners[0][2] - origin[2]};
    volume += static_cast<double>(dot(from, normal)) / 6;
    area += std::sqrt(static_cast<double>(dot(normal, normal))) / 2;
  }
  return std::abs(volume) < kShell * std::pow(area, 1.5) ? 0 : volume > 0 ? 1 : -1;
}

/// Two unit vectors at right angles to a unit vector and each other (Duff et al., 2017).
std::array<Vec, 2> frameOf(const Vec& n) {
  const float sign = n[2] < 0 ? -1.0F : 1.0F;
  const float a = -1 / (sign + n[2]);
  const float b = n[0] * n[1] * a;
  return {
      {{1 + sign * n[0] * n[0] * a, sign * b, -sign * n[0]}, {b, sign + n[1] * n[1] * a, -n[1]}}};
}

/// The quaternion w, x, y, z that turns z to `n`.
std::array<float, 4> turnTo(const Vec& n) {
  if (n[2] < -0.9999F) {
    return {0, 1, 0, 0};
  }
  const float length = std::sqrt(2 * (1 + n[2]));
  return {length / 2, -n[1] / length, n[0] / length, 0};
}

class Sampler {
public:
  Sampler(const PreparedMesh& mesh, const MeshSplatSettings& settings)
      : m_mesh(mesh), m_settings(settings), m_degree(std::min(settings.shDegree, kMostDegree)) {
    for (std::uint32_t p = 0; p < mesh.parts().size(); ++p) {
      const PosedPart& part = mesh.parts()[p];
      m_sides.push_back(seenSide(mesh, p));
      for (std::uint32_t t = 0; t < part.part->triangleCount(); ++t) {
        const Vec normal = normalOf(part, t);
        const double area = std::sqrt(static_cast<double>(dot(normal, normal))) / 2;
        if (area > 0) {
          m_triangles.push_back({p, t, m_area});
          m_area += area;
        }
      }
    }
    if (settings.colors == SplatColors::Base) {
      m_degree = 0;
    }
  }

  [[nodiscard]] double area() const noexcept { return m_area; }
  [[nodiscard]] unsigned degree() const noexcept { return m_degree; }

  /// Splat `i`, and its place; false where the material cuts it away.
  bool place(std::size_t i, GaussianCloud& cloud, MeshPoint& point) const {
    const auto count = static_cast<double>(m_settings.count);
    const double target = (static_cast<double>(i) + 0.5) / count * m_area;
    const auto above =
        std::upper_bound(m_triangles.begin(), m_triangles.end(), target,
                         [](double area, const Triangle& one) { return area < one.areaBefore; });
    const Triangle& one = *(above - 1);
    const PosedPart& part = m_mesh.parts()[one.part];
    const std::array<Vec, 3> corners = cornersOf(part, one.triangle);
    // Roberts' R2 sequence fills a triangle evenly however many samples fall on it.
    const auto fraction = [i](double step) {
      const double value = 0.5 + step * static_cast<double>(i);
      return static_cast<float>(value - std::floor(value));
    };
    float u = fraction(0.7548776662466927);
    float v = fraction(0.5698402909980532);
    if (u + v > 1) {
      u = 1 - u;
      v = 1 - v;
    }
    point = {one.part, one.triangle, {1 - u - v, u, v}, 0, {}};
    const auto spacing = static_cast<float>(std::sqrt(m_area / count));
    point.reach = spacing;
    const Vec area = normalOf(part, one.triangle);
    const Vec normal = scaled(area, 1 / std::sqrt(dot(area, area)));
    float alpha = 0;
    if (!paint(point, normal, &cloud.shDc[3 * i], cloud.shRest, i, alpha)) {
      return false;
    }
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.means[3 * i + c] = point.weights[0] * corners[0].at(c) +
                               point.weights[1] * corners[1].at(c) +
                               point.weights[2] * corners[2].at(c);
      cloud.logScales[3 * i + c] = std::log(kSigma * spacing * (c == 2 ? kFlatness : 1));
    }
    const std::array<float, 4> turn = turnTo(normal);
    std::copy(turn.begin(), turn.end(), &cloud.rotations[4 * i]);
    const float opacity = std::clamp(kOpacity * alpha, 0.001F, kOpacity);
    cloud.opacityLogits[i] = std::log(opacity / (1 - opacity));
    return true;
  }

private:
  /// Colours seen from a fan of directions in front of the point, as SH by least squares; higher
  /// bands are held small, so that directions not looked from stay near the mean.
  bool paint(MeshPoint point, const Vec& normal, float* dc, FloatArray& rest, std::size_t i,
             float& alpha) const {
    if (m_degree == 0 && m_settings.colors == SplatColors::Base) {
      const std::array<float, 4> base = m_mesh.baseColorAt(point);
      alpha = base[3];
      for (std::size_t c = 0; c < 3; ++c) {
        dc[c] = (base.at(c) - 0.5F) / kSh0;
      }
      return alpha > 0;
    }
    const std::size_t basisCount = shRestCount(m_degree) + 1;
    const std::array<Vec, 2> frame = frameOf(normal);
    Eigen::MatrixXf system = Eigen::MatrixXf::Zero(static_cast<Eigen::Index>(basisCount),
                                                   static_cast<Eigen::Index>(basisCount));
    Eigen::MatrixXf right = Eigen::MatrixXf::Zero(static_cast<Eigen::Index>(basisCount), 3);
    const int shownSide = m_sides[point.part];
    const std::size_t sides = shownSide == 0 ? 2 : 1;
    for (std::size_t look = 0; look < sides * kDirections; ++look) {
      const std::size_t k = look % kDirections;
      const float side = (look < kDirections) == (shownSide >= 0) ? 1.0F : -1.0F;
      // One from the front, six each from 35 and 65 degrees aside.
      const float tilt = k == 0 ? 0 : k < 7 ? 0.61F : 1.13F;
      const float turn = static_cast<float>(k) * 1.0471976F + (k < 7 ? 0.0F : 0.5235988F);
      for (std::size_t c = 0; c < 3; ++c) {
        point.toEye.at(c) =
            side * std::cos(tilt) * normal.at(c) +
            std::sin(tilt) * (std::cos(turn) * frame[0].at(c) + std::sin(turn) * frame[1].at(c));
      }
      const std::array<float, 4> seen = m_mesh.colorAt(point);
      alpha = seen[3];
      if (alpha <= 0) {
        return false;
      }
      std::array<float, kMaxShBasis> basis{};
      evaluateShBasis(m_degree, scaled(point.toEye, -1), basis);
      const Eigen::Map<const Eigen::VectorXf> row(basis.data(),
                                                  static_cast<Eigen::Index>(basisCount));
      const float weight = std::cos(tilt);
      system.noalias() += weight * row * row.transpose();
      right.noalias() +=
          weight * row * Eigen::RowVector3f(seen[0] - 0.5F, seen[1] - 0.5F, seen[2] - 0.5F);
    }
    for (std::size_t b = 1; b < basisCount; ++b) {
      system(static_cast<Eigen::Index>(b), static_cast<Eigen::Index>(b)) += 0.005F;
    }
    const Eigen::MatrixXf found = system.ldlt().solve(right);
    for (Eigen::Index c = 0; c < 3; ++c) {
      dc[c] = found(0, c);
      for (std::size_t b = 1; b < basisCount; ++b) {
        rest[(i * (basisCount - 1) + b - 1) * 3 + static_cast<std::size_t>(c)] =
            found(static_cast<Eigen::Index>(b), c);
      }
    }
    return true;
  }

  const PreparedMesh& m_mesh;
  MeshSplatSettings m_settings;
  unsigned m_degree;
  std::vector<Triangle> m_triangles;
  std::vector<int> m_sides;  ///< of parts
  double m_area = 0;
};

}  // namespace

Result<GaussianCloud> splatsOfMesh(const PreparedMesh& mesh, const MeshSplatSettings& settings,
                                   TaskRunner& runner, const std::stop_token& stop,
                                   std::vector<MeshPoint>* points) {
  const Sampler sampler(mesh, settings);
  if (!(sampler.area() > 0) || !std::isfinite(sampler.area()) || settings.count == 0) {
    return fail(ErrorCode::InvalidParameter, "the mesh has a surface of {} and {} splats are asked",
                sampler.area(), settings.count);
  }
  GaussianCloud cloud;
  resizeCloud(cloud, settings.count, sampler.degree());
  cloud.frame = AxisFrame::LeftUpForward;
  std::vector<std::uint8_t> kept(settings.count, 0);
  std::vector<MeshPoint> places(settings.count);
  runner.parallelFor(settings.count, 1024, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      kept[i] = sampler.place(i, cloud, places[i]) ? 1 : 0;
    }
  });
  if (stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  std::vector<std::uint32_t> indices;
  for (std::uint32_t i = 0; i < settings.count; ++i) {
    if (kept[i] != 0) {
      indices.push_back(i);
    }
  }
  if (points != nullptr) {
    points->clear();
    for (const std::uint32_t i : indices) {
      points->push_back(places[i]);
    }
  }
  GaussianCloud result = gatherSplats(cloud, indices);
  result.filter = FilterMode::Antialiased;
  VOLPRESS_CHECK(validate(result));
  return result;
}

}  // namespace volpress::renderer
