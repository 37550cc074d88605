#include "compressors/compact3dgs/encoder.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "compressors/coding/canonical_rotation.hpp"
#include "compressors/compact3dgs/faithful_file.hpp"
#include "compressors/compact3dgs/joint_training.hpp"
#include "compressors/compact3dgs/mask.hpp"
#include "compressors/compact3dgs/packed_file.hpp"
#include "compressors/stages/significance.hpp"
#include "compressors/stages/stage_log.hpp"

namespace volpress::compressors::compact3dgs {
namespace {

enum Stage : std::size_t { kMasking, kScoring, kClustering, kField, kTuning, kPacking };
constexpr const char* kStageNames[] = {"learning the mask",  "scoring",
                                       "building codebooks", "fitting the colour field",
                                       "fine-tuning",        "packing"};

/// Steps and position bits of the packed layout at the neutral quality.
constexpr PackedSteps kNeutralSteps{0.25F, 0.05F, 0.02F, 0.01F, {0.0625F, 0.0078125F}};
constexpr double kNeutralBits = 12;
constexpr double kBitsPerOctave = 0.6;

/// One encode: the stages share the splats that stay and what is stored of them.
class Encoder {
public:
  Encoder(const GaussianCloud& original, const Settings& settings, RunContext& context)
      : m_original(original),
        m_settings(settings),
        m_context(context),
        m_cameras(coding::trainingCameras(context.views)) {}

  Result<std::vector<Chunk>> run() {
    VOLPRESS_CHECK(checkViews());
    setStages();
    VOLPRESS_CHECK(mask());
    // Equal ellipsoids described alike: codebooks serve more of them.
    coding::canonicalise(m_student, m_context.runner);
    VOLPRESS_CHECK(weigh());
    setSteps();
    VOLPRESS_CHECK(cluster());
    VOLPRESS_CHECK(fitField());
    VOLPRESS_CHECK(tune());
    m_stages.enter(kPacking);
    VOLPRESS_CHECK(logField());
    auto chunks = write();
    if (chunks) {
      m_stages.logTime();
      m_context.progress.finish();
    }
    return chunks;
  }

private:
  [[nodiscard]] bool hasViews() const {
    return !m_cameras.empty() && m_context.rasterizer != nullptr;
  }
  [[nodiscard]] bool packs() const { return m_settings.layout == Layout::Packed; }

  [[nodiscard]] Result<void> checkViews() const {
    if (m_settings.maskSteps > 0 || m_settings.steps > 0) {
      VOLPRESS_CHECK(coding::checkSeesViews("Compact 3DGS", m_cameras, m_context));
    }
    return {};
  }

  void setStages() {
    // Weights in the time of scoring one view.
    const double views = static_cast<double>(std::max<std::size_t>(1, m_cameras.size()));
    m_context.progress.setStages({{"learning the mask", 4.0 * m_settings.maskSteps},
                                  {"scoring views", hasViews() ? views : 0},
                                  {"building codebooks", 20},
                                  {"fitting the colour field", 1.0 * m_settings.fieldSteps},
                                  {"fine-tuning", 8.0 * m_settings.steps},
                                  {"packing", 50}});
  }

  Result<void> mask() {
    m_student = m_original;
    m_student.extras.clear();
    if (m_settings.maskSteps == 0) {
      return {};
    }
    m_stages.enter(kMasking);
    return learnMask(m_original, m_cameras, m_settings, m_student, m_context);
  }

  /// How much each splat pulls at codebooks and field.
  Result<void> weigh() {
    if (!hasViews()) {
      return {};
    }
    m_stages.enter(kScoring);
    VOLPRESS_TRY(m_weights, coding::contributionWeights(m_student, m_cameras, m_context));
    return {};
  }

  /// Decides on grid and steps, and places the splats where a decoder sees them.
  void setSteps() {
    if (packs()) {
      const auto finer = static_cast<float>(std::exp2(-m_settings.octaves));
      m_steps = kNeutralSteps;
      for (float* step : {&m_steps.opacity, &m_steps.color, &m_steps.scales, &m_steps.rotations,
                          &m_steps.field.grid, &m_steps.field.network}) {
        *step *= finer;
      }
      m_grid = coding::PositionGrid::between(m_student.means,
                                             kNeutralBits + kBitsPerOctave * m_settings.octaves);
    } else {
      m_steps = {0, 0, 0, 0, {0, 0, kGridThreshold}};
    }
    roundMeans(m_student);
  }

  void roundMeans(GaussianCloud& cloud) const {
    for (std::size_t i = 0; i < cloud.count; ++i) {
      if (packs()) {
        const auto centre = m_grid.position(m_grid.quantise(&cloud.means[3 * i]));
        std::copy(centre.begin(), centre.end(), &cloud.means[3 * i]);
      } else {
        std::transform(&cloud.means[3 * i], &cloud.means[3 * i] + 3, &cloud.means[3 * i],
                       halfRounded);
      }
    }
  }

  Result<void> cluster() {
    m_stages.enter(kClustering);
    const auto train = [&](const FloatArray& values, std::size_t dimension,
                           float step) -> Result<ResidualBooks> {
      VOLPRESS_TRY(ResidualBooks books,
                   trainResidualBooks(values, dimension, m_settings.stages, m_settings.codes,
                                      m_weights, m_context.seed, m_context.runner, m_context.stop));
      if (step > 0) {
        roundEntries(books, step);
        assignRows(values, books, m_context.runner);
      }
      return books;
    };
    VOLPRESS_TRY(m_scene.scales, train(m_student.logScales, 3, m_steps.scales));
    VOLPRESS_TRY(m_scene.rotations, train(m_student.rotations, 4, m_steps.rotations));
    return {};
  }

  Result<void> fitField() {
    if (m_original.shDegree == 0 && !m_settings.fieldAlways) {
      m_context.log.push_back(
          "the scene's colours do not depend on the view: a colour field is not beneficial, plain "
          "colours are stored");
      return {};
    }
    m_stages.enter(kField);
    m_scene.tableBits = tableBitsFor(m_settings, m_student.count);
    m_scene.place = learning::placeOf(m_student.means);
    m_field.emplace(fieldShape(m_scene.tableBits), m_scene.place);
    FieldFit fit;
    fit.steps = m_settings.fieldSteps;
    fit.rounding = m_steps.field;
    fit.weights = m_weights;
    fit.seed = m_context.seed;
    VOLPRESS_TRY(m_scene.field, m_field->fit(m_student, m_cameras, fit, m_context));
    return {};
  }

  Result<void> tune() {
    if (m_settings.steps == 0) {
      return {};
    }
    m_stages.enter(kTuning);
    JointTask task;
    task.field = m_field ? &*m_field : nullptr;
    task.steps = m_steps;
    task.roundPlain = [this](GaussianCloud& cloud) {
      roundMeans(cloud);
      for (std::size_t i = 0; packs() && i < cloud.count; ++i) {
        cloud.opacityLogits[i] = roundedLogit(cloud.opacityLogits[i], m_steps.opacity);
      }
    };
    return trainJointly(m_original, m_cameras, m_settings, task, m_student, m_scene, m_context);
  }

  [[nodiscard]] SceneHeader header() const {
    return {static_cast<std::uint8_t>(m_settings.layout),
            m_field ? std::min(m_settings.shDegree, m_original.shDegree) : 0U, m_original.frame,
            m_original.filter, static_cast<std::uint32_t>(m_student.count)};
  }

  /// Says how well field and baked colours fit.
  Result<void> logField() {
    roundMeans(m_student);
    m_scene.means = m_student.means;
    m_scene.opacityLogits = m_student.opacityLogits;
    m_scene.colors = m_student.shDc;
    if (!m_field) {
      return {};
    }
    FieldWeights seen;
    roundWeights(m_scene.field.grid, m_scene.field.network, m_steps.field, seen);
    GaussianCloud baked = withShDegree(m_student, header().shDegree);
    VOLPRESS_CHECK(m_field->bake(seen, baked, m_context.runner, m_context.stop));
    const FieldError error =
        measureField(*m_field, seen, m_student, baked, m_cameras, m_weights, m_context.runner);
    if (!m_cameras.empty()) {
      m_context.log.push_back(fmt::format(
          "colour field: a table of 2^{}, {} numbers; colours are {:.2f} dB from the scene's SH, "
          "and baked to SH of degree {} {:.2f} dB from the field's own",
          m_scene.tableBits, seen.grid.size() + seen.network.size(), error.fieldPsnr,
          baked.shDegree, error.bakedPsnr));
    }
    return {};
  }

  Result<std::vector<Chunk>> write() {
    m_context.log.push_back(fmt::format("{} of {} splats are left; {} stages of {} codes",
                                        m_student.count, m_original.count, m_settings.stages,
                                        m_settings.codes));
    if (packs()) {
      VOLPRESS_TRY(PackedFile file, writePacked(header(), m_scene, m_grid, m_steps, m_context.stop,
                                                m_context.runner));
      return std::move(file.chunks);
    }
    return writeFaithful(header(), m_scene, m_context.runner);
  }

  const GaussianCloud& m_original;
  const Settings& m_settings;
  RunContext& m_context;
  std::vector<Camera> m_cameras;
  GaussianCloud m_student;
  std::vector<float> m_weights;  ///< of the student's splats, or empty
  PackedSteps m_steps;
  coding::PositionGrid m_grid;
  StoredScene m_scene;
  std::optional<ColorField> m_field;
  StageLog m_stages{m_context, kStageNames};
};

}  // namespace

Result<std::vector<Chunk>> encodeCloud(const GaussianCloud& cloud, const Settings& settings,
                                       RunContext& context) {
  return Encoder(cloud, settings, context).run();
}

}  // namespace volpress::compressors::compact3dgs
