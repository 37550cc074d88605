// The stream of a segment: branches, modes of the leaves, and their terms as whole numbers in
// layers. One function describes writing and reading.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "compressors/coding/range_coder.hpp"
#include "compressors/coding/value_coder.hpp"
#include "compressors/fpo/leaf_model.hpp"

namespace volpress::compressors::fpo {

inline constexpr std::size_t kLayers = 4;
inline constexpr std::size_t kContexts = 16;
inline constexpr std::size_t kMostNodes = std::size_t{1} << 19;
inline constexpr std::size_t kMostTerms = std::size_t{1} << 27;

/// Steps of the quantisers, times a coarseness.
struct TermSteps {
  float coarseness = 1;
  [[nodiscard]] float density(unsigned term) const noexcept;
  /// Of term `term` of SH coefficient `coefficient`.
  [[nodiscard]] float color(unsigned coefficient, unsigned term) const noexcept;
};

/// A leaf's terms as whole numbers.
struct CodedLeaf {
  bool active = false;
  std::uint8_t densityClass = 0, colorClass = 0;
  std::uint16_t t0 = 0, t1 = 0;
  std::vector<std::int32_t> density;
  std::vector<std::int32_t> color;  ///< as LeafModel::color

  [[nodiscard]] unsigned densityTerms() const noexcept {
    return densityClass == kInterval ? 1 : kDensityTerms[densityClass];
  }
  [[nodiscard]] unsigned colorTerms() const noexcept { return kColorTerms[colorClass]; }
};

[[nodiscard]] CodedLeaf quantised(const LeafModel& model, unsigned basis, const TermSteps& steps);

/// Codes branches and modes with one set of adaptive models.
class ModeCoder {
public:
  explicit ModeCoder(unsigned depthLimit) : m_limit(depthLimit) {}

  /// Codes, or fills, the branches of a shape whose nodes are breadth first. False when a stream
  /// that is read ended early or has more nodes than kMostNodes.
  template <typename Side>
  [[nodiscard]] bool codeShape(Side& side, std::vector<std::int32_t>& child) {
    if (!Side::kWrites) {
      child.assign(8, 0);
    }
    std::vector<std::uint8_t> depths{0};
    for (std::size_t node = 0; node < depths.size(); ++node) {
      std::size_t branches = 0;
      for (std::size_t cell = 0; cell < 8 && depths[node] < m_limit; ++cell) {
        const std::size_t at = 8 * node + cell;
        const bool branch =
            bit(side, m_branch[8 * std::min<std::size_t>(depths[node], 15) + branches],
                Side::kWrites && child[at] != 0);
        if (!branch) {
          continue;
        }
        ++branches;
        if (!Side::kWrites) {
          if (depths.size() == kMostNodes) {
            return false;
          }
          child[at] = static_cast<std::int32_t>(depths.size() - node);
          child.resize(child.size() + 8);
        }
        depths.push_back(static_cast<std::uint8_t>(depths[node] + 1));
      }
      if (side.overran()) {
        return false;
      }
    }
    return true;
  }

  /// Whether a leaf is there at all, and how many terms it has.
  template <typename Side>
  void codeMode(Side& side, unsigned depth, CodedLeaf& leaf) {
    leaf.active = bit(side, m_active[(depth == m_limit ? 4U : 0U) + m_seen], leaf.active);
    m_seen = (2 * m_seen + (leaf.active ? 1U : 0U)) & 3U;
    if (!leaf.active) {
      return;
    }
    leaf.densityClass = static_cast<std::uint8_t>(
        symbol(side, &m_density[8 * m_lastDensity], 3, leaf.densityClass));
    leaf.densityClass = std::min(leaf.densityClass, kInterval);
    leaf.colorClass = static_cast<std::uint8_t>(
        symbol(side, &m_color[4 * (3 * leaf.densityClass + m_lastColor)], 2, leaf.colorClass));
    leaf.colorClass = std::min<std::uint8_t>(leaf.colorClass, 2);
    m_lastDensity = leaf.densityClass;
    m_lastColor = leaf.colorClass;
  }

private:
  template <typename Side>
  [[nodiscard]] static bool bit(Side& side, coding::BitModel& model, bool wanted) {
    const bool coded = side.bit(model.zeroProbability(), wanted);
    model.update(coded);
    return coded;
  }
  template <typename Side>
  [[nodiscard]] static unsigned symbol(Side& side, coding::BitModel* models, unsigned bits,
                                       unsigned wanted) {
    unsigned node = 1;
    for (unsigned i = bits; i-- > 0;) {
      node = 2 * node + (bit(side, models[node], (wanted >> i & 1U) != 0) ? 1U : 0U);
    }
    return node - (1U << bits);
  }

  unsigned m_limit;
  unsigned m_seen = 0, m_lastDensity = 0, m_lastColor = 0;
  std::array<coding::BitModel, 128> m_branch{};
  std::array<coding::BitModel, 8> m_active{};
  std::array<coding::BitModel, 48> m_density{};
  std::array<coding::BitModel, 72> m_color{};
};

/// Codes the terms of leaves one after the other: `code(layer, context, value)` writes a value and
/// returns it, or returns one that was read; 0 of layers that are not there.
class TermCoder {
public:
  explicit TermCoder(unsigned basis) : m_basis(basis), m_color(std::size_t{3} * basis) {}

  template <typename Code>
  void codeLeaf(CodedLeaf& leaf, const Code& code) {
    leaf.density.resize(leaf.densityTerms());
    leaf.color.resize(std::size_t{3} * m_basis * leaf.colorTerms());
    const bool interval = leaf.densityClass == kInterval;
    leaf.density[0] = held(m_density + code(0, interval ? 4 : 0, leaf.density[0] - m_density));
    m_density = leaf.density[0];
    if (interval) {
      leaf.t0 = static_cast<std::uint16_t>(code(0, 5, leaf.t0));
      leaf.t1 = static_cast<std::uint16_t>(code(0, 6, leaf.t1));
    }
    for (unsigned i = 1; i < leaf.density.size(); ++i) {
      const unsigned harmonic = (i + 1) / 2;
      leaf.density[i] = held(harmonic <= 3 ? code(0, harmonic, leaf.density[i])
                                           : code(1, std::min(harmonic - 4, 15U), leaf.density[i]));
    }
    const unsigned terms = leaf.colorTerms();
    for (unsigned j = 0; j < m_basis; ++j) {
      for (unsigned i = 0; i < terms; ++i) {
        codeTriple(leaf, j, i, terms, code);
      }
    }
  }

private:
  static std::int32_t held(std::int64_t value) {
    constexpr std::int64_t kMost = 1 << 24;
    return static_cast<std::int32_t>(std::clamp(value, -kMost, kMost));
  }

  /// Term i of coefficient j of the three channels, as luma and two differences.
  template <typename Code>
  void codeTriple(CodedLeaf& leaf, unsigned j, unsigned i, unsigned terms, const Code& code) {
    std::array<std::int32_t, 3> rgb{};
    for (std::size_t c = 0; c < 3; ++c) {
      rgb[c] = leaf.color[(c * m_basis + j) * terms + i];
    }
    const std::int32_t orange = rgb[0] - rgb[2];
    const std::int32_t half = rgb[2] + (orange >> 1);
    const std::int32_t green = rgb[1] - half;
    std::array<std::int32_t, 3> lifted{half + (green >> 1), orange, green};
    for (std::size_t part = 0; part < 3; ++part) {
      const unsigned chroma = part == 0 ? 0 : 1;
      const unsigned high = j >= 4 ? 2 : 0;
      std::int32_t& before = m_color[3 * j + part];
      if (i == 0) {
        const std::int32_t residual = lifted[part] - before;
        lifted[part] = held(std::int64_t{before} + (j == 0 ? code(0, 7 + chroma, residual)
                                                           : code(3, high + chroma, residual)));
        before = lifted[part];
      } else {
        const unsigned harmonic = (i + 1) / 2;
        lifted[part] = held(j == 0 ? code(2, 2 * (harmonic - 1) + chroma, lifted[part])
                                   : code(3, 4 + high + chroma, lifted[part]));
      }
    }
    const std::int32_t base = lifted[0] - (lifted[2] >> 1);
    rgb[1] = lifted[2] + base;
    rgb[2] = base - (lifted[1] >> 1);
    rgb[0] = rgb[2] + lifted[1];
    for (std::size_t c = 0; c < 3; ++c) {
      leaf.color[(c * m_basis + j) * terms + i] = rgb[c];
    }
  }

  unsigned m_basis;
  std::int32_t m_density = 0;
  std::vector<std::int32_t> m_color;  ///< of the leaf before
};

}  // namespace volpress::compressors::fpo
