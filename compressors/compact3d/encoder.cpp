#include "compressors/compact3d/encoder.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compressors/coding/canonical_rotation.hpp"
#include "compressors/compact3d/faithful_file.hpp"
#include "compressors/compact3d/fine_tuning.hpp"
#include "compressors/compact3d/packed_file.hpp"
#include "compressors/stages/significance.hpp"
#include "compressors/stages/stage_log.hpp"

namespace volpress::compressors::compact3d {
namespace {

enum Stage : std::size_t { kScoring, kClustering, kTuning, kPacking };
constexpr const char* kStageNames[] = {"scoring", "building codebooks", "fine-tuning", "packing"};

/// Steps and position bits of the packed layout at the neutral quality.
constexpr PackedSteps kNeutralSteps{0.25F, {0.03F, 0.045F, 0.05F, 0.02F}};
constexpr double kNeutralBits = 12;
constexpr double kBitsPerOctave = 0.6;

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
      m_stages.logTime();
      m_context.progress.finish();
    }
    return chunks;
  }

private:
  [[nodiscard]] Result<void> checkViews() const {
    const bool needed = m_settings.weighted || m_settings.steps > 0;
    return needed ? coding::checkSeesViews("Compact3D", m_cameras, m_context) : Result<void>();
  }

  void setStages() {
    // Weights in the time of scoring one view.
    const double views = static_cast<double>(std::max<std::size_t>(1, m_cameras.size()));
    m_context.progress.setStages({{"scoring views", m_settings.weighted ? views : 0},
                                  {"building codebooks", 60},
                                  {"fine-tuning", 4.0 * m_settings.steps},
                                  {"packing", 30}});
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
    if (m_settings.canonical) {
      coding::canonicalise(m_student, m_context.runner);
    }
  }

  /// How much each splat pulls at the codebooks.
  Result<void> weigh() {
    if (!m_settings.weighted) {
      return {};
    }
    m_stages.enter(kScoring);
    VOLPRESS_TRY(m_weights, coding::contributionWeights(m_student, m_cameras, m_context));
    return {};
  }

  Result<void> cluster() {
    m_stages.enter(kClustering);
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
    m_stages.enter(kTuning);
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

  Result<std::vector<Chunk>> packed() {
    PackedScene scene;
    scene.grid = coding::PositionGrid::between(m_student.means,
                                               kNeutralBits + kBitsPerOctave * m_settings.octaves);
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
    m_stages.enter(kPacking);
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
    m_stages.enter(kPacking);
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
  StageLog m_stages{m_context, kStageNames};
};

}  // namespace

Result<std::vector<Chunk>> encodeCloud(const GaussianCloud& cloud, const Settings& settings,
                                       RunContext& context) {
  return Encoder(cloud, settings, context).run();
}

}  // namespace volpress::compressors::compact3d
