#include "compressors/mesh/attributes.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "compressors/mesh/skin_coder.hpp"

namespace volpress::compressors::meshes {
namespace {

/// Halves up.
std::int32_t rounded(double value) {
  const double up =
      std::clamp(value, -static_cast<double>(kMostLevel), static_cast<double>(kMostLevel)) + 0.5;
  const auto cut = static_cast<std::int32_t>(up);
  return static_cast<double>(cut) > up ? cut - 1 : cut;
}

double dot(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/// From one place of the grid to another.
std::array<double, 3> between(const std::int32_t* from, const std::int32_t* to) {
  return {static_cast<double>(to[0] - from[0]), static_cast<double>(to[1] - from[1]),
          static_cast<double>(to[2] - from[2])};
}

/// Turns the octahedron inside out: what lies beyond |u| + |v| = radius comes to the middle. Its
/// own inverse.
void turnOut(std::int32_t& u, std::int32_t& v, std::int32_t radius) {
  const std::int32_t x = (u < 0 ? -1 : 1) * (radius - std::abs(v));
  v = (v < 0 ? -1 : 1) * (radius - std::abs(u));
  u = x;
}

struct Guess {
  std::array<std::int32_t, 4> value{};
  std::uint32_t kind = 0;           ///< what the guess rests on, as a context: below 80
  std::uint32_t same = 0;           ///< context of being a neighbour's value: below 256
  std::uint32_t nearby = 19;        ///< what was left over next to here: below 20
  std::uint32_t neighbour = kNone;  ///< a known wedge beside this one
};

template <typename Side, AttributeKind kKind>
class AttributeCoder {
public:
  AttributeCoder(Side& side, AttributeModels<Side>& models, const Shape& shape, std::int32_t radius,
                 const AttributeSource& source)
      : m_side(side),
        m_models(models),
        m_shape(shape),
        m_surface(shape.grown.surface),
        m_radius(radius),
        m_source(source) {}

  Result<AttributeValues> run() {
    if constexpr (Side::kWrites) {
      m_result.wedges = writeWedges(m_side, m_models.seams, m_shape,
                                    [this](std::uint32_t corner) { return isSeam(corner); });
    } else {
      m_result.wedges = readWedges(m_side, m_models.seams, m_shape);
    }
    const std::size_t count = m_result.wedges.count();
    m_result.values.assign(count * kWidth, 0);
    m_left.assign(count, 0);
    for (std::uint32_t wedge = 0; wedge < count; ++wedge) {
      if (m_side.overran()) {
        return fail(ErrorCode::CorruptData, "an attribute ends early");
      }
      if constexpr (kKind == AttributeKind::Skin) {
        VOLPRESS_CHECK(codeSkin(wedge));
      } else {
        VOLPRESS_CHECK(codeNumbers(wedge));
      }
    }
    return std::move(m_result);
  }

private:
  static constexpr std::size_t kWidth = widthOf(kKind);
  static constexpr bool kOctahedral =
      kKind == AttributeKind::Normal || kKind == AttributeKind::Tangent;
  /// Guessed from the shape before the neighbours' values.
  static constexpr bool kByShape = kKind == AttributeKind::Normal || kKind == AttributeKind::Uv;

  // --- the source

  [[nodiscard]] const std::int32_t* wantedAt(std::uint32_t corner) const {
    const std::uint32_t vertex = m_source.vertexOf[m_shape.grown.source[corner]];
    return &m_source.values[vertex * kWidth];
  }
  [[nodiscard]] bool isSeam(std::uint32_t corner) const {
    const std::uint32_t twin = m_surface.twin[corner];
    const auto differ = [&](std::uint32_t a, std::uint32_t b) {
      return !std::equal(wantedAt(a), wantedAt(a) + kWidth, wantedAt(b));
    };
    return differ(corner, nextCorner(twin)) || differ(nextCorner(corner), twin);
  }

  // --- what is known

  [[nodiscard]] std::uint32_t wedgeAt(std::uint32_t corner) const {
    return m_result.wedges.wedgeOf[corner];
  }
  [[nodiscard]] const std::int32_t* valueOf(std::uint32_t wedge) const {
    return &m_result.values[wedge * kWidth];
  }

  /// Calls for every known wedge at the ends of a wedge's edges.
  template <typename Visit>
  void visitKnown(std::uint32_t wedge, const Visit& call) const {
    for (const std::uint32_t corner : m_result.wedges.cornersOf(wedge)) {
      for (const std::uint32_t c : {nextCorner(corner), previousCorner(corner)}) {
        const std::uint32_t at = wedgeAt(c);
        if (at < wedge) {
          call(at);
        }
      }
    }
  }

  Guess guess(std::uint32_t wedge) {
    Guess guess;
    std::array<std::int64_t, kWidth> sum{};
    std::int64_t count = 0;
    std::int64_t left = 0;
    const auto add = [&](std::uint32_t at) {
      for (std::size_t i = 0; i < kWidth; ++i) {
        sum[i] += valueOf(at)[i];
      }
    };
    // Without a branch, as nothing foretells which wedges are known: of this one all is still 0.
    for (const std::uint32_t corner : m_result.wedges.cornersOf(wedge)) {
      for (const std::uint32_t c : {nextCorner(corner), previousCorner(corner)}) {
        const std::uint32_t at = std::min(wedgeAt(c), wedge);
        const bool known = at < wedge;
        guess.neighbour = known && guess.neighbour == kNone ? at : guess.neighbour;
        left += m_left[at];
        count += known ? 1 : 0;
        if constexpr (!kByShape) {
          add(at);
        }
      }
    }
    if (count != 0) {
      guess.nearby = sizeClass(static_cast<std::uint32_t>(quotient(2 * left, count)), 18);
      guess.kind = 1;
      guess.same = 1;
    }
    if constexpr (kByShape) {
      if (guessByShape(wedge, guess)) {
        return guess;
      }
      visitKnown(wedge, add);
    }
    if (count != 0) {
      for (std::size_t i = 0; i < kWidth; ++i) {
        guess.value[i] = rounded(static_cast<double>(sum[i]) / static_cast<double>(count));
      }
    } else if (wedge != 0) {
      std::copy_n(valueOf(wedge - 1), kWidth, guess.value.begin());
    }
    return guess;
  }

  /// False where the shape says nothing.
  bool guessByShape(std::uint32_t wedge, Guess& guess) {
    if constexpr (kKind == AttributeKind::Normal) {
      return guessNormal(wedge, guess);
    } else {
      return guessUv(wedge, guess);
    }
  }

  /// The normal of the faces around, weighted by area. False where they have none.
  bool guessNormal(std::uint32_t wedge, Guess& guess) const {
    std::array<double, 3> sum{};
    double lengths = 0;
    for (const std::uint32_t corner : m_result.wedges.cornersOf(wedge)) {
      const std::array<double, 3>& normal = m_shape.faceNormals[corner / 3];
      for (std::size_t i = 0; i < 3; ++i) {
        sum[i] += normal[i];
      }
      lengths += m_shape.faceLengths[corner / 3];
    }
    const double length = std::sqrt(dot(sum, sum));
    if (length == 0) {
      return false;
    }
    const std::array<std::int32_t, 2> octahedral = toOctahedron(sum, m_radius);
    guess.value = {octahedral[0], octahedral[1]};
    // Curved places and small faces foretell less.
    const auto bend = static_cast<std::uint32_t>(std::min(255.0, 1024 * (1 - length / lengths)));
    const auto area = static_cast<std::uint32_t>(std::min(length, 1e9));
    guess.kind = 2 + sizeClass(bend, 8) * 8 + std::min(sizeClass(area, 30) / 3, 7U);
    guess.same = 2 + guess.kind;
    return true;
  }

  /// Triangles look in the picture as they do in space: the corner's place beside an edge whose
  /// ends are known. False where there is no such edge.
  bool guessUv(std::uint32_t wedge, Guess& guess) {
    std::array<double, 2> sum{};
    std::array<double, 2> low{};
    std::array<double, 2> high{};
    int count = 0;
    for (const std::uint32_t corner : m_result.wedges.cornersOf(wedge)) {
      const std::uint32_t next = nextCorner(corner);
      const std::uint32_t previous = previousCorner(corner);
      if (wedgeAt(next) >= wedge || wedgeAt(previous) >= wedge) {
        continue;
      }
      const std::int32_t* x = valueOf(wedgeAt(next));
      const std::int32_t* y = valueOf(wedgeAt(previous));
      const std::array<double, 2> side{static_cast<double>(y[0] - x[0]),
                                       static_cast<double>(y[1] - x[1])};
      const std::int32_t* origin = m_shape.position(next);
      const auto edge = between(origin, m_shape.position(previous));
      const auto to = between(origin, m_shape.position(corner));
      const double square = dot(edge, edge);
      const double along = square > 0 ? dot(to, edge) / square : 0.5;
      const double apart =
          square > 0 ? std::sqrt(std::max(0.0, dot(to, to) / square - along * along)) : 0;
      const double turn = orientation(corner, wedge) * apart;
      const std::array<double, 2> found{
          static_cast<double>(x[0]) + along * side[0] - turn * side[1],
          static_cast<double>(x[1]) + along * side[1] + turn * side[0]};
      for (std::size_t i = 0; i < 2; ++i) {
        low[i] = count == 0 ? found[i] : std::min(low[i], found[i]);
        high[i] = count == 0 ? found[i] : std::max(high[i], found[i]);
        sum[i] += found[i];
      }
      ++count;
    }
    if (count == 0) {
      return false;
    }
    for (std::size_t i = 0; i < 2; ++i) {
      guess.value[i] = rounded(sum[i] / count);
    }
    const double spread = std::max(high[0] - low[0], high[1] - low[1]);
    guess.kind = count == 1 ? 2
                            : (count == 2 ? 3U : 20U) +
                                  sizeClass(static_cast<std::uint32_t>(std::min(spread, 1e6)), 16);
    guess.same = 2;
    return true;
  }

  /// 1 where the picture runs round as the triangle does, -1 where it is mirrored: as beyond the
  /// edge opposite the corner, or as last seen.
  double orientation(std::uint32_t corner, std::uint32_t wedge) {
    const std::uint32_t next = nextCorner(corner);
    const std::uint32_t beyond = m_surface.twin[next];
    const std::uint32_t far = wedgeAt(previousCorner(beyond));
    if (far < wedge && wedgeAt(nextCorner(beyond)) == wedgeAt(next) &&
        wedgeAt(beyond) == wedgeAt(previousCorner(corner))) {
      const std::int32_t* x = valueOf(wedgeAt(next));
      const std::int32_t* y = valueOf(wedgeAt(beyond));
      const std::int32_t* o = valueOf(far);
      const auto cross = static_cast<std::int64_t>(y[0] - x[0]) * (o[1] - x[1]) -
                         static_cast<std::int64_t>(y[1] - x[1]) * (o[0] - x[0]);
      if (cross != 0) {
        m_orientation = cross < 0 ? 1 : -1;
      }
    }
    return m_orientation;
  }

  // --- coding

  Result<void> codeNumbers(std::uint32_t wedge) {
    Guess guess = this->guess(wedge);
    std::int32_t* value = &m_result.values[wedge * kWidth];
    const std::int32_t* wanted = nullptr;
    if constexpr (Side::kWrites) {
      wanted = wantedAt(m_result.wedges.firstCorner(wedge));
      std::copy_n(wanted, kWidth, value);
    }
    if (guess.neighbour != kNone) {
      const std::int32_t* beside = valueOf(guess.neighbour);
      const bool same =
          m_models.same.code(m_side, 0, {2 * guess.same + m_lastSame},
                             Side::kWrites && std::equal(value, value + kWidth, beside));
      m_lastSame = same ? 1 : 0;
      if (same) {
        std::copy_n(beside, kWidth, value);
        m_left[wedge] = 0;
        return {};
      }
    }
    const bool folded =
        kOctahedral && std::abs(guess.value[0]) + std::abs(guess.value[1]) > m_radius;
    if (folded) {
      turnOut(guess.value[0], guess.value[1], m_radius);
      if constexpr (Side::kWrites) {
        turnOut(value[0], value[1], m_radius);
      }
    }
    std::uint32_t before = 0;
    std::uint32_t left = 0;
    for (std::size_t i = 0; i < kWidth; ++i) {
      const std::int32_t coded = m_models.components[i].code(
          m_side, AttributeModels<Side>::contextsOf(guess.nearby, guess.kind, before),
          value[i] - guess.value[i], {0, guess.nearby});
      value[i] = guess.value[i] + coded;
      const auto size = static_cast<std::uint32_t>(std::abs(coded));
      before = before % 8 * 8 + sizeClass(size, 6) + 1;
      left += size;
    }
    m_left[wedge] = left / static_cast<std::uint32_t>(kWidth);
    if (folded) {
      turnOut(value[0], value[1], m_radius);
    }
    return checkNumbers(value);
  }

  [[nodiscard]] Result<void> checkNumbers(const std::int32_t* value) const {
    const std::int32_t most = kOctahedral ? m_radius + 1 : kMostLevel;
    for (std::size_t i = 0; i < kWidth; ++i) {
      if (value[i] <= -most || value[i] >= most) {
        return fail(ErrorCode::CorruptData, "an attribute is {}, allowed are {} to {}", value[i],
                    1 - most, most - 1);
      }
    }
    return {};
  }

  Result<void> codeSkin(std::uint32_t wedge) {
    std::array<std::uint32_t, 6> around{};
    std::size_t count = 0;
    visitKnown(wedge, [&](std::uint32_t at) {
      const auto end = around.begin() + static_cast<std::ptrdiff_t>(count);
      if (count < around.size() && std::find(around.begin(), end, at) == end) {
        around[count++] = at;
      }
    });
    std::array<const std::int32_t*, 6> known{};
    std::transform(around.begin(), around.begin() + static_cast<std::ptrdiff_t>(count),
                   known.begin(), [&](std::uint32_t at) { return valueOf(at); });
    if (count == 0 && wedge != 0) {
      known[count++] = valueOf(wedge - 1);
    }
    const std::int32_t* wanted =
        Side::kWrites ? wantedAt(m_result.wedges.firstCorner(wedge)) : nullptr;
    return codeSkinValues(m_side, m_models, std::span(known).first(count), wanted,
                          &m_result.values[wedge * kWidth], m_radius);
  }

  Side& m_side;
  AttributeModels<Side>& m_models;
  const Shape& m_shape;
  const Surface& m_surface;
  std::int32_t m_radius;
  AttributeSource m_source;
  AttributeValues m_result;
  std::vector<std::uint32_t> m_left;  ///< of wedges: what the guess left over
  std::uint32_t m_lastSame = 0;
  double m_orientation = 1;
};

template <typename Side>
Result<AttributeValues> codeKind(Side& side, AttributeModels<Side>& models, const Shape& shape,
                                 AttributeKind kind, std::int32_t radius,
                                 const AttributeSource& source) {
  const auto run = [&]<AttributeKind kKind>() {
    return AttributeCoder<Side, kKind>(side, models, shape, radius, source).run();
  };
  switch (kind) {
    case AttributeKind::Normal: return run.template operator()<AttributeKind::Normal>();
    case AttributeKind::Tangent: return run.template operator()<AttributeKind::Tangent>();
    case AttributeKind::Uv: return run.template operator()<AttributeKind::Uv>();
    case AttributeKind::Color: return run.template operator()<AttributeKind::Color>();
    case AttributeKind::Skin: return run.template operator()<AttributeKind::Skin>();
    case AttributeKind::Morph: break;
  }
  return run.template operator()<AttributeKind::Morph>();
}

}  // namespace

std::array<std::int32_t, 2> toOctahedron(const std::array<double, 3>& direction,
                                         std::int32_t radius) {
  const double sum = std::abs(direction[0]) + std::abs(direction[1]) + std::abs(direction[2]);
  if (!(sum > 0)) {
    return {0, 0};
  }
  double u = direction[0] / sum;
  double v = direction[1] / sum;
  if (direction[2] < 0) {
    const double folded = (u < 0 ? -1 : 1) * (1 - std::abs(v));
    v = (v < 0 ? -1 : 1) * (1 - std::abs(u));
    u = folded;
  }
  return {rounded(u * radius), rounded(v * radius)};
}

std::array<float, 3> fromOctahedron(std::int32_t u, std::int32_t v, std::int32_t radius) {
  double x = static_cast<double>(u) / radius;
  double y = static_cast<double>(v) / radius;
  const double z = 1 - std::abs(x) - std::abs(y);
  if (z < 0) {
    const double folded = (x < 0 ? -1 : 1) * (1 - std::abs(y));
    y = (y < 0 ? -1 : 1) * (1 - std::abs(x));
    x = folded;
  }
  const double length = std::sqrt(x * x + y * y + z * z);
  return {static_cast<float>(x / length), static_cast<float>(y / length),
          static_cast<float>(z / length)};
}

template <typename WriteSide>
void writeAttribute(WriteSide& side, AttributeModels<WriteSide>& models, const Shape& shape,
                    AttributeKind kind, std::int32_t radius, const AttributeSource& source) {
  (void)codeKind(side, models, shape, kind, radius, source);
}

template <typename ReadSide>
Result<AttributeValues> readAttribute(ReadSide& side, AttributeModels<ReadSide>& models,
                                      const Shape& shape, AttributeKind kind, std::int32_t radius) {
  return codeKind(side, models, shape, kind, radius, {});
}

template void writeAttribute(coding::BitWriteSide&, AttributeModels<coding::BitWriteSide>&,
                             const Shape&, AttributeKind, std::int32_t, const AttributeSource&);
template void writeAttribute(JoinedWriteSide&, AttributeModels<JoinedWriteSide>&, const Shape&,
                             AttributeKind, std::int32_t, const AttributeSource&);
template Result<AttributeValues> readAttribute(coding::BitReadSide&,
                                               AttributeModels<coding::BitReadSide>&, const Shape&,
                                               AttributeKind, std::int32_t);
template Result<AttributeValues> readAttribute(coding::RansReadSide&,
                                               AttributeModels<coding::RansReadSide>&, const Shape&,
                                               AttributeKind, std::int32_t);
template Result<AttributeValues> readAttribute(JoinedReadSide&, AttributeModels<JoinedReadSide>&,
                                               const Shape&, AttributeKind, std::int32_t);

}  // namespace volpress::compressors::meshes
