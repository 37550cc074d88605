#include "compressors/coding/symbol_coder.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>

#include "compressors/coding/alphabet.hpp"
#include "compressors/coding/context_mixer.hpp"
#include "compressors/coding/range_coder.hpp"

namespace volpress::coding {
namespace {

/// Contexts are classes of about equal frequency of a token that is already known.
constexpr unsigned kClasses = 24;
/// Window limits: the tree alone follows what is local, the contexts learn longer.
constexpr unsigned kLocalLimit = 16;
constexpr unsigned kContextLimit = 100;
/// How many coded bits the transmitted frequencies count for, at first.
constexpr std::uint16_t kConfidence = 6;
constexpr std::size_t kInputs = 3;
constexpr std::size_t kRowsPerStopCheck = 1 << 14;

/// The models of one channel: for each input a prediction per context and tree node.
class ChannelModel {
public:
  explicit ChannelModel(const TokenTree& tree) : m_nodes(tree.nodes()), m_mixers(m_nodes.size()) {
    for (auto& contexts : m_predictions) {
      const std::size_t classes = &contexts == m_predictions.data() ? 1 : kClasses;
      contexts.resize(classes * m_nodes.size());
      for (std::size_t i = 0; i < contexts.size(); ++i) {
        contexts[i] = {m_nodes[i % m_nodes.size()].zero, kConfidence};
      }
    }
  }

  /// Goes from the root to a token; `code(probability, node)` codes or decodes one decision.
  template <typename CodeBit>
  [[nodiscard]] std::uint32_t walk(std::int32_t root, unsigned first, unsigned second,
                                   CodeBit&& code) {
    std::array<Prediction*, kInputs> rows{m_predictions[0].data(),
                                          m_predictions[1].data() + first * m_nodes.size(),
                                          m_predictions[2].data() + second * m_nodes.size()};
    std::int32_t at = root;
    while (at >= 0) {
      const auto index = static_cast<std::size_t>(at);
      std::array<std::int32_t, kInputs> odds{};
      for (std::size_t i = 0; i < kInputs; ++i) {
        odds[i] = LogOdds::of(rows[i][index].zero);
      }
      const std::uint32_t mixed = m_mixers[index].mix(odds);
      const bool bit = code(mixed, m_nodes[index]);
      m_mixers[index].update(odds, mixed, bit);
      rows[0][index].update(bit, kLocalLimit);
      rows[1][index].update(bit, kContextLimit);
      rows[2][index].update(bit, kContextLimit);
      at = m_nodes[index].child[bit ? 1 : 0];
    }
    return static_cast<std::uint32_t>(~at);
  }

private:
  const std::vector<TokenTree::Node>& m_nodes;
  std::array<std::vector<Prediction>, kInputs> m_predictions;
  std::vector<Mixer<kInputs>> m_mixers;
};

/// What a channel's context needs from channels that are already known.
struct KnownTokens {
  std::span<const std::uint16_t> tokens;
  std::vector<std::uint8_t> classOf;  ///< by token
};

/// The two context classes of a row.
class Contexts {
public:
  Contexts(const SymbolLayout& layout, const TokenTree& tree, std::span<const std::uint16_t> own,
           const KnownTokens* before)
      : m_neighbours(layout.neighbours),
        m_own(own),
        m_classOf(tree.quantiles(kClasses)),
        m_before(before) {}

  [[nodiscard]] unsigned first(std::size_t row) const noexcept {
    return row == 0 ? 0U : m_classOf[m_own[neighbour(row)]];
  }
  [[nodiscard]] unsigned second(std::size_t row) const noexcept {
    if (m_before != nullptr) {
      return m_before->classOf[m_before->tokens[row]];
    }
    if (row < 2) {
      return 0;
    }
    // The row before, or the one before that when the first context has it already.
    return m_classOf[m_own[neighbour(row) == row - 1 ? row - 2 : row - 1]];
  }
  [[nodiscard]] const std::vector<std::uint8_t>& classOf() const noexcept { return m_classOf; }

private:
  [[nodiscard]] std::size_t neighbour(std::size_t row) const noexcept {
    return m_neighbours.empty() ? row - 1 : m_neighbours[row];
  }
  std::span<const std::uint32_t> m_neighbours;
  std::span<const std::uint16_t> m_own;
  std::vector<std::uint8_t> m_classOf;
  const KnownTokens* m_before;
};

std::vector<std::int32_t> channelValues(std::span<const std::int32_t> values,
                                        const SymbolLayout& layout, std::size_t channel) {
  std::vector<std::int32_t> result(layout.rows);
  for (std::size_t row = 0; row < layout.rows; ++row) {
    result[row] = values[row * layout.channels + channel];
  }
  return result;
}

/// Codes the chain's channels into one stream; nothing when cancelled.
std::optional<Bytes> encodeChain(std::span<const std::int32_t> values, const SymbolLayout& layout,
                                 std::size_t begin, std::size_t end, const std::stop_token& stop) {
  RangeEncoder encoder;
  std::vector<std::vector<std::uint16_t>> tokens(end - begin);
  KnownTokens before;
  for (std::size_t channel = begin; channel < end; ++channel) {
    const std::vector<std::int32_t> column = channelValues(values, layout, channel);
    const TokenMap map(column);
    std::vector<std::uint16_t>& own = tokens[channel - begin];
    own.resize(layout.rows);
    std::vector<std::uint32_t> counts(map.tokenCount(), 0);
    for (std::size_t row = 0; row < layout.rows; ++row) {
      own[row] = static_cast<std::uint16_t>(map.split(column[row]).token);
      ++counts[own[row]];
    }
    const TokenTree tree(counts);
    map.write(encoder);
    tree.write(encoder);
    ChannelModel model(tree);
    Contexts contexts(layout, tree, own, channel == begin ? nullptr : &before);
    for (std::size_t row = 0; row < layout.rows; ++row) {
      if (row % kRowsPerStopCheck == 0 && stop.stop_requested()) {
        return std::nullopt;
      }
      const TokenMap::Token token = map.split(column[row]);
      (void)model.walk(tree.root(), contexts.first(row), contexts.second(row),
                       [&](std::uint32_t zero, const TokenTree::Node& node) {
                         const bool bit = token.token >= node.split;
                         encoder.encode(zero, bit);
                         return bit;
                       });
      if (token.extraBits > 16) {
        encoder.encodeBits(token.extra >> 16, token.extraBits - 16);
      }
      encoder.encodeBits(token.extra & 0xFFFF, std::min(token.extraBits, 16U));
    }
    before = {own, contexts.classOf()};
  }
  return encoder.finish();
}

/// Fills the chain's channels of `values`. Whatever the bytes, only rows * channels are written.
Result<void> decodeChain(ByteView stream, const SymbolLayout& layout, std::size_t begin,
                         std::size_t end, std::span<std::int32_t> values,
                         const std::stop_token& stop) {
  RangeDecoder decoder(stream);
  std::vector<std::vector<std::uint16_t>> tokens(end - begin);
  KnownTokens before;
  for (std::size_t channel = begin; channel < end; ++channel) {
    const TokenMap map(decoder);
    const TokenTree tree(decoder, map.tokenCount());
    ChannelModel model(tree);
    std::vector<std::uint16_t>& own = tokens[channel - begin];
    own.resize(layout.rows);
    Contexts contexts(layout, tree, own, channel == begin ? nullptr : &before);
    for (std::size_t row = 0; row < layout.rows; ++row) {
      if (row % kRowsPerStopCheck == 0) {
        if (stop.stop_requested()) {
          return fail(ErrorCode::Cancelled, "cancelled");
        }
        if (decoder.overran()) {
          return fail(ErrorCode::CorruptData, "symbol stream ends in channel {} at row {} of {}",
                      channel, row, layout.rows);
        }
      }
      const std::uint32_t token = model.walk(
          tree.root(), contexts.first(row), contexts.second(row),
          [&](std::uint32_t zero, const TokenTree::Node&) { return decoder.decode(zero); });
      const unsigned extraBits = map.extraBits(token);
      std::uint32_t extra = 0;
      if (extraBits != 0) {
        if (extraBits > 16) {
          extra = decoder.decodeBits(extraBits - 16) << 16;
        }
        extra |= decoder.decodeBits(std::min(extraBits, 16U));
      }
      own[row] = static_cast<std::uint16_t>(token);
      values[row * layout.channels + channel] = map.join(token, extra);
    }
    before = {own, contexts.classOf()};
  }
  if (!decoder.atEnd()) {
    return fail(ErrorCode::CorruptData, "symbol stream of channels {}..{}: {} after the last value",
                begin, end - 1, decoder.overran() ? "bytes are missing" : "bytes are left over");
  }
  return {};
}

std::size_t chainCount(const SymbolLayout& layout) {
  return (layout.channels + layout.chain - 1) / layout.chain;
}

}  // namespace

Result<Bytes> encodeSymbols(std::span<const std::int32_t> values, const SymbolLayout& layout,
                            TaskRunner& runner, const std::stop_token& stop) {
  const std::size_t chains = layout.rows == 0 ? 0 : chainCount(layout);
  std::vector<std::optional<Bytes>> streams(chains);
  runner.parallelFor(chains, 1, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      const std::size_t begin = i * layout.chain;
      const std::size_t end = std::min(begin + layout.chain, layout.channels);
      streams[i] = encodeChain(values, layout, begin, end, stop);
    }
  });
  ByteWriter writer;
  for (const auto& stream : streams) {
    if (!stream) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    if (stream->size() > 0xFFFFFFFFU) {
      return fail(ErrorCode::InvalidParameter, "a symbol stream of {} bytes is too long",
                  stream->size());
    }
    writer.write(static_cast<std::uint32_t>(stream->size()));
  }
  for (const auto& stream : streams) {
    writer.append(*stream);
  }
  return std::move(writer).take();
}

Result<std::vector<std::int32_t>> decodeSymbols(ByteView stream, const SymbolLayout& layout,
                                                TaskRunner& runner, const std::stop_token& stop) {
  const std::size_t chains = layout.rows == 0 ? 0 : chainCount(layout);
  ByteReader reader(stream);
  std::vector<std::uint32_t> lengths(chains);
  for (std::uint32_t& length : lengths) {
    VOLPRESS_TRY(length, reader.read<std::uint32_t>("symbol stream length"));
  }
  std::vector<ByteView> parts(chains);
  for (std::size_t i = 0; i < chains; ++i) {
    VOLPRESS_TRY(parts[i], reader.take(lengths[i], "symbol stream"));
  }
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "{} bytes follow the last symbol stream",
                reader.remaining());
  }
  std::vector<std::int32_t> values(layout.rows * layout.channels);
  std::vector<Result<void>> results(chains);
  runner.parallelFor(chains, 1, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      const std::size_t begin = i * layout.chain;
      const std::size_t end = std::min(begin + layout.chain, layout.channels);
      results[i] = decodeChain(parts[i], layout, begin, end, values, stop);
    }
  });
  for (Result<void>& result : results) {
    VOLPRESS_CHECK(std::move(result));
  }
  return values;
}

}  // namespace volpress::coding
