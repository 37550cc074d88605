// Layers in the container's chunks; byte layout in FORMAT.md.
#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "compressors/container/container.hpp"
#include "compressors/volpress/layer.hpp"

namespace volpress::compressors::own {

enum class FileLayout : std::uint8_t { Layers, Lossless };

/// What the "scene" chunk begins with.
struct VolpressHeader {
  FileLayout layout = FileLayout::Layers;
  unsigned shDegree = 0;
  AxisFrame frame = AxisFrame::RightDownForward;
  FilterMode filter = FilterMode::Default;
  std::uint32_t count = 0;
};

/// Every splat is justified by a quarter of a byte of its file at least; writers pad up
/// to it.
inline constexpr std::uint64_t kMaxSplatsPerFileByte = 4;
inline constexpr std::uint64_t kFreeSplatsOfFile = 1024;
[[nodiscard]] Result<void> checkCount(std::uint64_t count, std::uint64_t fileBytes);
/// Adds a chunk of zeros where many alike splats need it.
void pad(const VolpressHeader& header, std::vector<Chunk>& chunks);
inline constexpr unsigned kMaxLayers = 8;

void writeVolpressHeader(const VolpressHeader& header, ByteWriter& writer);
/// Leaves `reader` behind the header.
[[nodiscard]] Result<VolpressHeader> readVolpressHeader(ByteReader& reader);

/// A chunk's name: that of the attribute, and the number of the layer from the second on.
[[nodiscard]] std::string chunkName(Stream stream, std::size_t layer);
/// Every chunk name that such a file may have.
[[nodiscard]] std::vector<std::string> knownChunkNames();
/// The attribute of a chunk name.
[[nodiscard]] std::string_view attributeOf(std::string_view chunk) noexcept;

/// The chunks of a file of layers, coarsest first. The layers' arrays become the decoded ones.
[[nodiscard]] Result<std::vector<Chunk>> writeLayers(const VolpressHeader& header,
                                                     std::span<Layer> layers,
                                                     const WritingOptions& options,
                                                     TaskRunner& runner,
                                                     const std::stop_token& stop);

/// The cloud of such a file. `scene` stands behind the header in the "scene" chunk. With
/// `partial`, layers whose chunks are not all there end the scene; the first must be whole.
[[nodiscard]] Result<GaussianCloud> readLayers(const Container& container,
                                               const VolpressHeader& header, ByteReader scene,
                                               std::uint64_t fileBytes, bool partial,
                                               TaskRunner& runner, const std::stop_token& stop);

}  // namespace volpress::compressors::own
