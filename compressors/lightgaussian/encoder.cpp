#include "compressors/lightgaussian/encoder.hpp"

#include <algorithm>
#include <memory>
#include <numeric>

#include "compressors/coding/luma_chroma.hpp"
#include "compressors/coding/quantise.hpp"
#include "compressors/coding/vector_codebook.hpp"
#include "compressors/lightgaussian/color_recovery.hpp"
#include "compressors/lightgaussian/faithful_file.hpp"
#include "compressors/lightgaussian/full_recovery.hpp"
#include "compressors/lightgaussian/packed_file.hpp"
#include "compressors/lightgaussian/vectree.hpp"
#include "compressors/stages/significance.hpp"
#include "compressors/stages/stage_log.hpp"
#include "scene/base/kmeans.hpp"

namespace volpress::compressors::lightgaussian {
namespace {

/// Of the volume in the significance (paper, equation 5 on).
constexpr double kVolumePower = 0.1;

enum Stage : std::size_t { kScoring, kTeachers, kFullRecovery, kRecovery, kCodebook, kPacking };
constexpr const char* kStageNames[] = {"scoring",
                                       "drawing the original",
                                       "recovering all parameters",
                                       "recovering colours",
                                       "building the codebook",
                                       "packing"};

/// One encode: the stages share the student and what was learnt of it.
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
    VOLPRESS_CHECK(prune());
    if (m_settings.recovery == Recovery::Full) {
      VOLPRESS_CHECK(drawViews());
      m_stages.enter(kFullRecovery);
      VOLPRESS_CHECK(recoverFully(m_student, m_lessons.teachers, m_lessons.trials, m_settings.steps,
                                  m_context));
    }
    auto chunks = m_settings.layout == Layout::Packed ? packed() : faithful();
    if (chunks) {
      m_context.progress.finish();
    }
    return chunks;
  }

private:
  [[nodiscard]] unsigned targetDegree() const {
    return std::min(m_settings.shDegree, m_original.shDegree);
  }
  [[nodiscard]] bool usesCodebook() const {
    return m_settings.vqRatio > 0 && (m_settings.layout == Layout::Faithful || targetDegree() > 0);
  }

  [[nodiscard]] coding::ScoreOptions scoring(coding::ScoreKind kind, bool keepUnseen) const {
    return {kind, m_settings.volumeNorm, kVolumePower, keepUnseen};
  }
  [[nodiscard]] coding::CodebookOptions bookOptions(std::size_t served) const {
    coding::CodebookOptions options;
    options.entries = coding::codebookSize(m_settings.codebook, served);
    options.seed = m_context.seed;
    options.stop = m_context.stop;
    return options;
  }

  [[nodiscard]] Result<void> checkViews() const {
    const bool needed = m_settings.prune > 0 || m_settings.passes > 0 ||
                        m_settings.recovery == Recovery::Full || usesCodebook();
    return needed ? coding::checkSeesViews("LightGaussian", m_cameras, m_context) : Result<void>();
  }

  void setStages() {
    // Weights in the time of scoring one view.
    const double views = static_cast<double>(std::max<std::size_t>(1, m_cameras.size()));
    const double teachers = 1.5 * views;
    const double passes = static_cast<double>(m_settings.passes);
    const double steps =
        m_settings.recovery == Recovery::Full ? static_cast<double>(m_settings.steps) : 0;
    m_context.progress.setStages(
        {{"scoring views", m_settings.prune > 0 ? views : 0},
         {"drawing the original", passes > 0 || steps > 0 ? teachers : 0},
         {"recovering all parameters", 4 * steps},
         {"recovering colours", passes > 0 ? teachers * (3 * passes + 2) : 0},
         {"building the codebook", usesCodebook() ? 2 * views : 0},
         {"packing", 0.5 * views}});
  }

  Result<void> prune() {
    std::vector<std::uint32_t> kept(m_original.count);
    std::iota(kept.begin(), kept.end(), 0U);
    if (m_settings.prune > 0) {
      m_stages.enter(kScoring);
      VOLPRESS_TRY(
          const coding::Significance significance,
          coding::scoreSplats(m_original, m_cameras,
                              scoring(m_settings.score, m_settings.keepUnseen), m_context));
      kept = coding::keptSplats(significance.score, m_settings.prune);
      m_context.log.push_back(fmt::format(
          "{} of {} splats ({:.1f} %) are seen in none of the {} views", significance.unseen,
          m_original.count,
          100.0 * static_cast<double>(significance.unseen) / static_cast<double>(m_original.count),
          m_cameras.size()));
      if (significance.unseen > m_original.count / 10 && !m_settings.keepUnseen) {
        m_context.log.push_back(
            "warning: unseen splats are pruned first; if parts of the scene go missing, give more "
            "views or switch 'keep_unseen' on");
      }
    }
    m_context.log.push_back(fmt::format("kept {} of {} splats", kept.size(), m_original.count));
    m_student = withShDegree(gatherSplats(m_original, kept), targetDegree());
    m_student.extras.clear();
    return {};
  }

  /// The middle of what is seen: jitter scales with the cameras' distance to it.
  [[nodiscard]] std::array<float, 3> middle() const {
    std::array<float, 3> centre{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      std::vector<float> values(m_student.count);
      for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = m_student.means[3 * i + axis];
      }
      const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
      std::nth_element(values.begin(), half, values.end());
      centre[axis] = *half;
    }
    return centre;
  }

  /// Draws the original as teachers and trials, once.
  Result<void> drawViews() {
    if (!m_lessons.teachers.empty()) {
      return {};
    }
    m_stages.enter(kTeachers);
    VOLPRESS_TRY(m_lessons,
                 learning::drawLessons(m_original, m_cameras, m_context,
                                       learning::PseudoViews{m_settings.jitter, middle()}));
    return {};
  }

  /// Teaches the student, as its geometry now is, the colours of all bands.
  Result<std::unique_ptr<ColorRecovery>> recover() {
    if (m_settings.passes == 0) {
      return nullptr;
    }
    VOLPRESS_CHECK(drawViews());
    m_stages.enter(kRecovery);
    VOLPRESS_TRY(ColorRecovery recovery,
                 ColorRecovery::create(m_student, std::move(m_lessons.teachers),
                                       std::move(m_lessons.trials), m_context));
    VOLPRESS_CHECK(recovery.run(m_settings.passes, targetDegree(), m_context));
    return std::make_unique<ColorRecovery>(std::move(recovery));
  }

  /// Which splats of the student the codebook serves, and every splat's significance.
  Result<coding::SymbolArray> choose(std::vector<double>& significance) {
    VOLPRESS_TRY(coding::Significance scored,
                 coding::scoreSplats(m_student, m_cameras,
                                     scoring(coding::ScoreKind::Significance, false), m_context));
    significance = std::move(scored.score);
    if (!m_settings.vqAtRandom) {
      return chooseForCodebook(significance, m_settings.vqRatio);
    }
    VOLPRESS_TRY(const coding::Significance random,
                 coding::scoreSplats(m_student, std::span<const Camera>(m_cameras).first(1),
                                     scoring(coding::ScoreKind::Random, false), m_context));
    return chooseForCodebook(random.score, m_settings.vqRatio);
  }

  /// Rows of `features` and `significance` that the codebook serves.
  static void gatherServed(const coding::SymbolArray& fromBook, std::size_t dimension,
                           std::vector<float>& features, std::vector<double>& significance) {
    std::size_t served = 0;
    for (std::size_t i = 0; i < fromBook.size(); ++i) {
      if (fromBook[i] != 0) {
        std::copy_n(features.begin() + static_cast<std::ptrdiff_t>(i * dimension), dimension,
                    features.begin() + static_cast<std::ptrdiff_t>(served * dimension));
        significance[served] = significance[i];
        ++served;
      }
    }
    features.resize(served * dimension);
    significance.resize(served);
  }

  /// Fills mask, codebook and indices of the bands above 0.
  Result<void> quantiseWithCodebook(PackedColors& colors) {
    m_stages.enter(kCodebook);
    std::vector<double> significance;
    VOLPRESS_TRY(colors.fromBook, choose(significance));
    const std::size_t dimension = 3 * shRestCount(m_student.shDegree);
    std::vector<float> features(m_student.shRest.size());
    for (std::size_t i = 0; i < features.size(); i += 3) {
      coding::toLumaChroma(m_student.shRest.data() + i, features.data() + i);
    }
    gatherServed(colors.fromBook, dimension, features, significance);
    if (significance.empty()) {
      colors.fromBook.clear();
      return {};
    }
    VOLPRESS_TRY(std::vector<float> centroids,
                 coding::trainCodebook(features, dimension, significance,
                                       bookOptions(significance.size()), m_context.runner));
    // Splats choose among the entries as the decoder will see them.
    const coding::UniformQuantiser quantiser{colors.shStep, 0};
    std::vector<std::int32_t> levels(centroids.size());
    for (std::size_t i = 0; i < centroids.size(); ++i) {
      levels[i] = quantiser.quantise(centroids[i]);
      centroids[i] = quantiser.value(levels[i]);
    }
    const std::vector<std::uint32_t> nearest =
        nearestCentroids(features, dimension, centroids, m_context.runner);
    // Often used entries come first, so that small indices are likely; unused ones are dropped.
    const coding::UseOrder order = coding::orderByUse(nearest, centroids.size() / dimension);
    for (const std::uint32_t entry : order.used) {
      const auto row = levels.begin() + static_cast<std::ptrdiff_t>(entry * dimension);
      colors.codebook.insert(colors.codebook.end(), row,
                             row + static_cast<std::ptrdiff_t>(dimension));
    }
    for (const std::uint32_t entry : nearest) {
      colors.indices.push_back(order.place[entry]);
    }
    m_context.log.push_back(fmt::format("codebook of {} entries serves {} splats",
                                        colors.codebook.size() / dimension, nearest.size()));
    return {};
  }

  [[nodiscard]] SceneHeader header() const {
    return {static_cast<std::uint8_t>(m_settings.layout), m_student.shDegree, m_original.frame,
            m_original.filter, static_cast<std::uint32_t>(m_student.count)};
  }

  Result<std::vector<Chunk>> packed() {
    std::vector<std::uint32_t> order;
    VOLPRESS_TRY(const PackedGeometry geometry,
                 packGeometry(m_student, m_settings, m_context.stop, order));
    m_student = gatherSplats(m_student, order);
    unpackGeometry(geometry, m_student, m_context.runner);
    VOLPRESS_TRY(const auto recovery, recover());

    PackedColors colors;
    colors.shDegree = m_student.shDegree;
    colors.colorStep = m_settings.colorStep;
    colors.shStep = m_settings.shStep;
    if (usesCodebook()) {
      VOLPRESS_CHECK(quantiseWithCodebook(colors));
    }
    packDirectSh(m_student, colors);
    unpackSh(colors, m_student, m_context.runner);
    if (recovery != nullptr && m_student.shDegree > 0) {
      // Band 0 makes up for what quantising the others changed on average.
      m_stages.enter(kRecovery);
      VOLPRESS_CHECK(recovery->run(1, 0, m_context));
    }
    m_stages.enter(kPacking);
    packBaseColors(m_student, colors);
    auto chunks = writePacked(header(), geometry, colors, m_context.stop, m_context.runner);
    m_stages.logTime();
    return chunks;
  }

  Result<std::vector<Chunk>> faithful() {
    VOLPRESS_TRY(const auto recovery, recover());
    FaithfulColors colors;
    if (usesCodebook()) {
      m_stages.enter(kCodebook);
      std::vector<double> significance;
      VOLPRESS_TRY(colors.fromBook, choose(significance));
      const std::size_t dimension = 3 + 3 * shRestCount(m_student.shDegree);
      std::vector<float> features = shFeatures(m_student);
      gatherServed(colors.fromBook, dimension, features, significance);
      if (!significance.empty()) {
        VOLPRESS_TRY(colors.codebook,
                     coding::trainCodebook(features, dimension, significance,
                                           bookOptions(significance.size()), m_context.runner));
        colors.indices = nearestCentroids(features, dimension, colors.codebook, m_context.runner);
      }
    }
    m_stages.enter(kPacking);
    auto chunks = writeFaithful(header(), m_student, colors);
    m_stages.logTime();
    return chunks;
  }

  const GaussianCloud& m_original;
  const Settings& m_settings;
  RunContext& m_context;
  std::vector<Camera> m_cameras;
  GaussianCloud m_student;
  learning::Lessons m_lessons;
  StageLog m_stages{m_context, kStageNames};
};

}  // namespace

Result<std::vector<Chunk>> encodeCloud(const GaussianCloud& cloud, const Settings& settings,
                                       RunContext& context) {
  return Encoder(cloud, settings, context).run();
}

}  // namespace volpress::compressors::lightgaussian
