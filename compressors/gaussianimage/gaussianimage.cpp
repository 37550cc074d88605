#include "compressors/gaussianimage/gaussianimage.hpp"

#include "compressors/gaussianimage/picture_file.hpp"
#include "compressors/gaussianimage/settings.hpp"
#include "compressors/stages/container_codec.hpp"

namespace volpress::compressors {
namespace {

class GaussianImage final : public PictureCodec {
public:
  [[nodiscard]] const CodecInfo& info() const override {
    static const CodecInfo kInfo = gaussianimage::makeInfo();
    return kInfo;
  }

  [[nodiscard]] bool recognises(ByteView head) const override {
    return isContainer(head) && containerCodec(head) == info().id;
  }

  [[nodiscard]] Result<Bytes> encode(const Image& picture, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(picture, params));
    const gaussianimage::FitSettings settings =
        gaussianimage::settingsOf(params, picture.width * picture.height);
    VOLPRESS_TRY(const gaussianimage::PictureCodes codes,
                 gaussianimage::fitPicture(picture, settings, context));
    Container container = newContainer(info(), params);
    VOLPRESS_CHECK(gaussianimage::addCodes(codes, container, context.runner, context.stop));
    return writeContainer(container, context.stop);
  }

  [[nodiscard]] Result<Image> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(const renderer::GaussianPicture picture, gaussians(file, context));
    Image image = renderer::drawGaussianPicture(picture, context.runner, context.stop);
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    return image;
  }

  [[nodiscard]] Result<renderer::GaussianPicture> gaussians(ByteView file,
                                                            RunContext& context) const override {
    VOLPRESS_TRY(const Container container,
                 openContainer(info(), gaussianimage::kChunks, file, context.stop));
    VOLPRESS_TRY(const gaussianimage::PictureCodes codes,
                 gaussianimage::readCodes(container, file.size(), context.runner, context.stop));
    return decodeCodes(codes);
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override {
    VOLPRESS_CHECK(openContainer(info(), gaussianimage::kChunks, file, {}));
    return containerBreakdown(file);
  }
};

}  // namespace

const PictureCodec& gaussianImageCodec() {
  static const GaussianImage kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
