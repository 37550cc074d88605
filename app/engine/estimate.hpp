// A quick guess of what a codec will make of a scene, from a sample of its splats.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "compressors/codec.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::engine {

/// A result on the same scene, to correct the guess by.
struct KnownResult {
  std::string codec;
  ParamSet params;  ///< completed
  std::uint64_t fileBytes = 0;
  double meanPsnr = 0;  ///< dB
};

/// The error fields are what was seen on scenes whose results are known: two thirds of the guesses
/// are at least as good.
struct Estimate {
  double bytes = 0;
  double bytesError = 0;       ///< as a share of `bytes`
  std::optional<double> psnr;  ///< dB, mean over the views; nothing for lossless results
  double psnrError = 0;        ///< dB
  std::size_t known = 0;       ///< results of this codec that corrected it
};

/// Encodes and decodes samples of one scene. Not thread-safe: one thread at a time uses it.
class Estimator {
public:
  /// Takes the sample: runs of neighbouring splats (their closeness is what codecs live on), spread
  /// over the whole scene, and two small views of it.
  [[nodiscard]] static Result<Estimator> make(const std::shared_ptr<const GaussianCloud>& cloud,
                                              TaskRunner& runner, const std::stop_token& stop);

  /// `params` is completed. Results of the same codec in `known` correct the guess, the nearest
  /// most; guesses for their settings are remembered.
  [[nodiscard]] Result<Estimate> estimate(const compressors::Codec& codec, const ParamSet& params,
                                          std::span<const KnownResult> known,
                                          const std::stop_token& stop);

private:
  struct Raw {
    double bytes = 0;
    double psnr = 0;  ///< of the covered part of the sample's pictures; 100 when identical
  };
  struct Remembered {
    std::string codec;
    ParamSet params;
    Raw raw;
  };

  Estimator() = default;
  Result<Raw> raw(const compressors::Codec& codec, const ParamSet& params,
                  const std::stop_token& stop);
  Result<Bytes> encode(const compressors::Codec& codec, const ParamSet& params,
                       const std::shared_ptr<const Scene>& scene, const std::stop_token& stop);
  Result<double> sampleQuality(const GaussianCloud& decoded, const std::stop_token& stop);

  TaskRunner* m_runner = nullptr;
  std::size_t m_count = 0;  ///< splats of the whole scene
  std::shared_ptr<const Scene> m_small;
  std::shared_ptr<const Scene> m_large;
  std::unique_ptr<renderer::Rasterizer> m_rasterizer;
  ViewSet m_views;
  std::vector<Image> m_pictures;  ///< of the large sample
  double m_covered = 1;           ///< share of their pixels that show splats
  std::vector<Remembered> m_remembered;
};

}  // namespace volpress::engine
