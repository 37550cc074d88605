#include "compressors/stream/splat_layers.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "compressors/stream/crc32c.hpp"

namespace volpress::compressors {
namespace {

using namespace splat_layers;

constexpr float kMostEnlargement = 8;

/// The codec's part of INIT, taken apart.
struct SplitInit {
  float logEnlargement = 0;
  std::uint32_t firstSplats = 0;  ///< the most of a frame in the first layer
  std::uint32_t partLayers = 1;
  ByteView first, rest;
};

Result<SplitInit> readSplit(const ClipInfo& info) {
  ByteReader reader(info.codecInit);
  SplitInit split;
  VOLPRESS_TRY(const auto mark, reader.read<std::uint8_t>("layers of splats"));
  VOLPRESS_TRY(const auto version, reader.read<std::uint8_t>("version of layers of splats"));
  if (mark != kMark || version != kVersion) {
    return fail(ErrorCode::UnsupportedVersion, "version {} of layers of splats; {} can be read",
                version, kVersion);
  }
  VOLPRESS_TRY(split.logEnlargement, reader.read<float>("enlargement"));
  VOLPRESS_TRY(split.firstSplats, reader.read<std::uint32_t>("splats of the first layer"));
  VOLPRESS_TRY(split.partLayers, reader.read<std::uint32_t>("layers of a part"));
  VOLPRESS_TRY(const auto size, reader.read<std::uint64_t>("first part"));
  VOLPRESS_TRY(split.first, reader.take(size, "first part"));
  split.rest = reader.rest();
  if (!(std::abs(split.logEnlargement) <= std::log(kMostEnlargement))) {
    return fail(ErrorCode::CorruptData, "splats of the first layer enlarged by exp({}); at most {}",
                split.logEnlargement, kMostEnlargement);
  }
  if (split.firstSplats == 0 || split.firstSplats >= info.maxSplats) {
    return fail(ErrorCode::CorruptData, "{} of {} splats in the first layer", split.firstSplats,
                info.maxSplats);
  }
  if (split.partLayers == 0 || split.partLayers > kMaxLayers ||
      clipLayers(info.shDegree, split.partLayers) != info.layerCount) {
    return fail(ErrorCode::CorruptData, "{} layers made of parts with {} layers each",
                info.layerCount, split.partLayers);
  }
  return split;
}

/// The layers of both parts in the layers of a segment.
struct PartViews {
  std::vector<ByteView> first, rest;
};

Result<PartViews> readParts(const ClipInfo& info, std::size_t partLayers,
                            std::span<const ByteView> layers) {
  PartViews parts;
  parts.first.push_back(layers[0]);
  if (layers.size() > 1) {
    parts.rest.push_back(layers[1]);
  }
  for (std::size_t layer = kPartLayers; layer < layers.size(); ++layer) {
    ByteReader reader(layers[layer]);
    const LayerRange range = partLayersOf(layer, info.shDegree, partLayers);
    for (std::size_t k = range.first; k < range.end; ++k) {
      for (std::vector<ByteView>* part : {&parts.first, &parts.rest}) {
        VOLPRESS_TRY(const auto size, reader.read<std::uint64_t>("layer of a part"));
        VOLPRESS_TRY(const ByteView bytes, reader.take(size, "layer of a part"));
        part->push_back(bytes);
      }
    }
    if (reader.remaining() != 0) {
      return fail(ErrorCode::CorruptData, "{} bytes are left behind a layer", reader.remaining());
    }
  }
  return parts;
}

template <typename Array>
void append(Array& to, const Array& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// Frames of both parts, one behind the other; those of the first alone are enlarged.
class JoinedFrames final : public SegmentFrames {
public:
  JoinedFrames(std::unique_ptr<SegmentFrames> first, std::unique_ptr<SegmentFrames> rest,
               std::uint32_t most, float logEnlargement)
      : m_first(std::move(first)),
        m_rest(std::move(rest)),
        m_most(most),
        m_logEnlargement(logEnlargement) {}

  Result<GaussianCloud> next(RunContext& context) override {
    VOLPRESS_TRY(GaussianCloud cloud, m_first->next(context));
    if (m_rest == nullptr) {
      for (float& scale : cloud.logScales) {
        scale += m_logEnlargement;
      }
      return cloud;
    }
    VOLPRESS_TRY(const GaussianCloud more, m_rest->next(context));
    if (cloud.count + more.count > m_most) {
      return fail(ErrorCode::CorruptData, "a frame of {} splats; {} are allowed",
                  cloud.count + more.count, m_most);
    }
    cloud.count += more.count;
    append(cloud.means, more.means);
    append(cloud.logScales, more.logScales);
    append(cloud.rotations, more.rotations);
    append(cloud.opacityLogits, more.opacityLogits);
    append(cloud.shDc, more.shDc);
    append(cloud.shRest, more.shRest);
    return cloud;
  }

  Result<void> skip(RunContext& context) override {
    VOLPRESS_CHECK(m_first->skip(context));
    return m_rest == nullptr ? Result<void>{} : m_rest->skip(context);
  }

  Result<void> finish() override {
    VOLPRESS_CHECK(m_first->finish());
    return m_rest == nullptr ? Result<void>{} : m_rest->finish();
  }

  [[nodiscard]] std::uint32_t digest() const override {
    ByteWriter sums;
    sums.write(m_first->digest());
    sums.write(m_rest == nullptr ? 0U : m_rest->digest());
    return crc32c(sums.bytes());
  }

private:
  std::unique_ptr<SegmentFrames> m_first, m_rest;
  std::uint32_t m_most;
  float m_logEnlargement;
};

class SplatLayerDecoder final : public ClipDecoder {
public:
  explicit SplatLayerDecoder(const ClipInfo& info) : m_info(info) {}

  Result<void> open(OpenPart openPart, RunContext& context) {
    VOLPRESS_TRY(m_split, readSplit(m_info));
    ClipInfo part = m_info;
    part.layerCount = m_split.partLayers;
    part.codecInit.assign(m_split.first.begin(), m_split.first.end());
    part.maxSplats = m_split.firstSplats;
    VOLPRESS_TRY(m_first, openPart(part, context));
    part.codecInit.assign(m_split.rest.begin(), m_split.rest.end());
    part.maxSplats = m_info.maxSplats;
    VOLPRESS_TRY(m_rest, openPart(part, context));
    m_split.first = m_split.rest = {};
    m_info.codecInit = {};
    return {};
  }

  [[nodiscard]] Result<std::unique_ptr<SegmentFrames>> openSegment(
      std::size_t firstFrame, std::size_t frameCount, std::span<const ByteView> layers,
      RunContext& context) const override {
    VOLPRESS_TRY(const PartViews parts, readParts(m_info, m_split.partLayers, layers));
    VOLPRESS_TRY(auto first, m_first->openSegment(firstFrame, frameCount, parts.first, context));
    std::unique_ptr<SegmentFrames> rest;
    if (!parts.rest.empty()) {
      VOLPRESS_TRY(rest, m_rest->openSegment(firstFrame, frameCount, parts.rest, context));
    }
    return std::make_unique<JoinedFrames>(std::move(first), std::move(rest), m_info.maxSplats,
                                          m_split.logEnlargement);
  }

private:
  ClipInfo m_info;
  SplitInit m_split;
  std::unique_ptr<ClipDecoder> m_first, m_rest;
};

}  // namespace

namespace splat_layers {

LayerRange partLayersOf(std::size_t layer, unsigned shDegree, std::size_t partLayers) noexcept {
  // The base, SH order 1, the orders above it, and what there is besides.
  const std::size_t orders = std::min<std::size_t>(partLayers, std::size_t{shDegree} + 1);
  std::vector<LayerRange> ranges;
  if (orders > 1) {
    ranges.push_back({1, 2});
  }
  if (orders > 2) {
    ranges.push_back({2, orders});
  }
  if (partLayers > orders) {
    ranges.push_back({orders, partLayers});
  }
  const std::size_t k = layer - kPartLayers;
  return k < ranges.size() ? ranges[k] : LayerRange{0, 0};
}

std::size_t clipLayers(unsigned shDegree, std::size_t partLayers) noexcept {
  std::size_t layers = kPartLayers;
  while (partLayersOf(layers, shDegree, partLayers).end != 0) {
    ++layers;
  }
  return layers;
}

}  // namespace splat_layers

bool hasSplatLayers(const ClipInfo& info) noexcept {
  return !info.codecInit.empty() && info.codecInit[0] == std::byte{kMark};
}

Result<std::unique_ptr<ClipDecoder>> openSplatLayers(const ClipInfo& info, OpenPart open,
                                                     RunContext& context) {
  if (!hasSplatLayers(info)) {
    return open(info, context);
  }
  auto decoder = std::make_unique<SplatLayerDecoder>(info);
  VOLPRESS_CHECK(decoder->open(open, context));
  return decoder;
}

std::uint32_t splatsOfLayer(const ClipInfo& info, std::size_t layer) noexcept {
  if (layer > 0 || !hasSplatLayers(info)) {
    return info.maxSplats;
  }
  const auto split = readSplit(info);
  return split ? split->firstSplats : info.maxSplats;
}

std::string layerWords(const ClipInfo& info, std::size_t layer) {
  constexpr const char* kRefined = "finer opacities, sizes and colours";
  if (!hasSplatLayers(info)) {
    return layer == 0               ? "motion and plain colours"
           : layer <= info.shDegree ? fmt::format("colours of SH order {}", layer)
                                    : kRefined;
  }
  const auto split = readSplit(info);
  const LayerRange range =
      partLayersOf(std::max(layer, kPartLayers), info.shDegree, split ? split->partLayers : 1);
  return layer == 0                    ? "a part of the splats, enlarged"
         : layer == 1                  ? "all splats, plain colours"
         : range.first > info.shDegree ? kRefined
         : range.end == range.first + 1
             ? fmt::format("colours of SH order {}", range.first)
             : fmt::format("colours of SH order {} to {}", range.first, range.end - 1);
}

Result<std::vector<ByteShare>> splatLayerShares(const ClipInfo& info,
                                                std::span<const ByteView> layers,
                                                const PartShares& own) {
  if (!hasSplatLayers(info)) {
    return own(info, layers);
  }
  VOLPRESS_TRY(const SplitInit split, readSplit(info));
  VOLPRESS_TRY(const PartViews parts, readParts(info, split.partLayers, layers));
  std::vector<ByteShare> shares;
  std::uint64_t left = 0;
  for (const ByteView layer : layers) {
    left += layer.size();
  }
  for (const auto& [views, init] :
       {std::pair(&parts.first, split.first), std::pair(&parts.rest, split.rest)}) {
    if (views->empty()) {
      continue;
    }
    ClipInfo part = info;
    part.codecInit.assign(init.begin(), init.end());
    VOLPRESS_TRY(const std::vector<ByteShare> more, own(part, *views));
    for (const ByteShare& share : more) {
      addShare(shares, share.name, share.bytes);
      left -= std::min(left, share.bytes);
    }
  }
  addShare(shares, "header", left);
  return shares;
}

}  // namespace volpress::compressors
