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
/// Also how long a request to stop may wait: one channel of a block takes a few milliseconds.
constexpr std::size_t kRowsPerBlock = 100000;

/// The models of one channel: for each input a prediction per context and tree node. What every
/// visit of a node needs lies together.
class ChannelModel {
public:
  explicit ChannelModel(const TokenTree& tree) {
    m_nodes.reserve(tree.nodes().size());
    for (const TokenTree::Node& node : tree.nodes()) {
      m_nodes.push_back({node, {node.zero, kConfidence}, {}});
    }
    for (auto& contexts : m_predictions) {
      contexts.reserve(kClasses * m_nodes.size());
      for (unsigned i = 0; i < kClasses; ++i) {
        for (const NodeModel& node : m_nodes) {
          contexts.push_back(node.local);
        }
      }
    }
  }

  /// Goes from the root to a token; `code(probability, node)` codes or decodes one decision.
  template <typename CodeBit>
  [[nodiscard]] std::uint32_t walk(std::int32_t root, unsigned first, unsigned second,
                                   CodeBit&& code) {
    Prediction* const firstRow = m_predictions[0].data() + first * m_nodes.size();
    Prediction* const secondRow = m_predictions[1].data() + second * m_nodes.size();
    std::int32_t at = root;
    while (at >= 0) {
      NodeModel& node = m_nodes[static_cast<std::size_t>(at)];
      Prediction& byFirst = firstRow[at];
      Prediction& bySecond = secondRow[at];
      const std::array<std::int32_t, kInputs> odds{
          LogOdds::of(node.local.zero), LogOdds::of(byFirst.zero), LogOdds::of(bySecond.zero)};
      const std::uint32_t mixed = node.mixer.mix(odds);
      const bool bit = code(mixed, node.decision);
      at = node.decision.child[bit ? 1 : 0];
      node.mixer.update(odds, mixed, bit);
      node.local.update(bit, kLocalLimit);
      byFirst.update(bit, kContextLimit);
      bySecond.update(bit, kContextLimit);
    }
    return static_cast<std::uint32_t>(~at);
  }

private:
  struct NodeModel {
    TokenTree::Node decision;
    Prediction local;  ///< without a context
    Mixer<kInputs> mixer;
  };
  std::vector<NodeModel> m_nodes;
  std::array<std::vector<Prediction>, kInputs - 1> m_predictions;
};

/// What all blocks of a channel share: how values become tokens, and the classes of known tokens.
struct Channel {
  TokenMap map;
  TokenTree tree;
  std::vector<std::uint8_t> classOf;  ///< by token

  Channel(const TokenMap& tokens, TokenTree frequencies)
      : map(tokens), tree(std::move(frequencies)), classOf(tree.quantiles(kClasses)) {}
};

struct RowRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Blocks know nothing of each other, so that threads share a long chain. Their number follows from
/// the rows alone; each costs what its models must learn anew.
std::vector<RowRange> rowBlocks(std::size_t rows) {
  const std::size_t blocks = std::max<std::size_t>(1, rows / kRowsPerBlock);
  std::vector<RowRange> result(blocks);
  for (std::size_t i = 0; i < blocks; ++i) {
    result[i] = {rows * i / blocks, rows * (i + 1) / blocks};
  }
  return result;
}

/// Tokens of one block's rows: those of the channel being coded and of the chain's one before it.
class BlockTokens {
public:
  explicit BlockTokens(RowRange rows, std::span<const std::uint32_t> neighbours)
      : m_rows(rows),
        m_neighbours(neighbours),
        m_own(rows.end - rows.begin),
        m_before(rows.end - rows.begin) {}

  /// Goes on to the chain's next channel, of which rows that are not coded hold zero.
  void next(const Channel& channel, bool zeroFlags) {
    std::swap(m_own, m_before);
    if (zeroFlags) {
      std::fill(m_own.begin(), m_own.end(), static_cast<std::uint16_t>(channel.map.split(0).token));
    }
    m_classBefore = m_class;
    m_class = &channel.classOf;
  }
  void set(std::size_t row, std::uint32_t token) noexcept {
    m_own[row - m_rows.begin] = static_cast<std::uint16_t>(token);
  }
  /// The class at the row that resembles this one.
  [[nodiscard]] unsigned first(std::size_t row) const noexcept {
    return row == m_rows.begin ? 0U : classAt(neighbour(row));
  }
  /// The class of the channel before, or without one that of another row before.
  [[nodiscard]] unsigned second(std::size_t row) const noexcept {
    if (m_classBefore != nullptr) {
      return (*m_classBefore)[m_before[row - m_rows.begin]];
    }
    if (row < m_rows.begin + 2) {
      return 0;
    }
    // The row before, or the one before that when the first context has it already.
    return classAt(neighbour(row) == row - 1 ? row - 2 : row - 1);
  }

private:
  [[nodiscard]] std::size_t neighbour(std::size_t row) const noexcept {
    return m_neighbours.empty() || m_neighbours[row] < m_rows.begin ? row - 1 : m_neighbours[row];
  }
  [[nodiscard]] unsigned classAt(std::size_t row) const noexcept {
    return (*m_class)[m_own[row - m_rows.begin]];
  }

  RowRange m_rows;
  std::span<const std::uint32_t> m_neighbours;
  std::vector<std::uint16_t> m_own;
  std::vector<std::uint16_t> m_before;
  const std::vector<std::uint8_t>* m_class = nullptr;
  const std::vector<std::uint8_t>* m_classBefore = nullptr;
};

/// The chain's channels: first .. first + channels.size() of the layout.
struct Chain {
  std::size_t first = 0;
  std::vector<Channel> channels;
  /// Each row says first whether all its values are zero, and is done then: most rows of small
  /// coefficients are.
  bool zeroFlags = false;
};

/// The flag of a row, in the context of those of the row that resembles it and of two rows before.
class ZeroFlagModel {
public:
  ZeroFlagModel(RowRange rows, std::span<const std::uint32_t> neighbours,
                const std::vector<std::uint8_t>& flags)
      : m_begin(rows.begin), m_neighbours(neighbours), m_flags(flags) {}

  [[nodiscard]] BitModel& at(std::size_t row) noexcept {
    const std::size_t index = row - m_begin;
    if (index < 2) {
      return m_models[0];
    }
    const std::size_t near = m_neighbours.empty() || m_neighbours[row] < m_begin
                                 ? index - 1
                                 : m_neighbours[row] - m_begin;
    return m_models[4U * m_flags[near] + 2U * m_flags[index - 1] + m_flags[index - 2]];
  }

private:
  std::size_t m_begin;
  std::span<const std::uint32_t> m_neighbours;
  const std::vector<std::uint8_t>& m_flags;
  std::array<BitModel, 8> m_models;
};

/// The block's rows that are coded value by value. `code(model, row)` codes a row's flag.
template <typename CodeFlag>
std::vector<std::uint32_t> codedRows(const Chain& chain, RowRange rows,
                                     std::span<const std::uint32_t> neighbours, CodeFlag&& code) {
  std::vector<std::uint32_t> coded;
  coded.reserve(rows.end - rows.begin);
  std::vector<std::uint8_t> zeros(chain.zeroFlags ? rows.end - rows.begin : 0, 0);
  ZeroFlagModel model(rows, neighbours, zeros);
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    const bool zero = chain.zeroFlags && code(model.at(row), row);
    if (zero) {
      zeros[row - rows.begin] = 1;
    } else {
      coded.push_back(static_cast<std::uint32_t>(row));
    }
  }
  return coded;
}

bool zeroRow(std::span<const std::int32_t> values, const SymbolLayout& layout, std::size_t first,
             std::size_t count, std::size_t row) {
  const auto chain = values.subspan(row * layout.channels + first, count);
  return std::all_of(chain.begin(), chain.end(), [](std::int32_t value) { return value == 0; });
}

Bytes encodeTables(std::span<const std::int32_t> values, const SymbolLayout& layout,
                   std::size_t count, Chain& chain) {
  RangeEncoder encoder;
  std::vector<std::uint8_t> zeros(layout.rows, 0);
  if (count > 1) {
    for (std::size_t row = 0; row < layout.rows; ++row) {
      zeros[row] = zeroRow(values, layout, chain.first, count, row) ? 1 : 0;
    }
  }
  const auto flagged = static_cast<std::size_t>(std::count(zeros.begin(), zeros.end(), 1));
  chain.zeroFlags = flagged > layout.rows / 2;
  encoder.encodeBits(chain.zeroFlags ? 1 : 0, 1);
  std::vector<std::int32_t> column(layout.rows);
  for (std::size_t channel = chain.first; channel < chain.first + count; ++channel) {
    for (std::size_t row = 0; row < layout.rows; ++row) {
      column[row] = values[row * layout.channels + channel];
    }
    TokenMap map(column);
    std::vector<std::uint32_t> counts(map.tokenCount(), 0);
    for (std::size_t row = 0; row < layout.rows; ++row) {
      if (!chain.zeroFlags || zeros[row] == 0) {
        ++counts[map.split(column[row]).token];
      }
    }
    TokenTree tree(counts);
    map.write(encoder);
    tree.write(encoder);
    chain.channels.emplace_back(map, std::move(tree));
  }
  return encoder.finish();
}

Result<void> decodeTables(ByteView stream, std::size_t count, Chain& chain) {
  RangeDecoder decoder(stream);
  chain.zeroFlags = decoder.decodeBits(1) != 0;
  for (std::size_t i = 0; i < count; ++i) {
    TokenMap map(decoder);
    if (chain.zeroFlags && map.split(0).token >= map.tokenCount()) {
      return fail(ErrorCode::CorruptData, "channel {} has rows of zeros but no zero",
                  chain.first + i);
    }
    TokenTree tree(decoder, map.tokenCount());
    chain.channels.emplace_back(map, std::move(tree));
  }
  if (!decoder.atEnd()) {
    return fail(ErrorCode::CorruptData, "symbol tables of channels {}..{}: {}", chain.first,
                chain.first + count - 1,
                decoder.overran() ? "bytes are missing" : "bytes are left over");
  }
  return {};
}

/// One block of the chain's channels; nothing when cancelled.
std::optional<Bytes> encodeBlock(std::span<const std::int32_t> values, const SymbolLayout& layout,
                                 const Chain& chain, RowRange rows, const std::stop_token& stop) {
  RangeEncoder encoder;
  const std::vector<std::uint32_t> coded =
      codedRows(chain, rows, layout.neighbours, [&](BitModel& model, std::size_t row) {
        const bool flag = zeroRow(values, layout, chain.first, chain.channels.size(), row);
        encoder.encode(model, flag);
        return flag;
      });
  BlockTokens tokens(rows, layout.neighbours);
  for (std::size_t i = 0; i < chain.channels.size(); ++i) {
    const Channel& channel = chain.channels[i];
    ChannelModel model(channel.tree);
    tokens.next(channel, chain.zeroFlags);
    if (stop.stop_requested()) {
      return std::nullopt;
    }
    for (const std::size_t row : coded) {
      const TokenMap::Token token =
          channel.map.split(values[row * layout.channels + chain.first + i]);
      (void)model.walk(channel.tree.root(), tokens.first(row), tokens.second(row),
                       [&](std::uint32_t zero, const TokenTree::Node& node) {
                         const bool bit = token.token >= node.split;
                         encoder.encode(zero, bit);
                         return bit;
                       });
      tokens.set(row, token.token);
      if (token.extraBits > 16) {
        encoder.encodeBits(token.extra >> 16, token.extraBits - 16);
      }
      encoder.encodeBits(token.extra & 0xFFFF, std::min(token.extraBits, 16U));
    }
  }
  return encoder.finish();
}

/// Fills one block of the chain's channels in `values`. Whatever the bytes, only those are written.
Result<void> decodeBlock(ByteView stream, const SymbolLayout& layout, const Chain& chain,
                         RowRange rows, std::span<std::int32_t> values,
                         const std::stop_token& stop) {
  RangeDecoder decoder(stream);
  const std::size_t count = rows.end - rows.begin;
  const std::vector<std::uint32_t> coded =
      codedRows(chain, rows, layout.neighbours,
                [&](BitModel& model, std::size_t) { return decoder.decode(model); });
  BlockTokens tokens(rows, layout.neighbours);
  // Channel after channel; rows of `values` are far apart, so each is written once, at the end.
  SymbolArray columns(count * chain.channels.size());
  if (chain.zeroFlags) {
    std::fill(columns.begin(), columns.end(), 0);
  }
  for (std::size_t i = 0; i < chain.channels.size(); ++i) {
    std::int32_t* column = columns.data() + i * count;
    const Channel& channel = chain.channels[i];
    ChannelModel model(channel.tree);
    tokens.next(channel, chain.zeroFlags);
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    if (decoder.overran()) {
      return fail(ErrorCode::CorruptData, "symbol stream ends before channel {}, rows {}..{}",
                  chain.first + i, rows.begin, rows.end - 1);
    }
    for (const std::size_t row : coded) {
      const std::uint32_t token = model.walk(
          channel.tree.root(), tokens.first(row), tokens.second(row),
          [&](std::uint32_t zero, const TokenTree::Node&) { return decoder.decode(zero); });
      tokens.set(row, token);
      const unsigned extraBits = channel.map.extraBits(token);
      std::uint32_t extra = 0;
      if (extraBits != 0) {
        if (extraBits > 16) {
          extra = decoder.decodeBits(extraBits - 16) << 16;
        }
        extra |= decoder.decodeBits(std::min(extraBits, 16U));
      }
      column[row - rows.begin] = channel.map.join(token, extra);
    }
  }
  for (std::size_t row = 0; row < count; ++row) {
    for (std::size_t i = 0; i < chain.channels.size(); ++i) {
      values[(rows.begin + row) * layout.channels + chain.first + i] = columns[i * count + row];
    }
  }
  if (!decoder.atEnd()) {
    return fail(ErrorCode::CorruptData, "symbol stream of channels {}..{}, rows {}..{}: {}",
                chain.first, chain.first + chain.channels.size() - 1, rows.begin, rows.end - 1,
                decoder.overran() ? "bytes are missing" : "bytes are left over");
  }
  return {};
}

/// Chains that are not filled yet, with the number of channels of each.
struct ChainPlan {
  std::vector<Chain> chains;
  std::vector<std::size_t> channels;
};

ChainPlan planChains(const SymbolLayout& layout) {
  ChainPlan plan;
  for (std::size_t first = 0; layout.rows != 0 && first < layout.channels; first += layout.chain) {
    plan.chains.push_back({first, {}});
    plan.channels.push_back(std::min(layout.chain, layout.channels - first));
  }
  return plan;
}

/// Calls `work(i)` for every i below `count`, in any order and at once.
template <typename Work>
void forEach(TaskRunner& runner, std::size_t count, const Work& work) {
  runner.parallelFor(count, 1, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      work(i);
    }
  });
}

}  // namespace

// A stream is the lengths of its parts and the parts: the tables of every chain, then for every
// chain its blocks.
Result<Bytes> encodeSymbols(std::span<const std::int32_t> values, const SymbolLayout& layout,
                            TaskRunner& runner, const std::stop_token& stop) {
  ChainPlan plan = planChains(layout);
  const std::vector<RowRange> blocks = rowBlocks(layout.rows);
  const std::size_t chains = plan.chains.size();
  std::vector<std::optional<Bytes>> parts(chains + chains * blocks.size());
  forEach(runner, chains, [&](std::size_t i) {
    parts[i] = encodeTables(values, layout, plan.channels[i], plan.chains[i]);
  });
  forEach(runner, chains * blocks.size(), [&](std::size_t i) {
    parts[chains + i] = encodeBlock(values, layout, plan.chains[i / blocks.size()],
                                    blocks[i % blocks.size()], stop);
  });
  ByteWriter writer;
  for (const auto& part : parts) {
    if (!part) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    if (part->size() > 0xFFFFFFFFU) {
      return fail(ErrorCode::InvalidParameter, "a symbol stream of {} bytes is too long",
                  part->size());
    }
    writer.write(static_cast<std::uint32_t>(part->size()));
  }
  for (const auto& part : parts) {
    writer.append(*part);
  }
  return std::move(writer).take();
}

Result<SymbolArray> decodeSymbols(ByteView stream, const SymbolLayout& layout, TaskRunner& runner,
                                  const std::stop_token& stop) {
  ChainPlan plan = planChains(layout);
  const std::vector<RowRange> blocks = rowBlocks(layout.rows);
  const std::size_t chains = plan.chains.size();
  ByteReader reader(stream);
  std::vector<std::uint32_t> lengths(chains + chains * blocks.size());
  for (std::uint32_t& length : lengths) {
    VOLPRESS_TRY(length, reader.read<std::uint32_t>("symbol stream length"));
  }
  std::vector<ByteView> parts(lengths.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    VOLPRESS_TRY(parts[i], reader.take(lengths[i], "symbol stream"));
  }
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "{} bytes follow the last symbol stream",
                reader.remaining());
  }
  std::vector<Result<void>> results(parts.size());
  forEach(runner, chains, [&](std::size_t i) {
    results[i] = decodeTables(parts[i], plan.channels[i], plan.chains[i]);
  });
  for (std::size_t i = 0; i < chains; ++i) {
    VOLPRESS_CHECK(std::move(results[i]));
  }
  SymbolArray values(layout.rows * layout.channels);
  forEach(runner, chains * blocks.size(), [&](std::size_t i) {
    results[chains + i] = decodeBlock(parts[chains + i], layout, plan.chains[i / blocks.size()],
                                      blocks[i % blocks.size()], values, stop);
  });
  for (Result<void>& result : results) {
    VOLPRESS_CHECK(std::move(result));
  }
  return values;
}

}  // namespace volpress::coding
