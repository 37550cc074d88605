#include "compressors/v3/v3.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "compressors/coding/color_book.hpp"
#include "compressors/coding/octree_positions.hpp"
#include "compressors/coding/vector_codebook.hpp"
#include "compressors/stream/splat_layers.hpp"
#include "compressors/v3/picture_plane.hpp"
#include "compressors/v3/splat_planes.hpp"
#include "scene/base/param_builders.hpp"

namespace volpress::compressors {
namespace {

using namespace v3;

constexpr double kPositionLevels = 65535;  // 16 bits
constexpr double kLevels = 255;            // 8 bits
constexpr unsigned kOrderBits = 16;        // of the grid in which splats are sorted
constexpr double kTail = 0.001;            // cut off on each side of DC and scales
constexpr std::size_t kMostEntries = 4096;

struct Settings {
  bool sorted = true;
  double slack = 0.5;
  std::array<double, 5> steps{1, 1, 1, 1, 1};  ///< by PlaneGroup, in levels
  coding::BookOptions book;
};

std::vector<ParamSpec> makeParams() {
  std::vector<ParamSpec> params;
  params.push_back(numberParam<std::int64_t>(
      "segment_frames", "Group length",
      "Frames that are coded one upon the other; longer groups are smaller.", "frames", "Stream",
      20, {1, 200, 1, false}));
  params.push_back(numberParam<double>("coarseness", "Coarseness",
                                       "Times all steps; larger is smaller and rougher.", "",
                                       "Quality", 1.0, {0.25, 32, 0, true}));
  const auto step = [&](const char* id, const char* label, const char* what, double value) {
    params.push_back(numberParam<double>(id, label, fmt::format("Step of {}.", what), "levels",
                                         "Quality", value, {0.25, 256, 0, true}, true));
  };
  step("step_position", "Position step", "positions, in 1/65535 of the range", 8);
  step("step_color", "Colour step", "plain colours, in 1/255 of the range", 1);
  step("step_opacity", "Opacity step", "opacities, in 1/255", 1);
  step("step_scale", "Scale step", "log scales, in 1/255 of the range", 1);
  step("step_rotation", "Rotation step", "rotations, in 1/255 of -1..1", 1);
  params.push_back(numberParam<double>(
      "slack", "Slack", "Steps by which a number but a position may lag before it changes.",
      "steps", "Quality", 0.5, {0, 2, 0, false}, true));
  params.push_back(numberParam<std::int64_t>(
      "palette", "Palette entries",
      "Colours of each SH order in a group; 0 takes one for 16 splats.", "", "Colours", 0,
      {0, static_cast<double>(kMostEntries), 1, false}, true));
  params.push_back(
      numberParam<double>("change_rate", "Colour changes",
                          "Share of view-dependent colours that may change from frame to frame.",
                          "", "Colours", 0.01, {0, 1, 0, false}, true));
  params.push_back(flagParam("sort", "Morton order",
                             "Off: splats are laid out in the order of the files.", "Stream",
                             true));
  params.push_back(firstLayerParam());
  return params;
}

ParamSet steps(double position, double color, double opacity, double scale, double rotation) {
  return {{"step_position", position},
          {"step_color", color},
          {"step_opacity", opacity},
          {"step_scale", scale},
          {"step_rotation", rotation}};
}

SequenceCodecInfo makeInfo() {
  SequenceCodecInfo info;
  info.id = "v3";
  info.fourcc = "V3__";
  info.label = "V3 planes";
  info.summary = "Splats are the pixels of small pictures, one for each attribute, coded over time";
  info.paper =
      "Wang et al., V^3: Viewing Volumetric Videos on Mobiles via Streamable 2D Dynamic Gaussians, "
      "ACM TOG 2024";
  info.lost = "numbers become coarser; splats come in another order in each group";
  info.params = makeParams();
  info.presets = {
      {"rp0", "MPEG-like rp0", "QP 4 of everything: steps of one level", steps(1, 1, 1, 1, 1)},
      {"default", "Balanced", "8-bit attributes, positions as fine as they show", {}},
      {"rp1", "MPEG-like rp1", "QP 4 of opacity and colour, 10 of rotation and scale",
       steps(1, 1, 1, 2, 2)},
      {"rp2", "MPEG-like rp2", "QP 10 of opacity and colour, 16 of rotation and scale",
       steps(1, 2, 2, 4, 4)},
      {"rp3", "MPEG-like rp3", "QP 16 of opacity and colour, 22 of rotation and scale",
       steps(1, 4, 4, 8, 8)},
  };
  info.qualityKnob = "coarseness";
  return info;
}

class V3Encoder final : public ClipEncoder {
public:
  V3Encoder(GaussianSequence& sequence, const ClipPlan& plan, const ParamSet& params,
            std::uint64_t seed)
      : m_sequence(sequence), m_plan(plan), m_init{std::byte{kVersion}} {
    const double coarse = paramReal(params, "coarseness");
    const std::array<const char*, 5> ids{"step_position", "step_color", "step_opacity",
                                         "step_scale", "step_rotation"};
    for (std::size_t k = 0; k < ids.size(); ++k) {
      m_settings.steps[k] = coarse * paramReal(params, ids[k]);
    }
    m_settings.slack = paramReal(params, "slack");
    m_settings.sorted = paramBool(params, "sort");
    m_settings.book.entries = static_cast<std::size_t>(paramInt(params, "palette"));
    m_settings.book.changeRate = paramReal(params, "change_rate");
    m_settings.book.seed = seed;
  }
  [[nodiscard]] const Bytes& init() const override { return m_init; }
  [[nodiscard]] std::uint32_t layerCount() const override { return m_plan.shDegree + 1; }

  [[nodiscard]] Result<std::vector<Bytes>> encodeSegment(std::size_t index,
                                                         RunContext& context) override {
    const ClipPlan::Segment& segment = m_plan.segments[index];
    VOLPRESS_TRY(const GaussianCloud first, load(segment, 0, context));
    VOLPRESS_TRY(const std::vector<std::uint32_t> order, orderOf(first, context));
    coding::BookOptions options = m_settings.book;
    options.entries = std::min(coding::codebookSize(options.entries, order.size()), kMostEntries);
    std::vector<coding::BookEncoder> books;
    for (unsigned degree = 1; degree <= m_plan.shDegree; ++degree) {
      books.emplace_back(degree, order, segment.frameCount, options);
    }
    VOLPRESS_TRY(const auto planes, gather(segment, order, books, context));
    VOLPRESS_TRY(Bytes base, codePlanes(planes, order.size(), segment.frameCount, context));
    std::vector<Bytes> layers{std::move(base)};
    for (coding::BookEncoder& book : books) {
      VOLPRESS_CHECK(book.train(context.runner, context.stop));
    }
    for (std::size_t frame = 0; frame < segment.frameCount && !books.empty(); ++frame) {
      VOLPRESS_TRY(const GaussianCloud cloud, load(segment, frame, context));
      for (coding::BookEncoder& book : books) {
        book.label(cloud, context.runner);
      }
    }
    for (const coding::BookEncoder& book : books) {
      layers.push_back(book.finish());
    }
    return layers;
  }

private:
  using FramePlanes = std::vector<std::array<std::vector<float>, kPlanes>>;

  Result<GaussianCloud> load(const ClipPlan::Segment& segment, std::size_t frame,
                             RunContext& context) {
    VOLPRESS_TRY(GaussianCloud cloud,
                 m_sequence.frame(segment.firstFrame + frame, context.runner, context.stop));
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while encoding frame {}",
                  segment.firstFrame + frame);
    }
    if (cloud.count != m_plan.runs[segment.run].splats) {
      return fail(ErrorCode::CorruptData, "frame {} has changed while it was encoded",
                  segment.firstFrame + frame);
    }
    return cloud;
  }

  Result<std::vector<std::uint32_t>> orderOf(const GaussianCloud& cloud, RunContext& context) {
    std::vector<std::uint32_t> order(cloud.count);
    std::iota(order.begin(), order.end(), 0U);
    if (m_settings.sorted) {
      const auto grid = coding::PositionGrid::over(cloud.means, kOrderBits);
      std::vector<coding::GridPoint> points(cloud.count);
      for (std::size_t i = 0; i < cloud.count; ++i) {
        points[i] = grid.quantise(&cloud.means[3 * i]);
      }
      VOLPRESS_TRY(coding::EncodedPositions coded,
                   coding::encodePositions(points, grid.bits, context.stop));
      order = std::move(coded.order);
    }
    return order;
  }

  Result<FramePlanes> gather(const ClipPlan::Segment& segment, std::span<const std::uint32_t> order,
                             std::vector<coding::BookEncoder>& books, RunContext& context) {
    FramePlanes planes;
    for (std::size_t frame = 0; frame < segment.frameCount; ++frame) {
      VOLPRESS_TRY(const GaussianCloud cloud, load(segment, frame, context));
      planes.push_back(planesOf(
          cloud, order, frame == 0 ? std::span<const std::vector<float>>() : planes.back()));
      for (coding::BookEncoder& book : books) {
        book.sample(cloud);
      }
    }
    return planes;
  }

  /// The range of a plane over the group, and the step within it.
  void setRange(const FramePlanes& planes, std::size_t plane, PlaneRanges& ranges) const {
    const PlaneGroup group = groupOf(plane);
    std::vector<float> all;
    for (const auto& frame : planes) {
      all.insert(all.end(), frame[plane].begin(), frame[plane].end());
    }
    float low = 0, high = 1;
    if (group == PlaneGroup::Rotation) {
      low = -1;
    } else if (group != PlaneGroup::Opacity) {
      const bool whole = group == PlaneGroup::Position;
      const auto at = [&](double share) {
        const auto place =
            all.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(all.size() - 1));
        std::nth_element(all.begin(), place, all.end());
        return *place;
      };
      low = at(whole ? 0 : kTail);
      high = at(whole ? 1 : 1 - kTail);
    }
    const double levels = group == PlaneGroup::Position ? kPositionLevels : kLevels;
    const double step = m_settings.steps[static_cast<std::size_t>(group)] *
                        (static_cast<double>(high) - static_cast<double>(low)) / levels;
    ranges.low[plane] = low;
    ranges.step[plane] = step > 1e-12 ? static_cast<float>(step) : 1.0F;
  }

  [[nodiscard]] std::vector<std::int32_t> quantise(const FramePlanes& planes, std::size_t plane,
                                                   const PlaneRanges& ranges,
                                                   std::span<const std::uint32_t> pixels,
                                                   std::size_t side) const {
    const double slack = groupOf(plane) == PlaneGroup::Position ? 0 : m_settings.slack;
    const auto low = static_cast<double>(ranges.low[plane]);
    const auto step = static_cast<double>(ranges.step[plane]);
    std::vector<std::int32_t> values(planes.size() * side * side);
    for (std::size_t frame = 0; frame < planes.size(); ++frame) {
      std::int32_t* picture = &values[frame * side * side];
      for (std::size_t i = 0; i < pixels.size(); ++i) {
        const double place = (static_cast<double>(planes[frame][plane][i]) - low) / step;
        std::int32_t level = static_cast<std::int32_t>(std::lround(std::clamp(place, -1e6, 1e6)));
        if (frame > 0) {
          const std::int32_t before = values[(frame - 1) * side * side + pixels[i]];
          level = std::abs(place - static_cast<double>(before)) <= 0.5 + slack ? before : level;
        }
        picture[pixels[i]] = level;
      }
      // What is left of the picture repeats its last splat.
      std::vector<bool> used(side * side, false);
      for (const std::uint32_t pixel : pixels) {
        used[pixel] = true;
      }
      for (std::size_t pixel = 0; pixel < side * side; ++pixel) {
        if (!used[pixel]) {
          picture[pixel] = picture[pixels.back()];
        }
      }
    }
    return values;
  }

  Result<Bytes> codePlanes(const FramePlanes& planes, std::size_t splats, std::size_t frames,
                           RunContext& context) const {
    const std::size_t side = pictureSide(splats);
    PlaneRanges ranges;
    context.runner.parallelFor(kPlanes, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t p = begin; p < end; ++p) {
        setRange(planes, p, ranges);
      }
    });
    std::vector<Bytes> best;
    PictureLayout layout = PictureLayout::Rows;
    for (const PictureLayout candidate : {PictureLayout::Rows, PictureLayout::Blocks}) {
      const std::vector<std::uint32_t> pixels = pixelsOf(splats, candidate);
      std::vector<Bytes> coded(kPlanes);
      context.runner.parallelFor(kPlanes, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t p = begin; p < end && !context.stop.stop_requested(); ++p) {
          coded[p] = encodePicture(quantise(planes, p, ranges, pixels, side), side, frames);
        }
      });
      if (context.stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled while coding planes");
      }
      if (best.empty() || sizeOf(coded) < sizeOf(best)) {
        best = std::move(coded);
        layout = candidate;
      }
    }
    ByteWriter out;
    out.write(static_cast<std::uint32_t>(splats));
    out.write(static_cast<std::uint8_t>(layout));
    out.write(ranges);
    for (const Bytes& plane : best) {
      out.write(static_cast<std::uint32_t>(plane.size()));
      out.append(plane);
    }
    return std::move(out).take();
  }

  static std::size_t sizeOf(const std::vector<Bytes>& parts) {
    return std::accumulate(parts.begin(), parts.end(), std::size_t{0},
                           [](std::size_t sum, const Bytes& part) { return sum + part.size(); });
  }

  GaussianSequence& m_sequence;
  const ClipPlan& m_plan;
  Settings m_settings;
  Bytes m_init;
};

class V3Codec final : public SequenceCodec {
public:
  [[nodiscard]] const SequenceCodecInfo& info() const override { return m_info; }

  [[nodiscard]] Result<std::unique_ptr<ClipEncoder>> begin(GaussianSequence& sequence,
                                                           const ClipPlan& plan,
                                                           const ParamSet& params,
                                                           RunContext& context) const override {
    const BeginPart own = [&params](GaussianSequence& part, const ClipPlan& planned,
                                    RunContext& at) -> Result<std::unique_ptr<ClipEncoder>> {
      return std::make_unique<V3Encoder>(part, planned, params, at.seed);
    };
    return beginSplatLayers(sequence, plan, params, own, context);
  }

  [[nodiscard]] Result<std::unique_ptr<ClipDecoder>> open(const ClipInfo& info,
                                                          RunContext& context) const override {
    return openV3Clip(info, context);
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(
      const ClipInfo& info, std::size_t /*frameCount*/,
      std::span<const ByteView> layers) const override {
    return splatLayerShares(info, layers, ownShares);
  }

private:
  static Result<std::vector<ByteShare>> ownShares(const ClipInfo& /*info*/,
                                                  std::span<const ByteView> layers) {
    constexpr std::array<const char*, 5> kNames{"positions", "sh0", "opacities", "scales",
                                                "rotations"};
    std::vector<ByteShare> shares;
    ByteReader reader(layers[0]);
    VOLPRESS_CHECK(reader.take(sizeof(std::uint32_t) + 1 + sizeof(PlaneRanges), "header"));
    addShare(shares, "header", reader.offset());
    for (std::size_t p = 0; p < kPlanes; ++p) {
      VOLPRESS_TRY(const auto size, reader.read<std::uint32_t>("plane"));
      VOLPRESS_CHECK(reader.take(size, "plane"));
      addShare(shares, kNames[static_cast<std::size_t>(groupOf(p))], sizeof(size) + size);
    }
    addShare(shares, "header", reader.remaining());
    for (std::size_t order = 1; order < layers.size(); ++order) {
      addShare(shares, "shN", layers[order].size());
    }
    return shares;
  }

  SequenceCodecInfo m_info = makeInfo();
};

}  // namespace

const SequenceCodec& v3Codec() {
  static const V3Codec kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
