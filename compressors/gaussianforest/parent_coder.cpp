#include "compressors/gaussianforest/parent_coder.hpp"

#include <algorithm>

namespace volpress::compressors::gaussianforest {
namespace {

/// Parents by last use.
class RecentParents {
public:
  /// Makes `parent` the first.
  void use(std::uint32_t parent) {
    const auto found = std::find(m_parents.begin(), m_parents.end(), parent);
    if (found != m_parents.end()) {
      std::rotate(m_parents.begin(), found, found + 1);
      return;
    }
    m_parents.insert(m_parents.begin(), parent);
    if (m_parents.size() > kRecent) {
      m_parents.pop_back();
    }
  }
  [[nodiscard]] const std::vector<std::uint32_t>& list() const noexcept { return m_parents; }

private:
  std::vector<std::uint32_t> m_parents;
};

std::size_t neighbourOf(std::span<const std::uint32_t> neighbours, std::size_t child) {
  return neighbours.empty() ? child - 1 : neighbours[child];
}

}  // namespace

coding::SymbolArray parentSymbols(std::span<const std::uint32_t> parents,
                                  std::span<const std::uint32_t> neighbours) {
  coding::SymbolArray symbols(parents.size());
  RecentParents recent;
  std::uint32_t known = 0;
  for (std::size_t i = 0; i < parents.size(); ++i) {
    if (i > 0) {
      recent.use(parents[neighbourOf(neighbours, i)]);
    }
    const auto& list = recent.list();
    const auto rank =
        static_cast<std::size_t>(std::find(list.begin(), list.end(), parents[i]) - list.begin());
    if (parents[i] == known) {
      symbols[i] = 0;
      ++known;
    } else if (rank < list.size()) {
      symbols[i] = static_cast<std::int32_t>(rank + 1);
    } else {
      symbols[i] = static_cast<std::int32_t>(kRecent + 1 + (known - 1 - parents[i]));
    }
    recent.use(parents[i]);
  }
  return symbols;
}

Result<Parents> parentsFrom(std::span<const std::int32_t> symbols,
                            std::span<const std::uint32_t> neighbours) {
  Parents parents;
  parents.ofChild.resize(symbols.size());
  RecentParents recent;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (i > 0) {
      recent.use(parents.ofChild[neighbourOf(neighbours, i)]);
    }
    const std::int64_t symbol = symbols[i];
    const auto rank = static_cast<std::size_t>(std::max<std::int64_t>(symbol, 0));
    std::uint32_t parent = 0;
    if (symbol == 0) {
      parent = parents.count++;
    } else if (symbol > 0 && rank <= recent.list().size()) {
      parent = recent.list()[rank - 1];
    } else if (symbol > static_cast<std::int64_t>(kRecent) && rank - kRecent - 1 < parents.count) {
      parent = parents.count - 1 - static_cast<std::uint32_t>(rank - kRecent - 1);
    } else {
      return fail(ErrorCode::CorruptData, "child {} has parent symbol {}, there are {} parents", i,
                  symbol, parents.count);
    }
    parents.ofChild[i] = parent;
    recent.use(parent);
  }
  return parents;
}

}  // namespace volpress::compressors::gaussianforest
