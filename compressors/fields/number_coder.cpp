#include "compressors/fields/number_coder.hpp"

#include <algorithm>
#include <bit>

#include "compressors/coding/range_coder.hpp"
#include "compressors/coding/value_coder.hpp"
#include "scene/base/half.hpp"

namespace volpress::fields {
namespace {

constexpr unsigned kTopBits = 2;  // of the mantissa, with models

/// The models of one channel.
struct ChannelModels {
  explicit ChannelModels(const NumberLayout& layout)
      : sign(1),
        exponent(std::size_t{1} << layout.exponentBits),
        top(std::size_t{1} << (layout.exponentBits + kTopBits)) {}
  std::vector<coding::BitModel> sign, exponent, top;
};

template <typename Side>
class NumberCoder {
public:
  NumberCoder(Side& side, const NumberLayout& layout)
      : m_side(side), m_layout(layout), m_models(layout.channels, ChannelModels(layout)) {}

  std::uint32_t code(std::size_t channel, std::uint32_t wanted) {
    ChannelModels& models = m_models[channel];
    const unsigned mantissaBits = m_layout.mantissaBits;
    const std::uint32_t exponent = tree(models.exponent.data(), m_layout.exponentBits,
                                        wanted >> mantissaBits & mask(m_layout.exponentBits));
    const unsigned rest = mantissaBits - kTopBits;
    const std::uint32_t top = tree(models.top.data() + (std::size_t{exponent} << kTopBits),
                                   kTopBits, wanted >> rest & mask(kTopBits));
    std::uint32_t pattern = exponent << mantissaBits | top << rest;
    for (unsigned left = rest; left != 0;) {
      const unsigned part = std::min(left, 16U);
      left -= part;
      pattern |= m_side.plain(wanted >> left & mask(part), part) << left;
    }
    const unsigned signAt = mantissaBits + m_layout.exponentBits;
    // Zeros are common and their sign is always the same.
    coding::BitModel& sign = pattern == 0 ? m_zeroSign : models.sign[0];
    return pattern | static_cast<std::uint32_t>(bit(sign, (wanted >> signAt & 1) != 0)) << signAt;
  }

private:
  static std::uint32_t mask(unsigned bits) { return (1U << bits) - 1; }

  bool bit(coding::BitModel& model, bool wanted) {
    const bool coded = m_side.bit(model.zeroProbability(), wanted);
    model.update(coded);
    return coded;
  }

  std::uint32_t tree(coding::BitModel* models, unsigned bits, std::uint32_t wanted) {
    std::uint32_t node = 1;
    for (unsigned left = bits; left-- > 0;) {
      node = node << 1 | static_cast<std::uint32_t>(bit(models[node], (wanted >> left & 1) != 0));
    }
    return node & mask(bits);
  }

  Side& m_side;
  NumberLayout m_layout;
  std::vector<ChannelModels> m_models;
  coding::BitModel m_zeroSign;
};

}  // namespace

Bytes encodeNumbers(std::span<const std::uint32_t> patterns, const NumberLayout& layout) {
  coding::BitWriteSide side;
  NumberCoder coder(side, layout);
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    (void)coder.code(i % layout.channels, patterns[i]);
  }
  return side.finish();
}

Result<std::vector<std::uint32_t>> decodeNumbers(ByteView stream, std::size_t count,
                                                 const NumberLayout& layout) {
  coding::BitReadSide side(stream);
  NumberCoder coder(side, layout);
  std::vector<std::uint32_t> patterns(count);
  for (std::size_t i = 0; i < count && !side.overran(); ++i) {
    patterns[i] = coder.code(i % layout.channels, 0);
  }
  if (!side.atEnd()) {
    return fail(ErrorCode::CorruptData, "{} bytes do not end with the last of {} numbers",
                stream.size(), count);
  }
  return patterns;
}

std::vector<std::uint32_t> patternsOf(std::span<const float> values, bool half) {
  std::vector<std::uint32_t> patterns(values.size());
  std::transform(values.begin(), values.end(), patterns.begin(), [half](float value) {
    return half ? std::uint32_t{floatToHalf(value)} : std::bit_cast<std::uint32_t>(value);
  });
  return patterns;
}

void fromPatterns(std::span<const std::uint32_t> patterns, bool half, std::span<float> values) {
  std::transform(patterns.begin(), patterns.end(), values.begin(), [half](std::uint32_t pattern) {
    return half ? halfToFloat(static_cast<std::uint16_t>(pattern)) : std::bit_cast<float>(pattern);
  });
}

}  // namespace volpress::fields
