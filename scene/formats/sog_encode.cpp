#include <algorithm>
#include <bit>
#include <cmath>

#include "scene/base/kmeans.hpp"
#include "scene/base/morton.hpp"
#include "scene/formats/activations.hpp"
#include "scene/formats/sog_files.hpp"
#include "scene/formats/sog_meta.hpp"
#include "scene/formats/webp_image.hpp"

namespace volpress::formats {
namespace {

constexpr std::size_t kLevels = std::tuple_size_v<SogCodebook>;
constexpr std::size_t kGrain = 4096;
constexpr std::uint32_t kPaletteColumns = 64;
constexpr std::size_t kMaxPalette = 65536;
constexpr std::uint8_t kFirstRotationMode = 252;
constexpr unsigned kCodebookIterations = 20;

enum Stage : std::size_t { kClusterStage, kPackStage };

// An opaque black image that has room for `count` splats, sides multiples of four.
RgbaImage blankImage(std::size_t count) {
  const auto width =
      static_cast<std::uint32_t>(std::ceil(std::sqrt(static_cast<double>(count)) / 4) * 4);
  const std::size_t rows = (count + width - 1) / width;
  const auto height = static_cast<std::uint32_t>((rows + 3) / 4 * 4);
  RgbaImage image{width, height, {}};
  image.pixels.assign(std::size_t{4} * width * height, 0);
  for (std::size_t i = 3; i < image.pixels.size(); i += 4) {
    image.pixels[i] = 255;
  }
  return image;
}

// The 256 levels; fewer distinct values repeat the last one.
SogCodebook codebookOf(const KMeansResult& clusters) {
  SogCodebook book{};
  for (std::size_t i = 0; i < kLevels; ++i) {
    book[i] = clusters.centroids[std::min(i, clusters.centroids.size() - 1)];
  }
  return book;
}

// Splat by splat three labels into the colour channels.
void placeLabels(std::span<const std::uint32_t> labels, RgbaImage& image) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    image.pixels[i / 3 * 4 + i % 3] = static_cast<std::uint8_t>(labels[i]);
  }
}

void encodeMeans(const GaussianCloud& cloud, TaskRunner& runner, SogMeta& meta, RgbaImage& low,
                 RgbaImage& high) {
  const Bounds bounds = meanBounds(cloud);  // the logarithm keeps the order
  for (std::size_t c = 0; c < 3; ++c) {
    meta.meanMins[c] = sogCompress(static_cast<double>(bounds.min[c]));
    meta.meanMaxs[c] = sogCompress(static_cast<double>(bounds.max[c]));
  }
  runner.parallelFor(cloud.count, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = 3 * begin; i < 3 * end; ++i) {
      const std::size_t c = i % 3;
      const double extent = meta.meanMaxs[c] - meta.meanMins[c];
      const double stored = sogCompress(static_cast<double>(cloud.means[i]));
      const double part = extent > 0 ? (stored - meta.meanMins[c]) / extent : 0;
      const auto steps = static_cast<unsigned>(std::lround(std::clamp(part, 0.0, 1.0) * 65535));
      low.pixels[i / 3 * 4 + c] = static_cast<std::uint8_t>(steps);
      high.pixels[i / 3 * 4 + c] = static_cast<std::uint8_t>(steps >> 8);
    }
  });
}

void encodeRotation(const float* wxyz, std::uint8_t* pixel) {
  // In double, so that no valid float quaternion overflows or vanishes.
  double length2 = 0;
  std::size_t largest = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    length2 += static_cast<double>(wxyz[c]) * static_cast<double>(wxyz[c]);
    if (std::abs(wxyz[c]) > std::abs(wxyz[largest])) {
      largest = c;
    }
  }
  const double sign = wxyz[largest] < 0 ? -1 : 1;
  std::size_t part = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    if (c != largest) {
      const double value = static_cast<double>(wxyz[c]) * sign / std::sqrt(length2) * M_SQRT2;
      pixel[part++] =
          static_cast<std::uint8_t>(std::lround(std::clamp((value * 0.5 + 0.5) * 255, 0.0, 255.0)));
    }
  }
  pixel[3] = static_cast<std::uint8_t>(kFirstRotationMode + largest);
}

struct NamedImage {
  std::string name;
  RgbaImage image;
};

// Palette and labels of the view-dependent colours.
Result<void> encodeRest(const GaussianCloud& cloud, const SogOptions& options, IoContext& context,
                        SogMeta& meta, std::vector<NamedImage>& images) {
  const std::size_t rest = shRestCount(cloud.shDegree);
  KMeansOptions clustering;
  clustering.clusters =
      std::min(options.palette == 0 ? sogPaletteSize(cloud.count) : options.palette, kMaxPalette);
  clustering.iterations = options.iterations;
  clustering.stop = context.stop;
  VOLPRESS_TRY(const KMeansResult palette,
               kMeans(cloud.shRest, 3 * rest, {}, clustering, context.runner));
  const std::size_t entries = palette.centroids.size() / (3 * rest);
  const KMeansResult levels =
      kMeans1d(palette.centroids, kLevels, kCodebookIterations, context.runner);
  meta.shCodebook = codebookOf(levels);
  meta.palette = SogPalette{static_cast<std::uint32_t>(entries), cloud.shDegree,
                            "shN_centroids.webp", "shN_labels.webp"};

  RgbaImage centroids{static_cast<std::uint32_t>(kPaletteColumns * rest),
                      static_cast<std::uint32_t>((entries + kPaletteColumns - 1) / kPaletteColumns),
                      {}};
  centroids.pixels.assign(std::size_t{4} * centroids.width * centroids.height, 0);
  for (std::size_t i = 3; i < centroids.pixels.size(); i += 4) {
    centroids.pixels[i] = 255;
  }
  // Rows of 64 entries of `rest` pixels: entry after entry is also pixel after pixel.
  placeLabels(levels.labels, centroids);
  RgbaImage labels = blankImage(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    labels.pixels[4 * i] = static_cast<std::uint8_t>(palette.labels[i]);
    labels.pixels[4 * i + 1] = static_cast<std::uint8_t>(palette.labels[i] >> 8);
  }
  images.push_back({meta.palette->centroids, std::move(centroids)});
  images.push_back({meta.palette->labels, std::move(labels)});
  return {};
}

Result<std::vector<NamedBytes>> packImages(const std::vector<NamedImage>& images, int effort,
                                           IoContext& context) {
  std::vector<Result<Bytes>> packed(images.size(), Bytes{});
  context.runner.parallelFor(images.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      packed[i] = context.stop.stop_requested()
                      ? fail(ErrorCode::Cancelled, "writing SOG was cancelled")
                      : encodeWebp(images[i].image, effort);
    }
  });
  std::vector<NamedBytes> files;
  for (std::size_t i = 0; i < images.size(); ++i) {
    VOLPRESS_CHECK(packed[i]);
    files.push_back({images[i].name, std::move(*packed[i])});
  }
  return files;
}

}  // namespace

std::size_t sogPaletteSize(std::size_t splats) noexcept {
  const std::size_t size =
      splats < 1024 ? std::bit_floor(splats) : std::bit_floor(splats / 1024) * 1024;
  return std::clamp<std::size_t>(size, 1, kMaxPalette);
}

Result<std::vector<NamedBytes>> encodeSog(const GaussianCloud& cloud, const SogOptions& options,
                                          IoContext& context) {
  context.progress.setStages({{"clustering", cloud.shDegree == 0 ? 0.1 : 1}, {"packing", 1}});
  context.progress.enter(kClusterStage);
  GaussianCloud sorted =
      options.keepsOrder ? cloud : gatherSplats(cloud, mortonOrder(cloud.means, context.runner));
  if (sorted.shDegree > 3) {
    sorted = withShDegree(sorted, 3);
  }
  SogMeta meta;
  meta.count = static_cast<std::uint32_t>(sorted.count);
  meta.filter = sorted.filter;
  meta.meansLow = "means_l.webp";
  meta.meansHigh = "means_u.webp";
  meta.scalesFile = "scales.webp";
  meta.quatsFile = "quats.webp";
  meta.sh0File = "sh0.webp";

  RgbaImage low = blankImage(sorted.count);
  RgbaImage high = low;
  RgbaImage scales = low;
  RgbaImage quats = low;
  RgbaImage sh0 = low;
  encodeMeans(sorted, context.runner, meta, low, high);
  const KMeansResult scaleLevels =
      kMeans1d(sorted.logScales, kLevels, kCodebookIterations, context.runner);
  meta.scales.fill(codebookOf(scaleLevels));
  placeLabels(scaleLevels.labels, scales);
  const KMeansResult colourLevels =
      kMeans1d(sorted.shDc, kLevels, kCodebookIterations, context.runner);
  meta.colours.fill(codebookOf(colourLevels));
  placeLabels(colourLevels.labels, sh0);
  for (std::size_t i = 0; i < sorted.count; ++i) {
    encodeRotation(&sorted.rotations[4 * i], &quats.pixels[4 * i]);
    sh0.pixels[4 * i + 3] =
        static_cast<std::uint8_t>(std::lround(opacityOf(sorted.opacityLogits[i]) * 255));
  }

  std::vector<NamedImage> images;
  images.push_back({meta.meansLow, std::move(low)});
  images.push_back({meta.meansHigh, std::move(high)});
  images.push_back({meta.quatsFile, std::move(quats)});
  images.push_back({meta.scalesFile, std::move(scales)});
  images.push_back({meta.sh0File, std::move(sh0)});
  if (sorted.shDegree > 0) {
    VOLPRESS_CHECK(encodeRest(sorted, options, context, meta, images));
  }
  context.progress.enter(kPackStage);
  VOLPRESS_TRY(std::vector<NamedBytes> files, packImages(images, options.effort, context));
  const std::string json = formatSogMeta(meta);
  const ByteView jsonBytes = viewBytes(json);
  files.push_back({"meta.json", Bytes(jsonBytes.begin(), jsonBytes.end())});
  context.progress.finish();
  return files;
}

}  // namespace volpress::formats
