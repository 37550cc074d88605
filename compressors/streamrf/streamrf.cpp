#include "compressors/streamrf/streamrf.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "compressors/coding/layer_streams.hpp"
#include "compressors/streamrf/grid_bins.hpp"
#include "compressors/streamrf/importance.hpp"
#include "compressors/streamrf/mask_coder.hpp"
#include "scene/base/param_builders.hpp"
#include "scene/formats/grid_delta.hpp"

namespace volpress::compressors {
namespace {

using namespace streamrf;

constexpr std::uint8_t kVersion = 1;
constexpr float kLeastImportance = 1e-3F;

/// The codec's part of INIT: what all segments share.
struct Header {
  bool paper = false;
  VoxelGrid shape;  ///< box, resolution and basis; no rows
  BinSteps steps;

  [[nodiscard]] Bytes write() const {
    ByteWriter writer;
    writer.write(kVersion);
    writer.write(static_cast<std::uint8_t>(paper ? 1 : 0));
    writer.write(static_cast<std::uint16_t>(shape.basis));
    writer.write(shape.resolution);
    writer.write(shape.radius);
    writer.write(shape.center);
    writer.write(steps.step);
    return std::move(writer).take();
  }

  [[nodiscard]] static Result<Header> read(ByteView init) {
    ByteReader reader(init);
    Header header;
    VOLPRESS_TRY(const auto version, reader.read<std::uint8_t>("StreamRF version"));
    if (version != kVersion) {
      return fail(ErrorCode::UnsupportedVersion, "StreamRF version {}, read is {}", version,
                  kVersion);
    }
    VOLPRESS_TRY(const auto profile, reader.read<std::uint8_t>("profile"));
    VOLPRESS_TRY(header.shape.basis, reader.read<std::uint16_t>("basis"));
    VOLPRESS_TRY(header.shape.resolution,
                 (reader.read<std::array<std::uint32_t, 3>>("resolution")));
    VOLPRESS_TRY(header.shape.radius, (reader.read<std::array<float, 3>>("radius")));
    VOLPRESS_TRY(header.shape.center, (reader.read<std::array<float, 3>>("center")));
    VOLPRESS_TRY(header.steps.step, (reader.read<std::array<float, 4>>("steps")));
    header.paper = profile == 1;
    const bool stepsFit = std::all_of(header.steps.step.begin(), header.steps.step.end(),
                                      [](float step) { return step >= 1e-6F && step <= 100; });
    if (profile > 1 || !stepsFit || reader.remaining() != 0) {
      return fail(ErrorCode::CorruptData,
                  "StreamRF header: profile {} (0 or 1), steps of 1e-6 to 100, {} bytes behind it",
                  profile, reader.remaining());
    }
    for (const std::uint32_t side : header.shape.resolution) {
      if (side < 2 || side > kMaxVoxelSide) {
        return fail(ErrorCode::CorruptData,
                    "a grid of {} vertices along an axis, allowed are 2 to {}", side,
                    kMaxVoxelSide);
      }
    }
    if (header.shape.vertexCount() > kMaxVoxelVertices) {
      return fail(ErrorCode::CorruptData, "a grid of {} vertices, allowed are {}",
                  header.shape.vertexCount(), kMaxVoxelVertices);
    }
    header.shape.mask = VertexMask(header.shape.vertexCount());
    VOLPRESS_CHECK(validate(header.shape));
    return header;
  }

  [[nodiscard]] std::uint32_t layers() const noexcept {
    return paper || shape.basis == 1 ? 1 : shape.basis == 4 ? 2 : 3;
  }
};

Result<VoxelGrid> loadGrid(const VoxelSource& source, std::size_t index, RunContext& context) {
  VOLPRESS_TRY(VoxelField field, source.load(index, context.runner, context.stop));
  auto* grid = std::get_if<VoxelGrid>(&field);
  if (grid == nullptr) {
    return fail(ErrorCode::InvalidParameter,
                "frame {}: is an octree; streamrf is for svox2 grids, fpo for octrees", index);
  }
  if (grid->mask.count() > kMaxClipSplats) {
    return fail(ErrorCode::InvalidParameter, "frame {}: {} vertices, allowed are {}", index,
                grid->mask.count(), kMaxClipSplats);
  }
  return std::move(*grid);
}

std::vector<ParamSpec> makeParams() {
  std::vector<ParamSpec> params;
  params.push_back(numberParam<std::int64_t>(
      "segment_frames", "Segment length",
      "Frames from one whole grid to the next; longer segments are smaller, shorter ones seek "
      "faster.",
      "frames", "Stream", 30, {1, 200, 1, false}));
  params.push_back(flagParam("paper", "As in the paper",
                             "The release's differences of halves, deflated, with its thresholds.",
                             "Stream", false));
  params.push_back(numberParam<double>("coarseness", "Coarseness",
                                       "Times all steps; larger is smaller and rougher.", "",
                                       "Quality", 3.0, {0.125, 32, 0, true}));
  params.push_back(numberParam<double>(
      "threshold", "Change threshold",
      "A vertex is sent again when its change times the light that it sends is more than that.", "",
      "Quality", 0.03, {0, 100, 0, false}));
  params.push_back(numberParam<double>("dead_zone", "Dead zone",
                                       "Steps by which a value may be off before it changes.",
                                       "steps", "Quality", 1.25, {0.5, 2, 0, false}, true));
  params.push_back(flagParam("drop_hidden", "Drop hidden vertices",
                             "Vertices that are new but send no light are left out.", "Quality",
                             true));
  params.push_back(numberParam<double>("prune", "Prune threshold (paper)",
                                       "New vertices with a smaller sum over SH are left out.", "",
                                       "Paper", 0.2, {0, 100, 0, false}, true));
  params.push_back(numberParam<double>("keep", "Keep threshold (paper)",
                                       "Vertices whose SH change by a larger sum are replaced.", "",
                                       "Paper", 1.0, {0, 100, 0, false}, true));
  return params;
}

class StreamrfEncoder final : public VoxelEncoder {
public:
  StreamrfEncoder(const VoxelSource& source, const ParamSet& params, Header header)
      : m_source(source), m_params(params), m_header(std::move(header)), m_init(m_header.write()) {}

  [[nodiscard]] const Bytes& init() const override { return m_init; }
  [[nodiscard]] std::uint32_t layerCount() const override { return m_header.layers(); }

  [[nodiscard]] Result<std::vector<Bytes>> encodeSegment(std::size_t firstFrame,
                                                         std::size_t frameCount,
                                                         RunContext& context) override {
    return m_header.paper ? encodePaper(firstFrame, frameCount, context)
                          : encodeDense(firstFrame, frameCount, context);
  }

private:
  Result<VoxelGrid> frame(std::size_t index, RunContext& context) const {
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while encoding frame {}", index);
    }
    VOLPRESS_TRY(VoxelGrid grid, loadGrid(m_source, index, context));
    const VoxelGrid& shape = m_header.shape;
    if (grid.resolution != shape.resolution || grid.basis != shape.basis ||
        grid.radius != shape.radius || grid.center != shape.center) {
      return fail(ErrorCode::InvalidParameter,
                  "frame {}: its resolution, box or basis differs from those of frame 0", index);
    }
    return grid;
  }

  Result<std::vector<Bytes>> encodePaper(std::size_t firstFrame, std::size_t frameCount,
                                         RunContext& context) const {
    const formats::DeltaThresholds thresholds{static_cast<float>(paramReal(m_params, "prune")),
                                              static_cast<float>(paramReal(m_params, "keep"))};
    ByteWriter layer;
    VoxelGrid before = m_header.shape;
    for (std::size_t k = 0; k < frameCount; ++k) {
      VOLPRESS_TRY(const VoxelGrid next, frame(firstFrame + k, context));
      VOLPRESS_TRY(const formats::GridDelta delta,
                   formats::makeDelta(k == 0 ? nullptr : &before, next, thresholds));
      VOLPRESS_TRY(before, formats::applyDelta(k == 0 ? m_header.shape : before, delta));
      VOLPRESS_TRY(const Bytes bytes, formats::writeDelta(delta, formats::ZipPacking::Deflated));
      layer.write(static_cast<std::uint32_t>(bytes.size()));
      layer.append(bytes);
    }
    return std::vector<Bytes>{std::move(layer).take()};
  }

  Result<std::vector<Bytes>> encodeDense(std::size_t firstFrame, std::size_t frameCount,
                                         RunContext& context) const {
    const std::uint32_t layers = m_header.layers();
    MaskCoder masks(m_header.shape.resolution);
    coding::BitWriteSide side;
    std::vector<coding::LayerValues> gathered(layers);
    BinnedGrid before{m_header.shape.mask, {}};
    VertexFlags changed(m_header.shape.vertexCount());
    for (std::size_t k = 0; k < frameCount; ++k) {
      VOLPRESS_TRY(const VoxelGrid grid, frame(firstFrame + k, context));
      VertexFlags wanted(changed.size());
      VOLPRESS_TRY(BinnedGrid next, choose(grid, before, wanted, context.runner));
      (void)masks.codeMask(side, before.mask, k == 0, next.mask);
      if (k != 0) {
        (void)masks.codeFlags(side, before.mask, next.mask, changed, wanted);
      }
      for (std::size_t group = 0; group < layers; ++group) {
        codeGroup(group, m_header.shape, before, changed, next,
                  [&to = gathered[group]](std::uint8_t kind, std::int32_t residual) {
                    return to.add(kind, residual);
                  });
      }
      before = std::move(next);
    }
    ByteWriter front;
    const Bytes maskBytes = side.finish();
    coding::writeVarint(front, maskBytes.size());
    front.append(maskBytes);
    return coding::writeLayers(std::move(front).take(), gathered, kContexts);
  }

  /// Which vertices the next frame has, which of those that stay are sent again (`wanted`), and
  /// their bins.
  Result<BinnedGrid> choose(const VoxelGrid& grid, const BinnedGrid& before, VertexFlags& wanted,
                            TaskRunner& runner) const {
    const auto threshold = static_cast<float>(paramReal(m_params, "threshold"));
    const auto deadZone = static_cast<float>(paramReal(m_params, "dead_zone"));
    const bool drops = paramBool(m_params, "drop_hidden");
    const std::vector<float> importance = vertexImportance(grid, runner);
    // What fades shows more in the frame before than in its own.
    VOLPRESS_TRY(const VoxelGrid shown, gridOf(before, m_header.steps, m_header.shape));
    const std::vector<float> importanceBefore = vertexImportance(shown, runner);
    const std::vector<float> values = valuesOf(grid);
    const std::size_t channels = channelsOf(grid.basis);
    const std::vector<std::uint32_t> vertices = grid.mask.vertices();
    BinnedGrid next{VertexMask(grid.vertexCount()), {}};
    for (std::size_t row = 0; row < vertices.size(); ++row) {
      if (!drops || importance[row] >= kLeastImportance || before.mask.test(vertices[row])) {
        next.mask.set(vertices[row]);
      }
    }
    next.mask.number();
    next.bins.resize(next.mask.count() * channels);
    std::size_t to = 0;
    for (std::size_t row = 0; row < vertices.size(); ++row) {
      const std::uint32_t vertex = vertices[row];
      if (!next.mask.test(vertex)) {
        continue;
      }
      const float* value = &values[row * channels];
      std::int32_t* bins = &next.bins[to++ * channels];
      const std::int32_t* old =
          before.mask.test(vertex) ? &before.bins[before.mask.row(vertex) * channels] : nullptr;
      float change = 0;
      bool differs = false;
      for (std::size_t channel = 0; channel < channels; ++channel) {
        const float step = m_header.steps.of(channel);
        const float scaled = value[channel] / step;
        bins[channel] = static_cast<std::int32_t>(std::lround(std::clamp(scaled, -1e6F, 1e6F)));
        if (old != nullptr) {
          const float off = std::abs(scaled - static_cast<float>(old[channel]));
          if (off < deadZone && deadZone > 0.5F) {
            bins[channel] = old[channel];
          }
          change += off * step * (channel == 0 || channel >= 4 ? 0.5F : 1.0F);
          differs = differs || bins[channel] != old[channel];
        }
      }
      const float shows = std::max(
          importance[row], old == nullptr ? 0.0F : importanceBefore[before.mask.row(vertex)]);
      wanted[vertex] = differs && shows * change > threshold ? 1 : 0;
    }
    return next;
  }

  const VoxelSource& m_source;
  const ParamSet& m_params;
  Header m_header;
  Bytes m_init;
};

class PaperFrames final : public VoxelFrames {
public:
  PaperFrames(const Header& header, ByteView layer) : m_reader(layer), m_grid(header.shape) {}

  [[nodiscard]] Result<VoxelField> next(RunContext& /*context*/) override {
    VOLPRESS_TRY(const auto length, m_reader.read<std::uint32_t>("length of a difference"));
    VOLPRESS_TRY(const ByteView bytes, m_reader.take(length, "difference"));
    VOLPRESS_TRY(const formats::GridDelta delta, formats::readDelta(bytes));
    VOLPRESS_TRY(m_grid, formats::applyDelta(m_grid, delta));
    return VoxelField(m_grid);
  }
  [[nodiscard]] Result<void> finish() override {
    if (m_reader.remaining() != 0) {
      return fail(ErrorCode::CorruptData, "{} bytes behind the last difference",
                  m_reader.remaining());
    }
    return {};
  }

private:
  ByteReader m_reader;
  VoxelGrid m_grid;
};

class DenseFrames final : public VoxelFrames {
public:
  static Result<std::unique_ptr<VoxelFrames>> open(const Header& header, std::size_t frameCount,
                                                   std::span<const ByteView> layers) {
    ByteReader first(layers[0]);
    VOLPRESS_TRY(const std::uint64_t maskSize, coding::readVarint(first, "bytes of the masks"));
    VOLPRESS_TRY(const ByteView maskBytes, first.take(maskSize, "masks"));
    VOLPRESS_TRY(std::vector<coding::RansDecoder> decoders,
                 coding::openLayers(first, layers, header.layers(), kContexts, "count of values"));
    return std::unique_ptr<VoxelFrames>(
        new DenseFrames(header, frameCount, maskBytes, std::move(decoders)));
  }

  [[nodiscard]] Result<VoxelField> next(RunContext& context) override {
    if (m_frame == m_frameCount) {
      return fail(ErrorCode::CorruptData, "a segment of {} frames is asked for more", m_frameCount);
    }
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while decoding");
    }
    BinnedGrid next{VertexMask(m_header.shape.vertexCount()), {}};
    const bool isKey = m_frame == 0;
    if (!m_masks.codeMask(m_side, m_before.mask, isKey, next.mask) ||
        (!isKey && !m_masks.codeFlags(m_side, m_before.mask, next.mask, m_changed, {}))) {
      return fail(ErrorCode::CorruptData, "the masks end in frame {} of a segment", m_frame);
    }
    if (next.mask.count() > kMaxClipSplats) {
      return fail(ErrorCode::CorruptData, "{} vertices, allowed are {}", next.mask.count(),
                  kMaxClipSplats);
    }
    next.bins.resize(next.mask.count() * channelsOf(m_header.shape.basis));
    for (std::size_t group = 0; group < m_decoders.size(); ++group) {
      coding::RansDecoder& decoder = m_decoders[group];
      codeGroup(group, m_header.shape, m_before, m_changed, next,
                [&decoder](std::uint8_t kind, std::int32_t) { return decoder.decode(kind); });
    }
    m_before = std::move(next);
    ++m_frame;
    VOLPRESS_TRY(VoxelGrid grid, gridOf(m_before, m_header.steps, m_header.shape));
    return VoxelField(std::move(grid));
  }

  [[nodiscard]] Result<void> finish() override {
    for (const coding::RansDecoder& decoder : m_decoders) {
      VOLPRESS_CHECK(decoder.finish());
    }
    if (!m_side.atEnd()) {
      return fail(ErrorCode::CorruptData, "the masks do not end with the last frame");
    }
    return {};
  }

private:
  DenseFrames(const Header& header, std::size_t frameCount, ByteView maskBytes,
              std::vector<coding::RansDecoder> decoders)
      : m_header(header),
        m_frameCount(frameCount),
        m_masks(header.shape.resolution),
        m_side(maskBytes),
        m_decoders(std::move(decoders)),
        m_before{header.shape.mask, {}},
        m_changed(header.shape.vertexCount()) {}

  const Header& m_header;
  std::size_t m_frameCount;
  std::size_t m_frame = 0;
  MaskCoder m_masks;
  coding::BitReadSide m_side;
  std::vector<coding::RansDecoder> m_decoders;
  BinnedGrid m_before;
  VertexFlags m_changed;
};

class StreamrfDecoder final : public VoxelDecoder {
public:
  explicit StreamrfDecoder(Header header) : m_header(std::move(header)) {}
  [[nodiscard]] Result<std::unique_ptr<VoxelFrames>> openSegment(
      std::size_t frameCount, std::span<const ByteView> layers,
      RunContext& /*context*/) const override {
    if (m_header.paper) {
      return std::make_unique<PaperFrames>(m_header, layers[0]);
    }
    return DenseFrames::open(m_header, frameCount, layers);
  }

private:
  Header m_header;
};

class StreamrfCodec final : public VoxelSequenceCodec {
public:
  [[nodiscard]] const SequenceCodecInfo& info() const override {
    static const SequenceCodecInfo kInfo = [] {
      SequenceCodecInfo info;
      info.id = "streamrf";
      info.fourcc = "SRF_";
      info.label = "StreamRF";
      info.summary = "Voxel grids over time: a first grid, then the voxels that change";
      info.paper = "Li et al. 2022, \"Streaming Radiance Fields for 3D Video Synthesis\"";
      info.lost = "changes that hardly show, and precision of densities and colours";
      info.params = makeParams();
      info.presets = {
          {"fine", "Fine", "A third of the steps.", {{"coarseness", 1.0}, {"dead_zone", 0.75}}},
          {"default", "Balanced", "", {}},
          {"small", "Small", "1.7 times the steps.", {{"coarseness", 5.0}, {"threshold", 0.3}}},
          {"paper", "As in the paper", "The release's files.", {{"paper", true}}}};
      info.qualityKnob = "coarseness";
      return info;
    }();
    return kInfo;
  }

  [[nodiscard]] Result<std::unique_ptr<VoxelEncoder>> begin(const VoxelSource& source,
                                                            const ParamSet& params,
                                                            RunContext& context) const override {
    Header header;
    VOLPRESS_TRY(const VoxelGrid first, loadGrid(source, 0, context));
    header.paper = paramBool(params, "paper");
    header.shape.resolution = first.resolution;
    header.shape.radius = first.radius;
    header.shape.center = first.center;
    header.shape.basis = first.basis;
    header.shape.mask = VertexMask(first.vertexCount());
    for (float& step : header.steps.step) {
      step *= static_cast<float>(paramReal(params, "coarseness"));
    }
    return std::make_unique<StreamrfEncoder>(source, params, std::move(header));
  }

  [[nodiscard]] Result<std::unique_ptr<VoxelDecoder>> open(ByteView init) const override {
    VOLPRESS_TRY(Header header, Header::read(init));
    return std::make_unique<StreamrfDecoder>(std::move(header));
  }

  [[nodiscard]] std::string layerWords(ByteView init, std::size_t layer) const override {
    const auto header = Header::read(init);
    return layer == 1                ? "colours of SH order 1"
           : layer == 2              ? "colours of SH order 2"
           : header && header->paper ? "the paper's differences"
                                     : "density and plain colours";
  }
};

}  // namespace

const VoxelSequenceCodec& streamrfCodec() {
  static const StreamrfCodec kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
