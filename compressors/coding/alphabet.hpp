// One channel's alphabet: how values become tokens, and the binary tree through which tokens are
// coded.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/range_coder.hpp"
#include "scene/base/result.hpp"

namespace volpress::coding {

/// Values of a narrow range are tokens themselves (less the minimum). Values of a wide range become
/// a token for sign and magnitude class, and raw bits below it, so that outliers cost only
/// themselves.
class TokenMap {
public:
  static constexpr std::uint32_t kMaxDirect = 4096;

  /// For these values.
  explicit TokenMap(std::span<const std::int32_t> values);
  /// From a stream; the token count is at most kMaxDirect whatever the bytes.
  explicit TokenMap(RangeDecoder& decoder);
  void write(RangeEncoder& encoder) const;

  struct Token {
    std::uint32_t token;
    std::uint32_t extra;  ///< the raw bits
    unsigned extraBits;   ///< 0..29
  };
  [[nodiscard]] Token split(std::int32_t value) const noexcept;
  /// The raw bits that follow a token below tokenCount().
  [[nodiscard]] unsigned extraBits(std::uint32_t token) const noexcept;
  [[nodiscard]] std::int32_t join(std::uint32_t token, std::uint32_t extra) const noexcept;
  [[nodiscard]] std::uint32_t tokenCount() const noexcept { return m_tokens; }

private:
  bool m_direct = true;
  std::int32_t m_base = 0;  ///< the minimum, or the centre of a wide range
  std::uint32_t m_tokens = 1;
};

/// A binary tree over the tokens that occur, in their order, balanced by how often they occur:
/// the number of binary decisions is close to the entropy. The frequencies travel as half powers of
/// two and give the decisions' first probabilities.
class TokenTree {
public:
  explicit TokenTree(std::span<const std::uint32_t> counts);
  /// From a stream: `tokens` frequencies. Any bytes give a usable tree.
  TokenTree(RangeDecoder& decoder, std::uint32_t tokens);
  void write(RangeEncoder& encoder) const;

  struct Node {
    std::uint32_t split;                ///< tokens from here on are to the right
    std::array<std::int32_t, 2> child;  ///< a node's index, or ~token
    std::uint16_t zero;                 ///< first probability of "left", in 1/65536
  };
  /// Empty when one token takes all; `root` is then ~token.
  [[nodiscard]] const std::vector<Node>& nodes() const noexcept { return m_nodes; }
  [[nodiscard]] std::int32_t root() const noexcept { return m_root; }

  /// For every token its class out of `classes` of about equal frequency, in token order.
  [[nodiscard]] std::vector<std::uint8_t> quantiles(unsigned classes) const;

private:
  void build();
  std::vector<std::uint8_t> m_levels;  ///< 0: does not occur; else 1 + 2 log2(count), rounded
  std::vector<Node> m_nodes;
  std::int32_t m_root = 0;
};

}  // namespace volpress::coding
