#include "app/studio/picture_maker.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "app/studio/document.hpp"
#include "renderer/software/software_rasterizer.hpp"

namespace volpress::studio {
namespace {

constexpr std::size_t kPreparedKept = kMaxSides + 2;  // the sides and the variants next to B
// Every side, with heat colours too, and the pictures that flipping variants comes back to; fewer
// where they are large.
constexpr std::size_t kPicturesKept = 3 * kMaxSides;
constexpr std::size_t kPicturesKeptAtLeast = 2 * kMaxSides - 1;
constexpr std::size_t kPixelsKept = std::size_t{24} << 20U;  // 16 bytes each

using Clock = std::chrono::steady_clock;

double millisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::uint8_t displayByte(float value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 1.0F) * 255.0F));
}

std::vector<std::uint8_t> displayBytes(const Image& image, TaskRunner& runner) {
  std::vector<std::uint8_t> rgba(image.width * image.height * 4);
  runner.parallelFor(image.height, 32, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin * image.width; i < end * image.width; ++i) {
      rgba[4 * i] = displayByte(image.pixels[3 * i]);
      rgba[4 * i + 1] = displayByte(image.pixels[3 * i + 1]);
      rgba[4 * i + 2] = displayByte(image.pixels[3 * i + 2]);
      rgba[4 * i + 3] = 255;
    }
  });
  return rgba;
}

}  // namespace

bool sameCamera(const Camera& a, const Camera& b) {
  return a.width == b.width && a.height == b.height && a.fx == b.fx && a.fy == b.fy &&
         a.cx == b.cx && a.cy == b.cy && a.rotation == b.rotation && a.position == b.position &&
         a.nearPlane == b.nearPlane;
}

PictureMaker::PictureMaker()
    : m_runner(makeThreadRunner()), m_rasterizer(renderer::makeSoftwareRasterizer(*m_runner)) {}

Result<const renderer::PreparedCloud*> PictureMaker::prepare(
    const std::shared_ptr<const GaussianCloud>& cloud) {
  const auto at = std::find_if(m_prepared.begin(), m_prepared.end(),
                               [&](const Prepared& item) { return item.cloud == cloud; });
  if (at != m_prepared.end()) {
    m_prepared.splice(m_prepared.begin(), m_prepared, at);
    return m_prepared.front().prepared.get();
  }
  VOLPRESS_TRY(auto prepared, m_rasterizer->prepare(cloud));
  m_prepared.push_front({cloud, std::move(prepared)});
  if (m_prepared.size() > kPreparedKept) {
    m_prepared.pop_back();
  }
  return m_prepared.front().prepared.get();
}

std::shared_ptr<const DrawnPicture> PictureMaker::recall(const engine::DrawnScene& scene,
                                                         const Camera& camera,
                                                         const SceneColors& colors, bool byDevice) {
  const auto at = std::find_if(m_pictures.begin(), m_pictures.end(), [&](const auto& picture) {
    return picture->scene == scene && picture->colors == colors && picture->byDevice == byDevice &&
           sameCamera(picture->camera, camera);
  });
  if (at == m_pictures.end()) {
    return nullptr;
  }
  m_pictures.splice(m_pictures.begin(), m_pictures, at);
  return m_pictures.front();
}

Result<std::shared_ptr<const GaussianCloud>> PictureMaker::look(const NativeScene& native,
                                                                const Camera& camera,
                                                                const std::stop_token& stop) {
  const auto at = std::find_if(m_looks.begin(), m_looks.end(), [&](const Look& known) {
    return known.native == native && sameCamera(known.camera, camera);
  });
  if (at != m_looks.end()) {
    m_looks.splice(m_looks.begin(), m_looks, at);
    return m_looks.front().seen;
  }
  auto seen = std::make_shared<GaussianCloud>();
  VOLPRESS_CHECK(native->look(camera, stop, *m_runner, *seen));
  m_looks.push_front({native, camera, seen});
  if (m_looks.size() > kMaxSides) {
    m_looks.pop_back();
  }
  return m_looks.front().seen;
}

Result<renderer::RenderResult> PictureMaker::drawSplats(const engine::DrawnScene& scene,
                                                        const Camera& camera,
                                                        const std::stop_token& stop,
                                                        const SceneColors& colors,
                                                        double& milliseconds) {
  // Networks count as drawing: they run again for every camera.
  const auto start = Clock::now();
  std::shared_ptr<const GaussianCloud> seen = scene.cloud;
  if (scene.native != nullptr) {
    VOLPRESS_TRY(seen, look(scene.native, camera, stop));
  }
  milliseconds = millisecondsSince(start);
  VOLPRESS_TRY(const renderer::PreparedCloud* prepared, prepare(seen));
  renderer::RenderOptions options;
  options.stop = stop;
  if (colors != nullptr) {
    options.directColors = *colors;
  }
  const auto drawing = Clock::now();
  VOLPRESS_TRY(renderer::RenderResult result, m_rasterizer->render(*prepared, camera, options));
  milliseconds += millisecondsSince(drawing);
  return result;
}

Result<std::shared_ptr<const DrawnPicture>> PictureMaker::drawWith(const FieldDrawer& device,
                                                                   const engine::DrawnScene& scene,
                                                                   const Camera& camera,
                                                                   const std::stop_token& stop,
                                                                   const SceneColors& colors) {
  const bool byDevice = device != nullptr;
  if (auto known = recall(scene, camera, colors, byDevice)) {
    return known;
  }
  auto picture = std::make_shared<DrawnPicture>();
  picture->byDevice = byDevice;
  renderer::RenderResult result;
  if (scene.model != nullptr) {
    const auto start = Clock::now();
    VOLPRESS_TRY(result, byDevice ? device(scene.model, camera, stop)
                         : colors == nullptr
                             ? scene.model->draw(camera, *m_runner, stop)
                             : scene.model->drawPainted(camera, *colors, *m_runner, stop));
    picture->milliseconds = millisecondsSince(start);
  } else {
    VOLPRESS_TRY(result, drawSplats(scene, camera, stop, colors, picture->milliseconds));
  }
  picture->scene = scene;
  picture->camera = camera;
  picture->colors = colors;
  picture->pixels = std::make_shared<const PanePixels>(
      PanePixels{result.color.width, result.color.height, displayBytes(result.color, *m_runner)});
  picture->color = std::move(result.color);
  m_pictures.push_front(picture);
  const std::size_t pixels = camera.width * camera.height;
  while (m_pictures.size() > kPicturesKept ||
         (m_pictures.size() > kPicturesKeptAtLeast && m_pictures.size() * pixels > kPixelsKept)) {
    m_pictures.pop_back();
  }
  return std::shared_ptr<const DrawnPicture>(std::move(picture));
}

}  // namespace volpress::studio
