#include <algorithm>
#include <cmath>

#include "scene/formats/activations.hpp"
#include "scene/formats/import_checks.hpp"
#include "scene/formats/sog_files.hpp"
#include "scene/formats/sog_meta.hpp"
#include "scene/formats/webp_image.hpp"

namespace volpress::formats {
namespace {

constexpr std::size_t kGrain = 4096;
constexpr std::uint64_t kAlwaysAllowed = 1 << 20;
constexpr std::uint64_t kMaxSplatsPerByte = 256;
constexpr std::uint32_t kPaletteColumns = 64;
constexpr std::uint64_t kMaxPalettePixels = std::uint64_t{65536} * shRestCount(3);
constexpr std::uint8_t kFirstRotationMode = 252;

// The images in the order of SogMeta::files.
enum : std::size_t { kMeansLow, kMeansHigh, kScales, kQuats, kSh0, kCentroids, kLabels };

// Fetches and decodes every image. Sizes are judged before anything is decoded.
Result<std::vector<RgbaImage>> loadImages(const SogMeta& meta, const FileSource& source,
                                          IoContext& context) {
  const std::vector<std::string> names = meta.files();
  std::vector<Bytes> packed;
  std::uint64_t packedBytes = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    VOLPRESS_TRY(Bytes bytes, source(names[i]));
    Result<WebpSize> size = readWebpSize(bytes);
    if (!size) {
      return withContext(std::move(size).error(), names[i]);
    }
    const std::uint64_t low = i == kCentroids ? 1 : meta.count;
    const std::uint64_t high =
        i == kCentroids ? kMaxPalettePixels : 4 * std::uint64_t{meta.count} + 4096;
    if (size->pixels() < low || size->pixels() > high) {
      return fail(ErrorCode::CorruptData,
                  "{} has {} x {} pixels, allowed for {} splats are {} to {} pixels", names[i],
                  size->width, size->height, meta.count, low, high);
    }
    packedBytes += bytes.size();
    packed.push_back(std::move(bytes));
  }
  const std::uint64_t limit = std::max(kAlwaysAllowed, kMaxSplatsPerByte * packedBytes);
  if (meta.count > limit) {
    return fail(ErrorCode::CorruptData,
                "meta.json count is {}, but {} bytes of images justify at most {}", meta.count,
                packedBytes, limit);
  }
  std::vector<Result<RgbaImage>> decoded(names.size(), RgbaImage{});
  context.runner.parallelFor(names.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      decoded[i] = context.stop.stop_requested()
                       ? fail(ErrorCode::Cancelled, "reading SOG was cancelled")
                       : decodeWebp(packed[i]);
    }
  });
  std::vector<RgbaImage> images;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!decoded[i]) {
      return withContext(std::move(decoded[i]).error(), names[i]);
    }
    images.push_back(std::move(*decoded[i]));
  }
  return images;
}

// Bands of a version 1 palette follow from the width; version 2 must agree with it.
Result<unsigned> paletteBands(const SogMeta& meta, const RgbaImage& centroids) {
  for (unsigned bands = 1; bands <= 3; ++bands) {
    if (centroids.width == kPaletteColumns * shRestCount(bands) &&
        (meta.version == 1 || meta.palette->bands == bands)) {
      return bands;
    }
  }
  return fail(ErrorCode::CorruptData,
              "{} is {} pixels wide, allowed for {} SH bands are 64 times 3, 8 or 15",
              meta.palette->centroids, centroids.width, meta.palette->bands);
}

void decodeMeans(const SogMeta& meta, const std::vector<RgbaImage>& images, std::size_t begin,
                 std::size_t end, FloatArray& means) {
  const std::uint8_t* low = images[kMeansLow].pixels.data();
  const std::uint8_t* high = images[kMeansHigh].pixels.data();
  for (std::size_t i = begin; i < end; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const int steps = low[4 * i + c] | high[4 * i + c] << 8;
      means[3 * i + c] = static_cast<float>(
          sogExpand(meta.meanMins[c] + (meta.meanMaxs[c] - meta.meanMins[c]) * steps / 65535));
    }
  }
}

void decodeRotation(const std::uint8_t* pixel, float* wxyz) {
  if (pixel[3] < kFirstRotationMode) {
    wxyz[0] = 1;
    wxyz[1] = wxyz[2] = wxyz[3] = 0;
    return;
  }
  const std::size_t largest = pixel[3] - kFirstRotationMode;
  float sum = 0;
  std::size_t part = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    if (c != largest) {
      wxyz[c] = (static_cast<float>(pixel[part++]) / 255 * 2 - 1) * static_cast<float>(M_SQRT1_2);
      sum += wxyz[c] * wxyz[c];
    }
  }
  wxyz[largest] = std::sqrt(std::max(0.0F, 1 - sum));
}

void decodeRest(const SogMeta& meta, const std::vector<RgbaImage>& images, std::size_t begin,
                std::size_t end, GaussianCloud& cloud) {
  const std::size_t rest = shRestCount(cloud.shDegree);
  const RgbaImage& centroids = images[kCentroids];
  const std::uint8_t* labels = images[kLabels].pixels.data();
  const std::size_t rows = centroids.height;
  const std::size_t entries = std::min<std::size_t>(
      rows * kPaletteColumns, meta.palette->count == 0 ? SIZE_MAX : meta.palette->count);
  for (std::size_t i = begin; i < end; ++i) {
    const std::size_t entry = labels[4 * i] | static_cast<std::size_t>(labels[4 * i + 1]) << 8;
    float* out = &cloud.shRest[i * 3 * rest];
    if (entry >= entries) {
      std::fill(out, out + 3 * rest, 0.0F);
      continue;
    }
    const std::size_t pixel =
        entry / kPaletteColumns * centroids.width + entry % kPaletteColumns * rest;
    const std::uint8_t* in = &centroids.pixels[4 * pixel];
    for (std::size_t k = 0; k < rest; ++k) {
      for (std::size_t c = 0; c < 3; ++c) {
        out[3 * k + c] = meta.shCodebook[in[4 * k + c]];
      }
    }
  }
}

std::array<float, 256> logitTable(const SogMeta& meta) {
  std::array<float, 256> logits{};
  for (std::size_t b = 0; b < 256; ++b) {
    const double part = static_cast<double>(b) / 255;
    if (meta.logitRange) {
      const auto low = static_cast<double>((*meta.logitRange)[0]);
      const auto high = static_cast<double>((*meta.logitRange)[1]);
      logits[b] = static_cast<float>(low + (high - low) * part);
    } else {
      logits[b] = logitOf(part);
    }
  }
  return logits;
}

}  // namespace

double sogCompress(double position) noexcept {
  return std::copysign(std::log1p(std::abs(position)), position);
}

double sogExpand(double stored) noexcept {
  return std::copysign(std::expm1(std::abs(stored)), stored);
}

Result<GaussianCloud> decodeSog(ByteView metaJson, const FileSource& source, IoContext& context) {
  VOLPRESS_TRY(const SogMeta meta, parseSogMeta(metaJson));
  VOLPRESS_TRY(const std::vector<RgbaImage> images, loadImages(meta, source, context));
  unsigned degree = 0;
  if (meta.palette) {
    VOLPRESS_TRY(degree, paletteBands(meta, images[kCentroids]));
  }
  if (meta.model == "2dgs") {
    context.warnings.emplace_back(
        "The scene was trained as flat surfels (2DGS): they are drawn as very thin splats.");
  }
  GaussianCloud cloud;
  resizeCloud(cloud, meta.count, degree);
  cloud.filter = meta.filter;
  const std::array<float, 256> logits = logitTable(meta);
  const std::uint8_t* scales = images[kScales].pixels.data();
  const std::uint8_t* quats = images[kQuats].pixels.data();
  const std::uint8_t* sh0 = images[kSh0].pixels.data();
  context.runner.parallelFor(cloud.count, kGrain, [&](std::size_t begin, std::size_t end) {
    decodeMeans(meta, images, begin, end, cloud.means);
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        cloud.logScales[3 * i + c] = meta.scales[c][scales[4 * i + c]];
        cloud.shDc[3 * i + c] = meta.colours[c][sh0[4 * i + c]];
      }
      cloud.opacityLogits[i] = logits[sh0[4 * i + 3]];
      decodeRotation(&quats[4 * i], &cloud.rotations[4 * i]);
    }
    if (meta.palette) {
      decodeRest(meta, images, begin, end, cloud);
    }
  });
  VOLPRESS_CHECK(finishImport(cloud, context));
  return cloud;
}

}  // namespace volpress::formats
