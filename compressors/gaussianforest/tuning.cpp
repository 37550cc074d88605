#include "compressors/gaussianforest/tuning.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "compressors/gaussianforest/growth.hpp"
#include "compressors/learning/state_file.hpp"

namespace volpress::compressors::gaussianforest {
namespace {

constexpr unsigned kRounds = 3;
constexpr unsigned kLeastForRounds = 6;  ///< steps below which the forest stays as it is
/// Rates at the start and the end of all rounds; positions move in cells.
constexpr learning::RateSchedule kMeanRate{0.04, 0.004};
constexpr learning::RateSchedule kOpacityRate{0.02, 0.004};
constexpr learning::RateSchedule kFeatureRate{0.0075, 7.5e-4};
constexpr learning::RateSchedule kNetRate{1e-3, 1e-4};

/// Runs shorter than this take smaller steps: the first ones only shake what was fitted.
constexpr double kFullRateSteps = 300;

/// The part of a schedule from `begin` to `end` of the whole run, times `unit`.
learning::RateSchedule part(const learning::RateSchedule& whole, double begin, double end,
                            double unit) {
  const auto at = [&](double share) {
    return unit * whole.first * std::pow(whole.last / whole.first, share);
  };
  return {at(begin), at(end), 1, 0};
}

enum Array : std::size_t { kNodes, kRoots, kShape, kColor };

class ForestTuner {
public:
  ForestTuner(ForestScene& scene, const TuningTask& task, RunContext& context)
      : m_scene(scene), m_task(task), m_context(context), m_decoder(scene.widths, scene.shDegree) {}

  Result<void> run() {
    const unsigned rounds = m_task.grow && m_task.steps >= kLeastForRounds ? kRounds : 1;
    ForestScene best;
    double bestPsnr = -1;
    for (unsigned round = 0; round < rounds; ++round) {
      VOLPRESS_TRY(const double psnr, descend(round, rounds));
      // Growth need not help; without trial views the last round wins.
      if (psnr > bestPsnr || m_task.trials.empty()) {
        best = m_scene;
        bestPsnr = psnr;
      }
      if (round + 1 < rounds) {
        VOLPRESS_CHECK(grow(round));
      }
    }
    m_scene = std::move(best);
    return {};
  }

private:
  /// PSNR of the round's result on the trial views.
  Result<double> descend(unsigned round, unsigned rounds) {
    const std::size_t leaves = m_scene.forest.leaves();
    GaussianCloud master;
    resizeCloud(master, leaves, m_scene.shDegree);
    master.means = m_scene.means;
    master.opacityLogits = m_scene.opacityLogits;
    // Decoded afresh at every look.
    master.logScales.assign(master.logScales.size(), 0.0F);
    master.rotations.assign(master.rotations.size(), 1.0F);
    master.shDc.assign(master.shDc.size(), 0.0F);
    master.shRest.assign(master.shRest.size(), 0.0F);

    const double begin = static_cast<double>(round) / rounds;
    const double end = static_cast<double>(round + 1) / rounds;
    const double pace = std::sqrt(std::min(1.0, m_task.steps / kFullRateSteps));
    std::array<learning::LearntArray, 4> arrays;
    const auto learn = [&](Array at, const char* name, FloatArray& values,
                           const learning::RateSchedule& rate) {
      arrays[at].name = name;
      arrays[at].gradient.assign(values.size(), 0.0F);
      arrays[at].values = std::move(values);
      arrays[at].rate = part(rate, begin, end, pace);
    };
    learn(kNodes, "node features", m_scene.shared.nodeFeatures, kFeatureRate);
    learn(kRoots, "root features", m_scene.shared.rootFeatures, kFeatureRate);
    learn(kShape, "shape network", m_scene.shared.shapeNet, kNetRate);
    learn(kColor, "colour network", m_scene.shared.colorNet, kNetRate);

    learning::FineTuneTask tuning;
    tuning.settings.iterations =
        m_task.steps * (round + 1) / rounds - m_task.steps * round / rounds;
    tuning.settings.rates[learning::kMeans] =
        part(kMeanRate, begin, end, pace * static_cast<double>(m_scene.steps.grid.cell));
    tuning.settings.rates[learning::kOpacityLogits] = part(kOpacityRate, begin, end, pace);
    tuning.settings.warmUp = tuning.settings.iterations / 10;
    tuning.settings.seed = m_context.seed + round;
    tuning.teachers = m_task.teachers;
    tuning.trials = m_task.trials;
    tuning.arrays = arrays;
    tuning.identity = identity();
    tuning.keepStateIn(m_context.scratch, fmt::format("forest-round{}.state", round + 1),
                       m_context.checkpointSeconds);
    tuning.watcher = m_context.watcher;
    SharedAttributes rounded;
    LeafTape tape;
    tuning.hooks.look = [&](const learning::FineTuneStep&, const GaussianCloud& exact,
                            learning::SeenScene& seen) -> Result<void> {
      roundShared(m_scene.steps, m_scene.widths,
                  {arrays[kNodes].values, arrays[kRoots].values, m_scene.shared.nodeLogSizes,
                   arrays[kShape].values, arrays[kColor].values},
                  rounded);
      roundMeans(m_scene.steps, exact.means, seen.cloud.means);
      roundOpacities(m_scene.steps, exact.opacityLogits, seen.cloud.opacityLogits);
      tape.places = placesOf(m_scene.forest, seen.cloud.means);
      m_decoder.decode(m_scene.forest, rounded, seen.cloud, tape, m_context.runner);
      return {};
    };
    tuning.hooks.pullBack = [&](const learning::FineTuneStep&, const GaussianCloud&,
                                const learning::SeenScene&,
                                renderer::CloudGradients& gradients) -> Result<double> {
      m_decoder.pullBack(m_scene.forest, rounded, tape, gradients,
                         {arrays[kNodes].gradient, arrays[kRoots].gradient, arrays[kShape].gradient,
                          arrays[kColor].gradient},
                         m_context.runner);
      return 0.0;
    };
    const auto outcome = learning::fineTune(master, tuning, *m_context.rasterizer, m_context.runner,
                                            m_context.progress, m_context.stop);
    if (!outcome) {
      return tl::unexpected(outcome.error());
    }
    m_scene.shared.nodeFeatures = std::move(arrays[kNodes].values);
    m_scene.shared.rootFeatures = std::move(arrays[kRoots].values);
    m_scene.shared.shapeNet = std::move(arrays[kShape].values);
    m_scene.shared.colorNet = std::move(arrays[kColor].values);
    m_scene.means = std::move(master.means);
    m_scene.opacityLogits = std::move(master.opacityLogits);
    m_context.log.push_back(fmt::format(
        "round {} of {}: {} leaves, {} nodes, {} roots; step {} of {} is closest on {} trial "
        "views, {:.2f} dB before and {:.2f} dB after",
        round + 1, rounds, leaves, m_scene.forest.nodes(), m_scene.forest.roots,
        outcome->bestIteration, tuning.settings.iterations, m_task.trials.size(),
        outcome->firstTrialPsnr, outcome->bestTrialPsnr));
    return outcome->bestTrialPsnr;
  }

  Result<void> grow(unsigned round) {
    const ForestScene rounded = roundedScene(m_scene);
    VOLPRESS_TRY(const LeafEvidence evidence, observeLeaves(rounded, m_task.teachers, m_context));
    const GaussianCloud decoded = growLeaves(rounded, m_context.runner);
    const GrowthReport report =
        growForest(m_scene, decoded, evidence, m_task.mostLeaves, m_context.seed + round);
    m_context.log.push_back(
        fmt::format("growth: {} leaves, {} nodes, {} roots more; {} leaves less, {} nodes merged",
                    report.leavesAdded, report.nodesAdded, report.rootsAdded, report.leavesRemoved,
                    report.nodesMerged));
    return {};
  }

  [[nodiscard]] std::uint64_t identity() const {
    ByteWriter out;
    out.append(viewBytes(std::span<const std::uint32_t>(m_scene.forest.nodeOfLeaf)));
    out.append(viewBytes(std::span<const std::uint32_t>(m_scene.forest.rootOfNode)));
    out.append(viewBytes(std::span<const float>(m_scene.steps.features)));
    out.append(learning::viewArray(m_scene.shared.nodeLogSizes));
    out.write(m_scene.steps.opacity);
    out.write(m_scene.steps.grid.cell);
    return hashBytes(out.bytes());
  }

  ForestScene& m_scene;
  const TuningTask& m_task;
  RunContext& m_context;
  LeafDecoder m_decoder;
};

}  // namespace

Result<void> tuneForest(ForestScene& scene, const TuningTask& task, RunContext& context) {
  return ForestTuner(scene, task, context).run();
}

}  // namespace volpress::compressors::gaussianforest
