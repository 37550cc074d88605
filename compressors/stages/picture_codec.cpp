#include "compressors/picture_codec.hpp"

namespace volpress::compressors {

Result<void> PictureCodec::check(const Image& picture, const ParamSet& params) const {
  VOLPRESS_CHECK(completeParams(info().params, params));
  const auto fits = [](std::size_t side) {
    return side >= kLeastPictureSide && side <= kMostPictureSide;
  };
  if (!fits(picture.width) || !fits(picture.height) || picture.channels != 3) {
    return fail(ErrorCode::InvalidParameter,
                "the picture has {} x {} pixels of {} channels, {} takes sides of {} to {} and 3",
                picture.width, picture.height, picture.channels, info().label, kLeastPictureSide,
                kMostPictureSide);
  }
  return {};
}

}  // namespace volpress::compressors
