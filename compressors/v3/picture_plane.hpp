// A square picture of whole numbers that changes over time, coded in blocks of 8 x 8: as before,
// less the frame before, less what lies around it, or less how what lies around it has changed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/rans.hpp"
#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::compressors::v3 {

inline constexpr std::size_t kBlock = 8;

/// How splats are laid out in the picture.
enum class PictureLayout : std::uint8_t {
  Rows,    ///< row by row
  Blocks,  ///< block by block, in Morton order within each
};

/// The smallest multiple of 8 whose square holds `splats`.
[[nodiscard]] std::size_t pictureSide(std::size_t splats);

/// The pixel of each splat.
[[nodiscard]] std::vector<std::uint32_t> pixelsOf(std::size_t splats, PictureLayout layout);

/// Codes frames * side * side values ([frame][pixel], within +-2^26), side a multiple of 8.
[[nodiscard]] Bytes encodePicture(std::span<const std::int32_t> values, std::size_t side,
                                  std::size_t frames);

/// Reads frame by frame.
class PictureDecoder {
public:
  /// `stream` must outlive the decoder; side and frames are the caller's, who has justified them.
  [[nodiscard]] static Result<PictureDecoder> open(ByteView stream, std::size_t side,
                                                   std::size_t frames);
  /// The next frame's pixels, valid until the next call. Of damaged streams any int32; CorruptData
  /// for a mode that there is not.
  [[nodiscard]] Result<std::span<const std::int32_t>> next();
  /// After the last frame: CorruptData when the stream does not end there.
  [[nodiscard]] Result<void> finish() const;

private:
  PictureDecoder(coding::RansDecoder modes, coding::RansDecoder values, std::size_t side)
      : m_modes(std::move(modes)),
        m_residuals(std::move(values)),
        m_side(side),
        m_values(side * side),
        m_off(side * side) {}
  coding::RansDecoder m_modes, m_residuals;
  std::size_t m_side;
  std::vector<std::int32_t> m_values, m_before, m_off;
  std::int32_t m_last = 0;  ///< mode of the block before
  bool m_first = true;
};

}  // namespace volpress::compressors::v3
