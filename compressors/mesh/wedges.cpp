#include "compressors/mesh/wedges.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::compressors::meshes {
namespace {

double dot(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

std::uint8_t sharpnessOf(const Shape& shape, std::size_t f, std::size_t g) {
  static constexpr std::array<double, 8> kSteps{0.9999, 0.998, 0.99, 0.96, 0.88, 0.7, 0.4, -0.2};
  const double lengths = shape.faceLengths[f] * shape.faceLengths[g];
  if (lengths == 0) {
    return 9;
  }
  const double cosine = dot(shape.faceNormals[f], shape.faceNormals[g]) / lengths;
  unsigned below = 0;  // counted without a branch: nothing foretells it
  for (const double step : kSteps) {
    below += cosine > step ? 0U : 1U;
  }
  return static_cast<std::uint8_t>(below);
}

template <typename Side>
class SeamCoder {
public:
  SeamCoder(Side& side, SeamModels& models, const Shape& shape, const SeamTest& isSeam)
      : m_side(side), m_models(models), m_shape(shape), m_isSeam(isSeam) {}

  Wedges run() {
    const Surface& surface = m_shape.grown.surface;
    const auto corners = static_cast<std::uint32_t>(surface.vertexOf.size());
    m_seams.assign(corners, 0);
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
      codeSeams();
    }
    return collect();
  }

private:
  void mark(std::uint32_t corner) {
    const Surface& surface = m_shape.grown.surface;
    m_seams[corner] = m_seams[surface.twin[corner]] = 1;
    if (!surface.isReal(corner) && !surface.isReal(surface.twin[corner])) {
      return;  // within a cap
    }
    for (const std::uint32_t c : {corner, nextCorner(corner)}) {
      std::uint8_t& count = m_at[surface.vertexOf[c]];
      count = static_cast<std::uint8_t>(std::min(count + 1, 3));
    }
  }

  void codeSeams() {
    const Surface& surface = m_shape.grown.surface;
    coding::SideForValue<Side> own(m_side);
    std::uint32_t last = 0;
    for (std::uint32_t face = 0; face < surface.faceCount(); ++face) {
      for (std::uint32_t i = 0; i < 3; ++i) {
        const std::uint32_t c = 3 * face + i;
        if (surface.twin[c] < c || m_seams[c] != 0) {
          continue;
        }
        const std::uint32_t a = m_at[surface.vertexOf[c]];
        const std::uint32_t b = m_at[surface.vertexOf[i == 2 ? c - 2 : c + 1]];
        const std::uint32_t sharp = m_shape.sharpness[c];
        const bool seam =
            m_models.seam.code(own.get(), 0, {(a * 4 + b) * 2 + last, sharp * 16 + a * 4 + b},
                               Side::kWrites && m_isSeam(c));
        last = seam ? 1 : 0;
        if (seam) {
          mark(c);
        }
      }
    }
  }

  [[nodiscard]] Wedges collect() const {
    const GrownSurface& grown = m_shape.grown;
    const Surface& surface = grown.surface;
    Wedges wedges;
    wedges.wedgeOf.assign(surface.vertexOf.size(), kNone);
    wedges.corners.reserve(3 * grown.realFaces);
    wedges.begin.reserve(surface.vertexCount() + 1);
    for (std::uint32_t v = 0; v < surface.vertexCount(); ++v) {
      if (surface.isCap[v]) {
        continue;
      }
      // The edge over which one turns into a corner leaves it.
      const std::span<const std::uint32_t> fan = grown.fan(v);
      const auto seam =
          std::find_if(fan.begin(), fan.end(), [&](std::uint32_t c) { return m_seams[c] != 0; });
      const std::size_t from = seam != fan.end() ? static_cast<std::size_t>(seam - fan.begin()) : 0;
      bool starts = true;
      const auto take = [&](std::uint32_t corner) {
        if (surface.isReal(corner)) {
          if (starts || m_seams[corner] != 0) {
            wedges.begin.push_back(static_cast<std::uint32_t>(wedges.corners.size()));
          }
          wedges.wedgeOf[corner] = static_cast<std::uint32_t>(wedges.begin.size() - 1);
          wedges.corners.push_back(corner);
        }
        starts = false;
      };
      std::for_each(fan.begin() + static_cast<std::ptrdiff_t>(from), fan.end(), take);
      std::for_each(fan.begin(), fan.begin() + static_cast<std::ptrdiff_t>(from), take);
    }
    wedges.begin.push_back(static_cast<std::uint32_t>(wedges.corners.size()));
    return wedges;
  }

  Side& m_side;
  SeamModels& m_models;
  const Shape& m_shape;
  const SeamTest& m_isSeam;
  std::vector<std::uint8_t> m_seams;  ///< of half-edges: 1 where the attribute jumps
  std::vector<std::uint8_t> m_at;     ///< of vertices: seams known there, at most 3
};

}  // namespace

void measureFaces(Shape& shape) {
  const Surface& surface = shape.grown.surface;
  shape.faceNormals.assign(surface.faceCount(), {0, 0, 0});
  shape.faceLengths.assign(surface.faceCount(), 0);
  for (std::uint32_t f = 0; f < surface.faceCount(); ++f) {
    if (!surface.isReal(3 * f)) {
      continue;
    }
    const std::int32_t* o = shape.position(3 * f);
    const std::int32_t* x = shape.position(3 * f + 1);
    const std::int32_t* y = shape.position(3 * f + 2);
    std::array<double, 3> a{};
    std::array<double, 3> b{};
    for (std::size_t i = 0; i < 3; ++i) {
      a[i] = static_cast<double>(x[i] - o[i]);
      b[i] = static_cast<double>(y[i] - o[i]);
    }
    shape.faceNormals[f] = {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2],
                            a[0] * b[1] - a[1] * b[0]};
    shape.faceLengths[f] = std::sqrt(dot(shape.faceNormals[f], shape.faceNormals[f]));
  }
  shape.sharpness.assign(surface.vertexOf.size(), 0);
  for (std::uint32_t c = 0; c < surface.vertexOf.size(); ++c) {
    const std::uint32_t twin = surface.twin[c];
    if (twin > c && surface.isReal(c) && surface.isReal(twin)) {
      shape.sharpness[c] = sharpnessOf(shape, c / 3, twin / 3);
    }
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
