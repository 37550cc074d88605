#include "app/studio/picture_maker.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "renderer/software/software_rasterizer.hpp"

namespace volpress::studio {
namespace {

constexpr std::size_t kPreparedKept = 4;  // two sides and the variants next to them
constexpr std::size_t kPicturesKept = 6;

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

std::shared_ptr<const DrawnPicture> PictureMaker::recall(
    const std::shared_ptr<const GaussianCloud>& cloud, const Camera& camera) {
  const auto at = std::find_if(m_pictures.begin(), m_pictures.end(), [&](const auto& picture) {
    return picture->cloud == cloud && sameCamera(picture->camera, camera);
  });
  if (at == m_pictures.end()) {
    return nullptr;
  }
  m_pictures.splice(m_pictures.begin(), m_pictures, at);
  return m_pictures.front();
}

Result<std::shared_ptr<const DrawnPicture>> PictureMaker::draw(
    const std::shared_ptr<const GaussianCloud>& cloud, const Camera& camera,
    const std::stop_token& stop) {
  if (auto known = recall(cloud, camera)) {
    return known;
  }
  VOLPRESS_TRY(const renderer::PreparedCloud* prepared, prepare(cloud));
  renderer::RenderOptions options;
  options.stop = stop;
  const auto start = std::chrono::steady_clock::now();
  VOLPRESS_TRY(renderer::RenderResult result, m_rasterizer->render(*prepared, camera, options));
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
  auto picture = std::make_shared<DrawnPicture>();
  picture->cloud = cloud;
  picture->camera = camera;
  picture->rgba = displayBytes(result.color, *m_runner);
  picture->color = std::move(result.color);
  picture->milliseconds = spent.count();
  m_pictures.push_front(picture);
  if (m_pictures.size() > kPicturesKept) {
    m_pictures.pop_back();
  }
  return std::shared_ptr<const DrawnPicture>(std::move(picture));
}

}  // namespace volpress::studio
