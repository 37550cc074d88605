#include "compressors/coding/layer_streams.hpp"

#include <algorithm>
#include <utility>

namespace volpress::coding {

std::vector<Bytes> writeLayers(Bytes front, std::span<const LayerValues> layers,
                               std::size_t contextCount) {
  std::vector<Bytes> written;
  for (const LayerValues& layer : layers) {
    ByteWriter writer;
    writer.append(std::exchange(front, {}));
    writeVarint(writer, layer.values.size());
    writer.append(encodeRans(layer.values, layer.contexts, contextCount));
    written.push_back(std::move(writer).take());
  }
  return written;
}

Result<std::vector<RansDecoder>> openLayers(const ByteReader& first,
                                            std::span<const ByteView> layers, std::size_t most,
                                            std::size_t contextCount, const char* field) {
  std::vector<RansDecoder> decoders;
  for (std::size_t layer = 0; layer < std::min(layers.size(), most); ++layer) {
    ByteReader own(layer == 0 ? first.rest() : layers[layer]);
    VOLPRESS_TRY(const std::uint64_t count, readVarint(own, field));
    VOLPRESS_TRY(RansDecoder decoder, RansDecoder::open(own.rest(), count, contextCount));
    decoders.push_back(std::move(decoder));
  }
  return decoders;
}

}  // namespace volpress::coding
