#include "app/engine/view_sets.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>

#include "app/engine/bookmarks.hpp"
#include "app/engine/camera_path.hpp"
#include "app/engine/scene_shape.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/posed_images_reader.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;
using Vec3 = std::array<float, 3>;

constexpr float kPi = std::numbers::pi_v<float>;
constexpr float kGoldenAngle = 2.39996323F;
constexpr float kFieldOfView = 50 * kPi / 180;
constexpr std::size_t kDefaultGenerated = 24;
constexpr std::size_t kMostGenerated = 4096;
constexpr float kHomeAzimuth = 0.35F;
constexpr float kHomeElevation = 12 * kPi / 180;
constexpr std::size_t kHomeDirections = 12;
constexpr double kFarMoreDetail = 1.5;
constexpr std::size_t kMostForHome = 300'000;  // splats drawn to choose a capture's home view
constexpr std::size_t kOwnFileHead = 256;      // bytes in which our files name themselves
constexpr std::size_t kMaxOwnFileBytes = std::size_t{64} << 20;

/// The near plane of generated views: INRIA's 0.2 for scenes of ordinary size, less for small ones.
float nearPlaneFor(const SceneShape& shape) { return std::min(0.2F, 0.1F * shape.middleRadius); }

Camera generatedCamera(const SceneShape& shape, Vec3 eye, Vec3 target, const ViewOptions& options) {
  Camera camera = lookAt(eye, target, {0, 1, 0}, kFieldOfView, options.maxWidth, options.maxHeight);
  camera.nearPlane = nearPlaneFor(shape);
  return camera;
}

Vec3 onSphere(Vec3 centre, float radius, float azimuth, float elevation) {
  // Up is -Y in the frame that scenes are trained in; azimuth 0 is the +Z side.
  return {centre[0] + radius * std::cos(elevation) * std::sin(azimuth),
          centre[1] - radius * std::sin(elevation),
          centre[2] + radius * std::cos(elevation) * std::cos(azimuth)};
}

/// Golden-angle spiral between 3 and 55 degrees above the middle, at distances from
/// 1.7 to 2.5 of the radius that holds 90 % of the scene.
std::vector<View> orbitViews(const SceneShape& shape, std::size_t count,
                             const ViewOptions& options) {
  std::vector<View> views;
  for (std::size_t i = 0; i < count; ++i) {
    const float part = (static_cast<float>(i) + 0.5F) / static_cast<float>(count);
    const float low = std::sin(3 * kPi / 180);
    const float high = std::sin(55 * kPi / 180);
    const float elevation = std::asin(low + (high - low) * part);
    const float distance = shape.outerRadius * (1.7F + 0.4F * static_cast<float>(i % 3));
    const Vec3 eye =
        onSphere(shape.centre, distance, kGoldenAngle * static_cast<float>(i), elevation);
    views.push_back({fmt::format("orbit {:02}", i + 1),
                     generatedCamera(shape, eye, shape.centre, options), false});
  }
  return views;
}

/// Eyes in the freest places of rings around the centre, at the height of the middle: two of three
/// look at the centre, the third past it and outward.
std::vector<View> insideViews(const SceneShape& shape, const GaussianCloud& cloud,
                              std::size_t count, const ViewOptions& options) {
  std::vector<View> views;
  for (std::size_t i = 0; i < count; ++i) {
    const float azimuth = 2 * kPi * static_cast<float>(i) / static_cast<float>(count);
    const float elevation = (i % 2 == 0 ? 8.0F : 25.0F) * kPi / 180;
    std::optional<Vec3> best;
    double bestDensity = 0;
    for (const float factor : {0.6F, 0.9F, 1.2F, 1.5F}) {
      const Vec3 eye = onSphere(shape.centre, factor * shape.middleRadius, azimuth, elevation);
      const double density = densityAround(cloud, eye, 0.2F * shape.middleRadius);
      if (!best || density < bestDensity) {
        best = eye;
        bestDensity = density;
      }
    }
    const bool outward = i % 3 == 2;
    const Vec3 target =
        outward ? onSphere(shape.centre, 4 * shape.outerRadius, azimuth + 0.4F, 0) : shape.centre;
    views.push_back({fmt::format("{} {:02}", outward ? "outward" : "inside", i + 1),
                     generatedCamera(shape, *best, target, options), false});
  }
  return views;
}

/// Drops generated views that show little. The limit follows the best view, since a slim object
/// never covers 30 % of a wide picture.
Result<std::vector<View>> rejectEmptyViews(std::vector<View> views, const GaussianCloud& cloud,
                                           renderer::Rasterizer& rasterizer) {
  // The cloud outlives the prepared form, which is dropped before this returns.
  const std::shared_ptr<const GaussianCloud> alias(std::shared_ptr<void>(), &cloud);
  VOLPRESS_TRY(const auto prepared, rasterizer.prepare(alias));
  std::vector<double> covered;
  for (const View& view : views) {
    VOLPRESS_TRY(const auto picture,
                 rasterizer.render(*prepared, resized(view.camera, 160, 120), {}));
    double sum = 0;
    for (const float alpha : picture.alpha.pixels) {
      sum += static_cast<double>(alpha);
    }
    covered.push_back(sum / static_cast<double>(picture.alpha.pixels.size()));
  }
  const double best = *std::max_element(covered.begin(), covered.end());
  const double limit = std::min(0.3, 0.5 * best);
  std::vector<View> kept;
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (covered[i] >= limit) {
      kept.push_back(std::move(views[i]));
    }
  }
  return kept;
}

/// Mean difference of a pixel's green from its right and lower neighbours' in a small picture.
double detailOf(const Image& color) {
  double sum = 0;
  for (std::size_t y = 0; y + 1 < color.height; ++y) {
    for (std::size_t x = 0; x + 1 < color.width; ++x) {
      const std::size_t at = (y * color.width + x) * color.channels + 1;
      const float here = color.pixels[at];
      sum += std::abs(here - color.pixels[at + color.channels]) +
             std::abs(here - color.pixels[at + color.width * color.channels]);
    }
  }
  return sum;
}

/// The index of the camera whose small picture has most detail, where that is far more than the
/// first one's; else 0. Huge scenes are thinned: what is blurred from one side stays so.
std::size_t sharpSide(const std::vector<Camera>& cameras, const GaussianCloud& cloud,
                      renderer::Rasterizer& rasterizer) {
  const std::shared_ptr<const GaussianCloud> alias(std::shared_ptr<void>(), &cloud);
  const std::size_t step = (cloud.count + kMostForHome - 1) / kMostForHome;
  std::vector<std::uint32_t> some;
  for (std::size_t i = 0; step > 1 && i < cloud.count; i += step) {
    some.push_back(static_cast<std::uint32_t>(i));
  }
  const auto prepared = rasterizer.prepare(
      step > 1 ? std::make_shared<const GaussianCloud>(gatherSplats(cloud, some)) : alias);
  std::vector<double> detail(cameras.size());
  for (std::size_t i = 0; prepared && i < cameras.size(); ++i) {
    const auto picture = rasterizer.render(**prepared, resized(cameras[i], 160, 120), {});
    detail[i] = picture ? detailOf(picture->color) : 0;
  }
  const auto best = std::max_element(detail.begin(), detail.end());
  return *best > kFarMoreDetail * detail.front()
             ? static_cast<std::size_t>(std::distance(detail.begin(), best))
             : 0;
}

/// About one in eight, at least one where there are two.
void holdOutSome(std::vector<View>& views) {
  for (std::size_t i = 0; i < views.size(); ++i) {
    views[i].heldOut = i % 8 == 4 || (views.size() < 5 && views.size() > 1 && i == 1);
  }
}

Camera limitedTo(const Camera& camera, const ViewOptions& options) {
  const double scale =
      std::min({1.0, static_cast<double>(options.maxWidth) / static_cast<double>(camera.width),
                static_cast<double>(options.maxHeight) / static_cast<double>(camera.height)});
  if (scale >= 1) {
    return camera;
  }
  const auto side = [scale](std::size_t length) {
    return std::max<std::size_t>(
        1, static_cast<std::size_t>(std::lround(scale * static_cast<double>(length))));
  };
  return resized(camera, side(camera.width), side(camera.height));
}

/// Evenly spread: the place of pick `i` of `wanted` among `count`.
std::size_t pickedIndex(std::size_t i, std::size_t wanted, std::size_t count) {
  return i * count / wanted;
}

/// Views of a file that this program wrote: bookmarks, or places along a camera path. Nothing for
/// any other file.
Result<std::optional<ViewSet>> viewsFromOwnFile(const fs::path& path, const ViewOptions& options) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) {
    return std::nullopt;
  }
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  const std::string_view text = viewText(file.bytes());
  if (text.substr(0, kOwnFileHead).find("\"volpress\"") == std::string_view::npos ||
      text.size() > kMaxOwnFileBytes) {
    return std::nullopt;
  }
  ViewSet set{path.filename().string(), {}};
  const std::size_t most = std::max<std::size_t>(1, options.maxViews);
  auto bookmarks = bookmarksFromJson(text);
  if (bookmarks) {
    const std::vector<Bookmark>& list = bookmarks->list();
    if (list.empty()) {
      return fail(ErrorCode::CorruptData, "{}: it holds no bookmark", path.string());
    }
    const std::size_t wanted = std::min(list.size(), most);
    for (std::size_t i = 0; i < wanted; ++i) {
      const Bookmark& bookmark = list[pickedIndex(i, wanted, list.size())];
      set.views.push_back({bookmark.name,
                           cameraAt(bookmark.view, options.maxWidth, options.maxHeight),
                           bookmark.heldOut});
    }
    return set;
  }
  if (bookmarks.error().code != ErrorCode::NotThisFormat) {
    return withContext(bookmarks.error(), path.string());
  }
  const auto way = cameraPathFromJson(text);
  if (!way) {
    return withContext(way.error(), path.string());
  }
  const std::size_t frames = pathFrames(*way);
  const std::size_t wanted = std::min({frames, most, kDefaultGenerated});
  for (std::size_t i = 0; i < wanted; ++i) {
    const std::size_t frame = pickedIndex(i, wanted, frames);
    set.views.push_back({fmt::format("frame {}", frame),
                         cameraAt(viewOfFrame(*way, frame), options.maxWidth, options.maxHeight),
                         false});
  }
  return set;
}

Result<ViewSet> viewsFromFile(const fs::path& path, const GaussianCloud& cloud,
                              const ViewOptions& options) {
  VOLPRESS_TRY(auto own, viewsFromOwnFile(path, options));
  if (own) {
    const bool split = std::any_of(own->views.begin(), own->views.end(),
                                   [](const View& view) { return view.heldOut; });
    if (!split) {
      holdOutSome(own->views);
    }
    return std::move(*own);
  }
  VOLPRESS_TRY(const PosedImages posed, formats::readPosedImages(path));
  const std::vector<PosedImage>& images = posed.images;
  const float nearPlane = nearPlaneFor(measureShape(cloud));
  ViewSet set{posed.origin, {}};
  const std::size_t wanted = std::min(images.size(), std::max<std::size_t>(1, options.maxViews));
  bool split = false;
  for (std::size_t i = 0; i < wanted; ++i) {
    const PosedImage& image = images[pickedIndex(i, wanted, images.size())];
    View view{image.name,
              edit::transformCamera(limitedTo(image.camera, options), options.placement),
              image.heldOut};
    view.camera.nearPlane = nearPlane;
    split = split || image.heldOut;
    set.views.push_back(std::move(view));
  }
  if (!split) {
    holdOutSome(set.views);
  }
  return set;
}

/// The cameras that came with a scene, or an empty path.
fs::path camerasBeside(const fs::path& scenePath) {
  if (scenePath.empty()) {
    return {};
  }
  std::error_code ignored;
  const fs::path folder =
      fs::is_directory(scenePath, ignored) ? scenePath : scenePath.parent_path();
  std::string stem = scenePath.filename().string();
  stem = stem.substr(0, stem.find('.'));
  for (const fs::path& candidate : {folder / (stem + "_cameras.json"),
                                    folder / (stem + ".cameras.json"), folder / "cameras.json"}) {
    if (fs::is_regular_file(candidate, ignored)) {
      return candidate;
    }
  }
  return {};
}

}  // namespace

Result<std::optional<std::size_t>> viewCountAfter(std::string_view spec, std::string_view head,
                                                  std::size_t usual, std::size_t most) {
  if (spec == head) {
    return usual;
  }
  if (spec.size() <= head.size() || spec.substr(0, head.size()) != head ||
      spec[head.size()] != ':') {
    return std::nullopt;
  }
  const std::string_view digits = spec.substr(head.size() + 1);
  std::size_t count = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (code != std::errc{} || end != digits.data() + digits.size() || count < 1 || count > most) {
    return fail(ErrorCode::InvalidParameter, "views '{}': expected {}:N with N from 1 to {}", spec,
                head, most);
  }
  return count;
}

Result<ViewSet> makeViewSet(std::string_view spec, const GaussianCloud& cloud,
                            const fs::path& scenePath, renderer::Rasterizer& rasterizer,
                            const ViewOptions& options) {
  if (cloud.count == 0) {
    return fail(ErrorCode::InvalidParameter, "the scene is empty, so there is nothing to view");
  }
  VOLPRESS_TRY(const auto orbit, viewCountAfter(spec, "orbit", kDefaultGenerated, kMostGenerated));
  VOLPRESS_TRY(const auto inside,
               viewCountAfter(spec, "inside", kDefaultGenerated, kMostGenerated));
  if (!orbit && !inside && spec != "auto") {
    return viewsFromFile(fs::path(spec), cloud, options);
  }
  if (spec == "auto") {
    if (const fs::path beside = camerasBeside(scenePath); !beside.empty()) {
      return viewsFromFile(beside, cloud, options);
    }
  }
  const SceneShape shape = measureShape(cloud);
  const bool fromInside = inside || (!orbit && shape.isCapture);
  const std::size_t count = orbit ? *orbit : inside ? *inside : kDefaultGenerated;
  ViewSet set{fmt::format("{}:{}", fromInside ? "inside" : "orbit", count), {}};
  VOLPRESS_TRY(set.views, rejectEmptyViews(fromInside ? insideViews(shape, cloud, count, options)
                                                      : orbitViews(shape, count, options),
                                           cloud, rasterizer));
  holdOutSome(set.views);
  return set;
}

Camera homeCamera(const GaussianCloud& cloud, std::size_t width, std::size_t height,
                  renderer::Rasterizer& rasterizer) {
  const SceneShape shape = measureShape(cloud);
  ViewOptions options;
  options.maxWidth = width;
  options.maxHeight = height;
  const float distance = shape.isCapture
                             ? 1.2F * shape.middleRadius
                             : 2.3F * std::min(shape.fullRadius, 1.6F * shape.outerRadius);
  std::vector<Camera> around;
  for (std::size_t i = 0; i < kHomeDirections; ++i) {
    const float turn = 2 * kPi * static_cast<float>(i) / static_cast<float>(kHomeDirections);
    const Vec3 eye = onSphere(shape.centre, distance, kHomeAzimuth + turn, kHomeElevation);
    around.push_back(generatedCamera(shape, eye, shape.centre, options));
  }
  return around[sharpSide(around, cloud, rasterizer)];
}

Camera homeCamera(const GaussianCloud& cloud, const fs::path& scenePath, std::size_t width,
                  std::size_t height, renderer::Rasterizer& rasterizer) {
  if (const fs::path beside = camerasBeside(scenePath); !beside.empty()) {
    if (const auto views = viewsFromFile(beside, cloud, {}); views) {
      return resized(views->views.front().camera, width, height);
    }
  }
  return homeCamera(cloud, width, height, rasterizer);
}

}  // namespace volpress::engine
