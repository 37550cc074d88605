// Which picture an optimisation looks at next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace volpress::learning {

/// A seed for the purpose or moment `what` of a run with this seed.
[[nodiscard]] std::uint64_t mixSeed(std::uint64_t seed, std::uint64_t what);

/// Every view once in random order, then again in another: no draw is repeated within a round.
class ViewOrder {
public:
  /// `views` >= 1.
  ViewOrder(std::size_t views, std::uint64_t seed);

  /// The view of a step; depends on nothing but the seed and the step.
  [[nodiscard]] std::size_t at(std::uint64_t step);

private:
  void shuffle(std::uint64_t round);

  std::uint64_t m_seed;
  std::uint64_t m_round = 0;
  std::vector<std::size_t> m_order;
};

}  // namespace volpress::learning
