#include "compressors/hifi4g/residual_block.hpp"

#include <algorithm>
#include <array>

#include "compressors/stream/crc32c.hpp"

namespace volpress::compressors::hifi4g {
namespace {

constexpr std::size_t kClasses = 3;
constexpr std::size_t kGroups = 5;
constexpr std::size_t kContexts = kClasses * kGroups;
static_assert(kContexts <= coding::kMaxRansContexts);

std::size_t groupOf(BlockKind kind, std::size_t channel) {
  constexpr std::array<std::size_t, 7> kMotion{0, 1, 2, 3, 4, 4, 4};
  constexpr std::array<std::size_t, 7> kBase{0, 1, 1, 1, 2, 3, 4};
  switch (kind) {
    case BlockKind::Motion: return kMotion[channel];
    case BlockKind::Base: return kBase[channel];
    default: return channel == 0 ? 0 : 1 + channel % 3;
  }
}

/// The contexts of a channel, from the one before it (empty for the first).
void setContexts(BlockKind kind, std::size_t channel, std::span<const std::int32_t> before,
                 std::span<std::uint8_t> contexts) {
  const auto first = static_cast<std::uint8_t>(kClasses * groupOf(kind, channel));
  std::fill(contexts.begin(), contexts.end(), first);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const std::int32_t bin = before[i];
    contexts[i] = static_cast<std::uint8_t>(first + (bin == 0 ? 0 : bin == 1 || bin == -1 ? 1 : 2));
  }
}

}  // namespace

Bytes encodeBlock(std::span<const std::int32_t> bins, std::size_t rows, BlockKind kind) {
  if (std::all_of(bins.begin(), bins.end(), [](std::int32_t bin) { return bin == 0; })) {
    return {};
  }
  std::vector<std::uint8_t> contexts(bins.size());
  for (std::size_t channel = 0; channel * rows < bins.size(); ++channel) {
    setContexts(kind, channel,
                channel == 0 ? bins.first(0) : bins.subspan((channel - 1) * rows, rows),
                std::span(contexts).subspan(channel * rows, rows));
  }
  return coding::encodeRans(bins, contexts, kContexts);
}

Result<void> decodeBlock(ByteView bytes, std::size_t rows, BlockKind kind,
                         std::span<std::int32_t> bins) {
  if (bytes.empty()) {
    std::fill(bins.begin(), bins.end(), 0);
    return {};
  }
  VOLPRESS_TRY(coding::RansDecoder decoder,
               coding::RansDecoder::open(bytes, bins.size(), kContexts));
  std::vector<std::uint8_t> contexts(rows);
  for (std::size_t channel = 0; channel * rows < bins.size(); ++channel) {
    setContexts(kind, channel,
                channel == 0 ? bins.first(0) : bins.subspan((channel - 1) * rows, rows), contexts);
    decoder.decode(contexts, bins.subspan(channel * rows, rows));
  }
  return decoder.finish();
}

void writeChecked(ByteWriter& out, ByteView part) {
  out.write(static_cast<std::uint32_t>(part.size()));
  out.write(crc32c(part));
  out.append(part);
}

Result<CheckedPart> readChecked(ByteReader& reader, const char* field) {
  CheckedPart part;
  VOLPRESS_TRY(const auto size, reader.read<std::uint32_t>(field));
  VOLPRESS_TRY(part.sum, reader.read<std::uint32_t>(field));
  VOLPRESS_TRY(part.bytes, reader.take(size, field));
  return part;
}

Result<ByteView> checkedBytes(const CheckedPart& part, const char* field) {
  if (crc32c(part.bytes) != part.sum) {
    return fail(ErrorCode::CorruptData, "{} is damaged: its checksum does not fit", field);
  }
  return part.bytes;
}

}  // namespace volpress::compressors::hifi4g
