#include "compressors/compgs/tuning.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compressors/compgs/baking.hpp"
#include "compressors/compgs/fitting.hpp"
#include "compressors/compgs/primitives.hpp"
#include "compressors/learning/state_file.hpp"
#include "compressors/learning/view_order.hpp"
#include "compressors/stages/teachers.hpp"

namespace volpress::compressors::compgs {
namespace {

/// The paper's rates for 30,000 steps start as high and end lower; a run here starts from what was
/// fitted and has hundreds.
constexpr learning::RateSchedule kFeatureRate{0.015, 0.0015};
constexpr learning::RateSchedule kScaleRate{0.005, 0.0005};
constexpr learning::RateSchedule kStepRate{0.003, 0.0003};
constexpr learning::RateSchedule kNetRate{0.001, 0.0001};
constexpr learning::RateSchedule kPriorRate{0.005, 0.0005};
constexpr unsigned kWarmUpShare = 20;
/// Of the scene that a watcher is shown: little, since the training waits for it.
constexpr std::size_t kWatchedEyes = 6;

struct Learnt {
  const char* name;
  const learning::RateSchedule& rate;
};
constexpr std::array<Learnt, kParts> kLearnt{{{"reference features", kFeatureRate},
                                              {"residual features", kFeatureRate},
                                              {"scales", kScaleRate},
                                              {"scale steps", kStepRate},
                                              {"reference analysis", kNetRate},
                                              {"residual analysis", kNetRate},
                                              {"reference prior", kPriorRate},
                                              {"residual prior", kPriorRate},
                                              {"reference prediction", kNetRate},
                                              {"residual prediction", kNetRate},
                                              {"scale prediction", kNetRate},
                                              {"offset network", kNetRate},
                                              {"shape network", kNetRate},
                                              {"opacity network", kNetRate},
                                              {"colour network", kNetRate}}};

class Tuner {
public:
  Tuner(const TuningTask& task, const Settings& settings, Model& model, RunContext& context)
      : m_task(task), m_settings(settings), m_model(model), m_context(context) {}

  Result<void> run() {
    std::array<learning::LearntArray, kParts> arrays;
    for (std::size_t part = 0; part < kParts; ++part) {
      arrays[part].name = kLearnt[part].name;
      arrays[part].values = std::move(m_model[part]);
      arrays[part].gradient.assign(arrays[part].values.size(), 0.0F);
      arrays[part].rate = kLearnt[part].rate;
    }
    m_arrays = arrays;
    GaussianCloud master = hiddenCloud();
    learning::FineTuneTask tuning;
    tuning.settings.iterations = m_task.steps;
    tuning.settings.warmUp = m_task.steps / kWarmUpShare;
    tuning.settings.seed = m_context.seed;
    tuning.teachers = m_task.teachers;
    tuning.trials = m_task.trials;
    tuning.arrays = arrays;
    tuning.identity = identity();
    tuning.keepStateIn(m_context.scratch, "compgs.state", m_context.checkpointSeconds);
    tuning.watcher = m_context.watcher;
    tuning.hooks.fromAnySide = [&] { return bakedNow(); };
    tuning.hooks.looksPerView = true;
    tuning.hooks.look = [&](const learning::FineTuneStep& at, const GaussianCloud&,
                            learning::SeenScene& seen) -> Result<void> {
      look(*at.camera, seen);
      return {};
    };
    tuning.hooks.pullBack = [&](const learning::FineTuneStep& at, const GaussianCloud&,
                                const learning::SeenScene&,
                                renderer::CloudGradients& gradients) -> Result<double> {
      return pullBack(at.seed, gradients);
    };
    const auto outcome = learning::fineTune(master, tuning, *m_context.rasterizer, m_context.runner,
                                            m_context.progress, m_context.stop);
    for (std::size_t part = 0; part < kParts; ++part) {
      m_model[part] = std::move(arrays[part].values);
    }
    if (!outcome) {
      return tl::unexpected(outcome.error());
    }
    m_context.log.push_back(fmt::format(
        "training: step {} of {} is closest on {} trial views, {:.2f} dB before and {:.2f} dB "
        "after, as the networks show it",
        outcome->bestIteration, m_task.steps, m_task.trials.size(), outcome->firstTrialPsnr,
        outcome->bestTrialPsnr));
    return {};
  }

private:
  /// Primitives that nobody sees.
  [[nodiscard]] GaussianCloud hiddenCloud() const {
    GaussianCloud cloud;
    resizeCloud(cloud, m_task.anchors.count() * kPrimitives, 0);
    cloud.filter = m_task.filter;
    for (std::size_t i = 0; i < cloud.count; ++i) {
      std::copy_n(m_task.anchors.means.data() + 3 * (i / kPrimitives), 3,
                  cloud.means.data() + 3 * i);
      std::fill_n(cloud.rotations.data() + 4 * i, 4, 0.0F);
      cloud.rotations[4 * i] = 1;
    }
    std::fill(cloud.logScales.begin(), cloud.logScales.end(), kMinLogScale);
    std::fill(cloud.opacityLogits.begin(), cloud.opacityLogits.end(), kHiddenLogit);
    std::fill(cloud.shDc.begin(), cloud.shDc.end(), 0.0F);
    return cloud;
  }

  /// Borrows what the loop learns as a Model for the time of a call.
  template <typename Call>
  void withModel(const Call& call) {
    for (std::size_t part = 0; part < kParts; ++part) {
      std::swap(m_model[part], m_arrays[part].values);
    }
    call();
    for (std::size_t part = 0; part < kParts; ++part) {
      std::swap(m_model[part], m_arrays[part].values);
    }
  }

  void look(const Camera& camera, learning::SeenScene& seen) {
    withModel([&] {
      m_visible = anchorsInSight(m_task.anchors, m_model[kScales], camera);
      m_means.resize(3 * m_visible.size());
      for (std::size_t i = 0; i < m_visible.size(); ++i) {
        std::copy_n(m_task.anchors.means.data() + 3 * m_visible[i], 3, m_means.data() + 3 * i);
      }
      m_eye = camera.position;
      gatherRows(m_model, m_visible, m_tape.exact);
      roundNetworks(m_model, m_settings.networkBits, m_networks);
      roundLatents(m_model, m_networks, m_task.options, m_tape, m_context.runner);
      decodePrimitives(m_networks, {m_means, m_tape.seen, m_eye, m_task.unit}, m_primitives,
                       m_context.runner);
    });
    seen.directColors.assign(3 * seen.cloud.count, 0.0F);
    for (std::size_t i = 0; i < m_primitives.openness.size(); ++i) {
      const std::size_t to = m_visible[i / kPrimitives] * kPrimitives + i % kPrimitives;
      std::copy_n(m_primitives.means.data() + 3 * i, 3, seen.cloud.means.data() + 3 * to);
      std::copy_n(m_primitives.logScales.data() + 3 * i, 3, seen.cloud.logScales.data() + 3 * to);
      std::copy_n(m_primitives.rotations.data() + 4 * i, 4, seen.cloud.rotations.data() + 4 * to);
      seen.cloud.opacityLogits[to] = opacityLogit(m_primitives.openness[i]).logit;
      std::copy_n(m_primitives.colors.data() + 3 * i, 3, seen.directColors.data() + 3 * to);
    }
  }

  /// What a file of this moment would show, roughly.
  Result<GaussianCloud> bakedNow() {
    AnchorScene scene;
    scene.anchors = m_task.anchors;
    scene.eyes = chooseEyes(learning::camerasOf(m_task.teachers), kWatchedEyes);
    scene.unit = m_task.unit;
    scene.shDegree = std::min(learning::kWatchedDegree, m_settings.shDegree);
    withModel([&] {
      std::vector<std::uint32_t> all(m_task.anchors.count());
      std::iota(all.begin(), all.end(), 0U);
      LatentTape tape;
      gatherRows(m_model, all, tape.exact);
      roundNetworks(m_model, m_settings.networkBits, scene.networks);
      roundLatents(m_model, scene.networks, m_task.options, tape, m_context.runner);
      scene.latents = std::move(tape.seen);
    });
    VOLPRESS_TRY(GaussianCloud baked, bake(scene, m_context.stop, m_context.runner));
    baked.filter = m_task.filter;
    return baked;
  }

  double pullBack(std::uint64_t seed, renderer::CloudGradients& gradients) {
    Primitives pulled;
    const std::size_t count = m_primitives.openness.size();
    pulled.means.resize(3 * count);
    pulled.logScales.resize(3 * count);
    pulled.rotations.resize(4 * count);
    pulled.openness.resize(count);
    pulled.colors.resize(3 * count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t from = m_visible[i / kPrimitives] * kPrimitives + i % kPrimitives;
      std::copy_n(gradients.means.data() + 3 * from, 3, pulled.means.data() + 3 * i);
      std::copy_n(gradients.logScales.data() + 3 * from, 3, pulled.logScales.data() + 3 * i);
      std::copy_n(gradients.rotations.data() + 4 * from, 4, pulled.rotations.data() + 4 * i);
      pulled.openness[i] =
          gradients.opacityLogits[from] * opacityLogit(m_primitives.openness[i]).slope;
      std::copy_n(gradients.colors.data() + 3 * from, 3, pulled.colors.data() + 3 * i);
    }
    double rate = 0;
    withModel([&] {
      ModelGradients to;
      for (std::size_t part = 0; part < kParts; ++part) {
        to[part] = m_arrays[part].gradient;
      }
      LatentRows rows;
      pullBackPrimitives(m_networks, {m_means, m_tape.seen, m_eye, m_task.unit}, pulled, rows, to,
                         m_context.runner);
      const auto weights = rateWeights(m_settings, m_settings.lambda, m_visible.size());
      const StreamBits bits = pullBackLatents(m_model, m_networks, m_task.options, m_tape, weights,
                                              seed, rows, to, m_context.runner);
      for (std::size_t stream = 0; stream < kStreams; ++stream) {
        rate += static_cast<double>(weights[stream]) * bits[stream];
      }
      scatterRows(rows.reference, kReferenceWidth, to[kReference]);
      scatterRows(rows.residual, kResiduals, to[kResidual]);
      scatterRows(rows.scales, kScaleWidth, to[kScales]);
    });
    return rate;
  }

  void scatterRows(const FloatArray& rows, std::size_t width, std::span<float> to) const {
    for (std::size_t i = 0; i < m_visible.size(); ++i) {
      std::copy_n(rows.data() + i * width, width, to.data() + m_visible[i] * width);
    }
  }

  [[nodiscard]] std::uint64_t identity() const {
    ByteWriter out;
    out.append(learning::viewArray(m_task.anchors.means));
    out.write(m_settings.lambda);
    out.write(m_settings.networkBits);
    out.write(m_settings.ratePerElement);
    out.write(m_task.options.hyperprior);
    for (const float centre : m_task.options.scaleCentre) {
      out.write(centre);
    }
    out.write(m_task.unit);
    return hashBytes(out.bytes());
  }

  const TuningTask& m_task;
  const Settings& m_settings;
  Model& m_model;
  RunContext& m_context;
  std::span<learning::LearntArray> m_arrays;

  Model m_networks;
  std::vector<std::uint32_t> m_visible;
  FloatArray m_means;
  std::array<float, 3> m_eye{};
  LatentTape m_tape;
  Primitives m_primitives;
};

}  // namespace

std::vector<std::uint32_t> anchorsInSight(const AnchorSet& anchors, const FloatArray& logScales,
                                          const Camera& camera) {
  std::vector<std::uint32_t> visible;
  // Offsets reach about one extent, primitives three deviations further.
  constexpr float kDeviations = 3;
  const auto& r = camera.rotation;
  const float across =
      std::max(camera.cx, static_cast<float>(camera.width) - camera.cx) / camera.fx;
  const float down = std::max(camera.cy, static_cast<float>(camera.height) - camera.cy) / camera.fy;
  for (std::size_t i = 0; i < anchors.count(); ++i) {
    std::array<float, 3> way{};
    for (std::size_t c = 0; c < 3; ++c) {
      way[c] = anchors.means[3 * i + c] - camera.position[c];
    }
    const auto along = [&](std::size_t row) {
      return r[3 * row] * way[0] + r[3 * row + 1] * way[1] + r[3 * row + 2] * way[2];
    };
    const float* scales = logScales.data() + kScaleWidth * i;
    const float reach = std::exp(std::max({scales[0], scales[1], scales[2]})) +
                        kDeviations * std::exp(std::max({scales[3], scales[4], scales[5]}));
    const float z = along(2);
    const bool inside = z + reach > camera.nearPlane &&
                        std::abs(along(0)) <= across * std::max(z, 0.0F) + 2 * reach &&
                        std::abs(along(1)) <= down * std::max(z, 0.0F) + 2 * reach;
    if (inside) {
      visible.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return visible;
}

Result<void> tuneModel(const TuningTask& task, const Settings& settings, Model& model,
                       RunContext& context) {
  return Tuner(task, settings, model, context).run();
}

}  // namespace volpress::compressors::compgs
