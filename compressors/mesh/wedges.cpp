#include "compressors/mesh/wedges.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "compressors/coding/rans_sides.hpp"

namespace volpress::compressors::meshes {
namespace {

double dot(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

std::uint32_t sharpnessOf(const Shape& shape, std::size_t f, std::size_t g) {
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
  return below;
}

std::uint8_t countOne(std::uint8_t count) {
  return static_cast<std::uint8_t>(std::min(count + 1, 3));
}

void listEdges(Shape& shape) {
  const Surface& surface = shape.grown.surface;
  const auto corners = static_cast<std::uint32_t>(surface.vertexOf.size());
  shape.edges.clear();
  shape.edges.reserve(corners / 2);
  shape.holes.assign(corners, 0);
  shape.holesAt.assign(surface.vertexCount(), 0);
  for (std::uint32_t c = 0; c < corners; ++c) {
    const std::uint32_t twin = surface.twin[c];
    if (twin < c) {
      continue;
    }
    const std::uint32_t from = surface.vertexOf[c];
    const std::uint32_t to = surface.vertexOf[nextCorner(c)];
    if (surface.isReal(c) && surface.isReal(twin)) {
      shape.edges.push_back({c, sharpnessOf(shape, c / 3, twin / 3)});
      continue;
    }
    shape.holes[c] = shape.holes[twin] = 1;
    if (surface.isReal(c) || surface.isReal(twin)) {  // else within a cap
      shape.holesAt[from] = countOne(shape.holesAt[from]);
      shape.holesAt[to] = countOne(shape.holesAt[to]);
    }
  }
}

template <typename Side>
class SeamCoder {
public:
  SeamCoder(Side& side, SeamModels<Side>& models, const Shape& shape, const SeamTest& isSeam)
      : m_side(side), m_models(models), m_shape(shape), m_isSeam(isSeam) {}

  Wedges run() {
    m_seams = m_shape.holes;
    m_at = m_shape.holesAt;
    bool any = false;
    if constexpr (Side::kWrites) {
      any = std::any_of(m_shape.edges.begin(), m_shape.edges.end(),
                        [this](const Shape::Edge& edge) { return m_isSeam(edge.corner); });
    }
    if (m_models.any.code(m_side, 0, {0}, any)) {
      codeSeams();
    }
    return collect();
  }

private:
  void codeSeams() {
    coding::SideForValue<Side> own(m_side);
    std::uint32_t last = 0;
    const std::vector<std::uint32_t>& vertexOf = m_shape.grown.surface.vertexOf;
    for (const Shape::Edge& edge : m_shape.edges) {
      const std::uint32_t from = vertexOf[edge.corner];
      const std::uint32_t to = vertexOf[nextCorner(edge.corner)];
      const std::uint32_t a = m_at[from];
      const std::uint32_t b = m_at[to];
      const bool seam = code(own.get(), (a * 4 + b) * 2 + last, edge.sharpness,
                             Side::kWrites && m_isSeam(edge.corner));
      last = seam ? 1 : 0;
      if (seam) {
        m_seams[edge.corner] = m_seams[m_shape.grown.surface.twin[edge.corner]] = 1;
        m_at[from] = countOne(m_at[from]);
        m_at[to] = countOne(m_at[to]);
      }
    }
  }

  template <typename Own>
  [[nodiscard]] bool code(Own& own, std::uint32_t around, std::uint32_t sharpness, bool wanted) {
    if constexpr (kIsRans<Side>) {
      return m_models.seam.code(own, sharpness * 32 + around, wanted);
    } else {
      return m_models.seam.code(own, 0, {around, sharpness * 16 + around / 2}, wanted);
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
      if (seam == fan.end()) {
        const auto wedge = static_cast<std::uint32_t>(wedges.begin.size());
        wedges.begin.push_back(static_cast<std::uint32_t>(wedges.corners.size()));
        wedges.corners.insert(wedges.corners.end(), fan.begin(), fan.end());
        for (const std::uint32_t corner : fan) {
          wedges.wedgeOf[corner] = wedge;
        }
        continue;
      }
      const auto from = static_cast<std::size_t>(seam - fan.begin());
      const auto take = [&](std::uint32_t corner) {
        if (surface.isReal(corner)) {
          if (m_seams[corner] != 0) {
            wedges.begin.push_back(static_cast<std::uint32_t>(wedges.corners.size()));
          }
          wedges.wedgeOf[corner] = static_cast<std::uint32_t>(wedges.begin.size() - 1);
          wedges.corners.push_back(corner);
        }
      };
      std::for_each(fan.begin() + static_cast<std::ptrdiff_t>(from), fan.end(), take);
      std::for_each(fan.begin(), fan.begin() + static_cast<std::ptrdiff_t>(from), take);
    }
    wedges.begin.push_back(static_cast<std::uint32_t>(wedges.corners.size()));
    return wedges;
  }

  Side& m_side;
  SeamModels<Side>& m_models;
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
  listEdges(shape);
}

void forgetFaces(Shape& shape) {
  shape.faceNormals = {};
  shape.faceLengths = {};
  shape.edges = {};
  shape.holes = {};
  shape.grown.fans = {};
  shape.grown.surface.twin = {};
}

template <typename WriteSide>
Wedges writeWedges(WriteSide& side, SeamModels<WriteSide>& models, const Shape& shape,
                   const SeamTest& isSeam) {
  return SeamCoder<WriteSide>(side, models, shape, isSeam).run();
}

template <typename ReadSide>
Wedges readWedges(ReadSide& side, SeamModels<ReadSide>& models, const Shape& shape) {
  return SeamCoder<ReadSide>(side, models, shape, {}).run();
}

template Wedges writeWedges(coding::BitWriteSide&, MixedSeamModels&, const Shape&, const SeamTest&);
template Wedges writeWedges(JoinedWriteSide&, QuickSeamModels&, const Shape&, const SeamTest&);
template Wedges readWedges(coding::BitReadSide&, MixedSeamModels&, const Shape&);
template Wedges readWedges(coding::RansReadSide&, QuickSeamModels&, const Shape&);
template Wedges readWedges(JoinedReadSide&, QuickSeamModels&, const Shape&);

}  // namespace volpress::compressors::meshes
