#include "app/engine/photo_set.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <utility>

#include <unistd.h>

#include "app/engine/photograph.hpp"
#include "app/engine/undistortion.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/picture_size.hpp"
#include "scene/formats/posed_images_reader.hpp"

namespace volpress::engine {
namespace {

/// Of the machine's memory, what the pictures may take.
constexpr double kMemoryShare = 0.6;
/// Near planes of 0.2 are for scenes of metres; in smaller ones, a share of the extent.
constexpr float kNearestPlane = 0.2F;
constexpr float kNearShare = 0.05F;

std::filesystem::path photographOf(const PosedImage& image, const PhotoOptions& options) {
  if (options.images.empty()) {
    return image.path;
  }
  std::error_code ignored;
  const std::filesystem::path named = options.images / image.name;
  return std::filesystem::is_regular_file(named, ignored)
             ? named
             : options.images / std::filesystem::path(image.name).filename();
}

struct PictureShape {
  std::size_t width, height;
};

PictureShape shapeFor(const formats::PictureSize& photo, const PhotoOptions& options) {
  const auto width = static_cast<double>(photo.width);
  const auto height = static_cast<double>(photo.height);
  double factor = std::max(1.0, options.downscale);
  if (options.longestSide != 0) {
    factor = std::max(factor, std::max(width, height) / static_cast<double>(options.longestSide));
  }
  const auto scaledTo = [&](double side) {
    return static_cast<std::size_t>(std::max(1.0, std::round(side / factor)));
  };
  return {scaledTo(width), scaledTo(height)};
}

Result<void> checkMemory(std::size_t pictures, const PictureShape& shape) {
  const double needed = 12.0 * static_cast<double>(pictures) * static_cast<double>(shape.width) *
                        static_cast<double>(shape.height);
  const double memory = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) *
                        static_cast<double>(::sysconf(_SC_PAGE_SIZE));
  if (needed > kMemoryShare * memory) {
    return fail(ErrorCode::OutOfMemory,
                "{} pictures of {} x {} need {:.1f} GB of the machine's {:.1f}; make them smaller "
                "with --downscale or --resolution",
                pictures, shape.width, shape.height, needed / 1e9, memory / 1e9);
  }
  return {};
}

/// One place in the list of what is to be read.
struct Photo {
  const PosedImage* posed;
  std::filesystem::path path;
  formats::PictureSize size;
  const Undistortion* undistortion = nullptr;
  Result<Image> picture = fail(ErrorCode::Cancelled, "cancelled");
  bool isOpaque = true;
};

class PhotoLoader {
public:
  PhotoLoader(const PhotoOptions& options, TaskRunner& runner, Progress& progress,
              const std::stop_token& stop)
      : m_options(options), m_runner(runner), m_progress(progress), m_stop(stop) {}

  Result<PhotoSet> load() {
    VOLPRESS_TRY(PosedImages posed, formats::readPosedImages(m_options.dataset));
    PhotoSet set;
    set.origin = posed.origin;
    set.placement = posed.placement;
    VOLPRESS_TRY(std::vector<Photo> photos, findPhotos(posed, set.warnings));
    VOLPRESS_CHECK(readAll(photos));
    const bool namesHeldOut = std::any_of(photos.begin(), photos.end(),
                                          [](const Photo& photo) { return photo.posed->heldOut; });
    for (std::size_t i = 0; i < photos.size(); ++i) {
      Photo& photo = photos[i];
      if (!photo.picture) {
        return tl::unexpected(photo.picture.error());
      }
      training::TrainingView view{photo.posed->name,
                                  photo.undistortion->cameraOf(photo.posed->camera),
                                  std::move(*photo.picture), photo.isOpaque};
      const bool held =
          namesHeldOut ? photo.posed->heldOut
                       : m_options.holdout != 0 && i % m_options.holdout == 0 && photos.size() > 1;
      (held ? set.heldOut : set.learnt.views).push_back(std::move(view));
    }
    if (set.learnt.views.empty()) {
      return fail(ErrorCode::InvalidParameter, "{}: all {} photographs are held out",
                  m_options.dataset.string(), photos.size());
    }
    set.learnt.points = std::move(posed.points);
    set.learnt.pointColors = std::move(posed.pointColors);
    const float nearPlane = std::min(kNearestPlane, kNearShare * training::sceneExtent(set.learnt));
    for (auto* views : {&set.learnt.views, &set.heldOut}) {
      for (training::TrainingView& view : *views) {
        view.camera.nearPlane = nearPlane;
      }
    }
    return set;
  }

private:
  Result<std::vector<Photo>> findPhotos(const PosedImages& posed,
                                        std::vector<std::string>& warnings) {
    std::vector<Photo> photos;
    std::size_t missing = 0;
    for (const PosedImage& image : posed.images) {
      std::filesystem::path path = photographOf(image, m_options);
      std::error_code ignored;
      if (path.empty() || !std::filesystem::is_regular_file(path, ignored)) {
        ++missing;
        if (missing == 1) {
          warnings.push_back(
              fmt::format("there is no photograph {}", path.empty() ? image.name : path.string()));
        }
        continue;
      }
      VOLPRESS_TRY(const formats::PictureSize size, formats::readPictureSize(path));
      VOLPRESS_TRY(const Undistortion* undistortion, undistortionOf(image, size, path));
      photos.push_back({&image, std::move(path), size, undistortion});
    }
    if (missing > 1) {
      warnings.push_back(fmt::format("{} of {} photographs are not there and are left out", missing,
                                     posed.images.size()));
    }
    if (photos.empty()) {
      return fail(ErrorCode::InvalidParameter,
                  "{}: none of its {} photographs is there; say with --photo-folder where they are",
                  m_options.dataset.string(), posed.images.size());
    }
    VOLPRESS_CHECK(checkMemory(photos.size(), shapeFor(photos.front().size, m_options)));
    return photos;
  }

  /// One for all photographs of the same lens and size.
  Result<const Undistortion*> undistortionOf(const PosedImage& image,
                                             const formats::PictureSize& size,
                                             const std::filesystem::path& path) {
    const Lens lens = scaled(
        image.lens, static_cast<double>(size.width) / static_cast<double>(image.camera.width),
        static_cast<double>(size.height) / static_cast<double>(image.camera.height));
    const Key key{size.width, size.height, lens.model, lens.fx,
                  lens.fy,    lens.cx,     lens.cy,    lens.extras};
    auto found = m_undistortions.find(key);
    if (found == m_undistortions.end()) {
      const PictureShape shape = shapeFor(size, m_options);
      auto made = Undistortion::make(lens, size.width, size.height, shape.width, shape.height);
      if (!made) {
        return withContext(std::move(made).error(), path.string());
      }
      found = m_undistortions.emplace(key, std::make_unique<Undistortion>(std::move(*made))).first;
    }
    return found->second.get();
  }

  Result<void> readAll(std::vector<Photo>& photos) {
    std::atomic<std::size_t> done = 0;
    m_runner.parallelFor(photos.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end && !m_stop.stop_requested(); ++i) {
        photos[i].picture = readOne(photos[i]);
        const std::size_t count = ++done;
        m_progress.report(static_cast<double>(count) / static_cast<double>(photos.size()),
                          fmt::format("{}/{} photographs", count, photos.size()));
      }
    });
    if (m_stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    return {};
  }

  static Result<Image> readOne(Photo& photo) {
    VOLPRESS_TRY(const MappedFile file, MappedFile::open(photo.path));
    photo.isOpaque = !hasOpacity(file.bytes());
    VOLPRESS_TRY(const Image image, readPhotograph(photo.path));
    if (image.width != photo.size.width || image.height != photo.size.height) {
      return fail(ErrorCode::CorruptData, "{}: its header says {} x {}, its pixels {} x {}",
                  photo.path.string(), photo.size.width, photo.size.height, image.width,
                  image.height);
    }
    return photo.undistortion->apply(image);
  }

  using Key = std::tuple<std::size_t, std::size_t, LensModel, double, double, double, double,
                         std::array<double, kMaxLensExtras>>;
  const PhotoOptions& m_options;
  TaskRunner& m_runner;
  Progress& m_progress;
  const std::stop_token& m_stop;
  std::map<Key, std::unique_ptr<Undistortion>> m_undistortions;
};

}  // namespace

Result<PhotoSet> loadPhotos(const PhotoOptions& options, TaskRunner& runner, Progress& progress,
                            const std::stop_token& stop) {
  return PhotoLoader(options, runner, progress, stop).load();
}

Result<std::vector<PosedPicture>> loadLearntPhotos(
    const PhotoOptions& options, TaskRunner& runner, const std::stop_token& stop,
    const std::function<void(const std::string&)>& log) {
  Progress unseen;
  VOLPRESS_TRY(PhotoSet set, loadPhotos(options, runner, unseen, stop));
  for (const std::string& warning : set.warnings) {
    log(warning);
  }
  std::vector<PosedPicture> photos;
  for (training::TrainingView& view : set.learnt.views) {
    photos.push_back({view.camera, std::move(view.photo)});
  }
  log(fmt::format("{} photographs to learn from and {} held out", photos.size(),
                  set.heldOut.size()));
  return photos;
}

}  // namespace volpress::engine
