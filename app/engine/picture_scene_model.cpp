#include <utility>

#include "app/engine/picture_files.hpp"
#include "app/engine/picture_plane.hpp"
#include "app/engine/scene_model.hpp"

namespace volpress::engine {
namespace {

class PictureScene final : public SceneModel {
public:
  explicit PictureScene(std::shared_ptr<const Image> picture) : m_plane(std::move(picture)) {}

  [[nodiscard]] SceneKind kind() const noexcept override { return SceneKind::Picture; }
  [[nodiscard]] std::uint64_t count() const noexcept override {
    return std::uint64_t{m_plane.picture().width} * m_plane.picture().height;
  }
  [[nodiscard]] std::string unit() const override { return "pixels"; }
  [[nodiscard]] std::uint64_t plainBytes() const noexcept override {
    return plainPictureBytes(m_plane.picture());
  }
  [[nodiscard]] bool drawsSlowly() const noexcept override { return false; }

  [[nodiscard]] Camera home(std::size_t width, std::size_t height) const override {
    return pictureHome(m_plane.picture(), width, height);
  }
  [[nodiscard]] float homeDistance() const override {
    return pictureHomeDistance(m_plane.picture(), 16, 9);
  }

  [[nodiscard]] Result<renderer::RenderResult> draw(const Camera& camera, TaskRunner& runner,
                                                    const std::stop_token& stop) const override {
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    return m_plane.draw(camera, runner);
  }

  [[nodiscard]] std::optional<std::array<float, 3>> surfaceUnder(const Camera& camera, float x,
                                                                 float y) const override {
    return pictureUnder(m_plane.picture(), camera, x, y);
  }

  [[nodiscard]] Result<void> measureAgainst(const SceneModel& original, std::string_view /*views*/,
                                            MeasureContext& context,
                                            Evaluation& evaluation) const override {
    const auto* reference = dynamic_cast<const PictureScene*>(&original);
    if (reference == nullptr) {
      return fail(ErrorCode::InvalidParameter, "a picture is measured against a picture, not {}",
                  kindName(original.kind()));
    }
    VOLPRESS_TRY(evaluation.views,
                 measurePicture(reference->m_plane.picture(), m_plane.picture(), context));
    return {};
  }

  [[nodiscard]] Result<std::uint64_t> write(const std::filesystem::path& path,
                                            TaskRunner& /*runner*/,
                                            const std::stop_token& /*stop*/) const override {
    return savePicture(path, m_plane.picture());
  }

private:
  PicturePlane m_plane;
};

}  // namespace

std::shared_ptr<const SceneModel> makePictureModel(std::shared_ptr<const Image> picture) {
  return std::make_shared<const PictureScene>(std::move(picture));
}

}  // namespace volpress::engine
