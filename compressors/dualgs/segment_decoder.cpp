#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>
#include <utility>

#include "compressors/coding/temporal_plane.hpp"
#include "compressors/dualgs/segment.hpp"
#include "compressors/stream/segment_planes.hpp"
#include "scene/base/task_errors.hpp"

namespace volpress::compressors::dualgs {
namespace {

using coding::PlaneDecoder;

constexpr std::size_t kGrain = 2048;
constexpr float kFar = 1e12F;
constexpr float kMostColorStep = 1e3F;
constexpr double kLeastOpacity = 1e-6;

class Decoder final : public SegmentFrames {
public:
  Decoder(const ClipInfo& info, const SkinModel& model) : m_info(info), m_model(model) {}

  Result<void> open(std::size_t frames, std::span<const ByteView> layers, RunContext& context) {
    ByteReader reader(layers[0]);
    VOLPRESS_TRY(m_header, reader.read<SegmentHeader>("segment header"));
    for (const float step : m_header.motionStep) {
      if (!(step >= 0 && step < kFar)) {
        return fail(ErrorCode::CorruptData, "a motion step of {}", step);
      }
    }
    for (const float step : {m_header.residualStep, m_header.rotationStep}) {
      if (!(step >= 0 && step < kFar)) {
        return fail(ErrorCode::CorruptData, "a residual step of {}", step);
      }
    }
    for (std::size_t table = 0; table < kTables; ++table) {
      if (!(std::abs(m_header.tableLow[table]) < 1e4F && m_header.tableStep[table] >= 0 &&
            m_header.tableStep[table] < 1e4F)) {
        return fail(ErrorCode::CorruptData, "a table from {} in steps of {}",
                    m_header.tableLow[table], m_header.tableStep[table]);
      }
    }
    std::size_t planes = kMotionChannels + kTables;
    planes += m_header.residualStep > 0 ? 3 : 0;
    planes += m_header.rotationStep > 0 ? 3 : 0;
    const bool isOld = m_model.version == kOldVersion;
    coding::SymbolArray first;
    if (!isOld) {
      VOLPRESS_TRY(const auto size, reader.read<std::uint32_t>("first frame"));
      VOLPRESS_TRY(const ByteView bytes, reader.take(size, "first frame"));
      VOLPRESS_TRY(first,
                   coding::decodeSymbols(
                       bytes, firstLayout(m_model.count(), planes - kMotionChannels, m_model.near),
                       context.runner, context.stop));
    }
    for (std::size_t p = 0; p < planes; ++p) {
      VOLPRESS_TRY(const auto size, reader.read<std::uint32_t>("plane"));
      VOLPRESS_TRY(const ByteView bytes, reader.take(size, "plane"));
      const std::size_t rows = p < kMotionChannels ? m_model.joints.size() : m_model.count();
      if (isOld || p < kMotionChannels) {
        VOLPRESS_TRY(PlaneDecoder plane, PlaneDecoder::open(bytes, rows, frames));
        m_planes.push_back(std::move(plane));
        continue;
      }
      std::vector<std::int32_t> begin(rows);
      for (std::size_t i = 0; i < rows; ++i) {
        begin[i] = first[i * (planes - kMotionChannels) + p - kMotionChannels];
      }
      VOLPRESS_TRY(PlaneDecoder plane, PlaneDecoder::openLater(bytes, std::move(begin), frames));
      m_planes.push_back(std::move(plane));
    }
    const std::size_t all = m_info.shDegree + std::size_t{1};
    if (layers.size() > all) {
      VOLPRESS_CHECK(openRefinement(layers[all], frames));
    }
    const std::size_t orders = std::min(layers.size(), all);
    for (std::size_t order = 0; order < orders; ++order) {
      VOLPRESS_TRY(
          coding::BookDecoder book,
          coding::BookDecoder::open(order == 0 ? reader.rest() : layers[order],
                                    static_cast<unsigned>(order), m_model.count(), frames));
      m_books.push_back(std::move(book));
    }
    m_numbers.resize(m_planes.size());
    m_labels.resize(m_books.size());
    m_left = frames;
    return {};
  }

  Result<GaussianCloud> next(RunContext& context) override {
    VOLPRESS_CHECK(skip(context));
    const JointMatrices matrices = decodeMatrices();
    GaussianCloud cloud;
    resizeCloud(cloud, m_model.count(), m_info.shDegree);
    cloud.frame = m_info.frame;
    cloud.filter = m_info.filter;
    std::atomic<bool> finite{true};
    context.runner.parallelFor(m_model.count(), kGrain, [&](std::size_t begin, std::size_t end) {
      if (!pose(matrices, begin, end, cloud)) {
        finite = false;
      }
      fillTables(begin, end, cloud);
      fillColors(begin, end, cloud);
    });
    if (!finite) {
      return fail(ErrorCode::CorruptData, "a frame's positions or rotations are not finite");
    }
    return cloud;
  }

  /// Decodes a frame's whole numbers and builds nothing of them.
  Result<void> skip(RunContext& context) override {
    if (m_left == 0) {
      return fail(ErrorCode::CorruptData, "a segment has no frames left");
    }
    --m_left;
    std::vector<std::optional<Error>> problems(m_books.size());
    context.runner.parallelFor(m_planes.size() + m_books.size(), 1,
                               [&](std::size_t begin, std::size_t end) {
                                 for (std::size_t k = begin; k < end; ++k) {
                                   // The wide planes first: they take longest.
                                   if (k < m_planes.size()) {
                                     const std::size_t p = m_planes.size() - 1 - k;
                                     m_numbers[p] = m_planes[p].next();
                                   } else {
                                     const std::size_t book = k - m_planes.size();
                                     auto indices = m_books[book].next();
                                     if (indices) {
                                       m_labels[book] = *indices;
                                     } else {
                                       problems[book] = indices.error();
                                     }
                                   }
                                 }
                               });
    return firstError(problems);
  }

  Result<void> finish() override {
    VOLPRESS_CHECK(finishAll(m_planes));
    return finishAll(m_books);
  }

  [[nodiscard]] std::uint32_t digest() const override { return digestOf(m_numbers, m_labels); }

private:
  Result<void> openRefinement(ByteView layer, std::size_t frames) {
    ByteReader reader(layer);
    m_refinedAt = m_planes.size();
    for (float& step : m_colorStep) {
      VOLPRESS_TRY(step, reader.read<float>("colour step"));
      if (!(step > 0 && step < kMostColorStep)) {
        return fail(ErrorCode::CorruptData, "a colour step of {}; above 0 and below {} is allowed",
                    step, kMostColorStep);
      }
    }
    m_viewStep.assign(m_model.version < kViewVersion ? 0 : m_info.shDegree, 0.0F);
    std::size_t refined = kRefined;
    for (std::size_t k = 0; k < m_viewStep.size(); ++k) {
      VOLPRESS_TRY(m_viewStep[k], reader.read<float>("step of an SH order"));
      if (!(m_viewStep[k] > 0 && m_viewStep[k] < kMostColorStep)) {
        return fail(ErrorCode::CorruptData,
                    "a step of SH order {} of {}; above 0 and below {} is allowed", k + 1,
                    m_viewStep[k], kMostColorStep);
      }
      refined += coding::orderDimension(static_cast<unsigned>(k + 1));
    }
    for (std::size_t p = 0; p < refined; ++p) {
      VOLPRESS_TRY(const auto size, reader.read<std::uint32_t>("plane"));
      VOLPRESS_TRY(const ByteView bytes, reader.take(size, "plane"));
      VOLPRESS_TRY(PlaneDecoder plane, PlaneDecoder::open(bytes, m_model.count(), frames));
      m_planes.push_back(std::move(plane));
    }
    if (reader.remaining() != 0) {
      return fail(ErrorCode::CorruptData, "{} bytes are left behind the refinement",
                  reader.remaining());
    }
    return {};
  }

  /// By how many of its steps the last layer moves a number; 0 without one.
  [[nodiscard]] float refinedBy(std::size_t what, std::size_t i) const {
    return m_refinedAt == 0 ? 0.0F
                            : static_cast<float>(std::clamp(m_numbers[m_refinedAt + what][i],
                                                            -kMostRefined, kMostRefined));
  }

  [[nodiscard]] JointMatrices decodeMatrices() const {
    std::vector<JointPose> poses(m_model.joints.size());
    for (std::size_t j = 0; j < poses.size(); ++j) {
      const float* rest = &m_model.means[3 * std::size_t{m_model.joints[j]}];
      for (std::size_t c = 0; c < kMotionChannels; ++c) {
        const double value =
            static_cast<double>(m_header.motionStep[c]) * static_cast<double>(m_numbers[c][j]);
        if (c < 3) {
          poses[j].centre[c] = value + static_cast<double>(rest[c]);
        } else {
          poses[j].rotation[c - 3] = value;
        }
      }
    }
    return matricesOf(m_model, poses);
  }

  /// False when a number is not finite.
  [[nodiscard]] bool pose(const JointMatrices& matrices, std::size_t begin, std::size_t end,
                          GaussianCloud& cloud) const {
    const bool moves = m_header.residualStep > 0;
    const bool turns = m_header.rotationStep > 0;
    const std::size_t moved = kMotionChannels + kTables;
    const std::size_t turned = moved + (moves ? 3 : 0);
    bool finite = true;
    for (std::size_t i = begin; i < end; ++i) {
      SkinPose skin = skinPose(m_model, matrices, i);
      if (turns) {
        Vector3 axis{};
        for (std::size_t k = 0; k < 3; ++k) {
          axis[k] = static_cast<double>(m_header.rotationStep) *
                    static_cast<double>(m_numbers[turned + k][i]);
        }
        const double angle = std::sqrt(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]);
        if (angle > 0) {
          const double sine = std::sin(angle / 2) / angle;
          skin.rotation = multiply(
              {std::cos(angle / 2), sine * axis[0], sine * axis[1], sine * axis[2]}, skin.rotation);
        }
      }
      for (std::size_t k = 0; k < 3; ++k) {
        const float offset = moves
                                 ? static_cast<float>(static_cast<double>(m_header.residualStep) *
                                                      static_cast<double>(m_numbers[moved + k][i]))
                                 : 0.0F;
        cloud.means[3 * i + k] = skin.mean[k] + offset;
        finite = finite && std::isfinite(cloud.means[3 * i + k]);
      }
      skin.rotation = normalised(skin.rotation);
      for (std::size_t k = 0; k < 4; ++k) {
        cloud.rotations[4 * i + k] = static_cast<float>(skin.rotation[k]);
      }
    }
    return finite;
  }

  void fillTables(std::size_t begin, std::size_t end, GaussianCloud& cloud) const {
    const auto value = [&](std::size_t table, std::size_t i) {
      const std::int32_t bin = std::clamp(m_numbers[kMotionChannels + table][i], 0, 255);
      return static_cast<double>(m_header.tableLow[table]) +
             static_cast<double>(m_header.tableStep[table]) *
                 (static_cast<double>(bin) +
                  static_cast<double>(refinedBy(table, i) / kRefinedParts));
    };
    for (std::size_t i = begin; i < end; ++i) {
      const double opacity = std::clamp(value(0, i), kLeastOpacity, 1 - kLeastOpacity);
      cloud.opacityLogits[i] = static_cast<float>(std::log(opacity / (1 - opacity)));
      for (std::size_t axis = 0; axis < 3; ++axis) {
        cloud.logScales[3 * i + axis] = static_cast<float>(value(1 + axis, i));
      }
    }
  }

  void fillColors(std::size_t begin, std::size_t end, GaussianCloud& cloud) const {
    const std::size_t rest = 3 * shRestCount(m_info.shDegree);
    for (std::size_t i = begin; i < end; ++i) {
      const float* plain = m_books[0].entry(m_labels[0][i]);
      for (std::size_t c = 0; c < 3; ++c) {
        cloud.shDc[3 * i + c] = plain[c] + m_colorStep[c] * refinedBy(kTables + c, i);
      }
      float* place = rest == 0 ? nullptr : &cloud.shRest[rest * i];
      std::size_t refinement = kRefined;
      for (unsigned order = 1; order <= m_info.shDegree; ++order) {
        const std::size_t numbers = coding::orderDimension(order);
        if (order < m_labels.size()) {
          std::copy_n(m_books[order].entry(m_labels[order][i]), numbers, place);
          for (std::size_t k = 0; order <= m_viewStep.size() && k < numbers; ++k) {
            place[k] += m_viewStep[order - 1] * refinedBy(refinement + k, i);
          }
          refinement += numbers;
        } else {
          std::fill_n(place, numbers, 0.0F);
        }
        place += numbers;
      }
    }
  }

  const ClipInfo& m_info;
  const SkinModel& m_model;
  SegmentHeader m_header;
  std::vector<PlaneDecoder> m_planes;
  std::vector<coding::BookDecoder> m_books;
  std::size_t m_refinedAt = 0;         ///< the first plane of the last layer; 0: it is not there
  std::array<float, 3> m_colorStep{};  ///< of that layer
  std::vector<float> m_viewStep;       ///< of that layer, by SH order from 1; empty before it
  std::size_t m_left = 0;              ///< frames
  // Of the last frame decoded, as views into the decoders above.
  std::vector<std::span<const std::int32_t>> m_numbers;  ///< by plane
  std::vector<std::span<const std::uint32_t>> m_labels;  ///< by book
};

}  // namespace

Result<std::vector<ByteShare>> segmentShares(std::uint8_t version, unsigned shDegree,
                                             std::span<const ByteView> layers) {
  std::vector<ByteShare> shares;
  ByteReader reader(layers[0]);
  VOLPRESS_TRY(const auto header, reader.read<SegmentHeader>("segment header"));
  addShare(shares, "header", sizeof(header));
  if (version != kOldVersion) {
    VOLPRESS_TRY(const auto size, reader.read<std::uint32_t>("first frame"));
    VOLPRESS_CHECK(reader.take(size, "first frame"));
    addShare(shares, "first frame", sizeof(size) + size);
  }
  const std::size_t offsets = header.residualStep > 0 ? 3 : 0;
  const std::size_t turns = header.rotationStep > 0 ? 3 : 0;
  const std::array<std::pair<const char*, std::size_t>, 5> groups{{{"joints", kMotionChannels},
                                                                   {"opacities", 1},
                                                                   {"scales", kTables - 1},
                                                                   {"positions", offsets},
                                                                   {"rotations", turns}}};
  for (const auto& [name, planes] : groups) {
    for (std::size_t p = 0; p < planes; ++p) {
      VOLPRESS_TRY(const auto size, reader.read<std::uint32_t>("plane"));
      VOLPRESS_CHECK(reader.take(size, "plane"));
      addShare(shares, name, sizeof(size) + size);
    }
  }
  addShare(shares, "sh0", reader.remaining());
  for (std::size_t order = 1; order < layers.size(); ++order) {
    addShare(shares, order <= shDegree ? "shN" : "refinement", layers[order].size());
  }
  return shares;
}

Result<std::unique_ptr<SegmentFrames>> openSegment(const ClipInfo& info, const SkinModel& model,
                                                   std::size_t frameCount,
                                                   std::span<const ByteView> layers,
                                                   RunContext& context) {
  auto decoder = std::make_unique<Decoder>(info, model);
  VOLPRESS_CHECK(decoder->open(frameCount, layers, context));
  return decoder;
}

}  // namespace volpress::compressors::dualgs
