#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "scene/base/files.hpp"
#include "scene/formats/activations.hpp"
#include "scene/sequence/fourdgs_file.hpp"
#include "scene/sequence/fourdgs_layout.hpp"
#include "scene/sequence/fourdgs_state.hpp"
#include "scene/sequence/fourdgs_stream.hpp"
#include "scene/sequence/fourdgs_tracks.hpp"

namespace volpress::fourdgs {
namespace {

constexpr std::size_t kMostChunks = 1'000'000;
constexpr double kMomentsPerSecond = 30;
constexpr double kMostFrames = 1'000'000;
constexpr float kFar = 1e12F;
constexpr float kMostLogScale = 20;

struct Header {
  double duration = 0, cutoff = 0.05;
  bool states = false;  ///< keyframe-delta
  unsigned degree = 0;
};

struct Steps {
  std::array<double, 3> origin{};
  double position = 0, scale = 0, rotation = 0, color = 0, opacity = 0, motion = 0, time = 0,
         sigma = 0;
};

struct Window {
  double from = 0, to = 0;
};

Result<double> readFinite(ByteReader& reader, const char* field) {
  VOLPRESS_TRY(const auto value, reader.read<double>(field));
  if (!std::isfinite(value)) {
    return fail(ErrorCode::CorruptData, "{} is {}", field, value);
  }
  return value;
}

Result<Header> readHeader(ByteView content) {
  ByteReader reader(content);
  Header header;
  VOLPRESS_CHECK(readText(reader, "profile"));
  VOLPRESS_CHECK(readText(reader, "library"));
  VOLPRESS_TRY(header.duration, readFinite(reader, "duration"));
  VOLPRESS_CHECK(reader.read<std::uint64_t>("Gaussian count"));
  VOLPRESS_TRY(header.cutoff, readFinite(reader, "cutoff"));
  VOLPRESS_TRY(const std::string model, readText(reader, "temporal model"));
  VOLPRESS_CHECK(reader.take(6 * sizeof(double), "bounds"));
  VOLPRESS_TRY(const auto degree, reader.read<std::uint8_t>("SH degree"));
  if (model != "keyframe-delta" && model != "gaussian-birth") {
    return fail(ErrorCode::UnsupportedVersion, "the temporal model \"{}\" cannot be read", model);
  }
  if (!(header.duration > 0) || header.duration > kMostFrames / kMomentsPerSecond) {
    return fail(ErrorCode::CorruptData, "lasts {} seconds; more than 0 and up to {} are allowed",
                header.duration, kMostFrames / kMomentsPerSecond);
  }
  if (degree > kMostDegree || !(header.cutoff > 0 && header.cutoff < 1)) {
    return fail(ErrorCode::CorruptData,
                "SH degree {} (0 to {} are allowed), a cutoff of {} (between 0 and 1)", degree,
                kMostDegree, header.cutoff);
  }
  header.degree = degree;
  header.states = model == "keyframe-delta";
  return header;
}

Result<Steps> readSteps(ByteView content) {
  ByteReader reader(content);
  Steps steps;
  VOLPRESS_TRY(const std::string scheme, readText(reader, "quantisation scheme"));
  if (scheme != "uniform-v1") {
    return fail(ErrorCode::UnsupportedVersion, "the quantisation \"{}\" cannot be read", scheme);
  }
  for (double& origin : steps.origin) {
    VOLPRESS_TRY(origin, readFinite(reader, "position origin"));
  }
  for (double* step : {&steps.position, &steps.scale, &steps.rotation, &steps.color, &steps.opacity,
                       &steps.motion, &steps.time, &steps.sigma}) {
    VOLPRESS_TRY(*step, readFinite(reader, "quantisation step"));
  }
  return steps;
}

Result<std::vector<Window>> readWindows(ByteView content) {
  ByteReader reader(content);
  VOLPRESS_TRY(const auto count, reader.read<std::uint32_t>("window count"));
  if (count > reader.remaining() / (2 * sizeof(double))) {
    return fail(ErrorCode::CorruptData, "{} windows in {} bytes", count, reader.remaining());
  }
  std::vector<Window> windows(count);
  for (Window& window : windows) {
    VOLPRESS_TRY(window.from, reader.read<double>("window"));
    VOLPRESS_TRY(window.to, reader.read<double>("window"));
  }
  return windows;
}

/// Gaussians of states at moments in time.
class Evaluator {
public:
  Evaluator(const Header& header, const Steps& steps, const std::vector<Window>& windows,
            const ObjectTracks& tracks)
      : m_header(header), m_steps(steps), m_windows(windows), m_tracks(tracks) {}

  /// Adds what of `state` can be seen at `time`.
  Result<void> add(const State& state, double time, GaussianCloud& cloud) const {
    const std::map<std::uint32_t, Pose> poses = posesAt(m_tracks, time);
    for (std::size_t i = 0; i < state.count; ++i) {
      VOLPRESS_TRY(const double marginal, marginalOf(state, i, time));
      if (marginal <= 0) {
        continue;
      }
      const auto bin = [&](Attribute id, std::size_t c) {
        return static_cast<double>(state.bins[id][i * kChannels[id] + c]);
      };
      const double since = time - bin(kTime, 0) * timeStep(state, i);
      Vector3 center{};
      for (std::size_t c = 0; c < 3; ++c) {
        const double velocity = bin(kMotion, c) * motionStep(state, i);
        center[c] = m_steps.origin[c] + bin(kPosition, c) * m_steps.position + velocity * since;
      }
      Quaternion turn = rotationOf(state, i);
      // A track moves centres and turns axes; the format leaves colours as they are.
      if (const auto pose = poses.find(state.objects[i]); pose != poses.end()) {
        center = rotated(rotationMatrix(pose->second.rotation), center);
        for (std::size_t c = 0; c < 3; ++c) {
          center[c] += pose->second.translation[c];
        }
        turn = multiply(pose->second.rotation, turn);
      }
      for (const double part : turn) {
        cloud.rotations.push_back(static_cast<float>(part));
      }
      for (std::size_t c = 0; c < 3; ++c) {
        const auto mean = static_cast<float>(center[c]);
        if (!(std::abs(mean) < kFar)) {
          return fail(ErrorCode::CorruptData, "Gaussian {} lies at {}", i, mean);
        }
        cloud.means.push_back(mean);
        cloud.logScales.push_back(std::clamp(static_cast<float>(bin(kScale, c) * m_steps.scale),
                                             -kMostLogScale, kMostLogScale));
      }
      const double green = bin(kColor, 0);
      for (const double level : {green + bin(kColor, 1), green, green + bin(kColor, 2)}) {
        const double color = std::clamp(level * m_steps.color, -1e6, 1e6);
        cloud.shDc.push_back(formats::dcOf(color));
      }
      cloud.opacityLogits.push_back(
          formats::logitOf(std::clamp(bin(kOpacity, 0) * m_steps.opacity, 0.0, 1.0) * marginal));
      for (unsigned band = 1; band <= m_header.degree; ++band) {
        const std::size_t coefficients = 2 * std::size_t{band} + 1;
        for (std::size_t k = 0; k < coefficients; ++k) {
          for (std::size_t c = 0; c < 3; ++c) {
            const std::int32_t byte =
                state.bands[band - 1][i * bandChannels(band) + c * coefficients + k];
            cloud.shRest.push_back(
                static_cast<float>(-4 + static_cast<double>(std::clamp(byte, 0, 255)) * 8 / 255));
          }
        }
      }
      ++cloud.count;
    }
    return {};
  }

private:
  [[nodiscard]] bool neverFades(const State& state, std::size_t i) const {
    return (state.bins[kFlags][i] & kNeverFades) != 0;
  }
  [[nodiscard]] double sigma(const State& state, std::size_t i) const {
    return std::exp(
        std::clamp(static_cast<double>(state.bins[kSigma][i]) * m_steps.sigma, -50.0, 50.0));
  }
  [[nodiscard]] double timeStep(const State& state, std::size_t i) const {
    const double target =
        neverFades(state, i) ? m_steps.time : std::min(m_steps.time, 0.05 * sigma(state, i));
    const double place = std::clamp(std::floor(std::log2(target / m_steps.time)), -10.0, 0.0);
    return m_steps.time * std::exp2(place);
  }
  [[nodiscard]] double motionStep(const State& state, std::size_t i) const {
    const Window& window = m_windows[static_cast<std::size_t>(state.bins[kWindow][i])];
    const double half = neverFades(state, i)
                            ? window.to - window.from
                            : std::sqrt(-2 * std::log(m_header.cutoff)) * sigma(state, i);
    const double place =
        std::clamp(std::ceil(std::log2(std::clamp(half, 0.02, 2.0) / 0.5)), -4.0, 2.0);
    return m_steps.motion * std::exp2(-place);
  }

  Result<double> marginalOf(const State& state, std::size_t i, double time) const {
    const std::int32_t index = state.bins[kWindow][i];
    if (index < 0 || static_cast<std::size_t>(index) >= m_windows.size()) {
      return fail(ErrorCode::CorruptData, "Gaussian {} has window {} of {}", i, index,
                  m_windows.size());
    }
    const Window& window = m_windows[static_cast<std::size_t>(index)];
    if (!(window.from <= time && time < window.to)) {
      return 0.0;
    }
    if (neverFades(state, i)) {
      return 1.0;
    }
    const double away =
        (time - static_cast<double>(state.bins[kTime][i]) * timeStep(state, i)) / sigma(state, i);
    const double marginal = std::exp(-0.5 * away * away);
    return marginal >= m_header.cutoff ? marginal : 0.0;
  }

  [[nodiscard]] Quaternion rotationOf(const State& state, std::size_t i) const {
    std::array<double, 4> xyzw{};
    const auto left = static_cast<std::size_t>(state.bins[kRotationIndex][i] & 3);
    double square = 0;
    for (std::size_t k = 0, part = 0; k < 4; ++k) {
      if (k != left) {
        const double value =
            static_cast<double>(state.bins[kRotation][3 * i + part++]) * m_steps.rotation;
        xyzw[k] = std::clamp(value, -1.0, 1.0);
        square += xyzw[k] * xyzw[k];
      }
    }
    xyzw[left] = std::sqrt(std::max(0.0, 1 - square));
    if (!(square + xyzw[left] * xyzw[left] > 0)) {
      xyzw = {0, 0, 0, 1};
    }
    return {xyzw[3], xyzw[0], xyzw[1], xyzw[2]};
  }

  const Header& m_header;
  const Steps& m_steps;
  const std::vector<Window>& m_windows;
  const ObjectTracks& m_tracks;
};

class FourdgsSource final : public FrameSource {
public:
  explicit FourdgsSource(MappedFile file) : m_file(std::move(file)) {}

  Result<void> open() {
    const ByteView bytes = m_file.bytes();
    if (!isFourdgs(bytes)) {
      return fail(ErrorCode::NotThisFormat, "is no .4dgs file");
    }
    ByteReader reader(bytes);
    VOLPRESS_CHECK(reader.take(kMagic.size(), "magic"));
    bool hasHeader = false, hasSteps = false, ended = false;
    while (!ended && reader.remaining() > kMagic.size()) {
      const std::uint64_t offset = reader.offset();
      VOLPRESS_TRY(const Record record, readRecord(reader));
      if (!hasHeader && record.opcode != kHeader) {
        return fail(ErrorCode::CorruptData, "the first record is not the header");
      }
      switch (record.opcode) {
        case kHeader: {
          VOLPRESS_TRY(m_header, readHeader(record.content));
          hasHeader = true;
          break;
        }
        case kQuantization: {
          VOLPRESS_TRY(m_steps, readSteps(record.content));
          hasSteps = true;
          break;
        }
        case kWindows: {
          VOLPRESS_TRY(m_windows, readWindows(record.content));
          break;
        }
        case kChunk:
        case kDeltaChunk: VOLPRESS_CHECK(addChunk(record, offset)); break;
        case kShBand: VOLPRESS_CHECK(addBand(record.content)); break;
        case kObjectTrack: VOLPRESS_CHECK(addTrack(record.content, m_tracks)); break;
        case kFooter: ended = true; break;
        default: break;
      }
    }
    if (!hasHeader || !hasSteps || m_chunks.empty()) {
      return fail(ErrorCode::CorruptData,
                  "a header, quantisation and chunks are needed; there are {} "
                  "chunks",
                  m_chunks.size());
    }
    if (m_windows.empty()) {
      m_windows.push_back({});
    }
    return m_header.states ? checkStates() : Result<void>();
  }

  [[nodiscard]] std::size_t frameCount() const noexcept override {
    return m_header.states
               ? m_chunks.size()
               : std::max<std::size_t>(
                     1, static_cast<std::size_t>(m_header.duration * kMomentsPerSecond));
  }
  [[nodiscard]] double framesPerSecond() const {
    return m_header.states ? static_cast<double>(m_chunks.size()) / m_header.duration
                           : kMomentsPerSecond;
  }

  [[nodiscard]] Result<GaussianCloud> load(std::size_t index, TaskRunner& /*runner*/,
                                           const std::stop_token& stop) const override {
    GaussianCloud cloud;
    cloud.shDegree = m_header.degree;
    const Evaluator evaluator(m_header, m_steps, m_windows, m_tracks);
    if (m_header.states) {
      const std::lock_guard lock(m_mutex);
      VOLPRESS_CHECK(compose(index, stop));
      VOLPRESS_CHECK(evaluator.add(m_state, m_chunks[index].from, cloud));
    } else {
      const double time = static_cast<double>(index) / kMomentsPerSecond;
      for (const Chunk& chunk : m_chunks) {
        if (chunk.from <= time && time < chunk.to) {
          VOLPRESS_TRY(const State state, readChunk(chunk, false, m_header.degree));
          VOLPRESS_CHECK(evaluator.add(state, time, cloud));
        }
      }
    }
    VOLPRESS_CHECK(validate(cloud));
    return cloud;
  }

private:
  Result<void> addChunk(const Record& record, std::uint64_t offset) {
    ByteReader reader(record.content);
    Chunk chunk;
    VOLPRESS_TRY(chunk.from, readFinite(reader, "chunk begin"));
    VOLPRESS_TRY(chunk.to, readFinite(reader, "chunk end"));
    VOLPRESS_CHECK(reader.read<std::uint32_t>("level"));
    chunk.content = record.content;
    chunk.offset = offset;
    chunk.delta = record.opcode == kDeltaChunk;
    if (m_chunks.size() >= kMostChunks || (chunk.delta && !m_header.states)) {
      return fail(ErrorCode::CorruptData, "chunk {} does not belong into this file",
                  m_chunks.size());
    }
    if (chunk.delta) {
      VOLPRESS_CHECK(reader.read<std::uint8_t>("delta mode"));
      VOLPRESS_TRY(const auto reference, reader.read<std::uint64_t>("reference"));
      const auto found =
          std::find_if(m_chunks.rbegin(), m_chunks.rend(),
                       [reference](const Chunk& one) { return one.offset == reference; });
      if (found == m_chunks.rend()) {
        return fail(ErrorCode::CorruptData,
                    "a delta refers to byte {}, where no chunk is before it", reference);
      }
      chunk.reference = static_cast<std::size_t>(m_chunks.rend() - found) - 1;
    }
    m_chunks.push_back(std::move(chunk));
    return {};
  }

  Result<void> addBand(ByteView content) {
    ByteReader reader(content);
    VOLPRESS_TRY(const auto band, reader.read<std::uint8_t>("SH band"));
    if (m_chunks.empty() || band == 0 || band > kMostDegree) {
      return fail(ErrorCode::CorruptData, "SH order {} stands behind no chunk, or is none", band);
    }
    std::vector<ByteView>& bands = m_chunks.back().bands;
    bands.resize(std::max<std::size_t>(bands.size(), band));
    bands[band - 1] = reader.rest();
    return {};
  }

  /// States tile the time.
  Result<void> checkStates() {
    for (std::size_t i = 0; i < m_chunks.size(); ++i) {
      const double begin = i == 0 ? 0 : m_chunks[i - 1].to;
      if (m_chunks[i].from != begin || !(m_chunks[i].to > m_chunks[i].from)) {
        return fail(ErrorCode::CorruptData, "state {} covers {} to {} s; it should begin at {} s",
                    i, m_chunks[i].from, m_chunks[i].to, begin);
      }
    }
    return {};
  }

  /// Makes m_state that of chunk `index`: from the one held, when it is on the way.
  Result<void> compose(std::size_t index, const std::stop_token& stop) const {
    std::vector<std::size_t> chain;
    std::size_t at = index;
    while (m_held != at && m_chunks[at].delta) {
      chain.push_back(at);
      at = m_chunks[at].reference;  // always an earlier chunk
    }
    if (m_held != at) {
      m_held.reset();
      VOLPRESS_TRY(m_state, readChunk(m_chunks[at], true, m_header.degree));
      m_held = at;
    }
    while (!chain.empty()) {
      if (stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled while composing state {}", index);
      }
      m_held.reset();
      VOLPRESS_TRY(m_state,
                   applyDelta(std::move(m_state), m_chunks[chain.back()], m_header.degree));
      m_held = chain.back();
      chain.pop_back();
    }
    return {};
  }

  MappedFile m_file;
  Header m_header;
  Steps m_steps;
  std::vector<Window> m_windows;
  ObjectTracks m_tracks;
  std::vector<Chunk> m_chunks;
  mutable std::mutex m_mutex;
  mutable State m_state;
  mutable std::optional<std::size_t> m_held;  ///< whose state m_state is
};

}  // namespace

bool isFourdgs(ByteView head) {
  return head.size() >= kMagic.size() &&
         std::equal(kMagic.begin(), kMagic.end(), head.begin(),
                    [](std::uint8_t a, std::byte b) { return static_cast<std::byte>(a) == b; });
}

Result<OpenedFile> openFourdgs(const std::filesystem::path& path) {
  VOLPRESS_TRY(MappedFile file, MappedFile::open(path));
  auto source = std::make_shared<FourdgsSource>(std::move(file));
  if (auto opened = source->open(); !opened) {
    return withContext(std::move(opened).error(), path.string());
  }
  const double rate = source->framesPerSecond();
  return OpenedFile{std::move(source), rate};
}

}  // namespace volpress::fourdgs
