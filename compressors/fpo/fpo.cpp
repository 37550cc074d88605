#include "compressors/fpo/fpo.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "compressors/coding/layer_streams.hpp"
#include "compressors/fpo/leaf_coder.hpp"
#include "compressors/fpo/segment_fit.hpp"
#include "scene/base/param_builders.hpp"

namespace volpress::compressors {

namespace fpo {

float TermSteps::density(unsigned term) const noexcept {
  return coarseness / 32 * (1 + 0.25F * static_cast<float>((term + 1) / 2));
}

float TermSteps::color(unsigned coefficient, unsigned term) const noexcept {
  const float grown = 1 + 0.25F * static_cast<float>((term + 1) / 2);
  return coarseness * (coefficient != 0 ? grown / 32 : term == 0 ? 1.0F / 64 : grown / 48);
}

CodedLeaf quantised(const LeafModel& model, unsigned basis, const TermSteps& steps) {
  const auto rounded = [](float value, float step, bool isMean) {
    constexpr float kDeadZone = 0.6F;
    constexpr float kMost = 1e6F;
    const float scaled = std::clamp(value / step, -kMost, kMost);
    const float up = isMean ? 0.5F : 1 - kDeadZone;
    return static_cast<std::int32_t>(std::copysign(std::floor(std::abs(scaled) + up), scaled));
  };
  CodedLeaf leaf;
  leaf.active = model.active;
  leaf.densityClass = model.densityClass;
  leaf.colorClass = model.colorClass;
  leaf.t0 = model.t0;
  leaf.t1 = model.t1;
  for (unsigned i = 0; i < model.density.size(); ++i) {
    leaf.density.push_back(rounded(model.density[i], steps.density(i), i == 0));
  }
  const unsigned terms = leaf.colorTerms();
  for (std::size_t k = 0; k < model.color.size(); ++k) {
    const auto coefficient = static_cast<unsigned>(k / terms % basis);
    const auto term = static_cast<unsigned>(k % terms);
    leaf.color.push_back(rounded(model.color[k], steps.color(coefficient, term), term == 0));
  }
  return leaf;
}

}  // namespace fpo

namespace {

using namespace fpo;

constexpr std::uint8_t kVersion = 1;

/// The codec's part of INIT.
struct Header {
  FourierDensity kind = FourierDensity::Logarithmic;
  unsigned basis = 9, depthLimit = 7;
  std::array<float, 3> scale{1, 1, 1};
  TermSteps steps;

  [[nodiscard]] Bytes write() const {
    ByteWriter writer;
    writer.write(kVersion);
    writer.write(static_cast<std::uint8_t>(kind));
    writer.write(static_cast<std::uint8_t>(basis));
    writer.write(static_cast<std::uint8_t>(depthLimit));
    writer.write(scale);
    writer.write(steps.coarseness);
    return std::move(writer).take();
  }

  [[nodiscard]] static Result<Header> read(ByteView init) {
    ByteReader reader(init);
    VOLPRESS_TRY(const auto version, reader.read<std::uint8_t>("FPO version"));
    if (version != kVersion) {
      return fail(ErrorCode::UnsupportedVersion, "FPO version {}, read is {}", version, kVersion);
    }
    Header header;
    VOLPRESS_TRY(const auto kind, reader.read<std::uint8_t>("kind of density"));
    VOLPRESS_TRY(header.basis, reader.read<std::uint8_t>("basis"));
    VOLPRESS_TRY(header.depthLimit, reader.read<std::uint8_t>("depth limit"));
    VOLPRESS_TRY(header.scale, (reader.read<std::array<float, 3>>("scale")));
    VOLPRESS_TRY(header.steps.coarseness, reader.read<float>("coarseness"));
    const bool scaleFits = std::all_of(header.scale.begin(), header.scale.end(),
                                       [](float s) { return s >= 1e-6F && s <= 1e6F; });
    if (kind > 1 || !isVoxelBasis(header.basis) || header.depthLimit > kMaxTreeDepth ||
        !scaleFits || !(header.steps.coarseness > 0 && header.steps.coarseness <= 1000) ||
        reader.remaining() != 0) {
      return fail(ErrorCode::CorruptData,
                  "FPO header: kind {} (0, 1), basis {} (1, 4, 9), depth {} (0 to {}), scale {}, "
                  "coarseness {}, {} bytes behind it",
                  kind, header.basis, header.depthLimit, kMaxTreeDepth, header.scale[0],
                  header.steps.coarseness, reader.remaining());
    }
    header.kind = kind == 0 ? FourierDensity::Linear : FourierDensity::Logarithmic;
    return header;
  }

  [[nodiscard]] std::uint32_t layers() const noexcept { return basis == 1 ? kLayers - 1 : kLayers; }
};

std::vector<ParamSpec> makeParams() {
  std::vector<ParamSpec> params;
  params.push_back(numberParam<std::int64_t>(
      "segment_frames", "Segment length",
      "Frames of one period; longer segments are smaller, and rougher where matter moves fast.",
      "frames", "Stream", 60, {1, 200, 1, false}));
  params.push_back(choiceParam(
      "mode", "Series",
      "How many terms leaves have: as many as pay off, or the same for all; by least squares or as "
      "FPO++ computes them.",
      "Stream",
      {{"adaptive", "As many as pay off"},
       {"squares", "Least squares, all"},
       {"exact", "FPO++, all"},
       {"linear", "FPO, all"}}));
  params.push_back(numberParam<double>("coarseness", "Coarseness",
                                       "Times all steps; larger is smaller and rougher.", "",
                                       "Quality", 1.0, {0.125, 32, 0, true}));
  params.push_back(numberParam<double>(
      "rate", "Worth of quality",
      "Bits that a mean square error of 1 is worth when terms are chosen; larger is finer.", "bits",
      "Quality", 1e5, {1e2, 1e8, 0, true}, true));
  params.push_back(numberParam<double>("prune", "Prune",
                                       "Leaves that are never more opaque are left out.", "",
                                       "Quality", 0.02, {0, 1, 0, false}, true));
  params.push_back(numberParam<std::int64_t>("density_terms", "Density terms",
                                             "Most terms of a density (n1).", "", "Stream", 31,
                                             {1, 31, 1, false}, true));
  params.push_back(numberParam<std::int64_t>("color_terms", "Colour terms",
                                             "Most terms of an SH coefficient (n2).", "", "Stream",
                                             5, {1, 5, 1, false}, true));
  params.push_back(
      numberParam<std::int64_t>("depth", "Depth of octrees made of grids",
                                "2^(depth + 1) leaves an axis; 0: as fine as the grid.", "",
                                "Stream", 0, {0, 10, 1, false}, true));
  return params;
}

LeafOptions optionsOf(const ParamSet& params) {
  const std::string& mode = paramChoice(params, "mode");
  LeafOptions options;
  options.mode = mode == "adaptive"  ? FitMode::Adaptive
                 : mode == "squares" ? FitMode::Squares
                                     : FitMode::Exact;
  options.kind = mode == "linear" ? FourierDensity::Linear : FourierDensity::Logarithmic;
  options.exaggerates = mode == "exact";
  options.densityTerms = static_cast<unsigned>(paramInt(params, "density_terms"));
  options.colorTerms = static_cast<unsigned>(paramInt(params, "color_terms"));
  options.prune = static_cast<float>(paramReal(params, "prune"));
  const auto coarseness = static_cast<float>(paramReal(params, "coarseness"));
  options.rate = static_cast<float>(paramReal(params, "rate")) / (coarseness * coarseness);
  return options;
}

class FpoEncoder final : public VoxelEncoder {
public:
  FpoEncoder(const VoxelSource& source, const ParamSet& params, const Header& header)
      : m_source(source), m_params(params), m_header(header), m_init(header.write()) {}

  [[nodiscard]] const Bytes& init() const override { return m_init; }
  [[nodiscard]] std::uint32_t layerCount() const override { return m_header.layers(); }

  [[nodiscard]] Result<std::vector<Bytes>> encodeSegment(std::size_t firstFrame,
                                                         std::size_t frameCount,
                                                         RunContext& context) override {
    VOLPRESS_TRY(SegmentFit fit, fitSegment(m_source, firstFrame, frameCount,
                                            static_cast<unsigned>(paramInt(m_params, "depth")),
                                            optionsOf(m_params), context));
    if (fit.basis != m_header.basis || fit.shape.scale != m_header.scale) {
      return fail(ErrorCode::InvalidParameter,
                  "frame {}: its box is of another size, or its basis another, than frame 0's",
                  firstFrame);
    }
    if (fit.shape.nodes() > kMostNodes || fit.shape.depthLimit > m_header.depthLimit) {
      return fail(ErrorCode::InvalidParameter,
                  "{} nodes of depth {}, allowed are {} of the first frame's depth {}",
                  fit.shape.nodes(), fit.shape.depthLimit, kMostNodes, m_header.depthLimit);
    }
    ModeCoder modes(m_header.depthLimit);
    TermCoder terms(m_header.basis);
    coding::BitWriteSide side;
    std::array<coding::LayerValues, kLayers> gathered;
    (void)modes.codeShape(side, fit.shape.child);
    std::size_t count = 0;
    for (std::size_t i = 0; i < fit.leaves.size(); ++i) {
      CodedLeaf leaf = quantised(fit.models[i], m_header.basis, m_header.steps);
      modes.codeMode(side, fit.leaves[i].depth, leaf);
      if (!leaf.active) {
        continue;
      }
      count += leaf.density.size() + leaf.color.size();
      terms.codeLeaf(leaf, [&](std::size_t layer, unsigned kind, std::int32_t value) {
        return gathered[layer].add(static_cast<std::uint8_t>(kind), value);
      });
    }
    if (count > kMostTerms) {
      return fail(ErrorCode::InvalidParameter, "{} terms in a segment, allowed are {}", count,
                  kMostTerms);
    }
    ByteWriter front;
    front.append(std::as_bytes(std::span(fit.centers)));
    const Bytes modeBytes = side.finish();
    coding::writeVarint(front, modeBytes.size());
    front.append(modeBytes);
    return coding::writeLayers(std::move(front).take(),
                               std::span(gathered).first(m_header.layers()), kContexts);
  }

private:
  const VoxelSource& m_source;
  const ParamSet& m_params;
  Header m_header;
  Bytes m_init;
};

/// A leaf with its terms as numbers.
struct LiveLeaf {
  std::size_t cell = 0;
  bool interval = false;
  std::uint16_t t0 = 0, t1 = 0;
  unsigned colorTerms = 1;
  std::vector<float> density, color;
};

class FpoFrames final : public VoxelFrames {
public:
  static Result<std::unique_ptr<VoxelFrames>> open(const Header& header, std::size_t frameCount,
                                                   std::span<const ByteView> layers) {
    std::unique_ptr<FpoFrames> frames(new FpoFrames(header, frameCount));
    VOLPRESS_CHECK(frames->read(layers));
    return std::unique_ptr<VoxelFrames>(std::move(frames));
  }

  [[nodiscard]] Result<VoxelField> next(RunContext& context) override {
    if (m_frame == m_frameCount) {
      return fail(ErrorCode::CorruptData, "a segment of {} frames is asked for more", m_frameCount);
    }
    VoxelTree tree;
    tree.shape = m_shape;
    tree.basis = m_header.basis;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      tree.shape.shift[axis] = 0.5F - m_centers[3 * m_frame + axis] * m_shape.scale[axis];
    }
    const std::size_t width = tree.dimension();
    tree.data.assign(m_shape.child.size() * width, 0.0F);
    const double period = static_cast<double>(m_frameCount) + 2;
    std::array<double, kMaxFourierTerms> values{};
    for (unsigned i = 0; i < kDensityTerms.back(); ++i) {
      values[i] = fourierBasis(i, static_cast<double>(m_frame) + 1, period);
    }
    constexpr std::size_t kGrain = 1024;
    context.runner.parallelFor(m_leaves.size(), kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t n = begin; n < end; ++n) {
        const LiveLeaf& leaf = m_leaves[n];
        if (leaf.interval && (m_frame < leaf.t0 || m_frame >= leaf.t1)) {
          continue;
        }
        float* row = &tree.data[leaf.cell * width];
        row[width - 1] = densityOfSeries(evaluateSeries(leaf.density, values), m_header.kind, 0);
        for (std::size_t k = 0; row[width - 1] > 0 && k + 1 < width; ++k) {
          row[k] = evaluateSeries({&leaf.color[k * leaf.colorTerms], leaf.colorTerms}, values);
        }
      }
    });
    ++m_frame;
    auto checked = validate(tree.shape);
    if (!checked) {
      return tl::unexpected<Error>(std::move(checked).error());
    }
    return VoxelField(std::move(tree));
  }

  [[nodiscard]] Result<void> finish() override { return {}; }  // `open` has read every byte

private:
  FpoFrames(const Header& header, std::size_t frameCount)
      : m_header(header), m_frameCount(frameCount) {}

  Result<void> read(std::span<const ByteView> layers) {
    ByteReader first(layers[0]);
    m_centers.resize(3 * m_frameCount);
    VOLPRESS_TRY(const ByteView centers, first.take(4 * m_centers.size(), "box centres"));
    std::memcpy(m_centers.data(), centers.data(), centers.size());
    if (!std::all_of(m_centers.begin(), m_centers.end(),
                     [](float value) { return std::abs(value) <= 1e6F; })) {
      return fail(ErrorCode::CorruptData, "box centres beyond 1e6");
    }
    VOLPRESS_TRY(const std::uint64_t modeSize, coding::readVarint(first, "bytes of the modes"));
    VOLPRESS_TRY(const ByteView modeBytes, first.take(modeSize, "modes"));
    VOLPRESS_TRY(std::vector<coding::RansDecoder> decoders,
                 coding::openLayers(first, layers, m_header.layers(), kContexts, "count of terms"));
    m_shape.scale = m_header.scale;
    m_shape.depthLimit = m_header.depthLimit;
    ModeCoder modes(m_header.depthLimit);
    coding::BitReadSide side(modeBytes);
    if (!modes.codeShape(side, m_shape.child)) {
      return fail(ErrorCode::CorruptData, "the branches end early, or have more than {} nodes",
                  kMostNodes);
    }
    TermCoder terms(m_header.basis);
    std::size_t count = 0;
    for (const TreeLeaf& place : leavesOf(m_shape)) {
      CodedLeaf leaf;
      modes.codeMode(side, place.depth, leaf);
      if (side.overran()) {
        return fail(ErrorCode::CorruptData, "the modes of the leaves end early");
      }
      if (!leaf.active) {
        continue;
      }
      count += leaf.densityTerms() + std::size_t{3} * m_header.basis * leaf.colorTerms();
      if (count > kMostTerms) {
        return fail(ErrorCode::CorruptData, "more than the {} terms allowed", kMostTerms);
      }
      terms.codeLeaf(leaf, [&decoders](std::size_t layer, unsigned kind, std::int32_t) {
        return layer < decoders.size() ? decoders[layer].decode(static_cast<std::uint8_t>(kind))
                                       : 0;
      });
      m_leaves.push_back(live(place.cell, leaf));
    }
    if (!side.atEnd()) {
      return fail(ErrorCode::CorruptData, "the modes do not end with the last leaf");
    }
    for (const coding::RansDecoder& decoder : decoders) {
      VOLPRESS_CHECK(decoder.finish());
    }
    return {};
  }

  [[nodiscard]] LiveLeaf live(std::size_t cell, const CodedLeaf& leaf) const {
    LiveLeaf made;
    made.cell = cell;
    made.interval = leaf.densityClass == kInterval;
    made.t0 = leaf.t0;
    made.t1 = leaf.t1;
    made.colorTerms = leaf.colorTerms();
    for (unsigned i = 0; i < leaf.density.size(); ++i) {
      made.density.push_back(static_cast<float>(leaf.density[i]) * m_header.steps.density(i));
    }
    for (std::size_t k = 0; k < leaf.color.size(); ++k) {
      const auto coefficient = static_cast<unsigned>(k / made.colorTerms % m_header.basis);
      const auto term = static_cast<unsigned>(k % made.colorTerms);
      made.color.push_back(static_cast<float>(leaf.color[k]) *
                           m_header.steps.color(coefficient, term));
    }
    return made;
  }

  const Header& m_header;
  std::size_t m_frameCount;
  std::size_t m_frame = 0;
  TreeShape m_shape;
  std::vector<float> m_centers;
  std::vector<LiveLeaf> m_leaves;
};

class FpoDecoder final : public VoxelDecoder {
public:
  explicit FpoDecoder(const Header& header) : m_header(header) {}
  [[nodiscard]] Result<std::unique_ptr<VoxelFrames>> openSegment(
      std::size_t frameCount, std::span<const ByteView> layers,
      RunContext& /*context*/) const override {
    return FpoFrames::open(m_header, frameCount, layers);
  }

private:
  Header m_header;
};

class FpoCodec final : public VoxelSequenceCodec {
public:
  [[nodiscard]] const SequenceCodecInfo& info() const override {
    static const SequenceCodecInfo kInfo = [] {
      SequenceCodecInfo info;
      info.id = "fpo";
      info.fourcc = "FPO_";
      info.label = "Fourier PlenOctree";
      info.summary = "Octrees over time: every leaf a short Fourier series";
      info.paper =
          "Wang et al. 2022, \"Fourier PlenOctrees for Dynamic Radiance Field Rendering in "
          "Real-time\"; Rabich et al. 2023, \"FPO++: Efficient Encoding and Rendering of Dynamic "
          "Neural Radiance Fields by Analyzing and Enhancing Fourier PlenOctrees\"";
      info.lost = "changes that are faster than the series, and precision of their terms";
      info.params = makeParams();
      info.presets = {{"fine", "Fine", "Half the steps.", {{"coarseness", 0.5}}},
                      {"default", "Balanced", "", {}},
                      {"small", "Small", "Twice the steps.", {{"coarseness", 2.0}}},
                      {"paper", "As FPO++", "Its own sums.", {{"mode", std::string("exact")}}}};
      info.qualityKnob = "coarseness";
      return info;
    }();
    return kInfo;
  }

  [[nodiscard]] Result<std::unique_ptr<VoxelEncoder>> begin(const VoxelSource& source,
                                                            const ParamSet& params,
                                                            RunContext& context) const override {
    VOLPRESS_TRY(const VoxelTree first,
                 loadTree(source, 0, static_cast<unsigned>(paramInt(params, "depth")), context));
    Header header;
    header.kind = optionsOf(params).kind;
    header.basis = first.basis;
    header.depthLimit = first.shape.depthLimit;
    header.scale = first.shape.scale;
    header.steps.coarseness = static_cast<float>(paramReal(params, "coarseness"));
    return std::make_unique<FpoEncoder>(source, params, header);
  }

  [[nodiscard]] Result<std::unique_ptr<VoxelDecoder>> open(ByteView init) const override {
    VOLPRESS_TRY(const Header header, Header::read(init));
    return std::make_unique<FpoDecoder>(header);
  }

  [[nodiscard]] std::string layerWords(ByteView /*init*/, std::size_t layer) const override {
    constexpr std::array<const char*, kLayers> kWords{"octree and means", "changes of density",
                                                      "changes of colour", "colours of SH orders"};
    return kWords[std::min(layer, kLayers - 1)];
  }
};

}  // namespace

const VoxelSequenceCodec& fpoCodec() {
  static const FpoCodec kCodec;
  return kCodec;
}

Result<FourierTree> encodeFourierTree(const VoxelSource& source, const ParamSet& params,
                                      RunContext& context) {
  LeafOptions options = optionsOf(params);
  if (options.mode == FitMode::Adaptive) {
    options.mode = FitMode::Squares;
  }
  if (source.frameCount() > kMaxFourierFrames) {
    return fail(ErrorCode::InvalidParameter, "{} frames, allowed are {}", source.frameCount(),
                kMaxFourierFrames);
  }
  VOLPRESS_TRY(const SegmentFit fit,
               fitSegment(source, 0, source.frameCount(),
                          static_cast<unsigned>(paramInt(params, "depth")), options, context));
  return fourierTreeOf(fit, options);
}

}  // namespace volpress::compressors
