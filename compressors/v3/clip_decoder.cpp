#include <algorithm>
#include <optional>
#include <utility>

#include "compressors/coding/color_book.hpp"
#include "compressors/stream/segment_planes.hpp"
#include "compressors/stream/splat_layers.hpp"
#include "compressors/v3/picture_plane.hpp"
#include "compressors/v3/splat_planes.hpp"
#include "compressors/v3/v3.hpp"
#include "scene/base/task_errors.hpp"

namespace volpress::compressors {
namespace {

using namespace v3;

/// A picture's rANS streams take at least so many bytes; more splats are not believed.
constexpr std::size_t kMostSplatsPerByte = 4096;

class V3Frames final : public SegmentFrames {
public:
  explicit V3Frames(const ClipInfo& info) : m_info(info) {}

  Result<void> open(std::size_t frames, std::span<const ByteView> layers) {
    ByteReader reader(layers[0]);
    VOLPRESS_TRY(const auto splats, reader.read<std::uint32_t>("splat count"));
    VOLPRESS_TRY(const auto layout, reader.read<std::uint8_t>("layout"));
    if (splats == 0 || splats > m_info.maxSplats || layout > 1 ||
        splats / kMostSplatsPerByte > layers[0].size()) {
      return fail(ErrorCode::CorruptData, "{} splats in layout {}, in {} bytes; {} are allowed",
                  splats, layout, layers[0].size(), m_info.maxSplats);
    }
    VOLPRESS_TRY(m_ranges, readRanges(reader));
    const std::size_t side = pictureSide(splats);
    for (std::size_t p = 0; p < kPlanes; ++p) {
      VOLPRESS_TRY(const auto size, reader.read<std::uint32_t>("plane"));
      VOLPRESS_TRY(const ByteView bytes, reader.take(size, "plane"));
      VOLPRESS_TRY(PictureDecoder plane, PictureDecoder::open(bytes, side, frames));
      m_planes.push_back(std::move(plane));
    }
    if (reader.remaining() != 0) {
      return fail(ErrorCode::CorruptData, "{} bytes are left behind the planes",
                  reader.remaining());
    }
    for (unsigned order = 1; order <= m_info.shDegree && order < layers.size(); ++order) {
      VOLPRESS_TRY(coding::BookDecoder book,
                   coding::BookDecoder::open(layers[order], order, splats, frames));
      m_books.push_back(std::move(book));
    }
    m_pixels = pixelsOf(splats, static_cast<PictureLayout>(layout));
    m_pictures.resize(m_planes.size());
    m_labels.resize(m_books.size());
    m_left = frames;
    return {};
  }

  Result<GaussianCloud> next(RunContext& context) override {
    VOLPRESS_CHECK(skip(context));
    GaussianCloud cloud;
    resizeCloud(cloud, m_pixels.size(), m_info.shDegree);
    cloud.frame = m_info.frame;
    cloud.filter = m_info.filter;
    std::fill(cloud.shRest.begin(), cloud.shRest.end(), 0.0F);
    context.runner.parallelFor(kPlanes + m_books.size(), 1,
                               [&](std::size_t begin, std::size_t end) {
                                 for (std::size_t k = begin; k < end; ++k) {
                                   if (k < kPlanes) {
                                     takePlane(k, m_pictures[k], m_pixels, m_ranges, cloud);
                                   } else {
                                     paintOrder(k - kPlanes, cloud);
                                   }
                                 }
                               });
    finishRotations(cloud);
    return cloud;
  }

  /// Decodes a frame's whole numbers and builds nothing of them.
  Result<void> skip(RunContext& context) override {
    if (m_left == 0) {
      return fail(ErrorCode::CorruptData, "a segment has no frames left");
    }
    --m_left;
    std::vector<std::optional<Error>> problems(kPlanes + m_books.size());
    const auto keep = [](auto&& decoded, auto& place) -> std::optional<Error> {
      if (!decoded) {
        return std::move(decoded).error();
      }
      place = *decoded;
      return {};
    };
    context.runner.parallelFor(problems.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t k = begin; k < end; ++k) {
        problems[k] = k < kPlanes ? keep(m_planes[k].next(), m_pictures[k])
                                  : keep(m_books[k - kPlanes].next(), m_labels[k - kPlanes]);
      }
    });
    return firstError(problems);
  }

  Result<void> finish() override {
    VOLPRESS_CHECK(finishAll(m_planes));
    return finishAll(m_books);
  }

  [[nodiscard]] std::uint32_t digest() const override { return digestOf(m_pictures, m_labels); }

private:
  void paintOrder(std::size_t book, GaussianCloud& cloud) const {
    const auto order = static_cast<unsigned>(book + 1);
    const std::size_t numbers = coding::orderDimension(order);
    const std::size_t rest = 3 * shRestCount(cloud.shDegree), first = 3 * shRestCount(order - 1);
    for (std::size_t i = 0; i < cloud.count; ++i) {
      std::copy_n(m_books[book].entry(m_labels[book][i]), numbers, &cloud.shRest[rest * i + first]);
    }
  }

  const ClipInfo& m_info;
  PlaneRanges m_ranges;
  std::vector<PictureDecoder> m_planes;
  std::vector<coding::BookDecoder> m_books;
  std::vector<std::uint32_t> m_pixels;
  std::size_t m_left = 0;  ///< frames
  // Of the last frame decoded, as views into the decoders above.
  std::vector<std::span<const std::int32_t>> m_pictures;  ///< by plane
  std::vector<std::span<const std::uint32_t>> m_labels;   ///< by book
};

class V3Decoder final : public ClipDecoder {
public:
  explicit V3Decoder(const ClipInfo& info) : m_info(info) {}

  [[nodiscard]] Result<std::unique_ptr<SegmentFrames>> openSegment(
      std::size_t /*firstFrame*/, std::size_t frameCount, std::span<const ByteView> layers,
      RunContext& /*context*/) const override {
    auto frames = std::make_unique<V3Frames>(m_info);
    VOLPRESS_CHECK(frames->open(frameCount, layers));
    return frames;
  }

private:
  ClipInfo m_info;
};

Result<std::unique_ptr<ClipDecoder>> openWhole(const ClipInfo& info, RunContext& /*context*/) {
  if (info.codecInit.size() != 1 || info.codecInit[0] != std::byte{kVersion}) {
    return fail(ErrorCode::UnsupportedVersion, "this version of the V3 codec is not known");
  }
  return std::make_unique<V3Decoder>(info);
}

}  // namespace

Result<std::unique_ptr<ClipDecoder>> openV3Clip(const ClipInfo& info, RunContext& context) {
  return openSplatLayers(info, openWhole, context);
}

}  // namespace volpress::compressors
