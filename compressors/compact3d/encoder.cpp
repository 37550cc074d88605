#include "compressors/compact3d/encoder.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>

#include "compressors/coding/canonical_rotation.hpp"
#include "compressors/compact3d/faithful_file.hpp"
#include "compressors/compact3d/fine_tuning.hpp"
#include "compressors/compact3d/packed_file.hpp"
#include "compressors/stages/significance.hpp"

namespace volpress::compressors::compact3d {
namespace {

enum Stage : std::size_t { kScoring, kClustering, kTuning, kPacking };

/// Steps and position bits of the packed layout at the neutral quality.
constexpr PackedSteps kNeutralSteps{0.25F, {0.03F, 0.045F, 0.05F, 0.02F}};
constexpr double kNeutralBits = 12;
constexpr double kBitsPerOctave = 0.6;
/// Keeps what no view sees from losing its values altogether.
constexpr double kLeastWeight = 0.05;

/// One encode: the stages share the splats that stay and their codebooks.
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
    choose();
    VOLPRESS_CHECK(weigh());
    VOLPRESS_CHECK(cluster());
    auto chunks = m_settings.layout == Layout::Packed ? packed() : faithful();
    if (chunks) {
      logTime();
      m_context.progress.finish();
    }
    return chunks;
  }

private:
  [[nodiscard]] Result<void> checkViews() const {
    const bool needed = m_settings.weighted || m_settings.steps > 0;
    if (needed && (m_cameras.empty() || m_context.rasterizer == nullptr)) {
      return fail(ErrorCode::InvalidParameter,
                  "Compact3D needs a renderer and at least one view that is not held out, to see "
                  "what matters; there are {} such views",
                  m_cameras.size());
    }
    return {};
  }

  void setStages() {
    // Weights in the time of scoring one view.
    const double views = static_cast<double>(std::max<std::size_t>(1, m_cameras.size()));
    m_context.progress.setStages({{"scoring views", m_settings.weighted ? views : 0},
                                  {"building codebooks", 60},
                                  {"fine-tuning", 4.0 * m_settings.steps},
                                  {"packing", 30}});
  }

  /// Enters a stage and logs how long the one before took.
  void enter(Stage stage) {
    logTime();
    m_stage = stage;
    m_stageStart = std::chrono::steady_clock::now();
    m_context.progress.enter(stage);
  }
  void logTime() {
    constexpr const char* kNames[] = {"scoring", "building codebooks", "fine-tuning", "packing"};
    if (m_stage) {
      const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - m_stageStart;
      m_context.log.push_back(fmt::format("{}: {:.1f} s", kNames[*m_stage], passed.count()));
    }
  }

  /// The splats that are not too faint, with their parameters described as the codebooks like it.
  void choose() {
    std::vector<std::uint32_t> stay;
    for (std::uint32_t i = 0; i < m_original.count; ++i) {
      const double opacity = 1 / (1 + std::exp(-static_cast<double>(m_original.opacityLogits[i])));
      if (opacity >= m_settings.leastOpacity) {
        stay.push_back(i);
      }
    }
    if (stay.empty()) {
      stay.resize(m_original.count);
      std::iota(stay.begin(), stay.end(), 0U);
    }
    m_student = withShDegree(gatherSplats(m_original, stay),
                             std::min(m_settings.shDegree, m_original.shDegree));
    m_student.extras.clear();
    for (std::size_t i = 0; m_settings.canonical && i < m_student.count; ++i) {
      const coding::CanonicalEllipsoid ellipsoid = coding::canonicalEllipsoid(
          m_student.logScales.data() + 3 * i, m_student.rotations.data() + 4 * i);
      for (std::size_t axis = 0; axis < 3; ++axis) {
        m_student.logScales[3 * i + axis] = static_cast<float>(ellipsoid.logScales[axis]);
      }
      for (std::size_t part = 0; part < 4; ++part) {
        m_student.rotations[4 * i + part] = static_cast<float>(ellipsoid.rotation[part]);
      }
    }
  }

  /// How much each splat pulls at the codebooks.
  Result<void> weigh() {
    if (!m_settings.weighted) {
      return {};
    }
    enter(kScoring);
    VOLPRESS_TRY(
        const coding::Significance significance,
        coding::scoreSplats(m_student, m_cameras,
                            {coding::ScoreKind::Contribution, coding::VolumeNorm::None, 0, false},
                            m_context));
    const std::vector<double>& score = significance.score;
    const double mean =
        std::accumulate(score.begin(), score.end(), 0.0) / static_cast<double>(score.size());
    if (!(mean > 0)) {
      return {};  // nothing is seen: all weigh alike
    }
    m_weights.resize(score.size());
    for (std::size_t i = 0; i < score.size(); ++i) {
      m_weights[i] = static_cast<float>(std::max(kLeastWeight, score[i] / mean));
    }
    return {};
  }

  Result<void> cluster() {
    enter(kClustering);
    std::array<std::size_t, kGroups> entries{};
    for (std::size_t group = 0; group < kGroups; ++group) {
      entries[group] = wantedEntries(m_settings, group, m_student.count);
    }
    VOLPRESS_TRY(m_books, makeCodebooks(m_student, entries, m_weights, m_context.seed,
                                        m_context.runner, m_context.stop));
    return {};
  }

  /// Fits splats and codebooks to the original's pictures.
  Result<void> tune(const std::function<void(GaussianCloud&)>& roundPlain,
                    const std::function<void(Codebooks&)>& roundEntries) {
    if (m_settings.steps == 0) {
      return {};
    }
    enter(kTuning);
    VOLPRESS_TRY(
        const std::vector<std::uint32_t> stay,
        fineTuneCodebooks(m_original, m_cameras, m_settings, {roundPlain, roundEntries, m_weights},
                          m_student, m_books, m_context));
    if (stay.size() != m_student.count) {
      m_context.log.push_back(fmt::format("{} splats faded away", m_student.count - stay.size()));
      m_student = gatherSplats(m_student, stay);
      for (Codebook& book : m_books) {
        reorderLabels(book, stay);
      }
    }
    return {};
  }

  static void reorderLabels(Codebook& book, std::span<const std::uint32_t> order) {
    if (book.dimension != 0) {
      std::vector<std::uint32_t> labels(order.size());
      for (std::size_t i = 0; i < order.size(); ++i) {
        labels[i] = book.labels[order[i]];
      }
      book.labels = std::move(labels);
    }
  }

  [[nodiscard]] SceneHeader header() const {
    return {static_cast<std::uint8_t>(m_settings.layout), m_student.shDegree, m_original.frame,
            m_original.filter, static_cast<std::uint32_t>(m_student.count)};
  }

  void logBooks() {
    m_context.log.push_back(
        fmt::format("{} of {} splats are left; codebooks of {} colours, {} view dependences, {} "
                    "scales, {} rotations",
                    m_student.count, m_original.count, m_books[kColors].size(), m_books[kSh].size(),
                    m_books[kScales].size(), m_books[kRotations].size()));
  }

  [[nodiscard]] coding::PositionGrid grid() const {
    const double bits = std::clamp(kNeutralBits + kBitsPerOctave * m_settings.octaves, 1.0,
                                   static_cast<double>(coding::kMaxGridBits));
    const double whole = std::ceil(bits);
    coding::PositionGrid grid =
        coding::PositionGrid::over(m_student.means, static_cast<unsigned>(whole));
    grid.cell *= static_cast<float>(std::exp2(whole - bits));
    return grid;
  }

  Result<std::vector<Chunk>> packed() {
    PackedScene scene;
    scene.grid = grid();
    const auto finer = static_cast<float>(std::exp2(-m_settings.octaves));
    scene.steps = kNeutralSteps;
    scene.steps.opacity *= finer;
    for (float& step : scene.steps.books) {
      step *= finer;
    }
    const auto roundEntries = [&](Codebooks& books) {
      for (std::size_t group = 0; group < kGroups; ++group) {
        books[group].entries =
            entriesOf(entryLevels(books[group], group, scene.steps), group, scene.steps);
      }
    };
    VOLPRESS_CHECK(tune(
        [&](GaussianCloud& cloud) {
          for (std::size_t i = 0; i < cloud.count; ++i) {
            const auto centre = scene.grid.position(scene.grid.quantise(&cloud.means[3 * i]));
            std::copy(centre.begin(), centre.end(), &cloud.means[3 * i]);
            cloud.opacityLogits[i] = opacityLogit(
                opacityLevel(cloud.opacityLogits[i], scene.steps.opacity), scene.steps.opacity);
          }
        },
        roundEntries));
    enter(kPacking);
    if (m_settings.steps == 0) {
      // Splats choose among the entries as the decoder sees them.
      Codebooks rounded = m_books;
      roundEntries(rounded);
      for (std::size_t group = 0; group < kGroups; ++group) {
        if (rounded[group].dimension != 0) {
          VOLPRESS_CHECK(
              assign(valuesOf(m_student, group), rounded[group], m_context.runner, m_context.stop));
          m_books[group].labels = std::move(rounded[group].labels);
        }
      }
    }
    for (std::size_t i = 0; i < m_student.count; ++i) {
      scene.points.push_back(scene.grid.quantise(&m_student.means[3 * i]));
    }
    VOLPRESS_TRY(const auto positions,
                 coding::encodePositions(scene.points, scene.grid.bits, m_context.stop));
    std::vector<coding::GridPoint> ordered(m_student.count);
    scene.opacities.resize(m_student.count);
    for (std::size_t i = 0; i < m_student.count; ++i) {
      ordered[i] = scene.points[positions.order[i]];
      scene.opacities[i] =
          opacityLevel(m_student.opacityLogits[positions.order[i]], scene.steps.opacity);
    }
    scene.points = std::move(ordered);
    for (std::size_t group = 0; group < kGroups; ++group) {
      Codebook& book = m_books[group];
      reorderLabels(book, positions.order);
      orderEntries(book);
      scene.levels[group] = entryLevels(book, group, scene.steps);
      scene.labels[group].reserve(book.labels.size());
      for (const std::uint32_t label : book.labels) {
        scene.labels[group].push_back(static_cast<std::int32_t>(label));
      }
    }
    logBooks();
    return writePacked(header(), scene, m_context.stop, m_context.runner);
  }

  Result<std::vector<Chunk>> faithful() {
    VOLPRESS_CHECK(tune([](GaussianCloud&) {}, [](Codebooks&) {}));
    enter(kPacking);
    for (Codebook& book : m_books) {
      orderEntries(book);
    }
    logBooks();
    return writeFaithful(header(), m_student, m_books);
  }

  const GaussianCloud& m_original;
  const Settings& m_settings;
  RunContext& m_context;
  std::vector<Camera> m_cameras;
  GaussianCloud m_student;
  std::vector<float> m_weights;  ///< of the student's splats, or empty
  Codebooks m_books;
  std::optional<Stage> m_stage;
  std::chrono::steady_clock::time_point m_stageStart;
};

}  // namespace

Result<std::vector<Chunk>> encodeCloud(const GaussianCloud& cloud, const Settings& settings,
                                       RunContext& context) {
  return Encoder(cloud, settings, context).run();
}

}  // namespace volpress::compressors::compact3d
