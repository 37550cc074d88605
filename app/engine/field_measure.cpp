#include "app/engine/field_measure.hpp"

#include <numeric>

namespace volpress::engine {

Result<std::vector<ViewQuality>> measureField(const std::shared_ptr<const HashGridField>& reference,
                                              const std::shared_ptr<const HashGridField>& test,
                                              const ViewSet& views, MeasureContext& context,
                                              const ViewVisitor& visitor,
                                              const std::vector<std::size_t>& only) {
  const renderer::FieldRenderer renderer(context.runner);
  VOLPRESS_TRY(const auto original, renderer.prepare(reference, context.stop));
  VOLPRESS_TRY(const auto result, renderer.prepare(test, context.stop));
  std::vector<std::size_t> indices = only;
  if (indices.empty()) {
    indices.resize(views.views.size());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
  }
  renderer::FieldRenderOptions options;
  options.stop = context.stop;
  std::vector<ViewQuality> measured;
  for (const std::size_t index : indices) {
    context.progress.report(
        static_cast<double>(measured.size()) / static_cast<double>(indices.size()),
        fmt::format("{}/{} views", measured.size(), indices.size()));
    const View& view = views.views.at(index);
    VOLPRESS_TRY(const auto a, renderer.render(*original, view.camera, options));
    VOLPRESS_TRY(const auto b, renderer.render(*result, view.camera, options));
    Image error;
    VOLPRESS_TRY(ViewQuality quality,
                 measurePictures(view, a.picture.color, b.picture.color, context.runner, error));
    if (visitor) {
      VOLPRESS_CHECK(visitor({index, a.picture.color, b.picture.color, error}));
    }
    measured.push_back(std::move(quality));
  }
  return measured;
}

}  // namespace volpress::engine
