#include "compressors/mesh/wedges.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::compressors::meshes {
namespace {

double dot(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/// How sharp the edge between two faces is: 0 for flat, 9 for a fold back onto itself.
std::uint32_t sharpness(const Shape& shape, std::uint32_t corner) {
  static constexpr std::array<double, 8> kSteps{0.9999, 0.998, 0.99, 0.96, 0.88, 0.7, 0.4, -0.2};
  const std::uint32_t f = corner / 3;
  const std::uint32_t g = shape.grown.surface.twin[corner] / 3;
  const double lengths = shape.faceLengths[f] * shape.faceLengths[g];
  if (lengths == 0) {
    return 9;
  }
  const double cosine = dot(shape.faceNormals[f], shape.faceNormals[g]) / lengths;
  const auto place =
      std::find_if(kSteps.begin(), kSteps.end(), [&](double step) { return cosine > step; });
  return static_cast<std::uint32_t>(place - kSteps.begin());
}

template <typename Side>
class SeamCoder {
public:
  SeamCoder(Side& side, SeamModels& models, const Shape& shape, const SeamTest& isSeam)
      : m_side(side), m_models(models), m_shape(shape), m_isSeam(isSeam) {}

  Wedges run() {
    const Surface& surface = m_shape.grown.surface;
    const auto corners = static_cast<std::uint32_t>(surface.vertexOf.size());
    m_seams.assign(corners, false);
    m_at.assign(surface.vertexCount(), 0);
    bool any = false;
    for (std::uint32_t c = 0; c < corners; ++c) {
      if (surface.twin[c] < c) {
        continue;
      }
      if (!surface.isReal(c) || !surface.isReal(surface.twin[c])) {
        mark(c);
      } else if (Side::kWrites && !any) {
        any = m_isSeam(c);
      }
    }
    if (m_models.any.code(m_side, 0, {0}, any)) {
      codeSeams(corners);
    }
    return collect();
  }

private:
  void mark(std::uint32_t corner) {
    const Surface& surface = m_shape.grown.surface;
    m_seams[corner] = m_seams[surface.twin[corner]] = true;
    if (!surface.isReal(corner) && !surface.isReal(surface.twin[corner])) {
      return;  // within a cap
    }
    for (const std::uint32_t c : {corner, nextCorner(corner)}) {
      std::uint8_t& count = m_at[surface.vertexOf[c]];
      count = static_cast<std::uint8_t>(std::min(count + 1, 3));
    }
  }

  void codeSeams(std::uint32_t corners) {
    const Surface& surface = m_shape.grown.surface;
    std::uint32_t last = 0;
    for (std::uint32_t c = 0; c < corners; ++c) {
      if (surface.twin[c] < c || m_seams[c]) {
        continue;
      }
      const std::uint32_t a = m_at[surface.vertexOf[c]];
      const std::uint32_t b = m_at[surface.vertexOf[nextCorner(c)]];
      const std::uint32_t sharp = sharpness(m_shape, c);
      const bool seam =
          m_models.seam.code(m_side, 0, {(a * 4 + b) * 2 + last, sharp * 16 + a * 4 + b},
                             Side::kWrites && m_isSeam(c));
      last = seam ? 1 : 0;
      if (seam) {
        mark(c);
      }
    }
  }

  [[nodiscard]] Wedges collect() const {
    const Surface& surface = m_shape.grown.surface;
    Wedges wedges;
    wedges.wedgeOf.assign(surface.vertexOf.size(), kNone);
    for (std::uint32_t v = 0; v < surface.vertexCount(); ++v) {
      if (surface.isCap[v]) {
        continue;
      }
      // The edge over which one turns into a corner leaves it.
      std::uint32_t first = surface.cornerOf[v];
      std::uint32_t corner = first;
      do {
        if (m_seams[corner]) {
          first = corner;
          break;
        }
        corner = surface.turn(corner);
      } while (corner != first);
      corner = first;
      do {
        if (surface.isReal(corner)) {
          if (corner == first || m_seams[corner]) {
            wedges.cornerOf.push_back(corner);
          }
          wedges.wedgeOf[corner] = static_cast<std::uint32_t>(wedges.cornerOf.size() - 1);
        }
        corner = surface.turn(corner);
      } while (corner != first);
    }
    return wedges;
  }

  Side& m_side;
  SeamModels& m_models;
  const Shape& m_shape;
  const SeamTest& m_isSeam;
  std::vector<bool> m_seams;       ///< of half-edges
  std::vector<std::uint8_t> m_at;  ///< of vertices: seams known there, at most 3
};

}  // namespace

std::array<double, 3> Shape::position(std::uint32_t corner) const {
  const std::size_t at = 3 * std::size_t{grown.place[grown.surface.vertexOf[corner]]};
  return {static_cast<double>(positions[at]), static_cast<double>(positions[at + 1]),
          static_cast<double>(positions[at + 2])};
}

void measureFaces(Shape& shape) {
  const Surface& surface = shape.grown.surface;
  shape.faceNormals.assign(surface.faceCount(), {0, 0, 0});
  shape.faceLengths.assign(surface.faceCount(), 0);
  for (std::uint32_t f = 0; f < surface.faceCount(); ++f) {
    if (!surface.isReal(3 * f)) {
      continue;
    }
    const auto o = shape.position(3 * f);
    auto a = shape.position(3 * f + 1);
    auto b = shape.position(3 * f + 2);
    for (std::size_t i = 0; i < 3; ++i) {
      a[i] -= o[i];
      b[i] -= o[i];
    }
    shape.faceNormals[f] = {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2],
                            a[0] * b[1] - a[1] * b[0]};
    shape.faceLengths[f] = std::sqrt(dot(shape.faceNormals[f], shape.faceNormals[f]));
  }
}

Wedges writeWedges(coding::BitWriteSide& side, SeamModels& models, const Shape& shape,
                   const SeamTest& isSeam) {
  return SeamCoder<coding::BitWriteSide>(side, models, shape, isSeam).run();
}

Wedges readWedges(coding::BitReadSide& side, SeamModels& models, const Shape& shape) {
  return SeamCoder<coding::BitReadSide>(side, models, shape, {}).run();
}

}  // namespace volpress::compressors::meshes
