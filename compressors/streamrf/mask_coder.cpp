#include "compressors/streamrf/mask_coder.hpp"

#include <algorithm>

#include "scene/base/morton.hpp"

namespace volpress::compressors::streamrf {
namespace {

constexpr std::uint32_t kBlock = 8;

enum BlockFlag : std::uint8_t { Same, Empty, Full, Bits };

}  // namespace

MaskCoder::MaskCoder(const std::array<std::uint32_t, 3>& resolution) : m_resolution(resolution) {
  std::array<std::uint32_t, 3> count{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    count[axis] = (resolution[axis] + kBlock - 1) / kBlock;
  }
  std::vector<std::uint64_t> codes;
  for (std::uint32_t x = 0; x < count[0]; ++x) {
    for (std::uint32_t y = 0; y < count[1]; ++y) {
      for (std::uint32_t z = 0; z < count[2]; ++z) {
        codes.push_back(mortonCode(x, y, z));
      }
    }
  }
  std::sort(codes.begin(), codes.end());
  m_blocks.reserve(codes.size());
  for (const std::uint64_t code : codes) {
    const MortonPoint at = mortonPoint(code);
    Block block{{kBlock * at.x, kBlock * at.y, kBlock * at.z}, {}};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      block.to[axis] = std::min(block.from[axis] + kBlock, resolution[axis]);
    }
    m_blocks.push_back(block);
  }
}

template <typename Side>
bool MaskCoder::codeMask(Side& side, const VertexMask& before, bool isKey, VertexMask& next) {
  std::size_t last = 0;  // flag of the block before
  for (const Block& block : m_blocks) {
    bool anyBefore = false;
    bool allBefore = true;
    bool any = false;
    bool all = true;
    bool same = true;
    visit(block, [&](std::uint32_t x, std::uint32_t y, std::uint32_t z) {
      const std::size_t vertex = vertexAt(x, y, z);
      const bool was = !isKey && before.test(vertex);
      anyBefore = anyBefore || was;
      allBefore = allBefore && was;
      if constexpr (Side::kWrites) {
        const bool is = next.test(vertex);
        any = any || is;
        all = all && is;
        same = same && is == was;
      }
    });
    const std::size_t state = allBefore ? 2 : anyBefore ? 1 : 0;
    const std::size_t context = 4 * state + last;
    BlockFlag flag = same ? Same : !any ? Empty : all ? Full : Bits;
    if (!codeBit(side, m_same[context], flag != Same)) {
      flag = Same;
    } else if (codeBit(side, m_kind[2 * state], flag == Bits)) {
      flag = Bits;
    } else {
      flag = codeBit(side, m_kind[2 * state + 1], flag == Full) ? Full : Empty;
    }
    last = flag;
    visit(block, [&](std::uint32_t x, std::uint32_t y, std::uint32_t z) {
      const std::size_t vertex = vertexAt(x, y, z);
      const bool was = !isKey && before.test(vertex);
      bool is = flag == Full || (flag == Same && was);
      if (flag == Bits) {
        const bool bx = x > 0 && next.test(vertexAt(x - 1, y, z));
        const bool by = y > 0 && next.test(vertexAt(x, y - 1, z));
        const bool bz = z > 0 && next.test(vertexAt(x, y, z - 1));
        coding::BitModel* model = nullptr;
        if (isKey) {
          const bool bxy = x > 0 && y > 0 && next.test(vertexAt(x - 1, y - 1, z));
          const bool byz = y > 0 && z > 0 && next.test(vertexAt(x, y - 1, z - 1));
          const bool bxz = x > 0 && z > 0 && next.test(vertexAt(x - 1, y, z - 1));
          model = &m_keyBits[(bx ? 1U : 0U) + (by ? 2U : 0U) + (bz ? 4U : 0U) + (bxy ? 8U : 0U) +
                             (byz ? 16U : 0U) + (bxz ? 32U : 0U)];
        } else {
          std::size_t faces = 0;
          faces += x > 0 && before.test(vertexAt(x - 1, y, z)) ? 1U : 0U;
          faces += y > 0 && before.test(vertexAt(x, y - 1, z)) ? 1U : 0U;
          faces += z > 0 && before.test(vertexAt(x, y, z - 1)) ? 1U : 0U;
          faces += x + 1 < m_resolution[0] && before.test(vertexAt(x + 1, y, z)) ? 1U : 0U;
          faces += y + 1 < m_resolution[1] && before.test(vertexAt(x, y + 1, z)) ? 1U : 0U;
          faces += z + 1 < m_resolution[2] && before.test(vertexAt(x, y, z + 1)) ? 1U : 0U;
          const std::size_t causal = (bx ? 1U : 0U) + (by ? 1U : 0U) + (bz ? 1U : 0U);
          model = &m_bits[(was ? 28 : 0) + 4 * faces + causal];
        }
        bool wanted = false;
        if constexpr (Side::kWrites) {
          wanted = next.test(vertex);
        }
        is = codeBit(side, *model, wanted);
      }
      if (!Side::kWrites && is) {
        next.set(vertex);
      }
    });
    if (side.overran()) {
      return false;
    }
  }
  next.number();
  return true;
}

template <typename Side>
bool MaskCoder::codeFlags(Side& side, const VertexMask& before, const VertexMask& next,
                          VertexFlags& changed, const VertexFlags& wanted) {
  VertexFlags flags(changed.size());
  bool last = false;
  for (const Block& block : m_blocks) {
    bool survives = false;
    bool changedBefore = false;
    bool any = false;
    visit(block, [&](std::uint32_t x, std::uint32_t y, std::uint32_t z) {
      const std::size_t vertex = vertexAt(x, y, z);
      survives = survives || (before.test(vertex) && next.test(vertex));
      changedBefore = changedBefore || changed[vertex] != 0;
      if constexpr (Side::kWrites) {
        any = any || wanted[vertex] != 0;
      }
    });
    if (!survives) {
      continue;
    }
    last = codeBit(side, m_anyFlag[(changedBefore ? 2U : 0U) + (last ? 1U : 0U)], any);
    if (last) {
      visit(block, [&](std::uint32_t x, std::uint32_t y, std::uint32_t z) {
        const std::size_t vertex = vertexAt(x, y, z);
        if (!before.test(vertex) || !next.test(vertex)) {
          return;
        }
        const std::size_t causal = (x > 0 ? flags[vertexAt(x - 1, y, z)] : 0U) +
                                   (y > 0 ? flags[vertexAt(x, y - 1, z)] : 0U) +
                                   (z > 0 ? flags[vertexAt(x, y, z - 1)] : 0U);
        bool flag = false;
        if constexpr (Side::kWrites) {
          flag = wanted[vertex] != 0;
        }
        flags[vertex] =
            codeBit(side, m_flags[(changed[vertex] != 0 ? 4U : 0U) + causal], flag) ? 1 : 0;
      });
    }
    if (side.overran()) {
      return false;
    }
  }
  changed = std::move(flags);
  return true;
}

template bool MaskCoder::codeMask(coding::BitWriteSide&, const VertexMask&, bool, VertexMask&);
template bool MaskCoder::codeMask(coding::BitReadSide&, const VertexMask&, bool, VertexMask&);
template bool MaskCoder::codeFlags(coding::BitWriteSide&, const VertexMask&, const VertexMask&,
                                   VertexFlags&, const VertexFlags&);
template bool MaskCoder::codeFlags(coding::BitReadSide&, const VertexMask&, const VertexMask&,
                                   VertexFlags&, const VertexFlags&);

}  // namespace volpress::compressors::streamrf
