#include "compressors/fields/distillation.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "compressors/learning/adam.hpp"
#include "compressors/learning/state_file.hpp"
#include "compressors/learning/view_order.hpp"
#include "scene/base/files.hpp"
#include "scene/base/half.hpp"

namespace volpress::fields {
namespace {

using learning::mixSeed;

constexpr std::string_view kMagic = "VPSHACI1";
constexpr std::string_view kStateName = "latents.state";
constexpr double kLeastProbability = 1e-10;
constexpr double kMostBits = 50;
constexpr double kAnnealedShare = 0.9;
constexpr double kLastTau = 0.1;
// Rates of Adam, times what falls to a tenth over the run.
constexpr double kLatentRate = 0.04;   // in steps of the quantiser
constexpr double kDecoderRate = 2e-3;  // of the decoder's largest number
constexpr double kDensityRate = 1e-2;
constexpr double kNetworkRate = 4e-4;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double fraction(std::uint64_t random) { return static_cast<double>(random >> 11) * 0x1p-53; }
double gumbel(std::uint64_t random) {
  return -std::log(-std::log(std::clamp(fraction(random), 1e-12, 1 - 1e-12)));
}

/// Everything that moves, one level's part.
struct LevelState {
  FloatArray latents;  ///< z, dims an entry
  FloatArray decoder;  ///< mean, then basis
  FloatArray density;  ///< h and b of each dimension
  FloatArray latentGradient, decoderGradient, densityGradient;
  learning::Adam latentAdam, decoderAdam, densityAdam;
};

class Distillation {
public:
  Distillation(HashGridField& field, std::vector<LevelLatents>& levels, const ViewingRays& rays,
               const DistillationSettings& settings, compressors::RunContext& context)
      : m_field(field),
        m_levels(levels),
        m_rays(rays),
        m_settings(settings),
        m_context(context),
        m_learner(field, context.runner) {
    const std::size_t features = field.grid.features;
    for (const LevelLatents& level : levels) {
      LevelState state;
      state.latents.assign(level.values.size(), 0.0F);
      std::transform(level.values.begin(), level.values.end(), state.latents.begin(),
                     [](std::int32_t value) { return static_cast<float>(value); });
      state.decoder.assign(features * (1 + level.dims), 0.0F);
      std::copy(level.mean.begin(), level.mean.end(), state.decoder.begin());
      std::copy(level.basis.begin(), level.basis.end(),
                state.decoder.begin() + static_cast<std::ptrdiff_t>(features));
      state.density.assign(2 * std::size_t{level.dims}, 0.0F);
      for (std::size_t k = 0; k < level.dims; ++k) {
        double sum = 0;
        for (std::size_t i = k; i < level.values.size(); i += level.dims) {
          sum += static_cast<double>(level.values[i]) * level.values[i];
        }
        // A logistic density of deviation s has k = pi / (sqrt(3) s).
        const double spread = std::sqrt(
            sum / static_cast<double>(std::max<std::size_t>(1, level.entries.size())) + 0.05);
        const double slope = 1.8138 / spread;
        state.density[2 * k] = static_cast<float>(std::log(std::expm1(slope)));
      }
      state.latentGradient.assign(state.latents.size(), 0.0F);
      state.decoderGradient.assign(state.decoder.size(), 0.0F);
      state.densityGradient.assign(state.density.size(), 0.0F);
      m_states.push_back(std::move(state));
    }
    m_networks.assign(field.gridFirst(), 0.0F);
    std::copy_n(field.parameters.begin(), field.gridFirst(), m_networks.begin());
    m_networkGradient.assign(field.gridFirst(), 0.0F);
    m_gradient.assign(field.parameters.size(), 0.0F);
    m_identity = identityOf();
  }

  Result<void> run() {
    using Clock = std::chrono::steady_clock;
    VOLPRESS_CHECK(resume());
    auto saved = Clock::now();
    while (m_step < m_settings.steps) {
      const bool stops = m_context.stop.stop_requested();
      const std::chrono::duration<double> since = Clock::now() - saved;
      if (!m_context.scratch.empty() && (stops || since.count() >= m_context.checkpointSeconds)) {
        VOLPRESS_CHECK(writeFileAtomically(statePath(), checkpoint()));
        saved = Clock::now();
      }
      if (stops) {
        return fail(ErrorCode::Cancelled, "cancelled while fine-tuning");
      }
      VOLPRESS_CHECK(step());
      m_context.progress.report(
          0.2 + 0.75 * static_cast<double>(m_step) / static_cast<double>(m_settings.steps),
          fmt::format("{}/{} steps, {:.2f} dB to the original", m_step, m_settings.steps, psnr()));
    }
    finish();
    std::error_code ignored;
    std::filesystem::remove(statePath(), ignored);
    m_context.log.push_back(fmt::format("fine-tuned in {} steps: {:.2f} dB to the original's rays",
                                        m_settings.steps, psnr()));
    return {};
  }

private:
  [[nodiscard]] std::filesystem::path statePath() const { return m_context.scratch / kStateName; }
  [[nodiscard]] double psnr() const { return -10 * std::log10(std::max(m_error, 1e-12)); }
  [[nodiscard]] double cooling() const {
    return std::pow(0.1, static_cast<double>(m_step) / static_cast<double>(m_settings.steps));
  }
  [[nodiscard]] bool anneals() const {
    return m_settings.anneals && m_step < kAnnealedShare * m_settings.steps;
  }

  Result<void> step() {
    const std::uint64_t key = mixSeed(m_settings.seed, m_step);
    forEachLevel([&](std::size_t l) { decode(l, key); });
    std::copy(m_networks.begin(), m_networks.end(), m_field.parameters.begin());
    if (m_context.watcher != nullptr && m_context.watcher->wantsLook()) {
      m_context.watcher->look(m_field, fmt::format("step {} of {}", m_step, m_settings.steps));
    }
    const std::vector<LearningRay> rays = m_rays.draw(m_settings.rays, key);
    VOLPRESS_TRY(
        const LearningOutcome outcome,
        m_learner.accumulateOn(m_context.fieldLearner, LearningLoss::Square,
                               {m_field.parameters.data(), m_field.parameters.size()},
                               m_field.occupancy, rays, {m_gradient.data(), m_gradient.size()}));
    const double memory = m_step == 0 ? 0 : 0.98;
    m_error = memory * m_error + (1 - memory) * outcome.squaredError;
    forEachLevel([&](std::size_t l) { pull(l, key); });
    const double rate = cooling();
    SerialRunner serial;
    forEachLevel([&](std::size_t l) {
      LevelState& state = m_states[l];
      if (state.latents.empty()) {
        return;
      }
      const float largest =
          *std::max_element(state.decoder.begin(), state.decoder.end(),
                            [](float a, float b) { return std::fabs(a) < std::fabs(b); });
      state.latentAdam.step(state.latents, state.latentGradient, kLatentRate * rate, serial);
      state.decoderAdam.step(state.decoder, state.decoderGradient,
                             kDecoderRate * rate * static_cast<double>(std::fabs(largest)), serial);
      state.densityAdam.step(state.density, state.densityGradient, kDensityRate * rate, serial);
    });
    std::copy_n(m_gradient.begin(), m_networks.size(), m_networkGradient.begin());
    m_networkAdam.step(m_networks, m_networkGradient, kNetworkRate * rate, m_context.runner);
    std::fill(m_gradient.begin(), m_gradient.end(), 0.0F);
    ++m_step;
    return {};
  }

  template <typename Body>
  void forEachLevel(const Body& body) {
    m_context.runner.parallelFor(m_levels.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t l = begin; l < end; ++l) {
        body(l);
      }
    });
  }

  /// The value that stands for a latent in this step, and how it follows the latent.
  [[nodiscard]] AnnealedValue valueOf(float latent, std::uint64_t random) const {
    if (!anneals()) {
      return {std::nearbyint(static_cast<double>(latent)), 1};
    }
    const double tau = std::max(
        kLastTau, std::exp(std::log(kLastTau) * m_step / (kAnnealedShare * m_settings.steps)));
    return annealed(static_cast<double>(latent), tau, gumbel(mixSeed(random, 1)),
                    gumbel(mixSeed(random, 2)));
  }

  void decode(std::size_t l, std::uint64_t key) {
    const LevelLatents& level = m_levels[l];
    const LevelState& state = m_states[l];
    const std::size_t features = m_field.grid.features;
    float* table = m_field.parameters.data() + m_field.gridFirst();
    const std::uint64_t levelKey = mixSeed(key, 100 + l);
    for (std::size_t i = 0; i < level.entries.size(); ++i) {
      float* out = table + level.entries[i] * features;
      std::copy_n(state.decoder.data(), features, out);
      for (std::size_t k = 0; k < level.dims; ++k) {
        const std::size_t at = i * level.dims + k;
        const auto value =
            static_cast<float>(valueOf(state.latents[at], mixSeed(levelKey, at)).value);
        const float* row = state.decoder.data() + features * (1 + k);
        for (std::size_t f = 0; f < features; ++f) {
          out[f] += value * row[f];
        }
      }
    }
  }

  /// Gradients of pictures and bits, from those of features.
  void pull(std::size_t l, std::uint64_t key) {
    const LevelLatents& level = m_levels[l];
    LevelState& state = m_states[l];
    const std::size_t features = m_field.grid.features;
    const float* pulled = m_gradient.data() + m_field.gridFirst();
    const std::uint64_t levelKey = mixSeed(key, 100 + l);
    for (std::size_t i = 0; i < level.entries.size(); ++i) {
      const float* ofFeature = pulled + level.entries[i] * features;
      const bool isAsked =
          std::any_of(ofFeature, ofFeature + features, [](float value) { return value != 0; });
      for (std::size_t f = 0; f < features && isAsked; ++f) {
        state.decoderGradient[f] += ofFeature[f];
      }
      for (std::size_t k = 0; k < level.dims; ++k) {
        const std::size_t at = i * level.dims + k;
        const std::uint64_t random = mixSeed(levelKey, at);
        // What no ray has asked yet is left alone: bits alone would drive it to zero.
        const FloatArray& asked = state.latentAdam.second;
        if (!isAsked && (asked.empty() || asked[at] == 0)) {
          continue;
        }
        double slope = 0;
        if (isAsked) {
          const AnnealedValue value = valueOf(state.latents[at], random);
          const float* row = state.decoder.data() + features * (1 + k);
          float* ofRow = state.decoderGradient.data() + features * (1 + k);
          for (std::size_t f = 0; f < features; ++f) {
            slope += static_cast<double>(ofFeature[f] * row[f]);
            ofRow[f] += ofFeature[f] * static_cast<float>(value.value);
          }
          slope *= value.ofLatent;
        }
        const LogisticBits rate =
            logisticBits(static_cast<double>(state.latents[at]) + fraction(random) - 0.5,
                         static_cast<double>(state.density[2 * k]),
                         static_cast<double>(state.density[2 * k + 1]));
        state.latentGradient[at] += static_cast<float>(slope + m_settings.lambda * rate.ofValue);
        state.densityGradient[2 * k] += static_cast<float>(rate.ofH);
        state.densityGradient[2 * k + 1] += static_cast<float>(rate.ofB);
      }
    }
  }

  /// Back to integers and to numbers as they are stored.
  void finish() {
    const std::size_t features = m_field.grid.features;
    forEachLevel([&](std::size_t l) {
      LevelLatents& level = m_levels[l];
      const LevelState& state = m_states[l];
      std::transform(
          state.latents.begin(), state.latents.end(), level.values.begin(), [](float latent) {
            constexpr float kMost = 32768;
            return static_cast<std::int32_t>(std::nearbyint(std::clamp(latent, -kMost, kMost)));
          });
      level.unrounded.assign(state.latents.begin(), state.latents.end());
      for (std::size_t i = 0; i < state.decoder.size(); ++i) {
        const float value = halfToFloat(floatToHalf(state.decoder[i]));
        (i < features ? level.mean[i] : level.basis[i - features]) = value;
      }
    });
    for (std::size_t i = 0; i < m_networks.size(); ++i) {
      m_field.parameters[i] =
          m_field.storesHalf ? halfToFloat(floatToHalf(m_networks[i])) : m_networks[i];
    }
  }

  [[nodiscard]] std::uint64_t identityOf() const {
    ByteWriter out;
    out.write(m_settings.steps);
    out.write<std::uint64_t>(m_settings.rays);
    out.write(m_settings.lambda);
    out.write<std::uint8_t>(m_settings.anneals ? 1 : 0);
    out.write(m_settings.seed);
    out.write(hashBytes(learning::viewArray(m_field.parameters)));
    for (const LevelState& state : m_states) {
      out.write(hashBytes(learning::viewArray(state.latents)));
      out.write(hashBytes(learning::viewArray(state.decoder)));
    }
    out.write<std::uint64_t>(m_rays.pixels.size());
    return hashBytes(out.bytes());
  }

  [[nodiscard]] Bytes checkpoint() const {
    ByteWriter out = learning::beginState(kMagic, m_identity);
    out.write<std::uint32_t>(m_step);
    out.write(m_error);
    const auto keep = [&](const FloatArray& values, const learning::Adam& adam) {
      learning::appendArray(values, out);
      out.write(adam.steps);
      learning::appendArray(adam.first, out);
      learning::appendArray(adam.second, out);
    };
    for (const LevelState& state : m_states) {
      keep(state.latents, state.latentAdam);
      keep(state.decoder, state.decoderAdam);
      keep(state.density, state.densityAdam);
    }
    keep(m_networks, m_networkAdam);
    return learning::finishState(std::move(out));
  }

  Result<void> resume() {
    VOLPRESS_TRY(auto kept, learning::openKeptState(m_context.scratch, kStateName, kMagic,
                                                    m_identity, "the fine-tune", m_context.log));
    if (!kept) {
      return {};
    }
    ByteReader& reader = kept->reader;
    VOLPRESS_TRY(m_step, reader.read<std::uint32_t>("step"));
    VOLPRESS_TRY(m_error, reader.read<double>("error"));
    const auto take = [&](FloatArray& values, learning::Adam& adam) -> Result<void> {
      const std::size_t count = values.size();
      VOLPRESS_CHECK(learning::readArray(reader, values, count, false, "values"));
      VOLPRESS_TRY(adam.steps, reader.read<std::uint64_t>("steps"));
      VOLPRESS_CHECK(learning::readArray(reader, adam.first, count, true, "first moments"));
      return learning::readArray(reader, adam.second, adam.first.size(), false, "second moments");
    };
    for (LevelState& state : m_states) {
      VOLPRESS_CHECK(take(state.latents, state.latentAdam));
      VOLPRESS_CHECK(take(state.decoder, state.decoderAdam));
      VOLPRESS_CHECK(take(state.density, state.densityAdam));
    }
    VOLPRESS_CHECK(take(m_networks, m_networkAdam));
    m_context.log.push_back(fmt::format("goes on from step {}", m_step));
    return {};
  }

  HashGridField& m_field;
  std::vector<LevelLatents>& m_levels;
  const ViewingRays& m_rays;
  DistillationSettings m_settings;
  compressors::RunContext& m_context;
  RayLearner m_learner;
  std::vector<LevelState> m_states;
  FloatArray m_networks, m_networkGradient, m_gradient;
  learning::Adam m_networkAdam;
  unsigned m_step = 0;
  double m_error = 0;
  std::uint64_t m_identity = 0;
};

}  // namespace

LogisticBits logisticBits(double value, double h, double b) {
  const double slope = h > 30 ? h : std::log1p(std::exp(h));
  const double high = logistic(slope * (value + 0.5) + b);
  const double low = logistic(slope * (value - 0.5) + b);
  const double probability = high - low;
  LogisticBits result;
  result.bits = std::min(-std::log2(probability + kLeastProbability), kMostBits);
  const double factor = -1 / ((probability + kLeastProbability) * std::log(2.0));
  const double ofHigh = high * (1 - high);
  const double ofLow = low * (1 - low);
  result.ofValue = factor * slope * (ofHigh - ofLow);
  result.ofB = factor * (ofHigh - ofLow);
  result.ofH = factor * logistic(h) * (ofHigh * (value + 0.5) - ofLow * (value - 0.5));
  return result;
}

AnnealedValue annealed(double latent, double tau, double noiseLow, double noiseHigh) {
  constexpr double kInside = 1 - 1e-6;
  const double floor = std::floor(latent);
  const double part = latent - floor;
  const double low = std::tanh(std::min(part, kInside));
  const double high = std::tanh(std::min(1 - part, kInside));
  // Of two choices, softmax is the logistic function of the difference.
  const double difference = ((-high + low) / tau + noiseHigh - noiseLow) / tau;
  const double share = logistic(difference);  // of the upper neighbour
  const double ofDifference = share * (1 - share);
  const double slope = ((1 - high * high) + (1 - low * low)) / (tau * tau);
  return {floor + share, ofDifference * slope};
}

Result<void> distil(HashGridField& field, std::vector<LevelLatents>& levels,
                    const ViewingRays& rays, const DistillationSettings& settings,
                    compressors::RunContext& context) {
  return settings.steps == 0 ? Result<void>()
                             : Distillation(field, levels, rays, settings, context).run();
}

}  // namespace volpress::fields
