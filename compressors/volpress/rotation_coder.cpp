#include "compressors/volpress/rotation_coder.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <type_traits>

#include "compressors/coding/range_coder.hpp"
#include "compressors/coding/symbol_mixer.hpp"
#include "compressors/coding/value_coder.hpp"
#include "scene/base/rotations.hpp"

namespace volpress::compressors::own {
namespace {

using Vector = std::array<double, 3>;

constexpr std::size_t kInputs = 3;
using CellContexts = std::array<std::uint32_t, kInputs>;
/// So many leading bits of a coordinate are modelled; the rest is as good as random.
constexpr unsigned kModelled = 5;
constexpr std::uint32_t kCells = 1U << kModelled;

double dot(const Vector& a, const Vector& b) noexcept {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vector normalised(const Vector& v) noexcept {
  const double length = std::sqrt(dot(v, v));
  return {v[0] / length, v[1] / length, v[2] / length};
}

/// A direction up to its sign on the square [0, 1]^2 (the upper half of an octahedron).
std::array<double, 2> squareOf(Vector d) noexcept {
  if (d[2] < 0) {
    d = {-d[0], -d[1], -d[2]};
  }
  const double sum = std::abs(d[0]) + std::abs(d[1]) + d[2];
  return {(d[0] + d[1]) / sum / 2 + 0.5, (d[0] - d[1]) / sum / 2 + 0.5};
}

Vector directionOf(const std::array<double, 2>& square) noexcept {
  const double u = 2 * square[0] - 1;
  const double v = 2 * square[1] - 1;
  const double x = (u + v) / 2;
  const double y = (u - v) / 2;
  return normalised({x, y, std::max(0.0, 1 - std::abs(x) - std::abs(y))});
}

/// Two axes across a direction, the same for equal directions.
std::array<Vector, 2> frameOf(const Vector& d) noexcept {
  const Vector helper = std::abs(d[0]) < 0.6 ? Vector{1, 0, 0} : Vector{0, 1, 0};
  const Vector first = normalised(cross(d, helper));
  return {first, cross(d, first)};
}

std::uint16_t cellOf(double place, unsigned bits) noexcept {
  const double cells = static_cast<double>(1U << bits);
  return static_cast<std::uint16_t>(std::clamp(std::floor(place * cells), 0.0, cells - 1));
}

double placeOf(std::uint16_t cell, unsigned bits) noexcept {
  return (static_cast<double>(cell) + 0.5) / static_cast<double>(1U << bits);
}

/// Cosine and sine of `halfTurns` times pi, turned bit by bit by halves of pi / 2: square roots
/// alone, so that every machine has the same.
std::array<double, 2> cosineSine(double halfTurns) noexcept {
  // Halving an angle: cos(a/2) = sqrt((1 + cos a) / 2), sin(a/2) = sqrt((1 - cos a) / 2).
  double cosine = 1;
  double sine = 0;
  double stepCosine = -1;  // of pi
  double stepSine = 0;
  double left = halfTurns;
  for (unsigned bit = 0; bit < kMaxTurnBits + 2; ++bit) {
    const double halved = std::sqrt(std::max(0.0, (1 + stepCosine) / 2));
    stepSine = std::sqrt(std::max(0.0, (1 - stepCosine) / 2));
    stepCosine = halved;
    left *= 2;
    if (left >= 1) {
      left -= 1;
      const double turned = cosine * stepCosine - sine * stepSine;
      sine = sine * stepCosine + cosine * stepSine;
      cosine = turned;
    }
  }
  return {cosine, sine};
}

/// The centres of the cells of every resolution: multiples of pi / 2^(kMaxTurnBits + 1).
const std::array<double, 2>& turnOf(std::uint16_t cell, unsigned bits) {
  static const std::vector<std::array<double, 2>> turns = [] {
    std::vector<std::array<double, 2>> made(std::size_t{2} << kMaxTurnBits);
    for (std::size_t i = 0; i < made.size(); ++i) {
      made[i] = cosineSine(std::ldexp(static_cast<double>(i), -static_cast<int>(kMaxTurnBits) - 1));
    }
    return made;
  }();
  return turns[(2 * std::size_t{cell} + 1) << (kMaxTurnBits - bits)];
}

unsigned followerOf(unsigned distinct) noexcept { return distinct == 0 ? 1 : 0; }

/// A direction as stored, and two axes across it.
struct StoredDirection {
  StoredDirection(const std::array<std::uint16_t, 2>& cells, unsigned bits) noexcept
      : direction(directionOf({placeOf(cells[0], bits), placeOf(cells[1], bits)})),
        frame(frameOf(direction)) {}
  Vector direction;
  std::array<Vector, 2> frame;
};

Axes axesAround(const StoredDirection& stored, std::uint16_t turn, unsigned distinct,
                unsigned turnBits) noexcept {
  const auto& [cosine, sine] = turnOf(turn, turnBits);
  Axes axes;
  axes[distinct] = stored.direction;
  Vector& follower = axes[followerOf(distinct)];
  for (std::size_t c = 0; c < 3; ++c) {
    follower[c] = cosine * stored.frame[0][c] + sine * stored.frame[1][c];
  }
  if (distinct == 0) {
    axes[2] = cross(axes[0], axes[1]);
  } else {
    axes[1] = cross(axes[2], axes[0]);
  }
  return axes;
}

}  // namespace

unsigned distinctAxis(std::int32_t largest, std::int32_t middle, std::int32_t smallest) noexcept {
  return std::int64_t{largest} - middle >= std::int64_t{middle} - smallest ? 0 : 2;
}

TurnCode turnCodeOf(const Axes& axes, unsigned distinct, TurnBits bits) noexcept {
  TurnCode code;
  const std::array<double, 2> square = squareOf(axes[distinct]);
  code.direction = {cellOf(square[0], bits.direction), cellOf(square[1], bits.direction)};
  const std::array<Vector, 2> frame = StoredDirection(code.direction, bits.direction).frame;
  const Vector& follower = axes[followerOf(distinct)];
  double angle = std::atan2(dot(follower, frame[1]), dot(follower, frame[0])) / std::numbers::pi;
  angle -= std::floor(angle);
  code.turn = cellOf(angle, bits.turn);
  return code;
}

Axes axesOf(const TurnCode& code, unsigned distinct, TurnBits bits) noexcept {
  return axesAround(StoredDirection(code.direction, bits.direction), code.turn, distinct,
                    bits.turn);
}

Axes axesOfQuaternion(const std::array<double, 4>& q) noexcept {
  const double w = q[0];
  const double x = q[1];
  const double y = q[2];
  const double z = q[3];
  return {{{1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)},
           {2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)},
           {2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)}}};
}

std::array<float, 4> quaternionOf(const Axes& m) noexcept {
  // The four squared components; the largest is taken by its root, the others by quotients.
  const std::array<double, 4> squares{
      1 + m[0][0] + m[1][1] + m[2][2], 1 + m[0][0] - m[1][1] - m[2][2],
      1 - m[0][0] + m[1][1] - m[2][2], 1 - m[0][0] - m[1][1] + m[2][2]};
  const auto largest =
      static_cast<std::size_t>(std::max_element(squares.begin(), squares.end()) - squares.begin());
  const double root = std::sqrt(squares[largest]);
  const double by = 0.5 / root;
  const double wx = (m[1][2] - m[2][1]) * by;
  const double wy = (m[2][0] - m[0][2]) * by;
  const double wz = (m[0][1] - m[1][0]) * by;
  const double xy = (m[0][1] + m[1][0]) * by;
  const double xz = (m[0][2] + m[2][0]) * by;
  const double yz = (m[1][2] + m[2][1]) * by;
  const double own = root / 2;
  const auto made = [](double w, double x, double y, double z) {
    return std::array<float, 4>{static_cast<float>(w), static_cast<float>(x), static_cast<float>(y),
                                static_cast<float>(z)};
  };
  switch (largest) {
    case 0: return made(own, wx, wy, wz);
    case 1: return made(wx, own, xy, xz);
    case 2: return made(wy, xy, own, yz);
    default: return made(wz, xz, yz, own);
  }
}

namespace {

constexpr std::uint32_t kShares = 2 * (kModelled + 1);

/// Cells of files of version 1: the first kModelled bits are modelled as a tree.
class BinaryCells {
public:
  std::uint16_t code(coding::BitReadSide& side, const CellContexts& contexts,
                     std::uint32_t /*coarse*/, unsigned bits, std::uint16_t /*wanted*/) {
    std::uint32_t node = 1;
    const unsigned modelled = std::min(bits, kModelled);
    for (unsigned i = 0; i < modelled; ++i) {
      node = node << 1 | (m_models.code(side, node, contexts, false) ? 1U : 0U);
    }
    std::uint32_t cell = node - (1U << modelled);
    if (bits > modelled) {
      cell = cell << (bits - modelled) | side.plain(0, bits - modelled);
    }
    return static_cast<std::uint16_t>(cell);
  }

private:
  coding::MixedBits<kInputs> m_models{kCells, {kShares, kCells* kCells, kCells* kCells}};
};

/// Cells of version 2: the first 4 bits are a symbol, mixed of the contexts and a coarser one, the
/// fifth is a binary decision, the rest plain.
class SymbolCells {
public:
  static constexpr std::uint32_t kCoarse = (kCells + 1) * kShares;

  template <typename Side>
  std::uint16_t code(Side& side, const CellContexts& contexts, std::uint32_t coarse, unsigned bits,
                     std::uint16_t wanted) {
    coding::SideForValue<Side> value(side);
    const unsigned top = std::min(bits, kSymbolBits);
    std::uint32_t cell = 0;
    if (top != 0) {
      cell = m_top.code(value.get(), {contexts[0], contexts[1], contexts[2], coarse}, contexts[0],
                        static_cast<unsigned>(wanted >> (bits - top)), kSymbolBits - top);
    }
    if (bits > top) {
      const unsigned rest = bits - top - 1;
      coding::BitModel& model = m_fifth[contexts[1] << kSymbolBits | cell];
      const bool upper = value.get().bit(model.zeroProbability(), (wanted >> rest & 1U) != 0);
      model.update(upper);
      cell = (cell << 1 | (upper ? 1U : 0U)) << rest |
             value.get().plain(wanted & ((1U << rest) - 1), rest);
    }
    return static_cast<std::uint16_t>(cell);
  }

private:
  static constexpr unsigned kSymbolBits = 4;
  coding::MixedSymbols<kInputs + 1> m_top{
      std::array<std::uint32_t, kInputs + 1>{kShares, kCells* kCells, kCells* kCells, kCoarse},
      kShares};
  std::vector<coding::BitModel> m_fifth{
      std::vector<coding::BitModel>(std::size_t{kCells} * kCells << kSymbolBits)};
};

/// A cell as if it had kModelled bits.
std::uint32_t modelledCell(std::uint16_t cell, unsigned bits) noexcept {
  return bits >= kModelled ? cell >> (bits - kModelled)
                           : ((2U * cell + 1) << kModelled) >> (bits + 1);
}

/// Where another splat's follower points in the frame of this direction: a cell that rises with the
/// angle (a context needs no sine).
std::uint32_t alikeTurn(const std::array<Vector, 2>& frame, const Vector& follower) noexcept {
  double x = dot(follower, frame[0]);
  double y = dot(follower, frame[1]);
  if (y < 0) {
    x = -x;
    y = -y;
  }
  const double sum = std::abs(x) + y;
  const double place = sum > 0 ? (1 - x / sum) / 2 : 0;
  return cellOf(place, kModelled) + 1U;
}

}  // namespace

template <typename Side>
void codeTurns(Side& side, const NearRows& near, RowRange rows,
               std::span<const std::uint8_t> distinct, std::span<const TurnBits> bits,
               std::span<Axes> axes) {
  constexpr bool kIsFirstVersion = std::is_same_v<Side, coding::BitReadSide>;
  using Cells = std::conditional_t<kIsFirstVersion, BinaryCells, SymbolCells>;
  Cells first;
  Cells second;
  Cells turns;
  // The rows' directions, of kModelled bits a coordinate.
  std::vector<std::array<std::uint8_t, 2>> known(rows.end - rows.begin);
  for (std::size_t row = rows.begin; row < rows.end && !side.overran(); ++row) {
    const TurnBits resolution = bits[row];
    const unsigned axis = distinct[row];
    TurnCode code;
    if constexpr (Side::kWrites) {
      code = turnCodeOf(axes[row], axis, resolution);
    }
    const auto share = [&](unsigned count) {
      return static_cast<std::uint32_t>(axis / 2 * (kModelled + 1) + std::min(count, kModelled));
    };
    // What the code would be if this splat were turned as its neighbours.
    std::array<std::uint32_t, 2> u{};
    std::array<std::uint32_t, 2> v{};
    for (std::size_t k = 0; k < 2; ++k) {
      const std::uint32_t other = near.rows[kNeighbours * row + k];
      if (other == row) {
        continue;
      }
      if (!kIsFirstVersion && distinct[other] == axis) {
        u[k] = known[other - rows.begin][0];
        v[k] = known[other - rows.begin][1];
      } else {
        const std::array<double, 2> square = squareOf(axes[other][axis]);
        u[k] = cellOf(square[0], kModelled);
        v[k] = cellOf(square[1], kModelled);
      }
    }
    const unsigned fine = resolution.direction;
    code.direction[0] = first.code(side, {share(fine), u[0] * kCells + v[0], u[1] * kCells + v[1]},
                                   u[0], fine, code.direction[0]);
    const unsigned shift = fine > kModelled ? fine - kModelled : 0;
    const auto here = static_cast<std::uint32_t>(code.direction[0] >> shift);
    code.direction[1] = second.code(side, {share(fine), v[0] * kCells + here, v[1] * kCells + here},
                                    v[0], fine, code.direction[1]);
    known[row - rows.begin] = {static_cast<std::uint8_t>(modelledCell(code.direction[0], fine)),
                               static_cast<std::uint8_t>(modelledCell(code.direction[1], fine))};
    const unsigned shift1 = fine > 3 ? fine - 3 : 0;
    const auto coarse = static_cast<std::uint32_t>(code.direction[0] >> shift1) * 8 +
                        static_cast<std::uint32_t>(code.direction[1] >> shift1);
    const StoredDirection stored(code.direction, fine);
    const std::uint32_t other = near.rows[kNeighbours * row];
    const std::uint32_t alike =
        other == row ? 0 : alikeTurn(stored.frame, axes[other][followerOf(axis)]);
    const std::uint32_t turnShare = share(resolution.turn);
    code.turn = turns.code(side, {turnShare, coarse * 2 + axis / 2, alike},
                           alike * kShares + turnShare, resolution.turn, code.turn);
    axes[row] = axesAround(stored, code.turn, axis, resolution.turn);
  }
}

template void codeTurns(coding::BitReadSide&, const NearRows&, RowRange,
                        std::span<const std::uint8_t>, std::span<const TurnBits>, std::span<Axes>);
template void codeTurns(coding::RansReadSide&, const NearRows&, RowRange,
                        std::span<const std::uint8_t>, std::span<const TurnBits>, std::span<Axes>);
template void codeTurns(coding::RansWriteSide&, const NearRows&, RowRange,
                        std::span<const std::uint8_t>, std::span<const TurnBits>, std::span<Axes>);

}  // namespace volpress::compressors::own
