#include "compressors/fields/pruning.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <utility>

#include "compressors/fields/ray_learner.hpp"
#include "compressors/learning/adam.hpp"
#include "compressors/learning/state_file.hpp"
#include "compressors/learning/view_order.hpp"
#include "scene/base/files.hpp"

namespace volpress::fields {
namespace {

constexpr std::string_view kMagic = "VPHOLLW1";
constexpr std::string_view kStateName = "pruning.state";
constexpr float kLeastStart = 0.02F;  // of a cell's value
constexpr float kMostStart = 0.98F;
constexpr unsigned kInterval = 32;  // steps between updates of Z and U
constexpr double kMostFall = 3;     // dB between two updates, beyond which both are taken back
constexpr double kMemory = 0.95;    // of the running error
constexpr double kLogitRate = 0.2;  // of Adam
constexpr double kFeatureRate = 1e-3;
constexpr double kNetworkRate = 3e-4;

std::filesystem::path statePath(const std::filesystem::path& scratch) {
  return scratch / kStateName;
}

float logistic(float x) { return 1 / (1 + std::exp(-x)); }

class Pruning {
public:
  Pruning(HashGridField& field, const std::vector<std::uint64_t>& contributions,
          const ViewingRays& rays, const PruneSettings& settings, compressors::RunContext& context)
      : m_field(field),
        m_start(maskOf(field.occupancy, settings.bits)),
        m_contributions(contributions),
        m_rays(rays),
        m_settings(settings),
        m_context(context),
        m_learner(field, context.runner),
        m_grid(field, settings.bits) {
    const std::size_t each = field.occupancy.size() * 8 / m_start.cells.size();
    m_parts.assign(m_start.cells.size(), 0.0F);
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
      for (std::size_t bit = i * each; bit < (i + 1) * each; ++bit) {
        m_parts[i] += static_cast<float>(field.occupancy[bit / 8] >> (bit % 8) & 1U);
      }
      m_parts[i] /= static_cast<float>(each);
    }
    m_logits.assign(m_parts.size(), 0.0F);
    m_field.occupancy = maskOccupancy(m_start);
    m_logitGradient.assign(m_logits.size(), 0.0F);
    m_valueGradient.assign(m_logits.size(), 0.0F);
    m_networks.assign(field.parameters.begin(),
                      field.parameters.begin() + static_cast<std::ptrdiff_t>(field.gridFirst()));
    m_table.assign(field.parameters.begin() + static_cast<std::ptrdiff_t>(field.gridFirst()),
                   field.parameters.end());
    m_tableAdam.leavesUntouched = true;
    m_gradient.assign(field.parameters.size(), 0.0F);
    m_networkGradient.assign(m_networks.size(), 0.0F);
    m_tableGradient.assign(m_table.size(), 0.0F);
    m_identity = identityOf();
  }

  Result<SaliencyMask> run() {
    using Clock = std::chrono::steady_clock;
    chooseStart();
    VOLPRESS_CHECK(resume());
    auto saved = Clock::now();
    while (m_step < m_settings.steps) {
      const bool stops = m_context.stop.stop_requested();
      const std::chrono::duration<double> since = Clock::now() - saved;
      if (stops || since.count() >= m_context.checkpointSeconds) {
        VOLPRESS_CHECK(save());
        saved = Clock::now();
      }
      if (stops) {
        return fail(ErrorCode::Cancelled, "cancelled while pruning");
      }
      step();
      m_context.progress.report(
          0.1 + 0.1 * m_step / m_settings.steps,
          fmt::format("{}/{} steps of pruning, {:.2f} dB to the original, {} of {} cells", m_step,
                      m_settings.steps, psnr(), m_settings.kept, m_start.count()));
    }
    // The fine-tune that follows has a state of its own; after a kill there this one is read again.
    VOLPRESS_CHECK(save());
    return finish();
  }

private:
  [[nodiscard]] double psnr() const { return -10 * std::log10(std::max(m_error, 1e-12)); }

  /// Values at first: 1 in every cell that has something, or the part of it that is occupied. Of
  /// opaque surfaces the former, of fog the latter looks more like the original.
  void chooseStart() {
    const std::vector<LearningRay> rays =
        m_rays.draw(m_settings.rays, learning::mixSeed(m_settings.seed, ~std::uint64_t{0}));
    double least = 0;
    for (const bool isFog : {false, true}) {
      for (std::size_t i = 0; i < m_parts.size(); ++i) {
        m_grid.values[i] =
            std::clamp(isFog || m_parts[i] == 0 ? m_parts[i] : 1.0F, kLeastStart, kMostStart);
      }
      const double error = learn(rays).squaredError;
      std::fill(m_gradient.begin(), m_gradient.end(), 0.0F);
      std::fill(m_valueGradient.begin(), m_valueGradient.end(), 0.0F);
      if (!isFog || error < least) {
        least = error;
        for (std::size_t i = 0; i < m_logits.size(); ++i) {
          m_logits[i] = std::log(m_grid.values[i] / (1 - m_grid.values[i]));
        }
      }
    }
  }

  LearningOutcome learn(const std::vector<LearningRay>& rays) {
    return m_learner.accumulate(LearningLoss::Square,
                                {m_field.parameters.data(), m_field.parameters.size()},
                                m_field.occupancy, rays, {m_gradient.data(), m_gradient.size()},
                                {&m_grid, {m_valueGradient.data(), m_valueGradient.size()}});
  }

  void step() {
    for (std::size_t i = 0; i < m_logits.size(); ++i) {
      m_grid.values[i] = logistic(m_logits[i]);
    }
    if (m_step % kInterval == 0) {
      updateSplit();
    }
    std::copy(m_networks.begin(), m_networks.end(), m_field.parameters.begin());
    std::copy(m_table.begin(), m_table.end(),
              m_field.parameters.begin() + static_cast<std::ptrdiff_t>(m_networks.size()));
    if (m_context.watcher != nullptr && m_context.watcher->wantsLook()) {
      auto learnt = std::exchange(m_field.occupancy, maskOccupancy(keptCells()));
      m_context.watcher->look(m_field,
                              fmt::format("pruning, step {} of {}", m_step, m_settings.steps));
      m_field.occupancy = std::move(learnt);
    }
    const std::vector<LearningRay> rays =
        m_rays.draw(m_settings.rays, learning::mixSeed(m_settings.seed, m_step));
    const LearningOutcome outcome = learn(rays);
    m_error = m_step == 0 ? outcome.squaredError
                          : kMemory * m_error + (1 - kMemory) * outcome.squaredError;
    for (std::size_t i = 0; i < m_logits.size(); ++i) {
      const float value = m_grid.values[i];
      m_logitGradient[i] = m_valueGradient[i] * value * (1 - value) + m_admm.pull(i, m_logits[i]);
      m_valueGradient[i] = 0;
    }
    const double cooling = std::pow(0.1, static_cast<double>(m_step) / m_settings.steps);
    m_logitAdam.step(m_logits, m_logitGradient, kLogitRate, m_context.runner);
    std::copy_n(m_gradient.begin(), m_networks.size(), m_networkGradient.begin());
    std::copy(m_gradient.begin() + static_cast<std::ptrdiff_t>(m_networks.size()), m_gradient.end(),
              m_tableGradient.begin());
    m_networkAdam.step(m_networks, m_networkGradient, kNetworkRate * cooling, m_context.runner);
    m_tableAdam.step(m_table, m_tableGradient, kFeatureRate * cooling, m_context.runner);
    std::fill(m_gradient.begin(), m_gradient.end(), 0.0F);
    ++m_step;
  }

  void updateSplit() {
    if (m_step != 0 && psnr() < m_lastPsnr - kMostFall && !m_lastLogits.empty()) {
      // The penalty tore the picture: back to where it held, with less of it.
      m_logits = m_lastLogits;
      m_table = m_lastTable;
      m_networks = m_lastNetworks;
      m_admm.penalty /= 4;
      for (std::size_t i = 0; i < m_logits.size(); ++i) {
        m_grid.values[i] = logistic(m_logits[i]);
      }
    } else {
      m_lastPsnr = psnr();
      m_lastLogits = m_logits;
      m_lastTable = m_table;
      m_lastNetworks = m_networks;
    }
    if (m_step == 0) {
      m_lastPsnr = 0;
    }
    m_admm.update(m_logits, m_settings.kept, m_contributions);
    m_context.log.push_back(fmt::format(
        "step {}: {:.2f} dB, rho {:.1e}, residuals {:.3f} (primal) {:.2e} (dual)", m_step,
        m_step == 0 ? 0.0 : psnr(), m_admm.penalty, m_admm.primalResidual, m_admm.dualResidual));
  }

  /// Those that stay as Z is now.
  [[nodiscard]] SaliencyMask keptCells() const {
    SaliencyMask mask = m_start;
    for (std::size_t i = 0; i < mask.cells.size(); ++i) {
      mask.cells[i] = m_admm.split[i] > 0 && !mask.isCovered(i) ? 1 : 0;
    }
    return mask;
  }

  /// The cells that stay, and the field as it was learnt with them.
  SaliencyMask finish() {
    m_admm.update(m_logits, m_settings.kept, m_contributions);
    SaliencyMask mask = keptCells();
    std::copy(m_networks.begin(), m_networks.end(), m_field.parameters.begin());
    std::copy(m_table.begin(), m_table.end(),
              m_field.parameters.begin() + static_cast<std::ptrdiff_t>(m_networks.size()));
    m_field.occupancy = maskOccupancy(mask);
    return mask;
  }

  [[nodiscard]] std::uint64_t identityOf() const {
    ByteWriter out;
    out.write(m_settings.steps);
    out.write<std::uint64_t>(m_settings.rays);
    out.write<std::uint64_t>(m_settings.kept);
    out.write(m_settings.seed);
    out.write(hashBytes(learning::viewArray(m_field.parameters)));
    out.write(hashBytes(learning::viewArray(m_start.cells)));
    out.write<std::uint64_t>(m_rays.pixels.size());
    return hashBytes(out.bytes());
  }

  /// Every array of the state in its order; those that may still be empty after the others.
  template <typename Self, typename Visit>
  static void eachArray(Self& self, const Visit& visit) {
    for (auto* array : {&self.m_logits, &self.m_networks, &self.m_table}) {
      visit(*array, array->size(), false);
    }
    visit(self.m_admm.split, self.m_logits.size(), true);
    visit(self.m_admm.dual, self.m_logits.size(), true);
    visit(self.m_lastLogits, self.m_logits.size(), true);
    visit(self.m_lastNetworks, self.m_networks.size(), true);
    visit(self.m_lastTable, self.m_table.size(), true);
    visit(self.m_logitAdam.first, self.m_logits.size(), true);
    visit(self.m_logitAdam.second, self.m_logits.size(), true);
    visit(self.m_networkAdam.first, self.m_networks.size(), true);
    visit(self.m_networkAdam.second, self.m_networks.size(), true);
    visit(self.m_tableAdam.first, self.m_table.size(), true);
    visit(self.m_tableAdam.second, self.m_table.size(), true);
  }

  Result<void> save() const {
    if (m_context.scratch.empty()) {
      return {};
    }
    ByteWriter out = learning::beginState(kMagic, m_identity);
    out.write<std::uint32_t>(m_step);
    for (const double value : {m_error, m_lastPsnr, m_admm.penalty}) {
      out.write(value);
    }
    for (const std::uint64_t steps : {m_logitAdam.steps, m_networkAdam.steps, m_tableAdam.steps}) {
      out.write(steps);
    }
    eachArray(*this, [&](const FloatArray& array, std::size_t /*size*/, bool /*mayBeEmpty*/) {
      learning::appendArray(array, out);
    });
    return writeFileAtomically(statePath(m_context.scratch), learning::finishState(std::move(out)));
  }

  Result<void> resume() {
    VOLPRESS_TRY(auto kept, learning::openKeptState(m_context.scratch, kStateName, kMagic,
                                                    m_identity, "the pruning", m_context.log));
    if (!kept) {
      return {};
    }
    ByteReader& reader = kept->reader;
    VOLPRESS_TRY(m_step, reader.read<std::uint32_t>("step"));
    for (double* value : {&m_error, &m_lastPsnr, &m_admm.penalty}) {
      VOLPRESS_TRY(*value, reader.read<double>("a number of the pruning"));
    }
    for (std::uint64_t* steps : {&m_logitAdam.steps, &m_networkAdam.steps, &m_tableAdam.steps}) {
      VOLPRESS_TRY(*steps, reader.read<std::uint64_t>("steps"));
    }
    Result<void> read;
    eachArray(*this, [&](FloatArray& array, std::size_t size, bool mayBeEmpty) {
      if (read) {
        read = learning::readArray(reader, array, size, mayBeEmpty, "an array of the pruning");
      }
    });
    VOLPRESS_CHECK(std::move(read));
    m_context.log.push_back(fmt::format("the pruning goes on from step {}", m_step));
    return {};
  }

  HashGridField& m_field;
  SaliencyMask m_start;
  const std::vector<std::uint64_t>& m_contributions;
  const ViewingRays& m_rays;
  PruneSettings m_settings;
  compressors::RunContext& m_context;
  RayLearner m_learner;
  SaliencyGrid m_grid;
  Admm m_admm;
  FloatArray m_parts;  ///< of each cell, how much is occupied
  FloatArray m_logits, m_networks, m_table;
  FloatArray m_lastLogits, m_lastNetworks, m_lastTable;  ///< at the last update of Z and U
  FloatArray m_gradient, m_logitGradient, m_valueGradient, m_networkGradient, m_tableGradient;
  learning::Adam m_logitAdam, m_networkAdam, m_tableAdam;
  unsigned m_step = 0;
  double m_error = 0;
  double m_lastPsnr = 0;
  std::uint64_t m_identity = 0;
};

}  // namespace

void Admm::update(const FloatArray& logits, std::size_t kept,
                  const std::vector<std::uint64_t>& rank) {
  const bool isFirst = split.empty();
  if (isFirst) {
    split.assign(logits.size(), 0.0F);
    dual.assign(logits.size(), 0.0F);
  }
  std::vector<std::uint32_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0U);
  const std::size_t count = std::min(kept, order.size());
  const auto comesFirst = [&](std::uint32_t a, std::uint32_t b) {
    const float left = logits[a] + dual[a];
    const float right = logits[b] + dual[b];
    return left != right ? left > right : (rank[a] != rank[b] ? rank[a] > rank[b] : a < b);
  };
  std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                   comesFirst);
  std::vector<bool> stays(logits.size(), false);
  for (std::size_t i = 0; i < count; ++i) {
    stays[order[i]] = true;
  }
  double moved = 0;
  double apart = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const float projected = stays[i] ? kSplit : -kSplit;
    const auto change = static_cast<double>(projected - split[i]);
    const auto gap = static_cast<double>(logits[i] - projected);
    moved += change * change;
    apart += gap * gap;
    split[i] = projected;
    dual[i] += isFirst ? 0 : logits[i] - projected;
  }
  primalResidual = std::sqrt(apart);
  dualResidual = std::sqrt(moved);
  if (isFirst) {
    return;
  }
  const double factor = primalResidual > 10 * dualResidual   ? 2
                        : dualResidual > 10 * primalResidual ? 0.5
                                                             : 1;
  // A change of rho rescales U.
  penalty *= factor;
  for (float& u : dual) {
    u = static_cast<float>(static_cast<double>(u) / factor);
  }
}

Result<SaliencyMask> prune(HashGridField& field, const std::vector<std::uint64_t>& contributions,
                           const ViewingRays& rays, const PruneSettings& settings,
                           compressors::RunContext& context) {
  return Pruning(field, contributions, rays, settings, context).run();
}

void forgetPruning(const std::filesystem::path& scratch) {
  if (!scratch.empty()) {
    std::error_code ignored;
    std::filesystem::remove(statePath(scratch), ignored);
  }
}

}  // namespace volpress::fields
