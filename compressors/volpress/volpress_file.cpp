#include "compressors/volpress/volpress_file.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::compressors::own {
namespace {

constexpr std::array<const char*, kStreams> kNames{
    "positions", "grades", "opacities", "scales", "rotations", "sh0", "offsets", "shN", "palette"};

void writeModels(const LayerModels& models, ByteWriter& writer) {
  for (const PredictionModel& model : models.prediction) {
    writer.write(model.offset);
    writer.write(model.nearest);
    writer.write(model.mean);
    writer.write(model.here);
    writer.write(model.near);
  }
  for (const PrecisionModel& model : models.precision) {
    writer.write(model.offset);
    writer.write(model.slopes);
  }
  writer.write(models.bandFineness);
}

Result<LayerModels> readModels(ByteReader& reader, unsigned version) {
  LayerModels models;
  for (PredictionModel& model : models.prediction) {
    VOLPRESS_TRY(model.offset, reader.read<std::int32_t>("prediction"));
    VOLPRESS_TRY(model.nearest, reader.read<std::int16_t>("prediction"));
    VOLPRESS_TRY(model.mean, reader.read<std::int16_t>("prediction"));
    VOLPRESS_TRY(model.here, reader.read<decltype(model.here)>("prediction"));
    VOLPRESS_TRY(model.near, reader.read<decltype(model.near)>("prediction"));
  }
  const std::size_t precisions = version < 3 ? kPrecisionsBefore3 : kPrecisions;
  for (std::size_t kind = 0; kind < precisions; ++kind) {
    PrecisionModel& model = models.precision[kind];
    VOLPRESS_TRY(model.offset, reader.read<std::int32_t>("precision"));
    VOLPRESS_TRY(model.slopes, reader.read<decltype(model.slopes)>("precision"));
  }
  if (version < 3) {
    models.precision[kDiscDirections] = models.precision[kDirections];
    models.precision[kDiscTurns] = models.precision[kTurns];
  }
  VOLPRESS_TRY(models.bandFineness, reader.read<decltype(models.bandFineness)>("SH precision"));
  return models;
}

Result<float> readFinite(ByteReader& reader, std::string_view field, float least) {
  VOLPRESS_TRY(const float value, reader.read<float>(field));
  if (!std::isfinite(value) || value < least) {
    return fail(ErrorCode::CorruptData, "{} is {}, it must be finite and at least {}", field, value,
                least);
  }
  return value;
}

Result<void> readPaletteHead(ByteReader& reader, std::uint32_t rows, BandPalette& palette) {
  VOLPRESS_TRY(const auto count, reader.read<std::uint32_t>("palette entries"));
  const std::size_t most = std::min<std::size_t>(rows, kMaxPaletteEntries);
  if (count > most) {
    return fail(ErrorCode::CorruptData, "the palette has {} entries, at most {} are allowed", count,
                most);
  }
  palette.count = count;
  palette.fineness.resize(paletteGroups(count));
  for (std::uint8_t& fineness : palette.fineness) {
    VOLPRESS_TRY(fineness, reader.read<std::uint8_t>("palette precision"));
    if (fineness >= kFinenesses) {
      return fail(ErrorCode::CorruptData, "palette precision is {}, at most {} is allowed",
                  fineness, kFinenesses - 1);
    }
  }
  return {};
}

/// Everything of a layer but its streams.
Result<std::uint32_t> readLayerHead(ByteReader& reader, unsigned version, Layer& layer) {
  VOLPRESS_TRY(const auto count, reader.read<std::uint32_t>("layer's splat count"));
  for (float& coordinate : layer.grid.origin) {
    VOLPRESS_TRY(coordinate,
                 readFinite(reader, "grid origin", std::numeric_limits<float>::lowest()));
  }
  VOLPRESS_TRY(layer.grid.cell, readFinite(reader, "grid cell", std::numeric_limits<float>::min()));
  VOLPRESS_TRY(layer.smoothing, readFinite(reader, "smoothing", 0));
  VOLPRESS_TRY(layer.models, readModels(reader, version));
  if (version >= kVersionOfPalettes && layer.shDegree != 0) {
    VOLPRESS_CHECK(readPaletteHead(reader, count, layer.palette));
  }
  return count;
}

void writeLayerHead(const Layer& layer, ByteWriter& writer) {
  writer.write(static_cast<std::uint32_t>(layer.points.size()));
  writer.write(layer.grid.origin);
  writer.write(layer.grid.cell);
  writer.write(layer.smoothing);
  writeModels(layer.models, writer);
  if (layer.shDegree != 0) {
    writer.write(static_cast<std::uint32_t>(layer.palette.count));
    writer.append(viewBytes(std::span<const std::uint8_t>(layer.palette.fineness)));
  }
}

}  // namespace

void writeVolpressHeader(const VolpressHeader& header, ByteWriter& writer) {
  writer.write(static_cast<std::uint8_t>(header.layout));
  writer.write(static_cast<std::uint8_t>(header.shDegree));
  writer.write(static_cast<std::uint8_t>(header.frame));
  writer.write(static_cast<std::uint8_t>(header.filter));
  writer.write(header.count);
}

Result<VolpressHeader> readVolpressHeader(ByteReader& reader) {
  const auto readByte = [&](std::string_view field, unsigned most) -> Result<unsigned> {
    VOLPRESS_TRY(const std::uint8_t value, reader.read<std::uint8_t>(field));
    if (value > most) {
      return fail(ErrorCode::CorruptData, "{} is {}, at most {} is allowed", field, value, most);
    }
    return unsigned{value};
  };
  VolpressHeader header;
  VOLPRESS_TRY(const unsigned layout, readByte("layout", 1));
  VOLPRESS_TRY(header.shDegree, readByte("SH degree", kMaxShDegree));
  VOLPRESS_TRY(const unsigned frame, readByte("axis frame", 2));
  VOLPRESS_TRY(const unsigned filter, readByte("filter", 1));
  header.layout = static_cast<FileLayout>(layout);
  header.frame = static_cast<AxisFrame>(frame);
  header.filter = static_cast<FilterMode>(filter);
  VOLPRESS_TRY(header.count, reader.read<std::uint32_t>("splat count"));
  return header;
}

void pad(const VolpressHeader& header, std::vector<Chunk>& chunks) {
  std::uint64_t bytes = 0;
  for (const Chunk& chunk : chunks) {
    bytes += chunk.packing == Packing::Stored ? chunk.data.size() : 0;
  }
  if (const std::uint64_t needed = header.count / kMaxSplatsPerFileByte; bytes < needed) {
    Chunk padding{"padding", Bytes(static_cast<std::size_t>(needed - bytes))};
    padding.critical = false;
    chunks.push_back(std::move(padding));
  }
}

Result<void> checkCount(std::uint64_t count, std::uint64_t fileBytes) {
  const std::uint64_t most = kFreeSplatsOfFile + kMaxSplatsPerFileByte * fileBytes;
  if (count > most) {
    return fail(ErrorCode::CorruptData, "splat count is {}, but {} bytes hold at most {}", count,
                fileBytes, most);
  }
  return {};
}

std::string chunkName(Stream stream, std::size_t layer) {
  std::string name = kNames[stream];
  return layer == 0 ? name : name + "." + std::to_string(layer + 1);
}

std::vector<std::string> knownChunkNames() {
  std::vector<std::string> names{"scene", "padding", "extras"};
  for (std::size_t layer = 0; layer < kMaxLayers; ++layer) {
    for (std::size_t stream = 0; stream < kStreams; ++stream) {
      names.push_back(chunkName(static_cast<Stream>(stream), layer));
    }
  }
  return names;
}

std::string_view attributeOf(std::string_view chunk) noexcept {
  return chunk.substr(0, chunk.find('.'));
}

Result<std::vector<Chunk>> writeLayers(const VolpressHeader& header, std::span<Layer> layers,
                                       const WritingOptions& options, TaskRunner& runner,
                                       const std::stop_token& stop) {
  ByteWriter scene;
  writeVolpressHeader(header, scene);
  scene.write(static_cast<std::uint8_t>(layers.size()));
  for (const Layer& layer : layers) {
    writeLayerHead(layer, scene);
  }
  std::vector<Chunk> chunks;
  chunks.push_back({"scene", std::move(scene).take(), Packing::Zstd, true});
  for (std::size_t i = 0; i < layers.size(); ++i) {
    VOLPRESS_TRY(LayerStreams streams, writeLayer(layers[i], options, runner, stop));
    for (std::size_t stream = 0; stream < kStreams; ++stream) {
      if (!streams[stream].empty()) {
        chunks.push_back({chunkName(static_cast<Stream>(stream), i), std::move(streams[stream])});
      }
    }
  }
  pad(header, chunks);
  return chunks;
}

Result<GaussianCloud> readLayers(const Container& container, const VolpressHeader& header,
                                 ByteReader scene, std::uint64_t fileBytes, bool partial,
                                 TaskRunner& runner, const std::stop_token& stop) {
  VOLPRESS_TRY(const auto layers, scene.read<std::uint8_t>("layers"));
  if (layers == 0 || layers > kMaxLayers) {
    return fail(ErrorCode::CorruptData, "the scene has {} layers, allowed are 1..{}", layers,
                kMaxLayers);
  }
  std::vector<Layer> read;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < layers; ++i) {
    Layer layer;
    layer.shDegree = header.shDegree;
    VOLPRESS_TRY(const std::uint32_t count, readLayerHead(scene, container.codecVersion, layer));
    std::array<ByteView, kStreams> streams;
    bool whole = true;
    for (std::size_t stream = 0; stream < kStreams; ++stream) {
      if (!hasStream(layer, stream)) {
        continue;
      }
      const std::string name = chunkName(static_cast<Stream>(stream), i);
      if (partial && i != 0 && container.find(name) == nullptr) {
        whole = false;
        break;
      }
      VOLPRESS_TRY(streams[stream], container.require(name));
    }
    if (!whole) {
      break;
    }
    total += count;
    VOLPRESS_CHECK(checkCount(total, fileBytes));
    auto done = readLayer(layer, count, streams, container.codecVersion, runner, stop);
    if (!done) {
      return withContext(std::move(done).error(), fmt::format("layer {}", i + 1));
    }
    read.push_back(std::move(layer));
  }
  if (!partial && total != header.count) {
    return fail(ErrorCode::CorruptData, "the layers hold {} splats, not {}", total, header.count);
  }
  GaussianCloud cloud;
  resizeCloud(cloud, static_cast<std::size_t>(total), header.shDegree);
  std::size_t first = 0;
  for (const Layer& layer : read) {
    toCloud(layer, first, cloud, runner);
    first += layer.points.size();
  }
  return cloud;
}

}  // namespace volpress::compressors::own
