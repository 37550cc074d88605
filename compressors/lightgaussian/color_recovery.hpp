// SH distillation and recovery in their linear form (paper section 3.3): the student's colours are
// fitted to pictures of the original. With geometry fixed a picture is linear in the colours, so no
// gradient of geometry is needed.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "compressors/codec.hpp"
#include "compressors/learning/fine_tune.hpp"
#include "compressors/learning/teacher_cameras.hpp"
#include "compressors/stages/teachers.hpp"

namespace volpress::compressors::lightgaussian {

using learning::drawTeachers;
using learning::TeacherView;

/// Adjusts the colours of a student whose geometry stays as it is. Views that are never learnt from
/// stand guard: of the passes the one is kept that is closest to the original there, which may be
/// none.
class ColorRecovery {
public:
  /// `student` must outlive the object; its geometry must not change. Draws every view once to
  /// learn the blending weights.
  [[nodiscard]] static Result<ColorRecovery> create(GaussianCloud& student,
                                                    std::vector<TeacherView> teachers,
                                                    std::vector<TeacherView> trials,
                                                    RunContext& context);

  /// `passes` over all teachers. Bands above `degree` stay as they are. Each view's residual,
  /// averaged over a splat's pixels with its blending weights, moves the splat's colour in that
  /// view's direction; steps shrink from pass to pass. Says in the log what the trial views gained.
  [[nodiscard]] Result<void> run(std::size_t passes, unsigned degree, RunContext& context);

private:
  ColorRecovery(GaussianCloud& student, std::vector<TeacherView> teachers,
                std::vector<TeacherView> trials);
  [[nodiscard]] Result<std::vector<float>> drawWeights(std::size_t view, RunContext& context);
  [[nodiscard]] Result<void> step(std::size_t view, float relaxation, unsigned degree,
                                  RunContext& context);
  [[nodiscard]] Result<double> trialError(RunContext& context);

  GaussianCloud* m_student;
  std::vector<TeacherView> m_teachers;
  std::vector<TeacherView> m_trials;
  std::unique_ptr<renderer::PreparedCloud> m_geometry;
  std::vector<std::vector<float>> m_weights;  ///< per view and splat; empty: not kept
  std::vector<float> m_largestWeights;        ///< per splat over all views
  bool m_keepsWeights = true;
};

}  // namespace volpress::compressors::lightgaussian
