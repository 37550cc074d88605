#include "compressors/compgs/latent_coder.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "compressors/coding/gaussian_tables.hpp"

namespace volpress::compressors::compgs {
namespace {

using Fixed = std::vector<std::int32_t>;

constexpr std::size_t kAnchorsAtOnce = 1024;
constexpr int kBits = learning::kActivationBits;
constexpr std::int64_t kMostFixed = std::int64_t{1} << 30;  ///< Layer::forwardFixed's limit
static_assert(kBits == coding::kDeviationBits);

float fromFixed(std::int32_t value) { return std::ldexp(static_cast<float>(value), -kBits); }

std::int32_t around(std::int32_t symbol, std::int32_t centre) {
  return static_cast<std::int32_t>(
      std::clamp((std::int64_t{symbol} << kBits) + centre, -kMostFixed, kMostFixed));
}

/// One number of a stream: where it is rounded around and what codes it.
struct Place {
  Stream stream;
  std::size_t row;  ///< of all anchors
  std::size_t number;
  std::int32_t centre;
  const coding::FrequencyTable& table;
  std::optional<std::int32_t> sigma;  ///< none for hyperlatents
};

/// Chooses symbols and writes them.
class Writer {
public:
  Writer(const std::array<FloatArray, kStreams>& values, CodedLatents& out)
      : m_values(values), m_out(out) {}

  std::int32_t symbol(const Place& at) {
    const auto value =
        static_cast<double>(m_values[at.stream][at.row * kStreamWidths[at.stream] + at.number]);
    constexpr double kMost = kMostSymbol;
    const auto symbol = static_cast<std::int32_t>(
        std::lround(std::clamp(value - std::ldexp(at.centre, -kBits), -kMost, kMost)));
    at.table.encode(m_encoders[at.stream], symbol);
    m_out.ideal[at.stream] +=
        at.sigma ? learning::gaussianBits(static_cast<float>(symbol), 0, fromFixed(*at.sigma)).bits
                 : -std::log2(shareOf(at.table, symbol));
    return symbol;
  }
  [[nodiscard]] bool failed() const { return false; }

  void finish() {
    for (std::size_t stream = 0; stream < kStreams; ++stream) {
      m_out.streams[stream] = m_encoders[stream].finish();
    }
  }

private:
  static double shareOf(const coding::FrequencyTable& table, std::int32_t symbol) {
    const std::int64_t entry = std::int64_t{symbol} - table.first();
    const bool known = entry >= 0 && entry < static_cast<std::int64_t>(table.entries());
    return known ? static_cast<double>(table.frequency(static_cast<std::size_t>(entry))) /
                       coding::FrequencyTable::kWhole
                 : learning::kLeastLikelihood;
  }

  const std::array<FloatArray, kStreams>& m_values;
  CodedLatents& m_out;
  std::array<coding::RangeEncoder, kStreams> m_encoders;
};

/// Reads them.
class Reader {
public:
  explicit Reader(const std::array<ByteView, kStreams>& streams)
      : m_decoders{coding::RangeDecoder(streams[0]), coding::RangeDecoder(streams[1]),
                   coding::RangeDecoder(streams[2]), coding::RangeDecoder(streams[3]),
                   coding::RangeDecoder(streams[4])} {}

  std::int32_t symbol(const Place& at) {
    const std::int32_t symbol = at.table.decode(m_decoders[at.stream]);
    m_failed = m_failed || symbol < -kMostSymbol || symbol > kMostSymbol;
    return std::clamp(symbol, -kMostSymbol, kMostSymbol);
  }
  [[nodiscard]] bool failed() const {
    return m_failed || std::any_of(m_decoders.begin(), m_decoders.end(),
                                   [](const auto& decoder) { return decoder.overran(); });
  }
  [[nodiscard]] bool atEnd(std::size_t stream) const { return m_decoders[stream].atEnd(); }

private:
  std::array<coding::RangeDecoder, kStreams> m_decoders;
  bool m_failed = false;
};

/// What writing and reading share: predicts, lets `coder` choose symbols, rebuilds.
template <typename Coder>
class Pass {
public:
  Pass(const LatentScheme& scheme, Coder& coder, LatentRows& seen, TaskRunner& runner)
      : m_scheme(scheme), m_coder(coder), m_seen(seen), m_runner(runner) {}

  Result<void> run(std::size_t anchors, const std::stop_token& stop) {
    m_seen.reference.resize(anchors * kReferenceWidth);
    m_seen.residual.resize(anchors * kResiduals);
    m_seen.scales.resize(anchors * kScaleWidth);
    for (std::size_t first = 0; first < anchors; first += kAnchorsAtOnce) {
      if (stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "coding the anchors was cancelled");
      }
      part(first, std::min(kAnchorsAtOnce, anchors - first));
      if (m_coder.failed()) {
        return fail(ErrorCode::CorruptData,
                    "the streams of anchor {} and those after it end early, or hold symbols beyond "
                    "+-{}",
                    first, kMostSymbol);
      }
    }
    return {};
  }

private:
  void predict(Part part, std::size_t predictor, const Fixed& in, std::size_t rows, Fixed& out) {
    const learning::Network& network = Networks::get().of(part);
    out.resize(rows * network.outputs());
    network.forwardFixed(m_scheme.predictors[predictor], in, out, m_runner);
  }

  /// Hyperlatents of some anchors, `stride` numbers apart in `to`.
  void hyper(Stream stream, std::size_t channel0, std::size_t first, std::size_t rows,
             std::size_t stride, Fixed& to) {
    for (std::size_t row = 0; m_scheme.hyperprior && row < rows; ++row) {
      for (std::size_t c = 0; c < kStreamWidths[stream]; ++c) {
        const std::int32_t median = m_scheme.hyper.medians[channel0 + c];
        const std::int32_t symbol = m_coder.symbol(
            {stream, first + row, c, median, m_scheme.hyper.tables[channel0 + c], {}});
        to[row * stride + c] = around(symbol, median);
      }
    }
  }

  /// Numbers with predicted means and deviations; returns them in fixed point.
  void predicted(Stream stream, std::size_t first, std::size_t rows, const Fixed& from, Fixed& to) {
    const std::size_t width = kStreamWidths[stream];
    to.resize(rows * width);
    for (std::size_t row = 0; row < rows; ++row) {
      const std::int32_t* of = from.data() + row * 2 * width;
      for (std::size_t i = 0; i < width; ++i) {
        const Predicted place = predictedAt(i, kStreamGroups[stream]);
        const std::int32_t symbol = m_coder.symbol(
            {stream, first + row, i, of[place.mean],
             coding::gaussianTable(coding::gaussianLevel(of[place.sigma])), of[place.sigma]});
        to[row * width + i] = around(symbol, of[place.mean]);
      }
    }
  }

  void part(std::size_t first, std::size_t rows) {
    constexpr std::size_t kContext = kHyperResidualWidth + kReferenceWidth;
    Fixed hyperReference(rows * kHyperReferenceWidth, 0);
    hyper(kHyperReferenceStream, 0, first, rows, kHyperReferenceWidth, hyperReference);
    Fixed from;
    predict(kPredictReference, 0, hyperReference, rows, from);
    Fixed reference;
    predicted(kReferenceStream, first, rows, from, reference);

    Fixed context(rows * kContext, 0);
    hyper(kHyperResidualStream, kHyperReferenceWidth, first, rows, kContext, context);
    Fixed scaleContext(rows * kReferenceWidth, 0);
    for (std::size_t row = 0; m_scheme.hyperprior && row < rows; ++row) {
      std::copy_n(reference.data() + row * kReferenceWidth, kReferenceWidth,
                  context.data() + row * kContext + kHyperResidualWidth);
    }
    predict(kPredictResidual, 1, context, rows, from);
    Fixed residual;
    predicted(kResidualStream, first, rows, from, residual);

    if (m_scheme.hyperprior) {
      scaleContext = reference;
    }
    predict(kPredictScales, 2, scaleContext, rows, from);
    Fixed scales;
    predicted(kScaleStream, first, rows, from, scales);

    std::transform(reference.begin(), reference.end(),
                   m_seen.reference.begin() + static_cast<std::ptrdiff_t>(first * kReferenceWidth),
                   fromFixed);
    std::transform(residual.begin(), residual.end(),
                   m_seen.residual.begin() + static_cast<std::ptrdiff_t>(first * kResiduals),
                   fromFixed);
    for (std::size_t i = 0; i < scales.size(); ++i) {
      const std::size_t c = i % kScaleWidth;
      // Exact in double but for one rounding, whether or not a compiler fuses it.
      const double scaled = std::ldexp(static_cast<double>(scales[i]), -kBits) *
                            static_cast<double>(m_scheme.scaleSteps[c]);
      m_seen.scales[first * kScaleWidth + i] = static_cast<float>(
          std::clamp(static_cast<double>(m_scheme.scaleCentre[c]) + scaled,
                     -static_cast<double>(kMostLogScale), static_cast<double>(kMostLogScale)));
    }
  }

  const LatentScheme& m_scheme;
  Coder& m_coder;
  LatentRows& m_seen;
  TaskRunner& m_runner;
};

/// Tables of a hyperlatent's channels over the symbols that occur.
void tabulate(const learning::FactorisedPrior& prior, const FloatArray& parameters,
              const FloatArray& values, std::size_t channel0, HyperTables& hyper) {
  for (std::size_t c = 0; c < prior.channels(); ++c) {
    const auto median = static_cast<double>(prior.median(parameters, c));
    const auto fixed = static_cast<std::int32_t>(std::lround(std::ldexp(median, kBits)));
    hyper.medians[channel0 + c] = fixed;
    std::int32_t low = 0;
    std::int32_t high = 0;
    constexpr double kMost = 1000;
    for (std::size_t i = c; i < values.size(); i += prior.channels()) {
      const auto symbol = static_cast<std::int32_t>(
          std::lround(std::clamp(static_cast<double>(values[i]) - median, -kMost, kMost)));
      low = std::min(low, symbol);
      high = std::max(high, symbol);
    }
    std::vector<double> shares;
    for (std::int32_t symbol = low; symbol <= high; ++symbol) {
      shares.push_back(prior.likelihood(parameters, c, median + symbol));
    }
    hyper.tables.emplace_back(low, coding::FrequencyTable::frequenciesOf(shares));
  }
}

}  // namespace

Result<CodedLatents> encodeLatents(const Model& model, const Model& networks,
                                   const LatentOptions& options, std::size_t anchors,
                                   const std::stop_token& stop, TaskRunner& runner) {
  const Networks& nets = Networks::get();
  CodedLatents out;
  LatentScheme& scheme = out.scheme;
  scheme.hyperprior = options.hyperprior;
  scheme.scaleCentre = options.scaleCentre;
  std::transform(model[kScaleSteps].begin(), model[kScaleSteps].end(), scheme.scaleSteps.begin(),
                 [](float value) { return std::exp(value); });
  for (std::size_t i = 0; i < scheme.predictors.size(); ++i) {
    scheme.predictors[i] = learning::fixedParameters(networks[kPredictReference + i]);
  }
  std::array<FloatArray, kStreams> values;
  values[kReferenceStream] = model[kReference];
  values[kResidualStream] = model[kResidual];
  values[kScaleStream] = model[kScales];
  for (std::size_t i = 0; i < values[kScaleStream].size(); ++i) {
    const std::size_t c = i % kScaleWidth;
    values[kScaleStream][i] =
        (values[kScaleStream][i] - scheme.scaleCentre[c]) / scheme.scaleSteps[c];
  }
  if (options.hyperprior) {
    const auto analyse = [&](Part part, const FloatArray& in, FloatArray& hyper) {
      hyper.resize(anchors * nets.of(part).outputs());
      nets.of(part).forward(model[part], in, hyper, runner);
    };
    analyse(kAnalyseReference, model[kReference], values[kHyperReferenceStream]);
    analyse(kAnalyseResidual, model[kResidual], values[kHyperResidualStream]);
    tabulate(nets.referencePrior(), model[kReferencePrior], values[kHyperReferenceStream], 0,
             scheme.hyper);
    tabulate(nets.residualPrior(), model[kResidualPrior], values[kHyperResidualStream],
             kHyperReferenceWidth, scheme.hyper);
  }
  Writer writer(values, out);
  VOLPRESS_CHECK(Pass(scheme, writer, out.seen, runner).run(anchors, stop));
  writer.finish();
  return out;
}

Result<LatentRows> decodeLatents(const std::array<ByteView, kStreams>& streams,
                                 const LatentScheme& scheme, std::size_t anchors,
                                 const std::stop_token& stop, TaskRunner& runner) {
  LatentRows seen;
  Reader reader(streams);
  VOLPRESS_CHECK(Pass(scheme, reader, seen, runner).run(anchors, stop));
  for (std::size_t stream = 0; stream < kStreams; ++stream) {
    if (!reader.atEnd(stream)) {
      return fail(ErrorCode::CorruptData, "stream {} has {} bytes, not what {} anchors take",
                  stream, streams[stream].size(), anchors);
    }
  }
  return seen;
}

}  // namespace volpress::compressors::compgs
