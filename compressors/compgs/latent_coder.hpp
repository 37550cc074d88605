// The anchors' numbers as streams of bytes. Everything a decoder needs to read them is computed in
// integers: it reads the same numbers on every machine and number of threads.
#pragma once

#include <array>
#include <stop_token>
#include <vector>

#include "compressors/coding/frequency_table.hpp"
#include "compressors/compgs/latent_model.hpp"
#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::compressors::compgs {

inline constexpr std::size_t kHyperWidth = kHyperReferenceWidth + kHyperResidualWidth;
/// Rounded numbers are within this many steps of what they are rounded around.
inline constexpr std::int32_t kMostSymbol = 8191;

/// How hyperlatents are coded: the reference's channels, then the residual's.
struct HyperTables {
  std::array<std::int32_t, kHyperWidth> medians{};  ///< multiples of 2^-16
  std::vector<coding::FrequencyTable> tables;       ///< kHyperWidth
};

/// What a decoder needs besides the streams.
struct LatentScheme {
  bool hyperprior = true;
  std::array<float, kScaleWidth> scaleCentre{}, scaleSteps{};
  std::array<std::vector<std::int32_t>, 3>
      predictors;     ///< fixed point: reference, residual, scales
  HyperTables hyper;  ///< not used without hyperprior
};

struct CodedLatents {
  LatentScheme scheme;
  std::array<Bytes, kStreams> streams;
  LatentRows seen;     ///< bit for bit what a decoder will have
  StreamBits ideal{};  ///< what the model says that the streams should take, in bits
};

/// `networks` has the rounded networks. Cancelled when `stop` asks for it.
[[nodiscard]] Result<CodedLatents> encodeLatents(const Model& model, const Model& networks,
                                                 const LatentOptions& options, std::size_t anchors,
                                                 const std::stop_token& stop, TaskRunner& runner);

/// Reads what `encodeLatents` wrote. The streams are untrusted; `anchors` is the caller's, who must
/// have justified it.
[[nodiscard]] Result<LatentRows> decodeLatents(const std::array<ByteView, kStreams>& streams,
                                               const LatentScheme& scheme, std::size_t anchors,
                                               const std::stop_token& stop, TaskRunner& runner);

}  // namespace volpress::compressors::compgs
