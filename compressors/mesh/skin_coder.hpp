// Which joints move a vertex, and how much.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "compressors/mesh/attributes.hpp"

namespace volpress::compressors::meshes {

/// Joints that vertices nearby have, most weighted first.
class JointCandidates {
public:
  static constexpr std::size_t kMost = 15;
  struct Candidate {
    std::int32_t joint = 0;
    std::int32_t weight = 0;  ///< summed over the vertices nearby
  };

  explicit JointCandidates(std::span<const std::int32_t* const> nearby) {
    for (const std::int32_t* skin : nearby) {
      for (std::size_t k = 0; k < 4 && skin[4 + k] > 0; ++k) {
        const auto end = m_list.begin() + static_cast<std::ptrdiff_t>(m_count);
        const auto found = std::find_if(m_list.begin(), end,
                                        [&](const Candidate& one) { return one.joint == skin[k]; });
        if (found != end) {
          found->weight += skin[4 + k];
        } else if (m_count < kMost) {
          m_list[m_count++] = {skin[k], skin[4 + k]};
        }
      }
    }
    std::stable_sort(m_list.begin(), m_list.begin() + static_cast<std::ptrdiff_t>(m_count),
                     [](const Candidate& a, const Candidate& b) { return a.weight > b.weight; });
  }

  [[nodiscard]] std::size_t count() const noexcept { return m_count; }
  [[nodiscard]] const Candidate& operator[](std::size_t i) const { return m_list[i]; }
  void take(std::size_t i) {
    std::copy(m_list.begin() + static_cast<std::ptrdiff_t>(i) + 1,
              m_list.begin() + static_cast<std::ptrdiff_t>(m_count),
              m_list.begin() + static_cast<std::ptrdiff_t>(i));
    --m_count;
  }

private:
  std::array<Candidate, kMost> m_list{};
  std::size_t m_count = 0;
};

/// 4 joints by falling weight and 4 weights that add up to `steps`; unused ones are zero. `wanted`
/// is null when reading.
template <typename Side>
[[nodiscard]] Result<void> codeSkinValues(Side& side, AttributeModels<Side>& models,
                                          std::span<const std::int32_t* const> nearby,
                                          const std::int32_t* wanted, std::int32_t* value,
                                          std::int32_t steps) {
  JointCandidates candidates(nearby);
  std::uint32_t usual = 0;  // how many joints the first neighbour has
  while (!nearby.empty() && usual < 4 && nearby[0][4 + usual] > 0) {
    ++usual;
  }
  std::int32_t left = steps;
  for (std::uint32_t k = 0; k < 4 && left > 0; ++k) {
    // Which joint: a candidate by its rank, or its number.
    std::size_t rank = 0;
    const auto known = static_cast<std::uint32_t>(candidates.count());
    while (rank < known &&
           !models.joint.code(side, rank, {k * 16 + known, usual},
                              Side::kWrites && candidates[rank].joint == wanted[k])) {
      ++rank;
    }
    std::int32_t expected = 0;
    if (rank < known) {
      value[k] = candidates[rank].joint;
      expected = candidates[rank].weight / static_cast<std::int32_t>(nearby.size());
      candidates.take(rank);
    } else {
      const std::uint32_t joint = Side::kWrites ? static_cast<std::uint32_t>(wanted[k]) : 0;
      const std::uint32_t high = side.plain(joint >> 8, 8);
      std::uint32_t node = 1;
      for (unsigned bit = 8; bit-- != 0;) {
        node =
            node << 1 | (models.rawJoint.code(side, node, {0}, (joint >> bit & 1) != 0) ? 1U : 0U);
      }
      value[k] = static_cast<std::int32_t>(high << 8 | (node & 255));
      expected = left / 2;
    }
    std::int32_t& weight = value[4 + k];
    if (k == 3 || models.same.code(side, 0, {(k * 5 + usual) * 2 + (rank < known ? 1U : 0U)},
                                   Side::kWrites && wanted[4 + k] == left)) {
      weight = left;
    } else {
      expected = std::clamp(expected, 1, left);
      weight =
          expected + models.components[k].code(
                         side,
                         AttributeModels<Side>::contextsOf(
                             sizeClass(static_cast<std::uint32_t>(expected), 19), known, usual),
                         Side::kWrites ? wanted[4 + k] - expected : 0);
      if (weight < 1 || weight >= left) {
        return fail(ErrorCode::CorruptData, "a skin weight is {}, allowed are 1 to {}", weight,
                    left - 1);
      }
    }
    left -= weight;
  }
  return {};
}

}  // namespace volpress::compressors::meshes
