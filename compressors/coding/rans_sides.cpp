#include "compressors/coding/rans_sides.hpp"

namespace volpress::coding {

Bytes RansWriteSide::finish() const {
  std::uint64_t state = kRansLeastState;
  std::vector<std::uint32_t> words;
  for (std::size_t i = m_events.size(); i-- != 0;) {
    const std::uint64_t size = std::uint64_t{m_events[i].sizeLessOne} + 1;
    if (state >= (kRansLeastState >> kRansBits << 32) * size) {
      words.push_back(static_cast<std::uint32_t>(state));
      state >>= 32;
    }
    state = (state / size << kRansBits) + state % size + m_events[i].low;
  }
  words.push_back(static_cast<std::uint32_t>(state >> 32));
  words.push_back(static_cast<std::uint32_t>(state));
  ByteWriter writer;
  for (std::size_t i = words.size(); i-- != 0;) {
    writer.write(words[i]);
  }
  return std::move(writer).take();
}

}  // namespace volpress::coding
