// The face of a compressor of single pictures, and the ordered list of all of them. Parameters,
// presets and what a run is given are those of every codec (codec.hpp); only the scene is another.
#pragma once

#include "compressors/codec.hpp"
#include "renderer/gaussian_picture.hpp"
#include "scene/types/image.hpp"

namespace volpress::compressors {

/// As `Codec`: stateless, every call const, deterministic on any number of threads. Pictures have 3
/// channels of display values: whole 1/255.
class PictureCodec {
public:
  virtual ~PictureCodec() = default;
  [[nodiscard]] virtual const CodecInfo& info() const = 0;

  /// Whether these first bytes are this codec's.
  [[nodiscard]] virtual bool recognises(ByteView head) const = 0;

  /// Cheap: can it compress this picture with these parameters, and if not, why.
  [[nodiscard]] Result<void> check(const Image& picture, const ParamSet& params) const;

  /// The bytes of a whole file.
  [[nodiscard]] virtual Result<Bytes> encode(const Image& picture, const ParamSet& params,
                                             RunContext& context) const = 0;

  /// Rebuilds the picture from untrusted bytes alone.
  [[nodiscard]] virtual Result<Image> decode(ByteView file, RunContext& context) const = 0;

  /// What `decode` draws, of codecs whose pictures are sums of Gaussians; InvalidParameter of
  /// others.
  [[nodiscard]] virtual Result<renderer::GaussianPicture> gaussians(ByteView /*file*/,
                                                                    RunContext& /*context*/) const {
    return fail(ErrorCode::InvalidParameter, "{}: its pictures are no sums of Gaussians",
                info().label);
  }

  /// Where the bytes of such a file go; the shares add up to the file's size.
  [[nodiscard]] virtual Result<std::vector<ByteShare>> breakdown(ByteView file) const = 0;
};

/// Sides of the pictures that codecs take. The least is that of the metrics' window.
inline constexpr std::size_t kLeastPictureSide = 11;
inline constexpr std::size_t kMostPictureSide = 16383;

/// Every codec of pictures, in the order in which people see them. No id is another codec's.
[[nodiscard]] std::span<const PictureCodec* const> allPictureCodecs();
[[nodiscard]] const PictureCodec* findPictureCodec(std::string_view id);
void addPictureCodec(const PictureCodec& codec);  ///< as addCodec
/// The codec of pictures whose decoder reads this file, or null.
[[nodiscard]] const PictureCodec* pictureCodecForContent(ByteView head);

}  // namespace volpress::compressors
