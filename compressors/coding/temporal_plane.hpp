// One number a row and frame, coded over time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/rans.hpp"
#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::coding {

/// Codes frames * rows values ([frame][row], within +-2^26). The first frame is coded as it is or
/// as differences from row to row; later ones as they are, as differences from the frame before, or
/// from the line through the two before: whatever needs the fewest bits. Differences are of whole
/// numbers, so that errors never add up. Contexts: how far the prediction was off in the frame
/// before.
[[nodiscard]] Bytes encodePlane(std::span<const std::int32_t> values, std::size_t rows,
                                std::size_t frames);

/// As encodePlane, but the first frame (rows values) is known to the decoder by other means.
[[nodiscard]] Bytes encodeLaterFrames(std::span<const std::int32_t> values, std::size_t rows,
                                      std::size_t frames);

/// Reads frame by frame.
class PlaneDecoder {
public:
  /// `stream` must outlive the decoder; rows and frames are the caller's, who has justified them.
  [[nodiscard]] static Result<PlaneDecoder> open(ByteView stream, std::size_t rows,
                                                 std::size_t frames);
  /// Reads what encodeLaterFrames wrote; `next` then gives `first` in the beginning.
  [[nodiscard]] static Result<PlaneDecoder> openLater(ByteView stream,
                                                      std::vector<std::int32_t> first,
                                                      std::size_t frames);
  /// The next frame, valid until the next call. Values of damaged streams are any int32.
  [[nodiscard]] std::span<const std::int32_t> next();
  /// After the last frame: CorruptData when the stream does not end there.
  [[nodiscard]] Result<void> finish() const { return m_decoder.finish(); }

private:
  PlaneDecoder(RansDecoder decoder, std::size_t rows)
      : m_decoder(std::move(decoder)),
        m_values(rows),
        m_before(rows),
        m_off(rows),
        m_contexts(rows) {}
  RansDecoder m_decoder;
  std::vector<std::int32_t> m_values, m_before, m_off;
  std::vector<std::uint8_t> m_contexts;
  std::uint8_t m_space = 0;
  std::uint8_t m_time = 0;
  bool m_knowsFirst = false;
  std::size_t m_frame = 0;
};

}  // namespace volpress::coding
