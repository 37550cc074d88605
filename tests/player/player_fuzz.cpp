// The web player's decoder on damaged clips.
#include <cmath>
#include <cstdlib>

#include "app/player/decoder/player_calls.hpp"
#include "compressors/dualgs/dualgs.hpp"
#include "compressors/hifi4g/hifi4g.hpp"
#include "compressors/v3/v3.hpp"
#include "tests/dualgs/clip_fuzz.hpp"
#include "tests/stream/clip_bytes.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  SerialRunner runner;
  ClipOptions options;
  options.frames = 4;
  options.splats = 60;
  GaussianSequence sequence(makeSampleClip(options, {}, runner));
  const std::array<std::pair<const SequenceCodec*, ParamSet>, 3> coders{{
      {&dualgsCodec(), {{"joints", std::int64_t{6}}, {"segment_frames", std::int64_t{2}}}},
      {&hifi4gCodec(), {{"nodes", std::int64_t{6}}, {"segment_frames", std::int64_t{2}}}},
      {&v3Codec(), {{"segment_frames", std::int64_t{2}}}},
  }};
  std::vector<Bytes> seeds;
  for (const auto& [codec, params] : coders) {
    testing::CodedClip clip = testing::encodeClip(*codec, sequence, params, runner).value();
    clip.info.parameters = "{}";
    std::vector<ClipSegment> segments;
    for (std::uint32_t s = 0; s < clip.segments.size(); ++s) {
      segments.push_back({s, 2 * s, 2, clip.segments[s]});
    }
    const Bytes bytes = testing::writeClip(clip.info, segments);
    const auto path = testing::scratchFolder("player-fuzz") / "fast.dgsv";
    if (!writeFastStart(ClipFile::open(bytes).value(), path)) {
      std::abort();
    }
    seeds.push_back(testing::readWhole(path));
  }
  return seeds;
}

void runInput(ByteView input) {
  for (const Bytes& bytes : {Bytes(input.begin(), input.end()),
                             testing::repairClip(Bytes(input.begin(), input.end()))}) {
    // The front lies as the seed has it; what the records say is the fuzzer's.
    constexpr std::size_t kType = 40;
    std::uint64_t length = 0;
    if (bytes.size() < kType + 16) {
      continue;
    }
    std::memcpy(&length, bytes.data() + kType + 8, sizeof(length));
    const std::uint64_t init = kType + (length + 20 + 7) / 8 * 8;
    if (length > bytes.size() || init > bytes.size()) {
      continue;
    }
    const std::byte* at = bytes.data();
    const auto place = static_cast<std::size_t>(init);
    if (playerHead(at, bytes.size(), at + place, bytes.size() - place) < 0 || playerOpen() < 0) {
      continue;
    }
    const int count =
        playerIndex(at + kType, bytes.size() - kType, static_cast<double>(bytes.size()));
    for (int k = 0; k < count; ++k) {
      const double* entry = playerEntry(static_cast<std::size_t>(k));
      const auto offset = static_cast<std::size_t>(entry[2]);
      if (offset > bytes.size() ||
          playerBegin(at + offset, bytes.size() - offset, static_cast<std::size_t>(k), 2) < 0) {
        continue;
      }
      const double frames = playerEntry(static_cast<std::size_t>(k))[1];
      for (double frame = 0; frame < frames && playerNext() == 0; ++frame) {
        for (std::size_t m = 0; m < 3 * playerCount(); ++m) {
          if (!std::isfinite(playerMeans()[m])) {
            std::abort();
          }
        }
      }
    }
  }
}

}  // namespace volpress::fuzz
