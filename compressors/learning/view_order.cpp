#include "compressors/learning/view_order.hpp"

#include <numeric>
#include <random>
#include <utility>

namespace volpress::learning {

std::uint64_t mixSeed(std::uint64_t seed, std::uint64_t what) {
  std::uint64_t z = seed + 0x9E3779B97F4A7C15 * (what + 1);
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return z ^ z >> 31;
}

ViewOrder::ViewOrder(std::size_t views, std::uint64_t seed) : m_seed(seed), m_order(views) {
  shuffle(0);
}

std::size_t ViewOrder::at(std::uint64_t step) {
  const std::uint64_t round = step / m_order.size();
  if (round != m_round) {
    shuffle(round);
  }
  return m_order[static_cast<std::size_t>(step % m_order.size())];
}

void ViewOrder::shuffle(std::uint64_t round) {
  m_round = round;
  std::iota(m_order.begin(), m_order.end(), std::size_t{0});
  std::mt19937_64 random(mixSeed(m_seed, round));
  for (std::size_t i = m_order.size() - 1; i > 0; --i) {
    std::swap(m_order[i], m_order[random() % (i + 1)]);
  }
}

}  // namespace volpress::learning
