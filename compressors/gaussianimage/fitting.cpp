#include "compressors/gaussianimage/fitting.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "compressors/gaussianimage/color_solve.hpp"
#include "compressors/gaussianimage/placing.hpp"
#include "compressors/learning/adam.hpp"
#include "compressors/learning/state_file.hpp"
#include "scene/base/files.hpp"
#include "scene/base/half_float.hpp"
#include "scene/base/kmeans.hpp"
#include "scene/base/stopwatch.hpp"

namespace volpress::gaussianimage {
namespace {

using renderer::GaussianPicture;
using renderer::PicturePlanes;
using renderer::PlacedGaussians;

constexpr std::string_view kMagic = "VPGIMG01";
constexpr std::string_view kStateName = "picture.state";
/// Of colours, times their squares: opposite ones that cancel each other would round badly.
constexpr double kDecay = 0.25;
constexpr double kBookDecay = 1e-3;
constexpr unsigned kSolveEvery = 250;
constexpr unsigned kSolveSteps = 8;
constexpr unsigned kFirstSolveSteps = 20;
constexpr float kLeastLength = 0.3F;  // of l11 and l22, pixels
constexpr float kMostLength = 4;      // of all, in distances from Gaussian to Gaussian
/// Gaussians that are there from the start; the rest follows where the error is largest.
constexpr double kFirstShare = 0.5;
constexpr unsigned kGrowths = 5;
constexpr double kGrownUntil = 0.5;  // of the steps

/// Learning rates, of lengths in units of the Gaussian's first size; they fall exponentially.
struct Rate {
  double first, last;
};
constexpr Rate kCentreRate{0.05, 0.002};
constexpr Rate kShapeRate{0.03, 0.002};
constexpr Rate kColorRate{0.01, 0.001};
constexpr Rate kTunedCentreRate{0.03, 0.001};
constexpr Rate kTunedShapeRate{0.02, 0.001};
constexpr Rate kTunedColorRate{0.008, 0.0005};
constexpr Rate kRangeRate{0.01, 0.001};
constexpr double kBookKept = 0.8;  // of the codebooks' running means, a step
constexpr float kCommitment = 0.5F;

double at(const Rate& rate, unsigned step, unsigned steps) {
  return rate.first *
         std::pow(rate.last / rate.first, static_cast<double>(step) / static_cast<double>(steps));
}

/// One kind of parameter while it is learnt.
struct Group {
  FloatArray values, gradient;
  learning::Adam adam;

  void step(double rate, TaskRunner& runner) { adam.step(values, gradient, rate, runner); }
};

class PictureFit {
public:
  PictureFit(const Image& image, const FitSettings& settings, compressors::RunContext& context)
      : m_settings(settings),
        m_context(context),
        m_target(image),
        m_sum(image.width, image.height) {
    m_picture.width = image.width;
    m_picture.height = image.height;
    ByteWriter identity;
    identity.write(hashBytes(viewBytes(std::span<const float>(image.pixels))));
    identity.write<std::uint64_t>(image.width);
    identity.write<std::uint64_t>(settings.gaussians);
    identity.write(settings.steps);
    identity.write(settings.tuneSteps);
    identity.write<std::uint64_t>(settings.entries);
    identity.write(context.seed);
    m_identity = hashBytes(identity.bytes());
  }

  Result<void> fit() {
    VOLPRESS_CHECK(resume());
    if (m_settings.steps == 0) {
      prepare();
    }
    while (m_step < m_settings.steps) {
      VOLPRESS_CHECK(keepState());
      prepare();
      if (!m_context.stop.stop_requested()) {  // else this is where it goes on
        fitStep();
        ++m_step;
      }
      report("fitting", m_step, m_settings.steps, 0, 0.7);
    }
    VOLPRESS_CHECK(checkStop());
    if (m_stage == 0) {
      solve(kFirstSolveSteps);
      m_context.log.push_back(fmt::format("fitted {} Gaussians in {} steps: {:.2f} dB",
                                          m_picture.count(), m_settings.steps, psnr()));
    }
    return checkStop();
  }

  Result<PictureCodes> tune() {
    if (m_stage == 0) {
      VOLPRESS_CHECK(startTuning());
    }
    while (m_tuned < m_settings.tuneSteps) {
      VOLPRESS_CHECK(keepState());
      tuneStep();
      ++m_tuned;
      report("fine-tuning", m_tuned, m_settings.tuneSteps, 0.7, 0.28);
    }
    round();
    finishBooks();
    VOLPRESS_CHECK(checkStop());
    sortBooks(m_codes);
    const GaussianPicture decoded = decodeCodes(m_codes);
    const PlacedGaussians placed(decoded, m_context.runner);
    placed.draw(decoded.colors, m_sum, m_context.stop);
    VOLPRESS_CHECK(checkStop());
    subtractTarget();
    m_context.log.push_back(fmt::format("fine-tuned in {} steps while rounded: {:.2f} dB",
                                        m_settings.tuneSteps, psnr()));
    std::error_code ignored;
    std::filesystem::remove(statePath(), ignored);
    return std::move(m_codes);
  }

  [[nodiscard]] GaussianPicture takePicture() { return std::move(m_picture); }

private:
  [[nodiscard]] double psnr() const { return -10 * std::log10(std::max(m_error, 1e-12)); }

  [[nodiscard]] Result<void> checkStop() const {
    return m_context.stop.stop_requested() ? fail(ErrorCode::Cancelled, "cancelled while fitting")
                                           : Result<void>();
  }

  void report(const char* what, unsigned step, unsigned steps, double from, double share) {
    m_context.progress.report(from + share * static_cast<double>(step) / static_cast<double>(steps),
                              fmt::format("{}: {}/{} steps, {:.2f} dB", what, step, steps, psnr()));
  }

  /// Turns the sum into what it has too much of, and notes the mean squared error.
  void subtractTarget() {
    std::vector<double> rows(m_sum.height);
    m_context.runner.parallelFor(m_sum.height, 16, [&](std::size_t begin, std::size_t end) {
      for (std::size_t y = begin; y < end; ++y) {
        double squared = 0;
        for (std::size_t c = 0; c < 3; ++c) {
          float* const row = m_sum.row(c, y);
          const float* const target = m_target.row(c, y);
          float sum = 0;
          for (std::size_t x = 0; x < m_sum.width; ++x) {
            row[x] -= target[x];
            sum += row[x] * row[x];
          }
          std::fill(row + m_sum.width, row + m_sum.stride, 0.0F);
          squared += static_cast<double>(sum);
        }
        rows[y] = squared;
      }
    });
    m_error = std::accumulate(rows.begin(), rows.end(), 0.0) /
              static_cast<double>(3 * m_sum.width * m_sum.height);
  }

  /// Solves for the colours; they stay when it is stopped.
  void solve(unsigned iterations) {
    const PlacedGaussians placed(m_picture, m_context.runner);
    FloatArray colors = m_picture.colors;
    solveColors({m_picture, placed, m_target, kDecay}, iterations, colors, m_context.stop);
    if (!m_context.stop.stop_requested()) {
      m_picture.colors = colors;
      m_colors.values = std::move(colors);
    }
  }

  /// How many Gaussians there are at a step, and whether some of them are new.
  struct Growth {
    std::size_t count;
    bool grows;
  };
  [[nodiscard]] Growth growthAt(unsigned step) const {
    const auto every =
        static_cast<unsigned>(kGrownUntil * static_cast<double>(m_settings.steps) / kGrowths);
    if (every == 0) {
      return {m_settings.gaussians, step == 0};
    }
    const unsigned grown = std::min(step / every, kGrowths);
    const double share = kFirstShare + (1 - kFirstShare) * static_cast<double>(grown) / kGrowths;
    return {static_cast<std::size_t>(std::ceil(share * static_cast<double>(m_settings.gaussians))),
            step % every == 0 && step / every <= kGrowths};
  }

  /// What comes before some steps: more Gaussians, and their colours. Done again when it is
  /// stopped.
  void prepare() {
    const Growth growth = growthAt(m_step);
    if (growth.count > m_picture.count()) {
      if (m_picture.count() == 0) {
        grow(edgeWeights(m_target), growth.count);
      } else {
        const PlacedGaussians placed(m_picture, m_context.runner);
        placed.draw(m_picture.colors, m_sum);
        subtractTarget();
        grow(errorWeights(m_sum), growth.count);
      }
    }
    if (growth.grows || m_step % kSolveEvery == 0) {
      solve(m_step == 0 ? kFirstSolveSteps : kSolveSteps);
    }
  }

  /// Adds Gaussians where `weights` ask for them, until there are `count`.
  void grow(const PixelWeights& weights, std::size_t count) {
    const std::size_t before = m_picture.count();
    if (count <= before) {
      return;
    }
    const auto pixels = static_cast<float>(m_picture.width * m_picture.height);
    const float largest = 1.5F * std::sqrt(pixels / static_cast<float>(count));
    placeByWeight(weights, count - before, largest, m_context.seed + before, m_picture);
    const std::size_t after = m_picture.count();
    std::vector<std::uint32_t> sources(after, 0);
    std::iota(sources.begin(), sources.begin() + static_cast<std::ptrdiff_t>(before), 0U);
    m_centres.adam.regroup(sources, before, 2);
    m_shapes.adam.regroup(sources, before, 3);
    m_colors.adam.regroup(sources, before, 3);
    for (std::size_t i = before; i < after; ++i) {
      m_units.push_back(m_picture.shapes[3 * i]);
      m_centres.values.push_back(m_picture.centres[2 * i] / m_units[i]);
      m_centres.values.push_back(m_picture.centres[2 * i + 1] / m_units[i]);
      m_shapes.values.insert(m_shapes.values.end(), {1.0F, 0.0F, 1.0F});
    }
    m_colors.values = m_picture.colors;
  }

  void fitStep() {
    const PlacedGaussians placed(m_picture, m_context.runner);
    placed.draw(m_picture.colors, m_sum);
    subtractTarget();
    placed.pullBack(m_picture, m_sum, m_gradients);
    for (std::size_t i = 0; i < m_units.size(); ++i) {
      for (std::size_t k = 0; k < 2; ++k) {
        m_gradients.centres[2 * i + k] *= m_units[i];
      }
      for (std::size_t k = 0; k < 3; ++k) {
        m_gradients.shapes[3 * i + k] *= m_units[i];
      }
    }
    m_centres.gradient = m_gradients.centres;
    m_shapes.gradient = m_gradients.shapes;
    for (std::size_t k = 0; k < m_picture.colors.size(); ++k) {
      m_gradients.colors[k] += static_cast<float>(kDecay) * m_picture.colors[k];
    }
    m_colors.gradient = m_gradients.colors;
    m_centres.step(at(kCentreRate, m_step, m_settings.steps), m_context.runner);
    m_shapes.step(at(kShapeRate, m_step, m_settings.steps), m_context.runner);
    m_colors.step(at(kColorRate, m_step, m_settings.steps), m_context.runner);
    takeCentres(m_picture);
    const auto pixels = static_cast<float>(m_picture.width * m_picture.height);
    const float most = kMostLength * std::sqrt(pixels / static_cast<float>(m_settings.gaussians));
    for (std::size_t k = 0; k < m_picture.shapes.size(); ++k) {
      const float unit = m_units[k / 3];
      const float least = k % 3 == 1 ? -most : kLeastLength;
      m_picture.shapes[k] = std::clamp(m_shapes.values[k] * unit, least, std::max(least, most));
      m_shapes.values[k] = m_picture.shapes[k] / unit;
    }
    m_picture.colors = m_colors.values;
  }

  /// The learnt centres, kept within the picture.
  void takeCentres(GaussianPicture& picture) {
    const std::array<float, 2> most{static_cast<float>(m_picture.width) - 1,
                                    static_cast<float>(m_picture.height) - 1};
    for (std::size_t i = 0; i < m_units.size(); ++i) {
      for (std::size_t k = 0; k < 2; ++k) {
        const float centre = std::clamp(m_centres.values[2 * i + k] * m_units[i], 0.0F, most[k]);
        picture.centres[2 * i + k] = centre;
        m_centres.values[2 * i + k] = centre / m_units[i];
      }
    }
  }

  /// From the fitted picture to what is tuned: asinh of lengths, ranges of codes, codebooks.
  Result<void> startTuning() {
    const std::size_t count = m_picture.count();
    m_codes.width = m_picture.width;
    m_codes.height = m_picture.height;
    m_codes.places.resize(count);
    m_codes.shapes.resize(3 * count);
    for (std::size_t k = 0; k < 3 * count; ++k) {
      m_shapes.values[k] = std::asinh(m_picture.shapes[k]);
    }
    for (std::size_t c = 0; c < 3; ++c) {
      std::vector<float> sorted;
      for (std::size_t i = 0; i < count; ++i) {
        sorted.push_back(m_shapes.values[3 * i + c]);
      }
      std::sort(sorted.begin(), sorted.end());
      const std::size_t outliers = count / 500;
      const float least = sorted[outliers];
      const float most = sorted[count - 1 - outliers];
      m_codes.quantiser.offsets[c] = least;
      m_codes.quantiser.steps[c] =
          std::max(1e-3F, (most - least) / static_cast<float>(kMostShapeCode));
    }
    m_rangeUnits.assign(m_codes.quantiser.steps.begin(), m_codes.quantiser.steps.end());
    m_ranges.values.resize(6);
    for (std::size_t c = 0; c < 3; ++c) {
      m_ranges.values[2 * c] = 1;
      m_ranges.values[2 * c + 1] = m_codes.quantiser.offsets[c] / m_rangeUnits[c];
    }
    std::vector<float> weights(count);
    for (std::size_t i = 0; i < count; ++i) {
      weights[i] = m_picture.shapes[3 * i] * m_picture.shapes[3 * i + 2];
    }
    std::vector<float> rest(m_picture.colors.begin(), m_picture.colors.end());
    for (std::size_t stage = 0; stage < 2; ++stage) {
      VOLPRESS_TRY(
          const KMeansResult means,
          kMeans(rest, 3, weights, {m_settings.entries, 10, m_context.seed, m_context.stop},
                 m_context.runner));
      FloatArray& book = m_codes.quantiser.books[stage];
      book.assign(3 * m_settings.entries, 0.0F);
      std::copy(means.centroids.begin(), means.centroids.end(), book.begin());
      for (std::size_t k = 0; k < rest.size(); ++k) {
        rest[k] -= means.centroids[3 * std::size_t{means.labels[k / 3]} + k % 3];
      }
      m_bookSums[stage] = book;
      m_bookCounts[stage].assign(m_settings.entries, 1.0F);
    }
    for (Group* group : {&m_centres, &m_shapes, &m_colors}) {
      group->adam = {};
    }
    m_stage = 1;
    return {};
  }

  /// Codes of the parameters as they are, and what these stand for.
  void round() {
    for (std::size_t c = 0; c < 3; ++c) {
      m_ranges.values[2 * c] = std::max(m_ranges.values[2 * c], 0.05F);
      m_codes.quantiser.steps[c] = m_ranges.values[2 * c] * m_rangeUnits[c];
      m_codes.quantiser.offsets[c] = m_ranges.values[2 * c + 1] * m_rangeUnits[c];
    }
    for (const std::size_t c : {std::size_t{0}, std::size_t{2}}) {  // l11 and l22 stay above 0
      const float least = std::asinh(kLeastLength);
      m_codes.quantiser.offsets[c] = std::max(m_codes.quantiser.offsets[c], least);
      m_ranges.values[2 * c + 1] = m_codes.quantiser.offsets[c] / m_rangeUnits[c];
    }
    takeCentres(m_picture);
    for (std::size_t i = 0; i < m_codes.places.size(); ++i) {
      m_codes.places[i] =
          placeOf(m_picture.centres.data() + 2 * i, m_picture.width, m_picture.height);
      for (std::size_t c = 0; c < 3; ++c) {
        m_codes.shapes[3 * i + c] = shapeCode(
            m_shapes.values[3 * i + c], m_codes.quantiser.steps[c], m_codes.quantiser.offsets[c]);
      }
    }
    m_codes.colors = nearestEntries(m_colors.values, m_codes.quantiser.books, m_context.runner);
  }

  void tuneStep() {
    round();
    const GaussianPicture seen = decodeCodes(m_codes);
    const PlacedGaussians placed(seen, m_context.runner);
    placed.draw(seen.colors, m_sum);
    subtractTarget();
    placed.pullBack(seen, m_sum, m_gradients);
    m_ranges.gradient.assign(6, 0.0F);
    const auto commitment = kCommitment * static_cast<float>(m_picture.width * m_picture.height) /
                            static_cast<float>(seen.count());
    for (std::size_t i = 0; i < seen.count(); ++i) {
      for (std::size_t k = 0; k < 2; ++k) {
        m_gradients.centres[2 * i + k] *= m_units[i];
      }
      for (std::size_t c = 0; c < 3; ++c) {
        const std::size_t k = 3 * i + c;
        const float length = seen.shapes[k];
        float& gradient = m_gradients.shapes[k];
        gradient *= std::sqrt(1 + length * length);  // of sinh
        const float wanted =
            (m_shapes.values[k] - m_codes.quantiser.offsets[c]) / m_codes.quantiser.steps[c];
        const float code = m_codes.shapes[k];
        const bool inside = wanted >= 0 && wanted <= static_cast<float>(kMostShapeCode);
        m_ranges.gradient[2 * c] += gradient * (inside ? code - wanted : code) * m_rangeUnits[c];
        m_ranges.gradient[2 * c + 1] += inside ? 0.0F : gradient * m_rangeUnits[c];
        m_gradients.colors[k] += commitment * (m_colors.values[k] - seen.colors[k]);
      }
    }
    m_centres.gradient = m_gradients.centres;
    m_shapes.gradient = m_gradients.shapes;
    m_colors.gradient = m_gradients.colors;
    followBooks();
    m_centres.step(at(kTunedCentreRate, m_tuned, m_settings.tuneSteps), m_context.runner);
    m_shapes.step(at(kTunedShapeRate, m_tuned, m_settings.tuneSteps), m_context.runner);
    m_colors.step(at(kTunedColorRate, m_tuned, m_settings.tuneSteps), m_context.runner);
    m_ranges.step(at(kRangeRate, m_tuned, m_settings.tuneSteps), m_context.runner);
  }

  /// Moves codebooks towards the means of what they serve.
  void followBooks() {
    const auto kept = static_cast<float>(kBookKept);
    for (std::size_t stage = 0; stage < 2; ++stage) {
      const FloatArray& other = m_codes.quantiser.books[1 - stage];
      FloatArray sums;
      FloatArray counts;
      sums.assign(m_bookSums[stage].size(), 0.0F);
      counts.assign(m_bookCounts[stage].size(), 0.0F);
      for (std::size_t i = 0; i < m_codes.places.size(); ++i) {
        const std::size_t entry = m_codes.colors[2 * i + stage];
        const std::size_t beside = m_codes.colors[2 * i + 1 - stage];
        counts[entry] += 1;
        for (std::size_t c = 0; c < 3; ++c) {
          sums[3 * entry + c] += m_colors.values[3 * i + c] - other[3 * beside + c];
        }
      }
      for (std::size_t k = 0; k < counts.size(); ++k) {
        m_bookCounts[stage][k] = kept * m_bookCounts[stage][k] + (1 - kept) * counts[k];
      }
      for (std::size_t k = 0; k < sums.size(); ++k) {
        m_bookSums[stage][k] = kept * m_bookSums[stage][k] + (1 - kept) * sums[k];
      }
    }
    for (std::size_t stage = 0; stage < 2; ++stage) {
      for (std::size_t k = 0; k < m_bookSums[stage].size(); ++k) {
        if (const float served = m_bookCounts[stage][k / 3]; served > 0.01F) {
          m_codes.quantiser.books[stage][k] = m_bookSums[stage][k] / served;
        }
      }
    }
  }

  /// The best codebooks for the entries chosen, as files store them.
  void finishBooks() {
    const GaussianPicture seen = decodeCodes(m_codes);
    const PlacedGaussians placed(seen, m_context.runner);
    solveBooks({seen, placed, m_target, kBookDecay}, m_codes.colors, 2 * kFirstSolveSteps,
               m_codes.quantiser.books, m_context.stop);
    for (FloatArray& book : m_codes.quantiser.books) {
      for (float& value : book) {
        value = floatFromHalf(halfFromFloat(std::clamp(value, -60000.0F, 60000.0F)));
      }
    }
  }

  [[nodiscard]] std::filesystem::path statePath() const { return m_context.scratch / kStateName; }

  /// Now and then, and before it stops.
  Result<void> keepState() {
    const bool stops = m_context.stop.stop_requested();
    if (!m_context.scratch.empty() &&
        (stops || secondsSince(m_kept) >= m_context.checkpointSeconds)) {
      ByteWriter out = learning::beginState(kMagic, m_identity);
      out.write<std::uint64_t>(m_units.size());
      out.write(m_stage);
      out.write(m_step);
      out.write(m_tuned);
      out.write(m_error);
      forEachArray([&](FloatArray& values, std::uint64_t) { learning::appendArray(values, out); });
      for (const Group* group : {&m_centres, &m_shapes, &m_colors, &m_ranges}) {
        out.write(group->adam.steps);
      }
      VOLPRESS_CHECK(writeFileAtomically(statePath(), learning::finishState(std::move(out))));
      m_kept = std::chrono::steady_clock::now();
    }
    return checkStop();
  }

  /// Every array of the state, with its length for the count at hand; or it is empty.
  template <typename Visit>
  void forEachArray(const Visit& visit) {
    const std::uint64_t count = m_units.size();
    visit(m_units, count);
    visit(m_picture.centres, 2 * count);
    visit(m_picture.shapes, 3 * count);
    visit(m_picture.colors, 3 * count);
    const auto visitGroup = [&](Group& group, std::uint64_t size) {
      visit(group.values, size);
      visit(group.adam.first, size);
      visit(group.adam.second, size);
    };
    visitGroup(m_centres, 2 * count);
    visitGroup(m_shapes, 3 * count);
    visitGroup(m_colors, 3 * count);
    visitGroup(m_ranges, 6);
    visit(m_rangeUnits, 3);
    for (std::size_t stage = 0; stage < 2; ++stage) {
      visit(m_codes.quantiser.books[stage], 3 * m_settings.entries);
      visit(m_bookSums[stage], 3 * m_settings.entries);
      visit(m_bookCounts[stage], m_settings.entries);
    }
  }

  Result<void> resume() {
    VOLPRESS_TRY(auto kept, learning::openKeptState(m_context.scratch, kStateName, kMagic,
                                                    m_identity, "the fit", m_context.log));
    if (!kept) {
      return {};
    }
    ByteReader& reader = kept->reader;
    VOLPRESS_TRY(const auto count, reader.read<std::uint64_t>("count"));
    if (count > m_settings.gaussians) {
      return fail(ErrorCode::CorruptData, "checkpoint: {} Gaussians, at most {} are fitted", count,
                  m_settings.gaussians);
    }
    m_units.resize(static_cast<std::size_t>(count));
    VOLPRESS_TRY(m_stage, reader.read<std::uint32_t>("stage"));
    VOLPRESS_TRY(m_step, reader.read<std::uint32_t>("step"));
    VOLPRESS_TRY(m_tuned, reader.read<std::uint32_t>("tuned"));
    VOLPRESS_TRY(m_error, reader.read<double>("error"));
    Result<void> read;
    forEachArray([&](FloatArray& values, std::uint64_t size) {
      if (read) {
        read = learning::readArray(reader, values, size, true, "array");
      }
    });
    VOLPRESS_CHECK(read);
    for (Group* group : {&m_centres, &m_shapes, &m_colors, &m_ranges}) {
      VOLPRESS_TRY(group->adam.steps, reader.read<std::uint64_t>("steps"));
    }
    if (m_stage != 0) {
      m_codes.width = m_picture.width;
      m_codes.height = m_picture.height;
      m_codes.places.resize(static_cast<std::size_t>(count));
      m_codes.shapes.resize(3 * static_cast<std::size_t>(count));
    }
    m_context.log.push_back(fmt::format("goes on from step {}", m_step + m_tuned));
    return {};
  }

  const FitSettings& m_settings;
  compressors::RunContext& m_context;
  PicturePlanes m_target, m_sum;
  GaussianPicture m_picture;
  FloatArray m_units;  ///< of each Gaussian: its first size, pixels
  Group m_centres;     ///< in units
  Group m_shapes;      ///< in units; while it is tuned, asinh of pixels
  Group m_colors;
  Group m_ranges;  ///< while it is tuned: step and offset of l11, l21, l22, in m_rangeUnits
  FloatArray m_rangeUnits;  ///< 3: the first steps
  PictureCodes m_codes;
  std::array<FloatArray, 2> m_bookSums, m_bookCounts;
  PlacedGaussians::Gradients m_gradients;
  std::uint32_t m_stage = 0;  ///< 1: it is tuned
  std::uint32_t m_step = 0;
  std::uint32_t m_tuned = 0;
  double m_error = 1;
  std::uint64_t m_identity = 0;
  std::chrono::steady_clock::time_point m_kept = std::chrono::steady_clock::now();
};

}  // namespace

Result<PictureCodes> fitPicture(const Image& image, const FitSettings& settings,
                                compressors::RunContext& context) {
  PictureFit fit(image, settings, context);
  VOLPRESS_CHECK(fit.fit());
  return fit.tune();
}

Result<renderer::GaussianPicture> fitGaussians(const Image& image, const FitSettings& settings,
                                               compressors::RunContext& context) {
  PictureFit fit(image, settings, context);
  VOLPRESS_CHECK(fit.fit());
  return fit.takePicture();
}

}  // namespace volpress::gaussianimage
