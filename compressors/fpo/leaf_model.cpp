#include "compressors/fpo/leaf_model.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "scene/base/cholesky.hpp"

namespace volpress::compressors::fpo {
namespace {

constexpr double kLeastWeight = 0.05;  // of a frame whose density may be anything
constexpr double kColorWeight = 0.01;  // of a frame that is hardly seen
constexpr double kNoColor = 1e-3;      // of one that has no colour
constexpr double kRidge = 1e-9;
constexpr float kTermBits = 4;          // what a term of density costs, about
constexpr float kColorTermBits = 1.5F;  // of colour, of which most are 0
constexpr float kIntervalBits = 14;

float alphaOf(float sigma, float delta) { return 1 - std::exp(-delta * std::max(0.0F, sigma)); }

float sigmaOf(float series) { return densityOfSeries(series, FourierDensity::Logarithmic, 0); }

/// Mean square error in opacity of a series.
float alphaError(const SeriesFit& fit, std::span<const float> terms, std::span<const float> sigma,
                 float delta) {
  float sum = 0;
  for (std::size_t t = 0; t < sigma.size(); ++t) {
    const float off = alphaOf(sigmaOf(fit.at(terms, t)), delta) - alphaOf(sigma[t], delta);
    sum += off * off;
  }
  return sum / static_cast<float>(sigma.size());
}

/// Where a curve is above 0, when that is one stretch.
bool oneStretch(std::span<const float> sigma, LeafModel& model) {
  std::size_t first = 0;
  while (first < sigma.size() && sigma[first] <= 0) {
    ++first;
  }
  std::size_t end = sigma.size();
  while (end > first && sigma[end - 1] <= 0) {
    --end;
  }
  model.t0 = static_cast<std::uint16_t>(first);
  model.t1 = static_cast<std::uint16_t>(end);
  return std::all_of(sigma.begin() + static_cast<std::ptrdiff_t>(first),
                     sigma.begin() + static_cast<std::ptrdiff_t>(end),
                     [](float value) { return value > 0; });
}

void chooseDensity(SeriesFit& fit, std::span<const float> sigma, float delta,
                   const LeafOptions& options, LeafModel& model) {
  const unsigned limit = std::min(options.densityTerms, termLimit(sigma.size()));
  float best = 1e30F;
  for (std::uint8_t index = 0; index < kDensityTerms.size(); ++index) {
    const unsigned terms = kDensityTerms[index];
    if (terms > limit || static_cast<float>(terms) * kTermBits >= best) {
      break;
    }
    std::vector<float> series = fitDensity(fit, sigma, delta, terms);
    const float cost = options.rate * alphaError(fit, series, sigma, delta) +
                       static_cast<float>(terms) * kTermBits;
    if (cost < best) {
      best = cost;
      model.densityClass = index;
      model.density = std::move(series);
    }
  }
  LeafModel interval;
  if (oneStretch(sigma, interval) && interval.t1 > interval.t0) {
    float mean = 0;
    for (std::size_t t = interval.t0; t < interval.t1; ++t) {
      mean += std::log1p(sigma[t]);
    }
    mean /= static_cast<float>(interval.t1 - interval.t0);
    float error = 0;
    for (std::size_t t = interval.t0; t < interval.t1; ++t) {
      const float off = alphaOf(sigmaOf(mean), delta) - alphaOf(sigma[t], delta);
      error += off * off;
    }
    const float cost = options.rate * error / static_cast<float>(sigma.size()) + kIntervalBits;
    if (cost < best) {
      model.densityClass = kInterval;
      model.density = {mean};
      model.t0 = interval.t0;
      model.t1 = interval.t1;
    }
  }
}

void chooseColor(SeriesFit& fit, std::span<const float> sigma, std::span<const float> sh,
                 unsigned basis, float delta, const LeafOptions& options, LeafModel& model) {
  const std::size_t frames = sigma.size();
  const std::size_t width = std::size_t{3} * basis;
  std::vector<double> weights(frames);
  for (std::size_t t = 0; t < frames; ++t) {
    weights[t] =
        sigma[t] > 0 ? static_cast<double>(alphaOf(sigma[t], delta)) + kColorWeight : kNoColor;
  }
  const bool fixed = options.mode != FitMode::Adaptive;
  const unsigned limit = std::min(options.colorTerms, termLimit(frames));
  std::vector<float> curve(frames);
  float best = 1e30F;
  for (std::uint8_t index = 0; index < kColorTerms.size(); ++index) {
    const unsigned terms = kColorTerms[index];
    const bool last = index + 1U == kColorTerms.size() || kColorTerms[index + 1U] > limit;
    const float bits = static_cast<float>(width * (terms - 1)) * kColorTermBits;
    if (terms > limit || bits >= best) {
      break;
    }
    if (fixed && !last) {
      continue;
    }
    fit.weigh(weights, terms);
    std::vector<float> color;
    double error = 0;
    for (std::size_t k = 0; k < width; ++k) {
      for (std::size_t t = 0; t < frames; ++t) {
        curve[t] = sh[t * width + k];
      }
      const std::vector<float> series = fit.fit(curve);
      color.insert(color.end(), series.begin(), series.end());
      for (std::size_t t = 0; t < frames; ++t) {
        const double off = fit.at(series, t) - curve[t];
        error += weights[t] * off * off;
      }
    }
    // A coefficient's square is worth its basis function's mean square (1 / 4 pi) times the square
    // of the sigmoid's slope (at most 1/4), as part of the frames in which it is seen.
    constexpr double kOfCoefficient = 0.0796 / 16;
    const float cost =
        options.rate * static_cast<float>(error / static_cast<double>(frames) * kOfCoefficient) +
        bits;
    if (cost < best) {
      best = cost;
      model.colorClass = index;
      model.color = std::move(color);
    }
  }
}

void modelExactly(std::span<const float> sigma, std::span<const float> sh, unsigned basis,
                  const LeafOptions& options, LeafModel& model) {
  const std::size_t frames = sigma.size();
  const std::size_t width = std::size_t{3} * basis;
  const unsigned limit = termLimit(frames);
  const auto classOf = [limit](const auto& classes, unsigned terms) {
    std::uint8_t index = 0;
    while (index + 1U < classes.size() && classes[index + 1U] <= std::min(terms, limit)) {
      ++index;
    }
    return index;
  };
  model.densityClass = classOf(kDensityTerms, options.densityTerms);
  model.colorClass = classOf(kColorTerms, options.colorTerms);
  const unsigned terms = kDensityTerms[model.densityClass];
  model.density =
      seriesOf(encodeDensity(sigma, terms, true, options.kind, options.exaggerates), terms, true);
  std::vector<float> curve(frames);
  for (std::size_t k = 0; k < width; ++k) {
    for (std::size_t t = 0; t < frames; ++t) {
      curve[t] = sh[t * width + k];
    }
    const std::vector<float> series = seriesOf(curve, kColorTerms[model.colorClass], true);
    model.color.insert(model.color.end(), series.begin(), series.end());
  }
}

}  // namespace

unsigned termLimit(std::size_t frames) noexcept {
  const std::size_t period = frames + 2;
  // At an even period the last sine is 0 at every whole place.
  return static_cast<unsigned>(
      std::min<std::size_t>(period % 2 == 0 ? period - 1 : period, kMaxFourierTerms));
}

SeriesFit::SeriesFit(std::size_t frames, bool augmented)
    : m_frames(frames), m_augmented(augmented) {
  const std::size_t period = frames + (augmented ? 2 : 0);
  m_basis.resize(period * kMaxFourierTerms);
  for (std::size_t t = 0; t < period; ++t) {
    for (unsigned i = 0; i < kMaxFourierTerms; ++i) {
      m_basis[t * kMaxFourierTerms + i] =
          fourierBasis(i, static_cast<double>(t), static_cast<double>(period));
    }
  }
}

void SeriesFit::weigh(std::span<const double> weights, unsigned terms) {
  m_terms = terms;
  m_weights.assign(weights.begin(), weights.end());
  if (m_augmented) {
    m_weights.insert(m_weights.begin(), weights.front());
    m_weights.push_back(weights.back());
  }
  m_factor.assign(std::size_t{terms} * terms, 0.0);
  double trace = 0;
  for (std::size_t t = 0; t < m_weights.size(); ++t) {
    const double* row = &m_basis[t * kMaxFourierTerms];
    for (unsigned a = 0; a < terms; ++a) {
      const double weighted = m_weights[t] * row[a];
      double* to = &m_factor[std::size_t{a} * terms];
      for (unsigned b = 0; b <= a; ++b) {
        to[b] += weighted * row[b];
      }
    }
    trace += m_weights[t];
  }
  for (unsigned a = 0; a < terms; ++a) {
    m_factor[std::size_t{a} * terms + a] += kRidge * trace;
  }
  (void)factorise(m_factor, terms);  // the ridge makes it positive definite
}

std::vector<float> SeriesFit::fit(std::span<const float> curve) const {
  std::vector<double> sums(m_terms);
  for (std::size_t t = 0; t < m_weights.size(); ++t) {
    const std::size_t frame = m_augmented ? std::min(t == 0 ? 0 : t - 1, m_frames - 1) : t;
    const double value = m_weights[t] * curve[frame];
    const double* row = &m_basis[t * kMaxFourierTerms];
    for (unsigned i = 0; i < m_terms; ++i) {
      sums[i] += value * row[i];
    }
  }
  solveFactorised(m_factor, m_terms, sums);
  std::vector<float> terms(m_terms);
  std::transform(sums.begin(), sums.end(), terms.begin(),
                 [](double value) { return static_cast<float>(value); });
  return terms;
}

float SeriesFit::at(std::span<const float> terms, std::size_t frame) const {
  const std::size_t place = frame + (m_augmented ? 1 : 0);
  return evaluateSeries(terms, std::span(m_basis).subspan(place * kMaxFourierTerms, terms.size()));
}

std::vector<float> fitDensity(SeriesFit& fit, std::span<const float> sigma, float delta,
                              unsigned terms) {
  std::vector<float> curve(sigma.size());
  std::vector<double> weights(sigma.size());
  const auto weightOf = [delta](double value) {
    return delta * (value + 1) * std::exp(-delta * value) + kLeastWeight;
  };
  for (std::size_t t = 0; t < sigma.size(); ++t) {
    const float held = std::max(0.0F, sigma[t]);
    curve[t] = std::log1p(held);
    weights[t] = weightOf(held);
  }
  std::vector<float> series;
  for (int pass = 0; pass < 2; ++pass) {
    fit.weigh(weights, terms);
    series = fit.fit(curve);
    for (std::size_t t = 0; t < sigma.size(); ++t) {
      // Where either the curve or its fit is thin, what is between them shows.
      weights[t] =
          std::max(weightOf(std::max(0.0F, sigma[t])), weightOf(sigmaOf(fit.at(series, t))));
    }
  }
  fit.weigh(weights, terms);
  return fit.fit(curve);
}

LeafModel modelLeaf(SeriesFit& fit, std::span<const float> sigma, std::span<const float> sh,
                    unsigned basis, float delta, const LeafOptions& options) {
  LeafModel model;
  const float most = *std::max_element(sigma.begin(), sigma.end());
  if (most <= 0 || alphaOf(most, delta) < options.prune) {
    return model;
  }
  model.active = true;
  if (options.mode == FitMode::Exact) {
    modelExactly(sigma, sh, basis, options, model);
    return model;
  }
  if (options.mode == FitMode::Adaptive) {
    chooseDensity(fit, sigma, delta, options, model);
  } else {
    while (model.densityClass + 1U < kDensityTerms.size() &&
           kDensityTerms[model.densityClass + 1U] <=
               std::min(options.densityTerms, termLimit(sigma.size()))) {
      ++model.densityClass;
    }
    model.density = fitDensity(fit, sigma, delta, kDensityTerms[model.densityClass]);
  }
  chooseColor(fit, sigma, sh, basis, delta, options, model);
  return model;
}

}  // namespace volpress::compressors::fpo
