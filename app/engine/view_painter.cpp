#include "app/engine/view_painter.hpp"

namespace volpress::engine {

Result<ViewPainter> ViewPainter::make(const DrawnScene& shown, renderer::Rasterizer& rasterizer,
                                      TaskRunner& runner) {
  ViewPainter painter(rasterizer, runner);
  painter.m_model = shown.model;
  painter.m_native = shown.native;
  if (painter.m_model != nullptr) {
    return painter;
  }
  if (painter.m_native == nullptr) {
    VOLPRESS_TRY(painter.m_prepared, rasterizer.prepare(shown.cloud));
  } else {
    painter.m_seen = std::make_shared<GaussianCloud>();
  }
  return painter;
}

Result<renderer::RenderResult> ViewPainter::draw(const Camera& camera,
                                                 const renderer::RenderOptions& options) {
  if (m_model != nullptr) {
    return m_model->draw(camera, *m_runner, options.stop);
  }
  if (m_native != nullptr) {
    m_prepared.reset();  // it reads the splats that are written next
    VOLPRESS_CHECK(m_native->look(camera, options.stop, *m_runner, *m_seen));
    VOLPRESS_TRY(m_prepared, m_rasterizer->prepare(m_seen));
  }
  return m_rasterizer->render(*m_prepared, camera, options);
}

}  // namespace volpress::engine
