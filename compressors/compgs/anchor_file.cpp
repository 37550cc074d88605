#include "compressors/compgs/anchor_file.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/coding/symbol_coder.hpp"
#include "compressors/stages/packed_numbers.hpp"

namespace volpress::compressors::compgs {
namespace {

using coding::SymbolArray;
using coding::SymbolLayout;

constexpr std::array<const char*, kStreams> kStreamChunks{"hyper-reference", "reference",
                                                          "hyper-residual", "residual", "scales"};
constexpr const char* kTablesChunk = "hyper-tables";
constexpr std::size_t kMostTableEntries = 4096;
constexpr float kMostCoordinate = 1e30F;

/// Chunks are named after what the networks are for.
const char* networkChunk(std::size_t part) {
  return part < kFirstDecoder ? "entropy-networks" : "networks";
}

std::size_t parametersOf(std::size_t part) { return Networks::get().of(part).layer().parameters(); }

/// All parameters from part `first` to before `last`, in steps of 2^-bits.
SymbolArray networkSymbols(const Model& networks, std::size_t first, std::size_t last,
                           unsigned bits) {
  SymbolArray symbols;
  for (std::size_t part = first; part < last; ++part) {
    for (const float value : networks[part]) {
      symbols.push_back(
          static_cast<std::int32_t>(std::lround(std::ldexp(value, static_cast<int>(bits)))));
    }
  }
  return symbols;
}

SymbolLayout networkLayout(std::size_t first, std::size_t last) {
  SymbolLayout layout;
  for (std::size_t part = first; part < last; ++part) {
    layout.rows += parametersOf(part);
  }
  return layout;
}

Result<void> readNetworks(const Container& container, std::size_t first, std::size_t last,
                          unsigned bits, const std::stop_token& stop, TaskRunner& runner,
                          Model& networks) {
  VOLPRESS_TRY(const SymbolArray symbols, readSymbols(container, networkChunk(first),
                                                      networkLayout(first, last), stop, runner));
  const std::int32_t most = 32767 >> (static_cast<unsigned>(learning::kParameterBits) - bits);
  std::size_t at = 0;
  for (std::size_t part = first; part < last; ++part) {
    networks[part].resize(parametersOf(part));
    for (float& value : networks[part]) {
      const std::int32_t symbol = symbols[at++];
      if (symbol < -most || symbol > most) {
        return fail(ErrorCode::CorruptData, "chunk '{}' has parameter {}, allowed are +-{}",
                    networkChunk(first), symbol, most);
      }
      value = std::ldexp(static_cast<float>(symbol), -static_cast<int>(bits));
    }
  }
  return {};
}

Bytes tableBytes(const HyperTables& hyper) {
  ByteWriter out;
  for (const coding::FrequencyTable& table : hyper.tables) {
    out.write(static_cast<std::int16_t>(table.first()));
    out.write(static_cast<std::uint16_t>(table.entries()));
    for (std::size_t entry = 0; entry < table.entries(); ++entry) {
      out.write(static_cast<std::uint16_t>(table.frequency(entry)));
    }
  }
  return std::move(out).take();
}

Result<void> readTables(ByteView bytes, HyperTables& hyper) {
  ByteReader reader(bytes);
  for (std::size_t channel = 0; channel < kHyperWidth; ++channel) {
    VOLPRESS_TRY(const auto first, reader.read<std::int16_t>("first symbol"));
    VOLPRESS_TRY(const auto entries, reader.read<std::uint16_t>("table entries"));
    std::uint64_t sum = 0;
    std::vector<std::uint32_t> frequencies;
    bool whole = entries > 0 && entries <= kMostTableEntries;
    for (std::size_t i = 0; whole && i < entries; ++i) {
      VOLPRESS_TRY(const auto frequency, reader.read<std::uint16_t>("frequency"));
      sum += frequency;
      whole = frequency > 0;
      frequencies.push_back(frequency);
    }
    if (!whole || sum >= coding::FrequencyTable::kWhole) {
      return fail(ErrorCode::CorruptData,
                  "chunk '{}': channel {} has {} entries that sum to {} of less than {}",
                  kTablesChunk, channel, entries, sum, coding::FrequencyTable::kWhole);
    }
    hyper.tables.emplace_back(first, frequencies);
  }
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "chunk '{}' has {} bytes too many", kTablesChunk,
                reader.remaining());
  }
  return {};
}

Result<float> readBounded(ByteReader& reader, float most, const char* field) {
  VOLPRESS_TRY(const auto value, reader.read<float>(field));
  if (!(std::abs(value) <= most)) {
    return fail(ErrorCode::CorruptData, "{} is {}, allowed are +-{}", field, value, most);
  }
  return value;
}

/// What stands behind the scene's header.
struct Front {
  coding::PositionGrid grid;
  unsigned networkBits = 0;
  std::size_t anchors = 0;
  float unit = 1;
  std::vector<Eye> eyes;
  LatentScheme scheme;
};

Result<Front> readFront(const SceneHeader& header, ByteReader reader) {
  Front front;
  for (float& coordinate : front.grid.origin) {
    VOLPRESS_TRY(coordinate, readBounded(reader, kMostCoordinate, "grid origin"));
  }
  VOLPRESS_TRY(front.grid.cell, readPositive(reader, "grid cell"));
  VOLPRESS_TRY(front.grid.bits, reader.read<std::uint8_t>("grid bits"));
  VOLPRESS_TRY(const auto hyperprior, reader.read<std::uint8_t>("hyperprior"));
  VOLPRESS_TRY(front.networkBits, reader.read<std::uint8_t>("network bits"));
  VOLPRESS_TRY(const auto eyes, reader.read<std::uint8_t>("eyes"));
  front.anchors = header.count / kPrimitives;
  if (header.count == 0 || header.count % kPrimitives != 0 || front.grid.bits == 0 ||
      front.grid.bits > coding::kMaxGridBits || hyperprior > 1 || front.networkBits == 0 ||
      front.networkBits > static_cast<unsigned>(learning::kParameterBits) || eyes == 0 ||
      eyes > kMostEyes) {
    return fail(ErrorCode::CorruptData,
                "{} primitives, a grid of {} bits, hyperprior {}, {} network bits, {} eyes",
                header.count, front.grid.bits, hyperprior, front.networkBits, eyes);
  }
  front.scheme.hyperprior = hyperprior == 1;
  VOLPRESS_TRY(front.unit, readPositive(reader, "unit"));
  front.eyes.resize(eyes);
  for (Eye& eye : front.eyes) {
    for (float& coordinate : eye.position) {
      VOLPRESS_TRY(coordinate, readBounded(reader, kMostCoordinate, "eye"));
    }
    for (float& part : eye.forward) {
      VOLPRESS_TRY(part, readBounded(reader, 2, "direction"));
    }
    VOLPRESS_TRY(eye.cosine, readBounded(reader, 1, "cosine"));
  }
  for (float& centre : front.scheme.scaleCentre) {
    VOLPRESS_TRY(centre, readBounded(reader, kMostLogScale, "scale centre"));
  }
  for (float& step : front.scheme.scaleSteps) {
    VOLPRESS_TRY(step, readPositive(reader, "scale step"));
  }
  if (front.scheme.hyperprior) {
    for (std::int32_t& median : front.scheme.hyper.medians) {
      VOLPRESS_TRY(median, reader.read<std::int32_t>("median"));
    }
  }
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "chunk 'scene' has {} bytes too many", reader.remaining());
  }
  return front;
}

}  // namespace

Result<std::vector<Chunk>> writeAnchors(const SceneHeader& header, const AnchorFile& file,
                                        CodedLatents latents, const std::stop_token& stop,
                                        TaskRunner& runner) {
  const LatentScheme& scheme = latents.scheme;
  ByteWriter writer;
  writeSceneHeader(header, writer);
  for (const float coordinate : file.anchors.grid.origin) {
    writer.write(coordinate);
  }
  writer.write(file.anchors.grid.cell);
  writer.write(static_cast<std::uint8_t>(file.anchors.grid.bits));
  writer.write(static_cast<std::uint8_t>(scheme.hyperprior ? 1 : 0));
  writer.write(static_cast<std::uint8_t>(file.networkBits));
  writer.write(static_cast<std::uint8_t>(file.eyes.size()));
  writer.write(file.unit);
  for (const Eye& eye : file.eyes) {
    for (const auto& part : {eye.position, eye.forward}) {
      for (const float coordinate : part) {
        writer.write(coordinate);
      }
    }
    writer.write(eye.cosine);
  }
  for (const auto& numbers : {scheme.scaleCentre, scheme.scaleSteps}) {
    for (const float number : numbers) {
      writer.write(number);
    }
  }
  for (const std::int32_t median : scheme.hyper.medians) {
    if (scheme.hyperprior) {
      writer.write(median);
    }
  }
  std::vector<Chunk> chunks;
  chunks.push_back({"scene", std::move(writer).take()});
  VOLPRESS_TRY(auto positions,
               coding::encodePositions(file.anchors.points, file.anchors.grid.bits, stop));
  chunks.push_back({"positions", std::move(positions.bytes)});
  if (scheme.hyperprior) {
    chunks.push_back({kTablesChunk, tableBytes(scheme.hyper), Packing::Zstd});
  }
  for (const auto& [first, last] :
       {std::pair<std::size_t, std::size_t>{kFirstStored, kFirstDecoder},
        {kFirstDecoder, kParts}}) {
    VOLPRESS_TRY(Bytes stream,
                 coding::encodeSymbols(networkSymbols(file.networks, first, last, file.networkBits),
                                       networkLayout(first, last), runner, stop));
    chunks.push_back({networkChunk(first), std::move(stream)});
  }
  for (std::size_t stream = 0; stream < kStreams; ++stream) {
    chunks.push_back({kStreamChunks[stream], std::move(latents.streams[stream])});
  }
  padPackedChunks(chunks, header.count);
  return chunks;
}

Result<AnchorScene> readAnchors(const Container& container, const SceneHeader& header,
                                ByteReader reader, const std::stop_token& stop,
                                TaskRunner& runner) {
  VOLPRESS_TRY(Front front, readFront(header, reader));
  AnchorScene scene;
  scene.eyes = std::move(front.eyes);
  scene.unit = front.unit;
  scene.shDegree = header.shDegree;
  scene.anchors.grid = front.grid;
  VOLPRESS_TRY(const ByteView positions, container.require("positions"));
  VOLPRESS_TRY(scene.anchors.points, coding::decodePositions(positions, stop));
  if (scene.anchors.count() != front.anchors) {
    return fail(ErrorCode::CorruptData, "chunk 'positions' holds {} points for {} anchors",
                scene.anchors.count(), front.anchors);
  }
  placeAnchors(scene.anchors);
  LatentScheme& scheme = front.scheme;
  if (scheme.hyperprior) {
    VOLPRESS_TRY(const ByteView tables, container.require(kTablesChunk));
    VOLPRESS_CHECK(readTables(tables, scheme.hyper));
  }
  VOLPRESS_CHECK(readNetworks(container, kFirstStored, kFirstDecoder, front.networkBits, stop,
                              runner, scene.networks));
  VOLPRESS_CHECK(readNetworks(container, kFirstDecoder, kParts, front.networkBits, stop, runner,
                              scene.networks));
  for (std::size_t i = 0; i < scheme.predictors.size(); ++i) {
    scheme.predictors[i] = learning::fixedParameters(scene.networks[kPredictReference + i]);
  }
  std::array<ByteView, kStreams> streams;
  for (std::size_t stream = 0; stream < kStreams; ++stream) {
    VOLPRESS_TRY(streams[stream], container.require(kStreamChunks[stream]));
  }
  VOLPRESS_TRY(scene.latents, decodeLatents(streams, scheme, front.anchors, stop, runner));
  return scene;
}

}  // namespace volpress::compressors::compgs
