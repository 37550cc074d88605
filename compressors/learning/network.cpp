#include "compressors/learning/network.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace volpress::learning {
namespace {

constexpr std::size_t kLeastBlock = 256;  ///< rows: activations stay in the cache
constexpr std::size_t kMostBlocks = 64;   ///< each has parameter gradients of its own

/// Rows of a block; depends on nothing but their number.
std::size_t blockOf(std::size_t rows) {
  return std::max(kLeastBlock, (rows + kMostBlocks - 1) / kMostBlocks);
}

}  // namespace

FloatArray Network::freshParameters(std::uint64_t seed) const {
  FloatArray values(m_layer->parameters());
  m_layer->initialise(values.data(), seed);
  return values;
}

void Network::forward(std::span<const float> parameters, std::span<const float> in,
                      std::span<float> out, FloatArray& tape, TaskRunner& runner) const {
  const std::size_t rows = in.size() / inputs();
  assert(parameters.size() == m_layer->parameters() && out.size() == rows * outputs());
  tape.resize(rows * m_layer->kept());
  runner.parallelFor(rows, blockOf(rows), [&](std::size_t begin, std::size_t end) {
    m_layer->forward(parameters.data(), in.data() + begin * inputs(), end - begin,
                     out.data() + begin * outputs(), tape.data() + begin * m_layer->kept());
  });
}

void Network::forward(std::span<const float> parameters, std::span<const float> in,
                      std::span<float> out, TaskRunner& runner) const {
  const std::size_t rows = in.size() / inputs();
  assert(parameters.size() == m_layer->parameters() && out.size() == rows * outputs());
  runner.parallelFor(rows, kLeastBlock, [&](std::size_t begin, std::size_t end) {
    FloatArray kept((end - begin) * m_layer->kept());
    m_layer->forward(parameters.data(), in.data() + begin * inputs(), end - begin,
                     out.data() + begin * outputs(), kept.data());
  });
}

void Network::forwardRows(std::span<const float> parameters, std::size_t rows,
                          const std::function<void(std::size_t, std::size_t, float*)>& fill,
                          std::span<float> out, RowBlocks& blocks, TaskRunner& runner) const {
  assert(parameters.size() == m_layer->parameters() && out.size() == rows * outputs());
  runner.parallelFor(rows, kLeastBlock, [&](std::size_t begin, std::size_t end) {
    const RowBlocks::Loan block = blocks.take();
    block->in.resize(kLeastBlock * inputs());
    block->kept.resize(kLeastBlock * m_layer->kept());
    fill(begin, end - begin, block->in.data());
    m_layer->forward(parameters.data(), block->in.data(), end - begin,
                     out.data() + begin * outputs(), block->kept.data());
  });
}

void Network::backward(std::span<const float> parameters, std::span<const float> in,
                       std::span<const float> out, const FloatArray& tape,
                       std::span<const float> outGradient, std::span<float> inGradient,
                       std::span<float> parameterGradient, TaskRunner& runner) const {
  const std::size_t rows = in.size() / inputs();
  assert(tape.size() == rows * m_layer->kept() && outGradient.size() == rows * outputs());
  assert(parameterGradient.size() == m_layer->parameters());
  const std::size_t block = blockOf(rows);
  const std::size_t blocks = (rows + block - 1) / block;
  const std::size_t width = m_layer->parameters();
  std::vector<float> partial(blocks * width, 0.0F);
  runner.parallelFor(rows, block, [&](std::size_t begin, std::size_t end) {
    m_layer->backward(parameters.data(), in.data() + begin * inputs(),
                      out.data() + begin * outputs(), tape.data() + begin * m_layer->kept(),
                      outGradient.data() + begin * outputs(), end - begin,
                      inGradient.empty() ? nullptr : inGradient.data() + begin * inputs(),
                      partial.data() + begin / block * width);
  });
  constexpr std::size_t kGrain = 4096;
  runner.parallelFor(width, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t of = 0; of < blocks; ++of) {  // in order, so that threads change nothing
      for (std::size_t i = begin; i < end; ++i) {
        parameterGradient[i] += partial[of * width + i];
      }
    }
  });
}

void Network::forwardFixed(std::span<const std::int32_t> parameters,
                           std::span<const std::int32_t> in, std::span<std::int32_t> out,
                           TaskRunner& runner) const {
  const std::size_t rows = in.size() / inputs();
  assert(m_layer->isExact() && out.size() == rows * outputs());
  runner.parallelFor(rows, kLeastBlock, [&](std::size_t begin, std::size_t end) {
    m_layer->forwardFixed(parameters.data(), in.data() + begin * inputs(), end - begin,
                          out.data() + begin * outputs());
  });
}

std::vector<std::int32_t> fixedParameters(std::span<const float> parameters) {
  std::vector<std::int32_t> fixed(parameters.size());
  std::transform(parameters.begin(), parameters.end(), fixed.begin(), [](float value) {
    constexpr double kMost = 32767;
    const double scaled = std::ldexp(static_cast<double>(value), kParameterBits);
    return static_cast<std::int32_t>(std::lround(std::clamp(scaled, -kMost, kMost)));
  });
  return fixed;
}

FloatArray floatParameters(std::span<const std::int32_t> fixed) {
  FloatArray values(fixed.size());
  std::transform(fixed.begin(), fixed.end(), values.begin(), [](std::int32_t level) {
    return std::ldexp(static_cast<float>(level), -kParameterBits);
  });
  return values;
}

}  // namespace volpress::learning
