#include <algorithm>
#include <cmath>
#include <utility>

#include "app/engine/field_files.hpp"
#include "app/engine/field_measure.hpp"
#include "app/engine/field_views.hpp"
#include "app/engine/scene_model.hpp"
#include "renderer/software/field_march.hpp"
#include "renderer/software/field_model.hpp"
#include "renderer/software/field_renderer.hpp"

namespace volpress::engine {
namespace {

class FieldModelScene final : public SceneModel {
public:
  FieldModelScene(std::shared_ptr<const HashGridField> field,
                  std::unique_ptr<renderer::PreparedField> prepared)
      : m_field(std::move(field)), m_prepared(std::move(prepared)) {}

  [[nodiscard]] SceneKind kind() const noexcept override { return SceneKind::Field; }
  [[nodiscard]] std::uint64_t count() const noexcept override { return m_field->parameters.size(); }
  [[nodiscard]] std::string unit() const override { return "parameters"; }
  [[nodiscard]] std::uint64_t plainBytes() const noexcept override {
    return plainFieldBytes(*m_field);
  }
  [[nodiscard]] bool drawsSlowly() const noexcept override { return true; }
  [[nodiscard]] const renderer::PreparedField* field() const noexcept override {
    return m_prepared.get();
  }

  [[nodiscard]] Camera home(std::size_t width, std::size_t height) const override {
    return fromFieldFrame(fieldHomeCamera(*m_field, width, height), *m_field);
  }
  [[nodiscard]] float homeDistance() const override {
    const Camera camera = fieldHomeCamera(*m_field, 16, 9);
    const OccupiedBall ball = occupiedBall(*m_field);
    float depth = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      depth += camera.rotation[6 + axis] * (ball.centre[axis] - camera.position[axis]);
    }
    return std::max(depth, 0.2F * ball.radius) / m_field->sceneScale;
  }

  [[nodiscard]] Result<renderer::RenderResult> draw(const Camera& camera, TaskRunner& runner,
                                                    const std::stop_token& stop) const override {
    renderer::FieldRenderOptions options;
    options.stop = stop;
    VOLPRESS_TRY(renderer::FieldRenderResult drawn,
                 renderer::FieldRenderer(runner).render(*m_prepared, toFieldFrame(camera, *m_field),
                                                        options));
    return std::move(drawn.picture);
  }

  /// Where half of the light of the ray is gone.
  [[nodiscard]] std::optional<std::array<float, 3>> surfaceUnder(const Camera& camera, float x,
                                                                 float y) const override {
    constexpr float kHalf = 0.6931472F;  // ln 2
    const renderer::FieldModel model(*m_field);
    const renderer::FieldMarcher marcher(*m_field, m_prepared->occupancy());
    const renderer::FieldRay ray = renderer::rayThrough(toFieldFrame(camera, *m_field), x, y);
    renderer::FieldMarcher::Walk walk = marcher.start(ray, 0.5F);
    renderer::FieldBatch batch(model);
    std::vector<renderer::FieldSample> samples(renderer::kFieldBatch);
    float thickness = 0;
    do {
      for (batch.count = 0;
           batch.count < renderer::kFieldBatch && marcher.next(ray, walk, samples[batch.count]);
           ++batch.count) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
          batch.place(axis)[batch.count] =
              marcher.inBox(ray.origin[axis] + samples[batch.count].distance * ray.direction[axis]);
        }
      }
      renderer::fieldDensity(model, batch);
      for (std::size_t n = 0; n < batch.count; ++n) {
        thickness += std::exp(batch.logit()[n]) * samples[n].step;
        if (thickness >= kHalf) {
          return pointAt(camera, x, y, samples[n].distance);
        }
      }
    } while (batch.count == renderer::kFieldBatch);
    return std::nullopt;
  }

  [[nodiscard]] Result<void> measureAgainst(const SceneModel& original, std::string_view views,
                                            MeasureContext& context,
                                            Evaluation& evaluation) const override {
    const auto* reference = dynamic_cast<const FieldModelScene*>(&original);
    if (reference == nullptr) {
      return fail(ErrorCode::InvalidParameter,
                  "a radiance field is measured against a radiance field, not {}",
                  kindName(original.kind()));
    }
    VOLPRESS_TRY(const ViewSet set, makeFieldViews(views, *reference->m_field, kFieldMeasureSide));
    VOLPRESS_TRY(evaluation.views, measureField(reference->m_field, m_field, set, context));
    return {};
  }

  [[nodiscard]] Result<std::uint64_t> write(const std::filesystem::path& path,
                                            TaskRunner& /*runner*/,
                                            const std::stop_token& /*stop*/) const override {
    return saveFieldScene(path, *m_field);
  }

private:
  /// `distance` is of the field's frame.
  [[nodiscard]] std::array<float, 3> pointAt(const Camera& camera, float x, float y,
                                             float distance) const {
    const renderer::FieldRay ray = renderer::rayThrough(camera, x, y);
    std::array<float, 3> point = ray.origin;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      point[axis] += ray.direction[axis] * distance / m_field->sceneScale;
    }
    return point;
  }

  std::shared_ptr<const HashGridField> m_field;
  std::unique_ptr<renderer::PreparedField> m_prepared;
};

}  // namespace

Result<std::shared_ptr<const SceneModel>> makeFieldModel(std::shared_ptr<const HashGridField> field,
                                                         TaskRunner& runner,
                                                         const std::stop_token& stop) {
  VOLPRESS_TRY(auto prepared, renderer::FieldRenderer(runner).prepare(field, stop));
  return std::make_shared<const FieldModelScene>(std::move(field), std::move(prepared));
}

}  // namespace volpress::engine
