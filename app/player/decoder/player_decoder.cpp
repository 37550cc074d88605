#include "app/player/decoder/player_calls.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/player/decoder/packed_frame.hpp"
#include "compressors/dualgs/dualgs.hpp"
#include "compressors/hifi4g/hifi4g.hpp"
#include "compressors/intra/intra.hpp"
#include "compressors/stream/dgsv.hpp"
#include "compressors/v3/v3.hpp"

namespace volpress::player {
namespace {

using compressors::ClipDecoder;
using compressors::ClipEntry;
using compressors::ClipInfo;
using compressors::RunContext;
using compressors::SegmentFrames;

using OpenClip = Result<std::unique_ptr<ClipDecoder>> (*)(const ClipInfo&, RunContext&);

/// What opens clips of a codec; null for one that this player does not know.
OpenClip openerOf(const std::string& codec) {
  constexpr std::array<std::pair<std::string_view, OpenClip>, 4> kOpeners{{
      {"DUAL", compressors::openDualgsClip},
      {"HIFI", compressors::openHifi4gClip},
      {"V3__", compressors::openV3Clip},
      {"INTR", compressors::openIntraClip},
  }};
  const auto found = std::find_if(kOpeners.begin(), kOpeners.end(),
                                  [&codec](const auto& opener) { return opener.first == codec; });
  return found == kOpeners.end() ? nullptr : found->second;
}

/// All that one worker holds.
struct Session {
  SerialRunner runner;
  Progress progress;
  RunContext context{runner, progress, {}};
  ClipInfo info;
  std::unique_ptr<ClipDecoder> decoder;
  std::vector<ClipEntry> entries;
  Bytes record;  ///< of the segment that is open
  std::unique_ptr<SegmentFrames> frames;
  std::size_t left = 0;
  std::optional<GaussianCloud> cloud;
  PackedFrame packed;
  std::vector<double> numbers;  ///< what was last told as a row of numbers
  std::string error;
};

Session& session() {
  static Session one;
  return one;
}

int report(const Result<void>& done) {
  if (done) {
    return 0;
  }
  session().error = done.error().message;
  return -1;
}

Result<void> readHead(ByteView type, ByteView init) {
  Session& s = session();
  s.frames.reset();
  s.decoder.reset();
  s.entries.clear();
  VOLPRESS_TRY(ClipInfo info, compressors::readClipHead(type, init));
  if (openerOf(info.codec) == nullptr) {
    // The page looks for these words.
    return fail(ErrorCode::UnsupportedVersion, "this player does not know the codec \"{}\"",
                info.codec);
  }
  s.info = std::move(info);
  return {};
}

Result<void> open() {
  Session& s = session();
  s.frames.reset();
  const OpenClip opener = openerOf(s.info.codec);
  if (opener == nullptr) {
    return fail(ErrorCode::InvalidParameter, "no clip was read");
  }
  VOLPRESS_TRY(s.decoder, opener(s.info, s.context));
  s.info.codecInit = {};
  return {};
}

Result<void> begin(Bytes record, std::size_t entry, std::size_t most) {
  Session& s = session();
  s.frames.reset();
  s.left = 0;
  if (entry >= s.entries.size() || !s.decoder) {
    return fail(ErrorCode::InvalidParameter, "there is no segment {}", entry);
  }
  s.record = std::move(record);
  const ClipEntry& listed = s.entries[entry];
  VOLPRESS_TRY(const std::vector<ByteView> layers,
               compressors::readClipLayers(s.record, listed, s.info, most));
  VOLPRESS_TRY(s.frames,
               s.decoder->openSegment(listed.firstFrame, listed.frameCount, layers, s.context));
  s.left = listed.frameCount;
  return {};
}

Result<void> step(bool keep) {
  Session& s = session();
  if (!s.frames || s.left == 0) {
    return fail(ErrorCode::InvalidParameter, "the segment has no frames left");
  }
  s.cloud.reset();
  if (keep) {
    VOLPRESS_TRY(s.cloud, s.frames->next(s.context));
  } else {
    VOLPRESS_CHECK(s.frames->skip(s.context));
  }
  --s.left;
  return s.left == 0 ? s.frames->finish() : Result<void>{};
}

}  // namespace
}  // namespace volpress::player

using volpress::Bytes;
using volpress::ByteView;
using volpress::player::session;

std::byte* playerAllocate(std::size_t bytes) { return static_cast<std::byte*>(std::malloc(bytes)); }
void playerRelease(std::byte* bytes) { std::free(bytes); }
const char* playerError() { return session().error.c_str(); }

int playerHead(const std::byte* type, std::size_t typeBytes, const std::byte* init,
               std::size_t initBytes) {
  return volpress::player::report(
      volpress::player::readHead(ByteView(type, typeBytes), ByteView(init, initBytes)));
}
int playerOpen() { return volpress::player::report(volpress::player::open()); }

int playerIndex(const std::byte* index, std::size_t bytes, double fileBytes) {
  auto entries = volpress::compressors::readClipIndex(ByteView(index, bytes), session().info,
                                                      static_cast<std::uint64_t>(fileBytes));
  if (!entries) {
    session().error = entries.error().message;
    return -1;
  }
  session().entries = std::move(*entries);
  return static_cast<int>(session().entries.size());
}

const double* playerInfo() {
  const volpress::compressors::ClipInfo& info = session().info;
  session().numbers = {
      static_cast<double>(info.rateNumerator), static_cast<double>(info.rateDenominator),
      static_cast<double>(info.frameCount),    static_cast<double>(info.segmentCount),
      static_cast<double>(info.maxSplats),     static_cast<double>(info.layerCount),
      static_cast<double>(info.shDegree),      static_cast<double>(info.frame),
      static_cast<double>(info.filter)};
  for (const auto& corner : {info.bounds.min, info.bounds.max}) {
    session().numbers.insert(session().numbers.end(), corner.begin(), corner.end());
  }
  return session().numbers.data();
}

const double* playerEntry(std::size_t entry) {
  if (entry >= session().entries.size()) {
    return nullptr;
  }
  const volpress::compressors::ClipEntry& listed = session().entries[entry];
  session().numbers = {static_cast<double>(listed.firstFrame),
                       static_cast<double>(listed.frameCount), static_cast<double>(listed.offset)};
  for (std::size_t layer = 0; layer < listed.lengths.size(); ++layer) {
    session().numbers.push_back(
        static_cast<double>(volpress::compressors::clipLayerEnd(listed, layer)));
  }
  return session().numbers.data();
}

int playerBegin(const std::byte* record, std::size_t bytes, std::size_t entry, std::size_t layers) {
  return volpress::player::report(
      volpress::player::begin(Bytes(record, record + bytes), entry, layers));
}

int playerNext() {
  const int done = volpress::player::report(volpress::player::step(true));
  if (done == 0) {
    volpress::player::packFrame(*session().cloud, session().packed);
  }
  return done;
}
int playerSkip() { return volpress::player::report(volpress::player::step(false)); }

std::size_t playerCount() { return session().packed.count; }
float playerShScale() { return session().packed.shScale; }
const std::uint32_t* playerTexels() { return session().packed.texels.data(); }
std::size_t playerTexelWords() { return session().packed.texels.size(); }
const float* playerMeans() { return session().packed.means.data(); }
std::uint32_t playerDigest() { return session().frames ? session().frames->digest() : 0; }
